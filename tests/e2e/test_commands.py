"""Every command has help, docs, an example that runs; `--help` is quick and loads nothing heavy."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
import jsonschema
import pytest

from pipeline import catalogue, settings, shipped
from pipeline.cli.administrator import schema
from pipeline.cli.main import NAMES
from pipeline.cli.main import showcase as group
from pipeline.cli.words import Spoken, SpokenGroup
from tests.conftest import ROOT, Showcase, on_terminal

EXAMPLES = (
    "check",
    "init",
    "submit",
    "inbox",
    "review",
    "log",
    "transcode",
    "run",
    "status",
    "pull",
    "offline",
    "export",
    "hand-over",
    "ack",
    "receipt",
    "withdraw",
    "batch",
    "doctor",
    "schema",
    "profiles list",
    "profiles show",
    "profiles validate",
    "policies list",
    "policies show",
    "policies validate",
    "completion",
)
# what a Chinese reader is shown in Latin letters: names of things, not words
KNOWN = {
    *("listen", "send", "import", "simulate", "late", "twice", "malformed", "refuse", "partial", "die", "axis"),
    "dask",
    *("curl", "limit", "rate", "store", "keeping"),
    *("tianyi", "oos", "zos", "aliyun", "oss", "tencent", "cos", "huawei", "obs", "ceph", "rgw", "minio", "generic"),
    "local",
    "toml",
    "scheduler",
    "json",
    "lines",
    "schema",
    "auto",
    "fish",
    "bash",
    "profiles",
    "policies",
    "extends",
    "ctrl",
    "mbit",
    "film",
    "course",
    "flat",  # and `ftps` in usage: what --layout and --to take
    "ftps",
    *("announce", "change", "drop", "done", "note", "extend", "move", "join"),
    "package",
}
KNOWN |= {"publish", "schedule", "slots", "xlsx", "xmltv"}
KNOWN |= {"excel", "html", "submission", "yaml", *settings.ROLES}
KNOWN |= {part for name in NAMES for part in name.split()} | {
    "list",
    "show",
    "validate",
    "serve",
    "usage",
    "rotate",
    "revoke",
    "invite",
    "time",
}


def commands() -> dict[str, Spoken | SpokenGroup]:
    """Every command by its whole name, groups and what is in them."""
    context = click.Context(group)
    found: dict[str, Spoken | SpokenGroup] = {}
    for name in NAMES:
        command = group.get_command(context, name)
        assert isinstance(command, Spoken | SpokenGroup)
        if isinstance(command, SpokenGroup):
            found |= {f"{name} {sub}": item for sub, item in command.commands.items() if isinstance(item, Spoken)}
        found[name] = command
    return found


COMMANDS = commands()


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_docs_and_an_example(name: str) -> None:
    command = COMMANDS[name]
    assert command.example.startswith("showcase ")
    assert f"`showcase {name}`" in (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    said: dict[str, list[str | None]] = {}
    for language in catalogue.LANGUAGES:
        command.speak(language)
        options = [item.help for item in command.params if isinstance(item, click.Option)]
        said[language] = [command.help, command.epilog, *options]
        assert all(said[language]), (name, language)
    assert not set(said["zh"]) & set(said["en"])


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_chinese_throughout_in_a_chinese_run(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    from pipeline.cli.main import _guarded

    assert _guarded([*name.split(), "--help", "--lang", "zh"]) == 0
    shown = capsys.readouterr().out
    for word in re.findall(
        r"[A-Za-z]{4,}", re.sub(r"(showcase|--?)[ a-z-]*|\b[A-Z0-9_]+\b|`[^`]*`|「[^」]*」|示例.*|用法.*", " ", shown)
    ):
        assert word.lower() in KNOWN, (word, shown)


@pytest.mark.acceptance
@pytest.mark.usefixtures("served", "for_television")
def test_the_examples_run(showcase: Showcase, small_film: Path) -> None:
    """In the order in which people meet them; `store serve` and `demo` have tests of their own."""
    shutil.copy(small_film, showcase.folder / "film.mp4")
    for name in EXAMPLES:
        words = shlex.split(COMMANDS[name].example)[1:]
        if name in (
            "ack",
            "withdraw",
            "review",
            "log",
            "offline",
            "hand-over",
        ):  # an id of ours in place of the example's
            of_ready = ("ack", "offline", "hand-over")
            wanted = "submitted" if name in ("review", "log") else "ready" if name in of_ready else "accepted"
            words[1] = next(
                str(row["submission_id"]) for row in showcase("status", "--json").rows if row["stage"] == wanted
            )
        if name == "batch":
            (showcase.folder / "films").mkdir()
            shutil.copy(small_film, showcase.folder / "films" / "one.mp4")
        if name == "ack":
            (folder,) = (showcase.folder / "incoming" / words[1]).iterdir()
            assert showcase("verify", folder).code == 0
        result = showcase(*words)
        assert result.code == 0, (name, result.out, result.err)
    folder = next((showcase.folder / "incoming").glob("*/*"))
    assert showcase("verify", folder).code == 0


def test_help_loads_no_heavy_library() -> None:
    program = (
        "import sys; from pipeline.cli.main import _guarded; _guarded(['--help']);"
        "heavy = {'botocore','pydantic','rich','numpy','lxml','ffmpeg','imageio_ffmpeg','pymediainfo','ruamel'};"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "Operator" in done.stdout


# what measures, draws, encodes, packs or reads tables and texts: of what is delivered already nothing is left to do
HEAVY = {
    *("numpy", "lxml", "jinja2", "rich", "stamina", "pymediainfo", "openpyxl", "pypinyin", "pysubs2", "ttconv"),
    *("charset_normalizer", "fontTools", "PIL", "pikepdf", "pypdfium2", "pptx", "defusedxml"),
    *("pipeline.inspect.film", "pipeline.inspect.decode", "pipeline.transcode", "pipeline.ffmpeg.runner"),
    *("pipeline.media.hls.playlist", "pipeline.media.subtitles.reading", "pipeline.documents.pages"),
}


@pytest.mark.usefixtures("from_delivered")
def test_a_run_with_nothing_to_do_loads_no_heavy_library(showcase: Showcase) -> None:
    program = (
        "import sys; from pipeline.cli.main import _guarded; print(_guarded(['run', 'film.mp4']), file=sys.stderr);"
        f"print(sorted({HEAVY} & set(sys.modules)), file=sys.stderr)"
    )
    argv = [sys.executable, "-c", program]
    done = subprocess.run(argv, cwd=showcase.folder, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-2:] == ["0", "[]"]
    assert "nothing to do" in done.stdout


@pytest.mark.parametrize("name", schema.NOUNS)
def test_each_noun_prints_a_valid_schema(name: str, showcase: Showcase) -> None:
    printed = showcase("schema", name, "--json")
    assert printed.code == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(printed.out))


def test_the_sample_submission_fits_the_printed_schema(showcase: Showcase) -> None:
    from pipeline import yamlio

    document = yamlio.load(shipped.folder("samples") / "film" / "submission.yaml")
    jsonschema.validate(document.data, json.loads(showcase("schema", "submission").out))
    assert showcase("schema", "nothing").code == 2


def test_json_is_all_that_is_on_stdout(showcase: Showcase, small_film: Path) -> None:
    for words in (("check", small_film), ("run", "-n", small_film), ("doctor",)):
        for row in showcase(*words, "--json").out.splitlines():
            json.loads(row)


def test_chinese_and_english_by_flag_and_locale(showcase: Showcase, small_film: Path) -> None:
    assert "不通过" in showcase("check", "--lang", "zh", shipped.folder("samples") / "film" / "faulty.mp4").out
    showcase.environment = {"LC_ALL": "zh_CN.UTF-8"}
    assert "找不到" in showcase("check", "none.mp4").err
    showcase.environment = {"LC_ALL": "zh_CN.UTF-8", "SHOWCASE_LANG": "en"}
    assert "no such file" in showcase("check", "none.mp4").err


def test_debug_shows_the_traceback_and_nothing_else_does(showcase: Showcase) -> None:
    assert "Traceback" not in showcase("check", "none.mp4").err
    assert "InputError" in showcase("check", "none.mp4", "--debug").err


@pytest.mark.acceptance
@pytest.mark.timeout(300)
def test_the_demo_walks_the_whole_way(showcase: Showcase, encoded: Callable[[Path], None]) -> None:
    encoded(showcase.folder / "showcase-demo")
    result = showcase("demo", timeout=280)
    assert result.code == 0, result.err
    folder = showcase.folder / "showcase-demo"
    package = next((folder / "operator").glob("*/*"))
    assert (
        subprocess.run(
            ["sha256sum", "-c", "checksums.sha256"], cwd=package, capture_output=True, check=False
        ).returncode
        == 0
    )
    manifest = json.loads((package / "package.json").read_text())
    streams = {item["name"]: item for item in manifest["renditions"]}
    assert streams["iptv-hd"]["frames"] == 600  # exactly the source's
    assert streams["iptv-hd"]["gate"]["least_slack_ms"] > 100
    assert streams["iptv-hd"]["loudness"]["integrated_lkfs"] == pytest.approx(-24, abs=0.5)
    assert "accepted" in showcase("status", cwd=folder).out


def test_tables_fit_a_terminal_of_80_columns_and_hold_no_escapes(showcase: Showcase) -> None:
    from rich.cells import cell_len

    for words in (("profiles", "list"), ("policies", "list")):
        code, shown = on_terminal(showcase, *words)
        assert code == 0, shown
        assert "\x1b" not in shown
        assert "\ufffd" not in shown
        assert max(cell_len(line) for line in shown.splitlines()) <= 80


def test_a_film_is_two_lines_of_at_most_80_columns_and_what_is_wanted_of_me_is_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from rich.cells import cell_len

    from pipeline.cli import status_view
    from pipeline.cli.console import Console
    from pipeline.model.inbox import WANTED, Person, Stage, SubmissionStatus

    items = [
        SubmissionStatus(
            prefecture="652800",
            submission_id=f"652800-{'film' * 4}{number}",
            title="一个很长很长的片名，" * number,
            revision=number,
            stage=stage,
            wanted_of=WANTED[stage],
            since=None,
            reason="原因写了很多行\n" * 9,
        )
        for number, stage in enumerate((Stage.READY, Stage.RETURNED, Stage.SUBMITTED, Stage.RETURNED), start=1)
    ]
    status_view.show_list(Console("zh"), items, Person.PRODUCER)
    lines = capsys.readouterr().out.splitlines()
    assert max(cell_len(line) for line in lines) <= 80
    assert [line.split()[0][-1] for line in lines if line.startswith("652800")] == ["2", "4", "1", "3"]
    assert len(lines) == 2 * len(items) + 2


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_what_comes_next_is_two_lines_a_film_whose_command_is_whole(
    language: catalogue.Language, capsys: pytest.CaptureFixture[str]
) -> None:
    from rich.cells import cell_len

    from pipeline.cli import status_view
    from pipeline.cli.console import Console
    from pipeline.model.inbox import WANTED, Answer, Stage, SubmissionStatus

    now = datetime(2026, 6, 1, tzinfo=UTC)
    given = Answer(submission_id="x", revision=1, number=1, to_review=1, text="是有意的", by="古丽", at=now)
    for stage in (stage for stage in Stage if WANTED[stage]):
        item = SubmissionStatus(
            prefecture="652800",
            submission_id="a" * 24,
            title="一个很长很长的片名，" * 9,
            revision=3,
            stage=stage,
            wanted_of=WANTED[stage],
            since=now,
            reason="太暗",
            answer=given if stage is Stage.SUBMITTED else None,
        )
        status_view.show_next(Console(language), item)
        first, second = capsys.readouterr().out.splitlines()
        assert max(cell_len(first), cell_len(second)) <= 80
        command = catalogue.say(language, f"text.next_{stage}", id=f"652800/{'a' * 24}")
        assert "showcase " in command
        assert second.endswith(command)
        status_view.show_row(Console(language), item)
        shown = capsys.readouterr().out
        if stage is Stage.SUBMITTED:  # the answer stands over the editor's reason
            assert "是有意的" in shown
            assert "太暗" not in shown


def test_long_lines_go_on_within_80_columns(showcase: Showcase) -> None:
    from rich.cells import cell_len

    looked = showcase("doctor", "--lang", "zh")
    assert looked.code == 0, looked.err
    long = [line for line in looked.out.splitlines() if cell_len(line) > 80]
    assert [line for line in long if "/" not in line] == []  # a path is never parted
    (showcase.folder / "showcase.toml").write_text(
        'prefecture = "和田"\nuser = "古丽·阿不都热合曼"\n[store]\nendpoint = "http://127.0.0.1:9"\n', encoding="utf-8"
    )
    showcase.environment = {"AWS_ACCESS_KEY_ID": "A" * 20, "AWS_SECRET_ACCESS_KEY": "x", "AWS_MAX_ATTEMPTS": "1"}
    told = showcase("status", "--lang", "zh").err.splitlines()
    assert told[0].startswith("存储：http://127.0.0.1:9，身份：古丽")
    assert max(map(cell_len, told)) <= 80
    assert not re.search(r"[A-Z][a-z]+Error|转码", "".join(told))


def test_a_mistyped_option_is_answered_by_a_close_one_or_by_whose_it_is(showcase: Showcase) -> None:
    told = showcase("batch", "q", "--reason", "x", "--lang", "zh")
    assert told.code == 2
    assert "--json" not in told.err
    assert "showcase withdraw" in told.err
    assert "--json" in showcase("batch", "q", "--jsn", "--lang", "zh").err
    assert "--retry-failed" in showcase("batch", "q", "--retry", "--lang", "zh").err


def test_progress_on_a_terminal_is_one_live_row(showcase: Showcase, small_film: Path) -> None:
    shutil.copy(small_film, showcase.folder / "film.mp4")
    code, shown = on_terminal(showcase, "transcode", "film.mp4", "--profile", "proxy", "-o", "out")
    assert code == 0, shown
    assert "转码" in shown
    assert "━" in shown
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    assert "已完成：out/film.proxy.mp4" in plain


def test_showcase_alone_says_what_to_do_next(showcase: Showcase, small_film: Path) -> None:
    assert "showcase demo" in showcase().out
    shutil.copy(small_film, showcase.folder / "村医.mp4")
    assert 'showcase init "村医.mp4"' in showcase().out
    own = showcase.folder / "showcase.toml"
    meant = own.read_text("utf-8")
    for role, named in (("editor", 'showcase run "村医.mp4"'), ("operator", "showcase pull")):
        own.write_text(f'role = "{role}"\n{meant}', "utf-8")
        shown = showcase().out
        assert named in shown
        assert "showcase init" not in shown
        assert "showcase demo" not in shown
    own.write_text(meant, "utf-8")
    assert showcase("init", "村医.mp4", "--prefecture", "和田").code == 0
    assert "showcase submit submission.yaml" in showcase().out
    assert showcase("submit", "submission.yaml").code == 0
    told = showcase("--lang", "zh")
    assert told.code == 0, told.err
    assert "showcase review 653200-cunyi" in told.out
    assert not re.search(
        r"[A-Za-z]{4,}", re.sub(r"(showcase|--)[^、；：，]*|submission\.yaml|\d{6}-[a-z]+|/[^ ]*", "", told.out)
    )


@pytest.mark.acceptance
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_commands_profiles_and_ids(shell: str, showcase: Showcase, small_film: Path) -> None:
    assert "_SHOWCASE_COMPLETE" in showcase("completion", shell).out
    shutil.copy(small_film, showcase.folder / "film.mp4")

    def completed(*line: str) -> str:
        showcase.environment = {
            "_SHOWCASE_COMPLETE": f"{shell}_complete",
            "COMP_WORDS": " ".join(("showcase", *line)),
            "COMP_CWORD": str(len(line)) if shell != "fish" else line[-1],
        }
        shown = showcase().out
        showcase.environment = {}
        return shown

    assert "batch" in completed("ba")
    assert "mezzanine" in completed("transcode", "film.mp4", "--profile", "me")
    assert "rough-cut" in completed("policies", "show", "ro")
    if shell == "bash":
        assert showcase("submit", "film.mp4").code == 0
        name = str(showcase("status", "--json").rows[0]["submission_id"])
        assert name in completed("review", name[:4])
