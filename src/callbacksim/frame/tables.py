"""Files of rows and cells: CSV in UTF-8 or GB18030, workbooks. What cannot be read is refused with its place."""

from __future__ import annotations

import csv
import io
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from callbacksim.frame.workbooks import OLE, ZIP, read_workbook
from callbacksim.scenario.places import NOWHERE
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.wholefile import plain_cell
from callbacksim.scenario.wording import listing, show

_WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
MOST_BYTES = 1 << 30
MOST_LINES = 5_000_000
MOST_CELLS = 1 << 25
# What one line may hold, so that no line without an end fills the memory before it is looked at.
_LONGEST_LINE = 1 << 24
_LOOKED_AT = 20_000
# So many different cells are kept once however often they occur: kinds, industries, areas, names of people.
_COMMON_CELLS = 1 << 16
_NAMED_SHEETS = 10

Lines = Iterable[tuple[int, tuple[str, ...]]]


@dataclass(frozen=True)
class Table:
    """Lines of text cells, stripped; ``lines[i]`` is the line (workbook: row) of ``cells[i]`` in the file, from 1.

    Lines without any text are left out; ``warnings`` say what else is. ``sheet`` is the one of a workbook that was
    read, ``others`` are the further ones that hold something. ``torn``: the last line does not end, or ends within
    quotation marks.
    """

    file: str
    lines: Sequence[int]
    cells: Sequence[tuple[str, ...]]
    warnings: tuple[str, ...] = ()
    sheet: str = ""
    others: tuple[str, ...] = ()
    torn: bool = False


def read_table(
    path: Path | str, field: str, shown: str = "", sheet: str | None = None, *, may_be_torn: bool = False
) -> Table:
    """All lines of a CSV file or of one sheet of a workbook, whatever the file is called.

    ``field`` is the scenario's field that named the file, ``shown`` the file's name in messages, ``sheet`` the name
    or place (from 1) of the sheet; by default the first that holds something. ``may_be_torn``: the last line of a CSV
    file may end within quotation marks, since somebody is still writing it. Raises Refused for what is not there,
    not a plain file, not readable, not text, damaged, empty, or beyond 1 GiB, 5,000,000 lines or 2^25 cells.
    """
    file = shown or str(path)
    # A command's argument has no other name in messages than its path.
    data = read_bytes(Path(path), file, field, "the scenario's directory" if shown else "the current directory")
    is_book = data.startswith((ZIP, OLE))
    torn: list[int] = []
    if not is_book and Path(path).suffix.lower() in _WORKBOOK_SUFFIXES:
        right = "save it again as an Excel workbook (.xlsx) or as CSV"
        raise refuse(file, 1, field, "the file is not an Excel workbook, or its beginning is lost", right)
    if is_book:
        book = read_workbook(data, file, field, sheet, MOST_BYTES, MOST_CELLS)
        name, others = book.sheet, tuple(one for one in book.filled if one != book.sheet)
        lines, cells = _kept(book.lines, file, field)
    elif sheet is not None:
        wrong = f"{Path(file).name} is no workbook and has no sheets"
        raise refuse(NOWHERE, 1, "register.sheet", wrong, "leave sheet out")
    else:
        name, others = "", ()
        if may_be_torn and not set(data[-2:]) & set(b"\r\n"):
            torn.append(0)
            data = _whole_characters(data)
        text = _text_lines(data, _encoding(data, file, field), file, field, torn if may_be_torn else None)
        lines, cells = _kept(text, file, field)
    warnings: tuple[str, ...] = ()
    if others and sheet is None:
        how = "; choose another with sheet in [register] or --sheet" if field == "register.file" else ""
        warnings = (f"{file}: sheet {show(name)} is read, not {named(others)}{how} 只读取工作表 {show(name)}",)
    table = Table(file, lines, cells, warnings, name, others, bool(torn))
    if not cells:
        raise no_rows(table, 1, field, "the file holds no text", "give a file with headings and rows")
    return table


def no_rows(table: Table, line: int, field: str, wrong: str, right: str) -> Refused:
    """The refusal of a table without rows; where a workbook has further filled sheets, they are named."""
    if table.others:
        wrong = f"sheet {show(table.sheet)} has no rows"
        right = f"choose one of {named(table.others)} with sheet in [register] or --sheet, or give rows below headings"
    return refuse(table.file, line, field, wrong, right)


def named(sheets: Sequence[str]) -> str:
    """Names of sheets for a message, the first ten of them."""
    return listing(map(show, sheets), most=_NAMED_SHEETS)


def refuse(file: str, line: int, field: str, wrong: str, right: str) -> Refused:
    """A refusal with one problem."""
    return Refused(Problem(file, line, field, wrong, right))


def column(cells: Sequence[Sequence[str]], at: int) -> list[str]:
    """The cells of one column, '' where a line is too short for it."""
    return [line[at] if at < len(line) else "" for line in cells]


