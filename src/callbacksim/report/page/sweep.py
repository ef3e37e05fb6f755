"""The page of `sweep`: a grid of plans as maps or rows, the plans that do best, and every plan as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from callbacksim.report.directory import Run, versions
from callbacksim.report.page.assumptions import again, assumptions, facts_of
from callbacksim.report.page.blocks import Block, Cell, Figure, Grid, Section, number_cell
from callbacksim.report.page.charts import Chart, IntervalRow, intervals
from callbacksim.report.page.maps import MOST, Place, map_of, shade, share_keys, share_shade
from callbacksim.report.page.sheet import Sheet, about, title_of
from callbacksim.report.page.svg import Legend, legend
from callbacksim.report.texts import Language, Texts
from callbacksim.report.words import UNDEFINED, bare_share
from callbacksim.scenario.calendar import HOUR, Timetable, timetable
from callbacksim.scenario.schema import Scenario
from callbacksim.study.estimates import Estimate
from callbacksim.study.summary import Entry, summarise, summarise_survey
from callbacksim.study.sweep import Point, Sweep

ROWS = 40
"""Plans that can be drawn one a row."""
COLUMNS = ("interviews", "satisfied", "error", "called_back_in_time", "line_occupancy", "people_employed", "cost")
"""Figures of the table, those that are defined."""
OF_THE_LEDGER = ("resolved_share", "on_time_share", "overdue", "case_days", "reopened", "cost")
"""Those of a ledger by itself."""


@dataclass(frozen=True)
class Plan:
    """A point of the grid with its figures at hand."""

    point: Point
    times: Timetable

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """Its figures by name."""
        return {**summarise(self.point.study), **summarise_survey(self.point.study)}

    @property
    def kept(self) -> Estimate | None:
        """Share of the runs that keep every target."""
        return self.point.kept

    def estimate(self, name: str) -> Estimate:
        """A figure of it."""
        return self.entries[name].estimate


def sweep_sheet(found: Sweep, scenario: Scenario, run: Run, language: Language, command: Sequence[str]) -> Sheet:
    """The page before it is written; `scenario` is that which the fields are varied of."""
    say = Texts(language)
    plans = [Plan(point, timetable(point.study.scenario)) for point in found.points]
    first = found.points[0].study
    level, n = first.scenario.study.confidence, len(first.figures)
    figures = _figures(found, plans, say)
    lead = "sweep.map_lead" if _two(found) else "sweep.rows_lead"
    sections = [
        Section("answer", say("section.answer"), _answer(found, plans, say), []),
        *([Section("map", say("section.map"), say(lead, runs=say.number(n)), figures)] if figures else []),
        Section("grid", say("section.grid"), say("sweep.grid_lead"), [_table(found, plans, say)]),
        assumptions(scenario, say),
        again(command, [*facts_of(first.seed, n, level, str(run["identity"]), versions(), say)], say),
    ]
    fields = say.listed([_field(axis.field, say) for axis in found.axes])
    question = say("sweep.question", plans=say.number(len(plans)), fields=fields)
    runs = say("sweep.runs", plans=say.number(len(plans)), runs=say.number(n))
    return Sheet(title_of({**run, "title": scenario.title}), question, about(run, runs, say), sections)


def _field(path: str, say: Texts) -> str:
    """``lines (robot.lines)``."""
    meaning = say.known_field(path)
    return say("sweep.field", meaning=meaning, field=path) if meaning else path


def _short(found: Sweep, values: Sequence[str]) -> str:
    """``10 · 2``: what is said of each field, in their order; of a single field with its name."""
    return f"{found.axes[0].field} = {values[0]}" if len(values) == 1 else " · ".join(values)


def _values(found: Sweep, plan: Plan) -> str:
    """``robot.lines = 10, agents.count = 2``."""
    pairs = zip(found.axes, plan.point.values, strict=True)
    return ", ".join(f"{axis.field} = {value}" for axis, value in pairs)


# --- what stands out -------------------------------------------------------------------------------------------------


def _answer(found: Sweep, plans: Sequence[Plan], say: Texts) -> str:
    """The cheapest plan that surely keeps every target, or the one that keeps them most often; without targets the
    earliest and the cheapest."""
    wanted = found.points[0].study.scenario.targets.probability
    sentences = []
    if any(plan.kept is not None for plan in plans):
        sure = [plan for plan in plans if plan.kept is not None and (plan.kept.low or 0.0) >= wanted]
        cheapest = _least(sure, lambda plan: plan.estimate("cost").mean)
        if cheapest is not None:
            sentences.append(say("sweep.sure", n=say.number(len(sure)), wanted=say.whole_share(wanted)))
            sentences.append(say("sweep.cheapest_sure", plan=_values(found, cheapest), cost=_cost(cheapest, say)))
        else:
            sentences.append(say("sweep.none_sure", wanted=say.whole_share(wanted)))
            best = _least(plans, lambda plan: None if plan.kept is None else -(plan.kept.mean or 0.0))
            if best is not None:
                sentences.append(say("sweep.most_often", plan=_values(found, best), kept=_kept(best, say)))
        return say.sentences(sentences)
    soonest = _least(plans, lambda plan: plan.point.half_done.mean)
    cheapest = _least(plans, lambda plan: plan.estimate("cost").mean)
    if soonest is not None:
        sentences.append(say("sweep.soonest", plan=_values(found, soonest), when=_half(soonest, say)))
    if cheapest is not None:
        sentences.append(say("sweep.cheapest", plan=_values(found, cheapest), cost=_cost(cheapest, say)))
    return say.sentences([*sentences, say("sweep.no_targets")])


def _least(plans: Sequence[Plan], value: Callable[[Plan], float | None]) -> Plan | None:
    """The plan with the least value among those that have one."""
    known = [(found, at) for at, plan in enumerate(plans) if (found := value(plan)) is not None]
    return plans[min(known)[1]] if known else None


def _cost(plan: Plan, say: Texts) -> str:
    value, ends = say.said("cost", plan.estimate("cost"))
    return f"{value} {ends}".strip()


def _kept(plan: Plan, say: Texts) -> str:
    kept = plan.kept
    if kept is None or kept.mean is None:
        return UNDEFINED
    return f"{say.share(kept.mean)} {say.interval(kept, bare_share)}".strip()


def _half(plan: Plan, say: Texts) -> str:
    """When half of the runs are done."""
    half = plan.point.half_done.mean
    return UNDEFINED if half is None else say.moment(plan.times.datetime(half * HOUR))


# --- pictures --------------------------------------------------------------------------------------------------------


def _figures(found: Sweep, plans: Sequence[Plan], say: Texts) -> list[Block]:
    """Two fields: maps. Another number of fields: a row a plan, as long as they can be read."""
    draw = _maps if _two(found) else _rows if len(plans) <= ROWS else None
    return [] if draw is None else draw(found, plans, say)


def _two(found: Sweep) -> bool:
    """Whether the grid is a map that can be read."""
    return len(found.axes) == 2 and all(1 < len(axis.values) <= MOST for axis in found.axes)


def _maps(found: Sweep, plans: Sequence[Plan], say: Texts) -> list[Block]:
    blocks: list[Block] = []
    wanted = found.points[0].study.scenario.targets.probability
    if any(plan.kept is not None for plan in plans):
        shades = [None if p.kept is None else share_shade(p.kept.mean, wanted) for p in plans]
        words = [UNDEFINED if p.kept is None else say.share(p.kept.mean) for p in plans]
        below = ["" if p.kept is None else say.interval(p.kept, bare_share) for p in plans]
        keys = share_keys(wanted, say.whole_share, say("map.under"), say("map.between"), say("map.most"))
        blocks.append(_map(found, plans, "kept", (words, below, shades), legend(keys), say))
    halves = [plan.point.half_done.mean for plan in plans]
    costs = [plan.estimate("cost").mean for plan in plans]
    for name, values, write in (("finish_median", halves, _half), ("cost", costs, _cost_alone)):
        known = [value for value in values if value is not None]
        if not known:
            continue
        low, high = min(known), max(known)
        shades = [shade(value, low, high) for value in values]
        least, most = (write(plans[values.index(end)], say) for end in (low, high))
        of = "_date" if name == "finish_median" else ""
        keys = [("h-0", say(f"sweep.least{of}", value=least)), ("h-4", say(f"sweep.most{of}", value=most))]
        words = [write(plan, say) for plan in plans]
        blocks.append(_map(found, plans, name, (words, [""] * len(plans), shades), legend(keys), say))
    return blocks


def _cost_alone(plan: Plan, say: Texts) -> str:
    return say.money(plan.estimate("cost").mean)


def _map(
    found: Sweep,
    plans: Sequence[Plan],
    what: str,
    cells: tuple[Sequence[str], Sequence[str], Sequence[int | None]],
    keys: Legend,
    say: Texts,
) -> Figure:
    """Rows: the first field, columns: the second, which changes fastest in the grid."""
    down, across = found.axes
    title, head = say(f"sweep.title_{what}"), say(f"sweep.map_{what}")
    places = [
        Place(words, below, level, f"{_values(found, plan)}\n{head}: {words} {below}".rstrip())
        for plan, words, below, level in zip(plans, *cells, strict=True)
    ]
    columns = len(across.values)
    rows = [places[at : at + columns] for at in range(0, len(places), columns)]
    says = say("sweep.map_says", first=_told(places, 0), last=_told(places, -1))
    chart = Chart(title, says, f"sweep-{what}", say.share)
    drawn = map_of(chart, (_field(across.field, say), across.values), (_field(down.field, say), down.values), rows)
    table = [
        [
            Cell(value, name=True),
            *(Cell(f"{words} {below}".strip()) for words, below in _row(cells, at * columns, columns)),
        ]
        for at, value in enumerate(down.values)
    ]
    return Figure(title, drawn, keys, "", Grid(title, [down.field, *across.values], table))


def _row(
    cells: tuple[Sequence[str], Sequence[str], Sequence[int | None]], begin: int, columns: int
) -> list[tuple[str, str]]:
    return list(zip(cells[0][begin : begin + columns], cells[1][begin : begin + columns], strict=True))


def _told(places: Sequence[Place], at: int) -> str:
    """A cell in words, for whoever does not see it."""
    return places[at].tip.replace("\n", ": ")


def _rows(found: Sweep, plans: Sequence[Plan], say: Texts) -> list[Block]:
    """Each plan a row: the targets kept, the cost."""
    blocks: list[Block] = []
    if any(plan.kept is not None for plan in plans):
        wanted = found.points[0].study.scenario.targets.probability
        rows = [replace(_interval_row(found, plan, plan.kept, _kept(plan, say)), other=wanted) for plan in plans]
        blocks.append(_interval_figure(found, "kept", rows, say, share=True))
    costs = [_interval_row(found, plan, plan.estimate("cost"), _cost(plan, say)) for plan in plans]
    if any(row.mean is not None for row in costs):
        blocks.append(_interval_figure(found, "cost", costs, say, share=False))
    return blocks


def _interval_row(found: Sweep, plan: Plan, one: Estimate | None, said: str) -> IntervalRow:
    words = _short(found, plan.point.values)
    return (
        IntervalRow(words, None, None, None, said)
        if one is None
        else IntervalRow(words, one.mean, one.low, one.high, said)
    )


def _interval_figure(found: Sweep, what: str, rows: Sequence[IntervalRow], say: Texts, share: bool) -> Figure:
    title, head = say(f"sweep.title_{what}"), say(f"sweep.map_{what}")
    says = say("sweep.map_says", first=f"{rows[0].words}: {rows[0].said}", last=f"{rows[-1].words}: {rows[-1].said}")
    chart = Chart(title, says, f"sweep-{what}", say.whole_share if share else say.money)
    goal = say("staff.wanted")
    drawn = intervals(chart, rows, zero=False, other=goal, least=(0.0, 1.0) if share else None)
    keys = legend([("1", head), ("other", goal)] if share else [])
    table = [[Cell(row.words, name=True), number_cell(row.said, row.mean)] for row in rows]
    fields = " · ".join(axis.field for axis in found.axes)
    note = say("sweep.row_is", fields=fields) if len(found.axes) > 1 else ""
    return Figure(title, drawn, keys, note, Grid(title, [fields, head], table))


# --- all of it -------------------------------------------------------------------------------------------------------


def _table(found: Sweep, plans: Sequence[Plan], say: Texts) -> Grid:
    """A row a plan: its values and the figures that matter most."""
    columns = OF_THE_LEDGER if found.points[0].ledger_alone else COLUMNS
    shown = [name for name in columns if any(plan.estimate(name).mean is not None for plan in plans)]
    targets = any(plan.kept is not None for plan in plans)
    rows = []
    for plan in plans:
        half = plan.point.half_done.mean
        kept = [_kept_cell(plan, say)] if targets else []
        rows.append(
            [
                *(Cell(value, _float(value), name=True) for value in plan.point.values),
                *kept,
                number_cell(_half(plan, say), half),
                *(_figure_cell(plan, name, say) for name in shown),
            ]
        )
    heads = [axis.field for axis in found.axes] + [say("sweep.map_kept")] * targets
    return Grid(
        say("sweep.table"),
        [*heads, say("sweep.map_finish_median"), *(say.figure(name) for name in shown)],
        rows,
        "plans",
    )


def _figure_cell(plan: Plan, name: str, say: Texts) -> Cell:
    value, ends = say.said(name, plan.estimate(name))
    return number_cell(value, plan.estimate(name).mean, ends)


def _kept_cell(plan: Plan, say: Texts) -> Cell:
    kept = plan.kept
    if kept is None:
        return number_cell(UNDEFINED, None)
    return number_cell(say.share(kept.mean), kept.mean, say.interval(kept, bare_share))


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
