"""Every picture of a page as SVG and PNG, with names that say what they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from callbacksim.report.figures.glyphs import unknown
from callbacksim.report.figures.png import png
from callbacksim.report.figures.standalone import CENTIMETRES, standalone
from callbacksim.report.page.blocks import Figure, Section
from callbacksim.report.page.sheet import Sheet

DOTS_WIDE = 1920
"""As wide as a slide on a screen; on paper 406 dots to the inch, at the width of an A4 page's text 305."""


@dataclass(frozen=True)
class Picture:
    """A picture as files: its name without an ending, what it shows, what is in the two files, what could not be drawn.

    `unknown`: the characters in it that the font does not have; in their place stands a sign.
    """

    name: str
    title: str
    svg: str
    png: bytes
    unknown: str


def figures(sheet: Sheet) -> list[Picture]:
    """The pictures of a page, in its order."""
    return [
        _picture(name, figure, " · ".join([sheet.title, section.title]))
        for name, section, figure in _named(sheet.sections)
    ]


def _named(found: Sequence[Section]) -> Iterator[tuple[str, Section, Figure]]:
    drawn = [(section, one) for section in found for one in section.blocks if isinstance(one, Figure)]
    times, met = Counter(_name(*one) for one in drawn), Counter[str]()
    for section, figure in drawn:
        name = _name(section, figure)
        met[name] += 1
        yield (f"{name}-{met[name]}" if times[name] > 1 else name), section, figure


def _name(section: Section, figure: Figure) -> str:
    """``days-lines``: the section, and what kind of picture it is; no word twice."""
    words = f"{section.id}-{figure.svg.kind}".replace("_", "-").split("-")
    return "-".join(dict.fromkeys(words))


def _picture(name: str, figure: Figure, about: str) -> Picture:
    root = standalone(figure, about)
    svg = ElementTree.tostring(root, encoding="unicode") + "\n"
    for side in ("width", "height"):  # a dot is a whole part of a unit, not of a centimetre
        del root.attrib[side]
    dots = png(ElementTree.tostring(root, encoding="unicode"), DOTS_WIDE, CENTIMETRES / 100)
    words = "".join(one.get("aria-label", "") for one in root.iter())
    return Picture(name, figure.title, svg, dots, unknown(words))
