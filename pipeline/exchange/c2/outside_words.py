"""What a head-end says in words, as records and screens may hold it."""

from __future__ import annotations

from pipeline import passwords
from pipeline.model.c2_records import MOST_WORDS
from pipeline.model.text import printable


def kept(text: str | None) -> str | None:
    """One line without passwords, no longer than clause 3.16 has it; None where nothing is said.

    A head-end that could not fetch a film tells of its whole address, or of user and password, and these are ours.
    """
    if text is None or not text.strip():
        return None
    return " ".join(passwords.redacted(passwords.without_known(printable(text))).split())[:MOST_WORDS]
