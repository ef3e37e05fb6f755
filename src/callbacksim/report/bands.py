"""``bands.json``: what the courses of a run's replications say together, as a run writes it and its page reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from callbacksim.campaign.trace import Trace
from callbacksim.scenario.calendar import timetable
from callbacksim.study.experiment import Study
from callbacksim.study.measuring.courses import Band, OverRuns, Spread, course_of, over_runs, tables_of

FILE = "bands.json"


def bands_of(study: Study, trace: Trace) -> OverRuns:
    """The bands of a study; of its first replication alone, by its trace, where no courses were asked for."""
    scenario = study.scenario
    return over_runs(study.courses or [course_of(tables_of(trace), timetable(scenario), scenario)])


def bands_text(study: Study, trace: Trace) -> str:
    """The file of a run."""
    return json.dumps(asdict(bands_of(study, trace)), separators=(",", ":")) + "\n"


def bands_from(found: Mapping[str, Any]) -> OverRuns:
    """The inverse, from what the file holds. Raises KeyError, TypeError or ValueError for anything else."""
    return OverRuns(
        runs=int(found["runs"]),
        bands={
            name: Band(**_ends(band), edges=tuple(map(int, band["edges"]))) for name, band in found["bands"].items()
        },
        waits=Spread(**_ends(found["waits"])),
        departments=Spread(**_ends(found["departments"])),
    )


def _ends(found: Mapping[str, Any]) -> dict[str, tuple[float, ...]]:
    return {name: tuple(map(float, found[name])) for name in ("low", "median", "high", "mean")}
