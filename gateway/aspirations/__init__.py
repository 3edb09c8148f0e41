"""Aspirations: what residents report, propose and ask, from the ticket to the last word."""
