"""Plans are pure, whole and pinned: `GOLDEN=write pytest tests/plan` writes them anew, the diff is reviewed."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import EnvironmentFault, MediaError
from pipeline.execute.audio_sources import file_token
from pipeline.execute.rule_sets import with_threads
from pipeline.ffmpeg import guard
from pipeline.media import track_shape
from pipeline.model.capability import Capability
from pipeline.model.inspection import FieldCounts, Inspection, PosterCandidate, Segment
from pipeline.model.loudness import LevelAdjustment
from pipeline.model.plan import Plan
from pipeline.model.profile import Hls, Poster, Sprite, TransportStream
from pipeline.model.submission import Submission, bare
from pipeline.plan import build, cadence, frame, images, ladder, load, mux_budget, needs
from pipeline.plan.request import PlanRequest
from pipeline.plan.spec import AudioSource, Cadence, Film, Sidecars
from tests.factories import INTERLACED, PROFILES, audio, inspection, timeline, video

GOLDEN = Path(__file__).parent / "golden"
SET, USED = load.profile_set("showcase-film", PROFILES)
ABLE = Capability(
    version="9",
    build="b",
    encoders=needs.NEEDED_ENCODERS,
    filters=needs.NEEDED_FILTERS,
    muxers=needs.NEEDED_MUXERS,
    demuxers=(),
)
FILM = bare("film.mov", "我们的村医")

CASES: dict[str, Inspection] = {
    "hd_25p": inspection(),
    "hd_25i": inspection(video_tracks=(INTERLACED,)),
    "phone_480p30_mono_limited": inspection(
        video_tracks=(video(width=720, height=480, display_aspect=1.5, frame_rate=30.0, matrix=None, frames=720),),
        audio_tracks=(audio(channels=1, sample_rate_hz=44100),),
        timeline=timeline(frames=720, period_s=0.033333, last_pts_s=23.966, shortest_s=0.033, longest_s=0.034),
        level=LevelAdjustment(target_lkfs=-24.0, ceiling_dbtp=-2.0, gain_db=15.7, limited=True),
    ),
    "full_range_no_sound": inspection(
        video_tracks=(video(width=640, height=480, display_aspect=1.333, colour_range="full", matrix=None),),
        audio_tracks=(),
    ),
    "mpeg2_late_picture": inspection(video_tracks=(INTERLACED,), timeline=timeline(first_pts_s=0.08, last_pts_s=24.04)),
}


def plan(film: Inspection, submission: Submission = FILM) -> Plan:
    used, notes = build.chosen(film, SET, USED)
    return build.plan(
        PlanRequest(
            inspection=film,
            profiles=tuple(used),
            capability=ABLE,
            title=submission.title_zh,
            language="zho",
            set_name=SET.name,
            notes=tuple(notes),
        )
    )


@pytest.mark.parametrize("name", CASES)
def test_the_whole_plan_is_as_reviewed(name: str) -> None:
    made = json.loads(plan(CASES[name]).to_json())
    path = GOLDEN / f"{name}.json"
    if os.environ.get("GOLDEN") == "write":
        path.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert made == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CASES)
def test_plans_hold_tokens_and_no_paths(name: str) -> None:
    words = plan(CASES[name]).processes[0].argv
    assert words[0] == "{ffmpeg}"
    assert guard.unguarded(words) == []
    assert not [word for word in words if word.startswith("/") or "://" in word]


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert build.to_bytes(plan(CASES["hd_25i"])) == build.to_bytes(plan(CASES["hd_25i"]))


def test_the_literal_key_of_a_plan_is_pinned() -> None:
    """When this changes every film is encoded anew: that must be meant."""
    pinned = json.loads((GOLDEN / "keys.json").read_text()) if (GOLDEN / "keys.json").exists() else {}
    now = {name: plan(film).fingerprint() for name, film in CASES.items()}
    if os.environ.get("GOLDEN") == "write":
        (GOLDEN / "keys.json").write_text(json.dumps(now, indent=1) + "\n")
        pinned = now
    assert now == pinned


def test_every_filter_of_every_plan_is_asked_for_beforehand() -> None:
    import re

    for film in CASES.values():
        words = plan(film).processes[0].argv
        graph = words[words.index("-filter_complex") + 1]
        named = set(re.findall(r"(?:^|;)(?:\[[^\]]+\])*([a-z0-9_]+)", graph))
        assert named <= set(needs.NEEDED_FILTERS)


def test_an_ffmpeg_that_lacks_something_is_refused() -> None:
    lacking = ABLE.model_copy(update={"encoders": ("libx264", "mp2")})
    with pytest.raises(EnvironmentFault, match="aac"):
        build.plan(
            PlanRequest(
                inspection=CASES["hd_25p"],
                profiles=tuple(USED),
                capability=lacking,
                title="x",
                language="zho",
                set_name="s",
            )
        )


def test_a_film_without_picture_has_no_plan() -> None:
    with pytest.raises(MediaError, match="no_picture"):
        plan(inspection(video_tracks=()))


def test_hd_is_left_out_below_720_lines_and_said() -> None:
    small = plan(CASES["phone_480p30_mono_limited"])
    assert "iptv-hd" not in [output.name for output in small.outputs]
    told = [(note.kind, note.values["profile"]) for note in small.notes if note.kind != "limited"]
    assert told == [("too_few_lines", "iptv-hd")]


def test_rungs_above_the_source_are_dropped_but_never_all() -> None:
    names = [output.name for output in plan(CASES["phone_480p30_mono_limited"]).outputs]
    assert [name for name in names if name.startswith("hls-")] == ["hls-360", "hls-234", "hls-audio"]
    tiny = inspection(video_tracks=(video(width=320, height=180),))
    assert "hls-234" in [output.name for output in plan(tiny).outputs]


@pytest.mark.parametrize(("name", "muxrate"), [("iptv-hd", 8_940_000), ("iptv-sd", 2_440_000)])
def test_the_mux_budget_is_that_of_the_facts(name: str, muxrate: int) -> None:
    profile = next(item for item in USED if item.name == name)
    assert isinstance(profile, TransportStream)
    assert mux_budget.mux_budget_for(profile).muxrate_bps == muxrate


@pytest.mark.parametrize(
    ("line", "frames", "slack"),
    [
        (timeline(), 600, 0),
        (timeline(frames=1200, period_s=0.02, last_pts_s=23.98, shortest_s=0.02, longest_s=0.02), 600, 1),
        (timeline(frames=240, period_s=0.1, last_pts_s=23.9, shortest_s=0.1, longest_s=0.1), 600, 1),
        (timeline(frames=1, last_pts_s=0.0), 1, 0),
        # 24.975 a second for 90 s: by rate nearly 25, by the end two pictures more
        (timeline(frames=2248, period_s=0.04004, last_pts_s=89.97, shortest_s=0.04004, longest_s=0.04004), 2250, 1),
    ],
    ids=["25p", "50p", "10p", "one picture", "nearly 25p"],
)
def test_pictures_are_counted_before_they_are_made(line: object, frames: int, slack: int) -> None:
    assert cadence.frames_at(line, Fraction(25)) == (frames, slack)  # type: ignore[arg-type]


@given(
    st.integers(16, 4096),
    st.integers(16, 4096),
    st.sampled_from([0, 90, 180, 270]),
    st.sampled_from([1.0, 1.422, 0.911]),
)
def test_what_fits_is_even_inside_the_box_and_keeps_its_shape(w: int, h: int, rotation: int, par: float) -> None:
    shape = track_shape.snapped_shape(
        video(width=w, height=h, pixel_aspect=par, display_aspect=w * par / h, rotation=rotation)
    )
    box = frame.FrameSize(1920, 1080)
    width, height = frame.fit(shape, box)
    assert width % 2 == height % 2 == 0
    assert 0 <= width <= 1920
    assert 0 <= height <= 1080
    assert width == 1920 or height == 1080
    if min(width, height) > 100:
        assert abs(width / height / float(shape) - 1) < 0.03


def test_an_upright_film_stands_in_its_rungs() -> None:
    film = inspection(video_tracks=(video(rotation=90),))
    outputs = {output.name: output for output in plan(film).outputs}
    rung = outputs["hls-720"].expected.video
    assert rung is not None
    assert (rung.width, rung.height) == (720, 1280)


def test_the_poster_is_the_best_picture_of_the_programme() -> None:
    poster = next(item for item in USED if isinstance(item, Poster))
    best = (
        PosterCandidate(at_s=1.48, score=9.0),
        PosterCandidate(at_s=11.48, score=5.0),
        PosterCandidate(at_s=23.96, score=4.0),
    )
    film = Film("x", (), inspection(stills=best), Cadence(Fraction(25), 600))
    assert images.poster_frame(film, poster) == 37
    line_up = inspection(stills=best).model_copy(update={"start_s": 5.0})
    assert images.poster_frame(Film("x", (), line_up, Cadence(Fraction(25), 475)), poster) == 162
    faster = Film("x", (), inspection(stills=best[2:]), Cadence(Fraction(25), 600, speed=Fraction(25, 24)))
    assert images.poster_frame(faster, poster) == 575
    assert images.poster_frame(Film("x", (), inspection(), Cadence(Fraction(25), 600)), poster) == 0


def test_the_poster_is_not_taken_from_black() -> None:
    poster = next(item for item in USED if isinstance(item, Poster)).model_copy(update={"at": 0.2})
    sprite = next(item for item in USED if isinstance(item, Sprite))
    dark = inspection(black=(Segment(start_s=4.0, end_s=7.0),))
    film = Film("x", "zho", dark, Cadence(Fraction(25), 600))
    assert images.poster_frame(film, poster) == 175
    all_black = inspection(black=(Segment(start_s=0.0, end_s=24.0),))
    film = Film("x", "zho", all_black, Cadence(Fraction(25), 600))
    assert images.poster_frame(film, poster) == 0
    assert images.tiles(film, sprite).count == 24
    hours = Film("x", "zho", dark, Cadence(Fraction(25), 2 * 3600 * 25))
    assert images.tiles(hours, sprite).count <= sprite.most


def test_movement_overrules_a_progressive_flag() -> None:
    combed = inspection(fields=FieldCounts(tff=500, bff=3, progressive=20, undetermined=10))
    assert "bwdif" in " ".join(plan(combed).processes[0].argv)
    assert "bwdif" not in " ".join(plan(inspection()).processes[0].argv)


def test_one_odd_picture_does_not_make_a_still_film_interlaced() -> None:
    from pipeline.model.inspection import FieldCounts

    still = inspection(fields=FieldCounts(tff=1, bff=0, progressive=0, undetermined=179))
    assert not cadence.is_interlaced(still)
    moved = inspection(fields=FieldCounts(tff=40, bff=0, progressive=3, undetermined=137))
    assert cadence.is_interlaced(moved)


def test_a_long_title_is_cut_to_what_a_service_descriptor_holds() -> None:
    from pipeline.plan import transport

    assert transport.service_name("短") == "短"
    assert len(transport.service_name("村" * 128).encode()) <= 120


def test_hls_is_the_ladder_of_the_profile() -> None:
    hls = next(item for item in USED if isinstance(item, Hls))
    film = Film("x", "zho", inspection(), Cadence(Fraction(25), 600))
    assert [rung.height for rung in ladder.rungs(film, hls)] == [540, 720, 1080, 360]


def only(name: str, film: Inspection, folders: list[Path], threads: str | None = None) -> Plan:
    profiles = with_threads([load.profile(name, folders)], threads)
    return build.plan(
        PlanRequest(inspection=film, profiles=tuple(profiles), capability=ABLE, title="片", language="zho", set_name="")
    )


MORE = {
    "mezzanine_25i": ("mezzanine", inspection(video_tracks=(INTERLACED,))),
    "projector_25i": ("projector", inspection(video_tracks=(INTERLACED,))),
    "station_25i": ("station", inspection(video_tracks=(INTERLACED,))),
    "proxy_phone": ("proxy", CASES["phone_480p30_mono_limited"]),
    "audio_only_lesson": ("audio-only", inspection(video_tracks=())),
    "audio_mp3_film": ("audio-mp3", inspection()),
}


@pytest.mark.parametrize("name", MORE)
def test_the_whole_plan_of_a_single_file_is_as_reviewed(name: str) -> None:
    profile, film = MORE[name]
    made = json.loads(only(profile, film, PROFILES).to_json())
    path = GOLDEN / f"{name}.json"
    if os.environ.get("GOLDEN") == "write":
        path.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert made == json.loads(path.read_text(encoding="utf-8"))


def own(folder: Path, name: str, text: str) -> list[Path]:
    (folder / f"{name}.yaml").write_text(f"extends: {name}\n{text}\n")
    return [folder, *PROFILES]


def test_scan_source_keeps_fields_and_only_where_there_are_any(tmp_path: Path) -> None:
    folders = own(tmp_path, "iptv-hd", "scan: source")
    kept = only("iptv-hd", inspection(video_tracks=(INTERLACED,)), folders)
    words = " ".join(kept.processes[0].argv)
    assert "bwdif" not in words
    assert "fieldorder=order=tff" in words
    assert "-flags:v +ilme+ildct" in words
    assert kept.outputs[0].expected.video is not None
    assert kept.outputs[0].expected.video.interlaced
    progressive = only("iptv-hd", inspection(), folders)
    assert "+ildct" not in progressive.processes[0].argv
    # at another rate fields would be torn apart: then whole pictures are made of them
    ntsc = timeline(frames=720, period_s=1001 / 30000, last_pts_s=23.99, shortest_s=0.0333, longest_s=0.0334)
    assert "bwdif" in " ".join(
        only("iptv-hd", inspection(video_tracks=(INTERLACED,), timeline=ntsc), folders).processes[0].argv
    )


def test_rate_source_is_the_films_own(tmp_path: Path) -> None:
    folders = own(tmp_path, "projector", 'rate: source\nvideo: {level: "4.2"}')
    ntsc = timeline(frames=720, period_s=0.033367, last_pts_s=23.99, shortest_s=0.033, longest_s=0.034)
    film = inspection(video_tracks=(video(frame_rate=29.97),), timeline=ntsc)
    made = only("projector", film, folders)
    assert "fps=fps=30000/1001" in " ".join(made.processes[0].argv)
    assert "1001:30000" in made.processes[0].argv
    assert made.outputs[0].expected.video is not None
    assert made.outputs[0].expected.video.frame_rate == pytest.approx(29.97, abs=0.001)
    fast = timeline(frames=2880, period_s=1 / 120, last_pts_s=23.99, shortest_s=0.0083, longest_s=0.0084)
    assert "fps=fps=60" in " ".join(only("projector", inspection(timeline=fast), folders).processes[0].argv)


def test_threads_auto_is_in_the_key_and_in_the_record() -> None:
    one, auto = only("iptv-sd", inspection(), PROFILES), only("iptv-sd", inspection(), PROFILES, "auto")
    assert one.fingerprint() != auto.fingerprint()
    assert [item.threads for item in (*one.profiles, *auto.profiles)] == ["1", "auto"]
    assert auto.processes[0].argv[auto.processes[0].argv.index("-threads:v") + 1] == "0"


def test_options_stand_last_before_their_output(tmp_path: Path) -> None:
    folders = own(tmp_path, "proxy", "options: ['-tune', film]")
    words = only("proxy", inspection(), folders).processes[0].argv
    at = words.index("{out.proxy}")
    assert words[at - 2 : at] == ("-tune", "film")


def test_each_level_of_sound_is_made_once_and_none_keeps_the_sound(tmp_path: Path) -> None:
    folders = own(tmp_path, "projector", "audio: {loudness_lkfs: -16.0, true_peak_dbtp: -1.0}")
    levels = (
        *inspection().levels,
        LevelAdjustment(
            target_lkfs=-16.0, ceiling_dbtp=-1.0, gain_db=4.0, limited=False, codec="aac", bitrate_kbps=256
        ),
    )
    film = inspection().model_copy(update={"levels": levels})
    profiles = [load.profile(name, folders) for name in ("iptv-sd", "projector", "proxy", "audio-only")]
    made = build.plan(
        PlanRequest(inspection=film, profiles=tuple(profiles), capability=ABLE, title="x", language="zho", set_name="")
    )
    graph = made.processes[0].argv[made.processes[0].argv.index("-filter_complex") + 1]
    assert graph.count("volume=volume=-4dB") == graph.count("volume=volume=4dB") == 1
    wanted = {item.name: item.expected.audio[0].loudness_lkfs for item in made.outputs if item.expected.audio}
    assert wanted == {"iptv-sd": -24.0, "projector": -16.0, "proxy": None, "audio-only": -24.0}


def test_nothing_is_enlarged_for_computers() -> None:
    small = inspection(video_tracks=(video(width=720, height=576, display_aspect=1.778, pixel_aspect=1.422),))
    expected = only("projector", small, PROFILES).outputs[0].expected.video
    assert expected is not None
    assert (expected.width, expected.height) == (1024, 576)
    upright = inspection(video_tracks=(video(rotation=90),))
    expected = only("proxy", upright, PROFILES).outputs[0].expected.video
    assert expected is not None
    assert (expected.width, expected.height) == (360, 640)


def test_a_set_none_of_whose_conditions_hold_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "only-hd.yaml").write_text(
        "schema_version: 1\npolicy: showcase-film\nprofiles:\n  - {name: iptv-hd, when: {min_lines: 720}}\n"
        "  - {name: iptv-sd, when: {scan: interlaced}}\n  - {name: proxy, when: {sound: false}}\n"
        "  - {name: poster, when: {max_lines: 100}}\n"
    )
    chosen, profiles = load.profile_set("only-hd", [tmp_path, *PROFILES])
    used, notes = build.chosen(CASES["phone_480p30_mono_limited"], chosen, profiles)
    assert used == []
    assert [note.kind for note in notes] == ["too_few_lines", "other_scan", "other_sound", "too_many_lines"]
    with pytest.raises(MediaError, match="nothing_to_make"):
        build.plan(
            PlanRequest(
                inspection=inspection(), profiles=tuple(used), capability=ABLE, title="x", language="zho", set_name=""
            )
        )
    assert [item.name for item in build.chosen(CASES["hd_25i"], chosen, profiles)[0]] == ["iptv-hd", "iptv-sd"]


def test_a_longer_dub_of_sound_alone_is_kept_whole() -> None:
    """Each language is a file of its own; beside pictures it ends with them, and that is said."""
    dub = AudioSource(inspection=inspection(audio_duration_s=30.0), language="uig", token=file_token(1))
    profiles = (load.profile("audio-only", PROFILES),)
    asked = {"profiles": profiles, "capability": ABLE, "title": "x", "language": "zho", "set_name": ""}
    for film, lengths, said in ((inspection(video_tracks=()), [24.0, 30.0], []), (inspection(), [24.0], ["uig"])):
        sidecars = Sidecars(audio=(dub,))
        made = build.plan(PlanRequest.model_validate({"inspection": film, "sidecars": sidecars, **asked}))
        assert [item.expected.duration_s for item in made.outputs] == lengths
        assert [item.values["language"] for item in made.notes if item.kind == "sound_length"] == said
        assert made.duration_s == 24.0
