"""What a machine says of itself: runs on each that is asked, reached by `question`."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pipeline
from pipeline import catalogue, workspace
from pipeline.errors import ShowcaseError, unforeseen
from pipeline.execute.admission import memory_total
from pipeline.execute.cluster import trial
from pipeline.execute.cluster.answer import made_by
from pipeline.ffmpeg import capability, processor
from pipeline.remembered import user_cache
from pipeline.storage import connect, embedded
from pipeline.storage.bucket import Bucket
from pipeline.workspace import Workspace

DISTRIBUTION = "showcase-pipeline"
_EXTRAS = ("subtitles", "documents", "cluster")  # what films are made with, and what carries them
_TRIED_BYTES = 1 << 20


def described(asked: Mapping[str, object]) -> dict[str, object]:
    """All that is asked, as fields of `answer.Answer`; a part that fails is told in its own field.

    Args:
        asked: `scratch`, the worker's folder; `store`, None or the setting that names a bucket and a key to look for in
            it. Without `scratch` versions are told, and nothing else is looked at.
    """
    said: dict[str, object] = {"package": package(), "packages": packages()}
    if (scratch := asked.get("scratch")) is None:
        return said
    place = workspace.here()
    said |= {
        "machine": machine(),
        "cores": os.cpu_count() or 1,
        "memory_bytes": memory_total() or 0,
        "lacking": list(processor.lacking()),
        **_folders(Path(str(scratch)), place),
        **_ffmpeg(),
    }
    if token := asked.get("store"):
        said |= _store(place, *token)  # type: ignore[misc]
    return said


def maker() -> str:
    """What decides the bytes that this machine makes, as `Expectation.maker`.

    Raises:
        EnvironmentFault: it has no ffmpeg, or one that makes nothing.
    """
    ffmpeg = capability.executable()
    build = capability.look(ffmpeg, user_cache()).build
    return made_by(python(), package(), build, trial.made(ffmpeg))


def machine() -> str:
    """What tells this machine from others; empty where it does not say."""
    boot = Path("/proc/sys/kernel/random/boot_id")  # containers of one machine share it, two machines never do
    return boot.read_text().strip() if boot.exists() else ""


@cache
def package() -> str:
    """Our version, and a digest of our modules: two states of a checkout have one version."""
    root = Path(pipeline.__file__ or "").parent
    found = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        if "_shipped" not in path.parts:
            found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{version(DISTRIBUTION)} ({found.hexdigest()[:8]})"


@cache
def packages() -> dict[str, str]:
    """The versions of all that films are made with, as far as it is installed."""
    found = {}
    for requirement in requires(DISTRIBUTION) or ():
        name, _, condition = requirement.partition(";")
        extra = re.search(r"extra == ['\"](\w+)['\"]", condition)
        if extra and extra[1] not in _EXTRAS:
            continue
        named = re.split(r"[^A-Za-z0-9._-]", name.strip())[0]
        try:
            found[named] = version(named)
        except PackageNotFoundError:
            continue
    return found


def python() -> str:
    """The version that modules and pickles depend on."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def _folders(scratch: Path, place: Workspace) -> dict[str, object]:
    """The space of Dask's folder and of the workspace's, and which of them can't be written."""
    free = []
    for folder in (scratch, _nearest(place.scratch)):
        try:
            with tempfile.TemporaryFile(dir=folder) as tried:
                tried.write(bytes(_TRIED_BYTES))
                tried.flush()
            free.append(shutil.disk_usage(folder).free)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                return {"unwritable": str(folder), "disk_free_bytes": 0}
            free.append(0)
    return {"disk_free_bytes": min(free)}


def _nearest(folder: Path) -> Path:
    """The folder, or the one that it will be made in: looking makes no workspace."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def _ffmpeg() -> dict[str, object]:
    try:
        ffmpeg = capability.executable()
        able = capability.look(ffmpeg, user_cache())
        return {"ffmpeg": able.version, "build": able.build, "made": trial.made(ffmpeg)}
    except (ShowcaseError, OSError) as error:
        return {"fault": in_words(error)}


def _store(place: Workspace, bucket: str, key: str) -> dict[str, object]:
    """Whether what was put into a store is seen, by the means of any command here.

    Args:
        bucket: the setting that names it.
    """
    try:
        if connect.is_private(place) and not embedded.is_up(place.store):
            return {"store": "private"}
        with connect.opened(place) as buckets:
            found = Bucket(buckets.delivery.store, getattr(place.settings, bucket)).has(key)
    except (ShowcaseError, OSError) as error:
        return {"store": "fault", "fault": in_words(error)}
    return {"store": "seen" if found else "unseen"}


def in_words(error: Exception) -> dict[str, str]:
    """In both languages: whoever asked reads one of them."""
    fault = error if isinstance(error, ShowcaseError) else unforeseen(error)
    return {
        language: " ".join(
            part
            for part in (
                catalogue.say(language, f"error.{fault.key}.what", **catalogue.named(language, fault.values)),
                fault.where,
                catalogue.detail(language, fault),
            )
            if part
        )
        for language in catalogue.LANGUAGES
    }
