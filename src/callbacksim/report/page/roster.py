"""The page of `roster`: who is on duty when, against the work; what it costs; how it does on fresh runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from callbacksim.report.directory import Run, versions
from callbacksim.report.page.answer import judged
from callbacksim.report.page.assumptions import again, assumptions, facts_of
from callbacksim.report.page.blocks import Block, Cell, Figure, Grid, Line, Listing, Section, Tile, Tiles, plain_grid
from callbacksim.report.page.charts import Chart, Series, over_time
from callbacksim.report.page.clock import shades, table_over_time, time_axis
from callbacksim.report.page.maps import MOST, SHADES, Place, map_of
from callbacksim.report.page.sheet import Sheet, about, title_of
from callbacksim.report.page.svg import legend
from callbacksim.report.promises import target_result
from callbacksim.report.roster import about_tried, remarks, verdict
from callbacksim.report.texts import Language, Texts
from callbacksim.report.words import UNDEFINED
from callbacksim.scenario.calendar import MINUTE, Timetable, timetable
from callbacksim.scenario.schema import Scenario
from callbacksim.study.measuring.need import people_to_employ
from callbacksim.study.rostering.roster import Roster
from callbacksim.study.rostering.workload import SLOT, Floats, patterns_of
from callbacksim.study.summary import summarise
from callbacksim.study.targets import Verdict

BARS = 250
"""At most so many bars of time."""
FIGURES = (
    "called_back_in_time", "wait_mean", "transferred_in_time", "agent_occupancy", "agent_cost", "overtime_cost", "cost",
)  # fmt: skip


@dataclass(frozen=True)
class _Days:
    times: Timetable
    scenario: Scenario


def roster_sheet(found: Roster, run: Run, language: Language, command: Sequence[str]) -> Sheet:
    """The page before it is written."""
    say, n = Texts(language), len(found.check.figures)
    level = found.scenario.study.confidence
    sections = [
        _answer(found, say),
        *([_duty(found, say)] if found.duty.places else []),
        *([_persons(found, say)] if found.duty.places else []),
        _judged(found, say),
        assumptions(found.scenario, say),
        again(command, [*facts_of(found.check.seed, n, level, str(run["identity"]), versions(), say)], say),
    ]
    question = say("rostered.question", start=say.full_day(found.scenario.calendar.start))
    runs = say("rostered.runs", work=say.number(len(found.workload.runs)), judged=say.number(n))
    return Sheet(title_of(run), question, about({**run, "seed": found.check.seed}, runs, say), sections)


def _answer(found: Roster, say: Texts) -> Section:
    duty = found.duty
    blocks: list[Block] = []
    if duty.places:
        employed = people_to_employ(duty.places, 1.0, found.scenario.agents.shrinkage)
        tiles = [
            Tile(say("rostered.people"), say.number(duty.places)),
            Tile(say("rostered.employed"), say.number(employed)),
            Tile(say("rostered.paid_hours"), say.number(found.paid_hours, 1)),
            Tile(say("tile.cost"), say.money(duty.cost)),
            Tile(say("rostered.busy"), UNDEFINED if found.busy is None else say.share(found.busy)),
        ]
        blocks.append(Tiles(tiles))
    if found.verdicts:
        blocks.append(judged([target_result(one) for one in found.verdicts], say("rostered.targets"), say))
    if said := remarks(found, say):
        blocks.append(Listing([(one, None) for one in said], "warnings"))
    return Section("answer", say("section.answer"), verdict(found, say), blocks)


# --- who is on duty --------------------------------------------------------------------------------------------------


def _duty(found: Roster, say: Texts) -> Section:
    return Section("duty", say("section.duty"), say("rostered.duty_lead"), [*_shifts(found, say), _work(found, say)])


def _shifts(found: Roster, say: Texts) -> list[Block]:
    """People on each shift and day, as maps of as many days as can be read."""
    shifts, people = found.workload.shifts, found.duty.people.tolist()
    count = {(shift.pattern, shift.day): n for shift, n in zip(shifts, people, strict=True) if n}
    names = [name for name in patterns_of(found.scenario) if any(name == pattern for pattern, _ in count)]
    days = sorted({day for _, day in count})
    return [_map(found, count, names, days[at : at + MOST // 2], say) for at in range(0, len(days), MOST // 2)]


def _map(
    found: Roster, count: dict[tuple[str, int], int], names: Sequence[str], days: Sequence[int], say: Texts
) -> Figure:
    title, most = say("rostered.shifts"), max(count.values())
    called = {name: _called(found, name, say) for name in names}

    def place(name: str, day: int) -> Place:
        n = count.get((name, day), 0)
        words = say("rostered.on_shift", n=say.number(n))
        tip = f"{say.day(found.date(day))}\n{called[name]}\n{words}"
        return Place(say.number(n) if n else "–", "", n * (SHADES - 1) // most if n else None, tip)

    rows = [[place(name, day) for day in days] for name in names]
    sums = [sum(count.get((name, day), 0) for name in names) for day in days]
    says = say("rostered.shifts_say", most=say.number(max(sums)))
    chart = Chart(title, says, "shifts", say.number)
    heads = [say.short_day(found.date(day)) for day in days]
    drawn = map_of(chart, ("", heads), ("", [called[name] for name in names]), rows)
    table = [
        [Cell(called[name]), *(Cell(say.number(count.get((name, day), 0)), count.get((name, day), 0)) for day in days)]
        for name in names
    ]
    return Figure(title, drawn, table=Grid(title, [say("rostered.head_shift"), *heads], table))


def _shift_name(found: Roster, name: str, say: Texts) -> str:
    """As the scenario calls it; the page has one language for what it has not named."""
    return name if found.scenario.roster.patterns else say.own(name)


def _called(found: Roster, name: str, say: Texts) -> str:
    """A shift's name with its hours, unless that is its name."""
    hours = " ".join(f"{begin}–{end}" for begin, end in patterns_of(found.scenario)[name].roster)
    called = _shift_name(found, name, say)
    return called if called == hours else say("rostered.called", name=called, hours=hours)


