"""The canonical form, the identity and the editors' schema."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from callbacksim.scenario.canonical import identity, json_schema, to_toml
from callbacksim.scenario.files import load
from callbacksim.scenario.laws import Law
from callbacksim.scenario.merging import plain
from callbacksim.scenario.schema import WEEKDAYS, Calendar, Scenario
from callbacksim.scenario.schemawalk import (
    Place,
    bounds,
    fields_of,
    is_law,
    is_union,
    long,
    model_in_mapping,
    placed,
    section_of,
    words_of,
)

SMALL = {"register": {"rows": 100, "contacts": 80}}
NUMBERS = st.floats(0.001, 1000) | st.integers(1, 1000)
SHARES = st.floats(0, 1) | st.integers(0, 1)
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
LAWS = st.one_of(
    st.builds(lambda value: {"law": "constant", "value": value}, NUMBERS),
    st.builds(lambda a, b: {"law": "uniform", "low": min(a, b), "high": max(a, b)}, NUMBERS, NUMBERS),
    st.builds(lambda mean: {"law": "exponential", "mean": mean}, NUMBERS),
    st.builds(lambda mean, sd: {"law": "lognormal", "mean": mean, "sd": sd}, NUMBERS, NUMBERS),
    st.builds(lambda mean, sd: {"law": "gamma", "mean": mean, "sd": sd}, NUMBERS, NUMBERS),
    st.builds(lambda a, b: {"law": "quantiles", "p": [0, 0.5, 1], "x": [0, a, a + b]}, NUMBERS, NUMBERS),
    st.builds(lambda values: {"law": "table", "values": values}, st.lists(NUMBERS, min_size=1, max_size=3)),
    st.builds(lambda a, b: {"law": "mixture", "parts": [{"weight": a, "low": 0, "high": b}] * 2}, NUMBERS, NUMBERS),
)
HOURS = st.dictionaries(st.integers(0, 23).map(str), NUMBERS, max_size=4)
WINDOWS = st.sampled_from([[["09:00", "12:00"]], [["00:00", "10:30"], ["14:00", "24:00"]]])
SCORES = st.lists(NUMBERS, min_size=5, max_size=5)
DATES = st.lists(st.dates(dt.date(2025, 1, 1), dt.date(2026, 12, 31)), max_size=3)
QUESTIONS: list[dict[str, Any]] = [
    {"id": "S", "text": "满意吗?", "kind": "score", "satisfaction": True},
    {"id": 'T"', "text": "a\nb", "kind": "choice", "options": ["是", "否"], "shares": [1, 2]},
    {"id": "U", "text": "?", "kind": "open", "required": False, "ask_if": {"question": "S", "heard": ["1", "2"]}},
]


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A table with any of these fields."""
    return st.fixed_dictionaries({}, optional=fields)


