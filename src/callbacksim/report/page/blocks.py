"""What a section of the page is made of: figures, tables, tiles, paragraphs. The template writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from callbacksim.report.page.svg import Drawing, Legend
from callbacksim.report.texts import Texts


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its text, what it is sorted by (None: its text), whether the text is a name.

    After it code, or a note: small, on a line of its own.
    """

    text: str
    sort: float | None = None
    name: bool = False
    class_: str = ""
    code: str = ""
    note: str = ""


@dataclass(frozen=True)
class Grid:
    """A table: its caption, its headings (numbers stand right below them), its rows; the first cell heads a row."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    class_: str = ""
    block: str = "grid"


@dataclass(frozen=True)
class Figure:
    """A picture with its legend, a caption, and its numbers as a table that can be opened.

    `beside`: what the caption says of the table; a picture that leaves the page goes without. `folded`: under these
    words the picture is closed until somebody opens it.
    """

    title: str
    svg: Drawing
    legend: Legend = field(default_factory=Legend)
    note: str = ""
    table: Grid | None = None
    beside: str = ""
    folded: str = ""
    block: str = "figure"

    def caption(self, say: Texts) -> str:
        """All that stands below the picture on the page."""
        return say.sentences([self.note, self.beside])


@dataclass(frozen=True)
class Tile:
    """One number that is to be seen at once: what it is, the number, what is said of it."""

    words: str
    value: str
    note: str = ""
    state: str = ""


@dataclass(frozen=True)
class Tiles:
    """Numbers side by side."""

    tiles: Sequence[Tile]
    block: str = "tiles"


@dataclass(frozen=True)
class Prose:
    """A paragraph, or lines of code to copy."""

    text: str
    code: bool = False
    class_: str = ""
    block: str = "prose"


@dataclass(frozen=True)
class Listing:
    """Points one below the other, each perhaps in another language than the page."""

    items: Sequence[tuple[str, str | None]]
    class_: str = ""
    block: str = "listing"


@dataclass(frozen=True)
class Gauge:
    """How much of something there is at each moment, and at most."""

    name: str
    words: str
    most: int
    values: Sequence[int]


@dataclass(frozen=True)
class Replay:
    """Gauges under a slider of time: what it is called, the moments as JSON, the speeds with their words."""

    title: str
    frames: str
    gauges: Sequence[Gauge]
    speeds: Sequence[tuple[str, str]]
    block: str = "replay"


Block = Grid | Figure | Tiles | Prose | Listing | Replay


@dataclass(frozen=True)
class Section:
    """A part of the page with a heading."""

    id: str
    title: str
    lead: str
    blocks: Sequence[Block]


Line = Sequence[str | tuple[str, float | None]]
"""A row of a table as texts and (text, number) pairs."""


def number_cell(text: str, value: float | None, note: str = "") -> Cell:
    """A cell with a number, perhaps its interval as a note."""
    return Cell(text, value, class_="n", note=note)


def plain_grid(caption: str, heads: Sequence[str], rows: Sequence[Line]) -> Grid:
    """A table of texts and (text, number) pairs."""
    return Grid(caption, heads, [[Cell(c) if isinstance(c, str) else number_cell(*c) for c in row] for row in rows])
