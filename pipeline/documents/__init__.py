"""Documents: PDF and PPTX, read and drawn in children that can be ended at any time."""
