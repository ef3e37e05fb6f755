"""Who answers, from a log: how numbers differ first, then whether hour, weekday, segment and attempt matter."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from callbacksim.frame.calllog.formats import Ended
from callbacksim.frame.calllog.reading import CallLog
from callbacksim.scenario.calendar import DAY, HOUR
from callbacksim.scenario.schema import WEEKDAYS, Scenario
from callbacksim.study.calibrating.answerfit import Effect, Part, effect_errors, log_factors
from callbacksim.study.calibrating.answerfit import Problem as Likelihood
from callbacksim.study.calibrating.calls import Cell, Whom
from callbacksim.study.calibrating.choice import FEWEST_AT, Choice, Story, Test
from callbacksim.study.calibrating.propensity import Floats, Group, Own, Sequences, predicted, sequences
from callbacksim.study.estimates import normal_quantile, proportion

Ints = NDArray[np.int64]
Keys = tuple[str, ...]
FEWEST_ANSWERS = 20
FEWEST_SECOND = 30
_FIELDS: Mapping[Part, Keys] = {
    "base": ("answering", "base"),
    "reachable": ("answering", "reachable"),
    "sd": ("answering", "propensity_sd"),
    "multiplier": ("answering", "retry_multiplier"),
}


@dataclass(frozen=True)
class Value:
    """A field as fitted; see `callbacksim.study.calibrating.calibration.Fitted`."""

    value: Any
    low: float | None
    high: float | None
    n: int
    of: str
    method: str
    was: Any
    unsure: bool = True
    drawn: tuple[float, float] | Literal["known"] | None = None


@dataclass(frozen=True, eq=False)
class Answers:
    """What was found about answering, by field; what was not, and why; answers seen and fitted."""

    values: Mapping[Keys, Value]
    kept: Mapping[str, str]
    tests: tuple[Test, ...]
    stories: tuple[Story, ...]
    cells: Mapping[str, tuple[Cell, ...]]
    own: Own | None
    multiplier: float


@dataclass(frozen=True, eq=False)
class _Calls:
    """The calls to numbers in service, one entry each, and the same as sequences."""

    sequences: Sequences
    hours: Ints  # these three by cell
    weekdays: Ints
    segments: Ints
    log_factor: Floats  # by cell: the scenario's own indices and factors
    old_hour: Floats


def fit_answers(log: CallLog, people: Whom, scenario: Scenario) -> Answers:
    """Fit `[answering]` and the segments' factors to a log with one row a call."""
    values: dict[Keys, Value] = {}
    kept: dict[str, str] = {}
    alive = _in_service(log, people, scenario, values, kept)
    answered = log.answered & alive
    count, total = int(answered.sum()), int(alive.sum())
    if count < FEWEST_ANSWERS or total - count < FEWEST_ANSWERS:
        kept["answering.base, reachable, propensity_sd, retry_multiplier, hours, weekdays, segments"] = (
            f"{count} of {total} calls were answered; at least {FEWEST_ANSWERS} answered and as many others are needed"
        )
        _dead_untold(values, kept)
        return Answers(values, kept, (), (), {}, None, 1.0)
    calls = _calls(log, people, scenario, alive)
    problem = _problem(calls, scenario, kept)
    second = int(calls.sequences.weight[calls.sequences.nth >= 2].sum())
    chosen = Choice(scenario, problem, second >= FEWEST_SECOND)
    if second < FEWEST_SECOND:
        kept["answering.reachable, propensity_sd, retry_multiplier"] = (
            f"{second} second calls; at least {FEWEST_SECOND} are needed to tell people from attempts"
        )
    chosen.choose(kept)
    numbers = len(np.unique(people.number[alive]))
    _structure(chosen, values, numbers, total)
    _effects(chosen, calls, scenario, values)
    most = int(calls.sequences.nth.max())
    if most < scenario.robot.attempts:
        kept[f"calls beyond the {most}. to a number"] = "none was made; they follow from the model"
    cells = _cells(chosen, calls, scenario)
    chosen.falling(kept)
    return Answers(values, kept, tuple(chosen.tests), chosen.stories, cells, chosen.own, chosen.multiplier)


def _in_service(
    log: CallLog, people: Whom, scenario: Scenario, values: dict[Keys, Value], kept: dict[str, str]
) -> NDArray[np.bool_]:
    """Which calls went to numbers in service; the share of the others among all numbers."""
    field, was = ("answering", "not_in_service"), scenario.answering.not_in_service
    dead = np.unique(people.number[log.outcome == Ended.NOT_IN_SERVICE])
    numbers = len(np.unique(people.number))
    unknown = int((log.outcome == Ended.UNANSWERED).sum())
    if not len(dead) and log.only_failed:
        kept[".".join(field)] = (
            f"{log.only_failed:,} number(s) had only calls that failed: out of service, or a failure of the network"
        )
    elif not len(dead) and (unknown or not log.by_contact):
        # A switch without a word for it is not proof that there are none.
        why = "no call of the log ended so: such numbers count among those that are never answered (see reachable)"
        values[field] = Value(0.0, None, None, numbers, "numbers", why, was, False)
    else:
        found = proportion(len(dead), numbers, scenario.study.confidence)
        low, high = (round(float(x or 0.0), 5) for x in (found.low, found.high))
        how = "share, exact binomial interval"
        values[field] = Value(round(len(dead) / numbers, 5), low, high, numbers, "numbers", how, was)
    if unknown:
        kept["failures"] = f"of {unknown:,} unanswered calls the log does not say why"
    return ~np.isin(people.number, dead)


