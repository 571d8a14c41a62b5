"""Packages as station computers and sticks get them.

In: packages, wherever they lie. Out: what of each a viewer gets, where in a folder it goes, and the folder as it says
itself. May import what `package` may; pages are `report`'s, streams that are copied into one file `execute`'s.
"""
