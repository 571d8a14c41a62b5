"""The label of generated content in bytes: what is one, where it lies, and how it is put there."""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.media import ffmetadata
from pipeline.media.generated_label import container, names, places, still, text, xmp
from pipeline.media.isobmff import boxes
from pipeline.model.generated import FoundLabel, LabelFault, Propagation
from tests.labels import LABEL, OTHER, with_uuid_box, with_wav_chunk

Lavfi = Callable[..., Path]
CARD = ("-f", "lavfi", "-i", "testsrc2=s=64x64", "-frames:v", "1", "-update", "1")
SINE = ("-f", "lavfi", "-i", "sine=d=0.2")


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"", LabelFault.NOT_JSON),
        (b"AIGC", LabelFault.NOT_JSON),
        (b"\xff{}", LabelFault.NOT_JSON),
        ("\ufeff{}".encode(), LabelFault.NOT_JSON),
        (b'{"a": NaN}', LabelFault.NOT_JSON),
        (b'{"a": "\n"}', LabelFault.NOT_JSON),
        (b'{"a": 1, "\\u0061": 2}', LabelFault.NOT_JSON),  # one name twice
        ('{"a": "\ufffe"}'.encode(), LabelFault.NOT_JSON),  # no XML could hold it
        (b"[" * 4096, LabelFault.NOT_JSON),
        (b'["Label"]', LabelFault.NOT_OBJECT),
        (b'"AIGC"', LabelFault.NOT_OBJECT),
        (b'{"a": "' + b"x" * 4088 + b'"}', LabelFault.TOO_LONG),
        (b'{"a": "' + b"x" * 4087 + b'"}', None),
        (b'{"Label": "AIGC"}', None),
        (b"{}", None),
        (LABEL.encode(), None),
    ],
)
def test_a_label_is_a_json_object_of_at_most_4_kib(raw: bytes, fault: LabelFault | None) -> None:
    found = text.judged(raw, "here")
    assert found == FoundLabel(place="here", text=None if fault else raw.decode(), fault=fault)


def test_what_is_shown_is_escaped_and_short() -> None:
    assert text.shown("a\u202eb\n\x1b[0m «西»") == "a\\u202eb\\u000a\\u001b[0m «西»"
    assert len(text.shown("x" * 5000)) == 161


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{}", '{"ContentPropagator": "局\\"1", "PropagateID": "7"}'),
        ('{"Label":"1"}\n', '{"Label":"1", "ContentPropagator": "局\\"1", "PropagateID": "7"}\n'),
        (
            '{ "ContentPropagator" : "", "PropagateID":"" , "x": {"PropagateID": "in"} }',
            '{ "ContentPropagator" : "局\\"1", "PropagateID":"7" , "x": {"PropagateID": "in"} }',
        ),
        ('{"ContentPropagator": "another", "PropagateID": ""}', None),
        ('{"PropagateID": "another"}', None),
        ('{"PropagateID": 5}', None),
        ('{"ContentPropagator": "局\\"1", "PropagateID": "7"}', None),  # ours already
        (f'{{"a": "{"x" * 4050}"}}', None),  # it would grow too long
    ],
)
def test_who_passes_it_on_is_put_in_and_nothing_else_changes(before: str, after: str | None) -> None:
    assert text.passed_on(before, Propagation(propagator='局"1', propagate_id="7")) == (after or before)
    assert text.passed_on(before, Propagation()) == before


VALUES = st.text(max_size=8) | st.integers() | st.lists(st.text(max_size=3), max_size=3)
NAMES = st.sampled_from(["ContentPropagator", "PropagateID", "\ud800", "}"]) | st.text(max_size=3)


@given(st.dictionaries(NAMES, VALUES, max_size=5), st.sampled_from([None, 1]))
@settings(max_examples=50, deadline=None)
def test_putting_it_in_keeps_every_other_member(members: dict[str, object], indent: int | None) -> None:
    before = json.dumps(members, indent=indent)
    after = json.loads(text.passed_on(before, Propagation(propagator="p", propagate_id="i")))
    own = {"ContentPropagator": "p", "PropagateID": "i"}
    named = {name: value for name, value in members.items() if name in own}
    is_free = all(value in ("", own[name]) for name, value in named.items())
    assert after == ({**members, **own} if is_free else members)


