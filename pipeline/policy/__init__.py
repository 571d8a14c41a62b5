"""Inspection + rules → findings. Pure: the same inspection and policy give the same findings. Imports model."""
