"""Who answers, and when: each number's chance at its n-th call, and how likely a live answer is at an hour.

Numbers may differ for good (`reachable`, `propensity_sd`), or each further call may be answered less
(`retry_multiplier`): two tellings of why answers fall with the attempt, and no log tells them apart by that alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.outcomes import FAILURES
from callbacksim.campaign.truth import Truth
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.calendar import HOUR, MINUTE, Timetable
from callbacksim.scenario.laws import milliseconds
from callbacksim.scenario.schema import WEEKDAYS, Scenario, Segment

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
T = TypeVar("T")
Lookup = list[T] | dict[int, T]  # by number


@dataclass(frozen=True)
class Calls:
    """The chance of everybody's n-th call, by number."""

    multiplier: float
    answer: Lookup[float]
    ring: Lookup[int]
    failure: Lookup[int]
    failure_ring: Lookup[int]
    dead_ring: Lookup[int]
    jitter: Lookup[int]


def draw_calls(scenario: Scenario, numbers: int, draws: Draws, nth: int, several: Ints | None) -> Calls:
    """The draws of all numbers, or (`several`) of those alone that can get so many calls."""
    answering = scenario.answering

    def uniforms(stream: str) -> NDArray[np.float64]:
        # Always all of them, so that a draw keeps its address.
        drawn = draws.uniforms(stream, numbers, nth)
        return drawn if several is None else drawn[several]

    def lookup(values: NDArray[Any]) -> Any:
        return values.tolist() if several is None else dict(zip(several.tolist(), values.tolist(), strict=True))

    weights = np.array([answering.no_answer, answering.busy, answering.voicemail, answering.rejected])
    edges = np.cumsum(weights) / weights.sum()
    kind = np.minimum(np.searchsorted(edges, uniforms("failure"), side="right"), 3)
    u = uniforms("ring")
    laws = (answering.ring.no_answer, answering.ring.busy, answering.ring.voicemail, answering.ring.rejected)
    failure_ring = np.select([kind == i for i in range(4)], [milliseconds(law, u) for law in laws])
    jitter = np.rint(uniforms("jitter") * scenario.robot.jitter_minutes * MINUTE)
    return Calls(
        multiplier=answering.retry_multiplier ** (nth - 1),
        answer=lookup(uniforms("answer")),
        ring=lookup(milliseconds(answering.ring.answered, u)),
        failure=lookup(np.array(FAILURES)[kind]),
        failure_ring=lookup(failure_ring),
        dead_ring=lookup(milliseconds(answering.ring.not_in_service, u)),
        jitter=lookup(jitter.astype(np.int64)),
    )


def hourly_rates(scenario: Scenario, times: Timetable) -> list[list[float]]:
    """Answer rate of a first call by segment (0: none fits) and hour of the campaign."""
    answering = scenario.answering
    curves = [answering.hour_index, *(_own(s, answering.hour_index) for s in scenario.segments.values())]
    first = times.start.weekday()
    hours = range(times.horizon // HOUR + 24)
    days = [answering.weekday_index.get(WEEKDAYS[(first + h // 24) % 7], 100.0) / 100 for h in hours]
    return [
        [answering.base * day * curve.get(str(h % 24), 100.0) / 100 for h, day in zip(hours, days, strict=True)]
        for curve in curves
    ]


def _own(segment: Segment, common: Mapping[str, float]) -> Mapping[str, float]:
    return common if segment.hour_index is None else segment.hour_index


def personal_factor(scenario: Scenario, contacts: Contacts, truth: Truth, draws: Draws) -> Floats:
    """What each contact's answer rate is multiplied by, for good: segment, latent group, own propensity."""
    by_segment = segment_factors(scenario)
    seldom = np.where(truth.seldom, scenario.answering.seldom_factor, 1.0)
    own = propensity(scenario, draws.uniforms("propensity", contacts.numbers))[contacts.number]
    return np.asarray(by_segment[contacts.segment] * seldom * own, dtype=np.float64)


def segment_factors(scenario: Scenario) -> Floats:
    """What a segment's answer rate is multiplied by: shape (segments + 1,), 1 where none fits."""
    return np.array([1.0, *(segment.answer_factor for segment in scenario.segments.values())])


def propensity(scenario: Scenario, u: Floats) -> Floats:
    """Each number's own answer probability ÷ `base`, by inverse transform: mean 1, all 1 where numbers do not differ.

    A number is reachable with probability `reachable`; its probability then follows the beta law with mean
    base ÷ reachable and standard deviation `propensity_sd`.
    """
    answering = scenario.answering
    share, sd = answering.reachable, answering.propensity_sd
    if answering.base == 0:
        return np.ones_like(u)
    mean = answering.base / share
    if sd:
        from scipy.special import betaincinv

        a, b = beta_shape(mean, sd)
        within = np.clip((u - (1 - share)) / share, 0.0, 1.0)
        own = np.asarray(betaincinv(a, b, within), dtype=np.float64) / answering.base
    else:
        own = np.full_like(u, 1 / share)
    return np.where(u < 1 - share, 0.0, own)


def beta_shape(mean: float, sd: float) -> tuple[float, float]:
    """The two parameters of the beta law with this mean and standard deviation (sd² < mean × (1 − mean))."""
    size = mean * (1 - mean) / sd**2 - 1
    return mean * size, (1 - mean) * size
