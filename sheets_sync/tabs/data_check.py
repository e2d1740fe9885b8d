"""Data Check: what to fill in next, the most useful first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sheets_sync.model import Block, Cell, Level, Link, Problem, Tab, TableBlock, TableColumn, TableRow
from sheets_sync.tabs.view import View, empty, top
from sheets_sync.tabs.words import count, rows_of, sentence, text

HEADER_ROW = 4
MOST_LINES = 30
WIDTHS = (30.0, 22.0, 62.0, 50.0)
COLUMNS = (
    TableColumn("Fill in"),
    TableColumn("Client"),
    TableColumn("What is there"),
    TableColumn("What it unlocks"),
)

DIMENSIONS = {
    "contact": ("clients", "last_contact", "Last contact"),
    "outcomes": ("projects", "current", "Current"),
    "issues": ("issues", "raised_at", "Raised at"),
    "feedback": ("surveys", "score", "Score"),
    "commercial": ("clients", "renewal_date", "Renewal date"),
    "relationship": ("clients", "second_contact", "Second contact"),
}
_UNLOCKS = {
    "contact": "silence counts",
    "outcomes": "results count",
    "issues": "open issues count",
    "feedback": "their answers count",
    "commercial": "the renewal counts",
    "relationship": "a second contact counts",
}


@dataclass(frozen=True)
class Gap:
    """Something to fill in or to correct. `use` sorts: the smaller, the more it is worth."""

    use: tuple[float, ...]
    fill_in: str
    key: str
    client: str
    there: str
    unlocks: str
    link: Link | None = None


def tab(view: View) -> Tab:
    """The thirty most useful gaps and a sentence about the rest."""
    gaps = sorted(gaps_of(view), key=lambda gap: (gap.use, gap.client.casefold(), gap.fill_in))
    blocks: list[Block] = [top(_title(view, gaps), next_column(view), span=4)]
    if gaps:
        rows = tuple(TableRow("", _cells(view, gap)) for gap in gaps[:MOST_LINES])
        blocks.append(TableBlock((HEADER_ROW, 1), COLUMNS, rows, filter=True))
        if left := len(gaps) - len(rows):
            words = f"and {left:,} more like {'these' if left > 1 else 'this'}"
            blocks.append(empty(words, HEADER_ROW + len(rows) + 1, span=4))
    else:
        words = "Every cell that was needed could be read." if view.clients else "What is missing will be listed here."
        blocks.append(empty(words, HEADER_ROW, span=4))
    return Tab(
        "data_check",
        view.titles["data_check"],
        tuple(blocks),
        WIDTHS,
        freeze=HEADER_ROW if gaps else 0,
        repeat=(HEADER_ROW, HEADER_ROW) if gaps else None,
        print_columns=len(COLUMNS),
    )


def gaps_of(view: View) -> list[Gap]:
    """Blank cells that keep a client from being judged, then what could not be read, then what looks missed."""
    return [*_blanks(view), *_problems(view), *_missed(view)]


def next_column(view: View) -> str:
    """The one column or tab to add next, and what it would bring; "" when all are there."""
    clients = view.tables["clients"]
    active = len(view.levels) - sum(1 for level in view.levels.values() if level is Level.NONE)
    if not active:
        return ""
    facts = view.assessment.facts
    ongoing = active
    if "engagement" in facts:
        ongoing = int((facts["engagement"].fillna("retainer") != "project").sum())
    wishes = [
        (
            clients.has("last_contact") or view.tables["interactions"].present,
            f"Last contact. It would bring warnings of silence for {count(active, 'client')}.",
        ),
        (clients.has("renewal_date"), f"Renewal date. It would bring renewal warnings for {count(ongoing, 'client')}."),
        (view.tables["interactions"].present, "a tab Interactions. It would bring the due dates of every touchpoint."),
        (view.tables["issues"].present, "a tab Issues. It would bring the clocks for answers and solutions."),
        (view.tables["surveys"].present, "a tab Surveys. It would bring their answers and the recommendation score."),
        (view.tables["revenue"].present, "a tab Revenue. It would bring the share of expansion to the Scorecard."),
    ]
    return next((f"One thing to add next: {words}" for there, words in wishes if not there), "")


def _blanks(view: View) -> list[Gap]:
    dimensions = view.assessment.dimensions
    unknown = dimensions[dimensions["state"] == "unknown"]
    gaps = []
    for row in rows_of(unknown):
        client = view.clients.get(row.key)
        name = text(row.name).casefold()
        if client is None or view.levels[row.key] is Level.NONE or name not in DIMENSIONS:
            continue
        grey = view.levels[row.key] is Level.UNKNOWN
        unlocks = f"A colour: {_UNLOCKS[name]}" if grey else sentence(_UNLOCKS[name])[:-1]
        use = (0.0 if grey else 2.0, -float(row.weight or 0), -float(client.fee or 0))
        table, column, header = DIMENSIONS[name]
        gaps.append(
            Gap(
                use,
                _place(view, table, column, header),
                row.key,
                text(client.client),
                sentence(text(row.sentence)) or "Nothing",
                unlocks,
                _cell_link(view, table, column, client),
            )
        )
    return gaps


def _problems(view: View) -> list[Gap]:
    keys = {text(row.client).casefold(): key for key, row in view.clients.items()}
    found = {str(problem): problem for problem in (*view.tables.problems, *view.assessment.problems)}
    return [_problem(view, problem, keys) for problem in found.values()]


def _problem(view: View, problem: Problem, keys: dict[str, str]) -> Gap:
    ref = problem.ref
    key = keys.get(ref.client.casefold(), "")
    grey = bool(key) and view.levels[key] is Level.UNKNOWN
    place = " › ".join(filter(None, [ref.tab, ref.header]))
    link = Link(ref.tab, ref.row or 1, ref.column or 1) if ref.tab else None
    use = (0.5 if grey else 1.0, -float(problem.count), 0.0)
    return Gap(use, place, key, ref.client, sentence(problem.message), sentence(problem.hint), link)


def _missed(view: View) -> list[Gap]:
    touchpoints = view.assessment.touchpoints
    missed = touchpoints[touchpoints["state"] == "missed"]
    gaps = []
    for row in rows_of(missed):
        client = view.clients.get(row.key)
        words = sentence(text(row.sentence)) or f"{text(row.title)} looks missed."
        gaps.append(
            Gap(
                (3.0, 0.0, 0.0),
                text(row.title),
                row.key,
                text(client.client if client else row.key),
                words,
                "The day that it was done, if it was",
            )
        )
    return gaps


def _place(view: View, table: str, column: str, header: str) -> str:
    found = view.tables[table].columns.get(column)
    title = view.tables[table].tab or table.capitalize()
    if column == "last_contact" and not found and view.tables["interactions"].present:
        return f"{view.tables['interactions'].tab} › a contact"
    return f"{title} › {found.header if found else header}"


def _cell_link(view: View, table: str, column: str, client: Any) -> Link | None:
    found = view.tables[table].columns.get(column)
    if not found or not view.tables[table].tab:
        return None
    row = int(client.row) if table == "clients" and client.row else view.tables[table].header_row
    return Link(view.tables[table].tab, row, found.column)


def _cells(view: View, gap: Gap) -> tuple[Cell, ...]:
    client = view.client(gap.key) if gap.key in view.clients else Cell(gap.client or None, wrap=True)
    return (
        Cell(gap.fill_in or None, link=gap.link, wrap=True),
        client,
        Cell(gap.there or None, wrap=True),
        Cell(gap.unlocks or None, wrap=True),
    )


def _title(view: View, gaps: list[Gap]) -> str:
    if not view.clients:
        return "Data Check: no clients yet"
    if not gaps:
        return "Data Check: nothing is missing"
    grey = {key for key, level in view.levels.items() if level is Level.UNKNOWN}
    fields = Counter(gap.fill_in.rsplit(" › ", 1)[-1] for gap in gaps if gap.key in grey and gap.use[0] == 0.0)
    if not fields:
        return f"Data Check: {count(len(gaps), 'cell')} to look at"
    field, number = max(fields.items(), key=lambda pair: pair[1])
    return f"Fill in {field} for {count(number, 'client')}: {number:,} fewer Unknown"
