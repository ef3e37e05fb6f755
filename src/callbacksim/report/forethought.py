"""Before anything is simulated: counts that no run can keep, and changes that change nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callbacksim.frame.frame import Frame
from callbacksim.report.words import counted, listed, plain
from callbacksim.scenario.places import NOWHERE
from callbacksim.scenario.problems import Problem
from callbacksim.scenario.schema import Scenario

# In manual mode people telephone, as many as manual.agents says.
WITHOUT_ROBOT = ("robot.lines", "robot.calls_per_second", "robot.outages", "agents.count")


def impossible_counts(scenario: Scenario, frame: Frame) -> list[Problem]:
    """Exact counts above the contacts that the register really has; a file's number of them is not in the scenario."""
    exact, contacts = scenario.recognition.exact, frame.counts.contacts
    if exact == "none":
        return []
    manual = scenario.study.mode == "manual"
    asked = (
        {"problems": exact.problems, "suggestions": exact.suggestions} if manual else {"escalations": exact.escalations}
    )
    return [
        Problem(
            NOWHERE,
            1,
            f"recognition.exact.{field}",
            f"exactly {count:,} {field} are asked for, but the register has only {counted(contacts, 'contact')}",
            f"ask for at most {contacts:,}",
        )
        for field, count in asked.items()
        if count > contacts
    ]


def idle_changes(
    scenario: Scenario, plans: Mapping[str, tuple[Mapping[str, Any], Scenario]], sets: Sequence[str]
) -> list[str]:
    """Overrides, and plans (name: changes, what they make of the scenario), without effect in manual mode."""
    found = []
    given = [key for key in (one.split("=", 1)[0].strip() for one in sets) if _is_idle(key)]
    if given and scenario.study.mode == "manual":
        found.append(f"--set {', '.join(given)}: {_have(given)} no effect in manual mode; use manual.agents")
    for name, (changes, made) in plans.items():
        fields = list(_fields(changes))
        if made.study.mode == "manual" and fields and all(map(_is_idle, fields)):
            what = f"plan {plain(name)} changes only {listed(fields)}"
            found.append(f"{what}: {_have(fields)} no effect in manual mode; use manual.agents")
    return found


def _is_idle(field: str) -> bool:
    """Whether a field changes nothing in manual mode; of a group its hours matter there, its count and wage do not."""
    return field in WITHOUT_ROBOT or (field.startswith("agents.groups.") and field.endswith((".count", ".wage")))


def _have(fields: Sequence[str]) -> str:
    return "this has" if len(fields) == 1 else "these have"


def _fields(tree: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _fields(value, f"{above}{key}.")
        else:
            yield f"{above}{key}"
