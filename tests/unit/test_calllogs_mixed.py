"""What else stands in real logs: titles, calls that came in, legs, dead numbers, other campaigns, lines torn off."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from callbacksim.frame.calllog.formats import Ended
from callbacksim.frame.calllog.options import Reading, reading_of
from callbacksim.frame.calllog.reading import CallLog, read_call_log, year_warning
from callbacksim.frame.calllog.rows import DISORDER, HEADINGS, IN, NO_CALL, OTHER, TORN
from callbacksim.frame.calllog.shape import trunk_code
from callbacksim.frame.calllog.sifting import DUPLICATE, LEG
from callbacksim.scenario.problems import Refused

MONDAY = dt.date(2025, 7, 7)
OWN = "4001234567"


def read(directory: Path, text: str | bytes, reading: Reading | None = None) -> CallLog:
    path = directory / "log.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_call_log(path, MONDAY, reading)


def person(i: int) -> str:
    return f"1380013{i:04d}"


def cdr(
    number: str,
    clock: str,
    ring: int,
    talk: int,
    status: str = "",
    *,
    src: str = OWN,
    context: str = "robot",
    day: int = 7,
) -> str:
    """A row of Asterisk's cdr_csv."""
    start = dt.datetime.fromisoformat(f"2025-07-{day:02d} {clock}")
    stamps = [start, start + dt.timedelta(seconds=ring), start + dt.timedelta(seconds=ring + talk)]
    written = [f"{at:%Y-%m-%d %H:%M:%S}" for at in stamps]
    status = status or ("ANSWERED" if talk else "NO ANSWER")
    answer = written[1] if talk else ""
    return (
        f'"","{src}","{number}","{context}","""R, 1"" <{src}>","a","b","Dial","t/{number},60",'
        f'"{written[0]}","{answer}","{written[2]}",{ring + talk},{talk},"{status}","DOCUMENTATION"'
    )


def outcomes(log: CallLog) -> list[str]:
    return [Ended(one).name for one in log.outcome.tolist()]


def lines(rows: Sequence[str]) -> str:
    return "\n".join(rows) + "\n"


# --- where the rows are ------------------------------------------------------------------------------------------

GENERIC = "被叫号码,呼叫时间,呼叫结果"


def test_headings_may_stand_below_a_title_and_come_again(tmp_path: Path) -> None:
    rows = [f"{person(i)},2025-07-07 09:0{i}:00,占线" for i in range(4)]
    text = lines(["外呼明细,,", "导出于 2025-07-10 12:00,,", GENERIC, *rows[:2], GENERIC, *rows[2:]])
    log = read(tmp_path, text)
    assert (log.rows, len(log.who), log.left_out) == (5, 4, {HEADINGS: 1})
    assert "2 line(s) above the headings left out" in log.warnings[0]
    assert log.line.tolist() == [4, 5, 7, 8]


def test_in_a_row_that_is_not_used_nothing_else_is_looked_at(tmp_path: Path) -> None:
    log = read(tmp_path, lines([GENERIC, f"{person(1)},2025-07-07 09:00:00,占线", "合计,,1172"]))
    assert (log.rows, len(log.who), sum(log.left_out.values())) == (2, 1, 1)


def test_a_layout_is_recognised_though_some_of_the_first_lines_are_odd(tmp_path: Path) -> None:
    rows = [cdr(person(i), f"09:{i:02d}:00", 10, 20) for i in range(8)]
    odd = [rows[0].replace(",30,20,", ",-3,-7,"), rows[1].replace("2025-07-07 09:01:00", "?")]
    log = read(tmp_path, lines([odd[0], *rows[1:]]))
    assert (log.format, log.left_out, len(log.who)) == ("Asterisk cdr_csv", {DISORDER: 1}, 7)
    with pytest.raises(Refused, match=r"2: start: .* is no time"):  # the layout is known, its second line is wrong
        read(tmp_path, lines([rows[0], odd[1], *rows[2:]]))


