"""The physics of a call and of a call-back, in one place, knowing nothing of SimPy or of who holds a line.

`Physics` answers the questions a campaign asks as its clock runs: what comes of this call, when is the next one due,
is this interview sent to people, was the contact reached. All chance is looked up by address, never drawn in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.answering import Calls, draw_calls, hourly_rates, personal_factor
from callbacksim.campaign.draws import Draws
from callbacksim.campaign.interview import Interviews, resolve
from callbacksim.campaign.outcomes import FAILURES, Disposition, Flag, Outcome
from callbacksim.campaign.script import PLANS_OWN, UNSCRIPTED, Script
from callbacksim.campaign.standing import NOT_TOLD, Told
from callbacksim.campaign.truth import Truth, draw_truth, held_shares
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.calendar import DAY, HOUR, MINUTE, Timetable
from callbacksim.scenario.laws import milliseconds
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import ExactCounts, Scenario

Ints = NDArray[np.int64]
OUTCOMES = tuple(Outcome)


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


class Transfer(NamedTuple):
    """How long a caller waits for a person at most, and what the person then takes (ms)."""

    patience: int
    talk: int
    wrap_up: int


class Recording(NamedTuple):
    """What comes of listening to an interview's recording: how long it takes (ms), and whether an item is found."""

    hold: int
    found: bool


