"""Shared fixtures: the real ffmpeg, small films made by it, workspaces, and the real `showcase` command."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from filelock import FileLock

from pipeline import process, shipped, yamlio
from pipeline.ffmpeg import capability
from pipeline.inspect import font_folder as document_fonts
from pipeline.inspect import fonts
from pipeline.model.capability import Capability
from pipeline.remembered import user_cache
from pipeline.storage import embedded
from tests import preloaded
from tests.common_store import BUCKETS, CommonStore, common_store_in

ROOT = Path(__file__).parent.parent
# real clips and the schemas of others: beside the project, or where it is said; only `shared` and `acceptance` look
SHARED = Path(os.environ.get("SHOWCASE_SHARED") or ROOT.parent / "shared")
REAL_MEDIA = SHARED / "media"

# what a play and its tables differ in is told row by row
pytest.register_assert_rewrite("tests.season_right")

# loaded by each worker and by hundreds of commands: where a machine forbids it, it is much of the time
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# a shell that starts us in the background has us ignore Ctrl-C, and what we start would inherit that
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What needs the real clips fails where they are not: nothing is skipped."""
    if item.get_closest_marker("shared") and not SHARED.is_dir():
        pytest.fail(f"{SHARED} is not there: set SHOWCASE_SHARED", pytrace=False)


