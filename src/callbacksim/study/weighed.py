"""What a running campaign's log says of guesses: sets of values, weighed by how well they describe it.

An input of which the log tells is taken as equally likely anywhere in its range, times the likelihood of the log: the
calls that were answered, numbers out of service, why calls failed, what came of interviews, who was sent to people,
how long all this took, whom people reached. It is no matter then whether the range is a plausible one or an interval
that `calibrate` fitted to the same log: within it the log is counted once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.answering import hourly_rates
from callbacksim.campaign.draws import Draws
from callbacksim.campaign.outcomes import FAILURES, INTERVIEWED, LIVE, Outcome
from callbacksim.campaign.runlog import words
from callbacksim.campaign.standing import NOT_TOLD, Standing
from callbacksim.campaign.tracelog import Log
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.calendar import HOUR, SECOND, Timetable
from callbacksim.scenario.laws import Law
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.uncertain import RESULTS, Unknown
from callbacksim.scenario.wording import dotted, listing
from callbacksim.study.calibrating.propensity import Group, Own, log_likelihood, sequences

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Values = Mapping[str, Floats]
"""By path of the input: a value for each set."""
Likelihood = Callable[[Values], Floats]
"""The log-likelihood of each set."""
SHOWN = (0.025, 0.975)
"""The quantiles between which an input is said to lie."""
FEWEST = 20
"""So many durations are needed before their mean says anything."""
_SETS = 2_000
_LOOK = 500
_LOOKS = 5
_FAR = 9.0  # so much worse than the best (in logarithms) nothing is looked at any more: four standard deviations
_HARDLY = 0.8
_PILED = 0.25  # a normal law with its top at the end has 0.30, one well within it about 1, an exponential one 0.19
_ALIKE = 0.95
_LEAST = 1e-6
_ROUNDED = 0.5  # s: what lengths in whole seconds may be off


@dataclass(frozen=True, eq=False)
class Told:
    """Inputs that a log tells of together: sets of their values, and how likely each and those before it are.

    `values`: shape (sets, inputs), by the first input; `below`: (sets,), rising to 1.
    """

    inputs: tuple[Unknown, ...]
    values: Floats
    below: Floats

    def at(self, u: float) -> dict[str, float]:
        """The set at the uniform `u`."""
        place = min(int(np.searchsorted(self.below, u, side="right")), len(self.below) - 1)
        return dict(zip((one.path for one in self.inputs), self.values[place].tolist(), strict=True))

    def quantile(self, place: int, p: float) -> float:
        """The quantile of one input."""
        order = np.argsort(self.values[:, place], kind="stable")
        reached = np.cumsum(np.diff(self.below, prepend=0.0)[order])
        return float(self.values[order[min(int(np.searchsorted(reached, p)), len(order) - 1)], place])


@dataclass(frozen=True)
class Weighed:
    """All that a log says of guesses; inputs that are in no part are drawn from their ranges as ever."""

    parts: tuple[Told, ...] = ()

    @property
    def paths(self) -> frozenset[str]:
        """The inputs of which the log tells."""
        return frozenset(one.path for part in self.parts for one in part.inputs)

    def drawn(self, seed: int, replication: int, turn: int = 0) -> dict[str, float]:
        """Their values in the set of a replication."""
        draws, found = Draws(seed, replication), dict[str, float]()
        for part in self.parts:
            found |= part.at(float(draws.uniforms(f"uncertain/log/{part.inputs[0].path}", 1, turn)[0]))
        return found

    def inputs(self, inputs: Sequence[Unknown]) -> tuple[Unknown, ...]:
        """The same inputs, those that the log tells of with the range where they lie after it."""
        told = {
            one.path: replace(one, low=part.quantile(i, SHOWN[0]), high=part.quantile(i, SHOWN[1]), told=True)
            for part in self.parts
            for i, one in enumerate(part.inputs)
        }
        return tuple(told.get(one.path, one) for one in inputs)

    @property
    def doubts(self) -> tuple[str, ...]:
        """What to say of inputs that the log puts at an end of their range which nature does not set."""
        found = []
        for part in self.parts:
            for i, one in enumerate(part.inputs):
                near, middle, far = (one.place_of(part.quantile(i, p)) for p in (SHOWN[0], 0.5, SHOWN[1]))
                if (one.low > 0 and _piled(middle, far)) or (one.high != 1 and _piled(1 - middle, 1 - near)):
                    found.append(f"{one.path} (range {one.low:g} to {one.high:g})")
        if not found:
            return ()
        return (f"the log speaks against the range of {listing(found, 4)}: calibrate it, or widen that in [uncertain]",)


def _piled(middle: float, far: float) -> bool:
    """Whether a law over [0, 1] with this median and 97.5 % quantile falls from its end at 0 on."""
    return far < 0.5 and middle < _PILED * far


def weigh(
    scenario: Scenario, contacts: Contacts, times: Timetable, log: Log, standing: Standing, inputs: Sequence[Unknown]
) -> Weighed:
    """What the log of a running campaign says of these inputs."""
    of = {one.path: one for one in inputs}
    parts = []
    for part in _parts(scenario, contacts, times, log, standing):
        known = [of[path] for path in part.own if path in of]
        if known:
            parts.append(_weighed(known, part))
    return Weighed(tuple(parts))


@dataclass(frozen=True, eq=False)
class _Part:
    """A part of a log: the inputs on which its likelihood rests, by path, with the scenario's own values."""

    own: Mapping[str, float]
    likelihood: Likelihood

    def of(self, values: Values) -> Floats:
        """The log-likelihood of sets of some of the inputs, the others as the scenario has them."""
        return self.likelihood({**{path: np.array([value]) for path, value in self.own.items()}, **values})


