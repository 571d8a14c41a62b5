"""FTP servers whose answers have no end: lines, letters, files. None holds a command."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from pipeline.errors import TransferError
from pipeline.exchange.hand_over import ftp_client
from pipeline.exchange.hand_over.address import FtpAddress
from pipeline.exchange.hand_over.ftp import FtpTransport
from pipeline.passwords import Login

ANSWERS = {
    "USER": "331 who",
    "PASS": "230 in",
    "TYPE": "200 ok",
    "PWD": '257 "/"',
    "FEAT": "211-\r\n UTF8\r\n211 end",
    "RETR": "150 now",
}


@contextmanager
def served(endless: dict[str, Callable[[socket.socket], object]]) -> Iterator[FtpTransport]:
    """A server that says what `ANSWERS` has; to a command of `endless` what that writes, again and again."""
    door, data = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
    number = data.getsockname()[1]
    answers = {**ANSWERS, "EPSV": f"229 ok (|||{number}|)", "PASV": f"227 ok (127,0,0,1,{number >> 8},{number & 255})"}

    def talk(line: socket.socket) -> None:
        with suppress(OSError), line, line.makefile("r") as said:
            line.sendall(b"220 ready\r\n")
            for words in said:
                command = words.strip().partition(" ")[0]  # a blank line is a command too: of nobody
                if command != "RETR" and command in endless:
                    while True:
                        endless[command](line)
                line.sendall(answers.get(command, "200 ok").encode() + b"\r\n")
                if command == "RETR":
                    with data.accept()[0] as conn:
                        while True:
                            endless[command](conn)

    def run() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=talk, args=(door.accept()[0],), daemon=True).start()

    threading.Thread(target=run, daemon=True).start()
    place = FtpTransport(FtpAddress("127.0.0.1", door.getsockname()[1], None, "in", False), Login("a", "b"), None)
    try:
        yield place
    finally:
        place.close()
        door.close()
        data.close()


def drip(line: socket.socket) -> None:
    time.sleep(0.05)
    line.sendall(b"2")


def test_a_reply_of_endless_lines_is_a_line_that_fails() -> None:
    with served({"FEAT": lambda line: line.sendall(b"211-more\r\n" * 100)}) as place:
        with pytest.raises(TransferError, match="ftp_failed") as caught:
            place.size("film.ts")
        assert caught.value.exit_code == 5


def test_a_reply_that_comes_letter_by_letter_has_a_total_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ftp_client, "TIMEOUT_S", 0.3)
    with served({"FEAT": drip}) as place, pytest.raises(TransferError, match="ftp_failed"):
        place.size("film.ts")


def test_a_file_is_read_again_no_further_than_it_goes() -> None:
    with served({"RETR": lambda conn: conn.sendall(b"x" * 70_000)}) as place:
        assert sum(len(block) for block in place.read("film.ts", 100_001)) == 100_001
        assert sum(len(block) for block in place.read("film.ts", 1)) == 1  # on a line of its own
