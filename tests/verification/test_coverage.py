"""Many small studies whose truth is known exactly: intervals at 95 % contain it as often as they say.

The campaign has ten contacts on one line, called once each, who answer with probability 0.3, each for himself; an
answered call takes 60 s and an unanswered one 30 s. So with K binomial (10, 0.3)

- the interviews of a replication are K: mean 3;
- calls are over after 300 + 30 K seconds, from nine o'clock: P(over by 9:06:30) = P(K <= 3), the median is at K = 3;
- who answers with probability 0.3 and who does with 0.4 is told by the same draws: the difference has mean 1.

The number of studies whose interval contains the truth is binomial. Where the interval is exact for the law in
question (K is discrete, so only nearly so for the mean) the share must lie in the band that 0.95 leaves with an error
probability of 1 in 1,000; where it is conservative by construction (probabilities, quantiles) only above the lower end.
"""

from __future__ import annotations

import datetime as dt

import pytest
from scipy import stats

from callbacksim.scenario.schema import Scenario
from callbacksim.study.estimates import Estimate, paired_difference
from callbacksim.study.experiment import Study, build_frames, replicate_all
from callbacksim.study.summary import summarise, values
from helpers import tiny

CONTACTS, ANSWERS, MORE = 10, 0.3, 0.4
REPLICATIONS = 20
OPENS = 9.0  # hours
ERROR = 0.001
K = stats.binom(CONTACTS, ANSWERS)


def campaign(base: float) -> Scenario:
    return tiny(
        register={"rows": CONTACTS, "contacts": CONTACTS, "unusable": 0},
        answering={"base": base},
        targets={"finish_by": dt.datetime(2025, 7, 7, 9, 6, 30)},
    )


def over_at(k: int) -> float:
    """When k of the ten have answered, in hours since midnight."""
    return OPENS + (30 * CONTACTS + 30 * k) / 3600


TRUTHS = {
    "interviews": (CONTACTS * ANSWERS, True),
    "finish_by_target": (float(K.cdf(3)), False),
    "finish_median": (over_at(int(K.median())), False),
    "difference": (CONTACTS * (MORE - ANSWERS), True),
}
"""By figure: the truth, and whether its interval is to contain it not much more often than it says either."""


def estimates(study: Study, other: Study) -> dict[str, Estimate]:
    entries = summarise(study)
    more = paired_difference(values(other, "interviews"), values(study, "interviews"), 0.95)
    return {**{name: entries[name].estimate for name in list(TRUTHS)[:3]}, "difference": more}


def covered(studies: int) -> dict[str, int]:
    """How many of the studies contain each truth."""
    plans = [campaign(ANSWERS), campaign(MORE)]
    frames = build_frames(plans)
    found = dict.fromkeys(TRUTHS, 0)
    for seed in range(1, studies + 1):
        one, other = replicate_all(plans, REPLICATIONS, seed=seed, jobs=1, frames=frames)
        for name, estimate in estimates(one, other).items():
            (truth, _), low, high = TRUTHS[name], estimate.low, estimate.high
            found[name] += (low is None or low <= truth + 1e-9) and (high is None or truth - 1e-9 <= high)
    return found


def check(found: dict[str, int], studies: int) -> None:
    law = stats.binom(studies, 0.95)
    # Four truths are looked at, the exact ones from both sides.
    least, most = law.ppf(ERROR / 8), law.ppf(1 - ERROR / 8)
    for name, (_, exact) in TRUTHS.items():
        assert least <= found[name] <= (most if exact else studies), (name, found, least, most)


def test_the_truth_is_the_campaign_s() -> None:
    """Hand and simulator agree on what a replication can be, or the truths above would be of something else."""
    [study] = replicate_all([campaign(ANSWERS)], 30, jobs=1)
    for figures in study.figures:
        k = figures.funnel["interviewed"]
        assert k is not None
        assert figures.measures["finish"] == pytest.approx(over_at(k))
    assert over_at(3) == pytest.approx(9 + 6.5 / 60)


def test_sixty_studies_contain_the_truth() -> None:
    check(covered(60), 60)


@pytest.mark.slow
def test_a_thousand_studies_contain_the_truth() -> None:
    check(covered(1000), 1000)


def test_intervals_that_are_too_narrow_would_be_noticed() -> None:
    """At 80 % in place of 95 %, a thousand studies pass with a probability of practically nothing."""
    law = stats.binom(1000, 0.95)
    assert stats.binom(1000, 0.8).sf(law.ppf(ERROR / 8)) < 1e-12
