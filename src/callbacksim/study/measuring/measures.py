"""Every figure of a campaign, defined once, from a trace and its setting alone (one replication each).

A figure that is not defined in a replication (no call-back, so no share called back in time) is NaN; a finish that
the horizon cut off is infinite. Averages, intervals and quantiles over replications are `estimates` and `summary`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.outcomes import INTERVIEWED_CONTACTS, LIVE, Disposition, Handover, Settled, Source
from callbacksim.campaign.trace import Trace
from callbacksim.scenario.calendar import DAY, HOUR, MINUTE, SECOND, OpenTimes
from callbacksim.scenario.schema import Scenario
from callbacksim.study.erlang import smallest_servers, throughput_bound
from callbacksim.study.measuring import aapor, dispositions
from callbacksim.study.measuring.costs import costs
from callbacksim.study.measuring.ledger import ALONE, STAGES_ALONE, clerk_cost, end_ms, items, ledger_figures
from callbacksim.study.measuring.loads import binding, load, open_hours, work_of_people
from callbacksim.study.measuring.need import deadline_staffing, people_to_employ
from callbacksim.study.setting import Setting

Ints = NDArray[np.int64]
NAN = math.nan


@dataclass(frozen=True)
class Measure:
    """A figure's unit and its words."""

    unit: str
    english: str
    chinese: str
    signed: bool = False  # may be below 0

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which values it can lie at all; an interval never leaves them."""
        if self.unit.startswith(("share", "probability")):
            return 0.0, 1.0
        if self.unit == "score 1-5":
            return 1.0, 5.0
        return (-math.inf if self.signed else 0.0), math.inf


CATALOGUE: dict[str, Measure] = {
    "finish": Measure("hours since the first day's midnight", "calls and call-backs done", "回访全部完成"),
    "finish_by_people": Measure("share of runs", "the last to end is a call-back", "以人工回访收尾"),
    "finish_by_listeners": Measure("share of runs", "the last to end is a recording", "以录音抽听收尾"),
    "dialling_finish": Measure("hours since the first day's midnight", "robot calls done", "外呼完成"),
    "ledger_finish": Measure("hours since the first day's midnight", "last case settled, look-backs done", "台账办结"),
    "attempts": Measure("calls", "calls made", "外呼次数"),
    "answered": Measure("calls", "live answers", "接通次数"),
    "interviews": Measure("contacts", "finished interviews", "有效回访"),
    "interview_share": Measure("share of contacts", "finished interviews", "有效回访率"),
    "escalations": Measure("contacts", "sent to people", "转人工"),
    "problems": Measure("items", "problems on the ledger", "问题"),
    "suggestions": Measure("items", "suggestions on the ledger", "意见建议"),
    "intake": Measure("items", "reports from elsewhere on the ledger", "其他渠道问题"),
    "missed": Measure("items", "true problems the robot missed", "漏识别问题"),
    "throughput": Measure("calls per window hour", "calls started", "每时段小时外呼量"),
    "throughput_bound": Measure("calls per window hour", "upper bound of lines and pace", "外呼量上限"),
    "calls_per_line_day": Measure("calls per line and full calling day", "calls of a line", "每线每日外呼量"),
    "line_occupancy": Measure("share", "busy share of the lines", "线路利用率"),
    "line_overrun": Measure("line minutes", "calls running on after closing", "线路超时"),
    "agent_occupancy": Measure("share", "busy share of the people", "人员利用率"),
    "agent_hours": Measure("hours", "work of the people", "人工工时"),
    "agent_overrun": Measure("minutes", "call-backs running on into a break or after the shift", "人员超时"),
    "called_back_in_time": Measure("share of escalations", "called back in time", "及时回访率"),
    "wait_mean": Measure("open minutes", "wait for the first call-back, mean of those tried", "平均等待"),
    "wait_p95": Measure("open minutes", "wait for the first call-back, 95th percentile", "等待95分位"),
    "never_tried": Measure("contacts", "sent to people and never called back", "未回访"),
    "transfers": Measure("contacts", "handed over during the call", "实时转接"),
    "abandoned": Measure("contacts", "hung up before a person took over", "转接放弃"),
    "abandoned_share": Measure("share of transfers", "hung up before a person took over", "转接放弃率"),
    "transferred_in_time": Measure("share of transfers", "taken over in time", "及时接续率"),
    "transfer_wait": Measure("seconds", "wait for a person, mean of those taken over", "转接平均等待"),
    "recordings": Measure("recordings", "recordings listened to", "抽听录音"),
    "found_on_recordings": Measure("recordings", "items found on recordings", "抽听发现"),
    "listener_hours": Measure("hours", "work of the listeners", "抽听工时"),
    "listener_occupancy": Measure("share", "busy share of the listeners", "抽听人员利用率"),
    "backlog_most": Measure("contacts", "largest backlog of call-backs", "最大积压"),
    "people_at_work": Measure("people", "people at work to call back in time", "需在岗人数"),
    "people_employed": Measure("people", "people to employ for that", "需配备人数"),
    "calls_to_a_number_most": Measure("calls", "most calls to one number", "单号最多呼叫"),
    "numbers_called_for_several": Measure("numbers", "numbers rung for more than one business", "重复拨打号码"),
    "bound_by_lines": Measure("share of open time", "all lines busy", "线路占满时间"),
    "bound_by_pace": Measure("share of open time", "waiting for the pace", "受呼叫速率限制"),
    "bound_by_engaged": Measure("share of open time", "due, but the number is in a call", "号码占用等待"),
    "bound_by_gaps": Measure("share of open time", "nobody due: retry gaps", "等待重呼间隔"),
    "resolved_share": Measure("share of problem cases", "resolved", "解决率"),
    "response_share": Measure("share of problem cases", "taken up by the department", "响应率"),
    "on_time_share": Measure("share of cases settled or past due", "settled by the due date", "按期办结率"),
    "overdue": Measure("cases", "settled late, or open past the due date", "超期件"),
    "case_days": Measure("days", "from forwarded to settled, mean", "平均办理天数"),
    "open_to_5_days": Measure("cases", "open at the horizon, heard less than 5 days before", "在办5天以内"),
    "open_5_to_15_days": Measure("cases", "open at the horizon, heard 5 to 15 days before", "在办5至15天"),
    "open_over_15_days": Measure("cases", "open at the horizon, heard 15 days before or more", "在办15天以上"),
    "looked_back": Measure("calls", "look-back calls", "回头看次数"),
    "look_back_satisfied_share": Measure("share of cases reached", "satisfied when last looked back on", "办理满意率"),
    "reopened": Measure("cases", "reopened after a look-back call", "重办件"),
    "clerk_hours": Measure("office hours", "work of the clerks", "审核工时"),
    "clerk_occupancy": Measure("share", "busy share of the clerks", "审核人员利用率"),
    "clerk_wait": Measure("office minutes", "wait for the clerk, mean of what was screened", "审核平均等待"),
    "misrouted": Measure("items", "sent to a wrong department first", "错派件"),
    "robot_minutes": Measure("minutes", "started minutes of connected time", "计费分钟"),
    "robot_cost": Measure("¥", "robot calls", "外呼费用"),
    "line_cost": Measure("¥", "rent of the lines", "线路租金"),
    "agent_cost": Measure("¥", "people, whole shifts", "人工费用"),
    "overtime_cost": Measure("¥", "people, overtime", "加班费用"),
    "clerk_cost": Measure("¥", "clerks", "审核人员费用"),
    "listener_cost": Measure("¥", "people who listen to recordings", "抽听费用"),
    "cost": Measure("¥", "cost", "总费用"),
    "cost_per_interview": Measure("¥ per interview", "cost of a finished interview", "每份有效回访费用"),
    **{name.lower(): Measure("share", f"AAPOR {name}", f"AAPOR {name}") for name in aapor.RATE_NAMES},
}


def can_have(scenario: Scenario, figure: str) -> bool:
    """Whether a scenario can give a figure at all: of clerks, look-back, transfers, listeners, calls it needs those."""
    ledger = scenario.ledger
    if figure.startswith("clerk_"):
        return ledger.clerks != "none"
    if figure in ("transfers", "abandoned", "abandoned_share", "transferred_in_time", "transfer_wait"):
        return scenario.agents.transfer.live and scenario.study.mode == "callback"
    if figure in ("recordings", "found_on_recordings") or figure.startswith("listener_"):
        return scenario.listeners.share > 0 and scenario.study.mode == "callback"
    if figure in ("looked_back", "look_back_satisfied_share", "reopened"):
        return ledger.look_back != "none"
    return scenario.study.mode != "ledger" or figure in ALONE


def moment_of(hours: float) -> float:
    """The whole ms of a figure in hours since the first day's midnight; infinite where it is.

    Hours times ms is not enough: for every tenth second the product is another than the ms that were divided.
    """
    return float(round(hours * HOUR)) if math.isfinite(hours) else hours


STAGES = (
    "rows", "rejected", "duplicates", "excluded", "contacts", "attempts", "answered", "interviewed", "complete",
    "partial", "broken_off", "exhausted", "not_in_service", "opted_out", "unfinished", "escalated", "handled",
    "unreachable", "escalations_unfinished", "problems", "suggestions", "screened_out", "intake",
    "intake_screened_out", "forwarded", "resolved", "closed_unresolved", "open", "true_problems", "missed",
    "lost_in_call_backs", "never_interviewed",
)  # fmt: skip


def stages(scenario: Scenario) -> tuple[str, ...]:
    """The stages of a scenario's funnel, in its order."""
    return STAGES_ALONE if scenario.study.mode == "ledger" else STAGES


