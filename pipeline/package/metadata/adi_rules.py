"""What an ADI 1.1 document holds to beyond its DTD: lengths, forms, what must be there, what may stand twice. Pure.

Sources by their letters in the adi11 facts: V, W and K are what 1.1's own readers ask for, 3 is CableLabs' MD 3.0,
whose limits a 1.1 value has to keep to outlive it. Lengths count characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import get_args

from pipeline.model.adi import (
    DOMAIN,
    MOST_CATEGORY,
    MOST_GENRE,
    MOST_LEVEL,
    MOST_PROVIDER,
    MOST_SIDE,
    Ams,
    Asset,
    ShowType,
)
from pipeline.model.metadata import MOST_SHORT_TITLE
from pipeline.package.metadata.adi_ids import LETTERS, MOST_DESCRIPTION, MOST_NAME

SPEC = "CableLabsVOD1.1"
# beside the files, last and in this order: a catcher starts when both are there (checksums facts)
DTD_NAME, XML_NAME = "ADI.DTD", "ADI.XML"
_OWN_NAMES = tuple(name.casefold() for name in (DTD_NAME, XML_NAME))


@dataclass(frozen=True)
class FieldLimits:
    """What a field of App_Data may be.

    Args:
        form: what all of the text is, as a pattern.
        times: how often it may stand; None is as often as it likes.
    """

    most: int | None = None
    form: str = ".*"
    times: int | None = 1

    def faults(self, name: str, values: tuple[str, ...]) -> Iterator[str]:
        if self.times is not None and len(values) > self.times:
            yield f"{name} stands {len(values)} times"
        for value in values:
            if not value or (self.most is not None and len(value) > self.most):
                yield f"{name} has {len(value)} characters of at most {self.most}"
            elif not re.fullmatch(self.form, value, re.DOTALL):
                yield f"{name} is «{value}»"


_COUNT = r"[0-9]{1,16}"
_YES_NO = "[YN]"
_PERSON = rf"[^,]{{1,{MOST_SIDE}}}(,[^,]{{1,{MOST_SIDE}}})?"
_PEOPLE = FieldLimits(form=_PERSON, times=None)  # 3: `Last,First`, 16 and 16
_DAY = r"\d{4}-\d\d-\d\d"
_TIME = rf"{_DAY}(T\d\d:\d\d:\d\d)?"
_LEVEL = rf"[^/]{{1,{MOST_LEVEL}}}"
LIMITS: Mapping[str, FieldLimits] = {
    "Metadata_Spec_Version": FieldLimits(form=re.escape(SPEC)),  # V
    "Provider_Content_Tier": FieldLimits(MOST_CATEGORY, times=None),  # 3
    "Title_Brief": FieldLimits(MOST_SHORT_TITLE),  # V, 3
    "Title": FieldLimits(128),  # 3
    "Summary_Short": FieldLimits(256),  # 3
    "Summary_Medium": FieldLimits(1024),  # 3
    "Summary_Long": FieldLimits(4096),  # 3
    "Title_Sort_Name": FieldLimits(22),  # 3
    "Actors": _PEOPLE,
    "Director": _PEOPLE,
    "Producers": _PEOPLE,
    "Actors_Display": FieldLimits(1024),  # 3
    "Writer_Display": FieldLimits(1024),  # 3
    "Studio": FieldLimits(1024),  # 3
    "Provider_QA_Contact": FieldLimits(1024),  # 3
    "Studio_Name": FieldLimits(128),  # 3
    "Distributor_Name": FieldLimits(128),  # 3
    "Rating": FieldLimits(50, times=None),  # 3
    "Genre": FieldLimits(MOST_GENRE, times=5),  # 3
    "Category": FieldLimits(MOST_CATEGORY, rf"{_LEVEL}(/{_LEVEL})*", times=None),  # V
    "Show_Type": FieldLimits(form="|".join(get_args(ShowType))),  # 3
    "Audio_Type": FieldLimits(form="Dolby ProLogic|Dolby Digital|Stereo|Mono|Dolby 5.1", times=None),  # 3
    "Closed_Captioning": FieldLimits(form=_YES_NO),  # V
    "Run_Time": FieldLimits(form=r"\d\d:[0-5]\d:[0-5]\d"),  # V
    "Display_Run_Time": FieldLimits(form=r"\d\d:[0-5]\d"),  # V
    "Year": FieldLimits(form=r"\d{4}"),  # V
    "Billing_ID": FieldLimits(form="[0-9]{5}"),  # W; 3 takes letters too
    "Licensing_Window_Start": FieldLimits(form=_TIME),  # V, T
    "Licensing_Window_End": FieldLimits(form=_TIME),  # V, T
    "Preview_Period": FieldLimits(form=_COUNT),  # V
    "Codec": FieldLimits(form=r"MPEG2|AVC [A-Z]P@L\d\d"),  # V
    "Resolution": FieldLimits(form=r"\d+[ip]"),  # V: lines and scan
    "Frame_Rate": FieldLimits(form=r"\d{1,3}"),  # V
    "Bit_Rate": FieldLimits(form=_COUNT),  # V: kbit/s
    "HDContent": FieldLimits(form=_YES_NO),  # T
    "HD_Content": FieldLimits(form=_YES_NO),  # T
    "Languages": FieldLimits(3, times=None),  # V
    "Subtitle_Languages": FieldLimits(3, times=None),  # V
    "Dubbed_Languages": FieldLimits(3, times=None),  # V
    "Image_Aspect_Ratio": FieldLimits(form=r"\d+x\d+"),  # V: pixels
    "Content_FileSize": FieldLimits(form=_COUNT),  # V: bytes
    "Content_CheckSum": FieldLimits(form="[0-9a-f]{32}"),  # V: MD5
}
_FILE = ("Type", "Content_FileSize", "Content_CheckSum")
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "package": ("Metadata_Spec_Version",),
    "title": ("Type", "Title_Brief", "Title", "Rating", "Closed_Captioning", "Run_Time", "Show_Type", "Billing_ID"),
    "movie": (*_FILE, "Audio_Type", "Bit_Rate"),
    "poster": (*_FILE, "Image_Aspect_Ratio"),
    "box cover": (*_FILE, "Image_Aspect_Ratio"),
}
_CONTENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")  # checksums facts, rule 6
_ASSET_ID = re.compile(r"[A-Z]{3}([A-Z])\d{16}")


def faults(package: Asset) -> list[str]:
    """All that is not as it must be, for developers: each begins with the asset's class."""
    assets = list(package.all())
    found = [f"{item.ams.asset_class}: {fault}" for item in assets for fault in _of_asset(item)]
    found += [f"package: {fault}" for fault in _of_nesting(package)]
    for name, values in {
        "Asset_ID": [item.ams.asset_id for item in assets],
        "Asset_Name": [item.ams.asset_name for item in assets],
        # Windows and many servers tell no case apart
        "Content": [item.content.casefold() for item in assets if item.content],
    }.items():
        found += [f"package: {name} «{value}» stands twice" for value, times in Counter(values).items() if times > 1]
    versions = {(item.ams.version_major, item.ams.version_minor, item.ams.verb) for item in assets}
    if len(versions) > 1:
        found.append("package: not every asset has one version")
    return found


