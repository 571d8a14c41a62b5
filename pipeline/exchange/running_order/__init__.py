"""Films and slots come in, a running order goes out; one made by hand is held to the same rules."""
