"""`campaign.yaml` and the templates that it is made from: read, held to the vocabulary, written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from pipeline import extends, yamlio
from pipeline.errors import InLanguages, InputError
from pipeline.model.campaign import Campaign, Milestone
from pipeline.model.campaign_template import CampaignTemplate
from pipeline.model.course import Title
from pipeline.model.days_off import DaysOff, Weekday, weekday
from pipeline.model.vocabulary import Vocabulary
from pipeline.yamlio import Document, Location, Problem

FOLDER, FORM, TEMPLATE_FORM = "campaigns", "campaign", "campaign-template"
KIND = "campaign_template"  # in words of the catalogue
SHIPPED = "july-1"
_REVISION = re.compile(rb"^revision:[^\r\n]*", re.MULTILINE)
_WEEKDAYS = {day: InLanguages(f"星期{sign}", day.title()) for day, sign in zip(Weekday, "一二三四五六日", strict=True)}


@dataclass(frozen=True)
class Warned:
    """A value that may be meant, and is worth a look.

    Args:
        location: of the value, for `Document.where`.
        key: of the catalogue's `text`.
        values: what its sentence is about.
    """

    location: Location
    key: str
    values: dict[str, object]


def read_campaign(document: Document, columns: Vocabulary) -> Campaign:
    """A document as a campaign; columns by any of their names.

    Raises:
        InputError: a value is wrong or a column is none of the vocabulary, with FILE:LINE:COLUMN.
    """
    campaign = yamlio.validate(Campaign, document, form=FORM)
    return campaign.model_copy(update={"columns": _known(campaign.columns, document, columns, FORM)})


def template(name: str, folders: Sequence[Path], columns: Vocabulary) -> CampaignTemplate:
    """The template of a name, the workspace's own over those that come with the program.

    Args:
        folders: that hold profiles.

    Raises:
        InputError: there is none, or it is wrong, with FILE:LINE:COLUMN.
    """
    within = [folder / FOLDER for folder in folders]
    return read_template(extends.resolve(extends.find(name, within, kind=KIND), within, kind=KIND), columns)


def read_template(document: Document, columns: Vocabulary) -> CampaignTemplate:
    """A document as a template; raises as `read_campaign`."""
    made = yamlio.validate(CampaignTemplate, document, form=TEMPLATE_FORM)
    return made.model_copy(update={"columns": _known(made.columns, document, columns, TEMPLATE_FORM)})


def from_template(source: CampaignTemplate, identity: str, air_date: date) -> Campaign:
    """The campaign of a template that goes on air on a day: its dates are counted back from that."""

    def before(days: int) -> date:
        return air_date - timedelta(days=days)

    milestones = tuple(
        Milestone(id=item.id, words=item.words, due=before(item.days_before), filled_by=item.filled_by)
        for item in source.milestones
    )
    begins = before(source.begins_days_before) if source.begins_days_before is not None else None
    return Campaign(
        schema_version=1,
        id=identity,
        name=source.title,
        air_date=air_date,
        begins=begins,
        columns=source.columns,
        films=source.films,
        near_days=source.near_days,
        days_off=source.days_off.within(begins or milestones[0].due, air_date),
        milestones=milestones,
    )


def warnings(campaign: Campaign) -> tuple[Warned, ...]:
    """Dates on which nobody works, in the order of the file."""
    return tuple(_warnings(campaign))


def written(campaign: Campaign, revision: int | None = None) -> bytes:
    """`campaign.yaml`, as people read and change it.

    Args:
        revision: of the store, where it was got from there.
    """
    return yamlio.dump(_plain(campaign.model_copy(update={"revision": revision})))


def load_campaign(path: Path, columns: Vocabulary) -> tuple[Campaign, Document]:
    """A `campaign.yaml`, and where its values stand; raises as `yamlio.load` and `read_campaign`."""
    document = yamlio.load(path)
    return read_campaign(document, columns), document


def with_revision(content: bytes, revision: int) -> bytes | None:
    """A file as people wrote it, with the number that its plan has in the store; None where no line can say that."""
    line = f"revision: {revision}".encode()
    end = b"\r\n" if b"\r\n" in content else b"\n"
    if _REVISION.search(content):
        made = _REVISION.sub(line, content, count=1)
    else:
        made = content + (b"" if content.endswith(b"\n") else end) + line + end
    try:
        data = yamlio.parse(made.decode("utf-8-sig"), name=FORM).data
    except InputError:
        return None
    return made if isinstance(data, dict) and data.get("revision") == revision else None


def _warnings(campaign: Campaign) -> Iterator[Warned]:
    off = campaign.days_off
    if found := _off("campaign_air_date", campaign.air_date, off, {}):
        yield Warned(("air_date",), *found)
    for index, item in enumerate(campaign.milestones):
        if item.due == campaign.air_date:  # one day is told of once
            continue
        named = InLanguages(item.words.zh, item.words.en)
        if found := _off("campaign_due", item.due, off, {"milestone": named}):
            yield Warned(("milestones", index, "due"), *found)


def _off(key: str, day: date, off: DaysOff, named: dict[str, object]) -> tuple[str, dict[str, object]] | None:
    values = {"day": day.isoformat(), **named}
    if holiday := off.holiday(day):
        return f"{key}_on_holiday", {**values, "holiday": InLanguages(holiday.zh, holiday.en)}
    if off.is_off(day):
        return f"{key}_on_weekend", {**values, "weekday": _WEEKDAYS[weekday(day)]}
    return None


def _known(written_columns: Sequence[str], document: Document, columns: Vocabulary, form: str) -> tuple[str, ...]:
    found = []
    for index, item in enumerate(written_columns):
        term = columns.find(item)
        if term is None:
            at: Location = ("columns", index)
            known = ", ".join(term.name for term in columns.terms)
            problem = Problem(
                document.where(at), document.field(at), "value_unknown", "", {"value": item, "known": known}
            )
            raise InputError("yaml_invalid", where=problem.where, field=problem.field, form=form, problems=(problem,))
        found.append(term.name)
    return tuple(dict.fromkeys(found))


def _plain(value: Any) -> Any:
    """As it stands in YAML: dates without quotes, nothing that is unsaid."""
    if isinstance(value, Title) and value.en is None:
        return value.zh
    if isinstance(value, BaseModel):
        pairs = ((name, getattr(value, name)) for name in type(value).model_fields)
        return {name: _plain(item) for name, item in pairs if item is not None and item not in ((), {})}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
