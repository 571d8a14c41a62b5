"""Errors about profiles, sets and policies, and about who is invited."""

from __future__ import annotations

import pytest

from pipeline.catalogue import Language
from tests.conftest import Showcase
from tests.e2e.error_words import LANGUAGES, TOML, Case, Files, case, first_of_each, hold, put

DEAD = '[store]\nendpoint = "http://127.0.0.1:1"\n'
PEOPLE, KEYS = "people.csv", "keys.csv"
HANDED_OUT = "user = '王'\n[keys]\naccess_key_id = 'a'\nsecret_access_key = 'b'\n"


def profile(key: str, text: str, name: str = "own") -> Case:
    """A profile of the workspace's own."""
    return case(key, 2, f"profiles show {name} --resolved", {f"profiles/{name}.yaml": text})


def policy(key: str, text: str) -> Case:
    """A policy of the workspace's own."""
    path = "profiles/policies/showcase-film.yaml"
    return case(key, 2, "policies show showcase-film --resolved", {path: f"extends: showcase-film\n{text}\n"})


def people(key: str, text: str) -> Case:
    """A table of people."""
    return case(key, 2, f"admin invite --people {PEOPLE}", {PEOPLE: text})


def keys(key: str, row: str, **settings: str) -> Case:
    """A table of keys that a provider's console made."""
    head = "identity,access_key_id,secret_access_key\n"
    files: Files = {KEYS: f"{head}{row}\n", **settings}
    return case(key, 2, f"admin invite --keys {KEYS}", files)


def chain(length: int) -> Files:
    """Profiles that stand on each other."""
    below = {f"profiles/p{number}.yaml": f"extends: p{number + 1}\n" for number in range(length)}
    return {**below, f"profiles/p{length}.yaml": "extends: iptv-sd\n"}


CASES = {
    "no such profile": case("no_such_name", 2, "profiles show x"),
    "an unknown base": profile("no_such_name", "extends: nobody\n"),
    "a profile of no form": profile("yaml_invalid", "extends: iptv-sd\ncolour: red\n"),
    "a policy of no form": policy("yaml_invalid", "colour: red"),
    "a list for a profile": profile("yaml_invalid", "- a\n"),
    "a profile that can't work": profile("profile_impossible", "extends: hls\nsegment_s: 5\n"),
    "another name than the file's": profile("name_differs", "extends: iptv-sd\nname: other\n"),
    "a base out of the folder": profile("extends_wrong", "extends: ../iptv-sd\n"),
    "a circle": profile("extends_circle", "extends: own\n"),
    "nothing to drop": profile("drop_nothing", "extends: hls\nrungs: [{name: z, drop: true}]\n"),
    "too many on each other": case("extends_deep", 2, "profiles show p0 --resolved", chain(17)),
    "a rule of no fact": policy("rule_wrong", "rules: [{code: video.codec, fact: video.colour}]"),
    "a rule too small": policy("rule_too_small", "numbers: {black_longest_s: 0.2}"),
    "nobody invited": case("invite_nobody", 2, "admin invite"),
    "a heading of people": people("people_heading", "姓名,职务,地州\n王,编辑,和田\n"),
    "a role of people": people("people_role", "姓名,角色,地州\n王,导演,和田\n"),
    "no name": people("people_name", "姓名,角色,地州\n,制作,和田\n"),
    "a person twice": people("people_twice", "姓名,角色,地州\n王,编辑,\n王,编辑,\n"),
    "half a key": keys("keys_row", "editor,a,"),
    "keys of one twice": keys("keys_twice", "editor,a,b\neditor,c,d"),
    "one key for two": keys("keys_of_another", "editor,a,b\noperator,a,b"),
    "keys of nobody": keys("no_such_identity", "boss,a,b"),
    "keys of one's own store": keys("keys_made_here", "editor,a,b"),
    "keys made elsewhere": case("keys_made_elsewhere", 2, "admin revoke editor", {TOML: DEAD}),
    "nobody of a name": case("no_such_identity", 2, "admin revoke boss"),
    "rights of no role": case("doors_no_role", 2, "doctor --as-in given.toml", {"given.toml": HANDED_OUT}),
    "rights at no address": case(
        "doors_no_address", 2, "doctor --as-in given.toml", {"given.toml": "role = 'editor'\n" + HANDED_OUT}
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", first_of_each(CASES))
def test_an_error_says_what_to_do_in_the_readers_language(language: Language, name: str, showcase: Showcase) -> None:
    put(showcase.folder, CASES[name].files)
    hold(showcase, CASES[name], language)
