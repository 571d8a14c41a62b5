"""The reference is generated from click and the models: `DOCS=write pytest tests/test_docs.py` writes it anew.

What tutorials and READMEs type is held against the commands.
"""

from __future__ import annotations

import gettext
import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pytest
from babel.messages import pofile

from pipeline import catalogue
from pipeline.catalogue import Language
from pipeline.cli import words
from pipeline.cli.administrator.schema import NOUNS
from pipeline.cli.main import COMMANDS, NAMES
from pipeline.cli.main import showcase as group
from pipeline.cli.words import Spoken, SpokenGroup
from pipeline.model.c2_records import OrderState
from pipeline.model.inbox import WANTED, Person, Stage
from pipeline.model.states import ORDER_RULES, RULES, OrderMove
from tests.conftest import ROOT

DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "README.zh.md"])
LOCALE = Path(words.__file__).parent / "locale" / "zh" / "LC_MESSAGES"


def help_of(name: str, language: Language) -> str:
    """What `showcase NAME --help` prints, 90 cells wide."""
    words.click_speaks(language)
    command: click.Command | None = group
    names = ["-h", "--help"]
    parent = context = click.Context(
        group, info_name="showcase", obj=language, terminal_width=90, help_option_names=names
    )
    for part in name.split():
        assert isinstance(command, click.Group)
        command = command.get_command(parent, part)
        assert command is not None
        parent = context
        command.__dict__["_help_option"] = None  # click keeps it in the language it was first shown in
        context = command.context_class(
            command, info_name=part, parent=context, terminal_width=90, help_option_names=names
        )
    assert isinstance(command, Spoken | SpokenGroup)
    return command.get_help(context)


def commands() -> list[str]:
    found = []
    for name in NAMES:
        command = group.get_command(click.Context(group), name)
        found.append(name)
        if isinstance(command, SpokenGroup):
            found += [f"{name} {item}" for item in command.commands]
    return found


