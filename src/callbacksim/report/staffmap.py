"""On the screen of `staff`: lines and people as a map of signs, and the fewest people for each number of lines.

The signs are plain ASCII: they say the same without colour, in a pipe and in any locale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rich.cells import cell_len

from callbacksim.report.layout import WIDTH, Heading, heading, padded, paragraph, snug, wrapped
from callbacksim.report.texts import Texts
from callbacksim.report.words import number, plain
from callbacksim.study.staffing.frontier import Fewest, frontier
from callbacksim.study.staffing.plans import Plan
from callbacksim.study.staffing.search import CALLS_TOO_LATE, NOT_REACHED, TOO_DEAR, TOO_FEW, TOO_SLOW, Tried
from callbacksim.study.staffing.staff import StaffingAnswer

MOST_ROWS = 24
"""Rows of the map, and of the table below it."""
INDENT = 2
SIGNS = {
    "chosen": "@", "candidate": "@", "nearest": "@", "nearest_unclear": "@",
    "met": "+", "unclear": "?", "missed": "-", "rejected": "x",
    TOO_FEW: "<", TOO_DEAR: "$", CALLS_TOO_LATE: "!", TOO_SLOW: "~", NOT_REACHED: ".",
}  # fmt: skip
"""What stands for a plan, by what was found of it or why it was not simulated."""
OUT = (TOO_FEW, TOO_DEAR, CALLS_TOO_LATE, TOO_SLOW, NOT_REACHED)


def staffing_map(found: StaffingAnswer, say: Texts) -> list[str]:
    """Rows: people, the most on top; columns: lines; of all else as many as in the plan, or in the nearest."""
    centre = _centre(found)
    others = replace(centre, lines=0, agents=0)
    kinds = {
        (one.plan.lines, one.plan.agents): _kind(found, one, centre)
        for one in found.tried
        if replace(one.plan, lines=0, agents=0) == others
    }
    rows = _around(found.grid.agents, centre.agents, MOST_ROWS)
    label = max(len(str(row)) for row in rows)
    before = INDENT + label + 1
    columns = _around(found.grid.lines, centre.lines, WIDTH - before)
    cell = _cell(columns, WIDTH - before)
    lines = heading(say("staffmap.map"), say("staffmap.axes"))
    lines.append(Heading(_ticks(columns, cell, before)))
    lines += [
        f"{row:{INDENT + label}} {''.join(SIGNS[kinds[column, row]].rjust(cell) for column in columns)}"
        for row in reversed(rows)
    ]
    shown = {kinds[column, row] for column in columns for row in rows}
    return [*lines, *_legend(shown, say), *_notes(found, centre, (columns, rows), cell, say)]


def _centre(found: StaffingAnswer) -> Plan:
    """The plan; without one the best so far, or the nearest."""
    shown = found.candidate or found.nearest or found.tried[-1]
    return found.plan or shown.plan


def _kind(found: StaffingAnswer, one: Tried, centre: Plan) -> str:
    """One of `SIGNS`."""
    if one.plan == found.plan:
        return "chosen"
    if not one.runs:
        return one.left_out
    if one.rejected:
        return "rejected"
    if one == found.candidate:
        return "candidate"
    if found.plan is None and one.plan == centre:
        return "nearest" if one.met is False else "nearest_unclear"
    return {True: "met", False: "missed", None: "unclear"}[one.met]


def _around(values: Sequence[int], centre: int, most: int) -> list[int]:
    """The values; of more than can be shown those around the plan."""
    first = max(0, min(len(values) - most, values.index(centre) - most // 2))
    return list(values[first : first + most])


def _cell(columns: Sequence[int], room: int) -> int:
    """Cells of a column: room for its number and two blanks if there is any, else what there is."""
    return max(1, min(max(len(str(value)) for value in columns) + 2, room // len(columns)))


def _ticks(columns: Sequence[int], cell: int, before: int) -> str:
    """Numbers that end above their columns; where they have no room, only every second, third …"""
    step, text = _step(columns, cell), ""
    for at in range(0, len(columns), step):
        text += str(columns[at]).rjust(before + cell * (at + 1) - len(text))
    return text


def _step(columns: Sequence[int], cell: int) -> int:
    return -(-(max(len(str(value)) for value in columns) + 1) // cell)


def _legend(shown: set[str], say: Texts) -> list[str]:
    """Only the signs that stand in the map."""
    lines = []
    for key, kinds in (("legend", [one for one in SIGNS if one not in OUT]), ("not_simulated", OUT)):
        signs = [
            say("staffmap.sign", sign=SIGNS[kind], words=say(f"staffmap.{kind.replace(' ', '_')}"))
            for kind in kinds
            if kind in shown
        ]
        if signs:
            lines += paragraph(say(f"staffmap.{key}", signs=say.parts(signs)), INDENT)
    return lines


def _notes(
    found: StaffingAnswer, centre: Plan, shown: tuple[Sequence[int], Sequence[int]], cell: int, say: Texts
) -> list[str]:
    """What must be known to read the map."""
    columns, rows = shown
    notes = []
    others = {name: count for name, count in centre.counts().items() if name not in ("lines", "agents")}
    if others:
        with_ = [f"{count} {name_of(name, say)}" for name, count in others.items()]
        notes.append(say("staffmap.slice", others=say.listed(with_)))
    if _step(columns, cell) > 1:
        notes.append(say("staffmap.ticks"))
    grid = found.grid
    if (len(columns), len(rows)) != (len(grid.lines), len(grid.agents)):
        whole = {"all_columns": len(grid.lines), "all_rows": len(grid.agents)}
        notes.append(say("staffmap.part", columns=len(columns), rows=len(rows), **whole))
    return paragraph(say.sentences(notes), INDENT) if notes else []


def name_of(name: str, say: Texts) -> str:
    """What is searched for, in the plural."""
    department = name.removeprefix("departments.")
    return say(f"staffing.{name}") if department == name else plain(department)


# --- the frontier ----------------------------------------------------------------------------------------------------


def fewest_people(found: StaffingAnswer, say: Texts) -> list[str]:
    """A row for each number of lines: with how many people at least the targets are kept, and what that costs."""
    every = frontier(found)
    if not every:
        return []
    shown = _that_count(found, every)
    note = say("staffmap.shown", n=len(shown), all=len(every)) if len(shown) < len(every) else say("staffmap.in_search")
    names = list(found.tried[0].plan.counts())
    head = ["", *(name_of(name, say) for name in names), say("staffing.head_cost")]
    rows = [[_sign(found, one), *_counts(one, names), say.money(one.one.cost) if one.one else ""] for one in shown]
    told = [say("staffmap.head_found"), *(_words(found, one, say) for one in shown)]
    lines = heading(say("staffmap.frontier"), note)
    table = snug(head, rows)
    width = max(map(cell_len, table)) + 2
    for begun, words in zip(table, told, strict=True):
        lines += [type(begun)(line) for line in wrapped(words, WIDTH, padded(begun, width), " " * width)]
    return lines


def _that_count(found: StaffingAnswer, every: Sequence[Fewest]) -> list[Fewest]:
    """All of them; of more than fit those around the plan."""
    lines = _around([one.lines for one in every], _centre(found).lines, MOST_ROWS)
    return [one for one in every if one.lines in lines]


def _sign(found: StaffingAnswer, one: Fewest) -> str:
    if one.one is None:
        return SIGNS["missed"] if one.missed else SIGNS.get(one.left_out, "")
    return SIGNS[_kind(found, one.one, _centre(found))]


def _counts(one: Fewest, names: Sequence[str]) -> list[str]:
    """How many of each; where no plan will do, of lines alone."""
    if one.one is None:
        return [number(one.lines) if name == "lines" else "" for name in names]
    return [number(one.one.plan.counts()[name]) for name in names]


def _words(found: StaffingAnswer, one: Fewest, say: Texts) -> str:
    """Whether the targets are kept, and what is not known of fewer people."""
    if one.one is None:
        return _none(one, say)
    kind = "rejected" if one.one.rejected else one.state
    words = say(f"staffmap.{kind}")
    if found.plan == one.one.plan:
        words = say("staffmap.the_plan", state=words)
    fewer = say.listed(sorted({number(plan.plan.people) for plan in one.fewer}))
    return say.parts([words, *([say("staffmap.fewer", n=fewer)] if fewer else [])])


def _none(one: Fewest, say: Texts) -> str:
    parts = [] if one.missed is None else [say("staffmap.missed_with", n=number(one.missed.plan.people))]
    if one.left_out:
        key = one.left_out.replace(" ", "_")
        parts.append(say(f"staffmap.none_{key}" if not parts else f"staffmap.more_{key}"))
    return say.parts(parts)
