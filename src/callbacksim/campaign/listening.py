"""People who listen to recordings of interviews that were not flagged, and find some of what the robot missed."""

from __future__ import annotations

from collections.abc import Callable

import simpy

from callbacksim.campaign.rules import Physics, Recording
from callbacksim.campaign.script import Script
from callbacksim.campaign.standing import Steps
from callbacksim.campaign.station import Server, Station, order
from callbacksim.campaign.trace import RECORDINGS, Column, Table, records, table
from callbacksim.scenario.calendar import Timetable
from callbacksim.scenario.schema import Scenario


def listens(scenario: Scenario, script: Script) -> bool:
    """Whether recordings are listened to at all: people who telephone themselves hear everything."""
    return scenario.study.mode == "callback" and (scenario.listeners.share > 0 or script.recordings is not None)


class ListeningDesk:
    """The listeners of one replication; `listener` is a process. `found(contact, end)` follows where an item is found.

    First come, first listened to.
    """

    def __init__(
        self,
        env: simpy.Environment,
        scenario: Scenario,
        times: Timetable,
        physics: Physics,
        found: Callable[[int, int], None],
        turn: int,
    ) -> None:
        self.env = env
        self.scenario = scenario
        self.times = times
        self.physics = physics
        self.found = found
        self.listeners = Station(env, self.listener, turn=turn)
        self._waiting: dict[int, tuple[int, Recording]] = {}
        self._heard: list[tuple[int, ...]] = []

    def open(self) -> None:
        """The roster begins."""
        team = self.times.listeners
        self.env.process(self.listeners.follow(team.at_work.steps(team.count)))

    def offer(self, contact: int, ready: int) -> None:
        """An interview that was not flagged has ended; its recording is listened to if it is one of the share."""
        recording = self.physics.recording(contact)
        if recording is not None:
            self.wait(contact, ready, recording)

    def wait(self, contact: int, ready: int, recording: Recording) -> None:
        """The recording is to be listened to from `ready` on."""
        self._waiting[contact] = ready, recording
        self.listeners.offer(contact, ready, order(ready, contact))

    def listener(self, contact: int) -> Server:
        """Somebody who listens to one recording after the other."""
        while True:
            start, (ready, recording) = int(self.env.now), self._waiting.pop(contact)
            yield self.env.timeout(recording.hold)
            self.heard(contact, recording, ready, start)
            following = self.listeners.take()
            contact = (yield self.listeners.next()) if following is None else following

    def heard(self, contact: int, recording: Recording, ready: int, start: int) -> None:
        """What follows from a recording that has been listened to."""
        end = int(self.env.now)
        self._heard.append((contact, *recording, ready, start, end))
        if recording.found:
            self.found(contact, end)

    def take_up(self, at: int, so_far: Table, steps: Steps) -> None:
        """Go on at `at` (ms), before the clock runs: what was heard, is in hand, and waits."""
        self.listeners.take_up(at, steps)
        for contact, hold, found, ready, start, end in records(so_far):
            recording = Recording(hold, bool(found))
            if not 0 <= start < at:
                self.wait(contact, ready, self.physics.recording(contact) or recording)
            elif end >= at:
                self.listeners.at_work(self._end_recording(contact, recording, ready, start, end))
            else:
                self._heard.append((contact, *recording, ready, start, end))

    def _end_recording(self, contact: int, recording: Recording, ready: int, start: int, end: int) -> Server:
        yield self.env.timeout(end - self.env.now)
        self.heard(contact, recording, ready, start)
        following = self.listeners.take()
        yield from self.listener((yield self.listeners.next()) if following is None else following)

    def recordings(self) -> dict[str, Column]:
        """The table of recordings, in the order in which they were heard; those never heard last."""
        left = [(contact, *recording, ready, -1, -1) for contact, (ready, recording) in self._waiting.items()]
        return table(RECORDINGS, [*self._heard, *left])
