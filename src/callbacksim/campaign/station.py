"""Servers with a capacity that changes over time, and one ordered queue: lines, agents and departments alike."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from heapq import heappop, heappush
from typing import Any

import simpy

Key = tuple[int, ...]
Server = Generator[simpy.Event, Any, None]


class _Starts(simpy.Event):
    """The moment in a millisecond at which a station starts work: after all that ends or falls due in it."""

    def __init__(self, env: simpy.Environment, delay: int, priority: int, act: Callable[[simpy.Event], None]) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        self.callbacks = [act]
        env.schedule(self, priority, delay)  # type: ignore[arg-type]  # any whole number is a priority


class Station:
    """A queue of work and the servers that pull from it.

    Work is a whole number (a contact, a case) with an ordering key and a time at which it is due. `serve` is a
    process that is given its first work, serves it, and asks for the next with ``yield station.next()``. Within one
    millisecond all that ends or falls due comes first; then the stations start work, in the order of `turn`.
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
        self._serve = serve
        self._admit = admit
        self._priority = 1 + turn  # SimPy's own events have 0 and 1
        self._scheduled = 0
        self._withdrawn = 0
        self._closed = False
        self._ready: list[tuple[Key, int]] = []
        self._later: list[tuple[int, Key, int]] = []
        self._idle: list[simpy.Event] = []
        self._not_before = 0
        self._alarms: set[int] = set()  # moments at which `_start` will run

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
        for time, capacity in steps:
            if time > self.env.now:
                yield self.env.timeout(time - self.env.now)
            self._scheduled = capacity
            self._recount()

    def offer(self, work: int, due: int, key: Key) -> None:
        """Queue work that may start from `due` (ms) on; the smallest key goes first among what is due."""
        heappush(self._later, (due, key, work))
        if self.busy < self.capacity:
            self._wake(max(due, int(self.env.now)))

    def next(self) -> simpy.Event:
        """For a server that has finished: the event that brings its next work."""
        self.busy -= 1
        event = self.env.event()
        self._idle.append(event)
        if self.busy < self.capacity and (self._ready or self._later):
            self._wake(int(self.env.now))
        return event

    def _recount(self) -> None:
        self.capacity = 0 if self._closed else max(0, self._scheduled - self._withdrawn)
        self._wake(int(self.env.now))

    def _wake(self, time: int) -> None:
        """See to it that `_start` runs at `time`, or as soon after as the pace allows."""
        at = time if time > self._not_before else self._not_before
        if at not in self._alarms:
            self._alarms.add(at)
            _Starts(self.env, at - int(self.env.now), self._priority, self._start)

    def _start(self, _event: simpy.Event) -> None:
        now = int(self.env.now)
        self._alarms.discard(now)
        while self._later and self._later[0][0] <= now:
            _, key, work = heappop(self._later)
            heappush(self._ready, (key, work))
        while self._ready and self.busy < self.capacity:
            if now < self._not_before:
                self._wake(self._not_before)
                return
            work = heappop(self._ready)[1]
            if self._admit is not None and not self._admit(work):
                continue
            self.busy += 1
            self._not_before = now + self.pace
            if self._idle:
                self._idle.pop().succeed(work)
            else:
                self.env.process(self._serve(work))
        if self._later and self.busy < self.capacity:
            self._wake(self._later[0][0])
