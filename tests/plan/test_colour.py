"""What a plan does with the colours that a track is said to have."""

from __future__ import annotations

import pytest

from pipeline.model.media import VideoTrack
from tests.factories import inspection, video
from tests.plan.test_plan import plan


def graph_of(**colours: object) -> str:
    track: VideoTrack = video(**colours)
    words = plan(inspection(video_tracks=(track,))).processes[0].argv
    return words[words.index("-filter_complex") + 1]


@pytest.mark.parametrize("primaries", [None, "BT.601 PAL", "BT.601 NTSC", "SMPTE 240M", "BT.470 System M"])
@pytest.mark.parametrize("transfer", [None, "BT.601", "BT.470 System B/G", "sRGB/sYCC", "Linear"])
@pytest.mark.parametrize("matrix", ["bt709", "bt601", None])
def test_ordinary_colours_are_not_converted(primaries: str | None, transfer: str | None, matrix: str | None) -> None:
    """Sets of television are near one another: what else than the matrix a film says of them changes nothing."""
    said = graph_of(matrix=matrix, primaries=primaries, transfer=transfer)
    assert said == graph_of(matrix=matrix, primaries="BT.709", transfer="BT.709")
    assert "primaries=709" not in said


FROM = ":primariesin={}:range=limited:rangein=limited:transfer=709:transferin={}:w="
LINEAR = (
    "matrixin=2020_ncl:npl=203:param_a=0:param_b=0.6:primariesin=2020:rangein=limited:transfer=linear:transferin={}"
)


@pytest.mark.parametrize("primaries", ["BT.2020", None])
def test_bt2020_is_converted_as_it_always_was(primaries: str | None) -> None:
    graph = graph_of(matrix="bt2020", primaries=primaries, transfer=None, bit_depth=10)
    assert "setparams=color_primaries=bt2020:color_trc=bt2020-10:colorspace=bt2020nc:range=tv" in graph
    assert FROM.format("2020", "2020_10") in graph
    for transfer, name in (("PQ", "smpte2084"), ("HLG", "arib-std-b67")):
        graph = graph_of(matrix="bt2020", primaries=primaries, transfer=transfer, hdr=transfer, bit_depth=10)
        assert f"setparams=color_primaries=bt2020:color_trc={name}:colorspace=bt2020nc:range=tv" in graph
        assert LINEAR.format(name) in graph
        assert graph == graph_of(matrix=None, primaries=primaries, transfer=transfer, hdr=transfer, bit_depth=10)


@pytest.mark.parametrize(
    ("primaries", "name"), [("Display P3", "smpte432"), ("DCI P3", "smpte431"), ("BT.2020", "2020")]
)
def test_primaries_are_converted_whatever_the_matrix(primaries: str, name: str) -> None:
    assert FROM.format(name, "709") in graph_of(matrix="bt709", primaries=primaries)
    assert FROM.format(name, "709") in graph_of(matrix="bt601", primaries=primaries)


def test_each_matrix_is_read_as_itself() -> None:
    assert "matrixin=smpte240m" in graph_of(matrix="SMPTE 240M", primaries="SMPTE 240M")
    assert "matrixin=2020_ncl" in graph_of(matrix="bt2020", primaries="BT.709")
    assert "primaries=709" not in graph_of(matrix="bt2020", primaries="BT.709")
    assert "zscale=matrix=709:matrixin=ycgco:range=full:rangein=full" in graph_of(matrix="YCgCo", colour_range="full")
