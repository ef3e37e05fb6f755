"""What shape a call log has: its format, where its rows begin, the columns' roles, what stands before the numbers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from callbacksim.frame.calllog.cells import is_length, is_moment
from callbacksim.frame.calllog.formats import FORMATS, GENERAL, Format, Role
from callbacksim.frame.calllog.options import Reading
from callbacksim.frame.calllog.rows import cell
from callbacksim.frame.headings import normalised
from callbacksim.frame.phones import MASKED, mask_text, read_numbers
from callbacksim.frame.tables import Table
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.wording import listing, meant, show

_LOOKED_AT = 20
_FITTING = 0.75  # of those lines; the others may hold a length below 0 or a stamp that is none
_TITLES = 10  # so many lines may stand above the headings
_WORD = re.compile(r"[A-Z][A-Z_ ]+")
_SAMPLE = 2_000
_MOSTLY = 0.9
_AGAIN = 0.05
# Contexts of Asterisk, FreePBX and FreeSWITCH in which calls arrive.
_INBOUND = re.compile(r"from[-_](?:trunk|pstn|did|zaptel|dahdi|digital|outside|external)\b.*|ext-did.*|"
                      r"(?:in|inbound|incoming)(?:[-_ ].*)?|public", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """The shape of a log.

    ``at``: the column (from 0) of each role. ``body``: where the rows begin, in the table. ``headings``: those of the
    file, normalised; empty where it has none. ``only``: columns of which only some values count. ``trunk``: what the
    switch dials before every number. ``inbound``: contexts in which calls come in. ``named``: people are told apart by
    whatever names them, since their numbers are masked or the planner says so. ``notes``: what to say of all this.
    """

    form: Format
    at: Mapping[Role, int]
    body: int
    headings: tuple[str, ...]
    only: tuple[tuple[int, frozenset[str]], ...] = ()
    trunk: str = ""
    inbound: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


def shape_of(table: Table, how: Reading) -> Shape:
    """The shape of a log's table. Raises Refused where it has not what no log can do without, or not what was named."""
    form, head = _headed(table, how)
    shape = None if head is not None else next((one for one in FORMATS if one.layout and _fits(one, table)), None)
    form, head = (form, head or 0) if shape is None else (shape, 0)
    first = table.cells[head]
    headings = list(map(normalised, form.layout if shape else first))
    at = {role: headings.index(h) for role, names in form.columns.items() if (h := _first(names, headings)) is not None}
    problems: list[Problem] = []

    def place(option: str, field: str, named: str) -> int:
        key = normalised(named)
        if key and key in headings:
            return headings.index(key)
        if named.isdecimal() and 1 <= int(named[:4]) <= max(len(first), len(headings)):
            return int(named) - 1
        near = meant(named, [cell for cell in first if cell], 0.5)
        right = f"did you mean {show(near)}?" if near else f"the file has {_have(first)}"
        wrong = f"no column of {Path(table.file).name} is headed {show(named)}"
        problems.append(Problem(option, 1, field, wrong, right))
        return -1

    at |= {role: place("--column", role, named) for role, named in how.columns.items()}
    only: defaultdict[int, set[str]] = defaultdict(set)
    for named, values in how.only.items():
        only[place("--only", "only", named)].update(values)
    if problems:
        raise Refused(problems)
    body = 0 if shape else head + 1
    if how.columns and not shape and "start" in at and is_moment(cell(first, at["start"])):
        body = head  # columns by their places, no headings
    if "contact" in how.columns and "number" not in how.columns:
        at.pop("number", None)
    if "date" in at and not {"start", "ringing"} & set(at):
        at["start"] = at.pop("date")  # a column that is headed so may hold the time, too
    _complete(table, first, at)
    if "calls" not in how.columns and {"calls", "start"} <= set(at) and _counts_up(table, body, at):
        del at["calls"]  # the how manieth call each row is, not how many there were
    notes: list[str] = []
    if head:
        notes.append(f"{table.file}: {head:,} line(s) above the headings left out 表头以上 {head:,} 行未读取")
    trunk = ""
    if "number" in at:
        cells = [cell(line, at["number"]) for line in table.cells[body : body + _SAMPLE]]
        if _masked(cells):
            at["contact"] = at.pop("number")
            notes.append(
                f"{table.file}: the numbers are masked 号码已遮蔽: people with the same digits left count as one person"
            )
        elif trunk := trunk_code(cells):
            notes.append(f"{table.file}: {show(trunk)} before the numbers is taken for a trunk code 出局码: left out")
    headings_there = tuple(map(normalised, first)) if body > head else ()
    counting = tuple((column, frozenset(values)) for column, values in only.items())
    return Shape(form, at, body, headings_there, counting, trunk, _inbound(table, body, at), tuple(notes))


