"""Traces written out by hand, from which figures are computed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from callbacksim.campaign.outcomes import CaseStatus, Disposition, Flag, Handover, Item, Outcome, Settled, Source
from callbacksim.campaign.trace import (
    ATTEMPTS,
    CASES,
    CONTACTS,
    ESCALATIONS,
    LOOKBACKS,
    RECORDINGS,
    ROUNDS,
    STEPS,
    TRANSFERS,
    TRIES,
    Trace,
    table,
)
from helpers import at

WEEK = [
    (at(clock, day), capacity)
    for day in range(5)
    for clock, capacity in (("09:00", 2), ("12:00", 0), ("14:00", 2), ("18:00", 0))
]
Records = Sequence[Sequence[Any]]


def hand_trace(
    attempts: Records = (),
    tries: Records = (),
    escalations: Records = (),
    cases: Records = (),
    rounds: Records | None = None,
    lookbacks: Records = (),
    contacts: Records = (),
    transfers: Records = (),
    recordings: Records = (),
    **more: Any,
) -> Trace:
    """A trace of these records, in the order of the columns of `callbacksim.campaign.trace`."""
    n = len(contacts)
    rest: dict[str, Any] = {
        "expected": np.full(n, 0.8),
        # Two lines and two people, Monday to Friday.
        "lines": table(STEPS, WEEK),
        "people": table(STEPS, WEEK),
        "clerks": table(STEPS, WEEK),
        "listeners": table(STEPS, []),
        "quota_reached": False,
        "categories": ("tax",),
        "departments": ("A",),
    }
    scores = more.pop("business_score", np.full(n, 5))
    row = np.arange(len(scores))
    made = table(TRIES, tries)
    # An escalation that says nothing of a transfer was not offered one.
    whole = [(*one, Handover.NOT_OFFERED) if len(one) < len(ESCALATIONS) else one for one in escalations]
    sent = table(ESCALATIONS, whole)
    return Trace(
        answers={},
        businesses={"contact": row, "row": row, "score": scores},
        work=np.array([made["hold"][made["contact"] == contact].sum() for contact in sent["contact"]], dtype=np.int64),
        replication=0,
        # A call that says nothing of its line leaves it free at its end.
        attempts=table(ATTEMPTS, [(*one, one[-2]) if len(one) < len(ATTEMPTS) else one for one in attempts]),
        tries=made,
        transfers=table(TRANSFERS, transfers),
        recordings=table(RECORDINGS, recordings),
        escalations=sent,
        cases=table(CASES, cases),
        rounds=table(ROUNDS, once(cases) if rounds is None else rounds),
        lookbacks=table(LOOKBACKS, lookbacks),
        contacts=table(CONTACTS, contacts),
        **(rest | more),
    )


def once(cases: Records) -> Records:
    """The rounds of cases that were received once at most: as the cases' own columns say."""
    received = table(CASES, cases)
    names = ("received", "due", "start", "end", "status")
    return [
        (place, 1, *(int(received[name][place]) for name in names))
        for place in range(len(cases))
        if received["received"][place] >= 0
    ]


def item(contact: int, kind: Item, number: int, heard: str, *rest: int, status: CaseStatus) -> tuple[int, ...]:
    """An item of a contact that no clerk screened: forwarded, received, due, start, end (-1 where left out)."""
    times = (*rest, *(-1,) * (5 - len(rest)))
    rounds = int(times[1] >= 0)
    return (contact, Source.SURVEY, kind, number, 0, 0, at(heard), -1, -1, *times, status, rounds)


def call(
    contact: int, outcome: Outcome, due: str, start: str, end: str, *, ring: int = 10, attempt: int = 1
) -> tuple[int, ...]:
    """A call with so many seconds of ring; a live answer talks for the rest, a failure rings all the time."""
    live = outcome <= Outcome.OPT_OUT
    hold = at(end) - at(start)
    rung = ring * 1000 if live else hold
    return (contact, attempt, outcome, rung, hold - rung, 0, 0, Flag.NONE, 0, at(due), at(start), at(end), attempt)


