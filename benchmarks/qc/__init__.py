"""A labelled corpus for the inspection: real and made films, defects put into them at several strengths."""
