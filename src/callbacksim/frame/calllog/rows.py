"""The rows of a call log, one by one: its cells become times, lengths and outcomes, or the reason why they do not."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from callbacksim.frame.calllog.cells import Unread, is_date, length, moment, on_day
from callbacksim.frame.calllog.formats import OWN_TRACE, SPOKEN, Ended, Meaning, Role, word
from callbacksim.frame.calllog.options import Reading
from callbacksim.frame.headings import normalised
from callbacksim.frame.phones import mask_text, read_numbers
from callbacksim.frame.tables import Table
from callbacksim.scenario.calendar import HOUR, MINUTE, SECOND
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.wording import show

if TYPE_CHECKING:
    from callbacksim.frame.calllog.shape import Shape

UNKNOWN = -1
IN = "a call that came in 呼入"
DISORDER = "times out of order 时间顺序有误"
NO_CALL = "the network failed or nobody was called 网络原因未呼出"
NOBODY = "nobody is named 未填联系人"
TORN = "the last line is cut off 末行不完整"
HEADINGS = "the headings once more 重复表头"
OTHER = "another campaign's 其他任务"
UNDER_WAY = "under way when the log was written 通话未结束"
_MOST_PROBLEMS = 20
_MOST_STATUSES = 12
_LONGEST_CALL = 24 * HOUR
_LONGEST_OPEN = HOUR  # so long before the last call of a log one that has not ended may have begun
_NEVER = frozenset({"", "0", "-", "--", "0000-00-00 00:00:00"})
_YES = frozenset({"1", "Y", "YES", "TRUE", "T", "是", "有", "ITEM", "UNCLEAR", "FIXED", "LISTENED"})
_NO = frozenset({"", "0", "N", "NO", "FALSE", "F", "否", "无", "NONE"})
_CAME_IN = frozenset({"0", "IN", "INBOUND", "呼入", "INCOMING"})
_OF_THE_END: tuple[Role, ...] = ("end", "ring", "talk", "duration")
_WHOLE = re.compile(r"(-?\d{1,15})(?:\.0+)?")


class Row(NamedTuple):
    """A row that is used."""

    who: str
    start: int
    ring: int
    talk: int
    outcome: int
    flag: int
    calls: int
    line: int
    sides: tuple[str, ...]
    caller: str = ""
    status: str = ""

    @property
    def end(self) -> int:
        """When it ended (ms), as far as that is known."""
        return self.start + max(self.ring, 0) + max(self.talk, 0)


class RowReader:
    """Reads the rows of one log, collecting what is wrong, what is left out, and which words nobody knows.

    ``failed`` are the rows of calls that reached nobody, by words that leave open why; they are not among the rows.
    """

    def __init__(self, table: Table, shape: Shape, how: Reading, first_day: dt.date) -> None:
        form, at = shape.form, shape.at
        self._table, self._shape, self._form, self._at, self._how = table, shape, form, at, how
        self._problems: list[Problem] = []
        self.left_out: Counter[str] = Counter()
        self.failed: list[Row] = []
        self._unknown: dict[str, list[int]] = {}
        self._open: list[tuple[int, int]] = []  # start and line of calls of which nothing is written but that
        self._statuses = {**form.statuses, **how.statuses}
        self.per_contact = "calls" in at
        self._midnight = dt.datetime(first_day.year, first_day.month, first_day.day, tzinfo=dt.UTC)
        self.sides: tuple[Role, ...] = tuple(role for role in ("kind", "industry", "area") if role in at)

    @property
    def words(self) -> frozenset[Ended]:
        """What the log has a word for."""
        return frozenset(meaning for meaning in self._statuses.values() if meaning is not None)

    def rows(self) -> list[Row]:
        """The calls of the table's lines. Raises Refused with all that is wrong."""
        found: list[Row] = []
        body = self._shape.body
        last = len(self._table.cells) - 1
        for at, (line, cells) in enumerate(zip(self._table.lines[body:], self._table.cells[body:], strict=True), body):
            # A log that is still being written may end in the midst of a line.
            torn = at == last and (self._table.torn or (at > 0 and len(cells) < len(self._table.cells[at - 1])))
            row = self._row(line, cells) if not torn else self._of_torn(line, cells)
            if row is not None:
                found.append(row)
            if len(self._problems) >= _MOST_PROBLEMS:
                raise Refused(self._problems)
        self._leave_open(max((row.start for row in found), default=UNKNOWN))
        self._problems += self._unknown_words()
        if self._problems:
            raise Refused(self._problems)
        return found

    def _leave_open(self, last: int) -> None:
        """Calls of which nothing but the start is written: under way if they are among the last, else unknown."""
        for start, line in self._open:
            if start >= last - _LONGEST_OPEN:
                self.left_out[UNDER_WAY] += 1
            else:
                self._unknown.setdefault("", []).append(line)

    def _of_torn(self, line: int, cells: Sequence[str]) -> Row | None:
        """The call of a line that is shorter than the others; left out where what is there cannot be read."""
        problems, before = len(self._problems), {said: len(lines) for said, lines in self._unknown.items()}
        under_way = len(self._open)
        row = self._row(line, cells)
        unread = [said for said, lines in self._unknown.items() if len(lines) > before.get(said, 0)]
        if len(self._problems) == problems and not unread and len(self._open) == under_way:
            return row
        del self._open[under_way:]
        del self._problems[problems:]
        for said in unread:
            self._unknown[said].pop()
            if not self._unknown[said]:
                del self._unknown[said]
        self.left_out[TORN] += 1
        return None

    def _row(self, line: int, cells: Sequence[str]) -> Row | None:
        """The row's call; None where it is left out, or where something is wrong with it."""
        before = len(self._problems)
        who, reason = self._whose(line, cells)
        if reason:  # whatever else stands in a row that is not used is not looked at
            self.left_out[reason] += 1
            return None
        start, ring, talk, connected = self._times(line, cells)
        calls = self._whole(line, cells, "calls", 1, 1000) if self.per_contact else UNKNOWN
        flag = self._flag(line, cells)
        if len(self._problems) == before and self._not_ended(cells):
            self._open.append((start, line))
            return None
        outcome = self._outcome(line, cells, connected)
        if len(self._problems) > before or isinstance(outcome, str):
            return None
        if (ring is not None and ring < 0) or (talk is not None and talk < 0):
            self.left_out[DISORDER] += 1
            return None
        talk = (UNKNOWN if talk is None else talk) if outcome in SPOKEN else 0
        sides = tuple(self._text(cells, role) for role in self.sides)
        caller, status = self._text(cells, "caller"), word(self._text(cells, "status"))
        ended = Ended.UNANSWERED if outcome is None else outcome
        row = Row(
            who, start, UNKNOWN if ring is None else ring, talk, int(ended), flag, calls, line, sides, caller, status
        )
        if outcome is None:
            self.left_out[NO_CALL] += 1
            if status not in self._how.statuses:
                self.failed.append(row)
            return None
        return row

    def _not_ended(self, cells: Sequence[str]) -> bool:
        """Whether a call has neither an outcome nor an end, in a log that has both."""
        of_end: list[Role] = [role for role in _OF_THE_END if role in self._at]
        if "status" not in self._at or not of_end or self.per_contact or "" in self._statuses:
            return False
        whole = len(cells) > max(self._at[role] for role in ("status", *of_end))
        return whole and all(self._text(cells, role) in _NEVER for role in of_end) and not self._text(cells, "status")

    def _whose(self, line: int, cells: Sequence[str]) -> tuple[str, str]:
        """The key of who was called, and why the row is of no call to anybody."""
        shape = self._shape
        if shape.headings and cells[0] and tuple(map(normalised, cells)) == shape.headings:
            return "", HEADINGS
        if any(cell(cells, at).casefold() not in values for at, values in shape.only):
            return "", OTHER
        if "direction" in self._at and self._text(cells, "direction").upper() in _CAME_IN:
            return "", IN
        if shape.inbound and self._text(cells, "context") in shape.inbound:
            return "", IN
        return self._who(line, cells)

    def _text(self, cells: Sequence[str], role: Role) -> str:
        return cell(cells, self._at[role]) if role in self._at else ""

    def _wrong(self, line: int, role: Role, wrong: str, right: str) -> None:
        self._problems.append(Problem(self._table.file, line, role, wrong, right))

    def _who(self, line: int, cells: Sequence[str]) -> tuple[str, str]:
        """The key of who was called, and why there is none."""
        if self._form is OWN_TRACE:
            return str(self._whole(line, cells, "contact", 0, 2**40)), ""
        if "number" in self._at:
            text = self._text(cells, "number")
            found = read_numbers(text)
            if not found.numbers and self._shape.trunk:
                found = read_numbers(text.removeprefix(self._shape.trunk))
            return (found.numbers[0], "") if found.numbers else ("", found.reason)
        name = self._text(cells, "contact")
        return name, "" if name else NOBODY

    def _times(self, line: int, cells: Sequence[str]) -> tuple[int, int | None, int | None, bool]:
        """Start (ms), ring and talk (ms, None: not known), and whether the call was connected."""
        if self._form.milliseconds:
            length = {role: self._whole(line, cells, role, 0, _LONGEST_CALL) for role in ("ring", "talk")}
            return self._whole(line, cells, "start", 0, 2**40), length["ring"], length["talk"], length["talk"] > 0
        start, ringing = self._moment(line, cells, "start"), self._moment(line, cells, "ringing")
        answer, end = self._moment(line, cells, "answer"), self._moment(line, cells, "end")
        talk, ring = self._length(line, cells, "talk"), self._length(line, cells, "ring")
        duration = self._length(line, cells, "duration")
        start = ringing if start is None else start
        if start is None:
            if self.per_contact:
                return UNKNOWN, ring, talk, answer is not None or bool(talk)
            if not self._text(cells, "start") and not self._text(cells, "ringing"):
                self._wrong(line, "start", "the cell is empty", "give every call its time")
            return UNKNOWN, None, None, False
        connected = answer is not None or bool(talk)
        if answer is not None and end is not None and (talk is None or talk > end - answer + SECOND):
            talk = end - answer  # a length that is longer holds the ringing too
        if ring is None:
            if connected and answer is not None:
                ring = answer - start
            elif duration is not None and (talk is not None or not connected):
                ring = duration - (talk or 0)
            elif not connected and end is not None:
                ring = end - start
        return start, ring, talk, connected

    def _moment(self, line: int, cells: Sequence[str], role: Role) -> int | None:
        """The time in a cell, in ms since midnight of the first day, local time."""
        text = self._text(cells, role)
        if text in _NEVER:
            return None
        whole = on_day(self._text(cells, "date"), text)
        try:
            ms, ahead = moment(whole)
        except Unread as wrong:
            self._wrong(line, role, f"{show(whole) if is_date(whole) else _short(whole)} is no time", str(wrong))
            return None
        if ahead is None and self._how.utc:
            ahead = 0
        if ahead is not None:
            ms += (self._how.utc_offset - ahead) * MINUTE
        return ms - round(self._midnight.timestamp()) * SECOND

    def _length(self, line: int, cells: Sequence[str], role: Role) -> int | None:
        """A length in ms; None where the cell is empty. Below 0: the row is left out, its times are out of order."""
        text = self._text(cells, role)
        if not text or text in ("-", "--"):
            return None
        ms = length(text)
        if ms is None:
            self._wrong(line, role, f"{_short(text)} is no length of time", "write whole seconds, or 0:01:23")
        elif ms > _LONGEST_CALL:
            self._wrong(line, role, f"{_short(text)} is more than a day", "write seconds")
        return ms

    def _whole(self, line: int, cells: Sequence[str], role: Role, least: int, most: int) -> int:
        text = self._text(cells, role)
        whole = _WHOLE.fullmatch(text)
        if whole is None or not least <= int(whole[1]) <= most:
            what = f"{_short(text)} is no whole number from {least:,} to {most:,}" if text else "the cell is empty"
            self._wrong(line, role, what, "write a whole number")
            return least
        return int(whole[1])

    def _flag(self, line: int, cells: Sequence[str]) -> int:
        if "flag" not in self._at:
            return UNKNOWN
        text = self._text(cells, "flag")
        if text.upper() in _YES:
            return 1
        if text.upper() not in _NO:
            self._wrong(line, "flag", f"{_short(text)} is neither yes nor no", "write yes or no 是/否")
        return 0

    def _outcome(self, line: int, cells: Sequence[str], connected: bool) -> Meaning | str:
        """What came of the call; the word itself where no table has it."""
        if "status" not in self._at:
            return Ended.ANSWERED if connected else Ended.UNANSWERED
        status = word(self._text(cells, "status"))
        if not status and connected:
            return Ended.ANSWERED
        if self._form.talk_decides and connected and status not in self._how.statuses:
            return Ended.ANSWERED
        if status in self._statuses:
            return self._statuses[status]
        self._unknown.setdefault(status, []).append(line)
        return status

    def _unknown_words(self) -> list[Problem]:
        words = sorted(self._unknown.items(), key=lambda pair: -len(pair[1]))
        right = "say what it means: --status WORD=OUTCOME, for example --status {0}=no_answer, or {0}=skip"
        problems = [
            Problem(
                self._table.file,
                lines[0],
                "status",
                f"{_short(status) if status else 'an empty cell'} is no status that is known ({len(lines):,} row(s))",
                right.format(_short(status)[1:-1] if status else ""),
            )
            for status, lines in words[:_MOST_STATUSES]
        ]
        if len(words) > _MOST_STATUSES:
            _, lines = words[_MOST_STATUSES]
            wrong = f"and {len(words) - _MOST_STATUSES} more words like these"
            problems.append(Problem(self._table.file, lines[0], "status", wrong, "check which column is the status"))
        return problems


def cell(cells: Sequence[str], at: int) -> str:
    """A cell of a line, '' where the line is too short for it."""
    return cells[at] if at < len(cells) else ""


def _short(text: str) -> str:
    """A cell as messages may show it: somebody's number may stand in the wrong column."""
    shown = mask_text(text)
    return show(shown[:40] + ("…" if len(text) > 40 else ""))
