"""What is encrypted, or not looked into at all: no clause about it is said to be kept."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.media.hls import files
from pipeline.media.hls.check_collector import CheckCollector
from pipeline.media.hls.ladder import Rendition
from pipeline.media.hls.playlist import Key, why_unread
from pipeline.model.stream import Check, Status

ENCRYPTED = "encrypted"
# by the roles whose streams they are about
_OF_STREAMS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("variant",): (
        *("A1.1", "A1.3", "A1.3a", "A1.5", "A1.10", "A1.11", "A1.13", "A1.14", "A1.18", "A1.19", "A1.21"),
        *("A1.6", "A1.6a", "A6.1", "A7.4", "A8.22"),
    ),
    ("variant", "audio"): ("A7.2", "A8.1"),
    ("variant", "iframes"): ("A9.1-4.codecs", "A9.1-4.resolution", "A9.15", "A9.16"),
    ("audio",): ("A2.3", "A2.9"),
    ("iframes",): ("A6.10",),
    ("subtitles",): ("A5.3",),
}
_OF_BYTES = ("A1.26", "A1.27", "A1.30", "A1.32", "A9.21")  # which are known of what is encrypted


def judge_encryption(collector: CheckCollector) -> None:
    """Say which segments are encrypted, whether their keys are there, and which clauses can't be judged, as nothing of
    what they are about was seen."""
    hidden = [item for item in collector.ladder.renditions if item.hidden]
    if hidden:
        _tell(collector, hidden)
    for roles, clauses in _OF_STREAMS.items():
        about = [item for role in roles for item in collector.ladder.by_role(role)]
        if any(item.pieces for item in about):
            continue
        why = ENCRYPTED if any(item.hidden for item in about) else _unseen(about)
        if why:
            known = clauses if why == ENCRYPTED or roles != ("variant",) else (*clauses, *_OF_BYTES)
            collector.checks[:] = [_unjudged(check, known, why) for check in collector.checks]


def _tell(collector: CheckCollector, hidden: Sequence[Rendition]) -> None:
    places = [(item.uri, number, item.begins(number)) for item in hidden for number in item.hidden]
    methods = dict.fromkeys(key.method for item in hidden for key in _keys(item))
    collector.skip(ENCRYPTED, ENCRYPTED, places, text=", ".join(methods) or None)
    lost = {item.uri: uri for item in hidden if (uri := _lost(item))}
    collector.should("R4.3.2.4", [(uri, None, None) for uri in lost], text=next(iter(lost.values()), None))


def _unseen(about: Sequence[Rendition]) -> str | None:
    return next((why for item in about for _, why in item.unseen), None)


def _unjudged(check: Check, clauses: Sequence[str], why: str) -> Check:
    if check.id in clauses and check.why != "one_playlist":
        return Check(id=check.id, status=Status.NOT_APPLICABLE, why=why)
    return check


def _keys(item: Rendition) -> tuple[Key, ...]:
    segments = item.playlist.segments if item.playlist else ()
    keys = (key for one in segments for key in (*one.keys, *(one.init.keys if one.init else ())))
    return tuple(dict.fromkeys(keys))


def _lost(item: Rendition) -> str | None:
    """A key that should lie beside the playlist and does not; one that a server gives out can't be looked for."""
    folder = item.path.parent if item.path else None
    for key in _keys(item):
        elsewhere = ":" in key.uri or why_unread(key.uri)
        if folder and not elsewhere and files.resolve(folder, key.uri) is None:
            return key.uri
    return None
