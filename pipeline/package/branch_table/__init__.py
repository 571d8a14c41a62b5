"""Programmes → the table that a branch takes: rows of values, cells as its file says, a workbook or CSV files. Pure."""
