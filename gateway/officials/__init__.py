"""Officials: who acts for the city, with which role, in which area, and by which credentials."""
