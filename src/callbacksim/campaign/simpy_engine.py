"""The campaign as a reader would tell it, in SimPy: lines, people and departments pull work as the clock runs.

To change the campaign, subclass `Campaign` and override a part; ``simulate(…, model=Mine)`` runs it::

    class TenLinesLost(Campaign):
        def open_lines(self):
            super().open_lines()
            self.env.process(self.strike())

        def strike(self):
            yield self.env.timeout(10 * HOUR)
            self.lines.withdraw(10)
"""

from __future__ import annotations

import numpy as np
import simpy

from callbacksim.campaign.call_backs import CallBackDesk, Escalation
from callbacksim.campaign.draws import Draws
from callbacksim.campaign.ledger import LedgerDesk
from callbacksim.campaign.listening import ListeningDesk, listens
from callbacksim.campaign.outcomes import (
    INTERVIEWED,
    INTERVIEWED_CONTACTS,
    Disposition,
    Flag,
    Item,
    Outcome,
    Settled,
)
from callbacksim.campaign.resuming import take_up
from callbacksim.campaign.rules import Call, Physics, final_disposition
from callbacksim.campaign.script import UNSCRIPTED, Script
from callbacksim.campaign.standing import Standing
from callbacksim.campaign.station import Server, Station, order
from callbacksim.campaign.trace import Trace
from callbacksim.campaign.writing_down import written_down
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.calendar import DAY, SECOND, Timetable, timetable
from callbacksim.scenario.schema import Scenario

REFUSED = (Outcome.REFUSAL, Outcome.BREAK_OFF)
# Who starts first in a millisecond (the order among kinds changes nothing).
PEOPLE, CLERKS, DEPARTMENTS, LINES, LISTENERS = 1, 2, 3, 4, 5