class Physics:
    """One replication's rules and chance; arrays are indexed by contact unless said otherwise.

    What is scripted is looked up in the script, everything else is drawn.
    """

    def __init__(
        self, scenario: Scenario, contacts: Contacts, times: Timetable, draws: Draws, script: Script = UNSCRIPTED
    ) -> None:
        self.scenario = scenario
        self.script = script
        self.contacts = contacts
        self.times = times
        self.draws = draws
        self.truth: Truth = draw_truth(scenario, contacts, draws)
        self.manual = scenario.study.mode == "manual"
        self.number: list[int] = contacts.number.tolist()
        self._in_service: list[bool] = self.truth.in_service.tolist()
        self._rate = hourly_rates(scenario, times)
        self._segment: list[int] = contacts.segment.tolist()
        self._factor: list[float] = personal_factor(scenario, contacts, self.truth, draws).tolist()
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
        self.told: dict[tuple[int, int], Told] = {}  # of calls under way when the clock began, by (contact, attempt)
        self._calls: dict[int, Calls] = {}
        self._interviews: dict[int, Interviews] = {}
        self._dialogues: dict[int, tuple[list[int], list[int], list[int]]] = {}
        self._tries: dict[int, tuple[list[float], list[int]]] = {}

    # --- calls ---------------------------------------------------------------------------------------------

    def call(self, contact: int, attempt: int, nth: int, start: int) -> Call:
        """What comes of the contact's call `attempt`, the `nth` to its number (both from 1), begun at `start` ms."""
        if self.script.calls is not None:
            row = self.script.calls.row(contact, attempt)
            return Call(row.outcome, row.ring, row.talk, row.wrap_up if self.manual else 0)
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
        if self.told and gap is not None and (contact, attempt) in self.told:
            told = self.told[contact, attempt].gap
            if told > 0:
                return told
        if self.script.calls is not None and gap is not None:
            scripted = self.script.calls.row(contact, attempt).gap
            return gap if scripted == PLANS_OWN else scripted
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

    def flagged(self, contact: int, attempt: int) -> tuple[int, int]:
        """Why the contact's final interview is flagged, a `Flag`, and its class in the queue of call-backs."""
        if self.manual:  # people hear everything themselves, whatever a robot's log says
            return int(Flag.NONE), 0
        told = self.told.get((contact, attempt))
        if told is not None and told.flag != NOT_TOLD:
            return told.flag, told.queue_class
        if self.script.calls is not None:
            row = self.script.calls.row(contact, attempt)
            return int(row.flag), row.queue_class
        flag = self._flag[contact]
        return flag, int(flag == Flag.UNCLEAR)

    def recorded(self, contact: int, attempt: int) -> int:
        """The satisfaction heard in the contact's final interview, 0 where none was."""
        told = self.told.get((contact, attempt))
        if told is not None and told.recorded != NOT_TOLD:
            return told.recorded
        if self.script.calls is not None:
            scripted = self.script.calls.row(contact, attempt).recorded
            if scripted is not None:
                return scripted
        return int(self.interviews(attempt).score[contact])

    @cached_property
    def _flag(self) -> list[int]:
        """Why each contact's final interview would be flagged (rates, not exact counts)."""
        recognition = self.scenario.recognition
        if recognition.exact != "none":
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

    def exactly_flagged(self, interviewed: Ints, attempts: Sequence[int]) -> Ints:
        """The contacts with the smallest flag draws, as many as the scenario fixes, in order of contact.

        `attempts` is the number of each contact's final call. A script says itself who is flagged.
        """
        exact = self.scenario.recognition.exact
        assert isinstance(exact, ExactCounts)
        if self.script.calls is not None:
            row = self.script.calls.row
            flagged = np.array([c for c in interviewed.tolist() if row(c, attempts[c]).flag], dtype=np.int64)
            if len(flagged) != exact.escalations:
                wrong = f"exactly {exact.escalations} escalations are asked for, and the script flags {len(flagged)}"
                right = 'write that number, or recognition.exact = "none"'
                raise Refused(Problem("scenario", 1, "recognition.exact.escalations", wrong, right))
            return flagged
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

    def exact_class(self, contact: int, attempt: int) -> int:
        """Queue class of an escalation whose reason is not known: drawn without regard to the truth."""
        if self.script.calls is not None:
            return self.script.calls.row(contact, attempt).queue_class
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

    def recording(self, contact: int) -> Recording | None:
        """What comes of listening to the contact's interview; None where nobody does."""
        if self.script.recordings is not None:
            row = self.script.recordings.rows.get((contact, 1))
            return None if row is None else Recording(row.hold, row.found)
        return self._recordings[contact]

    @cached_property
    def _recordings(self) -> list[Recording | None]:
        listeners, rows = self.scenario.listeners, self.contacts.row

        def uniform(stream: str) -> NDArray[np.float64]:
            return self.draws.uniforms(stream, self.contacts.rows)[rows]

        listened = uniform("listened") < listeners.share
        hold = milliseconds(listeners.listening, uniform("listening"), MINUTE)
        holds = (self.truth.problems + self.truth.suggestions) > 0
        found = holds & (uniform("found on recording") < listeners.finds)
        three = zip(listened.tolist(), hold.tolist(), found.tolist(), strict=True)
        return [Recording(ms, item) if chosen else None for chosen, ms, item in three]

    # --- people ----------------------------------------------------------------------------------------------

    def call_back(self, contact: int, turn: int, start: int) -> Try:
        """What comes of a person's try number `turn` (from 1) to reach the contact, begun at `start`."""
        if self.script.people is not None:
            row = self.script.people.row(contact, turn)
            return Try(row.reached, row.hold)
        agents = self.scenario.agents
        u_reach, rings = self._tries_of(turn)
        reach = agents.reach * agents.reach_index.get(str(start // HOUR % 24), 100.0) / 100
        return Try(True, self._handling(contact)) if u_reach[contact] < reach else Try(False, rings[contact])

    def try_gap(self, contact: int, turn: int) -> int | None:
        """Gap in ms from a failed try to the next one; None where it was the last."""
        agents = self.scenario.agents
        if turn >= agents.tries:
            return None
        scripted = PLANS_OWN if self.script.people is None else self.script.people.row(contact, turn).gap
        return round(agents.retry_minutes * MINUTE) if scripted == PLANS_OWN else scripted

    def transfer(self, contact: int) -> Transfer:
        """What comes of handing the contact over to a person while the line waits."""
        if self.script.transfers is not None:
            return Transfer(*self.script.transfers.row(contact))
        return Transfer(self._patience[contact], *self._talks[contact])

    def work(self, contact: int) -> int:
        """What settling an escalation takes of people's time, in ms: tries until it is reached, at the base reach."""
        agents, total = self.scenario.agents, 0
        if self.script.people is not None:
            rows, turns = self.script.people.rows, range(1, agents.tries + 1)
            return sum(rows[contact, turn].hold for turn in turns if (contact, turn) in rows)
        for turn in range(1, agents.tries + 1):
            u_reach, rings = self._tries_of(turn)
            if u_reach[contact] < agents.reach:
                return total + self._handling(contact)
            total += rings[contact]
        return total

    def _tries_of(self, turn: int) -> tuple[list[float], list[int]]:
        if turn not in self._tries:
            u = self.draws.uniforms("reach", self.contacts.rows, turn)[self.contacts.row]
            ring = milliseconds(self.scenario.agents.ring, self.draws.uniforms("agent ring", self.contacts.rows, turn))
            self._tries[turn] = (u.tolist(), ring[self.contacts.row].tolist())
        return self._tries[turn]

    def _handling(self, contact: int) -> int:
        """Talk and wrap-up of a call-back that reaches, in ms."""
        return sum(self._talks[contact])

    @cached_property
    def _talks(self) -> list[tuple[int, int]]:
        """A person's talk with each contact, and its wrap-up, in ms."""
        agents, rows = self.scenario.agents, self.contacts.row
        talk = milliseconds(agents.talk, self.draws.uniforms("agent talk", self.contacts.rows))[rows]
        wrap_up = milliseconds(agents.wrap_up, self.draws.uniforms("agent wrap-up", self.contacts.rows))[rows]
        return list(zip(talk.tolist(), wrap_up.tolist(), strict=True))

    @cached_property
    def _patience(self) -> list[int]:
        """How long each contact waits for a person at most, in ms."""
        u = self.draws.uniforms("patience", self.contacts.rows)[self.contacts.row]
        patience: list[int] = milliseconds(self.scenario.agents.transfer.patience, u).tolist()
        return patience

    # --- looked-up chance --------------------------------------------------------------------------------------

    def _drawn(self, nth: int) -> Calls:
        # A number is called more often than a contact may be only where contacts share it: few numbers, many calls.
        several = None if nth <= self._attempts else np.flatnonzero(self._most_calls >= nth)
        self._calls[nth] = draw_calls(self.scenario, self.contacts.numbers, self.draws, nth, several)
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
