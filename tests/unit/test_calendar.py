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
    CapacitySteps,
    OpenTimes,
    clock_ms,
    day_kind,
    is_worked,
    joined,
    open_times,
    timetable,
    together,
)
from callbacksim.scenario.cautions import calendar_warnings
from callbacksim.scenario.countries import disagreements, is_published, known_country, public_days, public_kind
from callbacksim.scenario.schema import WEEKDAYS, WORKDAYS, Calendar
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
    assert list(never.steps(3)) == list(together()) == []
    assert never.steps(3).most() == never.steps(3).least() == never.steps(3).total() == 0


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
    morning_and_afternoon = [(at("09:00"), 7), (at("12:00"), 0), (at("14:00"), 7), (at("18:00"), 0)]
    assert list(HOURS.clipped(DAY).steps(7)) == morning_and_afternoon


def test_capacities_add_up_and_a_step_stands_only_where_they_change() -> None:
    early, late = joined([(at("08:00"), at("12:00"))]), joined([(at("10:00"), at("14:00"))])
    both = together(early.steps(2), late.steps(3))
    assert list(both) == [(at("08:00"), 2), (at("10:00"), 5), (at("12:00"), 3), (at("14:00"), 0)]
    assert (both.least(), both.most(), both.total()) == (2, 5, 20 * HOUR)
    assert both.at(np.array([0, at("08:00"), at("12:00") - 1, at("12:00"), DAY])).tolist() == [0, 2, 5, 3, 0]
    assert list(together(early.steps(2), early.steps(-2))) == []
    # One goes as the other comes: nothing changes at noon.
    assert list(together(early.steps(1), late.without(early).steps(1))) == [(at("08:00"), 1), (at("14:00"), 0)]


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


# --- countries -------------------------------------------------------------------------------------------------------


def test_the_two_sources_on_china_agree_in_every_published_year_but_for_one_day() -> None:
    """Reports where they differ. The Saturday is the last of 2005, worked for a New Year's holiday that began the next
    day: one source counts it to the notice for 2006, the other has no such day."""
    published = [year for year in range(2000, 2100) if is_published(year)]
    assert published == list(range(2004, 2004 + len(published))) and 2026 in published
    assert {day for year in published for day in disagreements(year)} == {dt.date(2005, 12, 31)}


def test_a_day_that_the_sources_differ_about_is_named_if_the_campaign_meets_it() -> None:
    def said(start: dt.date, **calendar: Any) -> list[str]:
        return calendar_warnings(tiny(calendar={"start": start, "holidays": "CN", **calendar}))

    [warning] = said(dt.date(2005, 12, 28))
    assert "2005-12-31" in warning and "differ" in warning
    assert said(dt.date(2005, 12, 20)) == said(dt.date(2006, 1, 1)) == []
    # Whoever has decided what the day is needs no warning.
    assert said(dt.date(2005, 12, 28), open=[dt.date(2005, 12, 31)]) == []


def test_holidays_of_a_country_and_of_a_part_of_it() -> None:
    # Germany: Labour Day everywhere, Corpus Christi (60 days after Easter, 5 April 2026) in Bavaria, not in Berlin.
    corpus_christi = dt.date(2026, 4, 5) + dt.timedelta(days=60)
    for code, kind in (("DE", "ordinary"), ("DE-BE", "ordinary"), ("DE-BY", "holiday")):
        assert public_kind(dt.date(2026, 5, 1), code) == "holiday"
        assert public_kind(corpus_christi, code) == kind
    assert not is_worked(corpus_christi, Calendar(holidays="DE-BY"), WORKDAYS)
    assert public_kind(dt.date(2026, 5, 1), "none") == "ordinary"


def test_other_countries_have_make_up_days_too() -> None:
    # Hungary, 2025: Friday 2 May was free, Saturday 17 May worked for it.
    assert public_kind(dt.date(2025, 5, 2), "HU") == "holiday"
    assert is_worked(dt.date(2025, 5, 17), Calendar(holidays="HU"), WORKDAYS)
    assert not is_worked(dt.date(2025, 5, 10), Calendar(holidays="HU"), WORKDAYS)


def test_a_year_that_a_country_does_not_cover_is_said_to_be_so() -> None:
    said = calendar_warnings(tiny(calendar={"start": dt.date(2030, 1, 1), "holidays": "LK"}))
    assert len(said) == 1 and "LK does not cover 2030" in said[0] and "none is kept" in said[0]
    assert not public_days("LK", 2030).off
    assert calendar_warnings(tiny(calendar={"start": dt.date(2030, 1, 1), "holidays": "DE-BY"})) == []


