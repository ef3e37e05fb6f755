"""The page of `drivers`: which guess to measure first, and for each figure what every guess does to it."""

from __future__ import annotations

from collections.abc import Sequence

from callbacksim.report.directory import Run, versions
from callbacksim.report.page.assumptions import again, assumptions, facts_of
from callbacksim.report.page.blocks import Block, Cell, Figure, Grid, Listing, Prose, Section, number_cell
from callbacksim.report.page.charts import Chart
from callbacksim.report.page.effects import Move, Rank, ranks, tornado
from callbacksim.report.page.plans import difference
from callbacksim.report.page.sheet import Sheet, about, title_of
from callbacksim.report.page.svg import legend
from callbacksim.report.texts import Language, Texts
from callbacksim.report.words import UNDEFINED
from callbacksim.scenario.uncertain import Unknown
from callbacksim.study.drivers import Drivers, Effect, Ranking
from callbacksim.study.estimates import Estimate

MOST = 12
"""Inputs that a picture shows; the table has all."""
SEEN = 0.005
"""A total effect that is surely below this cannot be seen as a bar."""
WORTH = 0.05
"""A total effect below this is not worth a sentence."""


def drivers_sheet(found: Drivers, run: Run, language: Language, command: Sequence[str]) -> Sheet:
    """The page before it is written."""
    say = Texts(language)
    level = found.scenario.study.confidence
    sections = [
        _answer(found, say),
        *(_figure(found, one, say) for one in found.rankings),
        _ranges(found, say),
        assumptions(found.scenario, say),
        again(command, [*facts_of(found.seed, found.runs, level, str(run["identity"]), versions(), say)], say),
    ]
    runs = say("page.runs", runs=say.number(found.runs))
    names = say.listed([say.figure(one.figure) for one in found.rankings])
    question = say("drivers.question", guesses=say.number(len(found.inputs)), figures=names)
    return Sheet(title_of(run), question, about(run, runs, say), sections)


def _answer(found: Drivers, say: Texts) -> Section:
    """What to measure first, overall and where a figure has another answer."""
    if found.first is None:
        return Section("answer", say("section.answer"), say("drivers.nothing"), [])
    path = found.first.path
    lead = say("drivers.first", meaning=_meaning(found.first, say), field=path)
    items = []
    for ranking in found.rankings:
        first = ranking.first
        if first is None or first.total is None or (first.total.mean or 0.0) < WORTH:
            items.append(say("drivers.none", figure=say.figure(ranking.figure)))
            continue
        items.append(
            say(
                "drivers.most",
                figure=say.figure(ranking.figure),
                meaning=_meaning(first.input, say),
                field=first.input.path,
                share=_share(first.total, say),
                chance=_share(ranking.chance, say),
            )
        )
    blocks: list[Block] = [Listing([(item, None) for item in items])]
    chancy = [say.figure(one.figure) for one in found.rankings if _mostly_chance(one)]
    if chancy:
        blocks.append(Prose(say("drivers.chancy", figures=say.listed(chancy))))
    return Section("answer", say("section.answer"), lead, blocks)


def _mostly_chance(ranking: Ranking) -> bool:
    first = ranking.first
    return first is not None and first.total is not None and (ranking.chance.mean or 0.0) > (first.total.mean or 0.0)


def _meaning(one: Unknown, say: Texts) -> str:
    """What an input is; in Chinese the field's own words, where the input is a part of a field."""
    return (say.known_field(one.path) or one.path) if say.chinese else one.meaning or one.path


def _share(estimate: Estimate, say: Texts) -> str:
    """``62 % (48–75)``."""
    if estimate.mean is None:
        return UNDEFINED
    if estimate.low == estimate.high:
        return say.whole_share(round(estimate.mean, 2))
    ends = say.interval(estimate, lambda value: say.number(100 * value))
    return f"{say.whole_share(round(estimate.mean, 2))} {ends}".strip()


def _figure(found: Drivers, ranking: Ranking, say: Texts) -> Section:
    """What the guesses do to one figure: of its variance, and one at a time."""
    name = ranking.figure
    first = ranking.first
    _, spread, unit = difference(name, Estimate(ranking.sd, None, None, 2, "mean", 0.95), say)
    lead = [say("drivers.spread", sd=f"{spread.lstrip('+')} {unit}".strip())]
    if ranking.late:
        lead.append(say("drivers.late", n=say.number(ranking.late)))
    blocks: list[Block] = [_totals(ranking, say), _ends(found, ranking, say)] if first is not None else []
    title = say("drivers.of", figure=say.figure(name))
    return Section(f"drivers-{name}", title, say.sentences(lead), blocks)


def _totals(ranking: Ranking, say: Texts) -> Figure:
    """Total effects as bars, chance among them."""
    shown = [one for one in ranking.effects if one.total is not None and (one.total.high or 0.0) >= SEEN][:MOST]
    rows = [_rank(_meaning(one.input, say), one.total, "1", say) for one in shown if one.total is not None]
    rows.append(_rank(say("sure.chance"), ranking.chance, "5", say))
    title = say("drivers.totals", figure=say.figure(ranking.figure))
    says = say("drivers.totals_say", parts=say.listed([f"{row.words} {row.said}" for row in rows[:4]]))
    chart = Chart(title, says, "totals", say.whole_share)
    keys = legend([("1", say("drivers.guess")), ("5", say("sure.chance"))])
    table = [
        [
            Cell(one.input.path, name=True, class_="code"),
            Cell(_meaning(one.input, say)),
            *((Cell(say("drivers.next_to_nothing")),) if one.total is None else (_total_cell(one.total, say),)),
        ]
        for one in ranking.effects
    ]
    table.append([Cell(say("sure.chance")), Cell(""), _total_cell(ranking.chance, say)])
    heads = [say("assume.head_field"), say("assume.head_meaning"), say("drivers.head_total")]
    return Figure(title, ranks(chart, rows), keys, say("drivers.totals_note"), Grid(title, heads, table, "fields"))


