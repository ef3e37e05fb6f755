"""`--lang zh`: the screens say what they say in English, in Chinese, with the same numbers, in 80 columns."""

from __future__ import annotations

import ast
import math
import re
from functools import cache
from pathlib import Path

import pytest

import callbacksim
from callbacksim.report import terminal
from callbacksim.report.texts import PARTS, _toml, catalogue
from callbacksim.scenario.files import load
from callbacksim.scenario.uncertain import unknowns
from conftest import Cli
from screens import english_left, names_in, numbers, widest

SCENARIOS = Path(__file__).parents[2] / "scenarios"
REGISTER = """\
名单,,,
名称,电话,所属行业,编号
甲公司,13800138000,软件,1
乙公司,13800138000,软件,1
丙公司,无,制造,3
丁公司,1234,制造,4
"""


@pytest.fixture(autouse=True)
def no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """How far a command is after so many seconds is of the machine, and need not be the same twice."""
    monkeypatch.setattr(terminal, "A_LINE_EVERY_SECONDS", math.inf)


def both(cli: Cli, *command: object, names: tuple[str, ...] = ()) -> tuple[str, str]:
    """A command's whole output in English and in Chinese, found to say the same."""
    english, chinese = (cli(*command, "--lang", language) for language in ("en", "zh"))
    assert (english.status, chinese.status) == (0, 0), english.err + chinese.err
    unglossed = re.sub("(?m) [\u3400-\u9fff].*$", "", english.err)  # a gloss at the end says its number again
    for one, other in ((english.out, chinese.out), (unglossed, chinese.err)):
        assert english_left(other, names) == set()
        assert numbers(other, names) == numbers(one, names)
    assert widest(chinese.out) <= 80
    assert english_left(english.out, names) > set()
    return english.out, chinese.out


def test_english_that_is_left_is_found() -> None:
    assert english_left("费用 the cost 2 条 agents.count my.toml", ("my.toml",)) == {"the", "cost"}


def test_dates_are_no_numbers() -> None:
    assert numbers("from Mon 7 July 2025, Tue 8: 1,234 × 0.5 h") == ["1,234", "0.5"]
    assert numbers("自2025年7月7日周一、8日周二：1,234 × 0.5 小时") == ["1,234", "0.5"]


def test_no_text_is_there_twice() -> None:
    assert sum(len(texts) for part in PARTS for texts in _toml(part).values()) == len(catalogue())


@cache
def written() -> set[str]:
    """Every string in the program's source, those between the places of f-strings one by one."""
    files = (Path(callbacksim.__file__).parent).rglob("*.py")
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@pytest.mark.parametrize("table", ["warning", "fitted", "rare"])
def test_a_sentence_that_is_known_in_chinese_is_one_that_is_written(table: str) -> None:
    """What the rooms below say is known by its English: reworded there, it would be left in English here."""
    for key, (english, _) in catalogue().items():
        for piece in re.split(r"\{\w+\}", english) if key.startswith(f"{table}.") else ():
            assert any(piece in one or (len(one) > 9 and one in piece) for one in written()), (key, piece)


@pytest.mark.parametrize(
    "scenario",
    [
        "gaoxin-forecast", "dialogue", "hotline-lookback", "manual-only", "spring-festival", "carrier-outage",
        "live-transfer", "silent-critics", "replay-script",
    ],
)  # fmt: skip
def test_check_in_chinese(cli: Cli, monkeypatch: pytest.MonkeyPatch, scenario: str) -> None:
    monkeypatch.chdir(SCENARIOS)
    both(cli, "check", f"{scenario}.toml", names=names_in(f"{scenario}.toml"))


