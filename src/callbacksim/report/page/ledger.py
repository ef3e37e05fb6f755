"""The ledger: what the departments settle, in time or late, and how long it takes."""

from __future__ import annotations

import numpy as np

from callbacksim.campaign.outcomes import CaseStatus, Item
from callbacksim.report.page.blocks import Block, Cell, Figure, Grid, Line, Section, number_cell, plain_grid
from callbacksim.report.page.charts import Chart, Series, Whole, over_time, wholes
from callbacksim.report.page.clock import of_one_run, time_axis
from callbacksim.report.page.record import Record
from callbacksim.report.page.svg import legend
from callbacksim.report.texts import Texts
from callbacksim.report.words import UNDEFINED
from callbacksim.scenario.calendar import DAY, NEVER
from callbacksim.study.timeline import Ints, bins, counted

FIGURES = (
    "response_share", "resolved_share", "look_back_satisfied_share", "on_time_share", "overdue", "case_days",
    "misrouted", "looked_back", "reopened", "open_to_5_days", "open_5_to_15_days", "open_over_15_days",
    "clerk_occupancy", "clerk_hours", "clerk_wait",
)  # fmt: skip
STATES = (("in_time", "1"), ("late", "2"), ("unresolved", "4"), ("open", "7"))


def ledger(record: Record, say: Texts) -> Section:
    """The section of the ledger."""
    cases = record.tables["cases"]
    sent = (cases["item"] == Item.PROBLEM) & (cases["received"] >= 0)
    blocks: list[Block] = []
    if sent.any():
        blocks += [_departments(record, say, sent), _course(record, say, sent)]
    rows: list[Line] = []
    for name in FIGURES:
        value, note = say.said(name, record.estimate(name))
        if value != UNDEFINED:
            rows.append([say.figure(name), (value, record.mean(name)), say.unit_after(name), note])
    blocks.append(
        plain_grid(
            say("ledger.figures"), [say("head.figure"), say("head.value"), say("head.unit"), say("head.interval")], rows
        )
    )
    return Section("ledger", say("section.ledger"), say("ledger.lead" if sent.any() else "ledger.empty"), blocks)


def _departments(record: Record, say: Texts, sent: Ints) -> Figure:
    """Each department's problem cases: resolved in time, resolved late, closed unresolved, open."""
    cases, names = record.tables["cases"], list(record.scenario.ledger.departments)
    status, in_time = cases["status"], cases["end"] <= cases["due"]
    resolved = status == CaseStatus.RESOLVED
    which = (resolved & in_time, resolved & ~in_time, status == CaseStatus.CLOSED_UNRESOLVED, status == CaseStatus.OPEN)
    rows, table = [], []
    for at, name in enumerate(names):
        of = sent & (cases["department"] == at)
        counts = [int((of & one).sum()) for one in which]
        settled = of & (cases["end"] >= 0)
        took = (cases["end"] - cases["forwarded"])[settled] / DAY
        days = float(np.median(took)) if len(took) else None
        parts = [(class_, say(f"ledger.{state}"), float(n)) for (state, class_), n in zip(STATES, counts, strict=True)]
        rows.append(Whole(name, parts, say("ledger.cases", n=say.number(int(of.sum())))))
        due = record.scenario.ledger.departments[name].due_days
        table.append(
            [
                Cell(name, name=True),
                *(number_cell(say.number(n), n) for n in (int(of.sum()), *counts)),
                number_cell(say.number(days, 1), days),
                number_cell(say.number(due), due),
            ]
        )
    title = say("ledger.departments")
    says = say("ledger.departments_say", cases=say.number(int(sent.sum())))
    chart = Chart(title, says, "departments", lambda value: say.number(value))
    heads = [
        say("ledger.department"), say("ledger.head_cases"), *(say(f"ledger.{state}") for state, _ in STATES),
        say("ledger.head_days"), say("ledger.head_due"),
    ]  # fmt: skip
    keys = legend([(class_, say(f"ledger.{state}")) for state, class_ in STATES])
    return Figure(
        title,
        wholes(chart, rows),
        keys,
        of_one_run(record, say),
        Grid(title, heads, table),
    )


def _course(record: Record, say: Texts, sent: Ints) -> Figure:
    """Cases received, settled and due, added up over time."""
    cases = record.tables["cases"]
    received, ended, due = (cases[name][sent] for name in ("received", "end", "due"))
    ended, due = ended[ended >= 0], due[(due >= 0) & (due < NEVER)]
    last = max(int(one.max(initial=0)) for one in (received, ended, due))
    edges = bins(int(received.min()), last, 120)
    sums = [np.cumsum(counted(one, edges)).tolist() for one in (received, ended, due)]
    axis = time_axis(record, say, edges.tolist())
    title = say("ledger.course")
    chart = Chart(
        title,
        say("ledger.course_say", received=say.number(len(received)), settled=say.number(len(ended))),
        "course",
        lambda v: say.number(v),
        say("unit.cases"),
        170,
    )
    names = ("received", "settled", "due")
    series = [
        Series(class_, say(f"ledger.{name}"), values) for class_, name, values in zip("521", names, sums, strict=True)
    ]
    filled = Series("1", series[1].words, sums[1])
    lines = [Series("5", series[0].words, sums[0]), Series("2", series[2].words, sums[2])]
    drawn = over_time(chart, axis, [filled], lines)
    rows: list[Line] = []
    before: tuple[int, ...] = ()
    for at in range(len(edges) - 1):
        now = tuple(one[at] for one in sums)
        if now != before:
            rows.append([axis.bins[at], *((say.number(value), float(value)) for value in now)])
        before = now
    table = plain_grid(title, [say("time.when"), *(one.words for one in series)], rows)
    keys = legend([("1", filled.words), ("line-5", lines[0].words), ("line-2", lines[1].words)])
    return Figure(title, drawn, keys, of_one_run(record, say), table)
