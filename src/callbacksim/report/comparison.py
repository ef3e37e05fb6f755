"""The screen of `compare`: plans side by side, then each against the first, the same people in both."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from callbacksim.report.findings import Findings
from callbacksim.report.layout import WIDTH, Heading, fitted, heading, padded, paragraph, said, titled, wrapped
from callbacksim.report.promises import NAMES, state
from callbacksim.report.sentences import clear, is_zero, sizes
from callbacksim.report.texts import ENGLISH
from callbacksim.report.words import (
    UNDEFINED,
    Writer,
    bare_share,
    counted,
    counts,
    fitting,
    lasting,
    listed,
    moment,
    money,
    number,
    percent,
    plain,
    points,
    share,
    span,
)
from callbacksim.study.compare import Comparison, Difference, unit_of_difference
from callbacksim.study.estimates import Estimate
from callbacksim.study.selection import Selection
from callbacksim.study.summary import WORDS, values
from callbacksim.study.targets import verdicts

PLANS_ABREAST = 3
LABEL, COLUMN = 26, 17
SHARES, MONEY, POINTS, TIMES = "share", "money", "points", "time"

# Name, words on the screen, how it is written, words for more and fewer of it.
ROWS: tuple[tuple[str, str, str, tuple[str, str]], ...] = (
    ("throughput", "calls an hour 外呼量", "", ("more", "fewer")),
    ("attempts", "calls 外呼次数", "", ("more", "fewer")),
    ("interviews", "interviews 有效回访", "", ("more", "fewer")),
    ("line_occupancy", "dialling busy 利用率", SHARES, ("more", "less")),
    ("agent_occupancy", "people busy 人员利用率", SHARES, ("more", "less")),
    ("agent_hours", "hours of people 人工工时", "", ("more", "fewer")),
    ("escalations", "sent to people 转人工", "", ("more", "fewer")),
    ("called_back_in_time", "back in time 及时回访率", SHARES, ("more", "less")),
    ("wait_mean", "min to first call-back", "", ("more", "fewer")),
    ("people_employed", "people to employ 需配备", "", ("more", "fewer")),
    ("missed", "problems missed 漏识别", "", ("more", "fewer")),
    ("satisfied", "found satisfied 满意率", SHARES, ("more", "less")),
    ("error", "survey minus truth, pts", POINTS, ("higher", "lower")),
    ("claimed_margin", "its margin, points ±", "", ("wider", "narrower")),
    ("robot_cost", "call charges 外呼费", MONEY, ("dearer", "cheaper")),
    ("line_cost", "rent of lines 线路租金", MONEY, ("dearer", "cheaper")),
    ("agent_cost", "people 人工费用", MONEY, ("dearer", "cheaper")),
    ("overtime_cost", "overtime 加班费用", MONEY, ("dearer", "cheaper")),
    ("cost", "cost together 总费用", MONEY, ("dearer", "cheaper")),
    ("cost_per_interview", "an interview 每份费用", MONEY, ("dearer", "cheaper")),
)
# Where a plan hands callers over, or has people listen to recordings.
FURTHER_ROWS: tuple[tuple[str, str, str, tuple[str, str]], ...] = (
    ("transferred_in_time", "taken over in time 接续", SHARES, ("more", "less")),
    ("abandoned_share", "hung up before 转接放弃", SHARES, ("more", "less")),
    ("recordings", "recordings heard 抽听", "", ("more", "fewer")),
    ("found_on_recordings", "items found there 发现", "", ("more", "fewer")),
    ("listener_cost", "listeners 抽听费用", MONEY, ("dearer", "cheaper")),
)
# Where a plan's ledger has clerks, look-back calls or reports from elsewhere.
LEDGER_ROWS: tuple[tuple[str, str, str, tuple[str, str]], ...] = (
    ("response_share", "taken up 响应率", SHARES, ("more", "less")),
    ("resolved_share", "resolved 解决率", SHARES, ("more", "less")),
    ("look_back_satisfied_share", "satisfied 满意率", SHARES, ("more", "less")),
    ("on_time_share", "on time 按期办结率", SHARES, ("more", "less")),
    ("overdue", "late cases 超期件", "", ("more", "fewer")),
    ("case_days", "days of a case 办理天数", "", ("more", "fewer")),
    ("reopened", "reopened 重办件", "", ("more", "fewer")),
    ("clerk_occupancy", "clerks busy 审核利用率", SHARES, ("more", "less")),
    ("clerk_cost", "clerks 审核人员费用", MONEY, ("dearer", "cheaper")),
)
SAME = "exactly the same"
FINISHES = (
    ("finish", "all done 全部完成", TIMES, ("later", "earlier")),
    ("dialling_finish", "robot calls done 外呼完成", TIMES, ("later", "earlier")),
)
LEDGER_FINISH = ("ledger_finish", "ledger done 台账办结", TIMES, ("later", "earlier"))
UNITS = {"agent_hours": " h", "wait_mean": " min", "claimed_margin": " points", "throughput": " an hour"}


def comparison_screen(comparison: Comparison, plans: Sequence[Findings]) -> list[str]:
    """The lines of the screen, at most 80 cells wide; `plans` in the order of the comparison's studies."""
    names = [plain(name) for name in comparison.studies]
    first = plans[0]
    level = percent(first.scenario.study.confidence)
    runs = f"{first.runs:,} runs each, {level} intervals" if first.runs > 1 else "one run each, so no intervals"
    if len(plans) > 2 and first.runs > 1:
        runs += f" (for each figure, the differences from {len(plans) - 1} plans hold together at {level})"
    timing = "ledger_finish" if first.ledger_alone else "finish"
    base = f"{names[0]} is {plain(first.file)}, {ENGLISH.plan(first.plan, first.sets)}."
    lines: list[str] = [
        *titled(f"{listed(names[1:])} against {names[0]}"),
        *paragraph(f"{base} The same people under each plan; simulated 仿真: {runs}, seed {first.study.seed}."),
        "",
        *(line for name in names[1:] for line in paragraph(_sentence(comparison, name, names, timing))),
    ]
    for at in range(0, len(plans), PLANS_ABREAST):
        lines += _table(names[at : at + PLANS_ABREAST], plans[at : at + PLANS_ABREAST], _rows(plans))
    for name, real in zip(names[1:], list(comparison.studies)[1:], strict=True):
        lines += heading(fitted(f"{name} AGAINST {names[0]} 差异", WIDTH))
        of_plan = {one.measure: one for one in comparison.differences if one.plan == real}
        same = []
        for measure, words, way, more in (*_finishes(plans), *_rows(plans)):
            text = _difference(of_plan[measure], way, more)
            if text == SAME:
                same.append(words)
            elif text != UNDEFINED:
                lines += said(words, text, label_width=LABEL + 2)
        if same:
            lines += said(SAME, "; ".join(same), label_width=LABEL + 2)
        lines += _saved(of_plan, timing)
    return lines


