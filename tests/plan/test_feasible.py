"""Profiles that can't work are errors before anything is encoded."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import catalogue, extends
from pipeline.errors import InputError
from pipeline.plan import feasible, load
from tests.factories import PROFILES

NAMES = extends.names(PROFILES)


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_profile_works(name: str) -> None:
    assert feasible.faults(load.profile(name, PROFILES)) == []


# base, what a workspace changes, the place that is named, why
CASES = [
    ("iptv-hd", 'video: {level: "3.1"}', "video.level", "level_too_low_size"),
    ("iptv-hd", "rate: 50", "video.level", "level_too_low_rate"),
    ("iptv-hd", "video: {bitrate_kbps: 26000}", "video.bitrate_kbps", "level_too_low_bits"),
    ("iptv-hd", "mux: {muxrate_kbps: 8900}", "mux.muxrate_kbps", "mux_too_low"),
    ("iptv-hd", "audio: {bitrate_kbps: 200}", "audio.bitrate_kbps", "bitrate_not_in_layer"),
    ("iptv-hd", "audio: {codec: pcm}", "audio.codec", "codec_not_in_form"),
    ("iptv-hd", 'scan: source\nvideo: {level: "4.2"}', "video.level", "level_has_no_fields"),
    ("iptv-hd", "video: {sample_aspect: '70000:1'}", "video.sample_aspect", "aspect_too_large"),
    ("hls", "segment_s: 5", "segment_s", "segment_cuts_gop"),
    (
        "hls",
        "rungs: [{name: audio, width: 320, height: 180, crf: 21, maxrate_kbps: 300}]",
        "rungs.5.name",
        "name_twice",
    ),
    ("hls", "audio: {codec: mp2}", "audio.codec", "codec_not_in_form"),
    ("projector", 'rate: 60\nvideo: {level: "4.0"}', "video.level", "level_too_low_rate"),
    ("projector", "video: {maxrate_kbps: 70000}", "video.maxrate_kbps", "level_too_low_bits"),
    ("projector", "video: {maxrate_kbps: 45000}", "video.maxrate_kbps", "level_too_low_buffer"),
    ("sprite", "most: 40000", "most", "sheet_too_large"),
    ("mezzanine", "audio: {bitrate_kbps: 128}", "audio.bitrate_kbps", "pcm_has_no_rate"),
    ("audio-mp3", "audio: {bitrate_kbps: 130}", "audio.bitrate_kbps", "bitrate_not_in_layer"),
    ("audio-only", "audio: {bitrate_kbps: 8}", "audio.bitrate_kbps", "bitrate_not_in_layer"),
]


@pytest.mark.parametrize(("base", "change", "field", "kind"), CASES)
def test_what_can_not_work_is_named_with_its_line(
    base: str, change: str, field: str, kind: str, tmp_path: Path
) -> None:
    own = tmp_path / f"{base}.yaml"
    own.write_text(f"extends: {base}\n{change}\n")
    with pytest.raises(InputError, match="profile_impossible") as caught:
        load.profile(base, [tmp_path, *PROFILES])
    problems = caught.value.values["problems"]
    assert isinstance(problems, tuple)
    assert (problems[0].field, problems[0].kind) == (field, kind)
    for language in catalogue.LANGUAGES:
        said = catalogue.error_lines(language, caught.value)
        assert catalogue.say(language, f"problem.{kind}", **problems[0].values) in said[2]


def test_a_little_less_works(tmp_path: Path) -> None:
    for base, change in (
        ("iptv-hd", "mux: {muxrate_kbps: 8940}"),
        ("iptv-hd", "video: {bitrate_kbps: 25000}"),
        ("projector", "video: {maxrate_kbps: 39000}"),
    ):
        (tmp_path / f"{base}.yaml").write_text(f"extends: {base}\n{change}\n")
        load.profile(base, [tmp_path, *PROFILES])


@pytest.mark.parametrize(
    ("change", "place"),
    [("colour: red", ":2:1"), ("video: {width: 1921}", ":2:9"), ("options: ['-i']", ":2:11"), ("threads: 4", ":2:1")],
)
def test_keys_and_values_that_there_are_not(change: str, place: str, tmp_path: Path) -> None:
    (tmp_path / "iptv-hd.yaml").write_text(f"extends: iptv-hd\n{change}\n")
    with pytest.raises(InputError, match="yaml_invalid") as caught:
        load.profile("iptv-hd", [tmp_path, *PROFILES])
    assert caught.value.where == f"{tmp_path / 'iptv-hd.yaml'}{place}"
