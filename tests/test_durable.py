from __future__ import annotations

import errno
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline import durable
from pipeline.errors import EnvironmentFault


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "f"
    durable.write(path, b"one")
    durable.write(path, b"two", mode=0o600)
    assert path.read_bytes() == b"two"
    assert [item.name for item in tmp_path.iterdir()] == ["f"]


@pytest.mark.parametrize("way", ["write", "copy"])
def test_threads_that_put_one_file_never_mix_their_bytes(way: str, tmp_path: Path) -> None:
    path = tmp_path / "f"
    contents = [bytes([number]) * 300_000 for number in range(8)]
    sources = [tmp_path / f"source-{number}" for number in range(8)]
    for source, content in zip(sources, contents, strict=True):
        source.write_bytes(content)

    def put(number: int) -> None:
        for _ in range(10):
            if way == "write":
                durable.write(path, contents[number])
            else:
                durable.copy(sources[number], path)
            assert path.read_bytes() in contents

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, range(8)))
    assert sorted(item.name for item in tmp_path.iterdir()) == ["f", *sorted(item.name for item in sources)]


def test_a_torn_last_line_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    durable.append_line(path, b'{"a":1}')
    with path.open("ab") as out:
        out.write(b'{"torn":')
    durable.append_line(path, b'{"b":2}')
    assert path.read_bytes().splitlines() == [b'{"a":1}', b'{"torn":', b'{"b":2}']


def test_a_folder_is_published_by_rename(tmp_path: Path) -> None:
    made = durable.fresh_folder(tmp_path / "tmp")
    (made / "sub").mkdir()
    (made / "sub" / "x").write_bytes(b"x")
    durable.publish_folder(made, tmp_path / "deep" / "final")
    assert (tmp_path / "deep" / "final" / "sub" / "x").read_bytes() == b"x"
    assert not made.exists()


@pytest.mark.parametrize(
    ("number", "key"), [(errno.ENOSPC, "no_space"), (errno.EROFS, "not_writable"), (errno.EACCES, "not_writable")]
)
def test_disk_errors_become_ours(number: int, key: str, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match=key), durable.space_is_an_environment_fault(tmp_path):
        raise OSError(number, "x")
