"""Rumours: what people ask whether it is true, what became of it, and messages that were not ours."""