def measures(trace: Trace, setting: Setting) -> dict[str, float]:
    """All figures of the catalogue for one replication; of a ledger by itself those of `ledger.ALONE`, the rest NaN."""
    if setting.scenario.study.mode == "ledger":
        return {**dict.fromkeys(CATALOGUE, NAN), **_ledger_alone(trace, setting)}
    funnel_part = _volumes(trace, setting)
    return {
        **_finishes(trace),
        **funnel_part,
        **_lines(trace, setting),
        **_people(trace, setting),
        **_transfers(trace, setting),
        **_listening(trace, setting),
        **_numbers(trace, setting),
        **ledger_figures(trace, setting),
        **costs(trace, setting, finish_ms(trace), funnel_part["interviews"]),
        **dispositions.rates(dispositions.final_codes(trace), setting.scenario.study),
    }


def _ledger_alone(trace: Trace, setting: Setting) -> dict[str, float]:
    cost = clerk_cost(trace, setting, 0.0)
    return {
        "ledger_finish": end_ms(trace) / HOUR,
        "intake": float(items(trace)["intake"]),
        **ledger_figures(trace, setting),
        "clerk_cost": cost,
        "cost": cost,
    }


def funnel(trace: Trace, setting: Setting) -> dict[str, int | None]:
    """Counts from the register to the ledger; what goes in comes out. None: not identified.

    A ledger by itself has the stages from its intake on, and no others.
    """
    if setting.scenario.study.mode == "ledger":
        on_ledger = items(trace)
        return {stage: on_ledger[stage] for stage in STAGES_ALONE}
    contacts, outcome = trace.contacts, trace.attempts["outcome"]
    became = np.bincount(contacts["disposition"], minlength=len(Disposition)).tolist()
    settled = np.bincount(trace.escalations["settled"], minlength=len(Settled)).tolist()
    known = setting.follows_problems
    fate = _problem_fate(trace)
    return {
        **dict(setting.counts),
        "attempts": len(outcome),
        "answered": int(np.isin(outcome, LIVE).sum()),
        "interviewed": became[Disposition.COMPLETE] + became[Disposition.PARTIAL],
        "complete": became[Disposition.COMPLETE],
        "partial": became[Disposition.PARTIAL],
        "broken_off": became[Disposition.BROKEN_OFF],
        "exhausted": became[Disposition.EXHAUSTED],
        "not_in_service": became[Disposition.NOT_IN_SERVICE],
        "opted_out": became[Disposition.OPTED_OUT],
        "unfinished": became[Disposition.UNFINISHED],
        "escalated": sum(settled),
        "handled": settled[Settled.HANDLED],
        "unreachable": settled[Settled.UNREACHABLE],
        "escalations_unfinished": settled[Settled.UNFINISHED],
        **items(trace),
        "true_problems": fate["true"] if known else None,
        "missed": fate["missed"] if known else None,
        "lost_in_call_backs": fate["lost"] if known else None,
        "never_interviewed": fate["never"] if known else None,
    }


