"""What the channels of a sound track are, where the file says how many and not which.

ffmpeg guesses a layout by their number and mixes by it: four become a quad, eight a 7.1, and what a server keeps on
channels 3 to 8 (another language, tone, the sound without the speaker) is heard under the programme. Broadcasters put
left and right on the first two (EBU R 123), so those are taken; of six the first two may be the front of a 5.1, without
its dialogue, so somebody has to say.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import InputError, Unsuitable
from pipeline.model.media import AudioTrack, Media
from pipeline.model.track_choice import LAYOUTS, Channels

_PAIRS = (4, 8, 10, 12, 14, 16)  # channels of tracks that hold pairs


def settled(media: Media, said: Channels | None, path: Path) -> Media:
    """The tracks with their channels decided: of the first as somebody says, of all others by their number.

    Raises:
        InputError: the track has not the channels that are named.
        Unsuitable: what they are can't be told, and nobody said it.
    """
    audio = [
        _settled(track, said if index == 0 else None, f"audio:{index}", path) for index, track in enumerate(media.audio)
    ]
    return media.model_copy(update={"audio": tuple(audio)})


def _settled(track: AudioTrack, said: Channels | None, label: str, path: Path) -> AudioTrack:
    match said:
        case None if not track.layout_guessed:
            return track
        case None if track.channels in _PAIRS:
            return track.model_copy(update={"pair": (1, 2)})
        case None:
            raise Unsuitable(
                "audio.channels", where=str(path), reason="channels_unsaid", track=label, what=str(track.channels)
            )
        case str():
            if LAYOUTS[said] != track.channels:
                raise InputError("channels_differ", where=str(path), said=said, channels=track.channels)
            return track.model_copy(update={"said_layout": said})
        case left, right:
            if max(left, right) > track.channels:
                raise InputError("channels_differ", where=str(path), said=f"{left},{right}", channels=track.channels)
            return track.model_copy(update={"pair": (left, right)})
