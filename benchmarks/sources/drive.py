"""Has `showcase` take a source in all four ways, and says whether they give one answer and what came out."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.sources import decode, measure
from benchmarks.sources.source import Shown, Source

LONGEST_S = 300
PROFILES = {
    "intake-ts": "extends: iptv-sd\nname: intake-ts\nvideo: {preset: superfast}\n",
    # level 4.0 and 4 Mbit/s: what comes with 100 pictures a second keeps them
    "intake-mp4": "extends: proxy\nname: intake-mp4\nrate: source\n"
    'video: {preset: superfast, level: "4.0", crf: 16, maxrate_kbps: 4000}\n',
}
SET = """schema_version: 1
name: intake
about: {zh: 收片试验, en: trial of what comes in}
policy: showcase-film
profiles:
  - {name: intake-ts}
  - {name: intake-mp4}
"""
FORMS = {"intake-ts": "*.ts", "intake-mp4": "*.mp4"}


@dataclass(frozen=True)
class Answer:
    """What one command said: its exit code and the codes of what it refused."""

    exit: int
    codes: tuple[str, ...] = ()
    rows: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Result:
    """What became of a source.

    Args:
        outcome: right, refused, wrong, or unmade (its writer failed or is missing).
        codes: of the findings that refused it.
        faults: what was measured against what was expected.
        disagrees: where the commands did not give one answer.
    """

    name: str
    writer: str
    outcome: str
    codes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    disagrees: tuple[str, ...] = ()
    seconds: float = 0.0

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def result_of(text: str) -> Result:
    """What `as_json` wrote."""
    kept: dict[str, Any] = json.loads(text)
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return Result(**fields)


def furnish(workspace: Path) -> None:
    """Our own set and profiles, cheap to encode."""
    sets = workspace / "profiles" / "sets"
    sets.mkdir(parents=True, exist_ok=True)
    for name, text in PROFILES.items():
        (sets.parent / f"{name}.yaml").write_text(text)
    (sets / "intake.yaml").write_text(SET)
    (workspace / "showcase.toml").write_text('set = "intake"\nprefecture = "653200"\n')


@contextlib.contextmanager
def store(folder: Path) -> Iterator[dict[str, str]]:
    """One store for all workspaces; gives the environment by which they find it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "showcase.toml").touch()
    said = folder / "serve.json"
    # a benchmark that is killed leaves no store behind
    bound = ["setpriv", "--pdeathsig", "INT", "--"] if shutil.which("setpriv") else []
    with said.open("wb") as out:
        serving = subprocess.Popen(
            [*bound, *_argv("store", "serve", "--json")],
            cwd=folder,
            env=_surroundings({}),
            stdout=out,
            stderr=subprocess.DEVNULL,
        )
    try:
        deadline = time.monotonic() + 120
        while not (line := said.read_text().partition("\n")[0]):
            if time.monotonic() > deadline or serving.poll() is not None:
                raise RuntimeError("the store did not start")
            time.sleep(0.2)
        told = json.loads(line)
        keys = json.loads(Path(told["credentials"]).read_text())["identities"][0]["credentials"][0]
        yield {
            "AWS_ENDPOINT_URL_S3": told["endpoint"],
            "AWS_ACCESS_KEY_ID": keys["accessKey"],
            "AWS_SECRET_ACCESS_KEY": keys["secretKey"],
        }
    finally:
        serving.send_signal(signal.SIGINT)
        serving.wait(60)


def _argv(*words: str) -> list[str]:
    return [sys.executable, "-m", "pipeline.cli", *words]


