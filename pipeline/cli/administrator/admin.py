"""showcase admin"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import click

from pipeline import durable, locks, process, settings
from pipeline.cli import words
from pipeline.cli.administrator import inviting, provider_papers
from pipeline.cli.command_context import prefecture_code, workspace_here
from pipeline.cli.console import Console, options
from pipeline.cli.tables import table
from pipeline.errors import InputError
from pipeline.model import region
from pipeline.storage import connect, embedded, identities, invitations, own_store
from pipeline.storage.identities import Identity, IdentityFile
from pipeline.storage.invitations import SettingsFolder
from pipeline.storage.keys import KeyPair
from pipeline.storage.s3.session import without_userinfo
from pipeline.workspace import Workspace

command = words.group("admin", example="showcase admin list")
ALL = "all"
_to = click.option("--to", "folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))


@command.subcommand("invite", example="showcase admin invite --prefectures all")
@click.option("--prefectures", "named", multiple=True, metavar="CODES")
@click.option("--people", "people_table", metavar="TABLE", type=click.Path(path_type=Path))
@click.option("--worker", is_flag=True)
@click.option("--keys", "keys_table", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--address", metavar="ADDRESS")
@click.option("--ca", metavar="FILE", type=click.Path(path_type=Path))
@_to
@options
def invite(  # noqa: PLR0913 - a command has a parameter for each of its options
    console: Console,
    named: tuple[str, ...],
    people_table: Path | None,
    worker: bool,
    keys_table: Path | None,
    address: str | None,
    ca: Path | None,
    folder: Path | None,
) -> int:
    """Make the buckets, the rights and a settings file for everybody of a season."""
    place = workspace_here()
    if not (named or people_table or worker or keys_table):
        raise InputError("invite_nobody")
    if address:
        settings.refuse_address(address)
    codes = _codes(named)
    people = invitations.people(people_table) if people_table else []
    given = invitations.keys_table(keys_table) if keys_table else []
    target = _folder(place, folder, make=True)
    wanted = invitations.wishes(codes, people, worker=worker) if named or people_table or worker else []
    certificates = ca or (Path(place.settings.ca) if place.settings.ca else None)
    call = inviting.Call(place, target, address, _pem(certificates), wanted, given)
    is_own = connect.is_private(place)
    if is_own and given:
        raise InputError("keys_made_here", where=str(keys_table))
    make = inviting.from_own_store if is_own else inviting.from_provider
    with _alone(place, target):
        return make(console, call)


@command.subcommand("list", example="showcase admin list")
@_to
@options
def listed(console: Console, folder: Path | None) -> int:
    """Show who is invited, with which key, and whether it holds."""
    place = workspace_here()
    target = _folder(place, folder)
    rows = _rows(place, target)
    if not rows:
        console.remark("admin_nobody")
    for row in rows:
        console.give(row)
    table(
        console,
        ("identity", "role", "person", "key", "state"),
        [
            (
                str(row["identity"]),
                console.word(f"admin_role_{row['role']}"),
                str(row["person"] or "–"),
                str(row["access_key_id"]),
                console.word(f"admin_{row['state']}"),
            )
            for row in rows
        ],
    )
    return 0


@command.subcommand("rotate", example="showcase admin rotate 653200")
@click.argument("names", nargs=-1, required=True, metavar="IDENTITY")
@_to
@options
def rotate(console: Console, names: tuple[str, ...], folder: Path | None) -> int:
    """Give identities other keys, and write their settings files anew."""
    place = workspace_here()
    target = _folder(place, folder, make=True)
    chosen = _chosen(place, names)

    def act(file: IdentityFile) -> None:
        for name in chosen:
            file.rotate(name)

    with _alone(place, target), embedded.serve(place.store, place.settings.buckets) as server:
        files = {name: found for name, (_, found) in target.read().items()}
        known = own_store.change(server, place.store, inviting.names_of(place), act)
        for name in chosen:
            person = files[name].settings.get("user") if name in files else None
            identity = Identity(name, known[name].identity.role, known[name].identity.prefecture, _text(person))
            there = files.get(name)
            endpoint = _text(there.settings.get("endpoint")) if there else None
            if endpoint is None or endpoint.startswith(invitations.LOOPBACK):
                endpoint = server.connection.endpoint or ""
            common = invitations.common_settings(place.settings, endpoint)
            target.write(identity, common, known[name].pair, there.ca if there else None)
            console.give(_row(identity, known[name].pair, "holds"))
            console.say("admin_rotated", name=name, key=known[name].pair.key_id, file=target.path(name))
    return 0


@command.subcommand("revoke", example="showcase admin revoke 653200")
@click.argument("names", nargs=-1, required=True, metavar="IDENTITY")
@options
def revoke(console: Console, names: tuple[str, ...]) -> int:
    """Shut identities out at once."""
    place = workspace_here()
    chosen = _chosen(place, names)

    def act(file: IdentityFile) -> None:
        for name in chosen:
            file.revoke(name)

    with _alone(place, _folder(place, None)), embedded.serve(place.store, place.settings.buckets) as server:
        known = own_store.change(server, place.store, inviting.names_of(place), act)
    for name in chosen:
        console.give(_row(known[name].identity, known[name].pair, "revoked"))
        console.say("admin_revoked_now", name=name)
    return 0


def _alone(place: Workspace, target: SettingsFolder) -> AbstractContextManager[None]:
    """Two administrators at once would give two people one name: names are chosen by what the other one wrote."""
    return locks.held(place.store if connect.is_private(place) else target.folder)


def _codes(named: tuple[str, ...]) -> list[str]:
    """Prefectures by their codes or names, several in one word between commas.

    Raises:
        InputError: one is none.
    """
    said = [word.strip() for item in named for word in item.replace("，", ",").split(",") if word.strip()]
    codes: list[str] = []
    for word in said:
        codes += region.prefectures() if word == ALL else [prefecture_code(word, "--prefectures")]
    return list(dict.fromkeys(codes))


def _folder(place: Workspace, folder: Path | None, *, make: bool = False) -> SettingsFolder:
    """The folder of the settings files; its owner's alone where it is made."""
    target = folder or place.root / invitations.FOLDER
    if make and not target.is_dir():
        process.for_owner_alone(durable.make_folder(target))
    return SettingsFolder(target)


