"""What it costs, with robot and by hand; and what a few lines or one person more or less would change."""

from __future__ import annotations

from dataclasses import replace

from callbacksim.report.page.blocks import Block, Figure, Line, Section, plain_grid
from callbacksim.report.page.charts import Chart, IntervalRow, Whole, intervals, wholes
from callbacksim.report.page.plans import times
from callbacksim.report.page.record import Record, estimate_of
from callbacksim.report.page.svg import legend
from callbacksim.report.texts import Texts
from callbacksim.study.estimates import Estimate

PARTS = (
    ("robot_cost", "1"), ("line_cost", "3"), ("agent_cost", "2"), ("overtime_cost", "6"), ("listener_cost", "4"),
    ("clerk_cost", "7"),
)  # fmt: skip


def cost(record: Record, say: Texts) -> Section:
    """The section of the cost."""
    parts = [(name, class_, record.mean(name)) for name, class_ in PARTS]
    there = [(name, class_, value) for name, class_, value in parts if value is not None]
    blocks: list[Block] = [_figure(record, say, there)] if there else []
    lead = say.sentences([_per_interview(record, say), _saved(record, say)])
    return Section("cost", say("section.cost"), lead or say("cost.nothing"), blocks)


def _figure(record: Record, say: Texts, parts: list[tuple[str, str, float]]) -> Figure:
    manual = record.mean("manual_cost")
    title = say("cost.alone" if manual is None else "cost.title")
    own = Whole(
        say(f"cost.{record.mode}"),
        [(class_, say.figure(name), value) for name, class_, value in parts],
        say.money(record.mean("cost")),
    )
    rows = [own]
    if manual is not None:
        rows.append(Whole(say("cost.by_hand"), [("5", say.figure("manual_cost"), manual)], say.money(manual)))
    table: list[Line] = []
    for name in (
        *(name for name, _, _ in parts),
        "cost",
        "cost_per_interview",
        "manual_cost",
        "manual_hours",
        "hours_saved",
    ):
        estimate = record.estimate(name)
        if estimate.mean is not None:
            value, note = say.said(name, estimate)
            table.append([say.figure(name), (value, estimate.mean), say.unit_after(name), note])
    heads = [say("cost.head_part"), say("cost.head_amount"), say("head.unit"), say("head.interval")]
    keys = [(class_, say.figure(name)) for name, class_, _ in parts] + [("5", say("cost.by_hand"))] * (
        manual is not None
    )
    says = say.listed([f"{row.words} {row.said}" for row in rows])
    drawn = wholes(Chart(title, says, "cost", lambda value: say.money(value) if value else "0"), rows)
    return Figure(
        title,
        drawn,
        legend(keys),
        say("cost.shifts" if manual is None else "cost.note"),
        plain_grid(title, heads, table),
    )


def _per_interview(record: Record, say: Texts) -> str:
    total, each = record.estimate("cost"), record.estimate("cost_per_interview")
    if total.mean is None:
        return ""
    if each.mean is None:
        return say("cost.total", cost=say.in_words("cost", total))
    return say("cost.each", cost=say.in_words("cost", total), each=say.in_words("cost_per_interview", each))


def _saved(record: Record, say: Texts) -> str:
    hours, manual = record.estimate("hours_saved"), record.estimate("manual_cost")
    if hours.mean is None or manual.mean is None:
        return ""
    text = say("cost.saved", cost=say.in_words("manual_cost", manual), hours=say.in_words("hours_saved", hours))
    return say.sentences([text, say("cost.first_runs", n=say.number(manual.n))]) if manual.n < record.runs else text


def what_ifs(record: Record, say: Texts) -> Section | None:
    """The section of the nearest other plans, each against this one on the same people."""
    probes = [one for one in record.result["probes"] if one["finish"]["difference"] is not None]
    if not probes:
        return None
    rows: list[IntervalRow] = []
    table: list[Line] = []
    for probe in probes:
        finish = estimate_of(probe["finish"], record.runs, record.result["confidence"])
        in_time = estimate_of(probe["called_back_in_time"], record.runs, record.result["confidence"])
        words = probe_words(probe["what"], say)
        said = _hours(finish, say)
        rows.append(IntervalRow(words, finish.mean, finish.low, finish.high, said))
        table.append([words, (said, finish.mean), (_points(in_time, say), in_time.mean)])
    title = say("what_if.title")
    says = say.listed([f"{row.words} {row.said}" for row in rows])
    chart = Chart(title, says, "what-if", lambda value: say.number(value, 1).removesuffix(".0"), say("unit.hours"))
    heads = [say("what_if.change"), say("what_if.finish"), say("what_if.in_time")]
    drawn = intervals(chart, rows, zero=True, least=(-1, 1))
    figure = Figure(title, drawn, note=say("what_if.note"), table=plain_grid(title, heads, table))
    return Section("what-if", say("section.what_if"), say("what_if.lead"), [figure])


def probe_words(what: str, say: Texts) -> str:
    """``10 lines fewer`` in the page's language."""
    number, _, rest = what.partition(" ")
    known = say.known(f"what_if.{rest.replace(' ', '_')}")
    return known.format(n=1 if number == "one" else number) if known else what


def _hours(change: Estimate, say: Texts) -> str:
    """How much later or earlier, with the interval of just that."""
    if change.mean is None:
        return ""
    if change.mean == 0:
        return say("what_if.same")
    if round(abs(change.mean), 1) == 0:
        return say("what_if.much_the_same")
    if change.mean < 0:
        flipped = times(change, -1)
        change = replace(flipped, low=flipped.high, high=flipped.low)
        key = "what_if.earlier"
    else:
        key = "what_if.later"
    said = say(key, hours=say.number(change.mean, 1))
    return f"{said} {say.interval(change, lambda value: say.number(value, 1))}"


def _points(change: Estimate, say: Texts) -> str:
    if change.mean is None:
        return ""
    points = times(change, 100)
    return f"{say.points(points.mean)} {say.interval(points, say.points)}".strip()