def reference(language: Language) -> str:
    """The page of all commands."""
    people = {name: person for person, names in COMMANDS.items() for name in names}
    title = {"en": "# Commands, as they explain themselves", "zh": "# 全部命令的说明"}[language]
    lines = [title, ""]
    person = ""
    for name in commands():
        if people[name.split()[0]] != person:
            person = people[name.split()[0]]
            lines += [f"## {catalogue.say(language, f'help.showcase.{person}')}", ""]
        lines += [f"### `showcase {name}`", "", "```", *help_of(name, language).rstrip().splitlines(), "```", ""]
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def shape(schema: dict[str, Any]) -> str:
    """A field's type in a word or two."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return " · ".join(f"`{item}`" for item in schema["enum"])
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(shape(item) for item in schema[key]))
    if schema.get("type") == "array":
        items = schema.get("items") or {}
        return f"list of {shape(items)}" if items else "list"
    if schema.get("type") == "object":
        return "mapping"
    return str(schema.get("format") or schema.get("type") or "any")


def models() -> str:
    """The page of all nouns and what is in them."""
    lines = ["# Models", "", "`showcase schema NAME` prints the JSON Schema of each.", ""]
    known: dict[str, dict[str, Any]] = {}
    for model in NOUNS.values():
        schema = model.model_json_schema()
        known |= schema.get("$defs", {})
        known[model.__name__] = schema
    for name in sorted(known):
        schema = known[name]
        lines += [f"## {name}", ""]
        if text := (schema.get("description") or "").strip():
            lines += [" ".join(text.split()), ""]
        if schema.get("properties"):
            lines += ["| field | type | |", "|---|---|---|"]
            for field, inner in schema["properties"].items():
                needed = "required" if field in schema.get("required", ()) else ""
                lines.append(f"| `{field}` | {shape(inner)} | {needed} |")
            lines.append("")
        elif "enum" in schema:
            lines += [" · ".join(f"`{item}`" for item in schema["enum"]), ""]
        elif "oneOf" in schema:
            lines += [shape(schema), ""]
    return "\n".join(lines).rstrip() + "\n"


STATES = {
    "en": {
        "title": "# States and moves",
        "intro": "Made from `pipeline/model/states.py`. A state is read from the records in the store; a command is a "
        "move, and is refused in every state that its row does not name. What is said is never changed: to take "
        "something back is a new record, and the newest counts. What is done with a package (withdraw, pull, ack) is "
        "held to the state of the newest package: while a newer cut is in review, `status` shows that beside. "
        "A package that is named by its own id is held to its own state, `--all` to that of each version. The version "
        "before one that is withdrawn is on offer again: that is the way back to an older cut. `--all` ends them all.",
        "states": "## States",
        "state": "| state | in words | wanted of |",
        "moves": "## Moves",
        "move": "| who | command | from → to | asked before |",
        "same_film": "is a new cut whose title differs, or whose length is under half or over double, the same film? "
        "(`--same-film`)",
        "fetched": "was it fetched on this machine? (`--yes`)",
        "verified": "was the package verified on this machine? (`--yes`)",
        "reason": "why",
        "or": " or ",
        "stays": "stays",
    },
    "zh": {
        "title": "# 状态和动作",
        "intro": "本页由 `pipeline/model/states.py` 生成。状态由存储中的记录读出；一条命令就是一个动作，"
        "表中没有写的状态下一律拒绝。"
        "说过的话只增不改：收回也是一条新记录，以最新的为准。"
        "对成品包的动作（撤回、取包、答复）只看最新成品包自己的状态：新版还在审看时，`status` 会另列一行。"
        "写包自己的编号，就看那个包自己的状态；`--all` 看每一版的状态。"
        "撤回一版后，更早的一版重新供人取用：这是退回旧版的办法；要停止所有版本，用 `--all`。",
        "states": "## 状态",
        "state": "| 状态 | 含义 | 等谁 |",
        "moves": "## 动作",
        "move": "| 谁 | 命令 | 从 → 到 | 先问什么 |",
        "same_film": "新剪辑的片名不同，或长度不到一半、超过一倍时：是同一部影片吗？（`--same-film`）",
        "fetched": "在这台机器上取回过吗？（`--yes`）",
        "verified": "在这台机器上校验过吗？（`--yes`）",
        "reason": "原因",
        "or": "或",
        "stays": "不变",
    },
}


def states_page(language: Language) -> str:
    """Every state and every move, from the table that commands ask."""
    words = STATES[language]

    def person(who: Person | None) -> str:
        return catalogue.say(language, f"text.person_{who}") if who else "–"

    def ways(leads: Mapping[Stage, tuple[Stage, ...]]) -> str:
        grouped: dict[str, list[str]] = {}
        for stage in Stage:
            if to := leads.get(stage):
                shown = words["stays"] if to == (stage,) else words["or"].join(f"`{item}`" for item in to)
                grouped.setdefault(shown, []).append(f"`{stage}`")
        return "<br>".join(f"{', '.join(stages)} → {shown}" for shown, stages in grouped.items())

    lines = [words["title"], "", words["intro"], "", words["states"], "", words["state"], "|---|---|---|"]
    for stage in Stage:
        lines.append(f"| `{stage}` | {catalogue.say(language, f'text.stage_{stage}')} | {person(WANTED[stage])} |")
    lines += ["", words["moves"], "", words["move"], "|---|---|---|---|"]
    for rule in RULES.values():
        asked = "; ".join(words[item] for item in rule.asks)
        command = rule.command.replace("|", "\\|")
        lines.append(f"| {person(rule.by)} | `{command}` | {ways(rule.leads)} | {asked} |")
    return "\n".join([*lines, *orders_part(language)]) + "\n"


ORDERS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "## Orders to a head-end",
        "intro": "What a head-end is told by C2 has states of its own, beside those of the submission ([C2](c2.md)).",
        "state": "| state | in words |",
        "move": "| command | from → to |",
        "none": "no order",
        "anew": ", as a new order",
        "": "the dialect's hours pass",
        "or": " or ",
    },
    "zh": {
        "title": "## 发给平台的工单",
        "intro": "按 C2 告知平台的事有自己的状态，与申报的状态并列（[C2](c2.zh.md)）。",
        "state": "| 状态 | 含义 |",
        "move": "| 命令 | 从 → 到 |",
        "none": "还没有工单",
        "anew": "，是一张新工单",
        "": "过了方言规定的小时数",
        "or": " 或 ",
    },
}


def orders_part(language: Language) -> list[str]:
    """The same of orders to a head-end."""
    words = ORDERS[language]
    lines = ["", words["title"], "", words["intro"], "", words["state"], "|---|---|"]
    lines += [f"| `{state}` | {catalogue.say(language, f'text.order_{state}')} |" for state in OrderState]
    lines += ["", words["move"], "|---|---|"]
    for move, rule in ORDER_RULES.items():
        begins = ", ".join(f"`{state}`" if state else words["none"] for state in rule.leads)
        ends = words["or"].join(f"`{state}`" for state in next(iter(rule.leads.values())))
        command = f"`{rule.command}`" if rule.command else words[""]
        lines.append(f"| {command} | {begins} → {ends}{words['anew'] if move is OrderMove.SEND_ANEW else ''} |")
    return lines


GENERATED = {
    "states.md": lambda: states_page("en"),
    "states.zh.md": lambda: states_page("zh"),
    "reference/commands.md": lambda: reference("en"),
    "reference/commands.zh.md": lambda: reference("zh"),
    "reference/models.md": models,
}


@pytest.mark.parametrize("name", GENERATED)
def test_the_reference_is_what_commands_and_models_say(name: str) -> None:
    made = GENERATED[name]()
    if os.environ.get("DOCS") == "write":
        (DOCS / name).write_text(made, encoding="utf-8")
    assert (DOCS / name).read_text(encoding="utf-8") == made


def typed() -> list[tuple[str, str]]:
    """Every `showcase …` line of a code block, with its page."""
    found = []
    for page in PAGES:
        if "reference" in page.parts:
            continue
        for block in re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            for line in block.splitlines():
                if match := re.match(r"\s*(showcase( .*)?)$", line.split("#")[0].rstrip()):
                    found.append((page.relative_to(ROOT).as_posix(), match[1]))
    return found


@pytest.mark.parametrize(("page", "line"), typed())
def test_what_a_page_types_is_a_command_that_there_is(page: str, line: str) -> None:
    argv = shlex.split(line)[1:]
    command: click.Command = group
    context = click.Context(group)
    while isinstance(command, click.Group) and argv:
        following = command.get_command(context, argv.pop(0))
        assert following is not None, (page, line)
        command = following
        context = click.Context(command, parent=context)
    command.make_parser(context).parse_args(list(argv))  # an option that there is not raises


def test_every_person_has_a_tutorial_in_both_languages() -> None:
    for person in ("producer", "editor", "operator"):
        for suffix in (".md", ".zh.md"):
            text = (DOCS / "tutorials" / f"{person}{suffix}").read_text(encoding="utf-8")
            assert "```sh" in text
    for name in COMMANDS["producer"] + COMMANDS["editor"] + COMMANDS["operator"]:
        assert any(f"showcase {name}" in line for page, line in typed() if "tutorials" in page), name


def test_both_readmes_have_the_same_commands() -> None:
    pages = {page: [line for found, line in typed() if found == page] for page in ("README.md", "README.zh.md")}
    assert pages["README.md"] == pages["README.zh.md"]


def blocks(page: str) -> list[str]:
    """All that a page's shell blocks type."""
    found = re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    return [line.split("  #")[0].rstrip() for block in found for line in block.splitlines()]


