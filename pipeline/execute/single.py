"""One film by some profiles into a folder of the user's: no verdict, no package."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import durable
from pipeline.errors import InputError
from pipeline.execute import audio_sources, inspection, transcoding
from pipeline.execute.context import Context
from pipeline.execute.inspection import targets_of
from pipeline.execute.transcoding import TranscodeTask
from pipeline.model.inspection import Inspection
from pipeline.model.profile import Profile
from pipeline.model.text import printable
from pipeline.package import side_files
from pipeline.plan.spec import Sidecars

UNKNOWN_LANGUAGE = "und"
MOST_NAME_BYTES = 255  # NAME_MAX of Linux; of NTFS and APFS it is as many letters
_SINGLE = ("ts", "mp4", "mezzanine", "audio", "images")  # folders of single files in a package


@dataclass(frozen=True)
class Planned:
    """A film that was looked at, and what will be made of it."""

    source: Path
    inspection: Inspection
    work: TranscodeTask


@dataclass(frozen=True)
class Placed:
    """A result in the user's folder; `already` when the same bytes stood there."""

    path: Path
    size_bytes: int
    already: bool


def plan(context: Context, source: Path, profiles: Sequence[Profile]) -> Planned:
    """Inspect the film and plan every profile.

    Raises:
        Refused: it can't be read. MediaError: a profile wants pictures and there are none.
    """
    measured = inspection.inspect(context, source, targets_of(profiles))
    heard = measured.media.audio
    language = (heard[0].language if heard else None) or UNKNOWN_LANGUAGE
    dubs = audio_sources.further_audio(context, source, measured, language, (), targets_of(profiles))
    work = transcoding.plan_transcode(
        context,
        measured,
        profiles,
        title=printable(source.stem),
        language=language,
        set_name="",
        sidecars=Sidecars(dubs),
    )
    return Planned(source, measured, work)


def make(context: Context, planned: Planned, folder: Path, *, force: bool) -> list[Placed]:
    """Make every output and bring it into `folder` under the film's name.

    Raises:
        InputError: another file stands there under one of the names, and `force` was not asked for; `folder` is a
            file; a name would be longer than file systems take.
        MediaError, EnvironmentFault: as `transcode` says.
    """
    stem = planned.source.stem
    new = set(transcoding.missing(context, planned.work))
    if folder.exists() and not folder.is_dir():
        raise InputError("not_a_folder", where=str(folder))
    for output in planned.work.plan.outputs:  # said before hours are spent
        target = folder / _name(stem, output.file)
        if any(len(os.fsencode(part)) > MOST_NAME_BYTES for part in Path(_name(stem, output.file)).parts):
            raise InputError("name_too_long", where=target.name, most=MOST_NAME_BYTES)
        if output.profile in new and target.exists() and not force:
            raise InputError("in_the_way", where=str(target))
    made = transcoding.run(context, planned.work, audio_sources.input_paths(planned.source, ()))
    placed = []
    for item in (stored for rendition in made.renditions for stored in rendition.files):
        source = next(home / item.path for home in made.folders if (home / item.path).is_file())
        placed.append(_bring(source, folder / _name(stem, item.path), item.sha256, force=force))
    for name, made_beside in side_files.side_files_for(planned.work.plan, made.renditions, stem=stem).items():
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
