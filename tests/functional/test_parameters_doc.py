"""docs/parameters.md says what the schema says: every field, and for every default what it rests on."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from pydantic import TypeAdapter
from pydantic_core import PydanticUndefined

from callbacksim.report.parameters import EXAMPLES, REASONS, Row, parameters_markdown, walk
from callbacksim.scenario import laws
from callbacksim.scenario.evidence import Tag
from callbacksim.scenario.laws import Law
from callbacksim.scenario.schemawalk import field_names
from callbacksim.scenario.sources import REPORTED, SOURCES, keys_in

COMMITTED = Path(__file__).parents[2] / "docs" / "parameters.md"
ROWS: dict[str, Row] = {row.path: row for part in walk() for row in part.rows}


def test_the_committed_file_is_what_the_schema_gives():
    wanted = "run: python -m callbacksim.report.parameters > docs/parameters.md"
    assert COMMITTED.read_text(encoding="utf-8") == parameters_markdown(), wanted


def test_the_command_writes_the_same_bytes():
    done = subprocess.run([sys.executable, "-m", "callbacksim.report.parameters"], capture_output=True, check=True)
    assert done.stdout == parameters_markdown().encode()


def test_every_field_of_the_schema_is_there():
    assert set(field_names()) - set(ROWS) == {"segments"}  # a heading of its own: [segments.NAME]
    for path in ("segments.kind", "ledger.departments.due_days", "questionnaire.questions.ask_if.heard"):
        assert path in ROWS
    assert {"recognition.exact", "recognition.exact.escalations", "manual.talk.complete"} <= set(ROWS)


def test_defaults_are_those_of_the_place_and_not_of_the_table():
    talk = ROWS["manual.talk.complete"]
    assert (talk.default.mean, talk.source, talk.plausible) == (240, "S13", "")
    assert ROWS["questionnaire.talk.complete"].default.mean == 60


def test_every_source_that_a_field_names_is_explained():
    for path, row in ROWS.items():
        keys = keys_in(row.source)
        assert keys or not row.source, f"{path}: no key in {row.source!r}"
        assert set(keys) <= set(SOURCES), path
        # What is left when the keys are taken out is an aside in brackets, not a key that was overlooked.
        rest = re.sub(r"[SV]\d+(–[SV]?\d+)?|\([^)]*\)|[ ,]", "", row.source)
        assert row.source == REPORTED or not rest, f"{path}: {row.source!r}"


def test_what_rests_on_a_source_is_sourced_or_says_that_it_is_assumed():
    for path, row in ROWS.items():
        assert row.tag in get_args(Tag), path
        if row.tag == "given":
            assert not row.source and not row.plausible, f"{path}: evidence for a choice of the planner's"
        if row.tag in ("S", "V") and path != "calendar.holidays":  # the State Council's own notices
            assert row.source, f"{path} is sourced, from where?"


def test_a_default_has_evidence_or_a_reason():
    for path, row in ROWS.items():
        chosen = row.default is not PydanticUndefined and row.default not in (None, "", (), {})
        if row.tag == "given" and chosen:
            assert path in REASONS, f"{path}: why is its default {row.default!r}?"


def test_every_field_says_what_it_means_and_reasons_belong_to_fields_that_need_them():
    assert [path for path, row in ROWS.items() if not row.meaning] == []
    for path in REASONS:
        assert ROWS[path].tag == "given", path


def test_every_law_has_an_example_that_is_one():
    names = [get_args(law.model_fields["law"].annotation)[0] for law in get_args(get_args(laws.Law)[0])]
    assert names == list(EXAMPLES)
    for name, example in EXAMPLES.items():
        law = TypeAdapter(Law).validate_python(tomllib.loads(f"x = {example}")["x"])
        assert law.law == name


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("S1, V2", ["S1", "V2"]),
        ("S42–S47", ["S42", "S43", "S44", "S45", "S47"]),
        ("S25 (United States)", ["S25"]),
        ("S999", ["S999"]),
        ("", []),
        (REPORTED, [REPORTED]),
    ],
)
def test_keys_are_read(text: str, keys: list[str]):
    assert keys_in(text) == keys
