"""What a simulated head-end says: in Chinese, as those of the trade do."""

from __future__ import annotations

from pipeline import catalogue
from pipeline.exchange.c2.reception import LANGUAGE


def said(key: str, /, **values: object) -> str:
    """A reason, by its key of the catalogue's `text.sim_…`."""
    return catalogue.say(LANGUAGE, f"text.sim_{key}", **values)
