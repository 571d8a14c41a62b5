"""showcase campaign"""

from __future__ import annotations

from pipeline.cli.editor.campaign_group import command
from pipeline.cli.editor.campaign_schedule import schedule

command.subcommand("schedule", example="showcase campaign schedule slots.yaml -o order.xlsx")(schedule)
