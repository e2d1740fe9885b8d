"""Other programs' exports: their text read for certain or not at all, and laid out as a new tracker's tabs."""
