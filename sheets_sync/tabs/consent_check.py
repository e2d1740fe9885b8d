"""Consent Check: who may be approached for what, who must not be, and what that stops right now. Facts and dates."""

from __future__ import annotations

from typing import Any

from sheets_sync.model import Block, Cell, Level, Tab, TableBlock, TableColumn, TableRow, TextBlock
from sheets_sync.rules.consent import ALLOWED, ASK, STOPPED, needing
from sheets_sync.tabs.view import LONG_NAME, View, heading, top
from sheets_sync.tabs.words import as_date, count, cut, day, rows_of, text

Lines = list[tuple[Cell, ...]]
MOST, MOST_BLOCKED, MOST_CONSUMERS = 500, 50, 50
WIDTHS = (24.0, 13.0, 15.0, 13.0, 13.0, 18.0, 18.0, 28.0, 52.0)
COLUMNS = (
    TableColumn("Client"),
    TableColumn("Purpose", note="What they said it about: data, feedback, marketing or publicity."),
    TableColumn("State", note="A yes needs a day and evidence. Without one, marketing and publicity wait."),
    TableColumn("Since", "date", note="The day it was given; of a stopped one, the day they objected."),
    TableColumn("Until", "date", note="The day on which it runs out."),
    TableColumn("Whose word"),
    TableColumn("Basis"),
    TableColumn("Evidence"),
    TableColumn("In words"),
)
_MOMENTS = (
    ("Data collection", "data", "Before anything about a person is collected"),
    ("Feedback", "feedback", "Before a survey or a talk about how it goes"),
    ("Promotion", "marketing", "Before an offer, an invitation or asking for a referral"),
    ("Publicity", "publicity", "Before a testimonial, a case study or a shout-out"),
)
_CONSUMER = (
    "Marked as a consumer: the Consumer Rights Act 2015 applies (reasonable care and skill; if not, done again or a "
    "lower price)."
)


def tab(view: View) -> Tab | None:
    """Three moments to check, what waits for a yes, consumers, then what was said, stopped first; None when Consents
    says nothing and nobody is a consumer [B11] [B12]."""
    said = rows_of(view.assessment.boards.consents)
    buyers = _consumers(view)
    if not said and not buyers:
        return None
    span = len(COLUMNS)
    parts = [
        ("Check at three moments", _moments(view, said)),
        ("Waits for a yes right now", _blocked(view)),
        ("Consumers", _of_consumers(view, buyers)),
    ]
    blocks: list[Block] = [top(_title(view, said), *_notes(view, said), span=span)]
    row = 2 + len(blocks[0].lines) if isinstance(blocks[0], TextBlock) else 4
    for words, lines in parts:
        if lines:
            blocks += [heading(words, row, span=span), TextBlock((row + 1, 1), tuple(lines), span)]
            row += len(lines) + 2
    if said:
        rows = tuple(TableRow("", _cells(view, one)) for one in said[:MOST])
        blocks.append(heading("Who agreed to what; whoever is stopped is left out for good", row, span=span))
        blocks.append(TableBlock((row + 1, 1), COLUMNS, rows, filter=True))
    return Tab("consent_check", view.titles["consent_check"], tuple(blocks), WIDTHS, freeze=1, print_columns=span)


def _title(view: View, said: list[Any]) -> str:
    waiting = [one for one in said if one.state == ASK and one.purpose in needing(view.playbook)]
    parts = (
        (sum(one.state == STOPPED for one in said), "stopped"),
        (len(waiting), "to ask first"),
        (sum(bool(one.again) for one in said), "running out"),
        (sum(one.state == ALLOWED for one in said), "allowed"),
    )
    return "Consent: " + (", ".join(f"{number:,} {words}" for number, words in parts if number) or "nothing entered")