def _surroundings(more: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SHOWCASE_"))}
    root = str(Path(__file__).resolve().parent.parent.parent)
    own = {"LC_ALL": "C.UTF-8", "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull, "PYTHONPATH": root}
    return {**kept, **own, **more}


def ask(workspace: Path, environment: Mapping[str, str], *words: str) -> Answer:
    """Run a command there."""
    argv = _argv(*words, "--json", "-q")
    try:
        ran = subprocess.run(
            argv,
            cwd=workspace,
            env=_surroundings(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=LONGEST_S,
        )
    except subprocess.TimeoutExpired:
        return Answer(-1, (f"took more than {LONGEST_S} s",))
    rows = tuple(json.loads(line) for line in ran.stdout.decode("utf-8").splitlines() if line.startswith("{"))
    return Answer(ran.returncode, codes_in(rows), rows)


def codes_in(rows: tuple[dict[str, Any], ...]) -> tuple[str, ...]:
    """What refuses: findings that are errors, or the error that ended a command."""
    found = {item["code"] for row in rows for item in row.get("findings", ()) if item["severity"] == "error"}
    if not found:
        found = {row["error"]["key"] for row in rows if row.get("error")}
    return tuple(sorted(found))


def disagreements(check: Answer, plan: Answer, run: Answer, transcode: Answer) -> list[str]:
    """Where the four ways do not give one answer. `transcode` has no policy: what that rejects, it may make."""
    found = []
    for name, other in (("run -n", plan), ("run", run)):
        if other.exit != check.exit:
            found.append(f"check ends with {check.exit}, {name} with {other.exit} {' '.join(other.codes)}".rstrip())
        elif check.exit and other.codes != check.codes:
            found.append(f"check says {' '.join(check.codes)}, {name} says {' '.join(other.codes)}")
    allowed = {0: (0,), 4: (4,), 1: (0, 4)}.get(check.exit, (check.exit,))
    if transcode.exit not in allowed:
        said = " ".join(transcode.codes)
        found.append(f"check ends with {check.exit}, transcode with {transcode.exit} {said}".rstrip())
    return found


def judge(path: Path, shown: Shown, own_shape: bool) -> list[str]:
    """What is wrong with one delivered file."""
    try:
        delivered, looks = decode.decode(path, lambda picture, aspect: measure.look(picture, aspect, shown))
    except decode.NotDecoded as refused:
        return [str(refused)]
    return measure.compare(delivered, looks, shown, own_shape)


def take(source: Source, film: Path, workspace: Path, environment: Mapping[str, str]) -> Result:
    """All four ways, and what came out of them."""
    began = time.monotonic()
    shutil.rmtree(workspace, ignore_errors=True)
    furnish(workspace)
    name = film.name
    shutil.copyfile(film, workspace / name)
    check = ask(workspace, environment, "check", f"./{name}")
    plan = ask(workspace, environment, "run", "-n", f"./{name}")
    profiles = [word for profile in PROFILES for word in ("--profile", profile)]
    transcode = ask(workspace, environment, "transcode", f"./{name}", *profiles, "-o", "out")
    run = ask(workspace, environment, "run", f"./{name}")
    apart = disagreements(check, plan, run, transcode)
    faults = []
    if check.exit not in (0, 1, 4):
        faults.append(f"check ended with {check.exit} {' '.join(check.codes)}".rstrip())
    for profile, file in _delivered(workspace, run, transcode):
        found = judge(file, source.shown, own_shape=profile == "intake-mp4")
        faults += [said for fault in found if (said := f"{file.suffix[1:]}: {fault}") not in faults]
    outcome = "wrong" if faults or (apart and check.exit == 0) else "refused" if check.exit else "right"
    codes = check.codes if check.exit else ()
    return Result(
        source.name, source.writer, outcome, codes, tuple(faults), tuple(apart), round(time.monotonic() - began, 1)
    )


def _delivered(workspace: Path, run: Answer, transcode: Answer) -> Iterator[tuple[str, Path]]:
    """Each file that came out; what both ways made alike, once."""
    packages = [Path(row["package"]) for row in run.rows if row.get("package")] if run.exit == 0 else []
    for profile, pattern in FORMS.items():
        made = sorted((workspace / "out").glob(pattern)) if transcode.exit == 0 else []
        packed = [file for package in packages for file in sorted(package.rglob(pattern))]
        for file in made:
            yield profile, file
        for file in packed:
            if not any(file.read_bytes() == other.read_bytes() for other in made):
                yield profile, file
