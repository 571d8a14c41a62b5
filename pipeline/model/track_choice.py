"""What somebody says of a film's tracks where the file itself says too little, or more than one thing."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from pipeline.model.base import Noun

MOST_CHANNELS = 64
Channel: TypeAlias = Annotated[int, Field(ge=1, le=MOST_CHANNELS)]
# of channels that no file names: how many each has, in the order of SMPTE ST 2067-2 and of ffmpeg
LAYOUTS = {"mono": 1, "stereo": 2, "quad": 4, "5.1": 6, "7.1": 8}
Channels: TypeAlias = tuple[Channel, Channel] | Literal["mono", "stereo", "quad", "5.1", "7.1"]


class TrackChoice(Noun):
    """Which programme of a file is the film, and what the channels of its sound are.

    Args:
        programme: its number, where a transport stream has several; else the first with picture and sound is read.
        channels: of the first sound track the two that are left and right, from 1, or a layout's name.
    """

    programme: Annotated[int | None, Field(ge=0, le=65535)] = None
    channels: Channels | None = None

    @property
    def is_empty(self) -> bool:
        return self.programme is None and self.channels is None


NOTHING_SAID = TrackChoice()
