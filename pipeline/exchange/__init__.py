"""The talk between people and systems: what is handed in, sent, reviewed, delivered, answered.

In: files and records of the store. Out: records of the store, and where each submission stands. Imports storage,
inspect and below.
"""
