"""Commands of whoever makes films."""
