"""What was measured of an output against what the plan says of it; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.media.codecs.codec import SequenceParameters
from pipeline.model.chapter import Chapter
from pipeline.model.languages import UNKNOWN
from pipeline.model.loudness import Loudness
from pipeline.model.media import Media, Scan
from pipeline.model.plan import Expected, ExpectedVideo
from pipeline.model.rendition import Gate, KeyPictures, StoredFile

ASPECT_SLACK = 0.01
RATE_SLACK = 0.01
CHAPTER_SLACK_S = 0.001  # containers hold milliseconds and finer


@dataclass(frozen=True)
class MeasuredOutput:
    """What was measured of one output."""

    files: tuple[StoredFile, ...]
    media: Media
    frames: int
    duration_s: float | None
    loudness: tuple[Loudness, ...] = ()  # of each sound track
    gate: Gate | None = None
    codecs: str | None = None
    bandwidth: tuple[int, int] | None = None
    key_pictures: KeyPictures | None = None
    parameters: SequenceParameters | None = None  # the stream's own word, where it was read
    chapters: tuple[tuple[float, str], ...] = ()  # when each begins, and its title
    generated_label: str | None = None  # where one was planned


def differences(expected: Expected, found: MeasuredOutput) -> list[str]:
    """Pure: each figure that is not as planned, as «name: found, planned»."""
    pairs: list[tuple[str, object, object, bool]] = []

    def same(name: str, is_now: object, planned: object) -> None:
        pairs.append((name, is_now, planned, is_now == planned))

    def near(name: str, is_now: float | None, planned: float, slack: float) -> None:
        pairs.append(
            (name, is_now, f"{planned:g} ± {slack:g}", is_now is not None and abs(is_now - planned) <= slack + 1e-6)
        )

    if want := expected.video:
        tracks = found.media.video or found.media.images
        same("video tracks", len(tracks), 1)
        for track in tracks[:1]:
            profile, _, level = (track.profile or "").partition("@L")
            level = level.partition("@")[0]  # of HEVC the tier stands behind it
            same("codec", track.codec, want.codec)
            same("size", f"{track.width}x{track.height}", f"{want.width}x{want.height}")
            same("turn", track.rotation, 0)  # of a mirror MediaInfo says 180: players would turn it once more
            if want.profile:
                same("profile", profile, want.profile)
            if want.level:
                same("level", float(level or 0), float(want.level))
            if want.frame_rate:
                near("frame rate", track.frame_rate, want.frame_rate, RATE_SLACK)
                same("fields", track.scan is Scan.INTERLACED, want.interlaced)
                near("display aspect", track.display_aspect, want.display_aspect, ASPECT_SLACK)
        near("frames", found.frames, want.frames, want.frames_slack)
        if want.frame_rate and expected.duration_s is not None:
            slack = expected.duration_slack_s + want.frames_slack / want.frame_rate
            near("duration", found.duration_s, expected.duration_s, slack)
    if expected.audio:
        same("audio tracks", len(found.media.audio), len(expected.audio))
        for number, (planned, sound) in enumerate(zip(expected.audio, found.media.audio, strict=False)):
            which = f" {number + 1}" if number else ""
            same(f"audio codec{which}", sound.codec, planned.codec)
            same(f"channels{which}", sound.channels, planned.channels)
            same(f"sample rate{which}", sound.sample_rate_hz, planned.sample_rate_hz)
            # of a transport stream the analyser says it; None is a form or a code that MediaInfo has no word for
            if sound.language and planned.language != UNKNOWN and not expected.mux:
                same(f"language{which}", sound.language, planned.language)
            if planned.loudness_lkfs is not None:
                loud = found.loudness[number] if number < len(found.loudness) else None
                is_now = loud.integrated_lkfs if loud else None
                near(f"loudness{which}", is_now, planned.loudness_lkfs, planned.loudness_slack_lu)
                peak = loud.true_peak_dbtp if loud else None
                most = planned.true_peak_dbtp
                pairs.append((f"true peak{which}", peak, f"≤ {most:g}", peak is not None and peak <= most))
        if not expected.video and expected.duration_s is not None:
            near("duration", found.duration_s, expected.duration_s, expected.duration_slack_s)
    size = sum(item.size_bytes for item in found.files)
    pairs.append(("size", size, f"≤ {expected.most_bytes}", size <= expected.most_bytes))
    if expected.mux and found.duration_s:
        same("bit rate mode", found.media.video[0].bitrate_mode if found.media.video else None, "cbr")
    wrong = [f"{name}: {is_now}, planned {planned}" for name, is_now, planned, good in pairs if not good]
    wrong += chapter_differences(expected.chapters, found.chapters)
    return [*wrong, *(coded_differences(want, found.parameters) if want and found.parameters else ())]


def chapter_differences(planned: Sequence[Chapter], found: Sequence[tuple[float, str]]) -> list[str]:
    """Pure: chapters that begin elsewhere, are called otherwise, or are not there."""
    wrong = [] if len(found) == len(planned) else [f"chapters: {len(found)}, planned {len(planned)}"]
    for number, (want, (start_s, title)) in enumerate(zip(planned, found, strict=False), start=1):
        if abs(start_s - want.start_s) > CHAPTER_SLACK_S + 1e-6:
            wrong.append(f"chapter {number}: {start_s:g}, planned {want.start_s:g} ± {CHAPTER_SLACK_S:g}")
        if title != want.title:
            wrong.append(f"title of chapter {number}: {title}, planned {want.title}")
    return wrong


def plain_profile(name: str) -> str:
    """A profile of a parameter set by MediaInfo's name of it: `main10` is Main 10."""
    return name.lower().replace(" ", "")


def coded_differences(want: ExpectedVideo, found: SequenceParameters) -> list[str]:
    """Pure: what a sequence parameter set says that was not planned; whether its level holds it is the validator's."""
    rate = float(found.vui.frame_rate) if found.vui.frame_rate else None
    pairs = [
        ("coded size", f"{found.width}x{found.height}", f"{want.width}x{want.height}"),
        ("coded profile", found.profile, plain_profile(want.profile or found.profile)),
        ("coded level", found.level, want.level or found.level),
        ("coded fields", found.interlaced, want.interlaced),
    ]
    wrong = [f"{name}: {is_now}, planned {planned}" for name, is_now, planned in pairs if is_now != planned]
    if rate is not None and want.frame_rate and abs(rate - want.frame_rate) > RATE_SLACK:
        wrong.append(f"coded frame rate: {rate:g}, planned {want.frame_rate:g}")
    return wrong