def _weighed(inputs: Sequence[Unknown], part: _Part) -> Told:
    """Sets spread evenly over the ranges, closer and closer to where the log puts them, each with its probability."""
    n = len(inputs)
    low, high = np.zeros(n), np.ones(n)

    def looked(many: int) -> tuple[Floats, Floats, Floats]:
        places = low + _spread(many, n) * (high - low)
        values = np.array([[one.flat(u) for one, u in zip(inputs, row, strict=True)] for row in places.tolist()])
        named = {one.path: values[:, i] for i, one in enumerate(inputs)}
        return places, values, np.broadcast_to(part.of(named), many)

    for _ in range(_LOOKS):
        places, _, how_likely = looked(_LOOK)
        near = places[how_likely > how_likely.max() - _FAR]
        margin = 2 * (high - low) / _LOOK ** (1 / n)
        closer_low, closer_high = (
            np.maximum(near.min(axis=0) - margin, low),
            np.minimum(near.max(axis=0) + margin, high),
        )
        shrunk = float(np.prod((closer_high - closer_low) / (high - low)))
        low, high = closer_low, closer_high
        if shrunk > 0.8:
            break
    _, values, how_likely = looked(_SETS)
    weight = np.exp(how_likely - how_likely.max())
    order = np.argsort(values[:, 0], kind="stable")
    below = np.cumsum(weight[order])
    return Told(tuple(inputs), values[order], below / below[-1])


def _spread(many: int, dimensions: int) -> Floats:
    """So many points that fill the unit cube evenly: shape (many, dimensions).

    The additive recurrence with the generalised golden ratio (M. Roberts, 2018).
    """
    ratio = 2.0
    for _ in range(40):
        ratio = (1 + ratio) ** (1 / (dimensions + 1))
    steps = ratio ** -np.arange(1, dimensions + 1)
    return np.asarray((0.5 + np.arange(1, many + 1)[:, None] * steps) % 1, dtype=np.float64)


# --- the parts of a log, each with the inputs on which its likelihood rests ---------------------------------------


def _parts(scenario: Scenario, contacts: Contacts, times: Timetable, log: Log, standing: Standing) -> Iterator[_Part]:
    attempts, tells, answering, form = standing.attempts, words(log), scenario.answering, scenario.questionnaire
    outcome = attempts["outcome"][standing.ended]
    yield from _answers(scenario, contacts, times, standing)
    numbers = contacts.number[attempts["contact"]]
    dead = len(np.unique(numbers[attempts["outcome"] == Outcome.NOT_IN_SERVICE]))
    if not log.unexplained and (dead or log.complete):
        yield _share("answering.not_in_service", answering.not_in_service, dead, len(np.unique(numbers)))
    if not log.unexplained and log.complete:
        own = {f"answering.{one.name.lower()}": float(getattr(answering, one.name.lower())) for one in FAILURES}
        yield _weights(own, np.array([(outcome == one).sum() for one in FAILURES]))
    if tells["results"] and not form.questions:
        own = {f"questionnaire.{name}": float(getattr(form, name)) for name in RESULTS}
        yield _whole(own, np.array([(outcome == Outcome[name.upper()]).sum() for name in (*RESULTS, "refusal")]))
    if tells["flags"] and scenario.study.mode == "callback" and scenario.recognition.exact == "none":
        yield _flags(scenario, contacts, standing)
    yield from _lengths(scenario, standing, tells["results"])
    yield from _people(scenario, standing)


