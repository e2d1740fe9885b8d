"""sheets-sync.toml: read back as written, and every mistake at its line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from sheets_sync.config import Config, Holidays, load_config, write_config
from sheets_sync.errors import UsageError
from sheets_sync.tracker.mapping import propose, table_maps
from sheets_sync.tracker.read import read_tables
from sheets_sync.tracker.tablemap import TableMap
from sheets_sync.tracker.values import How
from sheets_sync.workbooks.memory import MemoryWorkbook

NOW = datetime(2026, 11, 23, 9)


def written(folder: Path, text: str) -> Path:
    path = folder / "sheets-sync.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(UsageError) as refusal:
        load_config(written(folder, text))
    return refusal.value.details


def test_no_file_is_all_defaults() -> None:
    config = load_config(None)
    assert config == Config()
    assert (config.playbook, config.tables, config.wanted_tabs(), config.timezone) == ("agency", {}, None, "")


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    path = written(tmp_path, "")
    assert load_config(path) == Config(path)


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        [tracker]
        path = "book.xlsx"
        timezone = "Europe/London"
        [playbook]
        path = "playbook.toml"
        [look]
        columns_off = ["offer_next"]
        tabs = ["journey"]
        theme = "traffic-light"
        [holidays]
        country = "GB"
        subdivision = "ENG"
        [tables.clients]
        tab = "Kunden"
        header_row = 3
        date_order = "day first"
        decimal = ","
        serial_dates = true
        [tables.clients.columns]
        client = "Kunde"
        owner = ""
        [tables.clients.divide]
        monthly_fee = 12
        """,
    )
    table = TableMap("Kunden", 3, {"client": "Kunde", "owner": ""}, "day first", ",", True, {"monthly_fee": 12.0})
    config = load_config(path)
    assert config == Config(
        path,
        "book.xlsx",
        str(tmp_path / "playbook.toml"),
        "Europe/London",
        {"clients": table},
        ("offer_next",),
        ("journey",),
        "traffic-light",
        Holidays("GB", "ENG"),
    )
    assert config.tracker_location == str(tmp_path / "book.xlsx")
    assert config.timezone == "Europe/London"


def test_a_url_is_no_path() -> None:
    assert Config(Path("x/sheets-sync.toml"), "https://example.org/d/1").tracker_location == "https://example.org/d/1"


def test_every_mistake_at_once_with_its_line_and_the_nearest_word(tmp_path: Path) -> None:
    text = """[tracker]
pth = "x"
timezone = 5
[tabels.clients]
tab = "x"
[tables.client]
tab = "x"
[tables.clients]
header_row = "3"
date_order = "dayfirst"
[tables.clients.columns]
onwer = "Rep"
[look]
columns_off = ["helth"]
tabs = ["journy"]
"""
    assert mistakes(tmp_path, text) == (
        'sheets-sync.toml:2:1: tracker.pth: unknown key; did you mean "path"?',
        "sheets-sync.toml:3:1: tracker.timezone: expects text in quotes, not 5",
        'sheets-sync.toml:4:1: tabels: unknown key; did you mean "tables"?',
        'sheets-sync.toml:6:1: tables.client: unknown table; did you mean "clients"?',
        'sheets-sync.toml:9:1: tables.clients.header_row: expects a whole number, not "3"',
        'sheets-sync.toml:10:1: tables.clients.date_order: "dayfirst" is not one of day first, month first; '
        'did you mean "day first"?',
        'sheets-sync.toml:12:1: tables.clients.columns.onwer: unknown column; did you mean "owner"?',
        'sheets-sync.toml:14:16: look.columns_off[1]: "helth" is not one of health, why, do_next, due, touchpoint, '
        'renewal, offer_next; did you mean "health"?',
        'sheets-sync.toml:15:9: look.tabs[1]: "journy" is not one of journey, raci_check, sop, changes, texts; '
        'did you mean "journey"?',
    )


def test_words_that_mean_nothing_elsewhere(tmp_path: Path) -> None:
    text = '[tracker]\ntimezone = "Europe/Lodnon"\n[holidays]\ncountry = "ZZ"\n'
    assert mistakes(tmp_path, text) == (
        'sheets-sync.toml:2:1: tracker.timezone: "Europe/Lodnon" is no time zone, such as "Europe/London"',
        'sheets-sync.toml:4:1: holidays.country: no public holidays are known for "ZZ"; use a code such as "GB"',
    )


def test_a_file_that_is_missing_or_no_toml(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no config .*none\.toml"):
        load_config(tmp_path / "none.toml")
    assert "Expected '=' after a key" in mistakes(tmp_path, "tracker path")[0]
    (tmp_path / "sheets-sync.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="UTF-8"):
        load_config(tmp_path / "sheets-sync.toml")


def test_a_proposal_written_down_reads_the_tracker_as_without_it(tmp_path: Path) -> None:
    tracker = MemoryWorkbook(
        {
            "Kunden 2026": [["Stand"], [], ["Kunde", "Betreuer", "ARR", "Ownr", "NPS"], ["A", "Ann", 1200, "x", 5]],
            "Log": [["Date", "Customer", "Activity Type"], [datetime(2026, 11, 1), "A", "call"]],
        }
    ).read()
    maps, comments = table_maps(propose(tracker, {}, How(NOW)))
    text = write_config(Config(tracker="book.xlsx", tables=maps), comments)
    config = load_config(written(tmp_path, text))
    assert config.tables == maps
    plain, mapped = read_tables(tracker, Config(), NOW), read_tables(tracker, config, NOW)
    for name in ("clients", "interactions"):
        assert mapped[name].frame.equals(plain[name].frame)
        assert {n: c.header for n, c in mapped[name].columns.items()} == {
            n: c.header for n, c in plain[name].columns.items()
        }
    assert "# Left alone: Ownr, NPS" in text
    assert '# tabs = ["journey", "raci_check", "sop", "changes", "texts"]' in text
    assert 'client = "Kunde" # a known spelling' in text
