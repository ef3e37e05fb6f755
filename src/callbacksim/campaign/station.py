"""Servers with a capacity that changes over time, and one ordered queue: lines, agents and departments alike."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from functools import reduce
from heapq import heappop, heappush
from typing import Any

import simpy

Server = Generator[simpy.Event, Any, None]


def order(*parts: int) -> int:
    """A queue's ordering key: whole numbers below 2**48 each, the first counts most (one number compares fastest)."""
    if len(parts) == 3:  # nearly all keys, so without a loop
        return parts[0] << 96 | parts[1] << 48 | parts[2]
    return reduce(lambda key, part: key << 48 | part, parts)


class _Starts(simpy.Event):
    """The moment in a millisecond at which a station starts work: after all that ends or falls due in it."""

    def __init__(self, env: simpy.Environment, delay: int, priority: int, act: Callable[[simpy.Event], None]) -> None:
        self.env = env
        self.callbacks = [act]
        self._ok = True
        self._value = None
        env.schedule(self, priority, delay)  # type: ignore[arg-type]  # any whole number is a priority


class _Next(simpy.Event):
    """What a free server waits for; its work is handed over at once, without a turn in the event list."""

    def hand_over(self, work: int) -> None:
        self._ok = True
        self._value = work
        waiting, self.callbacks = self.callbacks, None  # type: ignore[assignment]  # as SimPy marks it processed
        for resume in waiting:
            resume(self)


class Station:
    """A queue of work and the servers that pull from it.

    Work is a whole number (a contact, a case) with an ordering key and a time at which it is due. `serve` is a
    process that is given its first work, serves it, and gets the next::

        work = station.take()
        if work is None:
            work = yield station.next()

    Within one millisecond all that ends or falls due comes first; then the stations start work, in the order of
    `turn`. Where nothing else happens in the millisecond, `take` gives the server its next work at once.
    """

    def __init__(
        self,
        env: simpy.Environment,
        serve: Callable[[int], Server],
        *,
        turn: int,
        pace: int = 0,
        admit: Callable[[int], bool] | None = None,
    ) -> None:
        self.env = env
        self.pace = pace  # least ms from one start to the next
        self.busy = 0
        self.capacity = 0  # servers that may be at work now
        self.steps: list[tuple[int, int]] = []  # (time, capacity) as it really went
        self._serve = serve
        self._admit = admit
        self._priority = 1 + turn  # SimPy's own events have 0 and 1
        self._scheduled = 0
        self._withdrawn = 0
        self._closed = False
        self._since = -1  # `follow` begins there; what was before has gone
        self._ready: list[tuple[int, int]] = []
        self._later: list[tuple[int, int, int]] = []
        self._idle: list[_Next] = []
        self._not_before = 0
        self._alarms: set[int] = set()  # moments at which `_start` will run

    def take_up(
        self, since: int, steps: Iterable[tuple[int, int]], *, not_before: int = 0, closed: bool = False
    ) -> None:
        """Go on at `since` (ms) after capacities that were as `steps` say; nothing starts before `not_before`."""
        self._since, self.steps, self._not_before, self._closed = since, list(steps), not_before, closed

    def at_work(self, server: Server) -> None:
        """A server that is in the midst of its work when the clock begins: a process that will `take` as all do."""
        self.busy += 1
        self.env.process(server)

    def withdraw(self, servers: int) -> None:
        """Take servers away from now on (a negative number gives back); those at work finish."""
        self._withdrawn += servers
        self._recount()

    def close(self) -> None:
        """Nothing starts here any more; those at work finish."""
        self._closed = True
        self._recount()

    def follow(self, steps: Iterable[tuple[int, int]]) -> Server:
        """Process: set the capacity at each (time, capacity) step."""
        steps = list(steps)
        if self._since >= 0:
            if self._since > self.env.now:
                yield self.env.timeout(self._since - self.env.now)
            self._scheduled = next((capacity for time, capacity in reversed(steps) if time < self._since), 0)
            self._recount(anew=False)
        for time, capacity in steps:
            if time < self._since:
                continue
            if time > self.env.now:
                yield self.env.timeout(time - self.env.now)
            self._scheduled = capacity
            self._recount()

    def offer(self, work: int, due: int, key: int) -> None:
        """Queue work that may start from `due` (ms) on; the smallest key (see `order`) goes first among what is due."""
        if due <= self.env.now:
            heappush(self._ready, (key, work))
        else:
            heappush(self._later, (due, key, work))
        if self.busy < self.capacity:
            self._arm()

    def take(self) -> int | None:
        """For a server that has finished: its next work if that can be said now, else None: wait for `next`."""
        self.busy -= 1
        now = int(self.env.now)
        # With nothing else to come in this millisecond, what would start at its end can start now.
        if self.busy < self.capacity and now >= self._not_before and now not in self._alarms and self.env.peek() > now:
            work = self._first(now)
            if work is not None:
                self.busy += 1
                self._not_before = now + self.pace
                if self.busy < self.capacity:
                    self._arm()
            return work
        return None

    def next(self) -> simpy.Event:
        """For a server that could not `take`: the event that brings its next work."""
        event = _Next(self.env)
        self._idle.append(event)
        if self.busy < self.capacity:
            self._arm()
        return event

    def _recount(self, *, anew: bool = True) -> None:
        """Reckon the capacity; it is noted, unless `anew` is false and it is as it was."""
        self.capacity = 0 if self._closed else max(0, self._scheduled - self._withdrawn)
        if anew or self.capacity != (self.steps[-1][1] if self.steps else 0):
            self.steps.append((int(self.env.now), self.capacity))
        if self.busy < self.capacity:
            self._arm()

    def _arm(self) -> None:
        """See to it that `_start` runs as soon as something can start: when it is due and the pace allows."""
        now = int(self.env.now)
        if self._ready:
            at = now
        elif self._later:
            at = max(self._later[0][0], now)  # what is overdue had no server until now
        else:
            return
        if at < self._not_before:
            at = self._not_before
        if at not in self._alarms:
            self._alarms.add(at)
            _Starts(self.env, at - now, self._priority, self._start)

    def _first(self, now: int) -> int | None:
        """Take the first admissible work that is due out of the queue."""
        ready, later, admit = self._ready, self._later, self._admit
        while later and later[0][0] <= now:
            _, key, work = heappop(later)
            if not ready and not (later and later[0][0] <= now):  # alone in its turn: nothing to put in order
                if admit is None or admit(work):
                    return work
            else:
                heappush(ready, (key, work))
        while ready:
            work = heappop(ready)[1]
            if admit is None or admit(work):
                return work
        return None

    def _start(self, _event: simpy.Event) -> None:
        now = int(self.env.now)
        self._alarms.discard(now)
        while self.busy < self.capacity and now >= self._not_before:
            work = self._first(now)
            if work is None:
                break
            self.busy += 1
            self._not_before = now + self.pace
            if self._idle:
                self._idle.pop().hand_over(work)
            else:
                self.env.process(self._serve(work))
        if self.busy < self.capacity:
            self._arm()
