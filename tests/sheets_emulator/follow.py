"""What lies on rows and columns goes along when these are put in, taken out or moved."""

from __future__ import annotations

from tests.sheets_emulator import tags
from tests.sheets_emulator.book import Book, Json, Sheet
from tests.sheets_emulator.charts import sources
from tests.sheets_emulator.formulas import Edit, adjust


def follow(book: Book, sheet: Sheet, change: Edit) -> None:
    """Carry an edit of a sheet to its tags, sizes, frozen lines and ranges, and to whatever refers to these."""
    rows = change.dimension == "ROWS"
    for name in ("row_tags", "row_shapes") if rows else ("column_tags", "column_shapes"):
        moved = {change.place(at): held for at, held in getattr(sheet, name).items()}
        setattr(sheet, name, {at: held for at, held in moved.items() if at is not None})
    tags.settle(sheet)
    _frozen(sheet, change, "frozenRowCount" if rows else "frozenColumnCount")
    _ranges(book, sheet, change)
    for other in book.sheets:
        _formulas(other, change)
    for chart in (chart for other in book.sheets for chart in other.charts):
        for ranges in sources(chart["spec"]):
            ranges[:] = [where for where in ranges if where.get("sheetId", 0) != sheet.id or _moved(where, change)]
    for chart in sheet.charts:
        corner = chart["position"]["overlayPosition"]["anchorCell"]
        name = "rowIndex" if rows else "columnIndex"
        to = change.place(corner.get(name, 0))
        corner[name] = min(change.start, (sheet.rows if rows else sheet.columns) - 1) if to is None else to


def _formulas(sheet: Sheet, change: Edit) -> None:
    for place, cell in list(sheet.cells.items()):
        text = cell.get("userEnteredValue", {}).get("formulaValue")
        if text and (new := adjust(text, sheet.title, change)) != text:
            sheet.cells[place] = cell = cell | {"userEnteredValue": {"formulaValue": new}}
        condition = cell.get("dataValidation", {}).get("condition", {})
        if any(str(value.get("userEnteredValue", "")).startswith("=") for value in condition.get("values", [])):
            sheet.cells[place] = cell | {
                "dataValidation": cell["dataValidation"] | {"condition": _condition(condition, sheet, change)}
            }


def _condition(condition: Json, sheet: Sheet, change: Edit) -> Json:
    values = []
    for value in condition.get("values", []):
        text = str(value.get("userEnteredValue", ""))
        values.append(value | {"userEnteredValue": adjust(text, sheet.title, change)} if text[:1] == "=" else value)
    return condition | ({"values": values} if values else {})


def _frozen(sheet: Sheet, change: Edit, name: str) -> None:
    frozen = sheet.grid.get(name, 0)
    if frozen and change.kind == "insert" and change.start < frozen:
        sheet.grid[name] = frozen + change.end - change.start
    elif frozen and change.kind == "delete":
        sheet.grid[name] = frozen - len([at for at in range(change.start, change.end) if at < frozen])
    elif frozen and change.kind == "move":
        # Lines moved among the frozen ones are frozen, lines moved out of them are not.
        taken = len([at for at in range(change.start, change.end) if at < frozen])
        put = change.end - change.start if change.destination < frozen else 0
        sheet.grid[name] = frozen - taken + put


def _ranges(book: Book, sheet: Sheet, change: Edit) -> None:
    for rule in sheet.rules:
        rule["ranges"] = [where for where in rule["ranges"] if _moved(where, change)]
        if "booleanRule" in rule:
            condition = _condition(rule["booleanRule"].get("condition", {}), sheet, change)
            rule["booleanRule"] = rule["booleanRule"] | {"condition": condition}
    sheet.rules = [rule for rule in sheet.rules if rule["ranges"]]
    for name in ("protections", "views", "bandings"):
        setattr(sheet, name, [one for one in getattr(sheet, name) if _moved(one["range"], change)])
    for protection in sheet.protections:
        if "unprotectedRanges" in protection:
            free = [where for where in protection["unprotectedRanges"] if _moved(where, change)]
            protection["unprotectedRanges"] = free
    sheet.merges = [one for one in sheet.merges if _moved(one, change) and _several(one)]
    if sheet.filter and not _moved(sheet.filter["range"], change):
        sheet.filter = None
    mine = [one for one in book.names if one["range"].get("sheetId", 0) == sheet.id]
    book.names = [one for one in book.names if one not in mine or _moved(one["range"], change)]


def _several(where: Json) -> bool:
    tall = where["endRowIndex"] - where["startRowIndex"]
    return bool(tall * (where["endColumnIndex"] - where["startColumnIndex"]) > 1)


def _moved(where: Json, change: Edit) -> bool:
    """Move a range along with an edit; False when nothing of it is left."""
    rows = change.dimension == "ROWS"
    start, end = ("startRowIndex", "endRowIndex") if rows else ("startColumnIndex", "endColumnIndex")
    first, last = where.get(start, 0), where.get(end)
    if first == 0 and last is None:
        return True
    count = change.end - change.start
    if change.kind == "insert":
        where[start] = first + count if first >= change.start else first
        if last is not None:
            where[end] = last + count if last > change.start else last
        return True
    if change.kind == "delete":
        where[start] = first - _gone(first, change)
        if last is not None:
            where[end] = last - _gone(last, change)
            return bool(where[end] > where[start])
        return change.size is None or where[start] < change.size - count
    end_of_it = (change.size or first + 1) if last is None else last
    moved = [to for at in range(first, end_of_it) if (to := change.place(at)) is not None]
    where[start] = min(moved)
    if last is not None:
        where[end] = max(moved) + 1
    return True


def _gone(at: int, change: Edit) -> int:
    """How many lines before `at` a deletion takes."""
    return max(0, min(at, change.end) - change.start)
