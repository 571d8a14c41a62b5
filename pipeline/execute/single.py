"""One film, or the slides of a PDF, by some profiles into a folder of the user's: no verdict, no package."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import durable
from pipeline.documents import structure
from pipeline.errors import InputError, Refused
from pipeline.execute import audio_sources, narrated, slides, transcoding
from pipeline.execute.inspection import inspect, targets_of
from pipeline.execute.job_context import JobContext
from pipeline.execute.transcoding import PlannedTranscode
from pipeline.model.inspection import Inspection
from pipeline.model.inspection_request import InspectionRequest
from pipeline.model.profile import Profile
from pipeline.model.submission import Kind
from pipeline.model.text import printable
from pipeline.model.track_choice import NOTHING_SAID, TrackChoice
from pipeline.package import side_files
from pipeline.plan import build as planning
from pipeline.plan.request import PlanRequest
from pipeline.plan.spec import Sidecars

MOST_NAME_BYTES = 255  # NAME_MAX of Linux; of NTFS and APFS it is as many letters
_SINGLE = ("ts", "mp4", "mezzanine", "audio", "images")  # folders of single files in a package


@dataclass(frozen=True)
class PlannedFilm:
    """A film that was looked at, and what will be made of it."""

    source: Path
    planned: PlannedTranscode


@dataclass(frozen=True)
class Placed:
    """A result in the user's folder; `already` when the same bytes stood there."""

    path: Path
    size_bytes: int
    already: bool


def plan_film(
    job: JobContext, source: Path, profiles: Sequence[Profile], choice: TrackChoice = NOTHING_SAID
) -> PlannedFilm:
    """Inspect the film and plan every profile; of slides, each page stands as long as the next.

    Raises:
        Refused: it can't be read. MediaError: a profile wants pictures and there are none.
        EnvironmentFault: it is a PDF, and the extra `documents` is not installed.
    """
    if structure.is_pdf(source):
        return _plan_slides(job, source, profiles)
    _refuse_document(source)
    request = InspectionRequest(targets=targets_of(profiles), choice=choice)
    return _plan(job, source, inspect(job.context, job.executor, source, request), request, profiles)


def _plan(
    job: JobContext, source: Path, film: Inspection, asked: InspectionRequest, profiles: Sequence[Profile]
) -> PlannedFilm:
    """Of a film that was inspected as was asked, with its further tracks."""
    language = (film.media.audio[0].language if film.media.audio else None) or audio_sources.UNKNOWN
    further = audio_sources.further_tracks(job, source, film, language, asked.targets, asked.choice)
    request = PlanRequest(
        inspection=film,
        profiles=tuple(profiles),
        capability=job.context.capability,
        title=printable(source.stem),
        language=language,
        sidecars=Sidecars(audio=tuple(item for _, item in further if item.has_sound)),
        propagation=job.context.propagation,
    )
    return PlannedFilm(source, transcoding.plan_transcode(request))


def plan_set(job: JobContext, source: Path, kind: Kind, choice: TrackChoice = NOTHING_SAID) -> PlannedFilm:
    """All that a film or a lesson is delivered as; raises as `plan_film`."""
    if structure.is_pdf(source):
        return _plan_slides(job, source, job.rule_sets.slides.profiles)
    _refuse_document(source)
    request = InspectionRequest(targets=job.rule_sets.targets(kind), choice=choice)
    found = inspect(job.context, job.executor, source, request)
    rules = job.rule_sets.rules_for(kind, found)
    used, _ = planning.chosen(found, rules.chosen, rules.profiles)
    return _plan(job, source, found, request, used)


def _refuse_document(source: Path) -> None:
    """Let pass what is no document: how it would look is known of a PDF alone.

    Raises:
        Refused: it is one, with the way to export it.
    """
    if structure.is_document(source):
        found = structure.examine(source)
        raise Refused("document.format", where=str(source), reason=f"document_{found.kind or 'other'}")


def _plan_slides(job: JobContext, source: Path, profiles: Sequence[Profile]) -> PlannedFilm:
    deck = slides.look(job.context, job.executor, source)
    capability = job.context.capability
    pictures = narrated.of_slides(deck, capability)
    request = narrated.request(pictures, profiles, capability, title=printable(source.stem))
    return PlannedFilm(source, transcoding.plan_transcode(request))


def make(job: JobContext, film: PlannedFilm, folder: Path, *, force: bool) -> list[Placed]:
    """Make every output and bring it into `folder` under the film's name.

    Raises:
        InputError: another file stands there under one of the names, and `force` was not asked for; `folder` is a
            file; a name would be longer than file systems take.
        MediaError, EnvironmentFault: as `transcode` says.
    """
    stem, plan = film.source.stem, film.planned.plan
    new = set(transcoding.missing(job.context, film.planned.stages))
    if found := durable.file_on_the_way(folder):
        raise InputError("not_a_folder", where=str(found))
    for output in plan.outputs:  # said before hours are spent
        target = folder / _name(stem, output.file)
        if any(len(os.fsencode(part)) > MOST_NAME_BYTES for part in Path(_name(stem, output.file)).parts):
            raise InputError("name_too_long", where=target.name, most=MOST_NAME_BYTES)
        if output.profile in new and target.exists() and not force:
            raise InputError("in_the_way", where=str(target))
    renditions = transcoding.transcode(job, film.planned)
    folders = transcoding.output_folders(job.context, tuple(film.planned.stages.values()))
    placed = []
    for item in (stored for rendition in renditions for stored in rendition.files):
        source = next(home / item.path for home in folders if (home / item.path).is_file())
        placed.append(_bring(source, folder / _name(stem, item.path), item.sha256, force=force))
    for name, made_beside in side_files.side_files_for(plan, renditions, stem=stem).items():
        content = made_beside.content
        target = durable.make_folder((folder / _name(stem, name)).parent) / Path(_name(stem, name)).name
        already = target.is_file() and target.read_bytes() == content
        if not already:
            durable.write(target, content)
        placed.append(Placed(target, len(content), already))
    return placed


def _name(stem: str, path: str) -> str:
    """`ts/iptv-hd.ts` is FILM.iptv-hd.ts; a ladder, which is a folder, is FILM.hls/…"""
    first, _, rest = path.partition("/")
    if not rest:
        return f"{stem}.{path}"
    return f"{stem}.{rest}" if first in _SINGLE else f"{stem}.{first}/{rest}"


def _bring(source: Path, target: Path, sha256: str, *, force: bool) -> Placed:
    """A copy under its final name, whole or not at all."""
    size = source.stat().st_size
    if target.exists():
        if target.is_file() and target.stat().st_size == size and durable.digest(target) == sha256:
            return Placed(target, size, already=True)
        if not force:
            raise InputError("in_the_way", where=str(target))
    durable.make_folder(target.parent)
    durable.copy(source, target)
    return Placed(target, size, already=False)
