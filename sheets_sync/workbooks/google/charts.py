"""Charts of generated tabs as Google draws them, over the numbers in the tab's hidden columns."""

from __future__ import annotations

from sheets_sync.model import Chart, Series, Tab
from sheets_sync.workbooks.google import ask
from sheets_sync.workbooks.google.looks import colour, pixels
from sheets_sync.workbooks.google.names import number
from sheets_sync.workbooks.google.standing import Sheet
from sheets_sync.workbooks.google.values import Json
from sheets_sync.workbooks.layout import Layout, charts_of

_PIXELS_A_CM = 96 / 2.54
_ROW_PIXELS = 21
_INK = "262626"


def put_charts(tab: Tab, sheet: int, standing: Sheet | None, layout: Layout) -> list[Json]:
    """Draw a tab's charts: those that are there are set right in place, new ones added, ours that are no longer wanted
    taken out; charts that people made stay."""
    there = standing.charts if standing else set()
    asked: list[Json] = []
    wanted = set()
    for n, chart in enumerate(charts_of(tab)):
        id = number("chart", tab.id, str(n))
        wanted.add(id)
        shape, place = spec(chart, sheet), _place(chart, sheet, layout)
        if id in there:
            asked.append({"updateChartSpec": {"chartId": id, "spec": shape}})
            move = {"objectId": id, "newPosition": place, "fields": "*"}
            asked.append({"updateEmbeddedObjectPosition": move})
        else:
            asked.append({"addChart": {"chart": {"chartId": id, "spec": shape, "position": place}}})
    ours = {number("chart", tab.id, str(n)) for n in range(20)}
    asked += [{"deleteEmbeddedObject": {"objectId": id}} for id in sorted(there & ours - wanted)]
    return asked


def _place(chart: Chart, sheet: int, layout: Layout) -> Json:
    row, column = chart.at
    wide, tall = (round(side * _PIXELS_A_CM) for side in chart.size)
    if chart.until is not None:
        bottom, right = chart.until
        wide = sum(pixels(layout.width(at)) for at in range(column, right + 1)) - 8
        tall = (bottom - row + 1) * _ROW_PIXELS
    corner = {"sheetId": sheet, "rowIndex": row - 1, "columnIndex": column - 1}
    return {"overlayPosition": {"anchorCell": corner, "widthPixels": wide, "heightPixels": tall}}


def spec(chart: Chart, sheet: int) -> Json:
    """A ChartSpec: counts on the bars, no gridlines, legend below where there is more than one series."""
    lines = [series.line for series in chart.series]
    kind = "BAR" if chart.horizontal else "COMBO" if any(lines) and not all(lines) else "COLUMN"
    kind = "LINE" if all(lines) else kind
    basic: Json = {
        "chartType": kind,
        "legendPosition": "BOTTOM_LEGEND" if len(chart.series) > 1 else "NO_LEGEND",
        "headerCount": 1,
        "domains": [{"domain": _source(chart, sheet, 0)}],
        "series": [_series(chart, series, n, sheet, kind) for n, series in enumerate(chart.series, start=1)],
        "axis": [{"position": "BOTTOM_AXIS"}, {"position": "LEFT_AXIS"}],
    }
    if chart.stacked and kind != "LINE":
        basic["stackedType"] = "STACKED"
    return {
        "title": chart.title,
        "titleTextFormat": {"fontSize": 11, "bold": True, "foregroundColorStyle": colour(_INK)},
        "fontName": "Arial",
        "hiddenDimensionStrategy": "SHOW_ALL",
        "backgroundColorStyle": colour("FFFFFF"),
        "basicChart": basic,
    }


def _series(chart: Chart, series: Series, n: int, sheet: int, kind: str) -> Json:
    label = {"type": "DATA", "textFormat": {"fontSize": 9, "foregroundColorStyle": colour("000000")}}
    if series.line:
        label["placement"] = "ABOVE"
    shape: Json = {
        "series": _source(chart, sheet, n),
        "targetAxis": "RIGHT_AXIS" if series.line and kind == "COMBO" else _values_axis(kind),
        "colorStyle": colour(series.colour),
        "dataLabel": label,
    }
    if kind == "COMBO":
        shape["type"] = "LINE" if series.line else "COLUMN"
    return shape


def _values_axis(kind: str) -> str:
    return "BOTTOM_AXIS" if kind == "BAR" else "LEFT_AXIS"


def _source(chart: Chart, sheet: int, n: int) -> Json:
    """The n-th column of a chart's numbers, with its header; 0 holds the categories."""
    row, column = chart.data_at
    top, left = row - 1, column - 1 + n
    span = ask.where(sheet, top, left, top + 1 + len(chart.categories), left + 1)
    return {"sourceRange": {"sources": [span]}}
