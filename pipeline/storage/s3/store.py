"""An endpoint of S3 that is asked as somebody."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from botocore import exceptions
from botocore.config import Config
from botocore.session import get_session

from pipeline.errors import EnvironmentFault, TransferError
from pipeline.model.storage_preset import StoragePreset
from pipeline.storage.object_cache import ObjectCache
from pipeline.storage.s3 import dialect
from pipeline.storage.s3.faults import DENIED, NO_BUCKET, REFUSALS, is_no_s3, translate, translated
from pipeline.storage.s3.session import Connection, certificates, client

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 30
PATIENT_READ_TIMEOUT_S = 300  # 5 GiB are copied inside a store at 18 MB/s or more
CONNECTIONS = 32  # as many as anybody asks at once: reads of markers (`bucket.READS_AT_ONCE`)


class Store:
    """An endpoint that is asked as somebody; `cache` keeps small objects that were read."""

    def __init__(self, connection: Connection, *, endpoint_shown: str, cache: ObjectCache | None = None):
        self._connection = connection
        self.endpoint_shown = endpoint_shown
        self.cache = cache
        self.client: S3Client = self._client(READ_TIMEOUT_S, attempts=5)

    @cached_property
    def patient_client(self) -> S3Client:
        """For a request whose answer may take minutes; it is tried once."""
        return self._client(PATIENT_READ_TIMEOUT_S, attempts=1)

    def _client(self, read_timeout_s: int, *, attempts: int) -> S3Client:
        given = self._connection
        made = client(
            self.endpoint_shown,
            given.keys,
            endpoint_url=given.endpoint,
            verify=certificates(given),
            aws_access_key_id=given.access_key,
            aws_secret_access_key=given.secret_key,
            region_name=os.environ.get("AWS_REGION") or get_session().get_config_variable("region") or "us-east-1",
            config=Config(
                connect_timeout=CONNECT_TIMEOUT_S,
                read_timeout=read_timeout_s,
                retries={"mode": "standard", "total_max_attempts": attempts},
                max_pool_connections=CONNECTIONS,
                **dialect.config(given.preset),
            ),
        )
        dialect.register(made, given.preset, given.encryption)
        return made

    @property
    def preset(self) -> StoragePreset:
        """What kind of store it is."""
        return self._connection.preset

    def reach(self, bucket: str, own: str | None = None) -> bool:
        """Try the endpoint before anything long is begun; False when there is no such bucket.

        By a listing: some may do that alone, and its answer says what is wrong, where HEAD has none.

        Args:
            own: the prefix to ask for where an identity may see no more than that.

        Raises:
            EnvironmentFault: nobody answers, what answers is no store, or it refuses.
        """
        try:
            with translated(self.endpoint_shown):
                answer = self.client.list_objects_v2(Bucket=bucket, Prefix=own or "", MaxKeys=1)
        except EnvironmentFault as fault:
            if fault.key == DENIED:
                raise EnvironmentFault("store_no_list", where=f"{self.endpoint_shown} {bucket}/{own or ''}") from fault
            if fault.key != NO_BUCKET:
                raise
            return False
        except TransferError as error:
            key = "store_no_s3" if is_no_s3(error.detail or "") else "store_unreachable"
            raise EnvironmentFault(key, where=self.endpoint_shown, detail=error.detail) from error
        if "IsTruncated" not in answer:  # every listing says it; of a page that is XML botocore makes an empty answer
            raise EnvironmentFault("store_no_s3", where=self.endpoint_shown)
        return True

    def make(self, bucket: str) -> None:
        """Make a bucket that is not there; one that somebody made meanwhile is fine.

        Raises:
            EnvironmentFault: this identity may not.
        """
        try:
            self.client.create_bucket(Bucket=bucket)
        except exceptions.ClientError as error:
            code = str(error.response.get("Error", {}).get("Code"))
            if code in REFUSALS:
                raise EnvironmentFault(NO_BUCKET, where=bucket) from error
            if code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                raise translate(error, bucket) from error
        except exceptions.BotoCoreError as error:
            raise translate(error, bucket) from error
