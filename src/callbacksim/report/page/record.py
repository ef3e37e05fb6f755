"""What a page is made of: one run's result, its replications, one trace and its scenario, as `run --out` writes them.

A page from a directory and a page from the run itself are the same, because both are made from this.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from callbacksim.campaign.trace import WORDS as CODES
from callbacksim.campaign.trace import Table
from callbacksim.report.bands import FILE as BANDS
from callbacksim.report.bands import bands_from, bands_of
from callbacksim.report.directory import FILES, MARKER, Run, versions
from callbacksim.report.findings import Findings
from callbacksim.report.results import as_text, result
from callbacksim.report.tracefiles import TABLES
from callbacksim.scenario.calendar import HOUR, Timetable, timetable
from callbacksim.scenario.files import load
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.study.estimates import Estimate
from callbacksim.study.measuring.courses import OverRuns
from callbacksim.study.summary import replications_frame

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

READ = (
    "summary.json", "scenario.toml", "replications.csv", BANDS, *(f"trace/{table}.parquet" for table in TABLES), MARKER,
)  # fmt: skip
"""The files of a directory that a page is made from."""


@dataclass(frozen=True)
class Record:
    """One run, as its files say it."""

    result: Mapping[str, Any]  # what `run --json` prints
    replications: Mapping[str, Sequence[float]]  # every figure of every replication; NaN: not defined, inf: cut off
    tables: Mapping[str, Table]  # of the first replication
    over: OverRuns  # what the courses of the first replications say together
    scenario: Scenario
    run: Run
    versions: Mapping[str, str]

    @cached_property
    def times(self) -> Timetable:
        """The scenario's calendar."""
        return timetable(self.scenario)

    @property
    def runs(self) -> int:
        """How many replications there are."""
        return int(self.result["replications"])

    @property
    def mode(self) -> str:
        """``callback``, ``manual`` or ``ledger``."""
        return self.scenario.study.mode

    def estimate(self, name: str) -> Estimate:
        """A figure of the campaign or of the survey; no mean where there is none."""
        found = self.result["measures"].get(name) or self.result["survey"].get(name) or {}
        return estimate_of(found, self.runs, self.result["confidence"])

    def mean(self, name: str) -> float | None:
        """Its mean alone."""
        return self.estimate(name).mean

    def stage(self, name: str) -> Estimate:
        """A stage of the funnel, its mean over the replications."""
        found = self.result["funnel_mean"].get(name) or {}
        return estimate_of(found, self.runs, self.result["confidence"])

    def date(self, hours: float) -> dt.datetime:
        """The local date and time of so many hours since the first day's midnight."""
        return self.times.datetime(hours * HOUR)

    def values(self, name: str) -> list[float]:
        """A figure in every replication."""
        return list(self.replications.get(name, ()))


def estimate_of(found: Mapping[str, Any], runs: int, confidence: float) -> Estimate:
    """An estimate as JSON has it."""
    if found.get("kind") == "given":
        return Estimate(found["value"], found["chance_low"], found["chance_high"], runs, "given", confidence)
    mean = found.get("mean", found.get("difference"))
    n = int(found.get("n", found.get("replications", runs)))
    return Estimate(mean, found.get("low"), found.get("high"), n, found.get("kind", "mean"), confidence)


def record_of(found: Findings, run: Run) -> Record:
    """The record of a run that has just been made."""
    trace = found.study.trace(0)
    frame = replications_frame(found.study)
    return Record(
        result=json.loads(as_text(result(found))),
        replications={str(name): frame[name].tolist() for name in frame.columns},
        tables={name: getattr(trace, name) for name in TABLES if name != "contacts"} | {"contacts": trace.contacts},
        over=bands_of(found.study, trace),
        scenario=found.scenario,
        run=run,
        versions=versions(),
    )


def read_record(directory: Path) -> Record:
    """The record of the run that `--out` wrote into a directory. Raises Refused."""
    missing = [name for name in (*READ, *FILES) if not (directory / name).is_file()]
    if missing:
        what = "it is not a directory" if not directory.is_dir() else f"it holds no {missing[0]}"
        raise _refused(directory, what, "name a directory that `callbacksim run FILE --out DIR` has written")
    marker = _json(directory / MARKER)
    scenario = load(directory / "scenario.toml")
    return Record(
        result=_json(directory / "summary.json"),
        replications=_read(directory / "replications.csv", _columns),
        tables={name: _read(directory / "trace" / f"{name}.parquet", _table(scenario)) for name in TABLES},
        over=_read(directory / BANDS, lambda one: bands_from(json.loads(one.read_text(encoding="utf-8")))),
        scenario=scenario,
        run=marker["run"],
        versions=marker["versions"],
    )


def _json(path: Path) -> dict[str, Any]:
    found = _read(path, lambda one: json.loads(one.read_text(encoding="utf-8")))
    needed = ("run", "versions") if path.name == MARKER else ("measures", "survey", "funnel_mean", "replications")
    if not isinstance(found, dict) or any(key not in found for key in needed):
        raise _refused(path, "it is not what `run --out` writes", "run it again with --out DIR --force")
    return found


def _read(path: Path, how: Callable[[Path], Any]) -> Any:
    """A file read; whatever is wrong with its content is refused with its name."""
    try:
        return how(path)
    except (ValueError, KeyError, TypeError, AttributeError, OSError, tomllib.TOMLDecodeError) as error:
        right = "run it again with --out DIR --force"
        raise _refused(path, f"it cannot be read ({type(error).__name__})", right) from None


def _columns(path: Path) -> dict[str, list[float]]:
    import pandas as pd

    frame = pd.read_csv(path, index_col="replication", dtype=float)
    return {str(name): frame[name].tolist() for name in frame.columns}


def _table(scenario: Scenario) -> Callable[[Path], dict[str, Any]]:
    names = {"department": list(scenario.ledger.departments), "category": list(scenario.ledger.categories)}

    def read(path: Path) -> dict[str, Any]:
        import pandas as pd

        frame = pd.read_parquet(path)
        return {str(name): _codes(frame[name], names.get(str(name))) for name in frame.columns}

    def _codes(column: pd.Series[Any], words: list[str] | None) -> Any:
        members = CODES.get(str(column.name))
        if column.dtype.kind in "iuf":
            return column.to_numpy()
        if words is None and members is not None:
            words = [member.name.lower() for member in members]
        if words is None:
            raise ValueError(column.name)
        # Whoever was never called has no last outcome: -1, as in the trace.
        codes = {word: at for at, word in enumerate(words)}
        known = [-1 if word is None or word != word else codes[word] for word in column.tolist()]
        return np.array(known, dtype=np.int64)

    return read


def _refused(path: Path, wrong: str, right: str) -> Refused:
    return Refused(Problem(str(path), 1, "DIR", wrong, right))


def finite(values: Sequence[float]) -> list[float]:
    """The values that are numbers."""
    return [value for value in values if math.isfinite(value)]
