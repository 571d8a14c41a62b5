"""A film, a dub and a poster with labels of generated content: what check says, and what becomes of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import first_bytes, generated_label, mediainfo
from tests.conftest import MOVING, TONE, Showcase
from tests.labels import FLAG, LABEL, OTHER, labelled_still, tag

Lavfi = Callable[..., Path]
WORDS = """schema_version: 1
id: labelled
title: 生成的片
languages: [zho]
{declared}media:
  - {{file: film.mp4, role: main}}
  - {{file: film.uig.mp3, role: audio, language: uig}}
  - {{file: poster.jpg, role: poster}}
"""
PROPAGATED = '[generated]\npropagator = "自治区"\npropagate_id = "7"\n'


@pytest.fixture
def handed_in(showcase: Showcase, lavfi: Lavfi) -> Callable[[str], Path]:
    film = ("-f", "lavfi", "-i", MOVING, "-f", "lavfi", "-i", TONE, "-t", "2")
    coded = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-ac", "2")
    films = {
        "film.mp4": lavfi(*film, *coded, *FLAG, *tag(), suffix=".mp4"),
        "film.uig.mp3": lavfi("-f", "lavfi", "-i", TONE, "-t", "2", *tag(OTHER), suffix=".mp3"),
    }
    for name, path in films.items():
        (showcase.folder / name).write_bytes(path.read_bytes())
    card = lavfi("-f", "lavfi", "-i", "testsrc2=s=1280x720", "-frames:v", "1", "-update", "1", suffix=".jpg")
    labelled_still(card, showcase.folder / "poster.jpg", OTHER)

    def write(declared: str) -> Path:
        path = showcase.folder / "submission.yaml"
        path.write_text(WORDS.format(declared=declared), encoding="utf-8")
        return path

    return write


def found(showcase: Showcase, *words: str | Path) -> list[list[tuple[str, str]]]:
    """The findings on labels of each file."""
    told = showcase("check", *words, "--json")
    assert told.code == 0, told.err
    rows = [[(str(item["rule"]), str(item["severity"])) for item in row["findings"]] for row in told.rows]  # type: ignore[attr-defined]
    return [[item for item in row if item[0].startswith("generated_")] for row in rows]


def test_check_says_what_it_finds_beside_what_is_declared(showcase: Showcase, handed_in: Callable[[str], Path]) -> None:
    bare = showcase("check", "film.mp4", "--json").rows[0]
    assert bare["generated_labels"] == [{"place": "AIGC", "text": LABEL, "fault": None}]
    assert found(showcase, "film.mp4") == [[("generated_undeclared", "warning")]]
    assert found(showcase, handed_in("")) == [[("generated_undeclared", "warning")]] * 3
    assert found(showcase, handed_in("generated: {extent: none}\n")) == [[("generated_undeclared", "warning")]] * 3
    part = handed_in("generated: {extent: part, note: 片头由模型生成}\n")
    assert found(showcase, part) == [[("generated_declared", "info")]] * 3
    shown = showcase("check", part, "--lang", "zh")
    assert "\\u000a" in shown.out  # the end of a line in the label is shown, not made
    assert "[red]" in shown.out
    wrong = showcase("check", handed_in("generated: {extent: some}\n"), "--lang", "zh")
    assert (wrong.code, "submission.yaml:5" in wrong.err) == (2, True)


def test_init_writes_what_is_said_by_a_flag(showcase: Showcase, small_film: Path) -> None:
    (showcase.folder / "a.mp4").write_bytes(small_film.read_bytes())
    wrong = showcase("init", "a.mp4", "--prefecture", "和田", "--generated", "some")
    assert (wrong.code, "--generated" in wrong.err) == (2, True)
    made = showcase("init", "a.mp4", "--prefecture", "和田", "--generated", "part")
    assert made.code == 0, made.err
    assert "generated:\n  extent: part\n" in (showcase.folder / "submission.yaml").read_text("utf-8")
    assert found(showcase, "submission.yaml") == [[("generated_missing", "info")]]


@pytest.mark.parametrize("name", ["", "x" * 129, "two\nlines"])
def test_who_passes_on_is_one_short_line(showcase: Showcase, name: str) -> None:
    text = json.dumps(name)  # JSON's strings are TOML's
    (showcase.folder / "showcase.toml").write_text(f"[generated]\npropagator = {text}\n", encoding="utf-8")
    wrong = showcase("check", "a.mp4")
    assert (wrong.code, "generated.propagator" in wrong.err) == (2, True)


@pytest.mark.acceptance
@pytest.mark.usefixtures("served", "coded_quickly")
def test_labels_are_in_the_package_and_on_the_stick(
    showcase: Showcase, handed_in: Callable[[str], Path], ffmpeg: Path, tmp_path: Path
) -> None:
    runner = Runner(ffmpeg, tmp_path, tmp_path / "ffmpeg.log")

    def read(path: Path) -> list[str | None]:
        labels = generated_label.read(path, first_bytes.demuxer(path), mediainfo.inspect(path), runner)
        return [item.text for item in labels]

    submission = handed_in("generated: {extent: whole}\n")
    made = showcase("run", submission, "--accept", "测试", "--json")
    assert made.code == 0, made.err
    package = Path(str(made.rows[-1]["package"]))
    manifest = json.loads((package / "package.json").read_text("utf-8"))
    assert manifest["submission"]["generated"] == {"extent": "whole", "note": None}
    assert manifest["parts"][0]["generated_label"] == LABEL
    told = {item["name"]: item.get("generated_label") for item in manifest["renditions"]}
    assert told.pop("hls-audio-uig") == told.pop("poster") == OTHER
    assert {label for name, label in told.items() if name.startswith("iptv")} == {None}
    assert {label for name, label in told.items() if not name.startswith("iptv")} == {LABEL}
    assert read(package / "images" / "poster.jpg") == [OTHER]
    inits = {path.parent.name: read(path) for path in package.rglob("init.mp4")}
    assert inits.pop("audio-uig") == [OTHER]
    assert all(labels == [LABEL] for labels in inits.values())
    assert len(inits) >= 2
    assert showcase("verify", package).code == 0
    again = showcase("run", submission, "--accept", "测试", "--json")
    assert (again.code, again.rows[-1]["package"]) == (0, str(package))

    assert showcase("offline", package, "--to", "stick").code == 0
    stick = showcase.folder / "stick"
    assert [read(path) for path in stick.rglob("*.mp4")] == [[LABEL]]
    assert [read(path) for path in stick.rglob("*.m4a")] == [[OTHER]]

    with (showcase.folder / "showcase.toml").open("a", encoding="utf-8") as settings:
        settings.write(PROPAGATED)
    passed_on = showcase("run", submission, "--accept", "测试", "--json")
    assert passed_on.code == 0, passed_on.err
    newer = Path(str(passed_on.rows[-1]["package"]))
    assert newer != package
    (label,) = read(newer / "images" / "poster.jpg")
    assert label == OTHER.removesuffix("}") + ', "ContentPropagator": "自治区", "PropagateID": "7"}'
    started = [event["profiles"] for event in showcase.events() if event["event"] == "encode.started"]
    assert not any(str(name).startswith("iptv") for name in started[1])  # streams hold no label: they are not made anew
