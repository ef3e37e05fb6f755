"""The dialogue, resolved before any line is seized: talk time, result, and the satisfaction that was heard.

Two forms, one result. The short form draws result and talk time from shares and laws; the long form walks through
the questions. An engine never sees a question.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.outcomes import Outcome
from callbacksim.campaign.truth import Truth
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.laws import Lognormal, milliseconds
from callbacksim.scenario.schema import InterviewTalk, Question, Scenario

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
SCORE_OPTIONS = ("1", "2", "3", "4", "5")
YES_NO = ("yes", "no")
NOT_HEARD = -1


@dataclass(frozen=True)
class Interviews:
    """What a live answer at one attempt would lead to, for every contact: shape (contacts,)."""

    result: Ints  # an `Outcome` of COMPLETE … OPT_OUT
    talk: Ints  # ms
    score: Ints  # satisfaction heard, 1 to 5, 0 where none was; it counts if the interview is final
    answers: dict[str, Ints]  # heard option by question id (long form), NOT_HEARD where none


def resolve(scenario: Scenario, contacts: Contacts, truth: Truth, draws: Draws, attempt: int) -> Interviews:
    """The interviews of everybody's attempt number `attempt` (from 1), should it be answered."""
    if scenario.questionnaire.questions:
        return _dialogue(scenario, contacts, truth, draws, attempt)
    return _short_form(scenario, contacts, truth, draws, attempt)


def _short_form(scenario: Scenario, contacts: Contacts, truth: Truth, draws: Draws, attempt: int) -> Interviews:
    form = scenario.questionnaire
    by_people = scenario.study.mode == "manual"
    laws = scenario.manual.talk if by_people else form.talk
    u = draws.uniforms("result", contacts.rows, attempt)[contacts.row]
    edges = np.cumsum([form.complete, form.partial, form.break_off, form.opt_out])
    results = np.array([Outcome.COMPLETE, Outcome.PARTIAL, Outcome.BREAK_OFF, Outcome.OPT_OUT, Outcome.REFUSAL])
    # Rounding may leave the sum of the shares a hair below 1 where no refusal is meant.
    result = results[np.searchsorted(edges + 1e-12, u, side="right")]
    talk = _talk(laws, result, draws.uniforms("talk", contacts.rows, attempt)[contacts.row])
    heard = _heard(scenario, truth.score - 1, 5, "satisfaction", contacts, draws, attempt)[0]
    return Interviews(result, talk, heard + 1, {})


def _talk(laws: InterviewTalk, result: Ints, u: Floats) -> Ints:
    early = milliseconds(laws.early, u)
    complete = np.where(result == Outcome.COMPLETE, milliseconds(laws.complete, u), early)
    return np.where(result == Outcome.PARTIAL, milliseconds(laws.partial, u), complete)


def _heard(
    scenario: Scenario, true: Ints, options: int, question: str, contacts: Contacts, draws: Draws, attempt: int
) -> tuple[Ints, Ints]:
    """The option heard (NOT_HEARD after all reprompts) and how often the question was asked, per contact.

    People hear everything right at once. A robot does not understand an asking with probability `not_understood`;
    what it understands is another option, each as likely, with probability `misheard`.
    """
    if scenario.study.mode == "manual":
        return true, np.ones_like(true)
    recognition = scenario.recognition
    asked = np.full(len(true), recognition.reprompts + 1)
    heard = np.full(len(true), NOT_HEARD)
    for asking in range(recognition.reprompts, -1, -1):
        u = draws.uniforms(f"understood/{question}/{asking}", contacts.rows, attempt)[contacts.row]
        understood = u >= recognition.not_understood
        asked = np.where(understood, asking + 1, asked)
        heard = np.where(understood, true, heard)
    if options > 1:
        wrong = draws.uniforms(f"misheard/{question}", contacts.rows, attempt)[contacts.row] < recognition.misheard
        which = draws.uniforms(f"heard as/{question}", contacts.rows, attempt)[contacts.row]
        other = (true + 1 + np.floor(which * (options - 1)).astype(np.int64)) % options
        heard = np.where(wrong & (heard != NOT_HEARD), other, heard)
    return heard, asked


