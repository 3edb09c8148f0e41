"""The printable kit: what hangs on a fridge, lies on a table at a meeting, and helps when Kabar is down."""
