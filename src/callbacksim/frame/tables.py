"""Files of rows and cells: CSV in UTF-8 or GB18030, Excel. What cannot be read is refused with its place."""

from __future__ import annotations

import csv
import io
import re
import stat
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.wholefile import plain_cell

_EXCEL_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_LARGEST = 1 << 30
# A sheet is read as the rectangle around its cells; where memory does not suffice the reader ends the whole process.
_MOST_CELLS = 1 << 25
_NAMED_SHEETS = 10
_CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]{1,3})(\d{1,7})["'][^>]*(?<!/)>""")  # not an empty one


@dataclass(frozen=True)
class Table:
    """Lines of text cells, stripped; ``lines[i]`` is the line (Excel: row) of ``cells[i]`` in the file, from 1.

    Lines without any text are left out; ``warnings`` say what else is. ``sheets`` names those of a workbook, of which
    the first is read.
    """

    file: str
    lines: tuple[int, ...]
    cells: tuple[tuple[str, ...], ...]
    warnings: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()


def read_table(path: Path | str, field: str, shown: str = "") -> Table:
    """All lines of a CSV or Excel file (its first sheet), whatever it is called.

    ``field`` is the scenario's field that named the file, ``shown`` the file's name in messages. Raises Refused
    for what is not there, not a plain file, not readable, not text, damaged, empty or beyond 1 GiB.
    """
    file = shown or str(path)
    # A command's argument has no other name in messages than its path.
    data = _read_bytes(Path(path), file, field, "the scenario's directory" if shown else "the current directory")
    excel = data.startswith((_ZIP, _OLE))
    if not excel and Path(path).suffix.lower() in _EXCEL_SUFFIXES:
        right = "save it again as an Excel workbook (.xlsx) or as CSV"
        raise refuse(file, 1, field, "the file is not an Excel workbook, or its beginning is lost", right)
    if excel:
        lines, sheets, unread = _excel_lines(data, file, field)
    else:
        lines, sheets, unread = _text_lines(_decoded(data, file, field), file, field), (), 0
    kept = [(line, tuple(cells)) for line, cells in lines if any(cells)]
    if not kept:
        raise no_rows(file, 1, field, sheets, "the file holds no text", "give a file with headings and rows")
    warnings = (f"{file}: only the first sheet is read, {unread} more hold text 只读取第一个工作表",) if unread else ()
    return Table(file, tuple(line for line, _ in kept), tuple(cells for _, cells in kept), warnings, sheets)


def no_rows(file: str, line: int, field: str, sheets: Sequence[str], wrong: str, right: str) -> Refused:
    """The refusal of a table without rows; where a workbook has further sheets, they are named."""
    if len(sheets) > 1:
        wrong = f"sheet {sheets[0]} has no rows; the first sheet is read; others: {', '.join(sheets[1:_NAMED_SHEETS])}"
        right = "move the sheet with the rows first or save it as its own file"
    return refuse(file, line, field, wrong, right)


def refuse(file: str, line: int, field: str, wrong: str, right: str) -> Refused:
    """A refusal with one problem."""
    return Refused(Problem(file, line, field, wrong, right))


