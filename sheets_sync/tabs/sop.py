"""SOP: the procedure in force, to print and pin up: what it is for, every rule in plain words, how well it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from textwrap import wrap
from typing import Any

from sheets_sync.model import Block, Cell, Level, Tab, TableBlock, TableColumn, TableRow, TextBlock
from sheets_sync.playbook.exceptions import in_words
from sheets_sync.rules import anatomy
from sheets_sync.tabs.rule_words import conditions_in_words, rules_of
from sheets_sync.tabs.view import View, heading, top
from sheets_sync.tabs.words import count, cut, day, monday, rows_of, text
from sheets_sync.tabs.worth_knowing import kept_share

WIDTHS = (24.0, 42.0, 36.0, 16.0, 36.0, 38.0, 16.0)
SPAN = len(WIDTHS)
MOST_RULES = 300
MOST_LINES = 10
_LINE = 150
RULES = (
    TableColumn("Rule"),
    TableColumn("What to do"),
    TableColumn("When"),
    TableColumn("Who"),
    TableColumn("Done when"),
    TableColumn("If not, or if worse"),
    TableColumn("Text", note="sheets-sync explain --client NAME --text TEXT prints it, filled in for a client."),
)
KEPT = (
    TableColumn("Rule"),
    TableColumn("In time", note="Of what fell due in these weeks."),
    TableColumn("In as many weeks before"),
    TableColumn("Late now", note="Of a warning: the clients that it fires for."),
    TableColumn("Done at all", note="In time or late."),
)


def tab(view: View) -> Tab:
    """The whole procedure, made from the rules in force [E6] [E2] [B6]."""
    rules = rules_of(view.playbook)[:MOST_RULES]
    gone = anatomy.missing(view.playbook)
    blocks: list[Block] = [top(_title(view, len(rules), len(gone)), _kept_in_all(view), span=SPAN)]
    row = len(blocks[0].lines) + 2  # type: ignore[union-attr]
    for block in (_anatomy(view, row), *_changed(view)):
        placed = TextBlock((row, 1), block.lines, SPAN)
        blocks.append(placed)
        row += len(placed.lines) + 1
    header = row
    table = TableBlock((row, 1), RULES, tuple(_rules(rules)))
    blocks.append(table)
    row += len(table.rows) + 2
    for chapter in view.playbook.chapters:
        lines = [(Cell(line),) for one in chapter.lines for line in wrap(f"• {one}", _LINE, subsequent_indent="   ")]
        blocks.append(TextBlock((row, 1), ((Cell(chapter.title, style="strong"),), *lines), SPAN))
        row += len(lines) + 2
    kept = tuple(_kept(view))
    if kept:
        blocks += [heading(f"How well it is kept: {_weeks(view)}", row), TableBlock((row + 1, 1), KEPT, kept)]
    return Tab("sop", view.titles["sop"], tuple(blocks), WIDTHS, freeze=1, repeat=(header, header), print_columns=SPAN)


def _title(view: View, rules: int, gone: int) -> str:
    lacks = f", {count(gone, 'part')} missing" if gone else ""
    return f"{view.playbook.title or 'Our procedure'}: {count(rules, 'rule')} in force{lacks}"


def _anatomy(view: View, row: int) -> TextBlock:
    playbook, gone = view.playbook, anatomy.missing(view.playbook)
    steps = [f"{number}. {step}" for number, step in enumerate(playbook.steps, start=1)]
    said = {
        "objective": [playbook.objective],
        "scope": [playbook.scope],
        "steps": steps,
        "feedback": [playbook.feedback],
        "version": [f"{playbook.version} of “{playbook.name}”"],
        "owner": [playbook.owner],
    }
    lines: list[tuple[Cell, ...]] = []
    for part, texts in said.items():
        texts = [line for one in texts for line in wrap(one, _LINE)]
        cells = [Cell("▲ Not written yet.", level=Level.WATCH)] if part in gone else [Cell(line) for line in texts]
        lines += [(Cell(anatomy.PARTS[part] if not i else None, style="strong"), cell) for i, cell in enumerate(cells)]
    due = day(playbook.next_review, view.today)
    late = anatomy.review_overdue(playbook, view.today)
    review = Cell(f"▲ Was due on {due}", level=Level.WATCH) if late else Cell(due)
    return TextBlock((row, 1), (*lines, (Cell("Next review", style="strong"), review)), SPAN)


def _changed(view: View) -> Iterator[TextBlock]:
    """Numbers that the tracker sets otherwise than the file, exceptions, and what people suggest."""
    table = view.tables["playbook"]
    numbers = [Cell(f"{one}", link=table.link(one.at.row, one.at.column or 1)) for one in view.overrides]
    otherwise = [
        Cell(f"{one.title}: {', '.join(one.clients) or conditions_in_words(one.when)}. {'; '.join(words)}. {one.why}")
        for one in view.playbook.exceptions
        if (words := in_words(view.playbook, one))
    ]
    waiting, decided = _suggestions(view)
    for title, cells in (
        ("Numbers changed in this tracker", numbers),
        ("Treated otherwise", otherwise),
        ("Suggestions that wait for a decision", waiting),
        ("Decided lately", decided),
    ):
        if cells:
            more = [Cell(f"and {len(cells) - MOST_LINES:,} more", style="muted")] if len(cells) > MOST_LINES else []
            shown = [*cells[:MOST_LINES], *more]
            yield TextBlock((1, 1), ((Cell(title, style="strong"),), *((cell,) for cell in shown)), SPAN)


def _suggestions(view: View) -> tuple[list[Cell], list[Cell]]:
    """[E14] What waits, and what was decided, each with a jump to its row."""
    waiting, decided = [], []
    for one in rows_of(view.assessment.boards.suggestions):
        link = view.tables["sop_feedback"].link(int(one.row))
        about = f"{text(one.entry) or 'The SOP'}: “{cut(text(one.suggestion), _LINE)}”"
        if one.state == "waiting":
            said = ", ".join(filter(None, [day(one.date, view.today) if one.date else "", text(one.by)]))
            waiting.append(Cell(f"{about}{f' ({said})' if said else ''}", link=link))
        else:
            when = day(one.decided_on, view.today) if one.decided_on else ""
            decided.append(Cell(": ".join(filter(None, [when, text(one.decision), about])), link=link))
    return waiting, decided


def _rules(rules: list[Any]) -> Iterator[TableRow]:
    section = None
    for rule in rules:
        if rule.section != section:
            section = rule.section
            yield TableRow("", (Cell(section or "More rules", style="heading"),), heading=True)
        yield TableRow(
            "",
            (
                Cell(rule.title, style="strong", wrap=True),
                *(Cell(words or None, wrap=True) for words in (rule.do, rule.when)),
                Cell(cut(rule.who, 30), wrap=True),
                *(Cell(words or None, wrap=True) for words in (rule.done, rule.then)),
                Cell(rule.text.replace("_", " ") or None, wrap=True),
            ),
        )


def _weeks(view: View) -> str:
    weeks = view.playbook.settings.practice.weeks
    last: date = monday(view.today) - timedelta(days=1)
    return f"the {weeks} weeks to {day(last, view.today)}"


def _kept_in_all(view: View) -> str:
    frame = view.assessment.boards.practice
    due = int(frame["due"].fillna(0).sum()) if len(frame) else 0
    if not due:
        return ""
    good = int(frame["in_time"].fillna(0).sum())
    return f"In {_weeks(view)}, {good:,} of {due:,} that fell due were done in time; rule by rule at the end."


def _kept(view: View) -> Iterator[TableRow]:
    numbers = view.playbook.settings.practice
    for row in rows_of(view.assessment.boards.practice):
        share = kept_share(row.in_time, row.due, numbers.least)
        low = share is not None and share < numbers.low
        now = count(row.now, "client") if row.kind == "warning" else f"{row.now:,}"
        yield TableRow(
            text(row.id),
            (
                Cell(text(row.title), style="strong", wrap=True),
                Cell(f"▲ {_of(row.in_time, row.due)}", level=Level.WATCH)
                if low
                else Cell(_of(row.in_time, row.due) or None),
                Cell(_of(row.in_time_before, row.due_before) or None),
                Cell(now if row.now else None),
                Cell(_of(row.done, row.due) or None),
            ),
        )


def _of(some: Any, due: Any) -> str:
    """12 of 30 (40 %)"""
    return f"{some:,} of {due:,} ({some / due * 100:.0f} %)" if due else ""
