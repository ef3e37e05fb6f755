"""The model against what theory says of it, with intervals from replications.

Seeds are fixed; every statistical check would fail by chance with probability below 1e-4 had its seed been drawn anew
(two-sided t intervals at level 1 - 1e-4, or bounds of 4.5 standard errors, 7e-6). A failure is to be understood, not
reseeded.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.outcomes import INTERVIEWED, Disposition, Flag
from callbacksim.campaign.simpy_engine import CallsOnly, Campaign
from callbacksim.campaign.trace import Trace
from callbacksim.campaign.truth import draw_truth
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.calendar import timetable
from callbacksim.scenario.laws import (
    Constant,
    Exponential,
    Gamma,
    Law,
    Lognormal,
    Mixture,
    Part,
    Quantiles,
    Table,
    Uniform,
    milliseconds,
)
from callbacksim.scenario.schema import Scenario
from callbacksim.study.erlang import erlang_c, mean_wait, throughput_bound
from callbacksim.study.estimates import mean
from callbacksim.study.measuring.measures import measures
from callbacksim.study.measuring.survey import survey
from callbacksim.study.trials import run_one
from helpers import SEED, constant, people, run, setting_of, tiny

LEVEL = 1 - 1e-4
Z = 4.5
ROUND_THE_CLOCK: dict[str, Any] = {
    "calendar": {"windows": [["00:00", "24:00"]], "weekdays": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]},
    "study": {"horizon_days": 700},
}


def assert_mean(values: ArrayLike, expected: float) -> None:
    """The expectation lies within the t interval of these independent values."""
    found = mean(values, LEVEL)
    assert found.low is not None and found.high is not None
    assert found.low <= expected <= found.high, f"{expected} is not in {found.low} … {found.high}"


def replications(scenario: Scenario, contacts: Contacts, n: int, seed: int = SEED) -> list[Trace]:
    where = setting_of(scenario, contacts)
    return [run_one(where, seed, r, CallsOnly) for r in range(n)]


# --- throughput ------------------------------------------------------------------------------------------------------

RINGS: dict[str, dict[str, Any]] = {
    "exponential": {"law": "exponential", "mean": 30},
    "uniform": {"law": "uniform", "low": 10, "high": 50},
    "lognormal": {"law": "lognormal", "mean": 30, "sd": 60},
    "constant": constant(30),
}


def saturated(lines: int, pace: float, ring: dict[str, Any]) -> Scenario:
    """Everybody ready at once, nobody answers, one call each, round the clock."""
    return tiny(
        **ROUND_THE_CLOCK,
        robot={"lines": lines, "calls_per_second": pace},
        answering={"base": 0, "ring": {"no_answer": ring}},
    )


@pytest.mark.parametrize("ring", RINGS)
def test_a_saturated_robot_without_pace_reaches_its_bound(ring: str) -> None:
    n, lines = 12_000, 5
    contacts = people(n)
    scenario = saturated(lines, 0, RINGS[ring])
    trace = run(scenario, contacts)
    found = measures(trace, setting_of(scenario, contacts))
    # Never above the bound of the calls that were made; below it only by the last lines' idle ends.
    ends = np.sort(trace.attempts["end"])[-lines:]
    idle = float((ends[-1] - ends).sum()) / float((trace.attempts["end"] - trace.attempts["start"]).sum())
    assert found["throughput"] <= found["throughput_bound"] * (1 + 1e-12)
    assert found["throughput"] == pytest.approx(found["throughput_bound"] / (1 + idle), rel=1e-9)
    assert idle < 0.005
    # And that bound is L/E[hold] up to the error of a mean of n independent holds.
    holds = (trace.attempts["end"] - trace.attempts["start"]) / 1000
    assert abs(holds.mean() - 30) <= Z * holds.std() / math.sqrt(n) + 0.001
    assert found["throughput_bound"] == pytest.approx(lines / holds.mean() * 3600)


@pytest.mark.parametrize(("lines", "pace"), [(1, 0.1), (3, 0.05), (10, 0.2), (40, 0.5)])
def test_the_bound_is_never_exceeded_with_a_pace(lines: int, pace: float) -> None:
    contacts = people(2000)
    scenario = saturated(lines, pace, RINGS["exponential"])
    found = measures(run(scenario, contacts), setting_of(scenario, contacts))
    # The first call is free of any gap: n calls take n - 1 gaps.
    assert found["throughput"] <= found["throughput_bound"] * (1 + 1 / 1999)


@pytest.mark.parametrize("gap", [10, 30, 90])
def test_one_line_with_a_pace_starts_a_call_every_max_of_gap_and_hold(gap: int) -> None:
    # Exponential holds of mean 30 s: E[max(g, H)] = g + 30 exp(-g/30).
    trace = run(saturated(1, 1 / gap, RINGS["exponential"]), people(8000))
    cycles = np.diff(np.sort(trace.attempts["start"])) / 1000
    expected = gap + 30 * math.exp(-gap / 30)
    assert abs(cycles.mean() - expected) <= Z * cycles.std() / math.sqrt(len(cycles)) + 0.001
    assert cycles.min() >= gap
    assert 1 / expected <= throughput_bound(1, 30, 1 / gap)


# --- the people's pool -----------------------------------------------------------------------------------------------


class PoissonEscalations(Campaign):
    """No calls: interviews that need a person arrive as a Poisson stream, one from each contact."""

    every_seconds = 125.0

    def open_lines(self) -> None:
        self.env.process(self.stream())

    def stream(self) -> Generator[Any, Any, None]:
        n = len(self.contacts.row)
        gaps = milliseconds(Exponential(law="exponential", mean=self.every_seconds), self.draws.uniforms("arrival", n))
        for contact, gap in enumerate(gaps.tolist()):
            yield self.env.timeout(gap)
            self.escalate(contact, int(Flag.ITEM), 0, int(self.env.now))


def test_the_pool_fed_by_a_poisson_stream_is_erlang_c() -> None:
    # Three people, 300 s each (exponential), one every 125 s: 2.4 erlangs, 80 % busy.
    agents = {"count": 3, "talk": {"law": "exponential", "mean": 300}, "wrap_up": constant(0), "reach": 1}
    pool = {**agents, "roster": [["00:00", "24:00"]], "weekdays": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]}
    warm_up, batches, size = 2000, 40, 1000
    scenario = tiny(**ROUND_THE_CLOCK, agents=pool)
    trace = run(scenario, people(warm_up + batches * size), PoissonEscalations)
    order = np.argsort(trace.escalations["ready"], kind="stable")
    waits = (trace.escalations["first_start"] - trace.escalations["ready"])[order][warm_up:] / 1000
    by_batch = waits.reshape(batches, size)
    # Service is 1 ms longer than exponential (wrap-up of at least that), far below the interval's width.
    assert_mean(by_batch.mean(axis=1), mean_wait(3, 1 / 125, 300))
    assert_mean((by_batch > 0).mean(axis=1), erlang_c(3, 2.4))


# --- answering and interviews ----------------------------------------------------------------------------------------


def interviewed(trace: Trace) -> NDArray[np.bool_]:
    return np.isin(trace.contacts["disposition"], INTERVIEWED)


def test_interview_share_of_one_attempt() -> None:
    scenario = tiny(
        robot={"lines": 500},
        answering={"base": 0.5, "not_in_service": 0.1},
        questionnaire={"complete": 0.5, "partial": 0.2, "break_off": 0.2},
    )
    shares = [interviewed(t).mean() for t in replications(scenario, people(500), 60)]
    assert_mean(shares, 0.9 * 0.5 * 0.7)


def test_interview_share_of_three_attempts_with_falling_odds() -> None:
    # Live at call k with probability 0.5 × 0.6^(k-1); 70 % of live answers are interviews, the rest is final.
    scenario = tiny(
        robot={"lines": 500, "attempts": 3},
        answering={"base": 0.5, "retry_multiplier": 0.6},
        questionnaire={"complete": 0.7},
    )
    live = 1 - 0.5 * (1 - 0.3) * (1 - 0.18)
    traces = replications(scenario, people(500), 60)
    assert_mean([interviewed(t).mean() for t in traces], 0.7 * live)
    assert_mean([len(t.attempts["contact"]) / 500 for t in traces], 1 + 0.5 + 0.5 * 0.7)


def test_failures_are_shared_out_in_their_proportion() -> None:
    weights = {"no_answer": 30, "busy": 4, "voicemail": 6, "rejected": 11}
    traces = replications(tiny(robot={"lines": 500}, answering={"base": 0.4, **weights}), people(500), 60)
    for outcome, weight in zip((5, 6, 7, 8), weights.values(), strict=True):
        assert_mean([(t.attempts["outcome"] == outcome).mean() for t in traces], 0.6 * weight / 51)


def test_flagged_and_missed_shares() -> None:
    scenario = tiny(
        robot={"lines": 500},
        questionnaire={"items": {"problems": 0.2, "suggestions": 0.1}},
        recognition={"sensitivity": 0.9, "unclear": 0.05},
    )
    traces = replications(scenario, people(500), 60)
    holds = 1 - 0.8 * 0.9
    assert_mean([(t.attempts["flag"] == Flag.ITEM).mean() for t in traces], 0.9 * holds)
    assert_mean([(t.attempts["flag"] == Flag.UNCLEAR).mean() for t in traces], 0.05 * (1 - holds))


def test_items_are_geometric_where_there_are_any() -> None:
    contacts = people(200_000)
    scenario = tiny(questionnaire={"items": {"problems": 0.3, "suggestions": 0, "each": 1.6}})
    held = draw_truth(scenario, contacts, Draws(SEED, 0)).problems
    some = held[held > 0]
    p = 1 / 1.6
    assert abs((held > 0).mean() - 0.3) <= Z * math.sqrt(0.3 * 0.7 / len(held))
    assert abs(some.mean() - 1.6) <= Z * math.sqrt((1 - p) / p**2 / len(some))
    for k in (1, 2, 3):
        share = p * (1 - p) ** (k - 1)
        assert abs((some == k).mean() - share) <= Z * math.sqrt(share * (1 - share) / len(some))


# --- satisfaction and its errors -------------------------------------------------------------------------------------

SELDOM: dict[str, Any] = {"base": 0.5, "seldom": 0.3, "seldom_factor": 0.4}
SCORES = [5, 5, 10, 45, 35]  # 80 % satisfied


def surveys(gap: float, answering: dict[str, Any], recognition: dict[str, Any], n: int = 60) -> dict[str, list[float]]:
    """Figures of the survey over replications, one call to each of 1,000 contacts."""
    contacts = people(1000)
    scenario = tiny(
        robot={"lines": 1000},
        answering=answering,
        recognition=recognition,
        questionnaire={"satisfaction": {"scores": SCORES, "nonresponse_gap": gap}},
    )
    where = setting_of(scenario, contacts)
    found = [survey(trace, where) for trace in replications(scenario, contacts, n)]
    return {name: [one[name] for one in found] for name in found[0]}


def test_satisfaction_is_unbiased_without_a_gap() -> None:
    found = surveys(0, SELDOM, {})
    assert found["nonresponse_error"] == [0.0] * 60
    assert_mean(found["error"], 0)
    assert_mean(found["satisfied"], 0.8)
    assert_mean(found["true_satisfied"], 0.8)


def test_satisfaction_is_biased_by_the_known_amount_where_the_silent_are_less_satisfied() -> None:
    found = surveys(-10, SELDOM, {})
    for error, heard, among in zip(
        found["nonresponse_error"], found["seldom_interviewed"], found["seldom_contacts"], strict=True
    ):
        assert error == pytest.approx(-10 * (heard - among), abs=1e-9)
    # 0.3 × 0.2 of the contacts are seldom and heard, 0.7 × 0.5 are not seldom and heard.
    share = 0.3 * 0.2 / (0.3 * 0.2 + 0.7 * 0.5)
    assert_mean(found["seldom_interviewed"], share)
    assert_mean(found["nonresponse_error"], -10 * (share - 0.3))
    assert_mean(found["error"], -10 * (share - 0.3))
    assert_mean(found["sampling_error"], 0)
    # Overall satisfaction is unchanged by the gap.
    assert_mean(found["true_satisfied"], 0.8)
    assert_mean(found["satisfied"], 0.8 + (-10 * (share - 0.3)) / 100)


def test_satisfaction_is_exact_again_when_everybody_answers() -> None:
    found = surveys(-10, {"base": 1, "seldom": 0.3, "seldom_factor": 1}, {}, 10)
    assert found["respondents"] == [1000.0] * 10
    assert np.abs(found["error"]).max() < 1e-9
    assert np.abs(found["nonresponse_error"]).max() < 1e-9


def test_the_seldom_are_heard_at_last_if_they_are_called_often_enough() -> None:
    contacts = people(300)
    scenario = tiny(
        robot={"lines": 300, "attempts": 50, "retry_minutes": {"no_answer": 1}},
        answering={**SELDOM, "base": 0.8},
        questionnaire={"satisfaction": {"scores": SCORES, "nonresponse_gap": -10}},
    )
    found = survey(run(scenario, contacts), setting_of(scenario, contacts))
    # Missed 50 times: 0.68^50 × 90 contacts, 4e-7.
    assert found["respondents"] == 300
    assert abs(found["error"]) < 1e-9


@pytest.mark.parametrize("misheard", [0.05, 0.4])
def test_recognition_biases_by_its_analytic_value(misheard: float) -> None:
    # Misheard is any other of five options: a satisfied one stays satisfied with 1/4, another becomes so with 2/4.
    found = surveys(0, {"base": 1}, {"misheard": misheard})
    bias = misheard * (0.2 * 2 / 4 - 0.8 * 3 / 4)
    assert_mean(found["recognition_error"], 100 * bias)
    assert_mean(found["satisfied"], 0.8 + bias)


def test_not_understood_loses_answers_and_biases_nothing() -> None:
    found = surveys(0, {"base": 1}, {"not_understood": 0.5, "reprompts": 1})
    assert_mean(np.array(found["respondents"]) / 1000, 1 - 0.5**2)
    assert_mean(found["error"], 0)
    assert found["recognition_error"] == [0.0] * 60


def test_the_printed_margin_covers_at_about_its_level() -> None:
    # Nothing but sampling: the 95 % margin of a share from about 500 of 1,000, finite population.
    found = surveys(0, {"base": 0.5}, {}, 300)
    assert abs(np.mean(found["claim_holds"]) - 0.95) <= Z * math.sqrt(0.95 * 0.05 / 300)


def test_the_four_errors_add_up_with_shared_numbers() -> None:
    n = 200
    one_each = people(n)
    # Every third contact stands for three more businesses, whose satisfaction is their own.
    more = np.repeat(np.arange(0, n, 3), 3)
    contacts = Contacts(
        row=one_each.row,
        number=one_each.number,
        businesses=1 + 3 * (np.arange(n) % 3 == 0).astype(np.int64),
        segment=one_each.segment,
        business_row=np.arange(n + len(more)),
        business_contact=np.concatenate([np.arange(n), more]),
        business_segment=np.zeros(n + len(more), dtype=np.int64),
        rows=n + len(more),
        numbers=n,
    )
    scenario = tiny(
        robot={"lines": n},
        answering=SELDOM,
        recognition={"misheard": 0.2, "not_understood": 0.1},
        questionnaire={"satisfaction": {"scores": SCORES, "nonresponse_gap": -10}},
    )
    where = setting_of(scenario, contacts)
    for trace in replications(scenario, contacts, 20):
        found = survey(trace, where)
        parts = ("recognition_error", "sampling_error", "nonresponse_error", "shared_number_error")
        assert found["error"] == pytest.approx(sum(found[part] for part in parts), abs=1e-9)
        assert found["shared_number_error"] != 0
        assert found["true_satisfied_businesses"] == pytest.approx(np.mean(trace.businesses["score"] >= 4))


# --- common random numbers -------------------------------------------------------------------------------------------


def test_common_random_numbers_cut_the_variance_of_a_difference() -> None:
    """Three attempts against two: the difference of interviews with the same people and with other people."""
    contacts = people(300)
    answering = {"base": 0.4, "not_in_service": 0.05}
    three, two = (tiny(robot={"lines": 300, "attempts": k}, answering=answering) for k in (3, 2))

    def interviews(scenario: Scenario, seed: int) -> NDArray[np.float64]:
        return np.array([float(interviewed(t).sum()) for t in replications(scenario, contacts, 100, seed)])

    base = interviews(three, 1)
    paired, apart = base - interviews(two, 1), base - interviews(two, 2)
    # Binomial variances: third answers alone (p = 0.137: 35) against three calls and two (p = 0.745, 0.608: 57 + 71): a
    # ratio of 0.28. With 100 replications it is measured above 0.67 with probability 1e-5.
    assert paired.var(ddof=1) < apart.var(ddof=1) / 1.5
    # A third call can only add interviews, contact by contact.
    assert (paired >= 0).all()
    third = 300 * 0.95 * 0.6**2 * 0.4
    assert_mean(paired, third)


def test_a_plan_that_changes_only_people_changes_no_call() -> None:
    contacts = people(200)
    one, two = (tiny(agents={"count": k}, answering={"base": 0.5}) for k in (1, 2))
    for a, b in zip(replications(one, contacts, 3), replications(two, contacts, 3), strict=True):
        assert all((a.attempts[name] == b.attempts[name]).all() for name in a.attempts)


# --- laws ------------------------------------------------------------------------------------------------------------

_SHAPE, _VARIANCE = (60 / 36) ** 2, math.log1p(0.36)
CLOSED_FORMS: list[tuple[Law, Any]] = [
    (Uniform(law="uniform", low=2, high=5), stats.uniform(2, 3)),
    (Exponential(law="exponential", mean=30), stats.expon(scale=30)),
    (Gamma(law="gamma", mean=60, sd=36), stats.gamma(_SHAPE, scale=60 / _SHAPE)),
    (
        Lognormal(law="lognormal", mean=60, sd=36),
        stats.lognorm(math.sqrt(_VARIANCE), scale=60 * math.exp(-_VARIANCE / 2)),
    ),
]
U = np.linspace(0.0005, 0.9995, 2001)


@pytest.mark.parametrize(("law", "closed"), CLOSED_FORMS)
def test_laws_are_their_closed_forms(law: Law, closed: Any) -> None:
    np.testing.assert_allclose(law.quantile(U), closed.ppf(U), rtol=1e-7)
    assert law.mean_value() == pytest.approx(closed.mean())


SEVERAL: list[Law] = [
    *(law for law, _ in CLOSED_FORMS),
    Constant(law="constant", value=30),
    Quantiles(law="quantiles", p=(0, 0.5, 1), x=(5, 40, 300)),
    Table(law="table", values=(9, 1, 4), weights=(1, 2, 1)),
    Table(law="table", values=(3, 1)),
    Mixture(law="mixture", parts=(Part(weight=0.3, low=18, high=22), Part(weight=0.7, low=6, high=10))),
    Mixture(law="mixture", parts=(Part(weight=1, low=0, high=1), Part(weight=3, low=5, high=5))),
]


@pytest.mark.parametrize("law", SEVERAL)
def test_a_larger_uniform_never_gives_a_shorter_time_and_the_mean_is_right(law: Law) -> None:
    x = law.quantile(np.array([0.0, *U, 1 - 2**-53]))
    assert (np.diff(x) >= 0).all()
    assert np.isfinite(x).all() and (x >= 0).all()
    # ∫ quantile = mean; midpoints of a million cells leave out little of the tails.
    cells = (np.arange(1_000_000) + 0.5) / 1_000_000
    assert law.quantile(cells).mean() == pytest.approx(law.mean_value(), rel=1e-3)


def test_means_by_hand() -> None:
    quick_or_slow = Mixture(law="mixture", parts=(Part(weight=0.7, low=6, high=10), Part(weight=0.3, low=18, high=22)))
    assert quick_or_slow.mean_value() == pytest.approx(0.7 * 8 + 0.3 * 20)
    assert Quantiles(law="quantiles", p=(0, 0.5, 1), x=(5, 40, 300)).mean_value() == pytest.approx((22.5 + 170) / 2)
    assert Table(law="table", values=(9, 1, 4), weights=(1, 2, 1)).mean_value() == pytest.approx(15 / 4)


def test_overlapping_parts_are_still_an_exact_sample_of_the_mixture() -> None:
    law = Mixture(law="mixture", parts=(Part(weight=1, low=0, high=10), Part(weight=1, low=4, high=6)))
    x = law.quantile((np.arange(200_000) + 0.5) / 200_000)
    assert (x <= 5).mean() == pytest.approx(0.5, abs=1e-4)
    assert (x <= 2).mean() == pytest.approx(0.1, abs=1e-4)


def test_milliseconds_are_whole_and_at_least_one() -> None:
    assert milliseconds(Constant(law="constant", value=0), np.array([0.3])).tolist() == [1]
    assert milliseconds(Constant(law="constant", value=0.0004), np.array([0.3])).tolist() == [1]
    assert milliseconds(Constant(law="constant", value=1.2345), np.array([0.3])).tolist() == [1234]
    assert milliseconds(Constant(law="constant", value=2), np.array([0.3]), 3_600_000).tolist() == [7_200_000]
    drawn = milliseconds(Exponential(law="exponential", mean=0.001), U)
    assert drawn.dtype == np.int64 and drawn.min() == 1


# --- dispositions ----------------------------------------------------------------------------------------------------


def test_random_order_is_fair() -> None:
    """Over replications every contact is called first equally often: chi-square at 1e-4."""
    contacts, n = people(5), 500
    times = timetable(tiny())
    scenario = tiny(robot={"order": "random"})
    first = [CallsOnly(scenario, contacts, times, Draws(SEED, r)).physics.rank.index(0) for r in range(n)]
    counts = np.bincount(first, minlength=5)
    assert stats.chisquare(counts).pvalue > 1e-4


def test_dispositions_partition_the_contacts() -> None:
    scenario = tiny(
        robot={"lines": 3, "attempts": 2},
        answering={"base": 0.5, "not_in_service": 0.2},
        questionnaire={"complete": 0.4, "partial": 0.2, "break_off": 0.1, "opt_out": 0.1},
    )
    for trace in replications(scenario, people(100), 10):
        assert np.bincount(trace.contacts["disposition"], minlength=len(Disposition)).sum() == 100
