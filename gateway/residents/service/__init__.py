"""Use cases on residents: a person's own choices, and registration of many by officials."""
