"""A package, a bare stream or a ladder as the operator has it: bytes as listed, streams that decode, all in time."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.documents import structure
from pipeline.errors import InputError, MediaError, Refused
from pipeline.execute import package_folder, rungs
from pipeline.execute.context import Context
from pipeline.execute.folder_problem import CheckLine, FolderCheck, Problem, Result, check_lines
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import first_bytes
from pipeline.media.hls import ladder as hls
from pipeline.media.hls import validator
from pipeline.media.hls.clauses.unread import UNCHECKED
from pipeline.media.hls.ladder import Ladder
from pipeline.media.hls.playlist import NotPlaylist
from pipeline.media.mpegts import analysis, scrambling
from pipeline.media.mpegts.packets import NotTransportStream
from pipeline.media.mpegts.tables import AUDIO, VIDEO
from pipeline.model.package import Package
from pipeline.model.plan import OutputForm
from pipeline.model.rendition import Rendition
from pipeline.model.stream import LadderReport, StreamReport
from pipeline.model.submission import Role
from pipeline.package import build as packaging
from pipeline.package import checksums
from pipeline.transcode.decode import EncodedFile, decode

MULTIVARIANT = "master.m3u8"
_DOCUMENTS = (Role.DOCUMENT.value, Role.SLIDES.value)
_EDITED = (
    *("manifest_edited", "not_announced", "not_the_stores", "manifest_unlike", "untold"),
    *("marker_format", "marker_other", "marker_edited", "listing_manifest", "listing_edited"),
)
_UNSOUND = ("files", "files.empty", "files.page", "files.foreign", "R4", "A8.20")


@dataclass
class Verified:
    """What was looked at and what was found.

    Args:
        manifest_sha256: which package a folder says it is, by its marker or its list; None where that can't be read.
        package: what its manifest says; None likewise.
        checks: of a folder, a line for each thing that was looked at.
    """

    files: int = 0
    manifest_sha256: str | None = None
    package: Package | None = None
    streams: dict[str, StreamReport] = field(default_factory=dict)
    ladders: dict[str, LadderReport] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    checks: list[CheckLine] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """6 where bytes are not as listed, 4 where something can't be read, 1 where a stream is not as it must be."""
        return max((problem.exit_code for problem in self.problems), default=0)

    @property
    def ways_out(self) -> list[str]:
        """What can be done about the problems of a package's folder, by name: `pull` mends, files are moved away."""
        kinds = {problem.kind for problem in self.problems}
        ways = {
            "pull": {"missing", "differs", "format", *_EDITED},
            "extra": {"extra"},
            "withdrawn": {"withdrawn", "withdrawn_since"},
            "superseded": {"superseded"},
            "unknown": {"store_unknown", "store_marker"},
        }
        return [way for way, meant in ways.items() if kinds & meant]


def package(context: Context, root: Path, scratch: Path, ask_store: package_folder.AskStore | None = None) -> Verified:
    """Bytes, lists and marker (`package_folder`), then every stream.

    Raises:
        InputError: the folder is no package. EnvironmentFault, TransferError: the store does not answer.
    """
    folder = package_folder.examine(root, ask_store)
    result = Verified(folder.files, folder.announced or (folder.listed or {}).get(packaging.MANIFEST), folder.manifest)
    result.problems += folder.problems
    if result.problems or folder.manifest is None:
        folder.apart[FolderCheck.CONTENT] = (Result.SKIPPED, "bytes_wrong")
    else:  # what is not as listed, or not to be aired, is not worth decoding
        _content(context, root, folder.manifest, scratch, result)
    result.checks = check_lines(result.problems, folder.apart)
    return result


def _content(context: Context, root: Path, manifest: Package, scratch: Path, result: Verified) -> None:
    """Playlists, streams and documents of a package whose bytes are as listed."""
    for name in (item.path for item in manifest.files if item.path.endswith(f"/{MULTIVARIANT}")):
        try:
            _judged_ladder(root / name, name, result)
        except NotPlaylist as error:
            result.problems.append(Problem(name, "playlist", str(error)))
    for rendition in manifest.renditions:
        _rendition(context, root, rendition, scratch, result)
    for name in (item.path for item in manifest.files if item.role in _DOCUMENTS):
        _document(root, name, result)


def _document(root: Path, name: str, result: Verified) -> None:
    """It opens: who shows it to people is not the first to try.

    Raises:
        EnvironmentFault: the extra that reads documents is not installed.
    """
    try:
        structure.examine(root / name)
    except Refused as refused:
        result.problems.append(Problem(name, "document", refused.code, MediaError.exit_code))


def _unreadable(name: str, error: OSError) -> Problem:
    """A read error on the way: a disk or stick that fails, or was taken out."""
    return Problem(name, checksums.UNREADABLE, error.strerror or str(error), MediaError.exit_code)


