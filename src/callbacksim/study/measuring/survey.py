"""What the survey itself finds, and how far it is from the truth that only a simulator knows.

The error of the published share is taken apart, exactly, into four (all in percentage points)::

    published - truth of the businesses =   recognition      heard - true, among those who were heard
                                          + sampling         who happened to be interviewed among their like
                                          + non-response     which kinds of people are interviewed
                                          + shared numbers   one answer for all businesses behind a number

Kinds of people are segment and latent group (seldom answers or not); with one segment the non-response error is
gap x (share of the seldom among the heard - among the contacts).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.interview import SCORE_OPTIONS, options_of
from callbacksim.campaign.trace import Trace
from callbacksim.campaign.truth import satisfied
from callbacksim.study.estimates import finite_population_margin
from callbacksim.study.measuring.measures import Measure
from callbacksim.study.setting import Setting

SMALL_CELL = 30
"""Cells with fewer answers are marked: their shares move by more than three points with one answer."""

CATALOGUE: dict[str, Measure] = {
    "respondents": Measure("contacts", "answers to the satisfaction question", "满意度有效回答"),
    "satisfied": Measure("share", "satisfied (the published figure, per number)", "满意率（按号码）"),
    "satisfied_businesses": Measure(
        "share", "satisfied, weighted by the businesses behind a number", "满意率（按主体）"
    ),
    "mean_score": Measure("score 1-5", "mean score", "平均分"),
    "true_satisfied": Measure("share", "truly satisfied contacts", "真实满意率（按号码）"),
    "true_satisfied_businesses": Measure("share", "truly satisfied businesses", "真实满意率（按主体）"),
    "true_mean_score": Measure("score 1-5", "true mean score of the contacts", "真实平均分"),
    "claimed_margin": Measure("percentage points", "margin that the survey would print", "抽样误差（自报）"),
    "claim_holds": Measure("probability", "truth lies within the printed margin", "真值落入误差范围"),
    "error": Measure("percentage points", "published minus truth of the businesses", "总误差", signed=True),
    "sampling_error": Measure("percentage points", "sampling error", "抽样误差", signed=True),
    "sampling_error_size": Measure("percentage points", "sampling error, root mean square", "抽样误差（均方根）"),
    "nonresponse_error": Measure("percentage points", "non-response error", "无应答误差", signed=True),
    "recognition_error": Measure("percentage points", "recognition error", "识别误差", signed=True),
    "shared_number_error": Measure("percentage points", "shared-number (coverage) error", "共号误差", signed=True),
    "seldom_interviewed": Measure("share", "those who seldom answer, among the heard", "少接听者占比（受访）"),
    "seldom_contacts": Measure("share", "those who seldom answer, among the contacts", "少接听者占比（全体）"),
}

OF_ONE = tuple(name for name in CATALOGUE if name != "sampling_error_size")
"""The figures that a replication has; a root mean square needs many."""


@dataclass(frozen=True)
class Cell:
    """Satisfaction in one cell of a division, in one replication."""

    dimension: str
    label: str
    contacts: int
    heard: int
    satisfied: int
    truly_satisfied: int  # among all contacts of the cell


@dataclass(frozen=True)
class Answer:
    """How often one option of a question was heard in one replication, and how often any option was."""

    question: str
    option: str
    heard: int
    answers: int


def answers(trace: Trace, setting: Setting) -> tuple[Answer, ...]:
    """The answers to every question of the dialogue; in the short form, to the satisfaction question alone."""
    if not len(trace.contacts["contact"]):
        return ()
    questions = setting.scenario.questionnaire.questions
    columns = [(question.id, options_of(question), trace.answers[question.id]) for question in questions]
    if not questions:
        columns = [("satisfaction", SCORE_OPTIONS, trace.contacts["heard"] - 1)]
    found = []
    for question, options, heard in columns:
        counts = np.bincount(heard[heard >= 0], minlength=len(options)).tolist()
        found += [Answer(question, option, count, sum(counts)) for option, count in zip(options, counts, strict=True)]
    return tuple(found)


def survey(trace: Trace, setting: Setting) -> dict[str, float]:
    """All figures of the catalogue that one replication has."""
    contacts = trace.contacts
    heard = contacts["heard"] > 0
    n, population = int(heard.sum()), len(heard)
    if not population:  # a ledger by itself: there is no survey
        return dict.fromkeys(OF_ONE, math.nan)
    truth = satisfied(contacts["score"])
    business_truth = float(satisfied(trace.businesses["score"]).mean())
    contact_truth = float(truth.mean())
    if n and not setting.truth_is_heard:
        return dict.fromkeys(OF_ONE, math.nan) | _published(trace, setting)
    base = {
        "respondents": float(n),
        "true_satisfied": contact_truth,
        "true_satisfied_businesses": business_truth,
        "true_mean_score": float(contacts["score"].mean()),
        "seldom_contacts": float(contacts["seldom"].mean()),
    }
    if n == 0:
        return base | dict.fromkeys((name for name in OF_ONE if name not in base), math.nan)
    published = float(satisfied(contacts["heard"][heard]).mean())
    true_of_heard = float(truth[heard].mean())
    # From the first contact's value on, so that one kind of people gives exactly 0.
    kinds = trace.expected - trace.expected[0]
    nonresponse = float(kinds[heard].mean() - kinds.mean())
    found = _published(trace, setting)
    margin = found["claimed_margin"] / 100
    return base | {
        **found,
        "claim_holds": math.nan if math.isnan(margin) else float(abs(published - business_truth) <= margin),
        "error": 100 * (published - business_truth),
        "recognition_error": 100 * (published - true_of_heard),
        "sampling_error": 100 * (true_of_heard - contact_truth - nonresponse),
        "nonresponse_error": 100 * nonresponse,
        "shared_number_error": 100 * (contact_truth - business_truth),
        "seldom_interviewed": float(contacts["seldom"][heard].mean()),
    }


def _published(trace: Trace, setting: Setting) -> dict[str, float]:
    """What the survey itself can print, of at least one answer."""
    heard, weights = trace.contacts["heard"], trace.contacts["businesses"]
    given = heard > 0
    good = satisfied(heard[given])
    level = setting.scenario.study.confidence
    return {
        "respondents": float(given.sum()),
        "satisfied": float(good.mean()),
        "satisfied_businesses": float(good @ weights[given] / weights[given].sum()),
        "mean_score": float(heard[given].mean()),
        "claimed_margin": 100 * finite_population_margin(float(good.mean()), int(given.sum()), len(heard), level),
    }


def cells(trace: Trace, setting: Setting) -> tuple[Cell, ...]:
    """Satisfaction by kind, industry and area."""
    contacts = trace.contacts
    heard = contacts["heard"] > 0
    found = heard & satisfied(contacts["heard"])
    truth = satisfied(contacts["score"])

    def count(codes: NDArray[np.int64], labels: tuple[str, ...], which: NDArray[np.bool_]) -> list[int]:
        counts: list[int] = np.bincount(codes[which], minlength=len(labels)).tolist()
        return counts

    return tuple(
        Cell(division.dimension, label, *numbers)
        for division in setting.cells
        for label, *numbers in zip(
            division.labels,
            *(count(division.codes, division.labels, which) for which in (np.ones_like(heard), heard, found, truth)),
            strict=True,
        )
    )