SEGMENT = some(
    answer_factor=NUMBERS.map(lambda x: min(x, 10)),
    hour_index=HOURS,
    scores=SCORES,
    problems=SHARES,
    suggestions=SHARES,
)
CHANGES = some(
    title=st.text(st.characters(codec="utf-8"), max_size=20),
    calendar=some(
        start=st.dates(dt.date(2025, 6, 25), dt.date(2025, 6, 30)),  # so that every promise lies within the horizon
        windows=WINDOWS,
        weekdays=st.just(list(WEEKDAYS)),
        holidays=st.just("none"),
        open=DATES,
    ),
    robot=some(
        lines=st.integers(1, 100),
        calls_per_second=NUMBERS,
        retry_minutes=some(busy=NUMBERS, no_answer=NUMBERS),
        other_slot=st.booleans(),
        retries=st.sampled_from(["after", "with", "before"]),
    ),
    answering=some(
        base=SHARES, hour_index=HOURS, weekday_index=st.just({"Sun": 3.5}), ring=some(busy=LAWS, answered=LAWS)
    ),
    questionnaire=some(
        talk=some(complete=LAWS),
        satisfaction=some(scores=SCORES),
        items=some(problems=SHARES),
        questions=st.sampled_from([[], QUESTIONS]),
        tempo_sd=SHARES,
    ),
    recognition=some(
        sensitivity=SHARES, exact=st.sampled_from(["none", {"escalations": 0, "problems": 0, "suggestions": 0}])
    ),
    agents=some(count=st.integers(0, 9), roster=WINDOWS, reach_index=HOURS, talk=LAWS),
    manual=some(agents=st.integers(0, 9), talk=some(early=LAWS), wrap_up=LAWS),
    ledger=some(
        office=WINDOWS,
        forwarding=LAWS,
        departments=st.dictionaries(TEXTS, some(staff=st.integers(0, 9), handling=LAWS), max_size=2).map(
            lambda own: {**own, "政务服务局": {}, "综合执法局": {}, "金融办": {}}
        ),
    ),
    costs=some(agent_hour=NUMBERS),
    targets=some(finish_by=st.datetimes(dt.datetime(2025, 7, 8), dt.datetime(2025, 7, 14))),
    study=some(seed=st.integers(0, 2**63 - 1), horizon_days=st.integers(20, 700)),
    segments=st.dictionaries(TEXTS, SEGMENT, max_size=1),
)
relaxed = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def scenario(**sections: Any) -> Scenario:
    return Scenario.model_validate({**SMALL, **sections})


def reloaded(directory: Path, text: str) -> Scenario:
    path = directory / "canonical.toml"
    path.write_text(text, encoding="utf-8", newline="")
    return load(path)


def values_of(place: Place) -> st.SearchStrategy[Any]:
    """Values that the schema allows at a place, whatever they contradict."""
    kind, limits = place.kind, bounds(place)
    if is_law(kind):
        return LAWS
    if is_union(kind):
        return st.just("none") | st.one_of([table_of(one) for one in get_args(kind) if section_of(one)])
    if words_of(kind):
        return st.sampled_from(words_of(kind))
    if kind is int:
        return st.integers(int(limits.get("ge", 0)), int(min(limits.get("le", 2**63), limits.get("lt", 2**63) - 1)))
    if kind is float:
        low, high = limits.get("ge", limits.get("gt")), limits.get("le", limits.get("lt"))
        return st.floats(low, high, exclude_min="gt" in limits, exclude_max="lt" in limits)
    if get_origin(kind) is tuple:
        return st.just(["Mon", "Sun"]) if words_of(get_args(kind)[0]) else st.just(LISTS[long(place)])
    if get_origin(kind) is Mapping:
        model = model_in_mapping(kind)
        names = {"Mon": "Sun"} if words_of(get_args(kind)[0]) else {"7": "23"}
        values = placed(FieldInfo.from_annotation(get_args(kind)[1]))
        inner = table_of(model) if model else values_of(values) if get_origin(values.kind) is tuple else NUMBERS
        return st.dictionaries(st.sampled_from([*names, *names.values()]), inner, max_size=2)
    simple = {bool: st.booleans(), str: TEXTS, dt.date: st.dates(), dt.datetime: st.datetimes()}
    section = section_of(kind)
    return table_of(section) if section else simple[kind]


LISTS: dict[str, list[Any]] = {
    'a list such as [["09:00", "12:00"], ["14:00", "18:00"]]': [["00:00", "24:00"], ["09:05", "10:59"]],
    "a list such as [2, 4, 14, 45, 35]": [0, 1, 2.5, 1e6, 4],
    "a list such as [10, 60, 10]": [0, 100_000, 7],
    "a list such as [2025-10-01]": [dt.date(2025, 10, 1), dt.date(1, 1, 1)],
    'a list such as ["…"]': ["a", "金'\"\\\x1b"],
    "a list such as [{ id = …, text = …, kind = … }]": QUESTIONS,
    "a list such as [{ from = …, until = …, lines = … }]": [
        {"from": dt.datetime(2025, 7, 7, 14), "until": dt.datetime(2025, 7, 7, 16, 30), "lines": 3}
    ],
}


