"""Pictures as SVG: elements, scales, axes. Pure functions; colours are classes, so that the page's theme decides.

A picture can be drawn at any width and is as high as it needs; on the page it is `WIDTH` units wide, one unit a CSS
pixel at full width. Every mark that answers to the pointer has its words in ``data-tip``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH = 860
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 14, 26
ROOM = 12
"""Above a picture with a unit: the unit has a line of its own."""
_HOUR = re.compile(r"\d\d:\d\d")
CJK = 0x2E80
"""From here on characters are as wide as they are high."""


def tag(name: str, *children: str, **attributes: object) -> Markup:
    """An element; text and attributes are escaped unless they are markup, None leaves an attribute out."""
    written = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _attribute(value))
        for key, value in attributes.items()
        if value is not None
    )
    inside = Markup("").join(escape(child) for child in children)
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), written, inside)


def _attribute(value: object) -> str:
    return short(value) if isinstance(value, float) else str(value)


def short(value: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


_WIDTHS = dict.fromkeys("0123456789", 0.63) | dict.fromkeys("mw@%&+−=", 0.84) | dict.fromkeys(" .,:;'il|()", 0.4)
"""Of characters that differ much; in ems of the widest of the common fonts."""


def text_width(text: str, size: float = 12) -> float:
    """About how wide a text is, in pixels: Chinese characters are square, capitals less wide, others half."""
    return size * sum(1.0 if ord(one) >= CJK else _WIDTHS.get(one, 0.7 if one.isupper() else 0.56) for one in text)


@dataclass(frozen=True)
class Scale:
    """A straight line from values to pixels."""

    first: float
    last: float
    begin: float
    end: float

    def __call__(self, value: float) -> float:
        span = self.last - self.first
        return self.begin + (self.end - self.begin) * ((value - self.first) / span if span else 0.5)


def nice_ticks(low: float, high: float, most: int = 5, whole: bool = False) -> list[float]:
    """Round values from `low` to `high` or beyond it by less than a step: 0, 20, 40 …"""
    if high <= low:
        high = low + 1
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * one for one in (1, 2, 5, 10) if power * one >= raw * (1 - 1e-9))
    if whole:
        step = max(1.0, float(math.ceil(step)))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * at, 10) for at in range(first, last + 1)]


def readable_ticks(
    low: float, high: float, write: Callable[[float], str], most: int = 5, whole: bool = False
) -> list[float]:
    """Round values as of `nice_ticks`, so far apart that each is written otherwise than the next."""
    while True:
        ticks = nice_ticks(low, high, most, whole)
        if len({write(tick) for tick in ticks}) == len(ticks):
            return ticks
        if most > 2:
            most -= 1
        else:
            wider = (high - low) or 1.0
            low, high = low - wider * (low != 0), high + wider


@dataclass(frozen=True)
class Drawing:
    """A picture of some kind that is not drawn before its width is known: `draw(width)` is the whole ``svg``."""

    kind: str
    draw: Callable[[float], Markup]

    def __html__(self) -> str:
        """The picture as it stands on the page."""
        return self.draw(WIDTH)


def picture(
    width: float, height: float, title: str, description: str, *parts: Markup, kind: str, columns: int | None = None
) -> Markup:
    """A whole picture. Who does not see it hears the title and the description; its numbers stand in a table beside.

    `columns`: so many marks are in a row, and the keys for up and down go from row to row.
    """
    return tag(
        "svg",
        tag("title", title),
        tag("desc", description),
        *parts,
        viewBox=f"0 0 {short(width)} {short(height)}",
        role="img",
        aria_label=f"{title}. {description}".strip(),
        tabindex=0,
        class_="chart",
        data_kind=kind,
        data_columns=columns,
    )


def text(x: float, y: float, words: str, class_: str = "", anchor: str = "start") -> Markup:
    """Words at a place."""
    return tag("text", words, x=x, y=y, class_=class_ or None, text_anchor=None if anchor == "start" else anchor)


def line(x1: float, y1: float, x2: float, y2: float, class_: str, tip: str | None = None) -> Markup:
    """A straight line."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_, data_tip=tip)


def rect(x: float, y: float, width: float, height: float, class_: str, tip: str | None = None) -> Markup:
    """A rectangle."""
    return tag("rect", x=x, y=y, width=max(width, 0.0), height=max(height, 0.0), class_=class_, data_tip=tip)


def polyline(points: Iterable[tuple[float, float]], class_: str) -> Markup:
    """A line through points."""
    return tag("polyline", points=" ".join(f"{short(x)},{short(y)}" for x, y in points), class_=class_)


def steps(edges: Sequence[float], values: Sequence[float], x: Scale, y: Scale, class_: str) -> Markup:
    """A line of steps: `values[i]` from `edges[i]` to `edges[i + 1]`."""
    return polyline([(x(edge), y(value)) for edge, value in corners(edges, values)], class_)


def corners(edges: Sequence[float], values: Sequence[float]) -> list[tuple[float, float]]:
    """Where steps begin, turn and end."""
    found: list[tuple[float, float]] = []
    for begin, end, value in zip(edges, edges[1:], values, strict=False):
        if found and found[-1][1] == value:
            found[-1] = (end, value)
        else:
            found += [(begin, value), (end, value)]
    return found


def y_axis(width: float, y: Scale, ticks: Sequence[float], write: Callable[[float], str], unit: str = "") -> Markup:
    """Lines across a picture so wide with their values at the left, the unit above them."""
    parts = [line(LEFT, y(tick), width - RIGHT, y(tick), "grid") for tick in ticks]
    parts += [text(LEFT - 6, y(tick) + 4, write(tick), "tick", "end") for tick in ticks]
    if unit:
        parts.append(text(2, y(ticks[-1]) - 12, unit, "tick"))
    return Markup("").join(parts)


def x_axis(width: float, ticks: Sequence[tuple[float, str]], bottom: float) -> Markup:
    """Words under a picture so wide, left out where they would touch others or leave it: hours before dates."""
    parts = [line(LEFT, bottom, width - RIGHT, bottom, "axis")]
    parts += [line(at, bottom, at, bottom + 4, "axis") for at, _ in ticks]
    taken: list[tuple[float, float]] = []
    for at, words in sorted(ticks, key=lambda tick: bool(_HOUR.fullmatch(tick[1]))):
        begin, end = at - text_width(words) / 2 - 4, at + text_width(words) / 2 + 4
        if words and begin >= -4 and end <= width + 4 and all(end <= a or begin >= b for a, b in taken):
            parts.append(text(at, bottom + 17, words, "tick", "middle"))
            taken.append((begin, end))
    return Markup("").join(parts)


@dataclass(frozen=True)
class Legend:
    """What the colours of a picture mean: (class, words); a class ``line-…`` stands for a line."""

    entries: Sequence[tuple[str, str]] = ()

    def __html__(self) -> str:
        """A list above the picture, so that it wraps like text."""
        keys = [(tag("span", class_=f"key k-{class_}", aria_hidden="true"), words) for class_, words in self.entries]
        items = [tag("li", key, words) for key, words in keys]
        return tag("ul", *items, class_="legend") if items else ""


def every(words: Sequence[str], room: float) -> int:
    """Of words that stand so far apart each n-th is written, so that they do not touch: n."""
    return max(1, math.ceil((max(map(text_width, words), default=0.0) + 8) / max(room, 1.0)))


def legend(entries: Sequence[tuple[str, str]]) -> Legend:
    """The legend of a picture."""
    return Legend(entries)
