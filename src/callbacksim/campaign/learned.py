"""What a log teaches of the people in it: the latent facts of a fresh replication, given what each call has shown.

Who is left over after some calls in vain is seldom somebody who will answer the next one. Every latent fact is a
function of an addressed uniform (`truth`, `answering`); so it is enough to draw those uniforms from where, by Bayes,
the history leaves them. Each stays a rising function of the plain one, so replication r before and after a log, and
under two plans, are as alike as they can be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.answering import hourly_rates, propensity, segment_factors
from callbacksim.campaign.casework import intake_days
from callbacksim.campaign.draws import Draws
from callbacksim.campaign.outcomes import INTERVIEWED, LIVE, Item, Outcome, Source
from callbacksim.campaign.standing import NOT_TOLD, Standing
from callbacksim.campaign.truth import held_shares, score_shares
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.calendar import HOUR, Timetable
from callbacksim.scenario.schema import Intake, Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
GRID = 400
"""Parts, each as likely before the log, into which the law of propensities is divided."""


@dataclass(frozen=True)
class Propensities:
    """The law of propensity after each history of calls, by parts of its uniform.

    `edges` (parts + 1,) divide the plain uniform; `after` (histories, 2, parts + 1) is how likely the part lies
    below each edge after a history, for a number outside and in the group that seldom answers; `weight`
    (histories, 2) the likelihood of the history in either.
    """

    edges: Floats
    after: Floats
    weight: Floats

    def uniforms(self, history: Ints, seldom: Ints, u: Floats) -> Floats:
        """Plain uniforms u moved to where the history of each leaves them: shape of u."""
        rows = self.after.reshape(-1, len(self.edges))
        row = 2 * history + seldom
        # All rows, one above the other, rise from 0 to their number: one search finds the part in each.
        above = (rows[:, 1:] + np.arange(len(rows))[:, None]).ravel()
        parts = len(self.edges) - 1
        part = np.minimum(np.searchsorted(above, row + u, side="right") - row * parts, parts - 1)
        low, high = rows[row, part], rows[row, part + 1]
        within = np.where(high > low, (u - low) / np.where(high > low, high - low, 1.0), 0.5)
        begin, end = self.edges[part], self.edges[part + 1]
        return np.asarray(begin + np.clip(within, 0.0, 1.0) * (end - begin), dtype=np.float64)


@dataclass(frozen=True)
class Learned:
    """What a standing teaches. Numbers and rows are places in the streams of that name."""

    size: int  # of the streams by number
    dead: float  # share of numbers out of service
    share: float  # of the group that seldom answers
    numbers: Ints  # those that were called
    answers: Bools  # in service, of those
    seldom: Floats  # probability to be of that group, of those
    history: Ints  # which of the histories, of those
    propensities: Propensities
    rows: Ints  # those whose satisfaction was heard
    rows_number: Ints
    scores: Floats  # (rows, 2, 6): how likely at least so good a score, 5 to 1, for either group
    plain_scores: Floats  # the same before anything was heard
    handled: Ints  # rows of contacts whose items stand on the ledger
    items: Mapping[str, tuple[Floats, Floats]]  # … by stream, between which uniforms it holds just these
    reported: float  # share of the intake's time that is over
    arrived: Ints  # reports of the intake that have come in; the others are to come
    holders: Ints  # rows of which the log says something else about items
    held: Floats  # (holders, 2): problems, suggestions if no problem: likely after the log
    plain_held: Floats  # … and before it
    chosen: Ints  # rows whose recording is listened to
    listened: float  # share of recordings that are

    def draws(self, seed: int, replication: int) -> Draws:
        """The chance of one replication of the rest."""
        return Informed(seed, replication, self)


@dataclass(frozen=True)
class Informed(Draws):
    """Draws of which those of the latent facts follow their laws after the log; all others are plain."""

    learned: Learned

    def uniforms(self, stream: str, size: int, turn: int = 0) -> Floats:
        """As `Draws.uniforms`."""
        u, learned = super().uniforms(stream, size, turn), self.learned
        if stream == "in service":
            called = u[learned.numbers]
            u[learned.numbers] = np.where(learned.answers, learned.dead + called * (1 - learned.dead), -1.0)
        elif stream == "seldom":
            u[learned.numbers] = moved(u[learned.numbers], learned.seldom, learned.share)
        elif stream == "propensity" and len(learned.numbers):
            seldom = self._seldom()[learned.numbers]
            u[learned.numbers] = learned.propensities.uniforms(learned.history, seldom, u[learned.numbers])
        elif stream == "score" and len(learned.rows):
            seldom, row = self._seldom()[learned.rows_number], np.arange(len(learned.rows))
            u[learned.rows] = between(u[learned.rows], learned.scores[row, seldom], learned.plain_scores[row, seldom])
        elif stream == "problem":
            u[learned.holders] = moved(u[learned.holders], learned.held[:, 0], learned.plain_held[:, 0])
        elif stream == "suggestion":
            problem = super().uniforms("problem", size)[learned.holders] < learned.held[:, 0]
            likely = np.where(problem, learned.plain_held[:, 1], learned.held[:, 1])
            u[learned.holders] = moved(u[learned.holders], likely, learned.plain_held[:, 1])
        elif stream == "intake/arrival":
            to_come = np.setdiff1d(np.arange(size), learned.arrived)
            if learned.reported >= 0:
                u[to_come] = learned.reported + u[to_come] * (1 - learned.reported)
        elif stream == "listened":
            u[learned.chosen] *= learned.listened
        if stream in learned.items:
            low, high = learned.items[stream]
            u[learned.handled] = low + u[learned.handled] * (high - low)
        return u

    def _seldom(self) -> Ints:
        """1 for the numbers of the group that seldom answers."""
        return (self.uniforms("seldom", self.learned.size) < self.learned.share).astype(np.int64)


def moved(u: Floats, likely: Floats, before: Floats | float) -> Floats:
    """Uniforms u, spread so that they fall below `before` with probability `likely`; in order, each part evenly."""
    with np.errstate(divide="ignore", invalid="ignore"):
        below = u / likely * before
        above = before + (u - likely) / (1 - likely) * (1 - before)
    return np.where(u < likely, below, above)


def between(u: Floats, after: Floats, before: Floats) -> Floats:
    """Uniforms u moved so that the i-th part of each, up to `before[i + 1]`, is as likely as `after` says.

    `after`, `before`: edges from 0 to 1, one row for each uniform.
    """
    row = np.arange(len(u))
    part = np.minimum((u[:, None] >= after[:, 1:]).sum(axis=1), after.shape[1] - 2)
    low, high = after[row, part], after[row, part + 1]
    within = np.clip((u - low) / np.where(high > low, high - low, 1.0), 0.0, 1.0)
    begin, end = before[row, part], before[row, part + 1]
    return np.asarray(begin + within * (end - begin), dtype=np.float64)


def learn(scenario: Scenario, contacts: Contacts, times: Timetable, standing: Standing) -> Learned:
    """What a standing teaches of the people in it, by the scenario's own laws."""
    called, answers = _in_service(contacts, standing)
    place = np.full(contacts.numbers, -1, dtype=np.int64)
    place[called] = np.arange(len(called))
    history, propensities = _histories(scenario, contacts, times, standing, place, len(called))
    contact, plain, likely = _heard(scenario, contacts, standing)
    number = contacts.number[contact]
    weight = propensities.weight[history]
    np.multiply.at(weight, place[number], likely.sum(axis=2))
    share = scenario.answering.seldom
    joint = weight * [1 - share, share]
    total = joint.sum(axis=1)
    holders, held, plain_held = _items(scenario, contacts, standing)
    handled = _handled(scenario, standing)
    recordings = standing.recordings
    return Learned(
        size=contacts.numbers,
        dead=scenario.answering.not_in_service,
        share=share,
        numbers=called,
        answers=answers,
        seldom=np.where(total > 0, joint[:, 1] / np.where(total > 0, total, 1.0), share),
        history=history,
        propensities=propensities,
        rows=contacts.row[contact],
        rows_number=number,
        scores=_edges(np.where(likely.sum(axis=2, keepdims=True) > 0, likely, plain)),
        plain_scores=_edges(plain),
        handled=contacts.row[handled],
        items=_on_the_ledger(scenario, contacts, standing, handled),
        reported=_reported(scenario, times, standing),
        arrived=np.array(sorted(standing.reported), dtype=np.int64),
        holders=contacts.row[holders],
        held=held,
        plain_held=plain_held,
        chosen=contacts.row[[] if recordings is None else recordings["contact"]],
        listened=scenario.listeners.share,
    )


