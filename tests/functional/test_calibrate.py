"""`callbacksim calibrate`: from a log to a scenario that loads, with its evidence, and what the log does not tell."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import callbacksim as cs
from callbacksim.frame.calllog.rows import NO_CALL
from callbacksim.report.page import written
from callbacksim.report.page.calibration import calibration_sheet
from callbacksim.report.texts import LANGUAGES, Texts
from callbacksim.report.tracefiles import table_files
from pages import english_words, read_page

# Truth far from what the fitted scenario says: a third is never answered, nine o'clock is the best hour.
TRUTH = (
    "answering.base=0.35",
    "answering.reachable=0.7",
    "answering.retry_multiplier=1",
    'answering.hour_index={"9"=150, "10"=100, "11"=60, "14"=80}',
    "answering.weekday_index={}",
    "register.rows=700",
    "register.contacts=600",
    "register.unusable=0",
    "robot.attempts=6",
    "recognition.unclear=0.2",
)


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a scenario, its truth's log (of a run) and the same log as a switch would write it."""
    directory = tmp_path_factory.mktemp("pilot")
    (directory / "plan.toml").write_text(
        "title = 'A pilot'\n[register]\nrows = 700\ncontacts = 600\n[robot]\nattempts = 6\nlines = 2\n"
        "[segments.shops]\nkind = 'household'\n",
        encoding="utf-8",
    )
    scenario = cs.load(directory / "plan.toml", overrides=TRUTH)
    frame = cs.build_frame(scenario)
    trace = cs.simulate(scenario, seed=5, frame=frame)
    (directory / "attempts.csv").write_bytes(table_files(trace, "attempts")[1])
    words = {0: "ANSWERED", 1: "ANSWERED", 2: "ANSWERED", 3: "ANSWERED", 4: "ANSWERED", 5: "NO ANSWER", 6: "BUSY",
             7: "ANSWERED", 8: "NO ANSWER", 9: "FAILED"}  # fmt: skip
    start = np.datetime64(scenario.calendar.start.isoformat())
    lines = []
    calls = trace.attempts
    for contact, outcome, ring, talk, at in zip(
        *(calls[name].tolist() for name in ("contact", "outcome", "ring", "talk", "start")), strict=True
    ):
        number = frame.numbers[frame.contacts.number[contact]]
        begin = str(start + np.timedelta64(at // 1000, "s"))
        seconds = (ring + talk) // 1000
        lines.append(f'"","1","{number}","c","x","a","b","Dial","y","{begin}","","","{seconds}","{talk // 1000}",'
                     f'"{words[outcome]}","D"')  # fmt: skip
    (directory / "Master.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return directory


def fitted_from(cli: Any, pilot: Path, log: str, *more: object) -> tuple[dict[str, Any], Path]:
    out = pilot / f"fitted-{log}.toml"
    told = pilot / f"told-{log}.json"
    if told.exists():  # the same command on the same log
        return json.loads(told.read_text(encoding="utf-8")), out
    ended = cli("calibrate", pilot / log, pilot / "plan.toml", "--out", out, "--json", "--force", *more)
    assert ended.status == 0, ended.err
    told.write_text(ended.out, encoding="utf-8")
    return json.loads(ended.out), out


def test_the_truth_lies_in_the_intervals_and_the_file_is_a_scenario(cli: Any, pilot: Path) -> None:
    """One log of one seed: each interval fails once in twenty, so of these ten at most two may (p < 0.02)."""
    found, out = fitted_from(cli, pilot, "attempts.csv")
    of = {one["field"]: one for one in found["fitted"]}
    truth = {
        "answering.reachable": 0.7,
        "answering.not_in_service": 0.04,
        "questionnaire.complete": 0.55,
        "questionnaire.partial": 0.15,
        "questionnaire.break_off": 0.10,
        "questionnaire.opt_out": 0.005,
        "recognition.unclear": 0.2,
        "answering.no_answer": 100 * 30 / 51,
        "answering.busy": 100 * 4 / 51,
        "answering.voicemail": 100 * 6 / 51,
    }
    outside = [field for field, value in truth.items() if not of[field]["low"] <= value <= of[field]["high"]]
    assert len(outside) <= 2, outside
    assert of["answering.retry_multiplier"]["value"] == 1 and of["answering.retry_multiplier"]["was"] == 0.6
    assert of["answering.hour_index.9"]["low"] > of["answering.hour_index.11"]["high"]
    needed = {one["what"].split()[0]: one["needed"] for one in found["tests"]}
    assert needed["hour"] and not needed["retry"]
    # The file: it loads, checks, says the same, and its evidence stands above each value.
    assert cli("check", out).status == 0
    scenario = cs.load(out)
    assert scenario.answering.reachable == of["answering.reachable"]["value"]
    assert scenario.answering.hour_index["9"] == of["answering.hour_index.9"]["value"]
    assert scenario.answering.hour_index["8"] == 108  # of the scenario below; the log has no call at eight
    assert scenario.questionnaire.talk.complete.model_dump() == of["questionnaire.talk.complete"]["value"]
    assert scenario.robot.attempts == 6
    text = out.read_text(encoding="utf-8")
    assert re.search(r"(?m)^# [\d,]+ numbers; 0\.\d+ to 0\.\d+; maximum likelihood.*\n(?:# .*\n)?reachable = 0\.", text)
    assert tuple(found["uncertain"]["answering.base"]) == scenario.uncertain["answering.base"]
    assert scenario.uncertain["answering.retry_multiplier"] == "known"
    assert cs.uncertain(scenario, n=2) is not None


@pytest.fixture(scope="module")
def calibrated(pilot: Path) -> cs.Calibration:
    """The same by the library."""
    return cs.calibrate(pilot / "attempts.csv", cs.load(pilot / "plan.toml"))


def test_the_api_gives_what_the_command_gives(cli: Any, pilot: Path, calibrated: cs.Calibration) -> None:
    printed, out = fitted_from(cli, pilot, "attempts.csv")
    found = calibrated
    assert isinstance(found, cs.Calibration)
    assert found.value("answering.base") == {o["field"]: o["value"] for o in printed["fitted"]}["answering.base"]
    assert found.result.answering == cs.load(out).answering
    assert list(found.dataframe()["field"]) == [one["field"] for one in printed["fitted"]]
    with pytest.raises(KeyError):
        found.value("robot.lines")


def test_what_was_seen_adds_up_and_what_was_fitted_is_near(cli: Any, pilot: Path) -> None:
    found, _ = fitted_from(cli, pilot, "attempts.csv")
    log, sides = found["log"], found["answers"]
    assert set(sides) == {"attempt", "hour", "weekday", "segment"}
    assert log["used"] == log["rows"]
    calls = {side: sum(cell["calls"] for cell in cells) for side, cells in sides.items()}
    answered = {side: sum(cell["answered"] for cell in cells) for side, cells in sides.items()}
    assert len(set(calls.values())) == 1 and len(set(answered.values())) == 1
    # Predicted one by one, answers minus predictions are a sum of uncorrelated errors: sd below sqrt(calls / 4).
    for cells in sides.values():
        for cell in cells:
            assert abs(cell["answered"] - cell["expected"]) < 4 * (cell["calls"] / 4) ** 0.5


def test_a_switch_tells_less_and_that_is_said(cli: Any, pilot: Path) -> None:
    found, out = fitted_from(cli, pilot, "Master.csv", "--status", "FAILED=not_in_service")
    assert found["log"]["format"] == "Asterisk cdr_csv"
    fields = {one["field"] for one in found["fitted"]}
    assert "questionnaire.complete" not in fields and "recognition.unclear" not in fields
    kept = {one["what"] for one in found["kept"]}
    assert "questionnaire.complete, partial, break_off, opt_out" in kept
    assert "recognition.unclear (interviews sent to people)" in kept
    # Asterisk has no word for a mailbox: that it occurs nowhere is no measurement.
    mailbox, busy = (next(o for o in found["fitted"] if o["field"] == f"answering.{n}") for n in ("voicemail", "busy"))
    assert (mailbox["value"], mailbox["low"]) == (0, None) and "no word" in mailbox["method"]
    assert found["uncertain"]["answering.voicemail"] == "known" and busy["low"] < busy["value"] < busy["high"]
    # Ringing of whole seconds; nothing about it is 1 ms exact.
    ring = next(one for one in found["fitted"] if one["field"] == "answering.ring.no_answer")
    assert ring["value"]["law"] in ("constant", "quantiles", "uniform", "gamma", "lognormal")
    talk = [one for one in found["fitted"] if one["field"].startswith("questionnaire.talk.")]
    assert len(talk) == 3 and talk[0]["value"] == talk[1]["value"] == talk[2]["value"]
    assert cli("check", out).status == 0
    # Segments are those of the register: the log has its numbers.
    assert {cell["label"] for cell in found["answers"]["segment"]} == {"(none fits)", "shops"}


def test_what_failed_and_was_not_tried_again_counts_as_out_of_service(cli: Any, pilot: Path) -> None:
    found, _ = fitted_from(cli, pilot, "Master.csv", "--status", "FAILED=not_in_service")
    told = next(one for one in found["fitted"] if one["field"] == "answering.not_in_service")
    plain = pilot / "plain.toml"
    ended = cli("calibrate", pilot / "Master.csv", pilot / "plan.toml", "--out", plain, "--json", "--force")
    seen = next(one for one in json.loads(ended.out)["fitted"] if one["field"] == "answering.not_in_service")
    assert seen == told and seen["low"] < 0.04 < seen["high"]
    # Told that it was the network, it is none of the log's business, nor is there proof that there are none.
    ended = cli("calibrate", pilot / "Master.csv", pilot / "plan.toml", "--out", plain, "--json", "--force", "--status",
                "FAILED=skip")  # fmt: skip
    skipped = json.loads(ended.out)
    assert skipped["log"]["left_out"] == {NO_CALL: 25} and skipped["log"]["used"] == found["log"]["used"] - 25


def test_where_dead_numbers_are_not_told_from_the_network_their_share_stays(cli: Any, pilot: Path) -> None:
    rows = [f"1380013{i:04d},2025-07-07 09:{i % 60:02d}:00,{'answered' if i % 3 else 'busy'}" for i in range(90)]
    cdr = [f'"","1","{n}","c","x","a","b","Dial","y","{at}","","",9,{5 if s == "answered" else 0},"{s.upper()}","D"'
           for n, at, s in (row.split(",") for row in [*rows, *(f"1380014{i:04d},2025-07-07 09:{i:02d}:30,failed"
                                                                   for i in range(6))])]  # fmt: skip
    (pilot / "day.csv").write_text("\n".join(cdr) + "\n", encoding="utf-8")
    found, out = fitted_from(cli, pilot, "day.csv")
    assert "answering.not_in_service" not in {one["field"] for one in found["fitted"]}
    why = next(one["why"] for one in found["kept"] if one["what"] == "answering.not_in_service")
    assert why == "6 number(s) had only calls that failed: out of service, or a failure of the network"
    assert cs.load(out).answering.not_in_service == cs.load(pilot / "plan.toml").answering.not_in_service


def test_where_calls_that_tire_may_be_people_who_differ_the_intervals_hold_both(cli: Any, pilot: Path) -> None:
    # 400 people alike, every further call answered 0.6 times as often: 45, 27, 16.2, 9.7, 5.8 % of those left.
    rows, first = [], 0
    for attempt, count in enumerate((180, 59, 26, 13, 7)):
        for i in range(first, 400):
            answered = "answered" if i < first + count else "no answer"
            rows.append(f"1380013{i:04d},2025-07-{7 + attempt:02d} {9 + i % 3:02d}:00:00,{answered}")
        first += count
    (pilot / "tired.csv").write_text("callee,start,status\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (pilot / "flat.toml").write_text(
        "[register]\nrows = 400\ncontacts = 400\n[answering]\nhour_index = {}\nweekday_index = {}\n", encoding="utf-8"
    )
    ended = cli("calibrate", pilot / "tired.csv", pilot / "flat.toml", "--out", pilot / "t.toml", "--json", "--force")
    found = json.loads(ended.out)
    of = {one["field"]: one for one in found["fitted"]}
    factor, reachable = of["answering.retry_multiplier"], of["answering.reachable"]
    assert factor["value"] == 1 and factor["low"] < 0.6 and factor["high"] == 1
    assert reachable["value"] < reachable["high"] == 1
    assert any(one["what"] == "why answers fall with the attempt" for one in found["kept"])
    # Numbers that stand for each other are drawn as each is beside the others: else both would be drawn at once.
    assert found["uncertain"]["answering.retry_multiplier"] == "known"
    low, high = found["uncertain"]["answering.reachable"]
    assert reachable["low"] <= low < reachable["value"] <= high <= 1


def test_strangers_on_a_log_are_said_where_there_is_a_register(cli: Any, pilot: Path) -> None:
    (pilot / "register.csv").write_text(
        "企业名称,联系电话\n" + "".join(f"单位{i},1380013{i:04d}\n" for i in range(60)), encoding="utf-8"
    )
    (pilot / "own.toml").write_text('[register]\nfile = "register.csv"\n', encoding="utf-8")
    rows = [f"a,1380013{i:04d},2025-07-07 09:{i:02d}:00,busy" for i in range(60)]
    rows += [f"b,1390013{i:04d},2025-07-07 09:{i:02d}:00,busy" for i in range(20)]
    (pilot / "two.csv").write_text("campaign,callee,start,status\n" + "\n".join(rows) + "\n", encoding="utf-8")
    command = ("calibrate", pilot / "two.csv", pilot / "own.toml", "--out", pilot / "own-fitted.toml", "--force")
    assert "20 of 80 numbers are not on the register" in cli(*command).err.replace("\n", " ")
    ended = cli(*command, "--only", "campaign=A")
    assert "numbers are not on" not in ended.err and "60 calls to 60 numbers" in ended.out.replace("\n", " ")
    head = (pilot / "own-fitted.toml").read_text(encoding="utf-8").replace("\n# ", " ")
    assert "60 rows about 60 numbers." in head


def test_a_single_row_is_one(cli: Any, pilot: Path) -> None:
    (pilot / "one.csv").write_text("callee,start,status\n13800130001,2025-07-07 09:00:00,空号\n", encoding="utf-8")
    _, out = fitted_from(cli, pilot, "one.csv")
    text = out.read_text(encoding="utf-8").replace("\n# ", " ")
    assert "1 row about 1 number." in text and " 1 number; 0.025 to 1;" in text


def test_the_screen_fits_and_shows_no_number(cli: Any, pilot: Path) -> None:
    from rich.cells import cell_len

    ended = cli("calibrate", pilot / "Master.csv", pilot / "plan.toml", "--out", pilot / "x.toml", "--force")
    assert ended.status == 0
    # Nobody said here what FAILED means: what it is taken for is said.
    said = " ".join(ended.err.split())
    assert re.search(r'Master\.csv: 25 call\(s\) to 25 .* ended "FAILED", .* taken for out of service', said)
    assert max(map(cell_len, ended.out.splitlines())) <= 80
    assert all(cell_len(line) <= 80 for line in ended.err.splitlines() if " " in line)
    assert "WHY ANSWERS FALL WITH THE ATTEMPT" in ended.out and "WHAT THE LOG DOES NOT TELL" in ended.out
    assert re.search(r"(?m)^1 +\d+ +\d+\.\d % +\d+\.\d % +[=|]+", ended.out)
    for text in (ended.out, ended.err, (pilot / "x.toml").read_text(encoding="utf-8")):
        assert not re.search(r"1[3-9]\d{9}", text)


def test_one_row_a_contact_gives_talk_times_and_no_rates(cli: Any, pilot: Path) -> None:
    rows = [
        f"1380013{i:04d},{1 + i % 4},{20 + i % 60 if i % 3 else 0},{'有效' if i % 3 else '无人接听'}" for i in range(90)
    ]
    (pilot / "contacts.csv").write_text(
        "手机号,呼叫次数,通话时长,呼叫结果\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    found, out = fitted_from(cli, pilot, "contacts.csv")
    assert found["log"]["kind"] == "per contact"
    assert [one["field"] for one in found["fitted"]] == ["questionnaire.talk.complete"]
    assert "one row a contact" in found["kept"][0]["why"] and found["answers"] == {}
    assert cli("check", out).status == 0


def test_a_day_of_first_calls_tells_the_base_and_leaves_people_and_attempts(cli: Any, pilot: Path) -> None:
    lines = (pilot / "attempts.csv").read_text(encoding="utf-8-sig").splitlines()
    first = [line for line in lines[1:] if line.split(",")[1] == "1"]
    (pilot / "first.csv").write_text("\n".join([lines[0], *first]) + "\n", encoding="utf-8")
    found, _ = fitted_from(cli, pilot, "first.csv")
    fields = [one["field"] for one in found["fitted"]]
    assert "answering.base" in fields and "answering.reachable" not in fields
    assert any("second calls" in one["why"] for one in found["kept"])


@pytest.mark.parametrize(
    ("log", "plan", "out", "said"),
    [
        ("attempts.csv", "plan.toml", "attempts.csv", "this is what the command reads"),
        ("attempts.csv", "plan.toml", "plan.toml", "this is what the command reads"),
        ("attempts.csv", "plan.toml", "below/x.toml", "does not lie beside"),
        ("nowhere.csv", "plan.toml", "y.toml", "there is no such file"),
        (
            "stranger.csv",
            "plan.toml",
            "y.toml",
            "the log is of a run with contact 9999, and the register has 600 contacts",
        ),
        ("attempts.csv", "ledger.toml", "y.toml", "the ledger is studied by itself"),
    ],
)
def test_what_is_refused(cli: Any, pilot: Path, log: str, plan: str, out: str, said: str) -> None:
    (pilot / "below").mkdir(exist_ok=True)
    (pilot / "stranger.csv").write_text(
        "contact,attempt,outcome,ring,talk,start\n9999,1,busy,5,0,0\n", encoding="utf-8"
    )
    (pilot / "ledger.toml").write_text('study.mode = "ledger"\n[ledger.intake]\nreports = 5\n', encoding="utf-8")
    ended = cli("calibrate", pilot / log, pilot / plan, "--out", pilot / out, "--force")
    assert (ended.status, ended.out) == (2, "") and said in ended.err
    assert not (pilot / "y.toml").exists()


def test_a_file_that_is_there_is_not_overwritten(cli: Any, pilot: Path) -> None:
    (pilot / "mine.toml").write_text("mine", encoding="utf-8")
    ended = cli("calibrate", pilot / "attempts.csv", pilot / "plan.toml", "--out", pilot / "mine.toml")
    assert ended.status == 2 and "already there" in ended.err
    assert (pilot / "mine.toml").read_text(encoding="utf-8") == "mine"


def test_too_few_answers_are_said_not_fitted(cli: Any, pilot: Path) -> None:
    rows = [f"1380013{i:04d},2025-07-07 09:{i % 60:02d}:00,{'answered' if i < 5 else 'busy'}" for i in range(60)]
    (pilot / "few.csv").write_text("callee,start,status\n" + "\n".join(rows) + "\n", encoding="utf-8")
    found, out = fitted_from(cli, pilot, "few.csv")
    # No call ended out of service, which proves nothing; those who are never answered are not fitted either.
    kept = {one["what"]: one["why"] for one in found["kept"]}
    assert "no proof" in kept["answering.not_in_service"]
    assert not {"answering.base", "answering.not_in_service"} & {one["field"] for one in found["fitted"]}
    assert "answering.not_in_service" not in cs.load(out).uncertain
    assert any("5 of 60 calls were answered" in one["why"] for one in found["kept"])


def test_what_the_attempts_explain_is_not_taken_for_the_weekday(cli: Any, pilot: Path) -> None:
    # Two calls a day at the same hours, until somebody answers: the day says nothing that the attempt does not.
    answered, rows, first = (37, 30, 31, 15, 18, 3), [], 0
    for attempt, count in enumerate(answered):
        at = f"2025-07-{7 + attempt // 2:02d} {('09', '15')[attempt % 2]}:00:00"
        rows += [f"1380013{i:04d},{at},{'answered' if i < first + count else 'no answer'}" for i in range(first, 250)]
        first += count
    (pilot / "days.csv").write_text("callee,start,status\n" + "\n".join(rows) + "\n", encoding="utf-8")
    found, _ = fitted_from(cli, pilot, "days.csv")
    fitted = {one["field"]: one for one in found["fitted"]}
    assert not any(field.startswith("answering.weekday_index") for field in fitted)
    # 37 of 250 first calls were answered: 14.8 %; a third day told apart from its attempts would make of it a half.
    assert fitted["answering.base"]["low"] < 0.148 < fitted["answering.base"]["high"] < 0.25
    kept = {one["what"]: one["why"] for one in found["kept"]}
    assert "the attempts fell on different weekdays" in kept["answering.weekday_index"]
    assert "equally well" in kept["why answers fall with the attempt"]


def test_calls_that_tire_are_not_lost_between_the_attempt_and_the_weekday(cli: Any, pilot: Path) -> None:
    """Three calls to each of 200 numbers, one a day: 50 % answer the first, 35 % the second, 20 % the third.

    They answer independently (every combination as often as the product of its shares), so nobody differs from others.
    Each of weekday and attempt explains all that the other does; one of them has to be written.
    """
    rows = []
    for i in range(200):
        answers = (i % 2 == 0, i // 2 % 20 < 7, i // 40 % 5 == 0)
        rows += [f"1380013{i:04d},2025-07-{7 + k:02d} 09:00:00,{'answered' if one else 'no answer'}"
                 for k, one in enumerate(answers)]  # fmt: skip
    (pilot / "tired.csv").write_text("callee,start,status\n" + "\n".join(rows) + "\n", encoding="utf-8")
    found, _ = fitted_from(cli, pilot, "tired.csv")
    fitted = {one["field"]: one for one in found["fitted"]}
    assert not any(field.startswith("answering.weekday_index") for field in fitted)
    # √(20/50) = 0.63, at the scenario's 106 for Wednesday and 102 for Monday; its error is about 0.06.
    assert fitted["answering.retry_multiplier"]["value"] == pytest.approx(0.63, abs=0.1)
    assert found["tests"][0]["what"].startswith("retry multiplier")


def test_what_is_noticed_about_the_log_stands_in_the_json_too(cli: Any, pilot: Path) -> None:
    rows = [f"1380013{i:04d},2025-07-07 01:{i % 60:02d}:00,busy" for i in range(60)]
    (pilot / "night.csv").write_text("callee,start,status\n" + "\n".join([*rows, rows[0]]) + "\n", encoding="utf-8")
    found, _ = fitted_from(cli, pilot, "night.csv")
    assert "1 of 61 rows are not used" in found["warnings"][0]
    assert "60 of 60 calls start outside the calling windows" in found["warnings"][1]


def test_the_page_shows_what_was_seen_and_fitted_in_both_languages(calibrated: cs.Calibration) -> None:
    found = calibrated
    shown = {
        language: read_page(written(calibration_sheet(found, "plan.toml", language, ["callbacksim"]), Texts(language)))
        for language in LANGUAGES
    }
    figures = shown["en"].all("section", id="answers")[0].all("figure")
    assert len(figures) == len(found.cells) >= 3
    for figure, cells in zip(figures, found.cells.values(), strict=True):
        rows = figure.all("table")[0].all("tbody")[0].all("tr")
        numbers = [[float(td.attributes["data-sort"]) for td in row.all("td")] for row in rows]
        assert numbers == [
            pytest.approx([one.calls, one.answered / one.calls, one.expected / one.calls]) for one in cells
        ]
        assert len(figure.all("path", class_="other")) == len(cells)  # the fit, a diamond a row
    # How long calls rang and talks took: what the log has, beside what the fitted law gives of as many.
    curves = shown["en"].all("section", id="durations")[0].all("figure")
    held = {path: law.held for path, law in found.laws.items() if law.held is not None}
    assert len(curves) == len(held) >= 5
    for figure, one in zip(curves, held.values(), strict=True):
        rows = figure.all("table")[0].all("tbody")[0].all("tr")
        numbers = [[float(td.attributes["data-sort"]) for td in row.all("td")] for row in rows]
        assert numbers == [pytest.approx(pair) for pair in zip(one.seen, one.expected, strict=True)][: len(rows)]
        assert len(figure.all("polyline", class_="line l-2")) == 1
        assert len(rows) >= len(one.seen) - 1
    fitted = shown["en"].all("section", id="fitted")[0].all("table")[0].all("tbody")[0].all("tr")
    assert [row.all("th")[0].text() for row in fitted] == [one.path for one in found.fitted]
    assert english_words(shown["zh"]) == {"segments", "shops"}  # a field's and a segment's name
    assert "pilot0" not in shown["en"].text()  # nor where the log lies


def test_the_command_on_the_page_fits_the_same(cli: Any, pilot: Path) -> None:
    lines = "\n".join(f"1380013{i:04d},1,{20 + i % 60},{'good' if i % 3 else 'nobody'}" for i in range(90))
    (pilot / "few.csv").write_text(f"手机号,呼叫次数,通话时长,结果\n{lines}\n", encoding="utf-8")
    words = ("--column", "status=结果", "--status", "good=complete", "--status", "nobody=no_answer")
    options = ("--out", pilot / "few.toml", "--report", pilot / "few.html", *words, "--json")
    first = cli("calibrate", pilot / "few.csv", pilot / "plan.toml", *options)
    assert first.status == 0, first.err
    page = read_page((pilot / "few.html").read_text(encoding="utf-8"))
    command = shlex.split(page.all("section", id="reproduce")[0].all("code")[0].text())
    assert command == ["callbacksim", "calibrate", "few.csv", "plan.toml", "--out", "few.toml", *words]
    (pilot / "few.toml").unlink()
    files = [str(pilot / word) if word.endswith((".csv", ".toml")) else word for word in command[1:]]
    assert cli(*files, "--json").out == first.out