def _notes(view: View, said: list[Any]) -> list[str]:
    table = view.tables["consents"]
    strange = int(table.frame["key"].isna().sum())
    notes = [
        "A yes counts with its day and evidence, until it runs out or they object. Facts and dates, no legal advice."
    ]
    if len(said) > MOST:
        notes.append(f"{len(said) - MOST:,} more lines not shown.")
    if strange:
        notes.append(f"{count(strange, 'line')} of {table.tab} name no single client of yours: see Data Check.")
    return notes


def _moments(view: View, said: list[Any]) -> Lines:
    """What stands for each moment at which somebody has to look."""
    if not said:
        return []
    lines: Lines = []
    needs_yes = needing(view.playbook)
    for title, purpose, when in _MOMENTS:
        states = [one.state for one in said if one.purpose == purpose]
        silent = len(view.clients) - len(states)
        parts = [f"{states.count(ALLOWED):,} agreed"] if ALLOWED in states or purpose in needs_yes else []
        parts += [f"{states.count(STOPPED):,} stopped"] if STOPPED in states else []
        if purpose in needs_yes:
            waiting = states.count(ASK) + silent
            parts += [f"the other {waiting:,} have not agreed, so nothing goes to them"] if waiting else []
        else:
            parts.append("the others have not objected" if parts else "nobody objected")
        lines.append((Cell(title), Cell(f"{when}: {', '.join(parts)}.")))
    return lines


def _blocked(view: View) -> Lines:
    """Planned lines that the gate holds back, one a client and line."""
    frame = view.assessment.touchpoints
    waiting = frame[frame["state"].eq("blocked")]
    # Somebody who objected is more than somebody who was never asked.
    rank = waiting["reason"].str.startswith("No consent").fillna(False)
    ordered = waiting.assign(rank=rank).sort_values(["rank", "due"], kind="stable")
    lines: Lines = [
        (view.client(one.key, width=LONG_NAME), Cell(_held(view, one)))
        for one in rows_of(ordered.drop(columns="rank").head(MOST_BLOCKED))
    ]
    left = len(waiting) - len(lines)
    return [*lines, (Cell(f"and {left:,} more", style="muted"),)] if left else lines


def _held(view: View, line: Any) -> str:
    when = f", due {day(line.due, view.today)}" if line.due else ""
    return f"{text(line.title)}{when}. {text(line.reason)}"


def _consumers(view: View) -> list[Any]:
    frame = view.tables["clients"].frame
    return list(frame.index[frame["consumer"].fillna(False).to_numpy(bool)])


def _of_consumers(view: View, keys: list[Any]) -> Lines:
    lines: Lines = [(view.client(key, width=LONG_NAME), Cell(_CONSUMER)) for key in keys[:MOST_CONSUMERS]]
    left = len(keys) - len(lines)
    return [*lines, (Cell(f"and {left:,} more", style="muted"),)] if left else lines


def _cells(view: View, one: Any) -> tuple[Cell, ...]:
    level, words = _state(view, one)
    place = view.tables["consents"].link(int(one.row or 0))
    return (
        view.client(one.key, most=LONG_NAME),
        Cell(text(one.purpose), link=place),
        Cell(words, level=level),
        Cell(as_date(one.on), kind="date"),
        Cell(as_date(one.expires), kind="date"),
        Cell(cut(text(one.contact), LONG_NAME) or None, wrap=True),
        Cell(cut(text(one.basis), LONG_NAME) or None, wrap=True),
        Cell(cut(text(one.evidence), 2 * LONG_NAME) or None, wrap=True),
        Cell(text(one.sentence), wrap=True),
    )


def _state(view: View, one: Any) -> tuple[Level | None, str]:
    if one.state == STOPPED:
        return Level.RISK, f"{Level.RISK.symbol} Stopped"
    if one.again:
        return Level.WATCH, f"{Level.WATCH.symbol} Runs out"
    if one.state == ALLOWED:
        return None, f"{Level.OK.symbol} Allowed"
    # Without a yes, data and feedback go on until somebody objects.
    words = "Ask first" if one.purpose in needing(view.playbook) else "Incomplete"
    return (
        Level.UNKNOWN,
        f"{Level.UNKNOWN.symbol} {words}",
    )
