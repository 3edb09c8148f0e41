"""Every phone number once: everything else holds the id of its row here."""
