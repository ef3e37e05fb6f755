"""Time on a page: axes with dates and hours, windows and days off shaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from callbacksim.report.page.blocks import Grid, Line, plain_grid
from callbacksim.report.page.charts import Series, Shade, TimeAxis
from callbacksim.report.page.record import Record
from callbacksim.report.texts import Texts
from callbacksim.scenario.calendar import DAY, HOUR, MINUTE, OpenTimes, Timetable, day_kind
from callbacksim.scenario.schema import Scenario


class Dated(Protocol):
    """What has a calendar: a record, or a scenario with its timetable."""

    @property
    def times(self) -> Timetable:
        """The calendar in milliseconds."""

    @property
    def scenario(self) -> Scenario:
        """The scenario that has it."""


TICKS = (HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 84 * DAY)


def time_axis(record: Dated, say: Texts, edges: Sequence[int]) -> TimeAxis:
    """The axis of these bins: at most ten ticks, dates at midnight and hours between."""
    span = edges[-1] - edges[0]
    step = next((one for one in TICKS if span / one <= 12), TICKS[-1])
    first = -(-edges[0] // step) * step
    ticks = [(at, _tick(record, say, at)) for at in range(first, edges[-1] + 1, step)]
    if ticks and step >= DAY and edges[0] % DAY and ticks[0][0] - edges[0] > 0.5 * step:
        ticks.insert(0, (edges[0], say.short_day(record.times.datetime(edges[0]).date())))
    elif ticks and first % DAY:
        ticks[0] = (first, f"{say.short_day(record.times.datetime(first).date())} {ticks[0][1]}")
    width = edges[1] - edges[0]
    return TimeAxis(edges, ticks, [_bin(record, say, begin, width) for begin in edges[:-1]])


def _tick(record: Dated, say: Texts, at: int) -> str:
    moment = record.times.datetime(at)
    return say.short_day(moment.date()) if at % DAY == 0 else f"{moment:%H:%M}"


def _bin(record: Dated, say: Texts, begin: int, width: int) -> str:
    moment, end = record.times.datetime(begin), record.times.datetime(begin + width)
    if width >= 2 * DAY:
        return f"{say.day(moment.date())} – {say.day(record.times.datetime(begin + width - MINUTE).date())}"
    if width >= DAY:
        return say.day(moment.date())
    return f"{say.day(moment.date())} {moment:%H:%M}–{end:%H:%M}"


def shades(record: Dated, say: Texts, open_times: OpenTimes, edges: Sequence[int], words: str) -> list[Shade]:
    """Where something is open, and days on which nothing is because of a holiday or a day of the week."""
    found = [
        Shade(max(int(a), edges[0]), min(int(b), edges[-1]), "open", words)
        for a, b in zip(open_times.begin.tolist(), open_times.end.tolist(), strict=True)
        if a < edges[-1] and b > edges[0]
    ]
    for day in range(edges[0] // DAY, -(-edges[-1] // DAY)):
        date = record.times.datetime(day * DAY).date()
        kind: str = day_kind(date, record.scenario.calendar)
        if kind == "ordinary" and date.weekday() >= 5:
            kind = "weekend"
        if kind != "ordinary":
            begin, end = max(day * DAY, edges[0]), min((day + 1) * DAY, edges[-1])
            found.append(Shade(begin, end, kind.replace("-", ""), f"{say.day(date)}: {say(f'day.{kind}')}"))
    return found


def table_over_time(caption: str, axis: TimeAxis, series: Sequence[Series], say: Texts, decimals: int = 0) -> Grid:
    """The numbers of a picture over time: a row for each bin in which there is anything."""
    rows: list[Line] = [
        [words, *((say.number(one.values[at], decimals), float(one.values[at])) for one in series)]
        for at, words in enumerate(axis.bins)
        if any(one.values[at] for one in series)
    ]
    return plain_grid(caption, [say("time.when"), *(one.words for one in series)], rows)


def of_one_run(record: Record, say: Texts) -> str:
    """That a picture is of one run out of several; a single run needs no such words."""
    return "" if record.runs == 1 else say("time.of_one_run", runs=say.number(record.runs))
