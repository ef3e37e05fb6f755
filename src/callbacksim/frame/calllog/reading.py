"""Call logs: what really came of calls, from the file of a switch, a dialler or a simulated run, in one form for all.

Nothing is dropped in silence: every row of the file is used, or counted under the reason for which it is not, or the
file is refused with the row's line. Numbers serve to tell people apart and are shown nowhere in full.
"""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from callbacksim.frame.calllog.formats import OWN_TRACE, SPOKEN, Ended, Role
from callbacksim.frame.calllog.options import CHINA, Reading
from callbacksim.frame.calllog.rows import OTHER, UNKNOWN, RowReader
from callbacksim.frame.calllog.shape import Shape, shape_of
from callbacksim.frame.calllog.sifting import Sifted
from callbacksim.frame.tables import MOST_CELLS, MOST_LINES, Table, read_bytes, read_table, refuse
from callbacksim.scenario.calendar import DAY, HOUR, MINUTE
from callbacksim.scenario.schema import WEEKDAYS, Calendar
from callbacksim.scenario.wording import listing

Ints = NDArray[np.int64]
FIELD = "log"


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
    only_failed: int = 0
    """Numbers of which the log has only calls that failed, without a word for those out of service."""

    def __post_init__(self) -> None:
        if self.rows != len(self.who) + sum(self.left_out.values()):
            raise ValueError(f"the rows do not add up: {self.rows} of {len(self.who)} and {self.left_out}")

    @property
    def people(self) -> int:
        """How many different people were called."""
        return len(np.unique(self.who))

    @property
    def has_numbers(self) -> bool:
        """Whether people are known by their numbers, not by other names or masked ones."""
        return any(one.startswith("+") for one in self.numbers)

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
    return calls_of(log_table(Path(path), shown or str(path), how.sheet), first_day, how)


def calls_of(table: Table, first_day: dt.date, how: Reading) -> CallLog:
    """The calls in the lines of a log; see `read_call_log`."""
    shape = shape_of(table, how)
    reader = RowReader(table, shape, how, first_day)
    found = Sifted(reader, reader.rows(), table.file, own=shape.form is OWN_TRACE)
    if not found.rows:
        left_out = reader.left_out
        why = listing(f"{reason} ({count:,})" for reason, count in left_out.most_common(3)) or "it has no rows"
        right = "check which columns are read: --column number=HEADING --column start=HEADING"
        if OTHER in left_out:
            right = "check what --only asks for; each value counts as it stands in the log"
        raise refuse(table.file, table.lines[0], FIELD, f"no call of the log can be used: {why}", right)
    return _log(table, shape, found, reader, first_day)


def outside_windows(log: CallLog, calendar: Calendar, utc_offset: int = CHINA) -> tuple[int, int]:
    """How many calls start outside the daily calling windows of their weekday: as read, and were the log in GMT.

    Holidays are not looked at: a pilot may lie on any day.
    """
    return _outside(log, calendar, 0), _outside(log, calendar, utc_offset * MINUTE)


def year_warning(log: CallLog) -> str:
    """What to say where all calls lie more than a year from the campaign's first day; '' else."""
    told = log.start[log.start != UNKNOWN]
    if log.by_contact or not len(told) or min(abs(int(told.min())), abs(int(told.max()))) <= 366 * DAY:
        return ""
    first, last = (log.first_day + dt.timedelta(days=int(ms) // DAY) for ms in (told.min(), told.max()))
    return (
        f"{log.file}: its calls are from {first} to {last}, more than a year from the campaign's first day "
        f"{log.first_day} 日期相差一年以上: check its dates, and calendar.start"
    )


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


def log_table(path: Path, file: str, sheet: str | None) -> Table:
    """The lines of a log. Raises Refused for a file that cannot be read."""
    if path.suffix.lower() != ".parquet":
        return read_table(path, FIELD, "" if file == str(path) else file, sheet, may_be_torn=True)
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


def _log(table: Table, shape: Shape, found: Sifted, reader: RowReader, first_day: dt.date) -> CallLog:
    rows, total = found.rows, len(table.cells) - shape.body

    def column(name: str) -> Ints:
        return np.array([getattr(row, name) for row in rows], dtype=np.int64)

    own = shape.form is OWN_TRACE
    names = {name: i for i, name in enumerate(dict.fromkeys(row.who for row in rows))}
    who = [int(row.who) if own else names[row.who] for row in rows]
    warnings = [*table.warnings, *shape.notes]
    if reader.left_out:
        why = listing(f"{reason} ({count:,})" for reason, count in reader.left_out.most_common())
        warnings.append(f"{table.file}: {reader.left_out.total():,} of {total:,} rows are not used 未使用: {why}")
    return CallLog(
        file=table.file,
        format=shape.form.name,
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
        warnings=(*warnings, *found.notes),
        words=reader.words,
        only_failed=found.only_failed,
    )


def counted(keys: Sequence[int]) -> Ints:
    """The how manieth of its kind each entry is, from 1."""
    seen: Counter[int] = Counter()
    out = np.empty(len(keys), dtype=np.int64)
    for i, key in enumerate(keys):
        seen[key] += 1
        out[i] = seen[key]
    return out
