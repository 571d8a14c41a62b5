"""Which set and which policy hold for what: films by the workspace's set, lessons of a course by what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline import wording
from pipeline.errors import InputError
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.execute.context import Context
from pipeline.execute.inspection import targets_of
from pipeline.model.c2_dialect import Dialect
from pipeline.model.finding import Policy
from pipeline.model.inspection import Inspection
from pipeline.model.inspection_request import AudioTarget
from pipeline.model.profile import Profile
from pipeline.model.profile_set import ProfileSet
from pipeline.model.submission import Kind
from pipeline.package.metadata import c2_dialects
from pipeline.plan import load as profiles_by_name
from pipeline.policy import load as policies_by_name
from pipeline.yamlio import Document

LECTURE_SET, LESSON_SET, SLIDES_SET = "course-video", "course-audio", "course-slides"
DRAFT_POLICY = "rough-cut"


@dataclass(frozen=True)
class RuleSet:
    """What is delivered and what is accepted."""

    chosen: ProfileSet
    profiles: tuple[Profile, ...]
    policy: Policy


class RuleSets:
    """Rules by kind, each read when it is first asked for; `threads` overrides every profile's.

    Every way in raises InputError when a file is wrong, with FILE:LINE:COLUMN.
    """

    def __init__(self, context: Context, threads: str | None = None):
        self._context = context
        self.threads = threads
        self._policies: dict[str, Policy] = {}

    @cached_property
    def vocabularies(self) -> Vocabularies:
        """The words that a catalogue knows."""
        return Vocabularies(self._context.profile_folders)

    @cached_property
    def dialect(self) -> Dialect | None:
        """How the workspace's branch wants its C2 orders; None where none is named."""
        name = self._context.workspace.settings.c2_dialect
        return c2_dialects.dialect(name, self._context.profile_folders) if name else None

    def policy(self, name: str) -> Policy:
        """The policy of this name."""
        if name not in self._policies:
            self._policies[name] = read_policy(policies_by_name.document(name, self._context.profile_folders))
        return self._policies[name]

    def _rules(self, name: str) -> RuleSet:
        chosen, profiles = profiles_by_name.profile_set(name, self._context.profile_folders)
        return RuleSet(chosen, with_threads(profiles, self.threads), self.policy(chosen.policy))

    @cached_property
    def film(self) -> RuleSet:
        return self._rules(self._context.workspace.settings.set_name)

    @cached_property
    def lecture(self) -> RuleSet:
        return self._rules(LECTURE_SET)

    @cached_property
    def lesson(self) -> RuleSet:
        return self._rules(LESSON_SET)

    def targets(self, kind: Kind) -> tuple[AudioTarget, ...]:
        """Every sound level that may be asked of a part of this kind: known before the part is looked at."""
        if kind is Kind.FILM:
            return targets_of(self.film.profiles)
        return targets_of((*self.lecture.profiles, *self.lesson.profiles, *self.slides.profiles))

    @cached_property
    def slides(self) -> RuleSet:
        return self._rules(SLIDES_SET)

    def rules_for(self, kind: Kind, inspection: Inspection | None, *, is_drawn: bool = False) -> RuleSet:
        """What holds for a part; one that can't be read is held to what has pictures.

        Args:
            is_drawn: its pictures are slides, or one picture.
        """
        if kind is Kind.FILM:
            return self.film
        if is_drawn:
            return self.slides
        audio_alone = inspection is not None and not inspection.media.video
        return self.lesson if audio_alone else self.lecture


def read_policy(source: Document) -> Policy:
    """A document as a policy whose findings can be said.

    Raises:
        InputError: it is none, or there are no words for one of its codes, with FILE:LINE:COLUMN.
    """
    policy = policies_by_name.read(source)
    for index, rule in enumerate(policy.rules):
        if not wording.has_words(rule.code):
            where = source.where(("rules", index, "code"))
            raise InputError("rule_wrong", where=where, code=rule.code, field="code")
    return policy


def with_threads(profiles: Sequence[Profile], threads: str | None) -> tuple[Profile, ...]:
    """The profiles, with the threads that a flag asked for."""
    if threads is None:
        return tuple(profiles)
    wanted = "auto" if threads == "auto" else 1
    return tuple(
        item.model_copy(update={"threads": wanted}) if "threads" in type(item).model_fields else item
        for item in profiles
    )
