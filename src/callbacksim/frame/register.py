"""The register as a table of text: which file, which columns, which rows; and lists of numbers not to call."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from callbacksim.frame.headings import ROLES, Role, Roles, kind_of, normalised, recognise, speaks_of_phone
from callbacksim.frame.phones import read_numbers
from callbacksim.frame.tables import Table, column, named, no_rows, read_table, refuse
from callbacksim.scenario.places import NOWHERE
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Columns
from callbacksim.scenario.wording import WIDTH, show

FIELDS = ("id", "name", "kind", "industry", "area", "person", "phone")
_MOST_PROBLEMS = 20
_LOOKED_AT = 10
_LINES_AT_ONCE = 20_000


@dataclass(frozen=True)
class Listing:
    """A register's rows (text columns ``FIELDS``) in the file's order, and where each stands.

    ``lines`` is the row's line in ``file`` (from 1); ``headings`` the heading(s) found for each role.
    """

    file: str
    rows: pd.DataFrame
    lines: NDArray[np.int64]
    headings: Mapping[Role, tuple[str, ...]]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exclusion:
    """Numbers (E.164) not to call, each with the name of the first list that holds it."""

    listed: Mapping[str, str]
    warnings: tuple[str, ...] = ()


def read_register(
    path: Path | str, columns: Columns | None = None, shown: str = "", sheet: str | None = None
) -> Listing:
    """The rows of a CSV or Excel register, there of the sheet of this name or place (from 1), else the first filled.

    The headings are the first of the first ten lines that names a telephone (in the words of ``columns``, if
    they say), else the first line; what stands above them is left out with a warning. Several telephone columns
    are joined by ``"; "``, in the file's order. An empty id is the row's number (from 1).
    Raises Refused with every problem found.
    """
    table = read_table(path, "register.file", shown, sheet)
    at = _heading_line(table, columns or Columns())
    headings, body = _without_tail(table.cells[at]), table.cells[at + 1 :]
    if not body:
        wrong, right = "there are no rows", "give rows below the headings"
        raise no_rows(table, table.lines[at], "register.file", wrong, right)
    ragged = _ragged(table, at, len(headings))
    try:
        roles = _roles(table, at, headings, body, columns or Columns())
    except Refused as refused:
        raise Refused([*refused.problems, *ragged]) from None
    if ragged:
        raise Refused(ragged)
    rows = _rows(roles, body)
    warnings = list(table.warnings)
    warnings += [f"{table.file}: {at} line(s) above the headings left out 表头以上 {at} 行未读取"] if at else []
    repeated = len(rows) - rows["id"].nunique()
    if repeated:
        warnings.append(f"{table.file}: {repeated} row(s) repeat the identifier of another row 编号重复 {repeated} 行")
    return Listing(
        file=table.file,
        rows=rows,
        lines=np.array(table.lines[at + 1 :], dtype=np.int64),
        headings={role: tuple(headings[i] for i in roles[role]) for role in roles},
        warnings=tuple(warnings),
    )


def read_exclusion(paths: Sequence[tuple[Path, str]]) -> Exclusion:
    """All numbers of do-not-call lists, given as (path, name in messages).

    A list is text with a number a line, or CSV or Excel: columns named as telephone numbers are read, else all
    cells. In the audit a list goes by its name without directories. Lines that hold no usable number are counted
    in the warnings. Raises Refused for unreadable files.
    """
    listed: dict[str, str] = {}
    warnings: list[str] = []
    problems: list[Problem] = []
    for path, shown in paths:
        try:
            table = read_table(path, "register.exclude", shown)
        except Refused as refused:
            problems += refused.problems
            continue
        warnings += table.warnings
        entries = _entries(table)
        unreadable = 0
        for entry in entries:
            numbers = [number for cell in entry for number in read_numbers(cell).numbers]
            unreadable += not numbers
            for number in numbers:
                listed.setdefault(number, Path(shown).name)
        if unreadable:
            warnings.append(
                f"{shown}: {unreadable} of {len(entries)} line(s) hold no usable number 无法识别 {unreadable} 行"
            )
    if problems:
        raise Refused(problems)
    return Exclusion(listed, tuple(warnings))


def _entries(table: Table) -> list[list[str]]:
    """The cells of each line of a do-not-call list that may hold its number."""
    at = next((i for i, line in enumerate(table.cells[:_LOOKED_AT]) if speaks_of_phone(line)), None)
    if at is None:
        return [list(line) for line in table.cells if not line[0].startswith("#") or read_numbers(line[0]).numbers]
    body = table.cells[at + 1 :]
    headings = table.cells[at]
    phones = recognise(headings, [column(body, i) for i in range(len(headings))]).get("phone")
    return [[line[i] for i in phones if i < len(line)] if phones else list(line) for line in body]


def _heading_line(table: Table, columns: Columns) -> int:
    first = list(enumerate(table.cells[:_LOOKED_AT]))
    named = (i for i, line in first if any(_places(heading, line) for heading in columns.phone))
    return next(named, next((i for i, line in first if speaks_of_phone(line)), 0))


def _without_tail(headings: Sequence[str]) -> tuple[str, ...]:
    """Headings without the empty ones at the end, which spreadsheets append."""
    last = max((i for i, heading in enumerate(headings) if heading), default=0)
    return tuple(headings[: last + 1])


def _ragged(table: Table, at: int, width: int) -> list[Problem]:
    """A row with text beyond the last heading has slipped: no column of it can be trusted."""
    right = 'put cells that contain the separator in quotation marks ("…"), or name the further column'
    problems = [
        Problem(table.file, line, "register.file", f"the row has {len(cells)} cells for {width} headings", right)
        for line, cells in zip(table.lines[at + 1 :], table.cells[at + 1 :], strict=True)
        if any(cells[width:])
    ]
    return _at_most(problems)


def _at_most(problems: Sequence[Problem]) -> list[Problem]:
    if len(problems) <= _MOST_PROBLEMS:
        return list(problems)
    more = len(problems) - _MOST_PROBLEMS
    first = problems[_MOST_PROBLEMS]
    wrong = f"and {more} more row(s) like these, from here on"
    return [*problems[:_MOST_PROBLEMS], Problem(first.file, first.line, first.field, wrong, first.right)]


def _roles(
    table: Table, at: int, headings: Sequence[str], body: Sequence[Sequence[str]], columns: Columns
) -> dict[Role, tuple[int, ...]]:
    """The column(s) of each role: those the scenario names, else those recognised; Refused if that fails."""
    line = table.lines[at]
    if any(read_numbers(heading).numbers for heading in headings):
        # Taken for headings, the first business would be lost in silence.
        wrong, right = "the first line holds a telephone number, not headings", "put a line of headings above the rows"
        raise refuse(table.file, line, "register.file", wrong, right)
    found: Roles = recognise(headings, [column(body[:200], i) for i in range(len(headings))])
    asked = {role: _as_tuple(getattr(columns, role)) for role in ROLES}
    problems: list[Problem] = []
    roles: dict[Role, tuple[int, ...]] = {}
    claimed = {i for role in ROLES for heading in asked[role] for i in _places(heading, headings)[:1]}
    for role in ROLES:
        field = f"register.columns.{role}"
        if asked[role]:
            places = [(heading, _places(heading, headings)) for heading in asked[role]]
            problems += [_no_heading(table.file, field, h, headings) for h, where in places if not where]
            roles[role] = tuple(dict.fromkeys(where[0] for _, where in places if where))
        elif kept := tuple(i for i in found.get(role, ()) if i not in claimed):
            roles[role] = kept
        repeated = dict.fromkeys(headings[i] for i in roles.get(role, ()) if headings.count(headings[i]) > 1)
        problems += [
            Problem(
                table.file, line, field, f"several columns are headed {_short(heading)!r}", "give each its own heading"
            )
            for heading in repeated
            if heading
        ]
    if not asked["phone"] and "phone" not in roles:
        problems.append(_no_phone(table, line, headings))
    if problems:
        raise Refused(problems)
    return roles


def _as_tuple(named: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (named,) if isinstance(named, str) else named or ()


def _places(named: str, headings: Sequence[str]) -> list[int]:
    """Columns with this very heading, else those that differ in case, width, spaces or punctuation only."""
    same = [i for i, heading in enumerate(headings) if heading == named.strip()]
    key = normalised(named)
    return same or [i for i, heading in enumerate(headings) if key and normalised(heading) == key]


def _no_heading(file: str, field: str, heading: str, headings: Sequence[str]) -> Problem:
    """It is the scenario that names the heading, so the problem is there."""
    close = difflib.get_close_matches(heading, [h for h in headings if h], n=1, cutoff=0.5)
    have = ", ".join(_short(h) for h in headings[:12] if h)
    right = f"did you mean {_short(close[0])!r}?" if close else f"the file has: {have}"
    return Problem(NOWHERE, 1, field, f"no column of {Path(file).name} is headed {_short(heading)!r}", right)


def _no_phone(table: Table, line: int, headings: Sequence[str]) -> Problem:
    have = ", ".join(_short(h) for h in headings[:12] if h)
    wrong = f"no column of telephone numbers is recognised among: {have}"
    right = 'head it 联系电话 or phone, or name it: phone = "…" in [register.columns]'
    if table.others:
        right += f"; or choose another sheet than {show(table.sheet)}: {named(table.others)}, with sheet or --sheet"
    return Problem(table.file, line, "register.columns.phone", wrong, right)


def _short(heading: str) -> str:
    """A heading as messages show it: a cell may be as long as a book."""
    return heading if len(heading) <= WIDTH else heading[: WIDTH - 1] + "…"


def _rows(roles: Mapping[Role, tuple[int, ...]], body: Sequence[Sequence[str]]) -> pd.DataFrame:
    text = {role: [column(body, i) for i in roles.get(role, ())] for role in ROLES}
    blank = [""] * len(body)
    single: dict[str, Sequence[str]] = {role: (text[role][0] if text[role] else blank) for role in ROLES}
    phones = ["; ".join(cell for cell in cells if cell) for cells in zip(*text["phone"], strict=True)]
    return as_rows(
        {
            **single,
            "id": [given or str(i) for i, given in enumerate(single["id"], start=1)],
            "kind": [kind_of(kind, name) for kind, name in zip(single["kind"], single["name"], strict=True)],
            "phone": phones,
        }
    )


def as_rows(columns: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Rows as a table of text columns in the order of ``FIELDS``; no cell is ever missing."""
    return pd.DataFrame({field: pd.Series(columns[field], dtype="str") for field in FIELDS})


def text_lines(table: pd.DataFrame, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The lines of some columns one by one; never all of them at once in memory as Python's objects."""
    for at in range(0, len(table), _LINES_AT_ONCE):
        part = table.iloc[at : at + _LINES_AT_ONCE]
        yield from zip(*(part[name].tolist() for name in columns), strict=True)


def reason_counts(reasons: Sequence[str]) -> dict[str, int]:
    """How often each reason occurs, the commonest first, '' aside."""
    return dict(Counter(reason for reason in reasons if reason).most_common())