def _rows(plans: Sequence[Findings]) -> tuple[tuple[str, str, str, tuple[str, str]], ...]:
    """What is compared: of calls unless nobody is called, the rest where some plan does something of the kind."""
    calls = any(not found.ledger_alone for found in plans)
    ledger = [row for row in LEDGER_ROWS if any(found.ledger_told and found.known(row[0]) for found in plans)]
    further = [row for row in FURTHER_ROWS if any(found.known(row[0]) for found in plans)]
    return (*ROWS * calls, *further, *ledger)


def _finishes(plans: Sequence[Findings]) -> tuple[tuple[str, str, str, tuple[str, str]], ...]:
    calls = any(not found.ledger_alone for found in plans)
    return (*FINISHES * calls, *(LEDGER_FINISH,) * any(found.ledger_told for found in plans))


def _sentence(comparison: Comparison, name: str, names: Sequence[str], timing: str) -> str:
    """What a reader takes home of one plan."""
    real = list(comparison.studies)[names.index(name)]
    of_plan = {one.measure: one for one in comparison.differences if one.plan == real}
    known = [one.estimate for one in of_plan.values() if one.estimate.mean is not None]
    if known and all(map(is_zero, known)) and all(_defined_alike(comparison, real, measure) for measure in of_plan):
        return f"{name} is exactly the same as {names[0]}."
    said, alike = [], []
    for measure, (up, down), way in (
        (timing, ("slower", "faster"), TIMES),
        ("cost", ("dearer", "cheaper"), MONEY),
    ):
        estimate = of_plan[measure].estimate
        if not clear(estimate) or estimate.mean is None:
            if estimate.mean is not None:
                alike.append("cost" if measure == "cost" else "finish")
            continue
        write, unit = _written(measure, estimate, way)
        said.append(
            f"{up if estimate.mean > 0 else down} by {write(abs(estimate.mean))}{unit} {sizes(estimate, write)}"
        )
    unclear = "" if of_plan[timing].estimate.mean is not None else " When it is finished cannot be compared: see below."
    if not said:
        return f"{name}: no clear difference from {names[0]} in finish or cost.{unclear}"
    same = f"; no clear difference in {alike[0]}" if alike else ""
    return f"{name} is {listed(said)} than {names[0]}{same}.{unclear}"


