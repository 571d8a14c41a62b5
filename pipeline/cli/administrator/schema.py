"""showcase schema"""

from __future__ import annotations

import json

import click
from pydantic import BaseModel

from pipeline.cli import words
from pipeline.cli.console import Console, options
from pipeline.errors import InputError
from pipeline.exchange.story import Event
from pipeline.model.branch_table import BranchTable
from pipeline.model.c2_dialect import Dialect
from pipeline.model.campaign import Campaign, CampaignRevision
from pipeline.model.campaign_records import CampaignRecord
from pipeline.model.campaign_status import CampaignStatus
from pipeline.model.campaign_template import CampaignTemplate
from pipeline.model.capability import Capability
from pipeline.model.delivery import Acknowledgement, Cleared, Delivery, Ready, Withdrawal
from pipeline.model.finding import Finding, Policy, Report
from pipeline.model.inbox import Answer, InboxMarker, Review, SubmissionStatus
from pipeline.model.inspection import Inspection
from pipeline.model.keeping import Keeping
from pipeline.model.package import Package
from pipeline.model.plan import Plan
from pipeline.model.profile import ProfileFile
from pipeline.model.profile_set import ProfileSet
from pipeline.model.receipt import Receipt
from pipeline.model.rejections import Rejections
from pipeline.model.rendition import Rendition
from pipeline.model.running_order import RunningOrder
from pipeline.model.slots import Slots
from pipeline.model.storage_preset import StoragePreset
from pipeline.model.stream import LadderReport, StreamReport
from pipeline.model.submission import Submission
from pipeline.model.vocabulary import Readings, Vocabulary

NOUNS: dict[str, type[BaseModel]] = {
    "acknowledgement": Acknowledgement,
    "answer": Answer,
    "board": CampaignStatus,
    "c2": Dialect,
    "campaign": Campaign,
    "campaign-record": CampaignRecord,
    "campaign-revision": CampaignRevision,
    "campaign-template": CampaignTemplate,
    "capability": Capability,
    "cleared": Cleared,
    "delivery": Delivery,
    "event": Event,
    "finding": Finding,
    "handed": InboxMarker,
    "inspection": Inspection,
    "keeping": Keeping,
    "ladder": LadderReport,
    "package": Package,
    "plan": Plan,
    "policy": Policy,
    "profile": ProfileFile,
    "readings": Readings,
    "ready": Ready,
    "receipt": Receipt,
    "rejections": Rejections,
    "rendition": Rendition,
    "report": Report,
    "review": Review,
    "set": ProfileSet,
    "running-order": RunningOrder,
    "slots": Slots,
    "standing": SubmissionStatus,
    "storage": StoragePreset,
    "stream": StreamReport,
    "submission": Submission,
    "table": BranchTable,
    "vocabulary": Vocabulary,
    "withdrawal": Withdrawal,
}


@words.command("schema", example="showcase schema submission")
@click.argument("name", required=False, metavar="NAME")
@options
def command(console: Console, name: str | None) -> int:
    """Print the JSON Schema of a model; without NAME the names."""
    if name is None:
        for known in sorted(NOUNS):
            click.echo(known)
        return 0
    if name not in NOUNS:
        raise InputError("unknown_schema", name=name, known=", ".join(sorted(NOUNS)))
    console.close()
    indent = None if console.as_json else 2
    click.echo(json.dumps(NOUNS[name].model_json_schema(), ensure_ascii=False, indent=indent))
    return 0
