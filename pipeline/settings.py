"""`showcase.toml`: the workspace's own, over the user's in the config folder, under the environment."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline import durable, quantities, regular
from pipeline.errors import InputError
from pipeline.toml_fault import not_toml

NAME = "showcase.toml"
ADDRESSING = ("path", "virtual")  # where the bucket's name stands in an address
ROLES = ("producer", "editor", "operator", "worker", "administrator")
LANGUAGES = ("zh", "en")
STALL_S = 300  # the slowest picture takes seconds
# from the file's section and key; what the environment says wins over both files
_KEYS: dict[tuple[str, str], str] = {
    ("store", "endpoint"): "endpoint",
    ("store", "inbox"): "inbox",
    ("store", "delivery"): "delivery",
    ("store", "work"): "work",
    ("store", "addressing"): "addressing",
    ("store", "preset"): "preset",
    ("store", "create_only"): "create_only",
    ("store", "sse"): "sse",
    ("store", "sse_key"): "sse_key",
    ("store", "profile"): "profile",
    ("store", "embedded"): "embedded",
    ("store", "ca"): "ca",
    ("store", "limit_rate"): "limit_rate",
    ("ffmpeg", "stall_s"): "stall_s",
    ("c2", "url"): "c2_url",
    ("c2", "csp_id"): "c2_csp_id",
    ("c2", "lsp_id"): "c2_lsp_id",
    ("c2", "dialect"): "c2_dialect",
    ("c2", "address"): "c2_address",
    ("c2", "order_address"): "c2_order_address",
    ("c2", "listen"): "c2_listen",
    ("c2", "allow"): "c2_allow",
    ("c2", "result_accepts"): "c2_result_accepts",
    ("generated", "propagator"): "propagator",
    ("generated", "propagate_id"): "propagate_id",
    ("cluster", "scheduler"): "scheduler",
    ("cluster", "tls"): "tls",
    ("cluster", "trust_network"): "trust_network",
    ("hand_over", "to"): "hand_over_to",
    ("hand_over", "layout"): "hand_over_layout",
    ("hand_over", "names"): "hand_over_names",
    ("hand_over", "ca"): "hand_over_ca",
    ("campaign", "contacts"): "contacts",
    ("", "prefecture"): "prefecture",
    ("", "set"): "set_name",
    ("", "user"): "user",
    ("", "role"): "role",
    ("", "language"): "language",
}
_FROM_ENVIRONMENT = ("endpoint", "preset", "addressing", "prefecture", "user", "scheduler", "stall_s")
# of what is no text
_KINDS: dict[str, type] = {
    "embedded": bool,
    "trust_network": bool,
    "stall_s": int,
    "c2_result_accepts": bool,
    "c2_allow": list,
}
_PATHS = ("ca", "tls", "hand_over_to", "hand_over_ca", "contacts")  # an address stays as it is
_LINES = ("propagator", "propagate_id")  # that are written into files
_MOST_LINE = 128
CREATE_ONLY = ("if-none-match", "lease")
SSE = ("AES256", "aws:kms")
CHOICES = {"addressing": ADDRESSING, "create_only": CREATE_ONLY, "sse": SSE, "role": ROLES, "language": LANGUAGES}


@dataclass(frozen=True)
class Settings:
    """What is set; None is «not said».

    Args:
        work: the bucket that machines which work together share; nothing else asks for it.
        preset: what kind of store it is (`profiles/storage/`).
        create_only: how an object is put only where there is none, in place of what the preset says.
        sse: how the store keeps objects; `sse_key` is a key service's, where it is not the bucket's own.
        profile: of the keys in the user's own credentials file (`credentials_file`).
        embedded: the workspace's own store is meant, which nobody else sees.
        ca: a file with the certificates (PEM) that the store's is held to, in place of the system's; in a file of
            settings its path is from that file's folder.
        limit_rate: how many bytes a second the line to the store may carry, as it is typed (`500k`).
        wait_s: for so long without a byte a store is waited for; it stands in no file, commands say it.
        stall_s: seconds without a new picture after which a process counts as hanging.
        scheduler: of the cluster that films are made on where one is asked for.
        tls: a folder with the cluster's certificates; its path as of `ca`.
        trust_network: whoever reaches the cluster's machines may run programs there and read their keys: a cluster
            without certificates is meant.
        c2_url: of the head-end that takes orders (ExecCmd).
        c2_csp_id, c2_lsp_id: what it calls us and itself.
        c2_dialect: how it wants its orders (`profiles/c2/`).
        c2_address: the template of the addresses of files in an order.
        c2_order_address: the template of the address of an order's own file; without it that lies where the files are.
        c2_listen: host and port where its notices (ResultNotify) are taken.
        c2_allow: the networks that notices are taken from, `10.0.0.0/8`.
        c2_result_accepts: a good result is the operator's acceptance too.
        propagator: who passes labels of generated content on, by name or code, and as what (`propagate_id`): put into
            a label that names nobody.
        hand_over_to: the place that packages are handed over to, an address or a folder; its path as of `ca`. The
            address that stands in orders is another setting: who reads there may come from another host and account.
        hand_over_layout: how they lie there.
        hand_over_names: the template of file names.
        hand_over_ca: as `ca`, for FTP servers.
        contacts: the table of whom to ask in each prefecture; its path as of `ca`. It never goes into the store.
        origins: where each that is said was said: a file, or the name of a variable.
    """

    endpoint: str | None = None
    inbox: str = "inbox"
    delivery: str = "delivery"
    work: str = "work"
    addressing: str | None = None
    preset: str | None = None
    create_only: str | None = None
    sse: str | None = None
    sse_key: str | None = None
    profile: str | None = None
    embedded: bool = False
    ca: str | None = None
    limit_rate: str | None = None
    wait_s: float | None = None
    scheduler: str | None = None
    tls: str | None = None
    trust_network: bool = False
    hand_over_to: str | None = None
    hand_over_layout: str | None = None
    hand_over_names: str | None = None
    hand_over_ca: str | None = None
    contacts: str | None = None
    prefecture: str | None = None
    user: str | None = None
    role: str | None = None
    language: str | None = None
    set_name: str = "showcase-film"
    stall_s: int = STALL_S
    c2_url: str | None = None
    c2_csp_id: str | None = None
    c2_lsp_id: str | None = None
    c2_dialect: str | None = None
    c2_address: str | None = None
    c2_order_address: str | None = None
    c2_listen: str | None = None
    c2_allow: tuple[str, ...] = ()
    c2_result_accepts: bool = False
    propagator: str | None = None
    propagate_id: str | None = None
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def bytes_per_s(self) -> int | None:
        """What `limit_rate` says; None is no limit."""
        return None if self.limit_rate is None else quantities.rate(self.limit_rate)

    @property
    def buckets(self) -> tuple[str, str, str]:
        """All buckets of a season, by their names."""
        return self.delivery, self.inbox, self.work


def typed(name: str) -> str:
    """What a value of `Settings` is called in a file: `set`, `store.endpoint`."""
    return next(_dotted(section, key) for (section, key), known in _KEYS.items() if known == name)


def unknown(path: Path, field: str) -> InputError:
    """The error for what is no setting, or not of its kind; it names those that are."""
    texts = ", ".join(_dotted(*key) for key, name in _KEYS.items() if _KINDS.get(name, str) is not bool)
    return InputError("settings_key", where=str(path), field=field, known=texts)


def _dotted(section: str, key: str) -> str:
    return f"{section}.{key}".strip(".")


def user_folder() -> Path:
    """Where the user's own settings and keys lie."""
    import platformdirs

    return platformdirs.user_config_path("showcase")


