"""Profiles, sets and policies on top of others: `extends: NAME` merges a file into the one that it names.

Mappings merge deeply, lists of named things by `name` (rules by `code`), any other value replaces what was there;
`drop: true` removes. What is said beside a preset goes where another preset or codec is said. A workspace's file that
extends its own name stands on the one that comes with the program.
Every value keeps the file, line and column that it is from.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline import yamlio
from pipeline.errors import InputError
from pipeline.yamlio import Document, Location, Place

MOST_STEPS = 16
# how far x264 searches (`model.x264.X264Search`; a test holds them to it)
SEARCH = frozenset(("ref", "mixed_refs", "weightp", "me", "subme", "trellis", "rc_lookahead"))
_SEARCHED = {"preset": None, "codec": "avc"}  # what that stands beside, and what it is where nobody says it


def find(name: str, folders: Sequence[Path], *, kind: str) -> Path:
    """The file of this name in the first folder that has it.

    Raises:
        InputError: nobody has it.
    """
    for folder in folders:
        if (folder / f"{name}.yaml").exists():
            return folder / f"{name}.yaml"
    raise InputError("no_such_name", kind=kind, name=name, known=", ".join(names(folders)))


def names(folders: Sequence[Path]) -> list[str]:
    """Every name that `find` would find."""
    return sorted({path.stem for folder in folders if folder.is_dir() for path in folder.glob("*.yaml")})


def resolve(path: Path, folders: Sequence[Path], *, kind: str) -> Document:
    """One file with everything that it extends.

    Raises:
        InputError: a file is not there or wrong, they extend each other in a circle, or `drop` removes nothing.
    """
    return _resolve(path, folders, kind, ())


def _resolve(path: Path, folders: Sequence[Path], kind: str, above: tuple[Path, ...]) -> Document:
    own = yamlio.load(path)
    if not isinstance(own.data, dict):
        raise InputError("yaml_invalid", where=own.where(()), field="-", form=kind)
    if own.data.setdefault("name", path.stem) != path.stem:
        raise InputError("name_differs", where=own.where(("name",)), name=own.data["name"], file=path.name)
    chain = (*above, path)
    if len(chain) > MOST_STEPS:
        raise InputError("extends_deep", where=own.where(("extends",)), limit=MOST_STEPS)
    wanted = own.data.pop("extends", None)
    if wanted is None:
        _refuse_drops(own, ())
        return own
    where = own.where(("extends",))
    if not isinstance(wanted, str) or Path(wanted).name != wanted:
        raise InputError("extends_wrong", where=where)
    candidates = [folder / f"{wanted}.yaml" for folder in folders]
    there = [item for item in candidates if item.exists() and (wanted != path.stem or item not in chain)]
    if not there:
        if wanted == path.stem:
            raise InputError("extends_circle", where=where, chain=f"{wanted} → {wanted}")
        raise InputError("no_such_name", where=where, kind=kind, name=wanted, known=", ".join(names(folders)))
    if there[0] in chain:
        raise InputError("extends_circle", where=where, chain=" → ".join([item.stem for item in chain] + [wanted]))
    base = _resolve(there[0], folders, kind, chain)
    return merged(base, own)


def merged(base: Document, own: Document) -> Document:
    """`own` on top of `base`.

    Raises:
        InputError: `drop` names what is not there.
    """
    places: dict[Location, Place] = {}
    data = _join(base, (), own, (), (), places)
    return Document(own.name, data, places)


def _join(
    base: Document, below: Location, own: Document, above: Location, at: Location, places: dict[Location, Place]
) -> Any:
    under, over = _value(base, below), _value(own, above)
    pair: list[tuple[str | int, str | int | None, str | int | None]] = []  # key here, key below, key above
    if isinstance(under, dict) and isinstance(over, dict):
        gone = SEARCH if any(_is_other(under, over, key) for key in _SEARCHED) else ()
        kept = [key for key in under if key in over or key not in gone]
        for key in [*kept, *(key for key in over if key not in under)]:
            pair.append((key, key if key in under else None, key if key in over else None))
    elif (old := _by_name(under)) is not None and (new := _by_name(over)) is not None:
        for name in [*old, *(name for name in new if name not in old)]:
            pair.append((name, old.get(name), new.get(name)))
    else:
        return _taken(own, above, at, places)
    places[at] = own.places.get(above, base.places.get(below, (own.name, 1, 1)))
    result: dict[str | int, Any] = {}
    for key, lower, upper in pair:
        here = (*at, key if isinstance(under, dict) else len(result))
        if upper is not None and _is_dropped(_value(own, (*above, upper))):
            if lower is None:
                raise InputError("drop_nothing", where=own.where((*above, upper)), name=key)
            continue
        if upper is None:
            result[key] = _taken(base, (*below, _sure(lower)), here, places)
        elif lower is None:
            result[key] = _taken(own, (*above, upper), here, places)
        else:
            result[key] = _join(base, (*below, lower), own, (*above, upper), here, places)
    return result if isinstance(under, dict) else list(result.values())


def _is_other(under: dict[str, Any], over: dict[str, Any], key: str) -> bool:
    return key in over and over[key] != under.get(key, _SEARCHED[key])


def _taken(source: Document, location: Location, at: Location, places: dict[Location, Place]) -> Any:
    """A value as it stands in one of the two, with the places of all that is in it."""
    _refuse_drops(source, location)
    for known, place in source.places.items():
        if known[: len(location)] == location:
            places[(*at, *known[len(location) :])] = place
    return _value(source, location)


def _refuse_drops(document: Document, location: Location) -> None:
    value = _value(document, location)
    if _is_dropped(value):
        raise InputError("drop_nothing", where=document.where(location), name=str(location[-1]) if location else "-")
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, _ in children:
        _refuse_drops(document, (*location, key))


def _is_dropped(value: Any) -> bool:
    return isinstance(value, dict) and value.get("drop") is True


def _by_name(value: Any) -> dict[str, int] | None:
    """Where each named thing of a list is; None for what is no such list."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return None
    found = {str(item.get("name", item.get("code", ""))): index for index, item in enumerate(value)}
    return None if "" in found or len(found) < len(value) else found


def _value(document: Document, location: Location) -> Any:
    value = document.data
    for part in location:
        value = value[part]
    return value


def _sure(key: str | int | None) -> str | int:
    if key is None:
        raise KeyError("a pair has one side at least")
    return key
