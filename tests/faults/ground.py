"""What commands are tried on: one real store, and for each command the folder and the objects that it begins with."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests import preloaded
from tests.conftest import MOVING, TONE, Result, code_quickly, deliver_for_television
from tests.faults.dealing import refused
from tests.faults.line_proxy import lined

# prefectures: who submits, who is reviewed and delivered for, who runs
MASTERS, CUTS, PACKAGES = "650000", "653200", "650100"
# inputs and options of ffmpeg: 2.5 s of moving noise
FILM = (
    *("-f", "lavfi", "-i", f"{MOVING},noise=alls=60:allf=t", "-f", "lavfi", "-i", TONE, "-t", "2.5"),
    *("-c:v", "libx264", "-preset", "ultrafast", "-qp", "2", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "2"),
)
HALF_MADE = refused("AccessDenied", 403, asked="PUT .*/(submission.yaml|poster.jpg|iptv-sd.ts)", first=None)
OF_SUBMIT = {
    "listing": r"^GET /inbox\?list-type",
    "claim": r"^PUT .*/r1\.json",
    "small": r"^PUT .*/submission\.yaml",
    "head": r"^HEAD .*/media/",
    "begin": r"^POST .*\?uploads",
    "part": r"^PUT .*partNumber",
    "complete": r"^POST .*uploadId",
    "marker": r"^PUT .*/SUBMITTED\.json",
}
OF_RUN = {
    "listing": r"^GET /delivery\?list-type",
    "claim": r"^PUT .*/r1\.json",
    "small": r"^PUT .*/poster\.jpg",
    "begin": r"^POST .*\?uploads",
    "part": r"^PUT .*/iptv-sd\.ts",
    "complete": r"^POST .*uploadId",
    "manifest": r"^PUT .*/package\.json",
    "marker": r"^PUT .*/READY\.json",
}
OF_REVIEW = {
    "listing": r"^GET /inbox\?list-type",
    "marker": r"^GET .*/SUBMITTED\.json",
    "film": r"^GET .*/media/",
    "small": r"^GET .*/submission\.yaml",
}
OF_PULL = {
    "listing": r"^GET /delivery\?list-type",
    "marker": r"^GET .*/READY\.json",
    "manifest": r"^GET .*/package\.json",
    "film": r"^GET .*/iptv-sd\.ts",
    "small": r"^GET .*/poster\.jpg",
}


@dataclass(frozen=True)
class Task:
    """A command over a line.

    Args:
        template: what its folder holds before.
        written: bucket and prefix that it fills, empty where it fetches into `in` or `inbox`.
        marker: the key's end of what is put there last.
        targets: requests of it, by name, as `Fault.asked` has them.
    """

    name: str
    words: tuple[str, ...]
    template: Path
    targets: dict[str, str]
    written: tuple[str, str] | None = None
    marker: str = ""


@dataclass(frozen=True)
class Seen:
    """What is there after a command: its files, or the store's, by name and digest, and uploads that are open."""

    files: dict[str, str]
    uploads: tuple[str, ...] = ()


