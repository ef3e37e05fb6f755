"""Whom a log's calls went to: which number, which segment; and answers seen beside answers fitted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from callbacksim.frame.calllog.reading import CallLog
from callbacksim.frame.frame import Frame, segment_of
from callbacksim.frame.headings import kind_of
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Scenario

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Cell:
    """Calls of one attempt, hour, weekday or segment: how many were answered, and how many the fit expected."""

    label: str
    calls: int
    answered: int
    expected: float


@dataclass(frozen=True, eq=False)
class Whom:
    """Per call: the number (any index) and the segment (0: none fits)."""

    number: Ints
    segment: Ints
    warnings: tuple[str, ...] = ()


def whom(log: CallLog, scenario: Scenario, frame: Frame | None) -> Whom:
    """The number and the segment of each call: from the run's contacts, the log's own columns, or the register."""
    if log.by_contact:
        return _of_run(log, frame)
    if not scenario.segments:
        return Whom(log.who, np.zeros_like(log.who), _strangers(log, scenario, frame))
    if log.sides:
        blank = [""] * len(log.who)
        sides = {name: list(log.sides.get(name, blank)) for name in ("kind", "industry", "area")}
        sides["kind"] = [kind_of(kind, "") for kind in sides["kind"]]
        return Whom(log.who, segment_of(pd.DataFrame(sides), scenario.segments), _strangers(log, scenario, frame))
    return _by_register(log, scenario, frame)


def _of_run(log: CallLog, frame: Frame | None) -> Whom:
    contacts = None if frame is None else frame.contacts
    if contacts is None or int(log.who.max()) >= len(contacts.row):
        count = 0 if contacts is None else len(contacts.row)
        wrong = f"the log is of a run with contact {int(log.who.max())}, and the register has {count:,} contacts"
        right = "give the scenario that the run was of"
        raise Refused(Problem(log.file, int(log.line[int(log.who.argmax())]), "contact", wrong, right))
    return Whom(contacts.number[log.who], contacts.segment[log.who])


def _by_register(log: CallLog, scenario: Scenario, frame: Frame | None) -> Whom:
    """Segments of the contacts with these numbers; nobody's number has none."""
    if frame is None:
        return Whom(log.who, np.zeros_like(log.who))
    contacts = frame.contacts
    index = {number: i for i, number in enumerate(frame.numbers)}
    segments = dict(zip(contacts.number.tolist()[::-1], contacts.segment.tolist()[::-1], strict=True))
    of_person = [segments.get(index.get(number, -1)) for number in log.numbers]
    found = np.array([segment or 0 for segment in of_person], dtype=np.int64)
    return Whom(log.who, found[log.who], _strangers(log, scenario, frame))


def _strangers(log: CallLog, scenario: Scenario, frame: Frame | None) -> tuple[str, ...]:
    """What to say of numbers that are not on the register; of a made-up one no number of a log is."""
    if frame is None or not log.has_numbers:
        return ()
    strange = len(log.numbers) - len(set(frame.numbers).intersection(log.numbers))
    if not strange:
        return ()
    said = f"{log.file}: {strange:,} of {len(log.numbers):,} numbers are not on the register 不在名单中"
    if scenario.segments and not log.sides:
        said += ": they count as of no segment"
    if scenario.register_.file and strange < len(log.numbers):
        said += "; if they are another campaign's, leave them out: --only HEADING=VALUE"
    elif not scenario.segments:
        return ()
    return (said,)
