"""The first day of a city: what it brings along, as a folder of files that people can edit."""
