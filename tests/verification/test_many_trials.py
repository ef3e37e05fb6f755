"""A hundred thousand trials of a small campaign, in bounded memory: what a replication leaves is a row of numbers."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from callbacksim.study.measuring.courses import KEPT

TRIALS = 100_000
CONTACTS = 20
MOST_BYTES = 4_000
"""A trial may add so much to the memory of the process that asks for it: its row, its name, its place in a list."""

# The memory is that of a process of its own, with the libraries in it and a first study behind it.
MEASURED = r"""
import json, re, sys
from pathlib import Path
from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.scenario.schema import Scenario
from callbacksim.study import workers
from callbacksim.study.experiment import build_frames, replicate
from callbacksim.study.summary import summarise, summarise_funnel, summarise_survey

def peak():  # of this program alone: ru_maxrss would begin with that of the process that started it
    return 1024 * int(re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())[1])

trials, contacts, played = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "played"
scenario = Scenario.model_validate({"register": {"rows": contacts, "contacts": contacts, "unusable": 0}})
[frame] = build_frames([scenario])

def said(study):
    return [f(study) for f in (summarise, summarise_survey, summarise_funnel)]

said(replicate(scenario, 20, jobs=1, frame=frame))
if not played:  # the first trial's row for all: what is measured is what holds them
    rows, real = [], workers.outcome
    def outcome(where, seed, trial, model):
        rows.append(real(where, seed, trial, model)) if not rows else None
        row = rows[0].copy()
        row[0] = trial.replication
        return row
    workers.outcome = outcome
before = peak()
study = replicate(scenario, trials, jobs=None if played else 1, frame=frame, courses=True)
entries, _, funnel = said(study)
print(json.dumps({
    "grown": peak() - before, "row": study.figures.rows.nbytes / trials, "trials": len(study.figures),
    "courses": len(study.courses), "last": study.figures[-1].replication,
    "contacts": funnel["contacts"].mean, "n": entries["interviews"].estimate.n,
}))
"""


def measured(trials: int, how: str) -> dict[str, float]:
    command = [sys.executable, "-c", MEASURED, str(trials), str(CONTACTS), how]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    found: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("how", ["held", pytest.param("played", marks=pytest.mark.slow)])
def test_a_hundred_thousand_trials_take_little_memory(how: str) -> None:
    """Held: the same row for each trial, which takes seconds; played: each trial is a campaign of its own."""
    found = measured(TRIALS, how)
    assert (found["trials"], found["last"], found["n"]) == (TRIALS, TRIALS - 1, TRIALS)
    assert (found["contacts"], found["courses"]) == (CONTACTS, KEPT)
    assert found["row"] <= found["grown"] / TRIALS < MOST_BYTES, found
