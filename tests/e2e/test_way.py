"""The whole way on real parts, as three people walk it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import shipped
from pipeline.model.package import Package
from tests.conftest import MOVING, TONE, Showcase

pytestmark = pytest.mark.usefixtures("coded_quickly")


def package_folder(workspace: Path) -> Path:
    return next((workspace / ".showcase" / "work" / "package").glob("*/package"))


@pytest.mark.usefixtures("served")
def test_from_a_film_to_the_operators_answer(showcase: Showcase, small_film: Path, tmp_path: Path) -> None:
    film = tmp_path / "村医 的'一天.mp4"
    shutil.copy(small_film, film)
    ran = showcase("run", film, "--json")
    assert ran.code == 0, ran.err
    report, done = ran.rows
    assert report["verdict"] == "warn"
    assert report["media"]["duration_s"] == pytest.approx(2.0, abs=0.1)  # type: ignore[index]
    name = done["delivery"]["submission_id"]  # type: ignore[index]

    pulled = showcase("pull", "--to", tmp_path / "incoming", "--json")
    assert pulled.code == 0, pulled.err
    folder = Path(str(pulled.rows[0]["folder"]))
    check = subprocess.run(
        ["sha256sum", "-c", "--strict", "checksums.sha256"], cwd=folder, capture_output=True, check=False
    )
    assert check.returncode == 0
    manifest = Package.model_validate_json((folder / "package.json").read_bytes())
    assert manifest.submission.title_zh == "村医 的'一天"
    assert {item.role for item in manifest.files} == {"stream", "hls", "poster", "sprite", "thumbnails", "metadata"}
    verified = showcase("verify", folder, "--json")
    assert verified.code == 0, verified.out + verified.err
    assert verified.rows[0]["good"] is True

    assert showcase("pull", "--to", tmp_path / "incoming", "--json").rows[0]["already"] is True
    assert showcase("ack", name, "reject").code == 2  # a rejection needs a reason
    answered = showcase("ack", name, "reject", "--reason", "第一分钟没有声音")
    assert answered.code == 0, answered.err
    assert showcase("ack", name, "reject", "--reason", "第一分钟没有声音").code == 0
    assert showcase("ack", name, "accept").code == 2  # an answer is never changed
    status = showcase("status", "--lang", "zh")
    assert "运营方退回" in status.out
    assert "第一分钟没有声音" in status.out
    assert showcase("pull", "--json").rows == []  # what is answered is not offered again


@pytest.mark.usefixtures("served", "for_television")
def test_a_second_run_does_nothing_and_a_new_cut_is_the_next_revision(
    showcase: Showcase, small_film: Path, silent_film: Path
) -> None:
    film = showcase.folder / "film.mp4"
    shutil.copy(small_film, film)
    assert showcase("run", film).code == 0
    package = package_folder(showcase.folder)
    before = {path: path.stat().st_mtime_ns for path in package.rglob("*")}
    again = showcase("run", film, "--json")
    assert again.rows[-1]["already"] is True
    assert {path: path.stat().st_mtime_ns for path in package.rglob("*")} == before
    assert [event["event"] for event in showcase.events()].count("encode.started") == 1
    film.write_bytes(silent_film.read_bytes())
    assert showcase("run", film).code == 1  # no sound: rejected
    accepted = showcase("run", film, "--accept", "silent on purpose", "--json")
    assert accepted.code == 0, accepted.err
    delivery = accepted.rows[-1]["delivery"]
    assert delivery["revision"] == 2  # type: ignore[index]
    manifest = json.loads((Path(str(accepted.rows[-1]["package"])) / "package.json").read_text())
    assert manifest["acceptance"]["accepted_because"] == "silent on purpose"
    streams = [item for item in manifest["renditions"] if item["form"] == "mpegts"]
    assert streams[0]["media"]["audio"][0]["channels"] == 2  # a silent track


def test_the_plan_is_printed_and_nothing_is_run(showcase: Showcase, small_film: Path) -> None:
    shown = showcase("run", "-n", small_film)
    assert shown.code == 0
    assert "{out.iptv-sd}" not in shown.out
    assert "{out.iptv-sd}" in showcase("run", "-n", "-v", small_film).out
    assert "2440 kbit/s" in shown.out
    plan = showcase("run", "-n", small_film, "--json").rows[-1]
    assert plan["processes"][0]["argv"][0] == "{ffmpeg}"  # type: ignore[index]
    assert not (showcase.folder / ".showcase" / "work" / "transcode").exists()
    assert not (showcase.folder / ".showcase" / "store").exists()


@pytest.mark.usefixtures("served", "for_television")
def test_several_items_go_on_after_a_failure(showcase: Showcase, small_film: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("no film")
    ran = showcase("run", text, small_film, "--json")
    assert ran.code == 7
    assert ran.rows[0]["findings"][0]["code"] == "file.suspicious"  # type: ignore[index]
    assert ran.rows[-1]["delivery"]["state"] == "ready"  # type: ignore[index]


@pytest.mark.acceptance
@pytest.mark.usefixtures("served", "for_television")
def test_two_commands_at_once_both_end_well(showcase: Showcase, small_film: Path, silent_film: Path) -> None:
    running = [
        showcase.start("run", small_film),
        showcase.start("run", silent_film, "--accept", "meant"),
        showcase.start("run", small_film),
    ]
    assert [process.wait(110) for process in running] == [0, 0, 0]
    deliveries = showcase("status", "--json").rows
    assert len(deliveries) == 2
    assert {row["stage"] for row in deliveries} == {"ready"}
    assert [event["event"] for event in showcase.events()].count("encode.started") == 2


def test_verify_sees_what_was_changed(showcase: Showcase, delivered: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(package_folder(delivered), copy)
    stream = copy / "ts" / "iptv-sd.ts"
    good = stream.read_bytes()
    stream.write_bytes(good[:-188])
    (copy / "more.txt").write_text("x")
    judged = showcase("verify", copy, "--json")
    assert judged.code == 6
    kinds = {(item["path"], item["kind"]) for item in judged.rows[0]["problems"]}  # type: ignore[index, attr-defined]
    assert kinds == {("ts/iptv-sd.ts", "differs"), ("more.txt", "extra")}
    stream.write_bytes(good[: len(good) // 2 // 188 * 188] + good[len(good) // 2 // 188 * 188 + 188 * 40 :])
    assert showcase("verify", stream).code == 1
    stream.write_bytes(good)
    assert showcase("verify", stream).code == 0
    (tmp_path / "empty").mkdir()
    assert showcase("verify", tmp_path / "empty").code == 2


def test_verify_wants_every_stream_of_the_manifest(showcase: Showcase, delivered: Path, tmp_path: Path) -> None:
    for name, change in {
        "none": lambda manifest: manifest.update(renditions=[]),
        "outside": lambda manifest: manifest["renditions"][0]["files"][0].update(path="../x.ts"),
        "empty": lambda manifest: manifest["renditions"][0].update(files=[]),
    }.items():
        copy = tmp_path / name
        shutil.copytree(package_folder(delivered), copy)
        manifest = json.loads((copy / "package.json").read_text())
        change(manifest)  # type: ignore[no-untyped-call]
        (copy / "package.json").write_text(json.dumps(manifest))
        lines = (copy / "checksums.sha256").read_text().splitlines()
        seal = hashlib.sha256((copy / "package.json").read_bytes()).hexdigest()
        sealed = [f"{seal}  package.json" if line.endswith("  package.json") else line for line in lines]
        (copy / "checksums.sha256").write_text("\n".join(sealed) + "\n")
        assert showcase("verify", copy).code == 6, name


@pytest.mark.usefixtures("from_delivered", "served")
def test_a_changed_policy_is_a_new_revision_not_a_conflict(showcase: Showcase) -> None:
    text = (shipped.folder("profiles") / "policies" / "showcase-film.yaml").read_text()
    own = showcase.folder / "profiles" / "policies"
    own.mkdir(parents=True, exist_ok=True)
    (own / "showcase-film.yaml").write_text(text.replace("value: 48000", "value: 44100"))
    again = showcase("run", "film.mp4", "--json")
    assert again.code == 0, again.err
    assert again.rows[-1]["delivery"]["revision"] == 2  # type: ignore[index]
    assert [event["event"] for event in showcase.events()].count("encode.started") == 1


@pytest.mark.acceptance
@pytest.mark.usefixtures("for_television")
def test_sound_that_can_not_reach_the_target_is_delivered_and_said(
    showcase: Showcase, lavfi: Callable[..., Path]
) -> None:
    coded = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le")
    quiet = lavfi(
        "-f", "lavfi", "-i", MOVING, "-f", "lavfi", "-i", f"{TONE},volume=-54dB", "-t", "2", *coded, suffix=".mov"
    )
    planned = showcase("run", "-n", quiet, "--accept", "test", "--json").rows[-1]
    assert "out_of_reach" in [note["kind"] for note in planned["notes"]]  # type: ignore[attr-defined]
    assert showcase("run", quiet, "--accept", "test").code == 0
    # loud sound after the picture's end is cut off and must not count
    long = lavfi(
        "-f",
        "lavfi",
        "-i",
        MOVING,
        "-f",
        "lavfi",
        "-i",
        f"{TONE},volume='if(lt(t,2),0.1,2)':eval=frame",
        "-filter_complex",
        "[0:v]trim=end=2[v]",
        "-map",
        "[v]",
        "-map",
        "1:a",
        "-t",
        "4",
        *coded,
        suffix=".mov",
    )
    assert showcase("run", long).code == 1
    accepted = showcase("run", long, "--accept", "test")
    assert accepted.code == 0, accepted.err


@pytest.mark.acceptance
def test_a_last_picture_that_is_held_is_cut_to_the_plan(
    showcase: Showcase, small_film: Path, lavfi: Callable[..., Path]
) -> None:
    held = lavfi(
        "-i",
        str(small_film),
        "-t",
        "2",
        "-c",
        "copy",
        "-bsf:v",
        "setts=duration='if(gte(N,49),30000,DURATION)'",
        suffix=".mkv",
    )
    ran = showcase("run", held, "--accept", "test")
    assert ran.code == 0, ran.err


@pytest.mark.acceptance
def test_the_sample_is_accepted_and_its_faulty_cut_is_not(showcase: Showcase) -> None:
    (showcase.folder / "showcase.toml").unlink()
    film = shipped.folder("samples") / "film"
    good = showcase("check", film / "submission.yaml", "--json")
    assert (good.code, good.rows[0]["verdict"]) == (0, "accept")
    bad = showcase("check", film / "faulty.mp4", "--json")
    assert bad.code == 1
    assert {item["code"] for item in bad.rows[0]["findings"]} == {"content.black", "content.silence"}  # type: ignore[index, attr-defined]
    assert not (showcase.folder / ".showcase").exists()  # check makes no workspace
