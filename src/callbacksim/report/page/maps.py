"""Plans as a picture: a map of two axes whose cells are coloured by a share, and a cloud of cost against a share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from markupsafe import Markup

from callbacksim.report.page.charts import Chart, Write
from callbacksim.report.page.svg import (
    BOTTOM,
    LEFT,
    RIGHT,
    ROOM,
    TOP,
    Drawing,
    Scale,
    line,
    picture,
    polyline,
    readable_ticks,
    rect,
    tag,
    text,
    text_width,
    x_axis,
    y_axis,
)

MOST = 24
"""Columns or rows in which words can still be read."""
HIGH, WIDE = 38.0, 104.0
"""A cell of a map, at most so wide."""
SHADES = 5
"""Shades of a map, from the least to the most."""


@dataclass(frozen=True)
class Place:
    """A cell: words, smaller words below, its shade from 0 to `SHADES` - 1 (None: nothing is known), its tip.

    `brief` stands in a cell too narrow for the words.
    """

    words: str
    below: str
    shade: int | None
    tip: str
    chosen: bool = False
    brief: str = ""


def shade(value: float | None, low: float = 0.0, high: float = 1.0) -> int | None:
    """The shade of a value between the least and the most: the highest is for the most alone."""
    if value is None:
        return None
    part = (value - low) / (high - low) if high > low else 1.0
    return max(0, min(SHADES - 1, int(part * (SHADES - 1) + 1e-9)))


def map_of(
    chart: Chart, across: tuple[str, Sequence[str]], down: tuple[str, Sequence[str]], places: Sequence[Sequence[Place]]
) -> Drawing:
    """A cell for each pair of values; `across` and `down` are an axis' words and values, `places` the rows."""
    return Drawing(chart.kind, partial(_map, chart, across, down, places))


def _map(
    chart: Chart,
    across: tuple[str, Sequence[str]],
    down: tuple[str, Sequence[str]],
    places: Sequence[Sequence[Place]],
    wide: float,
) -> Markup:
    left = 18 + max([LEFT - 18.0, *(text_width(value) + 8 for value in down[1])])
    width = min(WIDE, (wide - RIGHT - left) / max(len(across[1]), 1))
    top = 22.0
    bottom = top + HIGH * len(places)
    parts = [text(0, 12, down[0], "tick")]
    chosen: list[Markup] = []
    for row, (value, cells) in enumerate(zip(down[1], places, strict=True)):
        y = top + HIGH * row
        parts.append(text(left - 8, y + HIGH / 2 + 4, value, "tick", "end"))
        for column, place in enumerate(cells):
            x = left + width * column
            parts.append(_cell(x, y, width, place))
            if place.chosen:
                outline = tag("rect", x=x, y=y, width=width - 2, height=HIGH - 2, rx=2, class_="chosen", data_tip=None)
                chosen.append(outline)
    for column, value in enumerate(across[1]):
        parts.append(text(left + width * (column + 0.5), bottom + 15, value, "tick", "middle"))
    parts.append(text(left, bottom + 33, across[0], "tick"))
    columns = len(across[1])
    return picture(wide, bottom + 40, chart.title, chart.says, *parts, *chosen, kind=chart.kind, columns=columns)


def _cell(x: float, y: float, width: float, place: Place) -> Markup:
    known = place.shade is not None
    drawn = rect(x, y, width - 2, HIGH - 2, f"cell bar h-{place.shade}" if known else "cell unknown", place.tip)
    middle, words = x + width / 2 - 1, f"in t-{place.shade}" if known else "in tick"
    below = place.below if text_width(place.below, 10.5) < width - 4 else ""
    short = place.brief or place.words.removesuffix("%").rstrip()
    said = place.words if text_width(place.words) < width - 2 else short
    head, _, tail = said.rpartition(" ")
    if head and not place.below and text_width(said) > width - 12 and max(map(text_width, (head, tail))) < width - 2:
        said, below = head, tail  # a date with its hour below
    if text_width(said, 11) > width - 2:  # the tip and the table have it
        said = ""
    lines = [text(middle, y + (16 if below else 22), said, words, "middle")] if said else []
    if below:
        lines.append(text(middle, y + 30, below, f"{words} small", "middle"))
    return Markup("").join([drawn, *lines])


