"""What a scenario shows of itself in a notebook: the decisions of a planner, in a dozen lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.showing import card, counted

MORE = "every field: callbacksim check FILE --resolved, or an attribute such as scenario.robot.lines"


def scenario_card(scenario: Scenario) -> str:
    """The scenario as a small table (HTML, every text escaped)."""
    alone = scenario.study.mode == "ledger"
    rows = _ledger(scenario) if alone else _campaign(scenario)
    return card(scenario.title or "Scenario", (), [*rows, *_question(scenario)], MORE, figures=False)


def scenario_line(scenario: Scenario) -> str:
    """The scenario on a line of plain text; `model_dump()` has every field."""
    people = counted(scenario.agents.everybody, "person", "people")
    who = {
        "callback": f"{counted(scenario.robot.lines, 'line')}, {people}",
        "manual": counted(scenario.manual.agents, "person", "people"),
        "ledger": "the ledger by itself",
    }[scenario.study.mode]
    return f"<Scenario {scenario.title!r}: {who}, from {scenario.calendar.start}>"


def _campaign(scenario: Scenario) -> Iterator[tuple[str, str]]:
    calendar, robot, agents = scenario.calendar, scenario.robot, scenario.agents
    yield "register 名单", _register(scenario)
    windows = ", ".join(f"{opens}–{closes}" for opens, closes in calendar.windows) or "by weekday only"
    yield "first day 首日", f"{calendar.start:%a} {calendar.start:%Y-%m-%d}, calls {windows}"
    if scenario.study.mode == "manual":
        yield "people who call 人工", counted(scenario.manual.agents, "person", "people")
    else:
        pace = f", {robot.calls_per_second:g} call starts a second at most" if robot.calls_per_second else ""
        yield "lines 线路", f"{counted(robot.lines, 'line')}{pace}"
        also = f" and {counted(len(agents.groups), 'further group')}" if agents.groups else ""
        yield "people for call-backs 人工回访", counted(agents.count, "person", "people") + also
    yield "calls to a contact 外呼次数", f"{robot.attempts} at most"


def _register(scenario: Scenario) -> str:
    register = scenario.register_
    if register.file is not None:
        return PurePath(register.file).name  # where it lies is the machine's matter
    contacts = "" if register.contacts is None else f", {counted(register.contacts, 'contact')}"
    return f"made up, {counted(register.rows or 0, 'row')}{contacts}"


def _ledger(scenario: Scenario) -> Iterator[tuple[str, str]]:
    ledger = scenario.ledger
    yield "first day 首日", f"{scenario.calendar.start:%a} {scenario.calendar.start:%Y-%m-%d}, nobody is called"
    if ledger.intake != "none":
        yield "reports from elsewhere 外部来件", f"{ledger.intake.reports:,}"
    staff = sum(department.staff for department in ledger.departments.values())
    yield "departments 部门", f"{len(ledger.departments)}, {counted(staff, 'person', 'people')}"


def _question(scenario: Scenario) -> Iterator[tuple[str, str]]:
    targets = scenario.targets
    if targets.finish_by is not None:
        yield "promised for 期限", f"{targets.finish_by:%a} {targets.finish_by:%Y-%m-%d %H:%M}"
    study = scenario.study
    yield "replications 仿真次数", f"{study.replications}, seed {study.seed}, {100 * study.confidence:g} % intervals"
    if scenario.plans:
        yield "plans 方案", ", ".join(scenario.plans)
