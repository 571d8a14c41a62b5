"""An endpoint of S3 that is asked as somebody."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Protocol, TypeVar

from botocore.config import Config

from pipeline.errors import EnvironmentFault, TransferError
from pipeline.model.storage_preset import Checksums, CreateOnly, StoragePreset
from pipeline.storage.network.line import Line
from pipeline.storage.network.line_memory import LineMemory
from pipeline.storage.network.patience import Body, Patience
from pipeline.storage.network.together import READS_AT_ONCE, unless_ended
from pipeline.storage.object_cache import ObjectCache
from pipeline.storage.s3 import dialect
from pipeline.storage.s3.faults import BUSY, DENIED, NO_BUCKET, WRONG_KEYS, broken_off, is_no_s3, translated
from pipeline.storage.s3.objects import Begin, Wanted, Written
from pipeline.storage.s3.session import Connection, certificates, credentials, new_client, pair, session_of

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

    from pipeline.storage.s3.direct import DirectRequests

Result = TypeVar("Result")
Request = Callable[["S3Client"], Result]


class Remark(Protocol):
    """Who is told something by a key of the catalogue's texts."""

    def __call__(self, key: str, /, **values: object) -> None: ...


def _nobody_hears(_key: str, /, **_values: object) -> None:
    pass


class Pace(Enum):
    """How long one waits for whom: seconds for a connection (and for a block to be taken), for the next bytes.

    Of a body the last blocks lie in the system's buffers when they are sent: on a slow line its answer takes longer.
    """

    QUESTION = (5, 30)
    BODY = (20, 90)
    COPY = (5, 300)  # 5 GiB are copied inside a store at 18 MB/s or more