def credentials_file() -> Path:
    """The user's keys, in the form of AWS's credentials file."""
    return user_folder() / "credentials"


def refuse_address(address: str) -> None:
    """Let pass what can be a store's address.

    Raises:
        InputError: it is none.
    """
    if not address.startswith(("http://", "https://")):
        raise InputError("endpoint_wrong", where=address)


def read(path: Path) -> Settings:
    """Of a workspace whose file is `path`; neither file need be there.

    Raises:
        InputError: one of them is wrong.
    """
    values: dict[str, object] = {}
    origins: dict[str, str] = {}
    for file in dict.fromkeys((user_folder() / NAME, path)):
        told = values_in(file)
        values |= told
        origins |= dict.fromkeys(told, str(file))
    for name in _FROM_ENVIRONMENT:
        if given := os.environ.get(variable := f"SHOWCASE_{name.upper()}"):
            values[name], origins[name] = _of_text(name, given, variable), variable
    if values.get("addressing", "path") not in ADDRESSING:
        raise InputError("settings_addressing", where=origins["addressing"], value=values["addressing"])
    return Settings(**values, origins=origins)  # type: ignore[arg-type]


def _of_text(name: str, text: str, variable: str) -> object:
    """A value from the environment.

    Raises:
        InputError: it should be a number, and is none.
    """
    if _KINDS.get(name) is not int:
        return text
    if not text.isascii() or not text.isdigit() or not int(text):
        raise InputError("settings_value", where=variable, field=typed(name), value=text, known="> 0")
    return int(text)


