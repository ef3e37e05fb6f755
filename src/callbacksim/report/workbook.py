"""台账: the ledger as a workbook that a clerk can open and filter; every sheet says that it is simulated."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Sequence

import numpy as np
from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from callbacksim.campaign.outcomes import LIVE, CaseStatus, Item, Source
from callbacksim.campaign.trace import Trace
from callbacksim.frame.discreet import discreet, shown
from callbacksim.frame.frame import Frame
from callbacksim.report.words import DAYS
from callbacksim.scenario.calendar import DAY, Timetable
from callbacksim.scenario.wholefile import safe_cell

SIMULATED = "SIMULATED DATA 模拟数据"
HEADER_ROW = 3
LONGEST_CELL = 32_000  # a spreadsheet holds 32,767 characters in a cell
_NOT_IN_XML = re.compile("[\\ud800-\\udfff\\ufffe\\uffff]")
_EPOCH = dt.datetime(2000, 1, 1)
Value = str | int | float | dt.datetime | dt.date | None

CASE_COLUMNS = (
    ("案件号 Case", 13), ("市场主体 Business", 38), ("主体类型 Kind of business", 24), ("联系电话 Telephone", 20),
    ("事项类型 Type of item", 22), ("类别 Category", 16), ("承办部门 Department", 22), ("接收时间 Received", 19),
    ("办理期限 Due", 19), ("办结时间 Settled", 19), ("状态 Status", 26),
)  # fmt: skip
# Only where the ledger has an intake, and look-back calls.
SOURCE_COLUMNS = (("来源 Source", 20),)
ROUND_COLUMNS = (("办理轮次 Rounds", 16), ("回头看 Look-back", 26))
SOURCES = {Source.SURVEY: "回访 Survey", Source.INTAKE: "其他渠道 Elsewhere"}
FUNNEL_COLUMNS = (("环节 Stage", 44), ("键 Key", 26), ("数量 Count", 14))
DAY_COLUMNS = (
    ("日期 Date", 14), ("星期 Weekday", 14), ("外呼 Calls", 12), ("接通 Live answers", 20),
    ("有效回访 Interviews", 22), ("转人工 Sent to people", 24), ("人工拨打 Tries by people", 28),
)  # fmt: skip
KINDS = {"company": "企业 Company", "household": "个体工商户 Household"}
ITEMS = {Item.PROBLEM: "问题 Problem", Item.SUGGESTION: "意见建议 Suggestion"}
STATUSES = {
    CaseStatus.SCREENED_OUT: "审核剔除 Screened out",
    CaseStatus.FORWARDED: "已转办 Forwarded",
    CaseStatus.OPEN: "办理中 Open",
    CaseStatus.RESOLVED: "已解决 Resolved",
    CaseStatus.CLOSED_UNRESOLVED: "未解决办结 Closed unresolved",
}
STAGES = {
    "rows": "名单行数 Rows of the register",
    "rejected": "无效号码 No usable number",
    "duplicates": "重复号码 Duplicates",
    "excluded": "免打扰 On a do-not-call list",
    "contacts": "联系人 Contacts",
    "attempts": "外呼次数 Calls",
    "answered": "接通次数 Live answers",
    "interviewed": "有效回访 Interviewed",
    "complete": "完整 Complete",
    "partial": "部分 Partial",
    "broken_off": "拒访或中断 Refused or broken off",
    "exhausted": "多次未接通 Never answered",
    "not_in_service": "空号停机 Not in service",
    "opted_out": "拒绝再访 Asked not to be called",
    "unfinished": "未完成 Unfinished",
    "escalated": "转人工 Sent to people",
    "handled": "已处理 Handled",
    "unreachable": "未能联系 Not reached",
    "escalations_unfinished": "人工未完成 Call-backs unfinished",
    "problems": "问题 Problems on the ledger",
    "suggestions": "意见建议 Suggestions",
    "screened_out": "审核剔除 Screened out",
    "intake": "其他渠道问题 Reports from elsewhere on the ledger",
    "intake_screened_out": "其他渠道剔除 Reports from elsewhere screened out",
    "forwarded": "已转办 Forwarded",
    "resolved": "已解决 Resolved",
    "closed_unresolved": "未解决办结 Closed, not resolved",
    "open": "办理中 Still open",
    "true_problems": "真实问题 True problems",
    "missed": "漏识别 Missed by the robot",
    "lost_in_call_backs": "回访中流失 Lost in call-backs",
    "never_interviewed": "未访到 Never interviewed",
}


def ledger_workbook(
    trace: Trace,
    frame: Frame,
    times: Timetable,
    funnel: dict[str, int | None],
    about: str,
    show_numbers: bool = False,
) -> bytes:
    """The workbook of one replication: cases, funnel, days. The same trace gives the same bytes."""
    book = Workbook()
    cases = book.active
    assert isinstance(cases, Worksheet)
    cases.title = "台账 Ledger"
    with_source = bool((trace.cases["source"] == Source.INTAKE).any())
    with_rounds = bool(len(trace.lookbacks["case"]))
    columns = (*CASE_COLUMNS, *SOURCE_COLUMNS * with_source, *ROUND_COLUMNS * with_rounds)
    _sheet(cases, about, columns, _cases(trace, frame, times, show_numbers, with_source, with_rounds))
    _sheet(book.create_sheet("漏斗 Funnel"), about, FUNNEL_COLUMNS, _funnel(funnel))
    if len(trace.contacts["contact"]):
        _sheet(book.create_sheet("每日 Days"), about, DAY_COLUMNS, _days(trace, times))
    book.properties.created = book.properties.modified = _EPOCH
    book.properties.title = SIMULATED
    return _timeless(book)


def _cases(
    trace: Trace, frame: Frame, times: Timetable, show_numbers: bool, with_source: bool, with_rounds: bool
) -> Iterable[Sequence[Value]]:
    cases, contacts = trace.cases, frame.contacts
    names, kinds = frame.rows["name"].tolist(), frame.rows["kind"].tolist()
    own_words = discreet(frame, show_numbers)
    told = _looked_back(trace)
    # By the time of receipt; what was never received comes last.
    received = np.where(cases["received"] < 0, np.iinfo(np.int64).max, cases["received"])
    for place, i in enumerate(np.lexsort((cases["heard"], received)).tolist(), start=1):
        contact, item = int(cases["contact"][i]), Item(int(cases["item"][i]))
        who: Sequence[Value] = (None, None, None)  # nothing is known of whoever reported elsewhere
        if contact >= 0:
            row = int(contacts.row[contact])
            telephone = shown(frame.numbers[int(contacts.number[contact])], show_numbers)
            who = (own_words(names[row]), KINDS.get(kinds[row], kinds[row]), telephone)
        yield (
            f"C{place:05d}",
            *who,
            ITEMS[item],
            trace.categories[int(cases["category"][i])],
            trace.departments[int(cases["department"][i])],
            _moment(times, int(cases["received"][i])),
            # Nobody is bound to settle a suggestion.
            _moment(times, int(cases["due"][i])) if item == Item.PROBLEM else None,
            _moment(times, int(cases["end"][i])),
            STATUSES[CaseStatus(int(cases["status"][i]))],
            *((SOURCES[Source(int(cases["source"][i]))],) if with_source else ()),
            *((int(cases["rounds"][i]), told.get(i)) if with_rounds else ()),
        )


def _looked_back(trace: Trace) -> dict[int, str]:
    """What came of the last look-back call of each case, by its place in the trace."""
    calls = trace.lookbacks
    words = np.select(
        [calls["asked"] < 0, calls["reached"] == 0, calls["satisfied"] > 0],
        ["未到回访日 Not yet due", "未能联系 Not reached", "满意 Satisfied"],
        "不满意 Not satisfied",
    )
    return dict(zip(calls["case"].tolist(), words.tolist(), strict=True))


def _moment(times: Timetable, ms: int) -> dt.datetime | None:
    return None if ms < 0 else times.datetime(ms).replace(microsecond=0)


def _funnel(funnel: dict[str, int | None]) -> Iterable[Sequence[Value]]:
    for key, count in funnel.items():
        yield STAGES.get(key, key), key, "无法识别 not identified" if count is None else count


def _days(trace: Trace, times: Timetable) -> Iterable[Sequence[Value]]:
    attempts = trace.attempts
    day = attempts["start"] // DAY
    live = np.isin(attempts["outcome"], list(LIVE))
    interviews = np.isin(attempts["outcome"], [0, 1])
    ready, tried = trace.escalations["ready"] // DAY, trace.tries["start"] // DAY
    for one in np.unique(np.concatenate([day, ready, tried])).tolist():
        date = times.datetime(one * DAY).date()
        yield (
            date,
            DAYS[date.weekday()],
            int((day == one).sum()),
            int((live & (day == one)).sum()),
            int((interviews & (day == one)).sum()),
            int((ready == one).sum()),
            int((tried == one).sum()),
        )


def _sheet(sheet: Worksheet, about: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Value]]) -> None:
    _put(sheet.cell(1, 1), SIMULATED).font = Font(bold=True, color="C00000", size=14)
    _put(sheet.cell(2, 1), about).font = Font(italic=True, color="666666")
    for at, (title, width) in enumerate(columns, start=1):
        head = _put(sheet.cell(HEADER_ROW, at), title)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="DDEBF7")
        head.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(at)].width = width
    last = HEADER_ROW
    for last, row in enumerate(rows, start=HEADER_ROW + 1):
        for at, value in enumerate(row, start=1):
            _put(sheet.cell(last, at), value)
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(columns))}{last}"
    sheet.HeaderFooter.oddHeader = HeaderFooterItem(center=_HeaderFooterPart(text=SIMULATED))
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"1:{HEADER_ROW}"


def _put(cell: Cell | MergedCell, value: Value) -> Cell:
    """Set a cell; text stays text, whatever it begins with."""
    assert isinstance(cell, Cell)
    if isinstance(value, str):
        cell.value = _NOT_IN_XML.sub("\ufffd", safe_cell(value))[:LONGEST_CELL]
        cell.data_type = "s"
    else:
        cell.value = value
        if isinstance(value, dt.datetime):
            cell.number_format = "yyyy-mm-dd hh:mm"
        elif isinstance(value, dt.date):
            cell.number_format = "yyyy-mm-dd"
    return cell


def _timeless(book: Workbook) -> bytes:
    """The workbook's bytes without the time at which it was written."""
    written, out = io.BytesIO(), io.BytesIO()
    book.save(written)
    moment = _EPOCH.isoformat(timespec="seconds").encode() + b"Z"
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + moment, content)
            target.writestr(zipfile.ZipInfo(name, _EPOCH.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
