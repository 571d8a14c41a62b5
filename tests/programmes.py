"""Plans, renditions and programmes that nothing was made for."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import shipped
from pipeline.exchange.describing import describe
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.model.course import PartKey
from pipeline.model.media import Media
from pipeline.model.plan import Expected, ExpectedAudio, ExpectedVideo, MuxBudget, Output, OutputForm, Plan, Process
from pipeline.model.programme import Programme
from pipeline.model.rendition import Rendition, StoredFile
from pipeline.model.submission import Submission
from pipeline.package.programme import PackagedPart, programme_of
from tests.factories import audio, inspection, video

WORDS = Vocabularies((shipped.folder("profiles"),))


def rendition(name: str, form: OutputForm, media: Media | None = None) -> Rendition:
    files = (StoredFile(path=f"x/{name}", size_bytes=5, sha256="00" * 32),)
    return Rendition(
        name=name,
        profile=name,
        form=form,
        language="zho",
        files=files,
        frames=600,
        media=media
        or (still() if form is OutputForm.POSTER else inspection(audio_tracks=(audio(codec="MPEG Audio"),)).media),
    )


def still(width: int = 1280, height: int = 720) -> Media:
    """What is known of a picture."""
    return inspection(video_tracks=(), audio_tracks=()).media.model_copy(
        update={"images": (video(codec="JPEG", width=width, height=height),)}
    )


def planned(
    *names: str, audio_codec: str = "MPEG Audio", size: tuple[int, int] = (1920, 1080), interlaced: bool = False
) -> Plan:
    """A plan of streams, the first with four times the rate of the others."""
    budget = MuxBudget(video_bps=8_000_000, audio_bps=192_000, needed_bps=8_940_000, muxrate_bps=8_940_000)
    outputs = tuple(
        Output(
            name=name,
            profile=name,
            form=OutputForm.MPEGTS,
            file=f"x/{name}",
            expected=Expected(
                video=ExpectedVideo(
                    codec="AVC",
                    profile="High",
                    level="4.0",
                    width=size[0],
                    height=size[1],
                    display_aspect=1.778,
                    frame_rate=25.0,
                    frames=600,
                    frames_slack=0,
                    interlaced=interlaced,
                ),
                audio=(
                    ExpectedAudio(
                        codec=audio_codec,
                        channels=2,
                        sample_rate_hz=48_000,
                        loudness_lkfs=None,
                        loudness_slack_lu=0.3,
                        true_peak_dbtp=-2.0,
                    ),
                ),
                most_bytes=1,
                mux=budget if index == 0 else budget.model_copy(update={"video_bps": 2_000_000}),
            ),
        )
        for index, name in enumerate(names)
    )
    process = Process(name="encode", argv=(), files={}, outputs=outputs)
    return Plan(
        set_name="x",
        source_sha256="0",
        source_format="mov",
        duration_s=24.0,
        frames=600,
        profiles=(),
        processes=(process,),
    )


def programme(submission: Submission, revision: int, parts: Sequence[tuple[PackagedPart, int, str]]) -> Programme:
    """Of parts with their places and titles."""
    titles: list[tuple[PartKey, int, str]] = [(part.key, number, title) for part, number, title in parts]
    description = describe(submission, titles, WORDS)
    return programme_of(submission, description, revision, [part for part, _, _ in parts])
