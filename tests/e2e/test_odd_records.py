"""One record in the store that is none: it is said, everything else goes on."""

from __future__ import annotations

import pytest

from pipeline import workspace
from pipeline.model.inbox import Claim
from pipeline.storage import connect
from tests.conftest import Showcase

pytestmark = pytest.mark.usefixtures("coded_quickly")


def put(showcase: Showcase, bucket: str, key: str, content: bytes) -> None:
    with connect.opened(workspace.find(showcase.folder)) as buckets:
        {"inbox": buckets.inbox, "delivery": buckets.delivery}[bucket].put_if_absent(key, content)


@pytest.mark.usefixtures("from_delivered", "served")
def test_whoever_lists_hears_of_it_and_gets_the_rest(showcase: Showcase) -> None:
    ready = next(iter(showcase("status", "--json").rows))["delivery"]
    assert isinstance(ready, dict)
    claim = Claim(content_sha256="0" * 64).to_file()
    put(showcase, "inbox", "653200/torn/r1.json", claim)
    put(showcase, "inbox", "653200/torn/r1/SUBMITTED.json", b'{"schema_version": 1, ')
    put(showcase, "inbox", "653200/coming/r1.json", claim)
    put(showcase, "delivery", "653200/broken/p1/READY.json", b"[]")
    other = "653200/renamed/p2/"
    with connect.opened(workspace.find(showcase.folder)) as buckets:
        content = buckets.delivery.get(
            f"{ready['prefecture']}/{ready['submission_id']}/{ready['package_id']}/READY.json"
        )
    assert content is not None
    put(showcase, "delivery", other + "READY.json", content)  # the marker of another package

    for command in ("status", "inbox"):
        listed = showcase(command, "--json")
        assert listed.code == 7, listed.err
        wrong = [row["error"] for row in listed.rows if "error" in row]
        assert {(row["key"], row["where"]) for row in wrong} >= {  # type: ignore[index]
            ("marker_unreadable", "inbox/653200/torn/r1/SUBMITTED.json"),
            ("marker_unreadable", "delivery/653200/broken/p1/READY.json"),
            ("marker_differs", "delivery/653200/renamed/p2/READY.json"),
        }
        shown = {row["submission_id"] for row in listed.rows if "error" not in row}
        assert "coming" in shown
    assert showcase("status", "coming").code == 0
    assert showcase("status", "torn").code == 7

    pulled = showcase("pull", "--to", "down", "--json")
    assert pulled.code == 7
    assert (showcase.folder / "down" / ready["submission_id"] / ready["package_id"] / "package.json").is_file()
    assert showcase("pull", "broken", "--to", "down").code == 7
    assert showcase("pull", ready["submission_id"], "--to", "down").code == 0
    assert showcase("batch", "inbox").code == 7
