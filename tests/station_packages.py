"""Packages of courses as `pull` leaves them, written by hand: a part of each kind, with slides, times and hand-outs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.model.course import CoursePart, Title
from pipeline.model.finding import Verdict
from pipeline.model.media import AudioTrack
from pipeline.model.package import Acceptance, Package, PackageFile, PackagePart, Source
from pipeline.model.plan import OutputForm
from pipeline.model.rendition import Rendition, StoredFile
from pipeline.model.submission import Kind, MediaFile, Role, Submission
from pipeline.package import build, checksums
from tests.factories import audio, inspection, video

TITLES = {"01": "播种", "02": "田间管理", "03": "采收"}


@dataclass
class CourseFolder:
    """A package that grows file by file, and is closed by `write`."""

    root: Path
    title: str = "棉花栽培入门"
    identity: str = "653200-mianhua"
    revision: int = 1
    parts: list[PackagePart] = field(default_factory=list)
    files: list[PackageFile] = field(default_factory=list)
    renditions: list[Rendition] = field(default_factory=list)
    expected: list[CoursePart] = field(default_factory=list)

    def put(self, path: str, content: bytes, role: str, part: str | None, **more: str | None) -> PackageFile:
        """A file of it."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        item = PackageFile(path=path, size_bytes=len(content), sha256=digest, role=role, part=part, **more)
        self.files.append(item)
        return item

    def part(self, key: str, title: str, seconds: float, unit: str | None = None, title_en: str | None = None) -> None:
        """A part that is there."""
        self.expected.append(CoursePart(id=key, unit=unit, title=Title(zh=title, en=title_en)))
        film = inspection()
        self.parts.append(
            PackagePart(
                number=len(self.expected),
                id=key,
                title=title,
                title_en=title_en,
                unit=unit,
                source=Source(sha256="0" * 64, size_bytes=1, media=film.media),
                duration_s=seconds,
                set_name="course-slides",
                profiles=(),
            )
        )

    def rendition(self, key: str, name: str, form: OutputForm, file: PackageFile, sounds: Sequence[AudioTrack]) -> None:
        """One output of a part."""
        media = inspection(video_tracks=(video(),) if form.has_picture else (), audio_tracks=tuple(sounds)).media
        stored = StoredFile(path=file.path, size_bytes=file.size_bytes, sha256=file.sha256)
        made = Rendition(
            name=name,
            part=key,
            profile=name,
            form=form,
            language=sounds[0].language if sounds else None,
            files=(stored,),
            media=media,
        )
        self.renditions.append(made)

    def film(self, key: str, content: bytes, languages: Sequence[str] = ("zho",)) -> None:
        """The MP4 for stations."""
        file = self.put(f"part{key}/mp4/station.mp4", content, "file", key, rendition="station")
        self.rendition(key, "station", OutputForm.MP4, file, [audio(language=item) for item in languages])

    def lesson(self, key: str, content: bytes, language: str = "zho") -> None:
        """Sound alone."""
        file = self.put(f"part{key}/audio/audio-mp3.mp3", content, "file", key, rendition="audio-mp3")
        self.rendition(key, "audio-mp3", OutputForm.AUDIO, file, [audio(language=language)])

    def deck(self, key: str, pages: Sequence[bytes], times: Sequence[tuple[float, int, str]], name: str) -> None:
        """Slides that are shown by times, with their pictures and chapters."""
        content = f"%PDF-1.7 {name}".encode()
        digest = hashlib.sha256(content).hexdigest()
        folder = f"part{key}/documents/{digest[:12]}"
        self.put(f"{folder}.pdf", content, "slides", key, file=name)
        for number, page in enumerate(pages, start=1):
            self.put(f"{folder}/{number:04}.jpg", page, "page", key)
        shown = [{"start_s": start, "page": page, "title": title} for start, page, title in times]
        told = json.dumps({"deck": digest, "pages": shown}).encode()
        self.put(f"part{key}/slides.json", told, "slide_times", key)
        ends = [*(start for start, _, _ in times[1:]), times[-1][0] + 60]
        cues = [
            f"{at}\n{_clock(start)} --> {_clock(end)}\n{title}\n\n"
            for at, ((start, _, title), end) in enumerate(zip(times, ends, strict=True), start=1)
        ]
        self.put(f"part{key}/chapters.vtt", ("WEBVTT\n\n" + "".join(cues)).encode(), "chapters", key)

    def subtitles(self, key: str, language: str, cues: Sequence[tuple[float, float, str]]) -> None:
        """One file of subtitles."""
        text = "WEBVTT\n\n" + "".join(f"{_clock(start)} --> {_clock(end)}\n{line}\n\n" for start, end, line in cues)
        self.put(f"part{key}/subtitles/{language}.vtt", text.encode(), "subtitles", key, language=language)

    def write(self, edit: Callable[[Package], Package] = lambda package: package) -> Path:
        """The manifest and the list of digests."""
        media = tuple(MediaFile(file=f"{item.id}.mp4", role=Role.MAIN, part=item.id) for item in self.parts)
        submission = Submission(
            schema_version=1,
            id=self.identity,
            title=Title(zh=self.title, en="Growing cotton"),
            kind=Kind.COURSE,
            prefecture="653200",
            parts=tuple(self.expected),
            media=media,
        )
        package = Package(
            package_id=hashlib.sha256(f"{self.identity} {self.revision}".encode()).hexdigest()[:20],
            submission_id=self.identity,
            revision=self.revision,
            prefecture="653200",
            submission=submission,
            acceptance=Acceptance(verdict=Verdict.ACCEPT, judgements=()),
            duration_s=sum(item.duration_s for item in self.parts),
            parts=tuple(self.parts),
            renditions=tuple(self.renditions),
            tools=(),
            files=tuple(sorted(self.files, key=lambda item: item.path.encode())),
        )
        package = edit(package)
        content = package.to_file()
        (self.root / build.MANIFEST).write_bytes(content)
        manifest = StoredFile(path=build.MANIFEST, size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
        (self.root / checksums.NAME).write_bytes(checksums.render([*package.files, manifest]))
        return self.root


def _clock(seconds: float) -> str:
    return f"00:{int(seconds) // 60:02}:{seconds % 60:06.3f}"
