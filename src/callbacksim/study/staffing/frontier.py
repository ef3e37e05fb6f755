"""For each number of lines the fewest people with whom the targets are kept, as far as a search for staff tells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from callbacksim.study.staffing.plans import Plan
from callbacksim.study.staffing.search import TOO_FEW, Tried
from callbacksim.study.staffing.staff import StaffingAnswer

State = Literal["surely", "unclear", "none"]


@dataclass(frozen=True)
class Fewest:
    """What a search tells of one number of lines, whatever else was searched for.

    `one` is the plan with the fewest people of those that surely keep every target ("surely"); where there is none, of
    those that may ("unclear"); None where no plan that was simulated does ("none"). `fewer` are plans with fewer people
    that may keep them, too. Where `one` is None, `missed` is the plan with the most people that surely misses a target,
    and `left_out` says why plans with more were not simulated ("": all were).
    """

    lines: int
    state: State
    one: Tried | None
    fewer: tuple[Tried, ...] = ()
    missed: Tried | None = None
    left_out: str = ""


def frontier(found: StaffingAnswer) -> tuple[Fewest, ...]:
    """What the search tells of each number of lines, rising; nothing before it came to its end."""
    if found.interrupted == "search":
        return ()
    return tuple(
        _fewest(lines, [one for one in found.tried if one.plan.lines == lines], found.plan)
        for lines in found.grid.lines
    )


def _fewest(lines: int, plans: Sequence[Tried], chosen: Plan | None) -> Fewest:
    """`chosen` is sure by its confirmation, whatever the search could tell of it."""
    seen = sorted((one for one in plans if one.runs), key=_people)
    sure = [one for one in seen if one.plan == chosen or (one.met is True and not one.rejected)]
    open_ = [one for one in seen if one not in sure and (one.met is None or one.rejected)]
    if best := next(iter(sure or open_), None):
        fewer = tuple(one for one in open_ if one.plan.people < best.plan.people)
        return Fewest(lines, "surely" if sure else "unclear", best, fewer)
    reasons = [one.left_out for one in plans if not one.runs and one.left_out != TOO_FEW]
    why = max(sorted(set(reasons)), key=reasons.count, default="")
    return Fewest(lines, "none", None, missed=seen[-1] if seen else None, left_out=why)


def _people(one: Tried) -> tuple[int, float]:
    return one.plan.people, math.inf if one.cost is None else one.cost
