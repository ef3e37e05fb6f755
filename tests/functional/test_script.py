"""Scripted outcomes: a run's own trace, fed back, gives the same trace; and what is wrong with a script is said."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

import callbacksim as cs
from callbacksim.campaign.script import Script, fingerprint, read_script
from callbacksim.campaign.simpy_engine import simulate
from callbacksim.campaign.trace import Trace
from callbacksim.report.tracefiles import table_files
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.schema import Script as ScriptFiles
from callbacksim.study.measuring.measures import funnel
from callbacksim.study.measuring.survey import survey
from callbacksim.study.setting import setting
from generated import Small
from generated import small as small_campaigns
from helpers import KINDS, PROBLEM, calls, clock, escalations, lines_of, people, run, setting_of, tiny, tries

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml"))
SCRIPTS = {"calls": "attempts", "people": "tries", "transfers": "transfers", "recordings": "recordings"}
TABLES = ("attempts", "tries", "transfers", "recordings", "escalations", "cases", "contacts", "businesses", "lines")


def script_files(trace: Trace, directory: Path) -> dict[str, str]:
    """The trace's tables as script files; a table without rows scripts nothing."""
    named = {}
    for field, table in SCRIPTS.items():
        if len(getattr(trace, table)["contact"]):
            path = directory / f"{table}.csv"
            path.write_bytes(table_files(trace, table)[1])
            named[field] = str(path)
    return named


def scripted(scenario: Scenario, trace: Trace, directory: Path) -> Scenario:
    return scenario.model_copy(update={"script": ScriptFiles(**script_files(trace, directory))})


def assert_same(first: Trace, second: Trace) -> None:
    for table in TABLES:
        for name, column in getattr(first, table).items():
            assert np.array_equal(column, getattr(second, table)[name]), f"{table}.{name}"


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_trace_fed_back_gives_the_same_trace(path: Path, tmp_path: Path) -> None:
    scenario = cs.load(path)
    # Larger registers are made smaller: the rules are the same.
    if (scenario.register_.rows or 0) > 13_000:
        smaller = scenario.register_.model_copy(update={"rows": 3000, "contacts": 2500})
        scenario = scenario.model_copy(update={"register_": smaller})
    frame = cs.build_frame(scenario)
    trace = cs.simulate(scenario, frame=frame)
    again = cs.simulate(scripted(scenario, trace, tmp_path), frame=frame)
    assert len(trace.attempts["contact"]) > 0 or scenario.study.mode == "ledger"
    assert_same(trace, again)


@given(case=small_campaigns())
def test_generated_traces_fed_back_give_the_same_trace(case: Small, tmp_path_factory: pytest.TempPathFactory) -> None:
    trace = simulate(case.scenario, case.contacts, case.seed)
    files = ScriptFiles(**script_files(trace, tmp_path_factory.mktemp("script")))
    assert_same(
        trace, simulate(case.scenario, case.contacts, case.seed, script=read_script(files, len(case.contacts.row)))
    )


def test_a_script_decides_and_other_draws_do_not(tmp_path: Path) -> None:
    """Scripted calls and call-backs come out the same whatever the seed and whatever the rates say."""
    scenario = tiny(answering={"base": 0.4}, robot={"attempts": 3}, recognition={"unclear": 0.5}, agents={"reach": 0.5})
    trace = run(scenario, people(9), seed=1)
    other = tiny(answering={"base": 1}, robot={"attempts": 3}, recognition={"unclear": 0}, agents={"reach": 1})
    script = read_script(ScriptFiles(**script_files(trace, tmp_path)), 9)
    again = simulate(other, people(9), 2, script=script)
    assert len(trace.tries["contact"]) > 0
    for table in ("attempts", "tries", "escalations"):
        for name, column in getattr(trace, table).items():
            assert np.array_equal(column, getattr(again, table)[name])


# --- written by hand -------------------------------------------------------------------------------------------------


def script_of(directory: Path, contacts: int, **texts: str) -> Script:
    named = {}
    for field, text in texts.items():
        (directory / f"{field}.csv").write_text("\n".join(lines_of(text)) + "\n", encoding="utf-8")
        named[field] = str(directory / f"{field}.csv")
    return read_script(ScriptFiles(**named), contacts)


def run_script(scenario: Scenario, contacts: int, script: Script) -> Trace:
    segment = [PROBLEM] * contacts if scenario.segments else None
    return simulate(scenario, people(contacts, segment), 1, script=script)


