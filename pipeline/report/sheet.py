"""What every paper is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.media.timecode import Clock
from pipeline.model.finding import Policy, Report, ReportedFinding
from pipeline.model.inspection import Curves


@dataclass(frozen=True)
class Sheet:
    """One film's report with all that is shown beside it; `pictures` are JPEG, by the number of their finding.

    `made_at` is the one thing here that a clock decides.
    """

    report: Report
    policy: Policy
    made_at: datetime
    curves: Curves = field(default_factory=Curves)
    clock: Clock = field(default_factory=Clock)
    pictures: Mapping[int, bytes] = field(default_factory=dict)
    tool_version: str = ""

    def in_order(self) -> list[tuple[int, ReportedFinding]]:
        """Findings as the film is watched: by the timeline, those of the whole film after it."""
        numbered = enumerate(self.report.findings)
        return sorted(numbered, key=lambda pair: (pair[1].start_s is None, pair[1].start_s or 0.0, pair[0]))
