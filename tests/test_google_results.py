"""The results tab and the formula that looks it up: pure functions, no server."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.model import Column, Scalar, StatusCell
from sheets_sync.workbooks.google.location import spreadsheet_id
from sheets_sync.workbooks.google.results import Results, content, formula, held, keys_of, match_key, merged
from sheets_sync.workbooks.google.standing import Sheet

ID = "1aBcDeFgHiJkLmNoPqRsTuVwXyZ_0123456789-abcdE"
KEYS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.integers(-1000, 1000),
    st.booleans(),
    st.dates(date(2000, 1, 1)),
    st.none(),
)


def column(id: str, values: dict[Scalar, str | date | None]) -> Column:
    cells = tuple(StatusCell(row, key, value) for row, (key, value) in enumerate(values.items(), start=2))
    return Column(id, id.title(), "", 12, cells)


def sheet_of(results: Results, keys: list[Scalar]) -> Sheet:
    """What is read back from what is written, as Google gives it."""
    rows: list[list[Scalar]] = [
        [next(iter(cell.get("userEnteredValue", {}).values()), None) for cell in line["values"]]
        for line in content(results, keys)
    ]
    return Sheet(1, "_sheets_sync_results", False, len(rows), 4, values=rows, tab="results")


def test_a_key_is_one_in_any_case_and_a_number_is_never_a_text() -> None:
    assert match_key("Aldgate Legal") == match_key("ALDGATE legal")
    assert match_key("123") != match_key(123)
    assert match_key(True) != match_key(1)
    assert match_key(date(2026, 11, 23)) == match_key(46349)


@given(st.dictionaries(KEYS, st.one_of(st.none(), st.sampled_from(["✖ At risk", "● Healthy"])), max_size=8))
def test_what_is_written_is_what_is_shown(values: dict[Scalar, str | date | None]) -> None:
    unique = {match_key(key): (key, value) for key, value in values.items() if key not in (None, "")}
    health = column("health", dict(unique.values()))
    results = merged(Results(), [health], [])
    back = held(sheet_of(results, keys_of([health], None)))
    for key, value in unique.values():
        assert back.shown(key, "health") == (value or None)
    assert back.shown("somebody else entirely", "health") == "new"
    assert back.shown(None, "health") is None


def test_a_column_that_is_not_set_keeps_what_it_had() -> None:
    before = merged(Results(), [column("health", {"a": "✖"}), column("why", {"a": "silent"})], [])
    after = merged(before, [column("health", {"a": "●", "b": "▲"})], [])
    assert (after.shown("a", "health"), after.shown("a", "why")) == ("●", "silent")
    assert (after.shown("b", "health"), after.shown("b", "why")) == ("▲", None)
    assert after.places == before.places


def test_a_column_that_goes_leaves_the_others_where_they_are() -> None:
    before = merged(Results(), [column("health", {"a": "✖"}), column("why", {"a": "silent"})], [])
    after = merged(before, [], ["health"])
    assert after.places == {"why": before.places["why"]}
    assert held(sheet_of(after, ["a"])).shown("a", "why") == "silent"
    again = merged(after, [column("due", {"a": "x"})], [])
    assert again.places == {"why": before.places["why"], "due": before.places["health"]}


def test_the_formula_names_only_what_google_moves_along() -> None:
    text = formula('He"alth', "It's ours", 3, 1, 2)
    assert text == (
        '=ARRAYFORMULA(IF(ROW($B3:$B)=ROW($B3),"He""alth",IF($B3:$B="","",'
        "XLOOKUP($B3:$B,'It''s ours'!$A$2:$A,'It''s ours'!$C$2:$C,\"new\",0))))"
    )
    assert "{" not in text


def test_a_spreadsheet_is_known_by_any_of_its_addresses() -> None:
    for location in (
        ID,
        f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=0",
        f"https://docs.google.com/spreadsheets/d/{ID}",
        f"https://docs.google.com/spreadsheets/u/1/d/{ID}/edit?usp=sharing",
        f"https://docs.google.com/a/agency.example/spreadsheets/d/{ID}/edit",
        f"https://drive.google.com/open?id={ID}",
    ):
        assert spreadsheet_id(location) == ID
    for location in ("tracker.xlsx", "", "https://example.com/spreadsheets/d/x", "/home/a/tracker.xlsx"):
        assert spreadsheet_id(location) == ""
