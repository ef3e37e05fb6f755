"""What the tables in ``trace/`` hold: which, in which units, and how their times become dates."""

from __future__ import annotations

import datetime as dt
import io

from callbacksim.campaign.trace import (
    ATTEMPTS,
    CASES,
    CONTACTS,
    ESCALATIONS,
    INTERVIEWS,
    LOOKBACKS,
    RECORDINGS,
    ROUNDS,
    STEPS,
    TRANSFERS,
    TRIES,
    Trace,
)
from callbacksim.scenario.wholefile import csv_bytes

COLUMNS = {
    "attempts": ATTEMPTS,
    "interviews": INTERVIEWS,
    "tries": TRIES,
    "transfers": TRANSFERS,
    "recordings": RECORDINGS,
    "escalations": ESCALATIONS,
    "cases": CASES,
    "rounds": ROUNDS,
    "lookbacks": LOOKBACKS,
    "contacts": (*CONTACTS, "expected"),
    "businesses": ("contact", "row", "score"),
    "lines": STEPS,
    "people": STEPS,
    "clerks": STEPS,
    "listeners": STEPS,
}
TABLES = tuple(COLUMNS)
MEANINGS = {
    "attempts": "calls of the robot (in manual mode of people) 外呼",
    "interviews": "finished interviews, with the satisfaction recorded 有效回访",
    "tries": "calls of the people who call back 人工拨打",
    "transfers": "callers handed over during the call 实时转接",
    "recordings": "recordings chosen to be listened to 抽听录音",
    "escalations": "contacts sent to people 转人工",
    "cases": "items of the ledger, each as it stands in the end 台账",
    "rounds": "receipts by the department, the first and each reopening 办理轮次",
    "lookbacks": "look-back calls, made (asked) or still to come 回头看",
    "contacts": "one row a contact 联系人",
    "businesses": "one row a business behind the contacts 市场主体",
    "lines": "lines that were open (in manual mode callers), from each moment 线路",
    "people": "people on duty to call back, from each moment 在岗",
    "clerks": "clerks on duty, from each moment 审核人员",
    "listeners": "people on duty to listen, from each moment 抽听在岗",
}
# Moments on the campaign's clock, and lengths of time.
MOMENTS = frozenset(
    {"due", "start", "end", "free", "ready", "first_start", "settled_at", "heard", "forwarded", "received", "final_at"}
    | {"screening", "screened", "asked", "time"}
)
LENGTHS = frozenset({"ring", "talk", "wrap_up", "gap", "hold", "patience"})


def about_trace(start: dt.date) -> str:
    """The text of ``trace/README.txt``."""
    tables = [f"{table}: {MEANINGS[table]}\n  {_columns(table)}" for table in TABLES]
    return "\n".join(
        [
            "SIMULATED DATA 模拟数据: everything that happened in run 1 of the simulation.",
            "Each table is there twice, as .csv and as .parquet.",
            "",
            "@   a moment: whole milliseconds since 00:00 of the first day, local time 毫秒",
            "ms  a length of time in milliseconds 毫秒",
            "-1  in a moment: never 无",
            "    contact, row, number and case (the place in cases) count from 0; attempt,",
            "    try and round from 1. A case's contact is -1 if it came by the intake.",
            "    screening, screened: begun, ended by a clerk.",
            "    score: the true one; heard (of a contact): the one recorded, 0 if none.",
            "    expected: chance of a contact to be satisfied; no survey can know it.",
            "",
            f"A moment as a date, first day {start}:",
            f"  spreadsheet   =DATE({start.year},{start.month},{start.day})+A2/86400000",
            f'  pandas        pd.Timestamp("{start}")',
            '                + pd.to_timedelta(table["start"], unit="ms")',
            "                (first leave out the rows with -1)",
            "",
            *tables,
            "",
        ]
    )


def table_files(trace: Trace, table: str) -> tuple[bytes, bytes]:
    """A table of the trace as Parquet, and as CSV whose text no spreadsheet evaluates; scripts are such CSVs."""
    frame = trace.dataframe(table)
    parquet = io.BytesIO()
    frame.to_parquet(parquet, index=False)
    rows = zip(*(frame[column].tolist() for column in frame.columns), strict=True)
    return parquet.getvalue(), csv_bytes(list(frame.columns), rows)


def _columns(table: str) -> str:
    return "\n  ".join(f"{name:<14}{_unit(table, name)}".rstrip() for name in COLUMNS[table])


def _unit(table: str, column: str) -> str:
    # A contact's "heard" is the score that was heard, a case's the moment.
    if column in MOMENTS and (table, column) != ("contacts", "heard"):
        return "@"
    return "ms" if column in LENGTHS else ""
