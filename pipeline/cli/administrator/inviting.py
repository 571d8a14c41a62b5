"""Inviting everybody of a season: by the workspace's own server, or at a provider whose console makes the keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import settings
from pipeline.cli import store_here
from pipeline.cli.administrator import provider_papers
from pipeline.cli.console import Console
from pipeline.errors import EnvironmentFault
from pipeline.model import region
from pipeline.storage import connect, embedded, identities, invitations, own_store
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.identities import Identity, IdentityFile
from pipeline.storage.invitations import KeysRow, SettingsFolder, Wish
from pipeline.storage.keys import HandedOut, KeyPair
from pipeline.storage.rights import BucketNames
from pipeline.storage.s3.faults import DENIED, NO_BUCKET
from pipeline.storage.s3.store import Store
from pipeline.workspace import Workspace


@dataclass(frozen=True)
class Call:
    """What an invitation is about.

    Args:
        address: of the store, as those who are invited reach it; None: as this machine does.
        ca: certificates (PEM) for that address.
        keys: what a provider's console made.
    """

    place: Workspace
    target: SettingsFolder
    address: str | None
    ca: str | None
    wanted: list[Wish]
    keys: list[KeysRow]


def names_of(place: Workspace) -> BucketNames:
    """What the buckets of a workspace are called."""
    return BucketNames(place.settings.inbox, place.settings.delivery, place.settings.work)


def from_own_store(console: Console, call: Call) -> int:
    """Keys and rights in the server's own file, then the settings files."""
    place, names = call.place.make(), names_of(call.place)
    if not place.settings.embedded:
        settings.write(place.root / settings.NAME, {"embedded": True})
    store_here.announce(console, place)
    with embedded.serve(place.store, place.settings.buckets) as server:
        handed_out = call.target.read()
        files = {name: identity for name, (identity, _) in handed_out.items()}
        before = {item.identity.name: item for item in identities.known(place.store)}
        known = [files.get(name, item.identity) for name, item in before.items()]
        chosen = invitations.identities(call.wanted, known)

        def act(file: IdentityFile) -> None:
            for identity in chosen:
                file.invite(identity)

        after = own_store.change(server, place.store, names, act)
        endpoint = server.connection.endpoint or ""
        client = Store(server.connection, endpoint_shown=endpoint)
        prefectures = sorted({item.prefecture for item in chosen if item.prefecture})
        for bucket in (names.inbox, names.delivery):
            own_store.put_trial_objects(Bucket(client, bucket), prefectures)
        own_store.put_trial_objects(Bucket(client, place.settings.work))
        others = _left_behind(call, handed_out, chosen)
        call = _as_before(call, handed_out, endpoint)
        if call.address == endpoint:
            console.remark("admin_loopback", endpoint=endpoint)
        for identity in [*chosen, *(item for item in others if item.name in after)]:
            if after[identity.name].disabled:
                console.give({"identity": identity.name, "state": "revoked", "file": None})
                console.say("admin_stays_revoked", name=identity.name)
                continue
            _hand_out(console, call, identity, after[identity.name].pair)
    _next(console, call)
    return 0


