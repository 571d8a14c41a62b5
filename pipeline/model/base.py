"""What every noun is: frozen, strict, no unknown keys, one canonical JSON form."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict


class Noun(BaseModel):
    """Base of all models."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    def to_json(self) -> str:
        """One line of JSON, for people's tools."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), ensure_ascii=False)

    def to_file(self) -> bytes:
        """The bytes this noun has in a file: the same for the same content, on every machine."""
        return canonical(self.model_dump(mode="json", by_alias=True), indent=1) + b"\n"

    def fingerprint(self) -> str:
        """SHA-256 (hex) of the canonical JSON."""
        return hashlib.sha256(canonical(self.model_dump(mode="json", by_alias=True))).hexdigest()


def canonical(data: Any, *, indent: int | None = None) -> bytes:
    """JSON with sorted keys in UTF-8; compact unless `indent` is given."""
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(
        data, ensure_ascii=False, sort_keys=True, separators=separators, indent=indent, allow_nan=False
    ).encode("utf-8")
