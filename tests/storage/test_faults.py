"""What keeps a command from the store is told apart, as people meet it: on a real server, with its own HTTPS port."""

from __future__ import annotations

import datetime
import http.server
import json
import os
import secrets
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from pipeline import settings
from pipeline.storage import embedded
from tests.conftest import Result, Showcase, wait_for_none

NOBODY = {"accessKey": secrets.token_hex(10), "secretKey": secrets.token_hex(20)}


@dataclass(frozen=True)
class Centre:
    """A centre's own store: the server's plain port and its HTTPS port, whose certificate is by the centre's CA."""

    plain: str
    tls: str
    console: str
    ca: Path
    folder: Path
    key: str
    secret: str

    def environment(self, address: str, **more: str) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL_S3": address,
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            **more,
        }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_certificate(certificate: trustme.LeafCert, folder: Path) -> None:
    folder.mkdir()
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    (folder / "cert.pem").write_bytes(b"".join(part.bytes() for part in certificate.cert_chain_pems))


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """The server with an identity beside the owner's that may do nothing at all."""
    folder = tmp_path_factory.mktemp("centre")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    write_certificate(authority.issue_cert("127.0.0.1"), folder / "own")
    write_certificate(authority.issue_cert("store.example.org"), folder / "of another name")
    past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    write_certificate(authority.issue_cert("127.0.0.1", not_after=past), folder / "run out")
    port, weed = free_port(), embedded.program()
    more = f"-s3.port.https={port} -s3.cert.file={folder}/own/cert.pem -s3.key.file={folder}/own/key.pem"
    script = folder / "weed"
    script.write_text(f'#!/bin/sh\n[ "$3" = mini ] && exec {weed} "$@" {more}\nexec {weed} "$@"\n')
    script.chmod(0o755)
    owner = {"accessKey": secrets.token_hex(10), "secretKey": secrets.token_hex(20)}
    rows = [
        {"name": "workspace", "credentials": [owner], "actions": ["Admin", "Read", "List", "Tagging", "Write"]},
        {"name": "nobody", "credentials": [NOBODY], "policyNames": ["nothing"]},
    ]
    nothing = json.dumps({"Version": "2012-10-17", "Statement": []})
    (folder / "store").mkdir()
    (folder / "store" / "s3.json").write_text(
        json.dumps({"identities": rows, "policies": [{"name": "nothing", "content": nothing}]})
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(embedded, "program", lambda: str(script))
        with embedded.serve(folder / "store", ("delivery", "inbox")) as server:
            ports = json.loads((folder / "store" / "ports.json").read_text())
            yield Centre(
                server.connection.endpoint or "",
                f"https://127.0.0.1:{port}",
                f"http://127.0.0.1:{ports['master']}",
                folder / "ca.pem",
                folder,
                owner["accessKey"],
                owner["secretKey"],
            )
    assert wait_for_none(folder) == []


@contextmanager
def web_server(certificate: Path | None = None) -> Iterator[str]:
    """A server of pages, with TLS where a certificate is given."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!DOCTYPE html><title>login</title>")

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(http.server.ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Who does not trust it hangs up: that is what is tried."""

    with Quiet(("127.0.0.1", 0), Page) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def asked(showcase: Showcase, environment: dict[str, str], language: str = "en") -> Result:
    """`showcase status` with these surroundings."""
    showcase.environment |= environment
    return showcase("status", "--lang", language)


def fault(result: Result) -> str:
    """The sentence that says what is wrong."""
    return next(line for line in result.err.splitlines() if line.startswith("error: "))


def test_each_fault_has_its_own_sentence(centre: Centre, showcase: Showcase) -> None:
    tls = {"AWS_CA_BUNDLE": str(centre.ca)}
    with (
        web_server() as page,
        web_server(centre.folder / "of another name") as of_another_name,
        web_server(centre.folder / "run out") as run_out,
    ):
        cases = {
            "a wrong secret": centre.environment(centre.plain, AWS_SECRET_ACCESS_KEY=NOBODY["secretKey"]),
            "an unknown key": centre.environment(centre.plain, AWS_ACCESS_KEY_ID="x"),
            "no right": centre.environment(
                centre.plain, AWS_ACCESS_KEY_ID=NOBODY["accessKey"], AWS_SECRET_ACCESS_KEY=NOBODY["secretKey"]
            ),
            "nobody answers": centre.environment("http://127.0.0.1:1"),
            "no such name": centre.environment("http://store.invalid"),
            "a foreign certificate": centre.environment(centre.tls),
            "a certificate for another name": centre.environment(of_another_name, **tls),
            "a certificate that has run out": centre.environment(run_out, **tls),
            "no TLS": centre.environment(centre.plain.replace("http:", "https:")),
            "a page": centre.environment(page),
            "the console's port": centre.environment(centre.console),
        }
        found = {}
        for name, environment in cases.items():
            showcase.environment.pop("AWS_CA_BUNDLE", None)
            result = asked(showcase, environment)
            assert result.code == 3, (name, result.err)
            found[name] = result
    sentences = {name: fault(result) for name, result in found.items()}
    for name, words in {
        "a wrong secret": "knows no such key",
        "an unknown key": "knows no such key",
        "no right": "may not list",
        "nobody answers": "does not answer",
        "no such name": "does not answer",
        "a foreign certificate": "certificate",
        "a certificate for another name": "certificate",
        "a certificate that has run out": "certificate",
        "no TLS": "does not speak TLS",
        "a page": "does not speak S3",
        "the console's port": "does not speak S3",
    }.items():
        assert words in sentences[name], (name, sentences[name])
    assert len(set(sentences.values())) == 6
    assert "a CA that this machine does not know" in found["a foreign certificate"].err
    assert "it is for another name" in found["a certificate for another name"].err
    assert "it has run out" in found["a certificate that has run out"].err


def test_a_centres_own_ca_is_believed_where_it_is_named(centre: Centre, showcase: Showcase, tmp_path: Path) -> None:
    assert asked(showcase, centre.environment(centre.tls, AWS_CA_BUNDLE=str(centre.ca))).code == 0
    del showcase.environment["AWS_CA_BUNDLE"]
    shutil.copy(centre.ca, showcase.folder / "ca.pem")
    (showcase.folder / settings.NAME).write_text('[store]\nca = "ca.pem"\n')
    assert asked(showcase, centre.environment(centre.tls)).code == 0
    below = showcase.folder / "below"
    below.mkdir()
    assert showcase("status", cwd=below).code == 0  # it is found from the file that names it
    (showcase.folder / settings.NAME).write_text('[store]\nca = "none.pem"\n')
    wrong = asked(showcase, centre.environment(centre.tls))
    assert wrong.code == 2
    assert "none.pem" in wrong.err
    (showcase.folder / "none.pem").write_text("no certificate")
    assert asked(showcase, centre.environment(centre.tls)).code == 2
    (showcase.folder / settings.NAME).unlink()
    assert showcase("setup", "--ca", centre.ca).code == 0
    assert asked(showcase, centre.environment(centre.tls)).code == 0


def test_a_settings_file_carries_the_certificates(centre: Centre, showcase: Showcase, tmp_path: Path) -> None:
    given = tmp_path / "editor.toml"
    keys = f'access_key_id = "{centre.key}"\nsecret_access_key = "{centre.secret}"'
    text = f'role = "editor"\n[store]\nendpoint = "{centre.tls}"\n[keys]\n{keys}\n'
    given.write_text(text)
    assert showcase("setup", "--import", given).code == 3
    given.write_text(text + f'ca = """\n{centre.ca.read_text()}"""\n')
    taken = showcase("setup", "--import", given)
    assert taken.code == 0, taken.err
    (elsewhere := tmp_path / "elsewhere").mkdir()
    assert showcase("status", cwd=elsewhere).code == 0
    seen = showcase("doctor", "--as-in", given, "--lang", "en", cwd=elsewhere)
    assert seen.code == 3  # the owner's keys may do what an editor's may not
    assert "rights are not as they shall be" in seen.out


@pytest.mark.acceptance
@pytest.mark.parametrize(("shift", "code"), [("+20m", 3), ("-20m", 3), ("+5m", 0)])
def test_a_clock_that_is_off_is_told_with_both_times(shift: str, code: int, centre: Centre, showcase: Showcase) -> None:
    """By Debian's faketime, which sets the clock of one process and of no other."""
    program = shutil.which("faketime")
    assert program is not None, "apt-get install faketime"
    (showcase.folder / settings.NAME).unlink()
    showcase.environment |= centre.environment(centre.plain)
    argv = [program, "-f", shift, *showcase.argv("status", "--lang", "en")]
    ran = subprocess.run(
        argv,
        cwd=showcase.folder,
        env={**os.environ, **showcase.environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == code, ran.stderr
    if code:
        told = fault(Result(ran.returncode, ran.stdout, ran.stderr))
        assert "clock is more than 15 minutes off" in told
        here, there = (datetime.datetime.fromisoformat(told.split(mark)[1][:25]) for mark in ("here it is ", "store "))
        minutes = (here - there).total_seconds() / 60
        assert abs(minutes - int(shift[:-1])) < 1
