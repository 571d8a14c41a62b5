from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import catalogue, shipped
from pipeline.errors import InputError
from pipeline.plan import load
from tests.factories import PROFILES


@pytest.mark.parametrize("name", sorted(path.stem for path in (shipped.folder("profiles") / "sets").glob("*.yaml")))
def test_every_shipped_set_is_whole(name: str) -> None:
    chosen, profiles = load.profile_set(name, PROFILES)
    assert [profile.name for profile in profiles] == [item.name for item in chosen.profiles]


def test_the_workspaces_own_profile_wins_by_name(tmp_path: Path) -> None:
    own = (shipped.folder("profiles") / "iptv-sd.yaml").read_text().replace("bitrate_kbps: 2000", "bitrate_kbps: 1850")
    (tmp_path / "iptv-sd.yaml").write_text(own)
    _, profiles = load.profile_set("showcase-film", [tmp_path, *PROFILES])
    assert profiles[1].video.bitrate_kbps == 1850  # type: ignore[union-attr]


def test_a_wrong_profile_names_its_line(tmp_path: Path) -> None:
    own = (shipped.folder("profiles") / "iptv-hd.yaml").read_text()
    (tmp_path / "iptv-hd.yaml").write_text(own.replace("buffer_ms: 500", "buffer_ms: 900"))
    with pytest.raises(InputError) as caught:
        load.profile_set("showcase-film", [tmp_path, *PROFILES])
    line = own.splitlines().index("  buffer_ms: 500") + 1
    assert caught.value.where == f"{tmp_path / 'iptv-hd.yaml'}:{line}:3"


def test_an_unknown_set_lists_those_known() -> None:
    with pytest.raises(InputError) as caught:
        load.profile_set("nothing", PROFILES)
    assert "showcase-film" in str(caught.value.values["known"])


def test_a_set_names_a_policy_that_there_is(tmp_path: Path) -> None:
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "own.yaml").write_text("extends: course-video\nname: own\npolicy: nobody\n")
    with pytest.raises(InputError, match="no_such_name") as caught:
        load.profile_set("own", [tmp_path, *PROFILES])
    assert str(caught.value.where).endswith("own.yaml:3:1")


@pytest.mark.parametrize(
    ("base", "change", "kind"),
    [
        ("iptv-hd", "mux: {service_type: television}", "literal_error"),
        ("poster", "width: 70000", "less_than_equal"),
        ("proxy", "options: [-an, more.mp4]", "second_output"),
        ("proxy", "options: [more.mp4]", "second_output"),
        ("proxy", "options: ['-b:v', 1M, more.mp4]", "second_output"),
    ],
)
def test_a_value_that_ffmpeg_would_stumble_over_is_told_first(
    base: str, change: str, kind: str, tmp_path: Path
) -> None:
    (tmp_path / f"{base}.yaml").write_text(f"extends: {base}\n{change}\n")
    with pytest.raises(InputError, match="yaml_invalid") as caught:
        load.profile(base, [tmp_path, *PROFILES])
    assert [item.kind for item in caught.value.values["problems"]] == [kind]  # type: ignore[attr-defined]
    assert ":2:" in str(caught.value.where)
    assert all(
        "{" not in line for language in catalogue.LANGUAGES for line in catalogue.error_lines(language, caught.value)
    )


# what is said of H.265, and the place and kind of what is wrong with it
NOT_HEVC = [
    ("codec: hevc\nprofile: high", ":4:1", "literal_error", "profile"),
    ("codec: hevc\nprofile: main10", ":4:1", "literal_error", "profile"),
    ('codec: hevc\nprofile: main\nlevel: "4.0"', ":5:1", "extra_forbidden", "level"),
    ("codec: hevc\nprofile: main\nsegments: ts", ":5:1", "hevc_in_ts", "segments"),
    ("codec: avs2\nprofile: main", ":3:1", "literal_error", "codec"),
    ("codec: avc\nprofile: main10", ":4:1", "literal_error", "profile"),
]


@pytest.mark.parametrize(("change", "place", "kind", "field"), NOT_HEVC)
def test_what_another_codec_has_is_refused_when_it_is_read(
    change: str, place: str, kind: str, field: str, tmp_path: Path
) -> None:
    (tmp_path / "own.yaml").write_text(f"extends: hls\nname: own\n{change}\n")
    with pytest.raises(InputError, match="yaml_invalid") as caught:
        load.profile("own", [tmp_path, *PROFILES])
    problems = caught.value.values["problems"]
    assert [(item.kind, item.field) for item in problems] == [(kind, field)]  # type: ignore[attr-defined]
    assert caught.value.where == f"{tmp_path / 'own.yaml'}{place}"
    for language in catalogue.LANGUAGES:
        assert "{" not in "".join(catalogue.error_lines(language, caught.value))


def test_an_inherited_profile_of_another_codec_is_refused_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("extends: hls\nname: own\ncodec: hevc\n")
    with pytest.raises(InputError, match="yaml_invalid") as caught:
        load.profile("own", [tmp_path, *PROFILES])
    assert "/hls.yaml:" in str(caught.value.where)


@pytest.mark.parametrize("base", ["iptv-hd", "projector"])
def test_a_codec_that_is_said_is_the_one_that_goes_without_saying(base: str, tmp_path: Path) -> None:
    (tmp_path / f"{base}.yaml").write_text(f"extends: {base}\nvideo: {{codec: avc}}\n")
    assert load.profile(base, [tmp_path, *PROFILES]).digest() == load.profile(base, PROFILES).digest()
    (tmp_path / f"{base}.yaml").write_text(f"extends: {base}\nvideo: {{codec: hevc}}\n")
    with pytest.raises(InputError, match="yaml_invalid") as caught:
        load.profile(base, [tmp_path, *PROFILES])
    assert str(caught.value.where).endswith(f"{base}.yaml:2:9")


def test_a_set_names_a_profile_once(tmp_path: Path) -> None:
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "twice.yaml").write_text(
        "schema_version: 1\npolicy: showcase-film\nprofiles: [{name: iptv-sd}, {name: iptv-sd}]\n"
    )
    with pytest.raises(InputError, match="yaml_invalid"):
        load.profile_set("twice", [tmp_path, *PROFILES])


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("movie: [iptv-sd, iptv-uhd]", "movie_unknown"),
        ("provider_id: Example.org", "string_pattern_mismatch"),
        ("provider: 一二三四五六七八九十一二三四五六七八九十一", "string_too_long"),
        ("tiers: [a]", "extra_forbidden"),
    ],
)
def test_what_a_set_says_of_cable_is_held_to_what_adi_takes(line: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / "sets").mkdir()
    own = f"extends: showcase-film-cable\nname: own\nadi:\n  product: VOD\n  {line}\n"
    (tmp_path / "sets" / "own.yaml").write_text(own, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load.profile_set("own", [tmp_path, *PROFILES])
    (problem,) = caught.value.values["problems"]  # type: ignore[misc]
    assert (problem.kind, problem.where.split(":")[1]) == (kind, "5")
    for language in catalogue.LANGUAGES:
        assert "movie_unknown" not in "\n".join(catalogue.error_lines(language, caught.value))
