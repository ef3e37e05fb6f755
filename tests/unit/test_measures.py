"""Every figure from a trace written by hand (`traces.example`), with values worked out by hand."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest

from callbacksim.campaign.outcomes import CaseStatus, Disposition, Item, Outcome, Settled, Source
from callbacksim.study.erlang import smallest_servers
from callbacksim.study.measuring.ledger import ALONE
from callbacksim.study.measuring.measures import CATALOGUE, Measure, can_have, funnel, measures
from callbacksim.study.setting import Setting
from helpers import at, constant, people, setting_of, tiny
from traces import CALLS, ESCALATED, ON_LEDGER, PEOPLE, TRY, call, example, hand_trace, item, person

INF = math.inf
SCENARIO: dict[str, Any] = {"robot": {"lines": 2}, "agents": {"count": 2}}
SIX = people(6)


def where(**changes: Any) -> Setting:
    return setting_of(tiny(**(SCENARIO | changes)), SIX)


def figure(name: str, **changes: Any) -> float:
    return measures(example(**changes), where())[name]


def test_every_figure_of_the_catalogue_is_there() -> None:
    assert set(measures(example(), where())) == set(CATALOGUE)


LIVE_TRANSFER = {"agents": {"transfer": {"live": True}}}


@pytest.mark.parametrize(
    ("figures", "needs"),
    [
        (("clerk_hours", "clerk_occupancy", "clerk_wait", "clerk_cost"), {"ledger": {"clerks": {}}}),
        (("transfers", "abandoned", "abandoned_share", "transferred_in_time", "transfer_wait"), LIVE_TRANSFER),
        (
            ("recordings", "found_on_recordings", "listener_hours", "listener_occupancy", "listener_cost"),
            {"listeners": {"share": 0.1}},
        ),
        (("looked_back", "look_back_satisfied_share", "reopened"), {"ledger": {"look_back": {}}}),
    ],
)
def test_figures_of_people_need_those_people(figures: tuple[str, ...], needs: dict[str, Any]) -> None:
    assert not any(can_have(tiny(), name) for name in figures)
    assert all(can_have(tiny(**needs), name) for name in figures)
    assert {name for name in CATALOGUE if can_have(tiny(**needs), name)} - set(figures) == {
        name for name in CATALOGUE if can_have(tiny(), name)
    }
    # Whom a robot's calls need, people who make the calls, or a ledger by itself, do not have.
    of_robots = "ledger" not in needs
    for mode in ("manual", "ledger"):
        scenario = tiny(**needs, study={"mode": mode})
        assert {can_have(scenario, name) for name in figures} == {not of_robots}


def test_a_ledger_by_itself_can_have_no_figure_of_calls() -> None:
    alone = tiny(study={"mode": "ledger"})
    assert can_have(alone, "resolved_share") and can_have(alone, "cost")
    assert not can_have(alone, "attempts") and not can_have(alone, "agent_cost")
    assert can_have(tiny(), "attempts") and can_have(tiny(), "resolved_share")
    assert can_have(tiny(study={"mode": "manual"}), "attempts")


@pytest.mark.parametrize(
    ("unit", "signed", "bounds"),
    [
        ("share of runs", False, (0, 1)),
        ("probability", False, (0, 1)),
        ("score 1-5", False, (1, 5)),
        ("minutes", False, (0, INF)),
        ("percentage points", True, (-INF, INF)),
    ],
)
def test_no_interval_leaves_the_bounds_of_its_unit(unit: str, signed: bool, bounds: tuple[float, float]) -> None:
    assert Measure(unit, "", "", signed).bounds == bounds


# --- calls -----------------------------------------------------------------------------------------------------------


def test_volumes() -> None:
    found = measures(example(), where())
    assert {name: found[name] for name in ("attempts", "answered", "interviews", "escalations")} == {
        "attempts": 7,
        "answered": 4,
        "interviews": 3,
        "escalations": 3,
    }
    assert found["interview_share"] == 0.5
    assert (found["problems"], found["suggestions"], found["missed"]) == (3, 1, 0)


def test_occupancy_of_lines_and_overrun() -> None:
    # Open from 9:00 to 14:10: 180 + 10 minutes, two lines. Held in it: 10 + 20 + 1 + 1 + 10 (of 20) + 10 + 5.
    assert figure("line_occupancy") == pytest.approx(57 / 380)
    assert figure("line_overrun") == pytest.approx(10)


def test_throughput_and_its_bound() -> None:
    assert figure("throughput") == pytest.approx(7 / (190 / 60))
    # Mean hold 67/7 minutes: two lines could make 2/(67/7) calls a minute.
    assert figure("throughput_bound") == pytest.approx(2 / (67 / 7) * 60)
    # Seven calls of two lines in 190 minutes; a full day has 180 + 240.
    assert figure("calls_per_line_day") == pytest.approx(7 / 2 * 420 / 190)
    slow = measures(example(), where(robot={"lines": 2, "calls_per_second": 0.001}))
    assert slow["throughput_bound"] == pytest.approx(3.6)


def test_a_robots_pace_bounds_no_people() -> None:
    by_hand = {"study": {"mode": "manual"}, "manual": {"agents": 2}, "robot": {"calls_per_second": 0.001}}
    assert measures(example(), where(**by_hand))["throughput_bound"] == pytest.approx(2 / (67 / 7) * 60)
    # Half a second each: however fast, two lines make four calls a second, and so do two people.
    quick = [call(0, Outcome.BUSY, "09:00", "09:00", "09:00:00.5")]
    assert figure("throughput_bound", attempts=quick) == pytest.approx(4 * 3600)
    assert measures(example(attempts=quick), where(**by_hand))["throughput_bound"] == pytest.approx(4 * 3600)


def test_a_full_day_is_one_of_the_days_that_are_open() -> None:
    # Two lines, from 18:00 to midnight on Tuesday and Wednesday alone: six hours a day. Ten minutes are observed.
    evenings = [(at("18:00", 1), 2), (at("00:00", 2), 0), (at("18:00", 2), 2), (at("00:00", 3), 0)]
    at_six = [list(call(0, Outcome.COMPLETE, "18:00", "18:00", "18:10"))]
    for column in (-4, -3, -2):  # due, start, end
        at_six[0][column] += at("00:00", 1)
    lines = {"time": np.array([time for time, _ in evenings]), "capacity": np.array([many for _, many in evenings])}
    assert figure("calls_per_line_day", attempts=at_six, lines=lines) == pytest.approx(1 / 2 * 360 / 10)


def test_what_binds() -> None:
    # Both lines busy 9:00–9:11 and 14:00–14:05; somebody waits with a line free 11:40–11:50; the rest is gaps.
    found = measures(example(), where())
    assert found["bound_by_lines"] == pytest.approx(16 / 190)
    assert found["bound_by_pace"] == pytest.approx(10 / 190)
    assert found["bound_by_gaps"] == pytest.approx(164 / 190)


def test_who_was_never_called_waits_all_the_time() -> None:
    contacts = (*PEOPLE, person(6, Disposition.UNFINISHED, attempts=0))
    trace = example(contacts=contacts)
    found = measures(trace, setting_of(tiny(**SCENARIO), people(7)))
    assert found["bound_by_lines"] == pytest.approx(16 / 190)
    assert found["bound_by_pace"] == pytest.approx(174 / 190)
    assert found["bound_by_gaps"] == 0


def test_no_calls_leave_figures_undefined() -> None:
    nobody = [person(i, Disposition.UNFINISHED, attempts=0) for i in range(6)]
    found = measures(hand_trace(contacts=nobody), where())
    undefined = (
        "line_occupancy",
        "throughput",
        "throughput_bound",
        "calls_per_line_day",
        "bound_by_lines",
        "called_back_in_time",
        "on_time_share",
    )
    assert all(math.isnan(found[name]) for name in undefined)
    assert math.isinf(found["finish"])


def test_calls_to_one_number() -> None:
    assert figure("calls_to_a_number_most") == 2
    assert figure("numbers_called_for_several") == 0
    # 0 and 2 share a number: three calls to it, for two businesses.
    shared = setting_of(tiny(**SCENARIO), people([0, 1, 0, 2, 3, 4]))
    found = measures(example(), shared)
    assert (found["calls_to_a_number_most"], found["numbers_called_for_several"]) == (3, 1)


# --- finish ----------------------------------------------------------------------------------------------------------

SETTLED = (*ESCALATED[:2], (5, at("14:05"), 2, 1, 1, at("15:00"), at("15:10"), Settled.UNREACHABLE))


def test_finish_is_the_later_of_calls_and_call_backs() -> None:
    assert figure("dialling_finish") == pytest.approx(14 + 10 / 60)
    assert figure("finish", escalations=SETTLED) == pytest.approx(15 + 10 / 60)
    early = [(*row[:6], min(row[6], at("11:00")), row[7]) for row in SETTLED]
    assert figure("finish", escalations=early) == pytest.approx(14 + 10 / 60)


def heard(*ends: str, start: str = "09:00") -> list[tuple[int, ...]]:
    """Recordings of the contacts 0, 1, …, listened to until then; nothing is found."""
    return [(contact, at("00:02"), 0, at(start), at(start), at(end)) for contact, end in enumerate(ends)]


def test_who_ends_last() -> None:
    def last(settled: str, *listened: str) -> tuple[float, float]:
        rows = [(*row[:6], at(settled), Settled.HANDLED) for row in ESCALATED]
        found = measures(example(escalations=rows, recordings=heard(*listened)), where())
        return found["finish_by_people"], found["finish_by_listeners"]

    # The last call ends at 14:10. Who ends together with somebody else does not end last.
    assert [last("14:09"), last("14:10"), last("14:11")] == [(0, 0), (0, 0), (1, 0)]
    assert [last("11:00", "14:10"), last("11:00", "14:11"), last("14:11", "14:11")] == [(0, 0), (0, 1), (0, 0)]
    assert [last("14:12", "14:11"), last("14:11", "14:12", "10:00")] == [(1, 0), (0, 1)]
    cut_off = measures(example(), where())
    assert math.isnan(cut_off["finish_by_people"]) and math.isnan(cut_off["finish_by_listeners"])


def test_a_recording_nobody_heard_leaves_the_finish_open() -> None:
    assert figure("finish", escalations=SETTLED, recordings=heard("15:00")) == pytest.approx(15 + 10 / 60)
    # Begun at midnight of the first day is begun.
    assert figure("finish", escalations=SETTLED, recordings=heard("00:02", start="00:00")) == pytest.approx(15 + 1 / 6)
    unheard = [(0, at("00:02"), 0, at("09:00"), -1, -1)]
    assert math.isinf(figure("finish", escalations=SETTLED, recordings=unheard))


def test_a_campaign_whose_quota_was_reached_before_any_call_ends_at_once() -> None:
    nobody = [person(i, Disposition.UNFINISHED, attempts=0) for i in range(6)]
    found = measures(hand_trace(contacts=nobody, quota_reached=True), where())
    assert (found["finish"], found["dialling_finish"], found["line_cost"]) == (0, 0, 0)
    assert (found["people_at_work"], found["people_employed"]) == (0, 0)


def test_finish_is_censored_by_an_open_call_back_or_contact() -> None:
    assert math.isinf(figure("finish"))
    open_contact = (*PEOPLE[:5], person(5, Disposition.UNFINISHED))
    assert math.isinf(figure("finish", escalations=SETTLED, contacts=open_contact))
    assert math.isinf(figure("dialling_finish", contacts=open_contact))
    # A quota that was reached ends the calls: nothing is cut off.
    assert not math.isinf(figure("finish", escalations=SETTLED, contacts=open_contact, quota_reached=True))


def test_finish_of_the_ledger() -> None:
    assert math.isinf(figure("ledger_finish"))
    closed = ON_LEDGER[:4]
    assert figure("ledger_finish", escalations=SETTLED, cases=closed) == pytest.approx(2 * 24 + 9)
    assert math.isinf(figure("ledger_finish", cases=closed)), "a call-back may still bring a case"
    assert figure("ledger_finish", escalations=SETTLED, cases=ON_LEDGER[1:2]) == pytest.approx(10 + 31 / 60)
    assert math.isnan(figure("ledger_finish", escalations=SETTLED, cases=()))


# --- people ----------------------------------------------------------------------------------------------------------


def test_people_busy() -> None:
    # On duty from 9:20 to 14:30: 160 + 30 minutes, two people; at work 1 + 10 + 10.
    assert figure("agent_occupancy") == pytest.approx(21 / 380)
    assert figure("agent_hours") == pytest.approx(21 / 60)
    assert figure("agent_overrun") == 0
    late = (*TRY[:2], (1, 1, 1, at("00:10"), 0, at("09:20"), at("17:55"), at("18:05")))
    assert figure("agent_overrun", tries=late) == pytest.approx(5)


def test_people_in_place_of_a_robot_work_on_the_calls() -> None:
    # However many others may be on the roster of those who call back.
    roster = {"time": np.array([0]), "capacity": np.array([9])}
    found = measures(example(people=roster), where(study={"mode": "manual"}, manual={"agents": 2}))
    # The calls' 67 minutes, 57 of them in the 190 open minutes of two.
    assert found["agent_hours"] == pytest.approx(67 / 60)
    assert found["agent_occupancy"] == pytest.approx(57 / 380)
    assert found["agent_overrun"] == pytest.approx(10)
    assert math.isnan(found["people_at_work"]) and math.isnan(found["people_employed"])


def test_midnight_of_the_first_day_is_a_time_like_any_other() -> None:
    at_once = (0, 0, 1, 0, 1, 0, 0, Settled.HANDLED)
    morning = (1, at("09:00"), 1, 0, 1, at("09:00"), at("09:30"), Settled.HANDLED)
    found = measures(example(escalations=[at_once, morning]), where())
    assert (found["never_tried"], found["backlog_most"]) == (0, 1)


def test_waits_count_open_time_and_the_unattempted_as_failed() -> None:
    # Open minutes: 9:10–9:20 is 10; 9:20–12:00 and 14:00–14:20 is 180, above the 120 promised; 5 was never called.
    assert figure("called_back_in_time") == pytest.approx(1 / 3)
    assert figure("wait_mean") == pytest.approx(95)
    assert figure("never_tried") == 1
    assert math.isinf(figure("wait_p95"))  # of three, the one who was never called
    assert figure("wait_p95", escalations=SETTLED) == pytest.approx(180)


def test_in_time_means_within_the_limit_to_the_millisecond() -> None:
    def share(minutes: float) -> float:
        return measures(example(), where(agents={"count": 2, "within_minutes": minutes}))["called_back_in_time"]

    assert [share(m) for m in (9.9, 10, 179.9, 180)] == pytest.approx([0, 1 / 3, 1 / 3, 2 / 3])


def test_backlog() -> None:
    # [9:10, 10:31), [9:20, 14:30), [14:05, never): two at a time. One that ends as another begins is not counted twice.
    assert figure("backlog_most") == 2
    touching = (
        (0, at("09:00"), 1, 0, 1, at("09:00"), at("09:30"), 0),
        (1, at("09:30"), 1, 0, 1, at("09:30"), at("10:00"), 0),
    )
    assert figure("backlog_most", escalations=touching) == 1
    assert figure("backlog_most", escalations=()) == 0


def test_staffing_need() -> None:
    # 11 minutes of work due at 11:10 and 10 due at 11:20: one person at work, ceil(1 / 0.85 / 0.7) employed.
    assert (figure("people_at_work"), figure("people_employed")) == (1, 2)
    # Two hours of work promised within two hours, twice at once: two people.
    long = [(c, 1, 1, at("02:00"), 0, at("09:00"), at("09:00"), at("11:00")) for c in (0, 1)]
    both = [(c, at("09:00"), 1, 0, 1, at("09:00"), at("11:00"), Settled.HANDLED) for c in (0, 1)]
    assert figure("people_at_work", tries=long, escalations=both) == 2
    # So late on the last day, too.
    friday = at("00:00", 4)
    late = [(*row[:5], *(time + friday for time in row[5:])) for row in long]
    last = [
        (c, ready + friday, *some, first + friday, end + friday, settled)
        for c, ready, *some, first, end, settled in both
    ]
    assert figure("people_at_work", tries=late, escalations=last) == 2


def transferred(
    calls: int, begin: str, end: str, *, talk: str = "00:05", wrap_up: str = "00:01:40", within: int = 20
) -> dict[str, float]:
    """Figures of so many answered calls from begin to end, all handed over at once at the end."""
    attempts = [call(i % 6, Outcome.COMPLETE, begin, begin, end) for i in range(calls)]
    moment, took = at(end), (at(talk), at(wrap_up))
    free = moment + took[0]
    handed = [(i % 6, at("00:00:30"), *took, moment, moment, free, free + took[1]) for i in range(calls)]
    live = {"live": True, "patience": constant(30), "within_seconds": within, "share": 0.8}
    setting = where(agents={"count": 2, "transfer": live, "within_minutes": 1})
    done = [(i, at(end), 1, 0, 0, at(end), at(end), Settled.HANDLED, 1) for i in range(6)]
    return measures(example(attempts=attempts, transfers=handed, escalations=done, tries=()), setting)


def test_people_for_transfers_by_the_mean_rate_over_open_hours() -> None:
    # On duty from 9:00. Ninety transfers in the ten minutes from 9:05 are 0.15 a second, of 300 + 100 s each.
    need = smallest_servers(0.15, 400, 20, 0.8, 30)
    assert need > 40
    assert transferred(90, "09:05", "09:15")["people_at_work"] == need
    # Before people are on duty no time passes, and a rate is by the second at least: five in it, of 4 + 6 s.
    early = transferred(5, "08:00", "08:01", talk="00:00:04", wrap_up="00:00:06")
    assert early["people_at_work"] == smallest_servers(5, 10, 20, 0.8, 30)


def test_transfers_in_time_to_the_millisecond() -> None:
    def share(waits: list[int]) -> float:
        moment = at("09:10")
        handed = [
            (c, 30_000, 5_000, 0, moment, moment + ms, moment + ms + 5_000, moment + ms + 5_000)
            for c, ms in enumerate(waits)
        ]
        setting = where(agents={"transfer": {"live": True, "within_seconds": 20}})
        return measures(example(transfers=handed), setting)["transferred_in_time"]

    assert share([20_000, 20_001]) == 0.5
    assert share([0, 20_000]) == 1


def test_whoever_hung_up_was_not_taken_over() -> None:
    live = where(agents={"transfer": {"live": True}})
    # One taken over at midnight sharp, after no wait; two hung up after 30 s.
    handed = [(0, 30_000, 5_000, 0, 0, 0, 5_000, 5_000)]
    handed += [(c, 30_000, 5_000, 0, at("09:10"), -1, at("09:10:30"), at("09:10:30")) for c in (1, 2)]
    found = measures(example(transfers=handed), live)
    assert (found["transfers"], found["abandoned"], found["transfer_wait"]) == (3, 2, 0)
    assert (found["abandoned_share"], found["transferred_in_time"]) == pytest.approx((2 / 3, 1 / 3))
    everybody_left = measures(example(transfers=handed[1:]), live)
    assert math.isnan(everybody_left["transfer_wait"]) and everybody_left["abandoned_share"] == 1
    nobody_came = measures(example(), live)
    assert (nobody_came["transfers"], nobody_came["abandoned"]) == (0, 0)
    shares = ("abandoned_share", "transferred_in_time", "transfer_wait")
    assert all(math.isnan(nobody_came[name]) for name in shares)
    robotless = where(agents={"transfer": {"live": True}}, study={"mode": "manual"})
    assert all(math.isnan(measures(example(), robotless)[name]) for name in ("transfers", "abandoned", *shares))
    assert math.isnan(figure("transfers"))


def test_people_who_listen() -> None:
    # Two on duty from 9:00; busy for 30 and for 10 of the first thirty minutes. A third recording waits.
    duty = {"time": np.array([at("09:00"), at("12:00")]), "capacity": np.array([2, 0])}
    recordings = [
        (0, at("00:30"), 1, at("09:00"), at("09:00"), at("09:30")),
        (1, at("00:10"), 1, at("09:00"), at("09:00"), at("09:10")),
        (5, at("00:10"), 1, at("14:05"), -1, -1),
    ]
    found = measures(example(recordings=recordings, listeners=duty), where(listeners={"share": 1}))
    assert (found["recordings"], found["found_on_recordings"]) == (2, 2)
    assert found["listener_hours"] == pytest.approx(40 / 60)
    assert found["listener_occupancy"] == pytest.approx(40 / 60)


# --- ledger ----------------------------------------------------------------------------------------------------------


def test_rates_of_the_ledger() -> None:
    # Three problem cases were received: one resolved in time, one late and unresolved, one never taken up.
    found = measures(example(), where())
    assert found["resolved_share"] == pytest.approx(1 / 3)
    assert found["response_share"] == pytest.approx(2 / 3)
    assert found["on_time_share"] == pytest.approx(1 / 3)
    assert found["overdue"] == 2
    assert found["misrouted"] == 1
    # From forwarded: 11:00 to 10:00 next day, 15:00 to 9:00 two days later.
    assert found["case_days"] == pytest.approx((23 + 42) / 2 / 24)


def test_a_case_settled_at_office_close_of_the_due_day_is_in_time() -> None:
    def settled_at(end: int) -> tuple[Any, ...]:
        times = (at("11:00"), at("11:00"), at("17:00", 1), at("11:00"), end)
        return item(0, Item.PROBLEM, 0, "10:31", *times, status=CaseStatus.RESOLVED)

    assert figure("on_time_share", cases=[settled_at(at("17:00", 1))]) == 1
    assert figure("on_time_share", cases=[settled_at(at("17:00", 1) + 1)]) == 0


def test_cases_still_open_are_counted_by_their_age_at_the_horizon() -> None:
    # Five days simulated: heard on Monday at 0:00 exactly five days before it ends, a millisecond later less than five.
    def heard(ms: int) -> tuple[Any, ...]:
        return (0, Source.SURVEY, Item.PROBLEM, 0, 0, 0, ms, *(-1,) * 7, CaseStatus.OPEN, 0)

    names = ("open_to_5_days", "open_5_to_15_days", "open_over_15_days")
    found = measures(example(cases=[heard(0), heard(1), heard(at("23:00", 4)), *ON_LEDGER[:4]]), where())
    assert [found[name] for name in names] == [2, 1, 0]
    found = measures(example(cases=[heard(0), heard(at("12:00", 6))]), where(study={"horizon_days": 15}))
    assert [found[name] for name in names] == [0, 1, 1]


def test_what_lies_with_a_clerk_is_late_when_its_date_is_past() -> None:
    """Two working days from Monday are over at Wednesday's close, from Thursday on Monday's: after the five days.

    A suggestion has no date, and what is screened out is no case.
    """

    def lies(ms: int, what: Item = Item.PROBLEM, status: CaseStatus = CaseStatus.OPEN) -> tuple[Any, ...]:
        return (0, Source.SURVEY, what, 0, 0, 0, ms, *(-1,) * 7, status, 0)

    def found(*cases: tuple[Any, ...]) -> tuple[float, float]:
        of = measures(example(cases=[*cases], rounds=[]), where())
        return of["on_time_share"], of["overdue"]

    assert found(lies(at("12:00")), lies(at("12:00", 2)), lies(at("12:00", 3))) == (0, 2)
    late = measures(example(cases=[*ON_LEDGER, lies(at("12:00"))]), where())
    assert (late["on_time_share"], late["overdue"]) == (pytest.approx(1 / 4), 3)  # beside those of the example
    nothing = found(
        lies(at("12:00", 3)), lies(0, Item.SUGGESTION), lies(0, status=CaseStatus.SCREENED_OUT)
    )  # fmt: skip
    assert math.isnan(nothing[0]) and nothing[1] == 0


REOPENED = (
    # The first case of the example: settled in time, reopened on Wednesday, settled late; the second: still at work.
    (0, 1, at("11:00"), at("17:00", 1), at("11:00"), at("10:00", 1), CaseStatus.CLOSED_UNRESOLVED),
    (0, 2, at("09:00", 2), at("17:00", 3), at("09:00", 2), at("10:00", 4), CaseStatus.RESOLVED),
    (1, 1, at("16:00"), at("17:00", 1), at("16:00"), at("09:00", 2), CaseStatus.CLOSED_UNRESOLVED),
    (1, 2, at("09:00", 4), at("17:00", 8), -1, -1, CaseStatus.OPEN),
)
ASKED = (  # case round due asked reached satisfied reopened
    (0, 1, at("09:00", 2), at("09:00", 2), 1, 0, 1),
    (0, 2, at("09:00", 4), at("09:00", 4), 1, 1, 0),
    (1, 1, at("09:00", 4), at("09:00", 4), 1, 0, 1),
    (2, 1, at("09:00", 4), at("09:00", 4), 0, 0, 0),
    (3, 1, at("09:00", 9), -1, 0, 0, 0),
)


def test_rates_of_a_ledger_that_is_looked_back_on() -> None:
    def last(place: int, *times: int, status: CaseStatus) -> tuple[int, ...]:
        return (*item(place, Item.PROBLEM, 0, "10:31", *times, status=status)[:-1], 2)

    on_ledger = (
        last(0, at("11:00"), *REOPENED[1][2:6], status=CaseStatus.RESOLVED),
        last(1, at("15:00"), *REOPENED[3][2:6], status=CaseStatus.OPEN),
    )
    setting = where(ledger={"look_back": {}})
    found = measures(example(cases=on_ledger, rounds=REOPENED, lookbacks=ASKED), setting)
    assert found["resolved_share"] == 1 / 2
    assert found["response_share"] == 1, "the second was taken up at first"
    # Three rounds can be judged (the fourth is due after the five days): one in time.
    assert found["on_time_share"] == pytest.approx(1 / 3)
    assert found["overdue"] == 2
    # From the first forwarding to the last settling: Monday 11:00 to Friday 10:00.
    assert found["case_days"] == pytest.approx(4 - 1 / 24)
    assert found["misrouted"] == 1, "returned at first, and not when it was reopened"
    # Four calls were made; at the last of each case two were reached (0 and 1), one of them satisfied.
    assert (found["looked_back"], found["reopened"]) == (4, 2)
    assert found["look_back_satisfied_share"] == 1 / 2


def test_the_ledger_is_done_when_the_last_look_back_is() -> None:
    closed, calls = ON_LEDGER[:1], ASKED[:1]
    assert figure("ledger_finish", escalations=SETTLED, cases=closed, lookbacks=calls) == pytest.approx(2 * 24 + 9)
    still = ((0, 1, at("09:00", 9), -1, 0, 0, 0),)
    assert math.isinf(figure("ledger_finish", escalations=SETTLED, cases=closed, lookbacks=still))


def test_reports_from_elsewhere_are_no_problems_of_the_survey() -> None:
    reports = [(-1, Source.INTAKE, *ON_LEDGER[at_][2:]) for at_ in (0, 1)]
    trace, setting = example(cases=[*ON_LEDGER, *reports]), where(ledger={"intake": {"reports": 2}})
    counts = funnel(trace, setting)
    assert (counts["intake"], counts["intake_screened_out"]) == (1, 1)
    unchanged = ("problems", "screened_out", "true_problems", "missed", "lost_in_call_backs", "never_interviewed")
    assert [counts[name] for name in unchanged] == [funnel(example(), where())[name] for name in unchanged]
    assert counts["resolved"] == 2
    assert measures(trace, setting)["intake"] == 1
    assert math.isnan(figure("intake"))


def test_a_ledger_by_itself_has_its_own_figures_and_no_others() -> None:
    # Two reports: one settled on Tuesday at 10:00, one on Wednesday at 9:00; a third the clerk screened out.
    reports = [(-1, Source.INTAKE, *ON_LEDGER[place][2:]) for place in (0, 1, 3)]
    setting = where(study={"mode": "ledger"}, ledger={"intake": {"reports": 3}})
    found = measures(example(cases=reports), setting)
    assert set(found) == set(CATALOGUE)
    assert (found["ledger_finish"], found["intake"], found["resolved_share"]) == (2 * 24 + 9, 2, 0.5)
    assert all(math.isnan(found[name]) for name in CATALOGUE if name not in ALONE)
    assert math.isnan(found["cost"]) and math.isnan(found["clerk_cost"]), "nobody screens"
    assert funnel(example(cases=reports), setting) == {
        "intake": 2,
        "intake_screened_out": 1,
        "forwarded": 2,
        "resolved": 1,
        "closed_unresolved": 1,
        "open": 0,
    }


def test_clerks_of_a_ledger_by_itself_are_paid_until_the_last_screening() -> None:
    # Screened until 14:30 on Monday: both of the day's shifts, seven hours, of two clerks at ¥40, a fifth not at work.
    *first, _screening, _screened, forwarded, received = ON_LEDGER[3][2:11]
    report = (-1, Source.INTAKE, *first, at("14:00"), at("14:30"), forwarded, received, *ON_LEDGER[3][11:])
    clerks = {"count": 2, "shrinkage": 0.2}
    setting = where(
        study={"mode": "ledger"}, ledger={"intake": {"reports": 1}, "clerks": clerks}, costs={"clerk_hour": 40}
    )
    found = measures(example(cases=[report]), setting)
    assert found["clerk_cost"] == found["cost"] == pytest.approx(7 * 2 * 40 / 0.8)


# --- cost ------------------------------------------------------------------------------------------------------------


def test_cost_of_the_robot_is_started_minutes_and_started_months() -> None:
    # Talk of 590, 1190, 1190 and 290 s: 10 + 20 + 20 + 5 started minutes; a voicemail connects for one; rings are free.
    assert figure("robot_minutes") == 56
    assert figure("robot_cost") == pytest.approx(11.2)
    assert figure("line_cost") == 180


@pytest.mark.parametrize(("minutes", "started"), [("09:01:09.999", 1), ("09:01:10", 1), ("09:01:10.001", 2)])
def test_a_started_minute_of_talk(minutes: str, started: int) -> None:
    assert figure("robot_minutes", attempts=[call(0, Outcome.COMPLETE, "09:00", "09:00", minutes)]) == started


@pytest.mark.parametrize(("day", "months"), [(0, 1), (30, 1), (31, 2), (61, 2), (62, 3)])
def test_a_started_month_of_rent(day: int, months: int) -> None:
    # From 7 July: until 6 August (day 30) one month, on 7 August the second begins, on 7 September (day 62) the third.
    last = list(call(0, Outcome.COMPLETE, "09:00", "09:00", "09:10"))
    last[-2] = at("09:10", day)
    assert figure("line_cost", attempts=[last]) == 180 * months


@pytest.mark.parametrize(("ms", "months"), [(0, 1), (1, 2)])
def test_a_month_ends_with_the_midnight_before_its_day(ms: int, months: int) -> None:
    # From 7 July: a line that is free with the end of 6 August was rented for one month, a millisecond later for two.
    last = list(call(0, Outcome.COMPLETE, "09:00", "09:00", "09:10"))
    last[-2] = at("00:00", 31) + ms
    assert figure("line_cost", attempts=[last]) == 180 * months


@pytest.mark.parametrize(("day", "months"), [(9, 1), (10, 1), (30, 1), (31, 2), (364, 12), (365, 13), (396, 14)])
def test_months_run_on_over_the_new_year(day: int, months: int) -> None:
    # From 22 December: 31 December is day 9, 22 January day 31, the next 22 December day 365, 22 January day 396.
    last = list(call(0, Outcome.COMPLETE, "09:00", "09:00", "09:10"))
    last[-2] = at("09:10", day)
    found = measures(example(attempts=[last]), where(calendar={"start": dt.date(2025, 12, 22)}))
    assert found["line_cost"] == 180 * months


def test_cost_of_people_is_whole_shifts_over_one_minus_shrinkage() -> None:
    # Finished at 15:10 on Monday: both shifts, seven hours, of two people at ¥50, 30 % of paid time not at work.
    assert figure("agent_cost", escalations=SETTLED) == pytest.approx(7 * 2 * 50 / 0.7)
    # Finished at 14:00 sharp: the second shift has not begun.
    done = [(*row[:6], at("14:00"), Settled.HANDLED) for row in ESCALATED]
    assert figure("agent_cost", escalations=done, attempts=CALLS[:5]) == pytest.approx(3 * 2 * 50 / 0.7)
    # A millisecond later it has.
    later = [(*row[:6], at("14:00") + 1, Settled.HANDLED) for row in ESCALATED]
    assert figure("agent_cost", escalations=later, attempts=CALLS[:5]) == pytest.approx(7 * 2 * 50 / 0.7)
    # Cut by the horizon: five days.
    assert figure("agent_cost") == pytest.approx(5 * 7 * 2 * 50 / 0.7)


def test_who_listens_beyond_the_shift_is_paid_overtime() -> None:
    # Nights of three hours, begun at once; heard until 4:00: an hour of overtime at one and a half times ¥30, all five
    # nights as the campaign is cut off, with a quarter of the time not at work.
    ears = {"share": 1, "count": 1, "roster": [["00:00", "03:00"]], "shrinkage": 0.25}
    setting = where(listeners=ears, costs={"listener_hour": 30, "overtime": 1.5})
    recordings = heard("04:00", start="00:00")
    found = measures(example(recordings=recordings), setting)
    assert found["listener_cost"] == pytest.approx(5 * 3 * 30 / 0.75 + 1.5 * 30)
    assert (found["recordings"], found["listener_hours"]) == (1, 4)


def test_cost_adds_up() -> None:
    found = measures(example(), where())
    assert found["cost"] == pytest.approx(11.2 + 180 + 5000)
    assert found["cost_per_interview"] == pytest.approx(found["cost"] / 3)


def test_people_only_pay_no_robot() -> None:
    found = measures(example(escalations=SETTLED), where(study={"mode": "manual"}, manual={"agents": 4}))
    assert (found["robot_minutes"], found["robot_cost"], found["line_cost"]) == (0, 0, 0)
    assert found["agent_cost"] == pytest.approx(7 * 4 * 50 / 0.7)


# --- AAPOR -----------------------------------------------------------------------------------------------------------


def test_aapor_rates_of_the_dispositions() -> None:
    # I 2, P 1, R 1, silent 1 (UH), out of service 1 (UO): D = 4, U = 2, e = 1.
    found = measures(example(), where())
    expected = {"rr1": 2 / 6, "rr2": 3 / 6, "rr5": 2 / 4, "rr6": 3 / 4, "coop1": 2 / 4, "coop4": 3 / 4}
    expected |= {"ref1": 1 / 6, "ref3": 1 / 4, "con1": 4 / 6, "con3": 1}
    assert {name: found[name] for name in expected} == pytest.approx(expected)


def test_aapor_rates_on_a_trusted_register() -> None:
    # The silent are non-contacts, numbers out of service not eligible: D = 5, U = 0, NE = 1.
    found = measures(example(), where(study={"silent_as": "NC", "not_in_service_as": "NE"}))
    assert {name: found[name] for name in ("rr1", "rr3", "ref1", "con1")} == pytest.approx(
        {"rr1": 2 / 5, "rr3": 2 / 5, "ref1": 1 / 5, "con1": 4 / 5}
    )
    # Unknown silent ones with known dead ones: e = 4/5 of them count as eligible.
    mixed = measures(example(), where(study={"not_in_service_as": "NE"}))
    assert mixed["rr3"] == pytest.approx(2 / (4 + 0.8))


def test_whoever_refused_and_is_still_to_be_called_again_is_a_refusal() -> None:
    pending = (*PEOPLE[:3], person(3, Disposition.UNFINISHED, refused=1), *PEOPLE[4:])
    assert figure("ref1", contacts=pending) == pytest.approx(1 / 6)
    unspoken = (*PEOPLE[:3], person(3, Disposition.UNFINISHED), *PEOPLE[4:])
    assert figure("ref1", contacts=unspoken) == 0
    opted_out = (*PEOPLE[:3], person(3, Disposition.OPTED_OUT), *PEOPLE[4:])
    assert figure("ref1", contacts=opted_out) == pytest.approx(1 / 6)


# --- funnel ----------------------------------------------------------------------------------------------------------


def test_the_funnel() -> None:
    assert funnel(example(), where()) == {
        "rows": 6,
        "rejected": 0,
        "duplicates": 0,
        "excluded": 0,
        "contacts": 6,
        "attempts": 7,
        "answered": 4,
        "interviewed": 3,
        "complete": 2,
        "partial": 1,
        "broken_off": 1,
        "exhausted": 1,
        "not_in_service": 1,
        "opted_out": 0,
        "unfinished": 0,
        "escalated": 3,
        "handled": 2,
        "unreachable": 0,
        "escalations_unfinished": 1,
        "problems": 3,
        "suggestions": 1,
        "screened_out": 1,
        "intake": 0,
        "intake_screened_out": 0,
        "forwarded": 4,
        "resolved": 1,
        "closed_unresolved": 1,
        "open": 1,
        "true_problems": 7,
        "missed": 0,
        "lost_in_call_backs": 1,
        "never_interviewed": 2,
    }


def test_a_problem_nobody_flagged_is_missed() -> None:
    counts = funnel(example(escalations=ESCALATED[:2]), where())
    assert (counts["missed"], counts["lost_in_call_backs"], counts["true_problems"]) == (1, 0, 7)
    assert figure("missed", escalations=ESCALATED[:2]) == 1


def test_what_exact_counts_leave_unidentified_is_none() -> None:
    exact = where(recognition={"exact": {"escalations": 3, "problems": 3, "suggestions": 1}})
    unknown = example(contacts=[(*row[:-2], -1, -1) for row in PEOPLE])
    counts = funnel(unknown, exact)
    names = ("true_problems", "missed", "lost_in_call_backs", "never_interviewed")
    assert [counts[name] for name in names] == [None] * 4
    assert math.isnan(measures(unknown, exact)["missed"])


def test_the_items_of_the_ledger_are_counted_by_kind() -> None:
    kinds = np.bincount(example().cases["item"], minlength=2)
    assert kinds[Item.PROBLEM] == 4 and kinds[Item.SUGGESTION] == 1
