"""What is typed in At Risk: read back by row id, kept through every rewrite, tracked as promises."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_sync import journal, sync
from sheets_sync.config import Config
from sheets_sync.journal.undo import undo_patch
from sheets_sync.model import Grid, OwnedTab, Scalar, Snapshot
from sheets_sync.sync import Report
from sheets_sync.tracker.history import History, Promised, memory_tab, read_history, read_promises
from sheets_sync.workbooks.memory import MemoryWorkbook, grid_of

NOW = datetime(2026, 11, 23, 9)
TODAY = NOW.date()
ONE, TWO = "promise|aldgate legal|#1", "promise|aldgate legal|#2"
HEADERS = ["", "Promise", "Owner", "By", "Discussed on", "Kept on", "Staff view"]


def tracker(*clients: str) -> MemoryWorkbook:
    head = ["Client", "Owner", "Status", "Monthly fee", "Last contact"]
    rows = [[name, "Priya", "active", 2400, date(2026, 7, 1)] for name in clients]
    return MemoryWorkbook({"Clients": [head, *rows]})


def run(book: MemoryWorkbook, now: datetime = NOW) -> Report:
    config = Config()
    report = sync.plan(book, config, sync.load(config), now)
    return sync.run(book, report)


def place(book: MemoryWorkbook, client: str, number: int = 1) -> int:
    """The row of a client's so-manieth line of fields."""
    rows = book.generated["at_risk"].grid.rows
    return next(i for i, row in enumerate(rows, start=1) if f"promise|{client}|#{number}" in row)


def fill(book: MemoryWorkbook, row: int, **values: Scalar) -> None:
    columns = {"promise": 2, "owner": 3, "by": 4, "discussed_on": 5, "kept_on": 6, "staff_view": 7}
    for name, value in values.items():
        book.type_into("at_risk", row, columns[name], value)


def promises(book: MemoryWorkbook) -> dict[str, str | None]:
    return {one.row_id: one.promise for one in read_history(book.read()).promises}


def test_a_promise_is_read_back_and_comes_into_the_diary_of_its_owner() -> None:
    """[D4] [D9]"""
    book = tracker("Aldgate Legal")
    run(book)
    fill(book, place(book, "aldgate legal"), promise="A weekly call", owner="Tom", by=TODAY + timedelta(days=4))
    report = run(book)
    lines = report.assessment.actions.set_index("what")["owner"]
    assert lines["Keep the promise: A weekly call"] == "Tom"
    assert place(book, "aldgate legal", 2) == place(book, "aldgate legal") + 1, "one free line after it"
    assert run(book).receipt.writes == 0  # type: ignore[union-attr]


def test_past_its_day_it_is_broken_and_kept_on_is_the_way_back() -> None:
    """[D9] [D13]"""
    book = tracker("Aldgate Legal")
    run(book)
    fill(book, place(book, "aldgate legal"), promise="A weekly call", by=TODAY + timedelta(days=1))
    run(book)
    later = NOW + timedelta(days=2)
    report = run(book, later)
    sentences = set(report.assessment.warnings["sentence"])
    assert "We promised a weekly call by 24 Nov and it was not kept." in sentences
    fill(book, place(book, "aldgate legal"), kept_on=later.date())
    assert "broken_promise" not in set(run(book, later).assessment.warnings["id"])


def test_discussed_on_takes_the_line_for_the_team_meeting() -> None:
    """[D4]"""
    book = tracker("Aldgate Legal")
    asks = "Discuss in the team meeting: what went wrong, and who promises what"
    assert asks in set(run(book).assessment.actions["what"])
    fill(book, place(book, "aldgate legal"), discussed_on=TODAY)
    assert asks not in set(run(book).assessment.actions["what"])


def test_five_runs_with_clients_that_come_and_go_lose_nothing() -> None:
    book = tracker("Aldgate Legal", "Corvid Coffee")
    run(book)
    fill(book, place(book, "aldgate legal"), promise="A weekly call", by=date(2027, 3, 1), staff_view="We forgot them")
    fill(book, place(book, "corvid coffee"), promise="A free audit")
    calm = date(2026, 11, 22)
    for day, contact in enumerate((calm, date(2026, 7, 1), calm, date(2026, 7, 1), calm)):
        book.tabs["Clients"][1][4] = contact
        run(book, NOW + timedelta(hours=day))
        assert promises(book) == {ONE: "A weekly call", "promise|corvid coffee|#1": "A free audit"}
    assert not any(ONE in row for row in book.generated["at_risk"].grid.rows)
    book.tabs["Clients"][1][4] = date(2026, 7, 1)
    run(book, NOW + timedelta(hours=6))
    row = book.generated["at_risk"].grid.rows[place(book, "aldgate legal") - 1]
    assert row[1] == "A weekly call"
    assert row[6] == "We forgot them"


