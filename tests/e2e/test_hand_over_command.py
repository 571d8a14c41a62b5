"""Packages to other systems by the command: from the store, several, stopped, killed; and the password is nowhere."""

from __future__ import annotations

import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from pipeline.remembered import user_cache
from tests import head_end_packages
from tests.conftest import MEANT, Showcase
from tests.ftp_servers import PASSWORD, USER, Server, cut_line, served

SIZE = 12 << 20


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return head_end_packages.package(tmp_path_factory.mktemp("packages") / "pack", SIZE)


@pytest.fixture
def at_hand(showcase: Showcase, pack: Path) -> Showcase:
    """A workspace with a package and a file of passwords."""
    shutil.copytree(pack, showcase.folder / "pack")
    netrc(showcase)
    return showcase


def netrc(showcase: Showcase, password: str = PASSWORD) -> None:
    path = showcase.folder.parent / "netrc"
    path.write_text(f"machine 127.0.0.1 login {USER} password {password}\n")
    path.chmod(0o600)
    showcase.environment = {"NETRC": str(path)}


def tree(root: Path) -> dict[str, bytes]:
    found = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def begun(server: Server, least: int) -> bool:
    """Whether so much of a film is there."""
    return any(path.stat().st_size >= least for path in server.root.rglob("*.part"))


@pytest.mark.usefixtures("from_delivered", "served")
def test_a_package_of_the_store_lies_there_as_it_lies_in_the_store(showcase: Showcase, tmp_path: Path) -> None:
    netrc(showcase)
    pulled = showcase("pull", "film", "--to", "incoming", "--json")
    assert pulled.code == 0, pulled.err
    package = Path(str(pulled.rows[0]["folder"]))
    wanted = tree(showcase.folder / package)
    with served(tmp_path / "ftp", digest="HASH") as server:
        made = showcase("hand-over", "film", "--to", f"ftp://127.0.0.1:{server.port}/in", "--json")
        assert made.code == 0, made.err
        [row] = made.rows
        assert (row["sent"], row["already"]) == (len(wanted) + ("READY.json" not in wanted), 0)
        assert (row["verified_by"], row["unverified"]) == ({"sha256": row["sent"]}, [])
        there = tree(server.root / "in" / "650000" / Path(str(row["item"])).name / str(row["package_id"]))
        assert {name: data for name, data in there.items() if name in wanted} == wanted
        assert set(there) - set(wanted) <= {"READY.json"}
        assert "READY.json" in there
    disk = showcase("hand-over", "film", "--to", "disk", "--json")
    assert disk.code == 0, disk.err
    assert tree(showcase.folder / "disk") == {
        f"650000/{Path(str(row['item'])).name}/{row['package_id']}/{name}": data for name, data in there.items()
    }
    flat = showcase("hand-over", "film", "--to", "flat", "--layout", "flat", "--json")
    assert flat.code == 0, flat.err
    [folder] = (showcase.folder / "flat").iterdir()
    names = sorted(path.name for path in folder.iterdir())
    assert names[-2:] == ["c2.xml", "checksums.sha256"]
    assert {name[0] + name[31:] for name in names[:-2]} == {"I.jpg", "M.ts"}
    again = showcase("hand-over", "film", "--to", "flat", "--layout", "flat", "--json")
    assert (again.rows[0]["sent"], again.rows[0]["already"]) == (0, len(names))
    assert showcase("withdraw", "film", "--reason", "x").code == 0
    ended = showcase("hand-over", "film", "--to", "disk", "--json")
    assert (ended.code, ended.rows[0]["error"]["key"]) == (2, "withdrawn")  # type: ignore[index]


def test_the_settings_say_where_to_and_flags_win(at_hand: Showcase) -> None:
    (at_hand.folder / "showcase.toml").write_text(
        f'{MEANT}[hand_over]\nto = "disk"\nlayout = "flat"\nnames = "x-{{code}}{{suffix}}"\n'
    )
    (at_hand.folder / "below").mkdir()
    made = at_hand("hand-over", "../pack", "--json", cwd=at_hand.folder / "below")
    assert made.code == 0, made.err
    assert f"{made.rows[0]['to']}".startswith(str(at_hand.folder / "disk"))
    assert {item["path"][:2] for item in made.rows[0]["files"]} == {"x-", "c2", "ch"}  # type: ignore[attr-defined]
    other = at_hand("hand-over", "pack", "--to", "there", "--layout", "package", "--json")
    assert other.code == 0, other.err
    assert len(list((at_hand.folder / "there").rglob("READY.json"))) == 1


def test_of_several_those_that_are_good_go_and_the_rest_is_told(at_hand: Showcase) -> None:
    head_end_packages.package(at_hand.folder / "bad", 8, revision=2)
    (at_hand.folder / "bad" / "part01/images/poster.jpg").write_bytes(b"another")
    made = at_hand("hand-over", "pack", "bad", "nothing-here", "--to", "disk", "--json")
    assert made.code == 7
    assert len([row for row in made.rows if "error" not in row]) == 1
    keys = [row["error"]["key"] for row in made.rows if "error" in row]  # type: ignore[index]
    assert "offline_differs" in keys
    assert len(keys) == 2
    assert len(list((at_hand.folder / "disk").rglob("READY.json"))) == 1