def from_provider(console: Console, call: Call) -> int:
    """Buckets where the keys of this machine may make them; the policy documents and the same in words; the settings
    files of those whose keys came."""
    place, target = call.place, call.target
    store_here.announce(console, place)
    files = target.read()
    for row in call.keys:
        invitations.refuse_anothers_key(row, {name: there.pair for name, (_, there) in files.items()})
    known = [identity for identity, _ in files.values()]
    made = {row.identity.name: row for row in call.keys}
    chosen = invitations.identities(call.wanted, [*known, *provider_papers.waiting(target)])
    there = {item.name for item in chosen}
    persons = {item.name: item.person for item in (*provider_papers.waiting(target), *known)}
    chosen += [
        replace(row.identity, person=row.identity.person or persons.get(name))
        for name, row in made.items()
        if name not in there
    ]
    _make_buckets(console, call, sorted({item.prefecture for item in chosen if item.prefecture}))
    provider_papers.write(target, names_of(place), chosen)
    console.say("admin_papers", folder=target.folder)
    others = _left_behind(call, files, chosen)
    call = _as_before(call, files, connect.configured_endpoint(place) or "")
    for identity in [*chosen, *others]:
        pair = made[identity.name].pair if identity.name in made else None
        if pair is None and identity.name in files:
            pair = files[identity.name][1].pair
        if pair is not None:
            _hand_out(console, call, identity, pair)
    left = provider_papers.ask_for_keys(target, chosen)
    if left:
        console.say("admin_keys_wanted", count=len(left), file=target.folder / invitations.WANTED)
        for identity in left:
            console.give({"identity": identity.name, "state": "waits", "file": None})
    else:
        _next(console, call)
    return 0


def _make_buckets(console: Console, call: Call, prefectures: list[str]) -> None:
    """Where this machine's keys may; else it is said that the console must."""
    own = call.place.settings
    left = [own.inbox, own.delivery, own.work]
    try:
        with connect.opened(replace_role(call.place), own.inbox, own.delivery) as store:
            for bucket in (store.inbox, store.delivery):
                own_store.put_trial_objects(bucket, prefectures)
            left = [own.work]
            own_store.put_trial_objects(store.work)
            _say_buckets(console, store)
    except EnvironmentFault as fault:
        if fault.key not in (DENIED, NO_BUCKET, "store_no_list", "store_no_credentials"):
            raise
        console.remark("admin_buckets_by_hand", names=", ".join(left))


def replace_role(place: Workspace) -> Workspace:
    """The workspace as the administrator's, who is of no prefecture."""
    return replace(place, settings=replace(place.settings, role="administrator", prefecture=None))


def _say_buckets(console: Console, store: Buckets) -> None:
    console.say("admin_buckets", names=f"{store.inbox.name}, {store.delivery.name}, {store.work.name}")


def _hand_out(console: Console, call: Call, identity: Identity, pair: KeyPair) -> None:
    """One settings file; what stands there already is told."""
    common = invitations.common_settings(call.place.settings, call.address or "")
    path: Path = call.target.path(identity.name)
    state = "renewed" if path.exists() else "invited"
    if not call.target.write(identity, common, pair, call.ca):
        state = "already"
    console.give({"identity": identity.name, "state": state, "file": str(path), "access_key_id": pair.key_id})
    whom = identity.person or "–"
    if identity.prefecture:
        whom = f"{region.name_of(identity.prefecture, console.language)} {identity.person or ''}".strip()
    console.say(f"admin_{state}", name=identity.name, whom=whom, file=path)


def _left_behind(
    call: Call, handed_out: Mapping[str, tuple[Identity, HandedOut]], chosen: Sequence[Identity]
) -> list[Identity]:
    """Those whose files would go on to name another address than the one that is said now."""
    if call.address is None:
        return []
    names = {item.name for item in chosen}
    return [
        identity
        for name, (identity, there) in handed_out.items()
        if name not in names and there.settings.get("endpoint") != call.address
    ]


def _as_before(call: Call, handed_out: Mapping[str, tuple[Identity, HandedOut]], endpoint: str) -> Call:
    """The call with the address and the certificates of what was handed out before, where it says none itself; ports of
    this machine may have changed since."""
    before = [there for _, there in handed_out.values()]
    said = (str(there.settings["endpoint"]) for there in before if there.settings.get("endpoint"))
    address = next((item for item in said if not item.startswith(invitations.LOOPBACK)), None)
    ca = next((there.ca for there in before if there.ca is not None), None)
    return replace(call, address=call.address or address or endpoint, ca=call.ca or ca)


def _next(console: Console, call: Call) -> None:
    console.say("admin_next", folder=call.target.folder)
