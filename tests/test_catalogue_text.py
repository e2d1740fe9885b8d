"""The catalogue of bad inputs, C: texts, each with its outcome and cell.

Proven elsewhere, and not again here:

| no. | where |
|---|---|
| 73, 74, 75 characters that no cell may hold | test_excel_columns.py::test_any_text_can_be_written, test_excel_new.py |
| 78–83 text that looks like a formula | test_excel_columns.py::test_a_hostile_text_stays_text, test_excel_graft.py |
| 84 literal _x000D_ | test_excel_new.py::test_text_that_looks_like_an_escape_stays_itself |
| 89 directions on a console | below; texts and mail: test_texts.py |
| 91, 92, 93 line ends, HTML, mentions in texts | test_texts.py |
| 95 with an id | test_tracker_read.py::test_an_id_is_the_key_where_names_repeat |
"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync import sync
from sheets_sync.cli.terminal import printable
from sheets_sync.config import Config
from sheets_sync.model import Scalar
from sheets_sync.tracker.headers import normal
from sheets_sync.workbooks.memory import MemoryWorkbook
from tests.catalogue import NOW, cells, column, met, read, said, status

DAY = date(2026, 11, 20)
HOSTILE = (
    *("\x00\x08\x0b", "\ud800", "\ufffe", "x" * 32_767, "=1+1", "=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)"),
    *(
        "\t=1+1",
        "\r=1+1",
        "＝1+1",
        "'quoted",
        "_x000D_",
        "\u202eevil\u202c",
        "👩‍👩‍👧",
        "two\nlines",
        "<script>x</script>",
    ),
    *("<!channel>", "@everyone", "[x](javascript:alert(1))", "../../etc/passwd", "CON", "a" * 300, "אבג"),
)


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: f"73-94-{name[:12]!a}")
def test_any_name_is_a_client_with_a_status_and_their_cell_stays(name: str) -> None:
    workbook = MemoryWorkbook({"Clients": [["Client", "Last contact"], [name, DAY], ["Brook", DAY]]})
    report = sync.plan(workbook, Config(), sync.load(Config()), NOW)
    sync.run(workbook, report)
    assert workbook.tabs["Clients"][1][0] == name
    assert len(report.assessment.clients) == 2 - (normal(name) == "")
    assert "● Healthy" in report.assessment.clients["health"].tolist()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Acme  Ltd ", "Acme Ltd", id="85-blanks"),
        pytest.param("\u00a0Acme\u00a0Ltd", "Acme Ltd", id="85-blanks-that-do-not-break"),
        pytest.param("Caf\u00e9", "Cafe\u0301", id="86-both-unicode-forms"),
        pytest.param("Acme", "ACME", id="88-case"),
        pytest.param("Straße 1", "STRASSE 1", id="88-sharp-s"),
    ],
)
def test_names_that_are_the_same_client(one: str, other: str) -> None:
    log = [["Date", "Client", "Type"], [DAY, other, "call"]]
    tables = read(["Client"], [one], Interactions=log)
    assert said(tables) == []
    assert column(tables, "key", "interactions") == [normal(one)]
    assert column(tables, "client") == [one.strip()]


def test_85_stray_blanks_are_said_and_shown_as_they_are() -> None:
    tables = read(["Client"], ["Acme  Ltd "], ["Brook\u00a0Co"], ["Dale"])
    assert tables.notes == ("Clients: 2 names have stray blanks; matched without them: A2 and A3.",)
    assert column(tables, "client")[0] == "Acme  Ltd"


def test_86_letters_in_parts_are_said() -> None:
    assert read(["Client"], ["Cafe\u0301"]).notes == (
        "Clients: 1 name has accents as letters of their own; matched as usual: A2.",
    )


def test_87_other_letters_that_look_the_same_are_two_clients_and_said() -> None:
    tables = read(["Client"], ["Acme"], ["\u0410cme"])
    assert len(tables["clients"].frame) == 2
    assert said(tables) == [
        'Clients!A3 "Client": "\u0410cme" looks like "Acme", but is spelt with other letters. '
        "If they are one client, retype the name."
    ]


def test_88_two_rows_that_differ_in_case_are_one_name_twice() -> None:
    tables = read(["Client"], ["Acme"], ["ACME"], ["Brook"])
    assert column(tables, "client") == ["Brook"]
    assert said(tables) == [
        'Clients!A2 "Client": The client "Acme" stands in 2 rows (A2 and A3, also as "ACME"): none of them gets a '
        "status. Rename one, or add a Client ID column that tells them apart."
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Acme Ltd", "Acme Ltd."), ("Acme Limited", "Acme Ltd"), ("Smith & Co", "Smith and Co."), ("Cafe", "Café")],
)
def test_88_nearly_the_same_name_is_two_clients_and_said(one: str, other: str) -> None:
    tables = read(["Client"], [one], [other])
    assert len(tables["clients"].frame) == 2
    assert tables.notes == (f'Clients: perhaps one client in two spellings: "{one}" (A2) and "{other}" (A3).',)
    assert said(tables) == []


def test_95_one_name_twice_without_ids_is_two_problems_and_the_run_goes_on() -> None:
    report = met(["Client", "Last contact"], ["Acme", DAY], ["Brook", DAY], ["Acme", DAY])
    assert report.assessment.clients["client"].tolist() == ["Brook"]
    assert "(A2 and A4)" in said(report)[0]
    assert {change.row for change in report.patch.changes} == {3}


def test_96_an_id_twice_is_two_rows_without_a_status() -> None:
    report = met(["Client ID", "Client", "Last contact"], [1, "A", DAY], [1, "B", DAY], [2, "C", DAY])
    assert "(A2 and A3)" in said(report)[0]
    assert {change.row for change in report.patch.changes} == {4}


def test_97_a_missing_id_is_a_problem_and_gets_no_status() -> None:
    report = met(["Client ID", "Client", "Last contact"], [None, "A", DAY], [2, "B", DAY])
    assert cells(report) == ["A2"]
    assert {change.row for change in report.patch.changes} == {3}


def test_98_numbers_and_texts_as_ids_are_told_apart_and_said() -> None:
    tables = read(["Client ID", "Client"], [1, "A"], ["001", "B"])
    assert list(tables["clients"].frame.index) == ["1", "001"]
    assert tables.notes == ("Clients, “Client ID”: some ids are numbers, some text; 1 and 001 are taken for two ids.",)


@pytest.mark.parametrize(
    ("id", "key", "notes"),
    [
        pytest.param(447700900123456.0, "447700900123456", 0, id="99-a-phone-number"),
        pytest.param(4477009001234567.0, "4477009001234567", 1, id="99-sixteen-digits"),
        pytest.param(4.477e18, "4477000000000000000", 1, id="99-nineteen-digits"),
    ],
)
def test_phone_like_ids(id: Scalar, key: str, notes: int) -> None:
    tables = read(["Client ID", "Client"], [id, "A"])
    assert list(tables["clients"].frame.index) == [key]
    assert len(tables.notes) == notes
    assert not notes or "Excel keeps 15 digits" in tables.notes[0]


def test_100_an_id_that_excel_shortened_is_a_problem() -> None:
    tables = read(["Client ID", "Client"], ["1E+05", "A"], ["2", "B"])
    assert list(tables["clients"].frame.index) == ["2"]
    assert cells(tables) == ["A2"]


def test_89_marks_that_turn_text_never_reach_a_terminal() -> None:
    assert printable("\u202eevil\u202c \u2066x\u2069 \x1b[2J אבג") == "evil x [2J אבג"


def test_77_a_summary_is_cut_and_says_so() -> None:
    report = met(["Client", "Last contact"], ["y" * 40_000, DAY])
    longest = max(len(str(cell.value)) for c in report.desired.columns for cell in c.cells)
    assert longest <= 32_767
    assert status(report, "y" * 40_000, "health") == "● Healthy"


@given(st.lists(st.text(max_size=10), max_size=5))
def test_every_name_gets_one_key_or_none(names: list[str]) -> None:
    tables = read(["Client", "Last contact"], *([name, DAY] for name in names))
    index = list(tables["clients"].frame.index)
    assert len(index) == len(set(index))
