"""How colour is sampled, as the decoder names it."""

from __future__ import annotations

import pytest

from pipeline.media import pixel_format
from pipeline.model.finding import Report
from pipeline.policy import load
from tests.factories import PROFILES, inspection, reported, video

POLICY = load.policy("showcase-film", PROFILES)


@pytest.mark.parametrize(
    ("pixels", "sampling"),
    [
        ("yuv420p", ("4:2:0", 8)),
        ("yuvj420p", ("4:2:0", 8)),
        ("yuv420p10le", ("4:2:0", 10)),
        ("yuva444p12be", ("4:4:4", 12)),
        ("yuv440p", ("4:4:0", 8)),
        ("yuv411p", ("4:1:1", 8)),
        ("yuv410p", ("4:1:0", 8)),
        ("uyyvyy411", ("4:1:1", 8)),
        ("nv12", ("4:2:0", 8)),
        ("p010le", ("4:2:0", 10)),
        ("uyvy422", ("4:2:2", 8)),
        ("gray", ("gray", 8)),
        ("gray10le", ("gray", 10)),
        ("monob", ("gray", 8)),
        ("pal8", ("palette", 8)),
        ("rgb24", ("RGB", 8)),
        ("bgr0", ("RGB", 8)),
        ("0rgb", ("RGB", 8)),
        ("argb64be", ("RGB", 16)),
        ("gbrp10le", ("RGB", 10)),
        ("rgb565le", ("RGB", 8)),
        ("x2rgb10le", ("RGB", 10)),
        ("bayer_rggb8", ("Bayer", 8)),
        ("yuvj444p", ("4:4:4", 8)),
        ("gray16le", ("gray", 16)),
        ("rgb48le", ("RGB", 16)),
        ("p210le", ("4:2:2", 10)),
        ("yuv422p16le", ("4:2:2", 16)),
        ("none", None),
        ("vaapi", None),
    ],
)
def test_a_pixel_format_says_its_sampling(pixels: str, sampling: tuple[str, int] | None) -> None:
    assert pixel_format.sampling(pixels) == sampling


def told(chroma: str | None, language: str = "en") -> tuple[list[str], Report]:
    film = inspection(video_tracks=(video(chroma=chroma),))
    report = reported(film, POLICY, language=language)  # type: ignore[arg-type]
    return [item.message for item in report.findings if item.code == "video.chroma"], report


@pytest.mark.parametrize("chroma", ["RGB", "gray", "palette", "4:4:0", "4:1:1"])
def test_an_unusual_sampling_is_said_in_words(chroma: str) -> None:
    for language in ("zh", "en"):
        (message,), _ = told(chroma, language)
        assert not message.rstrip().endswith((":", "："))
    assert ("灰度" in told("gray", "zh")[0][0]) is True


@pytest.mark.parametrize("chroma", ["4:2:0", "4:2:2"])
def test_a_usual_one_is_not_told(chroma: str) -> None:
    messages, report = told(chroma)
    assert (messages, report.skipped) == ([], ())


def test_what_nobody_says_is_not_passed() -> None:
    messages, report = told(None)
    assert messages == []
    assert [item.code for item in report.skipped] == ["video.chroma"]
