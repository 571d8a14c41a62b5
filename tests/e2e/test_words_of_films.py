"""Errors about films, playlists and ffmpeg itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.catalogue import Language
from tests import decks
from tests.conftest import Showcase
from tests.decks import Page
from tests.e2e.error_words import HEAD, LANGUAGES, Files, case, hold, put

SET = "profiles/sets/showcase-film.yaml"
BURNT: Files = {
    "profiles/iptv-sd.yaml": "extends: iptv-sd\nburn: uig\n",
    SET: "schema_version: 1\npolicy: showcase-film\nprofiles: [{name: iptv-sd}]\n",
}
SUBTITLED = HEAD + "media: [{file: film.mp4, role: main}, {file: a.srt, role: subtitles, language: uig}]\n"
CUE = "1\n00:00:00,000 --> 00:00:01,500\n{}\n"
OPERATOR = "{provider: a, provider_id: b.cn, provider_prefix: ABC, product: VOD}"
CABLE: Files = {SET: f"extends: showcase-film\nadi: {OPERATOR}\n"}
MAKE = "transcode film.mp4 --profile poster -o o"

CASES = {
    "no such programme": case("programme_unknown", 2, "check film.mp4 --programme 7"),
    "other channels": case("channels_differ", 2, "check film.mp4 --channels 5.1"),
    "no picture": case("no_picture", 4, "transcode sound.wav --profile iptv-sd -o o"),
    "no profile that fits": case(
        "nothing_to_make",
        4,
        "run film.mp4 -n",
        {SET: "schema_version: 1\npolicy: showcase-film\nprofiles: [{name: iptv-hd, when: {min_lines: 720}}]\n"},
    ),
    "nothing that dates it": case("adi_undated", 2, "run film.mp4 -n --accept x", CABLE),
    "no subtitles to burn": case("no_subtitles", 4, "run film.mp4 -n", BURNT),
    "letters of no font": case(
        "letters_missing",
        4,
        "run s.yaml -n --accept x",
        {**BURNT, "s.yaml": SUBTITLED, "a.srt": CUE.format("\U00012000")},
    ),
    "no playlist": case("not_a_playlist", 2, "verify a.m3u8", {"a.m3u8": "x"}),
    "a playlist in GBK": case(
        "playlist_encoding", 2, "verify a.m3u8", {"a.m3u8": "#EXTM3U\n#EXTINF:6,中文\na.ts\n".encode("gbk")}
    ),
    "a playlist of nothing": case("playlist_empty", 2, "verify a.m3u8", {"a.m3u8": "#EXTM3U\n"}),
    "slides that are no PDF": case("slides_not_pdf", 2, "slides time film.mp4 film.mp4 -o a.html"),
    "a recording without sound": case(
        "timing_no_sound", 2, "slides time mute.mp4 a.pdf -o a.html", {"a.pdf": decks.deck([Page()])}
    ),
    "no ffmpeg": case("ffmpeg_missing", 3, MAKE, SHOWCASE_FFMPEG="none"),
    "an ffmpeg that lacks": case("ffmpeg_lacks", 3, MAKE, SHOWCASE_FFMPEG="lacks"),
    "an ffmpeg that is killed": case("killed", 3, MAKE, SHOWCASE_FFMPEG="killed"),
    "an ffmpeg that hangs": case("stalled", 3, MAKE, SHOWCASE_FFMPEG="hangs", SHOWCASE_STALL_S="1"),
    "an ffmpeg that fails": case("ffmpeg_failed", 4, MAKE, SHOWCASE_FFMPEG="fails"),
    "an ffmpeg that writes nothing": case("output_missing", 4, MAKE, SHOWCASE_FFMPEG="idle"),
    "an ffmpeg that writes too much": case("output_too_large", 3, MAKE, SHOWCASE_FFMPEG="large"),
    "an ffmpeg that writes something else": case("output_differs", 4, MAKE, SHOWCASE_FFMPEG="other"),
    "no memory": case("no_memory", 3, MAKE, SHOWCASE_FFMPEG="memory"),
    "no space": case("no_space", 3, MAKE, SHOWCASE_FFMPEG="disk"),
    "a film that lost its sound": case("no_stream", 4, MAKE, SHOWCASE_FFMPEG="streams"),
    "a film of too many tracks": case("too_many_tracks", 4, MAKE, SHOWCASE_FFMPEG="tracks"),
    "a film that was torn": case("unreadable", 4, MAKE, SHOWCASE_FFMPEG="torn"),
    "an ffmpeg that cuts off": case("output_damaged", 4, MAKE, SHOWCASE_FFMPEG="cuts"),
}
REAL = '"$real" -nostdin -hide_banner -loglevel level+error'
COLOUR = f"{REAL} -f lavfi -i color=s=64x64:d=1"
# what each does, but for the real one's work
HABITS = {
    "lacks": 'case "$*" in *-encoders) "$real" "$@" | grep -v libx264; exit;; esac',
    "killed": "kill -9 $$",
    "hangs": "sleep 60",
    "fails": "exit 9",
    "idle": "exit 0",
    "large": "kill -XFSZ $$",
    "other": '"$real" -v error -f lavfi -i color=s=64x64 -frames:v 1 -y images/poster.jpg; exit',
    "memory": f"ulimit -v 700000; {COLOUR} -filter_threads 1 -vf scale=20000:20000 -f null -; exit",
    "disk": f"{COLOUR} -f rawvideo -y /dev/full; exit",
    "streams": f"{COLOUR} -map 0:a:0 -f null -; exit",
    "tracks": f"exec {REAL} -max_streams 1 -i film.mp4 -f null -",
    "torn": f"exec {REAL} -f mov -i /dev/null -f null -",
    "cuts": '"$real" "$@" && truncate -s 2000 images/poster.jpg; exit',
}


def with_a_habit(ffmpeg: Path, path: Path) -> None:
    """The real ffmpeg with a habit: one thing that it does otherwise where it makes the poster."""
    habit = HABITS[path.name]
    habit = habit.replace("film.mp4", str(path.with_name("film.mp4")))
    made = habit if habit.startswith("case") else f'case "$*" in *" images/poster.jpg") {habit};; esac'
    path.write_text(f'#!/bin/sh\nreal={ffmpeg}\n{made}\nexec "$real" "$@"\n')
    path.chmod(0o755)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.acceptance if told.surroundings else ()) for name, told in CASES.items()],
)
def test_an_error_says_what_to_do_in_the_readers_language(
    language: Language, name: str, showcase: Showcase, small_film: Path, ffmpeg: Path, lavfi: Callable[..., Path]
) -> None:
    shutil.copy(small_film, showcase.folder / "film.mp4")
    put(showcase.folder, CASES[name].files)
    if name == "no picture":
        shutil.copy(lavfi("-f", "lavfi", "-i", "sine=d=2", suffix=".wav"), showcase.folder / "sound.wav")
    if name == "a recording without sound":
        shutil.copy(lavfi("-f", "lavfi", "-i", "testsrc=s=64x64:d=1"), showcase.folder / "mute.mp4")
    given = CASES[name]
    if (habit := given.surroundings.get("SHOWCASE_FFMPEG", "none")) != "none":
        with_a_habit(ffmpeg, showcase.folder / habit)
        given = replace(given, surroundings={**given.surroundings, "SHOWCASE_FFMPEG": str(showcase.folder / habit)})
    hold(showcase, given, language)
