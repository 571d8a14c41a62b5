"""How slides, their times and hand-outs are examined: what they hold, then page by page."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from pipeline.documents import structure
from pipeline.errors import Refused
from pipeline.exchange.parts import FileToCheck
from pipeline.execute import part_length, slides
from pipeline.execute.part_to_examine import PartToExamine
from pipeline.model.course import Layout
from pipeline.model.deck import MOST_PAGES, Deck, SlideTimes, Wrong
from pipeline.model.document import DocumentKind, DocumentStructure
from pipeline.model.finding import Evaluation, Policy
from pipeline.model.submission import Role
from pipeline.plan import layout
from pipeline.plan.spec import AudioSource
from pipeline.policy import document_facts, evaluate, slide_facts
from pipeline.policy.fact import Fact
from pipeline.policy.slide_facts import Timing

_WITH_SLIDES = (Layout.SIDE, Layout.PIP, Layout.SLIDES)


@dataclass(frozen=True)
class ExaminedDocument:
    """A document that is delivered as it came.

    Args:
        deck: its pages, where it is a PDF that can be drawn.
    """

    file: FileToCheck
    sha256: str
    structure: DocumentStructure
    deck: Deck | None = None
    inspection: None = None

    def evaluate(self, policy: Policy, part: PartToExamine, audio: tuple[AudioSource, ...]) -> Evaluation:  # noqa: ARG002 - a row's own need
        """Its structure and its letters by the rules."""
        same_as = _same_as(part, self.file, self.sha256)
        table = document_facts.facts(self.structure, self.file.path.name, same_as=same_as)
        letters = slide_facts.letters(self.deck) if self.deck else dict.fromkeys(slide_facts.LETTERS, ())
        return evaluate.judge_facts({**table, **letters}, policy, sha256=self.sha256, document=self.structure)


@dataclass(frozen=True)
class ExaminedSlides:
    """A file of slides.

    Args:
        deck: the pages of a PDF.
        times: what a PPTX was recorded with.
    """

    file: FileToCheck
    sha256: str
    structure: DocumentStructure
    deck: Deck | None = None
    times: SlideTimes | None = None
    inspection: None = None

    def evaluate(self, policy: Policy, part: PartToExamine, audio: tuple[AudioSource, ...]) -> Evaluation:
        """What it holds and its pages by the rules; and whether it is known when they turn, where that is needed."""
        needs_pdf = self.structure.kind is not DocumentKind.PDF and part.deck is None and not _has_pdf(part)
        table = document_facts.facts(self.structure, self.file.path.name, is_slides_without_pdf=needs_pdf)
        drawn: dict[str, tuple[Fact, ...]] = dict.fromkeys(slide_facts.NAMES, ())
        if self.deck:
            needs_times = part.times is None and not part.part.of_role(Role.SLIDE_TIMES) and _needs_times(part)
            beside = layout.SLIDES if _layout(part) is Layout.SIDE else None
            drawn = slide_facts.facts(self.deck, Timing(length_s=0.0 if needs_times else None), beside=beside)
            if _layout(part) is Layout.FILM:  # nobody sees them
                drawn |= dict.fromkeys(slide_facts.OF_SIZE, ())
            if self.deck is part.deck:
                if part.part.main is None and part.times is None:
                    drawn["slides.page_s"] = (Fact(part_length.page_s(part)),)
                drawn["slides.unseen"] = slide_facts.unseen(self.deck, part.times, beside_film=_is_passed_over(part))
        if self.times is not None and self.times is part.times:  # a table of times goes before what a PPTX was given
            drawn |= _facts_of_times(self.times, part, audio)
        return evaluate.judge_facts({**table, **drawn}, policy, sha256=self.sha256, document=self.structure)


@dataclass(frozen=True)
class ExaminedSlideTimes:
    """When slides turn."""

    times: SlideTimes
    inspection: None = None

    def evaluate(self, policy: Policy, part: PartToExamine, audio: tuple[AudioSource, ...]) -> Evaluation:
        """Line by line, against the pages that there are and the end of what is shown."""
        table: dict[str, tuple[Fact, ...]] = dict.fromkeys(slide_facts.NAMES, ())
        table |= _facts_of_times(self.times, part, audio)
        if not part.part.of_role(Role.SLIDES):
            table = {
                **table,
                "slides.shown_s": (),
                "slides.first_s": (),
                "slides.times": (Fact(Wrong.NO_SLIDES.value),),
            }
        on_times = policy.on_facts(slide_facts.OF_TIMES)
        return evaluate.judge_facts(table, on_times, sha256=self.times.sha256)


def inspect_document(part: PartToExamine, file: FileToCheck) -> ExaminedDocument:
    """Raises: Refused, Unsuitable, InputError, EnvironmentFault: as `documents` says."""
    found = structure.examine(file.path)
    return ExaminedDocument(file, part.job.context.hashed(file.path), found, _deck(part, file, found))


def inspect_slides(part: PartToExamine, file: FileToCheck) -> ExaminedSlides:
    """Raises: as `inspect_document`; Refused: it is a text."""
    found = structure.examine(file.path)
    if found.kind is DocumentKind.DOCX:
        raise Refused("document.format", where=str(file.path), reason="document_slides")
    times = None
    if found.kind is DocumentKind.PPTX and found.is_whole:
        from pipeline.inspect import slide_times

        recorded = slide_times.read(file.path)
        is_asked_for = not part.part.of_role(Role.SLIDE_TIMES) and _needs_times(part)
        # one that was recorded in part is told which slides lack a time, where nothing else says when pages turn
        is_told = recorded.is_partly_timed and is_asked_for
        times = recorded if is_told or (recorded.turns and not recorded.wrong) else None
    return ExaminedSlides(file, part.job.context.hashed(file.path), found, _deck(part, file, found), times)


def inspect_slide_times(_: PartToExamine, file: FileToCheck) -> ExaminedSlideTimes:
    """Raises: as `inspect.slide_times` says."""
    from pipeline.inspect import slide_times

    return ExaminedSlideTimes(slide_times.read(file.path))


def _same_as(part: PartToExamine, file: FileToCheck, sha256: str) -> str:
    """The first document of the part with these bytes, by its name in the submission; empty where it is this one."""
    size_bytes = file.path.stat().st_size
    documents = (*part.part.of_role(Role.SLIDES), *part.part.of_role(Role.DOCUMENT))
    before = itertools.takewhile(lambda item: item is not file, documents)
    alike = (item for item in before if item.path.stat().st_size == size_bytes)
    return next((item.file for item in alike if part.job.context.hashed(item.path) == sha256), "")


def _facts_of_times(
    times: SlideTimes, part: PartToExamine, dubs: tuple[AudioSource, ...]
) -> dict[str, tuple[Fact, ...]]:
    timing = Timing(times, part_length.shown_s(part, dubs), part_length.offset_s(part))
    return slide_facts.of_times(timing, len(part.deck.pages) if part.deck else None)


def _deck(part: PartToExamine, file: FileToCheck, found: DocumentStructure) -> Deck | None:
    """The pages of a PDF that is not too large: what is over the limits is told by its rules."""
    if found.kind is not DocumentKind.PDF or not found.is_whole or (found.pages or 0) > MOST_PAGES:
        return None
    return slides.look(part.job.context, part.job.executor, file.path)


def _has_pdf(part: PartToExamine) -> bool:
    """Whether slides as PDF were handed in, readable or not."""
    return any(structure.is_pdf(item.path) for item in part.part.of_role(Role.SLIDES))


def _layout(part: PartToExamine) -> Layout | None:
    """How a part's slides share the picture with its recording; None where there are no other pictures."""
    if part.film is None or part.is_sound_alone:
        return None
    told = part.part.part
    if told is not None and told.layout is not None:
        return told.layout
    has_times = part.times is not None or bool(part.part.of_role(Role.SLIDE_TIMES))
    return Layout.SIDE if has_times else Layout.FILM


def _is_passed_over(part: PartToExamine) -> bool:
    """Whether a recording is shown without its slides, and nobody said that it should be."""
    told = part.part.part
    has_pictures = part.film is not None and not part.is_sound_alone
    return has_pictures and not part.part.of_role(Role.SLIDE_TIMES) and (told is None or told.layout is None)


def _needs_times(part: PartToExamine) -> bool:
    """Pages can't be guessed to a sound; with a recording they are shown where that is asked for."""
    told = part.part.part
    return part.is_sound_alone or (part.film is not None and told is not None and told.layout in _WITH_SLIDES)
