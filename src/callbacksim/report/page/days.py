"""The days of one replication: calls and answers, lines in use, and what comes of calls by hour and by attempt."""

from __future__ import annotations

import numpy as np

from callbacksim.campaign.outcomes import INTERVIEWED, LIVE, Outcome
from callbacksim.report.page.blocks import Block, Cell, Figure, Grid, Line, Section, number_cell, plain_grid
from callbacksim.report.page.charts import Chart, Series, Whole, grouped, over_time, wholes
from callbacksim.report.page.clock import of_one_run, shades, table_over_time, time_axis
from callbacksim.report.page.record import Record
from callbacksim.report.page.svg import legend
from callbacksim.report.texts import Texts
from callbacksim.scenario.calendar import DAY, HOUR, day_kind
from callbacksim.study.timeline import Ints, bins, busy, by_attempt, by_hour, capacity, counted

GROUPS = (
    ("interviewed", "1", (Outcome.COMPLETE, Outcome.PARTIAL)),
    ("early", "2", (Outcome.BREAK_OFF, Outcome.REFUSAL, Outcome.OPT_OUT)),
    ("no_answer", "5", (Outcome.NO_ANSWER,)),
    ("engaged", "4", (Outcome.BUSY, Outcome.VOICEMAIL, Outcome.REJECTED)),
    ("not_in_service", "6", (Outcome.NOT_IN_SERVICE,)),
)
BOUNDS = (("bound_by_lines", "1"), ("bound_by_pace", "3"), ("bound_by_engaged", "4"), ("bound_by_gaps", "5"))


def days(record: Record, say: Texts) -> Section:
    """The section of the days."""
    attempts = record.tables["attempts"]
    if not len(attempts["start"]):
        return Section("days", say("section.days"), say("days.nobody"), [])
    edges = bins(int(attempts["start"].min()), int(attempts["free"].max()))
    blocks: list[Block] = [
        _calls(record, say, edges),
        _lines(record, say, edges),
        *_binding(record, say),
        _table(record, say),
    ]
    return Section("days", say("section.days"), say("days.lead", runs=say.number(record.runs)), blocks)


def _calls(record: Record, say: Texts, edges: Ints) -> Figure:
    attempts = record.tables["attempts"]
    start, outcome = attempts["start"], attempts["outcome"]
    axis = time_axis(record, say, edges.tolist())
    interviewed, live = np.isin(outcome, INTERVIEWED), np.isin(outcome, LIVE)
    series = [
        Series("1", say("outcome.interviewed"), counted(start[interviewed], edges).tolist()),
        Series("2", say("outcome.early"), counted(start[live & ~interviewed], edges).tolist()),
        Series("5", say("days.unanswered"), counted(start[~live], edges).tolist()),
    ]
    title = say("days.calls", width=_width(edges, say))
    says = say("days.calls_say", calls=say.number(len(start)), answers=say.number(int(live.sum())))
    chart = Chart(title, says, "calls", lambda value: say.number(value), say("unit.calls"))
    shaded = shades(record, say, record.times.calling, edges.tolist(), say("day.window"))
    keys = legend([*_keys(series), *_day_keys(say)])
    drawn = over_time(chart, axis, series, shades=shaded)
    return Figure(title, drawn, keys, of_one_run(record, say), table_over_time(title, axis, series, say))


def _lines(record: Record, say: Texts, edges: Ints) -> Figure:
    attempts = record.tables["attempts"]
    used = busy(attempts["start"], attempts["free"], edges)
    there = capacity(record.tables["lines"], edges)
    axis = time_axis(record, say, edges.tolist())
    key = "callers" if record.mode == "manual" else "lines"
    title = say(f"days.{key}")
    share = float(used.sum() / there.sum()) if there.sum() else 0.0
    chart = Chart(
        title,
        say(f"days.{key}_say", share=say.share(share)),
        "lines",
        lambda v: say.number(v, 1).removesuffix(".0"),
        say(f"unit.{'people' if key == 'callers' else 'lines'}"),
    )
    bars = [Series("1", say(f"days.{key}_used"), [round(v, 2) for v in used.tolist()])]
    line = [Series("2", say(f"days.{key}_there"), [round(v, 2) for v in there.tolist()])]
    shaded = shades(record, say, record.times.calling, edges.tolist(), say("day.window"))
    keys = legend([*_keys(bars), ("line-2", line[0].words), *_day_keys(say)])
    table = table_over_time(title, axis, [*bars, *line], say, decimals=1)
    return Figure(title, over_time(chart, axis, bars, line, shaded), keys, of_one_run(record, say), table)


