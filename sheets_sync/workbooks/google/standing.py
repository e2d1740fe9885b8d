"""A spreadsheet as Google describes it → Standing: sheets, cells, what is tagged as ours. Found by identity: tabs by a
tag on the sheet, status columns by a tag on the column, never by position or title."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sheets_sync.errors import TryAgain
from sheets_sync.model import Grid, Scalar
from sheets_sync.workbooks.google.colours import area_of, essence
from sheets_sync.workbooks.google.names import COLUMN, RUN, TAB, number
from sheets_sync.workbooks.google.values import Json, format_of, raw_value, value_of

_TAGS = "developerMetadata(metadataId,metadataKey,metadataValue)"
_CELL = "userEnteredValue(formulaValue),{}effectiveFormat(numberFormat(type)),note"
_SHEET = (
    "properties(sheetId,title,sheetType,hidden,gridProperties(rowCount,columnCount,frozenRowCount,"
    f"frozenColumnCount)),{_TAGS},conditionalFormats,charts(chartId),basicFilter,merges,protectedRanges(protectedRangeId,range,"
    f"warningOnly,requestingUserCanEdit),data(startRow,startColumn,rowData(values({{}})),columnMetadata({_TAGS}))"
)
_MOST_ROWS, _MOST_COLUMNS = 10_000_000, 18_278
_HEAD = f"spreadsheetId,properties(title,locale,timeZone),{_TAGS},sheets"


def mask(values: bool = True) -> str:
    """The fields that a read asks for; without `values` only how cells are formatted and where formulas stand."""
    return f"{_HEAD}({_SHEET.format(_CELL.format('effectiveValue,' if values else ''))})"


@dataclass(slots=True)
class Sheet:
    """One tab; one without cells (a chart's own tab) has no height. `cells` are CellData by row and column, from A1 on,
    ragged; `columns` are our tags: id by 0-based column, `copies` those of them that we did not number ourselves;
    `tab` is the id of a generated tab."""

    id: int
    title: str
    visible: bool
    height: int
    width: int
    frozen_columns: int = 0
    frozen_rows: int = 0
    cells: list[list[Json]] = field(default_factory=list)
    values: list[list[Scalar]] = field(default_factory=list)
    columns: dict[int, str] = field(default_factory=dict)
    copies: set[int] = field(default_factory=set)
    tab: str = ""
    rules: list[Json] = field(default_factory=list)
    charts: set[int] = field(default_factory=set)
    filter: Json | None = None
    merges: list[tuple[int, int]] = field(default_factory=list)
    protections: list[Json] = field(default_factory=list)

    def formula(self, row: int, column: int) -> str:
        """The formula in a cell (0-based), "" for none."""
        cells = self.cells[row] if 0 <= row < len(self.cells) else []
        return str(cells[column].get("userEnteredValue", {}).get("formulaValue", "")) if column < len(cells) else ""

    def note(self, row: int, column: int) -> str:
        """The note on a cell (0-based), "" for none."""
        cells = self.cells[row] if 0 <= row < len(self.cells) else []
        return str(cells[column].get("note", "")) if column < len(cells) else ""

    def at(self, row: int, column: int) -> Scalar:
        """The value of a cell (0-based)."""
        line = self.values[row] if 0 <= row < len(self.values) else []
        return line[column] if column < len(line) else None

    def grid(self) -> Grid:
        return Grid(self.title, tuple(tuple(line) for line in self.values), self.visible)


@dataclass(slots=True)
class Standing:
    """A spreadsheet at one moment: its zone and locale, the token of the last run (id, value), its sheets in order."""

    id: str
    title: str
    zone: str
    locale: str
    token: tuple[int, str] | None
    sheets: list[Sheet]

    def tab(self, id: str) -> Sheet | None:
        """A generated tab by its id. Of two with the same tag (somebody duplicated the tab) ours is the older one."""
        found = [sheet for sheet in self.sheets if sheet.tab == id]
        return next((sheet for sheet in found if sheet.id == number(TAB, id)), found[0] if found else None)

    def titled(self, title: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.title == title), None)

    def by_id(self, id: int) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.id == id), None)

    def column(self, id: str) -> tuple[Sheet, int] | None:
        """The sheet and 0-based column of a status column."""
        found = ((sheet, at) for sheet in self.sheets for at, tag in sheet.columns.items() if tag == id)
        return next(found, None)

    def columns(self) -> Iterator[tuple[str, Sheet, int]]:
        """Every status column, by sheet and from left to right: id, sheet, 0-based column."""
        seen = set()
        for sheet in self.sheets:
            for at, id in sorted(sheet.columns.items()):
                if id not in seen:
                    seen.add(id)
                    yield id, sheet, at

    def theirs(self) -> Iterator[Sheet]:
        """The team's own tabs, in order; a copy that somebody made of one of ours is theirs too."""
        ours = {sheet.id for sheet in self.sheets if sheet.tab and self.tab(sheet.tab) is sheet}
        yield from (sheet for sheet in self.sheets if sheet.id not in ours)

    @property
    def size(self) -> int:
        """How many cells of the team's hold something."""
        return sum(
            value is not None and at not in sheet.columns
            for sheet in self.theirs()
            for line in sheet.values
            for at, value in enumerate(line)
        )


def parse(reply: Mapping[str, Any], values: bool = True) -> Standing:
    """Google's description of a spreadsheet, with everything that `mask` asked for; without `values` these are still to
    come. Raises TryAgain for a reply that makes no sense."""
    try:
        properties = reply.get("properties", {})
        sheets = [_sheet(one) for one in reply["sheets"]]
        _forget_copies(sheets)
        for sheet in sheets if values else ():
            sheet.values = [[value_of(cell) for cell in line] for line in sheet.cells]
            _trim(sheet)
        return Standing(
            id=str(reply.get("spreadsheetId", "")),
            title=str(properties.get("title", "")),
            zone=str(properties.get("timeZone", "")),
            locale=str(properties.get("locale", "")),
            token=_token(reply.get("developerMetadata", [])),
            sheets=sheets,
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise TryAgain(f"Google's answer makes no sense ({type(error).__name__}: {error}). Try again later.") from None


def with_values(standing: Standing, reply: Mapping[str, Any]) -> bool:
    """Fill in values that were asked for apart (values:batchGet, a range a sheet in order). False where the two
    answers do not belong together: somebody moved things between them."""
    try:
        ranges = reply["valueRanges"]
        tabs = [sheet for sheet in standing.sheets if sheet.height]
        if len(ranges) != len(tabs):
            return False
        for sheet, one in zip(tabs, ranges, strict=True):
            _fill(sheet, one.get("values", []))
    except (KeyError, TypeError, AttributeError):
        raise TryAgain("Google's answer makes no sense. Try again later.") from None
    return all(_agrees(sheet) for sheet in standing.sheets)


def _fill(sheet: Sheet, rows: list[list[object]]) -> None:
    for i, line in enumerate(rows):
        formats = sheet.cells[i] if i < len(sheet.cells) else []
        kinds = [format_of(cell) for cell in formats] + [""] * (len(line) - len(formats))
        sheet.values.append([raw_value(raw, kind) for raw, kind in zip(line, kinds, strict=False)])
    _trim(sheet)


def _agrees(sheet: Sheet) -> bool:
    """Whether formats and values of a sheet speak of the same cells: what is formatted as a date is mostly a number,
    and the header of a status column says what its formula says."""
    dates = [(i, j) for i, line in enumerate(sheet.cells) for j, cell in enumerate(line) if "DATE" in format_of(cell)]
    texts = sum(isinstance(sheet.at(i, j), str) for i, j in dates)
    if texts > len(dates) / 2:
        return False
    for at in sheet.columns:
        for row in range(min(len(sheet.cells), 50)):
            formula, shown = sheet.formula(row, at), sheet.at(row, at)
            if formula and isinstance(shown, str) and f'"{shown}"' not in formula:
                return False
    return True


def _sheet(one: Mapping[str, Any]) -> Sheet:
    properties = one["properties"]
    grid = properties.get("gridProperties", {})
    sheet = Sheet(
        id=int(properties.get("sheetId", 0)),
        title=str(properties["title"]),
        visible=not properties.get("hidden", False),
        height=int(grid.get("rowCount", 0)),
        width=int(grid.get("columnCount", 0)),
        frozen_columns=int(grid.get("frozenColumnCount", 0)),
        frozen_rows=int(grid.get("frozenRowCount", 0)),
        tab=(_tags(one.get("developerMetadata", []), TAB) or [("", False)])[-1][0],
        rules=[_rule(rule, int(grid.get("rowCount", 0))) for rule in one.get("conditionalFormats", [])],
        charts={int(chart["chartId"]) for chart in one.get("charts", [])},
        filter=_filter(one["basicFilter"]) if "basicFilter" in one else None,
        merges=[area_of(where)[2::2] for where in one.get("merges", [])],
        protections=[dict(range_) for range_ in one.get("protectedRanges", [])],
    )
    for data in one.get("data", []):
        _cells(sheet, data)
    return sheet


def _rule(rule: Mapping[str, Any], height: int) -> Json:
    """A rule; a range that ends with the sheet is as good as one without an end."""
    essence(rule)
    ranges = [{name: value for name, value in where.items() if name != "endRowIndex" or int(value) < height}
              for where in rule.get("ranges", [])]  # fmt: skip
    return dict(rule) | {"ranges": ranges}


def _filter(shape: Mapping[str, Any]) -> Json:
    area_of(shape["range"])
    return dict(shape)


def _cells(sheet: Sheet, data: Mapping[str, Any]) -> None:
    top, left = int(data.get("startRow", 0)), int(data.get("startColumn", 0))
    if not (0 <= top < _MOST_ROWS and 0 <= left < _MOST_COLUMNS):
        raise ValueError("cells lie beyond any spreadsheet")
    rows = data.get("rowData", [])
    sheet.cells += [[] for _ in range(top + len(rows) - len(sheet.cells))]
    for i, row in enumerate(rows, start=top):
        cells = row.get("values", []) if row else []
        if not all(isinstance(cell, dict) for cell in cells):
            raise TypeError("a cell is no object")
        line = sheet.cells[i]
        line += [{} for _ in range(left - len(line))]
        line[left:] = cells
    for at, column in enumerate(data.get("columnMetadata", []), start=left):
        for id, genuine in _tags(column.get("developerMetadata", []), COLUMN):
            sheet.columns[at] = id
            if not genuine:
                sheet.copies.add(at)


def _tags(tags: list[Json], key: str) -> list[tuple[str, bool]]:
    """The values of a key's tags, and whether we numbered them ourselves, those last."""
    found = [(str(tag.get("metadataValue", "")), int(tag.get("metadataId", 0))) for tag in tags
             if tag.get("metadataKey") == key]  # fmt: skip
    return sorted(((value, id == number(key, value)) for value, id in found), key=lambda one: one[1])


def _forget_copies(sheets: list[Sheet]) -> None:
    """Who duplicates a tab duplicates the tags on its columns: the copies are the team's own."""
    genuine = {id for sheet in sheets for at, id in sheet.columns.items() if at not in sheet.copies}
    for sheet in sheets:
        sheet.columns = {at: id for at, id in sheet.columns.items() if at not in sheet.copies or id not in genuine}


def _token(tags: list[Json]) -> tuple[int, str] | None:
    found = [(int(tag["metadataId"]), str(tag.get("metadataValue", ""))) for tag in tags if tag["metadataKey"] == RUN]
    return found[-1] if found else None


def _trim(sheet: Sheet) -> None:
    for line in sheet.values:
        while line and line[-1] is None:
            line.pop()
    while sheet.values and not sheet.values[-1]:
        sheet.values.pop()
