"""Which plans a search looks at: what was asked for, what the scenario says, or what closed forms suggest."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.frame.frame import Frame
from callbacksim.scenario.checks_search import SEARCH_CHECKS
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Scenario, Search
from callbacksim.study.erlang import halfin_whitt_delay, square_root_staffing
from callbacksim.study.measuring.loads import attempts_of, load
from callbacksim.study.measuring.measures import measures
from callbacksim.study.setting import setting
from callbacksim.study.staffing.plans import Grid, departments_of, values_of
from callbacksim.study.trials import run_one

MOST_PLANS = 20_000
"""The largest grid; its plans are looked through one by one, though most are never simulated."""
HARDLY_EVER = 0.01
"""More people than let so few call-backs wait, at the busiest rate, are not looked at unasked."""


def grid_of(
    scenario: Scenario, frame: Frame, seed: int, given: Mapping[str, Sequence[int] | None], model: type[Campaign]
) -> Grid:
    """The grid: `given` values, else those of ``[search]``, else by closed forms from one replication.

    Raises Refused for a grid that is too large, and values that cannot be.
    """
    search = scenario.search
    if problems := refused(scenario, given):
        raise Refused(problems)
    asked = {
        name: tuple(sorted(set(values))) if values is not None else None if span is None else values_of(span)
        for name, values, span in ((name, given.get(name), getattr(search, name)) for name in given)
    }
    lines, agents = asked["lines"], asked["agents"]
    if lines is None or agents is None:
        likely_lines, likely_agents = suggested(scenario, frame, seed, model)
        lines, agents = lines or likely_lines, agents or likely_agents
    grid = Grid(lines, agents, asked.get("listeners"), asked.get("clerks"), departments_of(search.departments))
    if len(grid) > MOST_PLANS:
        wrong = f"{len(grid):,} plans"
        raise Refused(Problem("scenario", 1, "search", wrong, f"at most {MOST_PLANS:,}: wider steps, or fewer values"))
    return grid


def refused(scenario: Scenario, given: Mapping[str, Sequence[int] | None]) -> list[Problem]:
    """What is wrong with values that are given in place of those of ``[search]``: the same as would be with those."""
    problems = []
    for name, values in given.items():
        if values is not None and (not values or min(values) < 0):
            wrong = f"{min(values)} is below 0" if values else "there are no values"
            problems.append(Problem("scenario", 1, f"search.{name}", wrong, "write for example range(1, 13)"))
        elif values is not None:
            span = {name: (min(values), max(values))}
            searched = scenario.model_copy(update={"search": Search().model_copy(update=span)})
            problems += [
                Problem("scenario", 1, f"search.{name}", found.wrong, found.right)
                for check in SEARCH_CHECKS
                for found in check(searched)
            ]
    return problems


def suggested(
    scenario: Scenario, frame: Frame, seed: int, model: type[Campaign]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Lines and people worth looking at, by one replication of the scenario as it stands.

    Lines: the calls are a load of R erlangs over the calling time up to the promised date (or the campaign's own end);
    fewer than R lines cannot carry them. From there to four times as many, in steps of half of it. People: up to those
    with whom hardly a call-back would wait at the rate of the tightest deadline (square-root rule, Halfin & Whitt).
    """
    where = setting(scenario, frame)
    trace = run_one(where, seed, 0, model)
    end = int(trace.attempts["free"].max()) if len(trace.attempts["free"]) else 0
    by = scenario.targets.finish_by
    until = min(end if by is None else where.times.ms(by), where.times.horizon)
    open_ms = float(where.times.calling.elapsed(until))
    busy = load(*attempts_of(trace.attempts), trace.lines).busy
    erlangs = max(1, math.ceil(busy / open_ms)) if open_ms else 1
    need = measures(trace, where)["people_at_work"]
    people = square_root_staffing(need if math.isfinite(need) else 0.0, _seldom_waits())
    most = max(people, scenario.agents.count, 2)
    return tuple(range(erlangs, 4 * erlangs + 1, max(1, erlangs // 2))), tuple(range(1, most + 1))


def _seldom_waits() -> float:
    """The β of the square-root rule at which hardly anybody waits."""
    return next(float(beta) for beta in np.arange(0.1, 10, 0.1) if halfin_whitt_delay(float(beta)) <= HARDLY_EVER)
