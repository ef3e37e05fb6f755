"""`run --lang zh`: every scenario and every mode says in Chinese what it says in English, with the same numbers."""

from __future__ import annotations

import ast
import datetime as dt
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import typer

from callbacksim.cli.app import guarded
from callbacksim.report.details import details_screen
from callbacksim.report.findings import Findings, findings
from callbacksim.report.layout import text_of
from callbacksim.report.markdown import summary_page
from callbacksim.report.screen import run_screen, warning_lines
from callbacksim.report.terminal import progress
from callbacksim.report.texts import LANGUAGES, PARTS, Texts, catalogue
from callbacksim.report.words import number
from callbacksim.scenario.files import load
from callbacksim.study.estimates import Estimate, given, mean
from callbacksim.study.experiment import replicate
from callbacksim.study.summary import WORDS
from conftest import Cli
from screens import english_left, names_in, numbers, widest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "callbacksim"
SCENARIOS = sorted(path.stem for path in (ROOT / "scenarios").glob("*.toml"))
FEWER = ("register.rows=150", "register.contacts=120")
SETS = {
    "hotline-lookback": (),
    "replay-script": (),
    "gaoxin": (
        *FEWER,
        "recognition.exact.escalations=9",
        "recognition.exact.problems=2",
        "recognition.exact.suggestions=3",
    ),
}
MODES = {
    "by hand": ["--set", "study.mode=manual"],
    "once": ["-n", "1"],
    "no lines": ["--set", "robot.lines=0"],
    "cut off": ["--set", "study.horizon_days=1", "--set", "targets.finish_by=2025-07-07T18:00:00"],
    "precision": ["--precision", "0.5", "--most", "10"],
    "a cap": ["--precision", "0.001", "--most", "10"],
    "unsure": ["--uncertain", "--details", "--set", "uncertain={\"recognition.misheard\"=[0.01,0.05]}"],
    "a plan": ["--plan", "lean", "--set", "agents.count=1"],
    "one less": ["--set", "robot.lines=2"],
    "listeners": ["--set", "listeners.share=0.3", "--set", "listeners.count=1"],
    "targets": ["--set", "targets.cost=1000", "--set", "targets.missed=1", "--set", "targets.satisfaction_error=1"],
    "idle": [
        *("--set", "calendar.start=2031-07-07", "--set", "targets.finish_by=2031-07-09T12:00:00"),
        *("--set", "answering.hour_index={\"9\"=100}", "--set", "answering.weekday_index={Mon=100}"),
        *("--set", "answering.reachable=0.9"),
    ],
}  # fmt: skip

OF_FIGURES = {"COOP", "REF", "CON", *(word for name in WORDS for word in re.findall("[a-z]+", name))}
"""AAPOR's names of rates, and figures as `--best` and `--json` name them: they stand before what they mean."""


def _names(found: Findings) -> list[str]:
    """What is the user's own: names of the scenario, and what was typed."""
    questions = found.scenario.questionnaire.questions
    texts = [text for one in questions for text in (one.text, *map(str, getattr(one, "options", ())))]
    return [*names_in(found.file), *found.sets, *texts, *found.scenario.ledger.departments]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_in_chinese(scenario: str) -> None:
    file, sets = str(ROOT / "scenarios" / f"{scenario}.toml"), SETS.get(scenario, FEWER)
    study = replicate(load(file, overrides=sets), 2, jobs=1, extras=True)
    english = findings(study, file, None, sets)
    chinese = replace(english, say=Texts("zh"))
    names = _names(english)
    for lines in (run_screen, warning_lines, details_screen):
        first, second = (text_of(lines(found)) for found in (english, chinese))
        assert english_left(second, names) - (OF_FIGURES if lines is details_screen else set()) == set()
        assert numbers(second, names) == numbers(_unglossed(first) if lines is warning_lines else first, names)
        assert widest(second) <= 80
    assert english_left(text_of(run_screen(english)), names) > {"interviewed", "forwarded"} or english.ledger_alone
    page = summary_page(chinese).replace("\\", "").replace("&nbsp;", "")
    assert english_left(page, names) == set()


def _unglossed(text: str) -> str:
    """English without its Chinese glosses, which may say a number again."""
    return re.sub("[\u3400-\u9fff]+\\d+[\u3400-\u9fff]+", "", text)


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_in_chinese(mode: str, cli: Cli, small: Path) -> None:
    options = ["-n", "2", *MODES[mode]] if not {"-n", "--precision"} & set(MODES[mode]) else MODES[mode]
    _both(cli, small, *options, *(word for one in FEWER for word in ("--set", one)))


