"""Small frames of the whole film → what is wrong in them. Pure numpy over frames in order; imports model."""