@pytest.mark.parametrize("kills", [1, pytest.param(20, marks=[pytest.mark.acceptance, pytest.mark.timeout(900)])])
def test_whatever_moment_it_is_killed_at_a_rerun_ends_in_the_same_bytes(
    kills: int, at_hand: Showcase, tmp_path: Path
) -> None:
    draw = random.Random(7)
    wanted = tree(at_hand.folder / "pack")
    for number in range(kills):
        with served(tmp_path / f"ftp{number}", bytes_per_s=12 << 20) as server:
            words = ("hand-over", "pack", "--to", f"ftp://127.0.0.1:{server.port}/in")
            running = at_hand.start(*words)
            moment = draw.randrange(1, SIZE)
            while not begun(server, moment) and running.poll() is None:
                time.sleep(0.005)
            running.send_signal(signal.SIGKILL)
            running.wait()
            assert not list(server.root.rglob("READY.json"))
            left = max(path.stat().st_size for path in server.root.rglob("*.part"))
            again = at_hand(*words, "--json")
            assert again.code == 0, again.err
            assert int(str(again.rows[0]["sent_bytes"])) <= int(str(again.rows[0]["size_bytes"])) - left
            [package] = server.root.glob("in/*/*/*")
            assert tree(package) == wanted


@pytest.mark.parametrize("kills", [1, pytest.param(20, marks=[pytest.mark.acceptance, pytest.mark.timeout(900)])])
def test_a_folder_that_a_kill_left_half_made_is_mended(kills: int, at_hand: Showcase) -> None:
    draw = random.Random(8)
    wanted = tree(at_hand.folder / "pack")
    for number in range(kills):
        running = at_hand.start("hand-over", "pack", "--to", f"disk{number}")
        disk = at_hand.folder / f"disk{number}"
        while not list(disk.rglob("*.part")) and running.poll() is None:
            time.sleep(0.001)
        time.sleep(draw.random() * 0.1)
        running.send_signal(signal.SIGKILL)
        running.wait()
        again = at_hand("hand-over", "pack", "--to", disk)
        assert again.code == 0, again.err
        [package] = disk.glob("*/*/*")
        assert tree(package) == wanted


def test_ctrl_c_is_130_and_a_rerun_goes_on(at_hand: Showcase, tmp_path: Path) -> None:
    with served(tmp_path / "ftp", bytes_per_s=12 << 20) as server:
        words = ("hand-over", "pack", "--to", f"ftp://127.0.0.1:{server.port}/in")
        running = at_hand.start(*words)
        while not begun(server, SIZE // 3) and running.poll() is None:
            time.sleep(0.005)
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == 130
        again = at_hand(*words, "--json")
        assert again.code == 0, again.err
        assert int(str(again.rows[0]["sent_bytes"])) < SIZE - SIZE // 3 + 100_000


def test_no_word_of_the_password_is_anywhere(at_hand: Showcase, tmp_path: Path) -> None:
    said = ""
    with served(tmp_path / "ftp", bytes_per_s=12 << 20) as server:
        there = f"ftp://127.0.0.1:{server.port}/in"
        running = at_hand.start("hand-over", "pack", "--to", there, "-vv", "--debug")
        while not begun(server, SIZE // 3) and running.poll() is None:
            time.sleep(0.005)
        process = Path("/proc") / str(running.pid)
        said += "".join((process / name).read_bytes().decode("utf-8", "replace") for name in ("cmdline", "environ"))
        running.wait(60)
        with cut_line(server.port, SIZE // 3) as line:
            cut = at_hand("hand-over", "pack", "--to", f"ftp://127.0.0.1:{line.port}/cut", "-vv", "--debug", "--json")
            assert cut.code == 0, cut.err
            said += cut.out + cut.err
        bad = at_hand("hand-over", "pack", "--to", f"ftp://{USER}:{PASSWORD}x@127.0.0.1/", "--debug", "-vv", "--json")
        assert bad.code == 2
        said += bad.out + bad.err
    answers = {"PASS": f"530 who is {USER} with {PASSWORD}?"}
    with served(tmp_path / "other", answers=answers) as server:
        refused = at_hand("hand-over", "pack", "--to", f"ftp://127.0.0.1:{server.port}/in", "--debug", "-vv")
        assert refused.code == 3
        assert "***" in refused.err
        said += refused.out + refused.err
    roots = [root for root in (at_hand.folder, user_cache()) if root.is_dir()]
    files = [path for root in roots for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
    said += "".join(path.read_bytes().decode("utf-8", "replace") for path in files)
    assert said
    assert PASSWORD not in said
