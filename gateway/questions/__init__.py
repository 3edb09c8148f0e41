"""What we asked a person and wait for: each question with its own deadline."""
