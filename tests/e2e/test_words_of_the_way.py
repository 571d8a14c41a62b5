"""Errors between producer, editor and operator: one store, submissions in every state, wrong commands."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import workspace
from pipeline.catalogue import Language
from pipeline.model.delivery import Ready
from pipeline.model.inbox import Claim
from pipeline.storage import connect, identities
from pipeline.storage.bucket import Bucket
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.conftest import MEANT, Showcase, on_terminal, store_kept_up, wait_for_none
from tests.e2e.error_words import LANGUAGES, TOML, Case, case, first_of_each, hold, hold_words, put, sentences
from tests.e2e.test_roles import home
from tests.storage.proxy import Message, proxied

SENT = ("waits", "returned", "rejected", "gone", "ready", "accepted", "altered", "swapped")
END = ".submission.yaml"
KASHGAR = {f"kashgar/{TOML}": 'role = "producer"\nprefecture = "653100"\n'}


def submission(name: str, title: str = "", film: str = "film.mp4", prefecture: str = "653200") -> str:
    """A submission of an id; its title is as good as any."""
    media = f"media: [{{file: {film}, role: main}}]\n"
    return f"schema_version: 1\nid: {name}\ntitle: 片{title or name}\nprefecture: '{prefecture}'\n{media}"


def listed(key: str, text: str, code: int = 7) -> Case:
    """A list of films in YAML; nothing of it is sent."""
    return case(key, code, "submit l.yaml -n", {"l.yaml": text})


LISTS = {
    "a list of lists": listed("list_value", "- {file: film.mp4, title: {zh: 村医}}\n"),
    "an unknown field": listed("list_field", "- {file: film.mp4, colour: red}\n"),
    "no file in a list": listed("list_no_file", "- {title: 村医}\n"),
    "one film twice": listed("id_twice", "- film.mp4\n- film.mp4\n"),
    "a number in a list": listed("list_wrong", "- 3\n", 2),
    "an empty list": case("yaml_empty", 2, "batch l.yaml -n", {"l.yaml": ""}),
    "not a list": case("list_wrong", 2, "batch l.yaml -n", {"l.yaml": "a: b\n"}),
    "no time": case("time_wrong", 2, "batch ff --until tomorrow", {"ff/x": ""}),
    "no time to wait": case("duration_wrong", 2, "submit film.mp4 -n --wait 15"),
    "no rate": case("rate_wrong", 2, "submit film.mp4 -n --limit-rate 5Mbit"),
    "a time that is over": case("time_over", 2, "batch ff --until 2026-01-01T06:00", {"ff/x": ""}),
    "a folder to be watched": case("watch_inbox", 2, "batch ff --watch", {"ff/x": ""}),
    "nothing of a name": case("batch_no_item", 2, "batch ff --only x -n", {"ff/x": ""}),
    "a film of a table": case(
        "film_in_table", 7, "submit tt -n", {"tt/a.mp4": "", "tt/t.csv": "文件,片名\na.mp4,村医\n"}
    ),
    "a film of a submission": case(
        "film_in_submission", 2, "submit fb/a.mp4 -n", {"fb/a.mp4": "", "fb/b.yaml": submission("b", film="a.mp4")}
    ),
    "a film of a submission, in a folder": case(
        "film_in_submission", 7, "submit fs -n", {"fs/a.mp4": "", "fs/b.yaml": submission("b", film="a.mp4")}
    ),
    "a film of a table, alone": case(
        "film_in_table", 2, "submit ta/a.mp4 -n", {"ta/a.mp4": "", "ta/t.csv": "文件,片名\na.mp4,村医\n"}
    ),
    "a film of a table, by its title": case(
        "film_called_in_table", 7, "submit tn -n", {"tn/村医.mp4": "", "tn/t.csv": "文件,片名\n村医,村医\n"}
    ),
    "a film of another prefecture": case(
        "prefecture_others", 2, f"submit o{END}", {f"o{END}": submission("o"), **KASHGAR}, SHOWCASE_WORKSPACE="kashgar"
    ),
    "a folder to run": case("is_folder", 2, "run ff", {"ff/x": ""}),
    "a folder to run, by path": case("is_folder", 2, "run ./ff", {"ff/x": ""}),
}
REVIEWS = {
    "nothing of an id": case("no_such_submission", 2, "review none"),
    "two of an id": case("several_fit", 2, "review waits"),
    "what was not sent": case("not_in_inbox", 2, "review direct"),
    "a timecode of none": case("timecode_wrong", 2, "review 653200/waits --note 1:2 暗"),
    "a timecode beyond": case("timecode_past_end", 2, "review 653200/waits --note 00:00:09:00 暗"),
    "an empty note": case("note_empty", 2, "review 653200/waits --note 00:00:00:10", {}, " "),
    "a long note": case("note_wrong", 2, f"review 653200/waits --note 00:00:00:10 {'长' * 2000}"),
    "a bell in a note": case("text_not_plain", 2, "review 653200/waits --note 00:00:00:10 a\x07"),
    "no reason": case("reason_missing", 2, "review 653200/waits --return", {}, " "),
    "nothing to take back": case("nothing_to_retract", 2, "review 653200/waits --retract 9"),
    "what nobody looked at": case("not_fetched", 2, "review 653200/waits --approve"),
    "notes on what is delivered": case("not_open", 2, "review ready --note 00:00:00:10 暗"),
    "another's step": case("right_of_another", 3, "run 653100/waits", KASHGAR, SHOWCASE_WORKSPACE="kashgar"),
    "another's film": case("film_of_others", 3, "log 653200/waits", KASHGAR, SHOWCASE_WORKSPACE="kashgar"),
    "what was never sent whole": case("not_sent_yet", 2, "run 653100/begun"),
    "what was returned, to be run": case("cut_awaited", 2, "run returned"),
    "a draft that is approved": case("master_awaited", 2, "run drafted"),
    "a film that was swapped": case("inbox_differs", 6, "run 653200/swapped"),
    "what is not approved": case("not_approved", 2, "run 653200/waits"),
    "another film under an approval": case("approved_differs", 6, "run altered"),
    "a record that is torn": case("marker_unreadable", 6, "review 653100/torn"),
    "a choice beside an id": case("choice_stands_in_file", 2, "run 653200/waits --programme 1"),
}
ANSWERS = {
    "no such delivery": case("no_such_delivery", 2, "ack none reject"),
    "a rejection without a reason": case("reason_missing", 2, "ack ready reject"),
    "what nobody verified": case("not_verified", 2, "ack ready accept"),
    "a long reason": case("reason_wrong", 2, f"ack ready reject --reason {'长' * 2000}"),
    "an answer that stands": case("already_answered", 2, "ack accepted reject --reason 暗"),
    "nothing to correct": case("nothing_to_correct", 2, "ack ready reject --reason 暗 --correct"),
    "an answer to what is withdrawn": case("withdrawn", 2, "ack gone reject --reason 暗"),
    "what is withdrawn, to be pulled": case("withdrawn", 2, "pull gone --to down"),
    "what a newer one took the place of": case("superseded", 2, f"run d{END}"),
    "what is withdrawn, to be run": case("delivery_withdrawn", 2, "run gone"),
    "what is withdrawn, from its file": case("delivery_withdrawn", 2, f"run films/gone{END}"),
    "a withdrawal without a reason": case("reason_missing", 2, "withdraw ready"),
    "nothing to undo": case("not_withdrawn", 2, "withdraw ready --undo"),
    "a marker of another": case("marker_differs", 6, "ack 653100/renamed accept"),
    "a manifest that nobody announced": case("manifest_differs", 6, "pull 653100/swapped --to down"),
    "a manifest of none": case("manifest_unreadable", 6, "pull 653100/false --to down"),
}
CUTS = {
    "what was returned, as it was": case("unchanged_returned", 2, f"submit films/returned{END}"),
    "what was rejected, as it was": case("unchanged_rejected", 2, f"submit films/rejected{END}"),
    "what was withdrawn, as it was": case("unchanged_withdrawn", 2, f"submit films/gone{END}"),
    "words on another cut": case(
        "not_unchanged", 2, f"submit bridge{END} --unchanged 这样", {f"bridge{END}": submission("returned", "桥")}
    ),
    "words on nothing": case("nothing_to_answer", 2, f"submit films/accepted{END} --unchanged 这样"),
    "words on many": case("unchanged_of_one", 2, "submit films --unchanged 这样"),
    "another title": case("another_title", 2, f"submit bridge{END}", {f"bridge{END}": submission("accepted", "桥")}),
    "another length": case(
        "another_length", 2, f"submit longer{END}", {f"longer{END}": submission("accepted", film="longer.mp4")}
    ),
}
TABLE = "编号,答复,原因代码,原因\n"
OPERATORS_DAY = {
    "both halves": case("pull_both", 2, "pull --all --unanswered"),
    "no day": case("date_wrong", 2, "pull --since yesterday"),
    "a quote without an end": case("then_wrong", 2, "pull --then", {}, '"a {folder}'),
    "a place that there is not": case("then_wrong", 2, "pull --then", {}, "true {title}"),
    "no such program": case("then_missing", 2, "pull --then no-such-program"),
    "a program that fails": case("then_failed", 7, "pull ready --to then --then false"),
    "no package to ask about": case("store_of_packages", 2, "verify film.mp4 --store"),
    "a table and ids": case("answers_apart", 2, "ack ready accept --from o1.csv"),
    "no answer": case("nothing_answered", 2, "ack"),
    "no column of answers": case("answers_lack_column", 2, "ack --from o2.csv", {"o2.csv": "编号,片名\nready,x\n"}),
    "what is no answer": case("answer_unknown", 2, "ack --from o3.csv", {"o3.csv": f"{TABLE}ready,也许,,\n"}),
    "two answers to one": case(
        "answer_twice", 7, "ack --from o4.csv --yes", {"o4.csv": f"{TABLE}ready,接收,,\nready,退回,,暗\n"}
    ),
    "a code of an acceptance": case("code_of_acceptance", 2, "ack ready accept --code sound --yes"),
    "a code that there is not": case("rejection_unknown", 2, "ack ready reject --code colour"),
    "a receipt of nothing": case("receipt_of_what", 2, "receipt"),
    "a receipt of what nobody answered": case("not_answered", 2, "receipt ready"),
}
CASES = {**LISTS, **REVIEWS, **ANSWERS, **CUTS, **OPERATORS_DAY}
KNOWN = "片 声音太小 片头有黑场 版权"  # titles and reasons
POSTER = "schema_version: 1\npolicy: showcase-film\nprofiles: [{name: poster}]\n"


def other_answer(given: Message) -> bytes:
    """Another one to the same package."""
    answer = {
        "package_id": given.path.split("/")[-2],
        "decision": "accept",
        "reason": "别人",
        "at": "2026-07-01T00:00:00Z",
    }
    return json.dumps(answer).encode()


def other_claim(_: Message) -> bytes:
    """The revision is another film's."""
    return Claim(content_sha256="0" * 64).to_file()


