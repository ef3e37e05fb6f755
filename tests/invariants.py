"""What must hold in every campaign whatever the scenario: conservation, capacities, caps, order, nobody idle.

Each check takes the scenario, the contacts and the trace, and reckons with plain Python from the trace's columns; none
uses the engine.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import NamedTuple

import numpy as np

import plainhours
from callbacksim.campaign.draws import Draws
from callbacksim.campaign.outcomes import (
    INTERVIEWED,
    LIVE,
    CaseStatus,
    Disposition,
    Flag,
    Handover,
    Item,
    Outcome,
    Settled,
    Source,
)
from callbacksim.campaign.trace import Table, Trace
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.calendar import DAY, OpenTimes, timetable
from callbacksim.scenario.schema import Scenario
from callbacksim.study.measuring.measures import CATALOGUE, funnel, measures
from callbacksim.study.measuring.survey import survey
from helpers import setting_of

Check = Callable[[Scenario, Contacts, Trace, int], None]
Row = dict[str, int]


def rows_of(table: Table) -> list[Row]:
    return [
        dict(zip(table, values, strict=True))
        for values in zip(*(column.tolist() for column in table.values()), strict=True)
    ]


def grouped(rows: list[Row], key: str) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


def calls_by_contact(trace: Trace) -> dict[int, list[Row]]:
    rows = sorted(rows_of(trace.attempts), key=lambda r: r["start"])
    return grouped(rows, "contact")


def is_open(hours: OpenTimes, t: int) -> bool:
    return any(a <= t < b for a, b in zip(hours.begin.tolist(), hours.end.tolist(), strict=True))


def pace_gap(scenario: Scenario) -> int:
    """Least ms from one start of a call to the next."""
    per_second = Fraction(str(scenario.robot.calls_per_second))
    if scenario.study.mode == "manual" or not per_second:
        return 0
    return -((-1000 * per_second.denominator) // per_second.numerator)


def lines_busy(rows: list[Row], t: int) -> int:
    return sum(r["start"] <= t < r["free"] for r in rows)


def final_interviews(trace: Trace) -> list[Row]:
    return [r for r in rows_of(trace.attempts) if r["outcome"] in INTERVIEWED]


class Wait(NamedTuple):
    """Work that waits for somebody: ready, start and end (-1: never), its place in the queue, and when it gave up."""

    ready: int
    start: int
    end: int
    key: tuple[int, ...]
    gone: int = 2**62


def served_in_order(waits: list[Wait], capacity: Callable[[int], int], changes: Iterable[int]) -> None:
    """Nobody starts beyond the capacity, nobody is idle while something waits, and the smallest key goes first.

    `changes` are the moments at which the capacity may change.
    """
    begun = [w for w in waits if w.start >= 0]
    assert all(w.ready <= w.start < w.gone for w in begun)
    for t in sorted({*changes, *(t for w in waits for t in (w.ready, w.start, w.end, w.gone) if t >= 0)}):
        waiting = [w.key for w in waits if w.ready <= t < w.gone and (w.start < 0 or w.start > t)]
        started = [w.key for w in begun if w.start == t]
        busy = sum(w.start <= t and (w.end < 0 or t < w.end) for w in begun)
        assert not started or busy <= capacity(t), f"at {t} more start than there are people"
        assert not waiting or busy >= capacity(t), f"at {t} work waits although somebody is free"
        assert not waiting or not started or max(started) < min(waiting)


def most_at_once(rows: list[Row]) -> int:
    """Most of the intervals [start, end) at any one millisecond."""
    changes = sorted([(r["start"], 1) for r in rows] + [(r["end"], -1) for r in rows])
    most = now = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most


# --- what goes in comes out ------------------------------------------------------------------------------------------


def the_funnel_adds_up(scenario: Scenario, contacts: Contacts, trace: Trace, _seed: int) -> None:
    counts = funnel(trace, setting_of(scenario, contacts))
    get = {name: value if value is not None else 0 for name, value in counts.items()}
    assert get["rows"] == get["contacts"] + get["duplicates"] + get["rejected"] + get["excluded"]
    ends = ("interviewed", "broken_off", "exhausted", "not_in_service", "opted_out", "unfinished")
    assert get["contacts"] == sum(get[name] for name in ends)
    assert get["interviewed"] == get["complete"] + get["partial"]
    assert get["escalated"] == get["handled"] + get["unreachable"] + get["escalations_unfinished"]
    assert get["problems"] + get["intake"] == get["resolved"] + get["closed_unresolved"] + get["open"]
    assert get["forwarded"] <= get["problems"] + get["intake"] + get["suggestions"]
    intake = scenario.ledger.intake
    assert get["intake"] + get["intake_screened_out"] == (0 if intake == "none" else intake.reports)
    assert get["answered"] <= get["attempts"]
    if counts["true_problems"] is not None:
        fates = ("problems", "screened_out", "lost_in_call_backs", "missed", "never_interviewed")
        assert get["true_problems"] == sum(get[name] for name in fates) == int(trace.contacts["problems"].sum())
        if scenario.study.mode == "callback":
            # Nobody heard of it, neither robot nor listener; or it was heard of, and people never got there.
            held, sent = trace.contacts["problems"], rows_of(trace.escalations)
            unsettled = [r["contact"] for r in sent if r["settled"] != Settled.HANDLED]
            unheard = {r["contact"] for r in final_interviews(trace)} - {r["contact"] for r in sent}
            assert get["missed"] == sum(int(held[contact]) for contact in unheard)
            assert get["lost_in_call_backs"] == sum(int(held[contact]) for contact in unsettled)


def every_contact_is_what_its_calls_say(scenario: Scenario, contacts: Contacts, trace: Trace, _seed: int) -> None:
    by_contact = calls_by_contact(trace)
    opted_out = {int(contacts.number[r["contact"]]) for r in rows_of(trace.attempts) if r["outcome"] == Outcome.OPT_OUT}
    for i, became in enumerate(trace.contacts["disposition"].tolist()):
        calls = by_contact.get(i, [])
        outcomes = [r["outcome"] for r in calls]
        last = outcomes[-1] if outcomes else None
        # 1: the last refusal was one, 2: it was a break-off.
        refused = next(
            (o - Outcome.BREAK_OFF for o in outcomes[::-1] if o in (Outcome.BREAK_OFF, Outcome.REFUSAL)), None
        )
        refused = 0 if refused is None else 2 - refused
        assert trace.contacts["attempts"][i] == len(calls) <= scenario.robot.attempts
        assert trace.contacts["refused"][i] == refused
        assert all(o not in (Outcome.COMPLETE, Outcome.PARTIAL, Outcome.OPT_OUT) for o in outcomes[:-1])
        if last in (Outcome.COMPLETE, Outcome.PARTIAL):
            assert became == last
        elif last == Outcome.NOT_IN_SERVICE:
            assert became == Disposition.NOT_IN_SERVICE
        elif became == Disposition.OPTED_OUT:
            assert int(contacts.number[i]) in opted_out
        elif became == Disposition.EXHAUSTED:
            assert len(calls) == scenario.robot.attempts and not refused and last not in LIVE
        elif became == Disposition.BROKEN_OFF:
            assert refused
        else:
            assert became == Disposition.UNFINISHED and len(calls) < scenario.robot.attempts
            assert int(contacts.number[i]) not in opted_out


def every_escalation_is_settled_or_not(scenario: Scenario, _contacts: Contacts, trace: Trace, _seed: int) -> None:
    tries = grouped(sorted(rows_of(trace.tries), key=lambda r: r["start"]), "contact")
    offered = {r["contact"]: r for r in rows_of(trace.transfers)}
    interviews = {r["contact"]: r for r in final_interviews(trace)}
    found = {r["contact"]: r["end"] for r in rows_of(trace.recordings) if r["found"] and r["end"] >= 0}
    flagged = {contact: r["end"] for contact, r in interviews.items() if r["flag"] != Flag.NONE}
    escalated = rows_of(trace.escalations)
    # Flagged by the robot, or found on a recording, and never both.
    assert len(escalated) == len(flagged) + len(found)
    assert {r["contact"] for r in escalated} == {*flagged, *found}
    assert set(tries) | set(offered) <= {r["contact"] for r in escalated}
    for r in escalated:
        contact, mine, offer = r["contact"], tries.get(r["contact"], []), offered.get(r["contact"])
        assert (r["flag"] == Flag.LISTENED) == (contact in found)
        assert r["flag"] == (Flag.LISTENED if contact in found else interviews[contact]["flag"])
        assert (r["class"] == 1) == (r["flag"] == Flag.UNCLEAR) or r["flag"] == Flag.FIXED
        assert r["tries"] == len(mine) <= scenario.agents.tries
        reached = [t["reached"] for t in mine]
        assert not any(reached[:-1])
        if offer is not None and offer["start"] >= 0:
            assert (r["transfer"], r["settled"], mine) == (Handover.ANSWERED, Settled.HANDLED, [])
            assert (r["ready"], r["first_start"], r["settled_at"]) == (offer["ready"], offer["start"], offer["end"])
            continue
        assert r["transfer"] == (Handover.NOT_OFFERED if offer is None else Handover.ABANDONED)
        assert r["ready"] == ({**flagged, **found}[contact] if offer is None else offer["free"])
        assert r["first_start"] == (mine[0]["start"] if mine else -1)
        if r["settled"] == Settled.HANDLED:
            assert reached[-1] and r["settled_at"] == mine[-1]["end"]
        elif r["settled"] == Settled.UNREACHABLE:
            assert not any(reached) and len(mine) == scenario.agents.tries and r["settled_at"] == mine[-1]["end"]
        else:
            assert not any(reached) and len(mine) < scenario.agents.tries and r["settled_at"] == -1


def callers_are_taken_over_or_hang_up(scenario: Scenario, _contacts: Contacts, trace: Trace, _seed: int) -> None:
    interviews = {r["contact"]: r for r in final_interviews(trace)}
    offers = rows_of(trace.transfers)
    live = scenario.agents.transfer.live and scenario.study.mode == "callback"
    # All who are flagged while somebody is on duty, and nobody else.
    on_duty = [r for r in interviews.values() if r["flag"] and plainhours.people_at(scenario, r["end"]) > 0]
    assert sorted(r["contact"] for r in offers) == (sorted(r["contact"] for r in on_duty) if live else [])
    free = {r["contact"]: r["free"] for r in offers}
    assert all(
        r["free"] == (free.get(r["contact"], r["end"]) if r in on_duty else r["end"]) for r in interviews.values()
    )
    assert all(r["free"] == r["end"] for r in rows_of(trace.attempts) if r["outcome"] not in INTERVIEWED)
    for r in offers:
        assert r["ready"] == interviews[r["contact"]]["end"]
        if r["start"] >= 0:
            assert r["ready"] <= r["start"] < r["ready"] + r["patience"]
            assert (r["free"], r["end"]) == (r["start"] + r["talk"], r["start"] + r["talk"] + r["wrap_up"])
        else:
            assert (r["free"], r["end"]) == (r["ready"] + r["patience"], -1)


def recordings_are_those_of_unflagged_interviews(
    scenario: Scenario, _contacts: Contacts, trace: Trace, _seed: int
) -> None:
    recordings, listeners = rows_of(trace.recordings), scenario.listeners
    unflagged = {r["contact"]: r["end"] for r in final_interviews(trace) if not r["flag"]}
    chosen = [r["contact"] for r in recordings]
    assert len(chosen) == len(set(chosen)) and set(chosen) <= set(unflagged)
    if scenario.study.mode == "callback" and scenario.recognition.exact == "none":
        assert listeners.share not in (0, 1) or len(chosen) == listeners.share * len(unflagged)
    else:
        assert not chosen
    held = trace.contacts["problems"] + trace.contacts["suggestions"]
    for r in recordings:
        assert r["ready"] == unflagged[r["contact"]]
        assert r["end"] == (r["start"] + r["hold"] if r["start"] >= 0 else -1)
        assert held[r["contact"]] > 0 or not r["found"]
        assert listeners.finds not in (0, 1) or r["found"] == (held[r["contact"]] > 0 and listeners.finds)
    # First come, first heard.
    waits = [Wait(r["ready"], r["start"], r["end"], (r["ready"], r["contact"])) for r in recordings]
    served_in_order(waits, lambda t: plainhours.listeners_at(scenario, t), plainhours.moments(scenario))


# --- capacities ------------------------------------------------------------------------------------------------------


def lines_windows_and_pace_are_kept(scenario: Scenario, _contacts: Contacts, trace: Trace, _seed: int) -> None:
    rows = rows_of(trace.attempts)
    gap = pace_gap(scenario)
    # Where capacity falls those at work finish, so it is kept wherever somebody starts.
    assert all(lines_busy(rows, r["start"]) <= plainhours.lines_at(scenario, r["start"]) for r in rows)
    assert all(r["end"] - r["start"] == r["ring"] + r["talk"] + r["wrap_up"] > 0 for r in rows)
    assert all(r["free"] >= r["end"] for r in rows)
    begun = sorted(r["start"] for r in rows)
    assert all(b - a >= gap for a, b in itertools.pairwise(begun))


def no_attempt_before_its_due(scenario: Scenario, _contacts: Contacts, trace: Trace, _seed: int) -> None:
    for calls in calls_by_contact(trace).values():
        assert [r["attempt"] for r in calls] == list(range(1, len(calls) + 1))
        assert all(r["due"] <= r["start"] for r in calls)
        for before, after in itertools.pairwise(calls):
            assert after["due"] >= rule_due(scenario, before)


def rule_due(scenario: Scenario, call: Row) -> int:
    """When the next call is due by gap and slot, before any cap."""
    due = call["end"] + call["gap"]
    if scenario.robot.other_slot:
        due = max(due, *(end for begin, end in plainhours.windows(scenario) if begin <= call["start"] < end))
    return due


def numbers_are_not_rung_too_often_nor_twice_at_once(
    scenario: Scenario, contacts: Contacts, trace: Trace, _seed: int
) -> None:
    rows = [{**r, "phone": int(contacts.number[r["contact"]])} for r in rows_of(trace.attempts)]
    for calls in grouped(sorted(rows, key=lambda r: r["start"]), "phone").values():
        assert [r["nth"] for r in calls] == list(range(1, len(calls) + 1))
        assert all(a["free"] <= b["start"] for a, b in itertools.pairwise(calls))
        days = np.bincount([r["start"] // DAY for r in calls])
        assert not scenario.robot.attempts_per_day or days.max() <= scenario.robot.attempts_per_day
        assert Outcome.OPT_OUT not in [r["outcome"] for r in calls[:-1]]


def people_call_back_what_is_due(_scenario: Scenario, _contacts: Contacts, trace: Trace, _seed: int) -> None:
    rows = rows_of(trace.tries)
    assert all(r["end"] - r["start"] == r["hold"] for r in rows)
    ready = dict(zip(trace.escalations["contact"].tolist(), trace.escalations["ready"].tolist(), strict=True))
    for contact, mine in grouped(sorted(rows, key=lambda r: r["start"]), "contact").items():
        assert [r["try"] for r in mine] == list(range(1, len(mine) + 1))
        dues = [ready[contact], *(r["end"] + r["gap"] for r in mine[:-1])]
        assert [r["due"] for r in mine] == dues


def people_take_callers_first_and_call_backs_in_order(
    scenario: Scenario, _contacts: Contacts, trace: Trace, _seed: int
) -> None:
    """Who serves callers and call-backs is on the roster; no caller waits for who is free, and no call-back either."""
    waits = [
        Wait(r["ready"], r["start"], r["end"], (0, 0, r["ready"], r["contact"]), r["free"] if r["start"] < 0 else 2**62)
        for r in rows_of(trace.transfers)
    ]
    by_contact = grouped(sorted(rows_of(trace.tries), key=lambda r: r["start"]), "contact")
    for one in rows_of(trace.escalations):
        contact, tried = one["contact"], by_contact.get(one["contact"], [])
        place = 1, one["class"] if scenario.agents.queue == "items_first" else 0
        waits += [Wait(r["due"], r["start"], r["end"], (*place, r["due"], contact)) for r in tried]
        if one["settled"] == Settled.UNFINISHED:
            due = tried[-1]["end"] + tried[-1]["gap"] if tried else one["ready"]
            waits.append(Wait(due, -1, -1, (*place, due, contact)))
    served_in_order(waits, lambda t: plainhours.people_at(scenario, t), plainhours.moments(scenario))


def departments_work_in_office_hours(scenario: Scenario, _contacts: Contacts, trace: Trace, _seed: int) -> None:
    office, cases = timetable(scenario).office, rows_of(trace.cases)
    for r in cases:
        unsent = r["status"] == CaseStatus.SCREENED_OUT
        assert (
            r["forwarded"] < 0 if unsent else r["forwarded"] == -1 or r["forwarded"] >= max(r["heard"], r["screened"])
        )
    rounds = [{**r, **{name: cases[r["case"]][name] for name in ("department", "item")}} for r in rows_of(trace.rounds)]
    for r in rounds:
        assert r["start"] < 0 or (is_open(office, r["start"]) and r["received"] <= r["start"])
        assert r["item"] == Item.PROBLEM or r["start"] < 0
        assert (r["end"] >= 0) == (r["status"] in (CaseStatus.RESOLVED, CaseStatus.CLOSED_UNRESOLVED))
    for number, name in enumerate(trace.departments):
        mine = [r for r in rounds if r["department"] == number and r["item"] == Item.PROBLEM]
        keys = [(r["due"], r["received"], cases[r["case"]]["contact"], cases[r["case"]]["number"]) for r in mine]
        waits = [Wait(r["received"], r["start"], r["end"], key) for r, key in zip(mine, keys, strict=True)]
        nobody_waits_at_a_desk(scenario, scenario.ledger.departments[name].staff, waits)


def clerks_work_in_office_hours(scenario: Scenario, _contacts: Contacts, trace: Trace, _seed: int) -> None:
    clerks, cases = scenario.ledger.clerks, rows_of(trace.cases)
    if clerks == "none":
        assert all(r["screening"] == r["screened"] == -1 for r in cases)
        return
    waits = [
        Wait(r["heard"], r["screening"], r["screened"], (r["heard"], r["contact"], r["item"], r["number"]))
        for r in cases
    ]
    nobody_waits_at_a_desk(scenario, clerks.count, waits)
    assert all(r["screened"] >= 0 or (r["forwarded"], r["status"]) == (-1, CaseStatus.OPEN) for r in cases)


def nobody_waits_at_a_desk(scenario: Scenario, staff: int, waits: list[Wait]) -> None:
    """None starts in closed hours or after the horizon, and all are served in order."""
    times = timetable(scenario)
    office = times.office.clipped(times.horizon)
    assert most_at_once([{"start": w.start, "end": w.end} for w in waits if w.end >= 0]) <= staff
    served_in_order(waits, lambda t: staff if is_open(office, t) else 0, office.begin.tolist())


def rounds_and_look_backs_belong_together(scenario: Scenario, _contacts: Contacts, trace: Trace, _seed: int) -> None:
    times, asks = timetable(scenario), scenario.ledger.look_back
    rounds = grouped(rows_of(trace.rounds), "case")
    calls = {(r["case"], r["round"]): r for r in rows_of(trace.lookbacks)}
    settled = {(r["case"], r["round"]) for r in rows_of(trace.rounds) if r["end"] >= 0}
    assert set(calls) == (set() if asks == "none" else settled)
    for place, case in enumerate(rows_of(trace.cases)):
        mine = rounds.get(place, [])
        assert [r["round"] for r in mine] == list(range(1, case["rounds"] + 1))
        if mine:
            assert all(case[name] == mine[-1][name] for name in ("received", "due", "start", "end", "status"))
        else:
            assert case["received"] == case["start"] == case["end"] == -1
        for before, after in itertools.pairwise(mine):
            call = calls[place, before["round"]]
            assert call["reopened"] and call["asked"] == after["received"] and before["end"] >= 0
        assert asks == "none" or len(mine) <= 1 + asks.reopen_most
        assert len(mine) <= 1 or sum(calls[place, r["round"]]["reopened"] for r in mine[:-1]) == len(mine) - 1
    office_days = {begin // DAY for begin in times.office.begin.tolist()}
    for (case, turn), call in calls.items():
        assert asks != "none"
        end = rounds[case][turn - 1]["end"]
        # The opening of the office, so many working days after the day on which it was settled.
        assert len([day for day in office_days if end // DAY < day <= call["due"] // DAY]) == asks.after_days
        assert call["due"] == min(b for b in times.office.begin.tolist() if b // DAY == call["due"] // DAY)
        assert call["asked"] == (call["due"] if call["due"] < times.horizon else -1)
        assert call["satisfied"] <= call["reached"] <= (call["asked"] >= 0)
        unsatisfied = call["reached"] and not call["satisfied"]
        assert call["reopened"] == (unsatisfied and turn <= asks.reopen_most)
        assert call["reopened"] == (len(rounds[case]) > turn)


def the_intake_comes_in_in_office_hours(scenario: Scenario, _contacts: Contacts, trace: Trace, _seed: int) -> None:
    intake, times = scenario.ledger.intake, timetable(scenario)
    mine = [r for r in rows_of(trace.cases) if r["source"] == Source.INTAKE]
    assert sorted(r["number"] for r in mine) == list(range(0 if intake == "none" else intake.reports))
    assert all(r["contact"] == -1 and r["item"] == Item.PROBLEM for r in mine)
    assert all(is_open(times.office, r["heard"]) and r["heard"] < times.horizon for r in mine)
    assert all(r["contact"] >= 0 for r in rows_of(trace.cases) if r["source"] == Source.SURVEY)


# --- nobody idle, and in order ---------------------------------------------------------------------------------------


def nobody_waits_while_a_call_could_start(scenario: Scenario, contacts: Contacts, trace: Trace, seed: int) -> None:
    """At every moment that matters: if line, window and pace allow, nobody is ready; who waits has the larger key."""
    state = _Waiting(scenario, contacts, trace, seed)
    for t in state.moments():
        started = [r for r in state.rows if r["start"] == t]
        waiting = state.ready(t)
        # A number at its daily cap may have moved a due time that the trace does not show (the call never came).
        known = [key for key, contact in waiting if state.comes(contact, t) or not scenario.robot.attempts_per_day]
        if started and known:
            assert max(state.key(r["contact"], r["attempt"], r["due"]) for r in started) < min(known)
        if state.could_start(t):
            assert not waiting, f"at {t} contacts {waiting} wait although a call could start"


class _Waiting:
    """Who waits for a call at a moment, read off the trace."""

    def __init__(self, scenario: Scenario, contacts: Contacts, trace: Trace, seed: int) -> None:
        self.scenario, self.number = scenario, contacts.number.tolist()
        self.rows, self.calls = rows_of(trace.attempts), calls_by_contact(trace)
        drawn = Draws(seed, trace.replication).uniforms("rank", contacts.rows)[contacts.row]
        by_draw = np.argsort(np.argsort(drawn, kind="stable"), kind="stable").tolist()
        self.rank = by_draw if scenario.robot.order == "random" else list(range(len(self.number)))
        self.disposition = trace.contacts["disposition"].tolist()
        self.gap = pace_gap(scenario)
        interviews = sorted(r["end"] for r in self.rows if r["outcome"] in (Outcome.COMPLETE, Outcome.PARTIAL))
        quota = scenario.robot.quota
        self.stop = interviews[quota - 1] if 0 < quota <= len(interviews) else None

    def moments(self) -> list[int]:
        found = set(plainhours.moments(self.scenario))
        for r in self.rows:
            found |= {r["start"], r["end"], r["free"], r["start"] + self.gap}
            found.add(rule_due(self.scenario, r))
        return sorted(found)

    def could_start(self, t: int) -> bool:
        held_up = self.gap > 0 and any(t - self.gap < r["start"] <= t for r in self.rows)
        stopped = self.stop is not None and t >= self.stop
        is_free = lines_busy(self.rows, t) < plainhours.lines_at(self.scenario, t)
        return is_free and not held_up and not stopped

    def key(self, contact: int, attempt: int, due: int) -> tuple[int, int, int]:
        behind = {"after": attempt > 1, "with": False, "before": attempt == 1}[self.scenario.robot.retries]
        return int(behind), due, self.rank[contact]

    def ready(self, t: int) -> list[tuple[tuple[int, int, int], int]]:
        """(key, contact) of all who are due at t, and free to be called, and not started at t."""
        locked = {self.number[r["contact"]] for r in self.rows if r["start"] <= t < r["free"]}
        gone = {self.number[r["contact"]] for r in self.rows if r["outcome"] == Outcome.OPT_OUT and r["end"] <= t}
        found = []
        for contact, number in enumerate(self.number):
            pending = self.pending(contact, t)
            if pending is None or number in locked | gone or self.capped(number, t):
                continue
            attempt, due = pending
            if due <= t:
                found.append((self.key(contact, attempt, due), contact))
        return found

    def comes(self, contact: int, t: int) -> bool:
        """Whether a call to the contact starts after t."""
        return any(r["start"] > t for r in self.calls.get(contact, []))

    def capped(self, number: int, t: int) -> bool:
        cap = self.scenario.robot.attempts_per_day
        rung = [r for r in self.rows if self.number[r["contact"]] == number and r["start"] <= t]
        return cap > 0 and sum(r["start"] // DAY == t // DAY for r in rung) >= cap

    def pending(self, contact: int, t: int) -> tuple[int, int] | None:
        """(attempt, due) of the call that the contact is waiting for at t."""
        calls = self.calls.get(contact, [])
        done = [r for r in calls if r["start"] <= t]
        if any(r["end"] > t for r in done):
            return None
        if len(done) < len(calls):
            return len(done) + 1, calls[len(done)]["due"]
        if self.disposition[contact] != Disposition.UNFINISHED:
            return None
        due = rule_due(self.scenario, done[-1]) if done else 0
        # A call that never came: at the day's cap it had been due at midnight, which `capped` sees to.
        return len(done) + 1, due


# --- figures ---------------------------------------------------------------------------------------------------------


def every_figure_exists_and_is_within_its_bounds(
    scenario: Scenario, contacts: Contacts, trace: Trace, _seed: int
) -> None:
    where = setting_of(scenario, contacts)
    found = measures(trace, where)
    assert set(found) == set(CATALOGUE)
    for name, value in found.items():
        low, high = CATALOGUE[name].bounds
        assert np.isnan(value) or low - 1e-9 <= value <= high + 1e-9, (name, value)
    bound = [found[name] for name in ("bound_by_lines", "bound_by_pace", "bound_by_engaged", "bound_by_gaps")]
    assert all(np.isnan(bound)) or abs(sum(bound) - 1) < 1e-9
    told = survey(trace, where)
    parts = ("sampling_error", "nonresponse_error", "recognition_error", "shared_number_error")
    assert np.isnan(told["error"]) or abs(told["error"] - sum(told[name] for name in parts)) < 1e-9


CHECKS: tuple[Check, ...] = (
    the_funnel_adds_up,
    every_contact_is_what_its_calls_say,
    every_escalation_is_settled_or_not,
    callers_are_taken_over_or_hang_up,
    recordings_are_those_of_unflagged_interviews,
    lines_windows_and_pace_are_kept,
    no_attempt_before_its_due,
    numbers_are_not_rung_too_often_nor_twice_at_once,
    people_call_back_what_is_due,
    people_take_callers_first_and_call_backs_in_order,
    departments_work_in_office_hours,
    clerks_work_in_office_hours,
    rounds_and_look_backs_belong_together,
    the_intake_comes_in_in_office_hours,
    nobody_waits_while_a_call_could_start,
    every_figure_exists_and_is_within_its_bounds,
)


def check(scenario: Scenario, contacts: Contacts, trace: Trace, seed: int) -> None:
    for one in CHECKS:
        one(scenario, contacts, trace, seed)