def _dialogue(scenario: Scenario, contacts: Contacts, truth: Truth, draws: Draws, attempt: int) -> Interviews:
    """Question by question; vectorised over contacts, who drop out one by one."""
    form = scenario.questionnaire
    n = len(contacts.row)

    def uniform(stream: str, turn: int = attempt) -> Floats:
        return draws.uniforms(stream, contacts.rows, turn)[contacts.row]

    there = uniform("opt out") >= form.opt_out
    opted_out = ~there
    talk = np.full(n, form.opening_seconds)
    gone = np.zeros(n, dtype=bool)
    asked_any = np.zeros(n, dtype=bool)
    required = np.zeros(n, dtype=np.int64)
    put = np.zeros(n, dtype=np.int64)  # required questions that were put to the contact
    answered = np.zeros(n, dtype=np.int64)  # those of them whose answer was understood
    score = np.zeros(n, dtype=np.int64)
    heard_all: dict[str, Ints] = {}
    for question in form.questions:
        relevant = _relevant(question, heard_all, n, form.questions) & ~opted_out
        options = len(options_of(question))
        true = truth.score - 1 if question.satisfaction else _true_answer(question, uniform(f"true/{question.id}", 0))
        heard, asked = _heard(scenario, true, options, question.id, contacts, draws, attempt)
        leaves = relevant & ~gone & (uniform(f"break-off/{question.id}") < question.break_off)
        gone |= leaves
        reached = relevant & ~gone
        # Whoever hangs up does so half-way through the first asking, on average.
        talk = talk + np.where(reached, asked * question.seconds, np.where(leaves, question.seconds / 2, 0.0))
        heard = np.where(reached, heard, NOT_HEARD)
        heard_all[question.id] = heard
        asked_any |= reached
        if question.required:
            required += relevant
            put += reached
            answered += reached & (heard != NOT_HEARD)
        if question.satisfaction:
            score = np.where(reached & (heard != NOT_HEARD), heard + 1, 0)
    # Whoever hangs up only when all required questions are through has completed the interview.
    through = ~gone | ((put == required) & (required > 0))
    enough = answered >= np.maximum(form.partial_from * required, 1e-9)
    result = np.select(
        [opted_out, through, enough, asked_any],
        [Outcome.OPT_OUT, Outcome.COMPLETE, Outcome.PARTIAL, Outcome.BREAK_OFF],
        Outcome.REFUSAL,
    ).astype(np.int64)
    # Each contact has a tempo of its own, the same at every call.
    tempo = Lognormal(law="lognormal", mean=1, sd=form.tempo_sd).quantile(uniform("tempo", 0))
    talk_ms = np.maximum(np.rint(talk * tempo * 1000), 1).astype(np.int64)
    if scenario.study.mode == "manual":
        talk_ms = _talk(scenario.manual.talk, result, uniform("talk"))
    return Interviews(result, talk_ms, score, heard_all)


def options_of(question: Question) -> tuple[str, ...]:
    """The possible answers; an open question has one: that something was said."""
    return {"score": SCORE_OPTIONS, "yes_no": YES_NO, "choice": question.options, "open": ("said",)}[question.kind]


def _true_answer(question: Question, u: Floats) -> Ints:
    weights = np.array(question.shares or (1.0,) * len(options_of(question)))
    edges = np.cumsum(weights) / weights.sum()
    return np.minimum(np.searchsorted(edges, u, side="right"), len(weights) - 1).astype(np.int64)


def _relevant(question: Question, heard: dict[str, Ints], n: int, questions: tuple[Question, ...]) -> NDArray[np.bool_]:
    if question.ask_if is None:
        return np.ones(n, dtype=bool)
    earlier = next(q for q in questions if q.id == question.ask_if.question)
    options = options_of(earlier)
    return np.isin(heard[earlier.id], [options.index(answer) for answer in question.ask_if.heard])
