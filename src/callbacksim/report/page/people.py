"""The people who call back: the backlog, the waits against the promise, the hours needed and on duty."""

from __future__ import annotations

from functools import partial

import numpy as np

from callbacksim.report.page.bands import Banded, banded, bands, edges_of, says
from callbacksim.report.page.blocks import Block, Figure, Line, Section, plain_grid
from callbacksim.report.page.charts import Chart, Series, Shade, grouped
from callbacksim.report.page.clock import shades
from callbacksim.report.page.record import Record
from callbacksim.report.page.svg import legend
from callbacksim.report.texts import Texts
from callbacksim.report.words import UNDEFINED
from callbacksim.scenario.calendar import DAY, HOUR
from callbacksim.study.measuring.courses import WAITS, Band, wait_width, work
from callbacksim.study.measuring.timeline import backlog, busy, capacity

FIGURES = (
    "escalations", "called_back_in_time", "wait_mean", "wait_p95", "backlog_most", "agent_occupancy", "people_at_work",
    "people_employed", "never_tried", "transfers", "transferred_in_time", "abandoned_share", "recordings",
    "found_on_recordings", "listener_occupancy",
)  # fmt: skip


def people(record: Record, say: Texts) -> Section:
    """The section of the people."""
    blocks: list[Block] = []
    if over := bands(record, "waiting", "worked"):
        waiting, worked = over
        blocks += [_backlog(record, say, waiting), _waits(record, say), _hours(record, say, worked)]
    rows: list[Line] = []
    for name in FIGURES:
        value, note = say.said(name, record.estimate(name))
        if value != UNDEFINED:
            rows.append([say.figure(name), (value, record.mean(name)), say.unit_after(name), note])
    heads = [say("head.figure"), say("head.value"), say("head.unit"), say("head.interval")]
    blocks.append(plain_grid(say("people.figures"), heads, rows))
    agents = record.scenario.agents
    lead = say(
        "people.lead", minutes=f"{agents.within_minutes:g}", people=say.counted("person", record.times.people.most())
    )
    return Section("people", say("section.people"), lead, blocks)


def _backlog(record: Record, say: Texts, over: Band) -> Figure:
    """Those who were sent to people and are not settled, at the beginning of each bin."""
    table = record.tables["escalations"]
    once = backlog(table["ready"], table["settled_at"], edges_of(over)[:-1]).tolist()
    says = say("people.backlog_say", most=say.number(max(over.median)), high=say.number(max(over.high)))
    chart = Chart(say("people.backlog"), says, "backlog", lambda v: say.number(v), say("unit.contacts"), 160)
    series = [Banded("2", say("people.waiting"), over, once)]
    keys = [("open", say("day.roster")), ("holiday", say("day.off"))]
    return banded(record, say, chart, series, shades=partial(_at_work, record, say), keys=keys)


def _at_work(record: Record, say: Texts, edges: list[int]) -> list[Shade]:
    return shades(record, say, record.times.roster, edges, say("day.roster"))


def _waits(record: Record, say: Texts) -> Figure:
    """How long the first call-back let people wait: within the promise in one colour, later in another."""
    limit, found = record.scenario.agents.within_minutes, record.over.waits
    upper = [wait_width(limit) * (at + 1) for at in range(WAITS)]
    groups = [f"{end - upper[0]:g}–{end:g}" for end in upper] + [f"> {upper[-1]:g}", say("people.never")]
    shown = len(groups) - (found.high[-1] == 0)  # who is never tried is rare
    groups, values = groups[:shown], found.mean[:shown]
    within = [value if at < WAITS and upper[at] <= limit else 0 for at, value in enumerate(values)]
    beyond = [value - inside for value, inside in zip(values, within, strict=True)]
    series = [Series("1", say("people.in_time"), within), Series("2", say("people.late"), beyond)]
    title, alone = say("people.waits", minutes=f"{limit:g}"), record.over.runs == 1
    share = record.estimate("called_back_in_time")
    decimals = 0 if alone else 1
    says_ = say("people.waits_say", n=say.number(sum(within), decimals), all=say.number(sum(values), decimals))

    def write(value: float) -> str:
        return say.number(value, decimals).removesuffix(".0")

    chart = Chart(title, says_, "waits", write, say("unit.contacts"), 150)
    ends = [] if alone else list(zip(found.low, found.high, strict=True))[:shown]
    spans = [say("said.interval", ends=f"{write(low)}–{write(high)}") for low, high in ends] or [""] * shown
    rows: list[Line] = [
        [group, (f"{write(value)} {span}".strip(), value)]
        for group, value, span in zip(groups, values, spans, strict=True)
    ]
    said = say.in_words("called_back_in_time", share)
    note = "" if share.mean is None or record.runs == 1 else say("people.share", share=said)
    keys = legend([("1", series[0].words), ("2", series[1].words)])
    table = plain_grid(title, [say("people.head_wait"), say("people.head_n")], rows)
    note = say.sentences([says(record, say, "whiskers"), note])
    return Figure(title, grouped(chart, groups, series, ends=ends), keys, note, table)


def _hours(record: Record, say: Texts, over: Band) -> Figure:
    """Hours of work on call-backs against the hours on duty, hour by hour or day by day."""
    edges = edges_of(over)
    factor = np.diff(edges) / HOUR
    once = busy(*work(record.tables), edges) * factor
    there = capacity(record.tables["people"], edges) * factor
    day = int(edges[1] - edges[0]) >= DAY
    says = say("people.hours_say", worked=say.number(sum(over.mean), 1), there=say.number(float(there.sum()), 1))
    chart = Chart(
        say("people.hours_by_day" if day else "people.hours"), says, "work",
        lambda v: say.number(v, 1).removesuffix(".0"), say("unit.hours"), 150,
    )  # fmt: skip
    series = [Banded("1", say("people.worked"), over, once.round(3).tolist())]
    on_duty = Series("2", say("people.on_duty"), there.round(3).tolist())
    return banded(record, say, chart, series, lambda _: [on_duty])