@pytest.fixture(autouse=True)
def _own_surroundings(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, usual_cache: Path
) -> None:
    """No test sees the user's store, locale or cache; a cache of its own has what each one would make alike."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "SHOWCASE_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    cache = tmp_path_factory.mktemp("cache")
    (cache / usual_cache.name).mkdir()
    for made in usual_cache.iterdir():
        (cache / usual_cache.name / made.name).symlink_to(made)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="session")
def ffmpeg() -> Path:
    return capability.executable()


@pytest.fixture(scope="session")
def able(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Capability:
    return capability.look(ffmpeg, tmp_path_factory.mktemp("capability"))


@pytest.fixture(scope="session")
def lavfi(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Makes a film from an ffmpeg command line (inputs and options), once for each command line in a run."""
    folder = tmp_path_factory.getbasetemp().parent / "films"
    folder.mkdir(exist_ok=True)

    def make(*argv: str, suffix: str = ".mp4") -> Path:
        path = folder / (hashlib.sha256(json.dumps(argv).encode()).hexdigest()[:16] + suffix)
        with FileLock(path.with_suffix(".lock")):
            if not path.exists():
                partial = path.with_name(f"part-{path.name}")
                command = [str(ffmpeg), "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *argv, str(partial)]
                subprocess.run(command, check=True, timeout=300)
                partial.replace(path)
        return path

    return make


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """A folder that is filled once in a run, by the first worker that asks for it: what is in it is only read."""
    base = tmp_path_factory.getbasetemp()
    common = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def folder(name: str, fill: Callable[[Path], object]) -> Path:
        done = common / f"{name}-done"
        with FileLock(common / f"{name}.lock"):
            if not done.exists():
                fill(common / name)
                done.touch()
        return common / name

    return folder


@pytest.fixture(scope="session")
def usual_cache(ffmpeg: Path, made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """A user's cache with what ffmpeg can do, the fonts and the rules: half a second of every first command."""

    def fill(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_CACHE_HOME", str(folder))
            document_fonts.font_folder()
            capability.look(ffmpeg, user_cache())
            for path in shipped.folder("profiles").rglob("*.yaml"):
                yamlio.load(path)

    return made_once("usual-cache", fill) / "showcase"


MOVING = "testsrc2=s=640x360:r=25,scroll=h=0.008"  # without the scroll its still parts count as frozen
TONE = "aevalsrc='0.2*sin(2*PI*440*t)*(0.6+0.4*sin(2*PI*t))|0.2*sin(2*PI*660*t)':s=48000"


@pytest.fixture(scope="session")
def film_of(lavfi: Callable[..., Path]) -> Callable[..., Path]:
    """`film_of(seconds)`: 640x360p25 that moves, with stereo sound."""

    def make(seconds: float, picture: str = MOVING) -> Path:
        inputs = ("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", TONE, "-t", f"{seconds:g}")
        coded = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "2")
        return lavfi(*inputs, *coded)

    return make


@pytest.fixture(scope="session")
def small_film(film_of: Callable[..., Path]) -> Path:
    """2 s of 640x360p25 that moves, with stereo sound: 50 pictures."""
    return film_of(2)


@pytest.fixture(scope="session")
def silent_film(lavfi: Callable[..., Path]) -> Path:
    """2 s of 640x360p25 without a sound track."""
    return lavfi(
        "-f", "lavfi", "-i", MOVING, "-t", "2", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"
    )


@pytest.fixture(scope="session")
def sample_film() -> Path:
    return shipped.folder("samples") / "film" / "film.mp4"


@pytest.fixture(scope="session")
def sample_lesson() -> Path:
    """A lesson of sound alone."""
    return shipped.folder("samples") / "course" / "第一单元" / "02-田间管理.m4a"


@dataclass
class Result:
    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Showcase:
    """The installed command, run in a folder of its own."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def argv(self, *words: str | Path) -> list[str]:
        return [sys.executable, "-m", "pipeline.cli", *map(str, words)]

    def __call__(self, *words: str | Path, timeout: float = 110, cwd: Path | None = None) -> Result:
        surroundings = {**os.environ, **self.environment}
        return Result(*preloaded.commands()([*map(str, words)], cwd or self.folder, surroundings, timeout))

    def start(self, *words: str | Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.argv(*words),
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait_for(self, name: str, seconds: float = 60.0) -> None:
        """Until the journal tells of an event."""
        deadline = time.monotonic() + seconds
        while not any(event["event"] == name for event in self.events()):
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def events(self) -> list[dict[str, object]]:
        journal = self.folder / ".showcase" / "journal.jsonl"
        return [json.loads(line) for line in journal.read_text().splitlines()] if journal.exists() else []


def on_terminal(
    showcase: Showcase, *words: str | Path, answers: Sequence[str] = (), columns: int = 80
) -> tuple[int, str]:
    """Exit code and all that is shown when a command runs, in Chinese, on a terminal of 24 lines."""
    child, master = pty.fork()
    if child == 0:  # pragma: no cover - the child becomes the command
        os.chdir(showcase.folder)
        os.environ.update(showcase.environment, SHOWCASE_LANG="zh", TERM="xterm-256color")
        os.environ.pop("CI", None)  # there a live view would be noise
        argv = showcase.argv(*words)
        os.execv(argv[0], argv)  # noqa: S606 - a terminal of its own is what is tested
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    seen, left = b"", list(answers)
    deadline = time.monotonic() + 100
    while time.monotonic() < deadline:
        if select.select([master], [], [], 0.3)[0]:
            try:
                chunk = os.read(master, 4096)
            except OSError:  # the other end is gone
                break
            seen += chunk
        elif left and seen.rstrip().endswith((b":", b"]")):
            os.write(master, f"{left.pop(0)}\n".encode())
    _, status = os.waitpid(child, 0)
    os.close(master)
    return os.waitstatus_to_exitcode(status), seen.decode("utf-8", "replace")


def processes_under(folder: Path) -> list[str]:
    """Command lines of live processes that name `folder` or work in it."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            where = str((entry / "cwd").readlink())
        except OSError:
            continue
        if (str(folder) in line or where.startswith(str(folder))) and process.is_alive(int(entry.name)):
            found.append(line)
    return found


def wait_for_none(folder: Path, seconds: float = 15.0) -> list[str]:
    """What still runs under `folder` after at most `seconds`."""
    deadline = time.monotonic() + seconds
    while (left := processes_under(folder)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


MEANT = "[store]\nembedded = true\n"  # the workspace's own store is meant


@pytest.fixture
def showcase(tmp_path: Path) -> Iterator[Showcase]:
    """`showcase` in a workspace with nothing but its own store; no process may stay behind."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "showcase.toml").write_text(MEANT)
    yield Showcase(folder)
    assert wait_for_none(folder) == []


QUICK = {
    "iptv-hd": "video: {preset: superfast}",
    "iptv-sd": "video: {preset: superfast}",
    "hls": "preset: superfast\nrungs: [{name: '1080', drop: true}, {name: '720', drop: true}]",
}


def code_quickly(workspace: Path) -> None:
    """Profiles of the workspace's own: the shipped ones, with encoders that take a third of the time."""
    (workspace / "profiles").mkdir(parents=True, exist_ok=True)
    for name, text in QUICK.items():
        (workspace / "profiles" / f"{name}.yaml").write_text(f"extends: {name}\n{text}\n")


@pytest.fixture
def coded_quickly(showcase: Showcase) -> None:
    """For what is about commands, records and stops, not about streams."""
    code_quickly(showcase.folder)


def deliver_for_television(workspace: Path) -> None:
    """Films are delivered as one stream with its poster there: for what is the same whatever is made."""
    sets = workspace / "profiles" / "sets"
    sets.mkdir(parents=True, exist_ok=True)
    few = "schema_version: 1\npolicy: showcase-film\nprofiles: [{name: iptv-sd}, {name: poster}]\n"
    (sets / "showcase-film.yaml").write_text(few)


@pytest.fixture
def for_television(showcase: Showcase) -> None:
    deliver_for_television(showcase.folder)


@pytest.fixture(params=["quick", pytest.param("as shipped", marks=pytest.mark.acceptance)])
def encoded(request: pytest.FixtureRequest) -> Callable[[Path], None]:
    """`encoded(workspace)`: the long films of `samples/` are coded quickly there, and as shipped in `acceptance`."""
    return code_quickly if request.param == "quick" else lambda _: None


@pytest.fixture
def delivered(small_film: Path, made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """A workspace with `film.mp4` and its delivery in the store, made once: to be read, or copied by `copy_of`."""

    def fill(folder: Path) -> None:
        code_quickly(folder)
        shutil.copy(small_film, folder / "film.mp4")
        ran = Showcase(folder)("run", "film.mp4")
        assert ran.code == 0, ran.err
        assert wait_for_none(folder) == []
        (folder / ".showcase" / "store" / "ports.json").unlink()  # each copy takes ports of its own

    return made_once("delivered", fill)


def copy_of(workspace: Path, folder: Path) -> None:
    """What a workspace holds, in another folder."""
    shutil.copytree(workspace, folder, ignore=shutil.ignore_patterns("*.sock"), dirs_exist_ok=True)


@pytest.fixture
def from_delivered(showcase: Showcase, delivered: Path) -> None:
    """The workspace begins with the delivery of `film.mp4`."""
    copy_of(delivered, showcase.folder)


@contextmanager
def store_kept_up(showcase: Showcase) -> Iterator[Path]:
    """The workspace's own store: commands find it and need not start one each; gives its folder."""
    store = showcase.folder / ".showcase" / "store"
    with embedded.serve(store, ("delivery", "inbox")):
        yield store


@pytest.fixture(scope="session")
def common_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommonStore]:
    """The store that the tests of this worker have one after another; it must be gone afterwards."""
    folder = tmp_path_factory.mktemp("common-store")
    with common_store_in(folder) as common:
        yield common
    assert wait_for_none(folder) == []


@pytest.fixture
def served(showcase: Showcase, common_store: CommonStore) -> Iterator[Path]:
    """The workspace's store, up for as long as the test lasts: the common one, empty; or its own, if it has that."""
    store = showcase.folder / ".showcase" / "store"
    if store.exists():
        with store_kept_up(showcase):
            yield store
        return
    with common_store.taken(*BUCKETS):
        store.parent.mkdir(exist_ok=True)
        store.symlink_to(common_store.folder)
        yield store


@pytest.fixture
def served_alone(showcase: Showcase) -> Iterator[Path]:
    """A store that is the workspace's alone."""
    with store_kept_up(showcase) as store:
        yield store


@pytest.fixture(scope="session")
def font_folder(tmp_path_factory: pytest.TempPathFactory, made_once: Callable[..., Path]) -> Path:
    """The folder of fonts that pages are drawn with."""

    def fill(folder: Path) -> None:
        folder.mkdir()
        fonts.save_single(folder)

    return made_once("document-fonts", fill)
