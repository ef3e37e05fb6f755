"""The ledger by hand: clerks, look-back, reopening and intake, worked out on paper (see `helpers.TINY`).

A call takes a minute, a call-back 400 s: contact 0 is heard at 9:07:40, contact 1 at 9:14:20. The office is open from
9 to 12 and from 13 to 17; forwarding takes one office hour, the department's one worker two for a case.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from callbacksim.campaign.casework import Casework
from callbacksim.campaign.draws import Draws
from callbacksim.campaign.ledger import LedgerDesk
from callbacksim.campaign.outcomes import CaseStatus, Item, Source
from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.campaign.trace import Trace
from callbacksim.scenario.calendar import DAY, HOUR, timetable
from callbacksim.study.measuring.measures import measures
from helpers import (
    BOTH,
    KINDS,
    ORDINARY,
    PROBLEM,
    SEED,
    SUGGESTION,
    at,
    cases,
    constant,
    lines_of,
    look_backs,
    people,
    rounds,
    run,
    screenings,
    setting_of,
    tiny,
)

HALF_AN_HOUR = {"count": 1, "screening": constant(30)}
UNSATISFIED = {"after_days": 2, "reached": 1, "satisfied": 0, "satisfied_unresolved": 0, "reopen_most": 1}


# --- clerks ----------------------------------------------------------------------------------------------------------


def test_one_clerk_screens_item_after_item_before_they_are_forwarded() -> None:
    # Heard together, contact 1's problem goes before its suggestion. The department gets the second problem at
    # 11:07:40 and takes it up when the first, begun at 10:37:40, has had 1:22:20 before noon and 37:40 after one.
    trace = run(tiny(ledger={"clerks": HALF_AN_HOUR}, segments=KINDS), people(2, [PROBLEM, BOTH]))
    assert screenings(trace) == lines_of(
        """
        0 problem    09:07:40 09:07:40 09:37:40 10:37:40 resolved
        1 problem    09:14:20 09:37:40 10:07:40 11:07:40 resolved
        1 suggestion 09:14:20 10:07:40 10:37:40 11:37:40 forwarded
        """
    )
    assert cases(trace)[1] == "1 problem A 09:14:20 11:07:40 11:07:40 2d17:00:00 13:37:40 15:37:40 resolved"


def test_what_is_heard_in_the_same_millisecond_goes_contact_by_contact_the_problem_first() -> None:
    # Two lines and two people: both contacts are heard at 9:07:40.
    two = {"robot": {"lines": 2}, "agents": {"count": 2}}
    trace = run(tiny(**two, ledger={"clerks": HALF_AN_HOUR}, segments=KINDS), people(2, [BOTH, BOTH]))
    assert screenings(trace) == lines_of(
        """
        0 problem    09:07:40 09:07:40 09:37:40 10:37:40 resolved
        0 suggestion 09:07:40 09:37:40 10:07:40 11:07:40 forwarded
        1 problem    09:07:40 10:07:40 10:37:40 11:37:40 resolved
        1 suggestion 09:07:40 10:37:40 11:07:40 13:07:40 forwarded
        """
    )


def test_two_clerks_screen_at_once() -> None:
    two = {"clerks": {**HALF_AN_HOUR, "count": 2}}
    trace = run(tiny(ledger=two, segments=KINDS), people(2, [PROBLEM, BOTH]))
    assert [line.split()[3] for line in screenings(trace)] == ["09:07:40", "09:14:20", "09:37:40"]


def test_screening_rests_while_the_office_is_closed() -> None:
    # Heard 11:27:40; of an hour's work 32:20 are done by noon, the rest by 13:27:40.
    early = {"calendar": {"windows": [["11:20", "12:00"]]}, "agents": {"roster": [["11:00", "12:00"]]}}
    hour = {"clerks": {"count": 1, "screening": constant(60)}}
    assert screenings(run(tiny(**early, ledger=hour, segments=KINDS), people(1, [SUGGESTION]))) == [
        "0 suggestion 11:27:40 11:27:40 13:27:40 14:27:40 forwarded"
    ]


def test_what_is_heard_in_the_evening_is_screened_next_morning() -> None:
    late = {"calendar": {"windows": [["17:00", "18:00"]]}, "agents": {"roster": [["17:00", "18:00"]]}}
    trace = run(tiny(**late, ledger={"clerks": HALF_AN_HOUR}, segments=KINDS), people(1, [SUGGESTION]))
    assert screenings(trace) == ["0 suggestion 17:07:40 1d09:00:00 1d09:30:00 1d10:30:00 forwarded"]


def test_at_the_horizon_a_clerk_finishes_and_takes_up_nothing_more() -> None:
    # One day. Heard 16:37:40 and 16:44:20; an hour's screening has 22:20 today, 37:40 on the day after the horizon.
    late = {"calendar": {"windows": [["16:30", "17:00"]]}, "agents": {"roster": [["16:30", "17:00"]]}}
    hour = {"clerks": {"count": 1, "screening": constant(60)}}
    scenario = tiny(**late, ledger=hour, segments=KINDS, study={"horizon_days": 1})
    trace = run(scenario, people(2, [PROBLEM, SUGGESTION]))
    assert screenings(trace) == lines_of(
        """
        0 problem    16:37:40 16:37:40 1d09:37:40 1d10:37:40 open
        1 suggestion 16:44:20 -        -          -          open
        """
    )
    # What waits for the clerk when the horizon comes has not been settled, a suggestion neither.
    assert np.isinf(measures(trace, setting_of(scenario, people(2)))["ledger_finish"])


def test_what_a_clerk_has_not_screened_is_open_and_then_screened_out() -> None:
    def statuses(count: int) -> list[str]:
        clerks = {"clerks": {**HALF_AN_HOUR, "count": count}, "valid": 0}
        return [line.split()[-1] for line in screenings(run(tiny(ledger=clerks, segments=KINDS), people(1, [BOTH])))]

    assert statuses(0) == ["open", "open"]
    assert statuses(1) == ["screened_out", "forwarded"]


def test_counts_that_are_given_pass_the_clerk_too() -> None:
    # The day is simulated first, then the clerks' day: nothing is screened before it was heard, all of it is valid.
    exact = {"escalations": 3, "problems": 2, "suggestions": 2}
    scenario = tiny(ledger={"clerks": HALF_AN_HOUR, "valid": 0}, recognition={"exact": exact})
    trace = run(scenario, people(5))
    settled = dict(zip(*(trace.escalations[name].tolist() for name in ("contact", "settled_at")), strict=True))
    assert trace.cases["heard"].tolist() == [settled[contact] for contact in trace.cases["contact"].tolist()]
    first, *others = sorted(trace.cases["screening"].tolist())
    assert first == trace.cases["heard"].min()
    assert others == [first + turn * HOUR // 2 for turn in (1, 2, 3)]  # one clerk, never idle before noon
    assert sorted(trace.cases["item"].tolist()) == [0, 0, 1, 1]
    assert CaseStatus.SCREENED_OUT not in trace.cases["status"]


def test_figures_and_cost_of_the_clerks() -> None:
    # Three items of half an hour, waits 0, 23:20 and 53:20; busy from the first start to the last end. Calls are done
    # by 9:14:20, the last item is screened by 10:37:40: the shift until noon is paid, 3 h ÷ (1 − 0.25) × ¥40.
    scenario = tiny(ledger={"clerks": {**HALF_AN_HOUR, "shrinkage": 0.25}}, costs={"clerk_hour": 40.0}, segments=KINDS)
    contacts = people(2, [PROBLEM, BOTH])
    found = measures(run(scenario, contacts), setting_of(scenario, contacts))
    assert found["clerk_hours"] == pytest.approx(1.5)
    assert found["clerk_occupancy"] == pytest.approx(1)
    assert found["clerk_wait"] == pytest.approx((23 + 20 / 60 + 53 + 20 / 60) / 3)
    assert found["clerk_cost"] == pytest.approx(3 / 0.75 * 40)
    slow = tiny(ledger={"clerks": {"count": 2, "screening": constant(180), "shrinkage": 0}}, segments=KINDS)
    # Two clerks, three hours an item: the third is screened by 16:07:40 and more, so both shifts of both are paid.
    assert measures(run(slow, contacts), setting_of(slow, contacts))["clerk_cost"] == pytest.approx(2 * 7 * 50)
    others = ("robot_cost", "line_cost", "agent_cost", "clerk_cost")
    assert found["cost"] == pytest.approx(sum(found[name] for name in others))
    without = tiny(segments=KINDS)
    none = measures(run(without, contacts), setting_of(without, contacts))
    assert all(np.isnan(none[name]) for name in ("clerk_hours", "clerk_occupancy", "clerk_wait", "clerk_cost"))


# --- look-back and reopening -----------------------------------------------------------------------------------------


def settled_on_monday(look_back: dict[str, Any], resolved: float = 1, **more: Any) -> Trace:
    """One problem: received 10:07:40, settled 13:07:40 on Monday."""
    department = {"A": {"staff": 1, "handling": constant(2), "due_days": 2, "resolved": resolved}}
    scenario = tiny(ledger={"look_back": look_back, "departments": department}, segments=KINDS, **more)
    return run(scenario, people(1, [PROBLEM]))


def test_the_satisfied_are_asked_once_when_the_office_opens_some_working_days_later() -> None:
    trace = settled_on_monday({**UNSATISFIED, "satisfied": 1})
    assert look_backs(trace) == ["0 1 2d09:00:00 2d09:00:00 1 1 0"]
    assert cases(trace) == ["0 problem A 09:07:40 10:07:40 10:07:40 2d17:00:00 10:07:40 13:07:40 resolved"]


def test_who_is_not_reached_has_nothing_reopened() -> None:
    assert look_backs(settled_on_monday({**UNSATISFIED, "reached": 0})) == ["0 1 2d09:00:00 2d09:00:00 0 0 0"]


def test_the_unsatisfied_get_the_case_reopened_with_a_due_date_of_its_own_up_to_the_cap() -> None:
    # Wednesday 9:00, due two working days later, done in two hours; looked back on again on Friday, for the last time.
    trace = settled_on_monday(UNSATISFIED, resolved=0)
    assert rounds(trace) == lines_of(
        """
        0 1 10:07:40   2d17:00:00 10:07:40   13:07:40   closed_unresolved
        0 2 2d09:00:00 4d17:00:00 2d09:00:00 2d11:00:00 closed_unresolved
        """
    )
    assert look_backs(trace) == lines_of(
        """
        0 1 2d09:00:00 2d09:00:00 1 0 1
        0 2 4d09:00:00 4d09:00:00 1 0 0
        """
    )
    # The case itself stands as its last round left it.
    assert cases(trace) == [
        "0 problem A 09:07:40 10:07:40 2d09:00:00 4d17:00:00 2d09:00:00 2d11:00:00 closed_unresolved"
    ]
    assert trace.cases["rounds"].tolist() == [2]


def test_at_the_horizon_nobody_is_asked_any_more() -> None:
    # Reopened on Friday (day 4), settled at 11; the next look-back would be on Tuesday (day 8), after the five days.
    trace = settled_on_monday({**UNSATISFIED, "reopen_most": 2}, resolved=0)
    assert look_backs(trace)[1:] == lines_of(
        """
        0 2 4d09:00:00 4d09:00:00 1 0 1
        0 3 8d09:00:00 -          0 0 0
        """
    )
    assert rounds(trace)[2] == "0 3 4d09:00:00 8d17:00:00 4d09:00:00 4d11:00:00 closed_unresolved"
    scenario = tiny(ledger={"look_back": UNSATISFIED})
    assert np.isinf(measures(trace, setting_of(scenario, people(1)))["ledger_finish"])


@pytest.mark.parametrize(("days", "asked"), [(1, "1d00:00:00"), (2, "-")])
def test_a_look_back_due_at_the_horizon_itself_is_not_made(days: int, asked: str) -> None:
    # An office that opens at midnight: settled at 11:07:40, and the second working day begins where the horizon is.
    department = {"A": {"staff": 1, "handling": constant(1), "due_days": 2, "resolved": 1}}
    look_back = {**UNSATISFIED, "after_days": days}
    ledger = {"office": [["00:00", "12:00"]], "look_back": look_back, "departments": department}
    trace = run(tiny(ledger=ledger, study={"horizon_days": 2}, segments=KINDS), people(1, [PROBLEM]))
    assert look_backs(trace)[0].split()[2:4] == [f"{days}d00:00:00", asked]


@pytest.mark.parametrize(("days", "asked"), [(1, "9d09:00:00"), (2, "10d09:00:00"), (3, "11d09:00:00")])
def test_a_look_back_waits_for_the_end_of_the_holiday_and_is_made_on_the_make_up_saturday(
    days: int, asked: str
) -> None:
    # Settled on Tuesday 30 September; 1–8 October are off, Saturday 11 October is worked.
    calendar = {"start": dt.date(2025, 9, 30), "holidays": "CN"}
    look_back = {**UNSATISFIED, "after_days": days, "satisfied": 1}
    trace = settled_on_monday(look_back, calendar=calendar, study={"horizon_days": 20})
    assert look_backs(trace) == [f"0 1 {asked} {asked} 1 1 0"]


def test_a_reopened_case_waits_its_turn_in_the_department() -> None:
    # Two problems, settled at 13:07:40 and 15:07:40 on Monday and reopened together on Wednesday at 9: one worker.
    trace = run(tiny(ledger={"look_back": UNSATISFIED}, segments=KINDS), people(2, [PROBLEM, PROBLEM]))
    assert [line for line in rounds(trace) if line.split()[1] == "2"] == lines_of(
        """
        0 2 2d09:00:00 4d17:00:00 2d09:00:00 2d11:00:00 resolved
        1 2 2d09:00:00 4d17:00:00 2d11:00:00 2d14:00:00 resolved
        """
    )


def test_every_round_has_draws_of_its_own() -> None:
    # Half are resolved in each round; the unresolved are never satisfied, the resolved always.
    look_back = {"after_days": 1, "reached": 1, "satisfied": 1, "satisfied_unresolved": 0, "reopen_most": 1}
    department = {"A": {"staff": 50, "handling": constant(1), "due_days": 2, "resolved": 0.5}}
    scenario = tiny(
        ledger={"look_back": look_back, "departments": department},
        agents={"count": 50},
        robot={"lines": 50},
        segments=KINDS,
    )
    trace = run(scenario, people(40, [PROBLEM] * 40))
    first, second = (Draws(SEED, 0).uniforms(f"PROBLEM/{stream}", 40) < 0.5 for stream in ("resolved", "resolved/2"))
    contact = trace.cases["contact"]
    assert (trace.cases["rounds"] == np.where(first[contact], 1, 2)).all()
    resolved = first | second
    assert ((trace.cases["status"] == CaseStatus.RESOLVED) == resolved[contact]).all()
    assert 0 < first.sum() < resolved.sum() < 40


# --- the intake ------------------------------------------------------------------------------------------------------

REPORTS = {"reports": 12, "first": dt.date(2025, 7, 8), "last": dt.date(2025, 7, 9)}


def test_reports_come_in_uniformly_over_the_office_hours_of_their_days() -> None:
    # Two days of seven hours: u × 14 h from Tuesday 9:00 on, over noon and night.
    trace = run(tiny(ledger={"intake": REPORTS}), people(1))
    expected = []
    for u in Draws(SEED, 0).uniforms("intake/arrival", 12).tolist():
        day, into = divmod(int(u * 14 * HOUR), 7 * HOUR)
        expected.append((1 + day) * DAY + 9 * HOUR + into + (HOUR if into >= 3 * HOUR else 0))
    assert trace.cases["heard"].tolist() == expected
    assert set(trace.cases["contact"]) == {-1} and set(trace.cases["item"]) == {Item.PROBLEM}
    assert set(trace.cases["source"]) == {Source.INTAKE}


@dataclass(frozen=True)
class Drawn(Draws):
    """Draws of which all are these."""

    given: tuple[float, ...] = ()

    def uniforms(self, *_address: Any) -> Any:
        return np.array(self.given)


def test_a_report_comes_in_when_the_office_is_open_never_when_it_closes() -> None:
    # Of the fourteen hours of two days: the first moment, those of the afternoon and of the second day, the very last.
    scenario = tiny(ledger={"intake": {**REPORTS, "reports": 4}})
    chance = Drawn(SEED, 0, (0.0, 3 / 14, 7 / 14, 1 - 2**-53))
    came = Casework(scenario, people(1), timetable(scenario), chance).arrivals()
    assert came == [at("09:00", 1), at("13:00", 1), at("09:00", 2), at("17:00", 2) - 1]


def test_more_reports_keep_the_times_of_the_first() -> None:
    few, many = (
        run(tiny(ledger={"intake": {**REPORTS, "reports": n}}), people(1)).cases["heard"].tolist() for n in (5, 9)
    )
    assert many[:5] == few


def test_an_intake_delays_cases_and_changes_no_other_draw() -> None:
    contacts = people(6, [PROBLEM, BOTH, ORDINARY, SUGGESTION, PROBLEM, ORDINARY])
    alone = run(tiny(segments=KINDS), contacts)
    together = run(tiny(segments=KINDS, ledger={"intake": {"reports": 5}}), contacts)
    for table in ("attempts", "tries", "escalations", "contacts"):
        ours, theirs = getattr(alone, table), getattr(together, table)
        assert all((ours[name] == theirs[name]).all() for name in ours)
    of_survey = together.cases["source"] == Source.SURVEY
    for name in ("contact", "item", "category", "department", "heard", "forwarded", "received", "due"):
        assert (together.cases[name][of_survey] == alone.cases[name]).all()
    assert of_survey.sum() == len(together.cases["contact"]) - 5


def test_reports_from_elsewhere_wait_at_the_same_desks() -> None:
    # The only report comes in when contact 0's problem, heard at 9:07:40, is with the clerk or done.
    scenario = tiny(
        ledger={"intake": {"reports": 1, "last": dt.date(2025, 7, 7)}, "clerks": HALF_AN_HOUR}, segments=KINDS
    )
    trace = run(scenario, people(1, [PROBLEM]))
    arrival = int(Draws(SEED, 0).uniforms("intake/arrival", 1)[0] * 7 * HOUR)
    heard = 9 * HOUR + arrival + (HOUR if arrival >= 3 * HOUR else 0)
    report = trace.cases["source"] == Source.INTAKE
    assert trace.cases["heard"][report].tolist() == [heard]
    assert trace.cases["screening"][report].tolist() == [heard if heard >= at("09:37:40") else at("09:37:40")]


# --- a ledger of one's own -------------------------------------------------------------------------------------------


class AnsweredAtOnce(LedgerDesk):
    """Suggestions need no clerk and no department."""

    def report(self, contact: int, kind: Item, number: int, heard: int) -> None:
        if kind is Item.PROBLEM:
            super().report(contact, kind, number, heard)


class WithoutSuggestions(Campaign):
    desk_type = AnsweredAtOnce


def test_a_campaign_can_bring_a_desk_of_its_own() -> None:
    trace = run(tiny(segments=KINDS), people(2, [PROBLEM, BOTH]), WithoutSuggestions)
    assert trace.cases["item"].tolist() == [Item.PROBLEM, Item.PROBLEM]
