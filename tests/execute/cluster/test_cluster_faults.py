"""What comes of each fault, on a real scheduler and real workers: the same bytes as without it, and a rerun goes on."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clusters import eventually
from tests.conftest import wait_for_none
from tests.execute.cluster.seasons import TAKES_S, Reference, Season, error_keys, outcomes

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.timeout(400),
    pytest.mark.usefixtures("coded_quickly", "for_television"),
]
Films = Callable[..., None]
FAULTS = {"full": "there is no space left on the disk", "read-only": "nothing may be written here"}


def hold_all_done(season: Season, reference: Reference, *films: str, gone: tuple[str, ...] = ()) -> None:
    """A rerun asks nothing of workers, all is as without faults, and nothing is left of it on workers that live."""
    dealt = season.dealt()
    again = season.batch()
    assert again.code == 0, again.err
    assert outcomes(again) == ["already"] * len(films)
    assert season.dealt() == dealt
    assert season.delivered() == wanted(reference, *films)
    eventually(lambda: [path for path in season.left_behind() if not _is_of(path, gone)] == [], 10)
    for name in gone:
        assert wait_for_none(season.cluster.folder / name, 2.0) == []


def wanted(reference: Reference, *films: str) -> dict[str, str]:
    return {key: sha256 for name in films for key, sha256 in reference[name].items()}


def _is_of(path: Path, names: tuple[str, ...]) -> bool:
    return any(name in path.parts for name in names)


def test_a_killed_clients_film_is_delivered_and_a_new_client_gets_the_same_run(
    season: Season, wanted_films: Films, reference: Reference
) -> None:
    wanted_films("a", "b")
    season.workers("one")
    first = season.start()
    season.await_encoder("one")
    first.kill()
    second = season.start()
    time.sleep(3)
    second.kill()
    eventually(lambda: season.encodes() == 1 and not season.all_holding("deliver"), 110)
    assert season.delivered() == wanted(reference, "a")
    third = season.batch()
    assert third.code == 0, third.err
    assert outcomes(third) == ["already", "delivered"]
    assert season.encodes() == 2
    hold_all_done(season, reference, "a", "b")


def test_a_new_client_waits_for_the_run_of_a_killed_one(
    season: Season, wanted_films: Films, reference: Reference
) -> None:
    wanted_films("a")
    season.workers("one")
    first = season.start()
    season.await_encoder("one")
    first.kill()
    made = season.batch()
    assert (made.code, outcomes(made)) == (0, ["delivered"]), made.err
    assert season.encodes() == 1
    hold_all_done(season, reference, "a")


@pytest.mark.parametrize("command", [("batch", "films"), ("run", "films/a.mp4", "films/b.mp4")])
def test_ctrl_c_ends_what_nobody_else_waits_for(
    season: Season, wanted_films: Films, reference: Reference, command: tuple[str, ...]
) -> None:
    wanted_films("a", "b")
    season.workers("one", "two")
    first = season.start(command=command)
    season.await_encoder(season.await_holder("deliver"))
    first.kill(signal.SIGINT)
    asked_at = time.monotonic()
    eventually(lambda: not (season.encoders("one") or season.encoders("two")), 30)
    eventually(lambda: all(not one.tasks for one in season.cluster.present().values()), 30)
    assert time.monotonic() - asked_at < 10
    assert first.ended(30).code == 130
    made = season.batch()
    assert made.code == 0, made.err
    hold_all_done(season, reference, "a", "b")


def test_two_clients_make_each_film_once_and_ctrl_c_of_one_leaves_the_others(
    season: Season, wanted_films: Films, reference: Reference
) -> None:
    wanted_films("a", "b")
    season.workers("one", "two")
    first, second = season.start(), season.start()
    season.await_encoder(season.await_holder("deliver"))
    time.sleep(2)
    first.kill(signal.SIGINT)
    assert first.ended(30).code == 130
    made = second.ended()
    assert made.code == 0, made.err
    assert set(outcomes(made)) <= {"delivered", "already"}
    assert season.encodes() == 2
    hold_all_done(season, reference, "a", "b")


def test_ctrl_c_of_all_clients_at_once_ends_all(season: Season, wanted_films: Films) -> None:
    wanted_films("a")
    season.workers("one")
    clients = [season.start(), season.start()]
    season.await_encoder("one")
    time.sleep(3)
    for client in clients:
        client.kill(signal.SIGINT)
    asked_at = time.monotonic()
    eventually(lambda: not season.encoders("one"), 30)
    assert time.monotonic() - asked_at < 10
    assert [client.ended(30).code for client in clients] == [130, 130]


def test_a_film_whose_ffmpeg_is_killed_is_tried_three_times(
    season: Season, wanted_films: Films, reference: Reference
) -> None:
    wanted_films("a", "b")
    season.workers("one")
    running = season.start()
    season.signal_encoders("one", signal.SIGKILL, 3)
    made = running.ended()
    assert (made.code, outcomes(made), error_keys(made)) == (7, ["delivered", "failed"], ["killed"])
    assert season.events("task.again") == 2
    again = season.batch()
    assert (again.code, outcomes(again)) == (0, ["already", "delivered"]), again.err
    hold_all_done(season, reference, "a", "b")


def test_a_film_of_a_dask_worker_of_two_begins_on_another(
    season: Season, wanted_films: Films, reference: Reference
) -> None:
    wanted_films("a")
    season.nannied("pair", 2)
    running = season.start()
    season.await_encoder("pair")
    before = season.encoders("pair")
    holder = next(one for one in season.cluster.those_of("pair") if one.tasks)
    season.kill_process_of(holder)
    killed_at = time.monotonic()
    eventually(lambda: any(one.tasks for one in season.cluster.those_of("pair") if one.address != holder.address), 30)
    assert time.monotonic() - killed_at < TAKES_S
    eventually(lambda: not set(before) & set(season.encoders("pair")), 2)
    season.workers_beside("other")
    season.kill_worker("pair")
    killed_at = time.monotonic()
    eventually(lambda: season.holding("deliver") == "other", 30)
    assert time.monotonic() - killed_at < TAKES_S
    made = running.ended()
    assert made.code == 0, made.err
    hold_all_done(season, reference, "a", gone=("pair",))


def test_a_film_in_a_queue_goes_to_a_worker_that_joins(season: Season, films: Callable[[str, int], Path]) -> None:
    for name, seconds in (("a.mp4", 20), ("d.mp4", 21), ("e.mp4", 22)):
        films(name, seconds)
    season.workers("one", "two", "three")
    running = season.start()
    eventually(lambda: len(season.all_holding("deliver")) == 3, 90)
    season.kill_worker("two")
    season.cluster.start_worker("late", **season.store)
    eventually(lambda: "late" in season.cluster.present(), 30)
    joined_at = time.monotonic()
    eventually(lambda: season.holding_at("late"), 30)
    assert time.monotonic() - joined_at < TAKES_S
    made = running.ended(200)
    assert (made.code, outcomes(made)) == (0, ["delivered"] * 3), made.err
    assert season.encodes() <= 4


def test_with_its_scheduler_killed_a_batch_says_what_is_lost_and_workers_end(
    season: Season, wanted_films: Films, reference: Reference
) -> None:
    wanted_films("long", "c")
    season.workers("one", "two")
    running = season.start()
    eventually(lambda: " c: delivered" in running.said(), 110)
    eventually(lambda: bool(season.encoders("one") or season.encoders("two")), 60)
    os.killpg(season.cluster.processes[0].pid, signal.SIGKILL)
    killed_at = time.monotonic()
    made = running.ended(60)
    assert (made.code, outcomes(made), error_keys(made)) == (3, ["delivered", "failed"], ["scheduler_gone"])
    eventually(lambda: not (season.encoders("one") or season.encoders("two")), 60)
    assert time.monotonic() - killed_at < 45
    for name in ("one", "two"):
        assert season.cluster.workers.pop(name).wait(60) == 0
    season.start_scheduler_again()
    season.workers("three")
    again = season.batch()
    assert again.code == 0, again.err
    hold_all_done(season, reference, "long", "c", gone=("one", "two"))


def test_a_film_whose_ffmpeg_stands_still_fails_by_name(
    season: Season, wanted_films: Films, reference: Reference
) -> None:
    wanted_films("a", "b")
    season.workers("one", SHOWCASE_STALL_S="8")
    running = season.start()
    season.signal_encoders("one", signal.SIGSTOP, 3)
    made = running.ended(200)
    assert (made.code, outcomes(made), error_keys(made)) == (7, ["delivered", "failed"], ["stalled"])
    log = next(Path(str(row["log"])) for row in made.rows if row["log"])
    assert log.is_relative_to(season.showcase.folder)  # where the batch was typed, not on the worker
    assert "libx264" in log.read_text("utf-8")
    assert season.batch().code == 0
    hold_all_done(season, reference, "a", "b")


def test_a_store_that_is_away_for_a_minute_is_waited_for(
    season: Season, wanted_films: Films, reference: Reference
) -> None:
    wanted_films("b")
    season.workers("one")
    running = season.start()
    season.await_encoder("one")
    store = season.store_process()
    os.kill(store, signal.SIGSTOP)
    time.sleep(60)
    os.kill(store, signal.SIGCONT)
    made = running.ended(200)
    assert (made.code, outcomes(made)) == (0, ["delivered"]), made.err
    assert season.encodes() == 1
    hold_all_done(season, reference, "b")


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_a_worker_whose_disk_fails_on_the_way_is_put_aside_by_name(
    season: Season, wanted_films: Films, reference: Reference, fault: str
) -> None:
    wanted_films("a")
    with season.own_disks("one", "two") as disk:
        season.workers("one", "two")
        running = season.start()
        name = season.await_holder("deliver")
        season.await_encoder(name)
        disk(name, fault)
        made = running.ended()
        assert (made.code, outcomes(made)) == (0, ["delivered"]), made.err
        assert f"could not go on with a film: {FAULTS[fault]}" in made.err
        del season.cluster.workers[name]
        hold_all_done(season, reference, "a")


def test_where_the_only_workers_disk_fails_nothing_goes_on(
    season: Season, wanted_films: Films, reference: Reference
) -> None:
    wanted_films("a", "b")
    with season.own_disks("one") as disk:
        season.workers("one")
        running = season.start()
        season.await_encoder("one")
        disk("one", "full")
        made = running.ended()
        assert (made.code, outcomes(made), error_keys(made)) == (3, ["failed", "not_begun"], ["no_space"]), made.err
        season.kill_worker("one")
        season.workers("two")
        assert season.batch().code == 0
        hold_all_done(season, reference, "a", "b")


def test_a_film_that_kills_its_workers_fails_by_name(
    season: Season, wanted_films: Films, films: Callable[[str, int], Path], reference: Reference, ffmpeg: Path
) -> None:
    wanted_films("b")
    killer = films("killer.mp4", 5)
    sha256 = hashlib.sha256(killer.read_bytes()).hexdigest()
    script = season.cluster.folder / "ffmpeg"
    kills = f'case "$*" in *{sha256}*|*killer.mp4*) kill -9 $PPID; sleep 5;; esac'
    script.write_text(f'#!/bin/sh\n{kills}\nexec {ffmpeg} "$@"\n')
    script.chmod(0o755)
    season.nannied("pair", 2, SHOWCASE_FFMPEG=str(script))
    made = season.batch()
    assert (made.code, outcomes(made), error_keys(made)) == (7, ["delivered", "failed"], ["worker_lost"]), made
    assert season.delivered() == wanted(reference, "b")


def test_of_a_machine_that_sleeps_for_a_minute_nothing_comes(
    season: Season, wanted_films: Films, reference: Reference
) -> None:
    wanted_films("a")
    season.workers("one", "two")
    running = season.start()
    name = season.await_holder("deliver")
    season.await_encoder(name)
    season.freeze(name)
    time.sleep(60)
    season.thaw(name)
    made = running.ended()
    assert (made.code, outcomes(made)) == (0, ["delivered"]), made.err
    assert season.encodes() == 1
    hold_all_done(season, reference, "a")


def test_of_a_machine_that_sleeps_too_long_the_film_begins_elsewhere(
    season: Season, wanted_films: Films, reference: Reference
) -> None:
    wanted_films("a")
    season.start_scheduler_again(DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL="6s")
    season.workers("one", "two")
    running = season.start()
    name = season.await_holder("deliver")
    season.await_encoder(name)
    season.freeze(name)
    frozen_at = time.monotonic()
    eventually(lambda: season.holding("deliver") not in (None, name), 90)
    assert time.monotonic() - frozen_at < 2 * 6 + 40
    made = running.ended()
    assert (made.code, outcomes(made)) == (0, ["delivered"]), made.err
    season.thaw(name)
    assert season.cluster.workers.pop(name).wait(60) == 0
    hold_all_done(season, reference, "a", gone=(name,))


def test_no_key_is_in_a_task_in_a_configuration_or_in_a_log(season: Season, wanted_films: Films) -> None:
    wanted_films("b")
    season.workers("one", "two")
    running = season.start("-v")
    season.await_holder("deliver")
    held = season.held_by_scheduler()
    assert "deliver" in held
    made = running.ended()
    assert made.code == 0, made.err
    texts = [path.read_text("utf-8", "replace") for path in season.texts()]
    assert len(texts) >= 6
    secret = season.server.secret_key
    assert secret
    assert not [text for text in (held, made.out, made.err, *texts) if secret in text]
