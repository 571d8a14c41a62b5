"""Clients of botocore: where, as whom, and with which habits of ours."""

from __future__ import annotations

import os
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from botocore import exceptions
from botocore.credentials import Credentials
from botocore.loaders import create_loader
from botocore.parsers import ResponseParserError
from botocore.session import Session, get_session
from botocore.utils import parse_timestamp

from pipeline.errors import InputError
from pipeline.model.storage_preset import GENERIC, StoragePreset
from pipeline.storage.s3.dialect import Encryption
from pipeline.storage.s3.faults import translate
from pipeline.storage.s3.objects import length_of

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

UNSENT_BYTES = 128 << 10  # that wait in the system for the line


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
    keys: Keys | None = None
    preset: StoragePreset = field(default=GENERIC, hash=False)
    encryption: Encryption | None = None
    ca: str | None = None  # a file of certificates in place of the system's and of AWS_CA_BUNDLE's

    def __repr__(self) -> str:
        return f"Connection(endpoint={self.endpoint!r})"


def endpoint_of_profile() -> str | None:
    """The endpoint that the user's AWS configuration files name for S3, if any."""
    files = (os.environ.get("AWS_CONFIG_FILE"), str(Path.home() / ".aws" / "config"))
    if not any(name and Path(name).is_file() for name in files):
        return None
    try:
        anybody = {"aws_access_key_id": "-", "aws_secret_access_key": "-"}
        made = new_client("AWS_PROFILE", session_of(None), region_name="us-east-1", **anybody)
    except exceptions.BotoCoreError as error:
        raise translate(error, "AWS_PROFILE") from error
    endpoint = made.meta.endpoint_url
    return None if ".amazonaws.com" in endpoint else endpoint


def without_userinfo(endpoint: str) -> str:
    """The address as it may be shown: no user, no password."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


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


def _tell_body_that_it_is_sent(request: Any, **_: Any) -> None:
    """Bodies of ours tell what of them is sent: they are read for the signature before."""
    if begin := getattr(request.body, "begin_sending", None):
        begin()


def _refuse_what_came_short(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    """An answer that ends in order before its length is read as whole: of a listing that is cut off at its first byte
    botocore makes an empty one. A length that is no number it takes for a mistake of ours."""
    body, length = response_dict["body"], length_of(response_dict["headers"])
    if length is None and "content-length" in response_dict["headers"]:
        raise exceptions.ResponseStreamingError(error="Content-Length")
    is_head = operation_model.http["method"] == "HEAD"
    if isinstance(body, bytes) and length is not None and not is_head and len(body) != length:
        raise exceptions.IncompleteReadError(actual_bytes=len(body), expected_bytes=length)


_WITHOUT_WHICH = {"ListObjectsV2": "IsTruncated", "CreateMultipartUpload": "UploadId"}


def _refuse_what_says_nothing(model: Any, parsed: dict[str, Any], **_: Any) -> None:
    """Every listing says whether it is whole, and who begins an upload is told its name; of an answer without a word,
    or a page that is XML, botocore makes an empty one."""
    if "Error" not in parsed and _WITHOUT_WHICH[model.name] not in parsed:
        raise ResponseParserError(f"no {_WITHOUT_WHICH[model.name]}")


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
def _loader(data_path: str | None) -> Any:
    """What reads botocore's description of S3 and keeps it: for one client that is most of its making."""
    return create_loader(data_path)


def session_of(keys: Keys | None) -> Session:
    """A session that reads variables and files now, and keeps the keys that it finds."""
    session = get_session() if keys is None else keys.of_session(get_session())
    session.register_component("data_loader", _loader(session.get_config_variable("data_path")))
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_timestamp)
    return session


def pair(session: Session) -> tuple[str, str] | None:
    """Id and secret that clients of a session sign with."""
    try:
        found = session.get_credentials()
    except exceptions.BotoCoreError:
        return None
    frozen = found.get_frozen_credentials() if found else None
    return (frozen.access_key or "", frozen.secret_key or "") if frozen else None


def credentials(session: Session, access_key: str | None, secret_key: str | None) -> Credentials | None:
    """What clients of a session sign with: those that are given, else its own; None where it has none."""
    if access_key and secret_key:
        return Credentials(access_key, secret_key)
    try:
        return session.get_credentials()
    except exceptions.BotoCoreError:
        return None


def new_client(shown: str, session: Session, **settings: Any) -> S3Client:
    """A client of a session; `shown` is its address as people may see it."""
    try:
        made = cast("S3Client", session.create_client("s3", **settings))
    except ValueError as error:  # its text holds the whole address, user and password included
        raise InputError("endpoint_wrong", where=shown) from error
    _keep_little_in_buffers(made)
    made.meta.events.register_first("needs-retry.s3", _stay_where_no_region_is_named)
    made.meta.events.register_first("before-send.s3", _tell_body_that_it_is_sent)
    made.meta.events.register_first("before-parse.s3", _refuse_what_came_short)
    for name in _WITHOUT_WHICH:
        made.meta.events.register_first(f"after-call.s3.{name}", _refuse_what_says_nothing)
    return made


def _keep_little_in_buffers(made: S3Client) -> None:
    """What was handed to the system and is not on the line counts as sent: on a slow one that would be for minutes.

    botocore has no setting for options of sockets; where it is built otherwise one day, figures are less true.
    """
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    if option is None:
        return
    with suppress(AttributeError, KeyError):
        http: Any = made._endpoint.http_session  # type: ignore[attr-defined]
        http._manager.connection_pool_kw["socket_options"].append((socket.IPPROTO_TCP, option, UNSENT_BYTES))


def certificates(connection: Connection) -> str | None:
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
