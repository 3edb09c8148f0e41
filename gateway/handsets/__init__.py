"""The simulated company's handsets (development only): what each phone of the simulator has received."""
