"""From a call log to the numbers of a scenario, each with its evidence; what the log cannot tell stays as it was.

The model that is fitted is the one that the simulator uses (`callbacksim.study.calibrating.propensity`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from callbacksim.frame.calllog.formats import Ended
from callbacksim.frame.calllog.reading import CallLog
from callbacksim.frame.frame import Frame
from callbacksim.scenario.files import with_plan
from callbacksim.scenario.laws import Law
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.wording import dotted
from callbacksim.study.calibrating.answerfit import one_thread
from callbacksim.study.calibrating.answers import Answers, fit_answers
from callbacksim.study.calibrating.calls import Cell, whom
from callbacksim.study.calibrating.lawfit import FEWEST, LawFit, fit_law
from callbacksim.study.cards import calibration_card
from callbacksim.study.estimates import Estimate, proportion

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]
_FAILURES = (Ended.NO_ANSWER, Ended.BUSY, Ended.VOICEMAIL, Ended.REJECTED)
_RESULTS = (Ended.COMPLETE, Ended.PARTIAL, Ended.BREAK_OFF, Ended.REFUSAL, Ended.OPT_OUT)
_EARLY = (Ended.BREAK_OFF, Ended.REFUSAL, Ended.OPT_OUT)
_RINGS = {
    "answered": (*_RESULTS, Ended.ANSWERED),
    **{ended.name.lower(): (ended,) for ended in (*_FAILURES, Ended.NOT_IN_SERVICE)},
}


@dataclass(frozen=True)
class Fitted:
    """A field of the scenario as the log has it: ``low`` and ``high`` are None where the method gives no interval.

    ``n`` counts what ``of`` names (calls, numbers, answers …). ``unsure`` is False for what the log settles. ``drawn``
    is what stands in ``[uncertain]``, where that is not the interval: numbers that may stand for each other are drawn
    as each is beside the others as they are written.
    """

    keys: tuple[str, ...]
    value: Any
    low: float | None
    high: float | None
    n: int
    of: str
    method: str
    was: Any
    unsure: bool = True
    drawn: tuple[float, float] | Literal["known"] | None = None

    @property
    def path(self) -> str:
        """The field as a planner writes it."""
        return dotted(self.keys)


@dataclass(frozen=True)
class Kept:
    """What stays at the scenario's value, and why."""

    what: str
    why: str