def test_estimated_dates_are_named() -> None:
    """The Islamic year begins about eleven days earlier each year: 1 Shawwal 1457 is 2 December 2035, give or take."""
    scenario = tiny(calendar={"start": dt.date(2035, 11, 26), "holidays": "TR"}, study={"horizon_days": 14})
    [said] = calendar_warnings(scenario)
    assert "estimated" in said and "2035-12-02" in said
    decided = sorted(public_days("TR", 2035).estimated)
    assert calendar_warnings(tiny(calendar={"start": dt.date(2035, 11, 26), "holidays": "TR", "open": decided})) == []
    # New Year's Day is no matter of the moon.
    assert dt.date(2035, 1, 1) in public_days("TR", 2035).off - public_days("TR", 2035).estimated


@pytest.mark.parametrize("code", ["CN", "none", "DE", "DE-BY", "BR-São Paulo Capital"])
def test_codes_that_are_known(code: str) -> None:
    assert known_country(code) == code == Calendar(holidays=code).holidays


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("de", '"DE"'),
        ("DEU", '"DE"'),
        ("germany", '"DE"'),
        ("China", '"CN"'),
        ("None", '"none"'),
        ("de-BY", '"DE-BY"'),
        ("DE-by", '"DE-BY"'),
        ("DE-XX", "BB, BE"),
        ("CN-BJ", "no part of CN"),
        ("DE-", "no part of DE"),
        ("", "is no country"),
        ("\x1b[31m" + "x" * 500, "is no country"),
    ],
)
def test_a_code_that_is_none_names_the_nearest(code: str, said: str) -> None:
    with pytest.raises(ValueError, match="is no ") as refused:
        known_country(code)
    assert said in str(refused.value) and "\x1b" not in str(refused.value)
    assert str(refused.value).count("; ") == 1  # what is wrong; what would be right


# --- windows by weekday ----------------------------------------------------------------------------------------------


def opens(**calendar: Any) -> list[str]:
    """Day and opening of each window of a week from Monday 9 February 2026."""
    table = timetable(tiny(calendar={"start": dt.date(2026, 2, 9), **calendar}, study={"horizon_days": 7}))
    return [f"{table.datetime(begin):%a %H:%M}" for begin in table.calling.begin.tolist()]


def test_a_weekday_may_have_windows_of_its_own() -> None:
    windows = {"windows": [["09:00", "10:00"]], "weekdays": ["Mon", "Wed", "Sat"]}
    assert opens(**windows) == ["Mon 09:00", "Wed 09:00", "Sat 09:00"]
    own = {"Sat": [["10:00", "11:00"], ["13:00", "14:00"]], "Wed": []}
    assert opens(**windows, windows_on=own) == ["Mon 09:00", "Sat 10:00", "Sat 13:00"]


def test_a_make_up_saturday_is_called_as_a_working_day_is() -> None:
    # 14 February 2026 is worked for the Spring Festival.
    windows = {"windows": [["09:00", "10:00"]], "weekdays": ["Fri", "Sat"], "windows_on": {"Sat": [["11:00", "12:00"]]}}
    assert opens(**windows, holidays="none") == ["Fri 09:00", "Sat 11:00"]
    assert opens(**windows, holidays="CN") == ["Fri 09:00", "Sat 09:00"]
    # A Saturday that is declared open is a Saturday.
    assert opens(**windows, holidays="none", open=[dt.date(2026, 2, 14)]) == ["Fri 09:00", "Sat 11:00"]


def test_windows_of_two_days_that_touch_at_midnight_are_one() -> None:
    table = timetable(
        tiny(
            calendar={
                "windows": [["20:00", "24:00"]],
                "windows_on": {"Tue": [["00:00", "01:00"]]},
                "weekdays": ["Mon", "Tue"],
            }
        )
    )
    assert (table.calling.begin.tolist(), table.calling.end.tolist()) == ([at("20:00")], [at("01:00", 1)])


# --- rosters, breaks, outages ----------------------------------------------------------------------------------------


def steps(of: CapacitySteps) -> list[str]:
    return [f"{clock(time)} {capacity}" for time, capacity in of]


GROUPS = {
    "count": 2,
    "roster": [["09:00", "12:00"], ["14:00", "18:00"]],
    "weekdays": ["Mon"],
    "breaks": [["10:30", "10:45"]],
    "groups": {
        "late": {"count": 3, "roster": [["11:00", "15:00"]], "weekdays": ["Mon", "Tue"], "breaks": [["12:30", "13:00"]]}
    },
}


