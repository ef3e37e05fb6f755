"""The tables of a trace as the log of a running campaign: its calls, and what its people have done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from callbacksim.campaign.outcomes import INTERVIEWED, Flag, Handover, Outcome
from callbacksim.campaign.script import MOST_PROBLEMS, Cells
from callbacksim.campaign.standing import NOT_TOLD, Ledger, People
from callbacksim.campaign.trace import (
    ATTEMPTS,
    CASES,
    ESCALATIONS,
    LOOKBACKS,
    RECORDINGS,
    ROUNDS,
    TRANSFERS,
    TRIES,
    WORDS,
    Column,
    Table,
    table,
)
from callbacksim.frame.tables import read_table, refuse
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Scenario

FIELD = "--after"
_FINAL = (*INTERVIEWED, Outcome.OPT_OUT)
# What may be missing in a row, or as a column, and what then counts; the others must be there.
_DEFAULTS: dict[str, dict[str, int]] = {
    "attempts": {"wrap_up": 0, "gap": NOT_TOLD, "flag": NOT_TOLD, "class": NOT_TOLD, "due": -1, "free": -1},
    "tries": {"gap": 0, "due": -1},
    "escalations": {"class": NOT_TOLD, "transfer": Handover.NOT_OFFERED},
    "transfers": {},
    "recordings": {},
    "interviews": {},
    "cases": {},
    "rounds": {},
    "lookbacks": {},
}
# What is read; all else is reckoned.
_READ: dict[str, tuple[str, ...]] = {
    "attempts": ("contact", "outcome", "ring", "talk", "wrap_up", "gap", "flag", "class", "due", "start", "free"),
    "tries": ("contact", "try", "reached", "hold", "gap", "due", "start"),
    "escalations": ("contact", "ready", "flag", "class", "transfer"),
    "transfers": TRANSFERS,
    "recordings": RECORDINGS,
    "interviews": ("contact", "recorded"),
    "cases": CASES,
    "rounds": ROUNDS,
    "lookbacks": LOOKBACKS,
}
_LEAST = {"ring": 0, "talk": 0, "hold": 0, "recorded": 0, "try": 1, "ready": 0, "heard": 0, "case": 0, "round": 1}


@dataclass(frozen=True)
class Log:
    """A campaign's log in the columns of the trace, by contact; `people` and `recordings` None: it says nothing."""

    files: tuple[str, ...]
    attempts: Table  # by start
    recorded: Mapping[int, int]  # satisfaction heard, by contact
    people: People | None = None
    recordings: Table | None = None
    ledger: Ledger | None = None
    unmatched: int = 0  # rows of nobody on the register
    earlier: int = 0  # rows of calls before the campaign's first day
    further: int = 0  # rows of calls after a finished interview or an opt-out
    assumed_seconds: float | None = None  # answered calls that talked so long are taken for interviews; None: it tells
    unexplained: int = 0  # unanswered calls of which it does not say why
    complete: bool = True  # whether it has a word for every way in which a call can end in vain
    warnings: tuple[str, ...] = ()

    @property
    def last(self) -> int:
        """When the last thing happened that it tells of (ms); -1: nothing ever has."""
        tables: list[tuple[Table, tuple[str, ...]]] = [(self.attempts, ("start", "end", "free"))]
        if self.people is not None:
            tables += [(self.people.tries, ("end",)), (self.people.transfers, ("free", "end"))]
        if self.recordings is not None:
            tables.append((self.recordings, ("end",)))
        return max((int(one[name].max(initial=-1)) for one, names in tables for name in names), default=-1)


def trace_tables(path: Path) -> dict[str, Path]:
    """The tables of a trace at this path, by name: a directory, one with ``trace`` in it, or its calls alone."""
    if not path.is_dir():
        return {"attempts": path}
    inside = path / "trace" if (path / "trace").is_dir() else path
    return {name: inside / f"{name}.csv" for name in _READ if name == "attempts" or (inside / f"{name}.csv").exists()}


def read_trace_log(path: Path, number: Column, scenario: Scenario) -> Log:
    """The log in a trace's tables; `number` is that of each contact. Raises Refused with everything that is wrong."""
    named = {"category": tuple(scenario.ledger.categories), "department": tuple(scenario.ledger.departments)}
    files = trace_tables(path)
    problems: list[Problem] = []
    found: dict[str, dict[str, Column]] = {}
    for name, file in files.items():
        try:
            found[name] = _read(file, name, len(number), named, problems)
        except Refused as refused:
            problems.extend(refused.problems)
    if problems:
        raise Refused(problems)
    attempts, further = attempts_of(found["attempts"], number)
    heard = found.get("interviews")
    recorded = {} if heard is None else dict(zip(heard["contact"].tolist(), heard["recorded"].tolist(), strict=True))
    return Log(
        files=tuple(map(str, files.values())),
        attempts=attempts,
        recorded=recorded,
        people=(people := _people(found, attempts)),
        recordings=found.get("recordings"),
        ledger=None if people is None and scenario.study.mode != "manual" else _ledger(found),
        further=further,
    )


