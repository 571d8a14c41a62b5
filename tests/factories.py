"""Inspections made by hand, for the pure rooms."""

from __future__ import annotations

from pipeline import shipped, wording
from pipeline.catalogue import Language
from pipeline.errors import Refused
from pipeline.model.finding import Policy, Report
from pipeline.model.inspection import FieldCounts, Inspection, Measures, Timeline
from pipeline.model.loudness import LevelAdjustment, Loudness
from pipeline.model.media import AudioTrack, FieldOrder, Media, Scan, VideoTrack
from pipeline.policy import evaluate

# what the shipped profiles code their sound with
CODINGS = (("mp2", 192), ("aac", 96), ("aac", 128), ("aac", 192), ("aac", 256), ("mp3", 128))
PROFILES = [shipped.folder("profiles")]


def video(**values: object) -> VideoTrack:
    base: dict[str, object] = dict(
        codec="AVC",
        profile="High@L4",
        width=1920,
        height=1080,
        pixel_aspect=1.0,
        display_aspect=1.778,
        rotation=0,
        frame_rate=25.0,
        frame_rate_mode="cfr",
        frames=600,
        duration_s=24.0,
        bitrate_bps=8_000_000,
        bitrate_mode="vbr",
        scan=Scan.PROGRESSIVE,
        field_order=None,
        chroma="4:2:0",
        bit_depth=8,
        colour_range="limited",
        matrix="bt709",
        primaries="BT.709",
        transfer="BT.709",
        hdr=None,
        language=None,
        index=0,
    )
    return VideoTrack.model_validate({**base, **values})


def audio(**values: object) -> AudioTrack:
    base: dict[str, object] = dict(
        codec="AAC",
        channels=2,
        layout="L R",
        sample_rate_hz=48000,
        bit_depth=None,
        bitrate_bps=128_000,
        duration_s=24.0,
        language="zho",
        index=1,
    )
    return AudioTrack.model_validate({**base, **values})


def timeline(**values: object) -> Timeline:
    base: dict[str, object] = dict(
        frames=600, first_pts_s=0.0, last_pts_s=23.96, period_s=0.04, shortest_s=0.04, longest_s=0.04
    )
    return Timeline.model_validate({**base, **values})


def inspection(
    *,
    video_tracks: tuple[VideoTrack, ...] | None = None,
    audio_tracks: tuple[AudioTrack, ...] | None = None,
    level: LevelAdjustment | None = None,
    **measured: object,
) -> Inspection:
    """A good film of 24 s; `measured` replaces measures."""
    tracks = (video(),) if video_tracks is None else video_tracks
    heard = (audio(),) if audio_tracks is None else audio_tracks
    loud = Loudness(integrated_lkfs=-20.0, range_lu=5.0, true_peak_dbtp=-6.0)
    base: dict[str, object] = dict(
        timeline=timeline() if tracks else None,
        loudness_lkfs=-24.0 if heard else None,
        true_peak_dbtp=-6.0 if heard else None,
        stereo=loud if heard else None,
        fields=FieldCounts(tff=0, bff=0, progressive=600, undetermined=0),
        audio_duration_s=24.0 if heard else None,
    )
    media = Media(
        container="MPEG-4", size_bytes=1000, duration_s=24.0, bitrate_bps=1, truncated=False, video=tracks, audio=heard
    )
    gain = level or LevelAdjustment(target_lkfs=-24.0, ceiling_dbtp=-2.0, gain_db=-4.0 if heard else 0.0, limited=False)
    levels = tuple(gain.model_copy(update={"codec": codec, "bitrate_kbps": rate}) for codec, rate in CODINGS)
    return Inspection(
        sha256="0" * 64,
        size_bytes=1000,
        format="mov",
        media=media,
        measures=Measures.model_validate({**base, **measured}),
        levels=levels,
    )


INTERLACED = video(scan=Scan.INTERLACED, field_order=FieldOrder.TFF)


def reported(film: Inspection, policy: Policy, *, file: str = "f", language: Language = "en") -> Report:
    """What the policy says of a film, in words."""
    return wording.report(evaluate.judge(film, policy), file=file, language=language)


def refusal(code: str, policy: Policy, *, file: str = "f", language: Language = "en") -> Report:
    """What is said of a file that can't be read."""
    return wording.report(evaluate.refuse(Refused(code, where=file), policy), file=file, language=language)
