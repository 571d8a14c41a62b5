"""An order by FTP, with logins everywhere: the head-end fetches it and the media, and no password is anywhere else."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipeline import workspace
from pipeline.storage import connect
from tests.conftest import MEANT, Showcase, copy_of
from tests.e2e.test_c2_wire import OWN, Wire, free_port
from tests.ftp_servers import PASSWORD, USER, served
from tests.televised import television

__all__ = ["television"]
SOAP_USER, SOAP_PASSWORD = "branch", "Geheim-9922"


def processes() -> str:
    """The words of every process on this machine."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            found.append((entry / "cmdline").read_bytes().decode("utf-8", "replace"))
        except OSError:
            continue
    return "\n".join(found)


def test_an_order_by_ftp_leaves_no_password_anywhere(showcase: Showcase, television: Path, tmp_path: Path) -> None:
    copy_of(television, showcase.folder)
    home = tmp_path / "home"
    home.mkdir()
    netrc = home / "netrc"
    netrc.touch(0o600)
    showcase.environment = {"NETRC": str(netrc), "HOME": str(home)}
    wire = Wire(showcase, free_port())
    with served(tmp_path / "ftp") as server:
        netrc.write_text(
            f"machine 127.0.0.1:{server.port} login {USER} password {PASSWORD}\n"
            f"machine 127.0.0.1 login {SOAP_USER} password {SOAP_PASSWORD}\n"
            f"machine c2-listener login {SOAP_USER} password {SOAP_PASSWORD}\n"
        )
        address = f'address = "ftp://127.0.0.1:{server.port}/in/{{file}}"\n'
        (showcase.folder / "showcase.toml").write_text(MEANT + OWN + address)
        package = next(showcase.folder.glob(".showcase/work/package/*/package"))
        shutil.copytree(package, server.root / "in")
        with wire.listener() as (_, _, heard), wire.head_end("--state", str(tmp_path / "head-end")) as (url, _, done):
            shown = wire.send(url, "-n", "--json", "--debug", "-vv")
            sent = wire.send(url, "--wait", "1", "--json", "--debug", "-vv")
            assert (sent.code, sent.rows[-1]["state"]) == (0, "ingested"), sent.err
            assert "ftp://***@127.0.0.1" in shown.out
            listed = processes()
            said = heard.read_text() + done.read_text()
            with connect.opened(workspace.find(showcase.folder), "delivery") as buckets:
                keys = [item.key for item in buckets.delivery.walk("", lambda _: None, 1000)]
                records = [buckets.delivery.get(key) or b"" for key in keys if key.endswith(".json")]
        assert [name for name in server.files() if not name.startswith("in/")] == []  # the order is removed
        for suffix in (".xml", ".ts", ".jpg"):
            assert [item for item in server.commands if item.startswith("RETR ") and item.endswith(suffix)], suffix
    kept = [path for path in showcase.folder.rglob("*") if path.is_file() and path.stat().st_size < 1 << 20]
    texts = {
        "what send said": shown.out + shown.err + sent.out + sent.err,
        "what the others said": said,
        "the process list": listed,
        "records": "".join(item.decode() for item in records),
        **{str(path): path.read_bytes().decode("utf-8", "replace") for path in kept},
    }
    assert len(records) > 3
    assert any(name.endswith("notices.jsonl") for name in texts)
    for where, text in texts.items():
        assert PASSWORD not in text, where
        assert SOAP_PASSWORD not in text, where
