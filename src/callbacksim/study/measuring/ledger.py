"""The ledger's figures of one replication, from its cases, their rounds and the look-back calls alone."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.outcomes import CaseStatus, Item, Source
from callbacksim.campaign.trace import Trace
from callbacksim.scenario.calendar import DAY, HOUR, MINUTE, OpenTimes
from callbacksim.scenario.schema import Clerks
from callbacksim.study.measuring.loads import load
from callbacksim.study.setting import Setting

NAN = math.nan
ALONE = (
    "ledger_finish", "intake", "resolved_share", "response_share", "on_time_share", "overdue", "case_days",
    "open_to_5_days", "open_5_to_15_days", "open_over_15_days", "looked_back", "look_back_satisfied_share", "reopened",
    "clerk_hours", "clerk_occupancy", "clerk_wait", "misrouted", "clerk_cost", "cost",
)  # fmt: skip
"""The figures that there are where the ledger is studied by itself."""
STAGES_ALONE = ("intake", "intake_screened_out", "forwarded", "resolved", "closed_unresolved", "open")
AGES = {"open_to_5_days": (0, 5), "open_5_to_15_days": (5, 15), "open_over_15_days": (15, math.inf)}
"""Calendar days from heard to the horizon, the first included, the second not."""


def items(trace: Trace) -> dict[str, int]:
    """How many items, by what they are and how they came: the screened out apart, all others on the ledger."""
    cases = trace.cases
    problem, survey = cases["item"] == Item.PROBLEM, cases["source"] == Source.SURVEY
    kept = cases["status"] != CaseStatus.SCREENED_OUT
    return {
        "problems": int((problem & kept & survey).sum()),
        "suggestions": int((~problem & kept).sum()),
        "screened_out": int((problem & ~kept & survey).sum()),
        "intake": int((kept & ~survey).sum()),
        "intake_screened_out": int((~kept & ~survey).sum()),
        "forwarded": int((kept & (cases["forwarded"] >= 0)).sum()),
        "resolved": int((cases["status"] == CaseStatus.RESOLVED).sum()),
        "closed_unresolved": int((cases["status"] == CaseStatus.CLOSED_UNRESOLVED).sum()),
        "open": int((problem & (cases["status"] == CaseStatus.OPEN)).sum()),
    }


def end_ms(trace: Trace) -> float:
    """When the last case was settled and looked back on; infinite where the horizon came first, NaN without cases.

    What the clerk screens out is settled when it is heard, or screened.
    """
    cases, asked = trace.cases, trace.lookbacks["asked"]
    if not len(cases["status"]):
        return NAN
    if (cases["status"] == CaseStatus.OPEN).any() or (asked < 0).any():
        return math.inf
    times = [cases[name] for name in ("end", "received", "screened", "heard")]
    return float(max(int(one.max()) for one in (*times, asked) if len(one)))


def ledger_figures(trace: Trace, setting: Setting) -> dict[str, float]:
    """Rates, ages and work of the ledger; NaN where there is nothing to be a share of, or nobody to do it."""
    return {**_rates(trace, setting), **_ages(trace, setting), **_look_back(trace, setting), **_clerks(trace, setting)}


def _rates(trace: Trace, setting: Setting) -> dict[str, float]:
    cases, rounds = trace.cases, trace.rounds
    sent = (cases["item"] == Item.PROBLEM) & (cases["received"] >= 0)
    n = int(sent.sum())
    settled = sent & (cases["end"] >= 0)
    took = (cases["end"] - cases["forwarded"])[settled]
    # A reopened case has a due date of its own each time.
    handled = sent[rounds["case"]]
    end, due = rounds["end"][handled], rounds["due"][handled]
    done, first = end >= 0, rounds["round"] == 1
    # A case that is still open can be judged once its due date is past; at the horizon nobody starts any more.
    judged = done | (due <= setting.times.horizon)
    on_time = done & (end <= due)
    known, stuck = int(judged.sum()), _stuck(trace, setting)
    late = rounds["received"] > cases["forwarded"][rounds["case"]]
    return {
        "resolved_share": float((cases["status"][sent] == CaseStatus.RESOLVED).sum()) / n if n else NAN,
        "response_share": float((handled & first & (rounds["start"] >= 0)).sum()) / n if n else NAN,
        "on_time_share": float(on_time.sum()) / (known + stuck) if known + stuck else NAN,
        "overdue": float((judged & ~on_time).sum() + stuck),
        "case_days": float(took.mean()) / DAY if len(took) else NAN,
        "misrouted": float((late & first).sum()),
    }


def _stuck(trace: Trace, setting: Setting) -> int:
    """Problems that no department had received when their date, counted from when they were heard, was past.

    A clerk with whom everything lies is late with all of it, though no department ever was.
    """
    cases, days = trace.cases, [one.due_days for one in setting.scenario.ledger.departments.values()]
    lies = (cases["item"] == Item.PROBLEM) & (cases["status"] == CaseStatus.OPEN) & (cases["received"] < 0)
    heard, department = cases["heard"][lies].tolist(), cases["department"][lies].tolist()
    due = (setting.times.due(at, days[where]) for at, where in zip(heard, department, strict=True))
    return sum(by <= setting.times.horizon for by in due)


def _ages(trace: Trace, setting: Setting) -> dict[str, float]:
    cases = trace.cases
    still_open = (cases["item"] == Item.PROBLEM) & (cases["status"] == CaseStatus.OPEN)
    days = np.maximum(setting.times.horizon - cases["heard"][still_open], 0) / DAY
    return {name: float(((low <= days) & (days < high)).sum()) for name, (low, high) in AGES.items()}


def _look_back(trace: Trace, setting: Setting) -> dict[str, float]:
    if setting.scenario.ledger.look_back == "none":
        return dict.fromkeys(("looked_back", "look_back_satisfied_share", "reopened"), NAN)
    calls = {name: column[trace.lookbacks["asked"] >= 0] for name, column in trace.lookbacks.items()}
    # They stand by case and round: the last of a case is that before another one's.
    last = _last_of_each(calls["case"])
    reached = float(calls["reached"][last].sum())
    return {
        "looked_back": float(len(calls["case"])),
        "look_back_satisfied_share": float(calls["satisfied"][last].sum()) / reached if reached else NAN,
        "reopened": float(calls["reopened"].sum()),
    }


def _last_of_each(cases: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.append(cases[1:] != cases[:-1], True)[: len(cases)]


def _clerks(trace: Trace, setting: Setting) -> dict[str, float]:
    if not isinstance(setting.scenario.ledger.clerks, Clerks):
        return dict.fromkeys(("clerk_hours", "clerk_occupancy", "clerk_wait"), NAN)
    office, cases = setting.times.office, trace.cases
    begun, done = cases["screening"] >= 0, cases["screened"] >= 0
    start, end = cases["screening"][done], cases["screened"][done]
    waits = office.elapsed(cases["screening"][begun]) - office.elapsed(cases["heard"][begun])
    return {
        "clerk_hours": float((office.elapsed(end) - office.elapsed(start)).sum()) / HOUR,
        "clerk_occupancy": load(start, end, trace.clerks).occupancy,
        "clerk_wait": float(waits.mean()) / MINUTE if len(waits) else NAN,
    }


def clerk_cost(trace: Trace, setting: Setting, finish: float) -> float:
    """Clerks for their whole office hours, until nothing more can come to them; NaN without clerks.

    That is the end of the calls (`finish`, ms) or of the last screening, whichever is later; the horizon at most.
    """
    clerks, screened = setting.scenario.ledger.clerks, trace.cases["screened"]
    if not isinstance(clerks, Clerks):
        return NAN
    last = math.inf if (screened < 0).any() else max(screened.tolist(), default=0)
    until = min(max(finish, last), setting.times.horizon)
    paid = clerks.count * whole_hours(setting.times.office, until) / (1 - clerks.shrinkage)
    return paid * setting.scenario.costs.clerk_hour


def whole_hours(open_times: OpenTimes, until: float) -> float:
    """Hours of one person's whole shifts that begin before `until` (ms)."""
    begun = open_times.begin < until
    return float((open_times.end - open_times.begin)[begun].sum()) / HOUR