def test_a_packet_gives_back_what_was_put_in() -> None:
    for label in (LABEL, OTHER, '{"a":\r\n"]]>&lt;"}'):
        assert list(xmp.labels(xmp.packet(label))) == [label.encode()]


RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:T="http://www.tc260.org.cn/ns/AIGC/1.0/"'


@pytest.mark.parametrize(
    ("packet", "found"),
    [
        (f"<rdf:RDF {RDF}><rdf:Description T:AIGC='{{&quot;a&quot;: 1}}'/></rdf:RDF>", [b'{"a": 1}']),
        (f"<rdf:RDF {RDF}><rdf:Description><T:AIGC>{{}}</T:AIGC></rdf:Description></rdf:RDF>", [b"{}"]),
        (f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><!-- c --><T:AIGC {RDF}><![CDATA[{{}}]]></T:AIGC></x:xmpmeta>", [b"{}"]),
        (f"<!DOCTYPE x [<!ENTITY e '{{}}'>]><x {RDF}><T:AIGC>&e;</T:AIGC></x>", []),
        (f"<x {RDF}><T:AIGC>&e;</T:AIGC></x>", []),
        (f"<x {RDF}><T:AIGC>{{}}", []),
        ("<x xmlns:T='http://www.tc260.org.cn/ns/AIGC/2.0/'><T:AIGC>{}</T:AIGC></x>", []),
        ("", []),
    ],
)
def test_a_packet_is_read_as_element_and_as_attribute_without_a_dtd(packet: str, found: list[bytes]) -> None:
    assert list(xmp.labels(packet.encode())) == found
    assert list(xmp.labels(packet.encode("utf-16"))) == []


@pytest.mark.parametrize(("suffix", "demuxer"), [(".jpg", "jpeg_pipe"), (".png", "png_pipe")])
def test_a_picture_keeps_all_else(suffix: str, demuxer: str, lavfi: Lavfi) -> None:
    before = lavfi(*CARD, suffix=suffix).read_bytes()
    after = still.with_label(before, LABEL)
    (label,) = places.found(io.BytesIO(after), demuxer)
    assert label.text == LABEL
    at = next(index for index, (old, new) in enumerate(zip(before, after, strict=False)) if old != new)
    assert after.endswith(before[at:])
    assert still.with_label(before, LABEL) == after
    with pytest.raises(ValueError, match="neither"):
        still.with_label(b"GIF89a", LABEL)


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


@pytest.mark.parametrize(
    "chunk",
    [
        png_chunk(b"tEXt", b"AIGC\0" + OTHER.encode()),
        png_chunk(b"zTXt", b"AIGC\0\0" + zlib.compress(OTHER.encode())),
        png_chunk(b"iTXt", b"AIGC\0\1\0zh\0\0" + zlib.compress(OTHER.encode())),
        png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(xmp.packet(OTHER))),
    ],
)
def test_text_chunks_of_png(chunk: bytes, lavfi: Lavfi) -> None:
    picture = lavfi(*CARD, suffix=".png").read_bytes()
    (label,) = places.found(io.BytesIO(picture[:-12] + chunk + picture[-12:]), "png_pipe")
    assert label.text == OTHER


def test_a_packed_bomb_is_cut_off(lavfi: Lavfi) -> None:
    picture = lavfi(*CARD, suffix=".png").read_bytes()
    bomb = png_chunk(b"zTXt", b"AIGC\0\0" + zlib.compress(b" " * (64 << 20), 9))
    (label,) = places.found(io.BytesIO(picture[:33] + bomb + picture[33:]), "png_pipe")
    assert label.fault is LabelFault.TOO_LONG


def test_chunks_of_wav(lavfi: Lavfi) -> None:
    sound = lavfi(*SINE, suffix=".wav").read_bytes()
    chunk = with_wav_chunk(with_wav_chunk(sound, OTHER.encode() + b"\0"), xmp.packet(LABEL), b"_PMX")
    assert [item.text for item in places.found(io.BytesIO(chunk), "wav")] == [OTHER, LABEL]
    long = lavfi(*SINE, "-rf64", "always", suffix=".wav").read_bytes()
    assert long[:4] == b"RF64"
    grown = bytearray(with_wav_chunk(long, OTHER.encode()))
    at = grown.index(b"data")
    grown[at + 4 : at + 8] = b"\xff" * 4
    assert [item.text for item in places.found(io.BytesIO(bytes(grown)), "wav")] == [OTHER]