def _of_nesting(package: Asset) -> Iterator[str]:
    """One title, in it a file each (V): a second file of a class would take the place of the first in its readers."""
    classes = [item.ams.asset_class for item in package.assets]
    if package.ams.asset_class != "package" or package.content is not None or classes != ["title"]:
        yield "is not of one title"
    for title in package.assets:
        inside = Counter(item.ams.asset_class for item in title.assets)
        if title.content is not None or any(item.assets for item in title.assets) or "title" in inside:
            yield "the title does not hold files"
        yield from (f"{times} times {name}" for name, times in inside.items() if times > 1)


def _of_asset(asset: Asset) -> Iterator[str]:
    ams = asset.ams
    yield from _of_ams(ams)
    names = {item.name.casefold(): item.name for item in asset.app_data}
    for name in names.values():
        limits = next((row for known, row in LIMITS.items() if known.casefold() == name.casefold()), FieldLimits())
        yield from limits.faults(name, asset.said(name))
    for name in REQUIRED.get(ams.asset_class, ()):
        if not asset.said(name):
            yield f"no {name}"
    if any(item.app != ams.product for item in asset.app_data):
        yield "App is not the product"
    if asset.said("Type") not in ((), (ams.asset_class,)):
        yield "Type is not the class"
    if asset.content is not None and not _CONTENT.fullmatch(asset.content):
        yield f"Content is «{asset.content}»"
    if asset.content is not None and asset.content.casefold() in _OWN_NAMES:
        yield f"Content is «{asset.content}», which is the document's own"
    yield from _of_window(asset)


def _of_ams(ams: Ams) -> Iterator[str]:
    for name, text, most in (
        ("Provider", ams.provider, MOST_PROVIDER),
        ("Product", ams.product, MOST_PROVIDER),
        ("Asset_Name", ams.asset_name, MOST_NAME),
        ("Description", ams.description, MOST_DESCRIPTION),
    ):
        yield from FieldLimits(most).faults(name, (text,))
    yield from FieldLimits(MOST_PROVIDER, DOMAIN).faults("Provider_ID", (ams.provider_id,))
    formed = _ASSET_ID.fullmatch(ams.asset_id)
    if formed is None or formed[1] != LETTERS.get(ams.asset_class, formed[1]):
        yield f"Asset_ID is «{ams.asset_id}»"
    if not re.fullmatch(_DAY, ams.creation_date) or not _is_time(ams.creation_date):
        yield f"Creation_Date is «{ams.creation_date}»"
    if not (ams.version_major.isdecimal() and ams.version_minor.isdecimal()):
        yield f"version {ams.version_major}.{ams.version_minor}"


def _of_window(asset: Asset) -> Iterator[str]:
    ends = (*asset.said("Licensing_Window_Start"), *asset.said("Licensing_Window_End"))
    if any(not _is_time(text) for text in ends) or list(ends) != sorted(ends):
        yield f"the licence is {' to '.join(ends)}"


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return False
    return True
