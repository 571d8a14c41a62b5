"""The store that tells other days: GET, HEAD, both listings and copies, and nothing else of an answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.faults.dated_store import DatedStore, dated

DAY = datetime(2026, 6, 8, 2, tzinfo=UTC)
ODD = "653200/_campaign/seven & seven/a+b 一.json"


@pytest.fixture
def told(connection: Connection) -> Iterator[DatedStore]:
    with dated(connection.endpoint, DAY) as proxy:
        yield proxy


def client_of(connection: Connection, endpoint: str) -> Any:
    return Store(dataclasses.replace(connection, endpoint=endpoint), endpoint_shown="").client()


@pytest.mark.parametrize("key", ["653200/film/r1.json", ODD])
def test_what_is_put_on_a_day_is_of_that_day_at_every_look(connection: Connection, told: DatedStore, key: str) -> None:
    client = client_of(connection, told.endpoint)
    client.put_object(Bucket="inbox", Key=key, Body=b"{}", IfNoneMatch="*")
    first = DAY + timedelta(seconds=1)
    assert told.date_of(f"inbox/{key}") == first
    told.turn_to(DAY + timedelta(days=7))
    assert client.head_object(Bucket="inbox", Key=key)["LastModified"] == first
    got = client.get_object(Bucket="inbox", Key=key)
    assert (got["LastModified"], got["Body"].read()) == (first, b"{}")
    listed = {item["Key"]: item for item in client.list_objects_v2(Bucket="inbox")["Contents"]}
    assert listed[key]["LastModified"] == first
    older = {item["Key"]: item["LastModified"] for item in client.list_objects(Bucket="inbox")["Contents"]}
    assert older[key] == first
    straight = client_of(connection, connection.endpoint).head_object(Bucket="inbox", Key=key)
    assert straight["ETag"] == got["ETag"] == listed[key]["ETag"]
    assert straight["LastModified"] > first + timedelta(days=20)


def test_a_put_that_is_refused_changes_no_day(connection: Connection, told: DatedStore) -> None:
    client = client_of(connection, told.endpoint)
    client.put_object(Bucket="inbox", Key="once", Body=b"1")
    told.turn_to(DAY + timedelta(days=1))
    with pytest.raises(client.exceptions.ClientError, match="PreconditionFailed"):
        client.put_object(Bucket="inbox", Key="once", Body=b"2", IfNoneMatch="*")
    assert client.head_object(Bucket="inbox", Key="once")["LastModified"] == DAY + timedelta(seconds=1)
    client.put_object(Bucket="inbox", Key="once", Body=b"3")
    assert client.head_object(Bucket="inbox", Key="once")["LastModified"] == DAY + timedelta(days=1, seconds=1)


def test_a_large_object_in_parts_and_a_copy_are_of_their_day(connection: Connection, told: DatedStore) -> None:
    client = client_of(connection, told.endpoint)
    upload = client.create_multipart_upload(Bucket="inbox", Key="large")["UploadId"]
    part = client.upload_part(Bucket="inbox", Key="large", UploadId=upload, PartNumber=1, Body=bytes(6 << 20))
    told.turn_to(DAY + timedelta(days=2))
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    client.complete_multipart_upload(Bucket="inbox", Key="large", UploadId=upload, MultipartUpload=parts)
    got = client.get_object(Bucket="inbox", Key="large")
    assert len(got["Body"].read()) == 6 << 20
    assert got["LastModified"] == DAY + timedelta(days=2, seconds=1)
    copied = client.copy_object(Bucket="inbox", Key="copy", CopySource="inbox/large")["CopyObjectResult"]
    assert copied["LastModified"] == DAY + timedelta(days=2, seconds=2)


def test_time_only_goes_on(told: DatedStore) -> None:
    with pytest.raises(AssertionError, match="only goes on"):
        told.turn_to(DAY - timedelta(days=1))
