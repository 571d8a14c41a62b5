"""CableLabs ADI 1.1: what a set says of the cable operator that takes it, and the document as data (adi11 facts)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from pipeline.model.base import Noun
from pipeline.model.profile import Name
from pipeline.model.text import Line, one_line

MOST_PROVIDER = 20  # Provider, Provider_ID and Product
MOST_LEVEL, MOST_CATEGORY = 20, 256
MOST_ROOT = 192  # of a category: a column and a course follow, 20 characters each
MOST_GENRE = 32  # MD 3.0
MOST_SIDE = 16  # of a person's family or given name, MD 3.0
DOMAIN = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$"

Short = Annotated[str, StringConstraints(max_length=MOST_PROVIDER), AfterValidator(one_line)]
Genre = Annotated[str, StringConstraints(max_length=MOST_GENRE), AfterValidator(one_line)]
Domain = Annotated[str, StringConstraints(pattern=DOMAIN, max_length=MOST_PROVIDER)]
Root = Annotated[
    str, StringConstraints(pattern=r"^[^/]{1,20}(/[^/]{1,20})*$", max_length=MOST_ROOT), AfterValidator(one_line)
]
ShowType = Literal[
    "Series",
    "Sports",
    "Music",
    "Ad",
    "Miniseries",
    "Movie",
    "Kids",
    "Events",
    "Lifestyle",
    "Other",
    "Paid Programming",
    "Barker",
]


class AdiSettings(Noun):
    """Who we are to a cable operator, and what its system takes: the section `adi` of a set.

    Args:
        provider: what the operator calls us, often three digits.
        provider_id: our internet domain.
        provider_prefix: the first three letters of every Asset_ID.
        product: MOD, SVOD, FVOD or the operator's own word.
        provider_content_tier: the operator's tiers.
        category: the folder of its menu below which the column's stands, levels by `/`.
        billing_id: five digits.
        provider_qa_contact: whom it asks about a faulty file.
        preview_period: how long may be seen unpaid, in seconds.
        show_type: of every title; None is `Series` for lessons and `Other` for films.
        genres: what genres of the vocabulary are called there; others by their English name.
        movie: profiles in order of preference; none of them, or none named: the finest stream without burnt subtitles.
        technical: whether Codec, Resolution and Frame_Rate are written (ECN of 2009-12-18): some systems reject them.
        hd_content: how the operator spells the mark of HD; None leaves it out.
    """

    provider: Short
    provider_id: Domain
    provider_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    product: Short
    provider_content_tier: tuple[Line, ...] = ()
    category: Root | None = None
    billing_id: Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")] = "00000"
    provider_qa_contact: Line | None = None
    preview_period: Annotated[int, Field(ge=0, le=86_400)] = 0
    show_type: ShowType | None = None
    genres: dict[Name, Genre] = Field(default_factory=dict)
    movie: tuple[Name, ...] = ()
    technical: bool = True
    hd_content: Literal["HDContent", "HD_Content"] | None = "HDContent"


class Ams(Noun):
    """What every asset has: who it is, whose, which version."""

    provider: str
    provider_id: str
    product: str
    asset_name: str
    asset_id: str
    asset_class: str
    description: str
    creation_date: str
    version_major: str
    version_minor: str
    verb: str | None = None


class AppData(Noun):
    """One field of an asset; names that may stand several times have one for each value."""

    app: str
    name: str
    value: str


class Asset(Noun):
    """A package, a title, or a file of one; `content` is the file's name in the folder of the document."""

    ams: Ams
    app_data: tuple[AppData, ...] = ()
    assets: tuple[Asset, ...] = ()
    content: str | None = None

    def said(self, name: str) -> tuple[str, ...]:
        """The values of a field; others spell names with other capitals (`Content_Filesize`)."""
        return tuple(item.value for item in self.app_data if item.name.casefold() == name.casefold())

    def all(self) -> Iterator[Asset]:
        """It, and every asset in it."""
        yield self
        for item in self.assets:
            yield from item.all()
