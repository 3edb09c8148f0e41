"""Every act once: who did what to what, in a trail that the application can only add to."""
