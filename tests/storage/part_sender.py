"""Parts of a file as an upload sends them that is broken off then."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from pipeline.storage.network.line import Line
from pipeline.storage.network.sent_body import SentBody
from pipeline.storage.transfer.multipart import Multipart, UploadPart

PART = 5 << 20  # the least that S3 joins


def send_part(upload: Multipart, number: int, path: Path, part_bytes: int = PART) -> UploadPart:
    """One part of a file, in parts of this size."""
    span = range((number - 1) * part_bytes, min(number * part_bytes, path.stat().st_size))
    content = path.read_bytes()[span.start : span.stop]
    checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
    with SentBody(path, span, checksum, Line(), lambda _: None) as body:
        return upload.send(number, body, checksum)