def trunk_code(cells: Sequence[str]) -> str:
    """What stands before every number and makes it unusable (``9`` or ``90`` for an outside line); '' for nothing.

    ``cells`` are the first cells with numbers. Most must be unusable as they stand, begin with the same digits, and be
    usable without them.
    """
    filled = [text for text in cells if text.strip()]
    spoilt = [text for text in filled if not read_numbers(text).numbers]
    if len(spoilt) * 2 <= len(filled):
        return ""
    for length in (1, 2, 3):
        code, often = Counter(text[:length] for text in spoilt).most_common(1)[0]
        if not code.isdecimal() or often < _MOSTLY * len(spoilt):
            return ""
        if (
            sum(bool(read_numbers(text[length:]).numbers) for text in spoilt if text.startswith(code))
            >= _MOSTLY * often
        ):
            return code
    return ""


# --- headings, or what stands in which column --------------------------------------------------------------------


def _headed(table: Table, how: Reading) -> tuple[Format, int | None]:
    """The format whose headings are there, and the line (in the table) that has them; None: no line has any."""
    lines = [set(map(normalised, cells)) for cells in table.cells[:_TITLES]]
    asked = [*how.columns.values(), *how.only]
    named = {normalised(one) for one in asked if not one.isdecimal()} - {""}
    known: Iterator[tuple[Format, int]] = (
        (form, place)
        for place, line in enumerate(lines)
        for form in FORMATS
        if form.needed and set(form.needed) <= line
    )
    of_planner = ((GENERAL, place) for place, line in enumerate(lines) if named and named <= line)
    usual = ((GENERAL, place) for place, line in enumerate(lines) if _speaks(line))
    found = next(known, None) or next(of_planner, None) or next(usual, None)
    return found or (GENERAL, None)


def _speaks(line: set[str]) -> bool:
    """Whether a line has the usual headings of a log: who was called, and when or how often."""
    roles = {role for role, names in GENERAL.columns.items() if set(names) & line}
    return bool({"number", "contact"} & roles) and bool({"start", "ringing", "calls", "date"} & roles)


def _first(names: Sequence[str], headings: Sequence[str]) -> str | None:
    return next((name for name in names if name in headings), None)


def _fits(form: Format, table: Table) -> bool:
    """Whether most of the first lines look like this layout: a moment, two lengths and a word, each in its column."""
    at = {role: form.layout.index(names[0]) for role, names in form.columns.items() if names[0] in form.layout}
    lines = table.cells[:_LOOKED_AT]
    fitting = sum(
        is_moment(cell(line, at["start"]))
        and is_length(cell(line, at["duration"]))
        and is_length(cell(line, at["talk"]))
        and bool(_WORD.fullmatch(cell(line, at["status"])))
        for line in lines
    )
    return fitting >= _FITTING * len(lines)


def _have(first: Sequence[str]) -> str:
    return listing((show(mask_text(cell)) for cell in first if cell), 12)


def _complete(table: Table, first: Sequence[str], at: Mapping[Role, int]) -> None:
    """Raises Refused where the log has not what no log can do without."""
    problems = []

    def missing(what: str, role: Role) -> None:
        right = f"name it, or its place from 1: --column {role}=HEADING (the first line has {_have(first)})"
        problems.append(Problem(table.file, table.lines[0], role, f"no column of the log is {what}", right))

    if "number" not in at and "contact" not in at:
        missing("the number called", "number")
    if not {"start", "ringing", "calls"} & set(at):
        missing("the time of the call", "start")
    if not {"status", "talk", "answer"} & set(at):
        missing("what came of the call", "status")
    if problems:
        raise Refused(problems)


# --- what its columns hold ---------------------------------------------------------------------------------------


def _counts_up(table: Table, body: int, at: Mapping[Role, int]) -> bool:
    """Whether people come on several rows, with other numbers of calls: then the column counts attempts."""
    who = at["number"] if "number" in at else at["contact"]
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for line in table.cells[body:]:
        seen[cell(line, who)].add(cell(line, at["calls"]))
    return sum(len(counts) > 1 for counts in seen.values()) > _AGAIN * len(seen)


def _masked(cells: Sequence[str]) -> bool:
    """Whether most of the numbers have digits hidden."""
    return sum(read_numbers(text).reason == MASKED for text in cells) * 2 > len(cells)


def _inbound(table: Table, body: int, at: Mapping[Role, int]) -> frozenset[str]:
    """The contexts in which calls come in; none if all calls are of such: then they tell nothing."""
    if "context" not in at:
        return frozenset()
    every = {cell(line, at["context"]) for line in table.cells[body:]}
    found = frozenset(one for one in every if _INBOUND.fullmatch(one))
    return found if len(found) < len(every) else frozenset()
