"""Formulas of ours in spreadsheets of every locale, and columns beside hidden ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from sheets_sync.workbooks.google import GoogleWorkbook
from sheets_sync.workbooks.google.locale import by_semicolons, with_semicolons
from tests.sheets_emulator import Emulator, Person, Server
from tests.test_google_calls import NOW, done, tracker


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Server(Emulator(lambda: NOW)) as emulator:
        yield emulator


@pytest.mark.parametrize("locale", ["en_GB", "en_US", "de_DE", "fr_FR", "tr_TR", "pt_BR", "en_ZA", "ja_JP"])
def test_statuses_show_in_every_locale(emulator: Emulator, locale: str) -> None:
    id = emulator.add("Tracker", tracker(3), locale=locale)
    workbook = GoogleWorkbook(id, emulator.api())
    report = done(workbook)
    assert (emulator.reads, emulator.writes) == (1, 1)
    shown = emulator.rows(id, "Clients")
    assert shown[0][6] == "Health"
    health = next(column for column in report.desired.columns if column.id == "health")
    assert [row[6] for row in shown[1:]] == [cell.value for cell in health.cells]
    assert str(emulator.rows(id, "Dashboard")[1][0]).startswith("● Checked")
    assert not done(workbook).written


def test_texts_and_titles_keep_their_commas() -> None:
    assert with_semicolons('=IF(A1,"a, ""b""",\'x, y\'!B2)') == '=IF(A1;"a, ""b""";\'x, y\'!B2)'
    assert [by_semicolons(locale) for locale in ("en_GB", "", "de_DE", "en_ZA")] == [False, False, True, True]


def test_a_column_that_shows_an_error_is_said_and_not_written_again(emulator: Emulator) -> None:
    id = emulator.add("Tracker", tracker(3))
    done(GoogleWorkbook(id, emulator.api()))
    sheet = emulator.sheet(id, "Clients")
    emulator.books[id].locale = "de_DE"
    emulator.changed(id)
    report = done(GoogleWorkbook(id, emulator.api()))
    assert any("#ERROR!" in problem.message for problem in report.problems)
    assert not report.written
    assert sheet.formula(0, 6)


def test_a_status_column_is_seen_beside_a_hidden_one(emulator: Emulator) -> None:
    id = emulator.add("Tracker", tracker(3))
    emulator.sheet(id, "Clients").column_shapes[0] = {"hiddenByUser": True, "pixelSize": 40}
    done(GoogleWorkbook(id, emulator.api()))
    shapes = emulator.sheet(id, "Clients").column_shapes
    assert shapes[0].get("hiddenByUser")
    assert not any(shapes.get(at, {}).get("hiddenByUser") for at in range(1, 14))


def test_what_people_set_in_a_filter_of_ours_stays(emulator: Emulator) -> None:
    id = emulator.add("Tracker", tracker(6))
    done(GoogleWorkbook(id, emulator.api()))
    book = emulator.books[id]
    diary = emulator.sheet(id, "Diary")
    assert diary.filter is not None
    criteria = {"1": {"hiddenValues": ["Owner 1"]}}
    diary.filter = diary.filter | {"criteria": criteria}
    book.version += 1
    Person(emulator, id).type("Clients", 2, 3, "paused")
    done(GoogleWorkbook(id, emulator.api()), datetime(2026, 11, 24, 9))
    assert emulator.sheet(id, "Diary").filter["criteria"] == criteria  # type: ignore[index]
