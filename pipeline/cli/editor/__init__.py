"""Commands of the regional editor."""