def values_in(path: Path) -> dict[str, object]:
    """What one file says, by the names of `Settings`.

    Raises:
        InputError: it is no TOML, or says what is no setting.
    """
    return values_of(tree_of(path), path) if path.exists() else {}


def tree_of(path: Path) -> dict[str, Any]:
    """A file of settings as TOML.

    Raises:
        InputError: it is none.
    """
    try:
        text = regular.read(path).decode("utf-8-sig")
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        key = "settings_not_text" if b"\x00" in regular.read(path) else "settings_encoding"
        raise InputError(key, where=str(path)) from error
    except tomllib.TOMLDecodeError as error:
        raise not_toml(path, text, str(error)) from error


def values_of(tree: Mapping[str, Any], path: Path) -> dict[str, object]:
    """The same of a file that was read.

    Raises:
        InputError: it says what is no setting.
    """
    values: dict[str, object] = {}
    for section, table in (("", tree), *((key, item) for key, item in tree.items() if isinstance(item, dict))):
        for key, value in table.items():
            if isinstance(value, dict) and section == "":
                continue
            name = _KEYS.get((section, key))
            shown = _dotted(section, key)
            if name is None or type(value) is not _KINDS.get(name, str):
                raise unknown(path, shown)
            if isinstance(value, list):
                if not all(isinstance(item, str) for item in value):
                    raise unknown(path, shown)
                values[name] = tuple(value)
                continue
            if isinstance(value, int) and name == "stall_s" and value <= 0:
                raise InputError("settings_value", where=str(path), field=shown, value=value, known="> 0")
            if name != "addressing" and name in CHOICES and value not in CHOICES[name]:
                known = ", ".join(CHOICES[name])
                raise InputError("settings_value", where=str(path), field=shown, value=value, known=known)
            if name == "limit_rate" and not _is_rate(str(value)):
                known = f"{quantities.RATES}, 0"
                raise InputError("settings_value", where=str(path), field=shown, value=str(value)[:40], known=known)
            if name in _LINES and not _is_line(str(value)):
                known = f"1–{_MOST_LINE}"
                raise InputError("settings_value", where=str(path), field=shown, value=str(value)[:40], known=known)
            is_path = name in _PATHS and "://" not in str(value)
            values[name] = str(path.parent.absolute() / str(value)) if is_path else value
    return values


def _is_rate(text: str) -> bool:
    try:
        quantities.rate(text)
    except ValueError:
        return False
    return True


def _is_line(text: str) -> bool:
    return 0 < len(text) <= _MOST_LINE and text.isprintable()


def text_of(values: Mapping[str, object], before: str = "") -> str:
    """Values, by the names of `Settings`, set in the text of a file, or taken out (None): all else stays as it is."""
    import tomlkit

    document = tomlkit.parse(before)
    for (section, key), name in _KEYS.items():
        if name not in values:
            continue
        if values[name] is None:
            (document.get(section, {}) if section else document).pop(key, None)
            continue
        table = document if not section else document.setdefault(section, tomlkit.table())
        table[key] = values[name]
    return tomlkit.dumps(document)


def write(path: Path, values: Mapping[str, object], *, mode: int = 0o644) -> None:
    """Set values, by the names of `Settings`, in a file that people edit too.

    Raises:
        InputError: the file is no TOML. EnvironmentFault: its place is not writable.
    """
    before = regular.read(path).decode("utf-8-sig") if path.exists() else ""
    values_in(path)
    text = text_of(values, before)
    durable.make_folder(path.parent)
    durable.write(path, text.encode(), mode=mode)
