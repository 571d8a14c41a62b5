"""Plans of a lecture with its slides; the golden ones are written as in `test_plan`."""

from __future__ import annotations

import json
import os
import re
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.execute import narrated, transcoding
from pipeline.model.chapter import Chapter
from pipeline.model.course import Corner, Layout
from pipeline.model.inspection import Inspection
from pipeline.model.media import Media
from pipeline.model.plan import Plan
from pipeline.model.subtitles import Cue, SubtitleTrack
from pipeline.package import side_files
from pipeline.plan import build, load, needs
from pipeline.plan.lecture import SLIDES_INPUT, Slides
from pipeline.plan.request import PlanRequest
from pipeline.plan.spec import Sidecars
from tests.factories import INTERLACED, PROFILES, inspection, timeline, video
from tests.plan.test_plan import ABLE, SET, USED

GOLDEN = Path(__file__).parent / "golden"
LECTURE = inspection(video_tracks=(video(width=1280, height=720),))
NARROW = inspection(
    video_tracks=(INTERLACED.model_copy(update={"width": 720, "height": 576, "display_aspect": 1.333}),)
)
DECK = Inspection(
    sha256="d" * 64,
    size_bytes=1000,
    format="matroska",
    media=Media(
        container="Matroska", size_bytes=1000, duration_s=20.0, bitrate_bps=1, truncated=False, video=(video(),)
    ),
    measures=None,
)
CHAPTERS = (
    Chapter(start_s=0.0, title="开课=1;", page=1),
    Chapter(start_s=10.0, title="播种", page=2),
    Chapter(start_s=18.0, title="开课=1;", page=1),
)


def request(film: Inspection, layout: Layout | None, *names: str, **more: object) -> PlanRequest:
    slides = Slides(inspection=DECK, layout=layout) if layout else None
    values = {
        "inspection": film,
        "profiles": tuple(load.profile(name, PROFILES) for name in names),
        "capability": ABLE,
        "title": "棉花",
        "language": "zho",
        "sidecars": Sidecars(slides=slides),
        **more,
    }
    return PlanRequest.model_validate(values)


def plan(film: Inspection, layout: Layout | None, *names: str, **more: object) -> Plan:
    return build.plan(request(film, layout, *names, **more))


def graph_of(made: Plan) -> str:
    words = made.processes[0].argv
    return words[words.index("-filter_complex") + 1]


CASES = {
    "lecture_side": (LECTURE, Layout.SIDE, ("iptv-hd", "iptv-sd", "poster")),
    "lecture_pip_fields": (NARROW, Layout.PIP, ("iptv-hd", "proxy")),
    "lecture_slides_chapters": (LECTURE, Layout.SLIDES, ("projector", "audio-only", "audio-mp3")),
}


@pytest.mark.parametrize("name", CASES)
def test_the_whole_plan_of_a_lecture_is_as_reviewed(name: str) -> None:
    film, layout, names = CASES[name]
    made = json.loads(plan(film, layout, *names, chapters=CHAPTERS).to_json())
    path = GOLDEN / f"{name}.json"
    if os.environ.get("GOLDEN") == "write":
        path.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert made == json.loads(path.read_text(encoding="utf-8"))


def test_the_lecture_alone_is_planned_as_without_slides() -> None:
    assert build.to_bytes(plan(LECTURE, Layout.FILM, "iptv-hd")) == build.to_bytes(plan(LECTURE, None, "iptv-hd"))


@pytest.mark.parametrize("name", ["projector", "mezzanine"])
def test_pictures_and_sound_from_two_places_wait_for_each_other(name: str) -> None:
    """Else their order in the file depends on how busy the machine is."""
    waiting = ("-max_interleave_delta", "0")
    heard = narrated.narration(LECTURE, "zho")
    mute = LECTURE.model_copy(update={"media": LECTURE.media.model_copy(update={"audio": ()})})
    for made in (
        plan(LECTURE, Layout.SLIDES, name),
        plan(mute, None, name),
        plan(mute, None, name, sidecars=Sidecars(audio=(heard,))),
    ):
        words = made.processes[0].argv
        assert waiting in pairwise(words)
    for layout in (None, Layout.FILM):
        assert "-max_interleave_delta" not in plan(LECTURE, layout, name).processes[0].argv


def test_what_the_slides_are_not_seen_in_does_not_depend_on_them() -> None:
    assert plan(LECTURE, Layout.SIDE, "iptv-hd").beside_sha256 == {SLIDES_INPUT: "d" * 64}
    assert build.to_bytes(plan(LECTURE, Layout.SIDE, "audio-mp3")) == build.to_bytes(plan(LECTURE, None, "audio-mp3"))


def test_each_profile_has_one_plan_whoever_asks() -> None:
    names = ("iptv-hd", "iptv-sd", "poster")
    whole = request(LECTURE, Layout.SIDE, *names, chapters=CHAPTERS)
    for name in names:
        alone = request(LECTURE, Layout.SIDE, name, chapters=CHAPTERS, whole_frame=whole.largest_frame)
        assert build.to_bytes(build.plan(whole.only([name]))) == build.to_bytes(build.plan(alone))


def test_every_filter_is_asked_for_beforehand() -> None:
    for film, layout, names in CASES.values():
        graph = graph_of(plan(film, layout, *names))
        assert set(re.findall(r"(?:^|;)(?:\[[^\]]+\])*([a-z0-9_]+)", graph)) <= set(needs.NEEDED_FILTERS)


