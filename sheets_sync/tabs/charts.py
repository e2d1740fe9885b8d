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
from sheets_sync.tabs.words import LEVEL_NAMES, as_date, monday, short, text

ROWS = 21
# As wide as the Dashboard columns beneath them.
_WIDTHS_CM = (9.3, 10.2, 10.0)
_HEIGHT_CM = 10.4
MOST_OWNERS = 8
WEEKS = 4
QUARTERS = 6
ENOUGH_ANSWERS = 10
COLOURS = {Level.RISK: "D9733F", Level.WATCH: "E3B505", Level.OK: "4A90C2", Level.UNKNOWN: "A6A6A6"}
# Left edges of the three, in Dashboard columns; their numbers stand right of the page.
_COLUMNS = (1, 6, 9)
_DATA_COLUMN = 12

OWNERS_TITLE = "Clients of each owner, by level"
WEEKS_TITLE = "To do by week"
ANSWERS_TITLE = "Survey answers by quarter"


def blocks(view: View, row: int) -> tuple[Block, ...]:
    """The three charts side by side from `row` on, `ROWS` rows high."""
    return (_owners(view, row), _weeks(view, row), _answers(view, row))


def _waits(title: str, words: str, row: int, place: int) -> TextBlock:
    lines = ((Cell(title, style="strong"),), (Cell(words, style="muted"),))
    return TextBlock((row, _COLUMNS[place]), lines, (4, 3, 1)[place])


def _chart(
    place: int, row: int, title: str, categories: Sequence[str], series: Sequence[Series], horizontal: bool = False
) -> Chart:
    return Chart(
        at=(row, _COLUMNS[place]),
        data_at=(1 + place * 15, _DATA_COLUMN),
        title=title,
        categories=tuple(categories),
        series=tuple(
            replace(one, values=tuple(number if number or one.line else None for number in one.values))
            for one in series
        ),
        size=(_WIDTHS_CM[place], _HEIGHT_CM),
        horizontal=horizontal,
    )


def _owners(view: View, row: int) -> Block:
    judged = [key for key, level in view.levels.items() if level is not Level.NONE]
    owners = Counter(text(view.clients[key].owner) for key in judged)
    if not [owner for owner in owners if owner]:
        words = "Waits for an owner beside a client." if view.clients else "Waits for the first client."
        return _waits(OWNERS_TITLE, words, row, 0)
    most = {owner for owner, _ in owners.most_common(MOST_OWNERS)}
    names = sorted(most, key=lambda owner: (not owner, owner.casefold()))
    counts: Counter[tuple[str, Level]] = Counter()
    for key in judged:
        owner = text(view.clients[key].owner)
        counts[owner if owner in most else "others", view.levels[key]] += 1
    names += ["others"] if len(owners) > len(most) else []
    series = [
        Series(LEVEL_NAMES[level], tuple(counts[name, level] for name in names), colour)
        for level, colour in COLOURS.items()
        if level is not Level.UNKNOWN or any(counts[name, level] for name in names)
    ]
    return _chart(0, row, OWNERS_TITLE, [name or "No owner" for name in names], series, horizontal=True)


def _weeks(view: View, row: int) -> Block:
    start = monday(view.today)
    names = ["Late", "This week", *(short(start + timedelta(weeks=i), view.today) for i in range(1, WEEKS))]
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
            ("Late", late, COLOURS[Level.RISK]),
            ("Due", due, COLOURS[Level.OK]),
            ("Routine", routine, COLOURS[Level.UNKNOWN]),
        )
    ]
    if not any(sum(filter(None, one.values)) for one in series):
        return _waits(WEEKS_TITLE, "Waits for something that is due within four weeks.", row, 1)
    return _chart(1, row, WEEKS_TITLE, names, series)


def _answers(view: View, row: int) -> Block:
    answers = _latest_per_quarter(view)
    if answers.empty:
        words = "Waits for a first score in the tab Surveys."
        return _waits(ANSWERS_TITLE, words, row, 2)
    last = pd.Period(view.today, freq="Q")
    first = max(answers["quarter"].min(), last - QUARTERS + 1)
    quarters = list(pd.period_range(first, last, freq="Q"))
    bands = (("0–6", 0, 6, Level.RISK), ("7–8", 7, 8, Level.WATCH), ("9–10", 9, 10, Level.OK))
    series = []
    for name, low, high, level in bands:
        found = Counter(answers.loc[answers["score"].between(low, high), "quarter"])
        series.append(Series(name, tuple(found[quarter] for quarter in quarters), COLOURS[level]))
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
