"""The screen of `compare`: plans side by side, then each against the first, the same people in both."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rich.cells import cell_len

from callbacksim.report.findings import Findings
from callbacksim.report.layout import WIDTH, Heading, fitted, heading, padded, paragraph, said, titled, wrapped
from callbacksim.report.promises import NAMES, state
from callbacksim.report.sentences import clear, cut_short, is_zero, sizes, unwritten
from callbacksim.report.texts import Texts
from callbacksim.report.words import UNDEFINED, Writer, about, bare_share, counts, fitting, money, number, plain, points
from callbacksim.study.compare import Comparison, Difference
from callbacksim.study.estimates import Estimate
from callbacksim.study.selection import Selection
from callbacksim.study.summary import unit_of_difference, values
from callbacksim.study.targets import verdicts

PLANS_ABREAST = 3
LABEL, COLUMN = 26, 17
SHARES, MONEY, POINTS, TIMES = "share", "money", "points", "time"
Row = tuple[str, str, str]

# Name, how it is written, words for more and fewer of it.
ROWS: tuple[Row, ...] = (
    ("throughput", "", "many"),
    ("attempts", "", "many"),
    ("interviews", "", "many"),
    ("line_occupancy", SHARES, "much"),
    ("agent_occupancy", SHARES, "much"),
    ("agent_hours", "", "many"),
    ("escalations", "", "many"),
    ("called_back_in_time", SHARES, "much"),
    ("wait_mean", "", "many"),
    ("people_employed", "", "many"),
    ("missed", "", "many"),
    ("satisfied", SHARES, "much"),
    ("error", POINTS, "high"),
    ("claimed_margin", "", "wide"),
    ("robot_cost", MONEY, "dear"),
    ("line_cost", MONEY, "dear"),
    ("agent_cost", MONEY, "dear"),
    ("overtime_cost", MONEY, "dear"),
    ("cost", MONEY, "dear"),
    ("cost_per_interview", MONEY, "dear"),
)
# Where a plan hands callers over, or has people listen to recordings.
FURTHER_ROWS: tuple[Row, ...] = (
    ("transferred_in_time", SHARES, "much"),
    ("abandoned_share", SHARES, "much"),
    ("recordings", "", "many"),
    ("found_on_recordings", "", "many"),
    ("listener_cost", MONEY, "dear"),
)
# Where a plan's ledger has clerks, look-back calls or reports from elsewhere.
LEDGER_ROWS: tuple[Row, ...] = (
    ("response_share", SHARES, "much"),
    ("resolved_share", SHARES, "much"),
    ("look_back_satisfied_share", SHARES, "much"),
    ("on_time_share", SHARES, "much"),
    ("overdue", "", "many"),
    ("case_days", "", "many"),
    ("reopened", "", "many"),
    ("clerk_occupancy", SHARES, "much"),
    ("clerk_cost", MONEY, "dear"),
)
FINISHES: tuple[Row, ...] = (("finish", TIMES, "late"), ("dialling_finish", TIMES, "late"))
LEDGER_FINISH: Row = ("ledger_finish", TIMES, "late")


def comparison_screen(comparison: Comparison, plans: Sequence[Findings], wanted: int | None = None) -> list[str]:
    """The lines of the screen, at most 80 cells wide; `plans` in the order of the comparison's studies.

    `wanted`: the replications that it was to have, where it was interrupted.
    """
    names, first = _names(comparison, plans), plans[0]
    say = first.say
    timing = "ledger_finish" if first.ledger_alone else "finish"
    plan = say.plan(first.plan, first.sets)
    base = plain(first.file) if plan == names[0] else say("plan.of_file", file=plain(first.file), plan=plan)
    about = say("compare.about", base=names[0], file=base, runs=_runs(plans), seed=first.study.seed)
    lines: list[str] = [
        *titled(say.closed(say("compare.title", others=say.listed(names[1:]), base=names[0]))),
        *paragraph(say.sentences([about, cut_short(plans[0].runs, wanted, say)])),
        "",
        *(
            line
            for at in range(1, len(names))
            for line in paragraph(say.closed(_sentence(comparison, at, names, timing, say)))
        ),
    ]
    for at in range(0, len(plans), PLANS_ABREAST):
        lines += _table(names[at : at + PLANS_ABREAST], plans[at : at + PLANS_ABREAST], _rows(plans))
    for name, real in zip(names[1:], list(comparison.studies)[1:], strict=True):
        lines += heading(fitted(say.closed(say("compare.against", plan=name, base=names[0])), WIDTH))
        of_plan = {one.measure: one for one in comparison.differences if one.plan == real}
        exactly, same = say("compare.exactly"), []
        for measure, way, more in (*_finishes(plans), *_rows(plans)):
            text = _difference(of_plan[measure], way, more, say)
            if text == exactly:
                same.append(say(f"row.{measure}"))
            elif text != UNDEFINED:
                lines += said(say(f"row.{measure}"), text, label_width=LABEL + 2)
        if same:
            lines += said(exactly, say.parts(same), label_width=LABEL + 2)
        lines += _saved(of_plan, timing, say)
    return lines


def _names(comparison: Comparison, plans: Sequence[Findings]) -> list[str]:
    """What the plans are called; the file as it stands goes by its Chinese name in Chinese."""
    say, alone = plans[0].say, len({found.file for found in plans}) == 1
    return [
        say.plan(None) if say.chinese and alone and found.plan is None else plain(name)
        for name, found in zip(comparison.studies, plans, strict=True)
    ]


def _runs(plans: Sequence[Findings]) -> str:
    """How many runs there are, and what their intervals hold."""
    first = plans[0]
    say = first.say
    if first.runs == 1:
        return say("compare.one_run")
    level = say.whole_share(first.scenario.study.confidence)
    runs = say("compare.runs", n=say.number(first.runs), level=level)
    return runs if len(plans) == 2 else say("compare.together", runs=runs, n=len(plans) - 1, level=level)


def _rows(plans: Sequence[Findings]) -> tuple[Row, ...]:
    """What is compared: of calls unless nobody is called, the rest where some plan does something of the kind."""
    calls = any(not found.ledger_alone for found in plans)
    ledger = [row for row in LEDGER_ROWS if any(found.ledger_told and found.known(row[0]) for found in plans)]
    further = [row for row in FURTHER_ROWS if any(found.known(row[0]) for found in plans)]
    return (*ROWS * calls, *further, *ledger)


def _finishes(plans: Sequence[Findings]) -> tuple[Row, ...]:
    calls = any(not found.ledger_alone for found in plans)
    return (*FINISHES * calls, *(LEDGER_FINISH,) * any(found.ledger_told for found in plans))


def _sentence(comparison: Comparison, at: int, names: Sequence[str], timing: str, say: Texts) -> str:
    """What a reader takes home of one plan: finish, cost and call-backs in time."""
    name, base, real = names[at], names[0], list(comparison.studies)[at]
    of_plan = {one.measure: one for one in comparison.differences if one.plan == real}
    known = [one.estimate for one in of_plan.values() if one.estimate.mean is not None]
    if known and all(map(is_zero, known)) and all(_defined_alike(comparison, real, measure) for measure in of_plan):
        return say("compare.all_the_same", plan=name, base=base)
    changes: list[str] = []
    same: list[str] = []
    rest: list[str] = []
    for measure, (up, down), way in (
        (timing, ("slower", "faster"), TIMES),
        ("cost", ("dearer", "cheaper"), MONEY),
        ("called_back_in_time", ("timelier", "tardier"), SHARES),
    ):
        if measure not in of_plan or (estimate := of_plan[measure].estimate).mean is None:
            continue
        figure = say("compare.finish" if measure == timing else f"compare.{measure}")
        write, unit = _written(measure, estimate, way, say)
        if is_zero(estimate):
            same.append(figure)
        elif clear(estimate) and unwritten(estimate.mean, write):
            rest.append(say("compare.hardly_in", figure=figure))
        elif not clear(estimate):
            more = of_plan[measure].runs_to_settle
            settle = "" if not more else say("compare.would_settle", runs=say.counted("more_run", about(more)))
            rest.append(say("compare.not_clear", figure=figure, settle=settle))
        else:
            size, ends = f"{write(abs(estimate.mean))}{unit}", sizes(estimate, write, say)
            changes.append(say(f"compare.{up if estimate.mean > 0 else down}", size=size, ends=ends))
    if same:
        rest.insert(0, say("compare.same_in", figures=say.listed(same)))
    if timing in of_plan and of_plan[timing].estimate.mean is None:
        rest.append(say("compare.not_comparable"))
    if changes:
        rest.insert(0, say("compare.than", said=say.listed(changes), base=base))
        return say("compare.sentence", plan=name, parts=say.parts(rest))
    return say("compare.beside", plan=name, base=base, parts=say.parts(rest))


def _saved(of_plan: Mapping[str, Difference], timing: str, say: Texts) -> list[str]:
    """What it was worth to ask the same people under both plans."""
    words = {timing: say("compare.finish"), "cost": say("compare.cost")}
    parts = [
        say("compare.saved_part", share=say.share(one.variance_saved), figure=words[name])
        for name in words
        if not math.isnan((one := of_plan[name]).variance_saved) and one.variance_saved > 0
    ]
    return paragraph(say("compare.saved", parts=say.listed(parts)), indent=2) if parts else []


def _defined_alike(comparison: Comparison, plan: str, measure: str) -> bool:
    """Whether a figure is defined for the plan where it is for the base: nothing is not the same as something."""
    ours, theirs = (values(comparison.studies[name], measure) for name in (plan, comparison.base))
    return [math.isnan(value) for value in ours] == [math.isnan(value) for value in theirs]


def _written(measure: str, estimate: Estimate, way: str, say: Texts) -> tuple[Writer, str]:
    """How a difference is written, and the unit that follows it."""
    if way == TIMES:
        write, unit = say.lasting(estimate)
        return write, f" {unit}"
    if way == MONEY:
        return say.money, ""
    if way in (SHARES, POINTS):
        scale = 100 if way == SHARES else 1
        return (lambda value: number(scale * value, 1)), say("compare.points")
    unit = say.known(f"difference.{measure}") or (f" {say.unit_after(measure)}" if say.chinese else "")
    return counts(fitting(estimate)), unit


def _difference(difference: Difference, way: str, more: str, say: Texts) -> str:
    """``20.4 h later (19.1–21.7)``, ``no clear difference (−0.1 to +0.2 points)``, ``exactly the same``."""
    estimate = difference.estimate
    if estimate.mean is None:
        return say("compare.horizon") if way == TIMES and estimate.n else UNDEFINED
    if is_zero(estimate):
        return say("compare.exactly")
    write, unit = _written(difference.measure, estimate, way, say)
    if estimate.n > 1 and not estimate.excludes(0):
        if estimate.low is None or estimate.high is None:
            return say("compare.unclear")
        low, high = _signed(estimate.low, write), _signed(estimate.high, write)
        more_runs = difference.runs_to_settle
        settled = say("compare.settled", runs=say.counted("more_run", about(more_runs))) if more_runs else ""
        return say("compare.unclear_between", low=low, high=high, unit=unit, settled=settled)
    word = say(f"differ.{'more' if estimate.mean > 0 else 'less'}_{more}")
    size = f"{write(abs(estimate.mean))}{unit}"
    change = say("compare.change", size=size, word=word, ends=sizes(estimate, write, say))
    return say("compare.hardly", change=change) if unwritten(estimate.mean, write) else change


def _signed(value: float, write: Writer) -> str:
    text = write(abs(value))
    return text if unwritten(value, write) else f"{'−' if value < 0 else '+'}{text}"


def _table(names: Sequence[str], plans: Sequence[Findings], rows: Sequence[Row]) -> list[str]:
    say = plans[0].say
    lines = ["", Heading("  " + padded("", LABEL - 2) + "".join(" " + padded(n, COLUMN, right=True) for n in names))]
    if any(not found.ledger_alone for found in plans):
        for name, words in (("finish_median", "half"), ("finish_p95", "late")):
            dates = [_dates(found, found.estimate(name), found.unfinished_runs) for found in plans]
            lines += _cells(say(f"compare.{words}"), dates)
    if any(found.ledger_told for found in plans):
        last = [_dates(found, found.half_by("ledger_finish"), found.unreached("ledger_finish")) for found in plans]
        lines += _cells(say("compare.ledger_half"), last)
    if any(found.scenario.targets.finish_by for found in plans):
        chances = [_two_lines(found, "finish_by_target", SHARES) for found in plans]
        lines += _cells(say("compare.date_kept"), chances)
    for name in NAMES:
        of_plans = [next((v for v in verdicts(found.study) if v.name == name), None) for found in plans]
        if any(of_plans):
            words = say("compare.target", name=say(f"promised.{name}").rsplit(" ", 1)[-1])
            lines += _cells(words, [[state(v.met, say) if v else UNDEFINED] for v in of_plans])
    for name, way, _ in rows:
        lines += _cells(say(f"row.{name}"), [_two_lines(found, name, way) for found in plans])
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
    say = found.say
    if name not in found.entries and name not in found.survey:
        return [UNDEFINED]
    estimate = found.estimate(name)
    if estimate.mean is None:
        return [UNDEFINED]
    write: Writer = {SHARES: say.share, MONEY: say.money, POINTS: points}.get(way) or counts(fitting(estimate))
    bare: Writer = bare_share if way == SHARES else (lambda v: money(v).replace("¥", "")) if way == MONEY else write
    if estimate.kind == "given":
        return [say("compare.given", value=write(estimate.mean))]
    if estimate.low is None or estimate.high is None or estimate.low == estimate.high:
        return [write(estimate.mean)]
    half = estimate.half_width or 0.0
    symmetric = abs(estimate.high - estimate.mean - half) < 1e-9 * max(1.0, abs(estimate.high))
    if symmetric and way != POINTS:
        own = counts(2 if abs(estimate.mean) < 100 else 0) if way == MONEY else bare
        text = f"{write(estimate.mean)} ± {own(half)}"
        return [text] if cell_len(text) <= COLUMN else wrapped(text, COLUMN)
    low, high = bare(estimate.low), bare(estimate.high)
    ends = say("compare.to", low=low, high=high) if way == POINTS else f"{low}–{high}"
    return [write(estimate.mean), say("compare.interval", ends=ends)]


def _dates(found: Findings, estimate: Estimate, late: int) -> list[str]:
    say = found.say
    if not estimate.n:
        return [UNDEFINED]
    if estimate.mean is None:
        return wrapped(say("compare.cut_off", n=late, runs=found.runs), COLUMN)
    text = wrapped(say.moment(found.date(estimate.mean)), COLUMN)
    if estimate.low is not None and estimate.high is not None:
        ends = say.span(found.date(estimate.low), found.date(estimate.high))
        return [*text, *wrapped(say("compare.interval", ends=ends), COLUMN)]
    if estimate.low is not None:
        return [*text, *wrapped(say("compare.or_later", at=say.moment(found.date(estimate.low))), COLUMN)]
    return text


def best_lines(
    comparison: Comparison, plans: Sequence[Findings], figure: str, delta: float, found: Selection
) -> list[str]:
    """What was chosen by one figure, and how surely."""
    names, say = _names(comparison, plans), plans[0].say
    unit = unit_of_difference(figure)
    limit = f"{delta:g} {say.unit(unit) if say.chinese else unit}".rstrip()
    if unit == "¥":  # as money is written everywhere else
        limit = f"{delta:g}元" if say.chinese else f"¥{delta:g}"
    runs = say.joined(f"{name} {number(n)}" for name, n in zip(names, found.replications, strict=True))
    said_of = {"figure": say.figure(figure), "best": names[found.best], "runs": runs}
    if found.certain:
        level = say.whole_share(plans[0].scenario.study.confidence)
        text = say("compare.chosen", limit=limit, level=level, **said_of)
    else:
        text = say("compare.capped", close=say.listed([names[plan] for plan in found.left]), **said_of)
    return [*heading(say("compare.best")), *paragraph(text, indent=2)]
