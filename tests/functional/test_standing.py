"""A campaign cut at any moment and resumed with the same draws goes on as if nothing had been, record for record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.campaign.standing import Standing, cut
from callbacksim.campaign.trace import Trace, records
from callbacksim.frame.frame import Contacts, frame_of
from callbacksim.scenario.calendar import DAY, HOUR, timetable
from callbacksim.scenario.files import load
from callbacksim.scenario.schema import Scenario
from generated import Small, small
from helpers import SEED, at, constant, people, run, tiny

TABLES = ("attempts", "tries", "transfers", "recordings", "escalations", "contacts")
STEPS = ("lines", "people", "clerks", "listeners")


def resumed(scenario: Scenario, contacts: Contacts, standing: Standing, seed: int = SEED) -> Trace:
    return Campaign(scenario, contacts, timetable(scenario), Draws(seed, 0), standing=standing).run()


def told(trace: Trace) -> dict[str, Any]:
    """All tables; rows that came about in the same millisecond in one order."""
    found: dict[str, Any] = {name: sorted(records(getattr(trace, name))) for name in TABLES}
    found |= {name: records(getattr(trace, name)) for name in STEPS}
    place = {place: row[:4] for place, row in enumerate(records(trace.cases))}  # whose item it is
    found["cases"] = sorted(records(trace.cases))
    for name in ("rounds", "lookbacks"):
        found[name] = sorted((place[case], *row) for case, *row in records(getattr(trace, name)))
    found["answers"] = {question: heard.tolist() for question, heard in trace.answers.items()}
    found["quota"] = trace.quota_reached
    return found


def moments(trace: Trace) -> list[int]:
    """When something happens, just before and just after."""
    columns = [trace.attempts[name] for name in ("start", "end", "free")]
    columns += [trace.tries["start"], trace.tries["end"], trace.transfers["ready"], trace.transfers["end"]]
    columns += [trace.recordings["start"], trace.recordings["end"], trace.lines["time"], trace.cases["heard"]]
    times = np.unique(np.concatenate([*columns, [0, 9 * HOUR, DAY]]))
    times = times[times >= 0]
    return np.unique(np.concatenate([times - 1, times, times + 1, times + HOUR]).clip(0)).tolist()


def the_same(scenario: Scenario, contacts: Contacts, seed: int, choose: Callable[[list[int]], int]) -> None:
    """A campaign, and the same cut at a moment of its own and resumed, have the same trace."""
    whole = run(scenario, contacts, seed=seed)
    again = resumed(scenario, contacts, cut(whole, choose(moments(whole))), seed)
    expected, found = told(whole), told(again)
    for name in expected:
        assert found[name] == expected[name], name


@settings(deadline=None, max_examples=150)
@given(small(), st.data())
def test_a_campaign_that_is_cut_and_resumed_is_the_same(case: Small, data: st.DataObject) -> None:
    the_same(case.scenario, case.contacts, case.seed, lambda times: data.draw(st.sampled_from(times), label="cut at"))


@pytest.mark.slow
@settings(deadline=None, max_examples=3000)
@given(small(), st.data())
def test_a_campaign_that_is_cut_and_resumed_is_the_same_at_length(case: Small, data: st.DataObject) -> None:
    the_same(case.scenario, case.contacts, case.seed, lambda times: data.draw(st.sampled_from(times), label="cut at"))


# Of the files: who is to be sent to people is not fixed, nothing is scripted, and somebody is called.
FILES = [
    path
    for path in sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml"))
    if (scenario := load(path)).study.mode != "ledger"
    and scenario.recognition.exact == "none"
    and scenario.script.calls is None
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_so_is_every_scenario_file(path: Path) -> None:
    loaded = load(path)
    register = loaded.register_.model_copy(update={"rows": 400, "contacts": 300, "unusable": 5})
    whole = loaded.model_copy(update={"register_": register})
    contacts = frame_of(whole).contacts
    for share in (0.1, 0.5, 0.9):
        the_same(whole, contacts, 5, lambda times, share=share: times[int(share * len(times))])


def test_without_its_people_a_log_leaves_them_to_the_plan() -> None:
    # With the same draws the plan does again what it did: nothing but the calls need be known.
    scenario = tiny(
        robot={"lines": 2, "attempts": 3},
        answering={"base": 0.6},
        questionnaire={"items": {"problems": 0.5, "suggestions": 0.5}},
        agents={"reach": 0.5},
        listeners={"share": 1},
        recognition={"sensitivity": 0.5},
    )
    contacts = people(40)
    whole = run(scenario, contacts)
    known = cut(whole, at("10:00"))
    for standing in (
        replace(known, ledger=None),
        replace(known, ledger=None, recordings=None),
        replace(known, ledger=None, recordings=None, people=None, recorded={}),
    ):
        assert told(resumed(scenario, contacts, standing)) == told(whole)
    assert len(whole.tries["contact"]) > 10 < len(whole.recordings["contact"])


def test_what_is_overdue_when_a_shift_ends_with_the_work_in_hand_is_not_forgotten() -> None:
    # At the cut the second recording is in hand, to the very end of the shift; the third waits for the next one.
    roster = [["09:00", "09:04"], ["23:58", "24:00"]]
    ears = {"share": 1, "count": 1, "roster": roster, "weekdays": ["Tue"], "listening": constant(2)}
    scenario, contacts = tiny(robot={"lines": 3}, listeners=ears), people(3)
    whole = run(scenario, contacts)
    assert whole.recordings["start"].tolist() == [at("09:00", 1), at("09:02", 1), at("23:58", 1)]
    assert told(resumed(scenario, contacts, cut(whole, at("09:03", 1)))) == told(whole)
