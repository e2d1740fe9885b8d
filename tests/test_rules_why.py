"""The Why column's length and order, and the sentences that cases do not reach."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.rules.sentences import cut, fill, in_words, moment_in_words
from sheets_sync.rules.why import WIDTH, shortened
from tests.rule_tables import NOW

SILENT = "No sign of life since 28 Sep; they used to write every 12 days."
SCORE = "4/10 of 3 Nov is unanswered."


@pytest.mark.parametrize(
    ("reasons", "text"),
    [
        ([], ""),
        ([SCORE], SCORE),
        ([SILENT, SCORE], f"{SILENT} {SCORE}"),
        ([SILENT, SCORE, "A", "B"], f"{SILENT} {SCORE} +2 more"),
        ([SILENT, SILENT], f"{SILENT} +1 more"),
        ([SILENT, SILENT, SCORE], f"{SILENT} +2 more"),
        (["x" * 50 + " " + "y" * 70, SCORE], "x" * 50 + "… +1 more"),
        (["z" * 200], "z" * 109 + "…"),
    ],
)
def test_two_reasons_then_how_many_more(reasons: list[str], text: str) -> None:
    assert shortened(reasons) == text


@given(st.lists(st.text(min_size=1, max_size=200), max_size=6))
def test_never_longer_than_the_column(reasons: list[str]) -> None:
    assert len(shortened(reasons)) <= WIDTH


@given(st.text(max_size=60), st.integers(2, 40))
def test_cut_keeps_to_its_width(words: str, width: int) -> None:
    assert len(cut(words, width)) <= width
    assert cut(words, width) == words or cut(words, width).endswith("…")


def test_a_template_is_filled_by_row() -> None:
    frame = pd.DataFrame(
        {
            "on": pd.to_datetime(["2026-09-28", "2025-03-15", None]).astype("datetime64[us]"),
            "gap": pd.array([12.4, None, 3], "Float64"),
            "open": pd.array([True, False, None], "boolean"),
            "name": pd.array(["Ana {on}", None, "Bo"], "string"),
        }
    )
    assert fill("{name}: since {on}[, every {gap} days]. {open}", frame, NOW) == [
        "Ana {on}: since 28 Sep, every 12 days. yes",
        "?: since 15 Mar 2025. no",
        "Bo: since ?, every 3 days. ?",
    ]
    assert fill("Nothing to fill.", frame, NOW) == ["Nothing to fill."] * 3
    assert fill("{name}", frame.iloc[:0], NOW) == []


def test_a_sentence_does_not_depend_on_other_clients() -> None:
    """A day reads alike whether another client's moment has a time or not."""
    moments = pd.Series([datetime(2026, 11, 20), datetime(2026, 11, 20, 15)], dtype="datetime64[us]")
    assert in_words(moments, NOW) == ["20 Nov", "Fri 20 Nov 15:00"]
    assert in_words(moments.iloc[:1], NOW) == ["20 Nov"]
    assert moment_in_words(datetime(2025, 11, 20, 15, 5), NOW) == "Thu 20 Nov 2025 15:05"
