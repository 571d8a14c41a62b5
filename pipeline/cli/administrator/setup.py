"""showcase setup"""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from pipeline import settings
from pipeline.cli import store_here, words
from pipeline.cli.command_context import prefecture_code, workspace_here
from pipeline.cli.console import Console, options
from pipeline.errors import InputError
from pipeline.model import text
from pipeline.settings import Settings
from pipeline.storage import connect, invitations, keys, presets
from pipeline.storage.s3.session import without_userinfo

ASKED = ("endpoint", "role", "prefecture", "user", "language")
_IDENTITY = {"role", "prefecture", "user", "ca", *invitations.OF_STORE}  # what an import says, or takes away


def _flags(function: Any) -> Any:
    for name, flag, kind in reversed(
        (
            ("endpoint", "--address", str),
            ("role", "--role", click.Choice(settings.ROLES)),
            ("prefecture", "--prefecture", str),
            ("user", "--name", str),
            ("language", "--language", click.Choice(settings.LANGUAGES)),
            ("ca", "--ca", str),
            ("preset", "--preset", str),
        )
    ):
        metavar = {"prefecture": "CODE", "ca": "FILE", "preset": "NAME"}.get(name, "TEXT" if kind is str else None)
        function = click.option(flag, f"set_{name}", type=kind, metavar=metavar)(function)
    return function


@words.command("setup", example="showcase setup --show")
@_flags
@click.option("--embedded", is_flag=True)
@click.option("--import", "imported", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--show", is_flag=True)
@options
def command(console: Console, embedded: bool, imported: Path | None, show: bool, **given: str | None) -> int:
    """Set, once and for every folder, which store is talked to and as whom."""
    if show:
        return _show(console, workspace_here().settings)
    said: dict[str, object] = {name.removeprefix("set_"): value for name, value in given.items() if value is not None}
    pair = None
    if imported is not None:
        handed_out = keys.settings_file(imported)
        pair = handed_out.pair
        said = {**handed_out.settings, **said}
        if handed_out.ca is not None and "ca" not in said:
            said["ca"] = str(keys.keep_certificates(handed_out.ca, settings.user_folder() / keys.CERTIFICATES))
        said |= dict.fromkeys(_IDENTITY - said.keys())  # nothing of whoever was here before
    if embedded:
        said["embedded"] = True
    asks = sys.stdin.isatty() and not console.as_json
    if asks and imported is None:
        said |= _ask(console, said)
    if not said:
        raise InputError("setup_nothing_said")
    _check(said)
    if asks and pair is None and said.get("endpoint"):
        pair = _ask_keys(console)
    file = settings.user_folder() / settings.NAME
    if pair is not None:
        said["profile"] = keys.PROFILE
        keys.write(settings.credentials_file(), pair)
    settings.write(file, said, mode=0o600)
    console.say("setup_wrote", file=file)
    place = workspace_here()
    _show(console, place.settings)
    if not connect.is_private(place):
        store_here.announce(console, place)
        with connect.opened(place):
            console.say("setup_answers")
    return 0


def _check(said: dict[str, object]) -> None:
    """Turn names of prefectures into codes; refuse what no command would take.

    Raises:
        InputError: a value is none.
    """
    if named := said.get("prefecture"):
        said["prefecture"] = prefecture_code(str(named), "--prefecture")
    if (name := said.get("user")) and not text.is_line(str(name)):
        raise InputError("user_wrong", most=text.MOST_LINE)
    if given := said.get("ca"):
        said["ca"] = str(Path(str(given)).absolute())
    if named := said.get("preset"):
        presets.of_settings(Settings(preset=str(named)), workspace_here().profiles)
    if address := said.get("endpoint"):
        settings.refuse_address(str(address))


def _ask(console: Console, said: dict[str, object]) -> dict[str, object]:
    """What no flag says; an empty answer leaves it unsaid, a wrong one is asked again."""
    before = workspace_here().settings
    answers: dict[str, object] = {}
    for name in ASKED:
        if name in said or (name == "endpoint" and said.get("embedded")):
            continue
        while True:
            known = getattr(before, name)
            question = console.word(f"setup_{name}")
            answer = str(click.prompt(question, default=known or "", show_default=bool(known), err=True)).strip()
            if not answer:
                break
            one: dict[str, object] = {name: answer}
            try:
                _check(one)
                if name in ("role", "language") and answer not in (choices := settings.CHOICES[name]):
                    raise InputError("settings_value", field=name, value=answer, known=", ".join(choices))
            except InputError as error:
                console.complain(error)
                continue
            answers |= one
            break
    return answers


def _ask_keys(console: Console) -> keys.KeyPair | None:
    key_id = str(click.prompt(console.word("setup_key_id"), default="", show_default=False, err=True)).strip()
    if not key_id:
        return None
    secret = str(click.prompt(console.word("setup_secret"), hide_input=True, err=True)).strip()
    return keys.KeyPair(key_id, secret)


def _show(console: Console, found: Settings) -> int:
    """Every value and where it was said; keys by their id alone."""
    for item in fields(found):
        if item.name in ("origins", "wait_s"):  # said by nobody in a file
            continue
        value = getattr(found, item.name)
        if item.name in ("endpoint", "hand_over_to", "c2_url") and value and "://" in value:
            value = without_userinfo(value)
        origin = found.origins.get(item.name)
        shown = "–" if value in (None, False) else str(value)
        console.give({"name": item.name, "value": value, "from": origin})
        said_in = origin or console.word("setup_not_said")
        console.hang(console.word("setup_row", name=settings.typed(item.name), value=shown, origin=said_in))
    return 0