@dataclass(frozen=True, repr=False)
class Calibration:
    """A scenario fitted to a log: what was fitted and what was not, and the fit held against the log."""

    log: CallLog
    scenario: Scenario
    confidence: float
    fitted: tuple[Fitted, ...]
    kept: tuple[Kept, ...]
    answers: Answers | None
    laws: Mapping[str, LawFit]
    warnings: tuple[str, ...]

    def value(self, path: str) -> Any:
        """What was fitted for a field. Raises KeyError where nothing was."""
        return self[path].value

    def __getitem__(self, path: str) -> Fitted:
        return {one.path: one for one in self.fitted}[path]

    @cached_property
    def plan(self) -> dict[str, Any]:
        """The fitted fields as a tree, as a plan of the scenario has them; indices with their other entries."""
        tree: dict[str, Any] = {}
        for one in self.fitted:
            table = tree
            for key in one.keys[:-1]:
                table = table.setdefault(key, {})
            table[one.keys[-1]] = one.value
        return tree

    @cached_property
    def result(self) -> Scenario:
        """The scenario with what was fitted. Raises Refused where that contradicts itself."""
        return with_plan(self.scenario.model_copy(update={"plans": {"fitted": self.plan}}), "fitted")

    @cached_property
    def ranges(self) -> dict[str, tuple[float, float] | Literal["known"]]:
        """What goes into ``[uncertain]``: the interval of each number and of each law's mean; "known" what is settled.

        Entries of an index are not drawn.
        """
        found: dict[str, tuple[float, float] | Literal["known"]] = {}
        for one in self.fitted:
            if one.keys[-2] in ("hour_index", "weekday_index"):
                continue
            low, high = one.low, one.high
            if one.drawn == "known":
                found[one.path] = "known"
                continue
            if one.drawn is not None:
                low, high = one.drawn
            if one.path in self.laws:
                low, high = _of_mean(self.laws[one.path])
            if low is not None and high is not None and low < high:
                found[one.path] = (low, high)
            elif not one.unsure and one.path not in self.laws:
                found[one.path] = "known"
        return found

    def dataframe(self) -> pd.DataFrame:
        """One row a fitted field: field, value (a law by its name), low, high, n, of, was."""
        import pandas as pd

        def brief(value: Any) -> Any:
            return value["law"] if isinstance(value, Mapping) else value

        return pd.DataFrame(
            [
                {"field": o.path, "value": brief(o.value), "low": o.low, "high": o.high, "n": o.n, "of": o.of,
                 "was": brief(o.was)}
                for o in self.fitted
            ]
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"<Calibration: {len(self.fitted)} fields fitted, {len(self.kept)} not told by the log>"

    def _repr_html_(self) -> str:
        return calibration_card(self)

    @property
    def cells(self) -> Mapping[str, Sequence[Cell]]:
        """Answers seen and fitted, by attempt, hour, weekday and segment."""
        return {} if self.answers is None else self.answers.cells


def calibrate(log: CallLog, scenario: Scenario, frame: Frame | None = None) -> Calibration:
    """Fit a scenario to a log. ``frame`` is needed where the scenario has segments or the log is of a run.

    Intervals are at `study.confidence`. Raises Refused for a scenario that calls nobody, and for a log of a run with
    other contacts.
    """
    if scenario.study.mode == "ledger":
        wrong, right = "the ledger is studied by itself: nobody is called", "name a scenario that calls people"
        raise Refused(Problem("scenario", 1, "study.mode", wrong, right))
    confidence = scenario.study.confidence
    people = whom(log, scenario, frame)
    fitted: list[Fitted] = []
    kept: list[Kept] = []
    answers = None
    if log.has_starts:
        with one_thread():
            answers = fit_answers(log, people, scenario)
        for keys, one in answers.values.items():
            fitted.append(Fitted(keys, **vars(one)))
        kept += [Kept(what, why) for what, why in answers.kept.items()]
        _failures(log, scenario, confidence, fitted, kept)
    else:
        why = "the log has one row a contact: it does not say when, and how often in vain, each was called"
        kept.append(Kept("answer rates by hour, weekday, attempt and segment; failures; ringing", why))
    _results(log, scenario, confidence, fitted, kept)
    _flags(log, scenario, people.segment, confidence, fitted, kept)
    laws = _laws(log, scenario, confidence, fitted, kept)
    kept.append(Kept("call-backs by people, transfers, listening, the ledger, costs", "a log of calls does not tell"))
    return Calibration(log, scenario, confidence, tuple(fitted), tuple(kept), answers, laws, people.warnings)


def _of_mean(found: LawFit) -> tuple[float | None, float | None]:
    """Where the mean of a law may lie; it holds the law's own mean."""
    number = found.numbers.get("mean")
    ends = (found.mean.low, found.mean.high) if number is None else (number.low, number.high)
    if ends[0] is None or ends[1] is None:
        return None, None
    own = found.law.mean_value()
    low, high = min(ends[0], own), max(ends[1], own)
    return float(f"{low:.4g}") if low < own else own, float(f"{high:.4g}") if high > own else own


def _share(keys: tuple[str, ...], found: Estimate, of: str, was: Any, scale: float = 1.0) -> Fitted:
    # Rounded down, so that shares of one whole never add up to more.
    value, low, high = (math.floor(1e5 * scale * float(x or 0.0)) / 1e5 for x in (found.mean, found.low, found.high))
    return Fitted(keys, value, low, high, found.n, of, "share, exact binomial interval", was)


def _untold(keys: tuple[str, ...], n: int, of: str, was: Any) -> Fitted:
    method = "the log has no word for it: such calls count among the others"
    return Fitted(keys, 0.0, None, None, n, of, method, was, unsure=False)


def _failures(log: CallLog, scenario: Scenario, confidence: float, fitted: list[Fitted], kept: list[Kept]) -> None:
    counts = {ended: int((log.outcome == ended).sum()) for ended in _FAILURES}
    total = sum(counts.values())
    if total < FEWEST:
        why = f"{total} unanswered calls of which the log says why; at least {FEWEST} are needed"
        kept.append(Kept("answering.no_answer, busy, voicemail, rejected", why))
        return
    for ended, count in counts.items():
        name = ended.name.lower()
        was = getattr(scenario.answering, name)
        of = "unanswered calls"
        if ended not in log.words and not count:
            fitted.append(_untold(("answering", name), total, of, was))
            continue
        fitted.append(_share(("answering", name), proportion(count, total, confidence), of, was, 100.0))


def _results(log: CallLog, scenario: Scenario, confidence: float, fitted: list[Fitted], kept: list[Kept]) -> None:
    counts = {ended: int((log.outcome == ended).sum()) for ended in _RESULTS}
    total = sum(counts.values())
    what = "questionnaire.complete, partial, break_off, opt_out"
    if scenario.questionnaire.questions:
        kept.append(Kept(what, "the scenario asks question by question; a log tells of whole interviews"))
    elif not log.has_starts:
        kept.append(Kept(what, "of one row a contact the refusals that were called again are missing"))
    elif total < FEWEST:
        why = f"the log says of {total} answered calls what came of the interview; at least {FEWEST} are needed"
        kept.append(Kept(what, why))
    else:
        for ended in (Ended.COMPLETE, Ended.PARTIAL, Ended.BREAK_OFF, Ended.OPT_OUT):
            name = ended.name.lower()
            was = getattr(scenario.questionnaire, name)
            if ended not in log.words and not counts[ended]:
                fitted.append(_untold(("questionnaire", name), total, "answers", was))
                continue
            found = _share(("questionnaire", name), proportion(counts[ended], total, confidence), "answers", was)
            fitted.append(found)


def _flags(
    log: CallLog,
    scenario: Scenario,
    segment: Ints,
    confidence: float,
    fitted: list[Fitted],
    kept: list[Kept],
) -> None:
    """The share of interviews flagged although they hold nothing, given what the scenario says of those that do."""
    from callbacksim.campaign.truth import held_shares

    what = "recognition.unclear (interviews sent to people)"
    done = np.isin(log.outcome, [Ended.COMPLETE, Ended.PARTIAL]) & (log.flag >= 0)
    recognition = scenario.recognition
    if not log.has_flags:
        kept.append(Kept(what, "the log has no column of it (name one: --column flag=HEADING)"))
    elif scenario.study.mode == "manual" or recognition.exact != "none":
        kept.append(Kept(what, "the scenario fixes how many, or people call"))
    elif done.sum() < FEWEST:
        kept.append(Kept(what, f"{int(done.sum())} interviews; at least {FEWEST} are needed"))
    else:
        found = proportion(int(log.flag[done].sum()), int(done.sum()), confidence)
        problems, suggestions = held_shares(scenario)
        held = float((1 - (1 - problems) * (1 - suggestions))[segment[done]].mean())
        ends = [
            round(min(max((float(x or 0.0) - recognition.sensitivity * held) / (1 - held), 0.0), 1.0), 5)
            for x in (found.mean, found.low, found.high)
        ]
        method = (
            f"{found.mean:.4f} flagged ({found.low:.4f}-{found.high:.4f}, exact), less the items heard "
            f"({recognition.sensitivity:g} of {held:.4f})"
        )
        fitted.append(
            Fitted(
                ("recognition", "unclear"),
                ends[0],
                ends[1],
                ends[2],
                found.n,
                "interviews",
                method,
                recognition.unclear,
            )
        )
        kept.append(Kept("recognition.sensitivity, questionnaire.items", "a log does not tell who held an item"))


def _laws(
    log: CallLog, scenario: Scenario, confidence: float, fitted: list[Fitted], kept: list[Kept]
) -> dict[str, LawFit]:
    laws: dict[str, LawFit] = {}

    def add(keys: tuple[str, ...], durations: Ints, was: Law, note: str = "") -> bool:
        found = fit_law(durations, confidence)
        if found is None:
            return False
        laws[dotted(keys)] = found
        value = {key: list(one) if isinstance(one, tuple) else one for key, one in found.law.model_dump().items()}
        fitted.append(Fitted(keys, value, None, None, found.n, "calls", _of_law(found) + note, was.model_dump(), False))
        return True

    missing = []
    for name, outcomes in _RINGS.items():
        known = np.isin(log.outcome, outcomes) & (log.ring > 0)
        if log.has_starts and not add(
            ("answering", "ring", name), log.ring[known], getattr(scenario.answering.ring, name)
        ):
            missing.append(f"{name} ({int(known.sum())})")
    if missing:
        kept.append(Kept("answering.ring", f"fewer than {FEWEST} measured: {', '.join(missing)}"))
    manual = scenario.study.mode == "manual"
    talk = scenario.manual.talk if manual else scenario.questionnaire.talk
    above = ("manual", "talk") if manual else ("questionnaire", "talk")
    spoken = np.isin(log.outcome, (*_RESULTS, Ended.ANSWERED)) & (log.talk > 0)
    if scenario.questionnaire.questions:
        kept.append(Kept(dotted(above), "the scenario's talk times follow from its questions"))
        return laws
    if not log.has_results:
        note = "; one law for all answers, since the log does not say what came of the interviews"
        for name in ("complete", "partial", "early"):
            if not add((*above, name), log.talk[spoken], getattr(talk, name), note):
                kept.append(Kept(dotted((*above, name)), f"fewer than {FEWEST} talks measured"))
        return laws
    for name, outcomes in (("complete", (Ended.COMPLETE,)), ("partial", (Ended.PARTIAL,)), ("early", _EARLY)):
        known = np.isin(log.outcome, outcomes) & (log.talk > 0)
        if not add((*above, name), log.talk[known], getattr(talk, name)):
            kept.append(Kept(dotted((*above, name)), f"{int(known.sum())} measured; at least {FEWEST} are needed"))
    return laws


def _of_law(found: LawFit) -> str:
    """How the law was chosen, and its numbers with intervals."""
    numbers = ", ".join(f"{name} {x.low:.3g}-{x.high:.3g}" for name, x in found.numbers.items())
    measured = f"mean {found.mean.mean:.4g} s"
    if found.mean.low is not None and found.mean.high is not None and found.mean.high > found.mean.low:
        measured += f" ({found.mean.low:.4g}-{found.mean.high:.4g})"
    if found.unfit:
        return f"measured quantiles, since no law fits (chi-squared test, 1 %); {measured}"
    if not found.behind:
        return "all of the same length"
    behind = ", ".join(f"{name} +{value:.0f}" for name, value in sorted(found.behind.items(), key=lambda p: p[1]))
    return f"{found.law.law} by Akaike's criterion ({behind}); {measured}; intervals: {numbers}"
