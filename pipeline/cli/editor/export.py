"""showcase export"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from pipeline import durable, shipped
from pipeline.cli import store_here, words
from pipeline.cli.command_context import prefecture_code, workspace_here
from pipeline.cli.completing import submission_ids, table_names
from pipeline.cli.console import Console, left_out, options
from pipeline.cli.editor import export_words
from pipeline.errors import InputError
from pipeline.exchange import choosing, file_md5, listing
from pipeline.exchange.listing import ListChoice, Listed
from pipeline.exchange.progress import DOWNLOAD, byte_progress
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.model.branch_table import BranchTable
from pipeline.package.branch_table import files, filling, reading
from pipeline.package.branch_table.filling import FilledTable
from pipeline.storage.buckets import Buckets
from pipeline.workspace import Workspace


@words.command("export", example="showcase export --table one-sheet -o list.xlsx")
@click.argument("ids", nargs=-1, metavar="ID", shell_complete=submission_ids)
@click.option("--table", "name", required=True, metavar="NAME", shell_complete=table_names)
@click.option("--prefecture", "prefectures", multiple=True, metavar="CODE")
@click.option("--column", metavar="TEXT")
@click.option("--since", metavar="DATE")
@click.option("-o", "--output", "file", required=True, metavar="FILE", type=click.Path(path_type=Path))
@options
def command(  # noqa: PLR0913 - a command has a parameter for each of its options
    console: Console,
    ids: tuple[str, ...],
    name: str,
    prefectures: tuple[str, ...],
    column: str | None,
    since: str | None,
    file: Path,
) -> int:
    """Write the table of a branch, of the packages that are on offer."""
    place = workspace_here()
    folders = (place.profiles, shipped.folder("profiles"))
    table = reading.table(name, folders)
    _refuse_names(table, file)  # before the store is asked
    choice = ListChoice(
        ids,
        frozenset(prefecture_code(item, "--prefecture") for item in prefectures),
        listing.column(column, Vocabularies(folders), "--column") if column is not None else None,
        choosing.day(since, "--since") if since is not None else None,
    )
    with store_here.opened(console, place) as buckets:
        found = listing.listed(buckets, choice)
        if len(ids) == 1 and found.faults:
            raise found.faults[0]
        filled = _filled(console, place, buckets, table, found)
    if not any(sheet.rows for sheet in filled.sheets):
        export_words.tell_left_out(console, found, filled)
        console.remark("export_nothing")
        return left_out(console, found.faults)
    written = files.contents(filled, file)
    durable.make_folder(file.absolute().parent)
    for path, content in written:
        durable.write(path, content)
    export_words.tell(console, table, [path for path, _ in written], found, filled)
    return left_out(console, found.faults)


def _refuse_names(table: BranchTable, file: Path) -> None:
    """Let pass names that files can have.

    Raises:
        InputError: the ending is none that is known, or a folder is called so.
    """
    for path in files.names([sheet.title for sheet in table.sheets], file):
        if path.is_dir():
            raise InputError("export_folder", where=str(path))


def _filled(console: Console, place: Workspace, buckets: Buckets, table: BranchTable, found: Listed) -> FilledTable:
    """The table; files are read for their MD5 only when nothing else is to be mended."""
    filled = filling.fill(table, found.programmes)
    export_words.refuse_faults(console, table, filled)
    if not filled.digests:
        return filled
    md5 = _digests(console, place, buckets, filled)
    return filling.fill(table, found.programmes, md5.get)


def _digests(console: Console, place: Workspace, buckets: Buckets, filled: FilledTable) -> Mapping[str, str]:
    """MD5 by SHA-256; what was read once is not read again, so that a rerun goes on."""
    cache = place.or_user_cache().cache
    known = file_md5.known(filled.digests, cache)
    todo = [item for item in filled.digests if item.sha256 not in known]
    total = sum(item.size_bytes for item in todo)
    if todo:
        export_words.tell_reading(console, len(todo), total)
    on_bytes = byte_progress(console.on_progress, DOWNLOAD, total)
    for item in todo:
        known[item.sha256] = file_md5.read(buckets, item, cache, on_bytes)
    return known
