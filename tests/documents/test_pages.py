"""Pages of a PDF: what is known of each, and the same pictures on every machine; hostile ones end within their time."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from pipeline import process
from pipeline.documents import pages
from pipeline.errors import Refused, Unsuitable
from pipeline.model.deck import DeckPage
from tests import decks
from tests.decks import ARABIC, HAN, SONG, Line, Page

STREAM = "/Type /XObject /Subtype /Form /BBox [0 0 960 540]"


def looked_at(path: Path, fonts: Path) -> tuple[DeckPage, ...]:
    return pages.look(path, fonts).pages


def drawn(path: Path, fonts: Path, numbers: list[int], share: float = 1.0) -> list[np.ndarray]:
    with pages.pictures(path, fonts, numbers, share) as found:
        return [np.frombuffer(item, np.uint8).reshape(1080, 1920, 3)[:, :, ::-1] for item in found.pictures]


def test_what_is_known_of_a_page(tmp_path: Path, font_folder: Path) -> None:
    page = Page(
        (Line("门直骨 Sowing", 100, 300, 40, HAN), Line("small", 100, 200, 9), Line("low", 100, 10, 20)), title="播种"
    )
    path = decks.write(tmp_path / "a.pdf", [page, Page(), Page((Line("wide", 60, 250, 40),), size=(720, 540))])
    first, blank, old = looked_at(path, font_folder)
    assert (first.title, first.letters, first.undrawn, first.replaced) == ("播种", 17, "", "")
    assert (first.smallest_lines, first.smallest) == (18.0, "smal")  # 9 pt of 540 is 18 lines of 1080
    assert first.reach == pytest.approx(1 - 2 * 10 / 540, abs=0.02)
    assert (blank.letters, blank.smallest_lines, blank.reach) == (0, None, 0.0)
    assert (blank.shape, old.shape) == (1.778, 1.333)


def test_letters_without_their_fonts_are_told(tmp_path: Path, font_folder: Path) -> None:
    lines = [
        Line("ئۇيغۇرچە", 60, 220, 60, ARABIC),
        Line("门直骨", 60, 120, 60, SONG),
        Line("Plain", 60, 50, 30, "/Arial"),
    ]
    path = decks.write(tmp_path / "a.pdf", [Page((line,)) for line in lines], embedded=False)
    uyghur, song, plain = looked_at(path, font_folder)
    assert set(uyghur.undrawn) == set("ئۇيغۇرچە")
    assert (song.undrawn, song.replaced) == ("", "门直骨")
    assert (plain.undrawn, plain.replaced) == ("", "Plain")
    apart = decks.write(tmp_path / "b.pdf", [Page((Line("ئۇ", 60, 220, 60, ARABIC, apart=True),))], embedded=False)
    assert looked_at(apart, font_folder)[0].undrawn == "\N{WHITE SQUARE}"


def test_letters_that_nobody_is_to_see_are_not_missed(tmp_path: Path, font_folder: Path) -> None:
    """White on white, and the text layer of a scan."""
    page = Page((Line("white", 60, 300, 40, colour="1 1 1"), Line("white", 60, 200, 40, "/Arial", colour="1 1 1")))
    layer = Page((Line("layer", 60, 200, 4, mode=3), Line("layer", 60, 300, 4, "/Arial", mode=3)))
    over, layered = looked_at(decks.write(tmp_path / "a.pdf", [page, layer]), font_folder)
    assert (over.undrawn, layered.undrawn, layered.letters) == ("", "", 0)


def test_pictures_stand_in_the_middle_and_repeat_their_bytes(tmp_path: Path, font_folder: Path) -> None:
    path = decks.write(tmp_path / "a.pdf", [Page(size=(720, 540), colour="1 0 0"), *decks.numbered(2)])
    (red,) = drawn(path, font_folder, [1])
    assert (red[:, :240] == 0).all()
    assert (red[:, 240:1680] == (255, 0, 0)).all()
    (smaller,) = drawn(path, font_folder, [1], share=0.9)
    assert (smaller[54:1026, 312:1608] == (255, 0, 0)).all()
    assert (smaller[:54] == 0).all()
    again = drawn(path, font_folder, [2, 3, 2])
    assert (again[0] == again[2]).all()
    assert (again[0] != again[1]).any()


@pytest.mark.parametrize(
    ("media_box", "most_s"), [("0 0 14400 14400", 5.0), ("0 0 1000000000 10", 5.0), ("0 0 0 0", 5.0)]
)
def test_pages_of_any_size_are_drawn(media_box: str, most_s: float, tmp_path: Path, font_folder: Path) -> None:
    path = tmp_path / "a.pdf"
    page = f"<< /Type /Page /Parent 2 0 R /MediaBox [{media_box}] >>"
    path.write_bytes(
        decks.of_objects("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page)
    )
    began = time.monotonic()
    assert len(looked_at(path, font_folder)) == 1
    assert len(drawn(path, font_folder, [1])) == 1
    assert time.monotonic() - began < most_s


def nested(depth: int) -> bytes:
    """A form in a form, each drawn twice."""
    forms = [
        (b"/F Do /F Do", f"{STREAM} /Resources << /XObject << /F {number + 1} 0 R >> >>")
        for number in range(5, 5 + depth)
    ]
    return decks.of_objects(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 960 540] /Contents 4 0 R "
        "/Resources << /XObject << /F 5 0 R >> >> >>",
        (b"/F Do", ""),
        *forms,
        (b"0 0 9 9 re f", STREAM),
    )


@pytest.mark.acceptance
def test_a_page_that_does_not_end_is_named(tmp_path: Path, font_folder: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(nested(30))
    began = time.monotonic()
    with pytest.raises(Unsuitable) as refused:
        pages.look(path, font_folder)
    assert time.monotonic() - began < 20
    assert refused.value.code == "document.too_large"
    assert (refused.value.reason, refused.value.detail) == ("page_too_slow", "1")


def test_what_is_no_document(tmp_path: Path, font_folder: Path) -> None:
    path = tmp_path / "a.pdf"
    for content in (b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(10_000), decks.deck(decks.numbered(3))[:400]):
        path.write_bytes(content)
        with pytest.raises(Refused) as refused:
            pages.look(path, font_folder)
        assert refused.value.code == "document.unreadable"
    path.write_bytes(decks.of_objects("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"))
    with pytest.raises(Refused, match=r"refused"):
        pages.look(path, font_folder)


def test_more_pages_than_are_taken(tmp_path: Path, font_folder: Path) -> None:
    path = decks.write(tmp_path / "a.pdf", decks.numbered(4))
    with pytest.raises(Unsuitable) as refused:
        pages.look(path, font_folder, most_pages=3)
    assert (refused.value.code, refused.value.reason, refused.value.detail) == (
        "document.too_large",
        "too_many_pages",
        "4",
    )


def test_nothing_is_left_running(tmp_path: Path, font_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = decks.write(tmp_path / "a.pdf", decks.numbered(9))
    started: list[process.Child] = []
    real = process.start

    def start(*given: object, **named: object) -> process.Child:
        started.append(real(*given, **named))  # type: ignore[arg-type]
        return started[-1]

    monkeypatch.setattr(process, "start", start)
    with pages.pictures(path, font_folder, range(1, 10), 1.0) as found:
        next(found.pictures)
    assert [process.is_alive(child.pid) for child in started] == [False]


def test_twenty_thousand_pages_are_counted_and_not_drawn(tmp_path: Path, font_folder: Path) -> None:
    path = tmp_path / "a.pdf"
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 960 540] >>"
    kids = " ".join(f"{number} 0 R" for number in range(3, 20_003))
    tree = f"<< /Type /Pages /Kids [{kids}] /Count 20000 >>"
    path.write_bytes(decks.of_objects("<< /Type /Catalog /Pages 2 0 R >>", tree, *[page] * 20_000))
    began = time.monotonic()
    with pytest.raises(Unsuitable) as refused:
        pages.look(path, font_folder)
    assert (refused.value.reason, refused.value.detail) == ("too_many_pages", "20000")
    assert time.monotonic() - began < 10


@pytest.mark.acceptance
def test_an_image_of_thirty_thousand_lines(tmp_path: Path, font_folder: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(
        decks.of_objects(
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 960 540] /Contents 4 0 R "
            "/Resources << /XObject << /I 5 0 R >> >> >>",
            (b"q 960 0 0 540 0 0 cm /I Do Q", ""),
            (
                bytes(30_000 * 30_000),
                "/Type /XObject /Subtype /Image /Width 30000 /Height 30000 /ColorSpace /DeviceGray /BitsPerComponent 8",
            ),
        )
    )
    began = time.monotonic()
    (picture,) = drawn(path, font_folder, [1])
    assert time.monotonic() - began < 20
    assert (picture == 0).all()