def _problem_fate(trace: Trace) -> dict[str, int]:
    """Where the true problems ended that did not reach the clerk; all add up to those that contacts hold."""
    contacts = trace.contacts
    held = contacts["problems"]
    interviewed = np.isin(contacts["disposition"], INTERVIEWED_CONTACTS)
    reported = np.zeros(len(held), dtype=bool)
    reported[trace.cases["contact"][trace.cases["source"] == Source.SURVEY]] = True
    escalated = np.zeros(len(held), dtype=bool)
    escalated[trace.escalations["contact"]] = True
    return {
        "true": int(held.sum()),
        "missed": int(held[interviewed & ~escalated & ~reported].sum()),
        "lost": int(held[interviewed & escalated & ~reported].sum()),
        "never": int(held[~interviewed].sum()),
    }


def finish_ms(trace: Trace) -> float:
    """When the last line was free, the last escalation settled and the last recording heard; infinite if cut off."""
    open_calls = (trace.contacts["disposition"] == Disposition.UNFINISHED).any() and not trace.quota_reached
    unheard = (trace.recordings["start"] < 0).any()
    if open_calls or unheard or (trace.escalations["settled"] == Settled.UNFINISHED).any():
        return math.inf
    return float(max(_last_of_each(trace)))


def _last_of_each(trace: Trace) -> tuple[int, int, int]:
    """When the last line was free, the last escalation settled and the last recording heard."""
    return _last(trace.attempts["free"]), _last(trace.escalations["settled_at"]), _last(trace.recordings["end"])


