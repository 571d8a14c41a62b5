"""The wire with other people's ends: zeep in the suite, PHP's SoapClient and SoapServer (Debian's php-soap) by hand."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from zeep import Client
from zeep.transports import Transport

from pipeline.exchange.c2 import calling, soap, wsdl
from pipeline.exchange.c2.calling import Patience
from pipeline.exchange.c2.door import Door
from pipeline.exchange.c2.listener import Server, SoapService
from pipeline.exchange.c2.reception import SoapReply
from pipeline.exchange.c2.soap import Form
from pipeline.model.c2_wire import ExecCmd, Operation, ResultNotify, Spelling, StringType, WireAnswer

ORDER = ExecCmd(csp_id="XJDE", lsp_id="XJTEL", correlate_id="a" * 32, cmd_file_url="ftp://u:p@h:21//c2/a.xml?x=1&y=2")
NOTICE = ResultNotify(
    csp_id="XJDE", lsp_id="XJTEL", correlate_id="b" * 32, cmd_result=-1, result_file_url="ftp://u:p@h/结果.xml"
)
ANSWER = WireAnswer(result=-1, description="存储 <空间> 不足 & 更多")
SPELLINGS = (Spelling(), Spelling(namespace="http://cms.vendor.example", string_type=StringType.PLAIN))
# of the SOAP 1.1 encoding schema, what C2 names: zeep would fetch the whole of it
ENCODING = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:tns="http://schemas.xmlsoap.org/soap/encoding/" targetNamespace="http://schemas.xmlsoap.org/soap/encoding/">
 <xs:complexType name="string"><xs:simpleContent><xs:extension base="xs:string">
 <xs:attribute name="id" type="xs:ID"/><xs:attribute name="href" type="xs:anyURI"/></xs:extension></xs:simpleContent>
 </xs:complexType></xs:schema>"""


class Local(Transport):  # type: ignore[misc]  # zeep is untyped
    """Nothing but this machine is asked."""

    def load(self, url: str) -> Any:
        if url.startswith("http://schemas.xmlsoap.org/soap/encoding"):
            return ENCODING
        assert "127.0.0.1" in url or url.startswith("/"), url
        return super().load(url)


@contextmanager
def our_end(
    operation: Operation, spelling: Spelling = SPELLINGS[0], form: Form = Form.INLINE
) -> Iterator[tuple[str, list[ExecCmd | ResultNotify]]]:
    """Our service, which answers with ANSWER; gives its address and what it heard."""
    heard: list[ExecCmd | ResultNotify] = []
    read = soap.read_exec_cmd if operation is Operation.EXEC_CMD else soap.read_result_notify

    def answer(content: bytes) -> SoapReply:
        heard.append(read(content, spelling).message)
        return SoapReply(200, soap.answer_written(operation, ANSWER, spelling, form))

    server = Server(SoapService(operation, Door(), answer, spelling), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}/c2", heard
    finally:
        server.close()
        thread.join()


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_zeep_calls_us_without_types_and_reads_our_answer(spelling: Spelling, form: Form) -> None:
    with our_end(Operation.RESULT_NOTIFY, spelling, form) as (url, heard):
        transport = Local()
        client = Client(f"{url}?wsdl", transport=transport)
        said = client.service.ResultNotify("XJDE", "XJTEL", "b" * 32, -1, NOTICE.result_file_url)
        transport.session.close()
    assert heard == [NOTICE]
    description = said.ErrorDescription
    assert (said.Result, getattr(description, "_value_1", description)) == (ANSWER.result, ANSWER.description)


@pytest.fixture
def php() -> str:
    """PHP with its SOAP extension; missing, the test fails: apt-get install php-cli php-soap."""
    found = shutil.which("php")
    assert found, "php-cli and php-soap of Debian are wanted"
    assert "soap" in subprocess.run([found, "-m"], capture_output=True, text=True, check=True).stdout
    return found


