"""Two versions of a film in the store: what the end of one says, and who hears of the older that comes back."""

from __future__ import annotations

import json

import pytest

from pipeline import workspace
from pipeline.storage import connect
from tests.conftest import Showcase

pytestmark = pytest.mark.usefixtures("coded_quickly", "for_television")
NEWER = "b" * 20


@pytest.mark.usefixtures("from_delivered", "served")
def test_the_version_before_is_told_of_and_ended_with_all(showcase: Showcase) -> None:
    showcase.environment["SHOWCASE_LANG"] = "zh"

    def told(*words: str) -> str:
        result = showcase(*words)
        assert result.code == 0, result.err
        return (result.out + result.err).replace("\n    ", "")

    first = showcase("status", "--json").rows[0]["delivery"]
    assert isinstance(first, dict)
    older, place = first["package_id"], f"{first['prefecture']}/{first['submission_id']}"
    with connect.opened(workspace.find(showcase.folder)) as buckets:  # a second version; only its marker is looked at
        marker = json.loads(buckets.delivery.get(f"{place}/{older}/READY.json") or b"")
        marker |= {"package_id": NEWER, "revision": 2, "content_sha256": "1" * 64}
        buckets.delivery.put_if_absent(f"{place}/{NEWER}/READY.json", json.dumps(marker).encode())

    ended = told("withdraw", place, "--reason", "嘉宾版权到期")
    assert f"更早的第 1 版（包 {older}）现在又供人取用" in ended
    assert "--all --reason" in ended
    assert "第 2 版已撤回（原因：嘉宾版权到期），这是更早的第 1 版" in told("pull", place, "--to", "in")
    pulled = showcase("pull", place, "--to", "in", "--json").rows
    assert pulled[0]["instead_of"] == {"package_id": NEWER, "revision": 2, "reason": "嘉宾版权到期"}
    again = showcase("withdraw", place, "--json").rows
    assert [row.get("on_offer_again", False) for row in again] == [False, True]

    every = told("withdraw", place, "--all", "--reason", "合同终止")
    assert "又供人取用" not in every
    assert ("已撤回：" in every, "此前已经撤回：" in every) == (True, True)
    assert "已取消撤回" in told("withdraw", older, "--undo")
    assert [row["package_id"] for row in showcase("withdraw", place, "--undo", "--all", "--json").rows] == [NEWER]
