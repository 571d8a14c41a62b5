"""What is said where a line was waited for in vain: how much is there, and until when that can go on."""

from __future__ import annotations

from pipeline import quantities
from pipeline.errors import TransferError
from pipeline.model.china_time import CHINA
from pipeline.storage.transfer.part_upload import CUT_WITHIN, PartUpload


def given_up(error: TransferError, there: int, size_bytes: int, under_way: PartUpload | None) -> TransferError:
    """The error of an upload that was given up after a while, or was cut again and again; any other one as it is.

    Args:
        there, size_bytes: bytes of the files that are there, and of all.
        under_way: the large file that was being sent, whose parts the store may drop.
    """
    is_there = {"there": quantities.size(there), "percent": _percent(there, size_bytes)}
    if error.key == CUT_WITHIN:
        values = {**error.values, **is_there, "all": quantities.size(size_bytes)}
        return TransferError(error.key, where=error.where, detail=error.detail, **values)
    if error.waited_s is None:
        return error
    until = under_way.expires() if under_way else None
    values = {**is_there, "size": quantities.size(size_bytes), "waited": quantities.clock(error.waited_s)}
    if until:
        values["until"] = f"{until.astimezone(CHINA):%Y-%m-%d %H:%M}"
    where = under_way.where if under_way else error.where
    made = TransferError("upload_until" if until else "upload_stays", where=where, detail=error.detail, **values)
    made.waited_s = error.waited_s
    return made


def fetching_given_up(error: TransferError, there: int, size_bytes: int) -> TransferError:
    """The same of a download: what is there of it stays on this machine's disk."""
    if error.waited_s is None:
        return error
    made = TransferError(
        "download_stays",
        where=error.where,
        detail=error.detail,
        there=quantities.size(there),
        size=quantities.size(size_bytes),
        percent=_percent(there, size_bytes),
        waited=quantities.clock(error.waited_s),
    )
    made.waited_s = error.waited_s
    return made


def _percent(there: int, size_bytes: int) -> int:
    return 100 * there // max(1, size_bytes)
