"""`init`: what is shown of a register, and a scenario that runs as it is."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest

from callbacksim.frame.drafting import draft, inspect
from callbacksim.frame.frame import Counts, build
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.schema import Scenario

START = dt.date(2026, 3, 2)


def register(directory: Path, text: str) -> Path:
    path = directory / "名单.csv"
    path.write_text(text, encoding="gb18030")
    return path


def test_what_init_shows(tmp_path: Path) -> None:
    rows = "".join(f"企{i},1380013800{i}\n" for i in range(6))
    found = inspect(register(tmp_path, f"企业名称,联系电话\n{rows}企6,13800138000\n企7,无\n"))
    assert found.headings == {"phone": ("联系电话",), "name": ("企业名称",)}
    assert found.counts == Counts(8, 6, 1, 1, 0)
    assert (found.duplicate_share, found.unusable_share) == (1 / 8, 1 / 8)
    assert [(line["name"], line["phone"]) for line in found.sample] == [(f"企{i}", f"138****800{i}") for i in range(5)]


@pytest.mark.parametrize("place", ["new.toml", "plans/new.toml"])
def test_the_draft_runs_where_it_is_written(tmp_path: Path, place: str) -> None:
    path = register(tmp_path, "企业名称,手机,固定电话\n甲,13800138000,\n乙,,010-88886666\n")
    target = tmp_path / place
    target.parent.mkdir(exist_ok=True)
    text = draft(inspect(path), path, target, START)
    scenario = Scenario.model_validate(tomllib.loads(text))
    assert scenario.calendar.start == START
    assert scenario.register_.columns.phone == ("手机", "固定电话")
    assert not Path(scenario.register_.file or "/").is_absolute()
    assert scenario.plans == {"more_people": {"agents": {"count": 4}}}
    frame = build(scenario.register_, scenario.segments, target.parent)
    assert frame.counts == Counts(2, 2, 0, 0, 0)


def test_only_the_plan_and_the_register_differ_from_the_defaults(tmp_path: Path) -> None:
    path = register(tmp_path, "电话\n13800138000\n")
    text = draft(inspect(path), path, tmp_path / "new.toml", dt.date(2025, 7, 7))
    scenario = Scenario.model_validate(tomllib.loads(text))
    plain = Scenario.model_validate({"register": {"file": "名单.csv", "columns": {"phone": ("电话",)}}})
    assert scenario.model_copy(update={"title": "", "plans": {}}) == plain


def test_hints_in_comments_are_valid_when_the_sign_is_taken_away(tmp_path: Path) -> None:
    path = register(tmp_path, "电话\n13800138000\n")
    text = draft(inspect(path), path, tmp_path / "new.toml", START)
    # The three lines at the top are prose; the other commented lines are TOML behind "# ".
    lines = text.splitlines()
    hints = [line for line in lines[3:] if line.startswith("# ")]
    assert len(hints) == 8
    opened = "\n".join(line.removeprefix("# ") if line in hints else line for line in lines)
    scenario = Scenario.model_validate(tomllib.loads(opened))
    assert scenario.register_.exclude == ("do-not-call.txt",)
    assert scenario.targets.finish_by == dt.datetime(2026, 3, 6, 18)
    assert set(scenario.plans) == {"more_people", "more_lines"}


def test_hostile_headings_and_names_are_escaped(tmp_path: Path) -> None:
    path = tmp_path / 'a"b\\c#.csv'
    heading = '企业名称"]\n[x] = \\u0001'
    path.write_text('"' + heading.replace('"', '""') + '",电话\n甲,13800138000\n', encoding="utf-8")
    scenario = Scenario.model_validate(tomllib.loads(draft(inspect(path), path, tmp_path / "n.toml", START)))
    assert scenario.register_.columns.name == heading
    assert build(scenario.register_, {}, tmp_path).counts.contacts == 1


def test_a_heading_too_long_for_a_scenario_is_left_to_recognition(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(f"名称,联系电话{'甲' * 300}\n甲,13800138000\n", encoding="utf-8")
    scenario = Scenario.model_validate(tomllib.loads(draft(inspect(path), path, tmp_path / "n.toml", START)))
    assert scenario.register_.columns.phone == ()
    assert build(scenario.register_, {}, tmp_path).counts.contacts == 1


def test_a_register_too_far_away_is_refused(tmp_path: Path) -> None:
    far = tmp_path / "/".join(["d" * 50] * 5)
    far.mkdir(parents=True)
    path = register(far, "电话\n13800138000\n")
    with pytest.raises(Refused):
        draft(inspect(path), path, tmp_path / "n.toml", START)


def test_a_register_of_one_is_singular(tmp_path: Path) -> None:
    register = tmp_path / "r.csv"
    register.write_text("名称,电话\n甲,13800138000\n", encoding="utf-8")
    text = draft(inspect(register), register, tmp_path / "s.toml", dt.date(2025, 7, 7))
    assert text.startswith("# 1 row 行 = 1 contact 联系人 + 0 duplicates 重复 + 0 unusable 无效号码.")
    assert 'title = "Call-back of 1 contact 电话回访"' in text
