"""The schema's history: one revision per step, each with its way back."""