def _last(times: Ints) -> int:
    return int(times.max()) if len(times) else 0


def _finishes(trace: Trace) -> dict[str, float]:
    unfinished = (trace.contacts["disposition"] == Disposition.UNFINISHED).any() and not trace.quota_reached
    last_call, last_settled, last_heard = _last_of_each(trace)
    cut_off = math.isinf(finish_ms(trace))
    # Whatever may still be called back may still bring a case.
    ledger = math.inf if cut_off else end_ms(trace)
    return {
        "finish": finish_ms(trace) / HOUR,
        "finish_by_people": NAN if cut_off else float(last_settled > max(last_call, last_heard)),
        "finish_by_listeners": NAN if cut_off else float(last_heard > max(last_call, last_settled)),
        "dialling_finish": math.inf if unfinished else last_call / HOUR,
        "ledger_finish": ledger / HOUR,
    }


def _volumes(trace: Trace, setting: Setting) -> dict[str, float]:
    contacts, on_ledger = trace.contacts, items(trace)
    interviews = float(np.isin(contacts["disposition"], INTERVIEWED_CONTACTS).sum())
    return {
        "attempts": float(len(trace.attempts["contact"])),
        "answered": float(np.isin(trace.attempts["outcome"], LIVE).sum()),
        "interviews": interviews,
        "interview_share": interviews / len(contacts["contact"]),
        "escalations": float(len(trace.escalations["contact"])),
        "problems": float(on_ledger["problems"]),
        "suggestions": float(on_ledger["suggestions"]),
        "intake": NAN if setting.scenario.ledger.intake == "none" else float(on_ledger["intake"]),
        "missed": float(_problem_fate(trace)["missed"]) if setting.follows_problems else NAN,
    }


