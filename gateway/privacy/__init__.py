"""Privacy: what we hold of a person, told to them, and erased when they ask."""
