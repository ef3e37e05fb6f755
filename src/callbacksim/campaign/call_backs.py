"""People at work: they call back what the robot could not settle, or take a caller over while the line waits.

`CallBackDesk` belongs to a campaign (`Campaign.call_backs`). To change it, subclass it and name it as the campaign's
`call_backs_type`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import simpy

from callbacksim.campaign.outcomes import Handover, Settled
from callbacksim.campaign.rules import Physics, Transfer
from callbacksim.campaign.station import Server, Station, order
from callbacksim.campaign.trace import ESCALATIONS, TRANSFERS, TRIES, Column, table
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
        now = int(self.env.now)
        offer, line_free = self.physics.transfer(contact), self.env.event()
        self.waiting[contact] = offer, line_free
        self.escalated[contact] = Escalation(now, flag, queue_class, Handover.ANSWERED)
        self.people.offer(~contact, now, order(0, now, contact))
        self.env.timeout(offer.patience).callbacks.append(lambda _: self.patience_ends(contact))
        return line_free

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
        free = int(self.env.now)
        line_free.succeed()
        if offer.wrap_up:
            yield self.env.timeout(offer.wrap_up)
        self._transfers.append((contact, *offer, self.escalated[contact].ready, start, free, int(self.env.now)))
        self.settle(contact, Settled.HANDLED)

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