def table_of(model: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    """Tables of this model, each field there or not unless it is needed."""
    fields = {name: values_of(placed(field)) for name, field in fields_of(model).items() if name != "plans"}
    if model is Calendar:
        fields["holidays"] = st.sampled_from(["CN", "none", "DE", "DE-BY"])
    if model is Scenario:
        ranges = st.lists(NUMBERS, min_size=2, max_size=2) | st.just("known")
        fields["uncertain"] = st.dictionaries(TEXTS | st.just("answering.base"), ranges, max_size=2)
    needed = {name: fields.pop(name) for name, field in fields_of(model).items() if field.is_required()}
    return st.fixed_dictionaries(needed, optional=fields)


@relaxed
@given(table_of(Scenario), st.dictionaries(TEXTS, CHANGES, max_size=1))
def test_every_field_survives_being_written_out(tree: dict[str, Any], plans: dict[str, Any]) -> None:
    first = Scenario.model_validate({**tree, "plans": plans})
    assert Scenario.model_validate(tomllib.loads(to_toml(first))) == first


@relaxed
@given(CHANGES, st.dictionaries(TEXTS, CHANGES, max_size=2))
def test_any_scenario_loads_back_equal(tmp_path: Path, changes: dict[str, Any], plans: dict[str, Any]) -> None:
    # A plan with exact counts could contradict another's base = 0; one that changes nothing else cannot.
    kept = {
        name: {key: plan[key] for key in ("title", "robot", "costs") if key in plan} for name, plan in plans.items()
    }
    first = scenario(**changes, plans=kept)
    text = to_toml(first)
    again = reloaded(tmp_path, text)
    assert again == first
    assert list(again.segments) == list(first.segments)
    assert to_toml(again) == text
    assert identity(again) == identity(first)


def test_the_canonical_form_names_every_field_that_has_a_value() -> None:
    text = to_toml(scenario())
    tree = tomllib.loads(text)

    def same(written: Any, value: Any) -> None:
        if isinstance(value, dict):
            assert set(written) == set(value)
            for key, one in value.items():
                same(written[key], one)
        else:
            assert written == value and type(written) is type(value)

    same(tree, plain(scenario()))
    assert 'talk = {law = "lognormal", mean = 360.0, sd = 180.0}' in text
    assert "finish_by" not in text


def test_a_loaded_file_keeps_its_paths_and_plans(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text('[register]\nfile = "名单.csv"\n[plans.lean]\nrobot.lines = 3\ncalendar.start = 2025-07-08\n')
    first = load(path)
    other = tmp_path / "elsewhere"
    other.mkdir()
    assert reloaded(other, to_toml(first)) == first
    assert first.plans["lean"]["calendar"] == {"start": dt.date(2025, 7, 8)}


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "another"},
        {"plans": {"a": {"robot": {"lines": 3}}}},
        {"study": {"replications": 7, "confidence": 0.9}},
        {"robot": {"lines": 20, "calls_per_second": 1}},  # the defaults, written out
        {"answering": {"hour_index": dict(reversed(plain(scenario())["answering"]["hour_index"].items()))}},
    ],
)
def test_what_changes_no_replication_does_not_change_the_identity(changes: dict[str, Any]) -> None:
    assert identity(scenario(**changes)) == identity(scenario())


def swapped(tree: dict[str, Any]) -> dict[str, Any]:
    return dict(reversed(tree.items()))


@pytest.mark.parametrize(
    "changes",
    [
        {"study": {"seed": 2}},
        {"study": {"horizon_days": 31}},
        {"robot": {"lines": 21}},
        {"costs": {"line_month": 91}},
        {"targets": {"finish_by": dt.datetime(2025, 8, 1)}},
        {"segments": {"A": {"kind": "company"}}},
        {"ledger": {"categories": swapped(plain(scenario())["ledger"]["categories"])}},
    ],
)
def test_what_changes_a_replication_changes_the_identity(changes: dict[str, Any]) -> None:
    assert identity(scenario(**changes)) != identity(scenario())


