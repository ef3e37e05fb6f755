"""Open times, holidays, working days: by hand, and against a count minute by minute."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbacksim.scenario.calendar import (
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    OpenTimes,
    calendar_warnings,
    clock_ms,
    day_kind,
    is_worked,
    joined,
    open_times,
    timetable,
)
from callbacksim.scenario.schema import WORKDAYS, Calendar
from helpers import at, clock, tiny

HOURS = joined([(at("09:00"), at("12:00")), (at("14:00"), at("18:00")), (at("09:00", 1), at("12:00", 1))])


# --- a clock that runs while something is open -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("time", "day", "hours"),
    [
        ("00:00", 0, 0),
        ("09:00", 0, 0),
        ("10:30", 0, 1.5),
        ("12:00", 0, 3),
        ("13:00", 0, 3),
        ("16:00", 0, 5),
        ("18:00", 0, 7),
        ("23:00", 0, 7),
        ("10:00", 1, 8),
        ("12:00", 1, 10),
        ("08:00", 5, 10),
    ],
)
def test_open_time_that_has_passed(time: str, day: int, hours: float) -> None:
    assert HOURS.elapsed(at(time, day)) == hours * HOUR


def test_open_time_of_many_moments_at_once() -> None:
    moments = np.array([at("09:30"), at("13:00"), at("11:00", 1)])
    assert HOURS.elapsed(moments).tolist() == [HOUR // 2, 3 * HOUR, 9 * HOUR]
    assert HOURS.total() == 10 * HOUR


@pytest.mark.parametrize(
    ("time", "day", "hours", "expected"),
    [
        ("09:00", 0, 1, "10:00:00"),
        ("10:00", 0, 2, "12:00:00"),  # ends with the morning, not at 14:00
        ("10:00", 0, 3, "15:00:00"),
        ("12:30", 0, 1, "15:00:00"),
        ("17:00", 0, 2, "1d10:00:00"),
        ("00:00", 0, 10, "1d12:00:00"),
        ("12:30", 0, 0, "12:30:00"),  # no work at all is done at once, open or not
    ],
)
def test_when_open_time_will_have_passed(time: str, day: int, hours: float, expected: str) -> None:
    assert clock(HOURS.after(at(time, day), round(hours * HOUR))) == expected


def test_open_time_that_never_comes() -> None:
    assert HOURS.after(at("09:00"), 10 * HOUR + 1) == NEVER
    assert HOURS.after(at("12:00", 1), 1) == NEVER


def test_closing_time_of_the_window_one_is_in() -> None:
    moments = ["08:59", "09:00", "11:59:59.999", "12:00", "13:00", "14:00"]
    assert [clock(HOURS.close_after(at(t))) for t in moments] == [
        "08:59:00",
        "12:00:00",
        "12:00:00",
        "12:00:00",
        "13:00:00",
        "18:00:00",
    ]


def test_nothing_is_ever_open() -> None:
    never = joined([])
    assert never.total() == 0
    assert never.elapsed(at("09:00")) == 0
    assert never.elapsed(np.array([1, 2])).tolist() == [0, 0]
    assert never.after(5, 1) == NEVER
    assert never.close_after(7) == 7
    assert never.clipped(DAY).total() == never.within(HOURS).total() == HOURS.within(never).total() == 0
    assert never.steps(3) == []


def test_a_horizon_cuts_off() -> None:
    cut = HOURS.clipped(at("15:00"))
    assert list(zip(cut.begin.tolist(), cut.end.tolist(), strict=True)) == [
        (at("09:00"), at("12:00")),
        (at("14:00"), at("15:00")),
    ]
    assert HOURS.clipped(at("14:00")).total() == 3 * HOUR


def test_windows_that_touch_are_one_and_midnight_joins_days() -> None:
    night = open_times([("18:00", "24:00"), ("00:00", "02:00")], [0, 1])
    assert night.begin.tolist() == [0, at("18:00"), at("18:00", 1)]
    assert night.end.tolist() == [at("02:00"), at("02:00", 1), at("24:00", 1)]


def test_capacity_steps() -> None:
    assert HOURS.clipped(DAY).steps(7) == [(at("09:00"), 7), (at("12:00"), 0), (at("14:00"), 7), (at("18:00"), 0)]


def test_clock_words() -> None:
    assert (clock_ms("00:00"), clock_ms("09:30"), clock_ms("24:00")) == (0, 9 * HOUR + 30 * MINUTE, DAY)


minutes_open = st.lists(st.booleans(), max_size=80)


def as_open_times(open_minutes: list[bool]) -> OpenTimes:
    return joined((m * MINUTE, (m + 1) * MINUTE) for m, is_open in enumerate(open_minutes) if is_open)


@settings(deadline=None, max_examples=150)
@given(minutes_open, st.integers(0, 90), st.integers(1, 90), st.integers(0, 90))
def test_against_a_count_minute_by_minute(open_minutes: list[bool], time: int, work: int, horizon: int) -> None:
    hours = as_open_times(open_minutes)
    assert hours.elapsed(time * MINUTE) == sum(open_minutes[:time]) * MINUTE
    done, expected = 0, NEVER
    for minute in range(time, len(open_minutes)):
        done += open_minutes[minute]
        if done == work:
            expected = (minute + 1) * MINUTE
            break
    assert hours.after(time * MINUTE, work * MINUTE) == expected
    close = time
    while close < len(open_minutes) and open_minutes[close]:
        close += 1
    assert hours.close_after(time * MINUTE) == close * MINUTE
    assert hours.clipped(horizon * MINUTE).total() == sum(open_minutes[:horizon]) * MINUTE


@settings(deadline=None, max_examples=100)
@given(minutes_open, minutes_open)
def test_open_where_both_are_minute_by_minute(ours: list[bool], theirs: list[bool]) -> None:
    both = as_open_times(ours).within(as_open_times(theirs))
    expected = as_open_times([a and b for a, b in zip(ours, theirs, strict=False)])
    assert both.begin.tolist() == expected.begin.tolist()
    assert both.end.tolist() == expected.end.tolist()


# --- holidays and make-up working days: the State Council's notice for 2025 ------------------------------------------


def days(first: str, last: str) -> list[dt.date]:
    a, b = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return [a + dt.timedelta(days=k) for k in range((b - a).days + 1)]


OFF_2025 = [
    *days("2025-01-01", "2025-01-01"),
    *days("2025-01-28", "2025-02-04"),
    *days("2025-04-04", "2025-04-06"),
    *days("2025-05-01", "2025-05-05"),
    *days("2025-05-31", "2025-06-02"),
    *days("2025-10-01", "2025-10-08"),
]
WORKED_2025 = [dt.date.fromisoformat(d) for d in ("2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11")]


def test_every_day_of_2025() -> None:
    calendar = Calendar()
    for date in days("2025-01-01", "2025-12-31"):
        kind = "holiday" if date in OFF_2025 else "make-up" if date in WORKED_2025 else "ordinary"
        assert day_kind(date, calendar) == kind, date
        worked = date not in OFF_2025 and (date.weekday() < 5 or date in WORKED_2025)
        assert is_worked(date, calendar, WORKDAYS) == worked, date


def test_without_holidays_only_the_week_counts() -> None:
    calendar = Calendar(holidays="none")
    assert is_worked(dt.date(2025, 10, 1), calendar, WORKDAYS)
    assert not is_worked(dt.date(2025, 10, 11), calendar, WORKDAYS)


def test_closed_and_open_days() -> None:
    calendar = Calendar(closed=(dt.date(2025, 7, 8), dt.date(2025, 10, 11)), open=(dt.date(2025, 7, 12),))
    assert not is_worked(dt.date(2025, 7, 8), calendar, WORKDAYS)
    assert not is_worked(dt.date(2025, 10, 11), calendar, WORKDAYS)
    assert is_worked(dt.date(2025, 7, 12), calendar, WORKDAYS)
    # A day declared open is worked by everybody, even on a holiday.
    assert is_worked(dt.date(2025, 10, 1), Calendar(open=(dt.date(2025, 10, 1),)), ("Sat",))


def test_a_make_up_day_is_for_those_who_work_in_the_week_or_on_that_day() -> None:
    saturday = dt.date(2025, 10, 11)
    assert is_worked(saturday, Calendar(), ("Mon",))
    assert is_worked(saturday, Calendar(), ("Sat",))
    assert not is_worked(saturday, Calendar(), ("Sun",))


def test_a_year_that_is_not_published_is_said_to_be_so() -> None:
    scenario = tiny(calendar={"start": dt.date(2031, 12, 20), "holidays": "CN"}, study={"horizon_days": 20})
    said = calendar_warnings(scenario)
    assert len(said) == 2 and "2031" in said[0] and "2032" in said[1]
    # Fixed feasts are known all the same, weekends are as usual.
    assert day_kind(dt.date(2031, 10, 1), scenario.calendar) == "holiday"
    assert day_kind(dt.date(2031, 10, 11), scenario.calendar) == "ordinary"
    assert calendar_warnings(tiny(calendar={"start": dt.date(2031, 12, 20)})) == []
    assert calendar_warnings(tiny(calendar={"holidays": "CN"})) == []


# --- due dates and the timetable -------------------------------------------------------------------------------------


def due(start: dt.date, received: int, working_days: int, **calendar: Any) -> str:
    table = timetable(tiny(calendar={"start": start, "holidays": "CN", **calendar}))
    return f"{table.datetime(table.due(received, working_days)):%Y-%m-%d %H:%M}"


def test_the_day_of_receipt_does_not_count() -> None:
    monday = dt.date(2025, 7, 7)
    assert due(monday, at("10:00"), 1) == "2025-07-08 17:00"
    assert due(monday, at("00:00"), 1) == "2025-07-08 17:00"
    assert due(monday, at("23:59"), 4) == "2025-07-11 17:00"
    assert due(monday, at("10:00"), 5) == "2025-07-14 17:00"
    # Received on a Saturday: Monday is the first working day after it.
    assert due(monday, at("10:00", 5), 1) == "2025-07-14 17:00"


def test_due_dates_over_holidays_and_make_up_days() -> None:
    # National Day: 30 September (Tuesday), then 9, 10 October, Saturday 11 (worked), Monday 13.
    assert [due(dt.date(2025, 9, 30), at("10:00"), n) for n in (1, 2, 3, 4)] == [
        f"2025-10-{day} 17:00" for day in ("09", "10", "11", "13")
    ]
    # From Friday 26 September: Sunday 28 is worked.
    assert [due(dt.date(2025, 9, 26), at("10:00"), n) for n in (1, 2, 3, 4)] == [
        f"2025-{day} 17:00" for day in ("09-28", "09-29", "09-30", "10-09")
    ]
    # Spring Festival: from Friday 24 January; Sunday 26 and Monday 27 are worked, then Wednesday 5 February.
    assert [due(dt.date(2025, 1, 24), at("10:00"), n) for n in (1, 2, 3, 6)] == [
        f"2025-{day} 17:00" for day in ("01-26", "01-27", "02-05", "02-08")
    ]
    # Labour Day: from Friday 25 April; Sunday 27 is worked, 1–5 May are off.
    assert [due(dt.date(2025, 4, 25), at("10:00"), n) for n in (1, 4, 5)] == [
        f"2025-{day} 17:00" for day in ("04-27", "04-30", "05-06")
    ]
    assert due(dt.date(2025, 9, 30), at("10:00"), 1, closed=[dt.date(2025, 10, 9)]) == "2025-10-10 17:00"


def test_a_due_date_beyond_the_calendar() -> None:
    table = timetable(tiny())
    assert table.due(int(table.office_days[-1]) * DAY, 1) == NEVER
    assert table.due(int(table.office_days[-2]) * DAY, 1) < NEVER


def test_the_timetable_of_a_scenario() -> None:
    table = timetable(
        tiny(
            calendar={"weekdays": ["Mon", "Sat"]},
            agents={"roster": [["10:00", "11:00"]], "weekdays": ["Tue"]},
            study={"horizon_days": 7},
        )
    )
    assert table.horizon == 7 * DAY
    assert table.calling.begin.tolist() == [at(t, d) for d in (0, 5) for t in ("09:00", "14:00")]
    assert table.roster.begin.tolist() == [at("10:00", 1)]
    assert table.office_days[:6].tolist() == [0, 1, 2, 3, 4, 7]
    assert table.office_close == at("17:00")


def test_dates_and_moments_go_there_and_back() -> None:
    table = timetable(tiny())
    moment = dt.datetime(2025, 7, 9, 14, 30, 15, 250_000)
    assert table.ms(moment) == at("14:30:15.25", 2)
    assert table.datetime(table.ms(moment)) == moment
