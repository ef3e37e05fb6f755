"""Call logs: what really came of calls, from the file of a switch, a dialler or a simulated run, in one form for all.

Nothing is dropped in silence: every row of the file is used, or counted under the reason for which it is not, or the
file is refused with the row's line. Numbers serve to tell people apart and are shown nowhere in full.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from callbacksim.frame.calllog_formats import FORMATS, GENERAL, OWN_TRACE, SPOKEN, Ended, Format, Role
from callbacksim.frame.calllog_options import CHINA, Reading
from callbacksim.frame.calllog_rows import UNKNOWN, Row, RowReader, cell, is_length, is_moment
from callbacksim.frame.headings import normalised
from callbacksim.frame.phones import mask_text
from callbacksim.frame.tables import MOST_CELLS, MOST_LINES, Table, read_bytes, read_table, refuse
from callbacksim.scenario.calendar import DAY, HOUR, MINUTE
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import WEEKDAYS, Calendar
from callbacksim.scenario.wording import listing, meant, show

Ints = NDArray[np.int64]
FIELD = "log"
DUPLICATE = "the same call once more 重复记录"
_LOOKED_AT = 20
_WORD = re.compile(r"[A-Z][A-Z_ ]+")


@dataclass(frozen=True, eq=False)
class CallLog:
    """The calls of a log in the order of their starts (then of the file), int64 columns of equal length.

    ``kind``: one row a call, or one row a contact (its last call; ``calls`` says how many there were). ``who`` counts
    people by first appearance; in a simulated run (``by_contact``) it is the contact's index. ``start``: ms since
    midnight of ``first_day``, local time, negative for earlier days. ``ring``: ms from dialling to the answer or the
    end. ``talk``: ms of talk, 0 if nobody answered. ``outcome``: an `Ended`. ``attempt``: the how manieth call to
    this person in the log, from 1. ``flag``: 1 if the call was sent to people. ``line``: where the row stands.
    What the log does not say is -1. ``sides``: kind, industry, area, where there are such columns.

    ``left_out`` counts the rows that are not used by reason: rows = calls + left out, or there is no such object.
    """

    file: str
    format: str
    kind: Literal["per attempt", "per contact"]
    by_contact: bool
    first_day: dt.date
    rows: int
    left_out: Mapping[str, int]
    who: Ints
    start: Ints
    ring: Ints
    talk: Ints
    outcome: Ints
    attempt: Ints
    flag: Ints
    calls: Ints
    line: Ints
    sides: Mapping[Role, tuple[str, ...]]
    numbers: tuple[str, ...] = field(repr=False)
    """E.164 of each of the people; whatever names them where the log has no numbers."""
    warnings: tuple[str, ...] = ()
    words: frozenset[Ended] = frozenset(Ended)
    """What the log has a word for; nothing is told by the absence of the others."""

    def __post_init__(self) -> None:
        if self.rows != len(self.who) + sum(self.left_out.values()):
            raise ValueError(f"the rows do not add up: {self.rows} of {len(self.who)} and {self.left_out}")

    @property
    def people(self) -> int:
        """How many different people were called."""
        return len(np.unique(self.who))

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Which calls somebody answered."""
        return np.isin(self.outcome, SPOKEN)

    @property
    def has_results(self) -> bool:
        """Whether the log tells at all what came of interviews."""
        return bool(np.isin(self.outcome, [ended for ended in SPOKEN if ended is not Ended.ANSWERED]).any())

    @property
    def has_flags(self) -> bool:
        """Whether the log tells at all who was sent to people."""
        return bool((self.flag != UNKNOWN).any())

    @property
    def has_starts(self) -> bool:
        """Whether the log tells when calls were made."""
        return self.kind == "per attempt"


def read_call_log(path: Path | str, first_day: dt.date, reading: Reading | None = None, shown: str = "") -> CallLog:
    """The calls of a log: CSV, TSV, a workbook, or a run's ``attempts.csv`` or ``.parquet``.

    ``first_day`` is the scenario's: times count from its midnight. Raises Refused with every problem found: a column
    that is not there, a time or length that is none (``file:line: column: …``), words for the end of a call that no
    table has, a log without any call that can be used.
    """
    how = reading or Reading()
    file = shown or str(path)
    table = _table(Path(path), file, how.sheet)
    form, at, body = _recognised(table, how)
    reader = RowReader(table, form, at, how, first_day)
    rows = _once(reader.rows(body), reader.left_out, per_contact=reader.per_contact)
    if not rows:
        why = listing(f"{reason} ({count:,})" for reason, count in reader.left_out.most_common(3)) or "it has no rows"
        right = "check which columns are read: --column number=HEADING --column start=HEADING"
        raise refuse(file, table.lines[0], FIELD, f"no call of the log can be used: {why}", right)
    return _log(table, form, rows, reader, first_day, len(table.cells) - body)


