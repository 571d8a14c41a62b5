"""Where the data that comes with the program lies: in the wheel, or beside the package when editable."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder `profiles` or `samples`, from a wheel and from an editable install alike.

    Raises:
        FileNotFoundError: the installation is broken.
    """
    for root in (_PACKAGE / "_shipped", _PACKAGE.parent):
        if (root / name).is_dir():
            return root / name
    raise FileNotFoundError(f"{name} is missing from this installation")


def has(path: Path) -> bool:
    """Whether a file is a profile, set or policy that comes with the program."""
    return path.is_relative_to(folder("profiles"))
