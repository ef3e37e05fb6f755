"""The screen and the JSON of `staff`: the plan, how sure it is, what one less would do, and what was looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from callbacksim.report.layout import heading, paragraph, row, snug, titled
from callbacksim.report.promises import target_result, targets_section
from callbacksim.report.staffmap import fewest_people, name_of, staffing_map
from callbacksim.report.texts import ENGLISH, Texts
from callbacksim.report.words import UNDEFINED, about, number, plain
from callbacksim.scenario.calendar import timetable
from callbacksim.study.estimates import Estimate
from callbacksim.study.staffing.frontier import Fewest, frontier
from callbacksim.study.staffing.plans import Grid, Plan
from callbacksim.study.staffing.search import Tried, to_settle
from callbacksim.study.staffing.staff import Less, StaffingAnswer
from callbacksim.study.targets import Verdict

MOST_ROWS = 30
"""Plans in the table of the screen; of more, only those that count."""
COUNTED = {"lines": "line", "agents": "agent", "listeners": "listener", "clerks": "clerk"}


def staffing_screen(found: StaffingAnswer, file: str, title: str, say: Texts = ENGLISH) -> list[str]:
    """The lines of the screen, at most 80 cells wide."""
    plans = say.counted("plan", len(found.grid))
    lines = [
        *titled(plain(title) or plain(file)),
        *paragraph(
            say("staffing.about", file=plain(file), plans=plans, spans=_spans(found.grid, say), seed=found.seed)
        ),
        "",
    ]
    lines += paragraph(_verdict(found, say))
    if found.plan is not None:
        lines += [*targets_section(found.targets, say), *_fresh(found, say), *_less(found, say)]
    elif (shown := found.candidate or found.nearest) is not None:
        lines += targets_section(shown.targets, say)
    lines += [*staffing_map(found, say), *fewest_people(found, say)]
    return [*lines, *_plans(found, say), *_close(found, say)]


def plan_text(plan: Plan, say: Texts = ENGLISH) -> str:
    """``20 lines and 2 people``."""
    return say.listed([_counted(name, count, say) for name, count in plan.counts().items()])


def _counted(name: str, count: int, say: Texts) -> str:
    department = name.removeprefix("departments.")
    if department != name:
        return say("staffing.at_department", n=count, name=plain(department))
    return say.counted(COUNTED[name], count)


def _spans(grid: Grid, say: Texts) -> str:
    """``10–60 by 10 lines and 1–12 people``: what is searched through."""
    several = {"lines": grid.lines, "agents": grid.agents, "listeners": grid.listeners, "clerks": grid.clerks}
    named = {**several, **{f"departments.{name}": values for name, values in grid.departments}}
    return say.listed(
        [
            _counted(name, values[0], say)
            if len(values) == 1
            else say("staffing.span", values=_span(values, say), name=name_of(name, say))
            for name, values in named.items()
            if values
        ]
    )


def _span(values: Sequence[int], say: Texts) -> str:
    steps = {b - a for a, b in pairwise(values)}
    if len(values) == 1 or len(steps) > 1:
        return say.listed([number(value) for value in values])
    first, last, step = number(values[0]), number(values[-1]), steps.pop()
    return say("staffing.by", first=first, last=last, step=step) if step > 1 else f"{first}–{last}"


def _verdict(found: StaffingAnswer, say: Texts) -> str:
    """The answer in a sentence or two."""
    if found.plan is not None and found.cost is not None:
        cost = say.measured(found.cost, say.money, number)
        best = say("staffing.cheapest", plan=plan_text(found.plan, say), cost=cost)
        return say.sentences([best, say("staffing.stopped_less")]) if found.interrupted else best
    nearest = found.nearest
    if nearest is None:
        return say("staffing.none")
    if found.candidate is not None:
        plan, cost = plan_text(found.candidate.plan, say), say.money(found.candidate.cost)
        runs = say.counted("run", found.candidate.runs)
        met = say("staffing.stopped_meets" if found.candidate.met is True else "staffing.stopped_may_meet", runs=runs)
        return say(f"staffing.stopped_{found.interrupted}", plan=plan, cost=cost, met=met)
    if nearest.met is not False and found.confirmations and not found.interrupted:
        tries = say.counted("plan", sum(one.rejected for one in found.tried))
        return say("staffing.not_confirmed", tries=tries, plan=plan_text(nearest.plan, say))
    bad = [
        say("staffing.is_kept", target=say(f"aim.{one.name}"), share=_kept(one, say)) + _late(one, nearest, found, say)
        for one in nearest.targets
        if one.met is False or (nearest.met is None and one.met is None)
    ]
    if nearest.cost is None:
        bad.append(say("staffing.not_done"))
    if nearest.rejected:
        bad.append(say("staffing.unconfirmed"))
    key = "none_so_far" if found.interrupted else "none_within" if nearest.met is False else "none_surely"
    return say(f"staffing.{key}", plan=plan_text(nearest.plan, say), bad=say.listed(bad))


def _late(one: Verdict, nearest: Tried, found: StaffingAnswer, say: Texts) -> str:
    """When half of the runs are done, where that is what a date that is not kept leaves to ask."""
    if one.name != "finish_by" or nearest.half_done is None:
        return ""
    return say("staffing.half_done", at=say.moment(timetable(found.scenario).datetime(nearest.half_done)))


def _kept(one: Verdict, say: Texts) -> str:
    if one.probability.mean is None:
        return say("staffing.unknown_share")
    return say("staffing.of_them", share=say.share(one.probability.mean))


def _fresh(found: StaffingAnswer, say: Texts) -> list[str]:
    if found.confirmed_on is None:
        return []
    first, after = found.confirmed_on
    again = say("staffing.again", nth=_ordinal(found.confirmations, say)) if found.confirmations > 1 else ""
    text = say(
        "staffing.fresh",
        runs=say.counted("fresh_run", after - first),
        first=number(first),
        last=number(after - 1),
        again=again,
        level=say.whole_share(found.confidence),
    )
    return paragraph(text, 1)


def _ordinal(count: int, say: Texts) -> str:
    return say({2: "staffing.second", 3: "staffing.third"}.get(count, "staffing.nth"), n=count)


def _less(found: StaffingAnswer, say: Texts) -> list[str]:
    if not found.less:
        return []
    lines = heading(say("staffing.one_less"), say("staffing.same_runs"))
    for one in found.less:
        lines += row(_one_less(one.resource, say), "", _effect(one, say))
    return [*lines, *paragraph(_binds(found, say), 2)]


def _binds(found: StaffingAnswer, say: Texts) -> str:
    """What could not be one less, and for which targets; nothing before all was told of one less."""
    if found.interrupted:
        return ""
    parts = [
        say(
            "staffing.binds_for",
            less=_one_less(one.resource, say),
            targets=say.listed([say(f"aim.{name}") for name in one.breaks]),
        )
        for one in found.less
        if one.breaks
    ]
    return say("staffing.binds", parts=say.parts(parts)) if parts else say("staffing.binds_nothing")


def _one_less(name: str, say: Texts) -> str:
    department = name.removeprefix("departments.")
    if department == name:
        return say(f"staffing.less_{name}")
    return say("staffing.less_department", name=plain(department))


def _effect(one: Less, say: Texts) -> str:
    cost = _saved(one, say)
    if one.met is True:
        return say("staffing.too", cost=cost)
    targets = [
        say("staffing.kept", target=say(f"aim.{target.name}"), share=_kept(target, say))
        for target in one.targets
        if target.met is not True
    ]
    return say("staffing.misses" if one.met is False else "staffing.unclear", targets=say.listed(targets), cost=cost)


def _saved(one: Less, say: Texts) -> str:
    saved = one.saves
    if saved.mean is None or saved.low is None or saved.high is None:
        return say("staffing.no_cost")
    if saved.low <= 0 <= saved.high:
        return say("staffing.same_cost")
    return say("staffing.saves" if saved.mean > 0 else "staffing.costs", cost=say.money(abs(saved.mean)))


def _plans(found: StaffingAnswer, say: Texts) -> list[str]:
    """The plans that were simulated: lines and people, cost, targets, what was found."""
    seen = [one for one in found.tried if one.runs]
    if len(seen) > MOST_ROWS:
        seen = _that_count(found, seen)
    if not seen:
        return []
    names = list(seen[0].plan.counts())
    shorts = [say(f"staffing.short_{target.name}") for target in seen[0].targets]
    cost, runs, what = (say(f"staffing.head_{name}") for name in ("cost", "runs", "found"))
    head = [*(name_of(name, say) for name in names), cost, *shorts, runs, what]
    rows = [
        [
            *(number(one.plan.counts()[name]) for name in names),
            say.money(one.cost),
            *(say.share(target.probability.mean) for target in one.targets),
            number(one.runs),
            say.translated(what_was_found, "tried"),
        ]
        for one, what_was_found in ((one, found.found(one)) for one in seen)
    ]
    note = say("staffing.shown", n=len(seen)) if len(seen) < found.evaluated else ""
    return [*heading(say("staffing.plans"), note), *snug(head, rows)]


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


def _close(found: StaffingAnswer, say: Texts) -> list[str]:
    """How much was simulated, and what is not certain."""
    why = Counter(one.left_out for one in found.tried if not one.runs)
    out = [say(f"staffing.{reason.replace(' ', '_')}", n=number(count)) for reason, count in why.most_common()]
    simulated = say(
        "staffing.simulated" if len(found.grid) > 1 else "staffing.simulated_one",
        n=number(found.evaluated),
        plans=say.counted("plan", len(found.grid)),
        runs=number(found.replications),
        rest=say("staffing.rest", out=say.listed(out)) if out else "",
    )
    lines = ["", *paragraph(simulated)]
    for one in found.unclear[:3]:
        plan = plan_text(one.plan, say)
        if one.cost is not None:
            plan = say("staffing.for_cost", plan=plan, cost=say.money(one.cost))
        if one.rejected:
            lines += paragraph(say("staffing.rejected" if one.met is True else "staffing.rejected_unclear", plan=plan))
            continue
        more = to_settle(one, found.confidence)
        if more is None:
            lines += paragraph(say("staffing.no_number", plan=plan))
        else:
            lines += paragraph(say("staffing.some_runs", plan=plan, runs=say.counted("run", about(more))))
    for rival, apart in found.rivals[:3]:
        ends = say.sentences([_difference(apart.mean, say), say.bounds(apart, say.money)])
        lines += paragraph(say("staffing.rival", plan=plan_text(rival.plan, say), apart=ends))
    return lines


def _difference(value: float | None, say: Texts) -> str:
    return UNDEFINED if value is None else f"{'+' if value > 0 else ''}{say.money(value)}"


def staffing_result(found: StaffingAnswer, file: str) -> dict[str, Any]:
    """What `staff --json` prints."""
    nearest = found.nearest
    shown = found.candidate or nearest
    judged = found.targets if found.plan is not None else () if shown is None else shown.targets
    cost = found.cost
    return {
        "scenario": {"file": file, "title": found.scenario.title},
        "seed": found.seed,
        "confidence": found.confidence,
        "partial": _partial_result(found),
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
        "rivals": [
            {"plan": plan_result(rival.plan), "cost": rival.cost, "apart": _apart_result(apart)}
            for rival, apart in found.rivals
        ],
        "fewest": [_fewest_result(one) for one in frontier(found)],
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


def _partial_result(found: StaffingAnswer) -> dict[str, Any] | None:
    """How far an interrupted search came; null for one that ended."""
    if found.interrupted is None:
        return None
    best = found.candidate
    return {
        "stage": found.interrupted.replace(" ", "_"),
        "candidate": None if best is None else {"plan": plan_result(best.plan), "cost": best.cost, "runs": best.runs},
        "confirmed": found.plan is not None,
    }


def _fewest_result(one: Fewest) -> dict[str, Any]:
    """What the search tells of a number of lines."""
    best = one.one
    return {
        "lines": one.lines,
        "state": one.state,
        "plan": None if best is None else plan_result(best.plan),
        "cost": None if best is None else best.cost,
        "fewer": [plan_result(fewer.plan) for fewer in one.fewer],
        "missed": None if one.missed is None else plan_result(one.missed.plan),
        "left_out": one.left_out,
    }


def plan_result(plan: Plan) -> dict[str, Any]:
    """A plan in JSON: lines, agents, and what else was searched for."""
    counts: Mapping[str, Any] = {name: n for name, n in plan.counts().items() if not name.startswith("departments.")}
    return {**counts, **({"departments": dict(plan.departments)} if plan.departments else {})}


def _runs(found: StaffingAnswer) -> int:
    return 0 if found.confirmed_on is None else found.confirmed_on[1] - found.confirmed_on[0]


def _less_result(one: Less) -> dict[str, Any]:
    return {
        "resource": one.resource,
        "plan": plan_result(one.plan),
        "targets": [
            {**target_result(target), "lost": lost} for target, lost in zip(one.targets, one.lost, strict=True)
        ],
        "met": one.met,
        "saves": _apart_result(one.saves),
    }


def _apart_result(cost: Estimate) -> dict[str, Any]:
    """A difference in cost."""
    return {"difference": cost.mean, "low": cost.low, "high": cost.high, "replications": cost.n, "unit": "¥"}
