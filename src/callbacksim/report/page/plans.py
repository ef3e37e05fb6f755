"""Plans side by side: what each gives, and how each differs from the first on the same people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from callbacksim.report.page.blocks import Cell, Figure, Grid, Line, Section, number_cell, plain_grid
from callbacksim.report.page.charts import Chart, IntervalRow, intervals
from callbacksim.report.page.record import estimate_of
from callbacksim.report.texts import Texts
from callbacksim.report.words import UNDEFINED, counts, fitting, number
from callbacksim.study.estimates import Estimate
from callbacksim.study.summary import WORDS

SHOWN = (
    "finish", "cost", "cost_per_interview", "interviews", "satisfied", "error", "missed", "line_occupancy",
    "agent_occupancy", "called_back_in_time", "wait_mean", "people_employed", "agent_hours", "transferred_in_time",
    "found_on_recordings", "ledger_finish", "resolved_share", "look_back_satisfied_share", "on_time_share", "overdue",
)  # fmt: skip
"""Of the compared figures those that a reader decides by."""


def plans(comparison: Mapping[str, Any], start: dt.date, say: Texts) -> Section:
    """The section of a comparison, from what `compare --json` prints; `start` is the first day."""
    base, names = comparison["base"], list(comparison["plans"])
    lead = say(
        "plans.lead",
        base=base,
        level=say.share(comparison["differences_confidence"]),
        runs=say.number(comparison["replications"]),
    )
    blocks: list[Figure | Grid] = [_against(comparison, name, base, say) for name in names[1:]]
    return Section("plans", say("section.plans"), lead, [_side_by_side(comparison, names, start, say), *blocks])


MANY = 4
"""Of more plans than these the table has the values alone, without their intervals: who can compare such cells?"""


def _side_by_side(comparison: Mapping[str, Any], names: Sequence[str], start: dt.date, say: Texts) -> Grid:
    rows = []
    for figure in (*_promises(comparison), *SHOWN):
        shown = {"finish": "finish_median"}.get(figure, figure)
        cells = [_figure_of(comparison["plans"][name], shown, comparison, start, say) for name in names]
        if any(cell.text != UNDEFINED for cell in cells):
            rows.append([Cell(say.figure(shown)), *cells, Cell(say.unit_after(shown))])
    return Grid(say("plans.side_by_side"), [say("head.figure"), *names, say("head.unit")], rows, class_="plans")


def _promises(comparison: Mapping[str, Any]) -> list[str]:
    known = [plan["measures"].get("finish_by_target", {}).get("mean") for plan in comparison["plans"].values()]
    return ["finish_by_target"] if any(one is not None for one in known) else []


def _figure_of(plan: Mapping[str, Any], figure: str, comparison: Mapping[str, Any], start: dt.date, say: Texts) -> Cell:
    found = plan["measures"].get(figure) or plan["survey"].get(figure) or {}
    estimate = estimate_of(found, comparison["replications"], comparison["differences_confidence"])
    if WORDS[figure].unit.startswith("hours since"):
        if len(comparison["plans"]) > MANY:
            estimate = replace(estimate, low=None, high=None)
        moments = [
            None if hours is None else say.moment(dt.datetime.combine(start, dt.time()) + dt.timedelta(hours=hours))
            for hours in (estimate.mean, estimate.low, estimate.high)
        ]
        between = say("finish.between", low=moments[1], high=moments[2]) if moments[1] and moments[2] else ""
        return number_cell(moments[0] or UNDEFINED, estimate.mean, between)
    value, note = say.said(figure, estimate)
    return number_cell(value, estimate.mean, "" if len(comparison["plans"]) > MANY else note)


def _against(comparison: Mapping[str, Any], name: str, base: str, say: Texts) -> Figure:
    differences = comparison["differences"][name]
    rows: list[IntervalRow] = []
    table: list[Line] = []
    for figure in SHOWN:
        found = differences.get(figure)
        if not found or found["difference"] is None:
            continue
        estimate = estimate_of(found, comparison["replications"], comparison["differences_confidence"])
        scaled, said, unit = difference(figure, estimate, say)
        widest = max(
            abs(one) * (100 if WORDS[figure].unit.startswith(("share", "probability")) else 1)
            for plan in comparison["differences"].values()
            for one in (plan[figure]["difference"], plan[figure]["low"], plan[figure]["high"])
            if one is not None
        )
        clear = scaled.mean != 0 and scaled.excludes(0)
        class_ = ("1" if scaled.mean and scaled.mean < 0 else "2") if clear else "5"
        words = say.figure(figure)
        rows.append(
            IntervalRow(
                words,
                scaled.mean,
                scaled.low,
                scaled.high,
                f"{said} {unit}".strip(),
                class_=class_,
                scale=widest or 1.0,
            )
        )
        table.append(
            [
                words,
                (said, scaled.mean),
                unit,
                say("plans.clear" if clear else "plans.same" if scaled.mean == 0 else "plans.unclear"),
            ]
        )
    title = say("plans.against", plan=name, base=base)
    says = say("plans.says", rows=say.listed([f"{row.words} {row.said}" for row in rows[:6]]))
    chart = Chart(title, says, "differences", say.points)
    heads = [say("head.figure"), say("plans.difference"), say("head.unit"), say("plans.direction")]
    drawn = intervals(chart, rows, zero=True, column=240, said=270)
    return Figure(title, drawn, note=say("plans.note"), table=plain_grid(title, heads, table))


def difference(figure: str, estimate: Estimate, say: Texts) -> tuple[Estimate, str, str]:
    """The difference in the unit in which it is written, its words with the interval, and that unit."""
    unit = WORDS[figure].unit
    factor, unit_words = 1.0, say.unit_after(figure)
    if unit.startswith(("share", "probability")):
        factor, unit_words = 100.0, say("plans.points")
    elif unit == "percentage points":
        unit_words = say("plans.points")
    elif unit.startswith("hours since"):
        unit_words = say("unit.hours")
    scaled = times(estimate, factor)
    if unit.startswith("¥"):

        def write(value: float) -> str:
            return f"{'+' if value > 0 else ''}{say.money(value)}"
    else:
        plain = counts(1) if factor == 100 else counts(min(fitting(scaled), 2))

        def write(value: float) -> str:
            text = plain(value)
            return f"+{text}" if value > 0 and any(c in "123456789" for c in text) else text

    mean = scaled.mean or 0.0
    return scaled, f"{write(mean)} {say.interval(scaled, write)}".strip() if mean else number(0), unit_words


def times(estimate: Estimate, factor: float) -> Estimate:
    """The same in a smaller unit."""
    mean, low, high = (None if one is None else factor * one for one in (estimate.mean, estimate.low, estimate.high))
    return replace(estimate, mean=mean, low=low, high=high)
