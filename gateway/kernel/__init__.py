"""Pure building blocks: errors, phone numbers, text, calendar, codes, areas. Nothing here does I/O."""
