"""The result as one JSON object: nothing in it depends on the clock, the machine or the number of processes."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from callbacksim.report.after import after_result, log_warnings
from callbacksim.report.findings import Findings
from callbacksim.report.ignorance import uncertain_result
from callbacksim.report.promises import target_result
from callbacksim.study.compare import Comparison
from callbacksim.study.estimates import Estimate
from callbacksim.study.experiment import Study
from callbacksim.study.selection import Selection
from callbacksim.study.summary import Entry, summarise, summarise_funnel, summarise_survey, told
from callbacksim.study.targets import verdicts
from callbacksim.study.trials import identity_of

ENGINE = "simpy"
FINISH_UNIT = "hours"
IN_TIME_UNIT = "share of escalations"


def result(found: Findings) -> dict[str, Any]:
    """What `run --json` prints."""
    study = found.study
    return {
        "scenario": {
            "file": found.file,
            "title": found.scenario.title,
            "plan": found.plan,
            "set": list(found.sets),
            "identity": identity_of(found.scenario, study.frame.sha256, study.standing),
        },
        "seed": study.seed,
        "engine": ENGINE,
        "replications": found.runs,
        "partial": partial(found.runs, found.wanted),
        "confidence": found.scenario.study.confidence,
        "precision": None if found.precision is None else asdict(found.precision),
        "finish": {
            "median": _iso(found, found.estimate("finish_median").mean),
            "median_low": _iso(found, found.estimate("finish_median").low),
            "median_high": _iso(found, found.estimate("finish_median").high),
            "p95": _iso(found, found.estimate("finish_p95").mean),
            "p95_low": _iso(found, found.estimate("finish_p95").low),
            "p95_high": _iso(found, found.estimate("finish_p95").high),
            "by": [
                {"date": at.isoformat(timespec="seconds"), **_probability(one)} for at, one in found.evenings.items()
            ],
            "promised": _promised(found),
        },
        "targets": [target_result(verdict) for verdict in verdicts(study)],
        **_funnel(study, found.funnel),
        "survey": _entries(told(study, found.survey)),
        "measures": _entries(told(study, found.entries)),
        "probes": [
            {
                "what": effect.probe.what,
                "set": effect.probe.overrides,
                "finish": _difference(effect.finish, FINISH_UNIT),
                "called_back_in_time": _difference(effect.in_time, IN_TIME_UNIT),
            }
            for effect in found.effects
        ],
        "answers": [
            {"question": question, "option": option, **estimate_result(estimate, "share of answers")}
            for (question, option), estimate in found.answers.items()
        ],
        "cells": [
            {
                "dimension": cell.dimension,
                "label": cell.label,
                "contacts": cell.contacts,
                "answers": estimate_result(cell.answers, "contacts"),
                "satisfied": estimate_result(cell.satisfied, "share"),
                "true_satisfied": estimate_result(cell.truth, "share"),
                "small": cell.small,
            }
            for cell in found.cells
        ],
        "uncertain": None if found.uncertain is None else uncertain_result(found.uncertain),
        "after": after_result(found),
        "warnings": [*log_warnings(found), *found.warnings],
    }


def comparison_result(
    comparison: Comparison,
    files: dict[str, str],
    best: tuple[str, float, Selection] | None = None,
    wanted: int | None = None,
) -> dict[str, Any]:
    """What `compare --json` prints; `files` names each plan's file, `best` a figure, a limit and what was chosen.

    `wanted`: the replications that it was to have, where it was interrupted.
    """
    first = comparison.studies[comparison.base]
    differences: dict[str, dict[str, Any]] = {}
    for one in comparison.differences:
        differences.setdefault(one.plan, {})[one.measure] = {
            **_difference(one.estimate, one.unit),
            "variance_saved": one.variance_saved,
            "runs_to_settle": one.runs_to_settle,
        }
    return {
        "base": comparison.base,
        "seed": first.seed,
        "engine": ENGINE,
        "replications": len(first.figures),
        "partial": partial(len(first.figures), wanted),
        "differences_confidence": comparison.differences_confidence,
        "plans": {
            name: {
                "file": files[name],
                "title": study.scenario.title,
                "identity": identity_of(study.scenario, study.frame.sha256),
                "targets": [target_result(verdict) for verdict in verdicts(study)],
                **_funnel(study, summarise_funnel(study)),
                "survey": _entries(told(study, summarise_survey(study))),
                "measures": _entries(told(study, summarise(study))),
            }
            for name, study in comparison.studies.items()
        },
        "differences": differences,
        "best": None if best is None else _best(list(comparison.studies), *best),
    }


def partial(finished: int, wanted: int | None) -> dict[str, int] | None:
    """How far an interrupted study came; null for one that ended."""
    return None if wanted is None else {"finished": finished, "wanted": wanted}


def _best(names: list[str], figure: str, within: float, found: Selection) -> dict[str, Any]:
    return {
        "figure": figure,
        "within": within,
        "plan": names[found.best],
        "certain": found.certain,
        "left": [names[plan] for plan in found.left],
        "replications": dict(zip(names, found.replications, strict=True)),
        "means": dict(zip(names, found.means, strict=True)),
    }


def as_text(value: object) -> str:
    """JSON without NaN or infinity, which no other program reads."""
    return json.dumps(_finite(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _funnel(study: Study, means: Mapping[str, Estimate]) -> dict[str, Any]:
    """The funnel of one replication, whole numbers that add up, and its means over all of them."""
    first = study.figures[0]
    return {
        "funnel": dict(first.funnel),
        "funnel_replication": first.replication,
        "funnel_mean": {stage: {"mean": e.mean, "low": e.low, "high": e.high} for stage, e in means.items()},
    }


def _entries(entries: Any) -> dict[str, Any]:
    return {name: entry.as_json() for name, entry in entries.items() if isinstance(entry, Entry)}


def estimate_result(estimate: Estimate, unit: str) -> dict[str, Any]:
    """An estimate as it stands in JSON."""
    return {"mean": estimate.mean, "low": estimate.low, "high": estimate.high, "unit": unit}


def _difference(estimate: Estimate, unit: str) -> dict[str, Any]:
    return {
        "difference": estimate.mean,
        "low": estimate.low,
        "high": estimate.high,
        "unit": unit,
        "replications": estimate.n,
    }


def _promised(found: Findings) -> dict[str, Any] | None:
    """The promised date as a point of the finish's distribution, with its two-sided exact interval."""
    promised = found.scenario.targets.finish_by
    if promised is None or found.ledger_alone:
        return None
    return {"date": promised.isoformat(timespec="seconds"), **_probability(found.estimate("finish_by_target"))}


def _probability(estimate: Estimate) -> dict[str, Any]:
    return {"probability": estimate.mean, "low": estimate.low, "high": estimate.high}


def _iso(found: Findings, hours: float | None) -> str | None:
    """A moment of the campaign's clock; None where there is none, or the horizon came first."""
    return None if hours is None or math.isinf(hours) else found.date(hours).isoformat(timespec="seconds")


def _finite(value: object) -> object:
    """The value with None for every number that is not one."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(one) for one in value]
    return value
