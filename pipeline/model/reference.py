"""Which submission is meant: never its id alone, since two prefectures may give the same one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class SubmissionRef:
    """A submission by its prefecture's code and its id."""

    prefecture: str
    submission_id: str

    def __str__(self) -> str:
        return f"{self.prefecture}/{self.submission_id}"

    @property
    def typed(self) -> str:
        """As it is typed: its id alone where that begins with the prefecture, so that nobody else's is meant."""
        return self.submission_id if self.submission_id.startswith(f"{self.prefecture}-") else str(self)

    @property
    def file_name(self) -> str:
        """As a part of a file's name: no two submissions share it, since each code has six digits."""
        return f"{self.prefecture}-{self.submission_id}"
