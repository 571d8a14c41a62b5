"""showcase campaign"""

from __future__ import annotations

from pipeline.cli import words
from pipeline.cli.editor.campaign_schedule import schedule

command = words.group("campaign", example="showcase campaign schedule slots.yaml")
command.subcommand("schedule", example="showcase campaign schedule slots.yaml -o order.xlsx")(schedule)