CALLS = """
    contact,attempt,outcome,ring,talk,gap,flag
    0,1,no_answer,30000,0,600000,
    0,2,complete,10000,50000,,item
    1,1,busy,5000,0,,
    1,2,partial,10000,20000,,unclear
"""
PEOPLE = """
    contact,try,reached,hold,gap
    0,1,0,20000,120000
    0,2,1,300000,
    1,1,1,60000,
"""


def test_a_log_is_replayed_with_its_own_gaps_or_the_plans(tmp_path: Path) -> None:
    """0 is due 10 minutes after its call, as the script says; 1 after busy, 5 minutes, as the plan says."""
    scenario = tiny(robot={"lines": 2, "attempts": 2}, segments=KINDS)
    trace = run_script(scenario, 2, script_of(tmp_path, 2, calls=CALLS, people=PEOPLE))
    assert calls(trace) == lines_of(
        """
        0 1 no_answer 00:00:00 09:00:00 09:00:30 10m
        1 1 busy      00:00:00 09:00:00 09:00:05 5m
        1 2 partial   09:05:05 09:05:05 09:05:35 0m
        0 2 complete  09:10:30 09:10:30 09:11:30 0m
        """
    )
    assert tries(trace) == lines_of(
        """
        1 1 reached 09:05:35 09:05:35 09:06:35 0m
        0 1 missed  09:11:30 09:11:30 09:11:50 2m
        0 2 reached 09:13:50 09:13:50 09:18:50 0m
        """
    )
    assert escalations(trace) == lines_of(
        """
        0 item    0 09:11:30 09:11:30 09:18:50 handled 2
        1 unclear 1 09:05:35 09:05:35 09:06:35 handled 1
        """
    )


BY_HAND = """
    contact,attempt,outcome,ring,talk,wrap_up
    0,1,complete,10000,50000,60000
    1,1,complete,10000,50000,60000
"""


def test_nobody_writes_up_what_a_robot_has_heard(tmp_path: Path) -> None:
    """A log of people's calls, 60 s of talk and 60 s of writing it up: the robot's one line is held for 60 s only."""
    script = script_of(tmp_path, 2, calls=BY_HAND)
    assert calls(run_script(tiny(), 2, script)) == lines_of(
        """
        0 1 complete 00:00:00 09:00:00 09:01:00 0m
        1 1 complete 00:00:00 09:01:00 09:02:00 0m
        """
    )
    assert calls(run_script(tiny(study={"mode": "manual"}), 2, script)) == lines_of(
        """
        0 1 complete 00:00:00 09:00:00 09:02:00 0m
        1 1 complete 00:00:00 09:02:00 09:04:00 0m
        """
    )


def test_people_who_telephone_themselves_send_nobody_to_people_whatever_the_robots_log_flags(tmp_path: Path) -> None:
    """Both hold a problem; what the caller hears goes to the ledger as the call ends."""
    manual: dict[str, Any] = {"study": {"mode": "manual"}, "manual": {"agents": 2}, "robot": {"attempts": 2}}
    trace = run_script(tiny(segments=KINDS, **manual), 2, script_of(tmp_path, 2, calls=CALLS))
    assert trace.attempts["flag"].tolist() == [0, 0, 0, 0]
    assert escalations(trace) == []
    assert sorted(zip(trace.cases["contact"].tolist(), map(clock, trace.cases["heard"]), strict=True)) == [
        (0, "09:11:30"),
        (1, "09:05:35"),
    ]


def test_satisfaction_may_stand_in_the_script(tmp_path: Path) -> None:
    text = "contact,attempt,outcome,ring,talk,recorded\n0,1,complete,9000,9000,2\n1,1,complete,9000,9000,0"
    trace = run_script(tiny(), 2, script_of(tmp_path, 2, calls=text))
    assert trace.contacts["heard"].tolist() == [2, 0]


def test_what_a_script_leaves_unknown_is_not_printed_as_known(tmp_path: Path) -> None:
    """A log's flags and scores know nothing of the truth that is drawn: no problem is followed, no error stated."""
    text = "contact,attempt,outcome,ring,talk,recorded\n0,1,complete,9000,9000,2\n1,1,complete,9000,9000,5"
    script = script_of(tmp_path, 2, calls=text)
    scenario = tiny(robot={"lines": 2})
    where = replace(setting_of(scenario, people(2)), script=script)
    trace = run_script(scenario, 2, script)
    counts, found = funnel(trace, where), survey(trace, where)
    assert (counts["true_problems"], counts["missed"], counts["interviewed"]) == (None, None, 2)
    assert (found["satisfied"], found["mean_score"], found["respondents"]) == (0.5, 3.5, 2)
    assert all(math.isnan(found[name]) for name in ("error", "recognition_error", "true_satisfied", "claim_holds"))
    text = "contact,attempt,outcome,ring,talk\n0,1,complete,9000,9000\n1,1,complete,9000,9000"
    drawn = replace(where, script=script_of(tmp_path, 2, calls=text))
    assert not math.isnan(survey(run_script(scenario, 2, drawn.script), drawn)["error"])


