"""The order's file, where CmdFileURL points: outside every package, there only until the result is in.

In the store nobody deletes, so it is made empty there; by FTP it is removed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from pipeline.errors import TransferError
from pipeline.exchange.c2 import addresses, ftp_file
from pipeline.exchange.c2.ftp_file import FtpFailed
from pipeline.passwords import redacted
from pipeline.storage import layout
from pipeline.storage.bucket import Bucket

# of the delivery bucket: listings pass over names that begin with _, and below c2/ only the editor puts (`rights`)
FOLDER = f"_orders/{layout.ORDERS}/"
FIELDS = ("correlate_id",)
USUAL_PATH = "c2/{correlate_id}.xml"
_IN_STORE = "store:"


@dataclass(frozen=True)
class CommandFile:
    """Where one order's file lies.

    Args:
        place: `store:KEY`, or an FTP address without a login: as its ORDER record has it.
    """

    bucket: Bucket
    place: str

    def put(self, content: bytes, valid_h: int) -> str:
        """Put it there; gives its address for the head-end, with its login or signature.

        Raises:
            TransferError: it can't be put there. InputError: the address is too long.
        """
        if self.place.startswith(_IN_STORE):
            key = self.place.removeprefix(_IN_STORE)
            self._put(key, content)
            address = self.bucket.presigned(key, min(valid_h, addresses.MOST_HOURS) * 3600)
        else:
            address = addresses.with_login(self.place)
            try:
                ftp_file.put(address, content)
            except FtpFailed as error:
                raise TransferError("c2_ftp_failed", where=redacted(self.place), detail=error.words) from error
        return addresses.refused_if_long(address, "CmdFileURL")

    def clear(self) -> None:
        """Take it away, since it holds addresses with passwords.

        Raises:
            TransferError: the server does not answer. EnvironmentFault: the store does not.
        """
        if self.place.startswith(_IN_STORE):
            self._put(self.place.removeprefix(_IN_STORE), b"")
        elif self.place:
            try:
                ftp_file.remove(self.place)
            except FtpFailed as error:
                raise TransferError("c2_ftp_failed", where=redacted(self.place), detail=error.words) from error

    def _put(self, key: str, content: bytes) -> None:
        self.bucket.put(key, content, sha256=hashlib.sha256(content).hexdigest(), media_type="application/xml")


def place_of(correlate_id: str, template: str | None, server: str | None) -> str:
    """Where a command file is put.

    Args:
        template: of the settings; None puts it beside where files are fetched: the same FTP server, else the store.
        server: the FTP server, with its port, that files are fetched from; None where they are fetched otherwise.
    """
    if template is None and server is None:
        return f"{_IN_STORE}{FOLDER}{correlate_id}.xml"
    if template is None:
        return f"ftp://{server}/{USUAL_PATH.format(correlate_id=correlate_id)}"
    return addresses.named({"correlate_id": correlate_id}, template)
