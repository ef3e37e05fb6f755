"""Lines of a screen: labels, figures and notes in columns that stay true under Chinese characters, two cells wide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.cells import cell_len, chop_cells

WIDTH = 80
LABEL = 36
NUMBER = 9
# A line never breaks between a number and its unit, nor within a date.
_TOGETHER = re.compile(
    r" (?=%)|(?<=±) |(?<=\d) (?=(?:h|min|points|January|February|March|April|May|June|July|August|September|October"
    r"|November|December)\b)|(?<=Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?=\d)"
)
_GLUE = "\0"
# Chinese breaks between any two characters, but not before a closing mark or after an opening one, nor within a date,
# a word of letters, `p = 0.2`, or between a number and what it counts.
_HAN = "\u3400-\u9fff"
_OPENING, _CLOSING = "（《「“", "，。；：、！？）》」”…%"
_ATOM = re.compile(
    rf" *[{_OPENING}]*(?:(?:\d+年)?(?:\d+月)?\d+日(?:周[{_HAN}])?"
    rf"|(?:[共第约] ?)?\d[\d,.]*(?:–\d[\d,.]*)? ?[{_HAN}]{{1,2}}"
    rf"|[a-z_.]+ = [\d.e-]+|[{_HAN}]|[^ {_HAN}{_OPENING}{_CLOSING}]+)[{_CLOSING}]*|."
)
_CHINESE = re.compile("[，。；：、（）]")


class Heading(str):
    """A line that a terminal shows in bold."""

    __slots__ = ()


def wrapped(text: str, width: int = WIDTH, first: str = "", rest: str = "") -> list[str]:
    """Text broken at spaces (long words anywhere) into lines of at most `width` cells, with what they begin with."""
    if _CHINESE.search(text):
        return _wrapped_chinese(text, width, first, rest)
    lines: list[str] = []
    line, room = "", width - cell_len(first)
    text = _TOGETHER.sub(_GLUE, text)
    for word in (piece for given in text.split(" ") for piece in _pieces(given, width - cell_len(rest))):
        joined = f"{line} {word}" if line else word
        if _cells(joined) <= room or not line:
            line = joined
        else:
            lines.append(line)
            line, room = word, width - cell_len(rest)
    lines.append(line)
    return [f"{rest if i else first}{one.replace(_GLUE, ' ')}" for i, one in enumerate(lines)]


def _wrapped_chinese(text: str, width: int, first: str, rest: str) -> list[str]:
    """The same for Chinese, where blanks are few."""
    lines, line = [], first
    for atom in _ATOM.findall(text):
        if cell_len(line + atom) > width and line not in (first, rest):
            lines.append(line)
            line, atom = rest, atom.lstrip(" ")
        *full, last = chop_cells(atom, max(width - cell_len(line), 2)) if cell_len(line + atom) > width else (atom,)
        for piece in full:
            lines.append(line + piece)
            line = rest
        line += last
    return [*lines, line]


def _cells(text: str) -> int:
    return cell_len(text.replace(_GLUE, " "))


def _pieces(word: str, width: int) -> Sequence[str]:
    return (word,) if _cells(word) <= width else chop_cells(word.replace(_GLUE, " "), max(width, 2))


def padded(text: str, width: int, right: bool = False) -> str:
    """Text filled up with blanks to so many cells; longer text is cut with an ellipsis."""
    if cell_len(text) > width:
        text = fitted(text, width)
    blanks = " " * (width - cell_len(text))
    return blanks + text if right else text + blanks


def fitted(text: str, width: int) -> str:
    """Text of at most so many cells, an ellipsis where some is missing."""
    if cell_len(text) <= width:
        return text
    out, used = "", 0
    for character in text:
        used += cell_len(character)
        if used > width - 1:
            break
        out += character
    return out + "…"


def row(label: str, number: str = "", note: str = "", *, indent: int = 0) -> list[str]:
    """``label   number  note``: the number right-aligned in its column, a long note continued below itself."""
    start = padded(" " * (2 + 2 * indent) + label, LABEL) + padded(number, NUMBER, right=True) + "  "
    if not note:
        return [start.rstrip()]
    return wrapped(note, WIDTH, start, " " * cell_len(start))


def said(label: str, text: str, *, label_width: int = LABEL - 8) -> list[str]:
    """``label   text``, where the text needs more room than a number."""
    start = padded("  " + label, label_width) + " "
    return wrapped(text, WIDTH, start, " " * cell_len(start))


def paragraph(text: str, indent: int = 0) -> list[str]:
    """Running text."""
    return wrapped(text, WIDTH, " " * indent, " " * indent)


def titled(text: str) -> list[str]:
    """A heading of other people's words, as long as it may be."""
    return [Heading(line) for line in wrapped(text)]


def heading(text: str, note: str = "") -> list[str]:
    """An empty line and a heading, with a note at the right."""
    if not note:
        return ["", Heading(text)]
    return ["", Heading(padded(text, WIDTH - cell_len(note) - 1) + " " + note)]


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> list[str]:
    """Columns of these widths (cells), the first left, the others right-aligned; a blank between."""

    def line(cells: Sequence[str]) -> str:
        return " ".join(
            padded(cell, width, right=at > 0) for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()

    return [Heading(line(headings)), *(line(cells) for cells in rows)]


def snug(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table whose columns are as wide as what stands in them, set in a little."""
    widths = [max(map(cell_len, column)) + 1 for column in zip(headings, *rows, strict=True)]
    return [type(line)(f"  {line}") for line in table(headings, rows, widths)]


def text_of(lines: Iterable[str]) -> str:
    """The lines as plain text."""
    return "\n".join(line.rstrip() for line in lines) + "\n"


def terminal_text(lines: Iterable[str]) -> str:
    """The lines for a terminal: headings in bold."""
    return "\n".join(f"\x1b[1m{line.rstrip()}\x1b[0m" if isinstance(line, Heading) else line for line in lines) + "\n"