class Store:
    """An endpoint that is asked as somebody.

    Args:
        cache: keeps small objects that were read.
        patience: how long a store that has answered before is waited for, over which line.
        memory: what this machine remembers of it.

    Attributes:
        remark: is told, by a key of the catalogue's texts and its values, what who works with the store should know
            though nothing is wrong.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        endpoint_shown: str,
        cache: ObjectCache | None = None,
        patience: Patience | None = None,
        memory: LineMemory | None = None,
    ):
        self._connection = connection
        self.endpoint_shown = endpoint_shown
        self.cache = cache
        self.patience = patience or Patience(Line())
        self.memory = memory
        self.remark: Remark = _nobody_hears
        self._lock = threading.Lock()
        self._clients: dict[Pace, S3Client] = {}
        self._direct: DirectRequests | None = None
        self._session = session_of(connection.keys)
        self._number = 0  # of the session: how often keys were read again
        self.client()

    @property
    def known_as(self) -> str:
        """What this machine knows it by, whatever its port is today."""
        return self.cache.endpoint if self.cache else self.endpoint_shown

    @property
    def line(self) -> Line:
        """The line to it."""
        return self.patience.line

    def ask(self, where: str, request: Request[Result], *, body: Body | None = None) -> Result:
        """What the store answers, asked again while another try may mend what fails.

        Args:
            where: what it is about, as people are told of it.
            request: is called with a client, once a try.
            body: what the request carries, if it is large.

        Raises:
            EnvironmentFault, TransferError, IntegrityError: as `faults.translate` and `Patience.again` say.
        """
        if body is None:
            return self.patience.again(lambda: self.ask_once(where, request))

        def attempt() -> Result:
            with self.line.sending(body.size_bytes, body) as body.is_alone:
                return self.ask_once(where, request, pace=Pace.BODY)

        return self.patience.again(attempt, body)

    def ask_once(self, where: str, request: Request[Result], *, pace: Pace = Pace.QUESTION) -> Result:
        """As `ask`, for what is not to be tried again, or is tried again by who asks."""
        return self._asked(where, lambda: unless_ended(lambda: request(self.client(pace))))

    def read(self, wanted: Wanted, begin: Begin) -> None:
        """Have an object handed on as it comes, asked for once.

        Args:
            begin: is told of the answer, and gives who takes its bytes, which gives whether more are wanted.

        Raises:
            EnvironmentFault, TransferError, IntegrityError: as `faults.translate` says. Whatever `begin`, or who takes
                the bytes, raises.
        """
        where = f"{wanted.bucket}/{wanted.key}"
        self._asked(where, lambda: self.direct().read(self.client(), wanted, begin))

    def write(self, given: Written, by_client: Request[object], body: Body) -> None:
        """Put an object there, tried again as `ask` does.

        Args:
            by_client: puts it there by the client.
            body: what is put.
        """

        def put(client: S3Client) -> None:
            self.direct().write(client, given, lambda: by_client(client))

        self.ask(f"{given.bucket}/{given.key}", put, body=body)

    def _asked(self, where: str, request: Callable[[], Result]) -> Result:
        number = self._number
        try:
            with translated(where):
                return request()
        except EnvironmentFault as fault:
            # of keys that are known no more an answer to HEAD tells no more than that they may not
            if fault.key in (WRONG_KEYS, DENIED) and self._reads_other_keys(number):
                with translated(where):
                    return request()
            if self.patience.has_answered and (broken := broken_off(fault)):
                raise broken from fault
            raise

    def keep_rate(self) -> None:
        """Remember how fast the line was found to be, where nothing held it back."""
        if self.memory and self.line.limit.bytes_per_s is None and (found := self.line.found_per_s):
            self.memory.keep_rate(found)

    def _reads_other_keys(self, number: int) -> bool:
        """Whether there are other keys by now than those that a request was signed with: whoever hands them out changed
        them while something long was under way."""
        with self._lock:
            if number != self._number:
                return True  # another thread has read them
            now = session_of(self._connection.keys)
            if self._connection.access_key or pair(now) in (None, pair(self._session)):
                return False
            self._clients.clear()
            self._direct = None
            self._session, self._number = now, number + 1
            return True

    def client(self, pace: Pace = Pace.QUESTION) -> S3Client:
        """What requests are made with, by the keys that were read last."""
        with self._lock:
            if pace not in self._clients:
                connect_s, read_s = pace.value
                if pace is not Pace.COPY:  # of which no byte comes until it is done
                    read_s = int(min(read_s, max(connect_s, self.patience.wait_s)))
                self._clients[pace] = self._client(connect_s, read_s)
            return self._clients[pace]

    def direct(self) -> DirectRequests:
        """What objects are read and written with, by the keys that were read last."""
        from pipeline.storage.s3.direct import DirectRequests  # libcurl is loaded by who carries files alone

        client = self.client()
        with self._lock:
            if self._direct is None:
                given = self._connection
                found = credentials(self._session, given.access_key, given.secret_key)
                bundle = self._session.get_config_variable("ca_bundle")  # the client's own, where none is given
                self._direct = DirectRequests(client, found, certificates(given) or bundle)
            return self._direct

    def _client(self, connect_timeout_s: int, read_timeout_s: int) -> S3Client:
        given = self._connection
        made = new_client(
            self.endpoint_shown,
            self._session,
            endpoint_url=given.endpoint,
            verify=certificates(given),
            aws_access_key_id=given.access_key,
            aws_secret_access_key=given.secret_key,
            region_name=os.environ.get("AWS_REGION") or self._session.get_config_variable("region") or "us-east-1",
            config=Config(
                connect_timeout=connect_timeout_s,
                read_timeout=read_timeout_s,
                retries={"mode": "standard", "total_max_attempts": 1},  # `Patience` tries again
                max_pool_connections=READS_AT_ONCE,
                **dialect.config(given.preset),
            ),
        )
        dialect.register(made, given.preset, given.encryption)
        return made

    @property
    def preset(self) -> StoragePreset:
        """What kind of store it is."""
        return self._connection.preset

    @property
    def encryption(self) -> dialect.Encryption | None:
        """How it is asked to keep objects."""
        return self._connection.encryption

    @property
    def has_md5(self) -> bool:
        """Whether ETags of what is put there are MD5."""
        return self.encryption is None or not self.encryption.algorithm.startswith(dialect.KMS)

    @property
    def certificates(self) -> str | None:
        """The file of certificates that its own is held to; None is the system's."""
        return certificates(self._connection)

    def bare(self) -> Store:
        """The same, asked as AWS is: without what the preset puts in place of digests and conditions, and without
        digests that nobody said."""
        checksums = Checksums(calculation="when_required")
        said = self.preset.model_copy(update={"checksums": checksums, "create_only": CreateOnly()})
        connection = replace(self._connection, preset=said, encryption=None)
        return Store(connection, endpoint_shown=self.endpoint_shown, patience=self.patience)

    def reach(self, bucket: str, own: str | None = None) -> bool:
        """Try the endpoint before anything long is begun; False when there is no such bucket.

        By a listing: some may do that alone, and its answer says what is wrong, where HEAD has none.

        Args:
            own: the prefix to ask for where an identity may see no more than that.

        Raises:
            EnvironmentFault: nobody answers, what answers is no store, or it refuses.
        """
        try:
            self.ask(
                self.endpoint_shown, lambda client: client.list_objects_v2(Bucket=bucket, Prefix=own or "", MaxKeys=1)
            )
        except EnvironmentFault as fault:
            if fault.key == DENIED:
                raise EnvironmentFault("store_no_list", where=f"{self.endpoint_shown} {bucket}/{own or ''}") from fault
            if fault.key != NO_BUCKET:
                raise
            return False
        except TransferError as error:
            key = "store_no_s3" if is_no_s3(error.detail or "") else "store_unreachable"
            key = BUSY if error.key == BUSY else key
            raise EnvironmentFault(key, where=self.endpoint_shown, detail=error.detail) from error
        return True

    def make(self, bucket: str) -> None:
        """Make a bucket that is not there; one that somebody made meanwhile is fine.

        Raises:
            EnvironmentFault: this identity may not.
        """
        try:
            self.ask(bucket, lambda client: client.create_bucket(Bucket=bucket))
        except EnvironmentFault as fault:
            raise EnvironmentFault(NO_BUCKET, where=bucket) if fault.key in (DENIED, WRONG_KEYS) else fault from fault
        except TransferError as error:
            if error.detail not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                raise
