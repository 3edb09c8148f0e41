"""The ledger's tables and every statement on them, one module for each thing that is done to a message."""
