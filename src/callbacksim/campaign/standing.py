"""Where a running campaign stands: what began before a moment, in the columns of the trace.

An engine that is given a standing begins its clock there and goes on; the trace it returns holds past and future.
What a log does not tell is not invented: without the tables of the people their work is simulated from the first
day on, from the interviews that the log has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.outcomes import INTERVIEWED, Disposition, Outcome, Source
from callbacksim.campaign.trace import Column, Table, Trace
from callbacksim.scenario.calendar import DAY, Timetable

Bools = NDArray[np.bool_]
Steps = tuple[tuple[int, int], ...]
NOT_TOLD = -1
"""In a gap, a flag or a recorded satisfaction: the log does not say."""


class Told(NamedTuple):
    """What a log says of a call besides its outcome and times; `NOT_TOLD` where it is silent."""

    gap: int
    flag: int
    queue_class: int
    recorded: int


@dataclass(frozen=True)
class People:
    """The call-backs so far: all escalations, and the tries and transfers that began."""

    escalations: Table
    tries: Table
    transfers: Table


@dataclass(frozen=True)
class Ledger:
    """The ledger so far: items that were heard, receipts by departments and look-back calls; `case` counts items."""

    cases: Table
    rounds: Table
    lookbacks: Table


@dataclass(frozen=True)
class Standing:
    """A campaign at the moment `at` (ms): what ends or falls due in that very millisecond is still to come.

    `before` are the hours and capacities up to then, where they were other than those of the plan from then on.
    `attempts` are the calls begun by then, each as it went (of one under way its end is known), by start; `recorded`
    is the satisfaction heard by contact, who is missing is not known. `people`, `recordings` and `ledger` are None
    where the log does not tell of them (of a ledger only beside people). `steps` are capacities that went otherwise
    than the calendar says ("lines", "people" …).
    """

    at: int
    attempts: Table
    recorded: Mapping[int, int] = field(default_factory=dict)
    people: People | None = None
    recordings: Table | None = None
    ledger: Ledger | None = None
    steps: Mapping[str, Steps] = field(default_factory=dict)
    before: Timetable | None = None
    due: Mapping[int, int] = field(default_factory=dict)  # of the next call, where it is known and not reckoned
    left: Mapping[int, int] = field(default_factory=dict)  # when a contact was given up since its number had opted out

    @property
    def sha256(self) -> str:
        """A hash (hex) of all that it tells."""
        tables = [self.attempts, *(vars(self.people).values() if self.people else ()), self.recordings or {}]
        before = self.before
        planned = None if before is None else [*before.lines, *before.people, *before.calling.steps(1)]
        parts = [f"{self.at}/{sorted(self.recorded.items())}/{planned}"]
        tables += [] if self.ledger is None else list(vars(self.ledger).values())
        parts += [f"{name}{column.tolist()}" for one in tables for name, column in sorted(one.items())]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def steps_of(self, station: str, steps: Iterable[tuple[int, int]]) -> Steps:
        """The capacities of a station before the moment: `steps` unless they are known to have gone otherwise."""
        return self.steps.get(station, tuple((time, capacity) for time, capacity in steps if time < self.at))

    @cached_property
    def ended(self) -> Bools:
        """The calls that are over: shape (attempts,)."""
        return self.attempts["end"] < self.at

    @cached_property
    def held(self) -> Bools:
        """The calls whose line is not free yet: in the dialogue, or with live transfer after it."""
        return self.attempts["free"] >= self.at

    @cached_property
    def interviews(self) -> int:
        """Final interviews so far."""
        return int((np.isin(self.attempts["outcome"], INTERVIEWED) & self.ended).sum())

    @property
    def reported(self) -> set[int]:
        """The reports of the intake that have come in, by number."""
        if self.ledger is None:
            return set()
        cases = self.ledger.cases
        return set(cases["number"][cases["source"] == Source.INTAKE].tolist())

    def told(self, row: int) -> Told:
        """What is known of the call in this row."""
        attempts = self.attempts
        recorded = self.recorded.get(int(attempts["contact"][row]), NOT_TOLD)
        return Told(int(attempts["gap"][row]), int(attempts["flag"][row]), int(attempts["class"][row]), recorded)

    def last(self, contacts: int) -> Column:
        """The row of each contact's last call, -1 where there is none: shape (contacts,)."""
        last = np.full(contacts, -1, dtype=np.int64)
        last[self.attempts["contact"]] = np.arange(len(self.attempts["contact"]))
        return last

    def of_the_day(self, number: Column) -> Column:
        """The how-manieth call to its number on its calendar day each call was; `number` by contact."""
        of, day = number[self.attempts["contact"]], self.attempts["start"] // DAY
        order = np.lexsort((self.attempts["start"], day, of))
        new = np.ones(len(order), dtype=bool)
        new[1:] = (of[order][1:] != of[order][:-1]) | (day[order][1:] != day[order][:-1])
        first = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
        nth = np.empty(len(order), dtype=np.int64)
        nth[order] = np.arange(len(order)) - first + 1
        return nth


