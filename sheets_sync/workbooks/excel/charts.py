"""Charts of generated tabs as openpyxl draws them: counts on the bars, no gridlines, legend below, numbers kept in
the part itself so that every viewer shows them."""

from __future__ import annotations

import re
from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.data_source import (
    AxDataSource,
    NumData,
    NumDataSource,
    NumRef,
    NumVal,
    StrData,
    StrRef,
    StrVal,
)
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import (
    CharacterProperties,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
    RichTextProperties,
)

from sheets_sync import model

_INK, _SOFT, _LINE = "262626", "595959", "BFBFBF"
_EMU_A_CM = 360_000
_NO_ZEROS = "#,##0;-#,##0;;"


def draw(chart: model.Chart, worksheet: Any) -> Any:
    """An openpyxl chart over the numbers that stand at `chart.data_at` of the worksheet."""
    bars = [(i, series) for i, series in enumerate(chart.series, start=1) if not series.line]
    lines = [(i, series) for i, series in enumerate(chart.series, start=1) if series.line]
    if not bars:
        return _framed(_line_chart(chart, lines, worksheet), chart)
    drawn = _bar_chart(chart, bars, worksheet)
    if lines:
        # Bars keep to the lower part, so that the line and its numbers have the upper part for themselves.
        drawn.y_axis.scaling.max = max(1.0, 1.7 * _tallest(chart))
        over = _line_chart(chart, lines, worksheet)
        over.y_axis.axId = 200
        over.y_axis.crosses = "max"
        over.y_axis.delete = False
        over.y_axis.scaling.min, over.y_axis.scaling.max = _above([series for _, series in lines])
        over.y_axis.graphicalProperties.line = LineProperties(noFill=True)
        drawn += over
    return _framed(drawn, chart)


def tied(at: tuple[int, int], until: tuple[int, int], inside: float) -> Any:
    """The place of a chart from the corner of one cell to the bottom of a row, so many centimetres into a column: it
    keeps to the cells also where a program draws columns wider than another."""
    start = AnchorMarker(col=at[1] - 1, row=at[0] - 1)
    end = AnchorMarker(col=until[1] - 1, colOff=int(inside * _EMU_A_CM), row=until[0])
    return TwoCellAnchor(editAs="oneCell", _from=start, to=end)


def _tallest(chart: model.Chart) -> float:
    """The tallest bar, or the tallest stack of bars."""
    bars = [series.values for series in chart.series if not series.line]
    stacks = [[value or 0 for value in stack] for stack in zip(*bars, strict=False)]
    return max((sum(stack) if chart.stacked else max(stack) for stack in stacks), default=0)


def _above(lines: list[model.Series]) -> tuple[float, float]:
    """Ends of an axis on which the lines fill the upper third."""
    values = [value for series in lines for value in series.values if value is not None] or [0.0]
    low, high = min(values), max(values)
    reach = max(high - low, 10.0)
    return low - 2.2 * reach, high + 0.4 * reach


def mended(part: bytes) -> bytes:
    """A drawn chart as Excel would write it: labels keep their own number format, formats hold no empty text."""
    part = re.sub(rb'(<(?:c:)?numFmt formatCode="[^"]*") ?/>', rb'\1 sourceLinked="0"/>', part)
    part = re.sub(rb"<a:r><a:t ?/></a:r>|<a:r><a:t></a:t></a:r>", b"", part)
    unlabelled = rb'\1<tickLblPos val="none"/>'
    return re.sub(rb'(<valAx><axId val="200"/>.*?<minorTickMark val="none"/>)', unlabelled, part, flags=re.S)


def _bar_chart(chart: model.Chart, bars: list[tuple[int, model.Series]], worksheet: Any) -> Any:
    drawn = BarChart()
    drawn.type = "bar" if chart.horizontal else "col"
    drawn.gapWidth = 45
    if chart.stacked:
        drawn.grouping, drawn.overlap = "stacked", 100
    else:
        drawn.overlap = -5
    for number, series in bars:
        one = _series(chart, number, series, worksheet)
        one.graphicalProperties = GraphicalProperties(solidFill=series.colour)
        one.graphicalProperties.line = LineProperties(solidFill="FFFFFF", w=6350)
        one.invertIfNegative = False
        one.dLbls = _labels(None if chart.stacked else "outEnd")
        drawn.series.append(one)
    # The counts stand on the bars, so the axis of numbers would only say them twice.
    drawn.y_axis.delete = True
    drawn.y_axis.scaling.min = 0
    _plain_axes(drawn)
    if chart.horizontal:
        drawn.x_axis.scaling.orientation = "maxMin"
    return drawn


