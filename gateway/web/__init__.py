"""The HTTP edge: companies' hooks, the JSON API, health, and the simulator in development."""
