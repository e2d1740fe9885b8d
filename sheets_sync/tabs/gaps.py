"""What is missing or cannot be read, as gaps that a person can fill: where, whose, what is there, what it unlocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sheets_sync.model import Level, Link, Problem
from sheets_sync.tabs.view import View
from sheets_sync.tabs.words import cut, rows_of, sentence, short, text
from sheets_sync.tracker.history import split_ids
from sheets_sync.tracker.schema import TABLES

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


def gaps_of(view: View) -> list[Gap]:
    """Blank cells that keep a client from being judged, then what could not be read, then other blanks."""
    return [*_blanks(view), *_problems(view), *_typed(view), *_old_dates(view)]


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
        link=Link(ref.tab, ref.row or 1, ref.column or 1) if view.tables.inside(ref.tab) else None,
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
    part, _ = view.tables[table].place(column, None)
    found, title = part.columns.get(column), part.tab or table.capitalize()
    if column == "last_contact" and not found and view.tables["interactions"].present:
        return f"{view.tables['interactions'].tab} › a contact"
    return f"{title} › {found.header if found else header}"


def _cell_link(view: View, table: str, column: str, client: Any) -> Link | None:
    part, _ = view.tables[table].place(column, None)
    found = part.columns.get(column)
    row = int(client.row) if table == "clients" and client.row else part.header_row
    return part.link(row, found.column) if found else None