def test_a_line_typed_below_the_free_one_is_taken_over() -> None:
    book = tracker("Aldgate Legal")
    run(book)
    row = place(book, "aldgate legal")
    fill(book, row, promise="A weekly call")
    fill(book, row + 1, promise="A free audit", by=date(2027, 1, 4))
    run(book)
    assert promises(book) == {ONE: "A weekly call", TWO: "A free audit"}


def test_what_is_no_date_stays_as_typed_and_is_told() -> None:
    book = tracker("Aldgate Legal")
    run(book)
    fill(book, place(book, "aldgate legal"), promise="A weekly call", by="soon", kept_on=date(2027, 2, 1))
    report = run(book)
    told = {(problem.ref.header, problem.message) for problem in report.problems}
    assert ("By", '"soon" is not a date.') in told
    assert ("Kept on", "2027-02-01 lies after today, so it does not count yet.") in told
    row = book.generated["at_risk"].grid.rows[place(book, "aldgate legal") - 1]
    assert row[3] == "soon"


def test_cleared_fields_are_gone() -> None:
    book = tracker("Aldgate Legal")
    run(book)
    fill(book, place(book, "aldgate legal"), promise="A weekly call")
    run(book)
    fill(book, place(book, "aldgate legal"), promise=None)
    run(book)
    assert promises(book) == {}


@pytest.mark.parametrize("rows", [[["At risk: nobody"]], [], [["Promise", "Owner"]]])
def test_a_tab_without_fields_is_no_problem(rows: list[list[Scalar]]) -> None:
    kept = (Promised(ONE, "A weekly call", taken_on=TODAY),)
    snapshot = Snapshot("x", "1", {}, (), (OwnedTab("at_risk", Grid("At Risk", rows)),))
    assert read_promises(snapshot, History(promises=kept), NOW) == (kept, ())


def test_undo_takes_back_what_we_wrote_and_not_what_was_typed() -> None:
    book = tracker("Aldgate Legal")
    config = Config()
    runs = []
    for hour in range(2):
        report = sync.plan(book, config, sync.load(config), NOW + timedelta(hours=hour))
        receipt = book.apply(report.patch)
        runs.append(journal.record(f"run-{hour}", report.snapshot, report.desired, report.patch, receipt))
        if hour == 0:
            fill(book, place(book, "aldgate legal"), promise="A weekly call", by=date(2027, 1, 4))
    book.tabs["Clients"].append(["Corvid Coffee", "Tom", "active", 900, date(2026, 11, 20)])
    patch, _ = undo_patch(book.read(), runs[1], runs)
    book.apply(patch)
    row = book.generated["at_risk"].grid.rows[place(book, "aldgate legal") - 1]
    assert row[1] == "A weekly call"
    assert promises(book) == {ONE: "A weekly call"}
    run(book, NOW + timedelta(hours=3))
    assert promises(book) == {ONE: "A weekly call"}


TEXTS = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8))
DAYS = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2027, 1, 1)))


@settings(max_examples=60)
@given(st.lists(st.tuples(TEXTS, TEXTS, DAYS, DAYS, DAYS, TEXTS), max_size=5), st.randoms(), st.integers(0, 3))
def test_a_rewrite_never_loses_an_input(lines: list[tuple[Scalar, ...]], random: object, columns: int) -> None:
    """Typed, sorted, moved to the right, read, remembered and read again: it is the same."""
    ids = [f"promise|client {i}|#1" for i in range(len(lines))]
    rows: list[list[Scalar]] = [["", *line, id] for line, id in zip(lines, ids, strict=True)]
    random.shuffle(rows)  # type: ignore[attr-defined]
    grid = Grid("At Risk", [[None] * columns + row for row in ([*HEADERS], *rows)])  # type: ignore[list-item]
    snapshot = Snapshot("x", "1", {}, (), (OwnedTab("at_risk", grid),))
    found, _ = read_promises(snapshot, History(), NOW)
    history = History(TODAY, promises=found)
    memory = Snapshot("x", "1", {}, (), (OwnedTab("memory", grid_of(memory_tab(history))),))
    again = read_history(memory)
    assert again.promises == found
    assert read_promises(snapshot, again, NOW)[0] == found
    stripped = {id: [value.strip() or None if isinstance(value, str) else value for value in line]
                for id, line in zip(ids, lines, strict=True)}  # fmt: skip
    wanted = {id: line for id, line in stripped.items() if any(value is not None for value in line)}
    assert {one.row_id for one in found} == set(wanted)
    for one in found:
        assert [one.by, one.discussed_on, one.kept_on] == wanted[one.row_id][2:5]
