"""Everything on one machine: embedded PostgreSQL and Valkey, and `make up`, which runs the Procfile on top of them."""
