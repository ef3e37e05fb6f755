"""Call logs: one small sample of each layout, read by hand; what is refused, what is counted, what is never shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook

from callbacksim.campaign.outcomes import Outcome
from callbacksim.frame.calllog.formats import FORMATS, Ended
from callbacksim.frame.calllog.options import Reading, column_mapping, offset_minutes, reading_of, status_mapping
from callbacksim.frame.calllog.reading import CallLog, outside_windows, read_call_log, time_warning
from callbacksim.frame.calllog.rows import DISORDER, IN, NO_CALL, TORN, UNDER_WAY
from callbacksim.frame.calllog.sifting import DUPLICATE
from callbacksim.frame.phones import MASKED
from callbacksim.report.tracefiles import table_files
from callbacksim.scenario.calendar import DAY, HOUR, MINUTE, SECOND
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.schema import Calendar
from helpers import people, run, tiny

MONDAY = dt.date(2025, 7, 7)
# Made-up numbers: the mobile range 1380013xxxx, and who they are in E.164.
ANNA, BO, CHEN = "13800138001", "13800138002", "13800138003"
Line = tuple[str, int, int, int, str, int]


def read(directory: Path, text: str, reading: Reading | None = None, name: str = "log.csv") -> CallLog:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return read_call_log(path, MONDAY, reading)


def at(clock: str, day: int = 0) -> int:
    hours, minutes, seconds = map(int, clock.split(":"))
    return day * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND


def lines_of(log: CallLog) -> list[Line]:
    """Last digits of the number, start (ms), ring, talk (s, -1 unknown), outcome, attempt."""

    def seconds(ms: int) -> int:
        return ms if ms == -1 else ms // SECOND

    columns = (log.who, log.start, log.ring, log.talk, log.outcome, log.attempt)
    return [
        (log.numbers[who][-1], start, seconds(ring), seconds(talk), Ended(outcome).name, attempt)
        for who, start, ring, talk, outcome, attempt in zip(*(column.tolist() for column in columns), strict=True)
    ]


def refused(directory: Path, text: str, reading: Reading | None = None, name: str = "log.csv") -> list[str]:
    with pytest.raises(Refused) as caught:
        read(directory, text, reading, name)
    return [str(problem).removeprefix(f"{directory / name}:") for problem in caught.value.problems]


def test_the_words_of_a_log_are_those_of_the_simulator() -> None:
    """Whoever takes an outcome of a log for one of the simulator must be right."""
    assert {ended.name: ended.value for ended in list(Ended)[:10]} == {o.name: o.value for o in Outcome}


# --- Asterisk, FreeSWITCH: no headings ---------------------------------------------------------------------------

CDR_CSV = f'''"","1000","{ANNA}","robot","""Robot"" <1000>","SIP/a-1","SIP/t-1","Dial","SIP/t/{ANNA}","2025-07-07 09:00:05","2025-07-07 09:00:17","2025-07-07 09:01:22","77","65","ANSWERED","DOCUMENTATION","1.1",""
"","1000","{BO}","robot","""Robot"" <1000>","SIP/a-2","SIP/t-2","Dial","SIP/t/{BO}","2025-07-07 09:00:06","","2025-07-07 09:00:36","30","0","NO ANSWER","DOCUMENTATION","1.2",""
"","1000","{CHEN}","robot","""Robot"" <1000>","SIP/a-3","SIP/t-3","Dial","SIP/t/{CHEN}","2025-07-07 09:00:07","","2025-07-07 09:00:10","3","0","BUSY","DOCUMENTATION","1.3",""
"","1000","{CHEN}","robot","""Robot"" <1000>","SIP/a-4","SIP/t-4","Dial","SIP/t/{CHEN}","2025-07-07 09:10:00","","2025-07-07 09:10:01","1","0","CONGESTION","DOCUMENTATION","1.4",""
"","1000","{CHEN}","robot","""Robot"" <1000>","SIP/a-5","SIP/t-5","Dial","SIP/t/{CHEN}","2025-07-08 09:00:00","2025-07-08 09:00:20","2025-07-08 09:00:25","25","5","ANSWERED","DOCUMENTATION","1.5",""
'''  # noqa: E501


def test_asterisk_cdr_csv_by_its_shape(tmp_path: Path) -> None:
    log = read(tmp_path, CDR_CSV, name="Master.csv")
    assert (log.format, log.kind, log.rows, log.people) == ("Asterisk cdr_csv", "per attempt", 5, 3)
    assert lines_of(log) == [
        ("1", at("9:0:5"), 12, 65, "ANSWERED", 1),
        ("2", at("9:0:6"), 30, 0, "NO_ANSWER", 1),
        ("3", at("9:0:7"), 3, 0, "BUSY", 1),
        ("3", at("9:0:0", day=1), 20, 5, "ANSWERED", 2),
    ]
    assert log.left_out == {NO_CALL: 1}
    assert log.line.tolist() == [1, 2, 3, 5]
    assert not log.has_results and not log.has_flags


def test_asterisk_cdr_custom_and_sequence_by_their_shape(tmp_path: Path) -> None:
    text = (
        f'"""Robot"" <1000>","1000","{ANNA}","robot","SIP/a","SIP/t","Dial","x","2025-07-07 14:00:00","","2025-07-07 '
        '14:00:25","25","0","CANCEL","3","","1.1","","7"\n'
    )
    log = read(tmp_path, text)
    assert log.format == "Asterisk cdr_custom"
    assert lines_of(log) == [("1", at("14:0:0"), 25, 0, "NO_ANSWER", 1)]


def test_freeswitch_by_its_shape_whoever_talked_has_answered(tmp_path: Path) -> None:
    def line(number: str, start: str, answer: str, total: int, talk: int, cause: str) -> str:
        stamps = f'"2025-07-07 {start}","{answer and "2025-07-07 " + answer}","2025-07-07 18:00:00"'
        return f'"robot","1000","{number}","default",{stamps},"{total}","{talk}","{cause}","u","b","","PCMA","PCMA"\n'

    text = (
        line(ANNA, "09:30:00", "09:30:09", 49, 40, "NORMAL_CLEARING")
        + line(BO, "09:31:00", "", 28, 0, "NORMAL_CLEARING")
        + line(CHEN, "09:32:00", "", 6, 0, "UNALLOCATED_NUMBER")
        + line(BO, "10:00:00", "10:00:10", 15, 5, "NORMAL_TEMPORARY_FAILURE")
        + line(BO, "11:00:00", "", 2, 0, "NORMAL_TEMPORARY_FAILURE")
        + line(ANNA, "11:30:00", "", 4, 0, "CALL_REJECTED")
    )
    log = read(tmp_path, text)
    assert log.format == "FreeSWITCH"
    assert lines_of(log) == [
        ("1", at("9:30:0"), 9, 40, "ANSWERED", 1),
        ("2", at("9:31:0"), 28, 0, "NO_ANSWER", 1),
        ("3", at("9:32:0"), 6, 0, "NOT_IN_SERVICE", 1),
        ("2", at("10:0:0"), 10, 5, "ANSWERED", 2),
        ("1", at("11:30:0"), 4, 0, "REJECTED", 2),
    ]
    assert log.left_out == {NO_CALL: 1}


# --- by headings ---------------------------------------------------------------------------------------------------


def test_vicidial_export_with_its_words(tmp_path: Path) -> None:
    rows = [
        ("call_date", "phone_number_dialed", "status", "user", "full_name", "campaign_id", "length_in_sec"),
        ("2025-07-07 09:00:00", ANNA, "SALE", "6666", "x", "C", "61"),
        ("2025-07-07 09:00:30", BO, "AA", "VDAD", "x", "C", "9"),
        ("2025-07-07 09:01:00", CHEN, "ADC", "VDAD", "x", "C", "0"),
        ("2025-07-07 15:00:00", BO, "NI", "6666", "x", "C", "12"),
        ("2025-07-07 16:00:00", BO, "DNCL", "VDAD", "x", "C", "0"),
    ]
    log = read(tmp_path, "\n".join("\t".join(row) for row in rows), name="export.txt")
    assert log.format == "VICIdial"
    assert lines_of(log) == [
        ("1", at("9:0:0"), -1, 61, "COMPLETE", 1),
        ("2", at("9:0:30"), -1, 0, "VOICEMAIL", 1),
        ("3", at("9:1:0"), -1, 0, "NOT_IN_SERVICE", 1),
        ("2", at("15:0:0"), -1, 12, "REFUSAL", 2),
    ]
    assert log.left_out == {NO_CALL: 1} and log.has_results


def test_aliyun_old_codes_and_new_words(tmp_path: Path) -> None:
    head = "call_id,originate_time,ring_time,start_time,end_time,caller,callee,duration,"
    old = f"""{head}status_code
a,2025-07-07 09:00:00,2025-07-07 09:00:03,2025-07-07 09:00:11,2025-07-07 09:01:01,0571,{ANNA},50,200000
b,2025-07-07 09:00:05,,,2025-07-07 09:00:09,0571,{BO},0,200010
c,2025-07-07 09:00:06,,,2025-07-07 09:00:07,0571,{CHEN},0,200121
"""
    log = read(tmp_path, old)
    assert log.format == "Aliyun"
    assert lines_of(log) == [
        ("1", at("9:0:0"), 11, 50, "ANSWERED", 1),
        ("2", at("9:0:5"), 4, 0, "REJECTED", 1),
    ]
    assert log.left_out == {NO_CALL: 1}
    new = f"""{head}CallResult
a,2025-07-07 09:00:00,,,2025-07-07 09:00:40,0571,{ANNA},0,NO_ANSWER
b,2025-07-07 09:00:01,,,2025-07-07 09:00:04,0571,{BO},0,SUSPEND
"""
    assert [(who, ring, ended) for who, _, ring, _, ended, _ in lines_of(read(tmp_path, new))] == [
        ("1", 40, "NO_ANSWER"),
        ("2", 3, "NOT_IN_SERVICE"),
    ]


def test_huawei_does_not_say_why_a_call_failed(tmp_path: Path) -> None:
    text = f"""called,callTimeStr,callStatus,ackBeginTime,callBeginTime,callEndTime
{ANNA},2025-07-07 09:00:00,6,2025-07-07 09:00:02,2025-07-07 09:00:10,2025-07-07 09:00:55
{BO},2025-07-07 09:00:01,5,2025-07-07 09:00:03,,2025-07-07 09:00:31
"""
    log = read(tmp_path, text)
    assert log.format == "Huawei Cloud"
    assert lines_of(log) == [
        ("1", at("9:0:0"), 10, 45, "ANSWERED", 1),
        ("2", at("9:0:1"), 30, 0, "UNANSWERED", 1),
    ]


def test_tencent_counts_in_seconds_since_1970_and_calls_come_in_too(tmp_path: Path) -> None:
    # 2025-07-07 09:00:00 in China is 01:00 GMT.
    nine = int(dt.datetime(2025, 7, 7, 1, tzinfo=dt.UTC).timestamp())
    text = f"""Caller,Callee,Time,Direction,Duration,EndStatus,RingTimestamp,AcceptTimestamp,EndedTimestamp
0086075500000000,0086{ANNA},{nine},1,30,1,{nine + 2},{nine + 9},{nine + 39}
0086075500000000,0086{BO},{nine + 60},1,0,205,0,0,{nine + 66}
0086{CHEN},0086075500000000,{nine + 70},0,0,102,0,0,{nine + 90}
"""
    log = read(tmp_path, text)
    assert log.format == "Tencent Cloud"
    assert lines_of(log) == [
        ("1", at("9:0:0"), 9, 30, "ANSWERED", 1),
        ("2", at("9:1:0"), 6, 0, "NOT_IN_SERVICE", 1),
    ]
    assert log.left_out == {IN: 1}


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_what_a_run_wrote_is_read_back_as_it_was(tmp_path: Path, suffix: str) -> None:
    answering = {"base": 0.4, "busy": 1, "voicemail": 1, "rejected": 1, "not_in_service": 0.1}
    trace = run(tiny(answering=answering, robot={"attempts": 3}), people(40))
    parquet, csv = table_files(trace, "attempts")
    path = tmp_path / f"attempts{suffix}"
    path.write_bytes(csv if suffix == ".csv" else parquet)
    log = read_call_log(path, MONDAY)
    assert log.by_contact and not log.left_out and log.numbers == ()
    for name, column in {
        "who": "contact",
        "start": "start",
        "ring": "ring",
        "talk": "talk",
        "attempt": "attempt",
    }.items():
        assert getattr(log, name).tolist() == trace.attempts[column].tolist(), name
    assert log.outcome.tolist() == trace.attempts["outcome"].tolist()
    assert log.flag.tolist() == (trace.attempts["flag"] > 0).astype(int).tolist()


def test_chinese_headings_in_gb18030_and_a_workbook(tmp_path: Path) -> None:
    text = (
        "客户电话,呼叫时间,通话时长(秒),呼叫结果,是否转人工,区域\n"
        f"{ANNA},2025年7月7日 9:05,0:01:05,有效,是,东片区\n"
        f"{BO},2025/7/7 9:06:30,,空号,,西片区\n"
    )
    path = tmp_path / "外呼.csv"
    path.write_bytes(text.encode("gb18030"))
    log = read_call_log(path, MONDAY)
    expected = [("1", at("9:5:0"), -1, 65, "COMPLETE", 1), ("2", at("9:6:30"), -1, 0, "NOT_IN_SERVICE", 1)]
    assert lines_of(log) == expected
    assert log.flag.tolist() == [1, 0] and log.sides == {"area": ("东片区", "西片区")}
    book = Workbook()
    for row in (line.split(",") for line in text.splitlines()):
        book.active.append(row)
    book.active["B2"] = dt.datetime(2025, 7, 7, 9, 5)
    book.save(tmp_path / "log.xlsx")
    assert lines_of(read_call_log(tmp_path / "log.xlsx", MONDAY)) == expected


def test_columns_named_on_the_command_line_by_heading_or_by_place(tmp_path: Path) -> None:
    text = f"打给谁,何时,说了多久,怎样\n{ANNA},20250707093000,8,满意\n{BO},20250707093100,0,没人\n"
    statuses = status_mapping(["满意=complete", "没人=no_answer"])
    named = Reading(column_mapping(["number=打给谁", "start=何时", "talk=说了多久", "status=怎样"]), statuses)
    placed = Reading(column_mapping(["number=1", "start=2", "talk=3", "status=4"]), statuses)
    expected = [("1", at("9:30:0"), -1, 8, "COMPLETE", 1), ("2", at("9:31:0"), -1, 0, "NO_ANSWER", 1)]
    assert lines_of(read(tmp_path, text, named)) == expected
    assert lines_of(read(tmp_path, text, placed)) == expected
    assert lines_of(read(tmp_path, text.split("\n", 1)[1], placed)) == expected


def test_one_row_a_contact_says_so(tmp_path: Path) -> None:
    text = f"手机号,呼叫次数,通话时长,呼叫结果\n{ANNA},3,40,有效\n{BO},5,0,无人接听\n{ANNA},2,0,占线\n"
    log = read(tmp_path, text)
    assert (log.kind, log.calls.tolist(), log.start.tolist()) == ("per contact", [3, 5], [-1, -1])
    assert log.left_out == {DUPLICATE: 1} and not log.has_starts


def test_without_a_status_whoever_talked_answered(tmp_path: Path) -> None:
    log = read(tmp_path, f"callee,start,talk\n{ANNA},2025-07-07 09:00,12.5\n{BO},2025-07-07 09:00,0\n")
    assert [Ended(o).name for o in log.outcome] == ["ANSWERED", "UNANSWERED"]
    assert log.talk.tolist() == [12_500, 0]


# --- time --------------------------------------------------------------------------------------------------------


def test_gmt_is_said_and_undone(tmp_path: Path) -> None:
    text = "callee,start,status\n" + "".join(
        f"1380013{i:04d},2025-07-{day:02d} {hour:02d}:30:00,busy\n"
        for i, (day, hour) in enumerate((d, h) for d in (7, 8) for h in (1, 2, 3, 6, 7, 8, 9))
    )
    # In China these are 09:30, 10:30, 11:30, 14:30 … 17:30: all within 09–12 and 14–18. As local time, 09:30 alone is.
    log = read(tmp_path, text)
    assert outside_windows(log, Calendar()) == (12, 0)
    said = time_warning(log, Calendar(), Reading())
    assert "12 of 14 calls start outside the calling windows" in said and "add --utc" in said
    shifted = read(tmp_path, text, Reading(utc=True))
    assert (shifted.start - log.start == 8 * HOUR).all()
    assert time_warning(shifted, Calendar(), Reading(utc=True)) == ""
    assert (
        read(tmp_path, text, Reading(utc=True, utc_offset=offset_minutes("-03:30"))).start - log.start == -3.5 * HOUR
    ).all()


def test_a_time_with_its_own_offset_is_brought_to_ours(tmp_path: Path) -> None:
    text = f"callee,start,status\n{ANNA},2025-07-07T01:00:00Z,busy\n{BO},2025-07-07T03:00:00.250+02:00,busy\n"
    assert read(tmp_path, text).start.tolist() == [at("9:0:0"), at("9:0:0") + 250]


# --- what is wrong -----------------------------------------------------------------------------------------------


def test_every_row_is_used_counted_or_refused(tmp_path: Path) -> None:
    text = (
        "callee,start,answer,end,status\n"
        f"{ANNA},2025-07-07 09:00:00,,2025-07-07 09:00:30,no answer\n"
        f"{ANNA},2025-07-07 09:00:00,,2025-07-07 09:00:30,no answer\n"
        "138****8002,2025-07-07 09:00:00,,,busy\n"
        f"{CHEN},2025-07-07 09:00:00,2025-07-07 08:59:00,2025-07-07 09:01:00,connected\n"
    )
    log = read(tmp_path, text)
    assert log.left_out == {DUPLICATE: 1, MASKED: 1, DISORDER: 1}
    assert log.rows == len(log.who) + 3 == 4
    assert "3 of 4 rows are not used" in log.warnings[0]


@pytest.mark.parametrize(
    "torn", [f"{BO},2025-07-07 09:0", f"{BO},2025-07-07 09:05:00,bu", f"{BO}", f"{BO},2025-07-07 09:05:00,"]
)
def test_the_line_at_which_a_log_was_being_written_is_left_out(tmp_path: Path, torn: str) -> None:
    sound = f"callee,start,status,talk\n{ANNA},2025-07-07 09:00:00,no answer,0\n"
    log = read(tmp_path, sound + torn)
    assert (log.left_out, len(log.who)) == ({TORN: 1}, 1)
    # The same in the midst of the log is a fault of the file.
    with pytest.raises(Refused):
        read(tmp_path, sound + torn + f"\n{CHEN},2025-07-07 09:06:00,busy,0\n")


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("2025-07-07 09:02:10 AM", "09:02:10"),
        ("2025-07-07 12:05 am", "00:05:00"),
        ("2025-07-07 12:05:00 PM", "12:05:00"),
        ("2025/7/7 2:30:05 p.m.", "14:30:05"),
        ("2025/7/7 上午 9:02:10", "09:02:10"),
        ("2025/7/7 下午2:30", "14:30:00"),
        ("2025年7月7日下午14时30分05秒", "14:30:05"),
        ("2025年7月7日 9时02分", "09:02:00"),
        ("45845.604225", "14:30:05"),  # as a spreadsheet counts days: 45845 is 7 July 2025
    ],
)
def test_times_as_spreadsheets_write_them(tmp_path: Path, written: str, clock: str) -> None:
    log = read(tmp_path, f"callee,start,status\n{ANNA},{written},busy\n")
    hours, minutes, seconds = map(int, clock.split(":"))
    assert log.start.tolist() == [((hours * 60 + minutes) * 60 + seconds) * 1000]


@pytest.mark.parametrize(
    "written", ["2025-07-07 13:00 AM", "2025-07-07 25:00", "2025-07-123:00", "99999.5", "2025年7月7日上午13:00"]
)
def test_times_that_are_none(tmp_path: Path, written: str) -> None:
    assert "is no time; " in refused(tmp_path, f"callee,start,status\n{ANNA},{written},busy\n")[0]


def test_date_and_time_may_stand_in_two_columns(tmp_path: Path) -> None:
    rows = [("2025-07-07", "9:02:10"), ("2025/7/8", "下午 2:30"), ("2025-07-08 00:00:00", "16:00"),
            ("2025-07-07", "2025-07-09 10:00:00")]  # fmt: skip
    text = "电话,日期,时间,结果\n" + "".join(f"{ANNA},{day},{clock},占线\n" for day, clock in rows)
    hour, day = 3_600_000, 86_400_000
    assert read(tmp_path, text).start.tolist() == [
        9 * hour + 130_000, day + 14.5 * hour, day + 16 * hour, 2 * day + 10 * hour
    ]  # fmt: skip
    assert refused(tmp_path, f"电话,日期,时间,结果\n{ANNA},,9:02,占线\n") == [
        '2: start: "9:02" is no time; write it as 2025-07-07 09:30:00'
    ]
    # A column that is headed so may hold both.
    assert read(tmp_path, f"电话,日期,结果\n{ANNA},2025-07-07 09:00,占线\n").start.tolist() == [9 * hour]


@pytest.mark.parametrize(
    ("written", "seconds"), [("2分26秒", 146), ("1小时2分3秒", 3723), ("1m 3s", 63), ("3分钟", 180), ("2,920", 2920)]
)
def test_lengths_as_spreadsheets_write_them(tmp_path: Path, written: str, seconds: int) -> None:
    log = read(tmp_path, f'callee,start,talk,status\n{ANNA},2025-07-07 09:00:00,"{written}",connected\n')
    assert log.talk.tolist() == [seconds * 1000]


def test_calls_under_way_when_the_log_was_written_are_left_out(tmp_path: Path) -> None:
    text = f"callee,start,talk,end,status\n{ANNA},2025-07-07 10:00:00,0,2025-07-07 10:00:30,busy\n"
    log = read(tmp_path, text + f"{BO},2025-07-07 10:00:20,,,\n{CHEN},2025-07-07 09:59:00,,,\n")
    assert (len(log.who), log.left_out) == (1, {UNDER_WAY: 2})
    # One that began hours before has ended, and one whose end is written has an outcome: the log does not say which.
    for row in (f"{BO},2025-07-07 08:00:00,,,", f"{BO},2025-07-07 10:00:00,,2025-07-07 10:00:30,"):
        assert refused(tmp_path, text + row + "\n") == [
            "3: status: an empty cell is no status that is known (1 row(s)); say what it means: "
            "--status WORD=OUTCOME, for example --status =no_answer, or =skip"
        ]
        meant = read(tmp_path, text + row + "\n", Reading(statuses=status_mapping(["=no_answer"])))
        assert sorted(meant.outcome.tolist()) == [Ended.NO_ANSWER, Ended.BUSY]


def test_a_negative_length_is_counted_and_a_date_of_another_custom_is_shown(tmp_path: Path) -> None:
    text = f"callee,start,status,talk\n{ANNA},2025-07-07 09:00:00,busy,0\n{BO},2025-07-07 09:00:00,connected,-5\n"
    assert read(tmp_path, text).left_out == {DISORDER: 1}
    said = refused(tmp_path, text + f"{CHEN},07/08/2025 09:00:00,busy,0\n")
    assert said == ['4: start: "07/08/2025 09:00:00" is no time; write it as 2025-07-07 09:30:00']


def test_all_that_is_wrong_is_said_with_its_line_and_no_number_in_full(tmp_path: Path) -> None:
    text = (
        "callee,start,talk,status\n"
        f"{ANNA},{BO},5,busy\n"
        f"{BO},2025-02-30 09:00:00,5,busy\n"
        f"{CHEN},2025-07-07 09:00:00,{ANNA},busy\n"
        f"{CHEN},,5,busy\n"
        f"{CHEN},2025-07-07 09:00:00,5,SING\n"
        f"{CHEN},2025-07-07 09:01:00,5,sing\n"
    )
    said = refused(tmp_path, text)
    assert said == [
        '2: start: "138****8002" is no time; write it as 2025-07-07 09:30:00',
        '3: start: "2025-02-30 09:00:00" is no time; there is no such day or hour',
        '4: talk: "138****8001" is no length of time; write whole seconds, or 0:01:23',
        "5: start: the cell is empty; give every call its time",
        '6: status: "SING" is no status that is known (2 row(s)); say what it means: --status WORD=OUTCOME, '
        "for example --status SING=no_answer, or SING=skip",
    ]
    sound = "\n".join(line for i, line in enumerate(text.splitlines()) if i in (0, 5, 6))
    with pytest.raises(Refused, match="no call of the log can be used"):
        read(tmp_path, sound, Reading(statuses=status_mapping(["Sing=skip"])))
    assert len(read(tmp_path, sound, Reading(statuses=status_mapping(["Sing=rejected"]))).who) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", ["1: number: no column of the log is the number called", "1: start:", "1: status:"]),
        ("callee,start,status\n", ["1: log: no call of the log can be used: it has no rows"]),
        ("callee,start,status\n95588,2025-07-07 09:00,busy\n", ["1: log: no call of the log can be used: short or"]),
        ("callee,calls,talk\n13800138001,0,5\n", ['2: calls: "0" is no whole number from 1 to 1,000']),
        ("contact,attempt,outcome,ring,talk,start\n0,1,busy,x,0,5\n", ['2: ring: "x" is no whole number']),
        ("callee,start,status,flag\n13800138001,2025-07-07 09:00,busy,perhaps\n", ['2: flag: "perhaps" is neither']),
        (
            'callee,start,status\n"13800138001,2025-07-07 09:00,busy\n1,2,3\n',
            ["2: log: the row that begins here cannot"],
        ),
    ],
)
def test_logs_that_are_refused(tmp_path: Path, text: str, said: Sequence[str]) -> None:
    found = refused(tmp_path, text)
    assert len(found) == len(said)
    assert all(one.startswith(expected) for one, expected in zip(found, said, strict=True)), found


def test_hostile_files_end_with_a_message(tmp_path: Path) -> None:
    for name, data in {"x.parquet": b"PAR1\0\0\0\0PAR1", "y.csv": b"\0\1\2", "z.xlsx": b"PK\3\4nothing"}.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(Refused):
            read_call_log(tmp_path / name, MONDAY)
    escape = refused(tmp_path, "callee,start,status\n13800138001,2025-07-07 09:00,\x1b[31mred\n")
    assert "\x1b" not in escape[0]


def test_options_that_say_nothing_are_refused(tmp_path: Path) -> None:
    for call, said in [
        (lambda: column_mapping(["nummer=a"]), '--column:1: column: "nummer" is nothing that a log tells; did'),
        (lambda: column_mapping(["number"]), '--column:1: column: "number" is not NAME=VALUE; write it as number=被叫'),
        (lambda: status_mapping(["X=perhaps"]), '--status:1: status: "perhaps" is no outcome; write one of'),
        (lambda: offset_minutes("8"), '--utc-offset:1: offset: "8" is no offset from GMT; write it as +08:00'),
    ]:  # fmt: skip
        with pytest.raises(Refused) as caught:
            call()
        assert str(caught.value).startswith(said)
    with pytest.raises(Refused, match='headed "nowhere"; the file has'):
        read(tmp_path, "a,b\n1,2\n", Reading(column_mapping(["number=nowhere"])))


def test_all_that_is_wrong_with_the_options_is_said_at_once() -> None:
    assert reading_of(["start=2"], ["X=busy"], True, "+01:00", "2") == Reading(
        {"start": "2"}, {"X": Ended.BUSY}, utc=True, utc_offset=60, sheet="2"
    )
    with pytest.raises(Refused) as caught:
        reading_of(["a"], ["b"], False, "c", None)
    assert [problem.file for problem in caught.value.problems] == ["--column", "--status", "--utc-offset"]


def test_the_numbers_of_a_log_are_not_in_its_repr(tmp_path: Path) -> None:
    assert ANNA not in repr(read(tmp_path, CDR_CSV))


def test_formats_name_no_heading_that_is_not_normalised() -> None:
    for form in FORMATS:
        headings = {name for names in form.columns.values() for name in names}
        assert set(form.needed) <= headings | {"attempt", "direction"}
        assert all(name == name.lower() for name in headings)
    assert np.all([len(set(form.layout)) == len(form.layout) for form in FORMATS])
