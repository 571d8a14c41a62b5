"""Packages to another system: what goes there (a layout), how (a transport), in which order, and what was checked.

In: packages of the store or of folders, a place. Out: files there, markers last. Imports package, storage and below;
a layout is a file and a row of `layouts`, a transport a file and a row of `transports`.
"""