def test_a_running_campaign_in_chinese(cli: Cli, small: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert cli("run", small, "-n", "1", "--jobs", "1", "--out", log).status == 0
    _both(cli, small, "-n", "2", "--after", log / "trace", "--at", "2025-07-07 10:30")
    _both(cli, small, "-n", "2", "--after", log / "trace" / "attempts.csv", "--plan", "lean")


def _both(cli: Cli, file: Path, *options: object) -> None:
    typed = [str(one) for one in options if re.search("[=/]", str(one))]
    names = [*names_in(str(file)), str(file.parent), "attempts.csv", "[uncertain]", *typed]
    english, chinese = (cli("run", file, "--jobs", "1", *options, "--lang", language) for language in LANGUAGES)
    assert (english.status, chinese.status) == (0, 0), english.err
    for first, second in ((english.out, chinese.out), (_unglossed(english.err), chinese.err)):
        assert english_left(second, names) - (OF_FIGURES if "--details" in options else set()) == set()
        assert numbers(second, names) == numbers(first, names)
    assert max(widest(chinese.out), widest(chinese.err or " ")) <= 80


def test_figures_as_written_in_chinese() -> None:
    say = Texts("zh")
    assert say.measured(mean([4.0, 4.0, 4.0], 0.95), number) == "4（每次相同）"
    assert say.measured(Estimate(12, 11, 13, 30, "mean", 0.95), number, unit="hours") == "12 小时（11–13）"
    assert say.measured(mean([], 0.95), number) == "—"
    assert say.bounds(mean([4.0], 0.95), number) == "（仅一次）"
    assert say.bounds(Estimate(1, 1, None, 30, "quantile", 0.95), number) == "（至少 1）"
    assert say.given(given(84, 4356, confidence=0.95)) == "给定（按此比例为 84 ± 18）"
    assert [say.money(1.294), say.money(-5686), say.share(0.4441)] == ["1.29元", "−5,686元", "44.4%"]
    assert [say.between("43.60元", "51.06元"), say.between("−2.1", "+0.3")] == ["43.60–51.06元", "−2.1 至 +0.3"]
    assert [say.what_if("10 lines fewer"), say.what_if("one person more")] == ["减少 10 条线路", "增加一名回访人员"]
    four, five = dt.datetime(2025, 7, 8, 16, 0, 1), dt.datetime(2025, 7, 9, 17)
    assert [say.moment(four), say.full_day(five)] == ["7月8日周二 16:01", "2025年7月9日周三"]
    assert say.span(four, five) == "7月8日周二 16:01 至 7月9日周三 17:00"
    assert say.span(four, four + dt.timedelta(hours=1)) == "16:01–17:01"


def test_json_is_the_same_in_every_language(cli: Cli, small: Path) -> None:
    english, chinese = (cli("run", small, "-n", "2", "--json", "--lang", language) for language in LANGUAGES)
    assert english.out == chinese.out
    assert json.loads(english.out)["warnings"]


def test_a_directory_tells_in_both_languages_and_a_repeated_run_in_the_one_asked_for(
    cli: Cli, small: Path, tmp_path: Path
) -> None:
    first = cli("run", small, "-n", "2", "--out", tmp_path / "out")
    files = {
        path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "out").glob("*.*") if path.suffix != ".xlsx"
    }
    assert files["screen.txt"] == first.out
    assert files["warnings.txt"] == first.err
    again = cli("run", small, "-n", "2", "--out", tmp_path / "out", "--lang", "zh", "--details")
    assert again.out == files["screen.zh.txt"] + files["details.zh.txt"]
    assert again.err == files["warnings.zh.txt"]
    assert again.out == cli("run", small, "-n", "2", "--lang", "zh", "--details").out
    assert files["summary.zh.md"].startswith("# A small campaign 小样\n\n**模拟数据**")
    other = cli("run", small, "-n", "2", "--out", tmp_path / "other", "--lang", "zh")
    assert other.out == files["screen.zh.txt"]
    written = (tmp_path / "out", tmp_path / "other")
    assert [(one / "screen.txt").read_bytes() for one in written] == [first.out.encode()] * 2


