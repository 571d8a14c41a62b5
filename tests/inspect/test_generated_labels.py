"""Labels of generated content in real files: found byte for byte, whatever MediaInfo makes of their letters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import first_bytes, generated_label, mediainfo, poster
from pipeline.model.generated import FoundLabel, LabelFault
from tests.inspect.conftest import Inspect
from tests.labels import FLAG, LABEL, OTHER, labelled_still, tag, with_uuid_box, with_wav_chunk

Lavfi = Callable[..., Path]
PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=64x64:d=0.2")
SOUND = ("-f", "lavfi", "-i", "sine=d=0.2")


@pytest.fixture
def read(ffmpeg: Path, tmp_path: Path) -> Callable[[Path], tuple[FoundLabel, ...]]:
    def found(path: Path) -> tuple[FoundLabel, ...]:
        runner = Runner(ffmpeg, tmp_path, tmp_path / "ffmpeg.log")
        return generated_label.read(path, first_bytes.demuxer(path), mediainfo.inspect(path), runner)

    return found


Read = Callable[[Path], tuple[FoundLabel, ...]]


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        (".mp4", (*PICTURE, *FLAG)),
        (".mov", (*PICTURE, *FLAG)),
        (".m4a", (*SOUND, *FLAG)),
        (".mkv", PICTURE),
        (".webm", (*PICTURE, "-c:v", "libvpx")),
        (".flv", (*PICTURE, "-c:v", "flv")),
        (".mp3", SOUND),
        (".flac", SOUND),
        (".ogg", (*SOUND, "-c:a", "libopus")),
    ],
)
def test_what_ffmpeg_wrote_is_found(suffix: str, options: tuple[str, ...], lavfi: Lavfi, read: Read) -> None:
    assert read(lavfi(*options, *tag(), suffix=suffix)) == (FoundLabel(place="AIGC", text=LABEL),)
    assert read(lavfi(*options, suffix=suffix)) == ()


def test_chunks_and_boxes_that_no_other_reader_knows(lavfi: Lavfi, read: Read, tmp_path: Path) -> None:
    sound = tmp_path / "a.wav"
    sound.write_bytes(with_wav_chunk(lavfi(*SOUND, suffix=".wav").read_bytes(), LABEL.encode()))
    film = tmp_path / "a.mp4"
    film.write_bytes(with_uuid_box(lavfi(*PICTURE, suffix=".mp4").read_bytes()))
    assert [[item.text for item in read(path)] for path in (sound, film)] == [[LABEL], [LABEL]]


def test_info_of_wav_and_avi(lavfi: Lavfi, read: Read, tmp_path: Path) -> None:
    body = b"INFOAIGC" + len(OTHER.encode()).to_bytes(4, "little") + OTHER.encode()
    for suffix, options in ((".wav", SOUND), (".avi", PICTURE)):
        path = tmp_path / f"a{suffix}"
        path.write_bytes(with_wav_chunk(lavfi(*options, suffix=suffix).read_bytes(), body, b"LIST"))
        assert [item.text for item in read(path)] == [OTHER]


def test_one_text_at_two_places_is_one_label_and_two_texts_are_two(lavfi: Lavfi, read: Read, tmp_path: Path) -> None:
    tagged = lavfi(*PICTURE, *FLAG, *tag(), suffix=".mp4").read_bytes()
    path = tmp_path / "a.mp4"
    path.write_bytes(with_uuid_box(tagged))
    assert [item.text for item in read(path)] == [LABEL]
    path.write_bytes(with_uuid_box(tagged, OTHER))
    assert [item.text for item in read(path)] == [LABEL, OTHER]


@pytest.mark.parametrize(
    ("label", "fault"),
    [
        (f'{{"a": "{"汉" * 1364}"}}', LabelFault.TOO_LONG),
        ("generated", LabelFault.NOT_JSON),
        ('["1"]', LabelFault.NOT_OBJECT),
    ],
)
def test_what_is_no_label_is_said_and_not_carried_on(label: str, fault: LabelFault, lavfi: Lavfi, read: Read) -> None:
    assert [item.fault for item in read(lavfi(*SOUND, *tag(label), suffix=".mp3"))] == [fault]


def test_4_kib_pass_unchanged(lavfi: Lavfi, read: Read) -> None:
    label = f'{{"a": "{"汉" * 1362}"}}'
    assert len(label.encode()) == 4095
    for suffix, options in ((".mp4", (*PICTURE, *FLAG)), (".mkv", PICTURE), (".mp3", SOUND)):
        assert [item.text for item in read(lavfi(*options, *tag(label), suffix=suffix))] == [label]


def test_films_and_posters_are_inspected_with_theirs(
    lavfi: Lavfi, inspect: Inspect, ffmpeg: Path, tmp_path: Path
) -> None:
    film = inspect(lavfi(*PICTURE, *SOUND, *FLAG, *tag(), suffix=".mp4"))
    assert film.generated_label == LABEL
    plain = inspect(lavfi(*PICTURE, *SOUND, suffix=".mp4"))
    assert "generated_labels" not in plain.to_json()
    assert "labelled" not in plain.to_json()
    for suffix in (".jpg", ".png"):
        card = lavfi("-f", "lavfi", "-i", "testsrc2=s=64x64", "-frames:v", "1", "-update", "1", suffix=suffix)
        still = labelled_still(card, tmp_path / f"a{suffix}")
        found = poster.inspect(still, Runner(ffmpeg, tmp_path, tmp_path / "log"))
        assert found.generated_label == LABEL
