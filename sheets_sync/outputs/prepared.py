"""Texts: the words that go with the Diary's lines, filled in, one under the other; on request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sheets_sync.model import Cell, Tab, TextBlock
from sheets_sync.outputs.texts import fill, texts
from sheets_sync.tabs.diary import due_text, is_open
from sheets_sync.tabs.view import View, empty, top
from sheets_sync.tabs.words import count, cut, text

MOST = 60
FIRST_ROW = 4
WIDTHS = (96.0,)
_WIDE = 92
_SUBTITLE = "Copy, fill in what stands in […these brackets…], and send. They are written anew with every run."


def tab(view: View) -> tuple[Tab, Mapping[str, int]]:
    """The tab, and the row at which the text of each Diary line begins, by the line's row id. Of many lines the first
    sixty, the late ones first."""
    lines = [line for line in view.actions if is_open(line) and text(line.text) and line.key in view.clients]
    shown = sorted(lines, key=lambda line: (not line.late, line.routine, line.due, text(line.client)))[:MOST]
    by_name = {one.name: one for one in texts()}
    blocks = [top(_title(shown, len(lines)), _SUBTITLE if shown else "", span=1)]
    rows: dict[str, int] = {}
    row = FIRST_ROW
    for line in shown:
        block = _block(view, line, by_name, row)
        blocks.append(block)
        rows[text(line.row_id)] = row
        row += len(block.lines) + 1
    if not shown:
        blocks.append(empty("Nothing in the Diary has a text that goes with it.", FIRST_ROW))
    return Tab("texts", view.titles["texts"], tuple(blocks), WIDTHS, landscape=False, print_columns=1), rows


def _block(view: View, line: Any, by_name: Mapping[str, Any], row: int) -> TextBlock:
    one = by_name[text(line.text)]
    body = fill(one, view.assessment, view.tables, view.playbook, line.key)
    what = cut(f"{due_text(view, line)} · {line.owner or 'no owner'} · {text(line.what)}", _WIDE)
    head = (
        (Cell(f"{text(line.client)}: {one.title}", style="heading", link=view.link(line.key)),),
        (Cell(what, style="muted"),),
    )
    return TextBlock((row, 1), (*head, *((Cell(words or None, wrap=True),) for words in body.splitlines())))


def _title(shown: list[Any], number: int) -> str:
    if not shown:
        return "Texts: none"
    more = f", the first {MOST} of {number:,}" if number > len(shown) else ""
    return f"Texts: {count(len(shown), 'text')} for what is in the Diary{more}"
