"""Which model a log asks for: how numbers differ first, then what is needed beside that, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from callbacksim.scenario.schema import Scenario
from callbacksim.study.calibrating.answerfit import Effect, Fit, Part, added_rank, by_attempt, fit, profile, without
from callbacksim.study.calibrating.answerfit import Problem as Likelihood
from callbacksim.study.calibrating.propensity import Own

FEWEST_AT = 30
"""So many calls of an hour, weekday, segment or attempt are needed for a factor of its own."""
_WORDS = {"hour": "hour 时段", "weekday": "weekday 星期", "segment": "segment 分类"}
_ALIKE, _TIRED, _DIFFER = "everybody alike, every call", "each further call answered less", "numbers differ"
_UNTOLD = 4.0  # AIC: Burnham and Anderson call a model that is less behind still supported
_HELD = {
    "hour": "answering.hour_index",
    "weekday": "answering.weekday_index",
    "segment": "segments: answer_factor",
}


@dataclass(frozen=True)
class Test:
    """A likelihood-ratio test: whether something is needed beside what is fitted already."""

    __test__ = False  # not one of pytest's

    what: str
    statistic: float
    freedom: int
    p: float
    needed: bool


@dataclass(frozen=True)
class Story:
    """A way to tell why answers fall with the attempt, and how much worse than the best it describes the log (AIC)."""

    what: str
    behind: float


class Choice:
    """The model that the log asks for, step by step."""

    def __init__(self, scenario: Scenario, problem: Likelihood, told: bool) -> None:
        answering = scenario.answering
        self.scenario, self.problem, self.told = scenario, problem, told
        self.confidence = scenario.study.confidence
        self.tests: list[Test] = []
        self.fixed: dict[str, float] = (
            {"multiplier": 1.0}
            if told
            else {
                "reachable": answering.reachable,
                "sd": answering.propensity_sd,
                "multiplier": answering.retry_multiplier,
            }
        )
        self.doubtful: tuple[Effect, ...] = ()
        self._wide: dict[bool, tuple[Likelihood, Mapping[str, float], Fit]] = {}
        self.rich = self.best = fit(problem, self.fixed)

    @property
    def own(self) -> Own:
        """How own probabilities are spread, as it is written."""
        return self.best.own

    @property
    def multiplier(self) -> float:
        """The factor of each further call, as it is written."""
        return self.best.multiplier

    @property
    def tiring_untold(self) -> bool:
        """Whether no factor of further calls is written, and yet calls that tire describe the log about as well."""
        behind = {story.what: story.behind for story in self.stories}
        return bool(behind) and "multiplier" in self.fixed and behind[_TIRED] < behind[_DIFFER] + _UNTOLD

    def choose(self, kept: dict[str, str]) -> None:
        """Differences between numbers first, all covariates beside them; then what is needed, and no more than that."""
        full = self.rich
        if self.told:
            full = self._tiring(full, kept)
        every = self.problem.effects
        for effect in every:
            less = without(self.problem, effect.name)
            held = fit(less, self.fixed, full)
            asked = self._tested(_WORDS[effect.name], full, held, len(effect.labels) - 1)
            if asked and self.told and not self._beside_attempts(effect, full):
                why = (
                    f"the attempts fell on different {effect.name}s and explain the answers as well (likelihood-ratio "
                    f"test, p = {self.tests[-1].p:.2f}): the log cannot tell the two apart"
                )
            elif not asked:
                why = (
                    f"the log does not speak against the scenario's (likelihood-ratio test, p = {self.tests[-1].p:.2f})"
                )
            else:
                continue
            self.problem, full = less, held
            kept[_HELD[effect.name]] = why
        if self.told and self.fixed and len(self.problem.effects) < len(every):
            # Third calls fall on the third day: beside a factor of the day that is not written in the end either,
            # none of further calls was needed, and the answers would not fall at all.
            del self.tests[0]
            full = self._tiring(full, kept)
            self.tests.insert(0, self.tests.pop())
        self.rich = self.best = full
        self.doubtful = tuple(one for one in every if one.name == "segment" and one not in self.problem.effects)
        if self.told:
            self.best = self._simplest(full)

    def _tiring(self, full: Fit, kept: dict[str, str]) -> Fit:
        """The fit with a factor of further calls if it is needed beside what is in the problem, else as it was."""
        freed = fit(self.problem, {}, full, anywhere=True)
        if not self._tested("retry multiplier 重拨", freed, full, 1):
            return full
        if freed.multiplier < 1:
            self.fixed = {}
            return freed
        kept["answering.retry_multiplier above 1"] = "later calls were answered more; the scenario has no word for it"
        self.tests[-1] = Test(*(*self._last(), False))
        return full

    @cached_property
    def stories(self) -> tuple[Story, ...]:
        """The log told in three ways, by Akaike's criterion. To be asked for when all is chosen."""
        if not self.told:
            return ()
        nobody = {"reachable": 1.0, "alike": 0.0}
        told = {
            _ALIKE: fit(self.problem, {**nobody, "multiplier": 1.0}),
            _TIRED: fit(self.problem, nobody),
            _DIFFER: min(
                (fit(self.problem, {"multiplier": 1.0, **held}) for held in ({"alike": 0.0}, {"reachable": 1.0}, {})),
                key=lambda found: found.free - found.log_likelihood,
            ),
        }
        if not self.fixed:
            told["both"] = self.rich
        criterion = {what: 2 * found.free - 2 * found.log_likelihood for what, found in told.items()}
        least = min(criterion.values())
        return tuple(Story(what, value - least) for what, value in criterion.items())

    def falling(self, kept: dict[str, str]) -> None:
        """Says so where the log cannot tell people who differ from calls that tire, and yet the answers fall."""
        behind = {story.what: story.behind for story in self.stories}
        if not behind or behind[_ALIKE] < _UNTOLD:
            return
        if self.tiring_untold:
            kept["why answers fall with the attempt"] = (
                "people who differ and further calls that are answered less describe the log about equally well (AIC "
                f"{abs(behind[_TIRED] - behind[_DIFFER]):.1f} apart); the people are taken for it, and another cap or "
                "spacing of calls is forecast on that"
            )

    def interval(self, part: Part) -> tuple[float, float]:
        """The profile interval of one number beside the others as they are written, but for how numbers differ.

        A share reachable, a spread and a factor of further calls look alike, and each may lie at its edge, where the
        usual limit is too narrow: theirs are the ends of the region that holds two numbers at once.
        """
        return profile(self.problem, self.fixed, self.rich, part, self.confidence, _together(part))

    def wide_interval(self, part: Part) -> tuple[float, float] | None:
        """The same with all free that the log does not settle; None: nothing is left open.

        Open are factors of segments that are not needed and, where calls that tire are not told from people who
        differ, the factor of further calls, as far as the scenario has a word for it (up to 1).
        """
        if not self.doubtful and not self.tiring_untold and part != "multiplier":
            return None
        problem, fixed, best = self._opened(tiring=self.tiring_untold or part == "multiplier")
        return profile(problem, fixed, best, part, self.confidence, _together(part))

    def _opened(self, *, tiring: bool) -> tuple[Likelihood, Mapping[str, float], Fit]:
        """The model with all free that the log leaves open; with a factor of further calls, or without."""
        if tiring not in self._wide:
            effects = (*self.problem.effects, *self.doubtful)
            multipliers = (self.problem.multipliers[0], 1.0)
            problem = replace(self.problem, effects=effects, multipliers=multipliers)
            fixed = {} if tiring else self.fixed
            self._wide[tiring] = problem, fixed, fit(problem, fixed, self.rich, anywhere=True)
        return self._wide[tiring]

    def _last(self) -> tuple[str, float, int, float]:
        last = self.tests[-1]
        return last.what, last.statistic, last.freedom, last.p

    def _tested(self, what: str, more: Fit, less: Fit, freedom: int) -> bool:
        from scipy.stats import chi2

        statistic = max(2 * (more.log_likelihood - less.log_likelihood), 0.0)
        p = float(chi2.sf(statistic, freedom))
        self.tests.append(Test(what, statistic, freedom, p, p < 1 - self.confidence))
        return self.tests[-1].needed

    def _beside_attempts(self, effect: Effect, full: Fit) -> bool:
        """Whether an effect is still needed if every attempt may be answered as it likes.

        Third calls are mostly made on the third day: what people do, told wrongly by the law of their differences,
        would else pass for what the day does. Takes the place of the last test where it is not needed.
        """
        attempts = by_attempt(self.problem, FEWEST_AT)
        freedom = added_rank(self.problem, effect, attempts)
        if not freedom:
            self.tests[-1] = Test(_WORDS[effect.name], 0.0, 0, 1.0, False)
            return False
        fixed = {**self.fixed, "multiplier": 1.0}
        freed = replace(self.problem, effects=(*self.problem.effects, attempts))
        more = fit(freed, fixed, full)
        less = fit(without(freed, effect.name), fixed, more)
        before = self.tests.pop()
        if self._tested(before.what, more, less, freedom):
            self.tests[-1] = before
            return True
        return False

    def _simplest(self, rich: Fit) -> Fit:
        """The spread of numbers that describes the log best for its size, by Akaike's criterion."""
        held: list[dict[str, float]] = [{"reachable": 1.0, "alike": 0.0}, {"alike": 0.0}, {"reachable": 1.0}]
        every = [*(fit(self.problem, {**self.fixed, **one}) for one in held), rich]
        return min(every, key=lambda found: found.free - found.log_likelihood)


def _together(part: Part) -> int:
    return 1 if part == "base" else 2
