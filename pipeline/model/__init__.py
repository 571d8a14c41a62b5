"""The nouns, each a frozen model with its schema version. In: nothing. Out: data. Imports errors only."""
