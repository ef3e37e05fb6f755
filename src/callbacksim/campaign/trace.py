"""What happened in one replication: typed columns, from which every figure is computed and nothing else.

Times are whole ms on the campaign's clock (see `callbacksim.scenario.calendar`); -1 stands for "never". Columns of
words hold the codes of `callbacksim.campaign.outcomes`; `Trace.dataframe` spells them out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.outcomes import (
    INTERVIEWED,
    CaseStatus,
    Disposition,
    Flag,
    Handover,
    Item,
    Outcome,
    Settled,
    Source,
)
from callbacksim.scenario.showing import card, counted

if TYPE_CHECKING:
    import pandas as pd

Column = NDArray[np.int64]
Table = Mapping[str, Column]

ATTEMPTS = (
    "contact",
    "attempt",
    "outcome",
    "ring",
    "talk",
    "wrap_up",
    "gap",
    "flag",
    "class",
    "due",
    "start",
    "end",
    "nth",
    "free",
)
TRIES = ("contact", "try", "reached", "hold", "gap", "due", "start", "end")
TRANSFERS = ("contact", "patience", "talk", "wrap_up", "ready", "start", "free", "end")
RECORDINGS = ("contact", "hold", "found", "ready", "start", "end")
ESCALATIONS = ("contact", "ready", "flag", "class", "tries", "first_start", "settled_at", "settled", "transfer")
CASES = (
    "contact",
    "source",
    "item",
    "number",
    "category",
    "department",
    "heard",
    "screening",
    "screened",
    "forwarded",
    "received",
    "due",
    "start",
    "end",
    "status",
    "rounds",
)
ROUNDS = ("case", "round", "received", "due", "start", "end", "status")
LOOKBACKS = ("case", "round", "due", "asked", "reached", "satisfied", "reopened")
INTERVIEWS = ("contact", "attempt", "outcome", "talk", "flag", "end", "recorded", "score")
STEPS = ("time", "capacity")
TABLES = (
    "attempts", "interviews", "tries", "transfers", "recordings", "escalations", "cases", "rounds", "lookbacks",
    "contacts", "businesses", "lines", "people", "clerks", "listeners", "answers",
)  # fmt: skip
"""The tables of a trace, by the names that `Trace.dataframe` knows."""
CONTACTS = (
    "contact",
    "row",
    "number",
    "businesses",
    "segment",
    "attempts",
    "disposition",
    "last_outcome",
    "refused",
    "final_at",
    "due",
    "score",
    "heard",
    "seldom",
    "problems",
    "suggestions",
)
WORDS: dict[str, type[IntEnum]] = {
    "outcome": Outcome,
    "last_outcome": Outcome,
    "flag": Flag,
    "disposition": Disposition,
    "settled": Settled,
    "source": Source,
    "transfer": Handover,
    "item": Item,
    "status": CaseStatus,
}


@dataclass(frozen=True, repr=False)
class Trace:
    """One replication as tables: a column is an int64 array of shape (rows,); `dataframe` gives one with words.

    Times are ms since the first day's midnight, durations ms, -1 is "never"; `contact` is a place in `contacts`.
    `attempts` has a row for each call by start, `tries` for each call-back, `escalations` for each contact sent to
    people, `cases` for each item on the ledger, `rounds` for each receipt of a case by its department, `lookbacks` for
    each look-back call, `contacts` for each contact, `businesses` for each business behind them. `lines`, `people`,
    `clerks` and `listeners` are steps (time, capacity). `expected` is each contact's probability to be satisfied, which
    only a simulator knows; `work` ms of a person's time for each escalation; `categories` and `departments` spell out
    those columns of `cases`.
    """

    replication: int
    attempts: Table
    tries: Table
    transfers: Table
    recordings: Table
    escalations: Table
    cases: Table  # as they stand in the end: what a department did is that of the last round
    rounds: Table  # every receipt of a case by its department; `case` is the place in `cases`
    lookbacks: Table  # a look-back call for every round that was settled, made or still to come
    contacts: Table
    expected: NDArray[np.float64]  # each contact's probability to be satisfied, known to the simulator only
    businesses: Table  # contact, row and true score of every business behind the contacts
    work: Column  # of each escalation: ms of a person's time until it is settled, were somebody always there
    lines: Table  # capacity steps (time, capacity) as they really were, of lines (in manual mode of callers)
    people: Table  # ... and of the people who call back
    clerks: Table  # ... and of the clerks
    listeners: Table  # ... and of those who listen to recordings
    quota_reached: bool
    answers: Table  # by question of the dialogue: the option heard of each contact, -1 where none was
    categories: tuple[str, ...]
    departments: tuple[str, ...]

    @property
    def interviews(self) -> Table:
        """The final interviews: the satisfaction recorded (0: none) and the true one, beside what the call says."""
        done = np.isin(self.attempts["outcome"], INTERVIEWED)
        columns = {name: self.attempts[name][done] for name in INTERVIEWS if name in self.attempts}
        contact = columns["contact"]
        return columns | {"recorded": self.contacts["heard"][contact], "score": self.contacts["score"][contact]}

    def dataframe(self, table: str) -> pd.DataFrame:
        """A table by its name (see `TABLES`), with words for codes: attempts, interviews, tries, cases, contacts …

        Raises `AttributeError` for a table that there is not.
        """
        import pandas as pd

        columns: Mapping[str, NDArray[Any]] = getattr(self, table)
        if table == "contacts":
            columns = {**columns, "expected": self.expected}
        names: dict[str, Sequence[str]] = {
            key: [member.name.lower() for member in words] for key, words in WORDS.items() if key in columns
        }
        if table == "cases":
            names |= {"category": self.categories, "department": self.departments}
        return pd.DataFrame(
            {
                key: pd.Categorical.from_codes(values, list(names[key])) if key in names else values  # type: ignore[call-overload]
                for key, values in columns.items()
            }
        )

    def _counts(self) -> str:
        words = {
            "contacts": "contact",
            "attempts": "call",
            "escalations": "escalation",
            "tries": "call-back",
            "cases": "case",
        }
        return ", ".join(counted(len(getattr(self, table)["contact"]), word) for table, word in words.items())

    def __repr__(self) -> str:
        return f"<Trace of replication {self.replication}: {self._counts()}>"

    def _repr_html_(self) -> str:
        became = self.contacts["disposition"]
        rows = [(one.name.lower().replace("_", " "), f"{int((became == one).sum()):,}") for one in Disposition]
        more = 'what happened, as tables: trace.dataframe("attempts"), also ' + ", ".join(TABLES[1:])
        return card(
            f"Trace of replication {self.replication}: {self._counts()}", ("contacts, in the end", ""), rows, more
        )


def table(names: Sequence[str], records: Sequence[Sequence[Any]]) -> dict[str, Column]:
    """Records (one after the other, in the order of `names`) as int64 columns."""
    flat = np.fromiter(chain.from_iterable(records), dtype=np.int64, count=len(records) * len(names))
    columns = flat.reshape(-1, len(names))
    return {name: np.ascontiguousarray(columns[:, i]) for i, name in enumerate(names)}


def records(columns: Table) -> list[tuple[int, ...]]:
    """The rows of a table, one after the other, in the order of its columns."""
    return list(zip(*(column.tolist() for column in columns.values()), strict=True))
