"""Odd sources: in go recipes, out come films of known content, and what their deliveries show of it.

A recipe (`source.py`; the lists are in `films/`) is data. `make.py` starts the programs that write it, `drive.py` has
`showcase` take it, `decode.py` opens what was delivered, and `measure.py` says where that is not what was put in.
"""
