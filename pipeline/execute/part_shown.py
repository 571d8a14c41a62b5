"""How a part of a course will be seen, for whoever looks at a plan: its layout, when pages turn, how long it is."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.execute.examined_part import ExaminedPart
from pipeline.model.course import Layout
from pipeline.model.plan import Plan
from pipeline.plan.request import PlanRequest

PICTURE, SOUND = "picture", "sound"  # what there is beside the layouts: a sound with one picture, or with none


@dataclass(frozen=True)
class PartShown:
    """What is seen of a part.

    Args:
        layout: of the slides; or that there is a film, one picture, or sound alone.
        slides: pages of the deck that is seen, 0 where none is; `turns` is how often one is put on.
    """

    part: str
    layout: str
    slides: int
    turns: int
    duration_s: float


def shown(part: ExaminedPart, request: PlanRequest, plan: Plan) -> PartShown:
    """What the plan makes of a part."""
    beside, drawn = request.sidecars.slides, request.slides
    if part.is_drawn:
        layout = Layout.SLIDES.value if part.slides else PICTURE
    elif beside:
        layout = beside.layout.value
    else:
        layout = Layout.FILM.value if part.film and part.film.media.video else SOUND
    pages = len(part.slides.pages) if part.slides and drawn else 0
    return PartShown(str(part.part.key), layout, pages, len(drawn.shown) if drawn and pages else 0, plan.duration_s)
