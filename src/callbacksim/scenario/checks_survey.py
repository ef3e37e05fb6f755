"""Contradictions in what is asked and what becomes of it: satisfaction, questions, segments."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from callbacksim.scenario.schema import Question, Scenario, Segment
from callbacksim.scenario.wording import Finding, Path, listing, meant, show

_SCORES: Path = ("questionnaire", "satisfaction", "scores")
_GAP: Path = ("questionnaire", "satisfaction", "nonresponse_gap")
_SELDOM: Path = ("answering", "seldom")
_QUESTIONS: Path = ("questionnaire", "questions")


def _satisfaction(scenario: Scenario) -> Iterator[Finding]:
    own = [(("segments", name, "scores"), one.scores) for name, one in scenario.segments.items() if one.scores]
    gap, seldom = scenario.questionnaire.satisfaction.nonresponse_gap, scenario.answering.seldom
    if gap and seldom in (0, 1):
        who = "answers seldom" if seldom == 0 else "answers more often than seldom"
        wrong = f"a gap of {gap:g} points has no effect, because answering.seldom = {seldom:g} and so nobody {who}"
        yield Finding(_GAP, wrong, "write 0, or a share of answering.seldom between 0 and 1", (_SELDOM,))
    for path, scores in ((_SCORES, scenario.questionnaire.satisfaction.scores), *own):
        if not sum(scores):
            yield Finding(path, "all weights are 0", "give at least one score a weight above 0")
        elif gap and 0 < seldom < 1:
            yield from _gap(path, sum(scores[3:]) / sum(scores), gap / 100, seldom)


def _gap(path: Path, satisfied: float, gap: float, seldom: float) -> Iterator[Finding]:
    """A gap that cannot be: the overall satisfied share stays, so one of the groups would leave 0 to 1."""
    slack = 1e-9
    groups = (("those who seldom answer", gap * (1 - seldom)), ("the others", -gap * seldom))
    for who, shift in groups:
        if not -slack <= satisfied + shift <= 1 + slack:
            whose = "" if path == _SCORES else f" of segment {show(path[1])}"
            wrong = (
                f"a gap of {100 * gap:g} points makes the satisfied share of {who} {satisfied + shift:.1%} "
                f"(overall{whose} {satisfied:.1%}, seldom {seldom:.1%})"
            )
            low, high = limits_of_gap(satisfied, seldom)
            right = f"write a gap from {_points(low)} to {_points(high)}"
            yield Finding(_GAP, wrong, right, (_SELDOM, path))
            return


def limits_of_gap(satisfied: float, seldom: float) -> tuple[float, float]:
    """The gaps, as shares, that keep both groups within 0 to 1."""
    low = -min(satisfied / (1 - seldom), (1 - satisfied) / seldom)
    high = min((1 - satisfied) / (1 - seldom), satisfied / seldom)
    return low, high


def _points(gap: float) -> str:
    """A gap in percentage points, rounded towards zero so that it is still allowed."""
    return f"{math.trunc(round(1000 * gap, 6)) / 10:g}"


def answers(question: Question) -> tuple[str, ...]:
    """What can be answered to a question; nothing can be listed for an open one."""
    fixed = {"score": ("1", "2", "3", "4", "5"), "yes_no": ("yes", "no"), "open": ()}
    return fixed.get(question.kind, question.options)


def _questions(scenario: Scenario) -> Iterator[Finding]:
    questions = scenario.questionnaire.questions
    if not questions:
        return
    for place, question in enumerate(questions):
        path: Path = (*_QUESTIONS, place)
        if question.id in [earlier.id for earlier in questions[:place]]:
            wrong = f"{show(question.id)} names two questions"
            yield Finding((*path, "id"), wrong, "give each question an id of its own")
        yield from _options(path, question)
        yield from _shares(path, question)
        yield from _ask_if(path, question, questions[:place], questions[place:])
    yield from _measured(questions)
    if not any(question.required for question in questions):
        right = "leave required = true for at least one, or every interview is complete at once"
        yield Finding(_QUESTIONS, "no question is required", right)


def _measured(questions: Sequence[Question]) -> Iterator[Finding]:
    measuring = [place for place, question in enumerate(questions) if question.satisfaction]
    if not measuring:
        right = 'write satisfaction = true in the question of kind "score" that measures it'
        yield Finding(_QUESTIONS, "no question measures satisfaction", right)
    for place in measuring[1:]:
        wrong = f"{show(questions[measuring[0]].id)} measures satisfaction already"
        yield Finding((*_QUESTIONS, place, "satisfaction"), wrong, "keep satisfaction = true in one question")
    for place in measuring:
        if questions[place].kind != "score":
            wrong = f"satisfaction is a score, and this question is of kind {show(questions[place].kind)}"
            path: Path = (*_QUESTIONS, place)
            yield Finding((*path, "kind"), wrong, 'write kind = "score"', ((*path, "satisfaction"),))


def _options(path: Path, question: Question) -> Iterator[Finding]:
    here: Path = (*path, "options")
    if question.kind != "choice":
        if question.options:
            wrong = f"a question of kind {show(question.kind)} has its answers already"
            yield Finding(here, wrong, 'leave options out, or write kind = "choice"', ((*path, "kind"),))
    elif len(question.options) < 2:
        wrong = f"a choice among {len(question.options)} options" if question.options else "a choice without options"
        yield Finding(here, wrong, 'list at least two answers such as options = ["税务", "融资"]', ((*path, "kind"),))
    elif len(set(question.options)) < len(question.options):
        yield Finding(here, "an option stands here twice", "write each option once")


def _shares(path: Path, question: Question) -> Iterator[Finding]:
    here, shares, possible = (*path, "shares"), question.shares, answers(question)
    if not shares:
        return
    if question.satisfaction:
        right = "leave shares out; the true answers are questionnaire.satisfaction.scores"
        yield Finding(here, "this question's answers are the true satisfaction", right, ((*path, "satisfaction"),))
    elif question.kind == "open":
        yield Finding(here, "an open question has no answers to share out", "leave shares out", ((*path, "kind"),))
    elif len(shares) != len(possible):
        wrong = f"{len(shares)} shares for {len(possible)} answers ({listing(possible, 8)})"
        right = "write one share for each answer, in their order"
        yield Finding(here, wrong, right, ((*path, "kind"), (*path, "options")))
    elif not sum(shares):
        yield Finding(here, "all shares are 0", "give at least one answer a share above 0")


def _ask_if(path: Path, question: Question, before: Sequence[Question], after: Sequence[Question]) -> Iterator[Finding]:
    asked = question.ask_if
    if asked is None:
        return
    here, heard, name = (*path, "ask_if", "question"), (*path, "ask_if", "heard"), show(asked.question)
    known = {earlier.id: earlier for earlier in before}
    if asked.question not in known:
        ids = [one.id for one in before]
        if asked.question == question.id:
            yield Finding(here, f"{name} is this question itself", _choose(ids), (_QUESTIONS,))
        elif asked.question in [one.id for one in after]:
            yield Finding(here, f"{name} is asked later", "move it before this question", (_QUESTIONS,))
        else:
            near = meant(asked.question, ids)
            yield Finding(here, f"there is no question {name}", _did(near) if near else _choose(ids), (_QUESTIONS,))
        return
    possible = answers(known[asked.question])
    if not possible:
        right = "choose a question with answers that can be listed"
        yield Finding(here, f"{name} is an open question", right, (_QUESTIONS,))
        return
    if not asked.heard:
        yield Finding(heard, "the list is empty, so this is never asked", f"list some of {_quoted(possible)}")
    for place, answer in enumerate(asked.heard):
        if answer not in possible:
            near = meant(answer, possible)
            right = _did(near) if near else f"write some of {_quoted(possible)}"
            yield Finding((*heard, place), f"{show(answer)} is no answer to {name}", right, (_QUESTIONS,))


def _choose(ids: Sequence[str]) -> str:
    return f"name an earlier question: {_quoted(ids)}" if ids else "the first question cannot depend on another"


def _did(near: str) -> str:
    return f"did you mean {show(near)}?"


def _quoted(words: Sequence[str]) -> str:
    return listing(map(show, words), 8)


def _segments(scenario: Scenario) -> Iterator[Finding]:
    named = list(scenario.segments.items())
    for place, (name, segment) in enumerate(named):
        for earlier, wider in named[:place]:
            if _covers(wider, segment):
                wrong = f"no contact ever falls here, because the earlier segment {show(earlier)} takes them all"
                right = f"put it before {show(earlier)}, or make {show(earlier)} narrower"
                yield Finding(("segments", name), wrong, right, (("segments", earlier),))
                break


def _covers(wider: Segment, segment: Segment) -> bool:
    """Whether every contact that fits ``segment`` also fits ``wider``."""
    return (
        wider.kind in (None, segment.kind)
        and _lists_cover(wider.industry, segment.industry)
        and _lists_cover(wider.area, segment.area)
    )


def _lists_cover(wider: Sequence[str], narrower: Sequence[str]) -> bool:
    """An empty list means any."""
    return not wider or (bool(narrower) and set(narrower) <= set(wider))


SURVEY_CHECKS = (_satisfaction, _questions, _segments)