def _binding(record: Record, say: Texts) -> list[Block]:
    """What the calling hours are spent on."""
    parts = [(class_, say(f"days.{name}"), record.mean(name) or 0.0) for name, class_ in BOUNDS]
    if record.mean("bound_by_lines") is None:
        return []
    title = say("days.binding")
    says = say.listed([f"{words} {say.share(value)}" for _, words, value in parts])
    drawn = wholes(Chart(title, says, "binding", say.share), [Whole("", parts)], column=24, said=30, shares=True)
    rows: list[Line] = [[words, (say.share(value), value)] for _, words, value in parts]
    keys = legend([(class_, f"{words} {say.share(value)}") for class_, words, value in parts])
    return [
        Figure(
            title, drawn, keys, say("days.binding_note"), plain_grid(title, [say("head.part"), say("head.share")], rows)
        )
    ]


def _table(record: Record, say: Texts) -> Grid:
    """One row a day on which anything was called."""
    attempts = record.tables["attempts"]
    day, live = attempts["start"] // DAY, np.isin(attempts["outcome"], LIVE)
    interviewed = np.isin(attempts["outcome"], INTERVIEWED)
    rows = []
    for at in np.unique(day).tolist():
        of = day == at
        edges = np.array([at * DAY, (at + 1) * DAY], dtype=np.int64)
        there = float(capacity(record.tables["lines"], edges)[0])
        used = float(busy(attempts["start"], attempts["free"], edges)[0])
        date = record.times.datetime(at * DAY).date()
        calls, answers, done = int(of.sum()), int((of & live).sum()), int((of & interviewed).sum())
        kind = day_kind(date, record.scenario.calendar)
        rows.append(
            [
                Cell(say.day(date), float(at)),
                Cell(say(f"day.{kind}")),
                number_cell(say.number(calls), calls),
                number_cell(say.number(answers), answers),
                number_cell(say.share(answers / calls), answers / calls),
                number_cell(say.number(done), done),
                number_cell(say.share(used / there) if there else "", used / there if there else None),
            ]
        )
    heads = [say(f"days.head_{name}") for name in ("day", "kind", "calls", "answers", "answered", "interviews", "busy")]
    return Grid(say("days.table"), heads, rows)


def outcomes(record: Record, say: Texts) -> Section | None:
    """The section of what comes of calls, by hour and by number of the call."""
    attempts = record.tables["attempts"]
    if not len(attempts["start"]):
        return None
    hours = by_hour(attempts)
    called = [hour for hour in range(24) if hours[hour].sum()]
    first, last = called[0], called[-1] + 1
    of_hours = [f"{hour:02d}–{hour + 1:02d}" for hour in range(first, last)]
    calls = by_attempt(attempts)[:MOST_ATTEMPTS]
    of_calls = [say("outcome.nth", n=at + 1) for at in range(len(calls))]
    blocks = [
        _outcomes(record, say, "hours", of_hours, hours[first:last]),
        _outcomes(record, say, "attempts", of_calls, calls),
    ]
    return Section("outcomes", say("section.outcomes"), say("outcome.lead", runs=say.number(record.runs)), blocks)


MOST_ATTEMPTS = 20


def _outcomes(record: Record, say: Texts, kind: str, groups: list[str], table: Ints) -> Figure:
    title = say(f"outcome.by_{kind}")
    series = [
        Series(class_, say(f"outcome.{name}"), table[:, list(codes)].sum(axis=1).tolist())
        for name, class_, codes in GROUPS
    ]
    calls, live = table.sum(axis=1), table[:, list(LIVE)].sum(axis=1)
    answered = [say.share(float(a / c)) if c else "" for a, c in zip(live.tolist(), calls.tolist(), strict=True)]
    notes = [say("outcome.answered", share=share) for share in answered]
    chart = Chart(
        title,
        say("outcome.says", groups=say.listed([f"{g} {a}" for g, a in zip(groups, answered, strict=True) if a])),
        kind,
        lambda v: say.number(v),
        say("unit.calls"),
    )
    rows: list[Line] = [
        [
            group,
            (say.number(int(total)), float(total)),
            *((say.number(s.values[at]), s.values[at]) for s in series),
            (answered[at], float(live[at] / total) if total else None),
        ]
        for at, (group, total) in enumerate(zip(groups, calls.tolist(), strict=True))
    ]
    heads = [say(f"outcome.head_{kind}"), say("days.head_calls"), *(s.words for s in series), say("days.head_answered")]
    return Figure(
        title,
        grouped(chart, groups, series, answered, notes),
        legend(_keys(series)),
        say.sentences([say("outcome.above"), of_one_run(record, say)]),
        plain_grid(title, heads, rows),
    )


def _keys(series: list[Series]) -> list[tuple[str, str]]:
    return [(one.class_, one.words) for one in series]


def _day_keys(say: Texts) -> list[tuple[str, str]]:
    return [("open", say("day.window")), ("holiday", say("day.off"))]


def _width(edges: Ints, say: Texts) -> str:
    width = int(edges[1] - edges[0])
    if width % DAY == 0:
        return say("time.days" if width > DAY else "time.day", n=width // DAY)
    return (
        say("time.hours" if width > HOUR else "time.hour", n=width // HOUR)
        if width % HOUR == 0
        else say("time.minutes", n=width // 60_000)
    )
