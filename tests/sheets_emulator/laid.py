"""What else lies on a sheet: protections, filters, bandings, merges and named ranges."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from tests.sheets_emulator import looks
from tests.sheets_emulator.book import Book, Json, Sheet, free_number, invalid
from tests.sheets_emulator.masks import changed, changes
from tests.sheets_emulator.ranges import area, bounds, guard, kept, overlap, refuse_protected

# ── Protections ──────────────────────────────────────────────────────────────────────────────────────────────────────


def add_protection(book: Book, body: Json) -> Json:
    made = copy.deepcopy(body.get("protectedRange", {}))
    if "range" not in made:
        raise invalid("The emulator protects ranges only.")
    made["range"] = kept(made["range"])
    sheet, _ = area(book, made["range"])
    made.setdefault("protectedRangeId", free_number())
    if any(made["protectedRangeId"] == one["protectedRangeId"] for each in book.sheets for one in each.protections):
        raise invalid(f"Protected range with ID {made['protectedRangeId']} already exists.")
    # Google's reply shows the editors as they were given; whoever asked stands among them later.
    editors = {name: users for name, users in made.get("editors", {}).items() if users}
    given = {"editors": editors} if "editors" in made or made.get("warningOnly") else {}
    _edited_by(book, made)
    sheet.protections.append(made)
    return {"addProtectedRange": {"protectedRange": {n: v for n, v in made.items() if n != "editors"} | given}}


def _edited_by(book: Book, made: Json) -> None:
    """Whoever protects a range may always edit it."""
    made["requestingUserCanEdit"] = True
    if not made.get("warningOnly"):
        made.pop("warningOnly", None)
    users = made.get("editors", {}).get("users", [])
    users = [*users, book.caller] if book.caller and book.caller not in users else users
    made["editors"] = {"users": users} if users else {}


def update_protection(book: Book, body: Json) -> None:
    new = body.get("protectedRange", {})
    sheet, old = _protection(book, new.get("protectedRangeId", 0))
    refuse_protected(book, old)
    made = changed(old, new, changes(body, "ProtectedRange")) | {"protectedRangeId": old["protectedRangeId"]}
    made["range"] = kept(made.get("range", {}))
    area(book, made["range"])
    _edited_by(book, made)
    sheet.protections[sheet.protections.index(old)] = made


def delete_protection(book: Book, body: Json) -> None:
    sheet, protection = _protection(book, body.get("protectedRangeId", 0))
    refuse_protected(book, protection)
    sheet.protections.remove(protection)


def _protection(book: Book, id: int) -> tuple[Sheet, Json]:
    for sheet in book.sheets:
        for protection in sheet.protections:
            if protection["protectedRangeId"] == id:
                return sheet, protection
    raise invalid(f"No protected range with ID: {id}")


# ── Filters ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _closed(book: Book, where: Json) -> tuple[Sheet, Json]:
    """A range with all of its ends, as filters keep theirs."""
    sheet, (top, left, bottom, right) = area(book, where)
    return sheet, {"sheetId": sheet.id, "startRowIndex": top, "endRowIndex": bottom,
                   "startColumnIndex": left, "endColumnIndex": right}  # fmt: skip


def set_filter(book: Book, body: Json) -> None:
    made = copy.deepcopy(body.get("filter", {}))
    sheet, made["range"] = _closed(book, made.get("range", {}))
    sheet.filter = made


def clear_filter(book: Book, body: Json) -> None:
    book.sheet(body.get("sheetId", 0)).filter = None


def add_view(book: Book, body: Json) -> Json:
    made = copy.deepcopy(body.get("filter", {}))
    sheet, made["range"] = _closed(book, made.get("range", {}))
    made.setdefault("filterViewId", free_number())
    if any(made["filterViewId"] == view["filterViewId"] for each in book.sheets for view in each.views):
        raise invalid(f"Filter view with ID {made['filterViewId']} already exists.")
    made.setdefault("title", f"Filter {len(sheet.views) + 1}")
    sheet.views.append(made)
    return {"addFilterView": {"filter": made}}


def delete_view(book: Book, body: Json) -> None:
    id = body.get("filterId", 0)
    for sheet in book.sheets:
        if any(view["filterViewId"] == id for view in sheet.views):
            sheet.views = [view for view in sheet.views if view["filterViewId"] != id]
            return
    raise invalid(f"No filter view with ID: {id}")


# ── Bandings and merges ──────────────────────────────────────────────────────────────────────────────────────────────


def add_banding(book: Book, body: Json) -> Json:
    made = looks.stored(copy.deepcopy(body.get("bandedRange", {})))
    sheet, made["range"] = _closed(book, made.get("range", {}))
    made.setdefault("bandedRangeId", free_number())
    taken = [one for each in book.sheets for one in each.bandings if one["bandedRangeId"] == made["bandedRangeId"]]
    if taken:
        raise invalid(f"Banded range with ID {made['bandedRangeId']} already exists.")
    mine = bounds(made["range"], sheet)
    if any(overlap(mine, bounds(one["range"], sheet)) for one in sheet.bandings):
        raise invalid("You cannot add alternating background colors to a range that already has them.")
    sheet.bandings.append(made)
    return {"addBanding": {"bandedRange": made}}


def delete_banding(book: Book, body: Json) -> None:
    id = body.get("bandedRangeId", 0)
    for sheet in book.sheets:
        if any(one["bandedRangeId"] == id for one in sheet.bandings):
            sheet.bandings = [one for one in sheet.bandings if one["bandedRangeId"] != id]
            return
    raise invalid(f"No banded range with id: {id}")


def merge(book: Book, body: Json) -> None:
    """Merge cells; what is not in the first cell of each merge is lost."""
    sheet, (top, left, bottom, right) = area(book, body.get("range", {}))
    guard(book, sheet, (top, left, bottom, right))
    kind = body.get("mergeType", "MERGE_ALL")
    spans = {
        "MERGE_ALL": [(top, left, bottom, right)],
        "MERGE_ROWS": [(row, left, row + 1, right) for row in range(top, bottom)],
        "MERGE_COLUMNS": [(top, column, bottom, column + 1) for column in range(left, right)],
    }[kind]
    for span in spans:
        if any(overlap(span, bounds(one, sheet)) and not _within(bounds(one, sheet), span) for one in sheet.merges):
            raise invalid("You must select all cells in a merged range to merge or unmerge them.")
        sheet.merges = [one for one in sheet.merges if not _within(bounds(one, sheet), span)]
        for row, column in [place for place in sheet.cells if _within((*place, place[0] + 1, place[1] + 1), span)]:
            if (row, column) != span[:2]:
                sheet.set((row, column), sheet.cells[row, column] | {"userEnteredValue": None})
        names = ("startRowIndex", "startColumnIndex", "endRowIndex", "endColumnIndex")
        sheet.merges.append({"sheetId": sheet.id} | dict(zip(names, span, strict=True)))


def unmerge(book: Book, body: Json) -> None:
    sheet, span = area(book, body.get("range", {}))
    guard(book, sheet, span)
    touched = [bounds(one, sheet) for one in sheet.merges if overlap(span, bounds(one, sheet))]
    if not all(_within(one, span) for one in touched):
        raise invalid("You must select all cells in a merged range to merge or unmerge them.")
    sheet.merges = [one for one in sheet.merges if not _within(bounds(one, sheet), span)]


def _within(one: tuple[int, int, int, int], span: tuple[int, int, int, int]) -> bool:
    return span[0] <= one[0] and span[1] <= one[1] and one[2] <= span[2] and one[3] <= span[3]


# ── Named ranges ─────────────────────────────────────────────────────────────────────────────────────────────────────


def add_name(book: Book, body: Json) -> Json:
    made = copy.deepcopy(body.get("namedRange", {}))
    made.setdefault("namedRangeId", str(free_number()))
    made["range"] = kept(made.get("range", {}))
    area(book, made["range"])
    _free_name(book, made)
    book.names.append(made)
    return {"addNamedRange": {"namedRange": made}}


def _free_name(book: Book, made: Json) -> None:
    if not made.get("name", "").replace("_", "a").isalnum() or made["name"][0].isdigit():
        raise invalid(f"Invalid name: {made.get('name', '')}")
    others = [one for one in book.names if one is not made and one["namedRangeId"] != made["namedRangeId"]]
    if any(one["name"].casefold() == made["name"].casefold() for one in others):
        raise invalid(f"A named range with name {made['name']} already exists.")


def _names(book: Book, id: str) -> Iterator[int]:
    found = [at for at, one in enumerate(book.names) if one["namedRangeId"] == id]
    if not found:
        raise invalid(f"No named range with ID: {id}")
    return iter(found)


def update_name(book: Book, body: Json) -> None:
    new = body.get("namedRange", {})
    at = next(_names(book, new.get("namedRangeId", "")))
    made = changed(book.names[at], new, changes(body, "NamedRange"))
    made["range"] = kept(made.get("range", {}))
    area(book, made["range"])
    _free_name(book, made)
    book.names[at] = made


def delete_name(book: Book, body: Json) -> None:
    book.names.pop(next(_names(book, body.get("namedRangeId", ""))))
