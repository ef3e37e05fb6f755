"""What a running campaign's log says of guesses, each part against the law that it must have after Bayes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from callbacksim.campaign.outcomes import LIVE, Outcome
from callbacksim.campaign.simpy_engine import simulate
from callbacksim.campaign.standing import Standing, cut
from callbacksim.campaign.tracelog import Log
from callbacksim.scenario.calendar import timetable
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.uncertain import unknowns
from callbacksim.study.uncertain import drawn
from callbacksim.study.weighed import Told, Weighed, weigh
from helpers import at, people, tiny

PEOPLE = people(400)
NOON = at("12:00", day=2)


def scenario(uncertain: dict[str, Any] | None = None, **changes: Any) -> Scenario:
    """Calls of first attempts mostly; what is not named in `uncertain` is known."""
    tree = {
        "robot": {"lines": 1, "attempts": 1},
        "answering": {"base": 0.4, "busy": 1, "voicemail": 1, "rejected": 1, "not_in_service": 0.1, "hour_index": {}},
        "questionnaire": {"complete": 0.5, "partial": 0.2, "items": {"problems": 0.2, "suggestions": 0}},
        "recognition": {"sensitivity": 0.9, "unclear": 0.1, "misheard": 0.02},
        "agents": {"count": 1, "reach": 0.6, "tries": 4,
                   "talk": {"law": "lognormal", "mean": 200, "sd": 100}, "wrap_up": {"law": "constant", "value": 60}},
        "study": {"horizon_days": 20},
    }  # fmt: skip
    for section, values in changes.items():
        tree.setdefault(section, {}).update(values)
    one = tiny(**tree)
    known = {guess.path: "known" for guess in unknowns(one)[0]}
    return tiny(**tree, uncertain={**known, **(uncertain or {})})


def log_of(plan: Scenario, moment: int = NOON) -> tuple[Log, Standing]:
    """A campaign that went as the scenario says, up to a moment."""
    standing = cut(simulate(plan, PEOPLE, 4), moment)
    log = Log((), standing.attempts, standing.recorded, standing.people, standing.recordings, standing.ledger)
    return log, standing


def weighed(plan: Scenario, log: Log, standing: Standing) -> Weighed:
    return weigh(plan, PEOPLE, timetable(plan), log, standing, unknowns(plan)[0])


def part(plan: Scenario, path: str) -> tuple[Told, Standing]:
    """What the log says of the only input that is drawn."""
    log, standing = log_of(plan)
    found = weighed(plan, log, standing)
    assert found.paths == {path}
    return found.parts[0], standing


def same(told: Told, law: Any, low: float, high: float) -> None:
    """The quantiles are those of a law within a range; 2,000 sets over it are so far apart."""
    for p in (0.025, 0.2, 0.5, 0.8, 0.975):
        inside = law.cdf(low) + p * (law.cdf(high) - law.cdf(low))
        assert told.quantile(0, p) == pytest.approx(float(law.ppf(inside)), abs=0.01 * law.std())


@pytest.mark.parametrize(("low", "high"), [(0.1, 0.9), (0.38, 0.45)])  # wide, and as `calibrate` would write it
def test_a_probability_of_answers_has_the_beta_law_within_its_range(low: float, high: float) -> None:
    told, standing = part(scenario({"answering.base": [low, high]}), "answering.base")
    calls = standing.attempts["outcome"][standing.ended]
    rung = calls[calls != Outcome.NOT_IN_SERVICE]
    answered = int(np.isin(rung, LIVE).sum())
    same(told, stats.beta(answered + 1, len(rung) - answered + 1), low, high)


def test_what_is_known_by_its_order_of_magnitude_is_flat_on_the_logarithm() -> None:
    told, standing = part(scenario({"answering.base": [0.05, 0.95]}), "answering.base")
    calls = standing.attempts["outcome"][standing.ended]
    rung = calls[calls != Outcome.NOT_IN_SERVICE]
    answered = int(np.isin(rung, LIVE).sum())
    same(told, stats.beta(answered, len(rung) - answered + 1), 0.05, 0.95)  # a density that falls as 1 ÷ p


def test_so_has_the_share_out_of_service() -> None:
    told, standing = part(scenario({"answering.not_in_service": [0.04, 0.3]}), "answering.not_in_service")
    dead = int((standing.attempts["outcome"] == Outcome.NOT_IN_SERVICE).sum())
    called = len(np.unique(standing.attempts["contact"]))
    same(told, stats.beta(dead + 1, called - dead + 1), 0.04, 0.3)


def test_so_have_results_of_interviews_and_reached_tries() -> None:
    told, standing = part(scenario({"questionnaire.complete": [0.1, 0.79]}), "questionnaire.complete")
    counts = np.bincount(standing.attempts["outcome"][standing.ended], minlength=10)
    # Partial and broken off are known; the refusals are what is left: complete ÷ (1 − those) has a beta law.
    form = scenario().questionnaire
    room = 1 - form.partial - form.break_off - form.opt_out
    law = stats.beta(counts[Outcome.COMPLETE] + 1, counts[Outcome.REFUSAL] + 1, scale=room)
    same(told, law, 0.1, 0.79)
    told, standing = part(scenario({"agents.reach": [0.1, 0.9]}), "agents.reach")
    assert standing.people is not None
    over = standing.people.tries["end"] < standing.at
    reached = int(standing.people.tries["reached"][over].sum())
    same(told, stats.beta(reached + 1, int(over.sum()) - reached + 1), 0.1, 0.9)


def test_flags_tell_of_unclear_interviews_beside_the_items_that_are_heard() -> None:
    told, standing = part(scenario({"recognition.unclear": [0.02, 0.19]}), "recognition.unclear")
    final = np.isin(standing.attempts["outcome"], (Outcome.COMPLETE, Outcome.PARTIAL)) & standing.ended
    sent = int((standing.attempts["flag"][final] > 0).sum())
    # A fifth holds an item, heard with 0.9: the share sent is 0.18 + 0.8 × unclear.
    share = stats.beta(sent + 1, int(final.sum()) - sent + 1, loc=-0.18 / 0.8, scale=1 / 0.8)
    same(told, share, 0.02, 0.19)


def test_a_mean_of_many_lengths_is_normal_that_of_a_sum_tells_of_its_parts_together() -> None:
    told, standing = part(scenario({"agents.talk": [20, 900]}), "agents.talk")
    assert standing.people is not None
    tries = standing.people.tries
    held = tries["hold"][(tries["reached"] == 1) & (tries["end"] < standing.at)] / 1000
    law = stats.norm(held.mean() - 60, held.std(ddof=1) / math.sqrt(len(held)))
    # Flat on the logarithm, as lengths are drawn: over so narrow a law that moves the mean by variance ÷ mean.
    assert told.quantile(0, 0.5) == pytest.approx(law.mean() - law.var() / law.mean(), abs=0.02 * law.std() + 0.5)
    both = scenario({"agents.talk": [20, 900], "agents.wrap_up": [20, 900]})
    (pair,) = weighed(both, *log_of(both)).parts
    sums = pair.values.sum(axis=1)
    weight = np.diff(pair.below, prepend=0.0)
    assert float(weight @ sums) == pytest.approx(held.mean(), abs=0.3 * law.std())
    assert math.sqrt(float(weight @ (sums - weight @ sums) ** 2)) == pytest.approx(law.std(), rel=0.1)


def test_what_the_log_does_not_tell_is_drawn_as_ever() -> None:
    plan = scenario({"answering.base": [0.2, 0.7], "agents.reach": [0.3, 0.9], "recognition.misheard": [0.01, 0.1]})
    log, standing = log_of(plan)
    calls_only = Log((), log.attempts, {})
    silent = Standing(standing.at, standing.attempts)
    assert weighed(plan, calls_only, silent).paths == {"answering.base"}
    assert weighed(plan, log, standing).paths == {"answering.base", "agents.reach"}
    # Before the first call nothing is told at all.
    early = cut(simulate(plan, PEOPLE, 4), 0)
    assert weighed(plan, Log((), early.attempts, {}), early).paths == frozenset()


def test_a_log_without_words_for_it_says_nothing_of_why_calls_failed() -> None:
    plan = scenario({"answering.busy": [0.5, 5], "answering.not_in_service": [0.01, 0.5]})
    log, standing = log_of(plan)
    assert weighed(plan, log, standing).paths == {"answering.busy", "answering.not_in_service"}
    silent = Log((), log.attempts, {}, unexplained=5)
    assert weighed(plan, silent, standing).paths == frozenset()
    wordless = Log((), log.attempts, {}, complete=False)
    assert weighed(plan, wordless, standing).paths == {"answering.not_in_service"}


def test_sets_have_addresses_and_keep_order() -> None:
    plan = scenario({"answering.base": [0.2, 0.7], "questionnaire.complete": [0.2, 0.7]})
    found = weighed(plan, *log_of(plan))
    assert found.drawn(1, 5) == found.drawn(1, 5) != found.drawn(1, 6)
    assert found.drawn(1, 5, turn=1) != found.drawn(1, 5)
    alone = weighed(scenario({"answering.base": [0.2, 0.7]}), *log_of(plan))
    assert alone.drawn(1, 5) == {"answering.base": found.drawn(1, 5)["answering.base"]}
    values = [alone.parts[0].at(u)["answering.base"] for u in np.linspace(0, 1, 50)]
    assert values == sorted(values)
    plain = drawn(unknowns(plan)[0], 1, 5)
    assert set(plain) == set(found.drawn(1, 5))


def test_the_range_that_is_shown_is_where_the_log_leaves_an_input() -> None:
    plan = scenario({"answering.base": [0.2, 0.7], "recognition.misheard": [0.01, 0.1]})
    found = weighed(plan, *log_of(plan))
    base, misheard = found.inputs(unknowns(plan)[0])
    assert base.told and not misheard.told and (misheard.low, misheard.high) == (0.01, 0.1)
    assert 0.2 < base.low < base.high < 0.7 and base.high - base.low < 0.25


def test_a_log_that_speaks_against_a_range_is_said() -> None:
    plan = scenario({"answering.base": [0.7, 0.9]}, answering={"base": 0.8})
    log, standing = log_of(scenario())
    assert weighed(plan, log, standing).doubts == (
        "the log speaks against the range of answering.base (range 0.7 to 0.9): calibrate it, or widen that in "
        "[uncertain]",
    )
    assert weighed(scenario({"answering.base": [0.2, 0.7]}), log, standing).doubts == ()
    # That nobody is out of reach is no contradiction: more than all there are not.
    everybody = scenario({"answering.reachable": [0.5, 1.0]}, robot={"attempts": 3})
    assert weighed(everybody, *log_of(everybody)).doubts == ()
