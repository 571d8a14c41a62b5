"""Who is invited, and what is written for each: settings files in a folder, one an identity.

Pure but for reading and writing that folder. Where a provider's console makes the keys, they come back in a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import settings, tables
from pipeline.errors import InputError
from pipeline.model import region, text
from pipeline.storage import keys
from pipeline.storage.identities import NAME, Identity, identity_named
from pipeline.storage.keys import HandedOut, KeyPair
from pipeline.storage.rights import Role
from pipeline.tables import Row

FOLDER = "invitations"
SUFFIX = ".toml"
WANTED = "keys-wanted.csv"
_HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("name", "person", "姓名", "名字"),
    "role": ("role", "角色"),
    "prefecture": ("prefecture", "地州", "地州市", "地区", "报送地区"),
    "identity": ("identity", "user name", "身份", "用户名"),
    "key": ("access_key_id", "access key id", "accesskeyid", "访问密钥", "access key"),
    "secret": ("secret_access_key", "secret access key", "secretaccesskey", "accesskeysecret", "secret", "密钥"),
}
_OTHERS = (
    "序号",
    "备注",
    "电话",
    "手机",
    "单位",
    "no",
    "no.",
    "note",
    "notes",
    "phone",
    "organisation",
)  # told to nobody here
OF_STORE = ("preset", "addressing", "create_only", "sse", "sse_key")  # what its settings say of a store besides
LOOPBACK = "http://127.0.0.1:"  # its port may be another one at the next start
_ROLES = {
    **{role.value: role for role in Role},
    "prefecture": Role.PRODUCER,
    "制作": Role.PRODUCER,
    "地州": Role.PRODUCER,
    "编辑": Role.EDITOR,
    "运营": Role.OPERATOR,
    "运营方": Role.OPERATOR,
    "运营商": Role.OPERATOR,
    "转码机": Role.WORKER,
    "工作机": Role.WORKER,
}


@dataclass(frozen=True)
class Wish:
    """Somebody who is to be invited; without a person anybody of that role and prefecture."""

    role: Role
    prefecture: str | None = None
    person: str | None = None


@dataclass(frozen=True)
class KeysRow:
    """Keys that a console made for an identity; `where` is the cell of the key."""

    identity: Identity
    pair: KeyPair
    where: str


def wishes(prefectures: Iterable[str], people: Sequence[Wish], *, worker: bool = False) -> list[Wish]:
    """All who are wanted: the prefectures' producers, an editor and an operator, by name where names are given.

    Args:
        worker: whether machines that work for the editor are, which share an identity unless they are named.
    """
    named = {(wish.role, wish.prefecture) for wish in people}
    anybody = [Wish(Role.PRODUCER, code) for code in prefectures] + [Wish(Role.EDITOR), Wish(Role.OPERATOR)]
    anybody += [Wish(Role.WORKER)] if worker else []
    return [*(wish for wish in anybody if (wish.role, wish.prefecture) not in named), *people]


def identities(wanted: Sequence[Wish], known: Sequence[Identity]) -> list[Identity]:
    """Each wish as its identity: who is known keeps the name, further ones of a role and prefecture are numbered."""
    taken = {item.name: item for item in known}
    found: dict[str, Identity] = {}
    for wish in wanted:
        alike = [item for item in taken.values() if (item.role, item.prefecture) == (wish.role, wish.prefecture)]
        if wish.person is None and alike:
            found |= {item.name: item for item in alike}
            continue
        same = next((item for item in alike if item.person == wish.person), None)
        free = next((item for item in alike if item.person is None), None)
        chosen = same or (replace(free, person=wish.person) if free else _new(wish, taken))
        taken[chosen.name] = found[chosen.name] = chosen
    order = list(Role)
    return sorted(found.values(), key=lambda item: (order.index(item.role), item.name))


def _new(wish: Wish, taken: Mapping[str, Identity]) -> Identity:
    first = wish.prefecture or wish.role.value
    number = 1
    while (name := first if number == 1 else f"{first}-{number}") in taken:
        number += 1
    return Identity(name, wish.role, wish.prefecture, wish.person)


def people(path: Path) -> list[Wish]:
    """The people of a table: name, role, prefecture.

    Raises:
        InputError: it is no such table, or a cell is wrong: FILE:LINE:COLUMN.
    """
    found: list[Wish] = []
    for row in tables.read(path, _is_heading).rows:
        _refuse_unknown(row)
        name, prefecture = _cell(row, "name"), _cell(row, "prefecture")
        said = (_cell(row, "role") or ("", ""))[0].casefold()
        role = _ROLES.get(said) if said else (Role.PRODUCER if prefecture else None)
        if role is None:
            where = (_cell(row, "role") or ("", row.where))[1]
            raise InputError("people_role", where=where, value=said, known=", ".join(_ROLES))
        if name is None or not text.is_line(name[0]):
            raise InputError("people_name", where=(name or ("", row.where))[1], most=text.MOST_LINE)
        code = None
        if role is Role.PRODUCER:
            code = region.code_of(prefecture[0]) if prefecture else None
            if code is None:
                value, where = prefecture or ("", row.where)
                raise region.not_known(value, where)
        wish = Wish(role, code, name[0])
        if wish in found:
            raise InputError("people_twice", where=row.where, name=name[0])
        found.append(wish)
    return found


def keys_table(path: Path) -> list[KeysRow]:
    """Keys that a console made, by identity; rows without keys wait.

    Raises:
        InputError: it is no such table; a row has a key without its secret, is of nobody who can be invited, or names
            an identity or a key that another row has.
    """
    found: list[KeysRow] = []
    for row in tables.read(path, _is_heading).rows:
        named, key, secret = (_cell(row, name) for name in ("identity", "key", "secret"))
        if key is None and secret is None:
            continue
        if named is None or key is None or secret is None:
            raise InputError("keys_row", where=row.where)
        identity = identity_named(named[0])
        if NAME.fullmatch(named[0]) is None or identity.prefecture not in (None, *region.known()):
            raise InputError(
                "no_such_identity", where=named[1], value=named[0], known="653200, 653200-2, editor, operator, worker"
            )
        person = _cell(row, "name")
        made = KeysRow(replace(identity, person=person[0] if person else None), KeyPair(key[0], secret[0]), key[1])
        if any(item.identity.name == identity.name for item in found):
            raise InputError("keys_twice", where=named[1], name=identity.name)
        refuse_anothers_key(made, {item.identity.name: item.pair for item in found})
        found.append(made)
    return found


def refuse_anothers_key(row: KeysRow, held: Mapping[str, KeyPair]) -> None:
    """One key gives one identity's rights: the same one for two is a slip that hands out another's.

    Raises:
        InputError: somebody else has it.
    """
    for name, pair in held.items():
        if name != row.identity.name and pair.key_id == row.pair.key_id:
            raise InputError("keys_of_another", where=row.where, key=pair.key_id, name=row.identity.name, other=name)


def _refuse_unknown(row: Row) -> None:
    """A heading that is misspelt must not be passed over: without its role an editor would be a producer."""
    for heading in (*row.cells, *row.empty):
        if not _is_heading(heading) and heading.casefold() not in _OTHERS:
            known = ", ".join(name for names in list(_HEADINGS.values())[:3] for name in names)
            raise InputError("people_heading", where=row.file, heading=heading, known=known)


def _is_heading(heading: str) -> bool:
    return any(heading.casefold() in names for names in _HEADINGS.values())


def _cell(row: Row, name: str) -> tuple[str, str] | None:
    """A cell under one of a column's headings, and where it stands."""
    for heading, cell in row.cells.items():
        if heading.casefold() in _HEADINGS[name]:
            return cell.text, f"{row.file}:{cell.line}:{cell.column}"
    return None


