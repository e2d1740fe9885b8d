"""The emulator beside Google itself, as other people's tests recorded it. On request only, for the recordings are not
ours:

    git clone https://github.com/burnash/gspread
    SHEETS_SYNC_RECORDED=gspread/tests/cassettes pytest -m campaign tests/test_sheets_emulator_recorded.py -s
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

import pytest

from tests.sheets_emulator import Emulator
from tests.sheets_emulator.book import Book
from tests.sheets_emulator.sheets import made

Json = dict[str, Any]
# What the environment of this process says is taken before tests clear it.
FOLDER = os.environ.get("SHEETS_SYNC_RECORDED", "")
# What the emulator does not promise: files imported by Drive, groups of rows, fitted widths, themes, ids by lot.
APART = ("import_csv", "test_group_", "auto_resize")
NUMBERED = (
    ("addSheet", "properties", "sheetId"),
    ("addNamedRange", "namedRange", "namedRangeId"),
    ("addProtectedRange", "protectedRange", "protectedRangeId"),
)
LEFT_OUT = ("spreadsheetTheme", "namedRangeId", "protectedRangeId", "details", "users")


def recordings() -> list[Path]:
    return [
        path for path in sorted(Path(FOLDER).glob("*.json")) if FOLDER and not any(name in path.name for name in APART)
    ]


class Replay:
    """One recording, asked again. Ids that Google chose stand for those that the emulator chooses."""

    def __init__(self, path: Path) -> None:
        self.calls = json.loads(path.read_text(encoding="utf-8"))["interactions"]
        self.emulator = Emulator()
        self.ids: dict[str, str] = {}

    def differences(self) -> Iterator[tuple[str, Any, Any]]:
        """Each request with what Google answered and what the emulator does; the same twice where they agree."""
        for call in self.calls:
            asked, where = call["request"], urlsplit(call["request"]["uri"])
            status, text = call["response"]["status"]["code"], call["response"]["body"]["string"]
            if "sheets.googleapis" not in where.netloc:
                self.made_by_drive(asked, where, status, text)
            elif not self.first_seen(asked, where, status, text):
                answer = self.answer(asked, where)
                google = json.loads(text)
                self.remember(google, answer[1])
                name = f"{asked['method']} {where.path[17:]}?{where.query} {asked['body'] or ''}"
                yield name[:300], (status, bare(self.said(google))), (answer[0], bare(answer[1]))

    def said(self, value: Any) -> Any:
        text = json.dumps(value)
        for google, ours in self.ids.items():
            text = text.replace(google, ours)
        return json.loads(text)

    def made_by_drive(self, asked: Json, where: SplitResult, status: int, text: str) -> None:
        if asked["method"] != "POST" or not where.path.endswith(("/files", "/copy")) or status != 200:
            return
        file = json.loads(text)
        if where.path.endswith("/copy"):
            book = self.emulator.books[where.path.split("/")[-2]].copy()
            book.id, book.title = file["id"], file["name"]
        else:
            book = Book(file["id"], file["name"], "en_US", "Etc/GMT")
            book.sheets = [made(book, {"sheetId": 0, "title": "Sheet1"})]
        self.emulator.books[file["id"]] = book

    def first_seen(self, asked: Json, where: SplitResult, status: int, text: str) -> bool:
        """Take a spreadsheet that was there before the recording began from the first reply that shows it."""
        id = where.path.split("/")[3].partition(":")[0]
        if id in self.emulator.books or status != 200 or '"properties"' not in text:
            return id not in self.emulator.books and status == 403
        shown = json.loads(text)
        zone = shown["properties"]
        book = Book(id, zone["title"], zone["locale"], zone["timeZone"])
        for sheet in shown["sheets"]:
            book.sheets.append(made(book, sheet["properties"]))
        self.emulator.books[id] = book
        return True

    def answer(self, asked: Json, where: SplitResult) -> tuple[int, Json]:
        body = self.said(json.loads(asked["body"])) if asked["body"] else None
        query = parse_qs(where.query, keep_blank_values=True)
        return self.emulator.handle(asked["method"], where.path, query, body, {"Authorization": "Bearer t"})

    def remember(self, google: Json, ours: Json) -> None:
        for theirs, mine in zip(google.get("replies", []), ours.get("replies", []), strict=False):
            for kind, thing, id in NUMBERED:
                if kind in theirs and kind in mine:
                    self.ids[str(theirs[kind][thing][id])] = str(mine[kind][thing][id])


def bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: bare(inner) for name, inner in value.items() if name not in LEFT_OUT}
    return [bare(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.campaign
def test_the_emulator_answers_as_google_did() -> None:
    if not FOLDER:
        pytest.skip("SHEETS_SYNC_RECORDED names no folder of recordings")
    agree, wrong = 0, []
    for path in recordings():
        for name, google, ours in Replay(path).differences():
            if google == ours:
                agree += 1
            else:
                wrong.append((path.name, name, google, ours))
    print(f"\n{agree} of {agree + len(wrong)} recorded replies")
    assert agree
    assert not wrong, wrong[:5]
