"""What is in a file before it is measured: the decoder's report, MediaInfo, the sizes it announces."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

from pipeline import regular
from pipeline.errors import InputError, MediaError, Refused, ShowcaseError, Unsuitable
from pipeline.ffmpeg.report import SourceReport, report
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import mediainfo, multiplex, suitable, tracks
from pipeline.inspect.mediainfo import KeyedMedia
from pipeline.media import announced, joins
from pipeline.media.isobmff import edits
from pipeline.media.mpegts import rates, scrambling
from pipeline.model.media import Media
from pipeline.model.track_choice import NOTHING_SAID, TrackChoice

TOO_MANY_TRACKS = "file.too_many_tracks"  # more than `guard.MAX_STREAMS`
SCRAMBLED = "file.scrambled"


def media(path: Path, demuxer: str, runner: Runner, choice: TrackChoice = NOTHING_SAID) -> Media:
    """The tracks of the programme that is said, else of `tracks.chosen`.

    Raises:
        Refused: one of the two readers can't read the file. Unsuitable: it can't be made right.
        InputError: it has no such programme.
    """
    if demuxer == "mpegts" and scrambling.is_scrambled(path):
        raise _scrambled(path)
    with regular.opened(path) as handle:
        if joins.is_joined(handle, demuxer):
            raise Unsuitable("file.joined", where=str(path), reason="joined")
    told, asked = _both(path, lambda: report(path, demuxer, runner))
    try:
        found = asked.result()
        programme = _programme(found, choice.programme, path)
        first = tracks.first_picture(found, programme)
        if first is not None and (found.picture is None or found.picture.index != first.index):
            found = report(path, demuxer, runner, stream=first.index)
    except MediaError as error:
        raise refusal(error, told.file, path, demuxer) from error
    if found.is_said_twice:
        raise Unsuitable("video.rotated", where=str(path), reason="said_twice", track="video:0")
    if demuxer == "mpegts":
        told = multiplex.checked(path, found, told, programme)
    joined = tracks.joined(found, told, demuxer, programme)
    if demuxer == "mpegts":
        joined = _with_rates(joined, path)
        if any(item.protected for item in joined.unread) and not (joined.video and joined.audio):
            raise _scrambled(path)
    suitable.refuse(joined, path)
    with regular.opened(path) as handle:
        cut_off = announced.is_cut_off(handle, demuxer)
        if cut_off is not None:  # MediaInfo takes files without sizes for cut ones
            joined = joined.model_copy(update={"truncated": cut_off})
        if demuxer == "mov":
            edited = edits.edited_tracks(handle)
            suitable.refuse_edits(joined, edited, path)
            joined = joined.model_copy(update={"edit_list": edits.is_edited(edited)})
    return joined


def _both(path: Path, ask: Callable[[], SourceReport]) -> tuple[KeyedMedia, Future[SourceReport]]:
    """What MediaInfo says, and the decoder's report, which is made meanwhile.

    Raises:
        Refused: MediaInfo can't read the file, whatever the decoder says.
    """
    with ThreadPoolExecutor(1) as beside:
        asked = beside.submit(copy_context().run, ask)
        try:
            return mediainfo.look(path), asked
        except MediaError as error:
            raise Refused("file.unreadable", where=str(path)) from error


def _programme(found: SourceReport, said: int | None, path: Path) -> int | None:
    if said is None:
        return tracks.chosen(found)
    if said not in dict(found.programmes):
        known = ", ".join(str(number) for number, _ in found.programmes) or "–"
        raise InputError("programme_unknown", where=str(path), programme=said, known=known)
    return said


def _with_rates(joined: Media, path: Path) -> Media:
    """What streams that neither reader knows carry, and what the tables call them."""
    pids = [item.id for item in joined.unread if item.kind == "unknown" and item.id is not None]
    if not pids:
        return joined
    found = rates.rates(path, pids)
    unread = []
    for item in joined.unread:
        rate = found.get(item.id) if item.kind == "unknown" and item.id is not None else None
        if rate is None:
            unread.append(item)
        elif rate.is_packetized:
            unread.append(item.model_copy(update={"rate_kbps": rate.kbps, "codec": item.codec or rate.registration}))
    return joined.model_copy(update={"unread": tuple(unread)})


def refusal(error: ShowcaseError | None, found: Media, path: Path, demuxer: str) -> Refused:
    """Why a file can't be read; an MP4 without its index, at the end, is cut off."""
    detail = error.detail if error else None
    if error is not None and error.key == "too_many_tracks":
        return Refused(TOO_MANY_TRACKS, where=str(path), detail=detail)
    if demuxer == "mpegts" and scrambling.is_scrambled(path, pictures=False):
        return _scrambled(path)
    is_cut_off = found.truncated or (demuxer == "mov" and not (found.video or found.audio))
    return Refused("file.truncated" if is_cut_off else "file.unreadable", where=str(path), detail=detail)


def _scrambled(path: Path) -> Unsuitable:
    return Unsuitable(SCRAMBLED, where=str(path), reason="scrambled")
