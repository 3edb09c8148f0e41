"""What came: every SMS redacted and stored before it is understood, once per provider id."""
