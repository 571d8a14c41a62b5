"""Rare colours in, those of BT.709 out: patches of other primaries and matrices (ITU-T H.273), measured as decoded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.errors import Unsuitable
from tests.tiers import sampled
from tests.transcode.conftest import Transcode
from tests.transcode.test_pixels import FAST, MORE, PATCHES, patches, seen
from tests.transcode.test_pixels import codes as codes_of

Lavfi = Callable[..., Path]
Array = NDArray[np.float64]
MUTED = 0.25 + 0.6 * PATCHES  # what every primaries here can show
D65, DCI = (0.3127, 0.3290), (0.314, 0.351)
# H.273 table 2: x and y of red, green and blue, and of white
PRIMARIES = {
    "bt709": ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), D65),
    "bt2020": ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65),
    "smpte432": ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), D65),
    "smpte431": ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), DCI),
}
# Kr and Kb of H.273 table 4
WEIGHTS = {
    "bt709": (0.2126, 0.0722),
    "bt470bg": (0.299, 0.114),
    "smpte240m": (0.212, 0.087),
    "fcc": (0.30, 0.11),
    "bt2020nc": (0.2627, 0.0593),
}
GAMMA = 2.4  # BT.1886
LIMIT = 6  # code values: eight bits of wide primaries are coarse


def xyz_of(x: float, y: float) -> Array:
    return np.array([x / y, 1.0, (1 - x - y) / y])


def to_xyz(primaries: str) -> Array:
    """From linear red, green and blue to XYZ, each white as it is."""
    *corners, white = PRIMARIES[primaries]
    colours = np.stack([xyz_of(*corner) for corner in corners], axis=1)
    found: Array = colours @ np.diag(np.linalg.solve(colours, xyz_of(*white)))
    return found


def in_primaries(rgb: Array, primaries: str) -> Array:
    """Colours of BT.709 as screens of other primaries are asked for them."""
    across = np.linalg.inv(to_xyz(primaries)) @ to_xyz("bt709")
    return np.asarray(np.clip(rgb**GAMMA @ across.T, 0, 1) ** (1 / GAMMA))


def in_matrix(rgb: Array, matrix: str) -> Array:
    """Code values, 8 bits, limited range."""
    red, green, blue = rgb.T
    if matrix == "ycgco":  # H.273 equations 75 to 77
        y, u, v = red / 4 + green / 2 + blue / 4, green / 2 - (red + blue) / 4, (red - blue) / 2
    else:
        kr, kb = WEIGHTS[matrix]
        y = kr * red + (1 - kr - kb) * green + kb * blue
        u, v = (blue - y) / (2 * (1 - kb)), (red - y) / (2 * (1 - kr))
    return np.stack([16 + 219 * y, 128 + 224 * u, 128 + 224 * v], axis=1)


@dataclass(frozen=True)
class Coded:
    """How a film is coded, in H.273's words as ffmpeg has them."""

    matrix: str = "bt709"
    primaries: str = "bt709"
    curve: str = "bt709"

    @property
    def tags(self) -> str:
        return f"colorspace={self.matrix}:color_primaries={self.primaries}:color_trc={self.curve}:range=tv"

    def film(self, lavfi: Lavfi, *options: str, size: tuple[int, int] = (320, 192), pix_fmt: str = "yuv420p") -> Path:
        own = in_primaries(MUTED, self.primaries) if self.primaries in PRIMARIES else MUTED
        return patches(in_matrix(own, self.matrix), *size, pix_fmt, self.tags, lavfi, *options)


def off(pictures: NDArray[np.uint8], matrix: str = "bt709") -> float:
    """How far the patches of a film are from what they should be, in code values."""
    return float(abs(seen(pictures) - codes_of(MUTED, matrix)).max())


RARE = [
    Coded(primaries="smpte431"),
    Coded(primaries="bt2020"),
    Coded("bt470bg", "smpte432", "iec61966-2-1"),
    Coded("bt2020nc", "bt709"),
    Coded("smpte240m", "smpte240m", "smpte240m"),
    Coded("fcc", "bt470m", "smpte170m"),
    Coded("ycgco", "smpte432"),
]
PLAIN = [Coded(), Coded("bt470bg", "smpte170m", "smpte170m"), Coded("bt709", "smpte170m", "bt470bg")]
IN_SUITE = (RARE[1], RARE[4], RARE[6], PLAIN[0])


@pytest.mark.parametrize(
    "coded",
    sampled((*RARE, *PLAIN), lambda coded: coded in IN_SUITE),
    ids=lambda coded: f"{coded.matrix}-{coded.primaries}",
)
def test_a_film_has_its_own_colours_whatever_its_primaries_and_matrix(
    coded: Coded, lavfi: Lavfi, transcode: Transcode
) -> None:
    made = transcode(coded.film(lavfi), "proxy", FAST)
    assert off(made.pictures()) <= LIMIT
    words = " ".join(made.plan.processes[0].argv)
    assert ("primariesin" in words) == (coded.primaries in PRIMARIES and coded.primaries != "bt709")
    measured = made.inspection.measures
    assert measured is not None
    assert measured.video.timeline is not None


