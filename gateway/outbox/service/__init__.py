"""Use cases of the ledger: post one message, work a lane, settle doubts, take receipts, keep house."""
