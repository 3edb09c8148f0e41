"""Settings, logging and the guard of the checkout: what every process reads before it does anything else."""
