"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods): looked over before they are unpacked, then read by a child process.

`callbacksim.frame.sheetreader` says why a child reads them.
"""

from __future__ import annotations

import io
import marshal
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from callbacksim.scenario.places import NOWHERE
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.wording import listing, meant, show

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_DIRECTORY_END = b"PK\x05\x06"
_LARGEST_DIRECTORY = 1 << 22
_AT_ONCE = 1 << 20
# A cell of a sheet that is not an empty one, and where it stands; a hostile tag is gone through once, never again.
_CELL = re.compile(rb"""<(?:\w+:)?c\b(?>[^<>]*?\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["'])[^<>]*+(?<!/)>""")
_LONGEST_TAG = 1 << 12
# Python's status where no exception, or one, was the end; what else there is, the system ended it.
_OF_ITS_OWN_ACCORD = (0, 1)
_READER = Path(__file__).with_name("sheetreader.py")


@dataclass(frozen=True)
class Workbook:
    """The sheet that is read: its name, its lines (row from 1, cells); ``filled`` are all sheets that hold something.

    ``lines`` come as they are read, once.
    """

    sheet: str
    filled: tuple[str, ...]
    lines: Iterator[tuple[int, tuple[str, ...]]]


@dataclass(frozen=True)
class _Place:
    """Where a refused workbook stands."""

    file: str
    field: str

    def refuse(self, wrong: str, right: str) -> NoReturn:
        raise Refused(Problem(self.file, 1, self.field, wrong, right))

    def damaged(self) -> NoReturn:
        right = "open it in a spreadsheet and save it again as .xlsx or CSV"
        self.refuse("the workbook is damaged or is not one", right)


def read_workbook(data: bytes, file: str, field: str, sheet: str | None, most_bytes: int, most_cells: int) -> Workbook:
    """One sheet of a workbook: the one named or numbered (from 1), else the first that holds something.

    Raises Refused for a workbook that is damaged, locked or without that sheet, that unpacks to more than
    ``most_bytes`` or whose cells stand so far apart that the rectangle around them has more than ``most_cells``.
    """
    place = _Place(file, field)
    if data.startswith(ZIP):
        _look_over(data, place, most_bytes, most_cells)
    told = _read_by_child(data, sheet or "", place)
    what = next(told)
    if what == "locked":
        place.refuse("the workbook is locked with a password", "save it without one")
    names, filled = next(told), next(told)
    if what == "no such sheet":
        raise _no_such_sheet(place, sheet or "", names)
    return Workbook(next(told), tuple(filled), _numbered(told))


def _no_such_sheet(place: _Place, wanted: str, names: list[str]) -> Refused:
    near = meant(wanted, names)
    right = (f"did you mean {show(near)}? " if near else "") + f"the workbook has: {listing(map(show, names), 10)}"
    wrong = f"{Path(place.file).name} has no sheet {show(wanted)}"
    return Refused(Problem(NOWHERE, 1, "register.sheet", wrong, right))


def _numbered(told: Iterator[list[tuple[str, ...]]]) -> Iterator[tuple[int, tuple[str, ...]]]:
    return enumerate((cells for lines in told for cells in lines), start=1)


def _read_by_child(data: bytes, sheet: str, place: _Place) -> Iterator[Any]:
    """What the child tells, value by value, up to the None that ends its lines."""
    command = [sys.executable, "-P", str(_READER), sheet]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as child:
        assert child.stdin is not None and child.stdout is not None
        try:
            with suppress(BrokenPipeError):  # it has ended before; what it told will say so
                child.stdin.write(data)
                child.stdin.close()
            while (value := marshal.load(child.stdout)) is not None:
                yield value
        except (EOFError, ValueError, TypeError):
            if child.wait() in _OF_ITS_OWN_ACCORD:
                place.damaged()
            wrong = "the workbook takes more than 4 GiB of memory or 10 minutes to be read"
            place.refuse(wrong, "clear the cells far from the register, or save it as CSV")
        finally:
            child.kill()


def _look_over(data: bytes, place: _Place, most_bytes: int, most_cells: int) -> None:
    """Refuses a packed workbook by what its directory says, then by what really comes out, a piece at a time."""
    try:
        end = data.rfind(_DIRECTORY_END)
        if end >= 0 and int.from_bytes(data[end + 12 : end + 16], "little") > _LARGEST_DIRECTORY:
            place.refuse("the workbook has too many parts", "give the register only")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > most_bytes:
                place.refuse("the workbook unpacks to more than 1 GiB", "give the register only")
            for part in archive.infolist():
                _look_over_part(archive, part, place, most_cells)
    except (Refused, KeyboardInterrupt, MemoryError):
        raise
    except Exception:  # there are many ways to be no archive
        place.damaged()


def _look_over_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, place: _Place, most_cells: int) -> None:
    """Refuses a part that is larger than it says, and a sheet with cells so far apart that no memory holds it."""
    stated = part.file_size
    # A part may say that it is small and never end: it is read to the end, or to the first byte too many.
    part.file_size = stated + 1
    size = width = height = 0
    letters, rest = b"", b""
    with archive.open(part) as stream:
        while piece := stream.read(_AT_ONCE):
            size += len(piece)
            piece = rest + piece
            for column, row in _CELL.findall(piece):
                height = max(height, int(row))
                if (len(column), column) > (len(letters), letters):
                    letters = column
            rest = piece[-_LONGEST_TAG:][piece[-_LONGEST_TAG:].rfind(b"<") :]
    if size > stated:
        place.damaged()
    for letter in letters.upper():
        width = 26 * width + letter - ord("A") + 1
    if width * height > most_cells:
        wrong = f"a sheet is too large to be read: it reaches to cell {letters.decode()}{height}"
        place.refuse(wrong, "clear the cells far from the register, or save it as CSV")
