"""The way itself: stages whose outputs are kept by content, the journal, and the main job that reads as the nouns."""
