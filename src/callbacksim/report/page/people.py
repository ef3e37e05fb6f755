"""The people who call back: the backlog, the waits against the promise, the hours needed and on duty."""

from __future__ import annotations

import numpy as np

from callbacksim.report.page.blocks import Block, Figure, Line, Section, plain_grid
from callbacksim.report.page.charts import Chart, Series, grouped, over_time
from callbacksim.report.page.clock import of_one_run, shades, table_over_time, time_axis
from callbacksim.report.page.record import Record
from callbacksim.report.page.svg import legend
from callbacksim.report.texts import Texts
from callbacksim.report.words import UNDEFINED
from callbacksim.scenario.calendar import DAY, HOUR
from callbacksim.study.timeline import Ints, backlog, bins, busy, capacity, waits

FIGURES = (
    "escalations", "called_back_in_time", "wait_mean", "wait_p95", "backlog_most", "agent_occupancy", "people_at_work",
    "people_employed", "never_tried", "transfers", "transferred_in_time", "abandoned_share", "recordings",
    "found_on_recordings", "listener_occupancy",
)  # fmt: skip


def people(record: Record, say: Texts) -> Section:
    """The section of the people."""
    blocks: list[Block] = []
    escalations = record.tables["escalations"]
    if len(escalations["ready"]):
        last = int(max(escalations["ready"].max(), escalations["settled_at"].max()))
        edges = bins(int(escalations["ready"].min()), last)
        blocks += [_backlog(record, say, edges), _waits(record, say), _hours(record, say)]
    rows: list[Line] = []
    for name in FIGURES:
        value, note = say.said(name, record.estimate(name))
        if value != UNDEFINED:
            rows.append([say.figure(name), (value, record.mean(name)), say.unit_after(name), note])
    heads = [say("head.figure"), say("head.value"), say("head.unit"), say("head.interval")]
    blocks.append(plain_grid(say("people.figures"), heads, rows))
    agents = record.scenario.agents
    lead = say("people.lead", minutes=f"{agents.within_minutes:g}", people=say.number(record.times.people.most()))
    return Section("people", say("section.people"), lead, blocks)


def _backlog(record: Record, say: Texts, edges: Ints) -> Figure:
    table = record.tables["escalations"]
    waiting = backlog(table["ready"], table["settled_at"], edges[:-1]).tolist()
    axis = time_axis(record, say, edges.tolist())
    title = say("people.backlog")
    chart = Chart(
        title,
        say("people.backlog_say", most=say.number(max(waiting))),
        "backlog",
        lambda v: say.number(v),
        say("unit.contacts"),
        160,
    )
    series = [Series("2", say("people.waiting"), waiting)]
    shaded = shades(record, say, record.times.roster, edges.tolist(), say("day.roster"))
    keys = legend([("2", series[0].words), ("open", say("day.roster")), ("holiday", say("day.off"))])
    numbers = table_over_time(title, axis, series, say)
    return Figure(title, over_time(chart, axis, series, shades=shaded), keys, of_one_run(record, say), numbers)


def _waits(record: Record, say: Texts) -> Figure:
    """How long the first call-back let people wait: within the promise in one colour, later in another."""
    minutes, never = waits(record.tables["escalations"], record.times.roster)
    limit = record.scenario.agents.within_minutes
    width = _nice(limit)
    bars = 12
    upper = [width * (at + 1) for at in range(bars)]
    counts = [int(((minutes > value - width) & (minutes <= value)).sum()) for value in upper]
    counts[0] += int((minutes <= 0).sum())
    late = int((minutes > upper[-1]).sum())
    groups = (
        [f"{value - width:g}–{value:g}" for value in upper] + [f"> {upper[-1]:g}"] + [say("people.never")] * bool(never)
    )
    values = [*counts, late, *([never] if never else [])]
    within = [value if at < bars and upper[at] <= limit else 0 for at, value in enumerate(values)]
    beyond = [value - inside for value, inside in zip(values, within, strict=True)]
    series = [Series("1", say("people.in_time"), within), Series("2", say("people.late"), beyond)]
    title = say("people.waits", minutes=f"{limit:g}")
    share = record.result["measures"].get("called_back_in_time", {}).get("mean")
    says = say("people.waits_say", n=say.number(sum(within)), all=say.number(sum(values)))
    chart = Chart(title, says, "waits", lambda v: say.number(v), say("unit.contacts"), 150)
    rows: list[Line] = [[group, (say.number(value), value)] for group, value in zip(groups, values, strict=True)]
    note = "" if share is None else say("people.share", share=say.share(share))
    keys = legend([("1", series[0].words), ("2", series[1].words)])
    table = plain_grid(title, [say("people.head_wait"), say("people.head_n")], rows)
    note = say.sentences([of_one_run(record, say), note])
    return Figure(title, grouped(chart, groups, series), keys, note, table)


def _nice(limit: float) -> float:
    """A bin of waits: a whole part of the limit, so that no bar holds both sides of it."""
    return limit / 6 if limit > 0 else 10.0


def _hours(record: Record, say: Texts) -> Figure:
    """Hours of work on call-backs against the hours on duty, day by day."""
    tries, transfers = record.tables["tries"], record.tables["transfers"]
    taken = transfers["start"] >= 0
    begin = np.concatenate([tries["start"], transfers["start"][taken]])
    end = np.concatenate([tries["end"], transfers["end"][taken]])
    ready = record.tables["escalations"]["ready"]
    first, last = int(ready.min()), int(max(end.max(initial=0), ready.max()))
    width = HOUR if last - first <= 4 * DAY else DAY
    edges = np.arange(first // width * width, last + width, width, dtype=np.int64)
    factor = width / HOUR
    worked, there = busy(begin, end, edges) * factor, capacity(record.tables["people"], edges) * factor
    axis = time_axis(record, say, edges.tolist())
    title = say("people.hours_by_day" if width == DAY else "people.hours")
    chart = Chart(
        title,
        say("people.hours_say", worked=say.number(float(worked.sum()), 1), there=say.number(float(there.sum()), 1)),
        "hours",
        lambda v: say.number(v, 1).removesuffix(".0"),
        say("unit.hours"),
        150,
    )
    bars = [Series("1", say("people.worked"), [round(v, 2) for v in worked.tolist()])]
    lines = [Series("2", say("people.on_duty"), [round(v, 2) for v in there.tolist()])]
    table = table_over_time(title, axis, [*bars, *lines], say, decimals=2)
    keys = legend([("1", bars[0].words), ("line-2", lines[0].words)])
    return Figure(title, over_time(chart, axis, bars, lines), keys, of_one_run(record, say), table)
