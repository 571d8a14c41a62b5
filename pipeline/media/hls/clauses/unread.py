"""What is not looked into and not encrypted: gaps, other servers, names that only a server tells."""

from __future__ import annotations

from pipeline.media.hls.check_collector import CheckCollector, RenditionPlace
from pipeline.media.hls.ladder import Rendition

GAP = "gap"
# each a check and why it does not apply
UNCHECKED = ("elsewhere", "undefined", "packed")


def judge_unread(collector: CheckCollector) -> None:
    """Say which segments and playlists were not looked into, and why."""
    for why in (GAP, *UNCHECKED):
        found = [
            (item, number) for item in collector.ladder.renditions for number, other in item.unseen if other == why
        ]
        if found:
            places = [_place(item, number) for item, number in found]
            collector.skip(why, why, places, text=_uri(*found[0]))


def _place(item: Rendition, number: int | None) -> RenditionPlace:
    return item.uri, number, None if number is None else item.begins(number)


def _uri(item: Rendition, number: int | None) -> str:
    if number is None or item.playlist is None:
        return item.uri
    segment = item.playlist.segments[number]
    return segment.init.uri if segment.init and segment.init.unread else segment.uri