def _line_chart(chart: model.Chart, lines: list[tuple[int, model.Series]], worksheet: Any) -> Any:
    drawn = LineChart()
    for number, series in lines:
        one = _series(chart, number, series, worksheet)
        one.graphicalProperties = GraphicalProperties()
        one.graphicalProperties.line = LineProperties(solidFill=series.colour, w=28_575)
        one.smooth = False
        one.marker.symbol, one.marker.size = "circle", 6
        one.marker.graphicalProperties = GraphicalProperties(solidFill=series.colour)
        one.marker.graphicalProperties.line = LineProperties(solidFill=series.colour)
        one.dLbls = _labels("t", "#,##0")
        drawn.series.append(one)
    drawn.y_axis.delete = True
    _plain_axes(drawn)
    return drawn


def _plain_axes(drawn: Any) -> None:
    drawn.x_axis.delete = False
    for axis in (drawn.x_axis, drawn.y_axis):
        axis.majorGridlines = None
        axis.majorTickMark = axis.minorTickMark = "none"
        axis.txPr = _rich(900, _INK)
        axis.graphicalProperties = GraphicalProperties()
        axis.graphicalProperties.line = LineProperties(solidFill=_LINE, w=9525)
    drawn.x_axis.tickLblPos = "low"
    drawn.x_axis.number_format = "General"


def _series(chart: model.Chart, number: int, series: model.Series, worksheet: Any) -> Any:
    """One series with its numbers, by reference and as they are now."""
    row, column = chart.data_at
    last = row + len(chart.categories)

    def area(column: int, first: int, last: int) -> str:
        return str(Reference(worksheet, min_col=column, min_row=first, max_row=last))

    points = [NumVal(idx=i, v=repr(v)) for i, v in enumerate(series.values) if v is not None]
    numbers = NumData(formatCode="General", ptCount=len(series.values), pt=points)
    names = StrData(ptCount=len(chart.categories), pt=[StrVal(idx=i, v=c) for i, c in enumerate(chart.categories)])
    title = StrRef(f=area(column + number, row, row), strCache=StrData(ptCount=1, pt=[StrVal(idx=0, v=series.name)]))
    return Series(
        idx=number - 1,
        order=number - 1,
        tx=SeriesLabel(strRef=title),
        cat=AxDataSource(strRef=StrRef(f=area(column, row + 1, last), strCache=names)),
        val=NumDataSource(numRef=NumRef(f=area(column + number, row + 1, last), numCache=numbers)),
    )


def _labels(position: str | None, number_format: str = _NO_ZEROS) -> Any:
    labels = DataLabelList()
    labels.showVal = True
    labels.showSerName = labels.showCatName = labels.showLegendKey = labels.showPercent = False
    labels.showBubbleSize = False
    labels.numFmt = number_format
    labels.position = position
    labels.txPr = _rich(900, "000000")
    return labels


def _framed(drawn: Any, chart: model.Chart) -> Any:
    """Title, legend and frame, alike for all charts."""
    style = _characters(1100, _INK, bold=True)
    run = RegularTextRun(rPr=style, t=chart.title)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=style), r=[run])
    drawn.title = Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)
    drawn.width, drawn.height = chart.size
    drawn.visible_cells_only = False
    drawn.display_blanks = "gap"
    drawn.roundedCorners = False
    drawn.graphical_properties = GraphicalProperties(solidFill="FFFFFF")
    drawn.graphical_properties.line = LineProperties(solidFill="D9D9D9", w=9525)
    if len(chart.series) > 1:
        drawn.legend.position = "b"
        drawn.legend.overlay = False
        drawn.legend.txPr = _rich(900, _SOFT)
    else:
        drawn.legend = None
    return drawn


def _rich(size: int, colour: str) -> Any:
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=_characters(size, colour)), endParaRPr=CharacterProperties())
    return RichText(bodyPr=RichTextProperties(), p=[paragraph])


def _characters(size: int, colour: str, bold: bool = False) -> Any:
    return CharacterProperties(sz=size, b=bold, solidFill=colour)
