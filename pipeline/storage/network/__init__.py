"""The line to a store: how fast it is, how long it is waited for, what is under way on it."""
