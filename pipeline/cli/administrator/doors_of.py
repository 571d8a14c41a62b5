"""What somebody may do in the store, tried with a settings file that is handed out: right, expected, found."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.cli.administrator.provider_papers import named
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console
from pipeline.cli.tables import table
from pipeline.errors import EnvironmentFault, InputError
from pipeline.model import region
from pipeline.remembered import user_cache
from pipeline.settings import Settings
from pipeline.storage import doors, keys, presets, rights
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.doors import Door
from pipeline.storage.keys import HandedOut
from pipeline.storage.rights import BucketNames, Role
from pipeline.storage.s3.session import Connection, without_userinfo
from pipeline.storage.s3.store import Store

MOST_PLACES = 3


def show(console: Console, file: Path) -> int:
    """Try every right of the file's role; 3 where one is not as it shall be.

    Raises:
        InputError: the file is none, names no store, or its role has no table of rights.
        EnvironmentFault: the store does not answer, or does not know the keys.
    """
    given = keys.settings_file(file)
    said = Settings(**given.settings)  # type: ignore[arg-type]
    prefecture = region.code_of(said.prefecture) if said.prefecture else None
    if said.role not in tuple(Role) or (said.role == Role.PRODUCER and prefecture is None):
        raise InputError("doors_no_role", where=str(file))
    if said.endpoint is None:
        raise InputError("doors_no_address", where=str(file))
    role = Role(said.role)
    shown = without_userinfo(said.endpoint)
    store = Store(_connection(said, given), endpoint_shown=shown)
    own = prefecture if role is Role.PRODUCER else None
    buckets = Buckets(Bucket(store, said.inbox), Bucket(store, said.delivery), own, work_name=said.work)
    whom = console.word(f"admin_role_{role}") + (f" {region.name_of(own, console.language)}" if own else "")
    whom += f", {console.word('store_key', key=given.pair.key_id)}"
    console.hang(console.word("store_line", where=shown, whom=whom), beside=True)
    _reach(store, said.delivery, f"{own}/" if own else None)
    work = said.work if "work" in given.settings else None  # who is not told of it has no right there
    found = doors.tried(buckets, rights.table(role, BucketNames(said.inbox, said.delivery, work)))
    for door in found:
        console.give(_row(door))
    table(console, ("right", "expected", "found"), [_cells(console, door) for door in found])
    wrong = sum(not door.is_right for door in found)
    if wrong:
        console.say("doors_wrong", count=wrong, total=len(found))
        return 3
    console.say("doors_right", total=len(found))
    return 0


def _reach(store: Store, bucket: str, own: str | None) -> None:
    """Find out first that somebody answers; that the bucket may not be listed is for the table to tell."""
    try:
        store.reach(bucket, own)
    except EnvironmentFault as fault:
        if fault.key != "store_no_list":
            raise


def _connection(said: Settings, given: HandedOut) -> Connection:
    """As the file says it, whatever the environment does."""
    ca = said.ca
    if given.ca is not None:
        name = f"ca-{hashlib.sha256(given.ca.encode()).hexdigest()[:16]}.pem"
        ca = str(keys.keep_certificates(given.ca, user_cache() / name))
    preset = presets.of_settings(said, workspace_here().profiles)
    key_id, secret = given.pair.key_id, given.pair.secret
    return Connection(said.endpoint, key_id, secret, preset=preset, encryption=presets.encryption_of(said), ca=ca)


def _row(door: Door) -> dict[str, object]:
    right = door.right
    return {
        "bucket": right.bucket,
        "reach": right.reach.value,
        "act": right.act.value,
        "expected": right.allowed,
        "found": door.found,
        "good": door.is_right,
        "places": list(door.places),
    }


def _cells(console: Console, door: Door) -> tuple[str, str, str]:
    found = ("✓ " if door.is_right else "✗ ") + console.word(_word(door.found))
    if door.places and door.places != ("",):
        more = len(door.places) - MOST_PLACES
        found += " " + ", ".join(door.places[:MOST_PLACES]) + (f" +{more}" if more > 0 else "")
    return named(console.language, door.right), console.word(_word(door.right.allowed)), found


def _word(allowed: bool) -> str:
    return "right_allowed" if allowed else "right_refused"
