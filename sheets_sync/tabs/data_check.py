"""Data Check: what to fill in next, the most useful first."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sheets_sync.model import Block, Cell, Level, Link, Problem, Tab, TableBlock, TableColumn, TableRow
from sheets_sync.tabs.view import View, empty, top
from sheets_sync.tabs.words import count, cut, rows_of, sentence, short, text
from sheets_sync.tracker.history import split_ids
from sheets_sync.tracker.schema import TABLES

HEADER_ROW = 4
MOST_LINES = 30
WIDTHS = (30.0, 22.0, 62.0, 50.0)
COLUMNS = (
    TableColumn("Fill in"),
    TableColumn("Client"),
    TableColumn("What is there"),
    TableColumn("What it unlocks"),
)

# What a dimension that is unknown for a client waits for: table, column, its usual header, and what then counts.
DIMENSIONS = {
    "contact": ("clients", "last_contact", "Last contact", "silence counts"),
    "outcomes": ("projects", "current", "Current", "results count"),
    "issues": ("issues", "raised_at", "Raised at", "open issues count"),
    "feedback": ("surveys", "score", "Score", "their answers count"),
    "commercial": ("clients", "renewal_date", "Renewal date", "the renewal counts"),
    "relationship": ("clients", "key_contact", "Key contact", "who speaks for them counts"),
}
_CELL = r"[A-Z]{1,3}[0-9]+"
_PLACES = (
    (re.compile(rf"\(({_CELL}): "), "("),
    (re.compile(rf" \((?:column [A-Z]{{1,3}}|{_CELL})(?:(?:, | and ){_CELL})*(?: …)?\)"), ""),
    (re.compile(rf"(?:, such as|:) {_CELL}(?:, {_CELL})*(?: and {_CELL})?(?=\.|$)"), ""),
)


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
    dimension: str = ""


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
    """Blank cells that keep a client from being judged, then what could not be read, then other blanks."""
    return [*_blanks(view), *_problems(view), *_typed(view), *_old_dates(view)]


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
    grey = {key for key, level in view.levels.items() if level is Level.UNKNOWN}
    # Where nobody's contact is known the dimension is off, and still the first thing that an Unknown waits for.
    waits = dimensions["key"].isin(grey) & (dimensions["name"] == "contact") & (dimensions["state"] == "off")
    return [
        _blank(view, row, row.key in grey)
        for row in rows_of(dimensions[(dimensions["state"] == "unknown") | waits])
        if row.name in DIMENSIONS and view.levels.get(row.key, Level.NONE) is not Level.NONE
    ]


def _blank(view: View, row: Any, grey: bool) -> Gap:
    client = view.clients[row.key]
    table, column, header, counts = DIMENSIONS[row.name]
    return Gap(
        use=(0.0 if grey else 2.0, -float(row.weight or 0), -float(client.fee or 0)),
        fill_in=_place(view, table, column, header),
        key=row.key,
        client=text(client.client),
        there=sentence(text(row.sentence)) if text(row.state) == "unknown" else "Nothing.",
        unlocks=f"A colour: {counts}." if grey else sentence(f"{counts} in Health"),
        link=_cell_link(view, table, column, client),
        dimension=row.name,
    )


def _problems(view: View) -> list[Gap]:
    keys = {text(row.client).casefold(): key for key, row in view.clients.items()}
    found = {str(problem): problem for problem in (*view.tables.problems, *view.assessment.problems)}
    return [_problem(view, problem, keys) for problem in found.values()]


def _problem(view: View, problem: Problem, keys: dict[str, str]) -> Gap:
    ref = problem.ref
    client = ref.client if problem.count == 1 else ""
    key = keys.get(client.casefold(), "")
    grey = bool(key) and view.levels[key] is Level.UNKNOWN
    words = " ".join(filter(None, [sentence(without_cells(problem.message)), sentence(without_cells(problem.hint))]))
    return Gap(
        use=(0.5 if grey else 1.0, -float(problem.count), 0.0),
        fill_in=" › ".join(filter(None, [ref.tab, ref.header])),
        key=key,
        client=client,
        there=words,
        unlocks=_unlocks(view, problem),
        link=Link(ref.tab, ref.row or 1, ref.column or 1) if ref.tab else None,
    )


def _typed(view: View) -> list[Gap]:
    """Dates in the Diary that could not be read."""
    gaps = []
    for one in view.history.inputs:
        key = next((key for _, key, _ in split_ids(one.row_id)), "")
        for header, value in (("Done on", one.done_on), ("Snooze until", one.snooze_until)):
            if isinstance(value, str):
                name = text(view.clients[key].client) if key in view.clients else key
                words = f"“{cut(value, 40)}” is not a date. Type it as 27/11/{view.today.year}."
                place = f"{view.titles['diary']} › {header}"
                gaps.append(Gap((0.7, 0.0, 0.0), place, key, name, words, "What was typed counts.", None))
    return gaps


def _old_dates(view: View) -> list[Gap]:
    """Renewal dates that have long passed, of clients who are still here."""
    renewals = view.assessment.renewals
    return [
        Gap(
            use=(0.8, 0.0, -float(view.clients[row.key].fee or 0)),
            fill_in=_place(view, "clients", "renewal_date", "Renewal date"),
            key=row.key,
            client=text(view.clients[row.key].client),
            there=f"{short(row.date, view.today)}, long past, and they are still a client.",
            unlocks="The renewal counts in Health.",
            link=_cell_link(view, "clients", "renewal_date", view.clients[row.key]),
        )
        for row in rows_of(renewals[renewals["state"] == "old date"])
    ]


def without_cells(words: str) -> str:
    """A problem's sentence without cell addresses: rows move, and the link beside it does not."""
    for pattern, instead in _PLACES:
        words = pattern.sub(instead, words)
    return words