def _lines(trace: Trace, setting: Setting) -> dict[str, float]:
    attempts = trace.attempts
    dialled = load(attempts["start"], attempts["free"], trace.lines)
    n = len(attempts["start"])
    days = dialled.open / _full_day(open_hours(trace.lines)) if dialled.open else 0.0
    pace = 0.0 if setting.scenario.study.mode == "manual" else setting.scenario.robot.calls_per_second
    hold = float((attempts["free"] - attempts["start"]).mean()) / 1000 if n else NAN
    # For one line the bound is 1/hold; it grows with the lines that were there on average.
    by_lines = dialled.servers * throughput_bound(1, hold, 0.0) * 3600 if n else NAN
    found = binding(trace)
    return {
        "throughput": n / (dialled.open / HOUR) if dialled.open else NAN,
        "throughput_bound": min(by_lines, pace * 3600) if pace else by_lines,
        "calls_per_line_day": n / dialled.servers / days if days else NAN,
        "line_occupancy": dialled.occupancy,
        "line_overrun": dialled.overrun / MINUTE,
        "bound_by_lines": found.lines,
        "bound_by_pace": found.pace,
        "bound_by_engaged": found.engaged,
        "bound_by_gaps": found.gaps,
    }


def _full_day(hours: OpenTimes) -> float:
    """Open time of an ordinary day, in ms: the mean over the days that have any."""
    days = {
        day
        for begin, end in zip(hours.begin.tolist(), hours.end.tolist(), strict=True)
        for day in range(begin // DAY, (end - 1) // DAY + 1)
    }
    return hours.total() / len(days) if days else NAN


def _people(trace: Trace, setting: Setting) -> dict[str, float]:
    agents, roster = setting.scenario.agents, setting.times.roster
    escalations = trace.escalations
    # Who telephones in place of the robot works, too: by hand the calls are the people's hours.
    manual = setting.scenario.study.mode == "manual"
    begin, end = work_of_people(trace, manual)
    worked = load(begin, end, trace.lines if manual else trace.people)
    # Who was handed over during the call is not called back.
    back = escalations["transfer"] != Handover.ANSWERED
    ready, first = escalations["ready"][back], escalations["first_start"][back]
    tried = first >= 0
    waits = (roster.elapsed(first[tried]) - roster.elapsed(ready[tried])) / MINUTE
    # Who was never tried waits beyond every limit.
    all_waits = np.concatenate([waits, np.full(int((~tried).sum()), math.inf)])
    return {
        "agent_occupancy": worked.occupancy,
        "agent_hours": float((end - begin).sum()) / HOUR,
        "agent_overrun": worked.overrun / MINUTE,
        "called_back_in_time": float((waits <= agents.within_minutes).sum()) / len(ready) if len(ready) else NAN,
        "wait_mean": float(waits.mean()) if len(waits) else NAN,
        "wait_p95": float(np.quantile(all_waits, 0.95, method="inverted_cdf")) if len(ready) else NAN,
        "never_tried": float((~tried).sum()),
        "backlog_most": float(_most_at_once(ready, escalations["settled_at"][back])),
        **(dict.fromkeys(("people_at_work", "people_employed"), NAN) if manual else _need(trace, setting)),
    }


def _transfers(trace: Trace, setting: Setting) -> dict[str, float]:
    """Callers handed over during the call: those who hung up count as not in time; NaN where nobody ever is."""
    names = ("transfers", "abandoned", "abandoned_share", "transferred_in_time", "transfer_wait")
    if not setting.scenario.agents.transfer.live or setting.scenario.study.mode != "callback":
        return dict.fromkeys(names, NAN)
    transfers, limit = trace.transfers, setting.scenario.agents.transfer.within_seconds * SECOND
    offered = len(transfers["contact"])
    taken = transfers["start"] >= 0
    waits = (transfers["start"] - transfers["ready"])[taken]
    return {
        "transfers": float(offered),
        "abandoned": float((~taken).sum()),
        "abandoned_share": float((~taken).sum()) / offered if offered else NAN,
        "transferred_in_time": float((waits <= limit).sum()) / offered if offered else NAN,
        "transfer_wait": float((transfers["start"] - transfers["ready"])[taken].mean()) / SECOND if len(waits) else NAN,
    }


def _listening(trace: Trace, setting: Setting) -> dict[str, float]:
    """Recordings of interviews that were not flagged, and the people who listen to them; NaN where nobody does."""
    if not setting.listens:
        return dict.fromkeys(("recordings", "found_on_recordings", "listener_hours", "listener_occupancy"), NAN)
    recordings = trace.recordings
    heard = recordings["start"] >= 0
    begin, end = recordings["start"][heard], recordings["end"][heard]
    return {
        "recordings": float(heard.sum()),
        "found_on_recordings": float((recordings["found"][heard] == 1).sum()),
        "listener_hours": float((end - begin).sum()) / HOUR,
        "listener_occupancy": load(begin, end, trace.listeners).occupancy,
    }


def _most_at_once(begin: Ints, end: Ints) -> int:
    """Most of the intervals [begin, end) that hold at one moment; an end of -1 is never."""
    if not len(begin):
        return 0
    ends = end[end >= 0]
    times = np.concatenate([begin, ends])
    change = np.concatenate([np.ones(len(begin), dtype=np.int64), -np.ones(len(ends), dtype=np.int64)])
    return int(np.cumsum(change[np.lexsort((change, times))]).max())


def _need(trace: Trace, setting: Setting) -> dict[str, float]:
    """People for all call-backs of this replication, however many there are, each within the promised open time.

    With live transfer at least as many as Erlang A asks for at the mean rate of transfers.
    """
    agents, roster = setting.scenario.agents, setting.times.roster
    limit = round(agents.within_minutes * MINUTE)
    back = trace.escalations["transfer"] != Handover.ANSWERED
    ready, work = trace.escalations["ready"][back], trace.work[back]
    at_work = _transfer_need(trace, setting)
    if len(ready):
        due = np.minimum([roster.after(int(r), limit) for r in ready], setting.times.horizon + DAY).astype(np.int64)
        steps = roster.steps(1)
        need = deadline_staffing(ready, np.maximum(due, ready), work, steps.time, steps.capacity)
        at_work = max(at_work, need.people)
    employed = people_to_employ(at_work, agents.most_busy, agents.shrinkage) if at_work else 0
    return {"people_at_work": float(at_work), "people_employed": float(employed)}


def _transfer_need(trace: Trace, setting: Setting) -> int:
    """The fewest people who take over the asked share of callers in time at the mean rate of transfers (Erlang A)."""
    transfers, wanted = trace.transfers, setting.scenario.agents.transfer
    if not len(transfers["contact"]):
        return 0
    roster = setting.times.roster
    hours = float(roster.elapsed(_last(trace.attempts["end"])) - roster.elapsed(int(trace.attempts["start"].min())))
    rate = len(transfers["contact"]) / max(hours / SECOND, 1.0)
    handling = float((transfers["talk"] + transfers["wrap_up"]).mean()) / SECOND
    patience = max(wanted.patience.mean_value(), 1 / SECOND)  # a caller waits a millisecond at least
    return smallest_servers(rate, handling, wanted.within_seconds, wanted.share, patience)


def _numbers(trace: Trace, setting: Setting) -> dict[str, float]:
    contacts = setting.contacts
    calls = np.bincount(contacts.number[trace.attempts["contact"]], minlength=contacts.numbers)
    called = np.unique(trace.attempts["contact"])
    several = np.bincount(contacts.number[called], minlength=contacts.numbers) > 1
    return {"calls_to_a_number_most": float(calls.max()), "numbers_called_for_several": float(several.sum())}
