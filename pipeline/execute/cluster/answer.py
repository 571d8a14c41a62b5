"""The nouns of who may work: what is expected, what a machine answered, who is let in, who is put aside and why."""

from __future__ import annotations

from enum import StrEnum

from pydantic import ConfigDict, Field

from pipeline.execute.admission import FILM_BYTES
from pipeline.model.base import Noun

DISK_BYTES = 2_000_000_000  # what `doctor` asks of a disk: a film of ten minutes makes 1 to 1.6 GB


class Token(Noun):
    """What was put into a store just now, for whoever has the same store to see.

    Args:
        bucket: the setting that names it: `inbox`, `delivery`.
    """

    bucket: str
    key: str


class Expectation(Noun):
    """What a machine must be to make the same films.

    Args:
        packages: versions of what films are made with; what is not installed here is not asked for.
        build: of ffmpeg, with the mark of its processor.
        lacking: what the processor of this machine lacks.
        made: the digest of the trial; None: what most slots make.
        disk_bytes: free, for each film that a machine begins.
        memory_bytes: for each film.
    """

    python: str
    package: str
    packages: dict[str, str]
    build: str
    ffmpeg: str
    lacking: tuple[str, ...] = ()
    store: Token | None = None
    made: str | None = None
    disk_bytes: int = DISK_BYTES
    memory_bytes: int = FILM_BYTES

    @property
    def maker(self) -> str:
        """What decides the bytes that such a machine makes."""
        return made_by(self.python, self.package, self.build, self.made or "?")


def made_by(python: str, package: str, build: str, made: str) -> str:
    """What decides the bytes that a machine makes, as a line."""
    return f"showcase {package}, Python {python}, ffmpeg {build}, {made[:12]}"


class Answer(Noun):
    """What a machine said of itself; what it could not tell is None.

    Args:
        lacks: what our package could not be asked for.
        unwritable: a folder.
        fault: what keeps its ffmpeg or its store from being used, by language.
        store: whether it sees the key: `seen`, `unseen`, `private` (none is configured), `fault`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")  # another version may say more

    host: str
    python: str
    lacks: str | None = None
    package: str | None = None
    packages: dict[str, str] = Field(default_factory=dict)
    machine: str = ""
    cores: int = 0
    memory_bytes: int = 0
    disk_free_bytes: int = 0
    unwritable: str | None = None
    lacking: tuple[str, ...] = ()
    ffmpeg: str | None = None
    build: str | None = None
    made: str | None = None
    fault: dict[str, str] = Field(default_factory=dict)
    store: str | None = None


class Reason(StrEnum):
    """Why a worker gets nothing: the key of a sentence, `text.aside_<reason>`."""

    SILENT = "silent"
    FAULT = "fault"
    UNABLE = "unable"
    PYTHON = "python"
    PACKAGE_MISSING = "package_missing"
    PACKAGE = "package"
    PACKAGES = "packages"
    FFMPEG_MISSING = "ffmpeg_missing"
    FFMPEG = "ffmpeg"
    PROCESSOR = "processor"
    FOLDER = "folder"
    DISK = "disk"
    MEMORY = "memory"
    STORE_PRIVATE = "store_private"
    STORE = "store"
    STORE_FAULT = "store_fault"
    BYTES = "bytes"


class Worker(Noun):
    """One that is there.

    Args:
        address: its name in Dask.
        host: its machine's name.
        tasks: the keys of what it was given, in Dask's words.
    """

    address: str
    host: str
    slots: int
    tasks: tuple[str, ...] = ()
    answer: Answer | None = None

    @property
    def machine(self) -> str:
        """What tells its machine from others."""
        return (self.answer.machine if self.answer else "") or self.host


class Aside(Noun):
    """One that gets nothing, and why.

    Args:
        values: of the reason's sentence.
    """

    worker: Worker
    reason: Reason
    values: dict[str, str] = Field(default_factory=dict)


class Admission(Noun):
    """Who may work.

    Args:
        made: the digest of the trial that those who work agree in; None where nobody does.
    """

    workers: tuple[Worker, ...] = ()
    aside: tuple[Aside, ...] = ()
    made: str | None = None