def _kept(lines: Lines, file: str, field: str) -> tuple[list[int], list[tuple[str, ...]]]:
    """The lines that hold text, and where they stand; cells that occur often are one object."""
    places: list[int] = []
    kept: list[tuple[str, ...]] = []
    common: dict[str, str] = {}
    total = 0
    for place, cells in lines:
        total += len(cells)
        if place > MOST_LINES or total > MOST_CELLS:
            wrong = f"the register goes on beyond {MOST_LINES:,} lines or {MOST_CELLS:,} cells"
            raise refuse(file, place, field, wrong, "give only the rows and columns to call, or several registers")
        if any(cells):
            if len(common) < _COMMON_CELLS:
                kept.append(tuple([common.setdefault(cell, cell) for cell in cells]))
            else:
                kept.append(tuple([common.get(cell, cell) for cell in cells]))
            places.append(place)
    return places, kept


def read_bytes(path: Path, file: str, field: str, base: str) -> bytes:
    """All bytes of a plain file of at most 1 GiB; ``base`` says what its name counts from. Raises Refused."""
    right = "give a readable CSV or Excel file"
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise refuse(file, 1, field, "it is a directory", right)
        # A pipe or device may never end: only plain files are opened at all.
        if not stat.S_ISREG(status.st_mode):
            raise refuse(file, 1, field, "it is not a plain file", right)
        if status.st_size > MOST_BYTES:
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


def _encoding(data: bytes, file: str, field: str) -> str:
    """UTF-8 (with or without a mark), UTF-16 with a mark, or GB18030: whichever reads the whole of the bytes."""
    right = "save the file as CSV UTF-8 (or GB18030)"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise refuse(file, 1, field, "the file is not whole UTF-16 text", right) from error
        if "\0" in text:  # UTF-32 begins with the same mark
            raise refuse(file, 1, field, "the file is UTF-32, or not text", right)
        return "utf-16"
    if b"\0" in data:
        raise refuse(file, 1 + data[: data.index(b"\0")].count(b"\n"), field, "the file is not text", right)
    try:
        data.decode("utf-8-sig")
        return "utf-8-sig"
    except UnicodeDecodeError as error:
        utf8_stop = error.start
    # Text that is UTF-8 but for a few bytes would turn into other characters, in silence, if read as GB18030.
    lenient = data.decode("utf-8", "replace")
    if sum(c > "\u007f" for c in lenient) > 10 * lenient.count("\ufffd"):
        raise refuse(file, 1 + data[:utf8_stop].count(b"\n"), field, "a character here is damaged (not UTF-8)", right)
    try:
        data.decode("gb18030")
        return "gb18030"
    except UnicodeDecodeError as error:
        line = 1 + data[: max(utf8_stop, error.start)].count(b"\n")
        raise refuse(file, line, field, "the characters are neither UTF-8 nor GB18030", right) from error


def _whole_characters(data: bytes) -> bytes:
    """A text without the part of a character at its end."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data[: len(data) // 2 * 2]
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start >= len(data) - 3:
                return data[: error.start]
        else:
            break
    return data


def _text_lines(
    data: bytes, encoding: str, file: str, field: str, torn: list[int] | None = None
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """(line, cells) of each row; the text is decoded on the way, so that it never stands in memory as a whole.

    Where a last line may be torn, one that ends within quotation marks is handed on as far as it goes, and noted.
    """
    with io.TextIOWrapper(io.BytesIO(data), encoding, newline="") as text:
        if text.read(1) != "\ufeff":  # the mark of GB18030
            text.seek(0)
        origin = text.tell()
        delimiter = _delimiter(text.read(_LOOKED_AT))
        text.seek(origin)
        last = [""]
        reader = csv.reader(_within_bounds(text, file, field, last), delimiter=delimiter, strict=True)
        begin = 1
        quoted = b"'" in data
        try:
            for row in reader:
                cells = tuple(map(str.strip, row))
                yield begin, tuple(map(plain_cell, cells)) if quoted else cells
                begin = reader.line_num + 1
        except csv.Error as error:
            if torn is not None and reader.line_num == begin and not text.read(1) and last[0].count('"') % 2:
                torn.append(begin)
                yield begin, tuple(map(str.strip, next(csv.reader([last[0] + '"'], delimiter=delimiter))))
                return
            wrong = f"the row that begins here cannot be read ({error})"
            raise refuse(
                file, begin, field, wrong, 'close every quotation mark, and double those within a cell ("")'
            ) from error


def _within_bounds(text: io.TextIOWrapper, file: str, field: str, last: list[str]) -> Iterator[str]:
    """The lines of a text, none of them too long; `last` holds the one that was read."""
    at = 0
    while line := text.readline(_LONGEST_LINE):
        at += 1
        if len(line) == _LONGEST_LINE:
            wrong = f"the line has more than {_LONGEST_LINE:,} characters"
            raise refuse(file, at, field, wrong, "end every row with a line break")
        last[0] = line
        yield line


def _delimiter(text: str) -> str:
    """Comma, tab or semicolon: whichever the first lines have most of, outside quotation marks."""
    first = "\n".join([line for line in text.splitlines() if line.strip()][:5])
    bare = "".join(first.split('"')[::2])
    counts = {sign: bare.count(sign) for sign in (",", "\t", ";")}
    return max(counts, key=lambda sign: counts[sign])