def _saved(of_plan: Mapping[str, Difference], timing: str) -> list[str]:
    """What it was worth to ask the same people under both plans."""
    words = {timing: "finish", "cost": "cost"}
    parts = [
        f"{share(one.variance_saved)} for {words[name]}"
        for name in words
        if not math.isnan((one := of_plan[name]).variance_saved) and one.variance_saved > 0
    ]
    if not parts:
        return []
    return paragraph(f"Meeting the same people saved so much of the differences' variance: {listed(parts)}.", indent=2)


def _defined_alike(comparison: Comparison, plan: str, measure: str) -> bool:
    """Whether a figure is defined for the plan where it is for the base: nothing is not the same as something."""
    ours, theirs = (values(comparison.studies[name], measure) for name in (plan, comparison.base))
    return [math.isnan(value) for value in ours] == [math.isnan(value) for value in theirs]


def _written(measure: str, estimate: Estimate, way: str) -> tuple[Writer, str]:
    """How a difference is written, and the unit that follows it."""
    if way == TIMES:
        write, unit = lasting(estimate)
        return write, f" {unit}"
    if way == MONEY:
        return money, ""
    if way in (SHARES, POINTS):
        scale = 100 if way == SHARES else 1
        return (lambda value: number(scale * value, 1)), " points"
    return counts(fitting(estimate)), UNITS.get(measure, "")


def _difference(difference: Difference, way: str, more: tuple[str, str]) -> str:
    """``20.4 h later (19.1–21.7)``, ``no clear difference (−0.1 to +0.2 points)``, ``exactly the same``."""
    estimate = difference.estimate
    if estimate.mean is None:
        if way == TIMES and estimate.n:
            return "cannot be compared: some runs end at the horizon"
        return UNDEFINED
    if is_zero(estimate):
        return SAME
    write, unit = _written(difference.measure, estimate, way)
    if estimate.n > 1 and not estimate.excludes(0):
        if estimate.low is None or estimate.high is None:
            return "no clear difference"
        ends = f"{_signed(estimate.low, write)} to {_signed(estimate.high, write)}{unit}"
        more_runs = difference.runs_to_settle
        settled = f"; about {counted(more_runs, 'run')} more would settle it" if more_runs else ""
        return f"no clear difference ({ends}){settled}"
    word = more[0] if estimate.mean > 0 else more[1]
    return f"{write(abs(estimate.mean))}{unit} {word} {sizes(estimate, write)}"


def _signed(value: float, write: Writer) -> str:
    text = write(abs(value))
    if not any(digit in text for digit in "123456789"):
        return text
    return f"{'−' if value < 0 else '+'}{text}"


