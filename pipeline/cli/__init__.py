"""Parsing and printing only: one file a command, grouped by person; here is what they share."""
