"""Where a running campaign stands: what began before a moment, in the columns of the trace.

An engine that is given a standing begins its clock there and goes on; the trace it returns holds past and future.
What a log does not tell is not invented: without the tables of the people their work is simulated from the first
day on, from the interviews that the log has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.outcomes import INTERVIEWED, Disposition, Outcome
from callbacksim.campaign.trace import Column, Table, Trace
from callbacksim.scenario.calendar import DAY

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
class Standing:
    """A campaign at the moment `at` (ms): what ends or falls due in that very millisecond is still to come.

    `attempts` are the calls begun by then, each as it went (of one under way its end is known), by start; `recorded`
    is the satisfaction heard by contact, who is missing is not known. `people` and `recordings` are None where the
    log does not tell of them. `steps` are the capacities as they went, by station ("lines", "people" …).
    """

    at: int
    attempts: Table
    recorded: Mapping[int, int] = field(default_factory=dict)
    people: People | None = None
    recordings: Table | None = None
    steps: Mapping[str, Steps] = field(default_factory=dict)
    due: Mapping[int, int] = field(default_factory=dict)  # of the next call, where it is known and not reckoned
    left: Mapping[int, int] = field(default_factory=dict)  # when a contact was given up since its number had opted out

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


def cut(trace: Trace, at: int) -> Standing:
    """The standing of a campaign whose whole trace is known: what it was at the moment `at` (ms)."""
    called = trace.attempts["start"] < at
    spoken = called & np.isin(trace.attempts["outcome"], INTERVIEWED)
    contacts, transfers = trace.contacts, _where(trace.transfers, trace.transfers["ready"] < at)
    offered = np.isin(trace.escalations["contact"], transfers["contact"])
    escalated = offered | (trace.escalations["ready"] < at)
    final = (contacts["final_at"] >= 0) & (contacts["final_at"] < at)
    left = final & (contacts["disposition"] == Disposition.OPTED_OUT) & (contacts["last_outcome"] != Outcome.OPT_OUT)
    # The due time of the next call stands at that call; of who is not called any more, with the contact.
    due = dict(enumerate(contacts["due"].tolist()))
    for place in np.flatnonzero(~called)[::-1].tolist():
        due[int(trace.attempts["contact"][place])] = int(trace.attempts["due"][place])
    return Standing(
        at=at,
        attempts=_where(trace.attempts, called),
        recorded={c: int(contacts["heard"][c]) for c in trace.attempts["contact"][spoken].tolist()},
        people=People(
            escalations=_where(trace.escalations, escalated),
            tries=_where(trace.tries, trace.tries["start"] < at),
            transfers=transfers,
        ),
        recordings=_where(trace.recordings, trace.recordings["ready"] < at),
        steps={name: _before(getattr(trace, name), at) for name in ("lines", "people", "listeners", "clerks")},
        due=due,
        left={int(c): int(contacts["final_at"][c]) for c in np.flatnonzero(left)},
    )


def _where(table: Table, which: Bools) -> dict[str, Column]:
    return {name: column[which] for name, column in table.items()}


def _before(steps: Table, at: int) -> Steps:
    pairs = zip(steps["time"].tolist(), steps["capacity"].tolist(), strict=True)
    return tuple((time, capacity) for time, capacity in pairs if time < at)
