"""Voice: what clients say, by quarter and in their own words, with what we still owe them for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sheets_sync.model import Block, Cell, Chart, Level, Series, Tab, TableBlock, TableColumn, TableRow
from sheets_sync.tabs.charts import colours
from sheets_sync.tabs.themes import named, several_say
from sheets_sync.tabs.view import LONG_NAME, View, heading, top
from sheets_sync.tabs.words import count, cut, day, quarter, rows_of, sentence, short, text

WIDTHS = (24.0, 13.0, 10.0, 10.0, 18.0, 44.0, 44.0, 44.0)
MOST_ANSWERS, MOST_OPEN = 500, 50
LONG_TEXT = 240
# The chart stands right of the quarters, over the last two columns.
_CHART_COLUMN, _CHART_CM, _CHART_ROWS, _ROW_CM = 7, 16.5, 9, 0.53
_DATA_COLUMN = 12
_SIDES = (("0–6", "detractors", Level.RISK), ("7–8", "passives", Level.WATCH), ("9–10", "promoters", Level.OK))


def tab(view: View) -> Tab | None:
    """The score by quarter, what is open, what several say, and every answer; None where nobody was asked and nobody
    said anything."""
    boards = view.assessment.boards
    answers, quarters = rows_of(boards.answers), rows_of(boards.quarters)
    asking = rows_of(boards.asking)
    if not (answers or quarters or len(boards.themes) or any(text(one.state) == "waiting" for one in asking)):
        return None
    lines = [line for line in (_again(view, answers), _owed(view, asking), _waiting(view, asking)) if line]
    blocks: list[Block] = [top(_title(view, answers), *lines, span=len(WIDTHS))]
    row = len(lines) + 3
    parts = (_quarters(quarters), _open(view, answers), several_say(view))
    for words, columns, rows in (*parts, _answers(view, answers)):
        if not rows:
            continue
        last = words.startswith(_ANSWERS)
        blocks += [heading(words, row, span=len(WIDTHS)), TableBlock((row + 1, 1), columns, rows, filter=last)]
        drawn = _chart(view, quarters, row + 1) if words == _QUARTERS else None
        blocks += [drawn] if drawn else []
        row += max(len(rows) + 1, _CHART_ROWS if drawn else 0) + 2
    return Tab("voice", view.titles["voice"], tuple(blocks), WIDTHS, print_columns=len(WIDTHS))


_QUARTERS, _ANSWERS = "By quarter", "What they said"
Part = tuple[str, tuple[TableColumn, ...], tuple[TableRow, ...]]


def _title(view: View, answers: Sequence[Any]) -> str:
    """What the answers of a year come to, as the Scorecard has it, and how many wait for us."""
    waits = sum(1 for one in answers if text(one.loop) == "open")
    end = f"; {count(waits, 'answer waits', 'answers wait')} for us" if waits else ""
    found = next((metric for metric in rows_of(view.assessment.metrics) if text(metric.id) == "nps"), None)
    if found is None or not found.n:
        said = count(len(answers), "answer") if answers else "no scores yet"
        return f"Clients’ voice: {said}{end}"
    if found.value is None:
        return f"Clients’ voice: {count(int(found.n), 'score')}, too few to sum up{end}"
    return f"Clients’ voice: {float(found.value):.0f} (NPS) from {count(int(found.n), 'answer')}{end}"


def _again(view: View, answers: Sequence[Any]) -> str:
    """How many would work with us again, and who would not [A40]."""
    said = [one for one in answers if one.said_last]
    if not said:
        return ""
    yes = sum(1 for one in said if text(one.again) == "yes")
    no = named(view, (one.key for one in said if text(one.again) == "no"))
    refused = f" Not again: {no}." if no else ""
    return f"Would work with us again: {yes:,} of {len(said):,}.{refused}"


def _waiting(view: View, asking: Sequence[Any]) -> str:
    """Invitations without an answer [A31]."""
    names = named(view, (one.key for one in asking if text(one.state) == "waiting"))
    return f"Asked and not answered yet: {names}." if names else ""


def _owed(view: View, asking: Sequence[Any]) -> str:
    """Questions that are due, of milestones and of the quarter [A28] [A34]."""
    names = named(view, (one.key for one in asking if text(one.state) in ("owed", "late")))
    return f"Still to ask: {names}; what and by when is in {view.titles['diary']}." if names else ""


def _quarters(quarters: Sequence[Any]) -> Part:
    columns = (
        TableColumn("Quarter"),
        TableColumn("Answered", note="Of the invitations sent in that quarter; one that is still open is left out."),
        *(TableColumn(name) for name, _, _ in reversed(_SIDES)),
        TableColumn("Score (NPS)", note="Share of 9s and 10s less share of 0s to 6s, each contact's latest answer."),
    )
    rows = [
        TableRow("", (
            Cell(quarter(one.quarter)),
            Cell(f"{one.replied:,} of {one.sent:,}" if one.sent else None),
            *(Cell(_of(getattr(one, side), one.answers)) for _, side, _ in reversed(_SIDES)),
            Cell(_score(one), wrap=True),
        ))
        for one in reversed(quarters)
    ]  # fmt: skip
    return _QUARTERS, columns, tuple(rows)


def _of(number: int, answers: int) -> str | None:
    return f"{number:,} of {answers:,}" if number else None


def _score(one: Any) -> str | None:
    if not one.answers:
        return None
    words = "Too few answers for a score"
    if one.score is not None:
        words = f"{float(one.score):.0f}; anything from {float(one.low):.0f} to {float(one.high):.0f} is possible"
    return sentence(f"{words}. Again: {one.again_yes:,} of {one.again:,} yes" if one.again else words)


def _chart(view: View, quarters: Sequence[Any], row: int) -> Chart | None:
    """Stacked counts, from the second quarter on."""
    if sum(1 for one in quarters if one.answers) < 2:
        return None
    fills = colours(view)
    series = [
        Series(name, tuple(getattr(one, field) or None for one in quarters), fills[level])
        for name, field, level in _SIDES
        if any(getattr(one, field) for one in quarters)
    ]
    scores = tuple(None if one.score is None else round(float(one.score)) for one in quarters)
    if sum(score is not None for score in scores) > 1:
        series.append(Series("NPS", scores, "404040", line=True))
    return Chart(
        at=(row, _CHART_COLUMN),
        data_at=(1, _DATA_COLUMN),
        title="Answers by quarter",
        categories=tuple(quarter(one.quarter) for one in quarters),
        series=tuple(series),
        size=(_CHART_CM, round(_CHART_ROWS * _ROW_CM, 2)),
        until=(row + _CHART_ROWS - 1, len(WIDTHS)),
    )


def _open(view: View, answers: Sequence[Any]) -> Part:
    """What we said we would do and have not, and what nobody has answered, oldest first [A30] [B4]."""
    waits = [one for one in reversed(answers) if text(one.loop) == "open"]
    done = sum(1 for one in answers if text(one.loop) == "closed")
    columns = (
        TableColumn("Client"), TableColumn("Since"), TableColumn("Score"), TableColumn("Again"), TableColumn("Owner"),
        TableColumn("To do"), TableColumn("What could be better"), TableColumn("What went well"),
    )  # fmt: skip
    rows = tuple(
        TableRow("", (
            view.client(one.key, most=LONG_NAME),
            Cell(day(one.on, view.today)),
            _score_cell(view, one),
            Cell(text(one.again).capitalize() or None, level=Level.WATCH if text(one.again) == "no" else None),
            Cell(cut(text(one.owner), LONG_NAME) or None),
            Cell(_to_do(one), wrap=True, level=Level.WATCH),
            *(_words(words) for words in (one.improve, one.did_well)),
        ))
        for one in waits[:MOST_OPEN]
    )  # fmt: skip
    more = f"; {len(waits) - MOST_OPEN:,} more not shown" if len(waits) > MOST_OPEN else ""
    return f"Waits for us: {len(waits):,} open, {done:,} done{more}", columns, rows


def _to_do(one: Any) -> str:
    action = cut(text(one.action), LONG_TEXT)
    return f"{Level.WATCH.symbol} {action or 'Thank them, ask what was behind it, and enter what we do'}"


def _score_cell(view: View, one: Any) -> Cell:
    """A score, with the link to its row; a low one that waits is coloured as it stands in Health."""
    level = None
    if text(one.loop) == "open" and text(one.side) == "detractor":
        points = view.playbook.settings.health.feedback.points
        worth = next((band.points for band in points if one.score >= band.score), 0.0)
        level = Level.WATCH if worth else Level.RISK
    if one.score is None:
        return Cell()
    number = f"{one.score:g}/10"
    link = view.tables["surveys"].link(int(one.row))
    return Cell(f"{level.symbol} {number}" if level else number, level=level, link=link)


def _answers(view: View, answers: Sequence[Any]) -> Part:
    columns = (
        TableColumn("Client"), TableColumn("On"), TableColumn("Score"), TableColumn("Again"), TableColumn("Contact"),
        TableColumn("What went well"), TableColumn("What could be better"), TableColumn("What came of it"),
    )  # fmt: skip
    rows = tuple(
        TableRow("", (
            view.client(one.key, most=LONG_NAME),
            Cell(day(one.on, view.today)),
            _score_cell(view, one),
            Cell(text(one.again).capitalize() or None),
            Cell(cut(text(one.contact), LONG_NAME) or None),
            _words(one.did_well),
            _words(" · ".join(filter(None, (text(one.improve), text(one.other))))),
            _words(_came_of_it(view, one)),
        ))
        for one in answers[:MOST_ANSWERS]
    )  # fmt: skip
    more = f"; {len(answers) - MOST_ANSWERS:,} older ones not shown" if len(answers) > MOST_ANSWERS else ""
    return f"{_ANSWERS}, newest first{more}", columns, rows


def _came_of_it(view: View, one: Any) -> str:
    action, loop = text(one.action), text(one.loop)
    if loop == "closed":
        return f"{action.rstrip('.')}: done {short(one.done_on, view.today)}" if action else (
            f"Answered {short(one.done_on, view.today)}")  # fmt: skip
    return f"Open: {action or 'not answered yet'}" if loop == "open" else action


def _words(words: Any) -> Cell:
    return Cell(cut(text(words), LONG_TEXT) or None, wrap=True)
