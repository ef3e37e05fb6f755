"""When it is done: the finish of every run, the promised date marked; and when the ledger is."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from callbacksim.report.page.blocks import Block, Figure, Grid, Line, Prose, Section, plain_grid
from callbacksim.report.page.charts import Chart, Mark, Series, over_time
from callbacksim.report.page.clock import time_axis
from callbacksim.report.page.record import Record, finite
from callbacksim.report.page.svg import legend
from callbacksim.report.texts import Texts
from callbacksim.report.words import UNDEFINED
from callbacksim.scenario.calendar import HOUR
from callbacksim.study.estimates import Estimate, quantile
from callbacksim.study.measuring.timeline import bins, counted


def finish(record: Record, say: Texts) -> Section | None:
    """The section of the dates."""
    names = ("ledger_finish",) if record.mode == "ledger" else ("finish", "ledger_finish")
    blocks: list[Block] = [block for name in names if (block := _distribution(record, say, name))]
    rows = [
        [say.figure(name), *_dates(record, say, name)]
        for name in ("finish", "dialling_finish", "ledger_finish")
        if name in names or (name == "dialling_finish" and record.mode == "callback")
    ]
    heads = [say(f"finish.head_{name}") for name in ("what", "half", "late", "cut")]
    blocks.append(plain_grid(say("finish.dates"), heads, rows))
    if evenings := record.result["finish"].get("by"):
        blocks.append(_evenings(evenings, say))
    return Section("finish", say("section.finish"), say("finish.lead"), blocks)


def _evenings(evenings: Sequence[Mapping[str, Any]], say: Texts) -> Grid:
    """The finish as a distribution over the ends of days' work."""
    rows: list[Line] = []
    for one in evenings:
        ends = say("said.interval", ends=f"{say.number(one['low'], 2)}–{say.number(one['high'], 2)}")
        probability = (say.number(one["probability"], 2), one["probability"])
        rows.append([say.moment(dt.datetime.fromisoformat(one["date"])), probability, ends])
    heads = [say("finish.head_evening"), say("finish.head_probability"), say("head.interval")]
    return plain_grid(say("finish.evenings"), heads, rows)


def _dates(record: Record, say: Texts, name: str) -> list[str]:
    values, level = record.values(name), float(record.result["confidence"])
    cells = []
    for share in (0.5, 0.95):
        found = quantile(values, share, level)
        if found.mean is None:
            cells.append(UNDEFINED)
            continue
        cells.append(f"{say.moment(record.date(found.mean))} {dates_between(record, say, found)}".strip())
    cut = sum(math.isinf(value) for value in values)
    return [*cells, say("finish.of", cut=say.number(cut), runs=say.number(len(values)))]


def dates_between(record: Record, say: Texts, found: Estimate) -> str:
    """The interval of a date, in brackets; as much of it as there is."""
    low, high = (None if end is None else say.moment(record.date(end)) for end in (found.low, found.high))
    if low is not None and high is not None:
        return say("finish.between", low=low, high=high)
    if low is not None:
        return say("finish.not_before", low=low)
    return "" if high is None else say("finish.not_after", high=high)


def _distribution(record: Record, say: Texts, name: str) -> Figure | Prose | None:
    """When how many runs are finished; that none is, in words; None where there is nothing to finish."""
    hours, horizon = finite(record.values(name)), say.moment(record.times.datetime(record.times.horizon))
    cut = sum(math.isinf(value) for value in record.values(name))
    if not hours and not cut:
        return None
    if not hours:
        words = say("finish.nobody", what=say.figure(name), runs=say.number(cut), horizon=horizon)
        return Prose(say("finish.nobody_once", what=say.figure(name), horizon=horizon) if cut == 1 else words)
    promised = record.scenario.targets.finish_by if name == "finish" else None
    promise = None if promised is None else record.times.ms(promised)
    times = np.array([round(hour * HOUR) for hour in hours], dtype=np.int64)
    first, last = int(times.min()), int(times.max())
    pad = max((last - first) // 20, HOUR)
    if promise is not None and first - 20 * (last - first) - 7 * 24 * HOUR < promise < last + 7 * 24 * HOUR + 20 * (
        last - first
    ):
        first, last = min(first, promise), max(last, promise)
    edges = bins(max(0, first - pad), last + pad, 70)
    values = counted(times, edges).tolist()
    marks = _marks(record, say, hours, promise, edges.tolist())
    title = say(f"finish.title_{name}")
    median = say.moment(record.date(sorted(hours)[(len(hours) - 1) // 2]))
    says = say("finish.says", runs=say.number(len(hours)), median=median)
    chart = Chart(title, says, name, lambda value: say.number(value), say("unit.runs"), 150)
    axis = time_axis(record, say, edges.tolist())
    series = [Series("1", say("finish.runs"), values)]
    rows: list[Line] = [[axis.bins[at], (say.number(value), value)] for at, value in enumerate(values) if value]
    table = plain_grid(title, [say("time.when"), say("finish.runs")], rows)
    drawn = over_time(chart, axis, series, marks=marks)
    notes = [say("finish.promised", date=say.moment(promised))] if promised is not None else []
    if cut:
        notes.append(say("finish.not_drawn", cut=say.number(cut), runs=say.number(record.runs), horizon=horizon))
    return Figure(title, drawn, legend([("1", say("finish.runs"))]), say.sentences(notes), table)


def _marks(record: Record, say: Texts, hours: Sequence[float], promise: int | None, edges: Sequence[int]) -> list[Mark]:
    ordered = sorted(hours)
    marks = []
    if len(ordered) > 1:
        marks.append(Mark(ordered[(len(ordered) - 1) // 2] * HOUR, say("finish.median")))
        if len(ordered) == record.runs:
            marks.append(Mark(ordered[math.ceil(0.95 * len(ordered)) - 1] * HOUR, say("finish.p95")))
    if promise is not None and edges[0] <= promise <= edges[-1]:
        marks.append(Mark(promise, say("finish.promise"), "mark promise"))
    return sorted(marks, key=lambda mark: mark.at)
