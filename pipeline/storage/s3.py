"""Any S3 endpoint, through botocore: the only importer of it. Every botocore error becomes one of ours."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

from botocore import exceptions
from botocore.config import Config
from botocore.parsers import ResponseParserError
from botocore.session import Session, get_session
from botocore.utils import parse_timestamp

from pipeline.errors import EnvironmentFault, InputError, IntegrityError, ShowcaseError, TransferError
from pipeline.storage.object_cache import ObjectCache

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 30
PATIENT_READ_TIMEOUT_S = 300  # 5 GiB are copied inside a store at 18 MB/s or more
Result = TypeVar("Result")
CONNECTIONS = 32  # as many as anybody asks at once: reads of markers (`bucket.READS_AT_ONCE`)
PAGE = "text/html"  # an answer for people, as of a portal or of a store's console
NO_BUCKET, DENIED, WRONG_KEYS = "store_no_bucket", "store_denied", "store_wrong_keys"


@dataclass(frozen=True)
class Keys:
    """A profile in a credentials file of our own; what `AWS_*` says wins over it."""

    file: Path
    profile: str

    def of_session(self, session: Session) -> Session:
        """The session with these keys, where the environment has none and names no other profile."""
        if not any(os.environ.get(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE")):
            session.set_config_variable("credentials_file", str(self.file))
            session.set_config_variable("profile", self.profile)
        return session


@dataclass(frozen=True)
class Connection:
    """Where and as whom; None is «by botocore's usual chain». The secret is never shown."""

    endpoint: str | None = None
    access_key: str | None = None
    secret_key: str | None = None
    addressing: str | None = None  # «virtual»: the bucket's name stands in the host's; «path»: behind it
    keys: Keys | None = None
    ca: str | None = None  # a file of certificates in place of the system's and of AWS_CA_BUNDLE's

    def __repr__(self) -> str:
        return f"Connection(endpoint={self.endpoint!r})"


def endpoint_of_profile() -> str | None:
    """The endpoint that the user's AWS configuration files name for S3, if any."""
    files = (os.environ.get("AWS_CONFIG_FILE"), str(Path.home() / ".aws" / "config"))
    if not any(name and Path(name).is_file() for name in files):
        return None
    try:
        client = _client("AWS_PROFILE", region_name="us-east-1", aws_access_key_id="-", aws_secret_access_key="-")  # noqa: S106
    except exceptions.BotoCoreError as error:
        raise translate(error, "AWS_PROFILE") from error
    endpoint = client.meta.endpoint_url
    return None if ".amazonaws.com" in endpoint else endpoint


def without_userinfo(endpoint: str) -> str:
    """The address as it may be shown: no user, no password."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


# OSS, COS and TOS, where the bucket's name is wanted in the host's (storage_presets.md)
_ADDRESSING = {"SecondLevelDomainForbidden", "PathStyleDomainForbidden", "InvalidPathAccess"}
_ELSEWHERE = {"PermanentRedirect", "TemporaryRedirect", "301", "307", "IllegalLocationConstraintException"}
_WRONG_KEYS = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed", "InvalidToken"}
_DENIED = {"AccessDenied", "403", *_WRONG_KEYS}
MISSING = {"NoSuchKey", "404", "NotFound"}
_DIGESTS = {"BadDigest", "XAmzContentSHA256Mismatch", "InvalidDigest"}


def translate(error: Exception, where: str) -> ShowcaseError:
    """Our error for one of botocore's."""
    if isinstance(error, exceptions.ClientError):
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _ADDRESSING:
            return EnvironmentFault("store_addressing", where=where)
        if (there := _elsewhere(error, code)) is not None:
            return EnvironmentFault("store_region", where=where, detail=there)
        if code in _WRONG_KEYS:
            return EnvironmentFault(WRONG_KEYS, where=where)
        if code in _DENIED:
            return EnvironmentFault(DENIED, where=where)
        if code == "NoSuchBucket":
            return EnvironmentFault(NO_BUCKET, where=where)
        if code == "RequestTimeTooSkewed":
            return _clocks(error, where)
        if code in _DIGESTS:
            return IntegrityError("digest_refused", where=where)
        told = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("content-type", "")
        is_page = code == "500" and told.startswith("text/html")  # botocore's code for what it can't read
        return TransferError("transfer_failed", where=where, detail=PAGE if is_page else code)
    if isinstance(error, exceptions.NoCredentialsError | exceptions.PartialCredentialsError):
        return EnvironmentFault("store_no_credentials", where=where)
    if isinstance(error, exceptions.FlexibleChecksumError | exceptions.ChecksumError):
        return IntegrityError("digest_refused", where=where)
    if isinstance(error, exceptions.SSLError):
        return _not_trusted(error, where)
    if isinstance(error, ResponseParserError):
        return TransferError("transfer_failed", where=where, detail=PAGE)
    return TransferError("transfer_failed", where=where, detail=type(error).__name__)


_UNTRUSTED = re.compile(r"CERTIFICATE_VERIFY_FAILED\].*?: (.*?)(?: \(_ssl|$)")
_ANOTHERS = re.compile(r"(?:hostname|IP address) \S+ doesn't match .*")  # urllib3 looks at the name by itself


