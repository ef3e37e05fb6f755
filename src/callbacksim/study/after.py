"""A running campaign: how it stands by its log, and what the log does to the forecast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from callbacksim.campaign.outcomes import INTERVIEWED_CONTACTS, CaseStatus, Disposition, Item, Settled
from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.campaign.standing import Standing
from callbacksim.campaign.tracelog import Log
from callbacksim.frame.frame import Frame
from callbacksim.scenario.calendar import DAY
from callbacksim.scenario.schema import Scenario
from callbacksim.study.estimates import Estimate, paired_difference, prediction
from callbacksim.study.experiment import Study
from callbacksim.study.setting import setting
from callbacksim.study.summary import values

SHARE = 0.9
"""What a forecast gives: the dates between which so large a share of the runs end."""
FIGURES = ("finish", "dialling_finish", "interviews", "escalations", "called_back_in_time", "cost")
"""The figures that are forecast before and after a log."""


@dataclass(frozen=True)
class CallBacksSoFar:
    """How the call-backs stand; escalated = handled + unreachable + in hand + waiting."""

    escalated: int
    handled: int
    unreachable: int
    in_hand: int
    waiting: int
    tries: int


@dataclass(frozen=True)
class LedgerSoFar:
    """How the ledger stands: items = screened out + with the clerks + on the way + suggestions forwarded + cases;
    cases = settled + open with the departments (by name), of which some are past their due date."""

    items: int
    screened_out: int
    with_clerks: int
    on_the_way: int
    suggestions: int
    settled: int
    open: Mapping[str, int]
    overdue: int


@dataclass(frozen=True)
class SoFar:
    """How a campaign stands: contacts = done (by disposition) + on the line + waiting + not called yet.

    `waiting` are called again: due by the moment of the log, later on that day, and after it.
    """

    contacts: int
    calls: int
    interviewed: int
    broken_off: int
    not_in_service: int
    opted_out: int
    exhausted: int
    on_the_line: int
    waiting: int
    due_now: int
    due_today: int
    due_later: int
    not_called: int
    call_backs: CallBacksSoFar | None  # None: the log says nothing of them
    ledger: LedgerSoFar | None


@dataclass(frozen=True)
class Change:
    """A figure before and after the log, each with the interval into which a run falls, and the paired difference."""

    before: Estimate
    after: Estimate
    moved: Estimate


@dataclass(frozen=True)
class After:
    """What `run --after` knows besides a study of the rest.

    `before`: the plan as the file has it, from the first day on; `unchanged`: the same after the log, None where no
    other plan is asked for.
    """

    name: str  # of the log, as it was typed
    log: Log
    standing: Standing
    later: int  # calls of the log that begin after the moment
    so_far: SoFar
    before: Study
    unchanged: Study | None = None

    def changes(self, study: Study, since: Study | None = None) -> dict[str, Change]:
        """The figures of a study after the log against those from the first day (or of another study)."""
        confidence = study.scenario.study.confidence
        first = self.before if since is None else since
        found = {}
        for name in FIGURES:
            old, new = values(first, name), values(study, name)
            pairs = min(len(old), len(new))
            found[name] = Change(
                prediction(old, SHARE),
                prediction(new, SHARE),
                paired_difference(new[:pairs], old[:pairs], confidence),
            )
        return found


def so_far(scenario: Scenario, frame: Frame, standing: Standing, seed: int) -> SoFar:
    """How the campaign stands. Gaps before the next call that the log does not tell are those of replication 0."""
    where = setting(scenario, frame, standing=standing)
    campaign = Campaign(where.scenario, where.contacts, where.times, where.draws(seed, 0), where.script, standing)
    campaign.put_back(standing)
    contacts = range(len(where.contacts.row))
    became = Counter(campaign.became(contact) for contact in contacts)
    on_the_line = set(standing.attempts["contact"][~standing.ended].tolist())
    left = [c for c in contacts if campaign.became(c) is Disposition.UNFINISHED and c not in on_the_line]
    due = [campaign.due[c] for c in left if campaign.attempts[c]]
    midnight = (standing.at // DAY + 1) * DAY
    return SoFar(
        contacts=len(contacts),
        calls=len(standing.attempts["contact"]),
        interviewed=sum(became[disposition] for disposition in INTERVIEWED_CONTACTS),
        broken_off=became[Disposition.BROKEN_OFF],
        not_in_service=became[Disposition.NOT_IN_SERVICE],
        opted_out=became[Disposition.OPTED_OUT],
        exhausted=became[Disposition.EXHAUSTED],
        on_the_line=len(on_the_line),
        waiting=len(due),
        due_now=sum(ms <= standing.at for ms in due),
        due_today=sum(standing.at < ms < midnight for ms in due),
        due_later=sum(ms >= midnight for ms in due),
        not_called=len(left) - len(due),
        call_backs=None if standing.people is None else _call_backs(campaign),
        ledger=None if standing.ledger is None else _ledger(campaign, standing),
    )


def _call_backs(campaign: Campaign) -> CallBacksSoFar:
    desk = campaign.call_backs
    settled = Counter(settled for _, settled in desk.settled.values())
    handled, unreachable, in_hand = settled[Settled.HANDLED], settled[Settled.UNREACHABLE], desk.people.busy
    return CallBacksSoFar(
        escalated=len(desk.escalated),
        handled=handled,
        unreachable=unreachable,
        in_hand=in_hand,
        waiting=len(desk.escalated) - handled - unreachable - in_hand,
        tries=sum(desk.tries.values()),
    )


def _ledger(campaign: Campaign, standing: Standing) -> LedgerSoFar:
    desk = campaign.desk
    assert standing.ledger is not None
    items = len(standing.ledger.cases["contact"])
    told = desk.cases[len(desk.cases) - items :]  # taken up after what is still to come from elsewhere
    clerks, way, out, suggestions, settled, overdue = 0, 0, 0, 0, 0, 0
    open_ = dict.fromkeys(desk.department_names, 0)
    for case in told:
        last = case.rounds[-1] if case.rounds else None
        if desk.with_clerks and case.screened < 0:
            clerks += 1
        elif case.status(last, with_clerks=desk.with_clerks) is CaseStatus.SCREENED_OUT:
            out += 1
        elif last is None:
            way += 1
        elif case.report.kind is Item.SUGGESTION:
            suggestions += 1
        elif last.end >= 0:
            settled += 1
        else:
            open_[case.course.department] += 1
            overdue += last.due < standing.at
    return LedgerSoFar(len(told), out, clerks, way, suggestions, settled, open_, overdue)
