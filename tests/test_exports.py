"""`init --from`: exports of other programs become trackers: letters right or refused, no row and no value lost."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.errors import Refused, UsageError
from sheets_sync.exports.text import decoded, parted
from tests.test_cli import call

TODAY = "2026-11-23"
HEAD = ["Account Name", "Account Owner", "Status", "Next Renewal", "MRR", "Last Activity", "Kd-Nr", "Notes"]
ROWS = [
    ["Café Müller GmbH", "Ana Roe", "Active", "31.12.2026", "1.250,50", "21.11.2026", "007", "=1+1"],
    ["Løve & Søn", "Tom", "Active", "01.03.2027", "980,00", "03.10.2026", "012", "two\nlines; and, marks|\there"],
    ["Bäckerei Größ", "Ana Roe", "Churned", "", "", "TBC", "013", "@SUM(A1)"],
]


def written(mark: str, rows: list[list[str]], quoting: int = csv.QUOTE_MINIMAL) -> str:
    made = io.StringIO()
    csv.writer(made, delimiter=mark, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return made.getvalue()


def made(path: Path, data: bytes, *more: str) -> dict[str, Any]:
    path.write_bytes(data)
    done = call("init", "--from", str(path), "--yes", "--json", "--as-of", TODAY, *more)
    assert done.exit_code == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def cells(tracker: Path, tab: str = "Clients") -> list[dict[str, Any]]:
    head, *rows = openpyxl.load_workbook(tracker)[tab].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.parametrize(
    ("encoding", "bom", "called"),
    [
        ("utf-8", b"", "UTF-8"),
        ("utf-8", b"\xef\xbb\xbf", "UTF-8"),
        ("utf-16-le", b"\xff\xfe", "UTF-16"),
        ("utf-16-be", b"\xfe\xff", "UTF-16"),
        ("utf-16-le", b"", "UTF-16"),
        ("utf-16-be", b"", "UTF-16"),
        ("cp1252", b"", "Windows-1252"),
        ("latin-1", b"", "Windows-1252"),
    ],
)
@pytest.mark.parametrize("mark", [";", "|"])
def test_every_encoding_and_mark_gives_the_same_tracker(
    tmp_path: Path, encoding: str, bom: bytes, called: str, mark: str
) -> None:
    shape = made(tmp_path / "crm.csv", bom + written(mark, [HEAD, *ROWS]).encode(encoding))
    assert called in shape["notes"][0]
    assert "“Café”" in shape["notes"][0]
    first, second, third = cells(tmp_path / "crm.xlsx")
    assert first["Client"] == "Café Müller GmbH"
    assert first["Renewal date"] == datetime.datetime(2026, 12, 31)
    assert second["Renewal date"] == datetime.datetime(2027, 3, 1)
    assert first["Monthly fee"] == 1250.5
    assert first["Kd-Nr"] == "007"
    assert second["Notes"] == "two\nlines; and, marks|\there"
    assert third["Last contact"] == "TBC"


@pytest.mark.parametrize("mark", [",", "\t"])
def test_then_run_works(tmp_path: Path, mark: str) -> None:
    made(tmp_path / "crm.csv", written(mark, [HEAD, *ROWS]).encode("cp1252"))
    assert call("run", str(tmp_path / "crm.xlsx"), "--as-of", TODAY, "-q").exit_code == 0
    assert all(row["Health"] for row in cells(tmp_path / "crm.xlsx"))


WORDS = st.text("abcdefghijklmnopqrstuvwxyzABCDEF 0123456789", min_size=1, max_size=12)
WESTERN = st.text("abcdeéèêëàâäçñöüßøåæœÉÄÖÜ €’“”–&.'- ", min_size=1, max_size=12)


@given(
    names=st.lists(WESTERN | WORDS, min_size=1, max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp1250", "mac_roman", "cp850", "shift_jis"]),
)
def test_letters_are_right_or_the_file_is_refused(names: list[str], encoding: str) -> None:
    """What Western programs write reads as it was written; another encoding is never taken for certain where it would
    put a sign inside a word."""
    text = "Client,Status\r\n" + "".join(f'"{name}",active\r\n' for name in names)
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        return
    try:
        found, called = decoded(data)
    except Refused:
        assert encoding not in ("utf-8", "utf-8-sig", "utf-16")
        assert not data.isascii()
        return
    if encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert found == text, called
    assert not re.search(r"[a-z][³¹¿¼½¾¸¨¯¶×÷±¬][a-z]", found)
    assert decoded(data, encoding.removesuffix("-sig"))[0] == text


@given(
    rows=st.lists(
        st.lists(
            st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"]), max_size=8),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=12,
    ),
    mark=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_was_written_is_read(rows: list[list[str]], mark: str, quoting: int) -> None:
    text = written(mark, [["Client", "Owner", "Status"], *rows], quoting)
    found, _ = parted(text)
    assert [row for row in found if row][1:] == rows


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"", "empty"),
        (b"\0\0\0\0", "empty"),
        (b" \r\n", "empty"),
        (b"<!DOCTYPE html><html><body>Please log in</body></html>", "web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .xls"),
        ("Firma;Status\nGłówny Dom;active\n".encode("cp1250"), "--encoding cp1250     reads “Główny Dom”"),
        ("Client,Owner\nCafé,Ana\n".encode()[:-6] + b"\xc3", "cut off"),
        ("Client,Owner\nCafé,Ana\n".encode() + "Bäck,Tom\n".encode("latin-1"), "not certain"),
        (b"A,B\n1,2\n", "--map clients.client=HEADER"),
    ],
)
def test_what_is_not_certain_is_refused_with_a_sentence(tmp_path: Path, text: bytes, what: str) -> None:
    path = tmp_path / "crm.csv"
    path.write_bytes(text)
    done = call("init", "--from", str(path), "--yes")
    assert done.exit_code == 3
    assert what in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["crm.csv"]


def test_a_named_encoding_is_taken(tmp_path: Path) -> None:
    made(tmp_path / "crm.csv", "Firma;Status\nGłówny Dom;active\n".encode("cp1250"), "--encoding", "cp1250")
    assert cells(tmp_path / "crm.xlsx")[0]["Client"] == "Główny Dom"
    with pytest.raises(UsageError, match="--encoding"):
        decoded(b"x", "klingon")
    with pytest.raises(Refused, match="is no utf-8"):
        decoded(b"Caf\xe9", "utf-8")


def test_no_text_becomes_a_formula(tmp_path: Path) -> None:
    """[C 78-82] In cells and headers, of our columns and theirs."""
    bad = ["=cmd|'/c calc'!A1", "+1", "-2+3", "@SUM(A1)", "\t=1", "＝1", '=HYPERLINK("http://x")']
    rows = [[f"{text} Ltd", "active", text] for text in bad]
    made(tmp_path / "crm.csv", written(",", [["Client", "Status", "=evil()"], *rows]).encode())
    sheet = openpyxl.load_workbook(tmp_path / "crm.xlsx")["Clients"]
    assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert [row["=evil()"] for row in cells(tmp_path / "crm.xlsx")] == bad
    assert all(cell.quotePrefix for row in sheet.iter_rows(min_row=2, max_row=5) for cell in row if cell.value in bad)


def test_ragged_doubled_and_odd_rows_are_all_there(tmp_path: Path) -> None:
    text = (
        "Accounts report\nas of today\n\nClient,Status,Owner,Owner,\n"
        "Aldgate,active,Priya,P,x\nBow,active\n\nCorvid,active,Tom,T,y,over,more\nAldgate,paused,Ana,A,z\nTotal,4,,,\n"
    )
    shape = made(tmp_path / "crm.csv", text.encode())
    found = cells(tmp_path / "crm.xlsx")
    assert [row["Client"] for row in found] == ["Aldgate", "Bow", "Corvid", "Aldgate", "Total"]
    values = {value for row in found for value in row.values()}
    assert {"Priya", "P", "x", "over", "more", "z"} <= values
    said = " ".join(shape["notes"])
    assert "line 8" in said
    assert "2 lines above the header" in said
    done = call("run", str(tmp_path / "crm.xlsx"), "--as-of", TODAY)
    assert done.exit_code == 0, done.stderr


def test_an_activity_log_becomes_interactions_and_clients(tmp_path: Path) -> None:
    rows = [["2026-11-03", "Aldgate", "Call", "Budget", "hot"], ["2026-11-05", "Bow", "E-mail", "Weekly", ""]] * 2
    made(tmp_path / "log.csv", written(";", [["Date", "Account", "Activity Type", "Subject", "Mood"], *rows]).encode())
    assert [row["Client"] for row in cells(tmp_path / "log.xlsx")] == ["Aldgate", "Bow"]
    talks = cells(tmp_path / "log.xlsx", "Interactions")
    assert [(row["Client"], row["Type"], row["Summary"]) for row in talks[:2]] == [
        ("Aldgate", "call", "Budget"),
        ("Bow", "e-mail", "Weekly"),
    ]
    assert talks[0]["Mood"] == "hot"
    shape = json.loads(call("run", str(tmp_path / "log.xlsx"), "--as-of", TODAY, "--json").stdout)
    assert shape["clients"] == 2


def test_deals_become_clients_with_every_row_beside(tmp_path: Path) -> None:
    rows = [
        ["Acme", "Website", "Won", "$12,000.00"],
        ["Acme", "SEO", "Open", "$3,000.00"],
        ["Beta", "Ads", "Lost", "$5"],
    ]
    made(tmp_path / "deals.csv", written("\t", [["Organization", "Deal", "Stage", "Value"], *rows]).encode())
    assert [row["Client"] for row in cells(tmp_path / "deals.xlsx")] == ["Acme", "Beta"]
    assert [list(row.values()) for row in cells(tmp_path / "deals.xlsx", "deals")] == rows
    shape = json.loads(call("run", str(tmp_path / "deals.xlsx"), "--as-of", TODAY, "--json").stdout)
    assert shape["clients"] == 2


def test_a_workbook_is_an_export_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Accounts"
    for line in (["Company", "ARR", "Renewal", "Odd"], ["Aldgate", 12_000, datetime.date(2027, 1, 5), True]):
        sheet.append(line)
    other = book.create_sheet("Legend")
    other.append(["Colour", "Means"])
    other.append(["red", "bad"])
    book.save(tmp_path / "crm.xlsx")
    before = (tmp_path / "crm.xlsx").read_bytes()
    done = call("init", "--from", str(tmp_path / "crm.xlsx"), str(tmp_path / "new.xlsx"), "--yes", "--as-of", TODAY)
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "crm.xlsx").read_bytes() == before
    (row,) = cells(tmp_path / "new.xlsx")
    assert (row["Client"], row["Monthly fee"], row["ARR"]) == ("Aldgate", 1000, 12_000)
    assert row["Renewal date"] == datetime.datetime(2027, 1, 5)
    assert cells(tmp_path / "new.xlsx", "Legend") == [{"Colour": "red", "Means": "bad"}]


def test_the_new_tracker_is_the_template_with_the_data_in_place(tmp_path: Path) -> None:
    made(tmp_path / "crm.csv", written(",", [HEAD, *ROWS]).encode(), "--add", "service")
    book = openpyxl.load_workbook(tmp_path / "crm.xlsx")
    assert book.sheetnames[:2] == ["Clients", "Projects"]
    sheet = book["Clients"]
    heads = {cell.value: cell.column_letter for cell in sheet[1]}
    assert {"Service", "Industry", "Tier", "Kd-Nr"} <= set(heads)
    rules = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert any(f"{heads['Status']}2" in rule.sqref for rule in rules)
    assert sheet[f"{heads['Renewal date']}2"].number_format == "d mmm yyyy"
    assert next(iter(sheet.tables.values())).ref.startswith("A1:")
    with zipfile.ZipFile(tmp_path / "crm.xlsx") as archive:
        assert archive.testzip() is None


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "crm.csv").write_text("Client\nA\n")
    (tmp_path / "crm.xlsx").write_text("mine")
    done = call("init", "--from", str(tmp_path / "crm.csv"), "--yes")
    assert done.exit_code == 2
    assert "is there already" in done.stderr
    assert (tmp_path / "crm.xlsx").read_text() == "mine"
    assert call("init", "--from", str(tmp_path / "none.csv"), "--yes").exit_code == 2


def test_a_column_is_named_by_a_flag(tmp_path: Path) -> None:
    made(tmp_path / "crm.csv", b"Wer,Status\nAldgate,active\n", "--map", "clients.client=Wer")
    assert cells(tmp_path / "crm.xlsx")[0]["Client"] == "Aldgate"


def test_ids_and_numbers_stay_what_they_are(tmp_path: Path) -> None:
    rows = [["A", "007", "12", "1.5", "2026-01-02", "12345678901234567"], ["B", "8", "13", "2", "2026-01-03", "1"]]
    made(tmp_path / "crm.csv", written(",", [["Client", "Ref", "Logins", "Share", "Seen", "Long"], *rows]).encode())
    first = cells(tmp_path / "crm.xlsx")[0]
    assert (first["Ref"], first["Logins"], first["Share"], first["Long"]) == ("007", 12, 1.5, "12345678901234567")
    assert first["Seen"] == datetime.datetime(2026, 1, 2)
