"""The talk between people and systems: the operator's answer to a package."""
