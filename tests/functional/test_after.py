"""`run --after`: how a campaign stands by its log, what is forecast from there, and what cannot be continued."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from scipy import optimize, stats

import callbacksim as cs
from callbacksim.campaign.runlog import shortest_interview
from callbacksim.frame.calllog.formats import Ended
from callbacksim.frame.frame import frame_of
from callbacksim.scenario.files import load
from callbacksim.study.continuing import stands
from helpers import tiny
from stopping import stopped

NOON = "2025-07-08 12:00"
AT = (24 + 12) * 3_600_000
FINAL = {"complete", "partial", "opt_out", "not_in_service", "refusal", "break_off"}  # nobody of them is called again
FILE = """
title = "A running campaign"
[register]
rows = 160
contacts = 120
unusable = 3
[calendar]
start = 2025-07-07
windows = [["09:00", "12:00"], ["14:00", "18:00"]]
[robot]
lines = 1
attempts = 5
attempts_per_day = 2
[answering]
base = 0.35
reachable = 0.7
retry_multiplier = 1
[questionnaire.items]
problems = 0.2
suggestions = 0.1
[questionnaire.talk]
complete = { law = "lognormal", mean = 60, sd = 30 }
early = { law = "lognormal", mean = 12, sd = 8 }
[recognition]
exact = "none"
sensitivity = 0.9
unclear = 0.15
[agents]
count = 1
reach = 0.6
[targets]
finish_by = 2025-07-20T12:00:00
probability = 0.8
[study]
replications = 20
horizon_days = 20
[plans.more-people.agents]
count = 4
"""


@pytest.fixture(scope="module")
def ran(cli: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario and, beside it, a run of it from another seed: the campaign as it really went."""
    here = tmp_path_factory.mktemp("after")
    (here / "running.toml").write_text(FILE, encoding="utf-8")
    ended = cli("run", here / "running.toml", "-n", 1, "--seed", 77, "--out", here / "truth")
    assert ended.status == 0
    return here


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def written(file: Path, headings: list[str], lines: Iterable[Iterable[object]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([headings, *lines])
    return file


def after(cli: Any, ran: Path, log: Path, *more: object) -> dict[str, Any]:
    ended = cli("run", ran / "running.toml", "--after", log, "--json", *more)
    assert ended.status == 0, ended.err
    found: dict[str, Any] = json.loads(ended.out)
    return found


def test_what_is_done_and_open_is_what_the_log_says(cli: Any, ran: Path) -> None:
    found = after(cli, ran, ran / "truth", "--at", NOON)["after"]
    calls = [row for row in rows(ran / "truth/trace/attempts.csv") if int(row["start"]) < AT]
    last = {row["contact"]: row for row in calls}  # they stand in the order of their starts
    over = [row for row in last.values() if int(row["end"]) < AT]
    now = found["so_far"]
    assert now["calls"] == found["calls"]["used"] == len(calls)
    assert found["calls"]["later"] == len(rows(ran / "truth/trace/attempts.csv")) - len(calls) > 0
    count = lambda *words: sum(row["outcome"] in words for row in over)  # noqa: E731
    assert now["interviewed"] == count("complete", "partial") > 0
    assert now["broken_off"] == count("refusal", "break_off") > 0
    assert (now["not_in_service"], now["opted_out"]) == (count("not_in_service"), count("opt_out"))
    again = [row for row in over if row["outcome"] not in FINAL]
    assert now["waiting"] == sum(int(row["attempt"]) < 5 for row in again) > 0
    assert now["exhausted"] == sum(int(row["attempt"]) == 5 for row in again)
    assert now["on_the_line"] == len(last) - len(over)
    assert now["not_called"] == 120 - len(last)
    assert now["due_now"] + now["due_today"] + now["due_later"] == now["waiting"]
    sent = [row for row in rows(ran / "truth/trace/escalations.csv") if int(row["ready"]) < AT]
    tries = [row for row in rows(ran / "truth/trace/tries.csv") if int(row["start"]) < AT]
    people = now["call_backs"]
    assert (people["escalated"], people["tries"]) == (len(sent), len(tries))
    assert people["handled"] == sum(row["reached"] == "1" and int(row["end"]) < AT for row in tries) > 0
    assert people["in_hand"] == sum(int(row["end"]) >= AT for row in tries)
    assert sum(people[part] for part in ("handled", "unreachable", "in_hand", "waiting")) == len(sent)
    items = [row for row in rows(ran / "truth/trace/cases.csv") if int(row["heard"]) < AT]
    settled = [row for row in items if row["item"] == "problem" and 0 <= int(row["end"]) < AT]
    there = [row for row in items if 0 <= int(row["received"]) < AT and row not in settled]
    ledger = now["ledger"]
    assert (ledger["items"], ledger["settled"]) == (len(items), len(settled))
    assert ledger["screened_out"] == sum(row["status"] == "screened_out" for row in items)
    assert ledger["suggestions"] == sum(row["item"] == "suggestion" for row in there)
    open_ = {
        name: sum(row["department"] == name and row["item"] == "problem" for row in there) for name in ledger["open"]
    }
    assert ledger["open"] == open_
    assert sum(open_.values()) + len(settled) > 0
    parts = ("screened_out", "with_clerks", "on_the_way", "suggestions", "settled")
    assert sum(ledger[part] for part in parts) + sum(open_.values()) == len(items)


def test_the_forecast_holds_past_and_future_and_its_finish_is_moved_by_the_log(cli: Any, ran: Path) -> None:
    found = after(cli, ran, ran / "truth", "--at", NOON)
    finish = found["after"]["forecast"]["finish"]
    plain = json.loads(cli("run", ran / "running.toml", "--json").out)
    # The plan from the beginning is what a plain run says, and the rest what this one says.
    assert finish["before"]["median"][:16] == plain["finish"]["median"][:16]
    assert finish["after"]["median"] == found["finish"]["median"]
    assert finish["after"]["low"] <= finish["after"]["median"] <= finish["after"]["high"]
    assert dt.datetime.fromisoformat(finish["after"]["low"]) > dt.datetime.fromisoformat(NOON)
    so_far, rest = found["after"]["so_far"], found["funnel"]
    assert rest["attempts"] > so_far["calls"]
    assert rest["interviewed"] >= so_far["interviewed"]
    assert found["probes"]  # what-ifs are of the rest too
    moved = finish["moved"]
    assert moved["low"] <= moved["mean"] <= moved["high"]
    screen = cli("run", ran / "running.toml", "--after", ran / "truth", "--at", NOON)
    assert "SO FAR" in screen.out
    assert "as of Tue 8 July 2025 12:00" in " ".join(screen.out.split())
    assert f" {so_far['calls']:,} " in screen.out
    assert max(len(line) for line in screen.out.splitlines()) <= 80


def test_too_few_runs_for_a_range_are_said_so(cli: Any, ran: Path) -> None:
    # 18 runs: between the least and the greatest a further one falls with probability 17/19 < 0.9.
    arguments = ("run", ran / "running.toml", "--after", ran / "truth", "--at", NOON, "--jobs", 1)
    few, enough = (cli(*arguments, "-n", n).out for n in (18, 19))
    assert "a run's range needs 19 runs" in few and "in brackets" not in few
    assert "a run's range needs" not in enough and "in brackets: where 90 % of the runs lie" in enough


def test_a_plan_after_the_log_holds_from_now_on(cli: Any, ran: Path) -> None:
    as_it_stands = after(cli, ran, ran / "truth", "--at", NOON)
    more = after(cli, ran, ran / "truth", "--at", NOON, "--plan", "more-people")
    assert as_it_stands["after"]["unchanged"] is None
    assert more["after"]["unchanged"] == as_it_stands["after"]["forecast"]
    assert more["after"]["so_far"] == as_it_stands["after"]["so_far"]
    # The past is paid for as it was: one person until noon of day two, four from then on.
    one, four = (found["measures"]["agent_cost"]["mean"] for found in (as_it_stands, more))
    assert one < four < 4 * one
    assert more["after"]["from_now_on"]["finish"]["moved"]["mean"] <= 0


def test_calls_alone_leave_the_people_to_the_plan(cli: Any, ran: Path) -> None:
    found = after(cli, ran, ran / "truth/trace/attempts.csv", "--at", NOON)
    assert found["after"]["so_far"]["call_backs"] is None
    assert found["after"]["tells"] == {
        "results": True,
        "flags": True,
        "people": False,
        "recordings": False,
        "ledger": False,
    }
    assert any("tells nothing of call-backs" in warning for warning in found["warnings"])


def test_a_dialler_s_log_is_matched_by_number(cli: Any, ran: Path, tmp_path: Path) -> None:
    frame = frame_of(load(ran / "running.toml"))
    lines = []
    for row in rows(ran / "truth/trace/attempts.csv"):
        begun = dt.datetime(2025, 7, 7) + dt.timedelta(milliseconds=int(row["start"]) // 1000 * 1000)
        number = frame.numbers[frame.contacts.number[int(row["contact"])]].removeprefix("+86")
        seconds = [-(-int(row[name]) // 1000) for name in ("ring", "talk")]
        lines.append([number, begun, *seconds, row["outcome"]])
    stranger = ["13900000000", dt.datetime(2025, 7, 7, 9), 10, 0, "no_answer"]
    log = written(tmp_path / "calls.csv", ["number", "start", "ring", "talk", "status"], [*lines, stranger])
    found = after(cli, ran, log, "--at", NOON)
    exact = after(cli, ran, ran / "truth", "--at", NOON)["after"]
    assert found["after"]["calls"]["no_contact"] == 1
    for name in ("calls", "interviewed", "broken_off", "not_in_service", "waiting", "not_called", "exhausted"):
        assert found["after"]["so_far"][name] == exact["so_far"][name], name
    assert any("1 call is to nobody on the register" in warning for warning in found["warnings"])
    assert not found["after"]["tells"]["flags"]
    assert not any(number[0] in json.dumps(found) for number in lines)  # nobody's number is printed


def test_a_switch_knows_answers_only(cli: Any, ran: Path, tmp_path: Path) -> None:
    frame = frame_of(load(ran / "running.toml"))
    numbers = [frame.numbers[n].removeprefix("+86") for n in frame.contacts.number[:3].tolist()]
    begun = [dt.datetime(2025, 7, 7, 9, minute) for minute in (0, 5, 10)]
    status = ["ANSWERED", "ANSWERED", "NO ANSWER"]
    lines = list(zip(numbers, begun, [10, 10, 30], [90, 3, 0], status, strict=True))
    log = written(tmp_path / "switch.csv", ["number", "start", "ring", "talk", "status"], lines)
    found = after(cli, ran, log, "-n", 3)

    # As many refusals (30 % of the answers) last longer as interviews are shorter, by the plan's laws.
    def shorter(seconds: float) -> float:
        laws = ((0.55, 60, 30), (0.15, 35, 21), (0.3, 12, 8))  # share, mean, sd: complete, partial (as ever), early
        spread = [math.log1p((sd / mean) ** 2) ** 0.5 for _, mean, sd in laws]
        shares = [share * stats.norm.cdf((math.log(seconds / mean) + s * s / 2) / s)
                  for (share, mean, _), s in zip(laws, spread, strict=True)]  # fmt: skip
        return float(sum(shares))

    border = optimize.brentq(lambda seconds: shorter(seconds) - 0.3, 1, 100)
    assert (found["after"]["so_far"]["interviewed"], found["after"]["so_far"]["broken_off"]) == (1, 1)
    assert any(f"came of answered calls: those with {border:.0f} s of talk" in one for one in found["warnings"])
    assert found["after"]["at"] == "2025-07-07T09:10:30"


def test_the_longest_answers_are_interviews_as_many_as_the_plan_has() -> None:
    def least(told: set[Ended] | frozenset[Ended] = frozenset(), **form: Any) -> float:
        return shortest_interview(tiny(questionnaire=form), told)

    uniform = {"law": "uniform", "low": 0, "high": 100}
    alike = {"talk": {"complete": uniform, "partial": uniform, "early": uniform}}
    # Where the laws say nothing, the shares do: 30 % of all are refusals, those that are shortest.
    assert least(complete=0.6, partial=0.1, break_off=0.1, **alike) == pytest.approx(30, abs=0.1)
    apart = {"complete": uniform, "partial": uniform, "early": {"law": "uniform", "low": 0, "high": 50}}
    # 0.5 x + x/100 x 0.5 below = 0.5 early: x/50 x 0.5 + x/100 x 0.5 = 0.5.
    assert least(complete=0.5, partial=0.0, break_off=0.0, opt_out=0.0, talk=apart) == pytest.approx(100 / 3, abs=0.1)
    # A log that has a word for complete interviews tells of others only: 0.3 partial, 0.3 early ones.
    told = {Ended.COMPLETE}
    assert least(told, complete=0.4, partial=0.3, break_off=0.0, opt_out=0.0, **alike) == pytest.approx(50, abs=0.1)
    assert least(complete=1.0, partial=0.0, break_off=0.0, opt_out=0.0, **alike) < 0.1


def test_calls_before_the_first_day_are_counted_and_left_out(cli: Any, ran: Path, tmp_path: Path) -> None:
    number = frame_of(load(ran / "running.toml")).numbers[0].removeprefix("+86")
    lines = [[number, f"2025-07-{day:02d} 09:00:00", 10, 0, "no_answer"] for day in (3, 4, 7)]
    log = written(tmp_path / "calls.csv", ["number", "start", "ring", "talk", "status"], lines)
    found = after(cli, ran, log, "-n", 2)
    assert (found["after"]["calls"]["earlier"], found["after"]["so_far"]["calls"]) == (2, 1)
    assert any("2 calls begin before the campaign's first day: not counted" in one for one in found["warnings"])
    shown = cli("run", ran / "running.toml", "-n", 2, "--after", log).out
    assert "not counted: 2 before the first day" in " ".join(shown.split())


@pytest.mark.parametrize("again", ["no_answer", "refusal", "complete"])
def test_who_opted_out_is_never_called_again_whatever_the_log_did(
    cli: Any, ran: Path, tmp_path: Path, again: str
) -> None:
    """A switch that called somebody once more after the opt-out: nobody else does, and the opt-out stands."""
    frame = frame_of(load(ran / "running.toml"))
    number = frame.numbers[frame.contacts.number[0]].removeprefix("+86")
    lines = [[number, "2025-07-07 09:00:00", 10, 20, "opt_out"], [number, "2025-07-07 11:00:00", 10, 20, again]]
    log = written(tmp_path / "calls.csv", ["number", "start", "ring", "talk", "status"], lines)
    found = after(cli, ran, log, "-n", 2, "--out", tmp_path / "rest")["after"]
    assert found["calls"] | {"used": 1, "after_interview": 1} == found["calls"]
    assert (found["so_far"]["opted_out"], found["so_far"]["waiting"]) == (1, 0)
    of_them = [row["outcome"] for row in rows(tmp_path / "rest/trace/attempts.csv") if row["contact"] == "0"]
    assert of_them == ["opt_out"]
    shown = cli("run", ran / "running.toml", "-n", 2, "--after", log).out
    assert "not counted: 1 after a finished interview or an opt-out" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("every", "more", "said"),
    [
        (120, (), "30 calls an open hour so far, and the plan's lines and pace would make 120"),
        (120, ("robot.calls_per_second=0.01",), ""),  # 36 an hour
        (30, (), ""),
        (30, ("robot.lines=2",), "120 calls an open hour so far, and the plan's lines and pace would make 240"),
        (15, (), "240 calls an open hour so far, and the plan's lines and pace would make 120"),
    ],
)
def test_calls_that_went_slower_or_faster_than_the_plan_are_said(
    ran: Path, tmp_path: Path, every: int, more: tuple[str, ...], said: str
) -> None:
    """A call of 30 s every so many seconds, an hour before noon and one after."""
    frame = frame_of(load(ran / "running.toml"))
    morning, afternoon = dt.datetime(2025, 7, 7, 11), dt.datetime(2025, 7, 7, 14)
    seconds = range(0, 3600, every)
    begun = [day + dt.timedelta(seconds=s) for day in (morning, afternoon) for s in seconds]
    numbers = [frame.numbers[n].removeprefix("+86") for n in frame.contacts.number[:60].tolist()]
    lines = [[numbers[i % 60], at, 30, 0, "no_answer"] for i, at in enumerate(begun)]
    log = written(tmp_path / "calls.csv", ["number", "start", "ring", "talk", "status"], lines)
    scenario = load(ran / "running.toml", overrides=more)
    told = stands(log, scenario, frame, scenario, None, None, "running.toml").log.warnings
    assert [said in one for one in told if "open hour" in one] == ([True] if said else [])


def test_of_a_log_of_several_campaigns_one_goes_on(cli: Any, ran: Path, tmp_path: Path) -> None:
    frame = frame_of(load(ran / "running.toml"))
    ours = [["ours", one.removeprefix("+86"), "2025-07-07 09:00:00", "no_answer"] for one in frame.numbers[:5]]
    others = [["theirs", f"1390000{n:04d}", "2025-07-07 09:00:00", "no_answer"] for n in range(20)]
    log = written(tmp_path / "calls.csv", ["campaign", "number", "start", "status"], [*ours, *others])
    text = refused(cli, ran / "running.toml", "--after", log)
    assert "only 5 of its 25 calls are to numbers on the register" in text and "--only HEADING=VALUE" in text
    assert after(cli, ran, log, "-n", 2, "--only", "campaign=ours")["after"]["calls"]["used"] == 5
    masked = written(tmp_path / "masked.csv", ["number", "start", "status"],
                     [[f"138****{n:04d}", "2025-07-07 09:00:00", "busy"] for n in range(3)])  # fmt: skip
    assert refused(cli, ran / "running.toml", "--after", masked).endswith(
        "give a log with whole numbers: names and masked numbers are on no register"
    )


def test_calls_of_which_a_log_does_not_say_why_they_failed(cli: Any, ran: Path, tmp_path: Path) -> None:
    numbers = frame_of(load(ran / "running.toml")).numbers[:3]
    lines = [[one, "2025-07-07 09:00:00", status] for one, status in zip(numbers, (5, 5, 6), strict=True)]
    log = written(tmp_path / "calls.csv", ["called", "callTimeStr", "callStatus"], lines)
    found = after(cli, ran, log, "-n", 2)
    assert found["after"]["so_far"]["waiting"] == 2
    assert any("does not say why 2 calls went unanswered" in one for one in found["warnings"])


def test_columns_words_and_zones_can_be_named(cli: Any, ran: Path, tmp_path: Path) -> None:
    frame = frame_of(load(ran / "running.toml"))
    numbers = [frame.numbers[n].removeprefix("+86") for n in frame.contacts.number[:3].tolist()]
    # 09:00 in China is 01:00 in GMT.
    lines = [[number, f"2025-07-07 01:0{n}:00", 10, 0, "甲"] for n, number in enumerate(numbers)]
    log = written(tmp_path / "own.csv", ["谁", "start", "ring", "talk", "怎样"], lines)
    read = ("--column", "number=谁", "--column", "status=怎样", "--status", "甲=no_answer", "--utc")
    found = after(cli, ran, log, "-n", 2, *read)
    assert (found["after"]["so_far"]["waiting"], found["after"]["at"]) == (3, "2025-07-07T09:02:10")
    assert not any("calling windows" in warning for warning in found["warnings"])
    as_local = after(cli, ran, log, "-n", 2, *read[:-1])
    assert any("start outside the calling windows" in warning for warning in as_local["warnings"])
    assert "they belong to --after" in refused(cli, ran / "running.toml", "--utc")


def test_what_is_guessed_is_drawn_from_where_the_log_leaves_it(cli: Any, ran: Path) -> None:
    command = (ran / "truth", "--at", NOON, "-n", 6)
    plain, drawn = after(cli, ran, *command), after(cli, ran, *command, "--uncertain")
    unsure = drawn.pop("uncertain")
    assert plain.pop("uncertain") is None
    drawn["warnings"] = [one for one in drawn["warnings"] if "speaks against" not in one]
    assert drawn == plain  # everything else is the same with and without
    inputs = {one["field"]: one for one in unsure["inputs"]}
    for field in ("answering.base", "questionnaire.complete", "agents.reach"):
        assert inputs[field]["from"] == "log"
    assert {inputs[field]["from"] for field in ("agents.talk", "costs.agent_hour")} == {"plausible"}  # few have talked
    assert 0.2 < inputs["answering.base"]["low"] < inputs["answering.base"]["high"] < 0.7
    # The past is the same in every set: no run has fewer interviews than there are.
    assert unsure["figures"]["interviews"]["p5"] >= plain["after"]["so_far"]["interviewed"]
    assert unsure["sets"] == 6 and unsure["figures"]["finish"]["chance"]["sd"] is not None


def test_the_screen_says_what_chance_and_guesses_do_to_the_rest(cli: Any, ran: Path) -> None:
    options = ("--after", ran / "truth", "--at", NOON, "-n", 3, "--uncertain", "--details", "--jobs", 1)
    shown = cli("run", ran / "running.toml", *options).out
    flat = " ".join(shown.split())
    assert "The finish is uncertain by ± " in flat and "SO FAR" in flat
    assert re.search(r"Of \d+ the log tells: they lie where it leaves them", flat)
    assert re.search(r"answering\.base 0\.35, 0\.\d+–0\.\d+, by the log", flat)
    assert all(cell_len(line) <= 80 for line in shown.splitlines())
    chinese = cli("run", ran / "running.toml", *options, "--lang", "zh").out
    assert "个日志有所反映，按日志所示抽取" in chinese and "据日志" in chinese


def test_sets_after_a_log_are_those_of_any_processes_and_of_python(cli: Any, ran: Path, tmp_path: Path) -> None:
    command = ("run", ran / "running.toml", "--after", ran / "truth", "--at", NOON, "-n", 3, "--uncertain", "--json")
    one, two = (cli(*command, "--jobs", jobs).out for jobs in (1, 2))
    assert one == two
    assert cli(*command, "--out", tmp_path / "out").out == one
    assert cli(*command, "--out", tmp_path / "out").out == one  # what is there is not done again
    plan = cs.load(ran / "running.toml")
    begun = cs.begun(ran / "truth", plan, at=NOON)
    found = cs.uncertain(plan, 3, begun=begun, jobs=1)
    assert found.study.standing is begun.standing
    figures = json.loads(one)["uncertain"]["figures"]
    assert figures["finish"]["chance"]["sd"] == found.spread("finish").parts.chance.mean


def test_a_log_that_speaks_against_the_guesses_is_said(cli: Any, ran: Path) -> None:
    sets = ("answering.base=0.65", 'uncertain."answering.base"=[0.6,0.7]', 'uncertain."answering.seldom"="known"')
    options = (*(word for one in sets for word in ("--set", one)), "--uncertain")
    found = after(cli, ran, ran / "truth", "--at", NOON, "-n", 2, *options)
    assert any("the log speaks against the range of answering.base" in one for one in found["warnings"])


def test_targets_are_of_the_rest_and_strict_asks_for_them(cli: Any, ran: Path) -> None:
    ended = cli("run", ran / "running.toml", "--after", ran / "truth", "--at", NOON, "--strict")
    assert ended.status in (0, 1)
    late = cli(
        "run", ran / "running.toml", "--after", ran / "truth", "--at", NOON, "--strict", "--set",
        "targets.finish_by=2025-07-08T12:30:00",
    )  # fmt: skip
    assert late.status == 1


def test_the_log_belongs_to_what_is_written(cli: Any, ran: Path, tmp_path: Path) -> None:
    out, run = tmp_path / "rest", ("run", ran / "running.toml", "-n", 2, "--after", ran / "truth")
    assert cli(*run, "--at", NOON, "--out", out).status == 0
    again = cli(*run, "--at", NOON, "--out", out)
    assert again.status == 0
    other = cli(*run, "--at", "2025-07-08 11:00", "--out", out)
    assert other.status == 2
    assert "the directory holds another run" in other.err
    held = json.loads((out / "provenance.json").read_text(encoding="utf-8"))["run"]
    assert held["log"] == json.loads((out / "summary.json").read_text(encoding="utf-8"))["after"]["sha256"]
    # The trace of run 1 holds the past as it was.
    before = [row for row in rows(ran / "truth/trace/attempts.csv") if int(row["start"]) < AT]
    assert [row for row in rows(out / "trace/attempts.csv") if int(row["start"]) < AT] == before
    tried = [row for row in rows(ran / "truth/trace/tries.csv") if int(row["start"]) < AT]
    assert [row for row in rows(out / "trace/tries.csv") if int(row["start"]) < AT] == tried
    heard = {(row["contact"], row["item"], row["heard"]) for row in rows(ran / "truth/trace/cases.csv")}
    past = {one for one in heard if int(one[2]) < AT}
    now = {(row["contact"], row["item"], row["heard"]) for row in rows(out / "trace/cases.csv")}
    assert {one for one in now if int(one[2]) < AT} == past != set()


def refused(cli: Any, *arguments: object) -> str:
    ended = cli("run", *arguments)
    assert ended.status == 2
    assert "Traceback" not in ended.err
    text: str = ended.err.strip()
    return text


def test_what_cannot_be_continued_is_refused(cli: Any, ran: Path, tmp_path: Path) -> None:
    file, truth = ran / "running.toml", ran / "truth"
    runs = "the campaign runs from 2025-07-07 to 2025-07-27 00:00 (study.horizon_days)"
    assert refused(cli, file, "--after", truth, "--at", "2025-07-06 09:00") == (
        f"--at:1: --at: 2025-07-06 09:00 lies outside: {runs}; name a moment within"
    )
    assert refused(cli, file, "--after", truth, "--at", "noon") == (
        '--at:1: --at: this is no moment; write it as --at "2025-07-08 12:00"'
    )
    assert "it belongs to --after" in refused(cli, file, "--at", NOON)
    assert refused(cli, file, "--after", truth, "--set", "study.horizon_days=1").startswith(
        f"{truth}:1: --after: the log goes on to 2025-07-"
    )
    exact = "recognition.exact={escalations=3,problems=1,suggestions=1}"
    assert refused(cli, file, "--after", truth, "--set", exact).endswith(
        "recognition.exact: exact counts are those of a campaign that is over; --after continues one that is running; "
        'leave --after out, or write exact = "none"'
    )
    alone = tmp_path / "ledger.toml"
    alone.write_text('[study]\nmode = "ledger"\n[ledger.intake]\nreports = 5\n', encoding="utf-8")
    assert "there is no campaign to continue" in refused(cli, alone, "--after", truth)
    fewer = refused(cli, file, "--after", truth, "--set", "register.contacts=60")
    assert "the register has 60 contacts, counted from 0; give the log of a campaign on this register" in fewer
    strangers = written(
        tmp_path / "strangers.csv", ["number", "start", "ring", "talk", "status"],
        [[f"1390000{n:04d}", "2025-07-07 09:00:00", 10, 0, "no_answer"] for n in range(20)],
    )  # fmt: skip
    assert refused(cli, file, "--after", strangers).startswith(
        f"{strangers}:1: --after: none of its 20 calls are to numbers on the register; "
    )
    number = frame_of(load(file)).numbers[0].removeprefix("+86")
    early = written(
        tmp_path / "early.csv", ["number", "start", "ring", "talk", "status"],
        [[number, "2025-07-04 09:00:00", 10, 0, "no_answer"]],
    )  # fmt: skip
    assert refused(cli, file, "--after", early) == (
        f"{early}:1: --after: a call of the log begins on 2025-07-04 09:00; {runs}; "
        "set calendar.start to the day on which it began"
    )


def test_a_script_and_a_log_exclude_one_another(cli: Any, ran: Path) -> None:
    calls = ran / "truth/trace/attempts.csv"
    text = refused(cli, ran / "running.toml", "--after", ran / "truth", "--set", f'script.calls="{calls}"')
    assert text.endswith(
        "script: what comes of calls is given in tables, and --after simulates what is to come; "
        "leave --after or [script] out"
    )


def test_what_is_forecast_beside_is_not_forecast_again(
    cli: Any, ran: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted where the forecast of the rest is whole, and what it was before the log is not."""
    command = ("run", ran / "running.toml", "--plan", "more-people", "--after", ran / "truth", "--at", NOON)
    few = (*command, "-n", 5, "--jobs", 1, "--json")

    out = ("--out", tmp_path / "out")
    whole, runs = stopped(cli, monkeypatch, None, *few)
    # Five after the log, and two of those before it.
    ended, first = stopped(cli, monkeypatch, len(runs) - 7, *few, *out)
    found, all_ = json.loads(ended.out), json.loads(whole.out)
    assert ended.status == 130
    assert ended.err.splitlines()[-1] == "interrupted: 5 of 5 replications; the same command goes on from there"
    assert (found["after"], found["partial"]) == (None, {"finished": 5, "wanted": 5})
    assert found["measures"] == all_["measures"] and all_["after"] is not None
    ended, then = stopped(cli, monkeypatch, None, *few, *out)
    assert (ended.status, ended.out, len(first) + len(then)) == (0, whole.out, len(runs))


def test_python_forecasts_the_rest_as_the_command_does(cli: Any, ran: Path) -> None:
    scenario, more = (cs.load(ran / "running.toml", plan=plan) for plan in (None, "more-people"))
    for at, given, plan in ((NOON, scenario, ()), (dt.datetime(2025, 7, 8, 12), more, ("--plan", "more-people"))):
        study = cs.after(ran / "truth", given, 5, at=at, until_now=scenario)
        measures = after(cli, ran, ran / "truth", "--at", NOON, "-n", 5, *plan)["measures"]
        figures = study.dataframe()
        for name in ("finish", "interviews", "cost"):
            assert figures.loc[name, "mean"] == measures[name]["mean"], name
    with pytest.raises(cs.Refused, match="this is no moment"):
        cs.after(ran / "truth", scenario, 5, at="noon")
