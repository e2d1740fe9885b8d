"""Data Check: what to fill in next, the most useful first."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from sheets_sync.model import Block, Cell, Level, Tab, TableBlock, TableColumn, TableRow, TextBlock
from sheets_sync.tabs.gaps import Gap, gaps_of
from sheets_sync.tabs.view import LONG_NAME, View, empty, heading, top
from sheets_sync.tabs.words import count, rows_of

HEADER_ROW = 4
MOST_LINES = 30
WIDTHS = (30.0, 22.0, 62.0, 50.0)
COLUMNS = (
    TableColumn("Fill in"),
    TableColumn("Client"),
    TableColumn("What is there"),
    TableColumn("What it unlocks"),
)


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
    if lines := exception_lines(view):
        cells = tuple((Cell(line, style="muted"),) for line in lines)
        at = HEADER_ROW + min(len(gaps), MOST_LINES) + 3
        blocks += [heading("Exceptions to the playbook", at, span=4), TextBlock((at + 1, 1), cells, 4)]
    return Tab(
        "data_check",
        view.titles["data_check"],
        tuple(blocks),
        WIDTHS,
        freeze=HEADER_ROW if gaps else 0,
        repeat=(HEADER_ROW, HEADER_ROW) if gaps else None,
        print_columns=len(COLUMNS),
    )


def exception_lines(view: View) -> list[str]:
    """Who is treated otherwise than the playbook says for all, a line a value [E17]."""
    return [
        f"{row.title} ({row.whom}; {count(row.clients, 'client')}): {row.what}" + (f". {row.why}" if row.why else "")
        for row in rows_of(view.assessment.boards.exceptions)
    ]


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


def _cells(view: View, gap: Gap) -> tuple[Cell, ...]:
    client = view.client(gap.key, most=LONG_NAME) if gap.key in view.clients else Cell(gap.client or None, wrap=True)
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
