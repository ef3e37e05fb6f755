"""The log of a running campaign, whoever wrote it, as calls to the contacts of a register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.outcomes import INTERVIEWED, LIVE, Flag, Outcome
from callbacksim.campaign.standing import NOT_TOLD, Standing, standing_at
from callbacksim.campaign.tracelog import FIELD, Log, attempts_of, read_trace_log
from callbacksim.frame.calllog_formats import Ended
from callbacksim.frame.calllog_options import Reading
from callbacksim.frame.calllogs import CallLog, read_call_log, time_warning
from callbacksim.frame.frame import Frame
from callbacksim.frame.tables import read_table, refuse
from callbacksim.scenario.calendar import SECOND, Timetable
from callbacksim.scenario.laws import Law
from callbacksim.scenario.schema import Scenario

Ints = NDArray[np.int64]
FEWEST_MATCHED = 0.5
"""A log of which fewer rows belong to somebody on the register is the log of another one."""
_TRACE = {"contact", "attempt", "outcome", "ring", "talk", "start"}


def read_log(path: Path, frame: Frame, scenario: Scenario, reading: Reading | None = None) -> Log:
    """The log at a path: a trace's directory, its ``attempts.csv``, or any call log with telephone numbers.

    Raises Refused with everything that is wrong, also where it is the log of another register.
    """
    number = frame.contacts.number
    suffix = path.suffix.lower()
    if path.is_dir() or (suffix == ".csv" and {h.lower() for h in read_table(path, FIELD).cells[0]} >= _TRACE):
        return read_trace_log(path, number, scenario)
    calls = read_call_log(path, scenario.calendar.start, reading)
    if not calls.has_starts:
        wrong = "it has one row a contact, and does not say when each call was made"
        raise refuse(calls.file, 1, FIELD, wrong, "give a log with one row a call")
    late = time_warning(calls, scenario.calendar, reading or Reading())
    log = log_of_calls(calls, frame, scenario)
    return replace(log, warnings=(*log.warnings, late)) if late else log


def log_of_calls(calls: CallLog, frame: Frame, scenario: Scenario) -> Log:
    """The calls of a log to contacts of the register, by number. Raises Refused where few belong to any."""
    number = frame.contacts.number
    if calls.by_contact:
        contact = np.where(calls.who < len(number), calls.who, -1)
    else:
        of = {frame.numbers[n]: c for c, n in reversed(list(enumerate(number.tolist())))}
        contact = np.array([of.get(one, -1) for one in calls.numbers], dtype=np.int64)[calls.who]
    known = contact >= 0
    if known.sum() < FEWEST_MATCHED * len(known):
        how_many = f"only {int(known.sum()):,}" if known.any() else "none"
        wrong = f"{how_many} of its {len(known):,} calls are to numbers on the register"
        raise refuse(calls.file, 1, FIELD, wrong, "give the log of a campaign on this register")
    outcome, assumed = _outcomes(calls, scenario)
    talk = np.where(np.isin(outcome, LIVE), np.maximum(calls.talk, 0), 0)
    flagged = np.where(calls.flag == 1, int(Flag.FIXED), np.where(calls.flag == 0, int(Flag.NONE), NOT_TOLD))
    unknown = np.full(len(known), NOT_TOLD)
    columns = {
        "contact": contact,
        "outcome": outcome,
        "ring": np.maximum(calls.ring, 0),
        "talk": talk,
        "wrap_up": np.zeros(len(known), dtype=np.int64),
        "gap": unknown,
        "flag": np.where(np.isin(outcome, INTERVIEWED), flagged, int(Flag.NONE)),
        "class": unknown,
        "due": unknown,
        "start": calls.start,
        "free": unknown,
    }
    attempts, further = attempts_of({name: column[known] for name, column in columns.items()}, number)
    return Log(
        files=(calls.file,),
        attempts=attempts,
        recorded={},
        unmatched=int((~known).sum()),
        further=further,
        assumed_seconds=assumed,
        warnings=calls.warnings,
    )


def _outcomes(calls: CallLog, scenario: Scenario) -> tuple[Ints, float | None]:
    """What came of each call; where a log tells of answers only, from so many seconds of talk on an interview."""
    outcome = np.where(calls.outcome == Ended.UNANSWERED, int(Outcome.NO_ANSWER), calls.outcome)
    unknown = calls.outcome == Ended.ANSWERED
    if not unknown.any():
        return outcome, None
    talk = scenario.questionnaire.talk if scenario.study.mode == "callback" else scenario.manual.talk
    least = (_mean(talk.complete) * _mean(talk.early)) ** 0.5
    spoken = np.where(calls.talk >= least * SECOND, int(Outcome.COMPLETE), int(Outcome.REFUSAL))
    return np.where(unknown, spoken, outcome), least


def _mean(law: Law) -> float:
    return max(law.mean_value(), 0.001)


def standing_of(log: Log, at: int, before: Timetable | None) -> tuple[Standing, int]:
    """Where the campaign of a log stands at a moment (ms), and how many of the log's calls begin only then.

    `before`: the hours and capacities so far, where they were other than the plan's.
    """
    standing = standing_at(at, log.attempts, log.recorded, log.people, log.recordings, log.ledger)
    return replace(standing, before=before), len(log.attempts["start"]) - len(standing.attempts["start"])


def words(log: Log) -> Mapping[str, bool]:
    """What the log tells of: results of interviews, flags, people, recordings."""
    spoken = np.isin(log.attempts["outcome"], INTERVIEWED)
    return {
        "results": log.assumed_seconds is None,
        "flags": bool((log.attempts["flag"][spoken] != NOT_TOLD).all()),
        "people": log.people is not None,
        "recordings": log.recordings is not None,
        "ledger": log.ledger is not None,
    }
