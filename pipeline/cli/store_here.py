"""The store as a command meets it: which one, and as whom, is said first; a private one must be meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TypeVar

from pipeline.cli.command_context import user_here
from pipeline.cli.console import Console
from pipeline.errors import EnvironmentFault
from pipeline.model import region
from pipeline.model.inbox import Person
from pipeline.storage import connect, presets
from pipeline.storage.buckets import Buckets
from pipeline.storage.rights import Role
from pipeline.storage.s3.faults import DENIED
from pipeline.storage.s3.session import key_id, without_userinfo
from pipeline.workspace import Workspace

Result = TypeVar("Result")
ADMINISTRATOR = "administrator"


def announce(console: Console, place: Workspace, *, writes: bool = False) -> None:
    """The first line of a command that talks to a store: which one, and as whom.

    Args:
        writes: claims or markers will be put: where leases stand for conditions, it is said what they hold.
    """
    endpoint = connect.configured_endpoint(place)
    if endpoint is None:
        console.remark("store_private", folder=place.store)
        return
    whom = [user_here(place)]
    if code := place.settings.prefecture:
        whom.append(f"{code} {region.name_of(code, console.language)}")
    if key := key_id(connect.keys_of(place)):
        whom.append(console.word("store_key", key=key))
    console.hang(console.word("store_line", where=without_userinfo(endpoint), whom=", ".join(whom)), beside=True)
    if writes and presets.of_settings(place.settings, place.profiles).create_only.by == "lease":
        console.remark("store_lease")


def refuse_private(place: Workspace) -> None:
    """Let pass a store that others see, or one of this machine's own that the settings say is meant.

    Raises:
        EnvironmentFault: what is sent there would reach nobody.
    """
    if connect.is_private(place) and not place.settings.embedded:
        raise EnvironmentFault("store_not_meant", where=str(place.store))


def refuse_without_inbox(place: Workspace) -> None:
    """Let pass who may see what came in.

    Raises:
        EnvironmentFault: the settings say that it is the operator, who has no right in the inbox.
    """
    if place.settings.role == Role.OPERATOR and not connect.is_private(place):
        raise EnvironmentFault("inbox_not_operators", where=place.settings.inbox)


def refuse_others_right(place: Workspace, person: Person) -> None:
    """Let pass whose right something is: before anything is fetched, made or asked of the store.

    Raises:
        EnvironmentFault: the settings say that it is another one of the three, or a machine that works for them.
    """
    role = place.settings.role
    if role in (*Person, Role.WORKER) and role != person and not connect.is_private(place):
        raise EnvironmentFault("right_of_another", person=person.value, role=role)


def refuse_but_administrator(place: Workspace) -> None:
    """Let pass who may remove something: before the store is asked.

    Raises:
        EnvironmentFault: the settings say that it is somebody else.
    """
    role = place.settings.role
    if role not in (None, ADMINISTRATOR) and not connect.is_private(place):
        raise EnvironmentFault("right_of_another", person=ADMINISTRATOR, role=role)


def refuse_others_film(place: Workspace, wanted: str) -> None:
    """Let pass what a producer's keys can see: of another prefecture's film no right is to be asked for.

    Raises:
        EnvironmentFault: `PREFECTURE/ID` is of another prefecture than the settings of a producer name.
    """
    own = place.settings.prefecture
    prefecture, slash, _ = wanted.partition("/")
    code = region.code_of(prefecture) if slash else None
    if place.settings.role != Role.PRODUCER or own is None or code in (None, own) or connect.is_private(place):
        return
    raise EnvironmentFault("film_of_others", where=wanted, said=region.called(code), own=region.called(own))


def as_far_as_seen(console: Console, buckets: Buckets, look: Callable[[Buckets], Result]) -> Result:
    """What is seen of both buckets; where the inbox is shut to these keys, of the deliveries alone, which is said.

    Raises:
        EnvironmentFault: the deliveries may not be seen either; the store does not answer.
    """
    try:
        return look(buckets)
    except EnvironmentFault as fault:
        if fault.key != DENIED or not buckets.sees_inbox or (left := buckets.without_closed_inbox()) is None:
            raise
    console.remark("inbox_not_seen")
    return look(left)


def remind(console: Console, place: Workspace) -> None:
    """Say at the end that what was delivered lies where nobody else sees it."""
    if connect.is_private(place):
        console.say("store_private_end", folder=place.store)


def opened(console: Console, place: Workspace, *written: str) -> AbstractContextManager[Buckets]:
    """The store of a command that shows or answers what others sent; `written` as of `connect.opened`.

    Raises:
        EnvironmentFault: as `connect.opened` and `holding` say.
    """
    announce(console, place, writes=bool(written))
    return holding(console, place, connect.opened(place, *written))


@contextmanager
def holding(console: Console, place: Workspace, store: AbstractContextManager[Buckets]) -> Iterator[Buckets]:
    """A store where something is sought that was sent.

    Raises:
        EnvironmentFault: it is this machine's own, it holds nothing, and nobody said that it is meant.
    """
    is_doubtful = connect.is_private(place) and not place.settings.embedded
    nothing = EnvironmentFault("store_holds_nothing", where=str(place.store))
    if is_doubtful and not place.store.is_dir():
        raise nothing
    with awaited(console, store) as buckets:
        if is_doubtful and connect.is_empty(buckets):
            raise nothing
        yield buckets


@contextmanager
def awaited(console: Console, store: AbstractContextManager[Buckets]) -> Iterator[Buckets]:
    """A store that may take its time to answer, or to start: after a second it is said what is waited for."""
    with ExitStack() as held:
        with console.waiting("waiting_store"):
            buckets = held.enter_context(store)
        buckets.delivery.store.remark = console.remark
        yield buckets
