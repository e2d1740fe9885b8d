"""Generated tabs by hand, for tests of what draws them: one of each kind of block, look and trouble."""

from __future__ import annotations

from datetime import date

from sheets_sync.model import (
    Cell,
    Chart,
    Content,
    Formula,
    Level,
    Link,
    Series,
    Tab,
    TableBlock,
    TableColumn,
    TableRow,
    TextBlock,
)

FRESH = '=IF(NOW()<DATE(2026,11,24)+TIME(17,30,0),"● Checked Mon 23 Nov","✖ Out of date since Tue 24 Nov")'


def cells(*values: Content) -> tuple[Cell, ...]:
    return tuple(Cell(value) for value in values)


def dashboard(title: str = "Dashboard", headline: str = "Our clients: 1 at risk", charts: int = 3) -> Tab:
    """Text, a formula, a table with levels, and up to three charts, one of them with a line."""
    text = TextBlock(
        (1, 1),
        (
            (Cell(headline, style="title"),),
            (Cell(Formula(FRESH, "● Checked Mon 23 Nov"), level=Level.OK),),
            (Cell("Judged on contact.", style="muted", link=Link("Clients", 1, 1, status_column="health")),),
        ),
        span=4,
    )
    levels = (("✖ At risk", Level.RISK, 1), ("● Healthy", Level.OK, 3), ("– Unknown", Level.UNKNOWN, 0))
    table = TableBlock(
        (5, 1),
        (TableColumn("Level", note="How clients stand."), TableColumn("Clients", "number")),
        tuple(TableRow(name, (Cell(name, level=level), Cell(count, kind="number"))) for name, level, count in levels),
    )
    bars = (Series("At risk", (1, 0), "D9733F"), Series("Healthy", (2, 1), "4A90C2"))
    drawn = (
        Chart((10, 1), (1, 10), "Clients of each owner", ("Priya", "Tom"), bars, (9, 6), horizontal=True),
        Chart((10, 3), (5, 10), "To do by week", ("late", "23 Nov"), bars[:1], (8, 6), stacked=False),
        Chart((10, 5), (9, 10), "Answers", ("Q1", "Q2"), (*bars, Series("NPS", (40, None), "404040", True)), (8, 6)),
    )
    widths = (16, 12, 20, 20, 20, 8)
    return Tab("dashboard", title, (text, table, *drawn[:charts]), widths, one_page=True, print_columns=6)


def diary(rows: int = 2) -> Tab:
    """A table with input columns, an owner's heading row, hidden row ids and a filter."""
    columns = (
        TableColumn("Due"),
        TableColumn("Do"),
        TableColumn("Done on", "date", input=True, note="Type the date on which it was done."),
        TableColumn("Outcome", input=True, choices=("spoke", "left a message")),
    )
    lines = [
        TableRow("head", cells("Priya: 2 this week"), heading=True),
        TableRow("a|1", (Cell("✖ Mon 12 Oct", level=Level.RISK), *cells("=1+1", date(2026, 11, 20), "spoke"))),
        TableRow(
            "a|2", (Cell("▲ Mon 23 Nov", level=Level.WATCH), *cells("Call “Söhne & <b>”\x00 _x0041_", None, None))
        ),
    ]
    lines += [
        TableRow(f"b|{i}", (Cell("Thu 26 Nov"), *cells(f"Weekly update {i}", None, None))) for i in range(rows - 2)
    ]
    table = TableBlock((3, 1), columns, tuple(lines), ids=True, filter=True)
    text = TextBlock((1, 1), (cells("Diary"),))
    return Tab("diary", "Diary", (text, table), (19, 46, 11, 24), freeze=3, repeat=(3, 3))


def memory() -> Tab:
    """The hidden tab, which only holds values."""
    columns = (TableColumn("kind"), TableColumn("on", "date"), TableColumn("key"))
    rows = (TableRow("1", cells("level", date(2026, 11, 23), "aldgate")),)
    return Tab("memory", "_sheets_sync", (TableBlock((1, 1), columns, rows),), (), hidden=True)


def sample_tabs() -> tuple[Tab, ...]:
    return dashboard(), diary(), memory()
