"""The Playbook tab: every number of the playbook, for the team to change. Written once; from then on it is theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sheets_sync.model import Cell, Tab, TableBlock, TableColumn, TableRow
from sheets_sync.playbook.locate import Path
from sheets_sync.playbook.schema import Playbook
from sheets_sync.playbook.values import Value

TITLES = ("Playbook", "Playbook settings")
WIDTHS = (60.0, 13.0, 16.0, 76.0)
COLUMNS = (
    TableColumn("Setting", note="What each number is called; the run finds it by this name."),
    TableColumn(
        "Value", input=True, note="Change it here: what stands here wins over the playbook file. Blank: the file’s."
    ),
    TableColumn("Unit"),
    TableColumn("Meaning"),
)
_COUNTING = "How we count"


def tab(playbook: Playbook, values: Sequence[Value], meanings: Mapping[Path, str], title: str = TITLES[0]) -> Tab:
    """One row a value, under the headings of the SOP; what belongs to no entry comes last."""
    sections: dict[str, list[TableRow]] = {}
    for value in values:
        cells = (
            Cell(value.name, wrap=True),
            _value(value),
            Cell(_unit(value)),
            Cell(meanings[value.path] or None, wrap=True),
        )
        sections.setdefault(_section(playbook, value), []).append(TableRow("", cells))
    rows: list[TableRow] = []
    for section in sorted(sections, key=_order):
        rows += [TableRow("", (Cell(section),), heading=True), *sections[section]]
    return Tab("playbook", title, (TableBlock((1, 1), COLUMNS, tuple(rows)),), WIDTHS, freeze=1, repeat=(1, 1))


def _value(value: Value) -> Cell:
    """A number as a number, a share in percent, the number of "14 days" alone; words as they are."""
    found: Any = value.value
    if value.kind == "span" and found is not None:
        number = float(found.split(" ", 1)[0])
        return Cell(int(number) if number.is_integer() else number)
    if value.kind == "yes/no":
        return Cell("yes" if found else "no")
    if value.kind == "number" and isinstance(found, float) and found.is_integer() and value.unit != "share":
        return Cell(int(found))
    return Cell(found, kind="percent" if value.unit == "share" and found is not None else "text")


def _unit(value: Value) -> str | None:
    if value.choices:
        return "\u00a0" + " or ".join(value.choices)
    words = {"yes/no": "yes or no", "time": "time of day"}.get(value.kind) or value.unit
    # A space that stays keeps it off the number beside it, which stands at the right edge of its cell.
    return f"\u00a0{words}" if words else None


def _section(playbook: Playbook, value: Value) -> str:
    kind, name = value.path[0], value.path[1]
    if kind == "settings":
        return _COUNTING
    entry = getattr(playbook, str(kind))
    return str((entry[name] if isinstance(entry, dict) else entry).section) or str(kind).capitalize()


def _order(section: str) -> tuple[int, str]:
    number = section.partition(" ")[0]
    return (int(number) if number.isdigit() else 1000 + (section == _COUNTING), section)
