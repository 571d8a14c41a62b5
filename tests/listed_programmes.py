"""A film and a course as a branch's table lists them, and their packages in a store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pipeline.exchange.choosing import CHINA
from pipeline.exchange.listing import PROGRAMME
from pipeline.model.delivery import Delivery
from pipeline.model.finding import Verdict
from pipeline.model.package import Acceptance, Package, PackageFile
from pipeline.model.plan import OutputForm
from pipeline.model.programme import Programme
from pipeline.model.reference import SubmissionRef
from pipeline.model.rendition import StoredFile
from pipeline.model.submission import Submission
from pipeline.package import build, checksums
from pipeline.package.branch_table.rows import ListedProgramme
from pipeline.package.programme import PackagedPart
from pipeline.storage.buckets import Buckets
from tests.programmes import planned, programme, rendition, still

READY = datetime(2026, 7, 2, 8, 30, tzinfo=CHINA)
FILM = {
    "schema_version": 1,
    "id": "653200-cunyi",
    "prefecture": "653200",
    "title": {"zh": "我们的村医", "en": "Our village doctor"},
    "synopsis": "和田农村医生的一天。",
    "column": "七一展播",
    "credits": {"director": "=张三", "cast": ["甲", "乙"]},
    "licence": {"from": "2026-07-01", "until": "2029-06-30"},
    "air_date": "2026-07-01",
    "media": [{"file": "f.mp4", "role": "main"}],
}
COURSE = {
    "schema_version": 1,
    "id": "650100-mianhua",
    "prefecture": "650100",
    "title": "棉花栽培",
    "kind": "course",
    "media": [{"file": "a.mp4", "role": "main", "part": "01"}, {"file": "b.mp4", "role": "main", "part": "02"}],
}


def film(revision: int = 1, **words: object) -> ListedProgramme:
    submission = Submission.model_validate_json(json.dumps({**FILM, **words}))
    renditions = (
        rendition("iptv-hd", OutputForm.MPEGTS),
        rendition("iptv-sd", OutputForm.MPEGTS),
        rendition("poster", OutputForm.POSTER),
        rendition("poster-portrait", OutputForm.POSTER, still(720, 1280)),
    )
    part = PackagedPart(1, planned("iptv-hd", "iptv-sd"), renditions, {"uig": "subtitles/uig.vtt"})
    return ListedProgramme(programme(submission, revision, [(part, 1, submission.title_zh)]), "a" * 16, READY)


def course(**words: object) -> ListedProgramme:
    submission = Submission.model_validate_json(json.dumps({**COURSE, **words}))
    parts = [
        (
            PackagedPart(
                key,
                planned(f"{key}-hd"),
                (rendition(f"{key}-hd", OutputForm.MPEGTS), rendition(f"{key}-poster", OutputForm.POSTER)),
                {},
            ),
            number,
            title,
        )
        for number, (key, title) in enumerate((("01", "播种"), ("02", "管理")), start=1)
    ]
    return ListedProgramme(programme(submission, 1, parts), "b" * 16, READY)


def heard() -> ListedProgramme:
    submission = Submission.model_validate_json(json.dumps(COURSE))
    parts = [(PackagedPart("01", planned(), (), {}), 1, "听")]
    return ListedProgramme(programme(submission, 1, parts), "c" * 16, READY)


def film_of(title: str, column: str | None = None, prefecture: str = "653200", revision: int = 1) -> Programme:
    """A film by its title, which is its id too."""
    words = {"id": title, "prefecture": prefecture, "title": title}
    return film(revision, **words, **({"column": column} if column else {})).programme


def with_bytes(told: Programme, contents: Mapping[str, bytes]) -> Programme:
    """The programme with the digests of these files."""

    def one(stream: object) -> object:
        content = contents[stream.file]  # type: ignore[attr-defined]
        digest = hashlib.sha256(content).hexdigest()
        return stream.model_copy(update={"sha256": digest, "size_bytes": len(content)})  # type: ignore[attr-defined]

    parts = tuple(
        part.model_copy(update={"streams": tuple(map(one, part.streams)), "posters": tuple(map(one, part.posters))})
        for part in told.parts
    )
    return told.model_copy(update={"parts": parts})


def deliver(buckets: Buckets, told: Programme, folder: Path, *, described: bool = True) -> Delivery:
    """Its package in the store, with files of a few bytes.

    Args:
        described: whether it says what its programme is, as packages did not before.
    """
    files = [item.file for part in told.parts for item in (*part.streams, *part.posters)]
    contents = {path: f"{told.description.identity} {told.revision} {path}".encode() for path in files}
    told = with_bytes(told, contents)
    if described:
        contents[PROGRAMME] = told.to_file()
    listed = []
    for path, content in contents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        role = "metadata" if path == PROGRAMME else "stream"
        listed.append(PackageFile(path=path, size_bytes=len(content), sha256=digest, role=role))
    said = told.description
    package = Package(
        package_id=hashlib.sha256(f"{said.prefecture} {said.identity} {told.revision}".encode()).hexdigest()[:20],
        submission_id=said.identity,
        revision=told.revision,
        prefecture=said.prefecture,
        submission=Submission.model_validate_json(
            json.dumps({**FILM, "id": said.identity, "prefecture": said.prefecture, "title": said.title.zh})
        ),
        acceptance=Acceptance(verdict=Verdict.ACCEPT, judgements=()),
        duration_s=24.0,
        parts=(),
        renditions=(),
        tools=(),
        files=tuple(listed),
    )
    content = package.to_file()
    (folder / build.MANIFEST).write_bytes(content)
    manifest = StoredFile(path=build.MANIFEST, size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
    (folder / checksums.NAME).write_bytes(checksums.render([*package.files, manifest]))
    place = buckets.place_of_delivery(SubmissionRef(said.prefecture, said.identity)).package(package.package_id)
    return place.deliver(package, folder)
