"""What is not known: which inputs are guesses, the range of each, and the scenario that a set of drawn values makes.

A guess is a number or the mean of a law that our evidence calls an assumption (tag A) or a vendor's claim (tag V) and
that has a plausible range; ``[uncertain]`` gives other ranges, names further inputs, or says that one is known.
Decisions of the planner (lines, gaps between calls, how much is listened to) are not guesses.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal, cast

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from callbacksim.scenario.checks_survey import limits_of_gap
from callbacksim.scenario.merging import plain, value_at
from callbacksim.scenario.schema import Scenario, Section
from callbacksim.scenario.schemawalk import bounds, is_law, number, placed
from callbacksim.scenario.wording import Finding, dotted, meant, show

GUESSED = ("A", "V")
"""Evidence that is none: assumptions, and claims of vendors."""
WIDE = 10.0
"""A share whose range spans this factor is known by its order of magnitude, so it is drawn on the logarithm."""
RESULTS = ("complete", "partial", "break_off", "opt_out")
"""Shares of one whole (`questionnaire`)."""
_SCALES = ("¥", "weight")
_TIMES = ("value", "low", "high", "mean", "sd", "x", "values")
Keys = tuple[str, ...]
# What is not an input of the model, or is the same in every replication.
_FIXED = ("register", "calendar", "script", "targets", "study", "uncertain", "plans")
_DECIDED: tuple[Keys, ...] = (
    ("robot",), ("listeners", "share"), ("ledger", "look_back", "after_days"), ("ledger", "look_back", "reopen_most"),
)  # fmt: skip


@dataclass(frozen=True)
class Unknown:
    """An input and where it may lie: triangular over [low, high], most likely the scenario's own `value`.

    Of a law `value` is its mean, and the whole law is stretched with it. Draws are on the logarithm if
    `logarithmic`, and rounded if `whole`. `given`: the range is the scenario's own (``[uncertain]``). `told`: a log
    tells of it, and it lies between `low` and `high` after that.
    """

    path: str
    keys: Keys
    meaning: str
    unit: str
    value: float
    low: float
    high: float
    logarithmic: bool
    whole: bool
    given: bool
    told: bool = False

    def at(self, u: float) -> float:
        """The value at the uniform `u` in [0, 1]: rises with it from `low` to `high`."""
        margin = 0.5 if self.whole else 0.0
        a, c, b = (self._scaled(x) for x in (self.low - margin, self.value, self.high + margin))
        rising = (c - a) / (b - a)
        x = a + math.sqrt(u * (b - a) * (c - a)) if u < rising else b - math.sqrt((1 - u) * (b - a) * (b - c))
        drawn = math.exp(x) if self.logarithmic else x
        return min(max(float(round(drawn)) if self.whole else drawn, self.low), self.high)

    def flat(self, u: float) -> float:
        """The value at the share `u` of the way from `low` to `high`, on the scale on which it is drawn."""
        margin = 0.5 if self.whole else 0.0
        a, b = self._scaled(self.low - margin), self._scaled(self.high + margin)
        x = a + u * (b - a)
        found = math.exp(x) if self.logarithmic else x
        return min(max(float(round(found)) if self.whole else found, self.low), self.high)

    def place_of(self, value: float) -> float:
        """Which share of the way from `low` to `high` a value lies at: `flat` the other way round."""
        a, b = self._scaled(self.low), self._scaled(self.high)
        return (self._scaled(value) - a) / (b - a)

    def _scaled(self, x: float) -> float:
        return math.log(x) if self.logarithmic else x


@dataclass(frozen=True)
class Kept:
    """A guess that is not drawn all the same, and why."""

    path: str
    value: float
    why: str


@dataclass(frozen=True)
class _Number:
    """A number of a scenario, or the mean of one of its laws."""

    keys: Keys
    field: FieldInfo
    value: float
    law: bool
    told: bool  # whether its evidence is its own, not that of the table around it

    @property
    def path(self) -> str:
        return dotted(self.keys)

    @property
    def evidence(self) -> Mapping[str, Any]:
        extra = self.field.json_schema_extra
        return extra if isinstance(extra, dict) else {}

    @property
    def plausible(self) -> tuple[float, float] | None:
        ends = self.evidence.get("plausible")
        return (float(ends[0]), float(ends[1])) if isinstance(ends, list) and self.told else None


def unknowns(scenario: Scenario) -> tuple[tuple[Unknown, ...], tuple[Kept, ...]]:
    """The inputs that are drawn, in the schema's order, and the guesses that are not."""
    said, idle = scenario.uncertain, _idle(scenario)
    drawn: list[Unknown] = []
    kept: list[Kept] = []
    for one in _numbers(scenario):
        told = said.get(one.path)
        limits = told if isinstance(told, tuple) else one.plausible
        guessed = one.evidence.get("tag") in GUESSED and not _under(one.keys, _DECIDED)
        if limits is None or not (guessed or isinstance(told, tuple)):
            continue
        whose = "range in [uncertain]" if isinstance(told, tuple) else "plausible range"
        if told == "known":
            kept.append(Kept(one.path, one.value, "known, says [uncertain]"))
        elif (why := _under(one.keys, tuple(idle))) and not isinstance(told, tuple):
            kept.append(Kept(one.path, one.value, idle[why]))
        elif not limits[0] <= one.value <= limits[1]:
            ends = f"{number(limits[0])} to {number(limits[1])}"
            kept.append(Kept(one.path, one.value, f"its value lies outside its {whose}, {ends}"))
        else:
            drawn.append(_unknown(one, limits, given=isinstance(told, tuple)))
    return tuple(drawn), tuple(kept)


