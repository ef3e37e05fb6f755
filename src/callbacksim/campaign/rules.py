"""The physics of a call and of a call-back, in one place, knowing nothing of SimPy or of who holds a line.

`Physics` answers the questions a campaign asks as its clock runs: what comes of this call, when is the next one due,
is this interview sent to people, was the contact reached. All chance is looked up by address, never drawn in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.interview import Interviews, resolve
from callbacksim.campaign.outcomes import Disposition, Flag, Outcome
from callbacksim.campaign.truth import Truth, draw_truth, held_shares
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.calendar import DAY, HOUR, MINUTE, Timetable
from callbacksim.scenario.laws import milliseconds
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import WEEKDAYS, ExactCounts, Scenario, Segment

Ints = NDArray[np.int64]
T = TypeVar("T")
Lookup = list[T] | dict[int, T]  # by number
OUTCOMES = tuple(Outcome)
FAILURES = (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.VOICEMAIL, Outcome.REJECTED)


class Call(NamedTuple):
    """What comes of one call (times in ms); `wrap_up` keeps a person busy after it, never a robot's line."""

    outcome: Outcome
    ring: int
    talk: int
    wrap_up: int


class Try(NamedTuple):
    """What comes of one call-back by a person: reached or not, and how long the person is held (ms)."""

    reached: bool
    hold: int


