"""The screen of `roster`: who is on duty when, against the work; what it costs; whether it keeps the targets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from rich.cells import cell_len

from callbacksim.report.layout import fitted, heading, padded, paragraph, row, table, titled
from callbacksim.report.promises import WORDS, target_result, targets_section
from callbacksim.report.screen import plan_name
from callbacksim.report.words import (
    DAYS,
    UNDEFINED,
    bare_share,
    counted,
    day,
    figure,
    full_day,
    listed,
    money,
    number,
    percent,
    plain,
    share,
)
from callbacksim.scenario.calendar import DAY
from callbacksim.study.need import people_to_employ
from callbacksim.study.roster import OF_PEOPLE, Roster, attainable, rows_of
from callbacksim.study.summary import Entry, summarise
from callbacksim.study.workload import SLOT, patterns_of

NAMES = 24
"""Cells for the names of shifts."""
LEVELS = " ▁▂▃▄▅▆▇█"


def roster_screen(found: Roster, file: str, plan: str | None = None, sets: Sequence[str] = ()) -> list[str]:
    """The lines of the screen, at most 80 cells wide."""
    scenario = found.scenario
    runs = len(found.workload.runs), len(found.check.figures)
    about = (
        f"{plain(file)}, {plan_name(plan, sets)}: shifts for those who call back 排班, "
        f"from {full_day(scenario.calendar.start)}. "
        f"Made from the work of {counted(runs[0], 'run')}; {counted(len(found.tried), 'roster')} tried on "
        f"{counted(runs[1], 'other')}; judged on {runs[1]:,} that are new to it. Seed {found.check.seed}."
    )
    return [
        *titled(plain(scenario.title) or plain(file)),
        *paragraph(about),
        "",
        *paragraph(_verdict(found)),
        *_duty(found),
        *_picture(found),
        *_cost(found),
        *targets_section(found.verdicts),
        *_judged(found),
        *_tried(found),
    ]


def _verdict(found: Roster) -> str:
    duty, away = found.duty, found.scenario.agents.shrinkage
    if not duty.places:
        return "There is no work for people, so nobody is put on any shift."
    employed = people_to_employ(duty.places, 1.0, away)
    gap = duty.cost / duty.bound - 1 if duty.bound > 0 else 0.0
    proven = "No roster with room for as much work is cheaper."
    if gap > 1e-6:
        proven = f"It is at most {share(gap)} dearer than the cheapest: the search was stopped before it was proven."
    return (
        f"{counted(duty.places, 'person', 'people')} at work, {employed} employed if {percent(away)} of the paid time "
        f"goes elsewhere: {number(found.paid_hours, 1)} paid hours, {money(duty.cost)}. {proven}"
    )


# --- who is on duty ----------------------------------------------------------------------------------------------


def _duty(found: Roster) -> list[str]:
    """People on each shift and day; a block of columns for each week."""
    lines = heading("DUTY 排班表 (people at work)")
    shifts, people = found.workload.shifts, found.duty.people.tolist()
    count = {(shift.pattern, shift.day): n for shift, n in zip(shifts, people, strict=True) if n}
    names = [name for name in patterns_of(found.scenario) if any(name == pattern for pattern, _ in count)]
    for week in sorted({shift.week for shift in shifts}):
        days = sorted({shift.day for shift in shifts if shift.week == week and (shift.pattern, shift.day) in count})
        if days:
            rows = [
                [f"  {plain(name)}", *(str(count.get((name, at), "")) for at in days)]
                for name in names
                if any((name, at) in count for at in days)
            ]
            rows.append(["  together 合计", *(str(sum(count.get((name, at), 0) for name in names)) for at in days)])
            heads = [f"{DAYS[found.date(at).weekday()]} {found.date(at).day}" for at in days]
            lines += table(["", *heads], rows, [NAMES, *(max(7, len(head)) for head in heads)])
    return [*lines, *_hours_of(found, names)]


def _hours_of(found: Roster, names: Sequence[str]) -> Iterator[str]:
    """The hours of each shift that is used."""
    for name in names:
        one = patterns_of(found.scenario)[name]
        hours = listed([f"{begin}–{end}" for begin, end in one.roster])
        pauses = listed([f"{begin}–{end}" for begin, end in one.breaks])
        wage = "" if one.wage is None else f", ¥{one.wage:g}/h"
        text = f"{hours}{f' without {pauses}' if pauses else ''}{wage}"
        if text.replace(" ", "") != plain(name).replace(" ", ""):
            yield from paragraph(f"{fitted(plain(name), NAMES)}: {text}", indent=2)


# --- the picture -------------------------------------------------------------------------------------------------


def _picture(found: Roster) -> list[str]:
    """For each day two rows of blocks, a block a half hour: people on duty, and the work that becomes ready."""
    slots = found.workload.slots
    if not len(slots.begin):
        return []
    duty = found.duty_minutes / 30
    ready = found.workload.by_slot("first", found.level.quantile) / 30
    most = max(float(duty.max()), float(ready.max()), 1e-9)
    of_day = slots.begin % DAY // SLOT
    first, last = int(of_day.min()), int(of_day.max())
    note = f"a block a half hour, █ is {number(most, 0 if float(most).is_integer() else 1)}"
    lines = heading("WORK AND DUTY 工作量与在岗", note)
    lines.append(" " * 19 + _hours(first, last))
    for at in sorted(set((slots.begin // DAY).tolist())):
        here = slots.begin // DAY == at
        if not (duty[here].any() or ready[here].any()):
            continue
        date = f"{DAYS[found.date(at).weekday()]} {found.date(at).day}"
        for label, values in (("duty 在岗", duty), ("work 工作", ready)):
            blocks = [" "] * (last + 1 - first)
            for slot, value in zip(of_day[here].tolist(), values[here].tolist(), strict=True):
                blocks[slot - first] = LEVELS[min(8, -int(-8 * value / most // 1))]
            name = date if values is duty else ""
            lines.append(f"  {padded(name, 6)} {padded(label, 9)} {''.join(blocks)}".rstrip())
    quantile = found.level.quantile
    runs = "all runs" if quantile == 1 else f"{bare_share(quantile)} % of the runs"
    note = f"Work is what becomes ready in the half hour, in people: no more than this in {runs}."
    return [*lines, *paragraph(f"{note} It may wait {found.scenario.agents.within_minutes:g} open minutes.", indent=2)]


def _hours(first: int, last: int) -> str:
    """``9  10  11``: the hours above the blocks, every second one."""
    text = ""
    for slot in range(first, last + 1):
        if slot % 4 == 0:
            text = text.ljust(slot - first) + f"{slot // 2}"
    return text


# --- cost and targets --------------------------------------------------------------------------------------------


def _cost(found: Roster) -> list[str]:
    duty = found.duty
    if not duty.places:
        return []
    lines = heading("COST 费用")
    lines += row("paid hours 计薪工时", number(found.paid_hours, 1), f"{number(_at_work(found), 1)} of them at work")
    lines += row("all shifts 全部班次", money(duty.cost))
    lines += row("  with divisible people 松弛下界", money(duty.relaxed), _dearer(duty.cost, duty.relaxed))
    lines += row("  for the work alone 净工作量", money(found.work_bound), _dearer(duty.cost, found.work_bound))
    if found.busy is not None:
        lines += row("busy share of the duty 利用率", share(found.busy), "with the mean work of all runs")
    return lines


def _at_work(found: Roster) -> float:
    return float(found.duty_minutes.sum()) / 60


def _dearer(cost: float, bound: float) -> str:
    return f"the roster is {share(cost / bound - 1)} dearer" if bound > 0 else ""


def _judged(found: Roster) -> list[str]:
    """What the fresh replications say beside the targets, and what no roster can help."""
    entries = summarise(found.check)
    lines = heading("IN THE NEW RUNS 仿真检验", f"{len(found.check.figures)} runs")
    lines += row("called back in time 及时回访率", *_said(entries["called_back_in_time"], share))
    if entries["transferred_in_time"].estimate.mean is not None:
        lines += row("taken over in time 及时接听率", *_said(entries["transferred_in_time"], share))
    lines += row("people, until all is done 人工", *_said(entries["agent_cost"], money))
    lines += row("people, overtime 加班费用", *_said(entries["overtime_cost"], money))
    lines += row("busy share of the people 利用率", *_said(entries["agent_occupancy"], share))
    return [*lines, *(line for text in remarks(found) for line in paragraph(text, indent=2))]


def _said(entry: Entry, write: Any) -> tuple[str, str]:
    value, _, note = figure(entry.estimate, write).partition(" (")
    return value, f"({note}" if note else ""


def remarks(found: Roster) -> list[str]:
    """What a planner must know of this roster: promises that people cannot keep, those that it does not keep."""
    said = []
    runs, promised = found.workload.runs, found.scenario.targets.finish_by
    late = sum(run.late > 0 for run in runs)
    if promised is not None and not attainable(found.scenario, found.workload):
        said.append(
            f"No roster keeps the promised date {day(promised.date())} {promised:%H:%M} often enough: the calls "
            "themselves end too late; more lines would help."
        )
    elif late:
        said.append(
            f"In {share(late / len(runs))} of the runs call-backs become ready when no shift is worked any more before "
            f"the promised date: later shifts, or more lines, would help."
        )
    unkept = [one for one in found.verdicts if one.name in OF_PEOPLE and one.met is not True]
    if unkept and len(found.tried) > 1:
        names = listed([WORDS[one.name].split(" at most")[0] for one in unkept])
        said.append(f"Not surely kept after {counted(len(found.tried), 'roster')}: {names}.")
    if any(name.startswith("on call") for name in found.rostered.agents.groups):
        said.append("After the last day one person a day stays on call, and is paid as long as anything is left.")
    return said


def _tried(found: Roster) -> list[str]:
    """How each roster did that was tried."""
    if len(found.tried) < 2:
        return []
    names = [one.name for one in found.tried[0].verdicts if one.name in OF_PEOPLE]
    rows = []
    for one in found.tried:
        kept = {verdict.name: verdict.probability.mean for verdict in one.verdicts}
        shares = [UNDEFINED if (mean := kept[name]) is None else f"{bare_share(mean)} %" for name in names]
        rows.append([f"  {_room(one.level.quantile, one.level.factor)}", money(one.duty.cost), *shares])
    heads = ["  room for", "cost", *({"finish_by": "done by", "called_back_in_time": "in time"}[n] for n in names)]
    widths = [max(cell_len(one[0]) for one in [heads, *rows]) + 2, 9, *([9] * len(names))]
    return [*heading("TRIED 试排", "targets kept, in the runs for trying"), *table(heads, rows, widths)]


def _room(quantile: float, factor: float) -> str:
    """``the work of 90 % of the runs``, ``1.2 times the work of all runs``."""
    of = "all runs" if quantile == 1 else f"{bare_share(quantile)} % of the runs"
    return f"the work of {of}" if factor == 1 else f"{factor:g} times the work of {of}"


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
    kept = [f"{WORDS[one.name]}: {bare_share(one.probability.mean or 0)} %" for one in found.verdicts]
    return [
        f"# A roster for {plain(file)}, made by `callbacksim roster`: {number(hours, 1)} paid hours, "
        f"{money(found.duty.cost)}.",
        *([f"# Kept in {len(found.check.figures)} new runs: {'; '.join(kept)}."] if kept else []),
    ]
