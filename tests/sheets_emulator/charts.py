"""Charts over the cells of a sheet."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from tests.sheets_emulator import looks
from tests.sheets_emulator.book import Book, Json, Sheet, free_number, invalid
from tests.sheets_emulator.masks import changed, changes
from tests.sheets_emulator.ranges import area

_KINDS = (
    "basicChart", "pieChart", "bubbleChart", "candlestickChart", "orgChart", "histogramChart", "waterfallChart",
    "treemapChart", "scorecardChart",
)  # fmt: skip


def add(book: Book, body: Json) -> Json:
    made = looks.stored(copy.deepcopy(body.get("chart", {})))
    made.setdefault("chartId", free_number())
    if any(chart["chartId"] == made["chartId"] for sheet in book.sheets for chart in sheet.charts):
        raise invalid(f"Chart with id {made['chartId']} already exists.")
    _check(book, made.get("spec", {}))
    sheet = _anchored(book, made)
    sheet.charts.append(made)
    return {"addChart": {"chart": made}}


def _check(book: Book, spec: Json) -> None:
    kinds = [kind for kind in _KINDS if kind in spec]
    if len(kinds) != 1:
        raise invalid("A chart must have exactly one kind of spec.")
    for ranges in sources(spec):
        for where in ranges:
            area(book, where)


def _anchored(book: Book, chart: Json) -> Sheet:
    """The sheet that a chart lies over."""
    overlay = chart.get("position", {}).get("overlayPosition", {})
    corner = overlay.get("anchorCell")
    if corner is None:
        raise invalid("The emulator puts charts over cells only.")
    sheet = book.sheet(corner.get("sheetId", 0))
    if corner.get("rowIndex", 0) >= sheet.rows or corner.get("columnIndex", 0) >= sheet.columns:
        raise invalid(
            f"Range ('{sheet.title}'!R{corner.get('rowIndex', 0) + 1}C{corner.get('columnIndex', 0) + 1}) exceeds grid "
            f"limits. Max rows: {sheet.rows}, max columns: {sheet.columns}"
        )
    overlay["anchorCell"] = {"sheetId": sheet.id} | corner
    return sheet


def sources(part: Any) -> Iterator[list[Json]]:
    """The lists of ranges that a chart draws."""
    if isinstance(part, dict):
        for name, inner in part.items():
            if name == "sources":
                yield inner
            else:
                yield from sources(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from sources(inner)


def _chart(book: Book, id: int, what: str) -> tuple[Sheet, Json]:
    for sheet in book.sheets:
        for chart in sheet.charts:
            if chart["chartId"] == id:
                return sheet, chart
    raise invalid(f"No {what} with id: {id}")


def update(book: Book, body: Json) -> None:
    _, chart = _chart(book, body.get("chartId", 0), "chart")
    _check(book, body.get("spec", {}))
    chart["spec"] = looks.stored(copy.deepcopy(body["spec"]))


def move(book: Book, body: Json) -> Json:
    sheet, chart = _chart(book, body.get("objectId", 0), "embedded object")
    paths, new = changes(body, "OverlayPosition"), body.get("newPosition", {})
    if "overlayPosition" not in new:
        raise invalid("The emulator puts charts over cells only.")
    place = changed(chart["position"]["overlayPosition"], new["overlayPosition"], paths)
    chart["position"] = {"overlayPosition": place}
    target = _anchored(book, chart)
    sheet.charts.remove(chart)
    target.charts.append(chart)
    return {"updateEmbeddedObjectPosition": {"position": chart["position"]}}


def delete(book: Book, body: Json) -> None:
    sheet, chart = _chart(book, body.get("objectId", 0), "embedded object")
    sheet.charts.remove(chart)


def forget_sheet(book: Book, id: int) -> None:
    """Charts elsewhere lose what they drew of a sheet that is gone."""
    for chart in (chart for sheet in book.sheets for chart in sheet.charts):
        for ranges in sources(chart["spec"]):
            ranges[:] = [where for where in ranges if where.get("sheetId", 0) != id]
