"""Text as outlines: what is drawn so needs no font where it is looked at, so that no viewer shows boxes."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

FONT = "NotoSansCJKsc-subset.otf"
UNKNOWN = "〓"
"""Printers' sign for a character that is not at hand."""


STAND_INS = str.maketrans("✗✘✔☑☒", "××✓✓×")
"""Signs that the font does not have, and others that mean the same."""
NARROW = {"·": 0.5, "±": 0.25, "×": 0.25, "÷": 0.25}
"""The font centres these in a square, as Chinese has them; between figures so much less of it is enough."""


@dataclass(frozen=True)
class Outline:
    """A line of text: its path, from its beginning on the base line, and how long it is."""

    path: str
    width: float


def drawable(words: str) -> str:
    """The characters of a text as they are drawn: one blank for another, nothing for marks that nobody sees."""
    seen = (
        one for one in unicodedata.normalize("NFC", words).translate(STAND_INS) if unicodedata.category(one) != "Cf"
    )
    return "".join(" " if one.isspace() else one for one in seen)


def unknown(words: str) -> str:
    """The characters of a text that the font does not have, each once."""
    return "".join(dict.fromkeys(character for character in drawable(words) if ord(character) not in _font().names))


def width(words: str, size: float) -> float:
    """How long a text is when written so large."""
    return float(sum(advance for _, _, advance in _glyphs(words))) * size / _font().em


def outline(words: str, size: float, x: float = 0, y: float = 0) -> Outline:
    """A text so large, begun at a place; for each unknown character stands `UNKNOWN`."""
    scale = size / _font().em
    pen, at = SVGPathPen(None, ntos=_short), x
    for glyph, before, advance in _glyphs(words):
        glyph.draw(TransformPen(pen, (scale, 0, 0, -scale, at - before * scale, y)))
        at += advance * scale
    return Outline(pen.getCommands(), at - x)


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class _Font:
    glyphs: Any
    names: dict[int, str]
    em: int


@cache
def _font() -> _Font:
    font = TTFont(io.BytesIO(resources.files(__package__).joinpath("font", FONT).read_bytes()), lazy=True)
    return _Font(font.getGlyphSet(), font.getBestCmap(), font["head"].unitsPerEm)


def _glyphs(words: str) -> Iterator[tuple[Any, float, float]]:
    """Each glyph, how much of it is left out before it begins, and how far the next one stands, in the font's units."""
    font = _font()
    for character in drawable(words):
        glyph = font.glyphs[font.names.get(ord(character)) or font.names[ord(UNKNOWN)]]
        cut = NARROW.get(character, 0.0)
        yield glyph, glyph.width * cut / 2, glyph.width * (1 - cut)
