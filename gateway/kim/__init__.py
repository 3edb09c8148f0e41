"""KIM, the community information groups, as organisations: names, areas and boards, each with its dates."""
