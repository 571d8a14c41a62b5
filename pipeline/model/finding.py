"""Policy, its rules, and what they find (DESIGN section 4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from pipeline.model.base import Noun
from pipeline.model.document import DocumentStructure
from pipeline.model.generated import FoundLabel
from pipeline.model.inspection import Measures
from pipeline.model.media import Media
from pipeline.model.profile import About, Name
from pipeline.model.subtitles import SubtitleFormat

Scalar = str | int | float | bool
NumberName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=48)]


class Severity(StrEnum):
    """error: only the producer can mend it; warning: the pipeline converts it or an editor looks; info."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Verdict(StrEnum):
    """What becomes of the film."""

    ACCEPT = "accept"
    WARN = "warn"
    REJECT = "reject"


class Op(StrEnum):
    """How a fact is held against the rule's value; the finding is raised when it does not hold."""

    EQ = "eq"
    IN = "in"
    GE = "ge"
    LE = "le"
    BETWEEN = "between"
    MATCHES = "matches"
    PRESENT = "present"


class Rule(Noun):
    """One line of a policy: the value stands in it, or it names a number at the policy's top.

    `source` names the clause or document that the number is from; `name` tells rules of one code apart.
    """

    name: NumberName | None = None
    code: Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z_]+$")]
    fact: str
    op: Op
    value: Scalar | tuple[Scalar, ...] | None = None
    number: NumberName | None = None
    unit: str = ""
    severity: Severity
    source: str

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        if (self.value is None) == (self.number is None):
            raise PydanticCustomError("one_value", "needs either a value or the name of a number")
        return self


class Policy(Noun):
    """What is accepted: `profiles/policies/<name>.yaml`."""

    schema_version: Literal[1]
    name: Name
    about: About | None = None
    numbers: dict[NumberName, int | float] = Field(default_factory=dict)
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]

    def resolved(self) -> Policy:
        """With every rule's value in its place.

        Raises:
            KeyError: a rule names a number that there is not (policies are validated before they are used).
        """
        rules = tuple(
            rule if rule.number is None else rule.model_copy(update={"value": self.numbers[rule.number]})
            for rule in self.rules
        )
        return self.model_copy(update={"rules": rules})

    def on_facts(self, facts: Collection[str]) -> Policy:
        """Its rules on these facts alone."""
        return self.model_copy(update={"rules": tuple(rule for rule in self.rules if rule.fact in facts)})

    def milder(self) -> Policy:
        """The same for a rough cut: what would reject is told."""
        rules = tuple(
            rule.model_copy(update={"severity": Severity.WARNING}) if rule.severity is Severity.ERROR else rule
            for rule in self.rules
        )
        return self.model_copy(update={"rules": rules})


class PlacedFinding(Noun):
    """What was found, how grave it is, and where."""

    code: str
    rule: str = ""
    severity: Severity
    track: str | None = None
    start_s: float | None = None
    end_s: float | None = None
    start_tc: str | None = None
    end_tc: str | None = None
    cue: int | None = None
    line: int | None = None


class Finding(PlacedFinding):
    """One thing found, in codes and values: words are made of them at the rim (`wording`).

    Args:
        rule: the name of the rule that does not hold; empty for a file that could not be read.
        start_s: where it begins, in seconds from the first picture; `start_tc` is the same by the film's clock.
        cue: of a file of subtitles, from 1; `line` is the file's, from 1.
        op: how `value` was held against `wanted`, both in `unit`; None for a file that could not be read.
        detail: what the value is about: letters, an encoding, another cue's number, a codec.
        about: what the words of the value name beside it, such as a time as it was written.
        reason: why a file could not be read, a key of the catalogue's `text.refused_…` or `unsuitable.…`.
    """

    op: Op | None = None
    value: Scalar | None = None
    wanted: Scalar | tuple[Scalar, ...] | None = None
    unit: str = ""
    detail: str = ""
    about: dict[str, str] = Field(default_factory=dict, exclude_if=lambda value: not value)
    reason: str | None = None


class ReportedFinding(PlacedFinding):
    """A finding as people and their tools get it: in the words of one language."""

    expected: str
    actual: str
    message: str
    advice: str


class Skipped(Noun):
    """A rule whose fact could not be measured: never a pass."""

    code: str
    fact: str


class SubtitleFacts(Noun):
    """What a file of subtitles is: how many cues could be read, and when the last of them ends."""

    form: SubtitleFormat
    encoding: str
    cues: int
    ends_s: float


class Evaluation(Noun):
    """What a policy says of one file, in codes and values; `sha256` is None where the file could not be read."""

    sha256: str | None
    policy: str
    media: Media | None = None
    subtitles: SubtitleFacts | None = None
    document: DocumentStructure | None = None
    measures: Measures | None = None
    generated_labels: Annotated[tuple[FoundLabel, ...], Field(exclude_if=lambda value: not value)] = ()
    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """error → reject; warning or anything skipped → warn; else accept."""
        severities = {finding.severity for finding in self.findings}
        if Severity.ERROR in severities:
            return Verdict.REJECT
        return Verdict.WARN if Severity.WARNING in severities or self.skipped else Verdict.ACCEPT


class Report(Noun):
    """What `check` says of one file."""

    schema_version: Literal[1] = 1
    file: str
    sha256: str | None
    verdict: Verdict
    policy: str
    media: Media | None = None
    subtitles: SubtitleFacts | None = None
    document: DocumentStructure | None = None
    measures: Measures | None = None
    generated_labels: Annotated[tuple[FoundLabel, ...], Field(exclude_if=lambda value: not value)] = ()
    findings: tuple[ReportedFinding, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on a submission of several parts."""
    return max(verdicts, key=list(Verdict).index, default=Verdict.ACCEPT)
