"""Decks: looked at once, and drawn once as the film that plans are made for; both kept by what decides them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.documents import pages
from pipeline.execute.context import Context
from pipeline.execute.stages import StageDirs
from pipeline.execute.tasks import DeckResult, DeckTask, result_of
from pipeline.inspect.font_folder import font_folder, pdfium_package
from pipeline.model.deck import Deck, Renderer, SlideFilm
from pipeline.model.stage import Stage

if TYPE_CHECKING:
    from pipeline.execute.executor import Executor

DECK, VERSION = "deck", 1  # raise it when the same PDF would be described in another way
_FILE = "deck.json"


def look(context: Context, executor: Executor, path: Path, *, most_pages: int = pages.MOST_PAGES) -> Deck:
    """What is known of a PDF's pages, found out now unless it was before.

    Raises:
        Refused, Unsuitable: it can't be read, or not within its limits. InputError: no such file.
        EnvironmentFault: the extra `documents` is not installed.
    """
    fonts = font_folder()
    sha256 = context.hashed(path)
    parameters = {"pdfium": pdfium_package(), "most_pages": str(most_pages), **fonts.digests}
    stage = Stage(name=DECK, version=VERSION, inputs={"document": sha256}, parameters=parameters)
    task = DeckTask(sha256=sha256, most_pages=most_pages, stage=stage)
    return result_of(executor.submit(task).follow(context.on_progress), DeckResult).deck


def looked_at(task: DeckTask, context: Context) -> Deck:
    """Do the task here."""

    def build(dirs: StageDirs) -> None:
        path, fonts = context.sources.path(task.sha256), font_folder()
        found = pages.look(
            path,
            fonts.path,
            most_pages=task.most_pages,
            on_page=lambda number, count: context.on_progress(DECK, number / count, None),
        )
        context.confirm(task.sha256)
        deck = Deck(
            sha256=task.sha256,
            size_bytes=path.stat().st_size,
            renderer=Renderer(pdfium=found.pdfium, fonts=fonts.digests),
            pages=found.pages,
        )
        (dirs.folder / _FILE).write_bytes(deck.to_file())

    done = context.stages.run(task.stage, build)
    return Deck.model_validate_json((done.folder / _FILE).read_bytes())


def made(film: SlideFilm, context: Context) -> Path:
    """Where the film lies, drawn and coded now unless it is there.

    Raises:
        Refused, Unsuitable, MediaError, EnvironmentFault: as `transcode.slides.draw` says.
    """
    from pipeline.transcode import slides

    def build(dirs: StageDirs) -> None:
        source = context.sources.path(film.source_sha256)
        drawn = slides.draw(
            film,
            source,
            context.runner(dirs),
            font_folder,
            on_progress=context.progress_of(film.stage.name),
        )
        context.confirm(film.source_sha256)
        drawn.replace(dirs.folder / slides.FILE)

    return context.stages.run(film.stage, build).folder / slides.FILE
