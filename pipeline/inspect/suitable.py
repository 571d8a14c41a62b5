"""What of a file can't be made right, whatever anybody accepts: decided on its tracks, before anything is decoded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import Unsuitable
from pipeline.media.isobmff.edits import EditedTrack
from pipeline.model.colour import UNREAD_MATRICES
from pipeline.model.media import Media, UnreadTrack

DOLBY_VISION_ALONE = 5  # profile: its colours (IPTPQc2) are for decoders of Dolby Vision alone


def refuse(media: Media, path: Path) -> None:
    """Let pass what can be made right.

    Raises:
        Unsuitable: the film's picture or its only sound can't be decoded, is protected, is not what it seems,
            or has colours that nothing converts.
    """
    lost_pictures = [item for item in media.unread if item.kind == "video" and not item.empty]
    lost_sounds = [item for item in media.unread if item.kind == "audio" and not item.empty]
    if lost_pictures and not media.video:
        raise _undecodable(lost_pictures[0], "video:0", path)
    if lost_sounds and not media.audio:
        raise _undecodable(lost_sounds[0], "audio:0", path)
    if media.video:
        track = media.video[0]
        if track.askew:
            raise Unsuitable("video.rotated", where=str(path), reason="askew", track="video:0")
        if track.dolby_vision == DOLBY_VISION_ALONE:
            raise Unsuitable("video.hdr", where=str(path), reason="dolby_vision_5", track="video:0")
        if track.matrix in UNREAD_MATRICES:
            raise Unsuitable("video.chroma", where=str(path), reason="matrix", track="video:0", what=track.matrix)


def refuse_edits(media: Media, edited: Sequence[EditedTrack], path: Path) -> None:
    """Let pass a film that plays as fast as it was recorded.

    Raises:
        Unsuitable: its edit list asks for another rate, or for a picture that is held; the decoder heeds neither.
    """
    rates = {track.index: track.odd_rate for track in edited}
    labels = [(track.index, "video:0") for track in media.video[:1]]
    labels += [(track.index, f"audio:{number}") for number, track in enumerate(media.audio)]
    for index, label in labels:
        rate = None if index is None else rates.get(index)
        if rate is not None:
            raise Unsuitable("file.edit_list", where=str(path), reason="edit_rate", track=label, what=f"{rate:.4g}")


def refuse_unnamed(media: Media, path: Path) -> None:
    """Let pass a film with a picture, or with nothing that could be one.

    Raises:
        Unsuitable: there is no picture, and a stream that does not say what it is.
    """
    if not media.video and media.unnamed:
        what = "; ".join(item.carriage for item in media.unnamed)
        raise Unsuitable("video.missing", where=str(path), reason="unnamed_video", what=what)


def refuse_sound(media: Media, path: Path, number: int) -> None:
    """Let pass sound that is not said to be something else.

    Args:
        number: of its track in the file, from 0.

    Raises:
        Unsuitable: somebody says that its samples are coded sound; where nobody does, the samples themselves tell.
    """
    if media.audio and media.audio[0].coded:
        raise coded_in_pcm(media.audio[0].coded, path).of_track(number)


def coded_in_pcm(what: str, path: Path) -> Unsuitable:
    """Sound whose samples are another coding's."""
    return Unsuitable("audio.codec", where=str(path), reason="coded_in_pcm", track="audio:0", what=what)


def _undecodable(track: UnreadTrack, label: str, path: Path) -> Unsuitable:
    kind = "video" if track.kind == "video" else "audio"
    reason = "protected" if track.protected else f"undecodable_{kind}"
    return Unsuitable(f"{kind}.codec", where=str(path), reason=reason, track=label, what=track.coding)
