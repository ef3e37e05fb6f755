"""Tiny campaigns without chance: constant laws, certain outcomes, contacts by hand; and traces as readable lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.outcomes import CaseStatus, Disposition, Flag, Item, Outcome, Settled
from callbacksim.campaign.simpy_engine import Campaign, simulate
from callbacksim.campaign.trace import Trace
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.calendar import DAY, HOUR, MINUTE, SECOND, timetable
from callbacksim.scenario.schema import Scenario
from callbacksim.study.setting import Setting

Tree = Mapping[str, Any]
SEED = 7


def constant(value: float) -> dict[str, Any]:
    """A law that always gives this value."""
    return {"law": "constant", "value": value}


# Monday 2025-07-07. An answered call takes 10 + 50 = 60 s, an unanswered one 30 s; a call-back that reaches 300 + 100
# = 400 s, one that does not 20 s. Everybody answers at once and completes; nobody holds an item.
TINY: dict[str, Any] = {
    "register": {"rows": 1, "contacts": 1},
    "calendar": {
        "start": dt.date(2025, 7, 7),
        "windows": [["09:00", "12:00"], ["14:00", "18:00"]],
        "holidays": "none",
    },
    "robot": {
        "lines": 1,
        "calls_per_second": 0,
        "attempts": 1,
        "attempts_per_day": 0,
        "other_slot": False,
        "retry_minutes": {"no_answer": 60, "busy": 5, "voicemail": 20, "rejected": 10, "refusal": 90},
    },
    "answering": {
        "base": 1,
        "most": 1,
        "not_in_service": 0,
        "no_answer": 1,
        "busy": 0,
        "voicemail": 0,
        "rejected": 0,
        "hour_index": {},
        "weekday_index": {},
        "retry_multiplier": 1,
        "ring": {
            "answered": constant(10),
            "no_answer": constant(30),
            "busy": constant(5),
            "voicemail": constant(20),
            "rejected": constant(15),
            "not_in_service": constant(8),
        },
    },
    "questionnaire": {
        "complete": 1,
        "partial": 0,
        "break_off": 0,
        "opt_out": 0,
        "talk": {"complete": constant(50), "partial": constant(35), "early": constant(8)},
        "items": {"problems": 0, "suggestions": 0},
    },
    "recognition": {"sensitivity": 1, "unclear": 0, "misheard": 0, "not_understood": 0},
    "agents": {
        "count": 1,
        "reach": 1,
        "tries": 3,
        "retry_minutes": 60,
        "ring": constant(20),
        "talk": constant(300),
        "wrap_up": constant(100),
    },
    "manual": {
        "agents": 1,
        "talk": {"complete": constant(240), "partial": constant(120), "early": constant(20)},
        "wrap_up": constant(60),
    },
    "ledger": {
        "office": [["09:00", "12:00"], ["13:00", "17:00"]],
        "valid": 1,
        "forwarding": constant(1),
        "misrouted": 0,
        "return_within": constant(2),
        "categories": {"tax": {"share": 1, "department": "A"}},
        "departments": {"A": {"staff": 1, "handling": constant(2), "due_days": 2, "resolved": 1}},
    },
    "study": {"horizon_days": 5, "replications": 2},
}


WHOLE = ("hour_index", "weekday_index", "reach_index", "departments", "categories", "segments")


def merged(base: Tree, changes: Tree) -> dict[str, Any]:
    """`base` with changes laid over it; a table that names its own keys, or holds a law, is replaced as a whole."""
    out = dict(base)
    for key, value in changes.items():
        old = out.get(key)
        laid_over = isinstance(value, Mapping) and isinstance(old, Mapping) and key not in WHOLE and "law" not in value
        out[key] = merged(old, value) if laid_over else value  # type: ignore[arg-type]
    return out


def tiny(**changes: Any) -> Scenario:
    """The tiny scenario with some fields changed: ``tiny(robot={"lines": 2})``."""
    return Scenario.model_validate(merged(TINY, changes))


def people(
    numbers: int | Sequence[int], segments: Sequence[int] | None = None, *, extra_rows: int = 0, all_numbers: int = 0
) -> Contacts:
    """Contacts by hand, a row and a business each: so many with numbers of their own, or with these numbers."""
    number = np.arange(numbers) if isinstance(numbers, int) else np.array(numbers, dtype=np.int64)
    n = len(number)
    segment = np.zeros(n, dtype=np.int64) if segments is None else np.array(segments, dtype=np.int64)
    row = np.arange(n, dtype=np.int64)
    return Contacts(
        row=row,
        number=number.astype(np.int64),
        businesses=np.ones(n, dtype=np.int64),
        segment=segment,
        business_row=row,
        business_contact=row,
        business_segment=segment,
        rows=n + extra_rows,
        numbers=max(all_numbers, int(number.max()) + 1),
    )


@dataclass(frozen=True)
class Written(Draws):
    """Uniforms written by hand, by stream and turn; every other stream and turn is an error."""

    seed: int = 0
    replication: int = 0
    written: Mapping[tuple[str, int], Sequence[float]] = field(default_factory=dict)

    def uniforms(self, stream: str, size: int, turn: int = 0) -> NDArray[np.float64]:
        values = self.written[stream, turn]
        assert len(values) == size
        return np.array(values, dtype=np.float64)


# Kinds of contacts: segment 1 never answers, 2 holds a problem, 3 a suggestion, 4 both.
KINDS: dict[str, Any] = {
    "silent": {"kind": "company", "answer_factor": 0},
    "problem": {"kind": "company", "problems": 1},
    "suggestion": {"kind": "company", "suggestions": 1},
    "both": {"kind": "company", "problems": 1, "suggestions": 1},
}
ORDINARY, SILENT, PROBLEM, SUGGESTION, BOTH = range(5)


def run(scenario: Scenario, contacts: Contacts, model: type[Campaign] = Campaign, *, seed: int = SEED) -> Trace:
    """Replication 0."""
    return simulate(scenario, contacts, seed, 0, model)


def setting_of(scenario: Scenario, contacts: Contacts) -> Setting:
    """A setting without a register: each contact is a row."""
    n = len(contacts.row)
    counts = (("rows", n), ("rejected", 0), ("duplicates", 0), ("excluded", 0), ("contacts", n))
    return Setting(scenario, contacts, timetable(scenario), counts, (), "")


def at(clock: str, day: int = 0) -> int:
    """``at("09:00:30")`` in ms, of a day counted from 0."""
    hours, minutes, seconds = (*clock.split(":"), "0")[:3]
    return day * DAY + int(hours) * HOUR + int(minutes) * MINUTE + round(float(seconds) * SECOND)


def clock(ms: int) -> str:
    """``09:00:30``, on later days ``3d09:00:30``; ``-`` for never."""
    if ms < 0:
        return "-"
    day, rest = divmod(int(ms), DAY)
    hours, minutes, left = rest // HOUR, rest % HOUR // MINUTE, rest % MINUTE
    fraction = f".{left % SECOND:03d}" if left % SECOND else ""
    return f"{f'{day}d' if day else ''}{hours:02d}:{minutes:02d}:{left // SECOND:02d}{fraction}"


def minutes(ms: int) -> str:
    return f"{ms / MINUTE:g}m"


def lines_of(text: str) -> list[str]:
    """A table written in a test: a line each, blanks do not matter."""
    return [" ".join(line.split()) for line in text.strip().splitlines()]


def calls(trace: Trace) -> list[str]:
    """contact attempt outcome due start end gap; by start, then contact."""
    a = trace.attempts
    order = np.lexsort((a["contact"], a["start"]))
    return [
        f"{a['contact'][i]} {a['attempt'][i]} {Outcome(a['outcome'][i]).name.lower()} "
        f"{clock(a['due'][i])} {clock(a['start'][i])} {clock(a['end'][i])} {minutes(a['gap'][i])}"
        for i in order
    ]


def starts(trace: Trace) -> list[tuple[int, str]]:
    """(contact, start) of all calls, by start."""
    a = trace.attempts
    return [(int(a["contact"][i]), clock(a["start"][i])) for i in np.lexsort((a["contact"], a["start"]))]


def tries(trace: Trace) -> list[str]:
    """contact try reached due start end gap; by start, then contact."""
    t = trace.tries
    order = np.lexsort((t["contact"], t["start"]))
    return [
        f"{t['contact'][i]} {t['try'][i]} {'reached' if t['reached'][i] else 'missed'} "
        f"{clock(t['due'][i])} {clock(t['start'][i])} {clock(t['end'][i])} {minutes(t['gap'][i])}"
        for i in order
    ]


def escalations(trace: Trace) -> list[str]:
    """contact flag class ready first_start settled_at settled tries; by contact."""
    e = trace.escalations
    return [
        f"{e['contact'][i]} {Flag(e['flag'][i]).name.lower()} {e['class'][i]} {clock(e['ready'][i])} "
        f"{clock(e['first_start'][i])} {clock(e['settled_at'][i])} "
        f"{Settled(e['settled'][i]).name.lower()} {e['tries'][i]}"
        for i in np.argsort(e["contact"], kind="stable")
    ]


def cases(trace: Trace) -> list[str]:
    """contact item department heard forwarded received due start end status; by contact, item, number."""
    c = trace.cases
    order = np.lexsort((c["number"], c["item"], c["contact"]))
    return [
        f"{c['contact'][i]} {Item(c['item'][i]).name.lower()} {trace.departments[c['department'][i]]} "
        + " ".join(clock(c[name][i]) for name in ("heard", "forwarded", "received", "due", "start", "end"))
        + f" {CaseStatus(c['status'][i]).name.lower()}"
        for i in order
    ]


def became(trace: Trace) -> list[str]:
    """The disposition of every contact."""
    return [Disposition(d).name.lower() for d in trace.contacts["disposition"]]


def screenings(trace: Trace) -> list[str]:
    """contact item heard screening screened forwarded status, -1 for the intake; by contact, item, number."""
    c = trace.cases
    order = np.lexsort((c["number"], c["item"], c["contact"]))
    return [
        f"{c['contact'][i]} {Item(c['item'][i]).name.lower()} "
        + " ".join(clock(c[name][i]) for name in ("heard", "screening", "screened", "forwarded"))
        + f" {CaseStatus(c['status'][i]).name.lower()}"
        for i in order
    ]


def rounds(trace: Trace) -> list[str]:
    """case round received due start end status."""
    r = trace.rounds
    return [
        f"{r['case'][i]} {r['round'][i]} "
        + " ".join(clock(r[name][i]) for name in ("received", "due", "start", "end"))
        + f" {CaseStatus(r['status'][i]).name.lower()}"
        for i in range(len(r["case"]))
    ]


def look_backs(trace: Trace) -> list[str]:
    """case round due asked, and what came of it: reached, satisfied, reopened."""
    b = trace.lookbacks
    return [
        f"{b['case'][i]} {b['round'][i]} {clock(b['due'][i])} {clock(b['asked'][i])} "
        f"{b['reached'][i]} {b['satisfied'][i]} {b['reopened'][i]}"
        for i in range(len(b["case"]))
    ]
