"""People at work: they call back what the robot could not settle, or take a caller over while the line waits.

`CallBackDesk` belongs to a campaign (`Campaign.call_backs`). To change it, subclass it and name it as the campaign's
`call_backs_type`.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import NamedTuple

import simpy

from callbacksim.campaign.outcomes import Handover, Settled
from callbacksim.campaign.rules import Physics, Transfer, Try
from callbacksim.campaign.standing import People, Steps
from callbacksim.campaign.station import Server, Station, order
from callbacksim.campaign.trace import ESCALATIONS, TRANSFERS, TRIES, Column, records, table
from callbacksim.scenario.calendar import Timetable
from callbacksim.scenario.schema import Scenario


class Escalation(NamedTuple):
    """An interview that is sent to people; from `ready` (ms) on it can be called back, or was handed over."""

    ready: int
    flag: int
    queue_class: int
    handover: Handover = Handover.NOT_OFFERED


class CallBackDesk:
    """The people of one replication and their queue; `agent` is a process. `handled(contact, end)` is what follows."""

    def __init__(
        self,
        env: simpy.Environment,
        scenario: Scenario,
        times: Timetable,
        physics: Physics,
        handled: Callable[[int, int], None],
        turn: int,
    ) -> None:
        self.env = env
        self.scenario = scenario
        self.times = times
        self.physics = physics
        self.handled = handled
        self.waiting: dict[int, tuple[Transfer, simpy.Event]] = {}  # callers on the line
        self.people = Station(env, self.agent, turn=turn, admit=self.still_there)
        self.escalated: dict[int, Escalation] = {}
        self.due: dict[int, int] = {}  # of the next call-back
        self.tries: dict[int, int] = {}
        self.first_start: dict[int, int] = {}
        self.settled: dict[int, tuple[int, Settled]] = {}
        self._tries: list[tuple[int, ...]] = []
        self._transfers: list[tuple[int, ...]] = []

    def open(self) -> None:
        """The roster begins."""
        self.env.process(self.people.follow(self.times.people))

    # --- call-backs ----------------------------------------------------------------------------------------------

    def escalate(self, contact: int, escalation: Escalation) -> None:
        """The interview is sent to people; its call-back may start from `ready` on."""
        self.escalated[contact] = escalation
        self.queue(contact, escalation.ready)

    def queue(self, contact: int, due: int) -> None:
        """The contact is to be called back from `due` on."""
        self.due[contact] = due
        self.people.offer(contact, due, self.call_back_key(contact, due))

    def call_back_key(self, contact: int, due: int) -> int:
        """Who is called back first: class, due time, contact; all of them after the callers who wait on a line."""
        by_class = self.scenario.agents.queue == "items_first"
        return order(1 + (self.escalated[contact].queue_class if by_class else 0), due, contact)

    def agent(self, work: int) -> Server:
        """A person: calls a contact back, or takes over a caller (``~contact``); then the next one."""
        while True:
            yield from self.take_over(~work) if work < 0 else self.call_back(work)
            following = self.people.take()
            work = (yield self.people.next()) if following is None else following

    def call_back(self, contact: int) -> Server:
        """Dials; talks and writes it up, or notes that nobody answered and when to try again."""
        start, due = int(self.env.now), self.due[contact]
        turn = self.tries[contact] = self.tries.get(contact, 0) + 1
        self.first_start.setdefault(contact, start)
        result = self.physics.call_back(contact, turn, start)
        yield self.env.timeout(result.hold)
        self.hang_up(contact, turn, result, due, start)

    def hang_up(self, contact: int, turn: int, result: Try, due: int, start: int) -> None:
        """What follows from a try that has ended."""
        end = int(self.env.now)
        gap = None if result.reached else self.physics.try_gap(contact, turn)
        if result.reached:
            self.settle(contact, Settled.HANDLED)
        elif gap is None:
            self.settle(contact, Settled.UNREACHABLE)
        else:
            self.queue(contact, end + gap)
        self._tries.append((contact, turn, result.reached, result.hold, gap or 0, due, start, end))

    def settle(self, contact: int, settled: Settled) -> None:
        """People are done with the contact."""
        end = int(self.env.now)
        self.settled[contact] = (end, settled)
        if settled is Settled.HANDLED:
            self.handled(contact, end)

    # --- live transfer -------------------------------------------------------------------------------------------

    def takes_over(self, now: int) -> bool:
        """Whether callers are handed over at this moment: only while somebody is on duty."""
        return self.scenario.agents.transfer.live and bool(self.times.people.at(now) > 0)

    def hand_over(self, contact: int, flag: int, queue_class: int) -> simpy.Event:
        """The caller is offered to a person, before any call-back; the event comes when the line is free again."""
        now, line_free = int(self.env.now), self.env.event()
        self.escalated[contact] = Escalation(now, flag, queue_class, Handover.ANSWERED)
        self._offer(contact, self.physics.transfer(contact), line_free, now)
        return line_free

    def _offer(self, contact: int, offer: Transfer, line_free: simpy.Event, ready: int) -> None:
        self.waiting[contact] = offer, line_free
        self.people.offer(~contact, ready, order(0, ready, contact))
        patience = ready + offer.patience - int(self.env.now)
        self.env.timeout(patience).callbacks.append(lambda _: self.patience_ends(contact))

    def still_there(self, work: int) -> bool:
        """Whether work is still to be done: a caller may have hung up."""
        return work >= 0 or ~work in self.waiting

    def patience_ends(self, contact: int) -> None:
        """If nobody has taken over by now the caller hangs up, and is called back as soon as can be."""
        if contact not in self.waiting:
            return
        offer, line_free = self.waiting.pop(contact)
        now, escalation = int(self.env.now), self.escalated[contact]
        self._transfers.append((contact, *offer, escalation.ready, -1, now, -1))
        line_free.succeed()
        self.escalate(contact, escalation._replace(ready=now, handover=Handover.ABANDONED))

    def take_over(self, contact: int) -> Server:
        """Talks with a caller, which frees the line, and writes it up."""
        offer, line_free = self.waiting.pop(contact)
        start = self.first_start[contact] = int(self.env.now)
        yield self.env.timeout(offer.talk)
        line_free.succeed()
        yield from self.write_up(contact, offer, start, int(self.env.now))

    def write_up(self, contact: int, offer: Transfer, start: int, free: int) -> Server:
        """The line is free, the person is when all is written up."""
        if free + offer.wrap_up > self.env.now:
            yield self.env.timeout(free + offer.wrap_up - self.env.now)
        self._transfers.append((contact, *offer, self.escalated[contact].ready, start, free, int(self.env.now)))
        self.settle(contact, Settled.HANDLED)

    # --- going on from where a campaign stands ----------------------------------------------------------------------

    def take_up(self, at: int, so_far: People, steps: Steps) -> dict[int, simpy.Event]:
        """Go on at `at` (ms), before the clock runs; when the line is free of each caller who still holds one."""
        self.people.take_up(at, steps)
        for contact, ready, flag, queue_class, *_, handover in records(so_far.escalations):
            self.escalated[contact] = Escalation(ready, flag, queue_class, Handover(handover))
        on_hold = {}
        for transfer in records(so_far.transfers):
            line_free = self._taken_up_transfer(at, *transfer)
            if line_free is not None:
                on_hold[transfer[0]] = line_free
        waiting = {c: one.ready for c, one in self.escalated.items() if one.handover != Handover.ANSWERED}
        for contact, turn, reached, hold, _, due, start, end in sorted(records(so_far.tries), key=itemgetter(7)):
            self.tries[contact] = max(turn, self.tries.get(contact, 0))
            self.first_start[contact] = min(start, self.first_start.get(contact, start))
            waiting.pop(contact, None)
            if end >= at:
                self.people.at_work(self._end_try(contact, turn, Try(bool(reached), hold), due, start, end))
                continue
            gap = None if reached else self.physics.try_gap(contact, turn)
            if gap is None:
                self.settled[contact] = end, Settled.HANDLED if reached else Settled.UNREACHABLE
            else:
                waiting[contact] = end + gap
            self._tries.append((contact, turn, reached, hold, gap or 0, due, start, end))
        for contact, due in waiting.items():
            self.queue(contact, due)
        return on_hold

    def _end_try(self, contact: int, turn: int, result: Try, due: int, start: int, end: int) -> Server:
        yield self.env.timeout(end - self.env.now)
        self.hang_up(contact, turn, result, due, start)
        yield from self._next()

    def _taken_up_transfer(
        self, at: int, contact: int, patience: int, talk: int, wrap_up: int, ready: int, start: int, free: int, end: int
    ) -> simpy.Event | None:
        """A caller who was handed over; the event of the line if it is not free yet."""
        offer, escalation = Transfer(patience, talk, wrap_up), self.escalated[contact]
        if free < at and (start < 0 or end < at):
            self._transfers.append((contact, *offer, ready, start, free, end))
            if start >= 0:
                self.first_start[contact] = start
                self.settled[contact] = end, Settled.HANDLED
            return None
        self.escalated[contact] = escalation._replace(ready=ready, handover=Handover.ANSWERED)
        line_free = self.env.event()
        if 0 <= start < at:
            self.first_start[contact] = start
            self.people.at_work(self._end_transfer(contact, offer, start, None if free < at else line_free))
            return None if free < at else line_free
        self._offer(contact, offer, line_free, ready)
        return line_free

    def _end_transfer(self, contact: int, offer: Transfer, start: int, line_free: simpy.Event | None) -> Server:
        free = start + offer.talk
        if line_free is not None:
            yield self.env.timeout(free - self.env.now)
            line_free.succeed()
        yield from self.write_up(contact, offer, start, free)
        yield from self._next()

    def _next(self) -> Server:
        """Whoever has finished what was in hand when the clock began goes on as everybody does."""
        following = self.people.take()
        yield from self.agent((yield self.people.next()) if following is None else following)

    # --- tables --------------------------------------------------------------------------------------------------

    def tables(self) -> dict[str, dict[str, Column]]:
        """The tables tries, transfers and escalations of the trace."""
        escalations = [
            (
                contact,
                *escalation[:3],
                self.tries.get(contact, 0),
                self.first_start.get(contact, -1),
                *self.settled.get(contact, (-1, Settled.UNFINISHED)),
                escalation.handover,
            )
            for contact, escalation in self.escalated.items()
        ]
        return {
            "tries": table(TRIES, self._tries),
            "transfers": table(TRANSFERS, sorted(self._transfers, key=lambda one: (one[4], one[0]))),  # as offered
            "escalations": table(ESCALATIONS, escalations),
        }