def test_registers_in_chinese(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.csv").write_text(REGISTER, encoding="utf-8")
    names = ("r.csv", "my.toml", "contacts.csv", "audit.csv", "counts.json", "made.csv", "s.toml", "all/")
    _, chinese = both(cli, "init", "my.toml", "--register", "r.csv", "--start", "2025-07-07", "--force", names=names)
    assert "− 无效号码" in chinese
    checked = cli("check", "my.toml", "--lang", "zh").out
    assert english_left(checked, (*names, *names_in("my.toml"), str(tmp_path))) == set()
    assert "注意：名单：" in checked
    both(cli, "dedupe", "r.csv", "--out", "all", "--force", names=names)
    Path("s.toml").write_text("[register]\nrows = 30\ncontacts = 20\nunusable = 3\n", encoding="utf-8")
    both(cli, "make-register", "s.toml", "--out", "made.csv", "--force", names=names)


SHIFTS = ("--set", 'roster.patterns={ early = { roster = [["09:00", "15:00"]], breaks = [["12:00", "14:00"]] } }')


@pytest.mark.parametrize(
    "more", [(), ("--set", "targets.called_back_in_time=0.99"), SHIFTS], ids=["bare", "kept", "shifts"]
)
def test_roster_in_chinese(cli: Cli, small: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]) -> None:
    monkeypatch.chdir(small.parent)
    names = (*names_in("small.toml"), *more, "early")
    both(cli, "roster", "small.toml", "-n", "3", "--jobs", "1", *more, names=names)


LINES, PEOPLE = ("--vary", "robot.lines=3,6"), ("--vary", "agents.count=1,2")


@pytest.mark.parametrize("axes", [LINES, (*LINES, *PEOPLE)], ids=["rows", "map"])
@pytest.mark.parametrize("promised", [True, False], ids=["promised", "free"])
def test_sweep_in_chinese(
    cli: Cli, small: Path, monkeypatch: pytest.MonkeyPatch, axes: tuple[str, ...], promised: bool
) -> None:
    monkeypatch.chdir(small.parent)
    if not promised:
        small.write_text(small.read_text(encoding="utf-8").replace("finish_by", "# finish_by"), encoding="utf-8")
    both(cli, "sweep", "small.toml", "-n", "2", "--jobs", "1", *axes, names=names_in("small.toml"))


@pytest.mark.parametrize(
    ("scenario", "more"),
    [
        ("gaoxin-forecast", ("-n", "3", "--best", "cost", "--within", "100")),
        ("live-transfer", ("-n", "2", "--plan", "lean", "--plan", "later")),
        ("hotline-lookback", ("-n", "2")),
        ("manual-only", ("-n", "1", "--plan", "lean", "--set", "targets.called_back_in_time=0.9")),
    ],
)
def test_compare_in_chinese(cli: Cli, monkeypatch: pytest.MonkeyPatch, scenario: str, more: tuple[str, ...]) -> None:
    monkeypatch.chdir(SCENARIOS)
    less = () if scenario == "hotline-lookback" else ("--set", "register.rows=400", "--set", "register.contacts=300")
    names = (
        *names_in(f"{scenario}.toml"),
        "register.rows=400",
        "register.contacts=300",
        "targets.called_back_in_time=0.9",
    )
    _, chinese = both(cli, "compare", f"{scenario}.toml", *more, *less, "--jobs", "1", names=names)
    assert " 对比" in chinese


def test_two_files_are_compared_under_their_own_names_in_chinese(
    cli: Cli, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small.parent)
    Path("base.toml").write_text(small.read_text(encoding="utf-8"), encoding="utf-8")
    told = cli("compare", "base.toml", "small.toml", "-n", "2", "--jobs", "1", "--lang", "zh").out
    assert told.startswith("small 对比 base\nbase：base.toml，原方案。")
    assert "small 与 base 完全相同。" in told


FEW = ("answering.base", "agents.reach", "recognition.misheard")


def test_drivers_in_chinese(cli: Cli, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small.parent)
    every = [one.path for one in unknowns(load("small.toml"))[0]]
    lines = "".join(f'"{path}" = "known"\n' for path in every if path not in FEW)
    lines += '"answering.base" = [0.3, 0.6]\n'
    small.write_text(f"{small.read_text(encoding='utf-8')}\n[uncertain]\n{lines}", encoding="utf-8")
    names = (*names_in("small.toml"), "[uncertain]")
    _, chinese = both(cli, "drivers", "small.toml", "-n", "120", "--jobs", "1", names=names)
    assert "首先测准" in chinese


