"""How colour is sampled, where a file does not say it."""

from __future__ import annotations

import pytest

from pipeline.media.sampling import sampling_of
from pipeline.model.finding import Report
from pipeline.policy import load
from tests.factories import PROFILES, inspection, reported, video

POLICY = load.policy("showcase-film", PROFILES)


@pytest.mark.parametrize(
    ("pixels", "sampling"),
    [
        ("yuv420p", "4:2:0"),
        ("yuvj420p", "4:2:0"),
        ("yuv420p10le", "4:2:0"),
        ("yuva444p12be", "4:4:4"),
        ("yuv440p", "4:4:0"),
        ("yuv411p", "4:1:1"),
        ("yuv410p", "4:1:0"),
        ("uyyvyy411", "4:1:1"),
        ("nv12", "4:2:0"),
        ("p010le", "4:2:0"),
        ("uyvy422", "4:2:2"),
        ("gray", "gray"),
        ("gray10le", "gray"),
        ("monob", "gray"),
        ("pal8", "palette"),
        ("rgb24", "RGB"),
        ("bgr0", "RGB"),
        ("0rgb", "RGB"),
        ("argb64be", "RGB"),
        ("gbrp10le", "RGB"),
        ("rgb565le", "RGB"),
        ("x2rgb10le", "RGB"),
        ("bayer_rggb8", "Bayer"),
        ("none", None),
        ("vaapi", None),
    ],
)
def test_a_pixel_format_says_its_sampling(pixels: str, sampling: str | None) -> None:
    assert sampling_of(pixels) == sampling


def told(chroma: str | None, sampling: str | None, language: str = "en") -> tuple[list[str], Report]:
    film = inspection(video_tracks=(video(chroma=chroma),), sampling=sampling)
    report = reported(film, POLICY, language=language)  # type: ignore[arg-type]
    return [item.message for item in report.findings if item.code == "video.chroma"], report


@pytest.mark.parametrize("sampling", ["RGB", "gray", "palette", "4:4:0", "4:1:1"])
def test_an_unusual_sampling_is_said_in_words(sampling: str) -> None:
    for language in ("zh", "en"):
        (message,), _ = told(None, sampling, language)
        assert not message.rstrip().endswith((":", "："))
    assert ("灰度" in told(None, "gray", "zh")[0][0]) is True


@pytest.mark.parametrize(("chroma", "sampling"), [("4:2:0", None), ("4:2:2", None), (None, "4:2:0")])
def test_a_usual_one_is_not_told(chroma: str | None, sampling: str | None) -> None:
    messages, report = told(chroma, sampling)
    assert (messages, report.skipped) == ([], ())


def test_what_nobody_says_is_not_passed() -> None:
    messages, report = told(None, None)
    assert messages == []
    assert [item.code for item in report.skipped] == ["video.chroma"]