def person(
    contact: int,
    disposition: Disposition,
    *,
    attempts: int = 1,
    score: int = 5,
    heard: int = 0,
    seldom: int = 0,
    problems: int = 0,
    businesses: int = 1,
    refused: int = 0,
) -> tuple[int, ...]:
    """A contact with a row and a number of its own."""
    place = (contact, contact, contact, businesses, 0)
    return (*place, attempts, disposition, -1, refused, -1, 0, score, heard, seldom, problems, 0)


# Monday. Two lines; 0 and 1 at once, 2 behind them and again after an hour; 3 waits ten minutes for no line and runs
# ten minutes over noon; 4 and 5 in the afternoon.
CALLS = (
    call(0, Outcome.COMPLETE, "09:00", "09:00", "09:10"),
    call(1, Outcome.PARTIAL, "09:00", "09:00", "09:20"),
    call(2, Outcome.NO_ANSWER, "09:00", "09:10", "09:11"),
    call(2, Outcome.VOICEMAIL, "10:11", "10:11", "10:12", attempt=2),
    call(3, Outcome.BREAK_OFF, "11:40", "11:50", "12:10"),
    call(4, Outcome.NOT_IN_SERVICE, "14:00", "14:00", "14:10"),
    call(5, Outcome.COMPLETE, "14:00", "14:00", "14:05"),
)
PEOPLE = (
    person(0, Disposition.COMPLETE, heard=5, problems=2),
    person(1, Disposition.PARTIAL, heard=4, problems=2),
    person(2, Disposition.EXHAUSTED, attempts=2, problems=1),
    person(3, Disposition.BROKEN_OFF, problems=1, refused=1),
    person(4, Disposition.NOT_IN_SERVICE),
    person(5, Disposition.COMPLETE, heard=3, problems=1),
)
# 0 is missed once and reached an hour later, 1 is called in the afternoon only, 5 never.
TRY = (
    (0, 1, 0, at("00:01"), at("01:00"), at("09:10"), at("09:20"), at("09:21")),
    (0, 2, 1, at("00:10"), 0, at("10:21"), at("10:21"), at("10:31")),
    (1, 1, 1, at("00:10"), 0, at("09:20"), at("14:20"), at("14:30")),
)
ESCALATED = (
    (0, at("09:10"), Flag.ITEM, 0, 2, at("09:20"), at("10:31"), Settled.HANDLED),
    (1, at("09:20"), Flag.ITEM, 0, 1, at("14:20"), at("14:30"), Settled.HANDLED),
    (5, at("14:05"), Flag.UNCLEAR, 1, 0, -1, -1, Settled.UNFINISHED),
)
_P, _S = Item.PROBLEM, Item.SUGGESTION
_MORNING = (at("11:00"), at("11:00"), at("17:00", 1))  # forwarded, received, due
_MISROUTED = (at("15:00"), at("16:00"), at("17:00", 1))
_LATER = (at("15:00"), at("15:00"), at("17:00", 2))
ON_LEDGER = (
    # Resolved in time; screened out; a suggestion; misrouted, late and unresolved; never taken up.
    item(0, _P, 0, "10:31", *_MORNING, at("11:00"), at("10:00", 1), status=CaseStatus.RESOLVED),
    item(0, _P, 1, "10:31", status=CaseStatus.SCREENED_OUT),
    item(0, _S, 0, "10:31", *_MORNING, status=CaseStatus.FORWARDED),
    item(1, _P, 0, "14:30", *_MISROUTED, at("16:00"), at("09:00", 2), status=CaseStatus.CLOSED_UNRESOLVED),
    item(1, _P, 1, "14:30", *_LATER, status=CaseStatus.OPEN),
)


def example(**changes: Any) -> Trace:
    """The whole example, with some tables changed."""
    tables: dict[str, Any] = {
        "attempts": CALLS,
        "tries": TRY,
        "escalations": ESCALATED,
        "cases": ON_LEDGER,
        "contacts": PEOPLE,
    }
    return hand_trace(**(tables | changes))
