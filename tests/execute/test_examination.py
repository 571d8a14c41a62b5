"""One examination, whoever asks: every file once, a dub by the film's rules on sound, in a file or in the film."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.exchange import intake
from pipeline.execute import context, job
from pipeline.execute.examination import Examination, examine
from pipeline.execute.executor import LocalExecutor
from pipeline.execute.job_context import JobContext
from pipeline.execute.rule_sets import RuleSets
from pipeline.model.finding import Verdict
from pipeline.settings import Settings
from pipeline.workspace import Workspace
from tests.conftest import MOVING, TONE, Showcase

Lavfi = Callable[..., Path]
SPEECH = "aevalsrc='0.1*sin(2*PI*330*t)*(0.6+0.4*sin(3*PI*t))|0.1*sin(2*PI*550*t)':s=48000"
SILENT = "anullsrc=r=48000:cl=stereo"
HALF = f"{SPEECH},volume='if(lt(t,1.2),0,1)':eval=frame"
QUICK = "schema_version: 1\npolicy: showcase-film\nprofiles: [{name: poster}, {name: audio-only}]\n"


@pytest.fixture
def work(tmp_path: Path) -> Iterator[JobContext]:
    place = Workspace(tmp_path, Settings(set_name="quick")).make()
    (place.profiles / "sets").mkdir(parents=True)
    (place.profiles / "sets" / "quick.yaml").write_text(QUICK)
    here = context.prepare(place)
    with LocalExecutor(here) as executor:
        yield JobContext(here, executor, RuleSets(here))


def film(lavfi: Lavfi, *audio: str, languages: tuple[str, ...] = ("zho", "uig")) -> Path:
    """2 s of moving pictures with a track for each sound."""
    inputs = [word for item in audio for word in ("-f", "lavfi", "-i", item)]
    maps = [word for index in range(1, len(audio) + 1) for word in ("-map", str(index))]
    told = [
        word
        for index, language in enumerate(languages[: len(audio)])
        for word in (f"-metadata:s:a:{index}", f"language={language}")
    ]
    return lavfi(
        "-f",
        "lavfi",
        "-i",
        MOVING,
        *inputs,
        "-map",
        "0",
        *maps,
        *told,
        "-t",
        "2",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        suffix=".mp4",
    )


def dub(lavfi: Lavfi, audio: str, seconds: float = 2.0) -> Path:
    return lavfi("-f", "lavfi", "-i", audio, "-t", str(seconds), "-c:a", "pcm_s16le", suffix=".wav")


def submission(folder: Path, main: Path, **dubs: Path) -> Path:
    """A submission of a film and files of sound by their language."""
    rows = [f"  - {{file: {main.name}, role: main}}"]
    rows += [f"  - {{file: {path.name}, role: audio, language: {code}}}" for code, path in dubs.items()]
    for path in (main, *dubs.values()):
        (folder / path.name).write_bytes(path.read_bytes())
    given = folder / "submission.yaml"
    given.write_text("schema_version: 1\ntitle: 片\nprefecture: '653100'\nmedia:\n" + "\n".join(rows) + "\n")
    return given


def examined(work: JobContext, given: Path, *, draft: bool = False) -> Examination:
    return examine(work, intake.read(given, work.context.workspace), draft=draft)


def rules(examination: Examination, number: int) -> set[str]:
    return {item.rule for item in examination.files[number].evaluation.findings}


@pytest.mark.parametrize(
    ("audio", "rejected"), [(SILENT, True), pytest.param(HALF, True, marks=pytest.mark.acceptance), (SPEECH, False)]
)
def test_a_dub_that_is_silent_for_more_than_half_is_rejected(
    audio: str, rejected: bool, work: JobContext, tmp_path: Path, lavfi: Lavfi
) -> None:
    given = submission(tmp_path, film(lavfi, TONE), uig=dub(lavfi, audio))
    found = examined(work, given)
    assert ("dub_silence" in rules(found, 1)) is rejected
    assert (found.verdict is Verdict.REJECT) is rejected
    assert found.files[1].policy.name == "showcase-film"
    assert not {code for code in rules(found, 1) if code.startswith("video")}, "a dub has no pictures to be held to"


@pytest.mark.acceptance
def test_a_further_track_of_the_film_is_held_to_the_same_rules(work: JobContext, tmp_path: Path, lavfi: Lavfi) -> None:
    good = examined(work, submission(tmp_path, film(lavfi, TONE, SPEECH)))
    assert good.verdict is not Verdict.REJECT
    bad = examined(work, submission(tmp_path, film(lavfi, TONE, SILENT)))
    [finding] = [item for item in bad.files[0].evaluation.findings if item.rule == "dub_silence"]
    assert (finding.track, bad.verdict) == ("audio:1", Verdict.REJECT)
    same = examined(work, submission(tmp_path, film(lavfi, TONE, SILENT, languages=("zho", "zho"))))
    assert same.verdict is not Verdict.REJECT, "a track that is not delivered is not held to rules"


def test_what_check_says_of_a_dub_stands_in_the_package(work: JobContext, tmp_path: Path, lavfi: Lavfi) -> None:
    given = submission(tmp_path, film(lavfi, TONE), uig=dub(lavfi, SILENT))
    prepared = job.prepare(work, intake.read(given, work.context.workspace), "meant")
    judgements = {item.file: item for item in prepared.acceptance.judgements}
    dubbed = next(item for name, item in judgements.items() if name.endswith(".wav"))
    assert (dubbed.verdict, dubbed.policy) == (Verdict.REJECT, "showcase-film")
    assert prepared.acceptance.accepted_because == "meant"
    assert len(prepared.parts) == 1


def test_a_rough_cut_is_told_and_its_master_rejected_without_reading_a_file_again(
    work: JobContext, tmp_path: Path, lavfi: Lavfi
) -> None:
    given = submission(tmp_path, film(lavfi, TONE), uig=dub(lavfi, SILENT))
    draft = examined(work, given, draft=True)
    assert draft.verdict is Verdict.WARN
    stages = len(work.context.journal.rows("stage.started")) + len(work.context.journal.rows("stage.reused"))
    assert draft.as_master().verdict is Verdict.REJECT
    after = len(work.context.journal.rows("stage.started")) + len(work.context.journal.rows("stage.reused"))
    assert after == stages


def test_a_file_of_sound_without_sound_is_a_finding(work: JobContext, tmp_path: Path, lavfi: Lavfi) -> None:
    given = submission(tmp_path, film(lavfi, TONE), uig=film(lavfi))
    found = examined(work, given)
    assert "audio.missing" in {item.code for item in found.files[1].evaluation.findings}
    assert found.exit_code == 1


def test_one_file_that_can_not_be_read_hides_no_other(work: JobContext, tmp_path: Path, lavfi: Lavfi) -> None:
    text = tmp_path / "text.wav"
    text.write_text("no sound at all")
    found = examined(work, submission(tmp_path, film(lavfi, TONE), uig=text))
    assert [item.exit_code for item in found.files] == [0, 4]
    assert [item.code for item in found.files[1].evaluation.findings] == ["file.suspicious"]
    assert found.exit_code == 4


def test_a_film_or_sound_that_is_named_as_another_kind_of_file_is_told(
    work: JobContext, tmp_path: Path, lavfi: Lavfi
) -> None:
    named = []
    for path, ending in ((film(lavfi, TONE), ".pdf"), (dub(lavfi, SPEECH), ".csv"), (dub(lavfi, SPEECH), ".odd")):
        shutil.copy(path, tmp_path / f"named{ending}")
        named.append(tmp_path / f"named{ending}")
    found = examined(work, submission(tmp_path, named[0], uig=named[1], kaz=named[2]))
    told = [[item for item in file.evaluation.findings if item.code == "file.name_mismatch"] for file in found.files]
    assert [[item.value for item in findings] for findings in told] == [[".pdf"], [".csv"], []]


def test_check_run_and_batch_say_the_same(showcase: Showcase, lavfi: Lavfi) -> None:
    given = submission(showcase.folder, film(lavfi, TONE, SILENT), kaz=dub(lavfi, SILENT))
    checked, ran = showcase("check", given, "--json"), showcase("run", "-n", given, "--json")
    assert (checked.code, ran.code) == (1, 1)
    assert checked.rows == ran.rows
    batch = showcase("batch", showcase.folder, "-n", "--json")
    assert (batch.code, len(batch.rows), batch.rows[0]["outcome"]) == (7, 1, "rejected")
    found = json.dumps(batch.rows[0]["findings"])
    for row in checked.rows:
        for item in row["findings"]:  # type: ignore[attr-defined]
            assert item["severity"] != "error" or json.dumps(item["message"]) in found
