"""The screen of `roster`: who is on duty when, against the work; what it costs; whether it keeps the targets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from rich.cells import cell_len

from callbacksim.report.layout import fitted, heading, padded, paragraph, row, table, titled
from callbacksim.report.promises import target_result, targets_section
from callbacksim.report.texts import ENGLISH, Texts
from callbacksim.report.words import DAYS, bare_share, money, number, plain
from callbacksim.scenario.calendar import DAY
from callbacksim.study.measuring.need import people_to_employ
from callbacksim.study.rostering.roster import OF_PEOPLE, Roster, Tried, attainable, rows_of
from callbacksim.study.rostering.workload import SLOT, patterns_of
from callbacksim.study.summary import summarise

NAMES = 24
"""Cells for the names of shifts."""
LEVELS = " ▁▂▃▄▅▆▇█"


def roster_screen(
    found: Roster, file: str, plan: str | None = None, sets: Sequence[str] = (), say: Texts = ENGLISH
) -> list[str]:
    """The lines of the screen, at most 80 cells wide."""
    scenario = found.scenario
    runs = len(found.workload.runs), len(found.check.figures)
    about = say(
        "roster.about",
        file=plain(file),
        plan=say.plan(plan, sets),
        day=say.full_day(scenario.calendar.start),
        runs=say.counted("run", runs[0]),
        rosters=say.counted("roster", len(found.tried)),
        others=say.counted("other", runs[1]),
        judged=say.number(runs[1]),
        seed=found.check.seed,
    )
    return [
        *titled(plain(scenario.title) or plain(file)),
        *paragraph(about),
        "",
        *paragraph(verdict(found, say)),
        *_duty(found, say),
        *_picture(found, say),
        *_cost(found, say),
        *targets_section(found.verdicts, say),
        *_judged(found, say),
        *_tried(found, say),
    ]


def verdict(found: Roster, say: Texts) -> str:
    """How many people, what they cost, and whether that is proven to be the least."""
    duty, away = found.duty, found.scenario.agents.shrinkage
    if not duty.places:
        return say("roster.nobody")
    gap = duty.cost / duty.bound - 1 if duty.bound > 0 else 0.0
    return say(
        "roster.verdict",
        people=say.counted("person", duty.places),
        employed=people_to_employ(duty.places, 1.0, away),
        away=say.whole_share(away),
        hours=say.number(found.paid_hours, 1),
        cost=say.money(duty.cost),
        proven=say("roster.not_proven", gap=say.share(gap)) if gap > 1e-6 else say("roster.proven"),
    )


# --- who is on duty ----------------------------------------------------------------------------------------------


def _duty(found: Roster, say: Texts) -> list[str]:
    """People on each shift and day; a block of columns for each week."""
    lines = heading(say("roster.duty"))
    shifts, people = found.workload.shifts, found.duty.people.tolist()
    count = {(shift.pattern, shift.day): n for shift, n in zip(shifts, people, strict=True) if n}
    names = [name for name in patterns_of(found.scenario) if any(name == pattern for pattern, _ in count)]
    for week in sorted({shift.week for shift in shifts}):
        days = sorted({shift.day for shift in shifts if shift.week == week and (shift.pattern, shift.day) in count})
        if days:
            rows = [
                [f"  {shift_name(found, name, say)}", *(str(count.get((name, at), "")) for at in days)]
                for name in names
                if any((name, at) in count for at in days)
            ]
            sums = (str(sum(count.get((name, at), 0) for name in names)) for at in days)
            rows.append([f"  {say('roster.together')}", *sums])
            heads = [_day(found, at, say) for at in days]
            lines += table(["", *heads], rows, [NAMES, *(max(7, cell_len(head)) for head in heads)])
    return [*lines, *_hours_of(found, names, say)]


def _day(found: Roster, at: int, say: Texts) -> str:
    """``Mon 7``, ``周一 7``."""
    date = found.date(at)
    return f"{say.weekday(DAYS[date.weekday()])} {date.day}"


def shift_name(found: Roster, name: str, say: Texts) -> str:
    """What a shift is called: by the scenario, or here where the scenario names none."""
    return plain(name if found.scenario.roster.patterns else say.glossed(name))


def _hours_of(found: Roster, names: Sequence[str], say: Texts) -> Iterator[str]:
    """The hours of each shift that is used."""
    for name in names:
        one = patterns_of(found.scenario)[name]
        text = say.listed([f"{begin}–{end}" for begin, end in one.roster])
        if one.breaks:
            text = say("roster.without", hours=text, breaks=say.listed([f"{begin}–{end}" for begin, end in one.breaks]))
        if one.wage is not None:
            text = say("roster.wage", hours=text, wage=f"{one.wage:g}")
        called = shift_name(found, name, say)
        if text.replace(" ", "") != called.replace(" ", ""):
            yield from paragraph(say("roster.shift", name=fitted(called, NAMES), hours=text), indent=2)


# --- the picture -------------------------------------------------------------------------------------------------


def _picture(found: Roster, say: Texts) -> list[str]:
    """For each day two rows of blocks, a block a half hour: people on duty, and the work that becomes ready."""
    slots = found.workload.slots
    if not len(slots.begin):
        return []
    duty = found.duty_minutes / 30
    ready = found.workload.by_slot("first", found.level.quantile) / 30
    most = max(float(duty.max()), float(ready.max()), 1e-9)
    of_day = slots.begin % DAY // SLOT
    first, last = int(of_day.min()), int(of_day.max())
    note = say("roster.block", n=say.number(most, 0 if float(most).is_integer() else 1))
    lines = heading(say("roster.picture"), note)
    lines.append(" " * 19 + _hours(first, last))
    width = 7 if say.chinese else 6
    for at in sorted(set((slots.begin // DAY).tolist())):
        here = slots.begin // DAY == at
        if not (duty[here].any() or ready[here].any()):
            continue
        for label, values in ((say("roster.on_duty"), duty), (say("roster.work"), ready)):
            blocks = [" "] * (last + 1 - first)
            for slot, value in zip(of_day[here].tolist(), values[here].tolist(), strict=True):
                blocks[slot - first] = LEVELS[min(8, -int(-8 * value / most // 1))]
            name = _day(found, at, say) if values is duty else ""
            lines.append(f"  {padded(name, width)} {padded(label, 15 - width)} {''.join(blocks)}".rstrip())
    runs = _runs(found.level.quantile, say)
    note = say("roster.work_is", runs=runs, minutes=f"{found.scenario.agents.within_minutes:g}")
    return [*lines, *paragraph(note, indent=2)]


def _hours(first: int, last: int) -> str:
    """``9  10  11``: the hours above the blocks, every second one."""
    text = ""
    for slot in range(first, last + 1):
        if slot % 4 == 0:
            text = text.ljust(slot - first) + f"{slot // 2}"
    return text


def _runs(quantile: float, say: Texts) -> str:
    """``all runs``, ``90.0 % of the runs``."""
    return say("roster.all_runs") if quantile == 1 else say("roster.runs_of", share=say.share(quantile))


# --- cost and targets --------------------------------------------------------------------------------------------


def _cost(found: Roster, say: Texts) -> list[str]:
    duty = found.duty
    if not duty.places:
        return []
    at_work = say("roster.at_work", hours=say.number(_at_work(found), 1))
    lines = heading(say("roster.cost"))
    lines += row(say("roster.paid_hours"), say.number(found.paid_hours, 1), at_work)
    lines += row(say("roster.shifts"), say.money(duty.cost))
    lines += row(say("roster.divisible"), say.money(duty.relaxed), _dearer(duty.cost, duty.relaxed, say))
    lines += row(say("roster.for_work"), say.money(found.work_bound), _dearer(duty.cost, found.work_bound, say))
    if found.busy is not None:
        lines += row(say("roster.busy"), say.share(found.busy), say("roster.mean_work"))
    return lines


def _at_work(found: Roster) -> float:
    return float(found.duty_minutes.sum()) / 60


def _dearer(cost: float, bound: float, say: Texts) -> str:
    return say("roster.dearer", share=say.share(cost / bound - 1)) if bound > 0 else ""


def _judged(found: Roster, say: Texts) -> list[str]:
    """What the fresh replications say beside the targets, and what no roster can help."""
    entries = summarise(found.check)
    lines = heading(say("roster.judged"), say("roster.judged_runs", n=len(found.check.figures)))
    for label, name in (
        ("in_time", "called_back_in_time"),
        ("taken_over", "transferred_in_time"),
        ("agent_cost", "agent_cost"),
        ("overtime", "overtime_cost"),
        ("occupancy", "agent_occupancy"),
    ):
        estimate = entries[name].estimate
        if label != "taken_over" or estimate.mean is not None:
            lines += row(say(f"roster.{label}"), *say.said(name, estimate))
    return [*lines, *(line for text in remarks(found, say) for line in paragraph(text, indent=2))]


def remarks(found: Roster, say: Texts = ENGLISH) -> list[str]:
    """What a planner must know of this roster: promises that people cannot keep, those that it does not keep."""
    said = []
    runs, promised = found.workload.runs, found.scenario.targets.finish_by
    late = sum(run.late > 0 for run in runs)
    if promised is not None and not attainable(found.scenario, found.workload):
        said.append(say("roster.too_late", at=f"{say.day(promised.date())} {promised:%H:%M}"))
    elif late:
        said.append(say("roster.late", share=say.share(late / len(runs))))
    unkept = [one for one in found.verdicts if one.name in OF_PEOPLE and one.met is not True]
    if unkept and len(found.tried) > 1:
        names = say.listed([say(f"promised.{one.name}") for one in unkept])
        said.append(say("roster.unkept", rosters=say.counted("roster", len(found.tried)), names=names))
    if found.chosen not in (-1, len(found.tried) - 1):
        said.append(say("roster.no_more"))
    if any(name.startswith("on call") for name in found.rostered.agents.groups):
        said.append(say("roster.on_call"))
    return said


def _tried(found: Roster, say: Texts) -> list[str]:
    """How each roster did that was tried."""
    if len(found.tried) < 2:
        return []
    names = [one.name for one in found.tried[0].verdicts if one.name in OF_PEOPLE]
    rows = []
    for one in found.tried:
        kept = {verdict.name: verdict.probability.mean for verdict in one.verdicts}
        room = f"{'@' if one is found.tried[found.chosen] else ' '} {about_tried(one, say)}"
        rows.append([room, say.money(one.duty.cost), *(say.share(kept[name]) for name in names)])
    heads = [f"  {say('roster.head_room')}", say("roster.head_cost"), *(say(f"roster.head_{name}") for name in names)]
    widths = [max(cell_len(one[0]) for one in [heads, *rows]) + 2, 9, *([9] * len(names))]
    return [*heading(say("roster.tried"), say("roster.tried_note")), *table(heads, rows, widths)]


def about_tried(one: Tried, say: Texts) -> str:
    """What a roster has room for: ``the work of 90 % of the runs``, ``1.2 times the work of all runs``."""
    runs, factor = _runs(one.level.quantile, say), one.level.factor
    if factor == 1:
        return say("roster.work_of", runs=runs)
    return say("roster.times_work_of", factor=f"{factor:g}", runs=runs)


# --- JSON --------------------------------------------------------------------------------------------------------


def roster_result(found: Roster, file: str, plan: str | None = None, sets: Sequence[str] = ()) -> dict[str, Any]:
    """What `roster --json` prints (docs/json.md)."""
    entries, scenario, duty = summarise(found.check), found.scenario, found.duty
    half_hours = found.half_hours()
    n = len(found.check.figures)
    return {
        "scenario": {"file": file, "title": scenario.title, "plan": plan, "set": list(sets)},
        "seed": found.check.seed,
        "replications": {"work": len(found.workload.runs), "trying": n, "judging": n},
        "shifts": [
            {"date": date.isoformat(), "shift": name, "people": people, "paid_hours": paid, "cost": cost}
            for date, _, name, _, people, paid, cost in rows_of(found)
        ],
        "persons": [[{"date": date.isoformat(), "shift": name} for date, name in person] for person in found.persons()],
        "half_hours": [
            {"begin": begin.isoformat(), "duty": duty_, "ready": ready, "due": due}
            for begin, duty_, ready, due in _rows(half_hours.itertuples(index=False))
        ],
        "people": duty.places,
        "employed": people_to_employ(duty.places, 1.0, scenario.agents.shrinkage) if duty.places else 0,
        "paid_hours": found.paid_hours,
        "busy": found.busy,
        "cost": {
            "shifts": duty.cost,
            "bound": duty.bound,
            "divisible": duty.relaxed,
            "work": found.work_bound,
        },
        "tried": [
            {
                "quantile": one.level.quantile,
                "factor": one.level.factor,
                "cost": one.duty.cost,
                "targets": [target_result(verdict) for verdict in one.verdicts],
                "chosen": one is found.tried[found.chosen],
            }
            for one in found.tried
        ],
        "targets": [target_result(verdict) for verdict in found.verdicts],
        "measures": {name: entries[name].as_json() for name in JUDGED},
        "remarks": remarks(found),
    }


JUDGED = (
    "called_back_in_time", "wait_mean", "transferred_in_time", "finish", "agent_occupancy", "agent_cost",
    "overtime_cost", "cost",
)  # fmt: skip


def _rows(rows: Any) -> Iterator[tuple[dt.datetime, float, float, float]]:
    for row_ in rows:
        yield row_[0].to_pydatetime(), float(row_[1]), float(row_[2]), float(row_[3])


# --- the scenario file -------------------------------------------------------------------------------------------


def about_file(found: Roster, file: str) -> list[str]:
    """Comments that stand above the written scenario."""
    hours = sum(team_hours for *_, team_hours, _ in rows_of(found))
    kept = [f"{ENGLISH(f'promised.{one.name}')}: {bare_share(one.probability.mean or 0)} %" for one in found.verdicts]
    return [
        f"# A roster for {plain(file)}, made by `callbacksim roster`: {number(hours, 1)} paid hours, "
        f"{money(found.duty.cost)}.",
        *([f"# Kept in {len(found.check.figures)} new runs: {'; '.join(kept)}."] if kept else []),
    ]