def test_groups_add_up_and_breaks_take_their_people_out() -> None:
    table = timetable(tiny(agents=GROUPS))
    assert steps(table.people) == [
        "09:00:00 2",
        "10:30:00 0",
        "10:45:00 2",
        "11:00:00 5",
        "12:00:00 3",
        "12:30:00 0",
        "13:00:00 3",
        "14:00:00 5",
        "15:00:00 2",
        "18:00:00 0",
        "1d11:00:00 3",
        "1d12:30:00 0",
        "1d13:00:00 3",
        "1d15:00:00 0",
    ]
    # Open is when somebody is at work, paid are whole shifts: 7 h of two people, then two times 4 h of three.
    assert table.roster.total() == (1.5 + 1.75 + 5) * HOUR + 3.5 * HOUR
    assert [(team.count, team.shifts.total() / HOUR) for team in table.teams] == [(2, 7), (3, 8)]


def test_a_group_without_people_opens_nothing_unless_nobody_has_any() -> None:
    empty = {**GROUPS, "count": 0}
    assert clock(int(timetable(tiny(agents=empty)).roster.begin[0])) == "11:00:00"
    nobody = {**empty, "groups": {"late": {**GROUPS["groups"]["late"], "count": 0}}}  # type: ignore[index]
    table = timetable(tiny(agents=nobody))
    assert clock(int(table.roster.begin[0])) == "09:00:00" and steps(table.people) == []


def test_by_hand_people_call_whenever_one_of_the_rosters_and_a_window_are_open() -> None:
    table = timetable(
        tiny(agents=GROUPS, manual={"agents": 4}, study={"mode": "manual"}, calendar={"windows": [["10:00", "13:30"]]})
    )
    assert steps(table.lines) == [
        "10:00:00 4",
        "10:30:00 0",  # the first group has its break, the second is not there yet
        "10:45:00 4",
        "12:30:00 0",
        "13:00:00 4",
        "13:30:00 0",
        "1d11:00:00 4",
        "1d12:30:00 0",
        "1d13:00:00 4",
        "1d13:30:00 0",
    ]
    [team] = table.teams
    # Paid: from 9 to 18 on Monday, from 11 to 15 on Tuesday.
    assert (team.count, team.shifts.total()) == (4, 13 * HOUR)


def test_by_hand_the_hours_of_a_group_count_and_not_its_people() -> None:
    late = {"count": 3, "roster": [["16:00", "18:00"]]}
    agents = {"count": 0, "roster": [["09:00", "12:00"]], "groups": {"late": late}}
    study = {"mode": "manual", "horizon_days": 1}
    by_hand = timetable(tiny(agents=agents, manual={"agents": 1}, study=study))
    assert steps(by_hand.lines) == ["09:00:00 1", "12:00:00 0", "16:00:00 1", "18:00:00 0"]
    assert [team.shifts.total() for team in by_hand.teams] == [5 * HOUR]


def outage(begins: str, ends: str, lines: int | None = None, day: int = 7) -> dict[str, Any]:
    moments = {"from": f"2025-07-{day:02d}T{begins}", "until": f"2025-07-{day:02d}T{ends}"}
    return {name: dt.datetime.fromisoformat(text) for name, text in moments.items()} | (
        {"lines": lines} if lines else {}
    )


def line_steps_of(lines: int, *outages: dict[str, Any]) -> list[str]:
    scenario = tiny(robot={"lines": lines, "outages": list(outages)}, study={"horizon_days": 1})
    return steps(timetable(scenario).lines)


def test_an_outage_takes_lines_within_the_windows() -> None:
    assert line_steps_of(5, outage("11:00", "15:00", 2)) == [
        "09:00:00 5",
        "11:00:00 3",
        "12:00:00 0",
        "14:00:00 3",
        "15:00:00 5",
        "18:00:00 0",
    ]
    assert line_steps_of(5, outage("10:00", "11:00"), outage("17:00", "23:00")) == [
        "09:00:00 5",
        "10:00:00 0",
        "11:00:00 5",
        "12:00:00 0",
        "14:00:00 5",
        "17:00:00 0",
    ]
    # In the pause at noon, and on a day before: nothing is lost.
    idle = [outage("12:00", "14:00"), outage("09:00", "12:00", day=6)]
    assert line_steps_of(5, *idle) == line_steps_of(5)


