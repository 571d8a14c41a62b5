"""What fills a store, and what of it may go."""
