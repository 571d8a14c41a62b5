"""Decks: looked at once, and drawn once as the film that plans are made for; both kept by what decides them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import EnvironmentFault
from pipeline.execute.context import Context
from pipeline.execute.stages import StageDirs
from pipeline.execute.tasks import DeckResult, DeckTask, result_of
from pipeline.model.deck import MOST_PAGES, Deck, Renderer, SlideFilm
from pipeline.model.handed_in import PagePictures
from pipeline.model.stage import Stage

if TYPE_CHECKING:
    from pipeline.execute.executor import Executor

DECK, VERSION = "deck", 1  # raise it when the same PDF would be described in another way
PICTURES = "pictures"
_FILE = "deck.json"


def look(context: Context, executor: Executor, path: Path, *, most_pages: int = MOST_PAGES) -> Deck:
    """What is known of a PDF's pages, found out now unless it was before.

    Raises:
        Refused, Unsuitable: it can't be read, or not within its limits. InputError: no such file.
        EnvironmentFault: the extra `documents` is not installed.
    """
    from pipeline.inspect.font_folder import font_folder, pdfium_package

    fonts = font_folder()
    sha256 = context.hashed(path)
    parameters = {"pdfium": pdfium_package(), "most_pages": str(most_pages), **fonts.digests}
    stage = Stage(name=DECK, version=VERSION, inputs={"document": sha256}, parameters=parameters)
    task = DeckTask(sha256=sha256, most_pages=most_pages, stage=stage)
    return result_of(executor.submit(task).follow(context.on_progress), DeckResult).deck


def looked_at(task: DeckTask, context: Context) -> Deck:
    """Do the task here."""

    def build(dirs: StageDirs) -> None:
        from pipeline.documents import pages
        from pipeline.inspect.font_folder import font_folder

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


def pictured(pictures: PagePictures, context: Context) -> Path:
    """The folder with a picture of each page (0001.jpg and so on), drawn now unless it is there.

    Raises:
        Refused, Unsuitable, EnvironmentFault: as `documents.pages` says; it is drawn otherwise than was planned.
    """

    def build(dirs: StageDirs) -> None:
        from pipeline.documents import page_pictures
        from pipeline.inspect.font_folder import font_folder
        from pipeline.transcode import slides

        if page_pictures.coder() != pictures.coder:
            raise EnvironmentFault("renderer_differs", detail=f"{pictures.coder}, {page_pictures.coder()}")
        source, folder = context.sources.path(pictures.sha256), dirs.folder / PICTURES
        folder.mkdir()
        numbers = range(1, len(pictures.shapes) + 1)
        with slides.drawn_as(pictures.renderer, source, font_folder(), numbers) as drawn:
            for number, (picture, shape) in enumerate(zip(drawn, pictures.shapes, strict=True), start=1):
                (folder / f"{number:04}.jpg").write_bytes(page_pictures.coded(picture, shape))
                context.on_progress(pictures.stage.name, number / len(pictures.shapes), None)
        context.confirm(pictures.sha256)

    return context.stages.run(pictures.stage, build).folder / PICTURES


def made(film: SlideFilm, context: Context) -> Path:
    """Where the film lies, drawn and coded now unless it is there.

    Raises:
        Refused, Unsuitable, MediaError, EnvironmentFault: as `transcode.slides.draw` says.
    """
    from pipeline.transcode import slides

    def build(dirs: StageDirs) -> None:
        from pipeline.inspect.font_folder import font_folder

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
