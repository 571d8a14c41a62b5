"""Small pictures of every frame → what is wrong in them. Pure numpy over pictures in order; imports model."""
