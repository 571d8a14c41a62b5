"""A label of generated content comes through into every output that can hold it, byte for byte, and twice alike."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import MediaError
from pipeline.execute.inspection import targets_of
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import film, first_bytes, mediainfo, poster
from pipeline.inspect import generated_label as labels
from pipeline.model.capability import Capability
from pipeline.model.generated import Propagation
from pipeline.model.inspection import Inspection
from pipeline.model.inspection_request import InspectionRequest
from pipeline.model.plan import Plan
from pipeline.plan import build, load
from pipeline.plan.posters import by_shape
from pipeline.plan.request import PlanRequest
from pipeline.plan.spec import AudioSource, Sidecars
from pipeline.transcode import encode, verify
from tests.conftest import MOVING, TONE
from tests.factories import PROFILES
from tests.labels import FLAG, LABEL, OTHER, labelled_still, tag, with_uuid_box

Lavfi = Callable[..., Path]
PICTURE, SOUND = ("-f", "lavfi", "-i", MOVING), ("-f", "lavfi", "-i", TONE)
SECOND = ("-t", "1")
DUB = "{in.audio.1}"
NAMES = ("projector", "mezzanine", "audio-only", "audio-mp3", "hls", "poster", "sprite", "iptv-sd")


class Made:
    """A film with what goes with it, planned and encoded."""

    def __init__(self, ffmpeg: Path, able: Capability, root: Path) -> None:
        self.ffmpeg, self.able, self.root = ffmpeg, able, root
        self.runner = Runner(ffmpeg, root, root / "log")
        (root / "profiles").mkdir()
        for name in ("projector", "iptv-sd"):
            text = f"extends: {name}\nvideo: {{preset: superfast}}\n"
            (root / "profiles" / f"{name}.yaml").write_text(text)
        self.sources: dict[str, Path] = {}

    def request(
        self,
        source: Path,
        names: tuple[str, ...],
        dub: Path | None = None,
        still: Path | None = None,
        by: Propagation | None = None,
    ) -> PlanRequest:
        profiles = [load.profile(name, [self.root / "profiles", *PROFILES]) for name in names]
        asked = InspectionRequest(targets=targets_of(profiles))
        found = film.inspect(source, asked, self.runner, sha256="0")
        self.sources = {"{in.main}": source}
        audio: tuple[AudioSource, ...] = ()
        if dub:
            heard = film.inspect(dub, asked.model_copy(update={"track": 0}), self.runner, sha256="1")
            audio = (AudioSource(inspection=heard, language="uig", token=DUB),)
            self.sources[DUB] = dub
        cards = []
        if still:
            cards.append(poster.inspect(still, self.runner))
            self.sources["{in.poster}"] = still
        return PlanRequest(
            inspection=found,
            profiles=tuple(profiles),
            capability=self.able,
            title="片名 = ; # \\",
            language="zho",
            sidecars=Sidecars(audio=audio, posters=by_shape(cards)),
            propagation=by,
        )

    def encode(self, plan: Plan, name: str) -> Path:
        folder, scratch = self.root / name, self.root / f"{name}-scratch"
        folder.mkdir()
        scratch.mkdir()
        self.done = encode.encode(plan, self.sources, folder, Runner(self.ffmpeg, scratch, scratch / "log"))
        return folder

    def read(self, path: Path) -> list[str | None]:
        found = labels.read(path, first_bytes.demuxer(path), mediainfo.inspect(path), self.runner)
        return [item.text for item in found]

    def title(self, path: Path) -> str | None:
        from pipeline.inspect.mediainfo import tracks

        return next(str(item["title"]) for item in tracks(path) if item["track_type"] == "General")


@pytest.fixture
def made(ffmpeg: Path, able: Capability, tmp_path: Path) -> Made:
    return Made(ffmpeg, able, tmp_path)


def source_of(kind: str, lavfi: Lavfi, folder: Path) -> Path:
    film = (*PICTURE, *SOUND, *SECOND)
    match kind:
        case "mp4" | "mov":
            return lavfi(*film, *FLAG, *tag(), suffix=f".{kind}")
        case "mkv":
            return lavfi(*film, *tag(), suffix=".mkv")
    path = folder / "boxed.mp4"
    path.write_bytes(with_uuid_box(lavfi(*film, suffix=".mp4").read_bytes()))
    return path


def labelled_files(folder: Path) -> list[Path]:
    single = [item for item in folder.rglob("*") if item.suffix in (".mp4", ".mov", ".m4a", ".mp3", ".jpg")]
    return sorted(single)


@pytest.mark.parametrize(
    ("kind", "is_repeated"),
    [
        pytest.param("mp4", False, marks=pytest.mark.acceptance),
        *(pytest.param(kind, True, marks=pytest.mark.acceptance) for kind in ("mp4", "mov", "mkv", "uuid")),
    ],
)
def test_a_label_reaches_every_output_that_can_hold_it(
    kind: str, is_repeated: bool, lavfi: Lavfi, made: Made, tmp_path: Path
) -> None:
    card = lavfi("-f", "lavfi", "-i", "testsrc2=s=320x180", "-frames:v", "1", "-update", "1", suffix=".jpg")
    still = labelled_still(card, tmp_path / "card.jpg", OTHER)
    plan = build.plan(made.request(source_of(kind, lavfi, tmp_path), NAMES, still=still))
    folder = made.encode(plan, "one")
    found = {item.relative_to(folder).as_posix(): made.read(item) for item in labelled_files(folder)}
    assert len(found) >= 8
    inits = [name for name in found if name.endswith("init.mp4")]
    assert any("/audio" in name for name in inits)
    assert any("/audio" not in name for name in inits)
    assert found.pop("images/poster.jpg") == [OTHER]
    assert set(map(tuple, found.values())) == {(LABEL,)}
    for item in made.done.renditions:
        own = {"poster": OTHER, "iptv-sd": None}.get(item.name, LABEL)
        assert item.generated_label == own
    for name in ("mp4/projector.mp4", "mezzanine/mezzanine.mov", "audio/audio-only.m4a", "audio/audio-mp3.mp3"):
        assert made.title(folder / name) == "片名 = ; # \\"
        assert b"\xa9gen" not in (folder / name).read_bytes()
    assert b"\xa9nam" in (folder / "mp4/projector.mp4").read_bytes()  # where players look
    again = made.encode(plan, "two") if is_repeated else folder
    for item in (item for item in folder.rglob("*") if item.is_file()):
        assert item.read_bytes() == (again / item.relative_to(folder)).read_bytes(), item


def test_films_without_a_label_are_planned_and_made_as_before(lavfi: Lavfi, made: Made) -> None:
    plan = build.plan(made.request(lavfi(*PICTURE, *SOUND, *SECOND, suffix=".mp4"), NAMES))
    assert "generated" not in plan.to_json()
    assert "AIGC" not in plan.to_json()
    assert "metadata_tags" not in plan.to_json()


def test_a_file_has_one_label_the_films_own_first(lavfi: Lavfi, made: Made) -> None:
    plain, sound = lavfi(*PICTURE, *SOUND, *SECOND, suffix=".mp4"), lavfi(*SOUND, *SECOND, *tag(OTHER), suffix=".mp3")
    labelled = lavfi(*PICTURE, *SOUND, *SECOND, *FLAG, *tag(), suffix=".mp4")
    names = ("projector", "audio-only", "hls", "poster")
    streams = build.plan(made.request(labelled, ("hls-ts", "iptv-sd"), dub=sound))
    assert {item.generated_label for item in streams.outputs} == {None}  # they have no place
    assert streams.notes == ()
    both = build.plan(made.request(labelled, names, dub=sound))
    told = {item.name: item.generated_label for item in both.outputs}
    assert told.pop("hls-audio-uig") == OTHER
    assert set(told.values()) == {LABEL}
    assert [(item.kind, item.values["name"]) for item in both.notes] == [("generated_label_left", "projector")]
    of_dub = build.plan(made.request(plain, names, dub=sound))
    told = {item.name: item.generated_label for item in of_dub.outputs}
    assert {name for name, label in told.items() if label} == {"projector", "hls-audio-uig"}
    assert {label for label in told.values() if label} == {OTHER}
    assert [item.kind for item in of_dub.notes] == []


def test_who_passes_it_on_stands_in_it_where_that_is_set(lavfi: Lavfi, made: Made) -> None:
    labelled = lavfi(*PICTURE, *SOUND, *SECOND, *FLAG, *tag(), suffix=".mp4")
    plan = build.plan(made.request(labelled, ("audio-only",), by=Propagation(propagator="自治区", propagate_id="7")))
    folder = made.encode(plan, "one")
    own = ', "ContentPropagator": "自治区", "PropagateID": "7"} '
    assert made.read(folder / "audio/audio-only.m4a") == [LABEL.removesuffix("} ") + own]


def test_a_label_that_is_lost_is_refused(lavfi: Lavfi, made: Made) -> None:
    labelled = lavfi(*PICTURE, *SOUND, *SECOND, *FLAG, *tag(), suffix=".mp4")
    plan = build.plan(made.request(labelled, ("audio-mp3",)))
    folder = made.encode(plan, "one")
    (output,) = plan.outputs
    path = folder / output.file
    lost = path.with_name("lost.mp3")
    command = [str(made.ffmpeg), "-v", "error", "-i", str(path), "-c", "copy", "-map_metadata", "-1", str(lost)]
    subprocess.run(command, check=True)
    lost.replace(path)
    with pytest.raises(MediaError) as caught:
        verify.output(output, folder, made.runner)
    assert "label: none, planned" in str(caught.value.detail)


def test_a_plan_carries_a_label_as_data(lavfi: Lavfi, made: Made) -> None:
    found = made.request(lavfi(*PICTURE, *SOUND, *SECOND, *FLAG, *tag(), suffix=".mp4"), ("hls",))
    assert PlanRequest.model_validate_json(found.to_json()) == found
    plan = build.plan(found)
    assert Plan.model_validate_json(plan.to_json()) == plan
    assert Inspection.model_validate_json(found.inspection.to_json()) == found.inspection
