"""A season's board on a terminal: prefecture × milestone within 80 columns and 24 lines for the fourteen."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.cli.console import Console
from pipeline.cli.editor.board_words import CELL, BoardWords, day
from pipeline.cli.layout import WIDTH, cut, terminal_width, width, wrap
from pipeline.model.campaign import MovedDate
from pipeline.model.campaign_status import CampaignStatus, Contradiction, PrefectureRow

MOST_WANTED, LEAST_WANTED = 4, 2  # lines, the last of which counts the others
LINES, BESIDE = 24, 3  # of a terminal; of them those that are the store's, which may be two, and the prompt's
LEAST_NAME, GAP = 8, 1


@dataclass(frozen=True)
class Columns:
    """How wide the table is.

    Args:
        name: of prefectures.
        cells: of each milestone that is shown, by its id in their order.
    """

    name: int
    cells: dict[str, int]


def show(console: Console, status: CampaignStatus, words: BoardWords, rows: Sequence[PrefectureRow]) -> None:
    """The table, what is wanted of whom, and what else is to be known."""
    head = console.word(
        "board_head",
        name=words.name(),
        air_date=day(status.campaign.air_date),
        today=day(status.today),
        revision=status.revision,
    )
    console.line(cut(head, terminal_width()))
    lines = _table(console, status, words, rows) if rows else [console.word("board_nobody")]
    remarks = _remarks(console, status, words, rows)
    left = max(LINES, shutil.get_terminal_size((WIDTH, LINES)).lines) - BESIDE - 1 - len(lines)
    wanted = _wanted(console, status, words, rows, min(MOST_WANTED, max(LEAST_WANTED, left - bool(remarks))))
    for line in (*lines, *wanted):
        console.line(line)
    if len(remarks) > max(left - len(wanted), 1):
        remarks = [_counted(console, status, words, rows)]
    for line in remarks:
        console.line(cut(line, terminal_width()))


def _table(console: Console, status: CampaignStatus, words: BoardWords, rows: Sequence[PrefectureRow]) -> list[str]:
    columns = _columns(status, words, rows)
    heads = {key: wrap(words.milestone(key), cells) for key, cells in columns.cells.items()}
    deep = min(2, max(len(lines) for lines in heads.values()))
    made = []
    for level in range(deep):
        cells = [_head(lines, level, deep, columns.cells[key]) for key, lines in heads.items()]
        made.append(_line("", cells, columns))
    for row in rows:
        cells = [words.row_cell(row.cell(key)) for key in columns.cells]
        made.append(_line(words.prefecture(row.code), cells, columns))
    if hidden := len(status.campaign.milestones) - len(columns.cells):
        made.append(cut(console.word("board_hidden", count=hidden), terminal_width()))
    return made


def _head(lines: Sequence[str], level: int, deep: int, cells: int) -> str:
    """A milestone's words stand right above the table: what is longer than that is cut in its last line."""
    shown = [*lines[: deep - 1], "".join(lines[deep - 1 :])] if len(lines) > deep else list(lines)
    padded = [""] * (deep - len(shown)) + shown
    return cut(padded[level], cells)


def _columns(status: CampaignStatus, words: BoardWords, rows: Sequence[PrefectureRow]) -> Columns:
    """As wide as what stands in them; where there is no room, names first, then milestones that all have done."""
    ids = [item.id for item in status.campaign.milestones]
    needed = {key: max(width(words.row_cell(row.cell(key))) for row in rows) for key in ids}
    name = max(width(words.prefecture(row.code)) for row in rows)
    room = terminal_width()
    open_ones = [key for key in ids if any(not row.cell(key).state.is_done for row in rows)]
    while len(needed) > 1 and LEAST_NAME + sum(needed.values()) + GAP * len(needed) > room:
        left = [key for key in needed if key not in open_ones]
        needed.pop(left[0] if left else list(needed)[-1])
    name = max(LEAST_NAME, min(name, room - sum(needed.values()) - GAP * len(needed)))
    spare = room - name - sum(needed.values()) - GAP * len(needed)
    cells: dict[str, int] = {}
    for key, cell in needed.items():
        more = min(spare, max(0, min(CELL, width(words.milestone(key))) - cell))
        cells[key] = cell + more
        spare -= more
    return Columns(name, cells)


def _line(name: str, cells: Sequence[str], columns: Columns) -> str:
    shown = [_padded(name, columns.name)]
    shown += [_padded(text, cells) for text, cells in zip(cells, columns.cells.values(), strict=True)]
    return (" " * GAP).join(shown).rstrip()


def _padded(text: str, cells: int) -> str:
    shown = cut(text, cells)
    return shown + " " * (cells - width(shown))


def _wanted(
    console: Console, status: CampaignStatus, words: BoardWords, rows: Sequence[PrefectureRow], most: int
) -> list[str]:
    seen = {row.code for row in rows}
    wanted = [item for item in status.wanted if item.prefecture in seen]
    shown = wanted if len(wanted) <= most else wanted[: most - 1]
    lines = [words.wanted(item) for item in shown]
    if more := len(wanted) - len(shown):
        lines.append(cut(console.word("board_more", count=more), terminal_width()))
    return lines


def _remarks(console: Console, status: CampaignStatus, words: BoardWords, rows: Sequence[PrefectureRow]) -> list[str]:
    """Moved dates, contradictions and records that do not count, a line each."""
    seen = {row.code for row in rows}
    return [
        *(moved_line(console, words, item) for item in status.moved),
        *(_contradiction(console, words, item) for item in status.contradictions if item.prefecture in seen),
        *(words.bad(item) for item in status.bad),
    ]


def _contradiction(console: Console, words: BoardWords, item: Contradiction) -> str:
    """In one line of the terminal; what has no room in it is where its end says."""
    whole = words.contradiction(item)
    if width(whole) <= terminal_width():
        return whole
    rest = console.word("board_rest", prefecture=item.prefecture)
    return cut(whole, terminal_width() - width(rest)) + rest


def _counted(console: Console, status: CampaignStatus, words: BoardWords, rows: Sequence[PrefectureRow]) -> str:
    """The same in one line."""
    seen = {row.code for row in rows}
    counts = {
        "moved": len(status.moved),
        "contradictions": sum(item.prefecture in seen for item in status.contradictions),
        "bad": len(status.bad),
    }
    said = [console.word(f"board_count_{name}", count=count) for name, count in counts.items() if count]
    return console.word("board_remarks", counts=words.between.join(said))


def moved_line(console: Console, words: BoardWords, item: MovedDate) -> str:
    """A date, old and new."""
    what = words.milestone(item.milestone) if item.milestone else console.word("campaign_air_date")
    return console.word("board_moved", what=what, old=day(item.old), new=day(item.new), revision=item.revision)
