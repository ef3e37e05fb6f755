"""What becomes of an item on the ledger: screening, category, department, work, look-back. Physics only, no clock."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.outcomes import Item
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.calendar import DAY, HOUR, MINUTE, Timetable
from callbacksim.scenario.laws import milliseconds
from callbacksim.scenario.schema import Clerks, Intake, LookBack, Scenario

ELSEWHERE = -1
"""In the place of a contact: the item came through another channel."""


class Report(NamedTuple):
    """Whose item it is: a contact's `number`-th of a kind, or, of contact `ELSEWHERE`, the intake's (both from 0)."""

    contact: int
    kind: Item
    number: int


class Course(NamedTuple):
    """The way of one item to its department; times in ms of office hours. `wrong`: where it is first sent, or None."""

    valid: bool
    category: str
    department: str
    wrong: str | None
    screening: int
    forwarding: int
    sent_back_after: int


class Handling(NamedTuple):
    """What one round of work on a case takes, in ms of office hours, and whether it resolves it."""

    work: int
    resolved: bool


class Answer(NamedTuple):
    """What comes of a look-back call."""

    reached: bool
    satisfied: bool


class Casework:
    """The chance of every item: a contact's by its row, kind and number, the intake's by its number."""

    def __init__(self, scenario: Scenario, contacts: Contacts, times: Timetable, draws: Draws) -> None:
        self.scenario = scenario
        self.contacts = contacts
        self.times = times
        self.draws = draws
        self._reports: dict[str, NDArray[np.float64]] = {}  # the intake's draws by stream

    @cached_property
    def _edges(self) -> list[float]:
        shares = np.array([category.share for category in self.scenario.ledger.categories.values()])
        edges: list[float] = (np.cumsum(shares) / shares.sum()).tolist()
        return edges

    def _uniform(self, report: Report, stream: str, turn: int = 1) -> float:
        """A draw for an item; the first turn of a stream bears its plain name."""
        stream = stream if turn == 1 else f"{stream}/{turn}"
        if report.contact == ELSEWHERE:
            return float(self._intake(stream)[report.number])
        # Cases are few: the draws of one row are looked up, not those of all kept.
        row = int(self.contacts.row[report.contact])
        return float(self.draws.uniforms(f"{report.kind.name}/{stream}", row + 1, report.number)[row])

    def _intake(self, stream: str) -> NDArray[np.float64]:
        if stream not in self._reports:
            intake = self.scenario.ledger.intake
            assert isinstance(intake, Intake)
            self._reports[stream] = self.draws.uniforms(f"intake/{stream}", intake.reports)
        return self._reports[stream]

    def course(self, report: Report) -> Course:
        """The way of an item to its department."""
        ledger = self.scenario.ledger
        at = min(
            int(np.searchsorted(self._edges, self._uniform(report, "category"), side="right")), len(self._edges) - 1
        )
        category = list(ledger.categories)[at]
        right = ledger.categories[category].department
        others = [name for name in ledger.departments if name != right]
        goes_wrong = bool(others) and self._uniform(report, "misrouted") < ledger.misrouted
        # Of a survey's counts that are given, all are valid.
        given = report.contact != ELSEWHERE and self.scenario.recognition.exact != "none"
        return Course(
            valid=report.kind is Item.SUGGESTION or given or self._uniform(report, "valid") < ledger.valid,
            category=category,
            department=right,
            wrong=others[int(self._uniform(report, "wrong department") * len(others))] if goes_wrong else None,
            screening=self._screening(report),
            forwarding=int(milliseconds(ledger.forwarding, np.array([self._uniform(report, "forwarding")]), HOUR)[0]),
            sent_back_after=int(
                milliseconds(ledger.return_within, np.array([self._uniform(report, "sent back")]), HOUR)[0]
            ),
        )

    def _screening(self, report: Report) -> int:
        clerks = self.scenario.ledger.clerks
        if not isinstance(clerks, Clerks):
            return 0
        return int(milliseconds(clerks.screening, np.array([self._uniform(report, "screening")]), MINUTE)[0])

    def handling(self, report: Report, department: str, turn: int) -> Handling:
        """The department's work on the case in round `turn` (from 1)."""
        where = self.scenario.ledger.departments[department]
        u = np.array([self._uniform(report, "handling", turn)])
        return Handling(
            work=int(milliseconds(where.handling, u, HOUR)[0]),
            resolved=self._uniform(report, "resolved", turn) < where.resolved,
        )

    def looked_back(self, report: Report, turn: int, resolved: bool) -> Answer:
        """What comes of the look-back call after round `turn`."""
        asked = self.scenario.ledger.look_back
        assert isinstance(asked, LookBack)
        satisfied = asked.satisfied if resolved else asked.satisfied_unresolved
        reached = self._uniform(report, "look-back reached", turn) < asked.reached
        return Answer(reached, reached and self._uniform(report, "look-back satisfied", turn) < satisfied)

    def look_back_due(self, settled: int) -> int:
        """The moment of the look-back call: when the office opens on the n-th working day after the day of settling."""
        asked = self.scenario.ledger.look_back
        assert isinstance(asked, LookBack)
        return self.times.office_opens(settled, asked.after_days)

    def arrivals(self) -> list[int]:
        """When each report of the intake comes in: uniform over the office time of its days, in ms."""
        intake = self.scenario.ledger.intake
        if not isinstance(intake, Intake):
            return []
        office = self.times.office
        first, last = intake_days(intake, self.times)
        before = int(office.elapsed(first))
        span = int(office.elapsed(last)) - before
        # A moment of open time: the end of its own millisecond, less that millisecond.
        return [office.after(0, before + int(u * span) + 1) - 1 for u in self._intake("arrival").tolist()]


def intake_days(intake: Intake, times: Timetable) -> tuple[int, int]:
    """From when to when (ms) reports of the intake come in: whole days, to the horizon if no last day is named."""
    first = 0 if intake.first is None else times.midnight(intake.first)
    last = times.horizon if intake.last is None else min(times.midnight(intake.last) + DAY, times.horizon)
    return first, last