@pytest.mark.parametrize("cut", [-3, -20, -60, -100])
def test_a_log_that_is_being_written_may_end_within_quotation_marks(tmp_path: Path, cut: int) -> None:
    rows = [cdr(person(i), f"09:{i:02d}:00", 10, 20) for i in range(4)]
    log = read(tmp_path, lines(rows[:3]) + rows[3][:cut])
    assert log.rows == 4 == len(log.who) + log.left_out.get(TORN, 0)
    assert len(log.who) >= 3


def test_it_may_end_within_a_character(tmp_path: Path) -> None:
    text = lines([GENERIC, f"{person(1)},2025-07-07 09:00:00,占线", f"{person(2)},2025-07-07 09:01:00,占"])
    for encoding in ("utf-8", "gb18030"):
        data = text.encode(encoding).rstrip(b"\n")[:-1]
        assert (read(tmp_path, data).left_out, len(read(tmp_path, data).who)) == ({TORN: 1}, 1)
        with pytest.raises(Refused):  # elsewhere it is a fault of the file
            read(tmp_path, data + b",x\n" + text.encode(encoding))


# --- what the columns mean ---------------------------------------------------------------------------------------


def test_a_column_that_counts_attempts_does_not_make_a_row_a_contact(tmp_path: Path) -> None:
    head = "客户号码,呼叫时间,通话时长,呼叫结果,呼叫次数"
    each = [f"{person(1)},2025-07-{7 + i:02d} 09:00:00,0,占线,{i + 1}" for i in range(3)]
    log = read(tmp_path, lines([head, *each]))
    assert (log.kind, log.attempt.tolist(), log.left_out) == ("per attempt", [1, 2, 3], {})
    last = [f"{person(i)},2025-07-07 09:00:00,30,完成,{i + 1}" for i in range(3)]
    assert read(tmp_path, lines([head, *last])).kind == "per contact"


def test_of_several_rows_about_a_contact_the_one_with_most_calls_counts(tmp_path: Path) -> None:
    log = read(
        tmp_path, lines(["手机号,拨打次数,最后通话时长", f"{person(1)},2,30", f"{person(1)},5,0", f"{person(2)},1,9"])
    )
    assert (log.calls.tolist(), log.talk.tolist(), log.left_out) == ([5, 1], [0, 9000], {DUPLICATE: 1})


def test_a_length_that_holds_the_ringing_is_not_taken_for_talk(tmp_path: Path) -> None:
    head = "call_id,originate_time,ring_time,start_time,end_time,caller,callee,duration,status_code"
    row = "a,2025-07-07 09:00:00,,2025-07-07 09:00:20,2025-07-07 09:01:00,0571,{},{},200000"
    for written in (40, 60):
        log = read(tmp_path, lines([head, row.format(person(1), written)]))
        assert (log.ring.tolist(), log.talk.tolist()) == ([20_000], [40_000])


@pytest.mark.parametrize("code", ["9", "0", "90", "179"])
def test_what_the_switch_dials_before_every_number_is_left_out(tmp_path: Path, code: str) -> None:
    log = read(tmp_path, lines([cdr(code + person(i), f"09:{i:02d}:00", 10, 20) for i in range(6)]))
    assert log.numbers == tuple(f"+86{person(i)}" for i in range(6))
    assert not any(person(0) in one for one in log.warnings)
    assert any("taken for a trunk code" in one for one in log.warnings) == (
        code != "0"
    )  # numbers are dialled with 0 too


def test_no_trunk_code_is_made_up() -> None:
    assert trunk_code([person(i) for i in range(9)]) == ""
    assert trunk_code(["12345", "12346", "95588", "10086"]) == ""
    assert trunk_code([f"9{person(i)}" for i in range(4)] + [person(i) for i in range(6)]) == ""
    assert trunk_code([]) == trunk_code(["", " "]) == ""


