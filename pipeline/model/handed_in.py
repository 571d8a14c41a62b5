"""Documents that a package holds as they came, and the pictures of their pages."""

from __future__ import annotations

from pipeline.model.base import Noun
from pipeline.model.course import PartKey
from pipeline.model.deck import Renderer
from pipeline.model.stage import Stage
from pipeline.model.text import RelativePath

_STAGE, _VERSION = "pages", 1  # raise it when the same pages would give other bytes


class PagePictures(Noun):
    """A picture of each page of a PDF.

    Args:
        sha256: of the PDF.
        shapes: width to height of each page.
        coder: what codes the pictures, with its version.
    """

    sha256: str
    shapes: tuple[float, ...]
    renderer: Renderer
    coder: str

    @property
    def stage(self) -> Stage:
        """What makes them."""
        fonts = {f"font {name}": sha256 for name, sha256 in self.renderer.fonts.items()}
        parameters = {"pages": str(len(self.shapes)), "pdfium": self.renderer.pdfium, "coder": self.coder, **fonts}
        return Stage(name=_STAGE, version=_VERSION, inputs={"document": self.sha256}, parameters=parameters)


class HandedInDocument(Noun):
    """A hand-out, or the slides of a part.

    Args:
        part: None is the whole course's.
        role: `document` or `slides`.
        file: its name in the submission.
        ending: of its kind by its first bytes, with the dot.
        pages: of a PDF that can be drawn.
    """

    part: PartKey | None
    role: str
    file: RelativePath
    language: str | None
    sha256: str
    ending: str
    pages: PagePictures | None = None

    @property
    def name(self) -> str:
        """What it is called in the package: keys there are plain, and no other document moves it."""
        return f"documents/{self.sha256[:12]}"
