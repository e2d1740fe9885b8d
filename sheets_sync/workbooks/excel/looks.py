"""How cells of ours look: colours, fonts, number formats, one openpyxl style a look."""

from __future__ import annotations

from typing import Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.colors import Color
from openpyxl.styles.differential import DifferentialStyle

from sheets_sync.model import Kind
from sheets_sync.workbooks.layout import Look, Role, points
from sheets_sync.workbooks.themes import CALM, Fills

INK, MUTED, DARK, LINE = "FF000000", "FF595959", "FF1F3864", "FFD9D9D9"
_NUMBER_FORMATS: dict[Kind, str] = {
    "text": "General",
    "date": "d mmm yyyy",
    "moment": "d mmm yyyy hh:mm",
    "money": "#,##0",
    "percent": "0 %",
    "number": "#,##0",
}
_NUMERIC = ("money", "percent", "number")


def font(look: Look) -> Any:
    """Calibri of the workbook's own theme, so ours reads like theirs."""
    bold, colour = False, Color(theme=1)
    if look.role == "header":
        bold, colour = True, Color(rgb="FFFFFFFF")
    elif look.role in ("input header", "heading") or look.style in ("strong", "total"):
        bold = True
    elif look.style in ("title", "heading"):
        bold, colour = True, Color(rgb=DARK)
    elif look.style == "muted":
        colour = Color(rgb=MUTED)
    if look.link and look.role != "header":
        colour = Color(rgb="FF1F4E9E")
    if look.level in CALM or look.role in ("input", "input header", "heading"):
        colour = Color(rgb=INK)
    return Font(
        "Calibri", points(look), family=2, scheme="minor", b=bold, color=colour, u="single" if look.link else "none"
    )


def fill(look: Look, fills: Fills = CALM) -> Any:
    """The cell's own fill; colours that follow a symbol are conditional and stand elsewhere."""
    by_role: dict[Role, str] = {"header": DARK, "input header": "FFFFE699", "heading": "FFEDEDED", "input": "FFFFFBE6"}
    colour = f"FF{fills[look.level]}" if look.level and look.level in fills else by_role.get(look.role)
    return PatternFill("solid", fgColor=colour, bgColor=colour) if colour else PatternFill()


def border(look: Look) -> Any:
    if look.role == "input":
        line = Side("thin", color="FFE6D9A3")
        return Border(left=line, right=line, bottom=line)
    if look.style == "total":
        return Border(top=Side("thin", color=INK))
    return Border(bottom=Side("thin", color=LINE)) if look.role in ("table", "heading") else Border()


def alignment(look: Look) -> Any:
    if look.role in ("header", "input header"):
        side = "right" if look.kind in _NUMERIC else "left"
        return Alignment(horizontal=side, vertical="center", wrap_text=True)
    side = "left" if look.kind in ("date", "moment") else "general"
    return Alignment(horizontal=side, vertical="top" if look.role == "line" else "center", wrap_text=look.wrap or None)


def number_format(look: Look) -> str:
    code = _NUMBER_FORMATS[look.kind]
    return "#,##0.0" if look.exact and look.kind == "number" else code


class LookBook:
    """Gives each look its format id in an openpyxl workbook."""

    def __init__(self, scratch: Any, fills: Fills = CALM) -> None:
        self._scratch, self.fills = scratch, fills
        self._ids: dict[Look, int] = {}

    def id(self, look: Look) -> int:
        if look not in self._ids:
            cell = self._scratch.cell(len(self._ids) + 1, 1)
            dress(cell, look, self.fills)
            self._ids[look] = cell.style_id
        return self._ids[look]


def dress(cell: Any, look: Look, fills: Fills = CALM) -> None:
    """Give an openpyxl cell a look."""
    cell.font, cell.fill, cell.border, cell.alignment = font(look), fill(look, fills), border(look), alignment(look)
    cell.number_format = number_format(look)
    if look.quote:
        cell.quotePrefix = True
    if look.role == "input":
        cell.protection = Protection(locked=False)


def level_style(colour: str) -> Any:
    """A conditional look: a level's fill, the font black so that it stays readable in any theme of the office."""
    solid = PatternFill("solid", fgColor=f"FF{colour}", bgColor=f"FF{colour}")
    return DifferentialStyle(font=Font(color=INK), fill=solid)
