"""What a figure is computed from, besides the trace: the resolved scenario, its contacts and its calendar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.learned import Learned, learn
from callbacksim.campaign.listening import listens
from callbacksim.campaign.script import UNSCRIPTED, Script, read_script
from callbacksim.campaign.standing import Standing
from callbacksim.frame.frame import Contacts, Frame
from callbacksim.scenario.calendar import Timetable, spliced, timetable
from callbacksim.scenario.schema import Scenario

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """A division of the contacts, for instance by industry: a code for each contact, and the words of the codes."""

    dimension: str
    codes: Ints
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Setting:
    """One plan, ready to be replicated; small enough to be sent to other processes."""

    scenario: Scenario
    contacts: Contacts
    times: Timetable
    counts: tuple[tuple[str, int], ...]  # rows, rejected, duplicates, excluded, contacts
    cells: tuple[Cells, ...]
    register_sha256: str  # of what the register holds
    script: Script = UNSCRIPTED
    standing: Standing | None = None  # where a running campaign stands; replications are then of its rest
    learned: Learned | None = None  # what that teaches of the people on the register; None: reckoned when needed

    def draws(self, seed: int, replication: int) -> Draws:
        """The chance of one replication."""
        if self.standing is None:
            return Draws(seed, replication)
        learned = self.learned or learn(self.scenario, self.contacts, self.times, self.standing)
        return learned.draws(seed, replication)

    @property
    def follows_problems(self) -> bool:
        """Whether true problems can be followed: not where counts are fixed, or a log says who was flagged."""
        return self.scenario.recognition.exact == "none" and self.script.calls is None

    @property
    def truth_is_heard(self) -> bool:
        """Whether what was heard comes of the drawn truth; scores that a log recorded know nothing of it."""
        calls = self.script.calls
        return calls is None or all(row.recorded is None for row in calls.rows.values())

    @property
    def listens(self) -> bool:
        """Whether recordings are listened to at all."""
        return listens(self.scenario, self.script)


def setting(
    scenario: Scenario, frame: Frame, script: Script | None = None, standing: Standing | None = None
) -> Setting:
    """Bring a scenario, its frame and its script (read unless it is given) together. Raises Refused.

    `standing`: where a running campaign stands.
    """
    counts, times = frame.counts, timetable(scenario)
    if standing is not None and standing.before is not None:
        times = spliced(standing.before, times, standing.at)
    return Setting(
        scenario=scenario,
        contacts=frame.contacts,
        times=times,
        counts=tuple(
            (name, getattr(counts, name)) for name in ("rows", "rejected", "duplicates", "excluded", "contacts")
        ),
        cells=tuple(_cells(frame, dimension) for dimension in ("kind", "industry", "area")),
        register_sha256=frame.sha256,
        script=read_script(scenario.script, counts.contacts) if script is None else script,
        standing=standing,
        learned=None if standing is None else learn(scenario, frame.contacts, times, standing),
    )


def _cells(frame: Frame, dimension: str) -> Cells:
    values = frame.rows[dimension].to_numpy(dtype=object)[frame.contacts.row]
    labels, codes = np.unique(np.array([str(value) for value in values], dtype=object), return_inverse=True)
    return Cells(dimension, codes.astype(np.int64), tuple(str(label) for label in labels))
