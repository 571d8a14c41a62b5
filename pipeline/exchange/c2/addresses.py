"""Addresses of an order, made when it is sent: the stored order has none, since they hold passwords and run out."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol
from urllib.parse import quote, urlsplit, urlunsplit

from pipeline import passwords
from pipeline.errors import InputError
from pipeline.model.c2 import ContentObject, Property, WorkOrder
from pipeline.model.c2_dialect import Dialect
from pipeline.model.c2_wire import MOST_URL
from pipeline.model.reference import SubmissionRef
from pipeline.storage import layout
from pipeline.storage.bucket import Bucket

PRESIGNED = "presigned"  # the store's own address of an object, good for some hours
MOST_HOURS = 7 * 24  # of a presigned address
FIELDS = ("scheme", "host", "bucket", "key", "prefecture", "id", "package", "file", "name", "stem", "suffix", "code")
SCHEMES = ("ftp", "http", "https")


class Addresses(Protocol):
    """Where a head-end fetches the files of a package."""

    def of(self, path: str, code: str) -> str:
        """A file's address.

        Raises:
            InputError: it is too long.
        """


@dataclass(frozen=True)
class PackageAddresses:
    """Those of one package, by a template or by the store.

    Args:
        template: of `FIELDS`, or `presigned`.
        valid_h: hours that a presigned address is good for.
    """

    bucket: Bucket
    ref: SubmissionRef
    package_id: str
    template: str
    valid_h: int

    def of(self, path: str, code: str) -> str:
        """A file's address; `code` is that of its object."""
        key = layout.package_prefix(self.ref, self.package_id) + path
        if self.template == PRESIGNED:
            made = self.bucket.presigned(key, min(self.valid_h, MOST_HOURS) * 3600)
        else:
            made = with_login(self.template.format_map(self._values(path, key, code)))
        return refused_if_long(made, path)

    @property
    def ftp_server(self) -> str | None:
        """The server that files are fetched from, with its port; None where they are fetched otherwise."""
        if self.template == PRESIGNED:
            return None
        parts = urlsplit(self.template.format_map(self._values("", "", "")))
        return parts.netloc.rpartition("@")[2] if parts.scheme.lower() == "ftp" else None

    def _values(self, path: str, key: str, code: str) -> dict[str, str]:
        store, name = urlsplit(self.bucket.store.endpoint_shown), PurePosixPath(path)
        values = {
            "scheme": store.scheme,
            "host": store.netloc,
            "bucket": self.bucket.name,
            "key": key,
            "prefecture": self.ref.prefecture,
            "id": self.ref.submission_id,
            "package": self.package_id,
            "file": path,
            "name": name.name,
            "stem": name.stem,
            "suffix": name.suffix,
            "code": code,
        }
        return {field: text if field == "host" else quote(text, safe="/") for field, text in values.items()}


def checked(template: str, fields: tuple[str, ...], where: str) -> str:
    """A template of addresses.

    Raises:
        InputError: it names what there is not, is no address, or holds a password.
    """
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        raise InputError("c2_template_wrong", where=where, value=template, known=", ".join(fields)) from None
    named = [(name, form, conversion) for _, name, form, conversion in parts if name is not None]
    is_plain = all(name in fields and not form and not conversion for name, form, conversion in named)
    if not is_plain or urlsplit(template.replace("{scheme}", "http")).scheme.lower() not in SCHEMES:
        shown = passwords.redacted(template)
        raise InputError("c2_template_wrong", where=where, value=shown, known=", ".join(f"{{{it}}}" for it in fields))
    passwords.refuse_in_address(template)
    return template


def with_login(address: str) -> str:
    """An FTP address as C2 wants it: with user and password, from the password file."""
    parts = urlsplit(address)
    if parts.scheme.lower() != "ftp" or "@" in parts.netloc:
        return address
    login = passwords.login_for(parts.hostname or "", parts.port)
    if login is None:
        return address
    pair = f"{quote(login.user, safe='')}:{quote(login.password, safe='')}"
    return urlunsplit((parts.scheme, f"{pair}@{parts.netloc}", parts.path, parts.query, ""))


def refused_if_long(address: str, path: str) -> str:
    """The address.

    Raises:
        InputError: it has more characters than C2 takes.
    """
    if len(address) > MOST_URL:
        raise InputError("c2_address_long", where=path, length=len(address), most=MOST_URL)
    return address


def addressed(order: WorkOrder, dialect: Dialect, addresses: Addresses) -> WorkOrder:
    """The order with an address in place of each file's place in the package.

    Raises:
        InputError: one is too long.
    """
    return order.model_copy(
        update={
            "objects": tuple(_addressed(item, _file_properties(dialect, item), addresses) for item in order.objects)
        }
    )


def _file_properties(dialect: Dialect, item: ContentObject) -> frozenset[str]:
    rule = dialect.element(item.element_type)
    return frozenset(known.title for known in rule.properties if known.source == "file") if rule else frozenset()


def _addressed(item: ContentObject, names: frozenset[str], addresses: Addresses) -> ContentObject:
    made = tuple(
        Property(name=known.name, text=addresses.of(known.text, item.code)) if known.name in names else known
        for known in item.properties
    )
    return item.model_copy(update={"properties": made})


def named(names: Mapping[str, str], template: str) -> str:
    """A template with its names filled in, each as a part of an address."""
    return template.format_map({name: quote(text, safe="/") for name, text in names.items()})