def test_masked_numbers_are_names(tmp_path: Path) -> None:
    rows = [f"138****{i % 3:04d},2025-07-07 09:{i:02d}:00,占线" for i in range(6)]
    log = read(tmp_path, lines([GENERIC, *rows]))
    assert (log.people, len(log.who), log.has_numbers) == (3, 6, False)
    assert "people with the same digits left count as one person" in log.warnings[0]


def test_a_name_that_the_planner_points_to_counts_before_the_number(tmp_path: Path) -> None:
    text = lines(["工号," + GENERIC, *(f"A{i},{person(1)},2025-07-07 09:0{i}:00,占线" for i in range(3))])
    assert read(tmp_path, text).people == 1
    assert read(tmp_path, text, reading_of(["contact=工号"], [], False, "+08:00", None)).people == 3


def test_only_some_rows_of_a_log_of_several_campaigns(tmp_path: Path) -> None:
    rows = [
        f"{name},{person(i)},2025-07-07 09:{i:02d}:00,占线"
        for i, name in enumerate(["Survey", "debt", "pilot", "debt"])
    ]
    text = lines(["campaign," + GENERIC, *rows])

    def only(*texts: str) -> CallLog:
        return read(tmp_path, text, reading_of([], [], False, "+08:00", None, texts))

    assert (only("campaign=survey").left_out, len(only("campaign=survey", "1=pilot").who)) == ({OTHER: 3}, 2)
    assert len(only("campaign=debt", f"被叫号码={person(3)}").who) == 1
    for asked, said in {
        "campaign=surve": "another campaign's 其他任务 (4); check what --only asks for",
        "camp=survey": '--only:1: only: no column of log.csv is headed "camp"; did you mean "campaign"?',
        "survey": '--only:1: only: "survey" is not NAME=VALUE; write it as campaign=survey',
    }.items():
        with pytest.raises(Refused, match=re.escape(said)):
            only(asked)


# --- one call, one row -------------------------------------------------------------------------------------------


def test_calls_that_came_in_are_left_out(tmp_path: Path) -> None:
    out = [cdr(person(i), f"09:{i:02d}:00", 10, 20) for i in range(30)]
    back = [cdr(OWN, f"11:{i:02d}:00", 5, 60, src=person(i)) for i in range(12)]  # to the number that calls them
    other = [cdr("02888886666", f"1{i % 5}:{i:02d}:30", 5, 30, src=person(i)) for i in range(25)]  # many call it
    told = [cdr("02166668888", f"11:{i:02d}:40", 5, 60, src=person(i), context="from-trunk") for i in range(3)]
    log = read(tmp_path, lines([*out, *back, *other, *told]))
    assert (log.left_out, log.people, len(log.who)) == ({IN: 40}, 30, 30)
    # Where every call is of such a context it tells nothing; nor do a few callers.
    assert len(read(tmp_path, lines([row.replace("robot", "from-trunk") for row in out])).who) == 30
    assert len(read(tmp_path, lines([*out, *other[:5]])).who) == 35


def test_a_further_leg_of_a_call_is_no_call(tmp_path: Path) -> None:
    anna, bo = person(1), person(2)
    rows = [
        cdr(anna, "09:00:00", 10, 60),
        cdr(anna, "09:00:10", 5, 40),  # bridged to somebody while the first leg lasts
        cdr(anna, "09:01:10", 30, 0),  # the next call begins when the line is free
        cdr(bo, "09:00:00", 30, 0),  # two lines were tried at once; one was answered
        cdr(bo, "09:00:00", 12, 50),
        cdr(bo, "09:00:00", 12, 50),
    ]
    log = read(tmp_path, lines(rows))
    assert log.left_out == {LEG: 2, DUPLICATE: 1}
    assert outcomes(log) == ["ANSWERED", "ANSWERED", "NO_ANSWER"]
    assert (log.ring.tolist(), log.talk.tolist()) == ([10_000, 12_000, 30_000], [60_000, 50_000, 0])