def test_both_readmes_type_the_same_to_the_letter() -> None:
    assert blocks("README.md") == blocks("README.zh.md")
    assert any("subtitles" in line for line in blocks("README.zh.md"))


@pytest.mark.parametrize("page", [page for page in PAGES if page.name.endswith(".zh.md") and page.parent != ROOT])
def test_a_page_in_both_languages_types_the_same_commands(page: Path) -> None:
    def shown(of: Path) -> list[str]:
        return [line.split()[:2][-1] for line in blocks(of.relative_to(ROOT).as_posix()) if line.strip()]

    twin = page.with_name(page.name.replace(".zh.md", ".md"))
    if twin.exists():
        assert shown(page) == shown(twin)


# in both languages on one page
BILINGUAL = {DOCS / "glossary.md"}


def test_where_a_chinese_page_leads_is_chinese() -> None:
    chinese = [page for page in PAGES if page.name.endswith(".zh.md")]
    assert len(chinese) > 8
    for page in chinese:
        for label, target in re.findall(r"\[([^\]]*)\]\(([^)#]+\.md)[^)]*\)", page.read_text(encoding="utf-8")):
            led = (page.parent / target).resolve()
            assert led.exists(), (page, target)
            # the twin in English says so by its label
            assert label == "English" or led.name.endswith(".zh.md") or led in BILINGUAL, (page.name, target)
            assert label != "English" or page.name.split(".")[0] in ("README", "analyser", led.stem), (
                page.name,
                target,
            )


def test_tutorials_set_up_by_the_command_and_not_by_hand() -> None:
    for page in (DOCS / "tutorials").glob("*.md"):
        text = page.read_text(encoding="utf-8")
        assert "showcase setup --import" in text, page
        assert "AWS_ACCESS_KEY_ID" not in text, page
        assert "[store]" not in text, page


def test_clicks_own_sentences_are_compiled_from_what_is_written() -> None:
    with (LOCALE / "messages.po").open("rb") as source:
        written = pofile.read_po(source)
    with (LOCALE / "messages.mo").open("rb") as compiled:
        translations = gettext.GNUTranslations(compiled)
    singular = [message for message in written if message.id and isinstance(message.id, str)]
    assert len(singular) > 20
    for message in singular:
        assert translations.gettext(message.id) == message.string
    for message in (item for item in written if isinstance(item.id, tuple)):
        assert translations.ngettext(*message.id, 2) == message.string[0]
