"""The names and places of `names.toml`."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

_TOLD: dict[str, Any] = tomllib.loads(resources.files(__package__).joinpath("names.toml").read_text(encoding="utf-8"))

KEY: str = _TOLD["key"]
MOST_BYTES: int = _TOLD["most_bytes"]
PROPAGATOR: str = _TOLD["propagator"]
PROPAGATE_ID: str = _TOLD["propagate_id"]
XMP_NAMESPACE: str = _TOLD["xmp"]["namespace"]
XMP_PREFIX: str = _TOLD["xmp"]["prefix"]
XMP_NAME: str = _TOLD["xmp"]["name"]
XMP_MOST_BYTES: int = _TOLD["xmp"]["most_bytes"]
IN_JPEG: bytes = _TOLD["places"]["jpeg"].encode("ascii") + b"\0"
IN_PNG: bytes = _TOLD["places"]["png"].encode("ascii")
IN_MP4: bytes = bytes.fromhex(_TOLD["places"]["mp4"])
IN_MOV: bytes = _TOLD["places"]["mov"].encode("ascii")
IN_WAV: bytes = _TOLD["places"]["wav"].encode("ascii")
LABEL_IN_WAV: bytes = _TOLD["places"]["wav_label"].encode("ascii")
