"""Where things lie in the store (DESIGN section 6). Keys are ASCII `[a-z0-9._/-]`; titles live in metadata."""

from __future__ import annotations

READY = "READY.json"
ACK = "ACK.json"
WITHDRAWN = "WITHDRAWN.json"
DRAFT = "DRAFT.json"
SUBMITTED = "SUBMITTED.json"
REVIEWS = "reviews"


def submission_prefix(prefecture: str, submission_id: str) -> str:
    """All packages of one submission."""
    return f"{prefecture}/{submission_id}/"


def package_prefix(prefecture: str, submission_id: str, package_id: str) -> str:
    """One package, with the slash at its end."""
    return f"{prefecture}/{submission_id}/{package_id}/"


def revision_prefix(prefecture: str, submission_id: str, revision: int) -> str:
    """One revision in the inbox, with the slash at its end."""
    return f"{submission_prefix(prefecture, submission_id)}r{revision}/"


def claim_key(prefecture: str, submission_id: str, revision: int) -> str:
    """Who has a revision: one object beside its folder, in either bucket."""
    return f"{submission_prefix(prefecture, submission_id)}r{revision}.json"


def review_key(prefecture: str, submission_id: str, revision: int, number: int) -> str:
    """One note or decision."""
    return f"{submission_prefix(prefecture, submission_id)}{REVIEWS}/r{revision}-{number:04}.json"


_TYPES = {
    ".ts": "video/mp2t",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".xml": "application/xml",
    ".sha256": "text/plain",
}


def media_type(path: str) -> str:
    """Content type by suffix (HLS authoring rules 10.4)."""
    return _TYPES.get(path[path.rfind(".") :] if "." in path else "", "application/octet-stream")


_ORDER = ("stream", "hls", "subtitles", "poster", "sprite", "thumbnails", "metadata")


def upload_rank(role: str) -> int:
    """Media first, then pictures, then metadata; checksums and the manifest come after all of them."""
    return _ORDER.index(role) if role in _ORDER else len(_ORDER)
