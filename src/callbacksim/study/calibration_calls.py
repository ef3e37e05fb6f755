"""Whom a log's calls went to: which number, which segment; and answers seen beside answers fitted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from callbacksim.frame.calllogs import CallLog
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
        return Whom(log.who, np.zeros_like(log.who))
    if log.sides:
        blank = [""] * len(log.who)
        sides = {name: list(log.sides.get(name, blank)) for name in ("kind", "industry", "area")}
        sides["kind"] = [kind_of(kind, "") for kind in sides["kind"]]
        return Whom(log.who, segment_of(pd.DataFrame(sides), scenario.segments))
    return _by_register(log, frame)


def _of_run(log: CallLog, frame: Frame | None) -> Whom:
    contacts = None if frame is None else frame.contacts
    if contacts is None or int(log.who.max()) >= len(contacts.row):
        count = 0 if contacts is None else len(contacts.row)
        wrong = f"the log is of a run with contact {int(log.who.max())}, and the register has {count:,} contacts"
        right = "give the scenario that the run was of"
        raise Refused(Problem(log.file, int(log.line[int(log.who.argmax())]), "contact", wrong, right))
    return Whom(contacts.number[log.who], contacts.segment[log.who])


def _by_register(log: CallLog, frame: Frame | None) -> Whom:
    """Segments of the contacts with these numbers; nobody's number has none."""
    if frame is None:
        return Whom(log.who, np.zeros_like(log.who))
    contacts = frame.contacts
    index = {number: i for i, number in enumerate(frame.numbers)}
    segments = dict(zip(contacts.number.tolist()[::-1], contacts.segment.tolist()[::-1], strict=True))
    of_person = [segments.get(index.get(number, -1)) for number in log.numbers]
    strangers = sum(1 for segment in of_person if segment is None)
    found = np.array([segment or 0 for segment in of_person], dtype=np.int64)
    warnings: tuple[str, ...] = ()
    if strangers:
        said = f"{log.file}: {strangers:,} of {len(of_person):,} numbers are not on the register 不在名单中"
        warnings = (f"{said}: they count as of no segment",)
    return Whom(log.who, found[log.who], warnings)
