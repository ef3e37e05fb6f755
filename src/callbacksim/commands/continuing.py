"""``callbacksim run --after``: the log that is named, the moment, and the plan that ran until then."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from callbacksim.commands.source import Source
from callbacksim.frame.calllog.options import Reading
from callbacksim.frame.frame import Frame
from callbacksim.scenario.schema import Scenario
from callbacksim.study.continuing import Running, stands


@dataclass(frozen=True)
class Continued:
    """The log that was named, the moment, and how it is to be read."""

    log: Path
    at: str | None = None
    reading: Reading | None = None


def running(source: Source, scenario: Scenario, frame: Frame, asked: Continued) -> Running:
    """Where the campaign stands by its log: until now it ran as the file has it. Raises Refused."""
    stood = Source(source.file).load() if source.plan is not None or source.sets else scenario
    return stands(asked.log, scenario, frame, stood, asked.at, asked.reading, source.file)
