"""A second simulator of calls and call-backs, written from MODEL.md alone: a plain list of events, no SimPy.

It asks the engine's `Physics` what comes of a call (chance is not what is checked here) and reckons everything else
itself: windows, outages, rosters, pace, who is next, due times, slots, caps, quota, the queue of the people. At every
moment at which anything can change it does the same two things: all that ends, ends; then all that can start, starts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import plainhours
from callbacksim.campaign.draws import Draws
from callbacksim.campaign.outcomes import Flag, Outcome
from callbacksim.campaign.rules import Physics
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.calendar import timetable
from callbacksim.scenario.schema import Scenario

DAY = 86_400_000


def span_at(hours: list[plainhours.Span], t: int) -> plainhours.Span | None:
    return next((span for span in hours if span[0] <= t < span[1]), None)


@dataclass
class Person:
    """A contact as the checker sees it."""

    number: int
    rank: int
    due: int = 0
    attempts: int = 0
    open: bool = True
    calling: bool = False


@dataclass
class Checker:
    """Calls and call-backs of one replication; `calls` and `tries` are tuples in the order of the trace's columns."""

    scenario: Scenario
    contacts: Contacts
    seed: int
    calls: list[tuple[int, ...]] = field(default_factory=list)
    tries: list[tuple[int, ...]] = field(default_factory=list)
    escalated: list[tuple[int, int, int]] = field(default_factory=list)  # ready, class, contact

    def run(self) -> None:
        self.times = timetable(self.scenario)
        self.physics = Physics(self.scenario, self.contacts, self.times, Draws(self.seed, 0))
        self.windows = plainhours.windows(self.scenario)
        self.changes = plainhours.moments(self.scenario)
        self.run_calls()
        self.run_people()

    # --- calls -----------------------------------------------------------------------------------------------------

    def run_calls(self) -> None:
        robot = self.scenario.robot
        gap = 0
        if robot.calls_per_second:
            per_second = Fraction(str(robot.calls_per_second))
            gap = -((-1000 * per_second.denominator) // per_second.numerator)
        if self.scenario.study.mode == "manual":
            gap = 0
        rank = self.physics.rank
        self.everybody = [Person(n, rank[i]) for i, n in enumerate(self.contacts.number.tolist())]
        self.opted_out: set[int] = set()
        self.starts_of: dict[int, list[int]] = {}
        self.interviews = 0
        running: list[tuple[int, int, tuple[int, ...]]] = []
        earliest = t = 0
        while True:
            for end, contact, record in [r for r in running if r[0] == t]:
                running.remove((end, contact, record))
                self.end_call(contact, record)
            stopped = 0 < robot.quota <= self.interviews
            lines = plainhours.lines_at(self.scenario, t)
            while not stopped and t >= earliest and len(running) < lines:
                contact = self.next_contact(t)
                if contact is None:
                    break
                record = self.start_call(contact, t)
                running.append((record[11], contact, record))
                earliest = t + gap
            moments = [r[0] for r in running] + self.changes + [earliest]
            moments += [p.due for p in self.everybody if p.open]
            later = [m for m in moments if m > t]
            if not later:
                return
            t = min(later)

    def next_contact(self, t: int) -> int | None:
        """Who is called at t, if anybody can be: the smallest class, ready time, rank."""
        busy = {p.number for p in self.everybody if p.calling}
        while True:
            ready = [
                (self.key(p), i)
                for i, p in enumerate(self.everybody)
                if p.open and not p.calling and p.due <= t and p.number not in busy
            ]
            if not ready:
                return None
            contact = min(ready)[1]
            person = self.everybody[contact]
            if person.number in self.opted_out:
                person.open = False
            elif self.capped(person.number, t):
                person.due = (t // DAY + 1) * DAY
            else:
                return contact

    def key(self, person: Person) -> tuple[int, int, int]:
        order = self.scenario.robot.retries
        first_call = person.attempts == 0
        behind = {"after": not first_call, "with": False, "before": first_call}[order]
        return int(behind), person.due, person.rank

    def capped(self, number: int, t: int) -> bool:
        cap = self.scenario.robot.attempts_per_day
        return cap > 0 and sum(s // DAY == t // DAY for s in self.starts_of.get(number, [])) >= cap

    def start_call(self, contact: int, t: int) -> tuple[int, ...]:
        person = self.everybody[contact]
        person.attempts += 1
        person.calling = True
        history = self.starts_of.setdefault(person.number, [])
        history.append(t)
        nth = len(history)
        call = self.physics.call(contact, person.attempts, nth, t)
        end = t + call.ring + call.talk + call.wrap_up
        outcome = int(call.outcome)
        return (contact, person.attempts, outcome, call.ring, call.talk, call.wrap_up, 0, 0, 0, person.due, t, end, nth)

    def end_call(self, contact: int, record: tuple[int, ...]) -> None:
        _, attempt, outcome, ring, talk, wrap_up, _, _, _, due, start, end, nth = record
        robot, person = self.scenario.robot, self.everybody[contact]
        person.calling = False
        flag, gap = int(Flag.NONE), 0
        minutes = self.retry_minutes(Outcome(outcome))
        if minutes is not None and attempt < robot.attempts:
            jitter = Draws(self.seed, 0).uniforms("jitter", self.contacts.numbers, nth)[person.number]
            gap = round(minutes * 60_000) + round(jitter * robot.jitter_minutes * 60_000)
            person.due = end + gap
            slot = span_at(self.windows, start)
            if robot.other_slot and slot is not None:
                person.due = max(person.due, slot[1])
            # At the cap of the day on which it would be due: next midnight.
            if self.capped(person.number, person.due):
                person.due = (person.due // DAY + 1) * DAY
        else:
            person.open = False
        if outcome in (Outcome.COMPLETE, Outcome.PARTIAL):
            self.interviews += 1
            flag, _ = self.physics.flagged(contact, attempt)
            if flag:
                self.escalated.append((end, int(flag == Flag.UNCLEAR), contact))
        elif outcome == Outcome.OPT_OUT:
            self.opted_out.add(person.number)
        queue_class = int(flag == Flag.UNCLEAR)
        self.calls.append(
            (contact, attempt, outcome, ring, talk, wrap_up, gap, int(flag), queue_class, due, start, end, nth, end)
        )

    def retry_minutes(self, outcome: Outcome) -> float | None:
        gaps, robot = self.scenario.robot.retry_minutes, self.scenario.robot
        return {
            Outcome.NO_ANSWER: gaps.no_answer,
            Outcome.BUSY: gaps.busy,
            Outcome.VOICEMAIL: gaps.voicemail,
            Outcome.REJECTED: gaps.rejected,
            Outcome.REFUSAL: gaps.refusal if robot.retry_refusals else None,
            Outcome.BREAK_OFF: gaps.refusal if robot.retry_break_offs else None,
        }.get(outcome)

    # --- people ----------------------------------------------------------------------------------------------------

    def run_people(self) -> None:
        agents = self.scenario.agents
        queue = [(ready, queue_class, contact, 1) for ready, queue_class, contact in self.escalated]
        running: list[tuple[int, ...]] = []
        t = 0
        while queue or running:
            for one in [r for r in running if r[0] == t]:
                running.remove(one)
                end, contact, turn, reached, hold, due, start, queue_class = one
                gap = round(agents.retry_minutes * 60_000) if not reached and turn < agents.tries else 0
                if not reached and turn < agents.tries:
                    queue.append((end + gap, queue_class, contact, turn + 1))
                self.tries.append((contact, turn, reached, hold, gap, due, start, end))
            people = plainhours.people_at(self.scenario, t)
            while len(running) < people:
                ready = [w for w in queue if w[0] <= t]
                if not ready:
                    break
                chosen = min(ready, key=lambda w: (w[1] if agents.queue == "items_first" else 0, w[0], w[2]))
                queue.remove(chosen)
                due, queue_class, contact, turn = chosen
                result = self.physics.call_back(contact, turn, t)
                running.append((t + result.hold, contact, turn, int(result.reached), result.hold, due, t, queue_class))
            moments = [r[0] for r in running] + self.changes + [w[0] for w in queue]
            later = [m for m in moments if m > t]
            if not later:
                return
            t = min(later)
