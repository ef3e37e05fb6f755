"""Scripted outcomes: what came of calls and call-backs, given in tables (CSV) instead of drawn.

The tables of a trace are such scripts: fed back, they give the same trace. A real campaign's log in these columns can
be replayed under another plan. What is not scripted is drawn as ever, and a row that is needed and missing is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from callbacksim.campaign.outcomes import INTERVIEWED, LIVE, Flag, Outcome
from callbacksim.frame.phones import mask_text
from callbacksim.frame.tables import Table, read_table, refuse
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Script as ScriptFiles

Row = TypeVar("Row")
PLANS_OWN = -1
"""In place of a gap: the plan's own retry minutes."""
MOST_PROBLEMS = 50


class ScriptedCall(NamedTuple):
    """A call as it was (times in ms); `gap` is before slot and cap rules."""

    outcome: Outcome
    ring: int
    talk: int
    wrap_up: int
    gap: int
    flag: Flag
    queue_class: int
    recorded: int | None  # satisfaction heard, 0 for none; None: drawn


class ScriptedTry(NamedTuple):
    """A call-back as it was (ms)."""

    reached: bool
    hold: int
    gap: int


class ScriptedTransfer(NamedTuple):
    """How long a caller waits at most, and what a person would take (ms)."""

    patience: int
    talk: int
    wrap_up: int


class ScriptedRecording(NamedTuple):
    """How long it takes to listen to a recording (ms), and whether an item is found."""

    hold: int
    found: bool


@dataclass(frozen=True)
class Lines(Generic[Row]):
    """The rows of one file by (contact, attempt or try), and what to say where one is missing."""

    file: str
    field: str
    turn: str  # what the second part of a key counts; "" where a contact has one row
    rows: Mapping[tuple[int, int], Row]
    at: Mapping[tuple[int, int], int]  # the line of each

    def row(self, contact: int, turn: int = 1) -> Row:
        """The row of a contact's call or try. Raises Refused where there is none."""
        row = self.rows.get((contact, turn))
        if row is None:
            which = f"contact {contact}" + (f", {self.turn} {turn}" if self.turn else "")
            right = f"add it, or choose a plan that does not come so far ({len(self.rows):,} rows are given)"
            raise Refused(Problem(self.file, 1, self.field, f"the script has no row for {which}", right))
        return row


@dataclass(frozen=True)
class Script:
    """The scripts of a scenario; None where outcomes are drawn."""

    calls: Lines[ScriptedCall] | None = None
    people: Lines[ScriptedTry] | None = None
    transfers: Lines[ScriptedTransfer] | None = None
    recordings: Lines[ScriptedRecording] | None = None


UNSCRIPTED = Script()


def read_script(files: ScriptFiles, contacts: int) -> Script:
    """The scripts that a scenario names, for so many contacts. Raises Refused with everything that is wrong."""
    problems: list[Problem] = []

    def lines(name: str, parse: Callable[[Cells], Any], turn: str) -> Lines[Any] | None:
        path = getattr(files, name)
        if path is None:
            return None
        try:
            return _lines(path, f"script.{name}", parse, turn, contacts)
        except Refused as refused:
            problems.extend(refused.problems)
            return None

    script = Script(
        calls=lines("calls", _call, "attempt"),
        people=lines("people", _try, "try"),
        transfers=lines("transfers", _transfer, ""),
        recordings=lines("recordings", _recording, ""),
    )
    if problems:
        raise Refused(problems)
    return script


def scripts_of(files: ScriptFiles) -> list[str]:
    """The paths of the scripts that are named."""
    return [path for path in (files.calls, files.people, files.transfers, files.recordings) if path is not None]


def fingerprint(files: ScriptFiles) -> str:
    """SHA-256 (hex) over what the scripts hold; empty without scripts. Raises Refused."""
    named = {f"script.{name}": path for name, path in files if path is not None}
    if not named:
        return ""
    tables = [read_table(path, field) for field, path in named.items()]
    sums = [hashlib.sha256("\n".join(map(",".join, table.cells)).encode()).digest() for table in tables]
    return hashlib.sha256(b"".join(sums)).hexdigest()


class Cells:
    """One row of a table: its cells by heading, read as numbers or words; what is wrong is noted, not raised."""

    def __init__(self, file: str, line: int, cells: Mapping[str, str], problems: list[Problem]) -> None:
        self._file, self._line, self._cells, self._problems = file, line, cells, problems

    def wrong(self, column: str, wrong: str, right: str) -> None:
        self._problems.append(Problem(self._file, self._line, column, wrong, right))

    def number(self, column: str, least: int, default: int | None = None, most: int = 2**40) -> int:
        text = self._cells.get(column, "")
        if not text and default is not None:
            return default
        whole = _WHOLE.fullmatch(text)
        value = int(whole[1]) if whole else None
        if value is None or not least <= value <= most:
            what = f"{_short(text)} is no whole number from {least:,} to {most:,}" if text else "the cell is empty"
            self.wrong(column, what, "write a whole number (times in milliseconds)")
            return least
        return value

    def word(self, column: str, words: Sequence[str], default: str | None = None) -> str:
        text = self._cells.get(column, "").lower()
        if not text and default is not None:
            return default
        if text not in words:
            self.wrong(column, f"{_short(text)} is none of its words", f"write one of {', '.join(words)}")
            return words[0]
        return text

    def name(self, column: str, names: Sequence[str]) -> int:
        """The place of what the cell says among these names."""
        text = self._cells.get(column, "")
        if text not in names:
            self.wrong(column, f"{_short(text)} is none of the scenario's", f"write one of {', '.join(names)}")
            return 0
        return names.index(text)

    def given(self, column: str) -> bool:
        return bool(self._cells.get(column))


