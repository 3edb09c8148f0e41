"""Operator commands: each module declares its parsers and does what they ask, by the same services as the web."""
