"""Files to a store and back: in parts or by ranges, taken up where they broke off, each held to its digest."""
