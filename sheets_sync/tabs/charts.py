"""The Dashboard's three charts; where there is nothing to draw, a sentence says what the chart waits for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pandas as pd

from sheets_sync.model import Block, Cell, Chart, Level, Series, TextBlock
from sheets_sync.tabs.diary import is_open
from sheets_sync.tabs.view import View
from sheets_sync.tabs.words import LEVEL_NAMES, as_date, count, cut, monday, short, text

# About as wide as the Dashboard columns beneath them, and as high as a row.
_WIDTHS_CM = (9.3, 10.2, 11.6)
_ROW_CM = 0.53
MOST_OWNERS = 8
WEEKS = 4
QUARTERS = 6
FEWEST_ANSWERS, ENOUGH_ANSWERS = 3, 10
LONGEST_NAME = 18
_CALM = {Level.RISK: "D9733F", Level.WATCH: "E3B505", Level.OK: "4A90C2", Level.UNKNOWN: "A6A6A6"}
_TRAFFIC_LIGHT = {Level.RISK: "D9534F", Level.WATCH: "E8B23A", Level.OK: "5FA55A", Level.UNKNOWN: "A6A6A6"}
# Left and right edges of the three, in Dashboard columns; their numbers stand right of the page.
_COLUMNS = ((1, 4), (6, 8), (9, 9))
_DATA_COLUMN = 12

OWNERS_TITLE = "Clients of each owner, by level"
WEEKS_TITLE = "To do by week"
ANSWERS_TITLE = "Survey answers by quarter"


def blocks(view: View, row: int, rows: int) -> tuple[Block, ...]:
    """The three charts side by side from `row` on, so many rows high."""
    return tuple(_placed(make(view, row), row, rows) for make in (_owners, _weeks, _answers))


def _placed(block: Block, row: int, rows: int) -> Block:
    """A chart as high as the others; a sentence as it is."""
    if not isinstance(block, Chart):
        return block
    right = dict(_COLUMNS)[block.at[1]]
    return replace(block, until=(row + rows - 1, right), size=(block.size[0], round(rows * _ROW_CM, 2)))


def colours(view: View) -> dict[Level, str]:
    """The fills of charts by level, strong enough for bars."""
    return _TRAFFIC_LIGHT if view.theme == "traffic-light" else _CALM


def _waits(title: str, words: str, row: int, place: int) -> TextBlock:
    lines = ((Cell(title, style="strong"),), (Cell(words, style="muted"),))
    left, right = _COLUMNS[place]
    return TextBlock((row, left), lines, right - left + 1)


def _chart(
    place: int, row: int, title: str, categories: Sequence[str], series: Sequence[Series], horizontal: bool = False
) -> Chart:
    return Chart(
        at=(row, _COLUMNS[place][0]),
        data_at=(1 + place * 15, _DATA_COLUMN),
        title=title,
        categories=tuple(categories),
        series=tuple(
            replace(one, values=tuple(number if number or one.line else None for number in one.values))
            for one in series
            if any(one.values)
        ),
        size=(_WIDTHS_CM[place], 0.0),
        horizontal=horizontal,
    )


def _owners(view: View, row: int) -> Block:
    judged = [key for key, level in view.levels.items() if level is not Level.NONE]
    owners = Counter(text(view.clients[key].owner) for key in judged)
    if not [owner for owner in owners if owner]:
        words = "Waits for an owner beside a client." if view.clients else "Waits for the first client."
        return _waits(OWNERS_TITLE, words, row, 0)
    if len(owners) == 1:
        words = f"All {count(len(judged), 'client')} are with {''.join(owners)}."
        return _waits(OWNERS_TITLE, words if len(judged) > 1 else "Waits for a second client.", row, 0)
    most = {owner for owner, _ in owners.most_common(MOST_OWNERS)}
    names = sorted(most, key=lambda owner: (not owner, owner.casefold()))
    counts: Counter[tuple[str, Level]] = Counter()
    for key in judged:
        owner = text(view.clients[key].owner)
        counts[owner if owner in most else "others", view.levels[key]] += 1
    names += ["others"] if len(owners) > len(most) else []
    series = [
        Series(LEVEL_NAMES[level], tuple(counts[name, level] for name in names), colour)
        for level, colour in colours(view).items()
    ]
    labels = [cut(name, LONGEST_NAME) or "No owner" for name in names]
    return _chart(0, row, OWNERS_TITLE, labels, series, horizontal=True)


def _weeks(view: View, row: int) -> Block:
    start = monday(view.today)
    after = (start + timedelta(weeks=i) for i in range(2, WEEKS))
    names = ["Late", "This week", "Next week", *(f"From {short(monday, view.today)}" for monday in after)]
    late, due, routine = Counter[int](), Counter[int](), Counter[int]()
    for line in view.actions:
        day = as_date(line.due)
        if day is None or not is_open(line):
            continue
        week = 0 if line.late else max((day - start).days // 7, 0) + 1
        (late if line.late else routine if line.routine else due)[week] += 1
    series = [
        Series(name, tuple(found[i] for i in range(WEEKS + 1)), colour)
        for name, found, colour in (
            ("Late", late, colours(view)[Level.RISK]),
            ("Due", due, _CALM[Level.OK]),
            ("Routine", routine, _CALM[Level.UNKNOWN]),
        )
    ]
    sums = {name: sum(one.values[i] or 0 for one in series) for i, name in enumerate(names)}
    filled = [name for name, number in sums.items() if number]
    if len(filled) < 2:
        return _waits(WEEKS_TITLE, _one_week(filled, sums), row, 1)
    return _chart(1, row, WEEKS_TITLE, names, series)


def _one_week(filled: list[str], sums: dict[str, float]) -> str:
    if not filled:
        return "Waits for something that is due within four weeks."
    number, when = sums[filled[0]], filled[0]
    if when == "Late":
        return f"{number:g} late, nothing else within four weeks."
    return f"{number:g} {when[0].lower()}{when[1:]}, nothing late, nothing else within four weeks."


def _answers(view: View, row: int) -> Block:
    answers = _latest_per_quarter(view)
    if len(answers) < FEWEST_ANSWERS:
        words = "Waits for a first score in the tab Surveys."
        if len(answers):
            words = f"Waits for {FEWEST_ANSWERS} answers; so far {len(answers)}."
        return _waits(ANSWERS_TITLE, words, row, 2)
    last = pd.Period(view.today, freq="Q")
    first = max(answers["quarter"].min(), last - QUARTERS + 1)
    quarters = list(pd.period_range(first, last, freq="Q"))
    bands = (("0–6", 0, 6, Level.RISK), ("7–8", 7, 8, Level.WATCH), ("9–10", 9, 10, Level.OK))
    series = []
    for name, low, high, level in bands:
        found = Counter(answers.loc[answers["score"].between(low, high), "quarter"])
        series.append(Series(name, tuple(found[quarter] for quarter in quarters), colours(view)[level]))
    scores = tuple(_recommendation([one.values[i] or 0 for one in series]) for i in range(len(quarters)))
    if sum(score is not None for score in scores) > 1:
        series.append(Series("NPS", scores, "404040", line=True))
    return _chart(2, row, ANSWERS_TITLE, [f"Q{q.quarter} {q.year}" for q in quarters], series)


def _latest_per_quarter(view: View) -> pd.DataFrame:
    frame = view.tables["surveys"].frame
    frame = frame[frame["score"].between(0, 10).fillna(False) & frame["answered_on"].notna()]
    frame = frame[frame["answered_on"] < pd.Timestamp(view.today + timedelta(days=1))]
    quarter = frame["answered_on"].dt.to_period("Q")
    person = frame["key"].fillna("").astype(str) + "\n" + frame["contact"].fillna("").astype(str)
    frame = pd.DataFrame({"person": person, "quarter": quarter, "score": frame["score"], "on": frame["answered_on"]})
    return frame.sort_values("on", kind="stable").drop_duplicates(["person", "quarter"], keep="last")


def _recommendation(counts: Sequence[float]) -> float | None:
    """Share of 9–10 less share of 0–6 in points, from ten answers on."""
    total = sum(counts)
    return round(100 * (counts[2] - counts[0]) / total) if total >= ENOUGH_ANSWERS else None