def _pem(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("ca_wrong", where=str(path)) from error


def _chosen(place: Workspace, names: tuple[str, ...]) -> list[str]:
    """Identities of the own store by their names, or by a prefecture's name.

    Raises:
        InputError: the keys are made elsewhere, or nobody is invited under one of the names.
    """
    if endpoint := connect.configured_endpoint(place):
        raise InputError("keys_made_elsewhere", where=without_userinfo(endpoint))
    known = [item.identity.name for item in identities.known(place.store)]
    found = []
    for name in names:
        chosen = name if name in known else region.code_of(name)
        if chosen not in known:
            raise InputError("no_such_identity", where=name, value=name, known=", ".join(known) or "-")
        found.append(str(chosen))
    return list(dict.fromkeys(found))


def _rows(place: Workspace, target: SettingsFolder) -> list[dict[str, object]]:
    """Everybody who is invited: as the own server knows them, else as files and the table of wanted keys tell."""
    files = target.read()
    if connect.is_private(place):
        rows = []
        for item in identities.known(place.store):
            person = files[item.identity.name][0].person if item.identity.name in files else None
            identity = Identity(item.identity.name, item.identity.role, item.identity.prefecture, person)
            rows.append(_row(identity, item.pair, "revoked" if item.disabled else "holds"))
        return rows
    held = [_row(identity, there.pair, "handed_out") for identity, there in files.values()]
    return held + [_row(item, None, "waits") for item in provider_papers.waiting(target)]


def _row(identity: Identity, pair: KeyPair | None, state: str) -> dict[str, object]:
    return {
        "identity": identity.name,
        "role": identity.role.value,
        "prefecture": identity.prefecture,
        "person": identity.person,
        "access_key_id": pair.key_id if pair else "–",
        "state": state,
    }


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