def _not_trusted(error: exceptions.SSLError, where: str) -> EnvironmentFault:
    """A certificate that does not hold, and why, or somebody who speaks no TLS."""
    if found := _UNTRUSTED.search(str(error)):
        return EnvironmentFault("store_certificate", where=where, detail=found[1])
    if _ANOTHERS.search(str(error)):
        return EnvironmentFault("store_certificate", where=where, detail="Hostname mismatch")
    return EnvironmentFault("store_no_tls", where=where)


def _clocks(error: exceptions.ClientError, where: str) -> EnvironmentFault:
    """This machine's time and the store's, as both tell it; a request is refused where they lie 15 minutes apart."""
    told = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    here = datetime.now(UTC)
    try:
        there = parsedate_to_datetime(told).astimezone().isoformat(" ", "seconds") if told else "?"
    except (TypeError, ValueError):
        there = "?"
    return EnvironmentFault("clock_skew", where=where, here=here.astimezone().isoformat(" ", "seconds"), there=there)


def _elsewhere(error: exceptions.ClientError, code: str) -> str | None:
    """The address or region that a store names where a bucket is not under the one that was asked, empty where it names
    none; None where that is not what it says."""
    told = error.response.get("Error", {})
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    there = told.get("Endpoint") or told.get("Region") or headers.get("x-amz-bucket-region")
    is_said = code in _ELSEWHERE or (code in _DENIED and (told.get("Endpoint") or told.get("Region")))
    return str(there or "") if is_said else None


@contextmanager
def translated(where: str) -> Iterator[None]:
    try:
        yield
    except (exceptions.BotoCoreError, exceptions.ClientError, ResponseParserError) as error:
        raise translate(error, where) from error


def _timestamp(text: Any) -> datetime:
    """A time of an answer: a listing holds one for each key, and botocore's own reading of any form is slow."""
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        try:
            return parsedate_to_datetime(text)
        except (TypeError, ValueError):
            return parse_timestamp(text)


def _stay_where_no_region_is_named(request_dict: dict[str, Any], response: Any, **_: Any) -> None:
    """Hold botocore back from asking for the region of a bucket where an answer does not name it: it asks by HEAD, of
    which the answer names none either, for which it asks again, until Python's stack ends."""
    if response is None:
        return
    told = response[1]
    named = "x-amz-bucket-region" in told.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    if not named and not told.get("Error", {}).get("Region"):
        request_dict.get("context", {}).get("s3_redirect", {})["redirected"] = True


def key_id(keys: Keys | None) -> str | None:
    """The id of the key that requests are signed with, as far as variables and files tell; nobody is asked."""
    if given := os.environ.get("AWS_ACCESS_KEY_ID"):
        return given
    session = get_session() if keys is None else keys.of_session(get_session())
    try:
        profiles = session.full_config["profiles"]
    except exceptions.BotoCoreError:
        return None
    found = profiles.get(session.profile or "default", {}).get("aws_access_key_id")
    return str(found) if found else None


@cache
def _loader() -> Any:
    """What reads botocore's description of S3 and keeps it: for one client that is most of its making."""
    return get_session().get_component("data_loader")


def _client(shown: str, keys: Keys | None = None, **settings: Any) -> S3Client:
    session = get_session() if keys is None else keys.of_session(get_session())
    session.register_component("data_loader", _loader())
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_timestamp)
    try:
        client = cast("S3Client", session.create_client("s3", **settings))
    except ValueError as error:  # its text holds the whole address, user and password included
        raise InputError("endpoint_wrong", where=shown) from error
    client.meta.events.register_first("needs-retry.s3", _stay_where_no_region_is_named)
    return client


def _addressing(connection: Connection) -> Any:
    """Where the bucket's name stands; None leaves that to the user's AWS configuration, else it is the path."""
    return {"addressing_style": connection.addressing} if connection.addressing else None


def _certificates(connection: Connection) -> str | None:
    """The file of certificates that the store's is held to; None leaves that to botocore, or nothing is encrypted.

    Raises:
        InputError: it is not there, or holds none.
    """
    given = connection.ca or os.environ.get("AWS_CA_BUNDLE")
    if given is None or (connection.endpoint or "").startswith("http://"):
        return None
    try:
        ssl.create_default_context(cafile=given)
    except (OSError, ssl.SSLError) as error:
        raise InputError("ca_wrong", where=given) from error
    return given


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
        return _client(
            self.endpoint_shown,
            given.keys,
            endpoint_url=given.endpoint,
            verify=_certificates(given),
            aws_access_key_id=given.access_key,
            aws_secret_access_key=given.secret_key,
            region_name=os.environ.get("AWS_REGION") or get_session().get_config_variable("region") or "us-east-1",
            config=Config(
                connect_timeout=CONNECT_TIMEOUT_S,
                read_timeout=read_timeout_s,
                retries={"mode": "standard", "total_max_attempts": attempts},
                signature_version="s3v4",
                max_pool_connections=CONNECTIONS,
                s3=_addressing(given),
            ),
        )

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
            key = "store_no_s3" if _is_no_s3(error.detail or "") else "store_unreachable"
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
            if code in _DENIED:
                raise EnvironmentFault(NO_BUCKET, where=bucket) from error
            if code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                raise translate(error, bucket) from error
        except exceptions.BotoCoreError as error:
            raise translate(error, bucket) from error


def _is_no_s3(told: str) -> bool:
    """Whether an answer is none of a store's: a page, or a refusal (4xx) without its code in words."""
    return told == PAGE or told in MISSING or re.fullmatch(r"4\d\d", told) is not None
