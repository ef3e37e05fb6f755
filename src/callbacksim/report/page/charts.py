"""The kinds of pictures: bars over time, bars of groups, intervals in rows, shares of a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate

from markupsafe import Markup

from callbacksim.report.page.svg import (
    BOTTOM,
    CJK,
    LEFT,
    RIGHT,
    ROOM,
    TOP,
    Drawing,
    Scale,
    every,
    line,
    picture,
    readable_ticks,
    rect,
    steps,
    tag,
    text,
    text_width,
    x_axis,
    y_axis,
)

Write = Callable[[float], str]


@dataclass(frozen=True)
class Series:
    """One colour of a picture: its class, its words, a value for each bar."""

    class_: str
    words: str
    values: Sequence[float]


@dataclass(frozen=True)
class Chart:
    """What a picture is called, what it says to whoever does not see it, and how its numbers are written."""

    title: str
    says: str
    kind: str
    write: Write
    unit: str = ""
    height: float = 220


@dataclass(frozen=True)
class TimeAxis:
    """Bins of a time axis in ms, its ticks with words, and words for each bin."""

    edges: Sequence[int]
    ticks: Sequence[tuple[int, str]]
    bins: Sequence[str]


@dataclass(frozen=True)
class Shade:
    """A stretch of time behind the bars: its class (``open``, ``holiday``) and its words."""

    begin: int
    end: int
    class_: str
    words: str


@dataclass(frozen=True)
class Mark:
    """A moment that is marked, with its words."""

    at: float
    words: str
    class_: str = "mark"


def over_time(
    chart: Chart,
    axis: TimeAxis,
    bars: Sequence[Series],
    lines: Sequence[Series] = (),
    shades: Sequence[Shade] = (),
    marks: Sequence[Mark] = (),
) -> Drawing:
    """Stacked bars, one a bin, lines of steps over them, stretches shaded behind, moments marked."""
    return Drawing(chart.kind, partial(_over_time, chart, axis, bars, lines, shades, marks))


def _over_time(
    chart: Chart,
    axis: TimeAxis,
    bars: Sequence[Series],
    lines: Sequence[Series],
    shades: Sequence[Shade],
    marks: Sequence[Mark],
    width: float,
) -> Markup:
    bottom = TOP + ROOM + 14 * bool(marks) + chart.height
    top = bottom - chart.height
    x = Scale(axis.edges[0], axis.edges[-1], LEFT, width - RIGHT)
    most = max([0.0, *_totals(bars), *(value for series in lines for value in series.values)])
    ticks = readable_ticks(0, most, chart.write, whole=_whole(bars, lines))
    y = Scale(0, ticks[-1], bottom, top)
    parts = [
        rect(x(shade.begin), top, x(shade.end) - x(shade.begin), chart.height, f"shade {shade.class_}", shade.words)
        for shade in shades
    ]
    parts.append(y_axis(width, y, ticks, chart.write, chart.unit))
    for at, (begin, end) in enumerate(zip(axis.edges, axis.edges[1:], strict=False)):
        tip = _tip(axis.bins[at], [(one.words, chart.write(one.values[at])) for one in (*bars, *lines)])
        parts += _stack(x(begin), max(x(end) - x(begin) - 1, 0.6), y, [(s.class_, s.values[at]) for s in bars], tip)
        if lines and not sum(s.values[at] for s in bars) and any(s.values[at] for s in lines):
            parts.append(rect(x(begin), top, x(end) - x(begin), chart.height, "ghost", tip))
    parts += [steps(axis.edges, series.values, x, y, f"line l-{series.class_}") for series in lines]
    parts.append(x_axis(width, [(x(at), words) for at, words in axis.ticks], bottom))
    parts += _marks(marks, x, top, bottom, width)
    return picture(width, bottom + BOTTOM, chart.title, chart.says, *parts, kind=chart.kind)


def _marks(marks: Sequence[Mark], x: Scale, top: float, bottom: float, width: float) -> list[Markup]:
    parts = []
    for at, mark in enumerate(marks):
        place, half = x(mark.at), text_width(mark.words) / 2
        parts.append(line(place, top - 2, place, bottom, mark.class_, mark.words))
        anchored = min(max(place, LEFT + half), width - half)
        parts.append(text(anchored, top - 6 - 14 * (at % 2), mark.words, "note", "middle"))
    return parts


def _totals(bars: Sequence[Series]) -> list[float]:
    return [sum(values) for values in zip(*(series.values for series in bars), strict=True)]


def _whole(*groups: Sequence[Series]) -> bool:
    return all(float(value).is_integer() for group in groups for series in group for value in series.values)


def _tip(head: str, parts: Sequence[tuple[str, str]]) -> str:
    return "\n".join([head, *(f"{words}: {value}" for words, value in parts)])


def _stack(left: float, width: float, y: Scale, parts: Sequence[tuple[str, float]], tip: str) -> list[Markup]:
    found, below = [], 0.0
    for class_, value in parts:
        if value > 0:
            found.append(rect(left, y(below + value), width, y(below) - y(below + value), f"bar f-{class_}", tip))
            below += value
    return found


def grouped(
    chart: Chart,
    groups: Sequence[str],
    bars: Sequence[Series],
    over: Sequence[str] = (),
    notes: Sequence[str] = (),
    ends: Sequence[tuple[float, float]] = (),
) -> Drawing:
    """Stacked bars, one a group; `over`: words above each bar, `notes`: further words of each group's tip.

    `ends`: how far the whole of each bar reaches over the replications, an upright line.
    """
    return Drawing(chart.kind, partial(_grouped, chart, groups, bars, over, notes, ends))


def _grouped(
    chart: Chart,
    groups: Sequence[str],
    bars: Sequence[Series],
    over: Sequence[str],
    notes: Sequence[str],
    ends: Sequence[tuple[float, float]],
    width: float,
) -> Markup:
    bottom = TOP + ROOM + chart.height
    most = max([0.0, *_totals(bars), *(high for _, high in ends)])
    y_ticks = readable_ticks(0, most, chart.write, whole=_whole(bars))
    y = Scale(0, y_ticks[-1], bottom, bottom - chart.height)
    room = (width - RIGHT - LEFT) / max(len(groups), 1)
    thick = min(room * 0.72, 90.0)
    parts = [y_axis(width, y, y_ticks, chart.write, chart.unit)]
    ticks, written = [], every(groups, room)
    for at, group in enumerate(groups):
        middle = LEFT + room * (at + 0.5)
        ticks.append((middle, "" if at % written else group))
        tip = _tip(group, [(one.words, chart.write(one.values[at])) for one in bars])
        tip = f"{tip}\n{notes[at]}" if notes else tip
        parts += _stack(middle - thick / 2, thick, y, [(s.class_, s.values[at]) for s in bars], tip)
        total = sum(s.values[at] for s in bars)
        if ends and ends[at][1] > ends[at][0]:
            low, high = map(y, ends[at])
            parts += [line(middle, low, middle, high, "whisker")]
            parts += [line(middle - 5, place, middle + 5, place, "whisker") for place in (low, high)]
        if over and text_width(over[at]) < room:
            parts.append(text(middle, y(total) - 4, over[at], "tick", "middle"))
    parts.append(x_axis(width, ticks, bottom))
    return picture(width, bottom + BOTTOM, chart.title, chart.says, *parts, kind=chart.kind)


@dataclass(frozen=True)
class IntervalRow:
    """A row: words, the point with its interval (None: not known), another point to hold it against, text at the end.

    `scale` of a row of its own: the half width of its axis around 0.
    """

    words: str
    mean: float | None
    low: float | None
    high: float | None
    said: str
    other: float | None = None
    class_: str = "1"
    scale: float | None = None
    head: bool = False


def intervals(
    chart: Chart,
    rows: Sequence[IntervalRow],
    zero: bool,
    column: float = 250,
    said: float = 260,
    other: str = "",
    least: tuple[float, float] | None = None,
) -> Drawing:
    """Points with intervals, one a row, on one axis; with `zero` a line there. Rows with a scale have no axis."""
    return Drawing(chart.kind, partial(_intervals, chart, rows, zero, column, said, other, least))


def _intervals(
    chart: Chart,
    rows: Sequence[IntervalRow],
    zero: bool,
    column: float,
    said: float,
    other: str,
    least: tuple[float, float] | None,
    width: float,
) -> Markup:
    words = [row.words for row in rows]
    left = first_column(words, column, width)
    right = width - min(said, max([34 + text_width(chart.unit), *(text_width(row.said) for row in rows)]) + 24)
    if stacked := right - left < 0.4 * width:  # what is said stands below the words: the axis needs the room
        widest = max(text_width(said) for row in rows for said in (row.words, row.said))
        left, right = min(0.58 * width, widest + 24), width - 24
    one = 37.0 if stacked else 26.0
    heights = [one + 11 * (text_width(each) > left - 18) for each in words]
    own = any(row.scale is not None for row in rows)
    low, high = (-1.0, 1.0) if own else _reach(rows, zero, least)
    ticks = readable_ticks(low, high, chart.write, 6)
    x = Scale(-1, 1, left, right) if own else Scale(ticks[0], ticks[-1], left, right)
    bottom = TOP + sum(heights) + 4
    parts = [] if own else [line(x(tick), TOP, x(tick), bottom, "grid") for tick in ticks]
    if zero:
        parts.append(line(x(0), TOP - 6, x(0), bottom, "zero"))
    for row, begun, height in zip(rows, accumulate(heights, initial=TOP), heights, strict=False):
        middle = begun + height / 2
        indent, class_ = (0, "head") if row.head else (10, "")
        below = stacked and bool(row.said)
        parts += row_label(indent, middle - 7 * below, row.words, left - 18, class_)
        if below:
            parts.append(text(indent, begun + height - 6, row.said, "tick"))
        elif row.said:
            parts.append(text(right + 12, middle + 4, row.said, "value"))
        if row.mean is None:
            continue
        unit = row.scale or 1.0
        tip = f"{row.words}\n{row.said}"
        ends = [row.mean if end is None else end for end in (row.low, row.high)]
        begin, end = (max(left, min(right, x(value / unit))) for value in ends)
        if other and row.other is not None:
            tip = f"{tip}\n{other}: {chart.write(row.other)}"
            parts.append(_diamond(x(row.other / unit), middle, tip))
        parts.append(rect(begin, middle - 4, max(end - begin, 1.0), 8, f"band f-{row.class_}", tip))
        parts.append(tag("circle", cx=x(row.mean / unit), cy=middle, r=4.5, class_=f"dot f-{row.class_}", data_tip=tip))
    if not own:
        parts.append(line(left, bottom, right, bottom, "axis"))
        parts += axis_values(ticks, x, chart.write, bottom)
        parts.append(text(10 if stacked else right + 34, bottom + 16, chart.unit, "tick"))
    return picture(width, bottom + (6 if own else 22), chart.title, chart.says, *parts, kind=chart.kind)


def first_column(words: Sequence[str], most: float, width: float) -> float:
    """How much room the words before the rows take in a picture so wide."""
    return min(most, 0.38 * width, max(map(text_width, words), default=0.0) + 24)


def row_label(x: float, middle: float, words: str, room: float, class_: str = "") -> list[Markup]:
    """The words before a row, in two lines where one has not room enough."""
    first, rest = in_two(words, room)
    if not rest:
        return [text(x, middle + 4, first, class_)]
    return [text(x, middle - 2, first, class_), text(x, middle + 11, clipped(rest, room), class_)]


def row_height(one: float, words: Sequence[str], room: float) -> float:
    """How high a row is that is `one` high with its words in one line: higher where some take two."""
    return one if all(text_width(each) <= room for each in words) else max(one, 33.0)


def in_two(words: str, room: float) -> tuple[str, str]:
    """What of a text fits, broken at a blank or between Hanzi, and the rest."""
    if text_width(words) <= room:
        return words, ""
    fits = next((at for at in range(len(words) - 1, 0, -1) if text_width(words[:at]) <= room), 1)
    breaks = [at for at in range(1, min(fits + 1, len(words))) if words[at] == " " or _parts(words[at - 1], words[at])]
    at = breaks[-1] if breaks else fits
    return words[:at], words[at:].lstrip()


OPENING, CLOSING = "（《「『【", "，。、；：！？）》」』】"


def _parts(before: str, after: str) -> bool:
    """Whether a line may end between these two: Hanzi, but for brackets and stops, which stay with theirs."""
    return min(ord(before), ord(after)) >= CJK and before not in OPENING and after not in CLOSING


def axis_values(ticks: Sequence[float], x: Scale, write: Write, bottom: float) -> list[Markup]:
    """The values of a lying axis, as many as do not touch, 0 among them."""
    words = [write(tick) for tick in ticks]
    written = every(words, x(ticks[1]) - x(ticks[0]))
    first = ticks.index(0) % written if 0 in ticks else 0
    return [
        text(max(x(tick), text_width(said) / 2), bottom + 16, said, "tick", "middle")
        for at, (tick, said) in enumerate(zip(ticks, words, strict=True))
        if at % written == first
    ]


def _reach(rows: Sequence[IntervalRow], zero: bool, least: tuple[float, float] | None) -> tuple[float, float]:
    values = [v for row in rows for v in (row.mean, row.low, row.high, row.other) if v is not None]
    values += [0.0] * zero
    low, high = min(values, default=0.0), max(values, default=1.0)
    return (min(low, least[0]), max(high, least[1])) if least else (low, high)


def _diamond(x: float, y: float, tip: str) -> Markup:
    d = f"M{x:.1f} {y - 7:.1f}L{x + 5:.1f} {y:.1f}L{x:.1f} {y + 7:.1f}L{x - 5:.1f} {y:.1f}Z"
    return tag("path", d=d, class_="other", data_tip=tip)


def clipped(words: str, width: float) -> str:
    """Words that fit into so many pixels; the rest is an ellipsis."""
    if text_width(words) <= width:
        return words
    while words and text_width(words + "…") > width:
        words = words[:-1]
    return words.rstrip() + "…"


@dataclass(frozen=True)
class Whole:
    """A row that is a whole: its words, its parts (class, words, value), text at its end."""

    words: str
    parts: Sequence[tuple[str, str, float]]
    said: str = ""


def wholes(
    chart: Chart, rows: Sequence[Whole], column: float = 190, said: float = 120, shares: bool = False
) -> Drawing:
    """Stacked bars lying in rows on one axis from 0; with `shares` each fills its row."""
    return Drawing(chart.kind, partial(_wholes, chart, rows, column, said, shares))


def _wholes(chart: Chart, rows: Sequence[Whole], column: float, said: float, shares: bool, width: float) -> Markup:
    step, left = 34.0, first_column([row.words for row in rows], column, width)
    right = width - min(said, max((text_width(row.said) for row in rows), default=0.0) + 16 if not shares else said)
    totals = [sum(value for _, _, value in row.parts) for row in rows]
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0] if shares else readable_ticks(0, max([0.0, *totals]), chart.write, 6)
    x = Scale(0, ticks[-1], left, right)
    bottom = TOP + step * len(rows) + 2
    parts = [line(x(tick), TOP - 4, x(tick), bottom, "grid") for tick in ticks]
    for at, (row, total) in enumerate(zip(rows, totals, strict=True)):
        middle = TOP + step * (at + 0.5)
        parts += row_label(0, middle, row.words, left - 8)
        reached = 0.0
        for class_, words, value in row.parts:
            scaled = value / total if shares and total else value
            if scaled > 0:
                long = x(scaled) - x(0)
                tip = f"{row.words}\n{words}: {chart.write(value)}"
                parts.append(rect(x(reached), middle - 10, max(long - 1, 0.6), 20, f"bar f-{class_}", tip))
                reached += scaled
        said_at = (right if shares else x(reached)) + 8
        parts.append(rect(said_at - 2, middle - 9, text_width(row.said), 18, "under"))
        parts.append(text(said_at, middle + 4, row.said, "value"))
    parts.append(line(left, bottom, right, bottom, "axis"))
    parts += axis_values(ticks, x, chart.write, bottom)
    return picture(width, bottom + 22, chart.title, chart.says, *parts, kind=chart.kind)
