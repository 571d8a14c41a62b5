"""Findings as an EBU QC Report (qc.xsd of the EBU QC data model): one item and one result for each rule.

A rule that held is a passed check; one that did not has its segments as outputs; one whose fact could not be measured
is an error, never a pass. `Start` and `End` of a locator are picture numbers, counted from the film's first picture;
the timecode stands in the annotation. Instances are named from report and rule: the same film gives the same names.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

from pipeline import yamlio
from pipeline.model.base import Noun
from pipeline.model.finding import Op, ReportedFinding, Rule, Severity, Verdict
from pipeline.report.sheet import Sheet

_ROOM = uuid.UUID("6f1f4d0e-3c58-5a7e-9a55-0f6a1f3c8b10")  # a namespace of ours for names made from content
_SEVERITY = {Severity.INFO: "0", Severity.WARNING: "1", Severity.ERROR: "2"}
_TOOL = "urn:showcase:tool:showcase"


class QcItem(Noun):
    """An EBU QC item; `seen` where only its ID is known to us."""

    id: str
    name: str
    version: str
    seen: bool = False


class Items(Noun):
    """The data file."""

    namespace: str
    own_namespace: str
    items: dict[str, QcItem]


@cache
def known() -> Items:
    """The data file, read once."""
    return yamlio.load_as(Items, Path(__file__).parent / "ebu_items.yaml")


@dataclass(frozen=True)
class _Test:
    """One rule as it is reported."""

    rule: Rule
    item: QcItem
    instance: str
    found: tuple[ReportedFinding, ...]
    skipped: bool


def render(sheet: Sheet) -> bytes:
    """The report on one film."""
    return etree.tostring(_report(sheet), xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _report(sheet: Sheet) -> etree._Element:
    report = sheet.report
    content = f"sha256:{report.sha256}" if report.sha256 else report.file
    name = f"{content} {report.policy}"
    tests = _tests(sheet, name)
    good = report.verdict is not Verdict.REJECT and not any(test.skipped for test in tests)
    names: dict[str | None, str] = {None: known().namespace, "s": known().own_namespace}
    root = etree.Element(_q("Report"), nsmap=names)  # type: ignore[arg-type]  # None is the default namespace
    _add(root, "ReportId", _urn(name))
    _status(root, failed=any(test.skipped for test in tests))
    _add(root, "CheckResult", _bool(value=good and not any(_counts(test) for test in tests)))
    _content(root, content, report.file)
    _add(root, "LastModifiedDateTime", sheet.made_at.isoformat(timespec="seconds"))
    _tool(root, sheet)
    profile = _add(root, "Profile")
    _add(profile, "ID", _urn(report.policy))
    _add(profile, "Name", report.policy)
    _content(profile, content, report.file)
    _add(profile, "CheckResultRule", "AND")
    _add(profile, "Scopes")
    items = _add(profile, "Items")
    for test in tests:
        item = _head(_add(items, "Item"), test)
        _add(item, "UsedAs", "check")
        _add(item, "Scopes")
        wanted = _add(_add(item, "Inputs"), "Input")
        _add(wanted, "Name", "Wanted")
        _add(wanted, "Value", f"{test.rule.op} {test.rule.value} {test.rule.unit}".strip())
        _own(item, test)
    _add(profile, "ItemDefinitions")
    results = _add(root, "ItemResults")
    for test in tests:
        _result(_head(_add(results, "ItemResult"), test), test, sheet)
    return root


def _tests(sheet: Sheet, name: str) -> list[_Test]:
    left = list(sheet.report.findings)
    tests = []
    for rule in sheet.policy.rules:
        found = tuple(item for item in left if item.rule == (rule.name or rule.code))
        left = [item for item in left if item not in found]
        skipped = any(item.code == rule.code and item.fact == rule.fact for item in sheet.report.skipped)
        tests.append(_Test(rule, item_of(rule.code), _urn(f"{name} {rule.name or rule.code}"), found, skipped))
    for item in left:  # a file that could not be read has a finding that no rule made
        rule = Rule(code=item.code, fact="file", op=Op.EQ, value="media", severity=item.severity, source="-")
        tests.append(_Test(rule, item_of(item.code), _urn(f"{name} {item.code}"), (item,), skipped=False))
    return tests


def item_of(code: str) -> QcItem:
    """The EBU's item for a code, or one of ours."""
    return known().items.get(code) or QcItem(
        id=f"showcase-{code.replace('.', '-').replace('_', '-')}", name=code, version="1.0"
    )


def _counts(test: _Test) -> bool:
    """A check fails by what must be mended or looked at; what is only worth knowing fails nothing."""
    return any(item.severity is not Severity.INFO for item in test.found)


def _head(parent: etree._Element, test: _Test) -> etree._Element:
    _add(parent, "EBUQCID", test.item.id)
    _add(parent, "EBUQCName", test.item.name)
    _add(parent, "EBUQCVersion", test.item.version)
    _add(parent, "InstanceId", test.instance)
    return parent


def _result(result: etree._Element, test: _Test, sheet: Sheet) -> None:
    _add(result, "AnalysisMethodUsed", "measure")
    _status(result, failed=test.skipped)
    _add(result, "CheckResult", _bool(value=not test.skipped and not _counts(test)))
    if test.found:
        _add(result, "MaxSeverity", max(_SEVERITY[item.severity] for item in test.found))
    _add(result, "DetectionMethod", "automatic")
    outputs = _add(result, "Outputs")
    for item in test.found:
        output = _add(outputs, "Output")
        _add(output, "Name", "Segment" if item.start_s is not None else "Value")
        if item.start_s is not None and item.end_s is not None:
            rate, locator = float(sheet.clock.rate), _add(output, "Locator")
            _add(locator, "Start", str(round(item.start_s * rate)))
            _add(locator, "End", str(round(item.end_s * rate)))
        if item.track:
            _add(output, "Track", item.track)
        _add(output, "Value", item.actual)
        annotation = _add(output, "Annotation")
        place = f"{item.start_tc} – {item.end_tc}: " if item.start_tc else ""
        _add(annotation, "Text", f"{place}{item.message}")
        _add(output, "Severity", _SEVERITY[item.severity])
    _own(result, test)


def _own(parent: etree._Element, test: _Test) -> None:
    extension = _add(parent, "ExtensionProperties")
    for name, text in (("Code", test.rule.code), ("Source", test.rule.source)):
        etree.SubElement(extension, f"{{{known().own_namespace}}}{name}").text = text


def _status(parent: etree._Element, *, failed: bool) -> None:
    _add(parent, "ExecutionStatus", "error" if failed else "complete")
    if failed:
        _add(parent, "ErrorDescription", "could not be measured")


def _content(parent: etree._Element, content: str, file: str) -> None:
    identifier = _add(_add(parent, "ContentId"), "ContentIdentifier")
    _add(identifier, "ID", content)
    _add(_add(identifier, "Annotation"), "Text", file)


def _tool(parent: etree._Element, sheet: Sheet) -> None:
    tool = _add(parent, "ToolInformation")
    _add(tool, "ToolID", _TOOL)
    _add(tool, "ToolName", "showcase")
    _add(tool, "Version", sheet.tool_version)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, _q(name))
    child.text = text
    return child


def _q(name: str) -> str:
    return f"{{{known().namespace}}}{name}"


def _urn(name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(_ROOM, name)}"


def _bool(*, value: bool) -> str:
    return "true" if value else "false"