def _in_service(contacts: Contacts, standing: Standing) -> tuple[Ints, Bools]:
    """The numbers that were called, and whether they are in service."""
    number = contacts.number[standing.attempts["contact"]]
    dead = np.unique(number[standing.attempts["outcome"] == Outcome.NOT_IN_SERVICE])
    called = np.unique(number)
    return called, ~np.isin(called, dead)


def _histories(
    scenario: Scenario, contacts: Contacts, times: Timetable, standing: Standing, place: Ints, called: int
) -> tuple[Ints, Propensities]:
    """The history of calls of each number that was called, as a place among all histories that there are."""
    attempts, answering = standing.attempts, scenario.answering
    rung = attempts["outcome"] != Outcome.NOT_IN_SERVICE
    contact, start = attempts["contact"][rung], attempts["start"][rung]
    segment = contacts.segment[contact]
    hourly = np.array(hourly_rates(scenario, times))
    rate = hourly[segment, np.minimum(start // HOUR, hourly.shape[1] - 1)] * segment_factors(scenario)[segment]
    rate = rate * answering.retry_multiplier ** (attempts["nth"][rung] - 1.0)
    kinds, kind = np.unique(
        np.stack([rate, np.isin(attempts["outcome"][rung], LIVE)], axis=1), axis=0, return_inverse=True
    )
    edges, own = _parts(scenario)
    chance = np.minimum(
        kinds[:, 0, None, None] * np.array([1.0, answering.seldom_factor])[:, None] * own, answering.most
    )
    with np.errstate(divide="ignore"):
        likely = np.log(np.where(kinds[:, 1, None, None] == 1, chance, 1 - chance))  # (kinds, 2, parts)
    of = place[contacts.number[contact]]
    order = np.lexsort((kind, of))
    begins = np.searchsorted(of[order], np.arange(called + 1))
    sequence: list[int] = kind[order].tolist()
    seen: dict[tuple[int, ...], int] = {}
    history = np.empty(called, dtype=np.int64)
    for number, (begin, end) in enumerate(zip(begins[:-1].tolist(), begins[1:].tolist(), strict=True)):
        history[number] = seen.setdefault(tuple(sequence[begin:end]), len(seen))
    log = np.array([likely[list(calls)].sum(axis=0) for calls in seen]).reshape(-1, 2, len(own))
    mass = np.exp(log) * np.diff(edges)
    weight = mass.sum(axis=2)
    # What the scenario holds to be impossible teaches nothing.
    mass = np.where(weight[:, :, None] > 0, mass / np.where(weight > 0, weight, 1.0)[:, :, None], np.diff(edges))
    after = np.concatenate([np.zeros((len(mass), 2, 1)), np.cumsum(mass, axis=2)], axis=2)
    after[:, :, -1] = 1.0
    return history, Propensities(edges, np.minimum(after, 1.0), weight)


def _parts(scenario: Scenario) -> tuple[Floats, Floats]:
    """Parts of the uniform of propensity: their edges from 0 to 1, and the propensity in each."""
    answering = scenario.answering
    never = 1 - answering.reachable
    parts = GRID if answering.propensity_sd else 1
    edges = np.linspace(never, 1.0, parts + 1)
    if never > 0:
        edges = np.concatenate([[0.0], edges])
    return edges, propensity(scenario, (edges[:-1] + edges[1:]) / 2)


def _heard(scenario: Scenario, contacts: Contacts, standing: Standing) -> tuple[Ints, Floats, Floats]:
    """Contacts whose satisfaction was heard; how likely each score is before, and together with what was heard.

    Shape (contacts heard, 2, 5), the best score first; the middle axis is the latent group.
    """
    pairs = [(contact, score) for contact, score in standing.recorded.items() if score > 0]
    contact, score = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    wrong = 0.0 if scenario.study.mode == "manual" else scenario.recognition.misheard
    plain = score_shares(scenario)[contacts.segment[contact]]
    said = np.where(np.arange(5, 0, -1) == score[:, None], 1 - wrong, wrong / 4)
    return contact, plain, plain * said[:, None, :]


def _edges(likely: Floats) -> Floats:
    """Parts that are so likely, as edges from 0 to 1."""
    sums = np.concatenate([np.zeros((*likely.shape[:2], 1)), np.cumsum(likely, axis=2)], axis=2)
    edges: Floats = sums / sums[:, :, -1:]
    return edges


def _handled(scenario: Scenario, standing: Standing) -> Ints:
    """The contacts whom people have talked to, where the ledger tells what they said."""
    if standing.ledger is None:
        return np.zeros(0, dtype=np.int64)
    if scenario.study.mode == "manual":
        attempts = standing.attempts
        return np.unique(attempts["contact"][np.isin(attempts["outcome"], INTERVIEWED) & standing.ended])
    reached: list[Ints] = []
    if standing.people is not None:
        tries, transfers = standing.people.tries, standing.people.transfers
        reached.append(tries["contact"][(tries["reached"] == 1) & (tries["end"] < standing.at)])
        talked = (transfers["start"] >= 0) & (transfers["end"] >= 0) & (transfers["end"] < standing.at)
        reached.append(transfers["contact"][talked])
    return np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *reached]))