def test_a_runs_own_files_are_scripts_on_the_command_line(cli: Any, small: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert cli("run", small, "--out", first, "--set", "study.replications=1").status == 0
    scripts = [
        f"--set=script.{field}={first}/trace/{table}.csv" for field, table in SCRIPTS.items() if table != "transfers"
    ][:2]
    again = cli("run", small, "--out", second, "--set", "study.replications=1", *scripts)
    assert again.status == 0
    assert "What came of calls and call-backs is given by a script" in " ".join(again.out.split())
    for table in ("attempts", "tries", "escalations", "cases", "contacts"):
        assert (first / "trace" / f"{table}.csv").read_bytes() == (second / "trace" / f"{table}.csv").read_bytes()


def test_fewer_attempts_in_the_plan_than_in_the_script_leave_rows_unused(tmp_path: Path) -> None:
    trace = run_script(tiny(robot={"lines": 2, "attempts": 1}), 2, script_of(tmp_path, 2, calls=CALLS))
    assert trace.attempts["attempt"].tolist() == [1, 1]


def refused(scenario: Scenario, contacts: int, script: Script) -> str:
    with pytest.raises(Refused) as caught:
        run_script(scenario, contacts, script)
    return str(caught.value)


def test_a_missing_row_is_refused_with_its_name(tmp_path: Path) -> None:
    script = script_of(tmp_path, 2, calls=CALLS, people=PEOPLE)
    more = refused(tiny(robot={"lines": 2, "attempts": 3, "retry_refusals": True}), 3, script)
    assert more == (
        f"{tmp_path}/calls.csv:1: script.calls: the script has no row for contact 2, attempt 1; "
        "add it, or choose a plan that does not come so far (4 rows are given)"
    )
    text = "contact,try,reached,hold\n0,1,0,20000\n1,1,1,60000"
    short = script_of(tmp_path, 2, calls=CALLS, people=text)
    assert refused(tiny(robot={"lines": 2, "attempts": 2}, segments=KINDS), 2, short) == (
        f"{tmp_path}/people.csv:1: script.people: the script has no row for contact 0, try 2; "
        "add it, or choose a plan that does not come so far (2 rows are given)"
    )


def test_exact_counts_must_be_those_of_the_script(tmp_path: Path) -> None:
    exact = {"exact": {"escalations": 1, "problems": 0, "suggestions": 0}}
    script = script_of(tmp_path, 2, calls=CALLS, people=PEOPLE)
    assert refused(tiny(robot={"lines": 2, "attempts": 2}, recognition=exact), 2, script) == (
        "scenario:1: recognition.exact.escalations: exactly 1 escalations are asked for, and the script flags 2; "
        'write that number, or recognition.exact = "none"'
    )


BROKEN: list[tuple[str, str, list[str]]] = [
    (
        "calls",
        "contact,attempt,ring\n0,1,5",
        ["1: script.calls: there is no column outcome, talk; head the columns contact, attempt, outcome, ring, talk"],
    ),
    (
        "calls",
        "contact,attempt,outcome,ring,talk,talk\n0,1,busy,5,0,0",
        ["1: script.calls: there are two columns talk; keep one of each"],
    ),
    (
        "calls",
        "contact,attempt,outcome,ring,talk\n9,1,busy,5,0\n0,0,answered,-1,1e3",
        [
            "2: contact: contact 9, and the register has 2 contacts, counted from 0; write 0 to 1",
            "3: attempt: '0' is no whole number from 1 to 10,000; write a whole number (times in milliseconds)",
            "3: outcome: 'answered' is none of its words; write one of complete, partial, break_off, refusal, opt_out, "
            "no_answer, busy, voicemail, rejected, not_in_service",
            "3: ring: '-1' is no whole number from 1 to 1,099,511,627,776; "
            "write a whole number (times in milliseconds)",
            "3: talk: '1e3' is no whole number from 0 to 1,099,511,627,776; "
            "write a whole number (times in milliseconds)",
        ],
    ),
    (
        "calls",
        "contact,attempt,outcome,ring,talk,flag\n0,1,busy,5,7,item\n0,1,busy,5,0,\n0,1,busy,5,0,",
        [
            "2: talk: 7 ms of talk, and the call was busy; write 0",
            "2: flag: a call that was busy is flagged; flag complete and partial interviews only",
            "4: contact: contact 0, attempt 1 stands in line 3 already; keep one row of each",
        ],
    ),
    (
        "people",
        "contact,try,reached,hold\n0,1,perhaps,5\n0,2,1,",
        [
            "2: reached: 'perhaps' is none of its words; write one of 0, 1, false, true",
            "3: hold: the cell is empty; write a whole number (times in milliseconds)",
        ],
    ),
]


@pytest.mark.parametrize(("field", "text", "messages"), BROKEN)
def test_what_is_wrong_with_a_script_is_said_at_its_line(
    field: str, text: str, messages: list[str], tmp_path: Path
) -> None:
    with pytest.raises(Refused) as caught:
        script_of(tmp_path, 2, **{field: text})
    assert str(caught.value).splitlines() == [f"{tmp_path}/{field}.csv:{message}" for message in messages]


def test_no_message_about_a_script_shows_a_number_and_none_is_a_traceback(tmp_path: Path) -> None:
    """A telephone number in the wrong column is masked; what only looks like a number is refused as a word is."""
    number, right = "13912345678", "write a whole number (times in milliseconds)"
    rows = [f"{number},1,busy,5,0", f"0,1,{number},5,0", f"0,1,busy,5,{number}", f"电话{number},1,busy,5,0"]
    text = "\n".join(["contact,attempt,outcome,ring,talk", *rows, "--5,1,busy,5,0", "0,1,busy,5-,0"])
    with pytest.raises(Refused) as caught:
        script_of(tmp_path, 2, calls=text)
    assert number not in str(caught.value)
    said = [str(problem) for problem in caught.value.problems]
    assert [problem.line for problem in caught.value.problems] == [2, 3, 4, 5, 6, 7]
    beyond = "contact 139****5678, and the register has 2 contacts, counted from 0; write 0 to 1"
    assert said[0].endswith(f":2: contact: {beyond}")
    assert said[4].endswith(f":6: contact: '--5' is no whole number from 0 to 1,099,511,627,776; {right}")


def test_whole_numbers_may_be_written_as_a_spreadsheet_writes_them(tmp_path: Path) -> None:
    text = "contact,attempt,outcome,ring,talk,gap\n0.0,1.0,busy,5000.0,0.00,-1.0\n"
    script = script_of(tmp_path, 1, calls=text)
    assert script.calls is not None
    assert (script.calls.row(0, 1).ring, script.calls.row(0, 1).gap) == (5000, -1)


def test_a_missing_script_is_named_by_its_field(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        fingerprint(ScriptFiles(people=str(tmp_path / "none.csv")))
    assert [problem.field for problem in caught.value.problems] == ["script.people"]


def test_all_scripts_are_looked_at_before_anything_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        script_of(tmp_path, 2, calls="contact,attempt\n0,1", transfers="contact\n0")
    assert [problem.field for problem in caught.value.problems] == ["script.calls", "script.transfers"]


def test_a_script_is_found_beside_its_scenario_and_belongs_to_the_runs_identity(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("contact,attempt,outcome,ring,talk\n0,1,busy,5,0\n", encoding="utf-8")
    text = '[register]\nrows = 1\ncontacts = 1\n[robot]\nattempts = 1\n[script]\ncalls = "calls.csv"\n'
    (tmp_path / "scenario.toml").write_text(text, encoding="utf-8")
    scenario = cs.load(tmp_path / "scenario.toml")
    trace = cs.simulate(scenario)
    assert trace.attempts["ring"].tolist() == [5]
    before = fingerprint(scenario.script)
    (tmp_path / "calls.csv").write_text("contact,attempt,outcome,ring,talk\n0,1,busy,6,0\n", encoding="utf-8")
    assert fingerprint(scenario.script) != before != fingerprint(ScriptFiles()) == ""


def test_one_script_serves_every_replication(tmp_path: Path) -> None:
    scenario: Any = tiny(robot={"lines": 2, "attempts": 2})
    script_of(tmp_path, 2, calls=CALLS)
    register = scenario.register_.model_copy(update={"rows": 2, "contacts": 2})
    files = ScriptFiles(calls=str(tmp_path / "calls.csv"))
    whole = scenario.model_copy(update={"register_": register, "script": files})
    study = cs.replicate(whole, 3)
    assert [f.measures["attempts"] for f in study.figures] == [4, 4, 4]
    assert setting(whole, study.frame).script.calls is not None
