"""Finished stages that machines share: small outputs, such as inspections, under the stage's key, marker last.

The files lie under a name of their own contents, so that of two machines that made different ones neither touches the
other's: the marker, which is put once, decides.
"""

from __future__ import annotations

from pathlib import Path

from pipeline import durable
from pipeline.errors import IntegrityError
from pipeline.model.rendition import StoredFile
from pipeline.model.stage import Stage
from pipeline.model.stage_record import StageRecord
from pipeline.storage import layout
from pipeline.storage.bucket import Bucket
from pipeline.storage.place import Place
from pipeline.storage.transfer import download, upload

_LENGTH = 16  # of the name of contents


def is_there(bucket: Bucket, stage: Stage) -> bool:
    """Whether somebody has published it: one request."""
    return _place(bucket, stage).has(layout.STAGE)


def publish(bucket: Bucket, stage: Stage, folder: Path) -> bool:
    """Bring the files of a finished stage to the store; False where they were there already.

    Args:
        folder: its output, whose own `stage.json` stays here.

    Raises:
        IntegrityError: another output was published under its key. TransferError: the line fails after retries.
    """
    place = _place(bucket, stage)
    record = StageRecord(stage=stage, files=tuple(_files(folder)))
    there = place.marker(layout.STAGE, StageRecord, stage=stage)
    if there is None:
        contents = _contents(place, record)
        upload.upload(contents, folder, record.files)
        upload.confirm(contents, record.files)
        if place.put_if_absent(layout.STAGE, record):
            return True
        there = place.marker(layout.STAGE, StageRecord, stage=stage)
    if there != record:
        raise IntegrityError("stage_differs", where=place.where(), stage=stage.name)
    return False


def fetch(bucket: Bucket, stage: Stage, folder: Path) -> None:
    """Its files into a folder, as the marker lists them: for whoever gives the folder its final name.

    Raises:
        IntegrityError: nobody has published it, or a file is not what the marker lists.
        TransferError: the line fails after retries.
    """
    place = _place(bucket, stage)
    record = place.marker(layout.STAGE, StageRecord, stage=stage)
    if record is None:
        raise IntegrityError("object_differs", where=place.where(layout.STAGE))
    download.download(_contents(place, record), record.files, folder)


def _place(bucket: Bucket, stage: Stage) -> Place:
    return Place(bucket, layout.stage_prefix(stage.name, stage.key))


def _contents(place: Place, record: StageRecord) -> Place:
    return Place(place.bucket, f"{place.prefix}{record.fingerprint()[:_LENGTH]}/")


def _files(folder: Path) -> list[StoredFile]:
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return [
        StoredFile(path=name, size_bytes=path.stat().st_size, sha256=durable.digest(path))
        for name, path in sorted(paths.items())
        if name != layout.STAGE
    ]