def test_a_small_lecturer_has_the_slides_lines() -> None:
    """A phone's 360 lines beside slides of 1080 go to every stream that slides go to."""
    phone = inspection(video_tracks=(video(width=640, height=360),))
    assert [note.kind for note in build.chosen(phone, SET, USED)[1]] == ["too_few_lines"]
    used, notes = build.chosen(phone, SET, USED, (), Slides(inspection=DECK))
    assert notes == []
    names = [output.name for output in plan(phone, Layout.SIDE, *(item.name for item in used)).outputs]
    assert {"iptv-hd", "hls-1080"} <= set(names)


def test_fields_of_a_lecturer_are_kept_and_stand_where_they_were() -> None:
    """Each fourth line: colour has half as many, and every other of those is of one field."""
    (kept,) = (load.profile("iptv-hd", PROFILES).model_copy(update={"scan": "source"}),)
    graph = graph_of(plan(NARROW, Layout.PIP, profiles=(kept,)))
    assert "interl=1" in graph
    match = re.search(r"overlay=eval=init:format=yuv420:x=(\d+):y=(\d+)", graph)
    assert match is not None
    assert int(match[2]) % 4 == 0
    assert graph.count("interl=1") == 1  # the deck's pictures are whole


def test_a_bright_lecturer_is_toned_and_the_slides_are_not() -> None:
    bright = inspection(video_tracks=(video(transfer="HLG", matrix="bt2020", primaries="BT.2020", bit_depth=10),))
    for name in ("iptv-hd", "mezzanine"):
        assert graph_of(plan(bright, Layout.SIDE, name)).count("]tonemap=") == 1
    assert "tonemap" not in graph_of(plan(bright, Layout.SLIDES, "iptv-hd"))
    assert "tonemap" not in graph_of(plan(bright, None, "mezzanine"))


def test_a_line_up_is_left_out_of_the_slides_too() -> None:
    late = LECTURE.model_copy(update={"start_s": 4.0})
    made = plan(late, Layout.SIDE, "audio-mp3", "proxy", chapters=CHAPTERS)
    assert graph_of(made).count("trim=start=4.000000") == 2
    assert [item.start_s for item in made.outputs[0].expected.chapters] == [0.0, 6.0, 14.0]


def test_a_faster_film_has_faster_slides_and_chapters() -> None:
    slow = timeline(frames=576, period_s=1 / 24, last_pts_s=23.958, shortest_s=1 / 24, longest_s=1 / 24)
    profile = load.profile("projector", PROFILES).model_copy(update={"rate_by": "speed"})
    film = inspection(video_tracks=(video(frame_rate=24.0),), timeline=slow)
    made = plan(film, Layout.SIDE, profiles=(profile,), chapters=CHAPTERS)
    assert "setpts=expr=PTS*24/25" in graph_of(made)
    assert [item.start_s for item in made.outputs[0].expected.chapters] == [0.0, 9.6, 17.28]


def test_chapters_change_only_what_holds_them() -> None:
    for name in ("iptv-hd", "hls", "poster", "mezzanine"):
        told = plan(LECTURE, Layout.SIDE, name, chapters=CHAPTERS)
        assert build.to_bytes(told) == build.to_bytes(plan(LECTURE, Layout.SIDE, name))
    words = plan(LECTURE, Layout.SIDE, "iptv-sd", "projector", chapters=CHAPTERS).processes[0].argv
    assert words.count("-map_chapters") == 2
    assert words[words.index("{out.projector}") - 2 :][:2] == ("-map_chapters", "2")


def test_chapters_and_times_of_slides_lie_beside() -> None:
    asked = request(LECTURE, Layout.FILM, "proxy", chapters=CHAPTERS, deck_sha256="e" * 64)
    whole = transcoding.plan_transcode(asked).plan
    written = side_files.side_files_for(whole, ())
    assert written["chapters.vtt"].role == "chapters"
    assert written["chapters.vtt"].content.decode().endswith("00:00:18.000 --> 00:00:24.000\n开课=1;\n\n")
    assert written["slides.json"].role == "slide_times"
    assert json.loads(written["slides.json"].content) == {
        "deck": "e" * 64,
        "pages": [
            {"start_s": 0.0, "page": 1, "title": "开课=1;"},
            {"start_s": 10.0, "page": 2, "title": "播种"},
            {"start_s": 18.0, "page": 1, "title": "开课=1;"},
        ],
    }
    own = request(LECTURE, None, "proxy", chapters=(Chapter(start_s=0.0, title="1"),))
    assert list(side_files.side_files_for(transcoding.plan_transcode(own).plan, ())) == ["chapters.vtt"]
    assert side_files.side_files_for(transcoding.plan_transcode(request(LECTURE, None, "proxy")).plan, ()) == {}


def test_subtitles_stand_under_the_slides() -> None:
    from pipeline.inspect import fonts

    cue = Cue(number=1, line=None, start_s=1.0, end_s=2.0, lines=("棉",))
    sidecars = Sidecars(
        subtitles=(SubtitleTrack(language="zho", sha256="0", cues=(cue,)),),
        font_coverage=fonts.font_coverage(["棉"]),
        slides=Slides(inspection=DECK, layout=Layout.SIDE, corner=Corner.TOP_LEFT),
    )
    burnt = load.profile("iptv-hd", PROFILES).model_copy(update={"burn": "zho"})
    graph = graph_of(plan(LECTURE, None, profiles=(burnt,), sidecars=sidecars))
    assert "pad=color=black:h=1080:w=1920:x=48:y=28" in graph
    assert graph.index("overlay=") < graph.index("ass=")
