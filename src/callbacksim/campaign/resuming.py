"""A campaign put where it stands, before its clock runs: queues filled, work in hand taken up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from callbacksim.campaign.outcomes import INTERVIEWED, Disposition, Flag, Outcome, Settled
from callbacksim.campaign.rules import OUTCOMES, Call, final_disposition
from callbacksim.campaign.standing import NOT_TOLD, Standing, Told
from callbacksim.campaign.station import Server
from callbacksim.campaign.trace import records
from callbacksim.scenario.calendar import DAY

if TYPE_CHECKING:
    import simpy

    from callbacksim.campaign.simpy_engine import Campaign

REFUSED = (Outcome.REFUSAL, Outcome.BREAK_OFF)


def take_up(campaign: Campaign, standing: Standing) -> None:
    """Put a campaign, its stations open and its queues empty, where it stands."""
    so_far = standing.people
    on_hold: dict[int, simpy.Event] = {}
    if so_far is not None:
        on_hold = campaign.call_backs.take_up(standing.at, so_far, standing.steps_of("people", campaign.times.people))
        for contact, (at, settled) in campaign.call_backs.settled.items():
            if settled is Settled.HANDLED and standing.ledger is None:
                campaign.handled(contact, at)
    if standing.ledger is not None:
        campaign.desk.take_up(standing.at, standing.ledger, standing.steps_of("clerks", campaign.desk.clerk_hours()))
    if campaign.listens and standing.recordings is not None:
        team = campaign.times.listeners
        steps = standing.steps_of("listeners", team.at_work.steps(team.count))
        campaign.listening.take_up(standing.at, standing.recordings, steps)
        if so_far is None:
            for contact, _, found, _, start, end in records(standing.recordings):
                if found and 0 <= start <= end < standing.at:
                    campaign.found(contact, end)
    calls = _Calls(campaign, standing)
    calls.count()
    for contact, row in enumerate(standing.last(len(campaign.contacts.row)).tolist()):
        if contact in standing.left:
            campaign.disposition[contact] = Disposition.OPTED_OUT
            campaign.final_at[contact] = standing.left[contact]
            campaign.due[contact] = standing.due.get(contact, 0)
        elif row < 0:
            calls.wait(contact, standing.due.get(contact, 0))
        else:
            calls.go_on(contact, row, on_hold)
    quota = campaign.scenario.robot.quota
    campaign.lines.take_up(
        standing.at,
        standing.steps_of("lines", campaign.times.lines),
        not_before=calls.last_start + campaign.lines.pace,
        closed=0 < quota <= campaign.interviews,
    )


class _Calls:
    """The calls so far, and what follows from the last one to each contact."""

    def __init__(self, campaign: Campaign, standing: Standing) -> None:
        self.campaign, self.standing = campaign, standing
        attempts = standing.attempts
        self.number = campaign.contacts.number
        self.rows = {name: column.tolist() for name, column in attempts.items()}
        self.of_the_day = standing.of_the_day(self.number).tolist()
        self.ended, self.held = standing.ended.tolist(), standing.held.tolist()
        self.last_start = max(self.rows["start"], default=-campaign.lines.pace)

    def count(self) -> None:
        """Calls by contact and number, opt-outs, refusals."""
        campaign, attempts, contacts = self.campaign, self.standing.attempts, self.campaign.contacts
        of = self.number[attempts["contact"]]
        campaign.attempts = np.bincount(attempts["contact"], minlength=len(contacts.row)).tolist()
        campaign.nth_call = np.bincount(of, minlength=contacts.numbers).tolist()
        for number, start, nth in zip(of.tolist(), self.rows["start"], self.of_the_day, strict=True):
            campaign.call_day[number], campaign.calls_that_day[number] = start // DAY, nth
        ended = self.standing.ended
        for contact, outcome in zip(
            attempts["contact"][ended].tolist(), attempts["outcome"][ended].tolist(), strict=True
        ):
            if outcome in REFUSED:
                campaign.refused[contact] = REFUSED.index(Outcome(outcome)) + 1
            elif outcome == Outcome.OPT_OUT:
                campaign.opted_out.add(int(self.number[contact]))

    def wait(self, contact: int, due: int) -> None:
        """The contact's next call is due."""
        campaign = self.campaign
        campaign.due[contact] = due
        campaign.lines.offer(contact, due, campaign.call_key(contact, due))

    def go_on(self, contact: int, row: int, on_hold: dict[int, simpy.Event]) -> None:
        """What follows from the last call to a contact: its end is waited for, a retry or an end."""
        campaign, rows = self.campaign, self.rows
        outcome, attempt = OUTCOMES[rows["outcome"][row]], rows["attempt"][row]
        start, end, told = rows["start"][row], rows["end"][row], self.standing.told(row)
        campaign.due[contact] = rows["due"][row]
        if self.held[row] and campaign.shared:
            campaign.in_call.add(int(self.number[contact]))
        if not self.ended[row]:
            call = Call(outcome, rows["ring"][row], rows["talk"][row], rows["wrap_up"][row])
            campaign.physics.told[contact, attempt] = told
            campaign.lines.at_work(self._end_call(contact, attempt, rows["nth"][row], start, call, end))
            return
        gap = campaign.physics.retry_gap(contact, outcome, attempt, rows["nth"][row])
        if gap is not None:
            gap = told.gap if told.gap > 0 else gap
            due = campaign.physics.retry_due(start, end, gap, self.of_the_day[row])
            self.wait(contact, self.standing.due.get(contact, due))
            return
        campaign.disposition[contact] = final_disposition(outcome, campaign.refused[contact] > 0)
        campaign.final_at[contact] = end
        if outcome in INTERVIEWED:
            recorded = told.recorded
            campaign.heard[contact] = campaign.physics.recorded(contact, attempt) if recorded == NOT_TOLD else recorded
            campaign.interviews += 1
            self._interviewed(contact, attempt, told, end)
        if contact in on_hold:
            campaign.lines.at_work(self._end_hold(contact, outcome, on_hold[contact]))

    def _interviewed(self, contact: int, attempt: int, told: Told, end: int) -> None:
        campaign, standing = self.campaign, self.standing
        flag, queue_class = (told.flag, told.queue_class)
        if flag == NOT_TOLD:
            flag, queue_class = campaign.physics.flagged(contact, attempt)
        if flag != Flag.NONE:
            if contact not in campaign.call_backs.escalated:
                campaign.escalate(contact, flag, queue_class, end)
        elif campaign.manual:
            if standing.ledger is None:
                campaign.report(contact, end)
        elif campaign.listens and standing.recordings is None:
            campaign.listening.offer(contact, end)

    def _end_call(self, contact: int, attempt: int, nth: int, start: int, call: Call, end: int) -> Server:
        campaign = self.campaign
        yield campaign.env.timeout(end - campaign.env.now)
        campaign.hang_up(contact, attempt, nth, start, call)
        if contact in campaign.on_hold:
            yield campaign.on_hold.pop(contact)
        yield from self._next(contact, call.outcome)

    def _end_hold(self, contact: int, outcome: Outcome, line_free: simpy.Event) -> Server:
        yield line_free
        yield from self._next(contact, outcome)

    def _next(self, contact: int, outcome: Outcome) -> Server:
        campaign = self.campaign
        if campaign.shared:
            campaign.release(int(self.number[contact]), outcome)
        following = campaign.lines.take()
        yield from campaign.line((yield campaign.lines.next()) if following is None else following)
