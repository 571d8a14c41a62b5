"""Renditions → Package.

In: a folder of accepted renditions. Out: a folder whose every file is listed with its digest.
"""
