"""Labels of generated content, and files that hold one: by ffmpeg where it writes them, else by hand."""

from __future__ import annotations

import struct
from pathlib import Path

from pipeline.media.generated_label import still, xmp

LABEL = (
    '{"Label": "1", "ContentProducer": "西域传媒 <a> & = ; # \\\\ \' \\"q\\"",\n'
    '\t"ProduceID": "{in.main} / 100%", "ReservedCode1": "[red]"} '
)
OTHER = '{"Label":"2","ContentProducer":"别人","ProduceID":"7"}'
FLAG = ("-movflags", "use_metadata_tags")
_XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def tag(label: str = LABEL) -> tuple[str, str]:
    """ffmpeg's options for a tag of the file."""
    return "-metadata", f"AIGC={label}"


def with_uuid_box(film: bytes, label: str = LABEL) -> bytes:
    """An MP4 with an XMP packet behind it."""
    body = _XMP_BOX + xmp.packet(label)
    return film + struct.pack(">I4s", 8 + len(body), b"uuid") + body


def with_wav_chunk(sound: bytes, body: bytes, name: bytes = b"AIGC") -> bytes:
    """A WAV with one more chunk at its end."""
    chunk = name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    return sound[:4] + struct.pack("<I", len(sound) + len(chunk) - 8) + sound[8:] + chunk


def labelled_still(picture: Path, target: Path, label: str = LABEL) -> Path:
    """A picture with a label in its XMP."""
    target.write_bytes(still.with_label(picture.read_bytes(), label))
    return target