def _answers(scenario: Scenario, contacts: Contacts, times: Timetable, standing: Standing) -> Iterator[_Part]:
    """Who answered which call: the likelihood by which `calibrate` fits, hours and weekdays as in the scenario."""
    attempts, answering = standing.attempts, scenario.answering
    number = contacts.number[attempts["contact"]]
    dead = np.unique(number[attempts["outcome"] == Outcome.NOT_IN_SERVICE])
    rung = standing.ended & ~np.isin(number, dead)
    if answering.base == 0 or not rung.any():
        return
    segment = contacts.segment[attempts["contact"][rung]]
    hourly = np.array(hourly_rates(scenario, times)) / answering.base
    start = attempts["start"][rung]
    rate = hourly[segment, np.minimum(start // HOUR, hourly.shape[1] - 1)]
    kinds, cell = np.unique(np.stack([segment, rate], axis=1), axis=0, return_inverse=True)
    calls = sequences(number[rung], start, cell.reshape(-1), np.isin(attempts["outcome"][rung], LIVE))
    of_cell, log_rate = kinds[:, 0].astype(np.int64), np.log(np.maximum(kinds[:, 1], _LEAST))
    names = ("base", "reachable", "propensity_sd", "retry_multiplier", "seldom", "seldom_factor")
    own = {f"answering.{name}": float(getattr(answering, name)) for name in names}
    own |= {dotted(("segments", name, "answer_factor")): one.answer_factor for name, one in scenario.segments.items()}

    def of_one(
        base: float, reachable: float, sd: float, multiplier: float, seldom: float, slower: float, *factors: float
    ) -> float:
        of_segment = np.log(np.maximum([1.0, *factors], _LEAST))
        factor = (log_rate + of_segment[of_cell])[calls.cell] + math.log(max(multiplier, _LEAST)) * (calls.nth - 1)
        reachable = max(reachable, base)
        mean = min(base / reachable, 0.9995)
        alike = min(sd**2 / (mean * (1 - mean)), _ALIKE)
        groups = (Group(1 - seldom, 1.0), Group(seldom, slower)) if seldom else (Group(1.0, 1.0),)
        return log_likelihood(calls, Own(mean, reachable, alike), factor, answering.most, groups)[0]

    def likelihood(values: Values) -> Floats:
        columns = np.broadcast_arrays(*(values[path] for path in own))
        return np.array([of_one(*row) for row in np.stack(columns, axis=1).tolist()])

    yield _Part(own, likelihood)


def _share(path: str, own: float, count: int, n: int) -> _Part:
    return _Part({path: own}, lambda values: _times(count, values[path]) + _times(n - count, 1 - values[path]))


def _times(count: float | Ints | Floats, share: Floats) -> Floats:
    """Log-likelihood of a count of what has this probability."""
    return np.asarray(count * np.log(np.maximum(share, 1e-300)), dtype=np.float64)


def _beside(own: Mapping[str, float], values: Values) -> Floats:
    """The values of several inputs side by side: shape (sets, inputs)."""
    return np.stack(np.broadcast_arrays(*(values[path] for path in own)), axis=1)


def _weights(own: Mapping[str, float], counts: Ints) -> _Part:
    """Counts in proportion to weights."""

    def likelihood(values: Values) -> Floats:
        weights = _beside(own, values)
        told: Floats = _times(counts, weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)).sum(axis=1)
        return told

    return _Part(own, likelihood)


def _whole(own: Mapping[str, float], counts: Ints) -> _Part:
    """Counts of shares of one whole; the last is what is left. Shares of more than the whole cannot be."""

    def likelihood(values: Values) -> Floats:
        shares = _beside(own, values)
        rest = 1 - shares.sum(axis=1, keepdims=True)
        told = _times(counts, np.concatenate([shares, np.maximum(rest, 0.0)], axis=1)).sum(axis=1)
        return np.where(rest[:, 0] < -1e-9, -1e9, told)

    return _Part(own, likelihood)


def _flags(scenario: Scenario, contacts: Contacts, standing: Standing) -> _Part:
    """Who was sent to people, by segment: items that were heard, and what was unclear."""
    attempts, items, groups = standing.attempts, scenario.questionnaire.items, list(scenario.segments.values())
    final = standing.ended & np.isin(attempts["outcome"], INTERVIEWED) & (attempts["flag"] != NOT_TOLD)
    segment, flagged = contacts.segment[attempts["contact"][final]], attempts["flag"][final] > 0
    size = len(groups) + 1
    every, sent = np.bincount(segment, minlength=size), np.bincount(segment, weights=flagged, minlength=size)
    kinds = {
        "questionnaire.items.problems": (None, *(one.problems for one in groups)),
        "questionnaire.items.suggestions": (None, *(one.suggestions for one in groups)),
    }
    own = {
        "recognition.unclear": scenario.recognition.unclear,
        "recognition.sensitivity": scenario.recognition.sensitivity,
        "questionnaire.items.problems": items.problems,
        "questionnaire.items.suggestions": items.suggestions,
    }

    def likelihood(values: Values) -> Floats:
        total: Floats = np.zeros(1)
        for at in range(size):
            nothing: Floats = np.ones(1)
            for path, shares in kinds.items():
                share = shares[at]
                nothing = nothing * (1 - (values[path] if share is None else share))
            share_sent = values["recognition.sensitivity"] * (1 - nothing) + values["recognition.unclear"] * nothing
            total = total + _times(float(sent[at]), share_sent) + _times(float(every[at] - sent[at]), 1 - share_sent)
        return total

    return _Part(own, likelihood)


def _lengths(scenario: Scenario, standing: Standing, results: bool) -> Iterator[_Part]:
    """Mean lengths of ringing and talk: a mean of many is normal, whatever the law."""
    attempts, ended = standing.attempts, standing.ended
    rings = {"answered": LIVE, **{one.name.lower(): (one,) for one in (*FAILURES, Outcome.NOT_IN_SERVICE)}}
    for name, outcomes in rings.items():
        lengths = attempts["ring"][ended & np.isin(attempts["outcome"], outcomes)]
        law: Law = getattr(scenario.answering.ring, name)
        yield from _mean_of({f"answering.ring.{name}": law}, lengths[lengths > 0])
    early = (Outcome.REFUSAL, Outcome.BREAK_OFF, Outcome.OPT_OUT)
    talks = {"complete": (Outcome.COMPLETE,), "partial": (Outcome.PARTIAL,), "early": early}
    if results and not scenario.questionnaire.questions:
        by_hand = scenario.study.mode == "manual"
        of, above = (scenario.manual, "manual") if by_hand else (scenario.questionnaire, "questionnaire")
        for name, several in talks.items():
            lengths = attempts["talk"][ended & np.isin(attempts["outcome"], several)]
            yield from _mean_of({f"{above}.talk.{name}": getattr(of.talk, name)}, lengths[lengths > 0])


def _people(scenario: Scenario, standing: Standing) -> Iterator[_Part]:
    """Whom people reached, and how long they talked and wrote."""
    if standing.people is None:
        return
    tries, agents = standing.people.tries, scenario.agents
    over = tries["end"] < standing.at
    reached, hour = tries["reached"][over] == 1, tries["start"][over] // HOUR % 24
    every, got = np.bincount(hour, minlength=24), np.bincount(hour, weights=reached, minlength=24)
    index = np.array([agents.reach_index.get(str(h), 100.0) for h in range(24)]) / 100

    def likelihood(values: Values) -> Floats:
        share = np.minimum(values["agents.reach"][:, None] * index, 1.0)
        told: Floats = (_times(got, share) + _times(every - got, 1 - share)).sum(axis=1)
        return told

    if over.any():
        yield _Part({"agents.reach": agents.reach}, likelihood)
    yield from _mean_of({"agents.talk": agents.talk, "agents.wrap_up": agents.wrap_up}, tries["hold"][over][reached])


def _mean_of(laws: Mapping[str, Law], lengths_ms: Ints) -> Iterator[_Part]:
    """The mean of lengths is that of a law, or of the sum of several; nothing if they are few."""
    if len(lengths_ms) < FEWEST:
        return
    seconds = lengths_ms / SECOND
    mean, error = float(seconds.mean()), max(float(seconds.std(ddof=1)), _ROUNDED) / math.sqrt(len(seconds))
    own = {path: law.mean_value() for path, law in laws.items()}

    def likelihood(values: Values) -> Floats:
        of_laws: Floats = _beside(own, values).sum(axis=1)
        return np.asarray(-(((of_laws - mean) / error) ** 2) / 2, dtype=np.float64)

    yield _Part(own, likelihood)
