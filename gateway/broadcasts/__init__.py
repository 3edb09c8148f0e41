"""Broadcasts: drafted, previewed, approved by a second person, fanned out, counted to the last message."""
