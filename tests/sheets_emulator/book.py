"""A spreadsheet as the emulator holds it. Cells are never changed in place, so that copying one is cheap."""

from __future__ import annotations

import copy
import secrets
import string
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sheets_sync.workbooks.plain import serial

Json = dict[str, Any]
Place = tuple[int, int]
MOST_CELLS = 10_000_000


class ApiError(Exception):
    """A refusal as Google words it."""

    def __init__(self, status: int, code: str, message: str, details: list[Json] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.details = status, code, message, details

    def body(self) -> Json:
        error: Json = {"code": self.status, "message": self.message, "status": self.code}
        return {"error": error | ({"details": self.details} if self.details else {})}


def invalid(message: str) -> ApiError:
    return ApiError(400, "INVALID_ARGUMENT", message)


@dataclass(slots=True)
class Sheet:
    """One tab: what people and programs entered, cell by cell (CellData without anything worked out), 0-based."""

    id: int
    title: str
    rows: int = 1000
    columns: int = 26
    hidden: bool = False
    grid: Json = field(default_factory=dict)
    cells: dict[Place, Json] = field(default_factory=dict)
    tags: list[Json] = field(default_factory=list)
    column_tags: dict[int, list[Json]] = field(default_factory=dict)
    row_tags: dict[int, list[Json]] = field(default_factory=dict)
    column_shapes: dict[int, Json] = field(default_factory=dict)
    row_shapes: dict[int, Json] = field(default_factory=dict)
    rules: list[Json] = field(default_factory=list)
    protections: list[Json] = field(default_factory=list)
    charts: list[Json] = field(default_factory=list)
    filter: Json | None = None
    views: list[Json] = field(default_factory=list)
    bandings: list[Json] = field(default_factory=list)
    merges: list[Json] = field(default_factory=list)
    properties: Json = field(default_factory=dict)

    def copy(self) -> Sheet:
        made = copy.copy(self)
        made.cells = dict(self.cells)
        for name in (
            "grid", "tags", "column_tags", "row_tags", "column_shapes", "row_shapes", "rules", "protections",
            "charts", "filter", "views", "bandings", "merges", "properties",
        ):  # fmt: skip
            setattr(made, name, copy.deepcopy(getattr(self, name)))
        return made

    def entered(self, row: int, column: int) -> Json:
        """The ExtendedValue that was entered into a cell, {} for none."""
        value: Json = self.cells.get((row, column), {}).get("userEnteredValue", {})
        return value

    def formula(self, row: int, column: int) -> str:
        return str(self.entered(row, column).get("formulaValue", ""))

    def set(self, place: Place, data: Json) -> None:
        """Replace a cell; an empty one goes."""
        shape = {name: value for name, value in data.items() if value not in (None, {}, [], "")}
        if shape:
            self.cells[place] = shape
        else:
            self.cells.pop(place, None)


@dataclass(slots=True)
class Book:
    """A spreadsheet. `roles` is who may do what by e-mail (owner, writer, reader); `version` changes with every
    write."""

    id: str
    title: str
    locale: str = "en_GB"
    zone: str = "Europe/London"
    sheets: list[Sheet] = field(default_factory=list)
    tags: list[Json] = field(default_factory=list)
    names: list[Json] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)
    office_file: bool = False
    version: int = 0
    # Who is at it, and when: for protections and formulas.
    caller: str = ""
    now: datetime | None = field(default=None, compare=False)

    def copy(self) -> Book:
        made = copy.copy(self)
        made.sheets = [sheet.copy() for sheet in self.sheets]
        made.tags, made.names = copy.deepcopy(self.tags), copy.deepcopy(self.names)
        return made

    def take(self, other: Book) -> None:
        """Become what another copy has become."""
        self.title, self.locale, self.zone = other.title, other.locale, other.zone
        self.sheets, self.tags, self.names = other.sheets, other.tags, other.names
        self.version += 1

    def sheet(self, id: int) -> Sheet:
        for sheet in self.sheets:
            if sheet.id == id:
                return sheet
        raise invalid(f"No grid with id: {id}")

    def fits(self) -> None:
        """Refuse what has made it larger than Google lets a spreadsheet be."""
        if self.size > MOST_CELLS:
            raise invalid(
                f"This action would increase the number of cells in the workbook above the limit of {MOST_CELLS} cells."
            )

    def titled(self, title: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.title == title), None)

    def all_tags(self) -> list[Json]:
        found = list(self.tags)
        for sheet in self.sheets:
            found += sheet.tags
            for line in (*sheet.column_tags.values(), *sheet.row_tags.values()):
                found += line
        return found

    @property
    def size(self) -> int:
        return sum(sheet.rows * sheet.columns for sheet in self.sheets)


def new_id() -> str:
    """An id as Google gives it: 44 characters."""
    letters = string.ascii_letters + string.digits + "-_"
    return "1" + "".join(secrets.choice(letters) for _ in range(43))


def free_number() -> int:
    return 1 + secrets.randbelow(2_000_000_000)


def sheet_of(id: int, title: str, rows: list[list[Any]]) -> Sheet:
    """A tab with these values: dates are numbers with a date's format, text is text."""
    width = max((len(row) for row in rows), default=0)
    sheet = Sheet(id, title, max(1000, len(rows) + 10), max(26, width))
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            if value is not None:
                sheet.cells[i, j] = cell_of(value)
    return sheet


def cell_of(value: Any) -> Json:
    """The CellData of a Python value; a text that begins with = is a formula only as Formula text (`formula()`)."""
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, bool):
        return {"userEnteredValue": {"boolValue": value}}
    if isinstance(value, datetime):
        return _dated(serial(value), "DATE_TIME")
    if isinstance(value, date):
        return _dated(serial(value), "DATE")
    if isinstance(value, time):
        return _dated((value.hour * 3600 + value.minute * 60 + value.second) / 86_400, "TIME")
    if isinstance(value, int | float):
        return {"userEnteredValue": {"numberValue": value}}
    return {"userEnteredValue": {"stringValue": str(value)}}


def _dated(number: float, kind: str) -> Json:
    return {"userEnteredValue": {"numberValue": number}, "userEnteredFormat": {"numberFormat": {"type": kind}}}


def formula(text: str) -> Json:
    """A cell with a formula."""
    return {"userEnteredValue": {"formulaValue": text}}
