"""Commands of whoever keeps an installation."""
