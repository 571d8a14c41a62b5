"""Outputs that are wrong are refused: each test damages a good one and sees it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import MediaError
from pipeline.execute.inspection import targets_of
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import film
from pipeline.media.isobmff import fragments
from pipeline.model.capability import Capability
from pipeline.model.inspection_request import InspectionRequest
from pipeline.model.plan import Output, Plan
from pipeline.plan import build, load
from pipeline.plan.request import PlanRequest
from pipeline.transcode import encode, verify
from tests.conftest import code_quickly
from tests.factories import PROFILES
from tests.tiers import sampled

Made = tuple[Plan, Path]


@pytest.fixture(scope="session")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The shipped ones with faster encoders: what is judged is whether it is what was planned."""
    workspace = tmp_path_factory.mktemp("quick")
    code_quickly(workspace)
    return [workspace / "profiles", *PROFILES]


@pytest.fixture(scope="session")
def made(
    small_film: Path,
    ffmpeg: Path,
    able: Capability,
    profiles: list[Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Made:
    """A plan of the small film and its accepted outputs."""
    folder = tmp_path_factory.mktemp("made")
    for name in ("scratch", "outputs"):
        (folder / name).mkdir()
    scratch = folder / "scratch"
    targets = targets_of(load.profile_set("showcase-film", profiles)[1])
    runner = Runner(ffmpeg, scratch, folder / "log")
    found = film.inspect(small_film, InspectionRequest(targets=tuple(targets)), runner, sha256="0")
    used, _ = build.chosen(found, *load.profile_set("showcase-film", profiles))
    plan = build.plan(
        PlanRequest(
            inspection=found,
            profiles=tuple(used),
            capability=able,
            title="片",
            language="zho",
            set_name="showcase-film",
        )
    )
    told: list[tuple[str, float | None]] = []
    done = encode.encode(
        plan,
        {"{in.main}": small_film},
        folder / "outputs",
        runner,
        on_progress=lambda name, progress: told.append((name, progress.fraction)),
    )
    # told while it encodes, not only at its end, although the sprite sheet has no picture until then
    assert [fraction for name, fraction in told if name == "encode" and fraction and fraction < 0.95]
    assert [item.name for item in done.renditions] == [item.name for item in plan.outputs]
    assert done.usages[0].peak_rss_bytes > 50_000_000
    return plan, folder / "outputs"


def judge(made: Made, name: str, ffmpeg: Path, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    plan, outputs = made
    copy = tmp_path / "copy"
    shutil.copytree(outputs, copy)
    planned = next(item for item in plan.outputs if item.name == name)
    damage(copy / planned.file)
    verify.output(planned, copy, Runner(ffmpeg, tmp_path, tmp_path / "log"))


def cut_tail(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3 // 188 * 188])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for at in range(len(content) // 2, len(content) // 2 + 2000, 9):
        content[at] ^= 0x41
    path.write_bytes(content)


def stub(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("name", "damage"),
    [("iptv-sd", cut_tail), ("iptv-sd", flip), ("iptv-sd", stub), ("poster", stub)],
    ids=["a third is missing", "bytes flipped", "empty stream", "empty poster"],
)
def test_a_damaged_output_is_refused(
    name: str, damage: Callable[[Path], None], made: Made, ffmpeg: Path, tmp_path: Path
) -> None:
    with pytest.raises((MediaError, ValueError)):
        judge(made, name, ffmpeg, tmp_path, damage)


def test_a_missing_segment_is_refused(made: Made, ffmpeg: Path, tmp_path: Path) -> None:
    with pytest.raises((MediaError, OSError)):
        judge(made, "hls-360", ffmpeg, tmp_path, lambda path: next(path.parent.glob("*.m4s")).unlink())


def test_another_stream_in_its_place_is_refused(made: Made, ffmpeg: Path, tmp_path: Path, silent_film: Path) -> None:
    with pytest.raises((MediaError, ValueError)):
        judge(made, "iptv-sd", ffmpeg, tmp_path, lambda path: path.write_bytes(silent_film.read_bytes()) and None)


@pytest.mark.parametrize(("rendition", "priming"), [("360", 0), ("audio", 1024)])
def test_picture_and_sound_of_hls_both_begin_at_zero(rendition: str, priming: int, made: Made) -> None:
    """What a coder needs before the film is left out by the edit list; pictures need none."""
    folder = made[1] / "hls" / rendition
    track = fragments.header((folder / "init.mp4").read_bytes())
    assert track.begins == priming
    with (folder / "00000.m4s").open("rb") as file:
        found = fragments.samples(file, track, fragments.split(file)[1])
    assert int(found.shown.min()) - track.begins == -priming


def test_an_untouched_output_is_accepted(made: Made, ffmpeg: Path, tmp_path: Path) -> None:
    judge(made, "iptv-sd", ffmpeg, tmp_path, lambda _: None)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("frames", 99, "frames: 50, planned 99"),
        ("width", 704, "size: 720x576, planned 704x576"),
        ("level", "4.0", "level: 3.0, planned 4.0"),
        ("codec", "HEVC", "codec: AVC, planned HEVC"),
        ("display_aspect", 1.333, "display aspect"),
    ],
)
def test_each_figure_is_held_against_the_plan(
    field: str, value: object, words: str, made: Made, ffmpeg: Path, tmp_path: Path
) -> None:
    plan, outputs = made
    planned = next(item for item in plan.outputs if item.name == "iptv-sd")
    assert planned.expected.video is not None
    other = planned.expected.video.model_copy(update={field: value})
    wrong: Output = planned.model_copy(update={"expected": planned.expected.model_copy(update={"video": other})})
    with pytest.raises(MediaError) as caught:
        verify.output(wrong, outputs, Runner(ffmpeg, tmp_path, tmp_path / "log"))
    assert words in str(caught.value.detail)


@pytest.fixture(scope="session")
def hevc(silent_film: Path, ffmpeg: Path, able: Capability, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Two seconds in HEVC, one rung, accepted."""
    folder = tmp_path_factory.mktemp("hevc")
    (folder / "outputs").mkdir()
    drop = "".join(f'  - {{name: "{name}", drop: true}}\n' for name in (1080, 720, 540, 234))
    (folder / "hls-hevc.yaml").write_text(f"extends: hls-hevc\npreset: ultrafast\nrungs:\n{drop}")
    profile = load.profile("hls-hevc", [folder, *PROFILES])
    runner = Runner(ffmpeg, folder, folder / "log")
    found = film.inspect(silent_film, InspectionRequest(targets=tuple(targets_of([profile]))), runner, sha256="0")
    plan = build.plan(
        PlanRequest(inspection=found, profiles=(profile,), capability=able, title="片", language="zho", set_name="")
    )
    encode.encode(plan, {"{in.main}": silent_film}, folder / "outputs", runner, on_progress=lambda *_: None)
    return plan, folder / "outputs"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("profile", "Main 10", "coded profile: main, planned main10"),
        ("width", 416, "coded size: 640x360, planned 416x360"),
        ("frame_rate", 50.0, "coded frame rate: 25, planned 50"),
        ("level", "3.0", "coded level: 2.1, planned 3.0"),
    ],
)
def test_what_the_sets_of_a_rung_say_is_held_against_the_plan(
    field: str, value: object, words: str, hevc: Made, ffmpeg: Path, tmp_path: Path
) -> None:
    plan, outputs = hevc
    planned = plan.outputs[0]
    assert planned.expected.video is not None
    other = planned.expected.video.model_copy(update={field: value})
    wrong = planned.model_copy(update={"expected": planned.expected.model_copy(update={"video": other})})
    with pytest.raises(MediaError) as caught:
        verify.output(wrong, outputs, Runner(ffmpeg, tmp_path, tmp_path / "log"))
    assert words in str(caught.value.detail)


@pytest.mark.parametrize(("level", "clause"), [(60, "A1.1"), (156, "A1.6")])
def test_a_rung_whose_level_lies_is_refused(level: int, clause: str, hevc: Made, ffmpeg: Path, tmp_path: Path) -> None:
    flags = b"\x01\x60\0\0\x03\0\x90\0\0\x03\0\0\x03\0"

    def lie(path: Path) -> None:
        init = path.with_name("init.mp4")
        content = init.read_bytes()
        assert flags + b"\x3f" in content
        init.write_bytes(content.replace(flags + b"\x3f", flags + bytes([level])))

    with pytest.raises(MediaError) as caught:
        judge(hevc, hevc[0].outputs[0].name, ffmpeg, tmp_path, lie)
    assert f"{clause}:" in str(caught.value.detail)


# ffmpeg told to do something else than was planned, which it does and exits 0
MISTOLD: list[tuple[str, str, str, str]] = [
    ("iptv-sd", "2440000", "2200000", "mux_budget|slack|dts < pcr"),
    ("iptv-sd", "language=zho", "language=eng", "languages: eng"),
    ("iptv-sd", "service_name=片", "service_name=别的", "service_name: 别的"),
    ("iptv-sd", "0.09", "0.3", "pat_interval"),
    ("iptv-sd", "3.0", "3.1", "level"),
    ("iptv-sd", "nal-hrd=cbr:aud=1:force-cfr=1:ref=2", "aud=1:force-cfr=1:ref=2", "hrd"),
    ("iptv-sd", "25", "50", "gop"),
]

MISTOLD_IN_SUITE = ("2200000", "aud=1:force-cfr=1:ref=2")  # the rate, and what is coded


@pytest.mark.parametrize(
    ("name", "was", "becomes", "words"),
    sampled(MISTOLD, lambda row: row[2] in MISTOLD_IN_SUITE),
    ids=[item[2] for item in MISTOLD],
)
def test_another_stream_than_was_planned_is_refused(
    name: str,
    was: str,
    becomes: str,
    words: str,
    film_of: Callable[..., Path],
    ffmpeg: Path,
    able: Capability,
    profiles: list[Path],
    tmp_path: Path,
) -> None:
    source = film_of(3 if words == "gop" else 2)  # two GOPs of fifty pictures
    with pytest.raises(MediaError) as caught:
        mistold(name, lambda word: becomes if word == was else word, source, ffmpeg, able, profiles, tmp_path)
    assert re.search(words, str(caught.value.detail))


GRAPHS = [
    ("a third of the film", "trim=end_frame=50", "trim=end_frame=33", "frames: 33, planned 50"),
    ("too loud", "volume=volume=", "volume=volume=3dB,volume=volume=", "loudness: -21"),
    ("too short a sound", "atrim=end=2.000000", "atrim=end=1.000000", "slack|timestamps|1.6|2.5|duration|loudness"),
    ("another shape", "setsar=sar=64/45", "setsar=sar=16/15", "display aspect"),
    ("other colours", "colorspace=bt470bg", "colorspace=bt709", "colour"),
]

GRAPHS_IN_SUITE = (GRAPHS[0][3], GRAPHS[1][3])  # pictures, and sound


@pytest.mark.parametrize(
    ("was", "becomes", "words"),
    sampled((item[1:] for item in GRAPHS), lambda row: row[2] in GRAPHS_IN_SUITE),
    ids=[item[0] for item in GRAPHS],
)
def test_other_pictures_than_were_planned_are_refused(
    was: str,
    becomes: str,
    words: str,
    small_film: Path,
    ffmpeg: Path,
    able: Capability,
    profiles: list[Path],
    tmp_path: Path,
) -> None:
    with pytest.raises(MediaError) as caught:
        mistold("iptv-sd", lambda word: word.replace(was, becomes), small_film, ffmpeg, able, profiles, tmp_path)
    assert re.search(words, str(caught.value.detail))


def mistold(
    name: str,
    change: Callable[[str], str],
    source: Path,
    ffmpeg: Path,
    able: Capability,
    profiles: list[Path],
    folder: Path,
) -> None:
    """Run a plan whose words were changed."""
    for child in ("scratch", "outputs"):
        (folder / child).mkdir()
    profile = load.profile(name, profiles)
    runner = Runner(ffmpeg, folder / "scratch", folder / "log")
    found = film.inspect(source, InspectionRequest(targets=tuple(targets_of([profile]))), runner, sha256="0")
    plan = build.plan(
        PlanRequest(inspection=found, profiles=(profile,), capability=able, title="片", language="zho", set_name="")
    )
    process = plan.processes[0]
    changed = tuple(change(word) for word in process.argv)
    assert changed != process.argv
    wrong = plan.model_copy(update={"processes": (process.model_copy(update={"argv": changed}),)})
    encode.encode(wrong, {"{in.main}": source}, folder / "outputs", runner)
