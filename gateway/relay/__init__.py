"""Beyond the phone: what a KIM reads aloud or puts up, who was asked to, and in how many RT it was."""
