"""The MD5 of what was made before: filled in from one read that also holds the SHA-256, or kept out of a package."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pipeline import durable
from pipeline.errors import IntegrityError
from pipeline.execute import md5_sums
from pipeline.model.plan import OutputForm
from pipeline.model.rendition import Rendition, StoredFile
from tests.programmes import rendition

CONTENT = b"a stream" * 200_000  # more than a block


def made(folder: Path, form: OutputForm, md5: str | None = None) -> Rendition:
    """What lies in a stage's folder."""
    (folder / "ts").mkdir(exist_ok=True)
    (folder / "ts" / "a.ts").write_bytes(CONTENT)
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    file = StoredFile(path="ts/a.ts", size_bytes=len(CONTENT), sha256=sha256, md5=md5)
    return rendition("iptv-sd", form).model_copy(update={"files": (file,)})


def test_one_read_gives_both_digests(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(CONTENT)
    md5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    assert durable.digests(tmp_path / "a") == (durable.digest(tmp_path / "a"), md5)


def test_what_has_none_is_read_and_what_has_one_is_not(tmp_path: Path) -> None:
    (filled,) = md5_sums.with_md5([made(tmp_path, OutputForm.MPEGTS)], tmp_path)
    assert filled.files[0].md5 == hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    (tmp_path / "ts" / "a.ts").unlink()
    assert md5_sums.with_md5([filled], tmp_path) == [filled]
    assert md5_sums.without_md5([filled])[0].files[0].md5 is None


def test_only_what_adi_names_gets_one(tmp_path: Path) -> None:
    ladder = made(tmp_path, OutputForm.HLS_VIDEO)
    assert md5_sums.with_md5([ladder], tmp_path) == [ladder]
    assert "md5" not in ladder.files[0].model_dump()


def test_a_file_that_changed_is_not_vouched_for(tmp_path: Path) -> None:
    stream = made(tmp_path, OutputForm.MPEGTS)
    (tmp_path / "ts" / "a.ts").write_bytes(CONTENT[:-1] + b"!")
    with pytest.raises(IntegrityError, match="file_differs"):
        md5_sums.with_md5([stream], tmp_path)