def test_a_box_of_mp4(lavfi: Lavfi) -> None:
    film = with_uuid_box(lavfi(*SINE, suffix=".mp4").read_bytes())
    (label,) = places.found(io.BytesIO(film), "mov")
    assert (label.place, label.text) == ("MP4 uuid XMP", LABEL)
    assert places.found(io.BytesIO(film), "matroska") == ()


@given(st.sampled_from(["jpeg_pipe", "png_pipe", "mov", "wav"]), st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_bytes_break_a_reader(demuxer: str, content: bytes) -> None:
    places.found(io.BytesIO(content), demuxer)


@pytest.mark.parametrize("cut", [3, 20, 100, 400])
@pytest.mark.parametrize(("suffix", "demuxer"), [(".jpg", "jpeg_pipe"), (".png", "png_pipe")])
def test_a_cut_picture_has_no_label(suffix: str, demuxer: str, cut: int, lavfi: Lavfi) -> None:
    after = still.with_label(lavfi(*CARD, suffix=suffix).read_bytes(), LABEL)
    assert [item.text for item in places.found(io.BytesIO(after[:cut]), demuxer) if item.text is not None] == []


def test_room_in_an_index_is_taken_and_nothing_moves(lavfi: Lavfi) -> None:
    for suffix, quicktime in ((".mp4", False), (".mov", True), (".m4a", False)):
        room = ("-metadata", f"{container.ROOM}={container.room(LABEL, quicktime=quicktime)}")
        before = lavfi(*SINE, "-metadata", "title=片名", *room, suffix=suffix).read_bytes()
        file = io.BytesIO(before)
        container.put(file, LABEL)
        after = file.getvalue()
        assert len(after) == len(before)
        assert LABEL.encode() in after
        kept = [[(box.name, box.at, box.end) for box in boxes.top(io.BytesIO(it))] for it in (before, after)]
        assert kept[0] == kept[1]
        assert b"\xa9gen" not in after
        with pytest.raises(ValueError, match="no room"):
            container.put(file, LABEL)  # there is none any more
        with pytest.raises(ValueError, match="no room"):
            container.put(io.BytesIO(before), LABEL + " ")
    with pytest.raises(ValueError, match="no moov"):
        container.put(io.BytesIO(b""), LABEL)


def test_tags_of_ffmetadata_are_unescaped() -> None:
    said = ';FFMETADATA1\nAIGC={"a"\\=\\\n\\\\\\;\\#}\ntitle=x\n[CHAPTER]\nAIGC=no\n'
    assert ffmetadata.tags(said) == {"AIGC": '{"a"=\n\\;#}', "title": "x"}


@pytest.mark.parametrize(
    "packet",
    [
        b'<!DOCTYPE a []><x xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"><TC260:AIGC>{}</TC260:AIGC></x>',
        xmp.packet('{"Label": "1"}').decode().encode("utf-16"),
        xmp.packet('{"Label": "1"}') + b" " * 1_100_000,
    ],
)
def test_a_packet_that_speaks_of_labels_and_can_not_be_read_is_told(packet: bytes) -> None:
    assert list(xmp.labels(packet)) == []
    body = names.IN_MP4 + packet
    content = boxes.box(b"ftyp", b"isom\0\0\0\0isom") + boxes.box(b"uuid", body)
    if len(body) > names.XMP_MOST_BYTES:
        return
    (told,) = places.found(io.BytesIO(content), "mov")
    assert (told.text, told.fault is not None) == (None, True)


def test_a_quicktime_movie_has_its_packet_in_udta() -> None:
    packet = xmp.packet('{"Label": "1"}')
    content = boxes.box(b"ftyp", b"qt  \0\0\0\0qt  ") + boxes.box(
        b"moov", boxes.box(b"mvhd", bytes(100)), boxes.box(b"udta", boxes.box(b"XMP_", packet))
    )
    (told,) = places.found(io.BytesIO(content), "mov")
    assert (told.text, told.place) == ('{"Label": "1"}', "MOV udta XMP")
