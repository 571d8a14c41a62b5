"""Which set and which policy hold for what: films by the workspace's set, lessons of a course by what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.execute.context import Context
from pipeline.execute.inspection import targets_of
from pipeline.inspect.film import Target
from pipeline.model.finding import Policy
from pipeline.model.inspection import Inspection
from pipeline.model.profile import Profile, ProfileSet
from pipeline.model.submission import Kind
from pipeline.plan import load as profiles_by_name
from pipeline.policy import load as policies_by_name

LECTURE_SET, LESSON_SET = "course-video", "course-audio"
DRAFT_POLICY, SUBTITLE_POLICY, POSTER_POLICY = "rough-cut", "subtitles", "poster"


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
        self._threads = threads

    def _rules(self, name: str) -> RuleSet:
        folders = self._context.profile_folders
        chosen, profiles = profiles_by_name.profile_set(name, folders)
        return RuleSet(chosen, with_threads(profiles, self._threads), policies_by_name.policy(chosen.policy, folders))

    @cached_property
    def film(self) -> RuleSet:
        return self._rules(self._context.workspace.settings.set_name)

    @cached_property
    def lecture(self) -> RuleSet:
        return self._rules(LECTURE_SET)

    @cached_property
    def lesson(self) -> RuleSet:
        return self._rules(LESSON_SET)

    @cached_property
    def draft(self) -> Policy:
        """What a rough cut is judged by."""
        return policies_by_name.policy(DRAFT_POLICY, self._context.profile_folders)

    @cached_property
    def subtitles(self) -> Policy:
        """What files of subtitles are judged by."""
        return policies_by_name.policy(SUBTITLE_POLICY, self._context.profile_folders)

    @cached_property
    def poster(self) -> Policy:
        """What a poster that is handed in is judged by."""
        return policies_by_name.policy(POSTER_POLICY, self._context.profile_folders)

    def targets(self, kind: Kind) -> tuple[Target, ...]:
        """Every sound level that may be asked of a part of this kind: known before the part is looked at."""
        if kind is Kind.FILM:
            return targets_of(self.film.profiles)
        return targets_of((*self.lecture.profiles, *self.lesson.profiles))

    def rules_for(self, kind: Kind, inspection: Inspection | None) -> RuleSet:
        """What holds for a part; one that can't be read is held to what has pictures."""
        if kind is Kind.FILM:
            return self.film
        sound_alone = inspection is not None and not inspection.media.video
        return self.lesson if sound_alone else self.lecture


def with_threads(profiles: Sequence[Profile], threads: str | None) -> tuple[Profile, ...]:
    """The profiles, with the threads that a flag asked for."""
    if threads is None:
        return tuple(profiles)
    wanted = "auto" if threads == "auto" else 1
    return tuple(
        item.model_copy(update={"threads": wanted}) if "threads" in type(item).model_fields else item
        for item in profiles
    )
