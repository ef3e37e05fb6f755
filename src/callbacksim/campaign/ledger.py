"""The ledger at work: items go to the clerk, on to their departments, are settled there and looked back on.

`LedgerDesk` belongs to a campaign (`Campaign.desk`). To change it, subclass it and name it as the campaign's
`desk_type`.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, field
from typing import NamedTuple

import simpy

from callbacksim.campaign.casework import ELSEWHERE, Casework, Course, Report
from callbacksim.campaign.draws import Draws
from callbacksim.campaign.outcomes import CaseStatus, Item, Source
from callbacksim.campaign.standing import Ledger, Steps
from callbacksim.campaign.station import Server, Station, order
from callbacksim.campaign.trace import CASES, LOOKBACKS, ROUNDS, STEPS, Column, records, table
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.calendar import NEVER, CapacitySteps, Timetable
from callbacksim.scenario.schema import Clerks, Scenario


@dataclass
class Round:
    """One receipt of a case by its department, and what it did; times in ms, -1 is never."""

    received: int
    due: int
    start: int = -1
    end: int = -1
    resolved: bool = False


class Row(NamedTuple):
    """One receipt as a log has it: the columns of the trace's rounds after the case."""

    round: int
    received: int
    due: int
    start: int
    end: int
    status: int


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

    def open(self, known: Set[int] = frozenset()) -> None:
        """The office hours of clerks and departments begin, and so does what comes from elsewhere.

        `known`: the reports that have come in already, where the ledger is taken up as it stands.
        """
        ledger, office = self.scenario.ledger, self.times.office.clipped(self.times.horizon)
        if self.with_clerks:
            self.env.process(self.clerks.follow(self.clerk_hours()))
        for name, station in self.departments.items():
            self.env.process(station.follow(office.steps(ledger.departments[name].staff)))
        for number, arrival in enumerate(self.casework.arrivals()):
            if number in known:
                continue
            self.report(ELSEWHERE, Item.PROBLEM, number, arrival)

    def clerk_hours(self) -> CapacitySteps:
        """The clerks at work as the scenario has them."""
        clerks = self.scenario.ledger.clerks
        count = clerks.count if isinstance(clerks, Clerks) else 0
        return self.times.office.clipped(self.times.horizon).steps(count)

    def report(self, contact: int, kind: Item, number: int, heard: int) -> None:
        """One item, known of from `heard` on, goes to the clerk."""
        report = Report(contact, kind, number)
        self.cases.append(Case(report, self.casework.course(report), heard))
        case = len(self.cases) - 1
        self.screen(case)

    def screen(self, case: int) -> None:
        """The item waits for a clerk, or goes its way where there is none."""
        report, heard = self.cases[case].report, self.cases[case].heard
        if self.with_clerks:
            self.clerks.offer(case, heard, order(heard, report.contact + 1, report.kind, report.number))
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
            self.screened(case, end)
            following = self.clerks.take()
            case = (yield self.clerks.next()) if following is None else following

    def screened(self, case: int, end: int) -> None:
        """A clerk has screened the item."""
        self.cases[case].screened = end
        self.env.process(self.forward(case, end))

    def forward(self, case: int, accepted: int, since: int = 0, known: int = -1) -> Server:
        """An item that was screened by `accepted`: forwarded, at first perhaps wrongly, and received.

        None of it happens before `since`; `known` is when it was forwarded, if it was.
        """
        now = self.cases[case]
        if not now.course.valid:
            return
        forwarded = known if known >= 0 else max(self.times.office.after(accepted, now.course.forwarding), since)
        if forwarded == NEVER:
            return
        now.forwarded = forwarded
        received = self.times.office.after(forwarded, now.course.sent_back_after) if now.course.wrong else forwarded
        if received == NEVER:
            return
        received = max(received, since)
        yield self.env.timeout(received - int(self.env.now))
        self.receive(case)

    def receive(self, case: int) -> None:
        """The right department has the item, for the first time or again; a problem waits there for its people."""
        now, received = self.cases[case], int(self.env.now)
        department = now.course.department
        due = self.times.due(received, self.scenario.ledger.departments[department].due_days)
        now.rounds.append(Round(received, due))
        if now.report.kind is Item.PROBLEM:
            self.queue(case)

    def queue(self, case: int) -> None:
        """The problem waits at its department, the earliest due date first."""
        now, round_ = self.cases[case], self.cases[case].rounds[-1]
        key = order(round_.due, round_.received, now.report.contact + 1, now.report.number)
        self.departments[now.course.department].offer(case, round_.received, key)

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
                self.settle(case, end, handling.resolved)
                following = self.departments[name].take()
                case = (yield self.departments[name].next()) if following is None else following

        return work

    def settle(self, case: int, end: int, resolved: bool) -> None:
        """The department has settled the case."""
        round_ = self.cases[case].rounds[-1]
        round_.end, round_.resolved = end, resolved
        if self.scenario.ledger.look_back != "none":
            self.env.process(self.look_back(case))

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

    # --- going on from where a ledger stands ----------------------------------------------------------------------

    def take_up(self, at: int, so_far: Ledger, steps: Steps) -> None:
        """Go on at `at` (ms), before the clock runs: every item as far as it has come; `steps` are the clerks'."""
        self.clerks.take_up(at, steps)
        for station in self.departments.values():
            station.take_up(at, ())
        rounds: dict[int, list[Row]] = {}
        for case, *row in records(so_far.rounds):
            rounds.setdefault(case, []).append(Row(*row))
        asked: dict[int, dict[int, list[int]]] = {}
        for case, turn, *answer in records(so_far.lookbacks):
            asked.setdefault(case, {})[turn] = answer
        for place, columns in enumerate(records(so_far.cases)):
            item = dict(zip(CASES, columns, strict=True))
            self._take_up(at, item, rounds.get(place, []), asked.get(place, {}))

    def _take_up(self, at: int, row: dict[str, int], rounds: list[Row], asked: dict[int, list[int]]) -> None:
        report = Report(row["contact"], Item(row["item"]), row["number"])
        course = self.casework.course(report)._replace(
            category=self.category_names[row["category"]], department=self.department_names[row["department"]]
        )
        case, now = len(self.cases), Case(report, course, row["heard"])
        self.cases.append(now)
        begun, done = 0 <= row["screening"] < at, 0 <= row["screened"] < at
        if self.with_clerks and not done:
            if not begun:
                self.screen(case)
                return
            now.screening = row["screening"]
            self.clerks.at_work(self._end_screening(case, row["screened"]))
            return
        now.course = course._replace(valid=row["status"] != CaseStatus.SCREENED_OUT)
        if self.with_clerks:
            now.screening, now.screened = row["screening"], row["screened"]
        if not rounds:
            accepted = now.screened if self.with_clerks else now.heard
            known = row["forwarded"] if row["forwarded"] < at else -1
            self.env.process(self.forward(case, accepted, at, known))
            return
        now.forwarded = row["forwarded"]
        for one in rounds:
            ended = 0 <= one.end < at
            start = one.start if 0 <= one.start < at else -1
            resolved = ended and one.status == CaseStatus.RESOLVED
            now.rounds.append(Round(one.received, one.due, start, one.end if ended else -1, resolved))
        self._lookbacks += [[case, turn, *one] for turn, one in asked.items()]
        if report.kind is Item.PROBLEM:
            self._take_up_round(case, rounds[-1], asked)

    def _take_up_round(self, case: int, row: Row, asked: dict[int, list[int]]) -> None:
        """What follows from the last receipt by a department."""
        now, round_ = self.cases[case], self.cases[case].rounds[-1]
        if round_.start < 0:
            self.queue(case)
        elif round_.end < 0:
            resolved = row.status == CaseStatus.RESOLVED
            self.departments[now.course.department].at_work(self._end_work(case, row.end, resolved))
        elif len(now.rounds) not in asked and self.scenario.ledger.look_back != "none":
            self.env.process(self.look_back(case))

    def _end_screening(self, case: int, end: int) -> Server:
        if end < 0:  # beyond all office hours
            return
        yield self.env.timeout(end - self.env.now)
        self.screened(case, end)
        following = self.clerks.take()
        yield from self.clerk((yield self.clerks.next()) if following is None else following)

    def _end_work(self, case: int, end: int, resolved: bool) -> Server:
        if end < 0:
            return
        yield self.env.timeout(end - self.env.now)
        self.settle(case, end, resolved)
        name = self.cases[case].course.department
        following = self.departments[name].take()
        work = self.case_worker(name)
        yield from work((yield self.departments[name].next()) if following is None else following)

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
