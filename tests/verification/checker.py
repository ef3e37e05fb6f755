"""A second opinion: when everybody is called, handed over, called back and listened to, given what came of it.

Written from docs/model.md, to be read beside it. It shares nothing with the program but the scenario's values: no
SimPy, no chance, none of the engine's rules. What came of every call is given (`Given`), all times are reckoned. At
every moment at which anything can change the same two things are done: all that ends, expires or falls due; then all
that can start.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import plainhours
from callbacksim.scenario.schema import Scenario

DAY = 86_400_000
PLANS_OWN = -1  # in place of a gap: the plan's own
NEVER = -1


class Call(NamedTuple):
    """What came of a call (ms)."""

    outcome: str
    ring: int
    talk: int
    wrap_up: int
    gap: int
    flag: str
    queue_class: int


class Try(NamedTuple):
    reached: bool
    hold: int
    gap: int


class Transfer(NamedTuple):
    patience: int
    talk: int
    wrap_up: int


class Recording(NamedTuple):
    hold: int
    found: bool


@dataclass(frozen=True)
class Given:
    """Outcomes by (contact, attempt), by (contact, try) and by contact; who has no recording is not listened to."""

    calls: Mapping[tuple[int, int], Call]
    tries: Mapping[tuple[int, int], Try]
    transfers: Mapping[int, Transfer]
    recordings: Mapping[int, Recording]


class Checker:
    """One campaign of contacts with these numbers and ranks. After `run` the times stand in

    - `calls`: (contact, attempt) -> nth call to the number, due, start, end, line free
    - `tries`: (contact, try) -> due, start, end
    - `transfers`: contact -> ready, start, line free, end
    - `recordings`: contact -> ready, start, end

    and who is left over in `waiting`, `call_backs` and `unheard`.
    """

    def __init__(self, scenario: Scenario, numbers: Sequence[int], ranks: Sequence[int], given: Given) -> None:
        self.scenario, self.number, self.rank, self.given = scenario, numbers, ranks, given
        self.manual = scenario.study.mode == "manual"
        self.windows = plainhours.windows(scenario)
        self.calls: dict[tuple[int, int], tuple[int, int, int, int, int]] = {}
        self.tries: dict[tuple[int, int], tuple[int, int, int]] = {}
        self.transfers: dict[int, tuple[int, int, int, int]] = {}
        self.recordings: dict[int, tuple[int, int, int]] = {}

        self.waiting = dict.fromkeys(range(len(numbers)), 0)  # for the next call: contact -> due
        self.made: Counter[int] = Counter()  # calls by contact
        self.starts: dict[int, list[int]] = defaultdict(list)  # of calls, by number
        self.engaged: set[int] = set()  # numbers on a line; each is on one at most
        self.opted_out: set[int] = set()  # numbers
        self.interviews = 0
        self.next_start = 0  # the pace

        self.callers: list[tuple[int, int]] = []  # on the line for a person: ready, contact
        self.call_backs: list[tuple[int, int, int, int]] = []  # class, due, contact, try
        self.people_busy = 0
        self.unheard: list[tuple[int, int]] = []  # recordings: ready, contact
        self.listeners_busy = 0

        self.agenda: dict[int, list[Callable[[int], None]]] = {}  # what happens when
        for t in (0, *plainhours.moments(scenario)):
            self.at(t)

    def run(self) -> None:
        while self.agenda:
            t = min(self.agenda)
            while self.agenda[t]:
                self.agenda[t].pop()(t)
            del self.agenda[t]
            self.start_people(t)
            self.start_listeners(t)
            self.start_calls(t)

    def at(self, t: int, happens: Callable[[int], None] = lambda _: None) -> None:
        """Something happens at t; by itself it is a moment at which something may start."""
        self.agenda.setdefault(t, []).append(happens)

    # --- calls -----------------------------------------------------------------------------------------------------

    def start_calls(self, t: int) -> None:
        quota = self.scenario.robot.quota
        lines = plainhours.lines_at(self.scenario, t)
        while len(self.engaged) < lines and t >= self.next_start and not 0 < quota <= self.interviews:
            contact = self.whose_turn(t)
            if contact is None:
                return
            self.start_call(contact, t)

    def whose_turn(self, t: int) -> int | None:
        """Of those who are due, and whose number is not on a line, the first that may be called."""
        while True:
            ready = [c for c, due in self.waiting.items() if due <= t and self.number[c] not in self.engaged]
            if not ready:
                return None
            contact = min(ready, key=self.place)
            if self.number[contact] in self.opted_out:
                del self.waiting[contact]
            elif self.capped(contact, t):
                self.waiting[contact] = next_midnight(t)
                self.at(self.waiting[contact])
            else:
                return contact

    def place(self, contact: int) -> tuple[bool, int, int]:
        """Class, ready time, rank."""
        first = self.made[contact] == 0
        behind = {"after": not first, "with": False, "before": first}[self.scenario.robot.retries]
        return behind, self.waiting[contact], self.rank[contact]

    def capped(self, contact: int, t: int) -> bool:
        """Whether the number has had its calls of the day of t."""
        cap = self.scenario.robot.attempts_per_day
        return 0 < cap <= sum(start // DAY == t // DAY for start in self.starts[self.number[contact]])

    def start_call(self, contact: int, t: int) -> None:
        number, due = self.number[contact], self.waiting.pop(contact)
        self.made[contact] += 1
        self.starts[number].append(t)
        self.engaged.add(number)
        self.next_start = t + self.pace()
        self.at(self.next_start)
        key = contact, self.made[contact]
        call = self.given.calls[key]
        end = t + call.ring + call.talk + (call.wrap_up if self.manual else 0)
        self.calls[key] = len(self.starts[number]), due, t, end, NEVER
        self.at(end, lambda now: self.end_call(contact, call, t, now))

    def pace(self) -> int:
        """Least ms from one start to the next."""
        per_second = Fraction(str(self.scenario.robot.calls_per_second))
        return 0 if self.manual or not per_second else -(-1000 // per_second)

    def end_call(self, contact: int, call: Call, start: int, t: int) -> None:
        gap = self.gap(call, self.made[contact])
        if gap is not None:
            due = t + gap
            if self.scenario.robot.other_slot:
                due = max(due, *(end for begin, end in self.windows if begin <= start < end))
            self.waiting[contact] = next_midnight(due) if self.capped(contact, due) else due
            self.at(self.waiting[contact])
        if call.outcome == "opt_out":
            self.opted_out.add(self.number[contact])
        held = False
        if call.outcome in ("complete", "partial"):
            self.interviews += 1
            held = not self.manual and self.recognised(contact, call, t)
        if not held:
            self.free_line(contact, t)

    def gap(self, call: Call, attempt: int) -> int | None:
        """From the end of the call to the next one by the plan or the table; None: it was the last."""
        robot = self.scenario.robot
        again = {
            "no_answer": robot.retry_minutes.no_answer,
            "busy": robot.retry_minutes.busy,
            "voicemail": robot.retry_minutes.voicemail,
            "rejected": robot.retry_minutes.rejected,
        }
        if robot.retry_refusals:
            again["refusal"] = robot.retry_minutes.refusal
        if robot.retry_break_offs:
            again["break_off"] = robot.retry_minutes.refusal
        if attempt >= robot.attempts or call.outcome not in again:
            return None
        return round(again[call.outcome] * 60_000) if call.gap == PLANS_OWN else call.gap

    def free_line(self, contact: int, t: int) -> None:
        self.engaged.remove(self.number[contact])
        key = contact, self.made[contact]
        self.calls[key] = *self.calls[key][:4], t

    def recognised(self, contact: int, call: Call, t: int) -> bool:
        """Where an interview goes; whether its caller stays on the line for a person."""
        if call.flag == "none":
            if contact in self.given.recordings:
                self.unheard.append((t, contact))
                self.recordings[contact] = t, NEVER, NEVER
            return False
        if not (self.scenario.agents.transfer.live and plainhours.people_at(self.scenario, t)):
            self.escalate(contact, call.queue_class, t)
            return False
        self.callers.append((t, contact))
        self.at(t + self.given.transfers[contact].patience, lambda now: self.patience_ends(contact, call, t, now))
        return True

    # --- people ----------------------------------------------------------------------------------------------------

    def start_people(self, t: int) -> None:
        """Callers go before call-backs."""
        while self.people_busy < plainhours.people_at(self.scenario, t):
            due = [one for one in self.call_backs if one[1] <= t]
            if self.callers:
                self.take_over(min(self.callers), t)
            elif due:
                self.call_back(min(due), t)
            else:
                return
            self.people_busy += 1

    def take_over(self, caller: tuple[int, int], t: int) -> None:
        """The line is free when the talk ends, the person at the end of wrap-up."""
        self.callers.remove(caller)
        ready, contact = caller
        transfer = self.given.transfers[contact]
        free = t + transfer.talk
        self.transfers[contact] = ready, t, free, free + transfer.wrap_up
        self.at(free, lambda now: self.free_line(contact, now))
        self.at(free + transfer.wrap_up, lambda _: self.free_person())

    def patience_ends(self, contact: int, call: Call, ready: int, t: int) -> None:
        """Whoever nobody has taken over by now hangs up and is called back, ready at once."""
        if (ready, contact) in self.callers:
            self.callers.remove((ready, contact))
            self.transfers[contact] = ready, NEVER, t, NEVER
            self.free_line(contact, t)
            self.escalate(contact, call.queue_class, t)

    def escalate(self, contact: int, queue_class: int, t: int, turn: int = 1) -> None:
        by_class = self.scenario.agents.queue == "items_first"
        self.call_backs.append((queue_class if by_class else 0, t, contact, turn))
        self.at(t)

    def call_back(self, one: tuple[int, int, int, int], t: int) -> None:
        self.call_backs.remove(one)
        queue_class, due, contact, turn = one
        result = self.given.tries[contact, turn]
        end = t + result.hold
        self.tries[contact, turn] = due, t, end
        self.at(end, lambda _: self.free_person())
        if not result.reached and turn < self.scenario.agents.tries:
            own = round(self.scenario.agents.retry_minutes * 60_000)
            self.escalate(contact, queue_class, end + (own if result.gap == PLANS_OWN else result.gap), turn + 1)

    def free_person(self) -> None:
        self.people_busy -= 1

    # --- listeners -------------------------------------------------------------------------------------------------

    def start_listeners(self, t: int) -> None:
        """First come, first heard."""
        while self.unheard and self.listeners_busy < plainhours.listeners_at(self.scenario, t):
            self.listen(min(self.unheard), t)
            self.listeners_busy += 1

    def listen(self, one: tuple[int, int], t: int) -> None:
        self.unheard.remove(one)
        ready, contact = one
        end = t + self.given.recordings[contact].hold
        self.recordings[contact] = ready, t, end
        self.at(end, lambda now: self.heard(contact, now))

    def heard(self, contact: int, t: int) -> None:
        self.listeners_busy -= 1
        if self.given.recordings[contact].found:
            self.escalate(contact, 0, t)


def next_midnight(t: int) -> int:
    return (t // DAY + 1) * DAY
