"""Packages that hold nothing but their two lists and a marker: for what is about records, not about media."""

from __future__ import annotations

import hashlib

from pipeline.model.delivery import Ready
from pipeline.model.finding import Verdict
from pipeline.model.package import Acceptance, Package
from pipeline.model.rendition import StoredFile
from pipeline.model.submission import Kind, MediaFile, Role, Submission
from pipeline.package import checksums
from pipeline.storage.buckets import Buckets


def package_id_of(ref: str, revision: int = 1) -> str:
    """The id of a package that `deliver` puts."""
    return hashlib.sha256(f"{ref} {revision}".encode()).hexdigest()[:20]


def deliver(
    buckets: Buckets,
    ref: str,
    column: str | None = None,
    *,
    title: str = "",
    revision: int = 1,
    marked: bool = True,
    torn: bool = False,
) -> str:
    """A ready package without files, and its id; `marked` where its marker says the column, as ours do."""
    prefecture, name = ref.split("/")
    package_id = package_id_of(ref, revision)
    given = Submission(
        schema_version=1,
        id=name,
        title=title or name,
        kind=Kind.FILM,
        prefecture=prefecture,
        column=column,
        media=(MediaFile(file="film.mp4", role=Role.MAIN),),
    )
    manifest = Package(
        package_id=package_id,
        submission_id=name,
        revision=revision,
        prefecture=prefecture,
        submission=given,
        acceptance=Acceptance(verdict=Verdict.ACCEPT, judgements=()),
        duration_s=1.0,
        parts=(),
        renditions=(),
        tools=(),
        files=(),
    ).to_file()
    ready = Ready(
        package_id=package_id,
        submission_id=name,
        title=title or name,
        revision=revision,
        manifest_sha256=hashlib.sha256(manifest).hexdigest(),
        files=2,
        size_bytes=len(manifest),
        column=(column or "") if marked else None,
    )
    key = f"{ref}/{package_id}/"
    assert buckets.delivery.put_if_absent(key + "package.json", b"[" if torn else manifest)
    listed = StoredFile(path="package.json", size_bytes=len(manifest), sha256=ready.manifest_sha256)
    assert buckets.delivery.put_if_absent(key + "checksums.sha256", checksums.render([listed]))
    assert buckets.delivery.put_if_absent(key + "READY.json", ready.to_file())
    return package_id
