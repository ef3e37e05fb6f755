"""``--out DIR`` of a study of several plans: the files of its answer, and the journal of its trials.

The journal stays. So the same command, finished or not, in another language or with a page too, simulates only what
is not in it; and however it was interrupted, its answer is the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from callbacksim.frame.frame import Frame
from callbacksim.report.directory import MARKER, Run, in_language, run_of, sweep_away, versions
from callbacksim.report.layout import text_of
from callbacksim.report.results import ENGINE, as_text
from callbacksim.report.texts import LANGUAGES, Language
from callbacksim.report.words import plain
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.wholefile import csv_bytes, make_directory, write_whole
from callbacksim.study.trials import identity_of

if TYPE_CHECKING:
    import pandas as pd

SCREEN, ANSWER = "screen.txt", "answer.json"


def study_of(
    command: str,
    plans: Mapping[str, Scenario],
    frames: Sequence[Frame],
    options: Sequence[str],
    *,
    file: str,
    plan: str | None,
    sets: Sequence[str],
    seed: int,
    runs: int,
) -> Run:
    """What makes a study the same as another one: its plans by name, its chance, and the options of its command."""
    (first, *_), (frame, *_) = plans.values(), frames
    each = [[name, identity_of(one, of.sha256)] for (name, one), of in zip(plans.items(), frames, strict=True)]
    return {
        **run_of(first, frame, file, plan, sets, seed, runs, show_numbers=False),
        "command": command,
        "identity": hashlib.sha256(json.dumps(each).encode()).hexdigest(),
        "options": [plain(one) for one in options],
    }


def names_of(tables: Iterable[str]) -> list[str]:
    """The files of an answer that has these tables."""
    return [*(in_language(SCREEN, one) for one in LANGUAGES), ANSWER, *(f"{name}.csv" for name in tables), MARKER]


def write_study(
    directory: Path, study: Run, screen: Sequence[str], result: str, tables: Mapping[str, pd.DataFrame], say: Language
) -> None:
    """The files of a finished study, each whole or not there; the marker goes first and comes last."""
    out = make_directory(directory)
    sweep_away(out)
    (out / MARKER).unlink(missing_ok=True)
    write_whole(out / in_language(SCREEN, say), text_of(screen))
    write_whole(out / ANSWER, result)
    for name, table in tables.items():
        write_whole(out / f"{name}.csv", csv_bytes(list(table.columns), table.itertuples(index=False)))
    write_whole(out / MARKER, as_text({"run": dict(study), "engine": ENGINE, "versions": versions()}))
