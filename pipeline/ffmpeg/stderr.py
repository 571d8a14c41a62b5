"""What ffmpeg says on stderr: lines with levels, and which sentence means which failure."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field

from pipeline.errors import EnvironmentFault, MediaError, ProcessLost, ShowcaseError

_LINE = re.compile(r"^(?:\[(?P<context>[^\]]*?)(?: @ 0x[0-9a-f]+)?\] )?\[(?P<level>[a-z]+)\] (?P<text>.*)$")
BAD = ("error", "fatal", "panic")

# What means a damaged output although the exit code is 0 (mpegts facts, section 2; subtitle facts, fonts: a letter that
# is drawn as a box, or with a font of this machine alone).
DAMAGE = re.compile(
    r"Glyph 0x[0-9a-f]+ not found|fontselect: (?:failed|.*-> /)|"
    r"dts < pcr|Non-monoton|non monotonically|VBV (?:under|over)flow|Queue input is backward|"
    r"Packet duration|Too many packets buffered|DPB size",
    re.IGNORECASE,
)

_ENDED = re.compile(r"Exiting normally, received signal \d+")  # how ffmpeg takes SIGTERM

_FAILURES: tuple[tuple[re.Pattern[str], type[ShowcaseError], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), error, key)
    for pattern, error, key in (
        # of the same file ffmpeg says «Cannot allocate memory» (MP4) or «Invalid data» (Matroska) as well
        (r"Number of (?:streams|tracks) exceeds max_streams", MediaError, "too_many_tracks"),
        (r"No space left on device|Disk quota exceeded", EnvironmentFault, "no_space"),
        (
            r"Unknown encoder|No such filter|Encoder not found|Unrecognized option",
            EnvironmentFault,
            "ffmpeg_lacks",
        ),
        (r"Cannot allocate memory|malloc of size|Error allocating", EnvironmentFault, "no_memory"),
        (
            r"exceed max_pixels|exceeds specified max pixel count|Picture size .* is invalid",
            MediaError,
            "picture_too_large",
        ),
        (r"File too large", EnvironmentFault, "output_too_large"),
        (r"moov atom not found|Invalid data found|could not find codec parameters", MediaError, "unreadable"),
        (r"matches no streams|does not contain any stream", MediaError, "no_stream"),
    )
)


OUTPUT_TOO_LARGE = -25  # SIGXFSZ: the limit on file size
KILLED = (-9, -15)  # SIGKILL (the kernel's, when memory ends), SIGTERM before ffmpeg takes it itself


@dataclass(frozen=True)
class Line:
    """One line of stderr."""

    level: str
    context: str
    text: str


def parse(raw: str) -> Line:
    """A line as ffmpeg prints it under `-loglevel level+…`; a line without level goes on the one before."""
    match = _LINE.match(raw)
    if not match:
        return Line("info", "", raw)
    return Line(match["level"], match["context"] or "", match["text"])


@dataclass
class StderrSummary:
    """What was logged, bounded: the last lines, the first errors, and a count of them."""

    tail: deque[str] = field(default_factory=lambda: deque(maxlen=60))
    errors: list[str] = field(default_factory=list)
    error_count: int = 0
    damage: list[str] = field(default_factory=list)

    def feed(self, raw: str) -> Line:
        """Take in one line."""
        line = parse(raw)
        self.tail.append(raw)
        if line.level in BAD:
            self.error_count += 1
            if len(self.errors) < 20:
                self.errors.append(line.text)
        # what is written to nowhere can't be damaged: uneven sound passes there, its times as they come
        if DAMAGE.search(line.text) and line.context != "null" and len(self.damage) < 20:
            self.damage.append(line.text)
        return line

    def failure(self, *, exit_code: int, where: str) -> ShowcaseError:
        """The typed error for an ffmpeg that did not end well."""
        logged = "\n".join(self.errors or self.tail)
        lines = self.errors[:3] or list(self.tail)[-3:]
        for pattern, error, key in _FAILURES:
            if pattern.search(logged):
                return error(key, where=where, detail=" | ".join(lines))
        if exit_code == OUTPUT_TOO_LARGE:
            return EnvironmentFault("output_too_large", where=where)
        if exit_code in KILLED or _ENDED.search(logged):
            return ProcessLost("killed", where=where)
        return MediaError("ffmpeg_failed", where=where, exit=exit_code, detail=" | ".join(lines))