def _on_the_ledger(
    scenario: Scenario, contacts: Contacts, standing: Standing, handled: Ints
) -> dict[str, tuple[Floats, Floats]]:
    """By stream, between which uniforms each of these contacts holds as many items as the ledger has of it."""
    if standing.ledger is None:
        return {}
    cases, more = standing.ledger.cases, 1 - 1 / scenario.questionnaire.items.each
    found = {}
    for kind, shares in zip((Item.PROBLEM, Item.SUGGESTION), held_shares(scenario), strict=True):
        of_kind = (cases["source"] == Source.SURVEY) & (cases["item"] == kind)
        counts = np.bincount(cases["contact"][of_kind], minlength=len(contacts.row))[handled]
        share = shares[contacts.segment[handled]]
        # None with the uniforms above the share; n where u/share lies between more^n and more^(n - 1).
        low = np.where(counts > 0, share * np.power(more, counts), share)
        high = np.where(counts > 0, share * np.power(more, np.maximum(counts - 1, 0)), 1.0)
        found[kind.name.lower()] = (low, high)
    return found


def _reported(scenario: Scenario, times: Timetable, standing: Standing) -> float:
    """Share of the intake's office time that is over; -1 where the ledger is not known, or there is no intake."""
    intake = scenario.ledger.intake
    if standing.ledger is None or not isinstance(intake, Intake):
        return -1.0
    first, last = (int(times.office.elapsed(moment)) for moment in intake_days(intake, times))
    over = int(times.office.elapsed(standing.at)) - first
    return float(np.clip(over / max(last - first, 1), 0.0, 1.0))


