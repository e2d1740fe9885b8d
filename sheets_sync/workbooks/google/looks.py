"""How cells of ours look in Google Sheets: a CellFormat a look, the same decisions as for a file."""

from __future__ import annotations

import math

from sheets_sync.model import Kind
from sheets_sync.workbooks.google.values import Json
from sheets_sync.workbooks.layout import Look, Role, points
from sheets_sync.workbooks.themes import CALM, Fills

INK, MUTED, DARK, LINE, WHITE, LINKED = "000000", "595959", "1F3864", "D9D9D9", "FFFFFF", "1F4E9E"
_BY_ROLE: dict[Role, str] = {"header": DARK, "input header": "FFE699", "heading": "EDEDED", "input": "FFFBE6"}
_NUMERIC = ("money", "percent", "number")
NUMBER_FORMATS: dict[Kind, Json] = {
    "date": {"type": "DATE", "pattern": "d mmm yyyy"},
    "moment": {"type": "DATE_TIME", "pattern": "d mmm yyyy hh:mm"},
    "money": {"type": "NUMBER", "pattern": "#,##0"},
    "percent": {"type": "PERCENT", "pattern": "0 %"},
    "number": {"type": "NUMBER", "pattern": "#,##0"},
}
_PIXELS_A_CHARACTER, _PIXELS_BESIDE, _USUAL = 7, 10, 10


def colour(hex: str) -> Json:
    """RRGGBB as a ColorStyle. Google cuts a share down to the next 255th, so it is rounded up."""
    red, green, blue = (math.ceil(int(hex[i : i + 2], 16) / 255 * 10_000) / 10_000 for i in (0, 2, 4))
    return {"rgbColor": {"red": red, "green": green, "blue": blue}}


def pixels(width: float) -> int:
    """A column's width in characters as pixels."""
    return round(width * _PIXELS_A_CHARACTER + _PIXELS_BESIDE)


def cell_format(look: Look, fills: Fills = CALM, link: str = "") -> Json:
    """The userEnteredFormat of a look; with `link`, the cell leads there (#gid=…). What a bare cell is anyway is not
    said: a tab has thousands of cells."""
    fill = fills.get(look.level, "") if look.level else _BY_ROLE.get(look.role, "")
    shape: Json = {"verticalAlignment": "TOP" if look.role == "line" else "MIDDLE"}
    if text := _text(look, link, bool(fill)):
        shape["textFormat"] = text
    if side := _side(look):
        shape["horizontalAlignment"] = side
    if look.wrap or look.role in ("header", "input header"):
        shape["wrapStrategy"] = "WRAP"
    if fill:
        shape["backgroundColorStyle"] = colour(fill)
    if borders := _borders(look):
        shape["borders"] = borders
    if look.kind in NUMBER_FORMATS:
        exact = look.exact and look.kind == "number"
        shape["numberFormat"] = {"type": "NUMBER", "pattern": "#,##0.0"} if exact else NUMBER_FORMATS[look.kind]
    return shape


def _text(look: Look, link: str, filled: bool) -> Json:
    ink = INK if filled else ""
    if look.role == "header":
        ink = WHITE
    elif look.level is None and look.role == "line" and look.style in ("title", "heading"):
        ink = DARK
    elif look.level is None and look.style == "muted":
        ink = MUTED
    if link and look.role != "header" and look.level is None:
        ink = LINKED
    text: Json = {"foregroundColorStyle": colour(ink)} if ink else {}
    if look.role in ("header", "input header", "heading") or look.style in ("strong", "total", "title", "heading"):
        text["bold"] = True
    if _points(look) != _USUAL:
        text["fontSize"] = _points(look)
    return text | ({"link": {"uri": link}, "underline": True} if link else {})


def _points(look: Look) -> int:
    return {16: 15, 12: 12}.get(points(look), _USUAL)


def _side(look: Look) -> str:
    if look.kind in _NUMERIC and look.role != "line":
        return "RIGHT"
    return "LEFT" if look.kind != "text" else ""


def _borders(look: Look) -> Json:
    if look.role == "input":
        line = {"style": "SOLID", "colorStyle": colour("E6D9A3")}
        return {"left": line, "right": line, "bottom": line}
    if look.style == "total":
        return {"top": {"style": "SOLID", "colorStyle": colour(INK)}}
    if look.role in ("table", "heading"):
        return {"bottom": {"style": "SOLID", "colorStyle": colour(LINE)}}
    return {}