def test_outages_at_the_same_time_add_up_and_never_below_nothing() -> None:
    assert line_steps_of(5, outage("09:30", "11:00", 3), outage("10:00", "11:30", 4)) == [
        "09:00:00 5",
        "09:30:00 2",
        "10:00:00 0",
        "11:00:00 1",
        "11:30:00 5",
        "12:00:00 0",
        "14:00:00 5",
        "18:00:00 0",
    ]


def test_by_hand_there_is_no_outage_and_the_windows_stay_as_they_are() -> None:
    robot = {"outages": [outage("09:00", "18:00")]}
    assert timetable(tiny(robot=robot)).lines.most() == 1  # on the other days
    by_hand = tiny(robot=robot, study={"mode": "manual", "horizon_days": 1})
    assert steps(timetable(by_hand).lines)[0] == "09:00:00 1"
    assert timetable(tiny(robot=robot)).calling.total() == timetable(tiny()).calling.total()


def test_an_outage_that_meets_no_window_is_said_to_change_nothing() -> None:
    said = calendar_warnings(tiny(robot={"outages": [outage("10:00", "11:00"), outage("12:00", "14:00")]}))
    assert said == ["robot.outages#2 meets no calling window, so it changes nothing"]


QUARTER = 15
CLOCK = st.integers(0, 24 * 60 // QUARTER)


@st.composite
def spells(draw: st.DrawFn, most: int = 3) -> list[list[str]]:
    """Disjoint windows on the quarters of a day."""
    cuts = sorted(draw(st.sets(CLOCK, max_size=2 * most)))
    words = [f"{q * QUARTER // 60:02d}:{q * QUARTER % 60:02d}" for q in cuts]
    return [list(pair) for pair in zip(words[::2], words[1::2], strict=False)]


@st.composite
def rosters(draw: st.DrawFn) -> dict[str, Any]:
    """A roster with breaks anywhere: what lies outside the shifts must change nothing here."""
    weekdays = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4, unique=True))
    return {"count": draw(st.integers(0, 4)), "roster": draw(spells()), "breaks": draw(spells(2)), "weekdays": weekdays}


def on(minute: int, windows: list[list[str]]) -> bool:
    return any(clock_ms(a) <= minute % 1440 * MINUTE < clock_ms(b) for a, b in windows)


@settings(deadline=None, max_examples=60)
@given(
    rosters(),
    st.lists(rosters(), max_size=2),
    st.lists(
        st.tuples(st.integers(-50, 450), st.integers(1, 200), st.one_of(st.none(), st.integers(1, 6))), max_size=3
    ),
    st.dictionaries(st.sampled_from(WEEKDAYS[:4]), spells(), max_size=3),
    spells(),
)
def test_capacities_minute_by_minute(
    base: dict[str, Any],
    groups: list[dict[str, Any]],
    outages: list[tuple[int, int, int | None]],
    windows_on: dict[Any, list[list[str]]],
    windows: list[list[str]],
) -> None:
    """People: the sum over the groups; lines: those of the window less those lost. Every quarter of four days."""
    days, lines, midnight = 4, 5, dt.datetime(2025, 7, 7)
    quarter = dt.timedelta(minutes=QUARTER)
    lost = [(first, first + lasting, lines if count is None else count) for first, lasting, count in outages]
    scenario = tiny(
        agents={**base, "groups": {str(i): group for i, group in enumerate(groups)}},
        calendar={"windows": windows, "windows_on": windows_on, "weekdays": list(WEEKDAYS[:4])},
        robot={
            "lines": lines,
            "outages": [
                {"from": midnight + first * quarter, "until": midnight + last * quarter, "lines": count}
                for first, last, count in lost
            ],
        },
        study={"horizon_days": days},
    )
    table = timetable(scenario)
    minutes = range(0, days * 1440, QUARTER)
    people, open_lines = [], []
    for minute in minutes:
        weekday = WEEKDAYS[minute // 1440]
        people.append(
            sum(
                group["count"]
                for group in (base, *groups)
                if weekday in group["weekdays"] and on(minute, group["roster"]) and not on(minute, group["breaks"])
            )
        )
        gone = sum(count for first, last, count in lost if first <= minute // QUARTER < last)
        open_lines.append(max(0, lines - gone) if on(minute, windows_on.get(weekday, windows)) else 0)
    moments = np.array(minutes) * MINUTE
    assert table.people.at(moments).tolist() == people
    assert table.lines.at(moments).tolist() == open_lines
    assert table.people.total() == sum(people) * QUARTER * MINUTE
    if any(people):
        assert table.roster.total() == sum(map(bool, people)) * QUARTER * MINUTE