def outside_windows(log: CallLog, calendar: Calendar, utc_offset: int = CHINA) -> tuple[int, int]:
    """How many calls start outside the daily calling windows of their weekday: as read, and were the log in GMT.

    Holidays are not looked at: a pilot may lie on any day.
    """
    return _outside(log, calendar, 0), _outside(log, calendar, utc_offset * MINUTE)


def time_warning(log: CallLog, calendar: Calendar, reading: Reading) -> str:
    """What to say where many calls lie outside all windows; '' where few do."""
    if not log.has_starts or log.by_contact:
        return ""
    told = log.start != UNKNOWN
    outside, shifted = outside_windows(log, calendar, reading.utc_offset)
    if outside * 20 <= told.sum():
        return ""
    said = f"{log.file}: {outside:,} of {int(told.sum()):,} calls start outside the calling windows 时段外呼叫"
    if not reading.utc and shifted * 2 < outside:
        said += f"; were the log in GMT, {shifted:,} would: if it is, add --utc"
    return said


def _outside(log: CallLog, calendar: Calendar, shift: int) -> int:
    starts = log.start[log.start != UNKNOWN] + shift
    first = log.first_day.weekday()
    outside = 0
    for weekday, name in enumerate(WEEKDAYS):
        within = starts[(starts // DAY + first) % 7 == weekday] % DAY
        inside = np.zeros(len(within), dtype=bool)
        for begin, end in calendar.windows_on.get(name, calendar.windows):
            inside |= (within >= _of_day(begin)) & (within < _of_day(end))
        outside += int((~inside).sum())
    return outside


def _of_day(clock: str) -> int:
    return int(clock[:2]) * HOUR + int(clock[3:]) * MINUTE


# --- which file, which format -----------------------------------------------------------------------------------


def _table(path: Path, file: str, sheet: str | None) -> Table:
    if path.suffix.lower() != ".parquet":
        return read_table(path, FIELD, sheet=sheet) if file == str(path) else read_table(path, FIELD, file, sheet)
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = read_bytes(path, file, FIELD, "the current directory")
    wanted = [*OWN_TRACE.needed, "flag"]
    try:
        stored = pq.ParquetFile(io.BytesIO(data))
        if stored.metadata.num_rows > min(MOST_LINES, MOST_CELLS // len(wanted)):
            raise refuse(file, 1, FIELD, f"the log has more than {MOST_LINES:,} rows", "give a part of it")
        found = stored.read(columns=[name for name in wanted if name in stored.schema_arrow.names])
        columns = [["" if value is None else str(value) for value in column.to_pylist()] for column in found.columns]
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise refuse(file, 1, FIELD, "the file is damaged, or no Parquet", "give the run's attempts.csv") from error
    cells = [tuple(found.column_names), *zip(*columns, strict=True)]
    return Table(file, range(1, len(cells) + 1), cells)


def _recognised(table: Table, how: Reading) -> tuple[Format, dict[Role, int], int]:
    """The format, the column (from 0) of each role, and where the rows begin."""
    first = [normalised(cell) for cell in table.cells[0]]
    by_heading = next((form for form in FORMATS if form.needed and set(form.needed) <= set(first)), None)
    shape = None if by_heading else next((form for form in FORMATS if form.layout and _fits(form, table)), None)
    form = by_heading or shape or GENERAL
    headings = list(map(normalised, form.layout)) if shape else first
    at = {role: headings.index(h) for role, names in form.columns.items() if (h := _first(names, headings)) is not None}
    body = 0 if shape else 1
    problems: list[Problem] = []
    for role, named in how.columns.items():
        key = normalised(named)
        if not shape and key and key in first:
            at[role] = first.index(key)
        elif named.isdecimal() and 1 <= int(named[:4]) <= len(first):
            at[role] = int(named) - 1
        else:
            near = meant(named, [cell for cell in table.cells[0] if cell], 0.5)
            have = listing((show(mask_text(cell)) for cell in table.cells[0] if cell), 12)
            right = f"did you mean {show(near)}?" if near else f"the file has {have}"
            wrong = f"no column of {Path(table.file).name} is headed {show(named)}"
            problems.append(Problem("--column", 1, role, wrong, right))
    if problems:
        raise Refused(problems)
    if how.columns and not shape and "start" in at and is_moment(cell(table.cells[0], at["start"])):
        body = 0  # columns by their places, no headings
    _complete(table, at)
    return form, at, body


def _first(names: Sequence[str], headings: Sequence[str]) -> str | None:
    return next((name for name in names if name in headings), None)


def _fits(form: Format, table: Table) -> bool:
    """Whether the first lines look like this layout: a moment, two lengths and a word, each in its column."""
    at = {role: form.layout.index(names[0]) for role, names in form.columns.items() if names[0] in form.layout}
    lines = table.cells[:_LOOKED_AT]
    return all(
        is_moment(cell(line, at["start"]))
        and is_length(cell(line, at["duration"]))
        and is_length(cell(line, at["talk"]))
        and _WORD.fullmatch(cell(line, at["status"]))
        for line in lines
    )


def _complete(table: Table, at: Mapping[Role, int]) -> None:
    """Raises Refused where the log has not what no log can do without."""
    have = listing((show(mask_text(cell)) for cell in table.cells[0] if cell), 12)
    problems = []

    def missing(what: str, role: Role) -> None:
        right = f"name it: --column {role}=HEADING (the first line has {have})"
        problems.append(Problem(table.file, table.lines[0], role, f"no column of the log is {what}", right))

    if "number" not in at and "contact" not in at:
        missing("the number called", "number")
    if not {"start", "ringing", "calls"} & set(at):
        missing("the time of the call", "start")
    if not {"status", "talk", "answer"} & set(at):
        missing("what came of the call", "status")
    if problems:
        raise Refused(problems)


def _once(rows: Sequence[Row], left_out: Counter[str], *, per_contact: bool) -> list[Row]:
    """The rows by start; a second row of the same call (or, one row a contact, of the same contact) goes."""
    kept: dict[tuple[str, int], Row] = {}
    for row in sorted(rows, key=lambda row: (row.start, row.line)):
        key = (row.who, 0 if per_contact else row.start)
        if key in kept:
            left_out[DUPLICATE] += 1
        else:
            kept[key] = row
    return list(kept.values())


def _log(table: Table, form: Format, rows: Sequence[Row], reader: RowReader, first_day: dt.date, total: int) -> CallLog:
    def column(name: str) -> Ints:
        return np.array([getattr(row, name) for row in rows], dtype=np.int64)

    own = form is OWN_TRACE
    names = {name: i for i, name in enumerate(dict.fromkeys(row.who for row in rows))}
    who = [int(row.who) if own else names[row.who] for row in rows]
    warnings = list(table.warnings)
    if reader.left_out:
        why = listing(f"{reason} ({count:,})" for reason, count in reader.left_out.most_common())
        warnings.append(f"{table.file}: {reader.left_out.total():,} of {total:,} rows are not used 未使用: {why}")
    return CallLog(
        file=table.file,
        format=form.name,
        kind="per contact" if reader.per_contact else "per attempt",
        by_contact=own,
        first_day=first_day,
        rows=total,
        left_out=dict(reader.left_out.most_common()),
        who=np.array(who, dtype=np.int64),
        start=column("start"),
        ring=column("ring"),
        talk=column("talk"),
        outcome=column("outcome"),
        attempt=counted(who),
        flag=column("flag"),
        calls=column("calls"),
        line=column("line"),
        sides={role: tuple(row.sides[i] for row in rows) for i, role in enumerate(reader.sides)},
        numbers=() if own else tuple(names),
        warnings=tuple(warnings),
        words=reader.words,
    )


def counted(keys: Sequence[int]) -> Ints:
    """The how manieth of its kind each entry is, from 1."""
    seen: Counter[int] = Counter()
    out = np.empty(len(keys), dtype=np.int64)
    for i, key in enumerate(keys):
        seen[key] += 1
        out[i] = seen[key]
    return out
