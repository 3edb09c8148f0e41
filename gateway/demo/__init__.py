"""The demo city: made-up people, officials, items and tickets, flagged so that only the simulator ever writes to them."""
