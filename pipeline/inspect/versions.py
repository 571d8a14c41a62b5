"""What the same film is measured by, known without loading what measures it: part of an inspection's key.

A film is measured anew where one of these numbers is another: raise it when the same film would be measured
differently.
"""

from __future__ import annotations

FILM = 23  # all but the analysers
ANALYZERS = {
    "light": 1,
    "colour bars": 1,
    "motion": 1,
    "flash": 1,
    "bars": 1,
    "video levels": 1,
    "poster candidates": 1,
    "fields": 1,
    "levels": 1,
    "pair": 2,
    "tone": 1,
    "clipping": 2,
}
TOLD = " ".join(f"{name}={version}" for name, version in ANALYZERS.items())
