"""showcase store check: what a store does of all that is asked of it, and what it costs where it does not."""

from __future__ import annotations

from pipeline.cli import store_here
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console
from pipeline.cli.tables import table
from pipeline.model.inbox import Person
from pipeline.model.storage_preset import GENERIC, TOPICS, StoragePreset
from pipeline.storage import connect, presets
from pipeline.storage.bucket import Bucket
from pipeline.storage.check import running
from pipeline.storage.check.feature import Feature, State
from pipeline.storage.check.scratch import Scratch
from pipeline.storage.rights import Role
from pipeline.workspace import Workspace

MENDED = {"put", "sha256", "part_digest", "create_only"}  # by another preset
MOST_SHOWN = 5  # keys that stay


def check(console: Console, bucket: str | None) -> int:
    """Try every feature that the pipeline needs; 3 where it can't work with the store as it is set."""
    place = workspace_here()
    if place.settings.role == Role.OPERATOR:  # whose keys put nothing but answers
        store_here.refuse_others_right(place, Person.EDITOR)
    name = bucket or _bucket_of(place)
    own = (
        f"{place.settings.prefecture}/" if place.settings.role == Role.PRODUCER and place.settings.prefecture else None
    )
    store_here.announce(console, place)
    found: list[Feature] = []
    with store_here.awaited(console, connect.opened(place, name)) as buckets:
        store = buckets.delivery.store
        if not place.settings.preset and (likely := presets.likely(store.endpoint_shown)):
            console.remark("store_check_likely", preset=likely)

        def on_left(scratch: Scratch, keys: list[str]) -> None:
            _tell_left(console, scratch, keys)

        with console.waiting("store_check_under_way", bucket=name):
            for feature in running.tried(Bucket(store, name), own, on_left):
                found.append(feature)
                console.give(feature.facts())
        preset = store.preset
    table(console, ("feature", "found", "cost"), [_cells(console, item) for item in found])
    _tell_known(console, preset)
    fatal = [item.name for item in found if item.is_fatal]
    counts = {state.value: sum(item.state is state for item in found) for state in State}
    if fatal:
        names = ", ".join(console.word(f"check_{name}") for name in fatal)
        console.say("store_check_bad", preset=preset.name, names=names)
        if MENDED & {*fatal} and preset.name != presets.LEASE:
            console.say("store_check_advised", advised=presets.advised(preset, store.endpoint_shown))
        return 3
    console.say("store_check_good", preset=preset.name, **counts)
    return 0


def _tell_known(console: Console, preset: StoragePreset) -> None:
    """How it is known what the preset says, and what else is."""
    console.give({"preset": preset.name, "sources": {topic: preset.source_of(topic) for topic in TOPICS}})
    if preset.name == GENERIC.name:  # nobody described the store
        return
    for remark in preset.remarks:
        console.hang(f"· {getattr(remark, console.language)}")
    for source in ("documents", "assumed"):
        if topics := ", ".join(console.word(f"topic_{topic}") for topic in preset.known_from(source)):
            console.say(f"store_check_{source}", preset=preset.name, topics=topics)


def _bucket_of(place: Workspace) -> str:
    """The one that these keys may put into."""
    return place.settings.inbox if place.settings.role == Role.PRODUCER else place.settings.delivery


def _cells(console: Console, item: Feature) -> tuple[str, str, str]:
    found = console.word(f"check_state_{item.state}") + (f" {item.detail}" if item.detail else "")
    costs = item.state in (State.EMULATED, State.MISSING)
    cost = console.word(f"check_{item.name}_{item.state}") if costs else ""
    return console.word(f"check_{item.name}"), found, cost


def _tell_left(console: Console, scratch: Scratch, keys: list[str]) -> None:
    where = f"{scratch.bucket.name}/{scratch.prefix}"
    console.give({"scratch": where, "left": keys})
    if keys:
        shown = ", ".join(keys[:MOST_SHOWN]) + (" …" if len(keys) > MOST_SHOWN else "")
        console.remark("store_check_left", where=scratch.bucket.name, count=len(keys), keys=shown)
