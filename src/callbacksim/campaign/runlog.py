"""The log of a running campaign, whoever wrote it, as calls to the contacts of a register."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.outcomes import FAILURES, INTERVIEWED, LIVE, Flag, Outcome
from callbacksim.campaign.standing import NOT_TOLD, Standing, standing_at
from callbacksim.campaign.tracelog import FIELD, Log, attempts_of, read_trace_log
from callbacksim.frame.calllog.formats import Ended
from callbacksim.frame.calllog.options import Reading
from callbacksim.frame.calllog.reading import CallLog, calls_of, log_table, time_warning
from callbacksim.frame.frame import Frame
from callbacksim.frame.tables import refuse
from callbacksim.scenario.calendar import SECOND, Timetable
from callbacksim.scenario.schema import Scenario

Ints = NDArray[np.int64]
FEWEST_MATCHED = 0.5
"""A log of which fewer rows belong to somebody on the register is the log of another one."""
_GRID = (np.arange(2_000) + 0.5) / 2_000
_TRACE = {"contact", "attempt", "outcome", "ring", "talk", "start"}


def read_log(path: Path, frame: Frame, scenario: Scenario, reading: Reading | None = None) -> Log:
    """The log at a path: a trace's directory, its ``attempts.csv``, or any call log with telephone numbers.

    Raises Refused with everything that is wrong, also where it is the log of another register.
    """
    number, how = frame.contacts.number, reading or Reading()
    if path.is_dir():
        return read_trace_log(path, number, scenario)
    table = log_table(path, str(path), how.sheet)
    if path.suffix.lower() == ".csv" and {heading.lower() for heading in table.cells[0]} >= _TRACE:
        return read_trace_log(path, number, scenario)
    calls = calls_of(table, scenario.calendar.start, how)
    if not calls.has_starts:
        wrong = "it has one row a contact, and does not say when each call was made"
        raise refuse(calls.file, 1, FIELD, wrong, "give a log with one row a call")
    late = time_warning(calls, scenario.calendar, how)
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
        right = (
            "give the log of a campaign on this register; of one of several campaigns its rows: --only HEADING=VALUE"
        )
        if not calls.by_contact and not calls.has_numbers:
            right = "give a log with whole numbers: names and masked numbers are on no register"
        raise refuse(calls.file, 1, FIELD, wrong, right)
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
    begun = known & ((calls.start >= 0) | (calls.start[known] < 0).all())  # if none has, it is said what is wrong
    attempts, further = attempts_of({name: column[begun] for name, column in columns.items()}, number)
    return Log(
        files=(calls.file,),
        attempts=attempts,
        recorded={},
        unmatched=int((~known).sum()),
        earlier=int((known & ~begun).sum()),
        further=further,
        assumed_seconds=assumed,
        complete=calls.words >= {Ended(int(one)) for one in (*FAILURES, Outcome.NOT_IN_SERVICE)},
        unexplained=int((calls.outcome[begun] == Ended.UNANSWERED).sum()),
        warnings=calls.warnings,
    )


def _outcomes(calls: CallLog, scenario: Scenario) -> tuple[Ints, float | None]:
    """What came of each call; where a log tells of answers only, from so many seconds of talk on an interview."""
    outcome = np.where(calls.outcome == Ended.UNANSWERED, int(Outcome.NO_ANSWER), calls.outcome)
    unknown = calls.outcome == Ended.ANSWERED
    if not unknown.any():
        return outcome, None
    told = {ended for ended in (Ended.COMPLETE, Ended.PARTIAL) if (calls.outcome == ended).any()}
    least = shortest_interview(scenario, told)
    spoken = np.where(calls.talk >= least * SECOND, int(Outcome.COMPLETE), int(Outcome.REFUSAL))
    return np.where(unknown, spoken, outcome), least


def shortest_interview(scenario: Scenario, told: Collection[Ended] = ()) -> float:
    """Seconds of talk from which on an answered call is taken for a finished interview.

    By the scenario's shares and laws as many refusals last longer as interviews are shorter, so that the number of
    interviews is right on average. ``told``: results that the log has a word for, so that no other call is one.
    """
    talk = scenario.questionnaire.talk if scenario.study.mode == "callback" else scenario.manual.talk
    form = scenario.questionnaire
    if form.questions:  # the laws of the short form are not this scenario's; between them lies the border all the same
        return float(np.sqrt(max(talk.complete.mean_value(), 0.001) * max(talk.early.mean_value(), 0.001)))
    early = max(1 - form.complete - form.partial, 0.0)
    shares = {
        "complete": 0.0 if Ended.COMPLETE in told else form.complete,
        "partial": 0.0 if Ended.PARTIAL in told else form.partial,
        "early": early,
    }
    parts = [(share, getattr(talk, name).quantile(_GRID)) for name, share in shares.items()]
    seconds = np.concatenate([lengths for _, lengths in parts])
    weight = np.concatenate([np.full(len(lengths), share / len(lengths)) for share, lengths in parts])
    order = np.argsort(seconds, kind="stable")
    # The length below which as large a share of all answers lies as ends early.
    place = int(np.searchsorted(np.cumsum(weight[order]), early, side="right"))
    return float(seconds[order][min(place, len(order) - 1)])


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
