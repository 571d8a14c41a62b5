"""Make the package of a film: renditions, playlists, metadata, manifest and checksums in one folder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import durable
from pipeline.media import hls
from pipeline.media.timecode import webvtt
from pipeline.model.base import canonical
from pipeline.model.capability import Capability
from pipeline.model.inspection import Inspection
from pipeline.model.package import Acceptance, Package, PackageFile, Source, Tool
from pipeline.model.plan import Form, Plan, Tiles
from pipeline.model.rendition import Rendition, StoredFile
from pipeline.model.submission import Submission
from pipeline.package import checksums
from pipeline.package.metadata import c2

MANIFEST = "package.json"
MASTER = "hls/master.m3u8"
ORDER = "metadata/c2.xml"
THUMBNAILS = "images/sprite.vtt"
VERSION = 1  # part of the stage's key

_ROLES = {
    Form.MPEGTS: "stream", Form.HLS_VIDEO: "hls", Form.HLS_AUDIO: "hls", Form.POSTER: "poster", Form.SPRITE: "sprite",
}  # fmt: skip


@dataclass(frozen=True)
class Contents:
    """Everything a package is made from."""

    submission: Submission
    revision: int
    inspection: Inspection
    plan: Plan
    acceptance: Acceptance
    capability: Capability
    renditions: tuple[Rendition, ...]


def package_id(submission: Submission, plan: Plan, acceptance: Acceptance, capability: Capability) -> str:
    """The same on every machine: 20 hex digits of what decides the package's bytes."""
    parts = [submission.fingerprint(), plan.fingerprint(), acceptance.fingerprint(), capability.build, VERSION]
    return hashlib.sha256(canonical(parts)).hexdigest()[:20]


def build(contents: Contents, root: Path, tools: Sequence[Tool]) -> Package:
    """Write playlists, metadata, manifest and checksums beside the renditions in `root`."""
    files = [
        PackageFile(**stored.model_dump(), role=_ROLES[item.form], rendition=item.name)
        for item in contents.renditions
        for stored in item.files
    ]
    if playlist := _multivariant(contents):
        files.append(_write(root, MASTER, playlist.encode(), "hls"))
    for output in contents.plan.outputs:
        if output.tiles:
            text = thumbnails(output.tiles, contents.plan.duration_s)
            files.append(_write(root, THUMBNAILS, text.encode(), "thumbnails"))
    identity = contents.submission.identity()
    work_order = c2.order(
        contents.submission, identity=identity, revision=contents.revision, renditions=contents.renditions,
        files=files,
        budgets={output.name: output.expected.mux for output in contents.plan.outputs if output.expected.mux},
    )  # fmt: skip
    files.append(_write(root, ORDER, c2.render(work_order), "metadata"))
    made = Package(
        package_id=package_id(contents.submission, contents.plan, contents.acceptance, contents.capability),
        submission_id=identity,
        revision=contents.revision,
        prefecture=contents.submission.prefecture,
        submission=contents.submission,
        source=Source(
            sha256=contents.inspection.sha256, size_bytes=contents.inspection.size_bytes,
            media=contents.inspection.media,
        ),
        acceptance=contents.acceptance,
        duration_s=contents.plan.duration_s,
        renditions=contents.renditions,
        profiles=contents.plan.profiles,
        tools=tuple(tools),
        files=tuple(sorted(files, key=lambda item: item.path.encode())),
    )  # fmt: skip
    manifest = _write(root, MANIFEST, made.to_file(), "manifest")
    durable.write(root / checksums.NAME, checksums.render([*files, manifest]))
    return made


def thumbnails(tiles: Tiles, duration_s: float) -> str:
    """WebVTT whose cues name a part of the sheet (`#xywh=`), one for each small picture."""
    cues = ["WEBVTT", ""]
    for index in range(tiles.count):
        start, end = index * tiles.step_s, min((index + 1) * tiles.step_s, duration_s)
        x, y = index % tiles.columns * tiles.width, index // tiles.columns * tiles.height
        cues += [f"{webvtt(start)} --> {webvtt(end)}", f"sprite.jpg#xywh={x},{y},{tiles.width},{tiles.height}", ""]
    return "\n".join(cues)


def _multivariant(contents: Contents) -> str | None:
    sound = next((item for item in contents.renditions if item.form is Form.HLS_AUDIO), None)
    heaviest = (sound.bandwidth_bps or 0, sound.average_bandwidth_bps or 0) if sound else (0, 0)
    variants = []
    for item, output in zip(contents.renditions, contents.plan.outputs, strict=True):
        if item.form is not Form.HLS_VIDEO:
            continue
        track = item.media.video[0]
        codecs = ",".join(name for name in (item.codecs, sound.codecs if sound else None) if name)
        variants.append(
            hls.Variant(
                uri=output.file.removeprefix("hls/"), bandwidth_bps=(item.bandwidth_bps or 0) + heaviest[0],
                average_bps=(item.average_bandwidth_bps or 0) + heaviest[1], codecs=codecs,
                width=track.width, height=track.height,
                frame_rate=float(output.expected.video.frame_rate or 0) if output.expected.video else 0.0,
            )
        )  # fmt: skip
    if not variants:
        return None
    group = None
    if sound:
        language = sound.language or "und"
        group = hls.SoundGroup("audio/index.m3u8", name=language, language=hls.language_tag(language), channels=2)
    return hls.write_multivariant(variants, group)


def _write(root: Path, name: str, content: bytes, role: str) -> PackageFile:
    path = root / name
    durable.make_folder(path.parent)
    durable.write(path, content)
    stored = StoredFile(path=name, size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
    return PackageFile(**stored.model_dump(), role=role)
