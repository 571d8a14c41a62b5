"""A set for cable: ADI beside the rest, with the MD5 of what it names, and nothing of it where no set asks."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.model.package import Package
from pipeline.package.metadata import adi_files
from pipeline.package.metadata.adi_document import from_xml
from tests.conftest import MEANT, Showcase, deliver_for_television

CABLE = """\
schema_version: 1
policy: showcase-film
profiles: [{name: iptv-sd}, {name: poster}]
adi: {provider: "101", provider_id: example.org, provider_prefix: HTD, product: VOD, category: 远程教育}
"""
DATED = "produced: 2026-06-10\n"


def write_film(folder: Path, small_film: Path, more: str = DATED, synopsis: str = "synopsis: 一天。\n") -> None:
    shutil.copy(small_film, folder / "film.mp4")
    told = "schema_version: 1\nid: doctor\ntitle: 村医\nprefecture: '653200'\nmedia: [{file: film.mp4, role: main}]\n"
    (folder / "submission.yaml").write_text(told + synopsis + more, encoding="utf-8")


def for_cable(folder: Path) -> None:
    (folder / "profiles" / "sets").mkdir(parents=True, exist_ok=True)
    (folder / "profiles" / "sets" / "cable.yaml").write_text(CABLE, encoding="utf-8")
    (folder / "showcase.toml").write_text('set = "cable"\n' + MEANT, encoding="utf-8")


def packages(folder: Path) -> dict[bool, Path]:
    """The package with ADI, and the one without."""
    found = (folder / ".showcase" / "work" / "package").glob("*/package")
    return {(path / "metadata" / "adi.xml").exists(): path for path in found}


def manifest(folder: Path) -> Package:
    return Package.model_validate_json((folder / "package.json").read_bytes())


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.acceptance
@pytest.mark.usefixtures("served")
def test_adi_is_written_where_the_set_asks_and_nothing_is_encoded_for_it(
    showcase: Showcase, small_film: Path, tmp_path: Path
) -> None:
    write_film(showcase.folder, small_film)
    deliver_for_television(showcase.folder)
    assert showcase("run", "submission.yaml").code == 0
    for_cable(showcase.folder)
    ran = showcase("run", "submission.yaml", "--json")
    assert ran.code == 0, ran.err
    assert [event["event"] for event in showcase.events()].count("encode.started") == 1
    both = packages(showcase.folder)
    assert not any(b'"md5"' in content or b'"adi"' in content for content in files_of(both[False]).values())

    package = manifest(both[True])
    assert package.package_id != manifest(both[False]).package_id
    (listed,) = adi_files.documents_of(package)
    document = from_xml((both[True] / listed.path).read_bytes())
    named = adi_files.contents(document, package.files)
    assert [item.path for item in named.values()] == ["ts/iptv-sd.ts", "images/poster.jpg"]
    for name, item in named.items():
        content = (both[True] / item.path).read_bytes()
        md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        (asset,) = (asset for asset in document.all() if asset.content == name)
        assert (asset.said("Content_CheckSum"), asset.said("Content_FileSize")) == ((md5,), (str(len(content)),))
    assert {item.path for item in package.files if item.md5} == {"ts/iptv-sd.ts", "images/poster.jpg"}
    assert {asset.ams.creation_date for asset in document.all()} == {"2026-06-10"}
    assert document.ams.version_major == str(package.revision) == "2"

    handed = showcase("hand-over", both[True], "--to", "disk", "--layout", "adi", "--json")
    assert handed.code == 0, handed.err
    (flat,) = (showcase.folder / "disk").iterdir()
    assert {path.name for path in flat.iterdir()} == {*named, "ADI.DTD", "ADI.XML"}
    assert [str(item["path"]) for item in handed.rows[0]["files"]] == [*named, "ADI.DTD", "ADI.XML"]  # type: ignore[attr-defined]
    assert (flat / "ADI.XML").read_bytes() == (both[True] / listed.path).read_bytes()

    # made at once with the MD5, elsewhere and as a first revision: but for that number the same bytes
    anew = Showcase(tmp_path / "anew")
    anew.folder.mkdir()
    write_film(anew.folder, small_film)
    for_cable(anew.folder)
    assert anew("run", "submission.yaml").code == 0
    other = packages(anew.folder)[True]
    assert manifest(other).package_id == package.package_id
    assert manifest(other).renditions == package.renditions
    first = (other / listed.path).read_bytes()
    assert first.replace(b'Version_Major="1"', b'Version_Major="2"') == (both[True] / listed.path).read_bytes()


def findings(showcase: Showcase, code: str, language: str) -> tuple[int, list[dict[str, str]]]:
    checked = showcase("check", "submission.yaml", "--json", "--lang", language)
    found: list[dict[str, str]] = [item for row in checked.rows for item in row["findings"]]  # type: ignore[attr-defined]
    return checked.code, [item for item in found if item["code"] == code]


def test_check_says_which_field_is_to_be_filled(showcase: Showcase, small_film: Path) -> None:
    write_film(showcase.folder, small_film, more="", synopsis="")
    for_cable(showcase.folder)
    code, found = findings(showcase, "metadata.lacking", "zh")
    assert (code, [item["actual"] for item in found]) == (1, ["creation_date", "synopsis"])
    assert "ADI 1.1" in found[0]["message"]
    assert "produced:" in found[0]["advice"]
    assert "licence:" in found[0]["advice"]


def test_a_licence_dates_it_and_what_is_too_long_is_told_and_taken(showcase: Showcase, small_film: Path) -> None:
    licence = "licence: {from: 2026-07-01, until: 2029-06-30}\n"
    write_film(showcase.folder, small_film, f"{licence}credits: {{director: {'导' * 17}}}\n")
    for_cable(showcase.folder)
    code, (told,) = findings(showcase, "metadata.left_out", "en")
    assert (code, told["severity"], "16" in told["message"], "导" * 17 in told["message"]) == (0, "info", True, True)


def test_what_adi_can_do_without_may_be_let_pass(showcase: Showcase, small_film: Path) -> None:
    write_film(showcase.folder, small_film, synopsis="")
    for_cable(showcase.folder)
    assert showcase("run", "submission.yaml", "-n", "--accept", "急").code == 0


@pytest.mark.acceptance
@pytest.mark.usefixtures("served")
def test_a_lesson_that_comes_later_is_a_folder_more_and_the_others_keep_their_ids(
    showcase: Showcase, film_of: Callable[..., Path]
) -> None:
    for_cable(showcase.folder)
    (showcase.folder / "profiles" / "sets" / "course-video.yaml").write_text(CABLE, encoding="utf-8")
    head = f"schema_version: 1\nid: cotton\nkind: course\ntitle: 棉花\nprefecture: 和田\nsynopsis: 一\n{DATED}media:\n"
    line = "  - {{file: {0}.mp4, role: main, part: '{0}', title: 第{0}讲}}\n"
    ids = []
    for lessons in (("01",), ("01", "02")):
        shutil.copy(film_of(2 + len(lessons) / 5), showcase.folder / f"{lessons[-1]}.mp4")
        (showcase.folder / "submission.yaml").write_text(head + "".join(map(line.format, lessons)), encoding="utf-8")
        ran = showcase("run", "submission.yaml", "--accept", "短", "--json")
        assert ran.code == 0, ran.err
        to = f"disk{len(lessons)}"
        handed = showcase("hand-over", "cotton", "--to", to, "--layout", "adi", "--json")
        assert handed.code == 0, handed.err
        (course,) = (showcase.folder / to).iterdir()
        assert sorted(path.name for path in course.iterdir()) == list(lessons)
        ids.append({path.parent.name: from_xml(path.read_bytes()) for path in course.glob("*/ADI.XML")})
        assert all(len(list(folder.iterdir())) == 4 for folder in course.iterdir())
    assert ids[0]["01"].ams.asset_id == ids[1]["01"].ams.asset_id != ids[1]["02"].ams.asset_id
    assert [item["01"].ams.version_major for item in ids] == ["1", "2"]