def stream(context: Context, path: Path, scratch: Path) -> Verified:
    """A bare transport stream, judged as a delivery to IPTV.

    Raises:
        InputError: the file is none.
    """
    result = Verified(files=1)
    if scrambling.is_scrambled(path, pictures=False):
        result.problems.append(Problem(path.name, "ts_scrambled"))
        return result
    try:
        found = analysis.analyse(path)
    except NotTransportStream as error:
        if first_bytes.demuxer(path) != "mpegts":  # which says what else it is
            raise InputError("not_a_package", where=str(path)) from error
        result.problems.append(Problem(path.name, str(error)))
        return result
    except OSError as error:
        first_bytes.demuxer(path)  # which says so where not even the first bytes can be read
        result.problems.append(_unreadable(path.name, error))
        return result
    _judged(found, path.name, result)
    picture = any(track.units for track in found.tracks if track.codec in VIDEO)
    sounds = sum(bool(track.units) for track in found.tracks if track.codec in AUDIO)
    _decode(context, EncodedFile(path, OutputForm.MPEGTS, path.name, picture, sounds), scratch, result)
    return result


def ladder(context: Context, path: Path, scratch: Path) -> Verified:
    """A playlist with everything that it names, judged as a delivery to players.

    Raises:
        InputError: the file is no playlist, not in UTF-8, or names nothing.
    """
    result = Verified(files=1)
    try:
        found = _judged_ladder(path, path.name, result)
    except NotPlaylist as error:
        raise InputError(error.key, where=str(path)) from error
    if found is None:
        return result
    errors = result.ladders[path.name].errors
    if any(check.id in _UNSOUND for check in errors):
        return result  # what is not there, or not a playlist's words, is not worth decoding
    # what does not follow on does not decode either: one cause is told once
    torn = {place.file for check in errors if check.id == "A7.2" for place in check.places}
    played = {item.path: item for role in ("variant", "audio") for item in found.by_role(role) if item.uri not in torn}
    for number, item in enumerate(played.values()):
        for encoded in rungs.encoded_files(item, scratch / str(number)):
            if _decode(context, encoded, scratch, result) is None:
                break  # one cause is told once
    return result


def _judged_ladder(path: Path, name: str, result: Verified) -> Ladder | None:
    try:
        found = hls.read(path)
    except OSError as error:
        result.problems.append(_unreadable(name, error))
        return None
    judged = result.ladders[name] = validator.report(found)
    broken = {check.id for check in judged.errors}
    # nothing was found wrong in these, and nothing was seen that could be called good; R 4 tells of undefined names
    unchecked = [
        check for check in judged.checks if check.id in UNCHECKED and not (check.id == "undefined" and "R4" in broken)
    ]
    result.problems += [Problem(name, check.id, check.text or "", MediaError.exit_code) for check in unchecked]
    result.problems += [Problem(name, "check", analysis.summary(check), check=check) for check in judged.errors]
    return found


def _rendition(context: Context, root: Path, rendition: Rendition, scratch: Path, result: Verified) -> None:
    if rendition.form is OutputForm.MPEGTS:
        name = rendition.files[0].path
        try:
            _judged(analysis.analyse(root / name), name, result)
        except NotTransportStream as error:
            result.problems.append(Problem(name, str(error)))
        except OSError as error:
            result.problems.append(_unreadable(name, error))
    main = next((item.path for item in rendition.files if item.path.endswith("/index.m3u8")), rendition.files[0].path)
    sounds = max(1, len(rendition.media.audio)) if rendition.form.has_sound else 0
    encoded = EncodedFile(root / main, rendition.form, main, rendition.form.has_picture, sounds)
    frames = _decode(context, encoded, scratch, result)
    image = rendition.form.has_picture and not rendition.form.has_sound and rendition.form is not OutputForm.HLS_VIDEO
    counted = frames is not None and rendition.frames is not None and not image
    if counted and frames != rendition.frames:
        result.problems.append(Problem(main, "frames", f"{frames}, manifest {rendition.frames}"))


def _judged(found: StreamReport, name: str, result: Verified) -> None:
    result.streams[name] = found
    result.problems += [Problem(name, "check", analysis.summary(check), check=check) for check in found.errors]


def _decode(context: Context, encoded: EncodedFile, scratch: Path, result: Verified) -> int | None:
    runner = Runner(context.ffmpeg, scratch, scratch / "decode.log")
    try:
        frames, _ = decode(encoded, runner, on_progress=context.progress_of(f"verify {encoded.name}"))
    except MediaError as error:
        result.problems.append(Problem(encoded.name, "decode", error.detail or error.key))
        return None
    return frames
