"""The days: calls and answers, lines in use over the replications; what comes of calls by hour and by attempt."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from callbacksim.campaign.outcomes import INTERVIEWED, LIVE, Outcome
from callbacksim.report.page.bands import Banded, banded, bands, edges_of
from callbacksim.report.page.blocks import Block, Cell, Figure, Grid, Line, Section, number_cell, plain_grid
from callbacksim.report.page.charts import Chart, Series, Shade, Whole, grouped, wholes
from callbacksim.report.page.clock import of_one_run, shades
from callbacksim.report.page.record import Record
from callbacksim.report.page.svg import legend
from callbacksim.report.texts import Texts
from callbacksim.scenario.calendar import DAY, HOUR, day_kind
from callbacksim.study.measuring.courses import Band
from callbacksim.study.measuring.loads import load
from callbacksim.study.measuring.timeline import Ints, busy, by_attempt, by_hour, capacity, counted

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
    over = bands(record, "calls", "answers", "interviews", "in_use")
    if not over:
        return Section("days", say("section.days"), say("days.nobody"), [])
    *calls, in_use = over
    blocks: list[Block] = [
        _calls(record, say, calls),
        _lines(record, say, in_use),
        *_binding(record, say),
        _table(record, say),
    ]
    return Section("days", say("section.days"), say("days.lead"), blocks)


def _calls(record: Record, say: Texts, over: Sequence[Band]) -> Figure:
    """Calls, those that are answered, and interviews."""
    attempts = record.tables["attempts"]
    start, outcome, edges = attempts["start"], attempts["outcome"], edges_of(over[0])
    which = (np.full(len(start), True), np.isin(outcome, LIVE), np.isin(outcome, INTERVIEWED))
    series = [
        Banded(class_, say(f"days.head_{name}"), band, counted(start[of], edges).tolist())
        for class_, name, band, of in zip("423", ("calls", "answers", "interviews"), over, which, strict=True)
    ]
    title = say("days.calls", width=_width(edges, say))
    says = say("days.calls_say", calls=say.number(len(start)), answers=say.number(int(which[1].sum())))
    says = say.sentences([says, of_one_run(record, say)])
    chart = Chart(title, says, "calls", lambda value: say.number(value), say("unit.calls"))
    return banded(record, say, chart, series, shades=partial(_windows, record, say), keys=_day_keys(say))


def _lines(record: Record, say: Texts, over: Band) -> Figure:
    """Lines in use (by hand: people on the telephone) against those there are."""
    attempts, edges = record.tables["attempts"], edges_of(over)
    key = "callers" if record.mode == "manual" else "lines"
    share = record.mean("agent_occupancy" if key == "callers" else "line_occupancy")
    chart = Chart(
        say(f"days.{key}"),
        say(f"days.{key}_say", share=say.share(share)),
        "lines",
        lambda v: say.number(v, 1).removesuffix(".0"),
        say(f"unit.{'people' if key == 'callers' else 'lines'}"),
    )

    def there(at: Ints) -> list[Series]:
        return [Series("2", say(f"days.{key}_there"), capacity(record.tables["lines"], at).round(3).tolist())]

    once = busy(attempts["start"], attempts["free"], edges).round(3).tolist()
    series = [Banded("1", say(f"days.{key}_used"), over, once)]
    return banded(record, say, chart, series, there, partial(_windows, record, say), _day_keys(say))


def _windows(record: Record, say: Texts, edges: list[int]) -> list[Shade]:
    return shades(record, say, record.times.calling, edges, say("day.window"))


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
        used = load(attempts["start"][of], attempts["free"][of], record.tables["lines"]).busy / DAY
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
    caption = say("days.table") if record.runs == 1 else say("days.table_of_first", runs=say.number(record.runs))
    return Grid(caption, heads, rows)


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
    lead = say("outcome.lead_once") if record.runs == 1 else say("outcome.lead", runs=say.number(record.runs))
    return Section("outcomes", say("section.outcomes"), lead, blocks)


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
