"""What drives a figure, as pictures: shares of the variance as bars with intervals, and moves to either side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from callbacksim.report.page.charts import Chart, axis_values, clipped, first_column, row_height, row_label
from callbacksim.report.page.svg import TOP, Drawing, Scale, line, picture, readable_ticks, rect, text, text_width

SAID = 150.0
"""Pixels for the words at a row's end, at most."""


@dataclass(frozen=True)
class Rank:
    """A bar from 0 with its interval: words, the ends, text at the end, its class."""

    words: str
    mean: float
    low: float | None
    high: float | None
    said: str
    class_: str = "1"


def ranks(chart: Chart, rows: Sequence[Rank], column: float = 350) -> Drawing:
    """Bars lying in rows on one axis from 0 to 1, each with its interval as a thin line."""
    return Drawing(chart.kind, partial(_ranks, chart, rows, column))


def _ranks(chart: Chart, rows: Sequence[Rank], column: float, width: float) -> Markup:
    column, right, above = _room(rows, column, width)
    step = 40.0 if above else row_height(26.0, [row.words for row in rows], column - 12)
    bottom = TOP + step * len(rows) + 4
    x = Scale(0, 1, column, right)
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    parts = [line(x(tick), TOP, x(tick), bottom, "grid") for tick in ticks]
    for at, row in enumerate(rows):
        middle = TOP + step * (at + 0.5) + 8 * above
        tip = f"{row.words}\n{row.said}"
        parts += _label(row, middle, column, width, above)
        parts.append(rect(column, middle - 8, max(x(row.mean) - column, 1.0), 16, f"bar f-{row.class_}", tip))
        if row.low is not None and row.high is not None:
            parts += _whisker(x(row.low), x(row.high), middle)
        parts.append(text(right + 14, middle + 4, row.said, "value"))
    parts.append(line(column, bottom, right, bottom, "axis"))
    parts += axis_values(ticks, x, chart.write, bottom)
    return picture(width, bottom + 22, chart.title, chart.says, *parts, kind=chart.kind)


def _room(rows: Sequence[Rank | Move], column: float, width: float, unit: str = "") -> tuple[float, float, bool]:
    """Where the axis begins and ends, and whether words stand above their bars, for which two lines are too short."""
    words = [row.words for row in rows]
    said = max([44 + text_width(unit), *(28 + text_width(row.said) for row in rows)])
    left, right = first_column(words, column, width), width - min(SAID, said)
    above = any(text_width(each) > 1.7 * (left - 12) for each in words)
    return (20.0 if above else left), right, above


def _label(row: Rank | Move, middle: float, column: float, width: float, above: bool) -> list[Markup]:
    if above:
        words = clipped(row.words, width)
        return [rect(0, middle - 26, text_width(words), 15, "under"), text(0, middle - 14, words)]
    return row_label(0, middle, row.words, column - 12)


def _whisker(begin: float, end: float, y: float) -> list[Markup]:
    ends = [line(x, y - 4, x, y + 4, "whisker") for x in (begin, end)]
    return [line(begin, y, end, y, "whisker"), *ends]


@dataclass(frozen=True)
class Move:
    """How far a figure moves with an input at the lowest and at the highest end of its range; the tip of either bar."""

    words: str
    lowest: float
    highest: float
    tips: tuple[str, str]
    said: str


def tornado(chart: Chart, rows: Sequence[Move], column: float = 350) -> Drawing:
    """Two bars a row from 0 in the middle: the upper one at the lowest value, the lower one at the highest."""
    return Drawing(chart.kind, partial(_tornado, chart, rows, column))


def _tornado(chart: Chart, rows: Sequence[Move], column: float, width: float) -> Markup:
    column, right, above = _room(rows, column, width, chart.unit)
    step = 44.0 if above else row_height(30.0, [row.words for row in rows], column - 12)
    bottom = TOP + step * len(rows) + 4
    moves = [0.0, *(move for row in rows for move in (row.lowest, row.highest))]
    ticks = readable_ticks(min(moves), max(moves), chart.write)
    x = Scale(ticks[0], ticks[-1], column, right)
    parts = [line(x(tick), TOP, x(tick), bottom, "grid") for tick in ticks]
    parts.append(line(x(0), TOP - 6, x(0), bottom, "zero"))
    for at, row in enumerate(rows):
        middle = TOP + step * (at + 0.5) + 8 * above
        parts += _label(row, middle, column, width, above)
        for move, top, class_, tip in (
            (row.lowest, middle - 10, "1", row.tips[0]),
            (row.highest, middle + 1, "2", row.tips[1]),
        ):
            begin, end = sorted((x(0), x(move)))
            parts.append(rect(begin, top, max(end - begin, 1.0), 9, f"bar f-{class_}", tip))
        parts.append(text(right + 14, middle + 4, row.said, "value"))
    parts.append(line(column, bottom, right, bottom, "axis"))
    parts += axis_values(ticks, x, chart.write, bottom)
    parts.append(text(right + 34, bottom + 16, chart.unit, "tick"))
    return picture(width, bottom + 22, chart.title, chart.says, *parts, kind=chart.kind)