def _unlocks(view: View, problem: Problem) -> str:
    for name, table in view.tables.by_name.items():
        if table.tab == problem.ref.tab and table.present and name in TABLES:
            for column, found in table.columns.items():
                if found.header == problem.ref.header and column in TABLES[name]:
                    return TABLES[name][column].unlocks
    return ""


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
    fields = Counter((gap.fill_in.rsplit(" › ", 1)[-1], gap.dimension) for gap in gaps if gap.use[0] == 0.0)
    if not fields:
        return f"Data Check: {count(len(gaps), 'thing')} to look at"
    (field, dimension), number = max(fields.items(), key=lambda pair: (pair[1], pair[0][1] == "contact"))
    helped = len(_judged_with_contact(view)) if dimension == "contact" else 0
    return f"Fill in {field} for {count(number, 'client')}" + (f": {helped:,} fewer Unknown" if helped else "")


def _judged_with_contact(view: View) -> set[str]:
    """The Unknown clients for whom a contact alone would be enough."""
    health = view.playbook.settings.health
    frame = view.assessment.dimensions
    grey = [key for key, level in view.levels.items() if level is Level.UNKNOWN]
    frame = frame[frame["key"].isin(grey)]
    contact = frame["name"] == "contact"
    waiting = set(frame.loc[contact & frame["state"].isin(["unknown", "off"]), "key"])
    known = contact | (frame["state"] == "known")
    counted = known | (frame["state"] == "unknown")
    sums = pd.DataFrame(
        {
            "weight": (frame["weight"] * counted).groupby(frame["key"]).sum(),
            "had": (frame["weight"] * known).groupby(frame["key"]).sum(),
            "known": known.groupby(frame["key"]).sum(),
            "counted": counted.groupby(frame["key"]).sum(),
        }
    )
    enough = (sums["known"] >= sums["counted"].clip(upper=health.known)) & (
        sums["had"] >= health.coverage * sums["weight"].astype(float)
    )
    return waiting & set(sums.index[enough])
