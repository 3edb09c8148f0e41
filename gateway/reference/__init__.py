"""Reference data of every installation: areas and their other names, offices, routing, holidays."""
