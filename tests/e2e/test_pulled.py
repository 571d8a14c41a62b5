"""A package in the operator's folder: fetched by two at once, with files of others, withdrawn and given back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import Showcase

pytestmark = pytest.mark.usefixtures("served", "for_television", "coded_quickly")
TEXT = "schema_version: 1\nid: mianhua\ntitle: 棉花\nprefecture: 和田\nmedia: [{file: film.mp4, role: main}]\n"


def unbroken(shown: str) -> str:
    """What was shown, as if the terminal were wide enough."""
    return shown.replace("\n    ", "")


@pytest.mark.acceptance  # every day: tests/exchange/test_moves.py
@pytest.mark.timeout(240)
def test_a_package_in_its_folder(showcase: Showcase, small_film: Path) -> None:
    showcase.environment["SHOWCASE_LANG"] = "zh"
    shutil.copy(small_film, showcase.folder / "film.mp4")
    (showcase.folder / "submission.yaml").write_text(TEXT, encoding="utf-8")
    assert showcase("run", "submission.yaml").code == 0
    own = showcase.folder / "showcase.toml"
    meant = own.read_text("utf-8")
    own.write_text(f'role = "operator"\n{meant}', "utf-8")
    assert "showcase pull 653200/mianhua" in showcase().out
    pulls = [showcase.start("pull", "--to", "in") for _ in range(2)]
    assert [pull.wait(60) for pull in pulls] == [0, 0]
    folder = next((showcase.folder / "in" / "mianhua").glob("[0-9a-f]*"))

    (folder / "Thumbs.db").write_text("x")
    verified = showcase("verify", "in")
    assert (verified.code, "移出这个文件夹" in verified.out) == (6, True)
    assert f"in/mianhua/{folder.name}：不合格，1 处\n  ✗ Thumbs.db" in verified.out
    assert "showcase ack" not in verified.out
    assert f'showcase verify "in/mianhua/{folder.name}"' in showcase("pull", "--to", "in").out
    (folder / "Thumbs.db").unlink()
    assert "showcase ack 653200/mianhua accept" in showcase("verify", "in").out
    stream = folder / "ts" / "iptv-sd.ts"
    stream.write_bytes(b"x")
    assert showcase("verify", "in").code == 6
    assert showcase("ack", "mianhua", "accept").code == 2  # what was good once is good no longer
    assert showcase("pull", "--to", "in", "--json").rows[0]["mended"] == ["ts/iptv-sd.ts"]
    assert showcase("verify", "in").code == 0
    for words in ((), ("pull", "--to", "in")):
        told = showcase(*words).out
        assert "showcase ack 653200/mianhua accept" in told
        assert "showcase pull 653200/mianhua" not in told
    assert "653200/mianhua 棉花 第 1 版：接收" in showcase("ack", "mianhua", "accept").out
    own.write_text(meant, "utf-8")

    # what was answered is withdrawn, and given back, by a pull of all
    assert showcase("withdraw", "mianhua", "--reason", "版权到期").code == 0
    assert "版权到期" in unbroken(showcase("withdraw", "mianhua", "--reason", "别的").out)
    told = unbroken(showcase("pull", "--to", "elsewhere").out)  # wherever this machine has put it
    assert ("版权到期" in told, (folder / "WITHDRAWN.json").exists()) == (True, True)
    assert "请勿播出" in showcase("verify", "in").out
    assert showcase("withdraw", "mianhua", "--undo").code == 0
    stream.write_bytes(b"x")
    given_back = showcase("pull", "--to", "in").out
    assert given_back.index("已修复") < given_back.index("撤回已取消")
    assert showcase("verify", "in").code == 0
    stream.unlink()
    assert "已修复" in showcase("pull", "--to", "in").out  # as verify advises, also of what was answered
