"""Metadata forms that an operator's CMS takes; each from models, checked against its schema."""
