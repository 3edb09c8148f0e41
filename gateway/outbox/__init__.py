"""What leaves: one ledger for replies, notices and broadcasts, and one piece of code that claims, sends and records."""
