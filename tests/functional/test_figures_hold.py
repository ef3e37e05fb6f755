"""Figures that must not move with what they do not depend on, and must move with what they do."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pytest

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.outcomes import Disposition, Outcome
from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.campaign.trace import Trace
from callbacksim.frame.frame import build
from callbacksim.scenario.schema import Scenario
from callbacksim.study.experiment import replicate
from callbacksim.study.measuring.dispositions import final_codes
from callbacksim.study.measuring.loads import binding
from callbacksim.study.measuring.measures import measures
from callbacksim.study.measuring.survey import survey
from callbacksim.study.setting import setting
from callbacksim.study.summary import summarise
from helpers import at, people, run, tiny
from traces import call, hand_trace, person

BINDING = ("bound_by_lines", "bound_by_pace", "bound_by_engaged", "bound_by_gaps")


def campaign(**sections: object) -> Scenario:
    return Scenario.model_validate({"register": {"rows": 600, "contacts": 300, "dedupe": False}} | sections)


def figures(scenario: Scenario, model: type[Campaign] = Campaign) -> dict[str, float]:
    where = setting(scenario, build(scenario.register_, scenario.segments))
    return measures(model(scenario, where.contacts, where.times, Draws(1, 0)).run(), where)


def test_without_a_pace_nothing_waits_for_it_though_numbers_are_shared() -> None:
    found = figures(campaign(robot={"lines": 50, "calls_per_second": 0, "attempts": 1, "attempts_per_day": 0}))
    assert found["bound_by_pace"] == 0
    assert found["bound_by_engaged"] > 0.1
    assert sum(found[name] for name in BINDING) == pytest.approx(1)


def test_a_contact_whose_number_opted_out_no_longer_waits() -> None:
    # 0 and 1 are behind one number: 0 opts out in the first minute, 1 is never called. 2 is due again an hour later.
    calls = (
        call(0, Outcome.OPT_OUT, "00:00", "09:00", "09:01"),
        call(2, Outcome.NO_ANSWER, "00:00", "09:00", "09:01"),
        call(2, Outcome.NO_ANSWER, "10:01", "10:01", "10:02", attempt=2),
    )
    ended = at("09:01")
    rows = [
        person(0, Disposition.OPTED_OUT),
        person(1, Disposition.OPTED_OUT, attempts=0),
        person(2, Disposition.EXHAUSTED, attempts=2),
    ]
    trace = hand_trace(attempts=calls, contacts=rows)
    shared = trace.contacts["number"].copy()
    shared[1] = shared[0]
    final_at = np.array([ended, ended, at("10:02")])
    trace = replace(trace, contacts={**trace.contacts, "number": shared, "final_at": final_at})
    found = binding(trace)
    # Two lines, both busy from 9:00 to 9:01; then an hour of gaps; then one minute with a line free and nobody due.
    assert found.lines == pytest.approx(1 / 62)
    assert found.gaps == pytest.approx(61 / 62)
    assert found.pace == found.engaged == 0


@pytest.mark.parametrize("count", [0, 1, 10])
def test_the_staffing_need_does_not_depend_on_the_staff(count: int) -> None:
    def needed(people_there: int) -> float:
        recognition = {"unclear": 0.2}
        agents = {"count": people_there}
        return figures(campaign(recognition=recognition, agents=agents, study={"horizon_days": 3}))["people_at_work"]

    assert needed(count) == needed(2) > 0


class FiveLeft(Campaign):
    """Fifteen of twenty lines are gone before anybody is called."""

    def open_lines(self) -> None:
        super().open_lines()
        self.lines.withdraw(15)


def test_lines_taken_away_count_as_lines_that_are_not_there() -> None:
    few = figures(campaign(robot={"lines": 5}))
    taken = figures(campaign(robot={"lines": 20}), FiveLeft)
    for name in ("line_occupancy", "throughput", "throughput_bound", "calls_per_line_day", *BINDING):
        assert taken[name] == pytest.approx(few[name]), name


def test_calling_by_hand_takes_as_long_however_short_the_horizon() -> None:
    short = campaign(study={"horizon_days": 3}, manual={"agents": 1})
    found = replicate(short, n=1, jobs=1, extras=True)
    hours, cost = found.manual[0]
    by_hand = campaign(study={"mode": "manual", "horizon_days": 730}, manual={"agents": 1})
    alone = figures(by_hand.model_copy(update={"study": by_hand.study.model_copy(update={"seed": 1})}))
    assert hours == pytest.approx(alone["agent_hours"])
    assert cost == pytest.approx(alone["cost"])
    assert not math.isnan(hours) and hours > 15  # more than one person's two days to the horizon


def test_people_to_employ_is_not_said_where_people_make_the_calls() -> None:
    found = figures(campaign(study={"mode": "manual"}))
    assert math.isnan(found["people_employed"]) and math.isnan(found["people_at_work"])


def test_a_break_off_stays_one_when_further_calls_are_in_vain() -> None:
    scenario = tiny(
        robot={"attempts": 2, "retry_break_offs": True},
        answering={"base": 0.5, "most": 0.5},
        questionnaire={"complete": 0, "break_off": 1},
    )
    trace: Trace = run(scenario, people(40))
    silent_last = (trace.contacts["refused"] == 2) & (trace.contacts["last_outcome"] >= 5)
    assert silent_last.any()
    codes = final_codes(trace)
    assert codes["2.11"] == 0
    assert codes["2.12"] == int((trace.contacts["refused"] == 2).sum())
    assert sum(codes.values()) == 40


def test_the_survey_can_be_recomputed_from_the_exported_tables() -> None:
    scenario = campaign(answering={"seldom": 0.4}, questionnaire={"satisfaction": {"nonresponse_gap": -10.0}})
    where = setting(scenario, build(scenario.register_, scenario.segments))
    trace = Campaign(scenario, where.contacts, where.times, Draws(1, 0)).run()
    contacts, businesses = trace.dataframe("contacts"), trace.dataframe("businesses")
    heard = contacts["heard"] > 0
    published, truth = (contacts["heard"][heard] >= 4).mean(), (businesses["score"] >= 4).mean()
    kinds = contacts["expected"][heard].mean() - contacts["expected"].mean()
    shared = (contacts["score"] >= 4).mean() - truth
    told = survey(trace, where)
    assert told["error"] == pytest.approx(100 * (published - truth))
    assert told["nonresponse_error"] == pytest.approx(100 * kinds)
    assert told["shared_number_error"] == pytest.approx(100 * shared)
    assert abs(told["nonresponse_error"]) > 0.1


def test_a_promise_after_the_horizon_cannot_be_judged_where_the_horizon_cut_off() -> None:
    targets = {"finish_by": dt.datetime(2025, 7, 20, 18)}
    cut = replicate(campaign(targets=targets, robot={"lines": 1}, study={"horizon_days": 1}), n=2, jobs=1)
    assert summarise(cut)["finish_by_target"].estimate.mean is None
    register = {"rows": 60, "contacts": 50}
    whole = replicate(campaign(targets=targets, register=register), n=2, jobs=1)
    assert summarise(whole)["finish_by_target"].estimate.mean == 1


def test_interviews_are_a_table_of_their_own() -> None:
    trace = run(tiny(questionnaire={"complete": 0.5, "partial": 0.5}), people(12))
    interviews = trace.dataframe("interviews")
    assert sorted(interviews["contact"]) == list(range(12))
    assert set(interviews["outcome"]) <= {"complete", "partial"}
    assert (interviews["recorded"].to_numpy() == trace.contacts["heard"][interviews["contact"]]).all()
    assert (interviews["end"] > 0).all() and (interviews["score"] >= 1).all()
