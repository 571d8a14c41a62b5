"""One SeaweedFS for each worker of the tests: a start and an end take two seconds and a half, an emptying a tenth.

Whoever takes it has it alone and finds it empty. A store of their own have those whose subject is its life, its
folder or its identities.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pipeline.storage import embedded
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

# the server's rule of fsync is by the names of its buckets
BUCKETS = ("delivery", "inbox", "work")


@dataclass
class CommonStore:
    """The server that a worker's tests have one after another.

    Attributes:
        folder: of the server: a workspace whose store is a link to it finds it running.
    """

    folder: Path
    server: embedded.Server
    is_taken: bool = False

    @contextmanager
    def taken(self, *buckets: str) -> Iterator[Connection]:
        """The empty store with these buckets, or with none."""
        assert not self.is_taken, "one at a time: a fixture of this test's module has it"
        self.is_taken = True
        try:
            self._empty(Store(self.server.connection, endpoint_shown="").client(), {*buckets})
            yield self.server.connection
        finally:
            self.is_taken = False

    def _empty(self, client: S3Client, wanted: set[str]) -> None:
        there = {found["Name"] for found in client.list_buckets()["Buckets"]}
        for name in there - wanted:
            client.delete_bucket(Bucket=name)  # SeaweedFS asks for no empty one
        # the first object of a bucket that is made anew costs a fifth of a second; S3 itself would leave the folders
        ports = json.loads((self.folder / embedded.PORTS).read_text())
        with closing(HTTPConnection("127.0.0.1", ports["filer"], timeout=30)) as filer:
            for name in there & wanted:
                while entries := _answer(filer, "GET", f"/buckets/{name}/?limit=1000")["Entries"]:
                    for entry in entries:
                        _answer(filer, "DELETE", f"{quote(entry['FullPath'])}?recursive=true")
        for name in wanted - there:
            client.create_bucket(Bucket=name)


def _answer(filer: HTTPConnection, method: str, path: str) -> Any:
    filer.request(method, path, headers={"Accept": "application/json"})
    with filer.getresponse() as answer:
        said = answer.read()
        assert answer.status < 300, (method, path, answer.status, said)
    return json.loads(said) if said else None


@contextmanager
def common_store_in(folder: Path) -> Iterator[CommonStore]:
    with embedded.serve(folder, BUCKETS) as server:
        yield CommonStore(folder, server)
