"""showcase campaign"""

from __future__ import annotations

from pipeline.cli.editor import (
    campaign_editing,
    campaign_file,
    campaign_films,
    campaign_import,
    campaign_publish,
    campaign_show,
)
from pipeline.cli.editor.campaign_group import command
from pipeline.cli.editor.campaign_remind import remind
from pipeline.cli.editor.campaign_report import report
from pipeline.cli.editor.campaign_schedule import schedule

__all__ = [
    "campaign_editing",
    "campaign_file",
    "campaign_films",
    "campaign_import",
    "campaign_publish",
    "campaign_show",
    "command",
]

command.subcommand("schedule", example="showcase campaign schedule slots.yaml -o order.xlsx")(schedule)
command.subcommand("remind", example="showcase campaign remind --calls")(remind)
command.subcommand("report", example="showcase campaign report -o season.html")(report)