@dataclass(frozen=True)
class Dot:
    """A plan in the cloud: where it stands, its class, its tip; words beside it for one that matters.

    `stands`: it may be one that nothing beats.
    """

    x: float
    y: float
    class_: str
    tip: str
    words: str = ""
    stands: bool = True


def cloud(chart: Chart, dots: Sequence[Dot], x_words: tuple[str, Write], wanted: tuple[float, str]) -> Drawing:
    """Dots over a share from 0 to 1, a line through those that nothing beats, and the share that is wanted."""
    return Drawing(chart.kind, partial(_cloud, chart, dots, x_words, wanted))


def _cloud(
    chart: Chart, dots: Sequence[Dot], x_words: tuple[str, Write], wanted: tuple[float, str], width: float
) -> Markup:
    bottom = TOP + ROOM + chart.height
    top = bottom - chart.height
    low, high = min(dot.x for dot in dots), max(dot.x for dot in dots)
    pad = (high - low) * 0.04 or max(abs(high) * 0.02, 1.0)
    ticks = readable_ticks(low - pad, high + pad, x_words[1], 6)
    x, y = Scale(ticks[0], ticks[-1], LEFT + 8, width - RIGHT - 24), Scale(0, 1, bottom, top)
    level = y(wanted[0])
    parts = [y_axis(width, y, [0.0, 0.25, 0.5, 0.75, 1.0], chart.write, chart.unit)]
    parts.append(line(LEFT, level, width - RIGHT, level, "mark promise", wanted[1]))
    best = frontier(dots)
    if len(best) > 1:
        corners = [(best[0].x, best[0].y)]
        for before, after in pairwise(best):
            corners += [(after.x, before.y), (after.x, after.y)]
        parts.append(polyline([(x(a), y(b)) for a, b in corners], "line l-5"))
    for dot in sorted(dots, key=lambda one: bool(one.words)):
        radius = 7.0 if dot.words else 4.5
        parts.append(tag("circle", cx=x(dot.x), cy=y(dot.y), r=radius, class_=dot.class_, data_tip=dot.tip))
    parts += [_beside(x(dot.x), y(dot.y), dot.words, width) for dot in dots if dot.words]
    parts.append(x_axis(width, [(x(tick), x_words[1](tick)) for tick in ticks], bottom))
    parts.append(text(width - RIGHT, bottom + 33, x_words[0], "tick", "end"))
    return picture(width, bottom + BOTTOM + 14, chart.title, chart.says, *parts, kind=chart.kind)


def _beside(x: float, y: float, words: str, width: float) -> Markup:
    """Words above a dot; below it where the axis has its unit."""
    right = x + text_width(words) < width
    return text(x if right else width, y - 11 if x > 220 else y + 17, words, "note", "start" if right else "end")


def frontier(dots: Sequence[Dot]) -> list[Dot]:
    """The dots that no other beats in both: none costs less and is kept as often or more; cheapest first."""
    found: list[Dot] = []
    for dot in sorted((one for one in dots if one.stands), key=lambda one: (one.x, -one.y)):
        if not found or dot.y > found[-1].y:
            found.append(dot)
    return found


QUARTERS = (0.25, 0.5, 0.75)


def share_shade(share: float | None, wanted: float) -> int | None:
    """The shade of a share: quarters of the runs, and the darkest for what is wanted or more."""
    if share is None:
        return None
    return SHADES - 1 if share >= wanted else sum(share >= quarter for quarter in QUARTERS)


def share_keys(wanted: float, write: Write, under: str, between: str, most: str) -> list[tuple[str, str]]:
    """The shades of shares with their words, for a legend."""
    ends = [0.0, *(quarter for quarter in QUARTERS if quarter < wanted), wanted]
    found = []
    for low, high in pairwise(ends):
        words = under.format(high=write(high)) if low == 0 else between.format(low=write(low), high=write(high))
        found.append((f"h-{share_shade(low, wanted)}", words))
    return [*found, (f"h-{SHADES - 1}", most.format(low=write(wanted)))]