def other_content(given: Message) -> bytes:
    """The same marker of another content."""
    return json.dumps({**json.loads(given.body), "content_sha256": "0" * 64}).encode()


MEANWHILE: dict[str, tuple[Case, str, Callable[[Message], bytes]]] = {  # what somebody else puts a moment before
    "an answer": (
        case("answered_meanwhile", 2, "ack accepted reject --reason 暗 --correct"),
        r"accepted/\w+/ACK",
        other_answer,
    ),
    "a revision": (
        case("revision_taken", 2, f"submit new{END}", {f"new{END}": submission("new")}),
        r"new/r\d\.json",
        other_claim,
    ),
    "a film": (
        case("delivered_differs", 6, f"submit newer{END}", {f"newer{END}": submission("newer")}),
        "newer/r1/SUBMITTED",
        other_content,
    ),
}
CASES |= {name: told for name, (told, *_) in MEANWHILE.items()}
BY_ITSELF = {"declined", "download_differs"}


@pytest.fixture(scope="module")
def season(
    tmp_path_factory: pytest.TempPathFactory, small_film: Path, film_of: Callable[..., Path]
) -> Iterator[Showcase]:
    """A workspace and its store, with a submission in every state that a wrong command needs."""
    base = tmp_path_factory.mktemp("way")
    with pytest.MonkeyPatch.context() as clean:
        for name in [name for name in os.environ if name.startswith(("AWS_", "SHOWCASE_"))]:
            clean.delenv(name)
        keeper, desk = home(base, "keeper"), home(base, "desk")
        films = {f"films/{name}{END}": submission(name) for name in SENT}
        films[f"drafted{END}"] = submission("drafted")
        films[f"films/neighbours{END}"] = submission("waits", prefecture="653100")
        put(desk.folder, {f"d{END}": submission("direct"), **films, "profiles/sets/showcase-film.yaml": POSTER})
        for place in ("film.mp4", "films/film.mp4"):
            shutil.copy(small_film, desk.folder / place)
        shutil.copy(film_of(5, "testsrc2=s=1280x720:r=25"), desk.folder / "longer.mp4")
        put(keeper.folder, {TOML: MEANT})
        with store_kept_up(keeper) as store:
            owner, port = identities.owner(store), json.loads((store / "ports.json").read_text())["s3"]
            desk.environment |= {
                "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}",
                "AWS_ACCESS_KEY_ID": owner.key_id,
                "AWS_SECRET_ACCESS_KEY": owner.secret,
            }
            for words in (
                "submit films",
                f"submit drafted{END} --draft",
                "review returned --return 声音太小",
                "review rejected gone ready accepted altered swapped drafted --approve --yes",
                f"run rejected gone ready accepted d{END}",
                "ack rejected reject --reason 片头有黑场",
                "ack accepted accept --yes",
                "withdraw gone --reason 版权",
            ):
                done = desk(*words.split())
                assert done.code == 0, (words, done.out, done.err)
            with clean.context() as there:
                for name, value in desk.environment.items():
                    there.setenv(name, value)
                spoil(desk.folder)
            yield desk
    assert wait_for_none(base) == []


