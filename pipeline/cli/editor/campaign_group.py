"""showcase campaign: the group that its commands join."""

from __future__ import annotations

from pipeline.cli import words

command = words.group("campaign", example="showcase campaign show")
