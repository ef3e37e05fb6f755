"""Ctrl-C after so many trials, and which were carried out until then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.study import workers
from callbacksim.study.setting import Setting
from callbacksim.study.trials import Trial, outcome


class Trials:
    """Stands in for the trial function: notes what is carried out, and is interrupted after so many (None: never)."""

    def __init__(self, after: int | None = None) -> None:
        self.after, self.done = after, list[tuple[int, int, int, str]]()  # lines, people, replication, kind

    def __call__(self, where: Setting, seed: int, trial: Trial, model: type[Campaign]) -> Any:
        if len(self.done) == self.after:
            raise KeyboardInterrupt
        plan = where.scenario.robot.lines, where.scenario.agents.count
        self.done.append((*plan, trial.replication, trial.kind))
        return outcome(where, seed, trial, model)

    def __len__(self) -> int:
        return len(self.done)


def interrupts(monkeypatch: pytest.MonkeyPatch, after: int | None) -> Trials:
    """From now on (in this process) Ctrl-C comes once so many trials were carried out."""
    trials = Trials(after)
    monkeypatch.setattr(workers, "outcome", trials)
    return trials


def stopped(
    cli: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, after: int | None, *command: object
) -> tuple[Any, Trials]:
    """How the command ends that is interrupted after so many trials (not at all for None), and what it carried out."""
    with monkeypatch.context() as patched:
        trials = interrupts(patched, after)
        return cli(*command), trials