CLIENT = r"""<?php
$client = new SoapClient($argv[1] . "?wsdl", ["cache_wsdl" => WSDL_CACHE_NONE]);
echo json_encode($client->__soapCall($argv[2], json_decode($argv[3], true)));
"""
SERVER = r"""<?php
class Service {
    function told($named) { file_put_contents(__DIR__ . "/heard.jsonl", json_encode($named) . "\n", FILE_APPEND);
        return ["Result" => -1, "ErrorDescription" => "存储 <空间> 不足 & 更多"]; }
    function ExecCmd($csp, $lsp, $id, $url) { return $this->told([$csp, $lsp, $id, $url]); }
    function ResultNotify($csp, $lsp, $id, $result, $url) { return $this->told([$csp, $lsp, $id, $result, $url]); }
}
$server = new SoapServer(__DIR__ . "/service.wsdl", ["cache_wsdl" => WSDL_CACHE_NONE]);
$server->setClass("Service");
$server->handle();
"""
VALUES: dict[Operation, list[str | int | None]] = {
    Operation.EXEC_CMD: ["XJDE", "XJTEL", "a" * 32, ORDER.cmd_file_url],
    Operation.RESULT_NOTIFY: ["XJDE", "XJTEL", "b" * 32, -1, NOTICE.result_file_url],
}
MESSAGES: dict[Operation, ExecCmd | ResultNotify] = {Operation.EXEC_CMD: ORDER, Operation.RESULT_NOTIFY: NOTICE}


@pytest.mark.acceptance
@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("operation", Operation)
def test_phps_client_calls_us_and_reads_our_answer(
    php: str, tmp_path: Path, operation: Operation, spelling: Spelling, form: Form
) -> None:
    (tmp_path / "client.php").write_text(CLIENT)
    with our_end(operation, spelling, form) as (url, heard):
        argv = [php, str(tmp_path / "client.php"), url, operation.value, json.dumps(VALUES[operation])]
        ran = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert json.loads(ran.stdout) == {"Result": ANSWER.result, "ErrorDescription": ANSWER.description}
    assert heard == [MESSAGES[operation]]


@contextmanager
def phps_end(php: str, folder: Path, operation: Operation, spelling: Spelling) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    (folder / "index.php").write_text(SERVER)
    (folder / "service.wsdl").write_bytes(wsdl.written(operation, url, spelling))
    log = (folder / "log").open("wb")
    server = subprocess.Popen([php, "-S", f"127.0.0.1:{port}", "-t", str(folder)], stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield url
    finally:
        server.kill()
        server.wait()
        log.close()


@pytest.mark.acceptance
@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("operation", Operation)
def test_we_call_phps_server_and_read_its_answer(
    php: str, tmp_path: Path, operation: Operation, spelling: Spelling
) -> None:
    with phps_end(php, tmp_path, operation, spelling) as url:
        assert calling.call(url, MESSAGES[operation], spelling, Patience(attempts=2)) == ANSWER
    heard = [json.loads(line) for line in (tmp_path / "heard.jsonl").read_text().splitlines()]
    assert heard == [VALUES[operation]]


@pytest.mark.acceptance
@pytest.mark.parametrize("operation", Operation)
def test_phps_server_reads_the_form_of_axis_too(php: str, tmp_path: Path, operation: Operation) -> None:
    from pipeline.exchange.c2 import http_request
    from pipeline.exchange.c2.http_request import Request

    body = soap.written(MESSAGES[operation], form=Form.REFERENCES)
    with phps_end(php, tmp_path, operation, Spelling()) as url:
        answer = http_request.sent(Request(url, "POST", body, {"Content-Type": "text/xml", "SOAPAction": '""'}))
    assert soap.read_answer(answer.body, operation).message == ANSWER
    assert json.loads((tmp_path / "heard.jsonl").read_text()) == VALUES[operation]