def _short(text: str) -> str:
    """What a cell holds, as a message may show it: somebody's number may stand in the wrong column."""
    return repr(mask_text(text) + ("…" if len(text) > 40 else ""))


_WORDS = tuple(outcome.name.lower() for outcome in Outcome)
_FLAGS = tuple(flag.name.lower() for flag in (Flag.NONE, Flag.ITEM, Flag.UNCLEAR, Flag.FIXED))
_WHOLE = re.compile(r"(-?[0-9]{1,17})(?:\.0{1,17})?")
"""A whole number, also as a spreadsheet or a column with gaps writes it: ``1.0``."""
_YES_NO = ("0", "1", "false", "true")


def _call(cells: Cells) -> ScriptedCall:
    outcome = Outcome[cells.word("outcome", _WORDS).upper()]
    flag = Flag[cells.word("flag", _FLAGS, "none").upper()]
    call = ScriptedCall(
        outcome=outcome,
        ring=cells.number("ring", 1),
        talk=cells.number("talk", 0),
        wrap_up=cells.number("wrap_up", 0, 0),
        gap=cells.number("gap", PLANS_OWN, PLANS_OWN),
        flag=flag,
        queue_class=cells.number("class", 0, int(flag is Flag.UNCLEAR), most=1),
        recorded=cells.number("recorded", 0, most=5) if cells.given("recorded") else None,
    )
    if call.talk and outcome not in LIVE:
        cells.wrong(
            "talk", f"{mask_text(str(call.talk))} ms of talk, and the call was {outcome.name.lower()}", "write 0"
        )
    if flag and outcome not in INTERVIEWED:
        right = "flag complete and partial interviews only"
        cells.wrong("flag", f"a call that was {outcome.name.lower()} is flagged", right)
    return call


def _try(cells: Cells) -> ScriptedTry:
    reached = cells.word("reached", _YES_NO) in ("1", "true")
    return ScriptedTry(reached, cells.number("hold", 1), cells.number("gap", PLANS_OWN, PLANS_OWN))


def _transfer(cells: Cells) -> ScriptedTransfer:
    return ScriptedTransfer(cells.number("patience", 1), cells.number("talk", 1), cells.number("wrap_up", 0, 0))


def _recording(cells: Cells) -> ScriptedRecording:
    found = cells.word("found", _YES_NO, "0") in ("1", "true")
    return ScriptedRecording(cells.number("hold", 1), found)


_NEEDED = {
    "script.calls": ("contact", "attempt", "outcome", "ring", "talk"),
    "script.people": ("contact", "try", "reached", "hold"),
    "script.transfers": ("contact", "patience", "talk"),
    "script.recordings": ("contact", "hold", "found"),
}


def _lines(path: str, field: str, parse: Callable[[Cells], Row], turn: str, contacts: int) -> Lines[Row]:
    table = read_table(path, field, path)
    headings = _headings(table, field)
    problems: list[Problem] = []
    rows: dict[tuple[int, int], Row] = {}
    at: dict[tuple[int, int], int] = {}
    for line, values in zip(table.lines[1:], table.cells[1:], strict=True):
        cells = Cells(table.file, line, dict(zip(headings, values, strict=False)), problems)
        before = len(problems)
        key = cells.number("contact", 0), cells.number(turn, 1, most=10_000) if turn else 1
        row = parse(cells)
        if len(problems) == before:
            if key[0] >= contacts:
                wrong = f"contact {mask_text(str(key[0]))}, and the register has {contacts:,} contacts, counted from 0"
                cells.wrong("contact", wrong, f"write 0 to {contacts - 1}")
            elif key in rows:
                which = f"contact {key[0]}" + (f", {turn} {key[1]}" if turn else "")
                cells.wrong("contact", f"{which} stands in line {at[key]} already", "keep one row of each")
            else:
                rows[key], at[key] = row, line
        if len(problems) >= MOST_PROBLEMS:
            break
    if problems:
        raise Refused(problems)
    return Lines(table.file, field, turn, rows, at)


def _headings(table: Table, field: str) -> list[str]:
    """The headings of the first line; those that are needed must be there, each once."""
    headings = [heading.lower() for heading in table.cells[0]]
    needed = _NEEDED[field]
    missing = [name for name in needed if name not in headings]
    twice = sorted({name for name in headings if name and headings.count(name) > 1})
    if missing:
        raise refuse(
            table.file,
            table.lines[0],
            field,
            f"there is no column {', '.join(missing)}",
            f"head the columns {', '.join(needed)}",
        )
    if twice:
        raise refuse(table.file, table.lines[0], field, f"there are two columns {', '.join(twice)}", "keep one of each")
    return headings
