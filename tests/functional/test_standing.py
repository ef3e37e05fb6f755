"""A campaign cut at any moment and resumed with the same draws goes on as if nothing had been, record for record."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.campaign.standing import Standing, cut
from callbacksim.campaign.trace import Trace, records
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.calendar import DAY, HOUR, timetable
from callbacksim.scenario.schema import Scenario
from generated import Small, small
from helpers import SEED, run

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


@settings(deadline=None, max_examples=150)
@given(small(), st.data())
def test_a_campaign_that_is_cut_and_resumed_is_the_same(case: Small, data: st.DataObject) -> None:
    whole = run(case.scenario, case.contacts, seed=case.seed)
    standing = cut(whole, data.draw(st.sampled_from(moments(whole)), label="cut at"))
    again = resumed(case.scenario, case.contacts, standing, case.seed)
    expected, found = told(whole), told(again)
    for name in expected:
        assert found[name] == expected[name], name
