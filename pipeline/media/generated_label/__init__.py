"""The implicit label of generated content (AIGC): what it is called, where it lies in a file, how it is put there."""
