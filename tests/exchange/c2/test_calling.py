"""Calls over real HTTP(S): what is tried again, what is an answer, and that no password is told."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from pipeline.errors import InputError, TransferError
from pipeline.exchange.c2 import calling, http_request, soap
from pipeline.exchange.c2.calling import Patience
from pipeline.exchange.c2.http_request import NoHttpAnswer, Request
from pipeline.model.c2_wire import ExecCmd, Operation, WireAnswer

ORDER = ExecCmd(csp_id="XJDE", lsp_id="XJTEL", correlate_id="a" * 32, cmd_file_url="ftp://u:geheim@h:21/c2/a.xml")
QUICK = Patience(attempts=3, wait_s=0.01, wait_most_s=0.02, deadline_s=2)
TAKEN = soap.answer_written(Operation.EXEC_CMD, WireAnswer(result=0))
Asked = tuple[dict[str, str], bytes]


@contextmanager
def head_end(*answers: tuple[int, bytes], tls: ssl.SSLContext | None = None) -> Iterator[tuple[str, list[Asked]]]:
    """A server that gives these answers, the last one for ever; gives its address and what it was asked."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((dict(self.headers), body))
            status, content = answers[min(len(asked), len(answers)) - 1]
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Location", "http://192.0.2.1/")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}/c2", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without anybody's passwords."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("NETRC", raising=False)
    return tmp_path


def test_an_order_is_told_with_an_empty_action_and_its_answer_is_given() -> None:
    refused = soap.answer_written(Operation.EXEC_CMD, WireAnswer(result=-1, description="下载失败 ftp://u:geheim@h/x"))
    with head_end((200, TAKEN), (200, refused)) as (url, asked):
        assert calling.call(url, ORDER, patience=QUICK) == WireAnswer(result=0)
        assert calling.call(url, ORDER, patience=QUICK).description == "下载失败 ftp://***@h/x"
    headers, body = asked[0]
    assert headers["SOAPAction"] == '""'
    assert headers["Content-Type"].startswith("text/xml")
    assert "Authorization" not in headers
    assert soap.read_exec_cmd(body).message == ORDER


SERVERS = soap.fault_written("忙", is_servers=True)
CLIENTS = soap.fault_written("CSPID 未登记", is_servers=False)


@pytest.mark.parametrize(
    "passing",
    [(503, b"busy"), (502, b""), (429, b""), (500, SERVERS), (500, b"<html/>"), (200, b"not soap"), (200, b"")],
    ids=["503", "502", "429", "fault", "page", "text", "nothing"],
)
def test_what_may_pass_is_tried_again_with_the_same_correlate_id(passing: tuple[int, bytes]) -> None:
    with head_end(passing, passing, (200, TAKEN)) as (url, asked):
        assert calling.call(url, ORDER, patience=QUICK).result == 0
    assert len(asked) == 3
    assert {soap.read_exec_cmd(body).message.correlate_id for _, body in asked} == {ORDER.correlate_id}


@pytest.mark.parametrize(
    ("answer", "key", "times"),
    [
        ((503, b""), "c2_no_answer", 3),
        ((500, SERVERS), "c2_no_answer", 3),
        ((404, b""), "c2_no_answer", 1),
        ((302, b""), "c2_no_answer", 1),
        ((401, b""), "c2_login_refused", 1),
        ((403, b""), "c2_login_refused", 1),
        ((200, b"x" * (2 << 20)), "c2_no_answer", 1),
    ],
)
def test_without_an_answer_it_is_told_how_often_it_was_tried(answer: tuple[int, bytes], key: str, times: int) -> None:
    with head_end(answer) as (url, asked), pytest.raises(TransferError) as failed:
        calling.call(url, ORDER, patience=QUICK)
    assert (failed.value.key, failed.value.exit_code, len(asked)) == (key, 5, times)
    assert "geheim" not in str(failed.value)


def test_a_fault_that_is_ours_is_an_answer() -> None:
    with head_end((500, CLIENTS)) as (url, asked):
        assert calling.call(url, ORDER, patience=QUICK) == WireAnswer(result=-1, description="CSPID 未登记")
    assert len(asked) == 1


def test_a_login_comes_from_the_password_file_and_never_from_the_address(home: Path) -> None:
    netrc = home / ".netrc"
    netrc.touch(0o600)
    netrc.write_text("machine 127.0.0.1 login wir password geheim\n")
    with head_end((200, TAKEN)) as (url, asked):
        calling.call(url, ORDER, patience=QUICK)
        with pytest.raises(InputError) as refused:
            calling.call(url.replace("://", "://wir:geheim@"), ORDER, patience=QUICK)
    assert refused.value.key == "password_in_address"
    assert base64.b64decode(asked[0][0]["Authorization"].removeprefix("Basic ")) == b"wir:geheim"


def test_a_certificate_is_held_to_authorities_that_are_trusted(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with head_end((200, TAKEN), tls=context) as (url, asked):
        with pytest.raises(TransferError) as failed:
            calling.call(url, ORDER, patience=QUICK)
        assert "certificate" in str(failed.value)
        assert asked == []
        authority.cert_pem.write_to_path(str(home / "ca.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(home / "ca.pem"))
        assert calling.call(url, ORDER, patience=QUICK).result == 0
        with pytest.raises(TransferError) as failed:
            calling.call(url.replace("127.0.0.1", "localhost"), ORDER, patience=QUICK)
        assert "certificate" in str(failed.value)


@contextmanager
def raw(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A port where each connection is answered so."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    try:
                        answer(connection)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_a_head_end_that_sends_a_letter_at_a_time_is_left_after_the_deadline() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            connection.sendall(b"<")
            time.sleep(0.1)

    before = time.monotonic()

    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        time.sleep(2)

    for answer in (drip, endless):
        with raw(answer) as url, pytest.raises(NoHttpAnswer) as failed:
            http_request.sent(Request(url, deadline_s=1.0))
        assert (failed.value.is_passing, failed.value.words) == (True, "timed out")
    assert time.monotonic() - before < 8


@pytest.mark.parametrize("text", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"])
def test_what_is_no_http_is_tried_again(text: bytes) -> None:
    with raw(lambda connection: connection.sendall(text)) as url, pytest.raises(TransferError) as failed:
        calling.call(url, ORDER, patience=QUICK)
    assert failed.value.key == "c2_no_answer"


def test_a_port_where_nobody_listens_gives_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(TransferError) as failed:
        calling.call(f"http://127.0.0.1:{port}/", ORDER, patience=QUICK)
    assert failed.value.exit_code == 5
    for address in ("http:///x", "http://h:99999/", "gopher://h/", "http://\x00/", "h:80/c2", ""):
        with pytest.raises(InputError) as refused:
            calling.call(address, ORDER, patience=QUICK)
        assert refused.value.key == "c2_url_wrong"
