"""showcase campaign"""

from __future__ import annotations

from pipeline.cli.editor import campaign_editing, campaign_file, campaign_films, campaign_publish, campaign_show
from pipeline.cli.editor.campaign_group import command
from pipeline.cli.editor.campaign_schedule import schedule

__all__ = ["campaign_editing", "campaign_file", "campaign_films", "campaign_publish", "campaign_show", "command"]

command.subcommand("schedule", example="showcase campaign schedule slots.yaml -o order.xlsx")(schedule)
