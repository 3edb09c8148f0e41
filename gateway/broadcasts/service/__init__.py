"""Use cases on broadcasts: write one, decide on it, start it, follow it."""