def with_values(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """The scenario with these values (of laws: means) by path, ``plans`` emptied; what they contradict gives way.

    - Interview results that add up to more than 1: those that are given here shrink alike until they fit.
    - Fewer numbers are ever answered than answer a first call: all that answer are ever answered.
    - A spread of propensities that no law has: 99 % of the largest that one has.
    - A gap in satisfaction that would leave 0 to 1: the nearest that does not.
    """
    tree = _laid_over(scenario, values)
    _reconcile(tree, set(values))
    return Scenario.model_validate(tree)


def clash(scenario: Scenario, values: Mapping[str, float]) -> bool:
    """Whether something had to give way to something else in these values (see `with_values`)."""
    tree = _laid_over(scenario, values)
    before = deepcopy(tree)
    _reconcile(tree, set(values))
    return tree != before


def _laid_over(scenario: Scenario, values: Mapping[str, float]) -> dict[str, Any]:
    """The scenario as a tree with these values, whether they can hold together or not."""
    tree = {key: value for key, value in plain(scenario).items() if key != "plans"}
    places = {one.path: one for one in _numbers(scenario)}
    for path, value in values.items():
        place = places[path]
        *above, last = place.keys
        table = value_at(tree, tuple(above))
        if place.law:
            table[last] = _stretched(table[last], value / place.value)
        else:
            table[last] = round(value) if isinstance(table[last], int) else value
    return tree


def contradictions_of_ranges(scenario: Scenario) -> Iterator[Finding]:
    """What ``[uncertain]`` names that cannot be drawn, and ranges that are none."""
    places = {one.path: one for one in _numbers(scenario)}
    for path, told in scenario.uncertain.items():
        here = ("uncertain", path)
        place = places.get(path)
        if place is None:
            near = meant(path, places, cutoff=0.8)
            right = f"did you mean {show(near)}?" if near else 'name a number or a law such as "answering.base"'
            yield Finding(here, f"{show(path)} is no input that can be drawn", right)
        elif isinstance(told, tuple):
            yield from _range(here, place, *told)


def _range(here: Keys, place: _Number, low: float, high: float) -> Iterator[Finding]:
    text = f"[{number(low)}, {number(high)}]"
    limits = {"gt": 0.0, "le": 1e7} if place.law else bounds(placed(place.field))
    below = low < limits.get("ge", low) or low <= limits.get("gt", low - 1)
    above = high > limits.get("le", high) or high >= limits.get("lt", high + 1)
    if low >= high:
        yield Finding(here, f"{text} is no range", 'write the lower end first, or "known" if there is no doubt')
    elif below or above:
        words = {"ge": "from", "gt": "above", "le": "to", "lt": "below"}
        allowed = " ".join(f"{word} {number(limits[name])}" for name, word in words.items() if name in limits)
        what = "the mean of a law" if place.law else place.path
        yield Finding(here, f"{text} goes beyond what {what} may be", f"keep it {allowed}")
    elif placed(place.field).kind is int and not (low.is_integer() and high.is_integer()):
        yield Finding(here, f"{text} has an end that {place.path} cannot be", "write whole numbers")
    elif place.law and place.value == 0:
        yield Finding(here, "a law that is always 0 cannot be stretched", "give the law a mean above 0")


def _numbers(scenario: Scenario) -> Iterator[_Number]:
    """Every number and law of a scenario that a set of inputs may change."""
    for name, info in Scenario.model_fields.items():
        key = info.alias or name
        if key not in _FIXED:
            yield from _below(getattr(scenario, name), info, (key,), told=True)


def _below(value: Any, info: FieldInfo, keys: Keys, told: bool) -> Iterator[_Number]:
    if keys == ("recognition", "exact"):  # counts that are given
        return
    if isinstance(value, Section):
        extra = info.json_schema_extra
        own = isinstance(extra, dict) and extra.get("tag", "given") != "given"
        for name, field in type(value).model_fields.items():
            yield from _below(getattr(value, name), field, (*keys, field.alias or name), told and not own)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            if isinstance(one, Section):
                yield from _below(one, FieldInfo(annotation=type(one)), (*keys, name), told)
    elif is_law(placed(info).kind) and isinstance(value, BaseModel):
        yield _Number(keys, info, cast(Any, value).mean_value(), law=True, told=told)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield _Number(keys, info, float(value), law=False, told=told)


def _unknown(one: _Number, limits: tuple[float, float], given: bool) -> Unknown:
    low, high = limits
    whole = placed(one.field).kind is int
    unit = str(one.evidence.get("unit", ""))
    scale = one.law or unit.startswith(_SCALES) or high >= WIDE * low
    return Unknown(
        path=one.path,
        keys=one.keys,
        meaning=one.field.description or "",
        unit=unit,
        value=one.value,
        low=low,
        high=high,
        logarithmic=scale and low > 0 and not whole,
        whole=whole,
        given=given,
    )


def _under(keys: Keys, prefixes: Sequence[Keys]) -> Keys | None:
    """The first of the prefixes that a place lies under."""
    return next((prefix for prefix in prefixes if keys[: len(prefix)] == prefix), None)


def _idle(scenario: Scenario) -> dict[Keys, str]:
    """Places that do nothing in this scenario, and why."""
    answering, mode, script = scenario.answering, scenario.study.mode, scenario.script
    calls = (("answering",), *(("questionnaire", name) for name in (*RESULTS, "talk")))
    heard = (("recognition", "sensitivity"), ("recognition", "unclear"))
    of: list[tuple[bool, str, Sequence[Keys]]] = [
        (mode == "ledger", "nobody is called", (*calls, ("questionnaire",), ("recognition",), ("agents",),
                                                ("listeners",), ("segments",), ("costs", "agent_hour"))),
        (mode == "manual", "people telephone in place of the robot",
         (("questionnaire", "talk"), ("recognition",), ("agents",), ("listeners",))),
        (mode != "manual", "nobody telephones by hand", (("manual",),)),
        (not scenario.listeners.share, "nobody listens to recordings", (("listeners",), ("costs", "listener_hour"))),
        (not scenario.agents.transfer.live, "nobody is handed over", (("agents", "transfer"),)),
        (scenario.ledger.clerks == "none", "there are no clerks", (("costs", "clerk_hour"),)),
        (bool(scenario.questionnaire.questions), "the questions decide it", calls[1:]),
        (not scenario.questionnaire.questions, "no question is asked again", (("recognition", "not_understood"),)),
        (scenario.recognition.exact != "none", "counts are given", (*heard, ("questionnaire", "items"))),
        (scenario.recognition.exact != "none" and scenario.ledger.intake == "none", "counts are given",
         (("ledger", "valid"),)),
        (script.calls is not None, "calls are given by a script", (*calls, ("recognition",))),
        (script.people is not None, "call-backs are given by a script",
         tuple(("agents", name) for name in ("reach", "talk", "wrap_up"))),
        (script.transfers is not None, "transfers are given by a script", (("agents", "transfer", "patience"),)),
        (script.recordings is not None, "recordings are given by a script",
         (("listeners", "listening"), ("listeners", "finds"))),
        (answering.reachable == 1, "off: retry_multiplier stands for it", (("answering", "reachable"),)),
        (answering.propensity_sd == 0, "off: retry_multiplier stands for it", (("answering", "propensity_sd"),)),
        (answering.retry_multiplier == 1, "off: answers do not fall with the attempt",
         (("answering", "retry_multiplier"),)),
        (answering.seldom in (0, 1) and scenario.uncertain.get("answering.seldom") == "known",
         "nobody, or everybody, answers seldom",
         (("answering", "seldom_factor"), ("questionnaire", "satisfaction", "nonresponse_gap"))),
    ]  # fmt: skip
    found: dict[Keys, str] = {}
    for holds, why, places in of:
        for keys in places if holds else ():
            found.setdefault(keys, why)
    return found


def _stretched(law: Mapping[str, Any], factor: float) -> dict[str, Any]:
    """A law with all its times multiplied: the same shape, another mean."""

    def times(value: Any) -> Any:
        return [one * factor for one in value] if isinstance(value, list) else value * factor

    stretched = {key: times(value) if key in _TIMES else value for key, value in law.items()}
    if "parts" in law:
        stretched["parts"] = [_stretched(part, factor) for part in law["parts"]]
    return stretched


def _reconcile(tree: dict[str, Any], drawn: set[str]) -> None:
    """Changes the tree so that nothing in it contradicts what was drawn (see `with_values`)."""
    answering, asked = tree["answering"], tree["questionnaire"]
    shares = [name for name in RESULTS if f"questionnaire.{name}" in drawn]
    room = 1 - sum(asked[name] for name in RESULTS if name not in shares)
    total = sum(asked[name] for name in shares)
    if total > room:
        for name in shares:
            asked[name] *= max(room, 0.0) / total
    if answering["base"] > answering["reachable"]:
        smaller: Literal["base", "reachable"] = "reachable" if "answering.reachable" in drawn else "base"
        answering[smaller] = answering["base"] if smaller == "reachable" else answering["reachable"]
    mean = answering["base"] / answering["reachable"]
    most = math.sqrt(mean * (1 - mean))
    if answering["propensity_sd"] >= most:
        answering["propensity_sd"] = 0.99 * most
    satisfaction, seldom = asked["satisfaction"], answering["seldom"]
    if seldom in (0, 1):
        satisfaction["nonresponse_gap"] = 0.0
    else:
        own = [one["scores"] for one in tree["segments"].values() if "scores" in one]
        for scores in (satisfaction["scores"], *own):
            low, high = limits_of_gap(sum(scores[3:]) / sum(scores), seldom)
            satisfaction["nonresponse_gap"] = min(max(satisfaction["nonresponse_gap"], 100 * low), 100 * high)
