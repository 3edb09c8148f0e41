"""Residents: who wants which news, in which language, and the record of their consent."""
