"""Dates, windows, holidays and rosters on the campaign's clock: whole milliseconds since the first day's midnight."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

import chinese_calendar
import holidays as holidays_library
import numpy as np
from numpy.typing import NDArray

from callbacksim.scenario.schema import WEEKDAYS, WORKDAYS, Calendar, Scenario, Weekday

Ints = NDArray[np.int64]
SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# Cases run on after the horizon; deadlines of up to a year of working days must still find their date.
OFFICE_MARGIN_DAYS = 800
NEVER = 2**47  # later than any calendar, and still a part of a queue key


@dataclass(frozen=True)
class OpenTimes:
    """When something is open: disjoint intervals [begin, end) in ms, in order, touching ones joined.

    It is also a working-time clock: `elapsed` counts only open time.
    """

    begin: Ints
    end: Ints

    @cached_property
    def _before(self) -> Ints:
        """Open time before each interval, and after the last one: shape (intervals + 1,)."""
        return np.concatenate([[0], np.cumsum(self.end - self.begin)]).astype(np.int64)

    def total(self) -> int:
        """All open time, in ms."""
        return int(self._before[-1])

    def elapsed(self, time: Ints | int) -> Ints:
        """Open time from 0 to each time, in ms."""
        at = np.asarray(time, dtype=np.int64)
        if not len(self.begin):
            return np.zeros_like(at)
        i = np.searchsorted(self.begin, at, side="right") - 1
        inside = np.where(i < 0, 0, np.minimum(at, self.end[np.maximum(i, 0)]) - self.begin[np.maximum(i, 0)])
        return np.asarray(self._before[np.maximum(i, 0)] + inside, dtype=np.int64)

    def after(self, time: int, work: int) -> int:
        """The first moment at which `work` ms of open time have passed; NEVER if the calendar ends first."""
        if work <= 0:
            return time
        wanted = int(self.elapsed(time)) + work
        i = int(np.searchsorted(self._before, wanted, side="left")) - 1
        if i >= len(self.begin):
            return NEVER
        return int(self.begin[i] + wanted - self._before[i])

    def close_after(self, time: int) -> int:
        """When the interval that holds `time` closes; `time` itself where nothing is open."""
        i = int(np.searchsorted(self.begin, time, side="right")) - 1
        return int(self.end[i]) if i >= 0 and time < self.end[i] else time

    def clipped(self, horizon: int) -> OpenTimes:
        """The same, closed for good at `horizon` ms."""
        keep = self.begin < horizon
        return OpenTimes(self.begin[keep], np.minimum(self.end[keep], horizon))

    def within(self, other: OpenTimes) -> OpenTimes:
        """Open where both are open."""
        pieces = [
            (max(a, c), min(b, d))
            for a, b in zip(self.begin.tolist(), self.end.tolist(), strict=True)
            for c, d in zip(other.begin.tolist(), other.end.tolist(), strict=True)
            if max(a, c) < min(b, d)
        ]
        return joined(sorted(pieces))

    def steps(self, capacity: int) -> list[tuple[int, int]]:
        """Capacity steps (time, capacity): `capacity` while open, 0 otherwise."""
        return [
            step
            for begin, end in zip(self.begin.tolist(), self.end.tolist(), strict=True)
            for step in ((begin, capacity), (end, 0))
        ]


def joined(intervals: Iterable[tuple[int, int]]) -> OpenTimes:
    """Sorted intervals as `OpenTimes`; those that touch become one."""
    out: list[list[int]] = []
    for begin, end in intervals:
        if out and begin <= out[-1][1]:
            out[-1][1] = max(end, out[-1][1])
        else:
            out.append([begin, end])
    return OpenTimes(np.array([b for b, _ in out], dtype=np.int64), np.array([e for _, e in out], dtype=np.int64))


def clock_ms(text: str) -> int:
    """``"09:30"`` as ms since midnight; ``"24:00"`` is the end of the day."""
    hours, minutes = text.split(":")
    return int(hours) * HOUR + int(minutes) * MINUTE


def open_times(windows: Sequence[tuple[str, str]], days: Iterable[int]) -> OpenTimes:
    """The daily windows on these days (counted from the first day)."""
    daily = sorted((clock_ms(a), clock_ms(b)) for a, b in windows)
    return joined((day * DAY + begin, day * DAY + end) for day in sorted(days) for begin, end in daily)


DayKind = Literal["ordinary", "holiday", "make-up"]


def day_kind(date: dt.date, calendar: Calendar) -> DayKind:
    """A public holiday (or a `closed` day), a make-up working day (or an `open` one), or neither."""
    if date in calendar.open:
        return "make-up"
    if date in calendar.closed:
        return "holiday"
    if calendar.holidays == "CN":
        if _published(date.year):
            holiday, name = chinese_calendar.get_holiday_detail(date)
            if holiday and name is not None:
                return "holiday"
            return "make-up" if not holiday and date.weekday() >= 5 else "ordinary"
        # Not published yet: the fixed feasts are known, the make-up days are not (`calendar_warnings` says so).
        if date in _feasts(date.year):
            return "holiday"
    return "ordinary"


def is_worked(date: dt.date, calendar: Calendar, weekdays: Sequence[Weekday]) -> bool:
    """Whether people with these weekdays work on the date; a make-up day counts as a Monday-to-Friday day."""
    kind = day_kind(date, calendar)
    if kind == "make-up":
        return date in calendar.open or WEEKDAYS[date.weekday()] in weekdays or not set(weekdays).isdisjoint(WORKDAYS)
    return kind == "ordinary" and WEEKDAYS[date.weekday()] in weekdays


@lru_cache
def _feasts(year: int) -> frozenset[dt.date]:
    return frozenset(holidays_library.country_holidays("CN", years=year))


@lru_cache
def _published(year: int) -> bool:
    """Whether the State Council's holiday notice of the year is in the library."""
    try:
        chinese_calendar.is_holiday(dt.date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def calendar_warnings(scenario: Scenario) -> list[str]:
    """What the reader must know about the dates of this scenario."""
    calendar = scenario.calendar
    if calendar.holidays != "CN":
        return []
    last = calendar.start + dt.timedelta(days=scenario.study.horizon_days - 1)
    return [
        f"the public holidays and make-up working days of {year} are not published yet: "
        "fixed feasts only, weekends as usual; set calendar.closed and calendar.open when they are"
        for year in range(calendar.start.year, last.year + 1)
        if not _published(year)
    ]


@dataclass(frozen=True)
class Timetable:
    """Everything a replication needs to know of the calendar."""

    start: dt.date
    horizon: int
    calling: OpenTimes
    roster: OpenTimes
    office: OpenTimes
    office_days: Ints
    office_close: int

    def due(self, received: int, working_days: int) -> int:
        """Office close of the n-th working day after the day of receipt, in ms (that day itself does not count).

        NEVER if the calendar ends first.
        """
        first = int(np.searchsorted(self.office_days, received // DAY, side="right"))
        if first + working_days > len(self.office_days):
            return NEVER
        return int(self.office_days[first + working_days - 1]) * DAY + self.office_close

    def datetime(self, ms: float) -> dt.datetime:
        """Local date and time of a moment on the campaign's clock, to the millisecond."""
        return dt.datetime.combine(self.start, dt.time()) + dt.timedelta(milliseconds=round(ms))

    def ms(self, moment: dt.datetime) -> int:
        """A local date and time on the campaign's clock."""
        return (moment - dt.datetime.combine(self.start, dt.time())) // dt.timedelta(milliseconds=1)


def timetable(scenario: Scenario) -> Timetable:
    """The scenario's calendar on the campaign's clock; calling and roster end at the horizon."""
    calendar = scenario.calendar
    days = scenario.study.horizon_days
    horizon = days * DAY

    def worked(weekdays: Sequence[Weekday], n: int) -> list[int]:
        return [d for d in range(n) if is_worked(calendar.start + dt.timedelta(days=d), calendar, weekdays)]

    office_days = worked(WORKDAYS, days + OFFICE_MARGIN_DAYS)
    return Timetable(
        start=calendar.start,
        horizon=horizon,
        calling=open_times(calendar.windows, worked(calendar.weekdays, days)).clipped(horizon),
        roster=open_times(scenario.agents.roster, worked(scenario.agents.weekdays, days)).clipped(horizon),
        office=open_times(scenario.ledger.office, office_days),
        office_days=np.array(office_days, dtype=np.int64),
        office_close=max(clock_ms(end) for _, end in scenario.ledger.office),
    )
