"""Reads a workbook in a process of its own: ``python sheetreader.py [SHEET]``, the workbook on standard input.

The library that reads workbooks lays a sheet out as the rectangle around its cells, and ends the whole process where
memory does not suffice. So that no workbook can do that to a command, a child reads it, within bounds. It writes to
standard output, as marshalled values one after the other: what became of it (a word), the names of all sheets, the
names of those that hold something, the name of the one that is read, and then lists of lines of text from the first
row on, and None.
"""

from __future__ import annotations

import io
import marshal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

MOST_BYTES = 4 << 30
MOST_SECONDS = 600
LINES_AT_ONCE = 2000
TOO_LARGE = 3


def bounded() -> None:
    """Take memory and time from this process that no register needs, where the system knows how to."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def told(*values: Any) -> None:
    """Hand values to the parent."""
    for value in values:
        marshal.dump(value, sys.stdout.buffer)


def cell_text(cell: object) -> str:
    """A workbook's cell as text: numbers without the float's tail, so that 13800138000.0 is 13800138000."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()


def named(wanted: str, names: Sequence[str]) -> str | None:
    """The sheet of this name, else of this place (from 1)."""
    if wanted in names:
        return wanted
    place = int(wanted) if wanted.isdecimal() and len(wanted) < 6 else 0
    return names[place - 1] if 1 <= place <= len(names) else None


def read(wanted: str) -> None:
    """Read the workbook on standard input and tell what is in it."""
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum

    data = sys.stdin.buffer.read()
    bounded()
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError:
        told("locked", None)
        return
    names = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    wanted_name = named(wanted, names)
    if (wanted and wanted_name is None) or not names:
        told("no such sheet", names, [], None)
        return
    filled: list[str] = []
    chosen = None
    for name in names:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.start is not None:
            filled.append(name)
        if name == wanted_name or (not wanted and chosen is None and sheet.start is not None):
            chosen = sheet
    told("read", names, filled, chosen.name if chosen else names[0])
    lines: list[tuple[str, ...]] = []
    for cells in chosen.iter_rows() if chosen and chosen.start else ():
        lines.append(tuple(map(cell_text, cells)))
        if len(lines) == LINES_AT_ONCE:
            told(lines)
            lines = []
    if lines:
        told(lines)
    told(None)


if __name__ == "__main__":
    try:
        read(sys.argv[1])
    except MemoryError:
        sys.exit(TOO_LARGE)