@dataclass(frozen=True)
class SettingsFolder:
    """The folder of the settings files that are handed out."""

    folder: Path

    def path(self, name: str) -> Path:
        """An identity's file."""
        return self.folder / f"{name}{SUFFIX}"

    def read(self) -> dict[str, tuple[Identity, HandedOut]]:
        """Everybody whose file is there, by the identities' names.

        Raises:
            InputError: a file is no settings file.
        """
        found: dict[str, tuple[Identity, HandedOut]] = {}
        for path in sorted(self.folder.glob(f"*{SUFFIX}")):
            if NAME.fullmatch(path.stem) is None:
                continue
            there = keys.settings_file(path)
            person = there.settings.get("user")
            identity = replace(identity_named(path.stem), person=str(person) if person else None)
            found[path.stem] = (identity, there)
        return found

    def write(self, identity: Identity, common: Mapping[str, object], pair: KeyPair, ca: str | None) -> bool:
        """Write an identity's file; False where exactly that stands there.

        Args:
            common: the settings that are the same in all; who has no right in the bucket `work` is not told of it,
                since programs of before it was there would refuse to read that.
        """
        own = {"role": identity.role.value, "prefecture": identity.prefecture, "user": identity.person}
        values = {**common, **{name: value for name, value in own.items() if value is not None}}
        if not identity.role.uses_work:
            values.pop("work", None)
        return keys.write_settings_file(self.path(identity.name), HandedOut(values, pair, ca))


def common_settings(given: settings.Settings, endpoint: str) -> dict[str, object]:
    """What all settings files of a store say."""
    values: dict[str, object] = {"endpoint": endpoint, "inbox": given.inbox, "delivery": given.delivery}
    values["work"] = given.work
    further = {name: getattr(given, name) for name in OF_STORE}
    return values | {name: value for name, value in further.items() if value is not None}
