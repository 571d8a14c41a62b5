"""What an administrator takes to a provider's console: policy documents, the same in words, a table for the keys."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import catalogue, durable, tables
from pipeline.catalogue import LANGUAGES, Language
from pipeline.model import region
from pipeline.storage import invitations, rights
from pipeline.storage.identities import Identity, identity_named
from pipeline.storage.invitations import WANTED, SettingsFolder
from pipeline.storage.rights import BucketNames, Right, Role

POLICIES = "policies"
_COLUMNS = ("identity", "person", "role", "prefecture", "access_key_id", "secret_access_key")


def write(target: SettingsFolder, names: BucketNames, chosen: Sequence[Identity]) -> None:
    """The documents, one a policy, and `rights.<language>.md`."""
    folder = durable.make_folder(target.folder / POLICIES)
    for identity in chosen:
        durable.write(folder / f"{identity.policy}.json", rights.text(identity.document(names)).encode())
    for language in LANGUAGES:
        durable.write(target.folder / f"rights.{language}.md", in_words(language, names, chosen).encode())


def in_words(language: Language, names: BucketNames, chosen: Sequence[Identity]) -> str:
    """Who is to be made in the console, and what each may do."""
    lines = [
        catalogue.say(language, "text.papers_head", inbox=names.inbox, delivery=names.delivery, work=names.work),
        "",
    ]
    for identity in chosen:
        whom = " ".join(
            part
            for part in (
                catalogue.say(language, f"text.admin_role_{identity.role}"),
                f"{region.name_of(identity.prefecture, language)} {identity.prefecture}/"
                if identity.prefecture
                else "",
                identity.person or "",
            )
            if part
        )
        lines.append(
            catalogue.say(language, "text.papers_identity", name=identity.name, whom=whom, policy=identity.policy)
        )
    for role in Role:
        if any(identity.role is role for identity in chosen):
            lines += ["", f"## {catalogue.say(language, f'text.admin_role_{role}')}", ""]
            lines += [sentence(language, right) for right in rights.table(role, names)]
    return "\n".join(lines) + "\n"


def sentence(language: Language, right: Right) -> str:
    """One right in a line."""
    allowed = catalogue.say(language, "text.right_may" if right.allowed else "text.right_may_not")
    return f"- {allowed} {named(language, right)}"


def named(language: Language, right: Right) -> str:
    """What a right is about: an act and a place."""
    place = catalogue.say(language, f"text.reach_{right.reach}", bucket=right.bucket)
    return catalogue.say(language, f"text.act_{right.act}", place=place)


def ask_for_keys(target: SettingsFolder, chosen: Sequence[Identity]) -> list[Identity]:
    """Write the table of those whose keys are still to be made; gives them.

    A table that somebody has begun to fill in stays as it is until its keys came.
    """
    path = target.folder / WANTED
    there = set(target.read())
    left = [identity for identity in [*waiting(target), *chosen] if identity.name not in there]
    left = list({identity.name: identity for identity in left}.values())
    if path.exists() and any(row.identity.name not in there for row in invitations.keys_table(path)):
        return left
    if not left:
        path.unlink(missing_ok=True)
        return left
    rows = [
        (item.name, item.person or "", item.role.value, region.name_of(item.prefecture or "", "zh"), "", "")
        for item in left
    ]
    durable.write(path, tables.write(_COLUMNS, rows), mode=0o600)
    return left


def waiting(target: SettingsFolder) -> list[Identity]:
    """Those whose keys were asked for and did not come."""
    path = target.folder / WANTED
    if not path.exists():
        return []
    there = target.read()
    found = []
    for row in tables.read(path, lambda heading: heading in _COLUMNS).rows:
        name, person = row.cells.get("identity"), row.cells.get("person")
        if name and name.text not in there:
            plain = identity_named(name.text)
            found.append(Identity(plain.name, plain.role, plain.prefecture, person.text if person else None))
    return found