def _read_bytes(path: Path, file: str, field: str, base: str) -> bytes:
    right = "give a readable CSV or Excel file"
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise refuse(file, 1, field, "it is a directory", right)
        # A pipe or device may never end: only plain files are opened at all.
        if not stat.S_ISREG(status.st_mode):
            raise refuse(file, 1, field, "it is not a plain file", right)
        if status.st_size > _LARGEST:
            raise refuse(
                file, 1, field, "it is larger than 1 GiB", "give the register without further sheets and columns"
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        right = f"check the name; it counts from {base}"
        raise refuse(file, 1, field, "there is no such file", right) from error
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise refuse(file, 1, field, f"it cannot be read ({reason})", right) from error
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise refuse(file, 1, field, "the file is empty", "give a file with headings and rows")
    return data


def _decoded(data: bytes, file: str, field: str) -> str:
    """The text of bytes in UTF-8 (with or without a mark), UTF-16 with a mark, or GB18030."""
    right = "save the file as CSV UTF-8 (or GB18030)"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise refuse(file, 1, field, "the file is not whole UTF-16 text", right) from error
        if "\0" in text:  # UTF-32 begins with the same mark
            raise refuse(file, 1, field, "the file is UTF-32, or not text", right)
        return text
    if b"\0" in data:
        raise refuse(file, 1 + data[: data.index(b"\0")].count(b"\n"), field, "the file is not text", right)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        utf8_stop = error.start
    # Text that is UTF-8 but for a few bytes would turn into other characters, in silence, if read as GB18030.
    lenient = data.decode("utf-8", "replace")
    if sum(c > "\u007f" for c in lenient) > 10 * lenient.count("\ufffd"):
        raise refuse(file, 1 + data[:utf8_stop].count(b"\n"), field, "a character here is damaged (not UTF-8)", right)
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        line = 1 + data[: max(utf8_stop, error.start)].count(b"\n")
        raise refuse(file, line, field, "the characters are neither UTF-8 nor GB18030", right) from error


def _text_lines(text: str, file: str, field: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=_delimiter(text), strict=True)
    lines: list[tuple[int, list[str]]] = []
    begin = 1
    try:
        for cells in reader:
            lines.append((begin, [plain_cell(cell.strip()) for cell in cells]))
            begin = reader.line_num + 1
    except csv.Error as error:
        wrong = f"the row that begins here cannot be read ({error})"
        raise refuse(
            file, begin, field, wrong, 'close every quotation mark, and double those within a cell ("")'
        ) from error
    return lines


def _delimiter(text: str) -> str:
    """Comma, tab or semicolon: whichever the first lines have most of, outside quotation marks."""
    first = "\n".join([line for line in text[:20_000].splitlines() if line.strip()][:5])
    bare = "".join(first.split('"')[::2])
    counts = {sign: bare.count(sign) for sign in (",", "\t", ";")}
    return max(counts, key=lambda sign: counts[sign])


def _excel_lines(data: bytes, file: str, field: str) -> tuple[list[tuple[int, list[str]]], tuple[str, ...], int]:
    """The rows of the first sheet, the names of all, and how many further sheets hold something."""
    from python_calamine import CalamineWorkbook, PasswordError

    right = "open it in a spreadsheet and save it again as .xlsx or CSV"
    try:
        if data.startswith(_ZIP):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                # A few kilobytes can unpack to gigabytes.
                if sum(item.file_size for item in archive.infolist()) > _LARGEST:
                    raise refuse(file, 1, field, "the workbook unpacks to more than 1 GiB", "give the register only")
                if (stray := _stray_cell(archive)) is not None:
                    wrong = f"a sheet is too large to be read: it reaches to cell {stray}"
                    raise refuse(file, 1, field, wrong, "clear the cells far from the register, or save it as CSV")
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        grid = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
        others = range(1, len(workbook.sheet_names))
        unread = sum(workbook.get_sheet_by_index(i).start is not None for i in others)
    except Refused:
        raise
    except PasswordError as error:
        raise refuse(file, 1, field, "the workbook is locked with a password", "save it without one") from error
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # the reader is written in Rust: its panics are no Exceptions
        raise refuse(file, 1, field, "the workbook is damaged or is not one", right) from error
    lines = [(i, [_cell_text(cell) for cell in cells]) for i, cells in enumerate(grid, start=1)]
    return lines, tuple(workbook.sheet_names), unread


def _stray_cell(archive: zipfile.ZipFile) -> str | None:
    """The corner of a sheet whose cells stand so far apart that the rectangle around them fits no memory."""
    for part in archive.namelist():
        width = height = 0
        letters = b""
        for found in _CELL.finditer(archive.read(part)):
            height = max(height, int(found[2]))
            if (len(found[1]), found[1]) > (len(letters), letters):
                letters = found[1]
        for letter in letters:
            width = 26 * width + letter - ord("A") + 1
        if width * height > _MOST_CELLS:
            return f"{letters.decode()}{height}"
    return None


def _cell_text(cell: object) -> str:
    """A workbook's cell as text: numbers without the float's tail, so that 13800138000.0 is 13800138000."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()


def column(cells: Sequence[Sequence[str]], at: int) -> list[str]:
    """The cells of one column, '' where a line is too short for it."""
    return [line[at] if at < len(line) else "" for line in cells]