@pytest.mark.parametrize(
    ("coded", "size", "pix_fmt"),
    [
        (Coded("ycgco"), (321, 193), "yuv420p"),
        pytest.param(Coded("ycgco"), (320, 192), "yuv422p10le", marks=MORE),
        (Coded(primaries="smpte432"), (321, 193), "yuv420p"),
    ],
    ids=str,
)
def test_rare_colours_are_read_in_every_size_and_sampling(
    coded: Coded, size: tuple[int, int], pix_fmt: str, lavfi: Lavfi, transcode: Transcode
) -> None:
    values = in_matrix(in_primaries(MUTED, coded.primaries), coded.matrix) * (4 if "10" in pix_fmt else 1)
    source = patches(values, *size, pix_fmt, coded.tags, lavfi)
    assert off(transcode(source, "proxy", FAST).pictures()) <= LIMIT


@pytest.mark.parametrize(
    "coded",
    [
        Coded("ycgco"),
        *(pytest.param(coded, marks=MORE) for coded in (Coded("smpte240m"), Coded(primaries="smpte432"))),
    ],
    ids=str,
)
def test_fields_have_the_same_colours(coded: Coded, lavfi: Lavfi, transcode: Transcode) -> None:
    fields = ("-c:v", "ffv1", "-level", "3", "-vf", "setfield=tff", "-field_order", "tt")
    source = coded.film(lavfi, *fields, size=(720, 576))
    made = transcode(source, "iptv-sd", FAST + "\nscan: source")
    assert made.rendition.media.video[0].scan == "interlaced"
    assert off(made.pictures(), "bt601") <= LIMIT


@pytest.mark.parametrize(
    ("coded", "matrix", "primaries"),
    [
        (Coded(primaries="smpte432"), "bt709", "Display P3"),
        pytest.param(Coded(primaries="bt2020"), "bt709", "BT.2020", marks=MORE),
        (Coded("ycgco"), "bt709", "BT.709"),
        pytest.param(Coded("smpte240m"), "bt709", "BT.601 NTSC", marks=MORE),
    ],
    ids=str,
)
def test_a_mezzanine_keeps_its_primaries(
    coded: Coded, matrix: str, primaries: str, lavfi: Lavfi, transcode: Transcode
) -> None:
    made = transcode(coded.film(lavfi), "mezzanine")
    track = made.rendition.media.video[0]
    assert (track.matrix, track.primaries) == (matrix, primaries)
    own = in_primaries(MUTED, coded.primaries) if coded.primaries in PRIMARIES else MUTED
    assert abs(seen(made.pictures()) - in_matrix(own, matrix)).max() <= LIMIT


def test_hdr_in_p3_has_the_colours_of_its_primaries(lavfi: Lavfi, transcode: Transcode) -> None:
    """Middle tones, 203 cd/m² for white (BT.2408): below the knee of the tone mapping nothing is pressed together."""
    low = 0.2 + 0.5 * PATCHES
    nits = 203 * in_primaries(low, "smpte432") ** GAMMA / 10000
    # SMPTE ST 2084
    power = nits**0.1593017578125
    signal = ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375
    coded = Coded("bt2020nc", "smpte432", "smpte2084")
    source = patches(in_matrix(signal, "bt2020nc") * 4, 320, 192, "yuv420p10le", coded.tags, lavfi)
    made = transcode(source, "proxy", FAST)
    assert abs(seen(made.pictures()) - codes_of(low, "bt709")).max() <= LIMIT


@pytest.mark.parametrize(("profile", "matrix"), [("proxy", "bt709"), ("mezzanine", "bt2020nc")])
def test_constant_luminance_is_read(profile: str, matrix: str, lavfi: Lavfi, transcode: Transcode) -> None:
    """As zscale makes it, whose light is that of screens (BT.1886) and not the standard's."""
    primaries = matrix.removesuffix("nc")
    wide = in_primaries(MUTED, "bt2020")
    cl = "zscale=matrixin=2020_ncl:matrix=2020_cl:transferin=709:transfer=2020_10,setparams=colorspace=bt2020c"
    coded = Coded("bt2020nc", "bt2020")
    source = patches(in_matrix(wide, "bt2020nc"), 320, 192, "yuv444p", f"{coded.tags},{cl}", lavfi)
    made = transcode(source, profile, FAST if profile == "proxy" else "")
    assert made.inspection.media.video[0].matrix == "BT.2020 constant"
    wanted = in_matrix(in_primaries(MUTED, primaries), matrix)
    assert abs(seen(made.pictures()) - wanted).max() <= LIMIT


def test_a_matrix_that_nothing_converts_is_refused_by_its_name(lavfi: Lavfi, transcode: Transcode) -> None:
    source = Coded().film(lavfi, "-c:v", "libx264", "-bsf:v", "h264_metadata=matrix_coefficients=16")
    with pytest.raises(Unsuitable) as refused:
        transcode(source, "proxy", FAST)
    assert (refused.value.code, refused.value.detail) == ("video.chroma", "ycgco-re")
