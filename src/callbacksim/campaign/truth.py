"""What is true of the people on the register, whatever anyone hears: in service, satisfied, holding a problem.

Drawn once per replication and the same under every plan. Numbers carry what belongs to answering, rows what belongs
to the business: a number shared by two businesses has one in-service state and two satisfactions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.draws import Draws
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.schema import Scenario, Segment

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Truth:
    """Arrays of length contacts, but for the businesses' (length kept and duplicate rows)."""

    in_service: Bools  # of the contact's number
    seldom: Bools  # the contact belongs to the latent group that seldom answers
    expected: Floats  # probability to be satisfied of the contact's kind of people (segment, seldom)
    score: Ints  # true satisfaction, 1 to 5
    business_score: Ints  # of every business
    problems: Ints  # items held
    suggestions: Ints


def satisfied(score: Ints) -> Bools:
    """Satisfied means a score of 4 or 5."""
    return score >= 4


def draw_truth(scenario: Scenario, contacts: Contacts, draws: Draws) -> Truth:
    """The truth of one replication."""
    answering = scenario.answering
    dead = draws.uniforms("in service", contacts.numbers) < answering.not_in_service
    seldom = draws.uniforms("seldom", contacts.numbers) < answering.seldom
    row_score = draws.uniforms("score", contacts.rows)
    groups = _segments(scenario)

    def scores(rows: Ints, number: Ints, segment: Ints) -> tuple[Floats, Ints]:
        weights = np.array([group.scores or scenario.questionnaire.satisfaction.scores for group in groups])
        expected = satisfied_share(scenario, weights)[segment, seldom[number].astype(int)]
        return expected, _score(row_score[rows], expected, weights[segment])

    expected, score = scores(contacts.row, contacts.number, contacts.segment)
    _, business_score = scores(
        contacts.business_row, contacts.number[contacts.business_contact], contacts.business_segment
    )
    each = scenario.questionnaire.items.each
    problems, suggestions = held_shares(scenario)
    return Truth(
        in_service=~dead[contacts.number],
        seldom=seldom[contacts.number],
        expected=expected,
        score=score,
        business_score=business_score,
        problems=_held(
            draws.uniforms("problem", contacts.rows)[contacts.row],
            problems[contacts.segment],
            each,
        ),
        suggestions=_held(
            draws.uniforms("suggestion", contacts.rows)[contacts.row],
            suggestions[contacts.segment],
            each,
        ),
    )


def satisfied_share(scenario: Scenario, weights: Floats) -> Floats:
    """Satisfied share by segment and latent group, shape (segments, 2), of score weights (segments, 5).

    Column 1 is the group that seldom answers: `nonresponse_gap` percentage points from the others, the share of
    all together unchanged.
    """
    overall = weights[:, 3:].sum(axis=1) / weights.sum(axis=1)
    gap = scenario.questionnaire.satisfaction.nonresponse_gap / 100
    share = scenario.answering.seldom
    return np.stack([overall - gap * share, overall + gap * (1 - share)], axis=1)


def score_shares(scenario: Scenario) -> Floats:
    """How likely each score is, the best first, by segment and latent group: shape (segments + 1, 2, 5)."""
    weights = np.array([group.scores or scenario.questionnaire.satisfaction.scores for group in _segments(scenario)])
    expected = satisfied_share(scenario, weights)
    five, three, two = (part[:, None] for part in _within(weights))
    worse = 1 - expected
    return np.stack(
        [expected * five, expected * (1 - five), worse * three, worse * two, worse * (1 - three - two)], axis=2
    )


def _within(weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Shares of score 5 among the satisfied, of 3 and of 2 among the others."""
    good = weights[:, 3:].sum(axis=1)
    bad = weights[:, :3].sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        five = np.where(good > 0, weights[:, 4] / good, 1.0)
        three = np.where(bad > 0, weights[:, 2] / bad, 1.0)
        two = np.where(bad > 0, weights[:, 1] / bad, 0.0)
    return five, three, two


def _score(u: Floats, expected: Floats, weights: Floats) -> Ints:
    """Scores whose satisfied share is `expected`; among the satisfied, and among the others, in proportion."""
    five, three, two = _within(weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        v = np.where(u < expected, u / expected, (u - expected) / (1 - expected))
    happy = np.where(v < five, 5, 4)
    unhappy = np.where(v < three, 3, np.where(v < three + two, 2, 1))
    return np.where(u < expected, happy, unhappy).astype(np.int64)


def _held(u: Floats, share: Floats, each: float) -> Ints:
    """How many items: none with probability 1 − share, else geometric with mean `each`."""
    more = 1 - 1 / each
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        # Given that there is one, u/share is uniform: the tail P(N > n) = more^n is inverted.
        tail = np.where(u < share, u / share, 1.0)
        extra = np.floor(np.log(np.maximum(tail, 1e-300)) / np.log(more)) if more > 0 else np.zeros_like(u)
    return np.where(u < share, 1 + extra, 0).astype(np.int64)


def _segments(scenario: Scenario) -> list[Segment]:
    """The segments by number; 0 stands for everybody whom none fits."""
    return [Segment(), *scenario.segments.values()]


def held_shares(scenario: Scenario) -> tuple[Floats, Floats]:
    """Shares of contacts that hold a problem, and a suggestion, by segment (0: none fits): shape (segments + 1,)."""
    items, groups = scenario.questionnaire.items, _segments(scenario)
    problems = np.array([_first(group.problems, items.problems) for group in groups])
    return problems, np.array([_first(group.suggestions, items.suggestions) for group in groups])


def _first(own: float | None, common: float) -> float:
    return common if own is None else own
