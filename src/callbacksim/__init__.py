"""Simulate an automated phone-callback survey campaign.

::

    import callbacksim as cs

    scenario = cs.load("scenarios/gaoxin.toml")
    cs.simulate(scenario)                        # one replication: a Trace
    cs.replicate(scenario, n=30)                 # many: a Study
    cs.compare(scenario, plans=["base", "lean"]) # plans on the same people: a Comparison
    cs.calibrate("Master.csv", scenario)         # numbers from a call log, with intervals: a Calibration
    cs.after("calls.csv", scenario, n=30)         # the rest of a running campaign, from its log: a Study
    cs.uncertain(scenario, n=30)                 # inputs drawn from their ranges: chance and ignorance apart
    cs.uncertain(scenario, begun=cs.begun("calls.csv", scenario))  # … of the rest, from where the log leaves them
    cs.drivers(scenario)                         # which of them to measure first
    cs.sweep(scenario, {"robot.lines": [20, 30, 40]})  # a grid of plans: a Sweep
    cs.roster(scenario)                          # who is on duty when: a Roster
    cs.staff(scenario, lines=range(10, 61, 10))  # the cheapest that meets [targets]: a StaffingAnswer
    cs.write_page(study, "page.html", of=file)   # a study as one page to hand on; write_figures: its pictures
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callbacksim.api import (
        after,
        begun,
        build_frame,
        calibrate,
        compare,
        drivers,
        load,
        replicate,
        roster,
        simulate,
        staff,
        sweep,
        uncertain,
        write_figures,
        write_page,
    )
    from callbacksim.campaign.rules import Physics
    from callbacksim.campaign.simpy_engine import Campaign
    from callbacksim.campaign.trace import Trace
    from callbacksim.frame.frame import Frame
    from callbacksim.scenario.problems import Refused
    from callbacksim.scenario.schema import Scenario
    from callbacksim.study.calibrating.calibration import Calibration
    from callbacksim.study.compare import Comparison
    from callbacksim.study.drivers import Drivers
    from callbacksim.study.experiment import Study
    from callbacksim.study.rostering.roster import Roster
    from callbacksim.study.staffing.staff import StaffingAnswer
    from callbacksim.study.sweep import Sweep
    from callbacksim.study.uncertain import Uncertain

__version__ = "0.1.0"

__all__ = [
    "Calibration",
    "Campaign",
    "Comparison",
    "Drivers",
    "Frame",
    "Physics",
    "Refused",
    "Roster",
    "Scenario",
    "StaffingAnswer",
    "Study",
    "Sweep",
    "Trace",
    "Uncertain",
    "__version__",
    "after",
    "begun",
    "build_frame",
    "calibrate",
    "compare",
    "drivers",
    "load",
    "replicate",
    "roster",
    "simulate",
    "staff",
    "sweep",
    "uncertain",
    "write_figures",
    "write_page",
]

# Names are brought in when they are first used: `callbacksim --help` must not wait for pandas.
_HOMES = {
    "Calibration": "callbacksim.study.calibrating.calibration",
    "Campaign": "callbacksim.campaign.simpy_engine",
    "Comparison": "callbacksim.study.compare",
    "Drivers": "callbacksim.study.drivers",
    "Frame": "callbacksim.frame.frame",
    "Physics": "callbacksim.campaign.rules",
    "Refused": "callbacksim.scenario.problems",
    "Roster": "callbacksim.study.rostering.roster",
    "Scenario": "callbacksim.scenario.schema",
    "StaffingAnswer": "callbacksim.study.staffing.staff",
    "Study": "callbacksim.study.experiment",
    "Sweep": "callbacksim.study.sweep",
    "Trace": "callbacksim.campaign.trace",
    "Uncertain": "callbacksim.study.uncertain",
    **dict.fromkeys(
        (
            "after",
            "begun",
            "build_frame",
            "calibrate",
            "compare",
            "drivers",
            "load",
            "replicate",
            "roster",
            "simulate",
            "staff",
            "sweep",
            "uncertain",
            "write_figures",
            "write_page",
        ),
        "callbacksim.api",
    ),
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
