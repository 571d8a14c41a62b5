"""A milestone as people type it, in the language that they read."""

from __future__ import annotations

import re

from pipeline.catalogue import LANGUAGES, Language
from pipeline.errors import InLanguages
from pipeline.model.campaign import Campaign

_ONE_WORD = re.compile(r"[\w./][\w./-]*")
_WORDS = re.compile(r"[\w./][\w./-]*(?: [\w./-]+)+")  # in double quotes one argument to every shell


def typed(campaign: Campaign, identity: str, language: Language) -> str:
    """Its words, in quotes where they hold blanks; its id where a shell would read anything else into them, or where
    they mean another milestone."""
    step = campaign.milestone(identity)
    if step is None:
        return identity
    words: str = getattr(step.words, language)
    if campaign.find_milestone(words) is not step:
        return identity
    if _ONE_WORD.fullmatch(words):
        return words
    return f'"{words}"' if _WORDS.fullmatch(words) else identity


def typed_by_all(campaign: Campaign, identity: str) -> InLanguages:
    """For a message in both languages."""
    zh, en = (typed(campaign, identity, language) for language in LANGUAGES)
    return InLanguages(zh, en)