GRID = ("--lines", "2:3", "--agents", "1")


@pytest.mark.parametrize(
    ("more", "status", "says"),
    [
        ((), 0, "达成全部目标的最省方案"),
        (("--set", "targets.finish_by=2025-07-07T09:00:01"), 1, "此范围内没有方案能达成全部目标"),
        (("--set", "targets.cost=900"), 1, "费用目标在0.0%的仿真中达成"),
    ],
    ids=["kept", "late", "dear"],
)
def test_staff_in_chinese(
    cli: Cli, small: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], status: int, says: str
) -> None:
    monkeypatch.chdir(small.parent)
    few = ("--set", "register.rows=60", "--set", "register.contacts=50")
    command = ("staff", "small.toml", *GRID, *few, *more, "--jobs", "1")
    english, chinese = (cli(*command, "--lang", language) for language in ("en", "zh"))
    assert (english.status, chinese.status) == (status, status)
    names = names_in("small.toml")
    assert english_left(chinese.out + chinese.err, names) == set()
    assert numbers(chinese.out, names) == numbers(english.out, names)
    assert widest(chinese.out) <= 80
    assert says in "".join(chinese.out.split())


@pytest.mark.parametrize(
    "command",
    [("sweep", *LINES), ("roster", "--set", "targets.called_back_in_time=0.99"), ("compare", "--plan", "lean")],
    ids=lambda command: str(command[0]),
)
def test_json_is_the_same_in_every_language(cli: Cli, small: Path, command: tuple[str, ...]) -> None:
    name, *more = command
    english, chinese = (
        cli(name, small, "-n", "2", "--jobs", "1", *more, "--json", "--lang", one).out for one in ("en", "zh")
    )
    assert chinese == english
    assert english.startswith("{")


LOG = "被叫,开始时间,结果,通话时长\n" + "".join(
    f"138{at:08d},2025-07-07 {9 + at % 3:02}:00:00,{('接通', '无人接听', '占线')[at % 3]},{(90, 0, 0)[at % 3]}\n"
    for at in range(90)
)


def test_calibrate_in_chinese(cli: Cli, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small.parent)
    fields = ("questionnaire.complete、partial", "flag=")
    names = (*names_in("small.toml"), *fields, "fitted.toml", "attempts.csv", "log.csv")
    assert cli("run", "small.toml", "-n", "1", "--jobs", "1", "--out", "ran").status == 0
    Path("ran/trace/attempts.csv").rename("attempts.csv")
    Path("log.csv").write_text(LOG, encoding="utf-8")
    _, chinese = both(cli, "calibrate", "attempts.csv", "small.toml", "--out", "fitted.toml", "--force", names=names)
    assert "接通率为何随次数下降" in chinese
    both(cli, "calibrate", "log.csv", "small.toml", "--out", "fitted.toml", "--force", names=names)


def test_a_target_that_is_not_met_is_said_in_chinese(cli: Cli, small: Path) -> None:
    late = ("--set", "targets.finish_by=2025-07-07T10:00:00", "-n", "3", "--jobs", "1", "--strict")
    assert cli("roster", small, *late, "--lang", "zh").err.strip() == "目标未达成：finish_by 未达标"


def test_check_says_an_answer_of_yes_or_no_in_chinese(cli: Cli) -> None:
    out = cli("check", SCENARIOS / "dialogue.toml", "--lang", "zh").out
    assert "仅当 operating 答 是" in " ".join(out.split())


def test_chinese_breaks_like_chinese(cli: Cli) -> None:
    """No line begins with a closing mark or ends with an opening one, no date or counted number is torn."""
    out = cli("check", SCENARIOS / "dialogue.toml", "--lang", "zh").out
    for line in out.splitlines():
        assert line.strip()[0] not in "，。；：、！？）》"
        assert line.strip()[-1] not in "（《"
        assert not line.strip()[-1].isdigit() or line.split()[-1] in ("18:00", "20250707"), line