def spoil(folder: Path) -> None:
    """Put what no command of ours puts."""
    with connect.opened(workspace.find(folder)) as buckets:
        ready = next(
            item for item in buckets.delivery.walk("653200/ready/", lambda _: None, 1000) if "READY" in item.key
        )
        marker = ready.read()
        no_package = Ready.model_validate_json(marker).model_copy(update={"package_id": "p3", "submission_id": "false"})
        sent = buckets.inbox.get("653200/altered/r1/SUBMITTED.json")
        assert sent is not None
        another = json.dumps({**json.loads(sent), "content_sha256": "0" * 64}).encode()
        buckets.inbox.store.client().put_object(Bucket="inbox", Key="653200/altered/r1/SUBMITTED.json", Body=another)
        buckets.inbox.store.client().put_object(Bucket="inbox", Key="653200/swapped/r1/media/01.mp4", Body=b"x")
        buckets.inbox.put_if_absent("653100/begun/r1.json", Claim(content_sha256="0" * 64).to_file())
        buckets.inbox.put_if_absent("653100/torn/r1.json", Claim(content_sha256="0" * 64).to_file())
        buckets.inbox.put_if_absent("653100/torn/r1/SUBMITTED.json", b"{")
        buckets.delivery.put_if_absent("653100/renamed/p1/READY.json", marker)
        later = no_package.model_copy(update={"package_id": "p9", "submission_id": "direct", "revision": 9})
        buckets.delivery.put_if_absent("653200/direct/p9/READY.json", later.to_file())
        for name in ("swapped", "false"):
            content = b"{}" if name == "false" else b"[]"
            told = no_package.model_copy(
                update={"submission_id": name, "manifest_sha256": hashlib.sha256(b"{}").hexdigest()}
            )
            buckets.delivery.put_if_absent(f"653100/{name}/p3/package.json", content)
            buckets.delivery.put_if_absent(f"653100/{name}/p3/READY.json", told.to_file())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", first_of_each({name: told for name, told in CASES.items() if name not in MEANWHILE}))
