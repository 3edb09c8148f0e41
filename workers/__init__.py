"""Processes beside the web: workers that run jobs, and the clock that sees to it that nothing is forgotten."""
