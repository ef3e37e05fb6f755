"""The county of 100,000 market entities as it is: nothing gets lost, the claim holds, in bounded memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import invariants
from callbacksim.campaign.outcomes import INTERVIEWED_CONTACTS, Flag, Settled
from callbacksim.campaign.trace import Trace
from callbacksim.frame.frame import Frame, build
from callbacksim.scenario.calendar import HOUR
from callbacksim.scenario.files import load, with_plan
from callbacksim.study.measuring.measures import finish_ms, measures
from callbacksim.study.setting import setting
from callbacksim.study.trials import run_one

COUNTY = Path(__file__).parents[2] / "scenarios" / "county-100k.toml"
MOST_MIB = 2000 * 1000 * 1000 // 2**20  # 2 GB
MEASURED = """
import sys
from callbacksim.cli import app
try:
    app(["run", sys.argv[1], "-n", "2", "--jobs", "1", "--json"])
finally:
    # The process's own peak: what the system reports of a child begins with its parent's memory.
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print("peak", int(peak.split()[1]) // 1024, file=sys.stderr)
"""


@pytest.fixture(scope="module")
def frame() -> Frame:
    county = load(COUNTY)
    return build(county.register_, county.segments)


@pytest.fixture(scope="module")
def traces(frame: Frame) -> dict[str, list[Trace]]:
    """Three replications of the county, and of its plans."""
    county = load(COUNTY)
    plans = {"base": county, "lines": with_plan(county, "lines"), "people": with_plan(county, "people")}
    return {
        name: [run_one(setting(plan, frame), county.study.seed, r) for r in range(3)] for name, plan in plans.items()
    }


@pytest.mark.slow
def test_nothing_gets_lost(frame: Frame, traces: dict[str, list[Trace]]) -> None:
    county = load(COUNTY)
    trace = traces["base"][0]
    invariants.every_contact_is_what_its_calls_say(county, frame.contacts, trace, county.study.seed)
    invariants.the_funnel_adds_up(county, frame.contacts, trace, county.study.seed)
    calls, contacts, escalations = trace.attempts, trace.contacts, trace.escalations
    assert len(contacts["contact"]) == 80_000 < len(calls["contact"])
    assert invariants.most_at_once(invariants.rows_of(calls)) == county.robot.lines
    assert invariants.most_at_once(invariants.rows_of(trace.tries)) <= county.agents.everybody
    # Whoever was interviewed was flagged or not; some of those who were not were listened to; what was flagged or
    # found was called back, once.
    interviewed = set(np.flatnonzero(np.isin(contacts["disposition"], INTERVIEWED_CONTACTS)).tolist())
    flagged = set(calls["contact"][calls["flag"] != Flag.NONE].tolist())
    listened, found = trace.recordings["contact"], trace.recordings["found"] == 1
    assert flagged | set(listened.tolist()) <= interviewed and not flagged & set(listened.tolist())
    assert len(set(escalations["contact"].tolist())) == len(escalations["contact"])
    assert set(escalations["contact"].tolist()) == flagged | set(listened[found].tolist())
    handled = set(escalations["contact"][escalations["settled"] == Settled.HANDLED].tolist())
    assert handled == set(trace.tries["contact"][trace.tries["reached"] == 1].tolist())
    assert set(trace.cases["contact"].tolist()) <= handled


@pytest.mark.slow
def test_people_not_lines_decide_when_the_county_is_finished(frame: Frame, traces: dict[str, list[Trace]]) -> None:
    """In each of three replications, on the same people (the suite proves it on a fifth of the county)."""
    county = load(COUNTY)
    for base, lines, people in zip(*(traces[name] for name in ("base", "lines", "people")), strict=True):
        dialled = [measures(one, setting(county, frame))["dialling_finish"] for one in (base, lines, people)]
        assert dialled[0] - dialled[1] > 15 and dialled[0] == dialled[2]
        assert abs(finish_ms(base) - finish_ms(lines)) < 3 * HOUR
        assert finish_ms(base) - finish_ms(people) > 5 * HOUR


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell the peak")
def test_the_county_is_run_in_bounded_memory() -> None:
    """With calling by hand and the what-ifs, all in one process."""
    ended = subprocess.run(
        [sys.executable, "-c", MEASURED, str(COUNTY)], capture_output=True, encoding="utf-8", check=True
    )
    assert json.loads(ended.stdout)
    peak = int(ended.stderr.splitlines()[-1].removeprefix("peak "))
    print(f"peak {peak} MiB")
    assert 100 < peak < MOST_MIB