def standing_at(
    at: int,
    attempts: Table,
    recorded: Mapping[int, int],
    people: People | None,
    recordings: Table | None,
    ledger: Ledger | None = None,
) -> Standing:
    """The standing at the moment `at` (ms) by tables that may go on beyond it.

    `attempts` by start; `recorded` by contact: of final interviews.
    """
    called = attempts["start"] < at
    spoken = attempts["contact"][called & np.isin(attempts["outcome"], INTERVIEWED)].tolist()
    if people is not None:
        transfers = _where(people.transfers, people.transfers["ready"] < at)
        offered = np.isin(people.escalations["contact"], transfers["contact"])
        people = People(
            escalations=_where(people.escalations, offered | (people.escalations["ready"] < at)),
            tries=_where(people.tries, people.tries["start"] < at),
            transfers=transfers,
        )
    return Standing(
        at=at,
        attempts=_where(attempts, called),
        recorded={contact: recorded[contact] for contact in spoken if contact in recorded},
        people=people,
        recordings=None if recordings is None else _where(recordings, recordings["ready"] < at),
        ledger=None if ledger is None else _ledger_at(ledger, at),
    )


def _ledger_at(ledger: Ledger, at: int) -> Ledger:
    heard = ledger.cases["heard"] < at
    place = np.cumsum(heard) - 1  # of each item that was heard among those that were
    rounds, lookbacks = ledger.rounds, ledger.lookbacks
    rounds = _where(rounds, heard[rounds["case"]] & (rounds["received"] < at))
    lookbacks = _where(lookbacks, heard[lookbacks["case"]] & (lookbacks["asked"] >= 0) & (lookbacks["asked"] < at))
    return Ledger(
        _where(ledger.cases, heard),
        {**rounds, "case": place[rounds["case"]]},
        {**lookbacks, "case": place[lookbacks["case"]]},
    )


def cut(trace: Trace, at: int) -> Standing:
    """The standing of a campaign whose whole trace is known: what it was at the moment `at` (ms)."""
    contacts = trace.contacts
    final = (contacts["final_at"] >= 0) & (contacts["final_at"] < at)
    left = final & (contacts["disposition"] == Disposition.OPTED_OUT) & (contacts["last_outcome"] != Outcome.OPT_OUT)
    # The due time of the next call stands at that call; of who is not called any more, with the contact.
    due = dict(enumerate(contacts["due"].tolist()))
    for place in np.flatnonzero(trace.attempts["start"] >= at)[::-1].tolist():
        due[int(trace.attempts["contact"][place])] = int(trace.attempts["due"][place])
    return replace(
        standing_at(
            at,
            trace.attempts,
            dict(enumerate(contacts["heard"].tolist())),
            People(trace.escalations, trace.tries, trace.transfers),
            trace.recordings,
            Ledger(trace.cases, trace.rounds, trace.lookbacks),
        ),
        steps={name: _before(getattr(trace, name), at) for name in ("lines", "people", "listeners", "clerks")},
        due=due,
        left={int(c): int(contacts["final_at"][c]) for c in np.flatnonzero(left)},
    )


def _where(table: Table, which: Bools) -> dict[str, Column]:
    return {name: column[which] for name, column in table.items()}


def _before(steps: Table, at: int) -> Steps:
    pairs = zip(steps["time"].tolist(), steps["capacity"].tolist(), strict=True)
    return tuple((time, capacity) for time, capacity in pairs if time < at)
