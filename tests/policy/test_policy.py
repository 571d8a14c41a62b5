"""Rules on facts: for each code a film that raises it and a near miss that does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import shipped
from pipeline.errors import InputError
from pipeline.execute.rule_sets import read_policy
from pipeline.media.signature import _PATTERNS, _PREFIXES
from pipeline.model.finding import Policy, Verdict
from pipeline.model.inspection import Bars, Inspection, PictureStretch, Segment, SoundStretch
from pipeline.model.media import Crop, Scan, TextTrack, TimecodeTrack, UnreadTrack, VideoTrack
from pipeline.policy import dub_facts, generated_facts, load
from pipeline.policy.facts import _FAMILIES, WRONG_ENDING, facts
from tests.factories import PROFILES, audio, inspection, reported, timeline, video

POLICY = load.policy("showcase-film", PROFILES)


def with_media(**values: object) -> Inspection:
    film = inspection()
    return film.model_copy(update={"media": film.media.model_copy(update=values)})


def with_unread(kind: str, **values: object) -> Inspection:
    given = {"kind": kind, "index": 2, "id": 258, "codec": "", "tag": None, **values}
    return with_media(unread=(UnreadTrack.model_validate(given),))


def stretches(*aspects: float) -> tuple[PictureStretch, ...]:
    """Five seconds each, of 720x576."""
    like = {"width": 720, "height": 576, "pix_fmt": "yuv420p"}
    return tuple(
        PictureStretch.model_validate(
            {
                **like,
                "start_s": 5.0 * number,
                "end_s": 5.0 * number + 5,
                "pixel_aspect": aspect,
                "colour_range": "limited",
                "matrix": "bt601",
                "transfer": None,
            }
        )
        for number, aspect in enumerate(aspects)
    )


def segment(start: float, end: float, value: float | None = None, channel: int | None = None) -> tuple[Segment, ...]:
    return (Segment(start_s=start, end_s=end, value=value, channel=channel),)


def bars(sides: float = 0.0, above: float = 0.0, end: float = 24.0) -> Inspection:
    return inspection(bars=(Bars(start_s=0, end_s=end, top=above, bottom=above, left=sides, right=sides),))


# code → (a film that raises it, a near miss that does not)
CASES: dict[str, tuple[Inspection, Inspection]] = {
    "file.truncated": (with_media(truncated=True), inspection()),
    "video.missing": (inspection(video_tracks=()), inspection()),
    "audio.missing": (inspection(audio_tracks=()), inspection()),
    "av.duration_mismatch": (inspection(audio_duration_s=22.9), inspection(audio_duration_s=23.1)),
    "file.unsupported_container": (with_media(container="Ogg"), with_media(container="MXF")),
    "file.programmes": (with_media(programmes=2), inspection()),
    "file.attached_picture": (with_media(attached_pictures=1), inspection()),
    "file.timecode": (with_media(timecode=(TimecodeTrack(first_frame="10:00:00:00", source="tmcd"),)), inspection()),
    "file.text_track": (with_media(text=(TextTrack(codec="Timed Text", language="zh"),)), inspection()),
    "file.edit_list": (with_media(edit_list=True), inspection()),
    "content.black": (inspection(black=segment(3, 5)), inspection(black=segment(3, 4.8))),
    "content.freeze": (inspection(freeze=segment(3, 5.5)), inspection(freeze=segment(3, 5.3))),
    "content.silence": (inspection(silence=segment(3, 6)), inspection(silence=segment(3, 5.8))),
    "content.decode_errors": (inspection(decode_errors=1), inspection()),
    "content.begins_inside": (inspection(undecoded_head=segment(-1.6, 0, 40.0)), inspection()),
    "content.combing": (inspection(combed=segment(3, 6)), inspection(combed=segment(3, 5.5))),
    "content.field_order": (inspection(wrong_fields=segment(3, 6)), inspection(wrong_fields=segment(3, 5.5))),
    "content.flash": (inspection(flash=segment(3, 5, 3.5)), inspection(flash=segment(3, 5, 3.0))),
    "content.dropped_frames": (inspection(repeats=segment(3, 5, 0.2)), inspection()),
    "content.luma_range": (inspection(outside_range=segment(3, 4.0)), inspection(outside_range=segment(3, 3.9))),
    "content.line_up": (inspection(line_up=segment(0, 3)), inspection(line_up=segment(0, 2))),
    "content.shared_times": (
        inspection(shared_times=({"start_s": 3.0, "end_s": 5.0, "value": 2.0},)),
        inspection(shared_times=({"start_s": 3.0, "end_s": 3.0, "value": 1.0},)),
    ),
    "content.timestamps": (inspection(sound_gaps=segment(3, 3.2, 0.2)), inspection(sound_gaps=segment(3, 3.05, 0.05))),
    "content.clipping": (inspection(clipping=segment(3, 4)), inspection(clipping=segment(3, 3.1))),
    "content.phase_inverted": (inspection(inverted=segment(3, 6)), inspection(inverted=segment(3, 5))),
    "content.dead_channel": (inspection(dead_channels=segment(3, 6, None, 1)), inspection()),
    "content.mono": (inspection(dual_mono=True), inspection()),
    "content.loudness_range": (inspection(loudness_range_lu=21.0), inspection(loudness_range_lu=19.0)),
    "content.loudness_sparse": (inspection(loudness_spread_lu=0.9), inspection()),
    "content.letterbox": (bars(sides=0.125), bars(above=0.1215)),  # 2.35:1 is the film's own right
    "content.loudness_high": (inspection(loudness_lkfs=-21.9), inspection(loudness_lkfs=-22.0)),
    "content.loudness_low": (inspection(loudness_lkfs=-26.1), inspection(loudness_lkfs=-26.0)),
    "content.true_peak": (inspection(true_peak_dbtp=-1.9), inspection(true_peak_dbtp=-2.0)),
    "video.codec": (inspection(video_tracks=(video(codec="VP9"),)), inspection(video_tracks=(video(codec="ProRes"),))),
    "video.resolution": (inspection(video_tracks=(video(width=1440),)), inspection()),
    "video.frame_rate": (
        inspection(timeline=timeline(frames=720, period_s=0.033367, last_pts_s=719 * 0.0333667)),
        inspection(timeline=timeline(frames=1200, period_s=0.02, last_pts_s=23.98)),
    ),
    "video.vfr": (inspection(timeline=timeline(longest_s=0.08)), inspection(timeline=timeline(longest_s=0.041))),
    "video.aspect": (
        inspection(video_tracks=(video(display_aspect=1.5),)),
        inspection(video_tracks=(video(width=720, height=576, pixel_aspect=1.067, display_aspect=1.333),)),
    ),
    "video.scan_type": (inspection(video_tracks=(video(scan=Scan.UNKNOWN),)), inspection()),
    "video.bit_depth": (
        inspection(video_tracks=(video(bit_depth=12),)),
        inspection(video_tracks=(video(bit_depth=10),)),
    ),
    "video.bitrate": (inspection(video_tracks=(video(bitrate_bps=150_000),)), inspection()),
    "video.duration": (inspection(timeline=timeline(last_pts_s=0.5)), inspection()),
    "audio.codec": (inspection(audio_tracks=(audio(codec="Opus"),)), inspection(audio_tracks=(audio(codec="PCM"),))),
    "audio.language": (
        inspection(audio_tracks=(audio(language="Chinese!"),)),
        inspection(audio_tracks=(audio(language=None),)),
    ),
    "video.chroma": (
        inspection(video_tracks=(video(chroma="4:4:4"),)),
        inspection(video_tracks=(video(chroma="4:2:2"),)),
    ),
    "video.hdr": (inspection(video_tracks=(video(hdr="HLG"),)), inspection()),
    "video.rotated": (inspection(video_tracks=(video(rotation=90, display_aspect=0.5625),)), inspection()),
    "audio.channels": (inspection(audio_tracks=(audio(channels=1),)), inspection(audio_tracks=(audio(channels=6),))),
    "audio.rest": (
        inspection(audio_tracks=(audio(channels=8, pair=(1, 2)),)),
        inspection(audio_tracks=(audio(channels=2, pair=(1, 2)),)),
    ),
    "video.mirrored": (inspection(video_tracks=(video(mirrored=True),)), inspection()),
    "video.immersive": (inspection(video_tracks=(video(immersive="3D"),)), inspection()),
    "video.cropped": (inspection(video_tracks=(video(crop=Crop(left=8)),)), inspection()),
    "audio.unread": (with_unread("audio", codec="APAC"), with_unread("video", codec="APV")),
    "video.unread": (with_unread("video", codec="APV"), with_unread("audio", codec="APAC")),
    "file.unnamed_stream": (with_unread("unknown", rate_kbps=33), with_unread("unknown", rate_kbps=32)),
    "video.unused": (inspection(video_tracks=(video(index=2), video(index=0))), inspection()),
    "file.empty_stream": (with_unread("audio", codec="AAC", empty=True), with_unread("audio", codec="AAC")),
    "video.changes": (inspection(picture_stretches=stretches(1.0667, 1.4222)), inspection()),
    "audio.changes": (
        inspection(
            sound_stretches=(
                SoundStretch(start_s=0, end_s=5, layout="stereo", sample_rate_hz=48000),
                SoundStretch(start_s=5, end_s=9, layout="5.1(side)", sample_rate_hz=48000),
            )
        ),
        inspection(),
    ),
    "audio.unnamed": (
        inspection(audio_tracks=(audio(), audio())),
        inspection(audio_tracks=(audio(), audio(language="uig"), audio(language="kaz"))),
    ),
    "audio.unused": (
        inspection(audio_tracks=tuple(audio(channels=1) for _ in range(8))),
        inspection(audio_tracks=(audio(channels=1), audio(channels=1), audio(language="uig"))),
    ),
    "audio.sample_rate": (inspection(audio_tracks=(audio(sample_rate_hz=44100),)), inspection()),
}


def codes(film: Inspection, policy: Policy = POLICY) -> set[str]:
    return {item.code for item in reported(film, policy, file="f", language="en").findings}


def test_every_rule_has_a_case() -> None:
    elsewhere = {*dub_facts.NAMES, *generated_facts.NAMES, WRONG_ENDING}  # other modules have those
    of_the_film = (rule for rule in POLICY.rules if rule.fact not in elsewhere)
    assert {rule.code for rule in of_the_film} == set(CASES)


@pytest.mark.parametrize("code", CASES)
def test_a_code_is_raised_where_it_should_be_and_only_there(code: str) -> None:
    bad, near = CASES[code]
    assert code in codes(bad)
    assert code not in codes(near)


def test_a_good_film_is_accepted_in_silence() -> None:
    report = reported(inspection(), POLICY, file="f", language="zh")
    assert (report.verdict, report.findings, report.skipped) == (Verdict.ACCEPT, (), ())


def test_severities_make_the_verdict() -> None:
    assert reported(CASES["content.black"][0], POLICY, file="f", language="en").verdict is Verdict.REJECT
    assert reported(CASES["video.codec"][0], POLICY, file="f", language="en").verdict is Verdict.WARN


def test_what_could_not_be_measured_is_skipped_never_passed() -> None:
    blind = inspection(fields=None)
    report = reported(blind, POLICY, file="f", language="en")
    assert {item.code for item in report.skipped} == {"content.combing", "content.field_order"}
    assert report.verdict is Verdict.WARN


def test_a_finding_says_where_in_timecode_and_both_languages_differ() -> None:
    film = CASES["content.black"][0]
    english = reported(film, POLICY, file="f", language="en").findings[0]
    chinese = reported(film, POLICY, file="f", language="zh").findings[0]
    assert (english.start_s, english.end_s, english.track) == (3.0, 5.0, "video:0")
    assert "00:00:03:00" in english.message
    assert "00:00:03:00" in chinese.message
    assert english.message != chinese.message
    assert (english.expected, english.actual) == ("≤ 1.9 s", "2 s")


@pytest.mark.parametrize(
    ("sides", "above", "is_defect"),
    [
        (0.0, 0.019, False),
        (0.0, 0.0556, False),
        (0.0, 0.1215, False),
        (0.0, 0.04, True),
        (0.03, 0.03, True),
        (0.125, 0.0, True),
        (0.01, 0.0, False),
    ],
)
def test_bars_are_a_defect_unless_they_make_a_cinema_ratio(sides: float, above: float, is_defect: bool) -> None:
    assert ("content.letterbox" in codes(bars(sides, above))) is is_defect
    four_by_three = bars(0.0, 0.125).model_copy(
        update={"media": inspection(video_tracks=(video(display_aspect=1.333, width=720, height=576),)).media}
    )
    assert "content.letterbox" in codes(four_by_three)


@pytest.mark.parametrize("track", [video(rotation=90), video(width=1080, height=1920, display_aspect=0.563)])
def test_a_portrait_film_has_no_cinema_ratio_however_it_is_stored(track: VideoTrack) -> None:
    film = bars(0.0, 0.1215).model_copy(update={"media": inspection(video_tracks=(track,)).media})
    assert "content.letterbox" in codes(film)


def test_what_begins_with_the_film_is_held_to_the_number_of_its_head(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "own.yaml").write_text(
        "extends: showcase-film\nname: own\nnumbers: {black_head_longest_s: 0.6, silence_tail_longest_s: 6.0}\n"
    )
    policy = load.policy("own", [tmp_path, *PROFILES])
    assert "content.black" in codes(inspection(black=segment(0, 1)), policy)
    assert "content.black" not in codes(inspection(black=segment(3, 4)), policy)
    assert "content.silence" not in codes(inspection(silence=segment(19, 24)), policy)
    assert "content.silence" in codes(inspection(silence=segment(10, 15)), policy)


def test_places_follow_the_films_own_timecode() -> None:
    film = with_media(timecode=(TimecodeTrack(first_frame="10:00:00:00", source="tmcd"),))
    film = film.model_copy(update={"measures": inspection(black=segment(3, 5.2)).measures})
    black = next(item for item in reported(film, POLICY, file="f", language="en").findings if item.start_s)
    assert (black.start_tc, black.end_tc) == ("10:00:03:00", "10:00:05:05")


@pytest.mark.parametrize("name", sorted(path.stem for path in (shipped.folder("profiles") / "policies").glob("*.yaml")))
def test_every_shipped_policy_is_whole(name: str) -> None:
    assert load.policy(name, PROFILES).name == name


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("fact: content.black_s", "fact: content.blak_s", "fact"),
        ("code: content.freeze,", "code: content.frieze,", "code"),
        ("op: eq, value: false, severity: error", "op: in, value: false, severity: error", "value"),
        ("number: freeze_longest_s", "number: freeze_long_s", "number"),
    ],
)
def test_a_wrong_rule_names_its_place(old: str, new: str, field: str, tmp_path: Path) -> None:
    text = (shipped.folder("profiles") / "policies" / "showcase-film.yaml").read_text()
    assert old in text
    (tmp_path / "policies").mkdir()
    path = tmp_path / "policies" / "showcase-film.yaml"
    path.write_text(text.replace(old, new))
    line = next(n for n, row in enumerate(text.splitlines(), 1) if old in row)
    with pytest.raises(InputError) as caught:
        read_policy(load.document("showcase-film", [tmp_path]))
    assert caught.value.values["field"] == field
    assert str(caught.value.where).startswith(f"{path}:{line}:")


def test_a_number_shorter_than_what_is_looked_for_would_never_find_anything(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    path = tmp_path / "policies" / "showcase-film.yaml"
    path.write_text("extends: showcase-film\nnumbers: {black_longest_s: 0.2}\n")
    with pytest.raises(InputError, match="rule_too_small") as caught:
        load.policy("showcase-film", [tmp_path, *PROFILES])
    assert caught.value.where == f"{path}:2:11"
    path.write_text("extends: showcase-film\nnumbers: {black_longest_s: 0.5}\n")
    strict = load.policy("showcase-film", [tmp_path, *PROFILES])
    found = reported(inspection(black=segment(3, 3.8)), strict, file="x", language="en")
    assert [item.code for item in found.findings] == ["content.black"]
    assert found.findings[0].expected == "≤ 0.5 s"


@pytest.mark.parametrize(
    "rule",
    [
        "{code: video.codec, op: matches, value: '('}",
        "{code: video.frame_rate, op: between, value: [50, 25]}",
        "{code: video.frame_rate, op: between, value: [a, b]}",
        "{code: video.frame_rate, op: between, value: [25]}",
    ],
)
def test_a_value_that_an_operator_can_not_use_is_told_at_once(rule: str, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    path = tmp_path / "policies" / "showcase-film.yaml"
    path.write_text(f"extends: showcase-film\nrules:\n  - {rule}\n")
    with pytest.raises(InputError, match="rule_wrong") as caught:
        load.policy("showcase-film", [tmp_path, *PROFILES])
    assert str(caught.value.where).startswith(f"{path}:3:")


def test_a_word_held_against_a_number_is_a_wrong_rule_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "showcase-film.yaml").write_text(
        "extends: showcase-film\nrules:\n  - {code: video.codec, op: le, value: 5}\n"
    )
    policy = load.policy("showcase-film", [tmp_path, *PROFILES])
    with pytest.raises(InputError, match="rule_wrong"):
        reported(inspection(), policy, file="x", language="en")


@pytest.mark.parametrize(
    ("measured", "percent"),
    [
        ({"silence": segment(1, 3), "loudness_lkfs": -24.0}, [50.0]),
        ({"silence": (*segment(0, 1), *segment(2, 4)), "loudness_lkfs": -30.0}, [75.0]),
        ({"silence": segment(0, 4), "loudness_lkfs": None}, [100.0]),
        ({"audio_duration_s": 0.8, "loudness_lkfs": None}, [100.0]),  # too short for its silence to be listed
        ({"loudness_lkfs": -24.0}, []),
    ],
    ids=["half", "two pauses", "all", "all of less than a second", "none"],
)
def test_how_much_of_a_file_of_sound_is_silent(measured: dict[str, object], percent: list[float]) -> None:
    audio = inspection(video_tracks=(), **{"audio_duration_s": 4.0, **measured})
    assert [fact.value for fact in facts(audio)["content.silence_percent"]] == percent
    assert facts(inspection(**{"audio_duration_s": 4.0, **measured}))["content.silence_percent"] == ()  # of a film


@pytest.mark.parametrize(
    ("name", "demuxer"),
    [
        *(("MPEG-TS 188+16", "mpegts"), ("BDAV", "mpegts"), ("MPEG-TS", "mpegts")),
        *(("3GPP", "mov"), ("3GPP2", "mov"), ("QuickTime", "mov"), ("CMAF", "mov"), ("", "mov")),
        *(("WebM", "matroska"), ("OpenDML", "avi"), ("DVD Video", "mpeg")),
    ],
)
def test_a_variant_of_a_format_that_is_taken_is_taken(name: str, demuxer: str) -> None:
    film = with_media(container=name).model_copy(update={"format": demuxer})
    assert "file.unsupported_container" not in {item.code for item in reported(film, POLICY).findings}


@pytest.mark.parametrize(("name", "demuxer"), [("Wave64", "wav"), ("RF64", "wav"), ("Ogg", "ogg"), ("", "flac")])
def test_a_format_that_is_not_taken_is_not_by_any_name(name: str, demuxer: str) -> None:
    film = with_media(container=name).model_copy(update={"format": demuxer})
    assert "file.unsupported_container" in {item.code for item in reported(film, POLICY).findings}


def test_every_demuxer_has_a_family() -> None:
    images = {"png_pipe", "jpeg_pipe"}
    named = {found for _, found in _PATTERNS if isinstance(found, str)}
    assert {*dict(_PREFIXES).values(), *named, "mov", "mpegts", "aac", "amr"} - images == {*_FAMILIES}


def test_a_stream_that_may_be_the_sound_is_told_with_its_absence() -> None:
    film = inspection(audio_tracks=())
    unread = with_unread("unknown", rate_kbps=192).media.unread
    told = reported(film.model_copy(update={"media": film.media.model_copy(update={"unread": unread})}), POLICY)
    found = {item.code: item.message for item in told.findings}
    assert "PID 258 (0x102), 192 kbit/s" in found["audio.missing"]
    assert "file.unnamed_stream" not in found
    assert "PID" not in {item.code: item.message for item in reported(film, POLICY).findings}["audio.missing"]
