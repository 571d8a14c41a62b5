"""showcase doctor"""

from __future__ import annotations

import platform
import shlex
import shutil
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import click

from pipeline import catalogue
from pipeline.cli import words
from pipeline.cli.administrator import doors_of
from pipeline.cli.command_context import context_here, workspace_here
from pipeline.cli.console import Console, options
from pipeline.documents import structure
from pipeline.errors import ShowcaseError
from pipeline.execute import admission
from pipeline.execute.cluster import commands
from pipeline.inspect import font_folder, fonts
from pipeline.plan import needs
from pipeline.storage import connect, embedded, presets
from pipeline.storage.s3.session import without_userinfo
from pipeline.workspace import Workspace

_MARKS = {True: "✓", False: "✗", None: "!"}  # there, needed and missing, missing for some


@words.command("doctor", example="showcase doctor")
@click.option("--as-in", "as_in", metavar="FILE", type=click.Path(path_type=Path))
@options
def command(console: Console, as_in: Path | None) -> int:
    """Show what this installation lacks, or what somebody may do in the store; exit 3 when something is wrong."""
    if as_in is not None:
        return doors_of.show(console, as_in)
    place = workspace_here()
    rows: list[tuple[str, bool | None, str]] = [
        ("python", True, platform.python_version()),
        ("showcase", True, version("showcase-pipeline")),
        _row(console, "ffmpeg", lambda: _ffmpeg(console)),
        _row(console, "parts", lambda: _lacking(console)),
        _row(console, "mediainfo", lambda: f"pymediainfo {version('pymediainfo')}"),
        _row(console, "store", lambda: _store(console, place)),
        ("subtitles", *_subtitles(console)),
        ("documents", *_documents(console)),
        ("cluster", *_cluster(console)),
        ("workspace", True, str(place.root)),
        ("disk", shutil.disk_usage(place.root).free > 2e9, f"{shutil.disk_usage(place.root).free / 1e9:.1f} GB"),
    ]
    for name, good, text in rows:
        console.give({"name": name, "good": good, "found": text})
        console.hang(console.word("doctor_row", mark=_MARKS[good], name=console.word(f"doctor_{name}"), text=text))
    bad = sum(good is False for _, good, _ in rows)
    if bad:
        console.say("doctor_bad", count=bad)
        return 3
    console.say("doctor_good")
    return 0


def _subtitles(console: Console) -> tuple[bool | None, str]:
    """The extra for subtitles: good without it for those who have none."""
    if lacking := fonts.lacking():
        return None, console.word("doctor_extra", names=", ".join(lacking))
    return True, ", ".join(sorted(str(path.name) for path in fonts.paths().values()))


def _documents(console: Console) -> tuple[bool | None, str]:
    """The extra for documents: good without it for those who have none."""
    if lacking := [*structure.lacking(), *font_folder.lacking()]:
        return None, console.word("doctor_documents_extra", names=", ".join(lacking))
    return True, f"pikepdf {version('pikepdf')}, pypdfium2 {version('pypdfium2')}"


def _cluster(console: Console) -> tuple[bool | None, str]:
    """The extra for several machines, and how many films this one takes; good without it for those who have one."""
    if find_spec("distributed") is None:
        return None, console.word("doctor_cluster_extra")
    count = admission.jobs(None)
    typed = shlex.join(commands.by_hand("ADDRESS", count))
    return True, console.word("doctor_cluster_films", version=version("distributed"), count=count, typed=typed)


def _row(console: Console, name: str, look: Callable[[], str]) -> tuple[str, bool, str]:
    try:
        return name, True, look()
    except ShowcaseError as error:
        what = catalogue.say(console.language, f"error.{error.key}.what", **error.values)
        detail = catalogue.detail(console.language, error)
        return name, False, " ".join(part for part in (what, error.where, detail) if part)
    except PackageNotFoundError as error:
        return name, False, str(error)


def _ffmpeg(console: Console) -> str:
    context = context_here(console)
    return f"{context.capability.version} ({context.ffmpeg}), build {context.capability.build}"


def _lacking(console: Console) -> str:
    context = context_here(console)
    if lacking := needs.missing(context.capability):
        raise ShowcaseError("ffmpeg_lacks", detail=", ".join(lacking))
    return ", ".join((*needs.NEEDED_ENCODERS, *needs.NEEDED_FILTERS, *needs.NEEDED_MUXERS))


def _store(console: Console, place: Workspace) -> str:
    if endpoint := connect.configured_endpoint(place):
        with connect.opened(place):
            preset = presets.of_settings(place.settings, place.profiles)
            return console.word("doctor_preset", where=without_userinfo(endpoint), preset=preset.name)
    return console.word("doctor_embedded", program=embedded.program())
