"""Bytes of a video codec → what its parameter sets, units and levels say; each codec is one value of `table`.

One file a codec; imports nothing but the standard library.
"""
