"""The screen and the JSON of `staff`: the plan, how sure it is, what one less would do, and what was looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from rich.cells import cell_len

from callbacksim.report.layout import heading, paragraph, row, table, titled
from callbacksim.report.promises import target_result, targets_section
from callbacksim.report.texts import ENGLISH
from callbacksim.report.words import (
    UNDEFINED,
    bare_share,
    counted,
    figure,
    interval,
    listed,
    money,
    number,
    percent,
    plain,
    share,
)
from callbacksim.study.plans import Grid, Plan
from callbacksim.study.staffing import (
    CALLS_TOO_LATE,
    TOO_DEAR,
    TOO_FEW,
    TOO_SLOW,
    Less,
    StaffingAnswer,
    Tried,
    to_settle,
)
from callbacksim.study.targets import Verdict

MOST_ROWS = 30
"""Plans in the table of the screen; of more, only those that count."""
ONE = {"lines": "line", "agents": "person", "listeners": "listener", "clerks": "clerk"}
MANY = {"agents": "people"}
LEFT_OUT = {
    TOO_DEAR: "could not be cheaper",
    TOO_FEW: "had fewer people than too few",
    CALLS_TOO_LATE: "had calls that end too late by themselves",
    TOO_SLOW: "could not even call everybody once in time",
}


def staffing_screen(found: StaffingAnswer, file: str, title: str) -> list[str]:
    """The lines of the screen, at most 80 cells wide."""
    lines = [
        *titled(plain(title) or plain(file)),
        *paragraph(f"{plain(file)}: {_looked_at(found.grid)}; seed {found.seed}."),
        "",
    ]
    lines += paragraph(_verdict(found))
    if found.plan is not None:
        lines += [*targets_section(found.targets), *_fresh(found), *_less(found)]
    elif found.nearest is not None:
        lines += targets_section(found.nearest.targets)
    return [*lines, *_plans(found), *_close(found)]


def plan_text(plan: Plan) -> str:
    """``20 lines and 2 people``."""
    return listed([_counted(name, count) for name, count in plan.counts().items()])


def _counted(name: str, count: int) -> str:
    department = name.removeprefix("departments.")
    if department != name:
        return f"{count} at {plain(department)}"
    return counted(count, ONE[name], MANY.get(name, ""))


def _looked_at(grid: Grid) -> str:
    several = {"lines": grid.lines, "people": grid.agents, "listeners": grid.listeners, "clerks": grid.clerks}
    named = {**several, **{plain(name): values for name, values in grid.departments}}
    spans = [f"{_span(values)} {name}" for name, values in named.items() if values]
    return f"{counted(len(grid), 'plan')}, {listed(spans)}"


def _span(values: Sequence[int]) -> str:
    steps = {b - a for a, b in pairwise(values)}
    if len(values) == 1 or len(steps) > 1:
        return listed([number(value) for value in values])
    step = steps.pop()
    return f"{number(values[0])}–{number(values[-1])}{f' by {step}' if step > 1 else ''}"


def _verdict(found: StaffingAnswer) -> str:
    """The answer in a sentence or two."""
    if found.plan is not None and found.cost is not None:
        cost = figure(found.cost, money, number)
        return f"The cheapest plan that meets every target: {plan_text(found.plan)}, for {cost}."
    nearest = found.nearest
    if nearest is None:
        return "No plan meets every target."
    if nearest.met is not False and found.confirmations:
        tries = counted(found.confirmations, "plan")
        return f"No plan surely meets every target: {tries} did in the search, and not on fresh runs."
    where = f"the nearest is {plan_text(nearest.plan)}"
    bad = [f"{_name(one)} is kept in {_kept(one)}" for one in nearest.targets if one.met is not True]
    if nearest.cost is None:
        bad.append("not every run is done by the horizon")
    said = "No plan within these bounds meets every target" if nearest.met is False else "No plan is surely good enough"
    return f"{said}; {where}: {listed(bad)}."


def _name(one: Verdict) -> str:
    return ENGLISH(f"promised.{one.name}").rsplit(" ", 1)[0]


def _kept(one: Verdict) -> str:
    return "an unknown share of the runs" if one.probability.mean is None else f"{share(one.probability.mean)} of them"


def _fresh(found: StaffingAnswer) -> list[str]:
    if found.confirmed_on is None:
        return []
    first, after = found.confirmed_on
    words = f"By {counted(after - first, 'fresh run')}, {first:,} to {after - 1:,}, that took no part in the search"
    if found.confirmations > 1:
        words += f"; it is the {_ordinal(found.confirmations)} plan that was put to such a test"
    return paragraph(f"{words}. With confidence {percent(found.confidence)} the plan meets all of them.", 1)


def _ordinal(count: int) -> str:
    return {2: "second", 3: "third"}.get(count, f"{count}th")


def _less(found: StaffingAnswer) -> list[str]:
    if not found.less:
        return []
    lines = heading("ONE LESS 少一个", "on the same fresh runs")
    for one in found.less:
        lines += row(f"one {_resource(one.resource)} less", "", _effect(one))
    return lines


def _resource(name: str) -> str:
    return f"at {plain(name.removeprefix('departments.'))}" if name.startswith("departments.") else ONE[name]


def _effect(one: Less) -> str:
    cost = _saved(one)
    if one.met is True:
        return f"meets every target, too; {cost}"
    said = [f"{_name(target)} kept in {_kept(target)}" for target in one.targets if target.met is not True]
    word = "misses a target" if one.met is False else "unclear"
    return f"{word}: {listed(said)}; {cost}"


def _saved(one: Less) -> str:
    saved = one.saves
    if saved.mean is None or saved.low is None or saved.high is None:
        return "its cost cannot be told: not every run ends"
    if saved.low <= 0 <= saved.high:
        return "no clear difference in cost"
    word = "saves" if saved.mean > 0 else "costs"
    more = "" if saved.mean > 0 else " more"
    return f"{word} {money(abs(saved.mean))}{more}"


def _plans(found: StaffingAnswer) -> list[str]:
    """The plans that were simulated: lines and people, cost, targets, what was found."""
    seen = [one for one in found.tried if one.runs]
    if len(seen) > MOST_ROWS:
        seen = _that_count(found, seen)
    if not seen:
        return []
    names = list(seen[0].plan.counts())
    head = [*(plain(name.removeprefix("departments.")) for name in names), "cost", *map(_short, seen[0].targets)]
    head += ["runs", "found"]
    head[names.index("agents")] = "people"
    rows = [
        [
            *(number(one.plan.counts()[name]) for name in names),
            UNDEFINED if one.cost is None else money(one.cost),
            *(UNDEFINED if t.probability.mean is None else f"{bare_share(t.probability.mean)} %" for t in one.targets),
            number(one.runs),
            found.found(one),
        ]
        for one in seen
    ]
    widths = [max(map(cell_len, column)) + 1 for column in zip(head, *rows, strict=True)]
    lines = heading("PLANS SIMULATED 搜索", f"{len(seen)} shown" if len(seen) < found.evaluated else "")
    return [*lines, *(type(line)(f"  {line}") for line in table(head, rows, widths))]


def _that_count(found: StaffingAnswer, seen: Sequence[Tried]) -> list[Tried]:
    """Of every column the cheapest plan that is met, else the nearest; and whatever the answer names."""
    best: dict[Plan, Tried] = {}
    for one in seen:
        order = (one.met is not True, one.shortfall, one.cost is None, one.cost or 0.0)
        held = best.get(one.plan.column)
        if held is None or order < (held.met is not True, held.shortfall, held.cost is None, held.cost or 0.0):
            best[one.plan.column] = one
    kept = {one.plan for one in best.values()} | {one.plan for one in found.unclear} | {found.plan}
    shown = [one for one in seen if one.plan in kept]
    return sorted(sorted(shown, key=lambda one: (one.cost is None, one.cost or 0.0))[:MOST_ROWS], key=lambda o: o.plan)


def _short(one: Verdict) -> str:
    words = {"finish_by": "by date", "called_back_in_time": "in time", "cost": "cost", "missed": "missed"}
    return {**words, "satisfaction_error": "error", "on_time": "cases"}.get(one.name, one.name)


def _close(found: StaffingAnswer) -> list[str]:
    """How much was simulated, and what is not certain."""
    why = Counter(one.left_out for one in found.tried if not one.runs)
    out = [f"{number(count)} {LEFT_OUT[reason]}" for reason, count in why.most_common()]
    rest = f"; of the others {listed(out)}" if out else ""
    runs = f"{found.evaluated:,} of {counted(len(found.grid), 'plan')} were simulated"
    lines = ["", *paragraph(f"{runs}, {found.replications:,} runs in all{rest}.")]
    for one in found.unclear[:3]:
        cost = "" if one.cost is None else f" for {money(one.cost)}"
        if one.rejected:
            lines += paragraph(f"{plan_text(one.plan)}{cost} met every target in the search, but not on fresh runs.")
            continue
        more = to_settle(one, found.confidence)
        told = "no number of runs would tell soon" if more is None else f"about {counted(more, 'run')} would tell (-n)"
        lines += paragraph(f"Unclear: {plan_text(one.plan)}{cost}; {told}.")
    for rival, apart in found.rivals[:3]:
        dearer = f"{_difference(apart.mean)} {interval(apart, money)}"
        lines += paragraph(f"No clear difference in cost: {plan_text(rival.plan)}, {dearer}.")
    return lines


def _difference(value: float | None) -> str:
    return UNDEFINED if value is None else f"{'+' if value > 0 else ''}{money(value)}"


def staffing_result(found: StaffingAnswer, file: str) -> dict[str, Any]:
    """What `staff --json` prints."""
    nearest = found.nearest
    judged = found.targets if found.plan is not None else () if nearest is None else nearest.targets
    cost = found.cost
    return {
        "scenario": {"file": file, "title": found.scenario.title},
        "seed": found.seed,
        "confidence": found.confidence,
        "plan": None if found.plan is None else plan_result(found.plan),
        "cost": None if cost is None else {"mean": cost.mean, "low": cost.low, "high": cost.high, "unit": "¥"},
        "targets": [target_result(one) for one in judged],
        "confirmed_on": None if found.confirmed_on is None else {"first": found.confirmed_on[0], "runs": _runs(found)},
        "confirmations": found.confirmations,
        "one_less": [_less_result(one) for one in found.less],
        "binds": [{"resource": resource, "target": target} for resource, target in found.binds],
        "nearest": None if found.plan is not None or nearest is None else plan_result(nearest.plan),
        "unclear": [
            {"plan": plan_result(one.plan), "cost": one.cost, "runs_to_settle": to_settle(one, found.confidence)}
            for one in found.unclear
        ],
        "evaluated": found.evaluated,
        "grid": len(found.grid),
        "replications": found.replications,
        "frontier": [
            {
                "plan": plan_result(one.plan),
                "runs": one.runs,
                "cost": one.cost,
                "targets": [target_result(target) for target in one.targets],
                "met": one.met,
                "found": found.found(one),
            }
            for one in found.tried
        ],
    }


def plan_result(plan: Plan) -> dict[str, Any]:
    """A plan in JSON: lines, agents, and what else was searched for."""
    counts: Mapping[str, Any] = {name: n for name, n in plan.counts().items() if not name.startswith("departments.")}
    return {**counts, **({"departments": dict(plan.departments)} if plan.departments else {})}


def _runs(found: StaffingAnswer) -> int:
    return 0 if found.confirmed_on is None else found.confirmed_on[1] - found.confirmed_on[0]


def _less_result(one: Less) -> dict[str, Any]:
    saves = one.saves
    return {
        "resource": one.resource,
        "plan": plan_result(one.plan),
        "targets": [
            {**target_result(target), "lost": lost} for target, lost in zip(one.targets, one.lost, strict=True)
        ],
        "met": one.met,
        "saves": {"difference": saves.mean, "low": saves.low, "high": saves.high, "replications": saves.n, "unit": "¥"},
    }