class Ground:
    """A store that answers at `connection`, and the tasks that were prepared on it.

    Args:
        room: for the templates, and for the folder of each try.
    """

    def __init__(self, connection: Connection, room: Path):
        self.connection, self.room = connection, room
        self.client = Store(connection, endpoint_shown="").ask_once("", lambda client: client)
        self.tasks: dict[str, Task] = {}
        self.wanted: dict[str, Seen] = {}
        self._number = itertools.count(1)
        self._commands = threading.local()
        self._started: list[preloaded.Commands] = []

    def environment(self, endpoint: str) -> dict[str, str]:
        """What tells a command to go to the store by this address."""
        return {
            "AWS_ENDPOINT_URL_S3": endpoint,
            "AWS_ACCESS_KEY_ID": self.connection.access_key or "",
            "AWS_SECRET_ACCESS_KEY": self.connection.secret_key or "",
        }

    def run(self, folder: Path, words: Sequence[str], endpoint: str, timeout: float = 110) -> Result:
        """A command in a folder, with what it says for programs, in English; each thread may run one."""
        surroundings = {**os.environ, **self.environment(endpoint)}
        given = [*map(str, words), "--json", "--lang", "en"]
        return Result(*self._of_thread()(given, folder, surroundings, timeout))

    def _of_thread(self) -> preloaded.Commands:
        if threading.current_thread() is threading.main_thread():
            return preloaded.commands()
        if not hasattr(self._commands, "of_thread"):
            self._commands.of_thread = preloaded.Commands()
            self._started.append(self._commands.of_thread)
        return self._commands.of_thread  # type: ignore[no-any-return]

    def close(self) -> None:
        """End what commands were started by."""
        for started in self._started:
            started.close()

    def prepare(self, film: Path) -> None:
        """The tasks, each with what it leaves behind where nothing goes wrong."""
        self.room.mkdir(parents=True, exist_ok=True)
        folder = self._template("run", PACKAGES, film)
        self._half_done(folder, ("run", "film.mp4"))
        self.tasks["run"] = Task("run", ("run", "film.mp4"), folder, OF_RUN, ("delivery", f"{PACKAGES}/"), "READY.json")
        folder = self._template("submit", MASTERS, film, like=folder)
        self._half_done(folder, ("submit", "film.mp4"))
        self.tasks["submit"] = Task(
            "submit", ("submit", "film.mp4"), folder, OF_SUBMIT, ("inbox", f"{MASTERS}/"), "SUBMITTED.json"
        )
        # a revision to be reviewed and a package to be pulled, of a prefecture that nobody else writes for
        folder = self._template("cuts", CUTS, film, like=folder)
        for words in (("submit", "film.mp4"), ("run", "film.mp4")):
            done = self.run(folder, words, self.connection.endpoint or "")
            assert done.code == 0, done.err
        submission = re.search(rf"{CUTS}-[0-9a-f]+", done.out)
        assert submission
        empty = self._template("empty", CUTS, None)
        self.tasks["review"] = Task("review", ("review", submission[0]), empty, OF_REVIEW)
        self.tasks["pull"] = Task("pull", ("pull", "--prefecture", CUTS, "--to", "in"), empty, OF_PULL)
        for task in self.tasks.values():
            self._look_at(task)

    def _look_at(self, task: Task) -> None:
        folder = self.folder(task)
        done = self.run(folder, task.words, self.connection.endpoint or "")
        assert done.code == 0, done.err
        self.wanted[task.name] = self.seen(task, folder)
        assert self.wanted[task.name].files
        assert not self.wanted[task.name].uploads
        shutil.rmtree(folder)

    def _template(self, name: str, prefecture: str, film: Path | None, like: Path | None = None) -> Path:
        """A workspace; what another one has made of the same film is there."""
        folder = self.room / f"template-{name}"
        folder.mkdir(parents=True)
        code_quickly(folder)
        deliver_for_television(folder)
        # one stream of more than 5 MiB, so that it goes in parts
        wide = "extends: iptv-hd\nvideo: {preset: superfast, width: 640, height: 360, bitrate_kbps: 20000}\n"
        (folder / "profiles" / "iptv-sd.yaml").write_text(wide)
        (folder / "showcase.toml").write_text(f'prefecture = "{prefecture}"\n')
        if film:
            shutil.copy2(film, folder / "film.mp4")
        if like:
            for kept in ("cache", "work"):
                shutil.copytree(like / ".showcase" / kept, folder / ".showcase" / kept)
        return folder

    def _half_done(self, folder: Path, words: Sequence[str]) -> None:
        """All that needs no store is done once, so that each try is about the store alone."""
        with lined(self.connection.endpoint or "", faults=[HALF_MADE]) as line:
            refusal = self.run(folder, words, line.endpoint)
        assert refusal.code == 3, refusal.err

    def folder(self, task: Task) -> Path:
        """A new folder for a task, and nothing in the store of what it fills."""
        folder = self.room / f"{task.name}-{next(self._number)}"
        shutil.copytree(task.template, folder, symlinks=True)
        self.empty(task)
        return folder

    def empty(self, task: Task) -> None:
        """Nothing of what the task fills is in the store."""
        if task.written is None:
            return
        bucket, prefix = task.written
        for key in self._keys(bucket, prefix):
            self.client.delete_object(Bucket=bucket, Key=key)
        for key, upload in self._uploads(bucket, prefix):
            self.client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)

    def seen(self, task: Task, folder: Path) -> Seen:
        """What is there by now, read back whole."""
        if task.written is None:
            found = {}
            for name in ("in", "inbox"):
                for path in sorted((folder / name).rglob("*")):
                    if path.is_file():
                        found[path.relative_to(folder).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
            return Seen(found)
        bucket, prefix = task.written
        files = {}
        for key in self._keys(bucket, prefix):
            content = self.client.get_object(Bucket=bucket, Key=key)["Body"].read()
            files[key] = hashlib.sha256(content).hexdigest()
        return Seen(files, tuple(key for key, _ in self._uploads(bucket, prefix)))

    def _keys(self, bucket: str, prefix: str) -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return [row["Key"] for page in pages for row in page.get("Contents", [])]

    def _uploads(self, bucket: str, prefix: str) -> list[tuple[str, str]]:
        found = self.client.list_multipart_uploads(Bucket=bucket, Prefix=prefix).get("Uploads", [])
        return [(row["Key"], row["UploadId"]) for row in found]
