"""The gateway: everything between a resident's phone and the city's desks."""