def test_an_error_says_what_to_do_in_the_readers_language(language: Language, name: str, season: Showcase) -> None:
    put(season.folder, CASES[name].files)
    hold(season, CASES[name], language, KNOWN)


def test_who_says_no_is_told_that_nothing_was_done(season: Showcase) -> None:
    put(season.folder, {f"no{END}": submission("accepted", "桥")})
    code, shown = on_terminal(season, "submit", f"no{END}", answers=["n"])
    assert code == 2, shown
    hold_words("zh", sentences("zh", shown.replace("\r\n", "\n"), "declined"), "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MEANWHILE)
def test_who_comes_second_is_told(language: Language, name: str, season: Showcase) -> None:
    told, key, other = MEANWHILE[name]
    put(season.folder, told.files)
    there = connection(season)
    store = Store(there, endpoint_shown="")

    def first(given: Message) -> Message | None:
        if given.method == "PUT" and re.search(key, given.path):
            bucket, _, path = given.path.partition("?")[0].lstrip("/").partition("/")
            Bucket(store, bucket).put_if_absent(path, other(given))
        return None

    with proxied(there, first) as proxy:
        hold(at(season, proxy.store.endpoint_shown), told, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.acceptance
def test_what_comes_damaged_is_told(language: Language, season: Showcase) -> None:
    def damaged(answer: Message) -> Message:
        is_image = answer.method == "GET" and answer.path.endswith(".jpg")
        return replace(answer, body=answer.body[::-1]) if is_image else answer

    with proxied(connection(season), answered=damaged) as proxy:
        hold(at(season, proxy.store.endpoint_shown), case("download_differs", 6, "pull ready --to damaged"), language)


def connection(season: Showcase) -> Connection:
    """The store as the desk knows it."""
    found = season.environment
    return Connection(found["AWS_ENDPOINT_URL_S3"], found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"])


def at(season: Showcase, address: str) -> Showcase:
    """The desk with another address of the store."""
    return Showcase(season.folder, {**season.environment, "AWS_ENDPOINT_URL_S3": address})
