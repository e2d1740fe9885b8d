"""Care Plan: what we owe our clients, whom we could ask for a favour, who speaks for us, and what it all costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sheets_sync.model import Block, Cell, Level, Tab, TableBlock, TableColumn, TableRow
from sheets_sync.rules.advocates import RUNGS
from sheets_sync.rules.consent import ALLOWED
from sheets_sync.rules.given import REFUSED, UNKNOWN
from sheets_sync.tabs.view import LONG_NAME, View, heading, top
from sheets_sync.tabs.words import as_date, count, cut, listed, money, rows_of, sentence, short, text

MOST = 100
WIDTHS = (26.0, 30.0, 14.0, 20.0, 70.0)
# The lines of the Diary that this tab gathers: the lines of the practice that their entries carry.
_OWED = frozenset(("A21", "A22", "A97", "A98", "A101"))
_OPEN = ("due", "overdue", "upcoming", "snoozed")


def tab(view: View) -> Tab | None:
    """The blocks that have a row; None when none has."""
    parts = [part for make in _PARTS if (part := make(view))]
    if not parts:
        return None
    blocks: list[Block] = [top(_title(view), *_notes(view), span=len(WIDTHS))]
    row = 3 + len(_notes(view))
    for title, headers, rows, total in parts:
        columns = tuple(TableColumn(header, "date" if i == 2 else "text") for i, header in enumerate(headers))
        left = total - len(rows)
        more = f" (the first {MOST}, {left:,} more)" if left > 0 else ""
        blocks += [heading(title + more, row, span=len(WIDTHS)), TableBlock((row + 1, 1), columns, tuple(rows))]
        row += len(rows) + 3
    return Tab("care_plan", view.titles["care_plan"], tuple(blocks), WIDTHS, freeze=1, print_columns=len(WIDTHS))


# A block: its heading, headers, the rows that are shown, and how many there are in all.
Part = tuple[str, tuple[str, ...], list[TableRow], int]


def _title(view: View) -> str:
    owed = len(view.assessment.boards.rewards) + len(_lines(view))
    found = view.assessment.boards.candidates
    free = int(found["permission"].eq(ALLOWED).sum()) if len(found) else 0
    parts = [f"{owed:,} owed"] if owed else []
    parts += [f"{free:,} could be asked for a favour"] if free else []
    parts += [f"{len(found) - free:,} would need to agree first"] if len(found) > free else []
    return "Care: " + (", ".join(parts) or "nothing owed")


def _notes(view: View) -> list[str]:
    """What goodwill and gifts cost, a line each [A53] [A100] [D12]."""
    lines = []
    for row in rows_of(view.assessment.boards.spend):
        budget = f" of {money(float(row.budget))}" if row.budget is not None else ", no budget to compare with"
        over = row.budget is not None and row.spent > row.budget
        open_ = f"; {count(row.open, 'line')} without a cost" if row.open else ""
        since = short(row.since, view.today)
        mark = f"{Level.WATCH.symbol} Over budget: " if over else ""
        lines.append(f"{mark}{text(row.name).capitalize()} since {since}: {money(float(row.spent))}{budget}{open_}.")
    return lines


def _lines(view: View) -> list[Any]:
    """Open and coming lines of the Diary about appreciation, rewards apart."""
    entries = view.playbook.touchpoints
    names = {name for name, entry in entries.items() if _OWED & set(entry.ids) and "A97" not in entry.ids}
    frame = view.assessment.touchpoints
    ahead = view.today + timedelta(days=view.playbook.settings.care.anniversary_ahead_days)
    rows = rows_of(frame[frame["id"].isin(names) & frame["state"].isin(_OPEN)].sort_values("due", kind="stable"))
    return [row for row in rows if (as_date(row.due) or view.today) <= ahead]


def _owed(view: View) -> Part | None:
    """[A21] [A22] [A97] [A98] [A101] Rewards first, then congratulations, news and anniversaries by day."""
    care = view.tables["care"]
    rows = [
        TableRow("", (
            view.client(row.key, most=LONG_NAME),
            Cell(f"{Level.WATCH.symbol} Reward owed", level=Level.WATCH,
                 link=care.link(int(row.row))),
            Cell(as_date(row.on), kind="date"),
            Cell("Promised"),
            Cell(cut(text(row.reward), 2 * LONG_NAME), wrap=True),
        ))
        for row in rows_of(view.assessment.boards.rewards.head(MOST))
    ]  # fmt: skip
    lines = _lines(view)
    for row in lines[: MOST - len(rows)]:
        state = {"upcoming": "Comes", "snoozed": "Snoozed"}.get(text(row.state), "Open")
        rows.append(TableRow("", (
            view.client(row.key, most=LONG_NAME),
            Cell(text(row.title)),
            Cell(as_date(row.opens) or as_date(row.due), kind="date"),
            Cell(state),
            Cell(_about(view, row), wrap=True),
        )))  # fmt: skip
    total = len(view.assessment.boards.rewards) + len(lines)
    return ("Owed", ("Client", "What", "Since or on", "State", "In words"), rows, total) if rows else None


def _about(view: View, row: Any) -> str:
    record = row.fields if isinstance(row.fields, dict) else {}
    if record.get("note") is not None and text(record.get("note")):
        return cut(text(record["note"]), 2 * LONG_NAME)
    facts = view.assessment.facts
    years = text(facts.at[row.key, "anniversary"]) if row.key in facts.index else ""
    return f"{years} together" if years and "A98" in view.playbook.touchpoints[row.id].ids else ""


def _candidates(view: View) -> Part | None:
    """[A33] [A95] [A96] [B10] [D18] Whom to ask for what; without a yes, the first thing to ask for is that yes."""
    rows = []
    board = view.assessment.boards.candidates
    for row in rows_of(board.head(MOST)):
        free = row.permission == ALLOWED
        state = f"{Level.OK.symbol} Agreed" if free else f"{Level.UNKNOWN.symbol} Ask for a yes first"
        who = f" ({text(row.contact)})" if text(row.contact) else ""
        rows.append(TableRow("", (
            view.client(row.key, most=LONG_NAME),
            Cell(text(row.ask).capitalize()),
            Cell(as_date(row.last), kind="date"),
            Cell(state + who, wrap=True),
            Cell(cut(text(row.because), 2 * LONG_NAME), wrap=True),
        )))  # fmt: skip
    return (
        ("Could be asked for", ("Client", "For", "Last", "Permission", "Why now"), rows, len(board)) if rows else None
    )


_RUNG_WORDS = {
    "red": "At risk",
    "recovered": "Recovered",
    "promoter": "Would recommend us",
    "referred": "Recommended us",
}
_NEXT = {"recovered": "Ask for a score: how is it now?", "promoter": "Ask whom they would recommend us to"}


def _ladder(view: View) -> Part | None:
    """[D18] From at risk to recommending us; those who only are at risk stand in At Risk."""
    board = rows_of(view.assessment.boards.advocates)
    rungs = [text(row.rung) for row in board]
    if not any(rung != RUNGS[0] for rung in rungs):
        return None
    rows = []
    shown = [row for row in board if row.rung != RUNGS[0]]
    for row in shown[:MOST]:
        ready = f"{Level.OK.symbol} Ready for the next" if row.ready else None
        next_ = _NEXT.get(text(row.rung), "") if row.ready else ""
        next_ += "; they have to agree to it first" if row.waits else ""
        was = "Was at risk before. " if row.was_red and row.rung != "recovered" else ""
        rows.append(TableRow("", (
            view.client(row.key, most=LONG_NAME),
            Cell(_RUNG_WORDS[text(row.rung)]),
            Cell(as_date(row.on), kind="date"),
            Cell(ready),
            Cell(was + next_ or None, wrap=True),
        )))  # fmt: skip
    counts = [f"{rungs.count(rung):,} {_RUNG_WORDS[rung].lower()}" for rung in RUNGS if rung in rungs]
    return f"Who speaks for us: {', '.join(counts)}", ("Client", "Where", "Since", "Next", "In words"), rows, len(shown)


def _loyalty(view: View) -> Part | None:
    """[B5] [B9] [B10] [B15] Members and what they do; who is none and could be told of it."""
    board = rows_of(view.assessment.boards.loyalty)
    if not board:
        return None
    rows = []
    shown = [row for row in board if row.member or row.permission == ALLOWED]
    for row in shown[:MOST]:
        points = f"{row.points:,.0f} points" if row.points is not None else ""
        member = ", ".join(part for part in (text(row.tier), points) if part) or "Member"
        if row.member:
            state, words = (
                ("Takes part", None) if row.active else (f"{Level.UNKNOWN.symbol} Quiet", "Nothing within a year")
            )
        else:
            member, state, words = "No member", f"{Level.OK.symbol} May be invited", None
        cells = (Cell(member), Cell(as_date(row.last), kind="date"), Cell(state), Cell(words))
        rows.append(TableRow("", (view.client(row.key, most=LONG_NAME), *cells)))
    members = sum(bool(row.member) for row in board)
    active = sum(bool(row.member and row.active) for row in board)
    title = f"Loyalty programme: {count(members, 'member')}, {active:,} took part within a year"
    left = len(board) - len(shown)
    title += f"; {left:,} more could be invited once they agree to marketing" if left else ""
    return title, ("Client", "Tier and points", "Last activity", "State", "In words"), rows, len(shown)


def _gifts(view: View) -> Part | None:
    """[A100] The gift list of the season; those who refuse gifts stand last and never get one."""
    rows = []
    board = rows_of(view.assessment.boards.gifts)
    shown = [row for row in board if row.policy != UNKNOWN or row.sent]
    for row in shown[:MOST]:
        level = None
        if row.policy == REFUSED:
            state = f"{Level.RISK.symbol} Sent, but they refuse" if row.sent else f"{Level.UNKNOWN.symbol} Never"
            level = Level.RISK if row.sent else None
        elif row.sent:
            state = f"{Level.OK.symbol} Sent {short(row.sent, view.today)}"
        else:
            state = f"{Level.UNKNOWN.symbol} Ask first" if row.policy == UNKNOWN else "On the list"
        policy = {"small only": "Small gifts only", UNKNOWN: "Gift policy not known"}.get(text(row.policy), "")
        last = (Cell(as_date(row.last), kind="date"), Cell(state, level=level), Cell(None))
        rows.append(
            TableRow("", (view.client(row.key, most=LONG_NAME), Cell(policy or text(row.policy).capitalize()), *last))
        )
    left = len(board) - len(shown)
    more = f"; of {left:,} more the policy is not known, ask first" if left else ""
    return (
        (f"Gifts this season{more}", ("Client", "Gift policy", "Last season", "State", ""), rows, len(shown))
        if rows
        else None
    )


def _given(view: View) -> Part | None:
    """[A20] [A23] [A99] [A102] [D15] [D17] What they got within a year; whoever got a note longest ago comes first."""
    given = view.assessment.boards.given
    if given.empty:
        return None
    board = rows_of(given.sort_values("thanked", kind="stable", na_position="first"))
    rows = []
    for row in board[:MOST]:
        parts = [
            _counted(row.introductions, "introduction", row.introduced, view),
            _counted(row.advice, "piece of advice", row.advised, view, "pieces of advice"),
            _counted(row.shares, "article or idea", row.shared, view, "articles or ideas"),
            f"invited {count(row.invited, 'time')}" + (f", came {count(row.came, 'time')}" if row.came else "")
            if row.invited
            else "",
        ]
        gift = f"Gift {short(row.gift, view.today)}" if row.gift else None
        rows.append(TableRow("", (
            view.client(row.key, most=LONG_NAME),
            Cell("Thank-you note" if row.thanked else "No thank-you note yet"),
            Cell(as_date(row.thanked), kind="date"),
            Cell(gift),
            Cell(sentence(listed(part for part in parts if part)) or None, wrap=True),
        )))  # fmt: skip
    return (
        ("What they got within a year", ("Client", "Note", "Last", "Gift", "And beside it"), rows, len(board))
        if rows
        else None
    )


def _counted(number: Any, one: str, last: Any, view: View, many: str = "") -> str:
    return f"{count(number, one, many)} (last {short(last, view.today)})" if number and last else ""


_PARTS: Sequence[Callable[[View], Part | None]] = (_owed, _candidates, _ladder, _loyalty, _gifts, _given)
