"""The commands as a user has them: one small campaign, its screen, its JSON, its directory."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callbacksim.cli import app
from callbacksim.report import terminal

SMALL = """\
title = "A small campaign 小样"

[register]
rows = 300
contacts = 250
unusable = 3

[robot]
lines = 6

[questionnaire.items]
problems = 0.1
suggestions = 0.1

[targets]
finish_by = 2025-07-09T12:00:00

[plans.lean]
robot.lines = 3

[plans.same]
robot.lines = 6

[plans.generous]
robot.lines = 12
agents.count = 4
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


Cli = Callable[..., Ended]


@pytest.fixture(scope="session")
def cli() -> Cli:
    """Run a command in this process."""

    def carry_out(*arguments: object) -> Ended:
        result = CliRunner().invoke(app, [str(one) for one in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ended(result.exit_code, result.stdout, result.stderr)

    return carry_out


@pytest.fixture(autouse=True)
def _no_lines_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is told every so many seconds: on a busy machine it would stand in what a command said."""
    monkeypatch.setattr(terminal, "A_LINE_EVERY_SECONDS", math.inf)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The scenario file of a campaign that takes a moment."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path
