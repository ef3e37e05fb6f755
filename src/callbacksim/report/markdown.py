"""summary.md: one page for a desk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callbacksim.report.findings import Findings
from callbacksim.report.funnel import stages
from callbacksim.report.screen import cut_off, plan_name
from callbacksim.report.sentences import binds, main_error, probability, trust, verdict, what_if
from callbacksim.report.words import (
    UNDEFINED,
    Writer,
    bare_share,
    counts,
    figure,
    fitting,
    full_day,
    moment,
    money,
    percent,
    plain,
    points,
    share,
)

_SPECIAL = str.maketrans({c: f"\\{c}" for c in "\\`*_[]#|"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"})


def escaped(text: str) -> str:
    """Other people's text that stays text in Markdown and in the HTML made of it."""
    return plain(text).translate(_SPECIAL)


def summary_page(found: Findings) -> str:
    """The page."""
    scenario = found.scenario
    title = escaped(scenario.title or found.file)
    level = percent(scenario.study.confidence)
    runs = f"{found.runs:,} runs, {level} intervals" if found.runs > 1 else "one run, so no intervals"
    calls = not found.ledger_alone
    parts = [
        f"# {title}",
        "**SIMULATED DATA 模拟数据** — a forecast of a model, no record of real calls.",
        f"{escaped(found.file)}, {escaped(plan_name(found.plan, found.sets))}; "
        f"first day {full_day(scenario.calendar.start)}; {runs}, seed {found.study.seed}.",
        f"**{escaped(verdict(found))}**",
        "## From the register to the ledger 从名单到台账" if calls else "## What became of the reports 台账",
        _table(
            ("Stage", "Count", ""),
            [("&nbsp;" * 4 * one.indent + escaped(one.words), one.value, escaped(one.note)) for one in stages(found)],
        ),
        "## Figures 主要指标",
        _table(("Figure", f"Mean ({level} interval)"), _figures(found)),
        "## What binds 瓶颈" if calls else "",
        escaped(binds(found)) if calls else "",
        "\n".join(f"- {escaped(one.probe.what)}: {escaped(what_if(one))}" for one in found.effects),
        "## How far to trust the satisfaction 满意度可信度" if calls else "",
        escaped(f"{trust(found)} {main_error(found)}".strip()) if calls else "",
        "## Warnings 注意",
        "\n".join(f"- {escaped(warning)}" for warning in found.warnings) or "None 无.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _figures(found: Findings) -> Iterable[tuple[str, str]]:
    cut = f", {cut_off(found)}" if cut_off(found) else ""
    promise, kept = found.scenario.targets.finish_by, found.known("finish_by_target")
    if promise is not None and kept is not None:
        yield f"done by {moment(promise)} 按期完成", f"probability {probability(kept)}"
    yield from (
        (words, _cell(found, name, write, bare))
        for name, words, write, bare in (
            ("satisfied", "found satisfied 调查满意率", share, bare_share),
            ("true_satisfied_businesses", "truly satisfied businesses 真实满意率", share, bare_share),
            ("error", "survey minus truth, points 总误差", points, points),
            ("line_occupancy", "busy share of the lines 线路利用率", share, bare_share),
            ("agent_occupancy", "busy share of the people 人员利用率", share, bare_share),
            ("called_back_in_time", "called back in time 及时回访率", share, bare_share),
            ("people_at_work", "people at work needed 需在岗人数", None, None),
            ("people_employed", "people to employ 需配备人数", None, None),
            ("response_share", "problem cases taken up 响应率", share, bare_share),
            ("resolved_share", "problem cases resolved 解决率", share, bare_share),
            ("look_back_satisfied_share", "satisfied when looked back on 满意率", share, bare_share),
            ("on_time_share", "settled by the due date 按期办结率", share, bare_share),
            ("reopened", "cases reopened 重办件", None, None),
            ("clerk_occupancy", "busy share of the clerks 审核人员利用率", share, bare_share),
            ("cost", f"cost 总费用{cut}", money, money),
            ("cost_per_interview", f"for each interview 每份有效回访{cut}", money, money),
            ("hours_saved", "hours saved against calling by hand 节省工时", None, None),
        )
        if found.ledger_has(name) and (not found.ledger_alone or found.known(name))
    )


def _cell(found: Findings, name: str, write: Writer | None, bare: Writer | None) -> str:
    estimate = found.estimate(name)
    if estimate.mean is None:
        return UNDEFINED
    write = write or counts(fitting(estimate))
    return figure(estimate, write, bare or write)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
