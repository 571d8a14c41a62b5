"""The season: what is said and what the store knows, made into one board by functions without clock or store."""