def test_the_order_of_segments_is_part_of_the_identity() -> None:
    segments = {"A": {"kind": "company"}, "B": {"industry": ["x"]}}
    assert identity(scenario(segments=segments)) != identity(scenario(segments=swapped(segments)))


def test_a_register_counts_by_its_content_not_by_its_path() -> None:
    def of(file: str, content: str) -> str:
        tree = {"register": {"file": file, "exclude": [file]}}
        return identity(Scenario.model_validate(tree), register_sha256=content)

    assert of("a.csv", "1") == of("b.csv", "1") != of("a.csv", "2")


def test_the_identity_is_the_same_in_another_process() -> None:
    code = (
        "from callbacksim.scenario.canonical import identity; from callbacksim.scenario.schema import Scenario;"
        "print(identity(Scenario.model_validate({'register': {'rows': 100, 'contacts': 80}})))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == identity(scenario())


# --- the schema for editors ---------------------------------------------------------------------------------


def jsonable(tree: Any) -> Any:
    return json.loads(json.dumps(tree, default=lambda value: value.isoformat()))


SCHEMA = json_schema()


def accepts(tree: dict[str, Any]) -> bool:
    jsonschema = pytest.importorskip("jsonschema")
    return bool(jsonschema.Draft7Validator(SCHEMA).is_valid(jsonable(tree)))


def test_the_schema_is_json_and_sound() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA == json_schema()
    assert "required" not in SCHEMA


@relaxed
@given(CHANGES)
def test_the_schema_accepts_every_canonical_form(changes: dict[str, Any]) -> None:
    assert accepts(tomllib.loads(to_toml(scenario(**changes))))


@pytest.mark.parametrize(
    "tree",
    [
        {"extends": "gaoxin.toml"},
        {"extends": "a.toml", "agents": {"talk": {"mean": 300}}, "recognition": {"exact": {"escalations": 3}}},
        {"register": {"columns": {"phone": "电话"}}},
        {"plans": {"lean": {"robot": {"lines": 10}, "agents": {"talk": {"mean": 300}}}}},
    ],
)
def test_the_schema_accepts_parts(tree: dict[str, Any]) -> None:
    assert accepts(tree)


@pytest.mark.parametrize(
    "tree",
    [
        {"extends": 3},
        {"robot": {"linse": 3}},
        {"robot": {"lines": -1}},
        {"calendar": {"windows": [["9:00", "12:00"]]}},
        {"calendar": {"windows": [["09:00"]]}},
        {"agents": {"talk": {"law": "lognormall"}}},
        {"plans": {"lean": {"robot": {"linse": 10}}}},
        {"plans": {"lean": {"extends": "a.toml"}}},
        {"questionnaire": {"questions": [{"id": "S"}]}},
    ],
)
def test_the_schema_refuses_what_the_program_refuses(tree: dict[str, Any]) -> None:
    assert not accepts(tree)


def test_the_schema_keeps_descriptions_units_and_evidence() -> None:
    lines = SCHEMA["$defs"]["Robot"]["properties"]["lines"]
    assert lines["description"] == "calls at the same time"
    assert lines["unit"] == "lines" and lines["tag"] == "A" and lines["source"] == "S14, S15"
    assert lines["default"] == 20 and lines["plausible"] == [5, 500]
    assert SCHEMA["properties"]["robot"]["description"] == "智能外呼"
    assert "required" in SCHEMA["$defs"]["Question"]["properties"]


def test_every_law_is_tried_by_the_strategies_here() -> None:
    assert {get_args(law.model_fields["law"].annotation)[0] for law in get_args(get_args(Law)[0])} == {
        "constant", "uniform", "exponential", "lognormal", "gamma", "quantiles", "table", "mixture"
    }  # fmt: skip