def _dead_untold(values: dict[Keys, Value], kept: dict[str, str]) -> None:
    """Dead numbers that no call told of count as never answered; where that is not fitted, the log tells nothing."""
    field = ("answering", "not_in_service")
    if field in values and not values[field].unsure:
        kept[".".join(field)] = "no call of the log ended so, which is no proof that there are none"
        del values[field]


def _calls(log: CallLog, people: Whom, scenario: Scenario, alive: NDArray[np.bool_]) -> _Calls:
    answering, names = scenario.answering, list(scenario.segments.values())
    start = log.start[alive]
    hour = start // HOUR % 24
    weekday = (start // DAY + log.first_day.weekday()) % 7
    segment = people.segment[alive]
    # Only kinds of calls that occur are cells.
    codes, cell = np.unique((segment * 7 + weekday) * 24 + hour, return_inverse=True)
    hours, weekdays, segments = codes % 24, codes // 24 % 7, codes // 168
    curves = [answering.hour_index, *(answering.hour_index if s.hour_index is None else s.hour_index for s in names)]
    old_hour = np.array([curves[s].get(str(h), 100.0) for s, h in zip(segments, hours, strict=True)]) / 100
    old_day = np.array([answering.weekday_index.get(WEEKDAYS[d], 100.0) for d in weekdays]) / 100
    factor = np.array([1.0, *(s.answer_factor for s in names)])[segments]
    return _Calls(
        sequences=sequences(people.number[alive], start, cell.reshape(-1), log.answered[alive]),
        hours=hours,
        weekdays=weekdays,
        segments=segments,
        log_factor=np.log(np.maximum(old_hour * old_day * factor, 1e-3)),
        old_hour=old_hour,
    )


def _problem(calls: _Calls, scenario: Scenario, kept: dict[str, str]) -> Likelihood:
    at = calls.sequences.cell
    weight = calls.sequences.weight
    segments = ["", *scenario.segments]
    old_day = np.array([scenario.answering.weekday_index.get(WEEKDAYS[d], 100.0) for d in calls.weekdays]) / 100
    sides: list[tuple[Any, Ints, Floats, list[str]]] = [
        ("hour", calls.hours, calls.old_hour, [f"{h}" for h in range(24)]),
        ("weekday", calls.weekdays, old_day, list(WEEKDAYS)),
    ]
    if scenario.segments:
        factors = np.array([1.0, *(one.answer_factor for one in scenario.segments.values())])
        sides.append(("segment", calls.segments, factors[calls.segments], segments))
    effects = []
    for name, by_cell, old, labels in sides:
        level = by_cell[at]
        held: Floats = np.bincount(level, weights=weight, minlength=len(labels)).astype(np.float64)
        enough = np.flatnonzero(held >= FEWEST_AT)
        few = [
            f"{labels[i] or 'no segment'} ({held[i]:.0f} calls)"
            for i in np.flatnonzero((held > 0) & (held < FEWEST_AT))
        ]
        never = _never(name, scenario, held)
        if few or never:
            kept[f"{name}s of fewer than {FEWEST_AT} calls"] = ", ".join([*few, *never])
        if len(enough) < 2:
            continue
        place = np.full(len(labels), -1, dtype=np.int64)
        place[enough] = np.arange(len(enough))
        scale = np.bincount(level, weights=weight * old[at], minlength=len(labels))[enough].astype(np.float64)
        anchored = name == "segment" and enough[0] == 0  # contacts of no segment have the factor 1
        own = tuple(labels[i] for i in enough)
        effects.append(Effect(name, own, place[level], None if anchored else scale))
    group = scenario.answering
    groups = (
        (Group(1 - group.seldom, 1.0), Group(group.seldom, group.seldom_factor)) if group.seldom else (Group(1.0, 1.0),)
    )
    return Likelihood(calls.sequences, calls.log_factor[at], group.most, groups, tuple(effects))


def _never(name: str, scenario: Scenario, held: Floats) -> list[str]:
    """Hours and weekdays on which the scenario calls and the log does not."""
    calendar = scenario.calendar
    if name == "hour":
        windows = [calendar.windows, *calendar.windows_on.values()]
        hours = {h for several in windows for a, b in several for h in range(int(a[:2]), -(-_minutes(b) // 60))}
        return [f"{h} (never called)" for h in sorted(hours) if not held[h % 24]]
    if name == "weekday":
        return [f"{day} (never called)" for i, day in enumerate(WEEKDAYS) if day in calendar.weekdays and not held[i]]
    return []


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _structure(chosen: Choice, values: dict[Keys, Value], numbers: int, calls: int) -> None:
    best, answering = chosen.best, chosen.scenario.answering
    parts: list[Part] = ["base"]
    if chosen.told:
        parts += ["reachable", "sd", "multiplier"]
    for part in parts:
        was = {"base": answering.base, "reachable": answering.reachable, "sd": answering.propensity_sd,
               "multiplier": answering.retry_multiplier}[part]  # fmt: skip
        of, n = ("calls", calls) if part in ("base", "multiplier") else ("numbers", numbers)
        value = best.value(part)
        wide = chosen.wide_interval(part)
        if part == "multiplier" and "multiplier" in chosen.fixed:
            said = f"not needed beside the differences between numbers (p = {chosen.tests[0].p:.2f})"
            low, high = _ends(wide or (1.0, 1.0), 1.0)
            values[_FIELDS[part]] = Value(1.0, low, high, n, of, said, was, False, "known")
            continue
        at_edge = (part == "reachable" and value == 1) or (part == "sd" and value == 0)
        how = "maximum likelihood, profile-likelihood interval"
        how += "" if part == "base" else " (of two numbers together that look alike)"
        drawn = low, high = _ends(chosen.interval(part), value)
        if wide is not None:
            low, high = min(low, _written(wide[0])), max(high, _written(min(wide[1], 1.0)))
            how += ", with all free that the log leaves open"
        how += "; the log asks for no more (Akaike's criterion)" if at_edge else ""
        values[_FIELDS[part]] = Value(_written(value), low, high, n, of, how, was, not at_edge, drawn)


def _ends(interval: tuple[float, float], value: float) -> tuple[float, float]:
    """An interval that holds the value as it is written, within what a share can be."""
    low, high = interval
    return _written(min(low, value)), _written(min(max(high, value), 1.0))


def _effects(chosen: Choice, calls: _Calls, scenario: Scenario, values: dict[Keys, Value]) -> None:
    best, rich = chosen.best, chosen.rich
    if not chosen.problem.effects:
        return
    errors = effect_errors(chosen.problem, chosen.fixed, rich)
    z = normal_quantile(chosen.confidence)
    weight = calls.sequences.weight
    for effect in chosen.problem.effects:
        held = np.bincount(effect.level[effect.level >= 0], weights=weight[effect.level >= 0])
        for i, label in enumerate(effect.labels):
            factor, error = float(np.exp(best.effects[effect.name][i])), float(errors[effect.name][i])
            how = "maximum likelihood beside the differences between numbers, "
            how += "Wald interval" if error else "no interval: the likelihood has no curve here"
            reach = math.exp(z * error)
            for path, was in _indices(effect.name, label, scenario):
                value, low, high = (round(was * f, 4) for f in (factor, factor / reach, factor * reach))
                ceiling = 10.0 if effect.name == "segment" else 1000.0
                value, high = min(value, ceiling), min(high, ceiling)
                if not error:
                    values[path] = Value(value, None, None, int(held[i]), "calls", how, was)
                    continue
                values[path] = Value(value, low, high, int(held[i]), "calls", how, was)


def _indices(name: str, label: str, scenario: Scenario) -> list[tuple[Keys, float]]:
    """The fields that a level's factor multiplies, with the scenario's values."""
    answering = scenario.answering
    if name == "hour":
        own = [
            (("segments", segment, "hour_index", label), one.hour_index.get(label, 100.0))
            for segment, one in scenario.segments.items()
            if one.hour_index is not None
        ]
        return [(("answering", "hour_index", label), answering.hour_index.get(label, 100.0)), *own]
    if name == "weekday":
        day = next(one for one in WEEKDAYS if one == label)
        return [(("answering", "weekday_index", label), answering.weekday_index.get(day, 100.0))]
    return [(("segments", label, "answer_factor"), scenario.segments[label].answer_factor)] if label else []


def _cells(chosen: Choice, calls: _Calls, scenario: Scenario) -> dict[str, tuple[Cell, ...]]:
    best = chosen.best
    problem, seq = chosen.problem, calls.sequences
    expected = predicted(seq, best.own, log_factors(problem, best), problem.most, problem.groups)
    names = ["", *scenario.segments]

    def by(labels: Ints, name: dict[int, str]) -> tuple[Cell, ...]:
        found = []
        for label in np.unique(labels).tolist():
            here = labels == label
            w = seq.weight[here]
            cell = Cell(
                name.get(label, str(label)), round(w.sum()), round(w @ seq.answered[here]), float(w @ expected[here])
            )
            found.append(cell)
        return tuple(found)

    cells = {
        "attempt": by(seq.nth, {}),
        "hour": by(calls.hours[seq.cell], {h: f"{h}:00" for h in range(24)}),
        "weekday": by(calls.weekdays[seq.cell], dict(enumerate(WEEKDAYS))),
    }
    if scenario.segments:
        cells["segment"] = by(calls.segments[seq.cell], {i: name or "(none fits)" for i, name in enumerate(names)})
    return cells


def _written(value: float) -> float:
    """A number of the scenario to four significant digits."""
    return float(f"{value:.4g}")
