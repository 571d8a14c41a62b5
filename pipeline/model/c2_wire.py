"""What the SOAP calls of C2 say (C2 3.0, clause 2.2), and how a branch spells them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from pipeline.model.base import Noun
from pipeline.model.c2_dialect import SoapNames

MOST_URL = 1024  # characters: clauses 2.2 and 3.5
SPEC_NAMESPACE = "iptv"  # a bare word: the target namespace of both WSDL files

String32 = Annotated[str, StringConstraints(min_length=1, max_length=32)]
Url = Annotated[str, StringConstraints(min_length=1, max_length=MOST_URL)]
Int = Annotated[int, Field(ge=-(2**31), lt=2**31)]  # xsd:int


class Operation(StrEnum):
    """The two calls, by the names of the specification."""

    EXEC_CMD = "ExecCmd"  # to the head-end: an order lies there and there
    RESULT_NOTIFY = "ResultNotify"  # from it: what became of one


class StringType(StrEnum):
    """The type that is said of texts: the specification's, or what some stubs want."""

    ENCODED = "soapenc:string"
    PLAIN = "xsd:string"


class Spelling(Noun):
    """How a branch spells its calls; the defaults are the specification's.

    Args:
        namespace: of the operation's element.
        operations: other names of operations, by those of the specification; the answer's element is `…Response`, and
            what it holds `…Return`.
        parameters: other names of parameters, by those of the specification.
        string_type: what `xsi:type` says of texts.
    """

    namespace: str = SPEC_NAMESPACE
    operations: Mapping[Operation, str] = {}
    parameters: Mapping[str, str] = {}
    string_type: StringType = StringType.ENCODED

    def operation(self, operation: Operation) -> str:
        """The name of an operation here."""
        return self.operations.get(operation, operation.value)

    def parameter(self, name: str) -> str:
        """The name here of what the specification calls `name`."""
        return self.parameters.get(name, name)


SPECIFIED = Spelling()


def spelling_of(names: SoapNames) -> Spelling:
    """That of a dialect."""
    return Spelling(
        namespace=names.namespace,
        operations={Operation.EXEC_CMD: names.exec_cmd, Operation.RESULT_NOTIFY: names.result_notify},
        parameters={"CorrelateID": names.correlate_id},
        string_type=StringType(names.string_type),
    )


class ExecCmd(Noun):
    """The call that names an order; its address may hold a password, so it is in no repr.

    Args:
        correlate_id: joins the order and its result; a resend keeps it.
    """

    operation: ClassVar[Operation] = Operation.EXEC_CMD
    csp_id: String32
    lsp_id: String32
    correlate_id: String32
    cmd_file_url: Annotated[Url, Field(repr=False)]


class ResultNotify(Noun):
    """The call that says what became of an order.

    Args:
        cmd_result: 0 done; −1, or any other number, failed.
        result_file_url: where the answer file lies; it may hold a password, so it is in no repr.
    """

    operation: ClassVar[Operation] = Operation.RESULT_NOTIFY
    csp_id: String32
    lsp_id: String32
    correlate_id: String32
    cmd_result: Int
    result_file_url: Annotated[Url | None, Field(repr=False)] = None


class WireAnswer(Noun):
    """The answer to either call: 0 taken, anything else not, in words perhaps."""

    result: Int
    description: str | None = None


# what the specification calls each field, in the order of its table
FIELDS: Mapping[Operation, Mapping[str, str]] = {
    Operation.EXEC_CMD: {
        "csp_id": "CSPID",
        "lsp_id": "LSPID",
        "correlate_id": "CorrelateID",
        "cmd_file_url": "CmdFileURL",
    },
    Operation.RESULT_NOTIFY: {
        "csp_id": "CSPID",
        "lsp_id": "LSPID",
        "correlate_id": "CorrelateID",
        "cmd_result": "CmdResult",
        "result_file_url": "ResultFileURL",
    },
}
RESULT, DESCRIPTION = "Result", "ErrorDescription"
