"""`callbacksim roster`: from call-backs to shifts, by hand and in the simulation; its screen, files and refusals."""

from __future__ import annotations

import csv
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len

import callbacksim as cs
from callbacksim.report.roster import roster_screen
from callbacksim.scenario.calendar import HOUR, timetable
from callbacksim.study.estimates import one_sided
from callbacksim.study.experiment import replicate_all
from callbacksim.study.rostering.roster import Level, Tried, attainable, chosen_of, rostered_duty, workload
from callbacksim.study.rostering.shifts import Duty
from callbacksim.study.targets import Verdict, verdicts

# Twelve contacts, one line, calls of a minute from nine on: everybody answers, completes, is flagged and is reached.
# So there are twelve call-backs of ten minutes, ready at 9:01, 9:02 … 9:12, each to be begun within an hour.
BY_HAND = """\
[register]
rows = 12
contacts = 12

[calendar]
holidays = "none"

[robot]
lines = 1
calls_per_second = 0

[answering]
base = 1
most = 1
not_in_service = 0
hour_index = {}
weekday_index = {}
ring.answered = {law = "constant", value = 10}

[questionnaire]
complete = 1
partial = 0
break_off = 0
opt_out = 0
talk.complete = {law = "constant", value = 50}

[questionnaire.items]
problems = 0

[recognition]
unclear = 1

[agents]
within_minutes = 60
reach = 1
shrinkage = 0.25
talk = {law = "constant", value = 400}
wrap_up = {law = "constant", value = 200}

[costs]
agent_hour = 30

[roster.patterns]
morning = {roster = [["09:00", "12:00"]]}
afternoon = {roster = [["13:00", "18:00"]]}

[targets]
called_back_in_time = 1
finish_by = 2025-07-07T12:00:00
"""


@pytest.fixture
def by_hand(tmp_path: Path) -> Path:
    path = tmp_path / "by-hand.toml"
    path.write_text(BY_HAND, encoding="utf-8")
    return path