def test_what_is_not_met_is_said_in_chinese(cli: Cli, small: Path) -> None:
    ended = cli("run", small, "-n", "2", "--strict", "--lang", "zh")
    assert ended.status == 1
    assert "目标未达成：finish_by 未定" in ended.err


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("a worker process was lost; its trials are done again", "一个工作进程丢失，其仿真将重做"),
        ("2 workers of the cluster went; the others do the work", "集群中 2 个工作进程离开，由其余的继续"),
    ],
)
def test_what_workers_log_is_said_in_chinese(text: str, chinese: str, capsys: pytest.CaptureFixture[str]) -> None:
    with progress("仿真", Texts("zh")):
        logging.getLogger("callbacksim.study.workers").warning(text)
    assert capsys.readouterr().err == f"{chinese}\n"


@pytest.mark.parametrize(("language", "said"), [("en", "interrupted: 3 of 9"), ("zh", "已中断：3 of 9")])
def test_an_interrupt_is_said_in_the_language(language: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    @guarded
    def command(language: str) -> None:
        assert language
        raise KeyboardInterrupt("3 of 9")

    with pytest.raises(typer.Exit) as ended:
        command(language=language)
    assert ended.value.exit_code == 130
    assert capsys.readouterr().err == f"{said}\n"


MAKERS = {
    "scenario/cautions.py": None,
    "frame/register.py": None,
    "frame/tables.py": None,
    "frame/calllog/reading.py": None,
    "study/calibrating/calls.py": None,
    "study/workers.py": None,
    "report/findings.py": ("_cut_short", "warnings_of", "_idle_parts", "_silent_on", "_warnings_of_runs"),
    "report/after.py": ("log_warnings",),
    "report/forethought.py": ("idle_changes", "_have"),
    "report/screen.py": (),  # the same once more, in the order of the screen
}
"""Where warnings are made: the modules, and the functions where a module makes other sentences, too."""


def test_every_warning_has_its_chinese() -> None:
    known = "\n".join(english for key, (english, _) in catalogue().items() if key.startswith("warning."))
    found = {(file, text) for file, functions in MAKERS.items() for text in _sentences(SOURCE / file, functions)}
    assert len(found) > 40
    missing = {(file, text) for file, text in found if text.strip(" ,.;:") not in known}
    assert missing == set(), "report/texts/warnings.toml"


def _sentences(path: Path, functions: tuple[str, ...] | None) -> Iterator[str]:
    """The constant parts, of three words and more, of what becomes a warning in a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        if functions is not None and function.name in functions:
            yield from _words(function)
        elif functions is None:
            yield from (text for node in ast.walk(function) if _makes(node) for text in _words(node))


def _makes(node: ast.AST) -> bool:
    """Whether a statement puts something among warnings, or yields it where nothing else is yielded."""
    match node:
        case ast.AugAssign(target=ast.Name(id="warnings")) | ast.Yield():
            return True
        case ast.Assign(targets=[ast.Name(id="warnings")]):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="warnings"), attr="append")):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr="warning")):
            return True
    return False


def _words(node: ast.AST) -> Iterator[str]:
    documentation = {id(one.value) for one in ast.walk(node) if isinstance(one, ast.Expr)}
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in documentation:
            yield from (part for part in re.split("%s", one.value) if len(part.split()) >= 3)


def test_modules_that_make_warnings_are_known() -> None:
    makes = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if _makes(node) and not isinstance(node, ast.Yield)
    }
    assert makes - set(MAKERS) == set()


def test_no_text_is_unused() -> None:
    """A key stands in the source as it is, or begins with what the source puts before a name."""
    source = "\n".join(path.read_text(encoding="utf-8") for kind in ("py", "j2") for path in SOURCE.rglob(f"*.{kind}"))
    exact = set(re.findall(r'[\'"]([a-z_]+\.[\w -]+)[\'"]', source))
    begun = tuple(set(re.findall(r'f[\'"]([a-z_]+\.\w*?)\{', source)))
    counted = {f"counted.{what}" for what in re.findall(r'counted\(\s*"(\w+)"', source)}
    found_by_pattern = ("warning.", "unit.", *(f"{one}." for one in re.findall(r'translated\([^)]*?"(\w+)"', source)))
    unused = {
        key for key in catalogue() if key not in exact | counted and not key.startswith((*begun, *found_by_pattern))
    }
    assert unused == set()
    assert len(PARTS) > 5
