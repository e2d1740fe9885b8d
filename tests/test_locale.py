"""What a spreadsheet says of its people: in which zone it is today, and in which order they type a date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
import time_machine

from sheets_sync import sync
from sheets_sync.cli.setting import Setting
from sheets_sync.config import Config
from sheets_sync.model import Scalar, Snapshot
from sheets_sync.tracker.dates import locale_order
from sheets_sync.tracker.inputs import read_inputs
from sheets_sync.tracker.read import read_tables
from sheets_sync.tracker.tablemap import TableMap
from sheets_sync.tracker.tables import Tables
from sheets_sync.workbooks.memory import MemoryWorkbook

NOW = datetime(2026, 11, 23, 9)


@pytest.mark.parametrize(
    ("locale", "order"),
    [
        ("en_US", "month first"),
        ("en_PH", "month first"),
        ("en_GB", "day first"),
        ("de_DE", "day first"),
        ("fr_FR", "day first"),
        ("es_MX", "day first"),
        ("en_CA", None),
        ("ja_JP", None),
        ("zh_CN", None),
        ("sv_SE", None),
        ("en", None),
        ("", None),
    ],
)
def test_the_order_of_a_locale(locale: str, order: str | None) -> None:
    assert locale_order(locale) == order


def snapshot(
    locale: str, *columns: Sequence[Scalar], more: Mapping[str, Sequence[Sequence[Scalar]]] | None = None
) -> Snapshot:
    headers = ("Client", "Last contact", "Start date")[: len(columns) + 1]
    names = [f"Client {n}" for n in range(max(map(len, columns)))]
    rows = [headers, *zip(names, *columns, strict=True)]
    return replace(MemoryWorkbook({"Clients": rows, **(more or {})}).read(), locale=locale)


def contacts(read: Tables) -> list[date | None]:
    return [None if pd.isna(day) else day.date() for day in read["clients"].frame["last_contact"]]


@pytest.mark.parametrize(
    ("locale", "first"), [("en_US", date(2026, 3, 4)), ("en_GB", date(2026, 4, 3)), ("en_CA", None), ("", None)]
)
def test_a_date_that_reads_both_ways_follows_the_locale(locale: str, first: date | None) -> None:
    read = read_tables(snapshot(locale, ["03/04/2026", "2026-05-06"]), Config(), NOW)
    assert contacts(read) == [first, date(2026, 5, 6)]
    assert ["can be read in two ways" in str(problem) for problem in read.problems] == ([] if first else [True])


def test_what_the_column_proves_beats_the_locale() -> None:
    read = read_tables(snapshot("en_US", ["03/04/2026", "31/03/2026"]), Config(), NOW)
    assert contacts(read) == [date(2026, 4, 3), date(2026, 3, 31)]
    beside = read_tables(snapshot("en_US", ["03/04/2026"], ["31/03/2026"]), Config(), NOW)
    assert contacts(beside) == [date(2026, 4, 3)]


def test_what_the_config_says_beats_the_locale() -> None:
    maps = {"clients": TableMap(date_order="day first")}
    assert contacts(read_tables(snapshot("en_US", ["03/04/2026"]), Config(tables=maps), NOW)) == [date(2026, 4, 3)]


def test_a_column_that_contradicts_itself_settles_nothing() -> None:
    read = read_tables(snapshot("en_GB", ["03/04/2026", "31/03/2026", "03/31/2026"]), Config(), NOW)
    assert contacts(read) == [None, date(2026, 3, 31), date(2026, 3, 31)]
    assert [problem.ref.a1 for problem in read.problems if "two ways" in problem.message] == ["B2"]


def test_another_file_has_its_own_locale() -> None:
    log = [("Client", "Date", "Type"), ("Client 0", "03/04/2026", "Call")]
    other = replace(MemoryWorkbook({"Interactions": log}).read(), locale="en_US")
    config = Config(tables={"interactions": TableMap(source="log.xlsx")})
    read = read_tables(snapshot("en_GB", ["03/04/2026"]), config, NOW, {"log.xlsx": other})
    assert contacts(read) == [date(2026, 4, 3)]
    assert read["interactions"].frame["date"].tolist() == [datetime(2026, 3, 4)]


def test_what_is_typed_into_the_diary_follows_the_locale() -> None:
    workbook = MemoryWorkbook({"Clients": [("Client", "Last contact"), ("Aldgate", date(2026, 6, 1))]})
    playbook = sync.load(Config())
    report = sync.run(workbook, sync.plan(workbook, Config(), playbook, NOW))
    diary = workbook.read().owned_tab("diary")
    assert diary is not None
    head = next(n for n, row in enumerate(diary.grid.rows, 1) if "Done on" in row)
    column = diary.grid.rows[head - 1].index("Done on") + 1
    row = next(n for n in range(head + 1, len(diary.grid.rows) + 1) if "Aldgate" in diary.grid.rows[n - 1])
    workbook.type_into("diary", row, column, "11/12/2026")
    for locale, days in (("en_US", [date(2026, 11, 12)]), ("en_GB", [date(2026, 12, 11)])):
        inputs, _ = read_inputs(replace(workbook.read(), locale=locale), report.history, datetime(2026, 12, 20))
        assert [day.date() for day in inputs["done_on"]] == days


# ── The zone ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def setting(zone: str, config: str, folder: Path) -> Setting:
    path = folder / "sheets-sync.toml"
    path.write_text(config, encoding="utf-8")
    workbook = MemoryWorkbook({"Clients": [("Client",), ("Aldgate",)]})
    workbook.zone = zone
    made = Setting(tracker="tracker.xlsx", config_file=str(path))
    made.workbook = workbook
    return made


def test_today_is_the_trackers(tmp_path: Path) -> None:
    with time_machine.travel(datetime.fromisoformat("2026-11-23T20:30:00+00:00"), tick=False):
        assert setting("Pacific/Auckland", "", tmp_path).now == datetime(2026, 11, 24, 9, 30)
        assert setting("America/New_York", "", tmp_path).now == datetime(2026, 11, 23, 15, 30)
        assert setting("GMT-07:00", "", tmp_path).now == datetime(2026, 11, 23, 13, 30)
        own = setting("Pacific/Auckland", '[tracker]\ntimezone = "Europe/Berlin"\n', tmp_path)
        assert own.now == datetime(2026, 11, 23, 21, 30)
        assert own.stamp(own.now) == "2026-11-23T21:30+01:00"


def test_a_zone_that_nobody_knows_is_the_systems(tmp_path: Path) -> None:
    for zone in ("", "GMT-07:30", "Nowhere/At all", "../etc/passwd"):
        assert setting(zone, "", tmp_path).zone is None


def test_a_moment_with_an_offset_is_read_in_the_trackers_zone(tmp_path: Path) -> None:
    made = setting("Pacific/Auckland", "", tmp_path)
    made.as_of = "2026-11-25T09:00"
    made.workbook.tabs["Issues"] = [["Client", "Raised at", "Issue"], ["Aldgate", "2026-11-23T20:30:00Z", "Late"]]
    raised = made.plan().tables["issues"].frame["raised_at"]
    assert raised.tolist() == [datetime(2026, 11, 24, 9, 30)]
