"""What was read from files that come with the program, kept in the user's cache folder for the next command.

Reading YAML and TOML strictly takes longer than all else that a short command reads. What is kept is taken only for the
very bytes that it was read from, by the very reader; what is damaged is read anew, as is all where nothing can be kept.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any


def user_cache() -> Path:
    """The user's folder for what is the same in every workspace."""
    import platformdirs

    return platformdirs.user_cache_path("showcase")


def remembered(path: Path, content: bytes, reader: str, read: Callable[[], Any]) -> Any:
    """What `read` makes of a file: plain data, as JSON holds it.

    Args:
        path: the file; of each there is one answer, and a newer one takes its place.
        content: its bytes.
        reader: all else that decides the answer: another version of what reads is another reader.

    Raises:
        what `read` raises; then nothing is kept.
    """
    folder = user_cache() / "read"
    kept = folder / f"{_digest(str(path).encode())[:24]}.json"
    source = _digest(reader.encode(), content)
    with suppress(OSError, ValueError):
        head, _, body = kept.read_bytes().partition(b"\n")
        if head.decode() == f"{source} {_digest(body)}":
            return json.loads(body)
    answer = read()
    body = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f".{secrets.token_hex(8)}.tmp"
        temporary.write_bytes(f"{source} {_digest(body)}\n".encode() + body)
        temporary.replace(kept)
    return answer


def _digest(*parts: bytes) -> str:
    """Of parts that can't run into each other."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8) + part)
    return whole.hexdigest()
