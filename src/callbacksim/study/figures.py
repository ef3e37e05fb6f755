"""What replications say: the figures of one, and those of many as a table of numbers that takes little memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.interview import SCORE_OPTIONS, options_of
from callbacksim.campaign.trace import Trace
from callbacksim.study.measuring.dispositions import FINAL_CODES, final_codes
from callbacksim.study.measuring.measures import CATALOGUE, funnel, measures, stages
from callbacksim.study.measuring.survey import OF_ONE, Answer, Cell, answers, cells, survey
from callbacksim.study.setting import Setting

Floats = NDArray[np.float64]
Table = Literal["funnel", "measures", "survey", "codes"]
TABLES: tuple[Table, ...] = ("funnel", "measures", "survey", "codes")


@dataclass(frozen=True)
class Figures:
    """What one replication of one plan says."""

    replication: int
    funnel: dict[str, int | None]
    measures: dict[str, float]
    survey: dict[str, float]
    cells: tuple[Cell, ...]
    codes: dict[str, int]  # contacts by final AAPOR code
    answers: tuple[Answer, ...]


def figures_of(trace: Trace, where: Setting, replication: int) -> Figures:
    """The figures of one replication, from its trace."""
    return Figures(
        replication=replication,
        funnel=funnel(trace, where),
        measures=measures(trace, where),
        survey=survey(trace, where),
        cells=cells(trace, where),
        codes=final_codes(trace),
        answers=answers(trace, where),
    )


@dataclass(frozen=True)
class Columns:
    """What the numbers of a row mean, in this order: the replication, the tables, cells (three each), answers (two)."""

    names: tuple[tuple[str, ...], ...]  # of each of TABLES
    cells: tuple[tuple[str, str, int], ...]  # dimension, label, contacts
    answers: tuple[tuple[str, str], ...]  # question, option

    @cached_property
    def begins(self) -> tuple[int, ...]:
        """Where each table begins, then the cells, the answers, and how long a row is."""
        widths = [1, *map(len, self.names), 3 * len(self.cells), 2 * len(self.answers)]
        return tuple(np.cumsum(widths).tolist())

    def row(self, figures: Figures) -> Floats:
        """The figures as numbers; NaN where a stage is not identified. Raises KeyError for names that differ."""
        tables = [getattr(figures, table) for table in TABLES]
        for names, table in zip(self.names, tables, strict=True):
            if len(names) != len(table):
                raise KeyError(*(set(names) ^ set(table)))
        return np.array(
            [
                figures.replication,
                *(
                    np.nan if (value := table[name]) is None else value
                    for names, table in zip(self.names, tables, strict=True)
                    for name in names
                ),
                *(number for cell in figures.cells for number in (cell.heard, cell.satisfied, cell.truly_satisfied)),
                *(number for answer in figures.answers for number in (answer.heard, answer.answers)),
            ],
            dtype=np.float64,
        )

    def figures(self, row: Floats) -> Figures:
        """The inverse of `row`."""
        numbers = row.tolist()
        parts = [numbers[begin:end] for begin, end in zip(self.begins, self.begins[1:], strict=False)]
        stages, operations, satisfaction, codes = (
            dict(zip(names, part, strict=True)) for names, part in zip(self.names, parts, strict=False)
        )
        in_cells, in_answers = (list(map(int, part)) for part in parts[-2:])
        return Figures(
            replication=int(numbers[0]),
            funnel={stage: None if count != count else int(count) for stage, count in stages.items()},
            measures=operations,
            survey=satisfaction,
            cells=tuple(Cell(*of, *in_cells[3 * at : 3 * at + 3]) for at, of in enumerate(self.cells)),
            codes={code: int(count) for code, count in codes.items()},
            answers=tuple(Answer(*of, *in_answers[2 * at : 2 * at + 2]) for at, of in enumerate(self.answers)),
        )


def columns_of(where: Setting) -> Columns:
    """The columns of every replication of a setting."""
    contacts = bool(len(where.contacts.row)) and where.scenario.study.mode != "ledger"
    questions = [(question.id, options_of(question)) for question in where.scenario.questionnaire.questions]
    asked = questions or [("satisfaction", SCORE_OPTIONS)]
    return Columns(
        names=(stages(where.scenario), tuple(CATALOGUE), OF_ONE, FINAL_CODES),
        cells=tuple(
            (division.dimension, label, count)
            for division in where.cells
            for label, count in zip(
                division.labels, np.bincount(division.codes, minlength=len(division.labels)).tolist(), strict=True
            )
        ),
        answers=tuple((question, option) for question, options in asked for option in options) if contacts else (),
    )


@dataclass(frozen=True, repr=False)
class Replications(Sequence[Figures]):
    """The figures of many replications, a row of numbers each; an element is unpacked when it is asked for."""

    columns: Columns
    rows: Floats

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> Figures: ...
    @overload
    def __getitem__(self, at: slice) -> Replications: ...
    def __getitem__(self, at: int | slice) -> Figures | Replications:
        if isinstance(at, slice):
            return Replications(self.columns, self.rows[at])
        return self.columns.figures(self.rows[at])

    def __iter__(self) -> Iterator[Figures]:
        return map(self.columns.figures, self.rows)

    def __repr__(self) -> str:
        return f"Replications([{', '.join(map(repr, self))}])"

    def column(self, table: Table, name: str) -> Floats:
        """One figure in every replication."""
        at = TABLES.index(table)
        found: Floats = self.rows[:, self.columns.begins[at] + self.columns.names[at].index(name)]
        return found


def joined(earlier: Sequence[Figures], later: Sequence[Figures]) -> Sequence[Figures]:
    """Replications of the same plan, one lot after the other."""
    if isinstance(earlier, Replications) and isinstance(later, Replications):
        return Replications(earlier.columns, np.concatenate([earlier.rows, later.rows]))
    return (*earlier, *later)


def sample(figures: Sequence[Figures], table: Table, name: str) -> list[float]:
    """One figure in every replication, in order; NaN where it is not defined or not identified."""
    if isinstance(figures, Replications):
        numbers: list[float] = figures.column(table, name).tolist()
        return numbers
    values = (getattr(one, table)[name] for one in figures)
    return [float("nan") if value is None else float(value) for value in values]


def cell_counts(figures: Sequence[Figures], at: int) -> Floats:
    """Heard, satisfied and truly satisfied in the `at`-th cell: a row a replication."""
    if isinstance(figures, Replications):
        begin = figures.columns.begins[-3] + 3 * at
        return figures.rows[:, begin : begin + 3]
    found = [one.cells[at] for one in figures]
    return np.array([(cell.heard, cell.satisfied, cell.truly_satisfied) for cell in found], dtype=np.float64)


def answer_counts(figures: Sequence[Figures], at: int) -> Floats:
    """How often the `at`-th option was heard, and any option of its question: a row a replication."""
    if isinstance(figures, Replications):
        begin = figures.columns.begins[-2] + 2 * at
        return figures.rows[:, begin : begin + 2]
    found = [one.answers[at] for one in figures]
    return np.array([(answer.heard, answer.answers) for answer in found], dtype=np.float64)