def test_a_morning_by_hand(by_hand: Path) -> None:
    """Two hours of work. The first is to be begun by 10:01 and so done by 10:11, the last done by 10:22: all by 10:30,
    and one person has 90 minutes until then. 120 ÷ 90 = 4/3, so two people on the morning shift of three hours:
    2 × 3 h × ¥30 ÷ 0.75 = ¥240, with people who can be divided ¥160. The work alone is 120 minutes at ¥120 for 180.

    In the simulation two people begin the pairs at 9:01/9:02, 9:11/9:12 …, the last pair at 9:51/9:52: all in time.
    """
    found = cs.roster(cs.load(by_hand), 40, jobs=1)
    rows = found.dataframe().to_dict("records")
    assert [(row["date"], row["shift"], row["people"]) for row in rows] == [(dt.date(2025, 7, 7), "morning", 2)]
    assert (rows[0]["paid_hours"], rows[0]["cost"]) == (pytest.approx(8), pytest.approx(240))
    assert (found.duty.cost, found.duty.bound) == (pytest.approx(240), pytest.approx(240))
    assert found.duty.relaxed == pytest.approx(160)
    assert found.work_bound == pytest.approx(80)
    assert found.busy == pytest.approx(120 / 360)
    half_hours = found.half_hours()
    assert half_hours["duty"].tolist() == [2] * 6 + [0] * 10  # 9 to 12, 13 to 18
    assert half_hours["ready"].tolist() == [4] + [0] * 15
    assert half_hours["due"].tolist() == [0, 0, 4] + [0] * 13
    assert [(one.name, one.met) for one in found.verdicts] == [("finish_by", True), ("called_back_in_time", True)]
    trace = found.check.trace()
    starts = (trace.tries["start"] - 9 * HOUR) / 60_000
    assert starts.tolist() == [1 + 10 * (n // 2) + n % 2 for n in range(12)]


def test_one_person_would_have_been_too_late(by_hand: Path) -> None:
    """The same with one person: begun at 9:01, 9:11 … 10:51; from the eighth (10:11, ready 9:08) on too late."""
    alone = cs.load(by_hand, overrides=["agents.count=1", 'agents.roster=[["09:00", "12:00"]]'])
    study = cs.replicate(alone, 1)
    assert study.figures[0].measures["called_back_in_time"] == pytest.approx(7 / 12)


def test_a_date_after_which_only_more_people_help(by_hand: Path) -> None:
    """By 10:00 everything: 120 minutes in the two half hours from nine are two people's; with 9:30, four people's."""
    for clock, people in (("10:00", 2), ("09:30", 4)):
        scenario = cs.load(by_hand, overrides=[f"targets.finish_by=2025-07-07T{clock}:00"])
        load = workload(scenario, cs.build_frame(scenario), 1, 1)
        assert attainable(scenario, load)
        assert rostered_duty(scenario, load, Level(1.0, 1.0)).people.tolist() == [people, 0]


def test_live_callers_ask_for_people_throughout(by_hand: Path) -> None:
    """Twelve callers in the first half hour, 600 s each at 150 an hour … by Erlang A; afterwards nobody calls."""
    from callbacksim.study.erlang import smallest_servers

    asked = ["agents.transfer.live=true", "targets.finish_by=2025-07-08T12:00:00"]
    scenario = cs.load(by_hand, overrides=asked)
    load = workload(scenario, cs.build_frame(scenario), 3, 1)
    # With people enough a call takes the minute and the person's 400 s, so one line makes one every 460 s.
    offered = [4, 4, 4]  # 9:01:00, 9:08:40 … 9:24:00 | 9:31:40 … 9:54:40 | 10:02:20 … 10:25:20
    expected = [smallest_servers(n / 1800, 600, 20, 0.8, 30) for n in offered]
    assert load.people.tolist()[:3] == expected
    assert not load.people[3:].any()


def test_the_roster_keeps_its_targets_on_replications_of_its_own(small: Path) -> None:
    """Nothing is judged by what it was made from; and what is written down is what was judged."""
    scenario = cs.load(small, overrides=["targets.called_back_in_time=0.8", "targets.probability=0.8"])
    found = cs.roster(scenario, 20, jobs=1)
    assert [one.replication for one in found.check.figures] == list(range(40, 60))
    again = replicate_all([found.rostered], 60, first=40)[0]
    assert found.verdicts == verdicts(again)
    met = {one.name: one.met for one in found.verdicts}
    assert met["called_back_in_time"] is True


def test_the_people_of_the_written_scenario_are_the_roster(cli: Any, small: Path, tmp_path: Path) -> None:
    small.write_text(
        small.read_text(encoding="utf-8") + '\n[agents.groups."晚班"]\ncount = 3\nroster = [["18:00", "20:00"]]\n',
        encoding="utf-8",
    )
    written, table = tmp_path / "with-roster.toml", tmp_path / "roster.csv"
    arguments = ("roster", small, "-n", 3, "--plan", "lean", "--set", "agents.reach=0.9")
    ended = cli(*arguments, "--out", written, "--csv", table, "--json")
    assert ended.status == 0
    printed = json.loads(ended.out)
    scenario = cs.load(written)
    assert (scenario.robot.lines, scenario.agents.reach) == (3, 0.9)
    assert 'extends = "small.toml"' in written.read_text(encoding="utf-8")
    people = timetable(scenario).people
    begin = np.array([dt.datetime.fromisoformat(one["begin"]) for one in printed["half_hours"]])
    ms = np.array([(one - dt.datetime(2025, 7, 7)) // dt.timedelta(milliseconds=1) for one in begin])
    assert people.at(ms).tolist() == [round(one["duty"]) for one in printed["half_hours"]]
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["date"], row["shift"], int(row["people"])) for row in rows] == [
        (one["date"], one["shift"], one["people"]) for one in printed["shifts"]
    ]
    assert sum(one["cost"] for one in printed["shifts"]) == pytest.approx(printed["cost"]["shifts"])
    assert sum(len(one) for one in printed["persons"]) == sum(one["people"] for one in printed["shifts"])
    checked = cli("check", written)
    assert checked.status == 0
    assert "晚班: 0 people" in checked.out
    assert "on call" in checked.out
    # Whoever does it again is asked first; what is read is never overwritten.
    assert "the file is already there" in cli(*arguments, "--out", written).err
    assert "this is what the command reads" in cli(*arguments, "--out", small, "--force").err


def tried_with(cost: float, *kept: int) -> Tried:
    """A roster that costs so much and keeps the date, and the limit, in so many of 40 runs."""
    names = ("finish_by", "called_back_in_time")
    found = [Verdict(name, 0.0, one_sided(k, 40, 0.95), 0.9) for name, k in zip(names, kept, strict=True)]
    return Tried(Level(1.0, 1.0), Duty(np.zeros(0, dtype=np.int64), (), 0, cost, cost, cost), tuple(found))


def test_people_who_help_nothing_are_not_put_on_duty() -> None:
    """38 of 40 is not sure of 0.9 (lower bound 0.85), 40 of 40 is. Where nothing is sure: the cheapest of the best."""
    names = ("finish_by", "called_back_in_time")
    assert chosen_of([tried_with(1, 38, 40), tried_with(2, 38, 40), tried_with(3, 38, 40)], names) == 0
    assert chosen_of([tried_with(1, 38, 30), tried_with(2, 38, 39), tried_with(3, 38, 39)], names) == 1
    assert chosen_of([tried_with(1, 38, 30), tried_with(2, 38, 39), tried_with(3, 40, 40)], names) == 2
    assert chosen_of([tried_with(1, 20, 30), tried_with(2, 21, 40)], ["called_back_in_time"]) == 1


def test_a_scenario_elsewhere_is_written_whole(cli: Any, small: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert cli("roster", small, "-n", 2, "--out", elsewhere / "roster.toml").status == 0
    scenario, base = cs.load(elsewhere / "roster.toml"), cs.load(small)
    assert scenario.model_copy(update={"agents": base.agents}) == base


def test_the_screen_fits_and_says_what_was_done(cli: Any, small: Path) -> None:
    patterns = 'roster.patterns={"很长的早班名称，超过四十个格子的宽度还要多": {roster: [["08:30", "12:30"]]}}'
    patterns = patterns.replace("{roster:", "{roster =").replace('": {', '" = {').replace("={", " = {", 1)
    out = cli("roster", small, "-n", 3, "--set", patterns, "--set", "targets.called_back_in_time=0.5").out
    assert all(cell_len(line) <= 80 for line in out.splitlines())
    for words in ("DUTY 排班表", "WORK AND DUTY 工作量与在岗", "COST 费用", "TARGETS 目标", "IN THE NEW RUNS"):
        assert words in out
    assert "judged on 3 that are new to it" in out


def test_strict_ends_with_one_unless_kept(cli: Any, small: Path) -> None:
    assert cli("roster", small, "-n", 2, "--strict").status == 1  # two runs are sure of nothing
    unpromised = small.read_text(encoding="utf-8").replace("finish_by = 2025-07-09T12:00:00", "")
    small.write_text(unpromised, encoding="utf-8")
    assert cli("roster", small, "-n", 2, "--strict").status == 2
    assert cli("roster", small, "-n", 2).status == 0


def test_a_roster_that_is_not_proven_is_said_to_be_none(by_hand: Path) -> None:
    """A bound of ¥192 under ¥240: it may be 25 % dearer than need be, and says so."""
    found = cs.roster(cs.load(by_hand), 2, jobs=1)
    assert "No roster with room for as much work is cheaper." in " ".join(roster_screen(found, "x.toml"))
    stopped = replace(found.tried[-1], duty=replace(found.duty, bound=192.0))
    words = " ".join(roster_screen(replace(found, tried=(stopped,)), "x.toml"))
    assert "It is at most 25.0 % dearer than the cheapest: the search was stopped" in words


def test_nobody_to_call_back_takes_nobody(cli: Any, small: Path) -> None:
    asked = ("recognition.unclear=0", "recognition.sensitivity=0")
    out = cli("roster", small, "-n", 2, *(part for one in asked for part in ("--set", one))).out
    assert "There is no work for people, so nobody is put on any shift." in out


@pytest.mark.parametrize(
    ("sets", "message"),
    [
        (
            ("roster.people=1",),
            "--set:1: roster.people: the work cannot be done by 1 person at work: from 2025-07-07 09:00 to 2025-07-07 "
            "10:30 there are 2.0 hours of work that cannot wait, and 0.5 of them find nobody; allow at least 2",
        ),
        (
            ('study.mode="manual"',),
            "--set:1: study.mode: a roster is for those who call back, and in mode 'manual' people telephone in place "
            'of the robot; write study.mode = "callback"',
        ),
    ],
)
def test_what_cannot_be_is_refused(cli: Any, by_hand: Path, sets: tuple[str, ...], message: str) -> None:
    ended = cli("roster", by_hand, "-n", 2, *(part for one in sets for part in ("--set", one)))
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.splitlines()[-1] == message


def test_a_date_that_the_calls_themselves_miss(cli: Any, by_hand: Path) -> None:
    """The calls end at 9:12; whoever calls back, a date before that cannot be kept."""
    out = cli("roster", by_hand, "-n", 30, "--set", "targets.finish_by=2025-07-07T09:10:00").out
    assert "No roster keeps the promised date Mon 7 July 09:10 often enough" in " ".join(out.split())
