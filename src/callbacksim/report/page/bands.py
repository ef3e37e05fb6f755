"""What happens over the replications: a line for their median, a band in which most of them lie, the first run thin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from markupsafe import Markup

from callbacksim.report.page.blocks import Cell, Figure, Grid, number_cell
from callbacksim.report.page.charts import Chart, Series, Shade, TimeAxis
from callbacksim.report.page.clock import time_axis
from callbacksim.report.page.record import Record
from callbacksim.report.page.svg import (
    BOTTOM,
    LEFT,
    RIGHT,
    ROOM,
    TOP,
    Drawing,
    Scale,
    corners,
    legend,
    picture,
    readable_ticks,
    rect,
    short,
    steps,
    tag,
    x_axis,
    y_axis,
)
from callbacksim.report.texts import Texts
from callbacksim.study.measuring.courses import NEEDED, Band
from callbacksim.study.measuring.timeline import Ints


@dataclass(frozen=True)
class Banded:
    """A colour of a picture over the replications: its class, its words, its band, and how the first one went."""

    class_: str
    words: str
    band: Band
    once: Sequence[float]


def bands(record: Record, *names: str) -> list[Band]:
    """The bands of these series; none where nothing happens in any run."""
    return [record.over.bands[name] for name in names if name in record.over.bands]


def edges_of(band: Band) -> Ints:
    """Its edges as numbers to count with."""
    return np.array(band.edges, dtype=np.int64)


def says(record: Record, say: Texts, what: str) -> str:
    """What the lines and bands of a picture are (`what`: ``band``, or ``whiskers`` of bars); a single run has none."""
    kept = record.over.runs
    if kept == 1:
        return ""
    of = say(
        "time.n_runs" if kept == record.runs else "time.first_runs", kept=say.number(kept), runs=say.number(record.runs)
    )
    return say(f"time.{what}" if kept >= NEEDED else f"time.{what}_of_few", runs=of)


def banded(
    record: Record,
    say: Texts,
    chart: Chart,
    series: Sequence[Banded],
    lines: Callable[[Ints], Sequence[Series]] = lambda _: (),
    shades: Callable[[list[int]], Sequence[Shade]] = lambda _: (),
    keys: Sequence[tuple[str, str]] = (),
    added_up: bool = False,
) -> Figure:
    """The figure of series that are on one grid; `lines` and `shades` are asked for what is the same in every run.

    Where series are `added_up` the table has a row where anything changes.
    """
    edges = edges_of(series[0].band)
    axis, same, behind = time_axis(record, say, edges.tolist()), lines(edges), shades(edges.tolist())
    told = _Told(chart, axis, series, same, record.over.runs == 1, added_up, say)
    entries = [(one.class_, one.words) for one in series] + [(f"line-{one.class_}", one.words) for one in same]
    drawing = Drawing(chart.kind, partial(_drawn, told, behind))
    return Figure(chart.title, drawing, legend([*entries, *keys]), says(record, say, "band"), told.table())


@dataclass(frozen=True)
class _Told:
    """What a picture shows, and how its numbers are said: in tips and in its table."""

    chart: Chart
    axis: TimeAxis
    series: Sequence[Banded]
    lines: Sequence[Series]
    alone: bool
    added_up: bool
    say: Texts

    def places(self) -> list[int]:
        """The bins in which there is anything."""
        rows = [row for one in self.series for row in (one.band.high, one.once)]
        return [at for at in range(len(self.axis.bins)) if any(row[at] for row in rows)]

    def tip(self, at: int) -> str:
        """The words of a bin."""
        words = [f"{one.words}: {self._of(one, at)}" for one in self.series]
        return "\n".join(
            [self.axis.bins[at], *words, *(f"{one.words}: {self.chart.write(one.values[at])}" for one in self.lines)]
        )

    def _of(self, one: Banded, at: int) -> str:
        once = self.chart.write(one.once[at])
        return once if self.alone else self.say("time.tip", band=self._band(one, at), once=once)

    def _band(self, one: Banded, at: int) -> str:
        median, low, high = (self.chart.write(row[at]) for row in (one.band.median, one.band.low, one.band.high))
        return f"{median} {self.say('said.interval', ends=f'{low}–{high}')}"

    def table(self) -> Grid:
        """A row for each bin: of each series the median with its band, and the first run."""
        heads = [head for one in self.series for head in self._heads(one)]
        shown = [at for at in self.places() if not (self.added_up and at and self._same(at - 1, at))]
        rows = [
            [
                Cell(self.axis.bins[at]),
                *(cell for one in self.series for cell in self._cells(one, at)),
                *(number_cell(self.chart.write(one.values[at]), one.values[at]) for one in self.lines),
            ]
            for at in shown
        ]
        return Grid(
            self.chart.title, [self.say("time.when"), *heads, *(one.words for one in self.lines)], rows, "narrow"
        )

    def _same(self, one: int, other: int) -> bool:
        rows = [row for of in self.series for row in (of.band.low, of.band.median, of.band.high, of.once)]
        return all(row[one] == row[other] for row in rows)

    def _heads(self, one: Banded) -> list[str]:
        return [one.words] if self.alone else [one.words, self.say("time.head_once", words=one.words)]

    def _cells(self, one: Banded, at: int) -> list[Cell]:
        once = number_cell(self.chart.write(one.once[at]), one.once[at])
        return [once] if self.alone else [number_cell(self._band(one, at), one.band.median[at]), once]


def _drawn(told: _Told, shades: Sequence[Shade], width: float) -> Markup:
    chart, axis, series = told.chart, told.axis, told.series
    bottom = TOP + ROOM + chart.height
    top = bottom - chart.height
    x = Scale(axis.edges[0], axis.edges[-1], LEFT, width - RIGHT)
    values = [float(value) for one in series for row in (one.band.high, one.once) for value in row]
    values += [float(value) for one in told.lines for value in one.values]
    ticks = readable_ticks(0, max([0.0, *values]), chart.write, whole=all(value.is_integer() for value in values))
    y = Scale(0, ticks[-1], bottom, top)
    parts = [
        rect(x(shade.begin), top, x(shade.end) - x(shade.begin), chart.height, f"shade {shade.class_}", shade.words)
        for shade in shades
    ]
    parts.append(y_axis(width, y, ticks, chart.write, chart.unit))
    parts += [_area(axis.edges, one, told.alone, x, y) for one in series]
    if not told.alone:
        parts += [steps(axis.edges, one.once, x, y, "once") for one in series]
    parts += [steps(axis.edges, one.band.median, x, y, f"line l-{one.class_}") for one in series]
    parts += [steps(axis.edges, one.values, x, y, f"line there l-{one.class_}") for one in told.lines]
    for at in told.places():
        begin, end = x(axis.edges[at]), x(axis.edges[at + 1])
        parts.append(rect(begin, top, end - begin, chart.height, "ghost", told.tip(at)))
    parts.append(x_axis(width, [(x(at), words) for at, words in axis.ticks], bottom))
    return picture(width, bottom + BOTTOM, chart.title, chart.says, *parts, kind=chart.kind)


def _area(edges: Sequence[int], one: Banded, alone: bool, x: Scale, y: Scale) -> Markup:
    """The area between the ends, in steps; of a single run all that is below it."""
    low = [0.0] * len(one.once) if alone else one.band.low
    points = [*corners(edges, one.band.high), *reversed(corners(edges, low))]
    drawn = " ".join(f"{short(x(edge))},{short(y(value))}" for edge, value in points)
    return tag("polygon", points=drawn, class_=f"spread f-{one.class_}")
