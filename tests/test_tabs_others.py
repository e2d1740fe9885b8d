"""At Risk, Scorecard, Data Check and Issue Clock: order, bounds, verdicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pandas as pd

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.model import Problem, Ref, TableBlock, TextBlock, cells_of
from sheets_sync.tabs import at_risk, data_check, gaps, issue_clock, scorecard
from sheets_sync.tabs.view import View
from sheets_sync.tracker.history import History, Input, Promised
from sheets_sync.workbooks.memory import MemoryWorkbook
from tests.assessments import NINE, assessment_of, many, view


def words(tab: object) -> str:
    return "\n".join(str(cell.value) for _, cell in sorted(cells_of(tab).items()))  # type: ignore[arg-type]


def all_at_risk(number: int) -> View:
    return view(tuple((*client[:3], "risk", *client[4:]) for client in many(number)))


def test_ten_blocks_a_page_each_then_a_list() -> None:
    tab = at_risk.tab(all_at_risk(14))
    blocks = [block for block in tab.blocks if isinstance(block, TextBlock)]
    *fields, table = [block for block in tab.blocks if isinstance(block, TableBlock)]
    assert len(fields) == 10
    assert len(tab.breaks) == 10
    assert "4 more at risk" in words(tab)
    assert len(table.rows) == 4
    assert len(blocks) == 12


def test_blocks_come_by_fee_times_urgency() -> None:
    tab = at_risk.tab(all_at_risk(9))
    names = [block.lines[0][0].value for block in tab.blocks[1:] if isinstance(block, TextBlock)]
    assert names[:2] == ["Aldgate Legal", "Kestrel Logistics"]


def test_every_page_ends_with_what_was_typed_and_one_free_line() -> None:
    """[D4] [D9]"""
    seen = all_at_risk(14)
    promise = Promised("promise|aldgate legal|#1", "A weekly call", "Tom", date(2026, 12, 4), "soon", None, "We forgot")
    tab = at_risk.tab(replace(seen, history=replace(seen.history, promises=(promise,))))
    fields = [block for block in tab.blocks if isinstance(block, TableBlock) and block.ids]
    assert [column.header for column in fields[0].columns if column.input] == [
        *("Promise", "Owner", "By", "Discussed on", "Kept on", "Staff view")
    ]
    rows = {row.id: [cell.value for cell in row.cells] for block in fields for row in block.rows}
    assert rows["promise|aldgate legal|#1"] == ["A weekly call", "Tom", date(2026, 12, 4), "soon", None, "We forgot"]
    assert rows["promise|aldgate legal|#2"] == [None] * 6
    assert len(rows) == 11


def test_nobody_at_risk_is_a_sentence() -> None:
    calm = tuple((*client[:3], "ok", *client[4:]) for client in NINE)
    assert words(at_risk.tab(view(calm))) == "At risk: nobody\nNo client is at risk."


def test_amounts_read_as_people_write_them() -> None:
    assert scorecard.amount(0.85, "share") == "85 %"
    assert scorecard.amount(0.8571, "share", 0.85) == "86 %"
    assert scorecard.amount(0.8461, "share", 0.85) == "84.6 %"
    assert scorecard.amount(42.86, "points", 50.0) == "43"
    assert scorecard.amount(28.4, "months", 12.0) == "28 months"
    assert scorecard.amount(None, "share") == ""


def test_unknown_clients_come_first_and_the_title_says_what_helps_most() -> None:
    clients = tuple((*c[:3], "unknown" if i in (2, 5) else c[3], *c[4:]) for i, c in enumerate(NINE))
    tab = data_check.tab(view(clients))
    assert cells_of(tab)[1, 1].value == "Fill in Last contact for 2 clients: 2 fewer Unknown"
    first = next(block.rows[0] for block in tab.blocks if isinstance(block, TableBlock))
    assert [cell.value for cell in first.cells] == [
        "Clients › Last contact", "Corvid Coffee", "Last contact is empty.", "A colour: silence counts.",
    ]  # fmt: skip


def test_thirty_rows_then_how_many_more() -> None:
    problems = tuple(Problem(Ref("Clients", i, 3, "Monthly fee"), f"“x{i}” is no number") for i in range(71))
    tab = data_check.tab(view(NINE, problems=problems))
    assert "and 41 more like these" in words(tab)
    assert len(next(block.rows for block in tab.blocks if isinstance(block, TableBlock))) == 30


def test_problems_met_while_reading_are_listed_too_and_none_twice() -> None:
    seen = view()
    problem = Problem(Ref("Surveys", 4, 2, "Score"), "“8/10” is not a whole number")
    tables = replace(seen.tables, problems=(problem, *seen.assessment.problems))
    listed = gaps.gaps_of(replace(seen, tables=tables))
    assert [gap.fill_in for gap in listed] == ["Surveys › Score", "Clients › Monthly fee"]


def test_issues_that_are_open_come_first_with_their_worst_clock() -> None:
    clocks = assessment_of(NINE).clocks
    clocks.loc[1, "state"] = "breached"
    tab = issue_clock.tab(view(NINE, clocks=clocks))
    assert tab is not None
    assert cells_of(tab)[1, 1].value == "Issues: 1 open, 1 too late"
    rows = next(block.rows for block in tab.blocks if isinstance(block, TableBlock))
    assert [row.cells[6].value for row in rows] == ["✖ Too late", "● Kept"]


def test_sentences_point_by_name_and_never_by_cell() -> None:
    assert gaps.without_cells('3 values are no dates: "A4" (C5), "soon" (C9) and 31 (C12).') == (
        '3 values are no dates: "A4", "soon" and 31.'
    )
    assert gaps.without_cells("2026-01-02 is before Start date (F4: 2026-03-01).") == (
        "2026-01-02 is before Start date (2026-03-01)."
    )
    assert gaps.without_cells("5 rows have no client, such as A4, A5 and A6.") == "5 rows have no client."
    assert gaps.without_cells("9 dates are before Start (column D): E4 and E5.") == "9 dates are before Start."
    assert gaps.without_cells('"Acme" stands in 2 rows (A4 and A9 …): none gets a status.') == (
        '"Acme" stands in 2 rows: none gets a status.'
    )


def test_contact_alone_is_promised_only_where_it_is_enough() -> None:
    clients = tuple((*c[:3], "unknown" if i < 2 else c[3], *c[4:]) for i, c in enumerate(NINE))
    dimensions = assessment_of(clients).dimensions
    dimensions.loc[(dimensions["key"] == "aldgate legal") & (dimensions["name"] != "contact"), "state"] = "unknown"
    title = cells_of(data_check.tab(view(clients, dimensions=dimensions)))[1, 1].value
    assert title == "Fill in Last contact for 2 clients: 1 fewer Unknown"


def test_a_date_in_the_diary_that_cannot_be_read_is_listed() -> None:
    typed = Input("check_in_call|harbour yoga|2026-11-26", "last Tuesday")
    found = gaps.gaps_of(replace(view(), history=History(date(2026, 10, 5), inputs=(typed,))))
    assert [(gap.fill_in, gap.client, gap.there) for gap in found][-1] == (
        "Diary › Done on", "Harbour Yoga", "“last Tuesday” is not a date. Type it as 27/11/2026.",
    )  # fmt: skip


def test_a_closed_issue_keeps_no_alarming_colour_and_only_fifty_are_shown() -> None:
    clocks = assessment_of(NINE).clocks
    late = clocks.iloc[[3] * 60].assign(row=range(100, 160), state="breached")
    tab = issue_clock.tab(view(NINE, clocks=pd.concat([clocks.iloc[:3], late])))
    assert tab is not None
    rows = next(block.rows for block in tab.blocks if isinstance(block, TableBlock))
    assert [(row.cells[6].value, row.cells[6].level) for row in rows][1:] == [("Was late", None)] * 50
    assert "10 more issues not shown." in words(tab)


def test_an_old_renewal_date_is_something_to_fill_in() -> None:
    old = assessment_of(NINE).renewals
    old.loc[0, ["key", "state", "date"]] = ["harbour yoga", "old date", pd.Timestamp("2025-03-15")]
    gap = gaps.gaps_of(view(NINE, renewals=old))[-1]
    assert (gap.fill_in, gap.client) == ("Clients › Renewal date", "Harbour Yoga")
    assert gap.there == "15 Mar 2025, long past, and they are still a client."


def test_the_pack_shows_what_came_before_the_fall_and_both_views_side_by_side() -> None:
    """[D5] [D8] Events up to the low score, oldest first; their words beside ours, and the question whether that is
    all."""

    def day(month: int, number: int) -> datetime:
        return datetime(2026, month, number)

    rows = {
        "Clients": [["Client", "Owner", "Status"], ["Aldgate", "Priya", "active"]],
        "Interactions": [["Date", "Client", "Type"], [day(10, 1), "Aldgate", "call"]],
        "Issues": [
            ["Issue", "Client", "Raised at", "Fixed at"],
            ["Wrong program", "Aldgate", day(10, 14), day(10, 20)],
            ["Later one", "Aldgate", day(11, 20), day(11, 21)],
        ],
        "Surveys": [["Client", "Answered on", "Score", "Improve"], ["Aldgate", day(11, 3), 4, "It was wrong twice"]],
        "Recovery": [
            ["Client", "Problem", "Staff view", "Promise"],
            ["Aldgate", "Wrong program", "The technician was new", "Two checks"],
        ],
    }
    now = datetime(2026, 11, 23, 9)
    report = sync.plan(MemoryWorkbook(rows), Config(), sync.load(Config()), now)
    tab = next(tab for tab in report.desired.tabs if tab.id == "at_risk")
    lines: dict[int, list[str]] = {}
    for (row, _), cell in sorted(cells_of(tab).items()):
        lines.setdefault(row, []).append(str(cell.value))
    found = [" | ".join(cells) for cells in lines.values()]
    before = found.index("What happened before | 1 Oct → Call")
    events = found[before : before + 4]
    assert events[1:] == [
        "14 Oct → “Wrong program” raised",
        "20 Oct → “Wrong program” fixed",
        "3 Nov → 4/10 in the survey",
    ]
    assert "In their words | They say | We say" in found
    assert "“It was wrong twice” (3 Nov) | Wrong program" in found
    assert "The technician was new" in found
    assert any("the only problem" in line for line in found), found