def _table(
    names: Sequence[str], plans: Sequence[Findings], rows: Sequence[tuple[str, str, str, tuple[str, str]]]
) -> list[str]:
    lines = ["", Heading("  " + padded("", LABEL - 2) + "".join(" " + padded(n, COLUMN, right=True) for n in names))]
    if any(not found.ledger_alone for found in plans):
        for name, words in (("finish_median", "half done by 中位"), ("finish_p95", "95 % done by")):
            lines += _cells(words, [_dates(found, found.estimate(name), found.unfinished_runs) for found in plans])
    if any(found.ledger_told for found in plans):
        last = [_dates(found, found.half_by("ledger_finish"), found.unreached("ledger_finish")) for found in plans]
        lines += _cells("ledger half done 台账", last)
    if any(found.scenario.targets.finish_by for found in plans):
        chances = [_two_lines(found, "finish_by_target", SHARES) for found in plans]
        lines += _cells("date kept 按期完成", chances)
    for name in NAMES:
        of_plans = [next((v for v in verdicts(found.study) if v.name == name), None) for found in plans]
        if any(of_plans):
            words = ENGLISH(f"promised.{name}").rsplit(" ", 1)[1]
            lines += _cells(f"target {words}", [[state(v.met) if v else UNDEFINED] for v in of_plans])
    for name, words, way, _ in rows:
        lines += _cells(words, [_two_lines(found, name, way) for found in plans])
    return lines


def _cells(words: str, cells: Sequence[Sequence[str]]) -> list[str]:
    """One row of the table; the intervals stand below the figures."""
    lines = []
    for depth in range(max(map(len, cells))):
        label = padded("  " + words if not depth else "", LABEL)
        texts = [padded(cell[depth] if depth < len(cell) else "", COLUMN, right=True) for cell in cells]
        lines.append((label + "".join(f" {text}" for text in texts)).rstrip())
    return lines


def _two_lines(found: Findings, name: str, way: str) -> list[str]:
    if name not in found.entries and name not in found.survey:
        return [UNDEFINED]
    estimate = found.estimate(name)
    if estimate.mean is None:
        return [UNDEFINED]
    write: Writer = {SHARES: share, MONEY: money, POINTS: points}.get(way) or counts(fitting(estimate))
    bare: Writer = bare_share if way == SHARES else (lambda v: money(v).replace("¥", "")) if way == MONEY else write
    if estimate.kind == "given":
        return [f"{write(estimate.mean)} given"]
    if estimate.low is None or estimate.high is None or estimate.low == estimate.high:
        return [write(estimate.mean)]
    half = estimate.half_width or 0.0
    symmetric = abs(estimate.high - estimate.mean - half) < 1e-9 * max(1.0, abs(estimate.high))
    if symmetric and way != POINTS:
        own = counts(2 if abs(estimate.mean) < 100 else 0) if way == MONEY else bare
        text = f"{write(estimate.mean)} ± {own(half)}"
        return [text] if len(text) <= COLUMN else wrapped(text, COLUMN)
    joined = (
        f"{bare(estimate.low)} to {bare(estimate.high)}"
        if way == POINTS
        else f"{bare(estimate.low)}–{bare(estimate.high)}"
    )
    return [write(estimate.mean), f"({joined})"]


def _dates(found: Findings, estimate: Estimate, late: int) -> list[str]:
    if not estimate.n:
        return [UNDEFINED]
    if estimate.mean is None:
        return wrapped(f"not by the horizon ({late} of {found.runs} runs)", COLUMN)
    text = moment(found.date(estimate.mean))
    if estimate.low is not None and estimate.high is not None:
        return [
            *wrapped(text, COLUMN),
            *wrapped(f"({span(found.date(estimate.low), found.date(estimate.high))})", COLUMN),
        ]
    if estimate.low is not None:
        return [*wrapped(text, COLUMN), *wrapped(f"({moment(found.date(estimate.low))} or later)", COLUMN)]
    return wrapped(text, COLUMN)


def best_lines(comparison: Comparison, figure: str, delta: float, found: Selection) -> list[str]:
    """What was chosen by one figure, and how surely."""
    plans = [plain(name) for name in comparison.studies]
    limit = f"{delta:g} {unit_of_difference(figure)}".rstrip()
    best, words = plans[found.best], WORDS[figure].english
    runs = ", ".join(f"{plan} {number(n)}" for plan, n in zip(plans, found.replications, strict=True))
    if found.certain:
        level = percent(next(iter(comparison.studies.values())).scenario.study.confidence)
        said = f"By {words}, {best} is the best or within {limit} of it, with probability {level} or more"
    else:
        close = listed([plans[plan] for plan in found.left])
        said = f"By {words}, the cap came before {close} could be told apart; {best} leads"
    return [*heading("THE BEST PLAN 最优方案"), *paragraph(f"{said} (runs: {runs}).", indent=2)]
