"""Conditional formats of a sheet: a list, in which the first rule that holds wins."""

from __future__ import annotations

import copy

from tests.sheets_emulator import looks
from tests.sheets_emulator.book import Book, Json, Sheet, invalid
from tests.sheets_emulator.formulas_text import tokens
from tests.sheets_emulator.ranges import area, kept

# How many values a condition takes, where it is not one; the last of a pair is how many at most.
_VALUES = {"BLANK": (0, 0), "NOT_BLANK": (0, 0), "NUMBER_BETWEEN": (2, 2), "NUMBER_NOT_BETWEEN": (2, 2)}


def add(book: Book, body: Json) -> None:
    rule = body.get("rule", {})
    sheet = _checked(book, rule)
    at = body.get("index", 0)
    if not 0 <= at <= len(sheet.rules):
        raise invalid(f"Invalid conditional format rule index: {at}")
    sheet.rules.insert(at, _stored(rule))


def _stored(rule: Json) -> Json:
    made: Json = looks.stored(copy.deepcopy(rule))
    return made | {"ranges": [kept(where) for where in made["ranges"]]}


def _checked(book: Book, rule: Json) -> Sheet:
    """The sheet of a rule. Raises ApiError for one that Google refuses."""
    if not rule.get("ranges"):
        raise invalid("A conditional format rule must have at least one range.")
    sheets = [area(book, where)[0] for where in rule["ranges"]]
    if any(sheet is not sheets[0] for sheet in sheets):
        raise invalid("All ranges of a conditional format rule must be on the same sheet.")
    if "booleanRule" not in rule and "gradientRule" not in rule:
        raise invalid("A conditional format rule must have a booleanRule or a gradientRule.")
    condition = rule.get("booleanRule", {}).get("condition", {})
    if "booleanRule" in rule:
        _check_condition(condition, sheets[0])
    return sheets[0]


def _check_condition(condition: Json, sheet: Sheet) -> None:
    values = [str(value.get("userEnteredValue", "")) for value in condition.get("values", [])]
    least, most = _VALUES.get(condition.get("type", ""), (1, 1))
    if not condition.get("type") or not least <= len(values) <= most:
        raise invalid(f"ConditionType '{condition.get('type', '')}' does not take {len(values)} values.")
    if condition["type"] != "CUSTOM_FORMULA":
        return
    if not values[0].startswith("="):
        raise invalid(f"Invalid ConditionValue.userEnteredValue: {values[0]}")
    named = [token.reference for token in tokens(values[0]) if token.reference]
    if any(reference.sheet is not None and not reference.of(sheet.title, sheet.title) for reference in named):
        raise invalid("Conditional format rule cannot reference a different sheet.")


def _at(sheet: Sheet, index: int) -> Json:
    if not 0 <= index < len(sheet.rules):
        raise invalid(f"No conditional format on sheet: {sheet.id} at index: {index}")
    return sheet.rules[index]


def delete(book: Book, body: Json) -> Json:
    sheet, at = book.sheet(body.get("sheetId", 0)), body.get("index", 0)
    rule = _at(sheet, at)
    sheet.rules.pop(at)
    return {"deleteConditionalFormatRule": {"rule": rule}}


def update(book: Book, body: Json) -> Json:
    at = body.get("index", 0)
    if "rule" in body:
        sheet = _checked(book, body["rule"])
        old = _at(sheet, at)
        sheet.rules[at] = _stored(body["rule"])
        reply = {"newRule": sheet.rules[at], "newIndex": at, "oldRule": old}
    else:
        sheet, to = book.sheet(body.get("sheetId", 0)), body.get("newIndex", 0)
        old = _at(sheet, at)
        _at(sheet, to)
        sheet.rules.insert(to, sheet.rules.pop(at))
        reply = {"newRule": old, "newIndex": to, "oldIndex": at}
    return {"updateConditionalFormatRule": reply}
