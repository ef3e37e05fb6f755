"""The ledger at work: items go to the clerk, on to their departments, and are settled there in office hours.

`LedgerDesk` belongs to a campaign (`Campaign.desk`). To change it, subclass it and name it as the campaign's
`desk_type`.
"""

from __future__ import annotations

from collections.abc import Callable

import simpy

from callbacksim.campaign.casework import Casework, Course
from callbacksim.campaign.draws import Draws
from callbacksim.campaign.outcomes import CaseStatus, Item
from callbacksim.campaign.station import Server, Station, order
from callbacksim.campaign.trace import CASES, Column, table
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.calendar import NEVER, Timetable
from callbacksim.scenario.schema import Scenario


class LedgerDesk:
    """Clerk and departments of one replication: `case` and `case_worker` are processes."""

    def __init__(
        self, env: simpy.Environment, scenario: Scenario, contacts: Contacts, times: Timetable, draws: Draws, turn: int
    ) -> None:
        self.env = env
        self.scenario = scenario
        self.times = times
        self.casework = Casework(scenario, contacts, draws)
        self.department_names = tuple(scenario.ledger.departments)
        self.category_names = tuple(scenario.ledger.categories)
        self.departments = {name: Station(env, self.case_worker(name), turn=turn) for name in self.department_names}
        self._cases: list[list[int]] = []
        self._courses: list[Course] = []

    def open(self) -> None:
        """The departments' office hours begin."""
        office = self.times.office.clipped(self.times.horizon)
        for name, station in self.departments.items():
            self.env.process(station.follow(office.steps(self.scenario.ledger.departments[name].staff)))

    def report(self, contact: int, kind: Item, number: int, heard: int) -> None:
        """One item that people have heard goes to the clerk."""
        self.env.process(self.case(contact, kind, number, heard))

    def case(self, contact: int, kind: Item, number: int, heard: int) -> Server:
        """One item: screened, forwarded (at first perhaps wrongly), received; a problem then waits for its people."""
        course = self.casework.course(contact, kind, number)
        category, department = (
            self.category_names.index(course.category),
            self.department_names.index(course.department),
        )
        record = [contact, kind, number, category, department, heard, -1, -1, -1, -1, -1, CaseStatus.SCREENED_OUT]
        column = CASES.index
        self._cases.append(record)
        self._courses.append(course)
        case = len(self._cases) - 1
        if not course.valid:
            return
        record[column("status")] = CaseStatus.OPEN
        forwarded = self.times.office.after(heard, course.forwarding)
        if forwarded == NEVER:
            return
        record[column("forwarded")] = forwarded
        if kind is Item.SUGGESTION:
            record[column("status")] = CaseStatus.FORWARDED
        received = self.times.office.after(forwarded, course.sent_back_after) if course.wrong else forwarded
        if received == NEVER:
            return
        yield self.env.timeout(received - int(self.env.now))
        due_days = self.scenario.ledger.departments[course.department].due_days
        record[column("received")] = received
        record[column("due")] = self.times.due(received, due_days)
        if kind is Item.PROBLEM:
            self.departments[course.department].offer(
                case, received, order(record[column("due")], received, contact, number)
            )

    def case_worker(self, name: str) -> Callable[[int], Server]:
        """The people of one department: each has one case in hand and works on it in office hours."""

        def work(case: int) -> Server:
            column = CASES.index
            while True:
                record, course, start = self._cases[case], self._courses[case], int(self.env.now)
                record[column("start")] = start
                end = self.times.office.after(start, course.handling)
                if end == NEVER:
                    return
                yield self.env.timeout(end - start)
                record[column("end")] = end
                record[column("status")] = CaseStatus.RESOLVED if course.resolved else CaseStatus.CLOSED_UNRESOLVED
                following = self.departments[name].take()
                case = (yield self.departments[name].next()) if following is None else following

        return work

    def cases(self) -> dict[str, Column]:
        """All items that reached the clerk, as columns."""
        return table(CASES, self._cases)
