"""The conversation: hops and texts parsed, then handed to the features; one table says which act is whose."""
