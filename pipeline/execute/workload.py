"""What a film will cost: by its headers before it was measured, by its plan afterwards."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.exchange.intake import Intake
from pipeline.exchange.parts import IntakePart
from pipeline.execute import estimate, transcoding
from pipeline.execute.context import Context
from pipeline.execute.job import Prepared
from pipeline.execute.rule_sets import RuleSet, RuleSets
from pipeline.inspect import header
from pipeline.inspect.header import Header
from pipeline.model.base import Noun
from pipeline.model.submission import Kind, Role
from pipeline.plan import outlook

FULL_LINES = 1080  # of a film of which the length alone is known
DECK_S = 600.0  # of slides that stand alone: how many there are is known when they are examined


class Workload(Noun):
    """What is left to be done.

    Args:
        examine_s: seconds of film, or of sound, that are to be measured.
        pixels: to be encoded.
        size_bytes: of what will be made.
        profiles: by name, what will be made.
    """

    examine_s: float = 0.0
    pixels: int = 0
    size_bytes: int = 0
    profiles: tuple[str, ...] = ()

    def __add__(self, other: Workload) -> Workload:
        return Workload(
            examine_s=self.examine_s + other.examine_s,
            pixels=self.pixels + other.pixels,
            size_bytes=self.size_bytes + other.size_bytes,
            profiles=tuple(dict.fromkeys((*self.profiles, *other.profiles))),
        )


def total(items: Iterable[Workload]) -> Workload:
    """All together."""
    return sum(items, Workload())


def of_prepared(context: Context, prepared: Prepared) -> Workload:
    """Of what was examined: its plans, but for what is there already."""
    return total(_of_plan(context, part.planned) for part in prepared.parts)


def _of_plan(context: Context, planned: transcoding.PlannedTranscode) -> Workload:
    missing = transcoding.missing(context, planned.stages)
    made = [output for output in planned.plan.outputs if output.profile in missing]
    return Workload(
        pixels=estimate.pixels(planned.plan, missing), size_bytes=estimate.size(made), profiles=tuple(missing)
    )


def of_length(length_s: float, rules: RuleSets) -> Workload:
    """Of a film of which the length alone is known: all that a film in HD is delivered as."""
    return _of_film(Header(length_s, FULL_LINES), rules.film)


def of_intake(intake: Intake, rules: RuleSets) -> Workload:
    """Of files that were not measured yet, by what their headers say; what can't be read costs nothing."""
    parts = (part for part in intake.parts if part.shown)
    return total(_of_part(part, intake.submission.kind, rules) for part in parts)


def _of_part(part: IntakePart, kind: Kind, rules: RuleSets) -> Workload:
    found = header.read(part.main.path) if part.main else Header(DECK_S, 0)
    if found is None:
        return Workload()
    subtitles = len(part.of_role(Role.SUBTITLES))
    if kind is Kind.FILM:
        return _of_film(found, rules.film, subtitles)
    if found.lines:
        return _of_film(found, rules.lecture, subtitles)
    if part.of_role(Role.SLIDES) or part.of_role(Role.POSTER):  # drawn by us, at full size
        return _of_film(Header(found.length_s, FULL_LINES), rules.slides, subtitles)
    return _of_film(found, rules.lesson)


def _of_film(found: Header, rules: RuleSet, subtitles: int = 0) -> Workload:
    used = outlook.profiles(found.lines, rules.chosen, rules.profiles, subtitles)
    return Workload(
        examine_s=found.length_s,
        pixels=sum(outlook.pixels(profile, found.lines, found.length_s) for profile in used),
        size_bytes=sum(outlook.size(profile, found.lines, found.length_s) for profile in used),
        profiles=tuple(dict.fromkeys(profile.name for profile in used)),
    )
