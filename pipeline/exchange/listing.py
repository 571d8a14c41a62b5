"""What is listed in a branch's table: the packages that are on offer, and what each says of its programme."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from pydantic import ValidationError

from pipeline.errors import InputError, IntegrityError
from pipeline.exchange import choosing, describing, selection, versions
from pipeline.exchange.selection import Fit
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.model.china_time import CHINA
from pipeline.model.delivery import Delivery, State
from pipeline.model.programme import Programme
from pipeline.model.vocabulary import Term
from pipeline.package.branch_table.rows import ListedProgramme
from pipeline.storage.buckets import Buckets
from pipeline.storage.delivery import PackagePlace
from pipeline.storage.network.together import together

PROGRAMME = "metadata/programme.json"
NO_PROGRAMME = "programme_missing"


@dataclass(frozen=True)
class ListChoice:
    """What is asked for; nothing said is everything.

    Args:
        ids: of submissions or packages.
        prefectures: their codes.
        column: a term of the vocabulary, or words that it does not know.
        since: the first day on which a package was ready, as it is in China.
    """

    ids: tuple[str, ...] = ()
    prefectures: frozenset[str] = frozenset()
    column: Term | None = None
    since: date | None = None


@dataclass
class Listed:
    """What was found.

    Args:
        superseded, withdrawn: how many packages of what is asked for were left out for it.
        rejected: of those listed, what the operator rejected.
        faults: packages that can't be listed.
    """

    programmes: list[ListedProgramme] = field(default_factory=list)
    superseded: int = 0
    withdrawn: int = 0
    rejected: list[Delivery] = field(default_factory=list)
    faults: list[InputError | IntegrityError] = field(default_factory=list)


def column(text: str, words: Vocabularies, option: str) -> Term:
    """A column by its id or one of its names; one that no vocabulary knows is meant as it is written.

    Raises:
        InputError: nothing is written; a vocabulary's file is wrong.
    """
    if not text.strip():
        known = ", ".join(f"{item.name} {item.zh}" for item in words.columns.terms)
        raise InputError("export_column", where=option, known=known)
    return describing.term(words.columns, text.strip())


def listed(buckets: Buckets, choice: ListChoice) -> Listed:
    """The packages that are meant with their programmes: of each submission the newest that is not withdrawn.

    Raises:
        InputError: an id means nothing that is ready, something withdrawn, or several submissions.
    """
    found = Listed()
    left_out: dict[str, Delivery] = {}
    every = _named(buckets, choice.ids, left_out) if choice.ids else _every(buckets, found, left_out)
    given = {item.package_id for item in every}
    _count(buckets, [item for item in left_out.values() if item.package_id not in given], choice, found)
    wanted = [item for item in every if _is_asked(item, choice)]
    told = together(lambda item: _programme(buckets, item), wanted)
    for item, programme in zip(wanted, told, strict=True):
        if not isinstance(programme, Programme):
            found.faults.append(programme)
        elif _is_in(programme, choice.column):
            at = item.ready_at.astimezone(CHINA) if item.ready_at else None
            found.programmes.append(ListedProgramme(programme, item.package_id, at))
            if item.state is State.REJECTED:
                found.rejected.append(item)
    return found


def _is_asked(item: Delivery, choice: ListChoice) -> bool:
    """By all but the column, which its programme says."""
    is_there = not choice.prefectures or item.prefecture in choice.prefectures
    return is_there and choosing.is_since(item.ready_at, choice.since)


def _count(buckets: Buckets, left_out: Sequence[Delivery], choice: ListChoice, found: Listed) -> None:
    """Those that would be listed if they stood; of one whose programme can't be read nobody knows the column."""
    asked = [item for item in left_out if _is_asked(item, choice)]
    if choice.column is not None:
        told = together(lambda item: _programme(buckets, item), asked)
        asked = [
            item
            for item, programme in zip(asked, told, strict=True)
            if isinstance(programme, Programme) and _is_in(programme, choice.column)
        ]
    found.withdrawn = sum(item.state is State.WITHDRAWN for item in asked)
    found.superseded = len(asked) - found.withdrawn


def _every(buckets: Buckets, found: Listed, left_out: dict[str, Delivery]) -> list[Delivery]:
    there = selection.deliveries(buckets, None, found.faults.append)
    refs = sorted({item.ref for item in there})
    return [given for ref in refs if (given := _offered([item for item in there if item.ref == ref], left_out))]


def _named(buckets: Buckets, ids: Sequence[str], left_out: dict[str, Delivery]) -> list[Delivery]:
    """One for each id, once; a package's own id means that one."""
    chosen: dict[str, Delivery] = {}
    for wanted in ids:
        there = [item for item in selection.deliveries(buckets, wanted) if item.state is not State.UPLOADING]
        if not there:
            raise InputError("no_such_delivery", where=wanted)
        selection.refuse_several(wanted, [Fit(item.ref, item.title, item.state) for item in there])
        given = _offered(there, left_out)
        if given is None:
            raise InputError("withdrawn", where=wanted, id=there[0].ref.typed)
        chosen.setdefault(given.package_id, given)
    return list(chosen.values())


def _offered(there: Sequence[Delivery], left_out: dict[str, Delivery]) -> Delivery | None:
    """The one of a submission's packages that is on offer; the others, by their ids, are left out."""
    given = versions.offered(there)
    left_out |= {item.package_id: item for item in there if item.state is not State.UPLOADING and item is not given}
    return given


def _is_in(programme: Programme, wanted: Term | None) -> bool:
    """Whether it stands in a column; one that was not listed when it was packaged goes by its words."""
    there = programme.description.column
    if wanted is None or there is None:
        return wanted is None
    if describing.UNKNOWN in (wanted.name, there.name):
        return there.zh == wanted.zh
    return there.name == wanted.name


def _programme(buckets: Buckets, item: Delivery) -> Programme | InputError | IntegrityError:
    try:
        return programme_of(buckets.place_of_delivery(item.ref).package(item.package_id), item)
    except (InputError, IntegrityError) as fault:
        return fault


def programme_of(place: PackagePlace, item: Delivery) -> Programme:
    """What a package says of its programme, held to the digest in its manifest.

    Raises:
        InputError: it was made before packages said it.
        IntegrityError: manifest or programme are not what was announced, or can't be read.
    """
    package, _ = place.manifest()
    file = next((one for one in package.files if one.path == PROGRAMME), None)
    if file is None:
        raise InputError(NO_PROGRAMME, where=place.place.where(), id=item.ref.typed, title=item.title)
    content = place.place.get(PROGRAMME)
    if content is None or hashlib.sha256(content).hexdigest() != file.sha256:
        raise IntegrityError("download_differs", where=place.place.where(PROGRAMME))
    try:
        return Programme.model_validate_json(content)
    except ValidationError as error:
        raise IntegrityError("manifest_unreadable", where=place.place.where(PROGRAMME)) from error
