"""How objects show themselves in a notebook: a heading, a small table, a line on what else there is.

All text is other people's until shown otherwise (names of plans, titles, areas): it is escaped here, in one place, and
what a page does not print is replaced. Nothing but these tags gets out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

LONGEST = 120
"""Characters of a heading or a cell; a longer text ends in an ellipsis."""


def text(value: object, longest: int = LONGEST) -> str:
    """Any text, as HTML shows it: on one line, of bounded length, without a tag of its own."""
    plain = "".join(c if c.isprintable() else "�" for c in str(value))
    return escape(plain if len(plain) <= longest else plain[: longest - 1] + "…")


def card(
    heading: str,
    columns: Sequence[object],
    rows: Iterable[Sequence[object]],
    more: str = "",
    *,
    figures: bool = True,
) -> str:
    """A table as HTML: a heading over it, the first column a row's name, `more` under it.

    `columns` are the headings (none: no line of headings). Cells are text; with `figures` all but the first of a row
    stand to the right, as figures do.
    """
    side = "right" if figures else "left"
    head = "".join(_cell("th", one, "left" if at == 0 else side) for at, one in enumerate(columns))
    body = "".join(f"<tr>{_row(row, side)}</tr>" for row in rows)
    below = f"<p><small>{text(more, 4 * LONGEST)}</small></p>" if more else ""
    top = f"<thead><tr>{head}</tr></thead>" if columns else ""
    return f"<div><p><b>{text(heading)}</b></p><table>{top}<tbody>{body}</tbody></table>{below}</div>"


def _row(cells: Sequence[object], side: str) -> str:
    return "".join(_cell("th" if at == 0 else "td", one, "left" if at == 0 else side) for at, one in enumerate(cells))


def _cell(tag: str, value: object, side: str) -> str:
    whole = ";white-space:nowrap" if side == "right" else ""  # a figure is not broken over lines
    return f'<{tag} style="text-align:{side}{whole}">{text(value)}</{tag}>'


def counted(count: int, one: str, many: str = "") -> str:
    """``1 line``, ``1,200 lines``; the plural is given where it is not the word with an s."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
