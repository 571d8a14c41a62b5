"""What of a processor changes the bytes that the same ffmpeg makes on it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

# Measured by masking each: AAC and resampled sound differ, picture and MP2 do not. An ffmpeg that is held to the least
# of all processors (`-cpuflags`) would take a third longer to decode.
DECISIVE = ("avx2", "fma")
_TOLD_IN = ("flags", "Features")  # of x86, of ARM


def lacking(cpuinfo: Path = Path("/proc/cpuinfo")) -> tuple[str, ...]:
    """The decisive features that this processor has not; none where nothing is told of it (proc(5))."""
    try:
        lines = cpuinfo.read_text().splitlines()
    except OSError:
        return ()
    told = next((line for line in lines if line.partition("\t")[0].strip(" :") in _TOLD_IN), None)
    if told is None:
        return ()
    has = told.partition(":")[2].split()
    return tuple(name for name in DECISIVE if name not in has)


def mark(lacks: Sequence[str]) -> str:
    """What is hashed into a build's digest beside what ffmpeg says of itself: nothing where nothing is lacking."""
    return f"\nprocessor without {', '.join(lacks)}" if lacks else ""