def test_an_answered_leg_that_began_later_rings_from_the_first_on(tmp_path: Path) -> None:
    rows = [cdr(person(1), "09:00:00", 30, 0), cdr(person(1), "09:00:08", 4, 20)]
    log = read(tmp_path, lines(rows))
    assert (outcomes(log), log.ring.tolist(), log.start.tolist()) == (["ANSWERED"], [12_000], [9 * 3_600_000])


# --- numbers out of service where the switch says FAILED ---------------------------------------------------------


def pilot(failing: int, *, again: bool, network: bool = False) -> list[str]:
    """Forty people on two days: ten answer at once, the others on the second day if they are called `again`."""
    rows = [cdr(person(i), f"09:{i:02d}:00", 10, 20 if i < 10 else 0) for i in range(40)]
    rows += [cdr(person(i), f"09:{i:02d}:00", 10, 20, day=8) for i in range(10, 40) if again]
    rows += [cdr(person(50 + i), f"10:{i:02d}:00", 1, 0, "FAILED") for i in range(failing)]
    return rows + [cdr(person(50 + i), f"11:{i:02d}:00", 10, 20) for i in range(failing) if network]


def test_numbers_of_which_all_calls_failed_and_that_were_not_tried_again_are_dead(tmp_path: Path) -> None:
    log = read(tmp_path, lines([*pilot(4, again=True), cdr(person(50), "15:00:00", 1, 0, "CONGESTION")]))
    assert (outcomes(log).count("NOT_IN_SERVICE"), log.left_out, log.only_failed) == (5, {}, 4)
    assert "5 call(s) to 4 number(s) that no other call reached" in log.warnings[0]
    assert "taken for out of service" in log.warnings[0] and "--status FAILED=skip" in log.warnings[0]


def test_where_the_log_does_not_tell_dead_numbers_from_the_network_it_says_so(tmp_path: Path) -> None:
    # Nobody was called again: that the four were not says nothing.
    log = read(tmp_path, lines(pilot(4, again=False)))
    assert (outcomes(log).count("NOT_IN_SERVICE"), log.left_out, log.only_failed) == (0, {NO_CALL: 4}, 4)
    assert "The log does not tell" in log.warnings[-1] and "--status FAILED=not_in_service" in log.warnings[-1]
    # A single number among thirty that were called again: once in a while everybody is left alone.
    assert read(tmp_path, lines(pilot(1, again=True))).left_out in ({}, {NO_CALL: 1})


def test_numbers_that_another_call_reached_are_in_service(tmp_path: Path) -> None:
    log = read(tmp_path, lines(pilot(4, again=True, network=True)))
    assert (log.left_out, log.only_failed) == ({NO_CALL: 4}, 0)


def test_what_the_planner_says_of_failed_calls_goes_first(tmp_path: Path) -> None:
    text = lines(pilot(4, again=True))
    skipped = read(tmp_path, text, reading_of([], ["FAILED=skip"], False, "+08:00", None))
    assert (skipped.left_out, skipped.only_failed, len(skipped.warnings)) == ({NO_CALL: 4}, 0, 1)
    dead = read(tmp_path, text, reading_of([], ["FAILED=not_in_service"], False, "+08:00", None))
    assert (outcomes(dead).count("NOT_IN_SERVICE"), dead.left_out, dead.warnings) == (4, {}, ())


# --- the years ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("year", "said"), [(2025, False), (2026, False), (2095, True), (2015, True)])
def test_a_log_of_another_year_is_doubted(tmp_path: Path, year: int, said: bool) -> None:
    log = read(
        tmp_path, lines([GENERIC, f"{person(1)},{year}-07-07 09:00:00,占线", f"{person(1)},{year}-07-08 09:00:00,占线"])
    )
    warning = year_warning(log)
    assert bool(warning) == said
    assert not said or f"its calls are from {year}-07-07 to {year}-07-08, more than a year from" in warning
