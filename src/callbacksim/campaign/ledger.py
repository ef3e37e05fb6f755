"""The ledger at work: items go to the clerk, on to their departments, are settled there and looked back on.

`LedgerDesk` belongs to a campaign (`Campaign.desk`). To change it, subclass it and name it as the campaign's
`desk_type`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import simpy

from callbacksim.campaign.casework import ELSEWHERE, Casework, Course, Report
from callbacksim.campaign.draws import Draws
from callbacksim.campaign.outcomes import CaseStatus, Item, Source
from callbacksim.campaign.station import Server, Station, order
from callbacksim.campaign.trace import CASES, LOOKBACKS, ROUNDS, STEPS, Column, table
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.calendar import NEVER, Timetable
from callbacksim.scenario.schema import Clerks, Scenario


@dataclass
class Round:
    """One receipt of a case by its department, and what it did; times in ms, -1 is never."""

    received: int
    due: int
    start: int = -1
    end: int = -1
    resolved: bool = False


@dataclass
class Case:
    """One item on the ledger as it stands; times in ms, -1 is never."""

    report: Report
    course: Course
    heard: int
    screening: int = -1  # by a clerk: begun, ended
    screened: int = -1
    forwarded: int = -1
    rounds: list[Round] = field(default_factory=list)

    def status(self, round_: Round | None, *, with_clerks: bool) -> CaseStatus:
        """How the item stands in a round, or before any."""
        if not self.course.valid and (self.screened >= 0 or not with_clerks):
            return CaseStatus.SCREENED_OUT
        if self.report.kind is Item.SUGGESTION and self.forwarded >= 0:
            return CaseStatus.FORWARDED
        if round_ is None or round_.end < 0:
            return CaseStatus.OPEN
        return CaseStatus.RESOLVED if round_.resolved else CaseStatus.CLOSED_UNRESOLVED


class LedgerDesk:
    """Clerks and departments of one replication: `clerk`, `case_worker`, `forward` and `look_back` are processes."""

    def __init__(
        self,
        env: simpy.Environment,
        scenario: Scenario,
        contacts: Contacts,
        times: Timetable,
        draws: Draws,
        turns: tuple[int, int],
    ) -> None:
        """`turns`: when in a millisecond clerks, and departments, start."""
        self.env = env
        self.scenario = scenario
        self.times = times
        self.casework = Casework(scenario, contacts, times, draws)
        self.department_names = tuple(scenario.ledger.departments)
        self.category_names = tuple(scenario.ledger.categories)
        self.with_clerks = isinstance(scenario.ledger.clerks, Clerks)
        self.clerks = Station(env, self.clerk, turn=turns[0])
        self.departments = {name: Station(env, self.case_worker(name), turn=turns[1]) for name in self.department_names}
        self.cases: list[Case] = []
        self._lookbacks: list[list[int]] = []

    def open(self) -> None:
        """The office hours of clerks and departments begin, and so does what comes from elsewhere."""
        ledger, office = self.scenario.ledger, self.times.office.clipped(self.times.horizon)
        if isinstance(ledger.clerks, Clerks):
            self.env.process(self.clerks.follow(office.steps(ledger.clerks.count)))
        for name, station in self.departments.items():
            self.env.process(station.follow(office.steps(ledger.departments[name].staff)))
        for number, arrival in enumerate(self.casework.arrivals()):
            self.report(ELSEWHERE, Item.PROBLEM, number, arrival)

    def report(self, contact: int, kind: Item, number: int, heard: int) -> None:
        """One item, known of from `heard` on, goes to the clerk."""
        report = Report(contact, kind, number)
        self.cases.append(Case(report, self.casework.course(report), heard))
        case = len(self.cases) - 1
        if self.with_clerks:
            self.clerks.offer(case, heard, order(heard, contact + 1, kind, number))
        else:
            self.env.process(self.forward(case, heard))

    def clerk(self, case: int) -> Server:
        """A clerk: screens item after item, in office hours."""
        while True:
            now = self.cases[case]
            now.screening = int(self.env.now)
            end = self.times.office.after(now.screening, now.course.screening)
            if end == NEVER:
                return
            yield self.env.timeout(end - now.screening)
            now.screened = end
            self.env.process(self.forward(case, end))
            following = self.clerks.take()
            case = (yield self.clerks.next()) if following is None else following

    def forward(self, case: int, accepted: int) -> Server:
        """An item that was screened by `accepted`: forwarded, at first perhaps wrongly, and received."""
        now = self.cases[case]
        if not now.course.valid:
            return
        forwarded = self.times.office.after(accepted, now.course.forwarding)
        if forwarded == NEVER:
            return
        now.forwarded = forwarded
        received = self.times.office.after(forwarded, now.course.sent_back_after) if now.course.wrong else forwarded
        if received == NEVER:
            return
        yield self.env.timeout(received - int(self.env.now))
        self.receive(case)

    def receive(self, case: int) -> None:
        """The right department has the item, for the first time or again; a problem waits there for its people."""
        now, received = self.cases[case], int(self.env.now)
        department = now.course.department
        due = self.times.due(received, self.scenario.ledger.departments[department].due_days)
        now.rounds.append(Round(received, due))
        if now.report.kind is Item.PROBLEM:
            key = order(due, received, now.report.contact + 1, now.report.number)
            self.departments[department].offer(case, received, key)

    def case_worker(self, name: str) -> Callable[[int], Server]:
        """The people of one department: each has one case in hand and works on it in office hours."""

        def work(case: int) -> Server:
            while True:
                now = self.cases[case]
                handling = self.casework.handling(now.report, name, len(now.rounds))
                round_ = now.rounds[-1]
                round_.start = int(self.env.now)
                end = self.times.office.after(round_.start, handling.work)
                if end == NEVER:
                    return
                yield self.env.timeout(end - round_.start)
                round_.end, round_.resolved = end, handling.resolved
                if self.scenario.ledger.look_back != "none":
                    self.env.process(self.look_back(case))
                following = self.departments[name].take()
                case = (yield self.departments[name].next()) if following is None else following

        return work

    def look_back(self, case: int) -> Server:
        """Some days after a case was settled somebody asks, up to the horizon; the unsatisfied get it reopened."""
        now, turn = self.cases[case], len(self.cases[case].rounds)
        asked_for = self.scenario.ledger.look_back
        assert asked_for != "none"
        due = self.casework.look_back_due(now.rounds[-1].end)
        record = [case, turn, due, -1, 0, 0, 0]
        self._lookbacks.append(record)
        if due >= self.times.horizon:
            return
        yield self.env.timeout(due - int(self.env.now))
        answer = self.casework.looked_back(now.report, turn, now.rounds[-1].resolved)
        reopened = answer.reached and not answer.satisfied and turn <= asked_for.reopen_most
        record[3:] = [due, int(answer.reached), int(answer.satisfied), int(reopened)]
        if reopened:
            self.receive(case)

    # --- what happened -------------------------------------------------------------------------------------------

    def case_table(self) -> dict[str, Column]:
        """All items that reached the clerk, as columns, each as it stands in the end."""
        return table(CASES, [self._record(case) for case in self.cases])

    def _record(self, case: Case) -> tuple[int, ...]:
        last = case.rounds[-1] if case.rounds else None
        return (
            case.report.contact,
            Source.INTAKE if case.report.contact == ELSEWHERE else Source.SURVEY,
            case.report.kind,
            case.report.number,
            self.category_names.index(case.course.category),
            self.department_names.index(case.course.department),
            case.heard,
            case.screening,
            case.screened,
            case.forwarded,
            *((-1, -1, -1, -1) if last is None else (last.received, last.due, last.start, last.end)),
            case.status(last, with_clerks=self.with_clerks),
            len(case.rounds),
        )

    def round_table(self) -> dict[str, Column]:
        """Every receipt by a department, as columns."""
        return table(
            ROUNDS,
            [
                (place, turn, one.received, one.due, one.start, one.end, case.status(one, with_clerks=self.with_clerks))
                for place, case in enumerate(self.cases)
                for turn, one in enumerate(case.rounds, start=1)
            ],
        )

    def lookback_table(self) -> dict[str, Column]:
        """Every look-back call, made or still to come at the horizon, as columns, by case and round."""
        return table(LOOKBACKS, sorted(self._lookbacks))

    def clerk_steps(self) -> dict[str, Column]:
        """The clerks at work as they really were."""
        return table(STEPS, self.clerks.steps)
