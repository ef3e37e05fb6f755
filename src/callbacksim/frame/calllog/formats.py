"""What call logs look like: the columns of each known format, and what its words for the end of a call mean.

A format is recognised by its headings or, where a switch writes none, by what stands in which column. Everything here
is data; `callbacksim.frame.calllog.reading` reads files by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, get_args

from callbacksim.frame.headings import normalised

Role = Literal[
    "number", "contact", "date", "start", "ringing", "answer", "end", "ring", "talk", "duration", "status", "flag",
    "direction", "caller", "context", "calls", "kind", "industry", "area",
]  # fmt: skip
ROLES: tuple[Role, ...] = get_args(Role)
MEANINGS: Mapping[Role, str] = {
    "number": "the number that was called 被叫号码",
    "contact": "who was called, in place of a number: any name 联系人",
    "date": "the day 日期, where start has the time of day alone",
    "start": "when it was dialled 呼叫时间",
    "ringing": "when it began to ring 振铃时间 (a second choice for start)",
    "answer": "when it was answered 接听时间",
    "end": "when it ended 结束时间",
    "ring": "seconds from dialling to the answer or the end 振铃时长",
    "talk": "seconds of talk 通话时长",
    "duration": "seconds from dialling to the end 总时长",
    "status": "what came of it 呼叫结果",
    "flag": "whether it was sent to people 转人工 (yes, no)",
    "direction": "out or in 方向 (calls that came in are left out)",
    "caller": "who called 主叫号码: calls to a number that calls others itself came in",
    "context": "the switch's context: calls of one for calls that come in are left out",
    "calls": "calls to this contact so far 呼叫次数: the log has one row a contact",
    "kind": "company or household 主体类型",
    "industry": "industry 行业",
    "area": "area 区域",
}


class Ended(IntEnum):
    """What a log says came of a call: the words of the simulator, and two for what no log of a switch can tell."""

    COMPLETE = 0
    PARTIAL = 1
    BREAK_OFF = 2
    REFUSAL = 3
    OPT_OUT = 4
    NO_ANSWER = 5
    BUSY = 6
    VOICEMAIL = 7
    REJECTED = 8
    NOT_IN_SERVICE = 9
    ANSWERED = 10  # somebody answered; what came of the interview is not known
    UNANSWERED = 11  # nobody answered; why is not known


SPOKEN = (Ended.COMPLETE, Ended.PARTIAL, Ended.BREAK_OFF, Ended.REFUSAL, Ended.OPT_OUT, Ended.ANSWERED)
Meaning = Ended | None
"""None: nobody was called (the network failed, the call was not let out): such rows are counted and left out."""


@dataclass(frozen=True)
class Format:
    """A kind of log: for each role the headings it may have (normalised), the first that is there counts.

    ``needed`` are the headings by which it is recognised. ``layout`` are the columns of a log without headings.
    ``statuses`` are its words, as `word` writes them.
    """

    name: str
    columns: Mapping[Role, tuple[str, ...]]
    statuses: Mapping[str, Meaning]
    needed: tuple[str, ...] = ()
    layout: tuple[str, ...] = ()
    milliseconds: bool = False  # times and lengths are ms on the campaign's clock
    talk_decides: bool = False  # whoever was connected answered, whatever the word for the end is


def word(text: str) -> str:
    """A status as the tables have it: upper case, one ``_`` for whatever stands between words."""
    return re.sub(r"[\s_\-]+", "_", text.strip().upper())


def _same(meaning: Meaning, *words: str) -> dict[str, Meaning]:
    return {word(one): meaning for one in words}


def _headings(**names: str) -> dict[Role, tuple[str, ...]]:
    return {role: tuple(normalised(name) for name in names[role].split()) for role in ROLES if role in names}


OWN_WORDS: Mapping[str, Meaning] = {ended.name: ended for ended in Ended}
_ASTERISK = {
    **_same(Ended.ANSWERED, "ANSWERED"),
    **_same(Ended.NO_ANSWER, "NO ANSWER", "CANCEL"),
    **_same(Ended.BUSY, "BUSY"),
    **_same(None, "FAILED", "CONGESTION"),
}
_FREESWITCH = {
    **_same(Ended.NO_ANSWER, "NORMAL_CLEARING", "NO_ANSWER", "NO_USER_RESPONSE", "ALLOTTED_TIMEOUT"),
    **_same(Ended.NO_ANSWER, "ORIGINATOR_CANCEL", "NORMAL_UNSPECIFIED", "PROGRESS_TIMEOUT"),
    **_same(Ended.BUSY, "USER_BUSY"),
    **_same(Ended.REJECTED, "CALL_REJECTED", "SUBSCRIBER_ABSENT", "USER_NOT_REGISTERED"),
    **_same(Ended.NOT_IN_SERVICE, "UNALLOCATED_NUMBER", "INVALID_NUMBER_FORMAT", "NUMBER_CHANGED"),
    **_same(None, "NORMAL_TEMPORARY_FAILURE", "RECOVERY_ON_TIMER_EXPIRE", "NETWORK_OUT_OF_ORDER", "DESTINATION_OUT_OF_ORDER"),
    **_same(None, "NORMAL_CIRCUIT_CONGESTION", "SWITCH_CONGESTION", "EXCHANGE_ROUTING_ERROR", "NO_ROUTE_DESTINATION"),
    **_same(None, "GATEWAY_DOWN", "INCOMPATIBLE_DESTINATION", "OUTGOING_CALL_BARRED", "MEDIA_TIMEOUT", "LOSE_RACE"),
}  # fmt: skip
_VICIDIAL = {
    **_same(Ended.NO_ANSWER, "NA", "N"),
    **_same(Ended.BUSY, "B", "AB"),
    **_same(Ended.VOICEMAIL, "A", "AA", "AM", "AL"),
    **_same(Ended.NOT_IN_SERVICE, "DC", "ADC"),
    **_same(Ended.ANSWERED, "DROP", "PDROP", "CALLBK", "XFER", "PU", "NP"),
    **_same(Ended.COMPLETE, "SALE"),
    **_same(Ended.REFUSAL, "NI"),
    **_same(Ended.OPT_OUT, "DNC"),
    **_same(None, "ERI", "NEW", "QUEUE", "INCALL", "DNCL", "LRERR", "CPDERR"),
}
_ALIYUN = {
    **_same(Ended.ANSWERED, "ANSWERED", "200000", "200001", "200100", "200103"),
    **_same(Ended.NO_ANSWER, "NO_ANSWER", "200003", "200113"),
    **_same(Ended.BUSY, "USER_BUSY", "200002", "200112"),
    **_same(Ended.REJECTED, "POWERED_OFF", "200005", "200007", "200010", "200111", "200120"),
    **_same(Ended.NOT_IN_SERVICE, "SUSPEND", "INVALID_NUMBER", "200004", "200011", "200116"),
    **_same(None, "200006", "200104", "200105", "200117", "200118", "200121"),
}
_HUAWEI = {**_same(Ended.ANSWERED, "6"), **_same(Ended.UNANSWERED, "5")}
_TENCENT = {
    **_same(Ended.ANSWERED, "1", "ok"),
    **_same(Ended.NO_ANSWER, "202", "notAnswer"),
    **_same(Ended.REJECTED, "203", "userReject", "204", "powerOff", "210", "notInService"),
    **_same(Ended.NOT_IN_SERVICE, "205", "numberNotExist", "207", "outOfCredit"),
    **_same(Ended.BUSY, "206", "busy"),
    **_same(None, "108", "restrictedCallee", "109", "tooManyRequest", "110", "restrictedArea", "111", "restrictedTime"),
    **_same(None, "208", "operatorError", "209", "callerCancel", "211", "clientError", "212", "carrierBlocked"),
}  # fmt: skip
_COMMON = {
    **OWN_WORDS,
    **_same(Ended.ANSWERED, "接通", "已接通", "已接听", "接听", "成功", "通话成功", "connected", "success", "human"),
    **_same(Ended.UNANSWERED, "未接通", "失败", "呼叫失败", "not connected", "unsuccessful"),
    **_same(Ended.NO_ANSWER, "无人接听", "未接", "未接听", "无应答", "久叫不应", "noanswer", "timeout", "ring no answer"),
    **_same(Ended.BUSY, "占线", "忙", "忙线", "用户忙", "通话中", "正在通话中", "line busy", "user busy"),
    **_same(Ended.VOICEMAIL, "语音信箱", "语音助手", "语音留言", "来电助手", "machine", "answering machine"),
    **_same(Ended.REJECTED, "拒接", "挂断", "关机", "已关机", "无法接通", "暂时无法接通", "不在服务区", "呼叫限制"),
    **_same(Ended.REJECTED, "powered off", "switched off", "declined"),
    **_same(Ended.NOT_IN_SERVICE, "空号", "停机", "已停机", "欠费", "号码错误", "无效号码", "invalid number", "disconnected"),
    **_same(Ended.COMPLETE, "完成", "完整", "有效", "有效回访", "已完成", "completed"),
    **_same(Ended.PARTIAL, "部分完成", "部分", "不完整"),
    **_same(Ended.BREAK_OFF, "中途挂断", "中断", "中途中断", "breakoff"),
    **_same(Ended.REFUSAL, "拒访", "拒绝", "拒绝回访", "不愿回访", "refused"),
    **_same(Ended.OPT_OUT, "不再来电", "免打扰", "拒绝再次来电", "do not call"),
}  # fmt: skip

_SIDES = {"kind": "主体类型 类型 kind", "industry": "行业 所属行业 industry", "area": "区域 片区 街道 area"}
OWN_TRACE = Format(
    "attempts of a simulated run",
    _headings(contact="contact", start="start", ring="ring", talk="talk", status="outcome", flag="flag"),
    OWN_WORDS,
    needed=("contact", "attempt", "outcome", "ring", "talk", "start"),
    milliseconds=True,
)
GENERAL = Format(
    "columns by their headings",
    _headings(
        number="被叫 被叫号码 被叫电话 客户号码 客户电话 电话号码 手机号码 手机号 联系电话 电话 手机 号码 callee called dst phonenumber phone number",
        contact="联系人编号 contact contactid",
        date="日期 呼叫日期 外呼日期 拨打日期 通话日期 date",
        start="呼叫时间 呼叫开始时间 外呼时间 外呼开始时间 拨打时间 拨号时间 开始时间 时间 calltime callstart starttime start calldate time",
        ringing="振铃时间 振铃开始时间",
        answer="接听时间 应答时间 接通时间 通话开始时间 answertime answered answer",
        end="结束时间 挂断时间 挂机时间 通话结束时间 endtime ended end",
        ring="振铃时长 振铃时长秒 振铃秒数 响铃时长 ringseconds ring",
        talk="通话时长 通话时长秒 通话秒数 通话时间 最后通话时长 末次通话时长 最近通话时长 最后一次通话时长 talkseconds talktime "
        "talk billsec lastcallseconds lastcalllength lastcallduration lasttalk lastduration lengthinsec",
        duration="总时长 呼叫时长 duration",
        status="呼叫结果 通话结果 外呼结果 接听结果 呼叫状态 接听状态 接通状态 外呼状态 回访结果 结果 status result disposition outcome",
        flag="是否转人工 转人工 flag flagged escalated",
        direction="呼叫方向 方向 direction",
        caller="主叫 主叫号码 主叫电话 外显号码 caller callerid callernumber src",
        calls="呼叫次数 拨打次数 外呼次数 已呼次数 呼叫总次数 拨打总次数 calls attempts callcount calledcount attemptcount "
        "numberofcalls",
        **_SIDES,
    ),
    _COMMON,
)
FORMATS: tuple[Format, ...] = (
    OWN_TRACE,
    Format(
        "FreeSWITCH",
        _headings(number="destinationnumber", caller="calleridnumber", context="context", start="startstamp", answer="answerstamp", end="endstamp", duration="duration",
                  talk="billsec", status="hangupcause", **_SIDES),
        _FREESWITCH,
        needed=("destinationnumber", "startstamp", "hangupcause"),
        talk_decides=True,
        layout=("calleridname", "calleridnumber", "destinationnumber", "context", "startstamp", "answerstamp", "endstamp",
                "duration", "billsec", "hangupcause", "uuid", "blegUuid", "accountcode", "readcodec", "writecodec"),
    ),
    Format(
        "Asterisk cdr_csv",
        _headings(number="dst", caller="src", context="dcontext", start="start calldate", answer="answer", end="end", duration="duration",
                  talk="billsec", status="disposition", **_SIDES),
        _ASTERISK,
        needed=("dst", "billsec", "disposition"),
        layout=("accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start",
                "answer", "end", "duration", "billsec", "disposition", "amaflags"),
    ),
    Format(
        "Asterisk cdr_custom",
        _headings(number="dst", caller="src", context="dcontext", start="start", answer="answer", end="end", duration="duration",
                  talk="billsec", status="disposition"),
        _ASTERISK,
        needed=("dst", "billsec", "disposition"),
        layout=("clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer", "end",
                "duration", "billsec", "disposition", "amaflags"),
    ),
    Format(
        "VICIdial",
        _headings(number="phonenumberdialed", start="calldate", talk="lengthinsec", status="status", **_SIDES),
        _VICIDIAL,
        needed=("calldate", "phonenumberdialed", "status"),
    ),
    Format(
        "Aliyun",
        _headings(number="callee", caller="caller", start="originatetime", ringing="ringtime", answer="starttime", end="endtime", talk="duration",
                  status="callresult statuscode", **_SIDES),
        _ALIYUN,
        needed=("callee", "originatetime"),
    ),
    Format(
        "Huawei Cloud",
        _headings(number="called", caller="caller", start="calltimestr", ringing="ackbegintime", answer="callbegintime", end="callendtime",
                  status="callstatus", **_SIDES),
        _HUAWEI,
        needed=("called", "callstatus"),
    ),
    Format(
        "Tencent Cloud",
        _headings(number="callee", caller="caller", start="time starttimestamp", ringing="ringtimestamp", answer="accepttimestamp",
                  end="endedtimestamp", talk="duration", status="endstatus endstatusstring", direction="direction", **_SIDES),
        _TENCENT,
        needed=("callee", "direction", "endstatus"),
    ),
)  # fmt: skip