def _items(scenario: Scenario, contacts: Contacts, standing: Standing) -> tuple[Ints, Floats, Floats]:
    """Contacts of which the log says something about items; how likely they hold some, after it and before.

    The columns are: a problem; a suggestion, if no problem.
    """
    recognition, attempts = scenario.recognition, standing.attempts
    holds, none = np.ones(len(contacts.row)), np.ones(len(contacts.row))
    interviewed = np.isin(attempts["outcome"], INTERVIEWED) & (attempts["flag"] != NOT_TOLD)
    contact, flag = attempts["contact"][interviewed], attempts["flag"][interviewed]
    if scenario.study.mode == "callback":
        # By flag, in its order: none, item, unclear, no reason known, found by listening.
        sensitivity, unclear = recognition.sensitivity, recognition.unclear
        holds[contact] = np.array([1 - sensitivity, 1.0, 0.0, sensitivity, 1.0])[flag]
        none[contact] = np.array([1 - unclear, 0.0, 1.0, unclear, 0.0])[flag]
    if standing.recordings is not None:
        recordings = standing.recordings
        heard = (recordings["start"] >= 0) & (recordings["end"] < standing.at)
        contact, found = recordings["contact"][heard], recordings["found"][heard] == 1
        holds[contact] *= np.where(found, 1.0, 1 - scenario.listeners.finds)
        none[contact] *= np.where(found, 0.0, 1.0)
    problems, suggestions = (share[contacts.segment] for share in held_shares(scenario))
    nothing = (1 - problems) * (1 - suggestions) * none
    total = (1 - (1 - problems) * (1 - suggestions)) * holds + nothing
    told = (holds != none) & (total > 0)
    problems, suggestions, total, nothing = problems[told], suggestions[told], total[told], nothing[told]
    problem = problems * holds[told] / total
    alone = suggestions * holds[told] + (1 - suggestions) * none[told]
    suggestion = np.where(alone > 0, suggestions * holds[told] / np.where(alone > 0, alone, 1.0), suggestions)
    return (
        np.flatnonzero(told),
        np.stack([problem, suggestion], axis=1),
        np.stack([problems, suggestions], axis=1),
    )