def _work(found: Roster, say: Texts) -> Figure:
    """People on duty over time, and the work that becomes ready, in people."""
    slots = found.workload.slots.begin
    width = next(SLOT * n for n in (1, 2, 4, 8, 48, 480) if (slots[-1] + SLOT - slots[0]) / (SLOT * n) <= BARS)
    edges = np.arange(slots[0] // width * width, slots[-1] + SLOT + width, width, dtype=np.int64)
    at = np.searchsorted(edges, slots, side="right") - 1

    def people(minutes: Floats) -> list[float]:
        sums = np.bincount(at, weights=minutes, minlength=len(edges) - 1)
        return [round(float(value), 2) for value in sums * MINUTE / width]

    ready = found.workload.by_slot("first", found.level.quantile)
    days = _Days(timetable(found.scenario), found.scenario)
    axis = time_axis(days, say, edges.tolist())
    bars = [Series("1", say("rostered.work"), people(ready))]
    lines = [Series("2", say("rostered.on_duty"), people(found.duty_minutes))]
    title = say("rostered.against")
    busy = UNDEFINED if found.busy is None else say.share(found.busy)
    chart = Chart(
        title, say("rostered.against_say", busy=busy), "duty",
        lambda v: say.number(v, 1).removesuffix(".0"), say("unit.people"),
    )  # fmt: skip
    shaded = [
        one for one in shades(days, say, days.times.calling, edges.tolist(), say("day.window")) if one.class_ != "open"
    ]
    off = [("holiday", say("day.off"))] if shaded else []
    keys = legend([("1", bars[0].words), ("line-2", lines[0].words), *off])
    note = say("rostered.work_is", minutes=f"{found.scenario.agents.within_minutes:g}")
    table = table_over_time(title, axis, [*bars, *lines], say, decimals=2)
    return Figure(title, over_time(chart, axis, bars, lines, shaded), keys, note, table)


def _persons(found: Roster, say: Texts) -> Section:
    """The days and shifts of each person."""
    rows = [
        [
            Cell(say("rostered.person", n=at), float(at)),
            Cell(say.listed([_on(date, name, found, say) for date, name in person])),
            Cell(say.number(len(person)), float(len(person)), class_="n"),
        ]
        for at, person in enumerate(found.persons(), start=1)
    ]
    heads = [say(f"rostered.head_{name}") for name in ("person", "days", "shifts")]
    table = Grid(say("rostered.persons"), heads, rows)
    return Section("persons", say("section.persons"), say("rostered.persons_lead"), [table])


def _on(date: dt.date, name: str, found: Roster, say: Texts) -> str:
    return f"{say.day(date)} {_shift_name(found, name, say)}"


# --- how it does -----------------------------------------------------------------------------------------------------


def _judged(found: Roster, say: Texts) -> Section:
    """Figures of the fresh runs, what the shifts cost against bounds, and the rosters that were tried."""
    entries = summarise(found.check)
    rows: list[Line] = []
    for name in FIGURES:
        value, note = say.said(name, entries[name].estimate)
        if value != UNDEFINED:
            rows.append([say.figure(name), (value, entries[name].estimate.mean), say.unit_after(name), note])
    heads = [say("head.figure"), say("head.value"), say("head.unit"), say("head.interval")]
    duty = found.duty
    costs: list[Line] = [
        [say("rostered.cost_shifts"), (say.money(duty.cost), duty.cost)],
        [say("rostered.cost_bound"), (say.money(duty.relaxed), duty.relaxed)],
        [say("rostered.cost_work"), (say.money(found.work_bound), found.work_bound)],
    ]
    blocks: list[Block] = [
        plain_grid(say("rostered.figures"), heads, rows),
        plain_grid(say("rostered.costs"), [say("cost.head_part"), say("cost.head_amount")], costs),
    ]
    if len(found.tried) > 1:
        tried: list[Line] = [
            [about_tried(one, say), (say.money(one.duty.cost), one.duty.cost), *_kept(one.verdicts, say)]
            for one in found.tried
        ]
        names = [say(f"staff.target_{one.name}") for one in found.tried[0].verdicts]
        heads = [say("rostered.head_room"), say("rostered.head_cost"), *names]
        blocks.append(plain_grid(say("rostered.tried"), heads, tried))
    lead = say("rostered.judged_lead", runs=say.number(len(found.check.figures)))
    return Section("judged", say("section.judged"), lead, blocks)


def _kept(verdicts: Sequence[Verdict], say: Texts) -> list[tuple[str, float | None]]:
    shares = [one.probability.mean for one in verdicts]
    return [(say.share(share), share) for share in shares]