class Campaign:
    """One replication: `line` is a process; people, listeners and ledger have desks of their own, asked in turn.

    To change it, subclass it and override a part; `simulate`, `replicate` and `compare` take it as their `model`. `env`
    is the SimPy environment, its time in whole ms since the first day's midnight; `lines` and `people` are stations,
    `call_backs`, `listening` and `desk` the desks; contacts are places in `contacts`. Keys of queues are made by
    `callbacksim.campaign.station.order`.
    """

    physics_type: type[Physics] = Physics  # a subclass may bring rules of its own
    call_backs_type: type[CallBackDesk] = CallBackDesk
    desk_type: type[LedgerDesk] = LedgerDesk  # ... and a ledger

    def __init__(
        self,
        scenario: Scenario,
        contacts: Contacts,
        times: Timetable,
        draws: Draws,
        script: Script = UNSCRIPTED,
        standing: Standing | None = None,
    ) -> None:
        """`standing`: where the campaign stands already; it then goes on from there."""
        self.scenario = scenario
        self.contacts = contacts
        self.times = times
        self.draws = draws
        self.physics = self.physics_type(scenario, contacts, times, draws, script)
        self.standing = standing
        self.env = simpy.Environment()
        self.lines = Station(self.env, self.line, turn=LINES)
        self.manual = scenario.study.mode == "manual"
        self.fixed = scenario.recognition.exact != "none"
        self.listens = listens(scenario, script)
        self.call_backs = self.new_call_backs()
        self.listening = self.new_listening()
        self.desk = self.new_desk()

        n = len(contacts.row)
        self.attempts = [0] * n
        self.due = [0] * n  # of the next call
        self.refused = [0] * n  # 1: the last refusal was one, 2: a break-off
        self.heard = [0] * n
        self.final_at = [-1] * n
        self.disposition: list[Disposition | None] = [None] * n
        self.interviews = 0

        self.nth_call = [0] * contacts.numbers
        self.call_day = [-1] * contacts.numbers
        self.calls_that_day = [0] * contacts.numbers
        self.shared = len(set(self.physics.number)) < n  # some number belongs to several contacts
        self.in_call: set[int] = set()
        self.parked: dict[int, list[int]] = {}
        self.opted_out: set[int] = set()

        self.on_hold: dict[int, simpy.Event] = {}  # callers who wait for a person, or talk to one

        # Class of a first call, and of a retry.
        self.call_class = {"after": (0, 1), "with": (0, 0), "before": (1, 0)}[scenario.robot.retries]

        self.calls: list[tuple[int, ...]] = []  # a row each, as they ended

    # --- the story -----------------------------------------------------------------------------------------------

    def run(self) -> Trace:
        """Run calls, call-backs and ledger and return the trace.

        Where the scenario fixes how many are escalated, that is known only when all calls are over; people and
        ledger then run on clocks of their own. Nothing downstream delays a call, so the calls are the same.
        """
        if self.scenario.study.mode == "ledger":
            self.open_ledger()
            self.env.run()
            return self.trace()
        if self.standing is not None:
            return self.go_on(self.standing)
        self.open_lines()
        if self.fixed:
            self.env.run()
            self.env = simpy.Environment()
        self.open_people()
        if self.fixed:
            if not self.manual:
                self.escalate_exactly()
            self.env.run()
            self.env = simpy.Environment()
        self.open_ledger()
        if self.fixed:
            self.report_exactly()
        self.env.run()
        return self.trace()

    def go_on(self, standing: Standing) -> Trace:
        """Run the rest of a campaign; the trace holds what had been as well."""
        self.put_back(standing)
        self.env.run()
        return self.trace()

    def put_back(self, standing: Standing) -> None:
        """Put the campaign where it stands, before the clock runs.

        What the standing tells of goes on at its moment; what it does not tell of begins with the first day.
        """
        self.open_lines()
        self.open_people()
        self.open_ledger()
        take_up(self, standing)

    # --- robot calls (in manual mode: people who telephone) ------------------------------------------------------

    def open_lines(self) -> None:
        """Lines, their hours and outages, and everybody's first call."""
        per_second = 0.0 if self.manual else self.scenario.robot.calls_per_second
        pace = -int(-SECOND // per_second) if per_second else 0
        self.lines = Station(
            self.env, self.line, turn=LINES, pace=pace, admit=self.may_be_called if self.shared else None
        )
        self.env.process(self.lines.follow(self.times.lines))
        if self.standing is not None:
            return  # who is still to be called is known when people are there to take over
        for contact in range(len(self.contacts.row)):
            self.lines.offer(contact, 0, self.call_key(contact, 0))

    def call_key(self, contact: int, ready: int) -> int:
        """Who is called first: class, ready time, rank."""
        return order(self.call_class[self.attempts[contact] > 0], ready, self.physics.rank[contact])

    def may_be_called(self, contact: int) -> bool:
        """Whether a contact with a shared number can be called now; if not, it is put where it belongs."""
        number = self.physics.number[contact]
        if number in self.opted_out:
            self.disposition[contact] = Disposition.OPTED_OUT
            self.final_at[contact] = int(self.env.now)
            return False
        if number in self.in_call:
            self.parked.setdefault(number, []).append(contact)
            return False
        now = int(self.env.now)
        due = self.physics.within_day_cap(now, self.call_day[number], self.calls_that_day[number])
        if due > now:
            self.due[contact] = due
            self.lines.offer(contact, due, self.call_key(contact, due))
            return False
        # From here on the number is taken: several lines may start in this millisecond.
        self.in_call.add(number)
        return True

    def line(self, contact: int) -> Server:
        """A line (or a person, in manual mode): dials, rings, talks, hangs up, takes the next contact."""
        env, lines, call, hang_up, number_of = (
            self.env,
            self.lines,
            self.physics.call,
            self.hang_up,
            self.physics.number,
        )
        attempts, nth_call, call_day, calls_that_day = self.attempts, self.nth_call, self.call_day, self.calls_that_day
        on_hold = self.on_hold
        while True:
            number, start = number_of[contact], int(env.now)
            attempt = attempts[contact] = attempts[contact] + 1
            nth = nth_call[number] = nth_call[number] + 1
            if call_day[number] != start // DAY:
                call_day[number], calls_that_day[number] = start // DAY, 0
            calls_that_day[number] += 1
            result = call(contact, attempt, nth, start)
            yield env.timeout(result.ring + result.talk + result.wrap_up)
            hang_up(contact, attempt, nth, start, result)
            if contact in on_hold:
                yield on_hold.pop(contact)
            if self.shared:
                self.release(number, result.outcome)
            following = lines.take()
            contact = (yield lines.next()) if following is None else following

    def hang_up(self, contact: int, attempt: int, nth: int, start: int, call: Call) -> None:
        """What follows from a call that has ended: an interview, a retry or an end."""
        outcome, ring, talk, wrap_up = call
        end, due, flag, queue_class = int(self.env.now), self.due[contact], 0, 0
        gap = self.physics.retry_gap(contact, outcome, attempt, nth)
        if outcome in REFUSED:
            self.refused[contact] = REFUSED.index(outcome) + 1
        if gap is not None:
            calls_that_day = self.calls_that_day[self.physics.number[contact]]
            again = self.due[contact] = self.physics.retry_due(start, end, gap, calls_that_day)
            self.lines.offer(contact, again, self.call_key(contact, again))
        else:
            gap = 0
            self.disposition[contact] = final_disposition(outcome, self.refused[contact] > 0)
            self.final_at[contact] = end
            if outcome in INTERVIEWED:
                flag, queue_class = self.physics.flagged(contact, attempt)
                self.interviewed(contact, attempt, flag, queue_class, end)
        self.calls.append(
            (contact, attempt, outcome, ring, talk, wrap_up, gap, flag, queue_class, due, start, end, nth)
        )

    def release(self, number: int, outcome: Outcome) -> None:
        """A shared number is free again; contacts that waited for it keep their places, unless it opted out."""
        self.in_call.discard(number)
        if outcome is Outcome.OPT_OUT:
            self.opted_out.add(number)
        for other in self.parked.pop(number, ()):
            self.lines.offer(other, self.due[other], self.call_key(other, self.due[other]))

    def became(self, contact: int) -> Disposition:
        """What the contact is in the end. Whose number has opted out is so, even if no line ever came to say it."""
        settled = self.disposition[contact]
        if settled is None:
            gone = self.physics.number[contact] in self.opted_out
            return Disposition.OPTED_OUT if gone else Disposition.UNFINISHED
        return settled

    def interviewed(self, contact: int, attempt: int, flag: int, queue_class: int, end: int) -> None:
        """A final interview: counted, sent to people if it is flagged; people themselves bring it to the ledger."""
        self.heard[contact] = self.physics.recorded(contact, attempt)
        self.interviews += 1
        if self.interviews == self.scenario.robot.quota:
            self.lines.close()
        if flag and not self.fixed and self.call_backs.takes_over(end):
            self.on_hold[contact] = self.call_backs.hand_over(contact, flag, queue_class)
        elif flag and not self.fixed:
            self.escalate(contact, flag, queue_class, end)
        elif self.manual and not self.fixed:
            self.report(contact, end)
        elif self.listens:
            self.listening.offer(contact, end)

    # --- people --------------------------------------------------------------------------------------------------

    def open_people(self) -> None:
        """The people who call back and those who listen to recordings, and their rosters."""
        self.call_backs = self.new_call_backs()
        self.call_backs.open()
        if self.listens:
            self.listening = self.new_listening()
            self.listening.open()

    def new_call_backs(self) -> CallBackDesk:
        """A desk of people on the clock as it now is."""
        return self.call_backs_type(self.env, self.scenario, self.times, self.physics, self.handled, PEOPLE)

    def new_listening(self) -> ListeningDesk:
        """A desk of listeners on the clock as it now is."""
        return ListeningDesk(self.env, self.scenario, self.times, self.physics, self.found, LISTENERS)

    @property
    def people(self) -> Station:
        """The people who call back."""
        return self.call_backs.people

    def escalate_exactly(self) -> None:
        """All calls are over: as many as the scenario fixes are sent to people, each when its interview had ended."""
        done = [c for c, d in enumerate(self.disposition) if d in INTERVIEWED_CONTACTS]
        for contact in self.physics.exactly_flagged(np.array(done, dtype=np.int64), self.attempts).tolist():
            queue_class = self.physics.exact_class(contact, self.attempts[contact])
            self.escalate(contact, Flag.FIXED, queue_class, self.final_at[contact])

    def escalate(self, contact: int, flag: int, queue_class: int, ready: int) -> None:
        """The interview is sent to people; its call-back may start from `ready` on."""
        self.call_backs.escalate(contact, Escalation(ready, flag, queue_class))

    def found(self, contact: int, end: int) -> None:
        """Somebody has found an item on the recording (and a log may say already that people know of it)."""
        if contact not in self.call_backs.escalated:
            self.escalate(contact, Flag.LISTENED, 0, end)

    def handled(self, contact: int, end: int) -> None:
        """People have talked to the contact: what they heard goes to the ledger."""
        if not self.fixed:
            self.report(contact, end)

    # --- ledger --------------------------------------------------------------------------------------------------

    def new_desk(self) -> LedgerDesk:
        """A ledger on the clock as it now is."""
        return self.desk_type(self.env, self.scenario, self.contacts, self.times, self.draws, (CLERKS, DEPARTMENTS))

    def open_ledger(self) -> None:
        """Clerks and departments, their office hours, and the reports from elsewhere."""
        self.desk = self.new_desk()
        self.desk.open(set() if self.standing is None else self.standing.reported)

    @property
    def departments(self) -> dict[str, Station]:
        """The departments by name."""
        return self.desk.departments

    def report_exactly(self) -> None:
        """As many problems and suggestions as the scenario fixes, among those whom people have talked to."""
        if self.manual:
            heard = {c: self.final_at[c] for c, d in enumerate(self.disposition) if d in INTERVIEWED_CONTACTS}
        else:
            heard = {c: at for c, (at, settled) in self.call_backs.settled.items() if settled is Settled.HANDLED}
        problems, suggestions = self.physics.exact_items(np.array(sorted(heard), dtype=np.int64))
        for kind, contacts in ((Item.PROBLEM, problems), (Item.SUGGESTION, suggestions)):
            for contact in contacts.tolist():
                self.desk.report(contact, kind, 0, heard[contact])

    def report(self, contact: int, heard: int) -> None:
        """What people have heard goes to the clerk."""
        truth = self.physics.truth
        for kind, held in ((Item.PROBLEM, truth.problems[contact]), (Item.SUGGESTION, truth.suggestions[contact])):
            for number in range(int(held)):
                self.desk.report(contact, kind, number, heard)

    def trace(self) -> Trace:
        """Everything that happened, as columns."""
        return written_down(self)


class CallsOnly(Campaign):
    """The calls alone, without call-backs and ledger: what a comparison of dialling needs."""

    def run(self) -> Trace:
        """Run the calls and return the trace; nothing is sent to people."""
        self.open_lines()
        self.env.run()
        return self.trace()

    def escalate(self, contact: int, flag: int, queue_class: int, ready: int) -> None:
        """Nobody is there to take it."""

    def report(self, contact: int, heard: int) -> None:
        """Nobody is there to take it."""


def simulate(
    scenario: Scenario,
    contacts: Contacts,
    seed: int,
    replication: int = 0,
    model: type[Campaign] = Campaign,
    script: Script = UNSCRIPTED,
) -> Trace:
    """One replication, as a pure function of its arguments.

    Raises `Refused` where the scenario fixes more escalations, problems or suggestions than the calls give.
    """
    return model(scenario, contacts, timetable(scenario), Draws(seed, replication), script).run()