def attempts_of(read: Table, number: Column) -> tuple[Table, int]:
    """Calls as the trace has them, by start, and how many are left out: calls after a finished interview or an opt-out.

    `read` has contact, outcome, ring, talk, wrap_up, gap, flag, class, due, start and free; -1 is not known.
    """
    order = np.lexsort((read["contact"], read["start"]))
    calls = {name: column[order] for name, column in read.items()}
    done: set[int] = set()
    made: Counter[int] = Counter()
    rung: Counter[int] = Counter()
    kept = np.ones(len(order), dtype=bool)
    attempt, nth = np.zeros((2, len(order)), dtype=np.int64)
    for place, (contact, outcome) in enumerate(zip(calls["contact"].tolist(), calls["outcome"].tolist(), strict=True)):
        if contact in done:
            kept[place] = False
            continue
        made[contact] += 1
        rung[int(number[contact])] += 1
        attempt[place], nth[place] = made[contact], rung[int(number[contact])]
        if outcome in _FINAL:
            done.add(contact)
    calls |= {"attempt": attempt, "nth": nth}
    calls["end"] = calls["start"] + calls["ring"] + calls["talk"] + calls["wrap_up"]
    calls["free"] = np.maximum(calls["free"], calls["end"])
    calls["due"] = np.where(calls["due"] < 0, calls["start"], calls["due"])
    calls["class"] = np.where(calls["class"] == NOT_TOLD, calls["flag"] == Flag.UNCLEAR, calls["class"])
    return {name: calls[name][kept].astype(np.int64) for name in ATTEMPTS}, int((~kept).sum())


def _read(
    file: Path, name: str, contacts: int, named: Mapping[str, Sequence[str]], problems: list[Problem]
) -> dict[str, Column]:
    """One table, as columns of whole numbers; what is wrong in its rows is noted."""
    cells = read_table(file, FIELD)
    headings = [heading.lower() for heading in cells.cells[0]]
    columns, silent = _READ[name], _DEFAULTS[name]
    if missing := [column for column in columns if column not in headings and column not in silent]:
        wrong = f"there is no column {', '.join(missing)}"
        right = "give a trace as `run --out` writes it, or a call log with telephone numbers"
        raise refuse(cells.file, cells.lines[0], FIELD, wrong, right)
    rows: list[list[int]] = []
    for line, values in zip(cells.lines[1:], cells.cells[1:], strict=True):
        row = Cells(cells.file, line, dict(zip(headings, values, strict=False)), problems)
        rows.append([_number(row, column, silent.get(column), named) for column in columns])
        if not problems and columns[0] == "contact" and rows[-1][0] >= contacts:
            wrong = f"contact {rows[-1][0]}, and the register has {contacts:,} contacts, counted from 0"
            row.wrong("contact", wrong, "give the log of a campaign on this register")
        if len(problems) >= MOST_PROBLEMS:
            raise Refused([])
    return table(columns, rows)


def _number(row: Cells, column: str, default: int | None, named: Mapping[str, Sequence[str]]) -> int:
    if not row.given(column) and default is not None:
        return default
    if column in WORDS:
        words = WORDS[column]
        return int(words[row.word(column, [word.name.lower() for word in words]).upper()])
    if column in named:
        return row.name(column, named[column])
    if column in ("reached", "found", "satisfied", "reopened"):
        return int(row.word(column, ("0", "1", "false", "true")) in ("1", "true"))
    if column == "contact" and not row.given("source"):
        return row.number(column, 0)
    return row.number(column, _LEAST.get(column, -1))


def _ledger(found: Mapping[str, Table]) -> Ledger | None:
    """The ledger, where its items and their receipts by departments are there; None where nothing tells of it."""
    if "cases" not in found or "rounds" not in found:
        return None
    order = np.lexsort((found["rounds"]["round"], found["rounds"]["case"]))
    rounds = {name: column[order] for name, column in found["rounds"].items()}
    return Ledger(found["cases"], rounds, found.get("lookbacks", table(LOOKBACKS, [])))


def _people(found: Mapping[str, Table], attempts: Table) -> People | None:
    """What people have done, where their tables are there; None where nothing tells of it."""
    if "tries" not in found:
        return None
    read = found["tries"]
    ended = {
        **read,
        "end": read["start"] + read["hold"],
        "due": np.where(read["due"] < 0, read["start"], read["due"]),
    }
    order = np.argsort(ended["end"], kind="stable")
    tries = {name: ended[name][order] for name in TRIES}
    transfers = found.get("transfers", table(TRANSFERS, []))
    sent = found.get("escalations")
    if sent is None:
        flagged = attempts["flag"] > 0
        sent = {
            "contact": attempts["contact"][flagged],
            "ready": attempts["end"][flagged],
            "flag": attempts["flag"][flagged],
            "class": attempts["class"][flagged],
            "transfer": np.zeros(int(flagged.sum()), dtype=np.int64),
        }
    classes = np.where(sent["class"] == NOT_TOLD, sent["flag"] == Flag.UNCLEAR, sent["class"])
    # What became of each follows from the tries.
    open_ = {name: np.full(len(classes), -1) for name in ("tries", "first_start", "settled_at", "settled")}
    whole = {**open_, **sent, "class": classes}
    return People({name: whole[name].astype(np.int64) for name in ESCALATIONS}, tries, transfers)