def _rank(words: str, total: Estimate, class_: str, say: Texts) -> Rank:
    return Rank(words, total.mean or 0.0, total.low, total.high, _share(total, say), class_)


def _total_cell(total: Estimate, say: Texts) -> Cell:
    return number_cell(_share(total, say), total.mean)


def _ends(found: Drivers, ranking: Ranking, say: Texts) -> Block:
    """Each guess alone at the ends of its range; a sentence where none of them moves the figure."""
    moved = sorted(ranking.effects, key=lambda one: -one.swing)
    rows, table = [], []
    for at, one in enumerate(moved):
        low, high = (difference(ranking.figure, end, say) for end in (one.lowest, one.highest))
        unit = low[2]
        if at < MOST and one.swing:
            rows.append(_move(one, (low[0].mean or 0.0, low[1]), (high[0].mean or 0.0, high[1]), unit, say))
        table.append(
            [
                Cell(one.input.path, name=True, class_="code"),
                number_cell(figure_of(one.input.low), one.input.low),
                number_cell(f"{low[1]} {unit}".strip(), one.lowest.mean),
                number_cell(figure_of(one.input.high), one.input.high),
                number_cell(f"{high[1]} {unit}".strip(), one.highest.mean),
            ]
        )
    if not rows:
        return Prose(say("drivers.ends_still", figure=say.figure(ranking.figure)))
    title = say("drivers.ends", figure=say.figure(ranking.figure))
    says = say("drivers.ends_say", parts=say.listed([f"{row.words} {row.said}" for row in rows[:4]]))
    unit = difference(ranking.figure, ranking.chance, say)[2]
    widest = max((abs(move) for row in rows for move in (row.lowest, row.highest)), default=1.0)
    chart = Chart(title, says, "tornado", lambda value: say.number(value, 0 if widest >= 10 else 2), unit)
    keys = legend([("1", say("drivers.at_lowest")), ("2", say("drivers.at_highest"))])
    heads = [say("assume.head_field"), *(say(f"drivers.head_{name}") for name in ("low", "at_low", "high", "at_high"))]
    note = say("drivers.ends_note", pairs=say.number(found.pairs))
    grid = Grid(title, heads, table, "fields")
    return Figure(title, tornado(chart, rows), keys, note, grid, say("drivers.ends_table"))


def _move(one: Effect, low: tuple[float, str], high: tuple[float, str], unit: str, say: Texts) -> Move:
    words = _meaning(one.input, say)
    tips = [
        f"{words}\n{say(f'drivers.{key}')}: {figure_of(value)}\n{said} {unit}".strip()
        for key, value, said in (("at_lowest", one.input.low, low[1]), ("at_highest", one.input.high, high[1]))
    ]
    said = f"{_bare(low[1])} / {_bare(high[1])}"
    return Move(words, low[0], high[0], (tips[0], tips[1]), said)


def _bare(said: str) -> str:
    """A difference without its interval."""
    return said.replace("（", " ").split(" ")[0]


def figure_of(value: float) -> str:
    """An end of a range, in so many figures as matter."""
    return f"{value:.4g}".replace("-", "−")


def _ranges(found: Drivers, say: Texts) -> Section:
    """Every guess with its range, those that were left out and those that were not varied."""
    rows = [
        [
            Cell(one.path, name=True, class_="code"),
            Cell(_meaning(one, say)),
            *(number_cell(figure_of(value), value) for value in (one.value, one.low, one.high)),
            Cell(say.unit(one.unit)),
            Cell(say("sure.from_uncertain" if one.given else "sure.from_plausible")),
        ]
        for one in found.inputs
    ]
    heads = [
        say("assume.head_field"),
        say("assume.head_meaning"),
        *(say(f"sure.head_{key}") for key in ("value", "low", "high")),
        say("assume.head_unit"),
        say("sure.head_from"),
    ]
    blocks: list[Block] = [Grid(say("drivers.varied"), heads, rows, class_="fields")]
    if found.kept:
        kept = [
            [Cell(one.path, name=True, class_="code"), number_cell(figure_of(one.value), one.value)]
            for one in found.kept
        ]
        kept_heads = [say("assume.head_field"), say("assume.head_value")]
        blocks.append(Grid(say("drivers.not_varied"), kept_heads, kept, class_="fields"))
    lead = [say("drivers.how", rows=say.number(found.rows), pairs=say.number(found.pairs))]
    if found.left_out:
        lead.append(say("drivers.left_out", fields=say.listed(list(found.left_out))))
    if found.lost:
        lead.append(say("drivers.lost", n=say.number(found.lost)))
    return Section("ranges", say("section.ranges"), say.sentences(lead), blocks)
