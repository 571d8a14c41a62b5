"""What a season's plan adds to its store: one revision, and records of every prefecture, half of them the editor's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from benchmarks.season_seed import PREFECTURES
from pipeline import shipped
from pipeline.exchange.campaign import files
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.model.campaign import CampaignRevision
from pipeline.model.campaign_records import Announce, CampaignRecord, Done, Entry, Note
from pipeline.model.china_time import day_in_china
from pipeline.storage import campaigns
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets

RECORDS = 20  # of a prefecture
CAMPAIGN = "season"
STEPS = ("topic", "planning", "desk-work", "shooting", "editing")


def put_campaign(buckets: Buckets) -> None:
    """Publish a season that goes on air in four weeks, and say something of it in every prefecture."""
    day = day_in_china(datetime.now(UTC))
    folders = (shipped.folder("profiles"),)
    template = files.template(files.SHIPPED, folders, Vocabularies(folders).columns)
    made = files.from_template(template, CAMPAIGN, day + timedelta(days=28))
    campaigns.publish(buckets.delivery, CampaignRevision(number=1, campaign=made, by="王编辑"))
    for prefecture in PREFECTURES:
        for number in range(RECORDS):
            bucket = buckets.inbox if number % 2 == 0 else buckets.delivery
            put_said(bucket, prefecture, number)


def put_said(bucket: Bucket, prefecture: str, number: int) -> None:
    """The record of a number: a film, then what is done of it, then notes."""
    film = f"{prefecture}-film-{number // 8}"
    steps = min(number % 8, len(STEPS))
    entries: tuple[Entry, ...] = (Note(text=f"电话：{number}"),)
    if number % 8 == 0:
        entries = (Announce(id=film, title=f"影片 {number}"),)
    elif steps < len(STEPS):
        entries = (Done(id=film, milestone=STEPS[steps - 1]), *entries)
    record = CampaignRecord(campaign=CAMPAIGN, prefecture=prefecture, by="王编辑", entries=entries)
    campaigns.put_record(bucket, record, range(number // 2 + 1, 1001))
