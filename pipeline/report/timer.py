"""One HTML file that works from disk: listen, turn the pages, save the table of times."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.catalogue import LANGUAGES, Language, entries

_WORDS = "timer."


@dataclass(frozen=True)
class Timer:
    """What the page holds.

    Args:
        name: of the table that it saves, without its ending.
        key: what its progress is kept under in the browser: the same for the same slides and sound.
        titles: of the pages, empty where they have none.
        pictures: of the pages, JPEG.
        sound: MP4; None where it lies at `sound_file`.
        rate: pictures a second that times are counted by.
    """

    name: str
    key: str
    titles: Sequence[str]
    pictures: Sequence[bytes]
    sound: bytes | None
    sound_file: str
    rate: int


def render(timer: Timer, language: Language) -> bytes:
    """The page; it opens in `language` and has the other one too."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    words = {
        each: {key.removeprefix(_WORDS): text for key, text in entries(each).items() if key.startswith(_WORDS)}
        for each in LANGUAGES
    }
    data = {
        "name": timer.name,
        "key": timer.key,
        "titles": list(timer.titles),
        "pictures": [_uri(item, "image/jpeg") for item in timer.pictures],
        "sound": _uri(timer.sound, "audio/mp4") if timer.sound is not None else quote(timer.sound_file),
        "rate": timer.rate,
        "language": language,
        "words": words,
    }
    # inside a script nothing but its end is markup
    script = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    page = environment.get_template("timer.html.j2").render(language=language, name=timer.name, data=script)
    return page.encode("utf-8")


def _uri(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
