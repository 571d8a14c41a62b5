"""MPEG-TS as an analyser sees it: packets, tables, timing, buffers, and what of it breaks which rule."""
