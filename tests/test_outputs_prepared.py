"""The Texts tab: the words for what is in the Diary, and the jump to them."""

from __future__ import annotations

from dataclasses import replace

from sheets_sync.model import TableBlock, cells_of
from sheets_sync.outputs import prepared
from sheets_sync.tabs import diary
from tests.assessments import NINE, view


def _with_texts(number: int = 1) -> dict[str, object]:
    actions = view().assessment.actions
    lines = actions[~actions["state"].isin(["done", "snoozed"])].head(number)
    return {"actions": actions.assign(text=["check_in" if i in lines.index else "" for i in actions.index])}


def test_each_line_with_a_text_has_it_filled_in_and_jumps_to_it() -> None:
    """[B20] [D7]"""
    seen = view(NINE, **_with_texts(2))
    tab, rows = prepared.tab(seen)
    assert len(rows) == 2
    cells = {place: cell.value for place, cell in cells_of(tab).items()}
    for row_id, row in rows.items():
        client = next(line.client for line in seen.actions if line.row_id == row_id)
        assert str(cells[row, 1]).startswith(f"{client}: ")
        assert str(cells[row + 2, 1]).startswith("Subject: ")
    shown = diary.tab(replace(seen, prepared=rows))
    table = next(block for block in shown.blocks if isinstance(block, TableBlock))
    column = [one.header for one in table.columns].index("Text")
    links = {line.id: line.cells[column] for line in table.rows if not line.heading}
    assert {id: cell.link.row for id, cell in links.items() if cell.link} == dict(rows)
    assert {cell.value for cell in links.values()} == {"Check in", None}


def test_without_the_tab_the_name_stands_alone() -> None:
    table = next(block for block in diary.tab(view(NINE, **_with_texts())).blocks if isinstance(block, TableBlock))
    column = [one.header for one in table.columns].index("Text")
    cells = [line.cells[column] for line in table.rows if not line.heading]
    assert [cell.value for cell in cells if cell.value] == ["Check in"]
    assert not any(cell.link for cell in cells)


def test_at_most_sixty_and_a_sentence_when_there_is_none() -> None:
    tab, rows = prepared.tab(view(NINE, **_with_texts(0)))
    assert not rows
    assert "Texts: none" in str(tab.blocks[0])