class Physics:
    """One replication's rules and chance; arrays are indexed by contact unless said otherwise."""

    def __init__(self, scenario: Scenario, contacts: Contacts, times: Timetable, draws: Draws) -> None:
        self.scenario = scenario
        self.contacts = contacts
        self.times = times
        self.draws = draws
        self.truth: Truth = draw_truth(scenario, contacts, draws)
        self.manual = scenario.study.mode == "manual"
        self.number: list[int] = contacts.number.tolist()
        self._in_service: list[bool] = self.truth.in_service.tolist()
        self._rate = _hourly_rates(scenario, times)
        self._segment: list[int] = contacts.segment.tolist()
        self._factor: list[float] = _personal_factor(scenario, contacts, self.truth).tolist()
        self._most = scenario.answering.most
        robot = scenario.robot
        gaps = robot.retry_minutes
        again = {
            Outcome.NO_ANSWER: gaps.no_answer,
            Outcome.BUSY: gaps.busy,
            Outcome.VOICEMAIL: gaps.voicemail,
            Outcome.REJECTED: gaps.rejected,
            Outcome.REFUSAL: gaps.refusal if robot.retry_refusals else None,
            Outcome.BREAK_OFF: gaps.refusal if robot.retry_break_offs else None,
        }
        minutes = [again.get(outcome) for outcome in Outcome]
        self._gap = [None if gap is None else round(gap * MINUTE) for gap in minutes]  # by outcome
        self._attempts = robot.attempts
        self._other_slot = robot.other_slot
        self._day_cap = robot.attempts_per_day
        self._calls: dict[int, _Calls] = {}
        self._interviews: dict[int, Interviews] = {}
        self._dialogues: dict[int, tuple[list[int], list[int], list[int]]] = {}
        self._tries: dict[int, tuple[list[float], list[int]]] = {}

    # --- calls ---------------------------------------------------------------------------------------------

    def call(self, contact: int, attempt: int, nth: int, start: int) -> Call:
        """What comes of the contact's call `attempt`, the `nth` to its number (both from 1), begun at `start` ms."""
        number = self.number[contact]
        calls = self._calls.get(nth) or self._drawn(nth)
        if not self._in_service[contact]:
            return Call(Outcome.NOT_IN_SERVICE, calls.dead_ring[number], 0, 0)
        rate = self._rate[self._segment[contact]][start // HOUR] * self._factor[contact] * calls.multiplier
        if calls.answer[number] < min(rate, self._most):
            result, talk, wrap_up = self._dialogues.get(attempt) or self._resolved(attempt)
            return Call(OUTCOMES[result[contact]], calls.ring[number], talk[contact], wrap_up[contact])
        return Call(OUTCOMES[calls.failure[number]], calls.failure_ring[number], 0, 0)

    def retry_gap(self, contact: int, outcome: Outcome, attempt: int, nth: int) -> int | None:
        """Gap with jitter in ms after this outcome; None where the call was the last to the contact."""
        if attempt >= self._attempts:
            return None
        gap = self._gap[outcome]
        if gap is None or not self.scenario.robot.jitter_minutes:
            return gap
        return gap + (self._calls.get(nth) or self._drawn(nth)).jitter[self.number[contact]]

    def retry_due(self, start: int, end: int, gap: int, calls_that_day: int) -> int:
        """When the next call is due: after the gap, in another slot if the scenario asks so, within the day's cap.

        `calls_that_day` counts the starts to the number on the calendar day of `start`.
        """
        due = end + gap
        if self._other_slot:
            due = max(due, self.times.calling.close_after(start))
        return self.within_day_cap(due, start // DAY, calls_that_day)

    def within_day_cap(self, due: int, day: int, calls: int) -> int:
        """`due`, or the next midnight where it falls on `day` and the number has had its calls of that day."""
        cap = self._day_cap
        return (due // DAY + 1) * DAY if cap and due // DAY == day and calls >= cap else due

    def interviews(self, attempt: int) -> Interviews:
        """What a live answer at this attempt leads to, for every contact."""
        if attempt not in self._interviews:
            self._interviews[attempt] = resolve(self.scenario, self.contacts, self.truth, self.draws, attempt)
        return self._interviews[attempt]

    @cached_property
    def rank(self) -> list[int]:
        """The order among contacts that are equally ready."""
        if self.scenario.robot.order == "register":
            return list(range(len(self.number)))
        u = self.draws.uniforms("rank", self.contacts.rows)[self.contacts.row]
        ranks = np.empty(len(u), dtype=np.int64)
        ranks[np.argsort(u, kind="stable")] = np.arange(len(u))
        return [int(r) for r in ranks]

    # --- recognition: who is sent to people ------------------------------------------------------------------

    @cached_property
    def flag(self) -> list[int]:
        """Why each contact's final interview would be flagged, a `Flag` (rates, not exact counts)."""
        recognition = self.scenario.recognition
        if self.manual or recognition.exact != "none":
            return [int(Flag.NONE)] * len(self.number)
        holds = (self.truth.problems + self.truth.suggestions) > 0
        u = self.draws.uniforms("flag", self.contacts.rows)[self.contacts.row]
        flagged = np.where(
            holds,
            np.where(u < recognition.sensitivity, Flag.ITEM, Flag.NONE),
            np.where(u < recognition.unclear, Flag.UNCLEAR, Flag.NONE),
        )
        flags: list[int] = flagged.tolist()
        return flags

    def exactly_flagged(self, interviewed: Ints) -> Ints:
        """The contacts with the smallest flag draws, as many as the scenario fixes, in order of contact."""
        exact = self.scenario.recognition.exact
        assert isinstance(exact, ExactCounts)
        return self._exactly("flag", interviewed, exact.escalations, "escalations", "contacts were interviewed")

    def exact_items(self, handled: Ints) -> tuple[Ints, Ints]:
        """Contacts with a problem, contacts with a suggestion: as many as the scenario fixes, smallest truth draws."""
        exact = self.scenario.recognition.exact
        assert isinstance(exact, ExactCounts)
        said = "contacts were interviewed" if self.manual else "escalations were handled"
        return (
            self._exactly("problem", handled, exact.problems, "problems", said),
            self._exactly("suggestion", handled, exact.suggestions, "suggestions", said),
        )

    def _exactly(self, stream: str, among: Ints, count: int, field: str, said: str) -> Ints:
        if len(among) < count:
            raise Refused(
                Problem(
                    "scenario",
                    1,
                    f"recognition.exact.{field}",
                    f"exactly {count} {field} are asked for, but only {len(among)} {said} "
                    f"(replication {self.draws.replication})",
                    "ask for fewer, or give the campaign more answers, time or people",
                )
            )
        u = self.draws.uniforms(stream, self.contacts.rows)[self.contacts.row[among]]
        return np.sort(among[np.argsort(u, kind="stable")[:count]])

    def exact_class(self, contact: int) -> int:
        """Queue class of an escalation whose reason is not known: drawn without regard to the truth."""
        return int(self._exact_class[contact] >= self._share_heard)

    @cached_property
    def _exact_class(self) -> list[float]:
        u: list[float] = self.draws.uniforms("class", self.contacts.rows)[self.contacts.row].tolist()
        return u

    @cached_property
    def _share_heard(self) -> float:
        """Share of flags with an item heard, at the scenario's rates for these contacts."""
        recognition = self.scenario.recognition
        problems, suggestions = held_shares(self.scenario)
        held = (1 - (1 - problems) * (1 - suggestions))[self.contacts.segment].mean()
        heard = recognition.sensitivity * float(held)
        unclear = recognition.unclear * (1 - float(held))
        return heard / (heard + unclear) if heard + unclear > 0 else 1.0

    # --- people ----------------------------------------------------------------------------------------------

    def call_back(self, contact: int, turn: int, start: int) -> Try:
        """What comes of a person's try number `turn` (from 1) to reach the contact, begun at `start`."""
        agents = self.scenario.agents
        u_reach, rings = self._tries_of(turn)
        reach = agents.reach * agents.reach_index.get(str(start // HOUR % 24), 100.0) / 100
        return Try(True, self._handling[contact]) if u_reach[contact] < reach else Try(False, rings[contact])

    def work(self, contact: int) -> int:
        """What settling an escalation takes of people's time, in ms: tries until it is reached, at the base reach."""
        agents, total = self.scenario.agents, 0
        for turn in range(1, agents.tries + 1):
            u_reach, rings = self._tries_of(turn)
            if u_reach[contact] < agents.reach:
                return total + self._handling[contact]
            total += rings[contact]
        return total

    def _tries_of(self, turn: int) -> tuple[list[float], list[int]]:
        if turn not in self._tries:
            u = self.draws.uniforms("reach", self.contacts.rows, turn)[self.contacts.row]
            ring = milliseconds(self.scenario.agents.ring, self.draws.uniforms("agent ring", self.contacts.rows, turn))
            self._tries[turn] = (u.tolist(), ring[self.contacts.row].tolist())
        return self._tries[turn]

    @cached_property
    def _handling(self) -> list[int]:
        """Talk and wrap-up of a call-back that reaches, in ms."""
        agents = self.scenario.agents
        talk = milliseconds(agents.talk, self.draws.uniforms("agent talk", self.contacts.rows))
        wrap_up = milliseconds(agents.wrap_up, self.draws.uniforms("agent wrap-up", self.contacts.rows))
        both: list[int] = (talk + wrap_up)[self.contacts.row].tolist()
        return both

    # --- looked-up chance --------------------------------------------------------------------------------------

    def _drawn(self, nth: int) -> _Calls:
        # A number is called more often than a contact may be only where contacts share it: few numbers, many calls.
        several = None if nth <= self._attempts else np.flatnonzero(self._most_calls >= nth)
        self._calls[nth] = _draw_calls(self.scenario, self.contacts.numbers, self.draws, nth, several)
        return self._calls[nth]

    @cached_property
    def _most_calls(self) -> Ints:
        """The most calls that each number can get."""
        return np.bincount(self.contacts.number, minlength=self.contacts.numbers) * self._attempts

    def _resolved(self, attempt: int) -> tuple[list[int], list[int], list[int]]:
        interviews = self.interviews(attempt)
        wrap_up = np.zeros(len(self.number), dtype=np.int64)
        if self.manual:
            u = self.draws.uniforms("manual wrap-up", self.contacts.rows, attempt)[self.contacts.row]
            wrap_up = milliseconds(self.scenario.manual.wrap_up, u)
        self._dialogues[attempt] = (interviews.result.tolist(), interviews.talk.tolist(), wrap_up.tolist())
        return self._dialogues[attempt]


def final_disposition(outcome: Outcome, refused_before: bool) -> Disposition:
    """What a contact has become with the last call to it.

    A refusal or break-off that was called again in vain stays one (AAPOR: R goes before non-contact).
    """
    disposition = _BECOMES[outcome]
    return Disposition.BROKEN_OFF if refused_before and disposition is Disposition.EXHAUSTED else disposition


_BECOMES = (
    Disposition.COMPLETE,
    Disposition.PARTIAL,
    Disposition.BROKEN_OFF,
    Disposition.BROKEN_OFF,
    Disposition.OPTED_OUT,
    *(Disposition.EXHAUSTED for _ in FAILURES),
    Disposition.NOT_IN_SERVICE,
)


@dataclass(frozen=True)
class _Calls:
    """The chance of everybody's n-th call, by number."""

    multiplier: float
    answer: Lookup[float]
    ring: Lookup[int]
    failure: Lookup[int]
    failure_ring: Lookup[int]
    dead_ring: Lookup[int]
    jitter: Lookup[int]


def _draw_calls(scenario: Scenario, numbers: int, draws: Draws, nth: int, several: Ints | None) -> _Calls:
    """The draws of all numbers, or (`several`) of those alone that can get so many calls."""
    answering = scenario.answering

    def uniforms(stream: str) -> NDArray[np.float64]:
        # Always all of them, so that a draw keeps its address.
        drawn = draws.uniforms(stream, numbers, nth)
        return drawn if several is None else drawn[several]

    def lookup(values: NDArray[Any]) -> Any:
        return values.tolist() if several is None else dict(zip(several.tolist(), values.tolist(), strict=True))

    weights = np.array([answering.no_answer, answering.busy, answering.voicemail, answering.rejected])
    edges = np.cumsum(weights) / weights.sum()
    kind = np.minimum(np.searchsorted(edges, uniforms("failure"), side="right"), 3)
    u = uniforms("ring")
    laws = (answering.ring.no_answer, answering.ring.busy, answering.ring.voicemail, answering.ring.rejected)
    failure_ring = np.select([kind == i for i in range(4)], [milliseconds(law, u) for law in laws])
    jitter = np.rint(uniforms("jitter") * scenario.robot.jitter_minutes * MINUTE)
    return _Calls(
        multiplier=answering.retry_multiplier ** (nth - 1),
        answer=lookup(uniforms("answer")),
        ring=lookup(milliseconds(answering.ring.answered, u)),
        failure=lookup(np.array(FAILURES)[kind]),
        failure_ring=lookup(failure_ring),
        dead_ring=lookup(milliseconds(answering.ring.not_in_service, u)),
        jitter=lookup(jitter.astype(np.int64)),
    )


def _hourly_rates(scenario: Scenario, times: Timetable) -> list[list[float]]:
    """Answer rate of a first call by segment (0: none fits) and hour of the campaign."""
    answering = scenario.answering
    curves = [answering.hour_index, *(_own(s, answering.hour_index) for s in scenario.segments.values())]
    first = times.start.weekday()
    hours = range(times.horizon // HOUR + 24)
    days = [answering.weekday_index.get(WEEKDAYS[(first + h // 24) % 7], 100.0) / 100 for h in hours]
    return [
        [answering.base * day * curve.get(str(h % 24), 100.0) / 100 for h, day in zip(hours, days, strict=True)]
        for curve in curves
    ]


def _own(segment: Segment, common: Mapping[str, float]) -> Mapping[str, float]:
    return common if segment.hour_index is None else segment.hour_index


def _personal_factor(scenario: Scenario, contacts: Contacts, truth: Truth) -> NDArray[np.float64]:
    by_segment = np.array([1.0, *(segment.answer_factor for segment in scenario.segments.values())])
    seldom = np.where(truth.seldom, scenario.answering.seldom_factor, 1.0)
    return np.asarray(by_segment[contacts.segment] * seldom, dtype=np.float64)
