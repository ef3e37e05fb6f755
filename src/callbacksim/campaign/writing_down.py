"""What a campaign that has ended leaves: its rows as the columns of a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from callbacksim.campaign.outcomes import INTERVIEWED_CONTACTS
from callbacksim.campaign.trace import ATTEMPTS, CONTACTS, STEPS, Column, Table, Trace, table

if TYPE_CHECKING:
    from callbacksim.campaign.simpy_engine import Campaign


def written_down(campaign: Campaign) -> Trace:
    """Everything that happened, as columns."""
    people = campaign.call_backs.tables()
    escalations = people["escalations"]
    truth, contacts, physics = campaign.physics.truth, campaign.contacts, campaign.physics
    n = len(contacts.row)
    unknown = np.full(n, -1)
    attempts = _attempts_by_start(campaign, escalations, people["transfers"])
    last_outcome = np.full(n, -1)
    last_outcome[attempts["contact"]] = attempts["outcome"]  # of several calls to a contact the last one stays
    columns = (
        np.arange(n),
        contacts.row,
        contacts.number,
        contacts.businesses,
        contacts.segment,
        campaign.attempts,
        [campaign.became(contact) for contact in range(n)],
        last_outcome,
        campaign.refused,
        campaign.final_at,
        campaign.due,
        truth.score,
        campaign.heard,
        truth.seldom,
        unknown if campaign.fixed else truth.problems,
        unknown if campaign.fixed else truth.suggestions,
    )
    return Trace(
        replication=campaign.draws.replication,
        attempts=attempts,
        recordings=campaign.listening.recordings(),
        **people,
        cases=campaign.desk.case_table(),
        rounds=campaign.desk.round_table(),
        lookbacks=campaign.desk.lookback_table(),
        contacts={name: np.asarray(column, dtype=np.int64) for name, column in zip(CONTACTS, columns, strict=True)},
        expected=truth.expected,
        businesses={
            "contact": contacts.business_contact,
            "row": contacts.business_row,
            "score": truth.business_score,
        },
        work=np.array([physics.work(contact) for contact in escalations["contact"].tolist()], dtype=np.int64),
        lines=table(STEPS, campaign.lines.steps),
        people=table(STEPS, campaign.people.steps),
        clerks=campaign.desk.clerk_steps(),
        listeners=table(STEPS, campaign.listening.listeners.steps),
        answers=_answers_heard(campaign),
        quota_reached=0 < campaign.scenario.robot.quota <= campaign.interviews,
        categories=campaign.desk.category_names,
        departments=campaign.desk.department_names,
    )


def _attempts_by_start(campaign: Campaign, escalations: Table, transfers: Table) -> dict[str, Column]:
    """The attempts in the order of their starts (they were noted as they ended)."""
    ended = table(ATTEMPTS[:-1], campaign.calls)
    if campaign.standing is not None:
        before = campaign.standing.attempts
        ended = {name: np.concatenate([before[name][campaign.standing.ended], ended[name]]) for name in ended}
    by_start = np.lexsort((ended["contact"], ended["start"]))
    attempts = {name: column[by_start] for name, column in ended.items()}
    last = np.full(len(campaign.attempts), -1)
    last[attempts["contact"]] = np.arange(len(by_start))  # the last row of each contact
    if campaign.fixed and not campaign.manual:  # who was flagged is known only after the calls
        sent = last[escalations["contact"]]
        attempts["flag"][sent], attempts["class"][sent] = escalations["flag"], escalations["class"]
    attempts["free"] = attempts["end"].copy()
    attempts["free"][last[transfers["contact"]]] = transfers["free"]
    return attempts


def _answers_heard(campaign: Campaign) -> dict[str, Column]:
    """What was heard in the final interviews, by question of the dialogue; -1 where nothing was."""
    done = np.array([d in INTERVIEWED_CONTACTS for d in campaign.disposition], dtype=bool)
    attempts = np.array(campaign.attempts)
    heard = {question.id: np.full(len(done), -1) for question in campaign.scenario.questionnaire.questions}
    for attempt in np.unique(attempts[done]).tolist() if heard else ():
        which = done & (attempts == attempt)
        for question, options in campaign.physics.interviews(attempt).answers.items():
            heard[question][which] = options[which]
    return heard
