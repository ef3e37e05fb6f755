"""The ledger: what the departments settle, in time or late, and how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from callbacksim.report.page.bands import Banded, banded, bands, edges_of, says
from callbacksim.report.page.blocks import Block, Cell, Figure, Grid, Line, Section, number_cell, plain_grid
from callbacksim.report.page.charts import Chart, Shade, Whole, wholes
from callbacksim.report.page.clock import shades
from callbacksim.report.page.record import Record
from callbacksim.report.page.svg import legend
from callbacksim.report.texts import Texts
from callbacksim.report.words import UNDEFINED
from callbacksim.study.measuring.courses import Band, moments
from callbacksim.study.measuring.timeline import counted

FIGURES = (
    "response_share", "resolved_share", "look_back_satisfied_share", "on_time_share", "overdue", "case_days",
    "misrouted", "looked_back", "reopened", "open_to_5_days", "open_5_to_15_days", "open_over_15_days",
    "clerk_occupancy", "clerk_hours", "clerk_wait",
)  # fmt: skip
STATES = (("in_time", "1"), ("late", "2"), ("unresolved", "4"), ("open", "7"))


def ledger(record: Record, say: Texts) -> Section:
    """The section of the ledger."""
    blocks: list[Block] = []
    over = bands(record, "received", "settled", "due")
    if over:
        blocks += [_departments(record, say), _course(record, say, over)]
    rows: list[Line] = []
    for name in FIGURES:
        value, note = say.said(name, record.estimate(name))
        if value != UNDEFINED:
            rows.append([say.figure(name), (value, record.mean(name)), say.unit_after(name), note])
    heads = [say("head.figure"), say("head.value"), say("head.unit"), say("head.interval")]
    blocks.append(plain_grid(say("ledger.figures"), heads, rows))
    return Section("ledger", say("section.ledger"), say("ledger.lead" if over else "ledger.empty"), blocks)


def _departments(record: Record, say: Texts) -> Figure:
    """Each department's problem cases: resolved in time, resolved late, closed unresolved, open; means of the runs."""
    names, alone = list(record.scenario.ledger.departments), record.over.runs == 1
    found = np.array(record.over.departments.mean).reshape(len(names), -1)
    decimals = 0 if alone else 1
    rows, table = [], []
    for name, (*counts, settled, took) in zip(names, found.tolist(), strict=True):
        total = sum(counts)
        parts = [(class_, say(f"ledger.{state}"), n) for (state, class_), n in zip(STATES, counts, strict=True)]
        rows.append(Whole(name, parts, say.counted("case", total, say.number(total, decimals))))
        days = took / settled if settled else None
        due = record.scenario.ledger.departments[name].due_days
        table.append(
            [
                Cell(name, name=True),
                *(number_cell(say.number(n, decimals), n) for n in (total, *counts)),
                number_cell(say.number(days, 1), days),
                number_cell(say.number(due), due),
            ]
        )
    title = say("ledger.departments")
    cases = float(found[:, : len(STATES)].sum())
    chart = Chart(
        title, say("ledger.departments_say", cases=say.number(cases, decimals)), "departments",
        lambda value: say.number(value, decimals).removesuffix(".0"), say("unit.cases"),
    )  # fmt: skip
    heads = [
        say("ledger.department"), say("ledger.head_cases"), *(say(f"ledger.{state}") for state, _ in STATES),
        say("ledger.head_days"), say("ledger.head_due"),
    ]  # fmt: skip
    keys = legend([(class_, say(f"ledger.{state}")) for state, class_ in STATES])
    return Figure(title, wholes(chart, rows), keys, says(record, say, "means"), Grid(title, heads, table))


def _course(record: Record, say: Texts, over: Sequence[Band]) -> Figure:
    """Cases received, settled and due, added up over time."""
    edges = edges_of(over[0])
    once = [np.cumsum(counted(one, edges)).tolist() for one in moments(record.tables["cases"])]
    received, settled, _ = (say.number(band.median[-1]) for band in over)
    chart = Chart(
        say("ledger.course"), say("ledger.course_say", received=received, settled=settled), "course",
        lambda v: say.number(v), say("unit.cases"), 170,
    )  # fmt: skip
    series = [
        Banded(class_, say(f"ledger.{name}"), band, values)
        for class_, name, band, values in zip("312", ("received", "settled", "due"), over, once, strict=True)
    ]
    off = [("holiday", say("day.off"))]
    return banded(record, say, chart, series, shades=partial(_days_off, record, say), keys=off, added_up=True)


def _days_off(record: Record, say: Texts, edges: list[int]) -> list[Shade]:
    """Days on which no department works are shaded; when it is open of a day is too fine for weeks."""
    return [one for one in shades(record, say, record.times.calling, edges, "") if one.class_ != "open"]
