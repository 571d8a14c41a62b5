"""Every sample of the first sound track → what is wrong in it. Pure numpy over samples in order; imports model."""
