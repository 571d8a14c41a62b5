"""What a head-end says in words, as records and screens may hold it. Pure."""

from __future__ import annotations

from pipeline import passwords
from pipeline.model.c2_records import MOST_WORDS
from pipeline.model.text import printable


def kept(text: str | None) -> str | None:
    """One line without passwords of addresses, no longer than clause 3.16 has it; None where nothing is said.

    A head-end that could not fetch a film tells of its whole address, and our password stands in that.
    """
    if text is None or not text.strip():
        return None
    return " ".join(passwords.redacted(printable(text)).split())[:MOST_WORDS]
