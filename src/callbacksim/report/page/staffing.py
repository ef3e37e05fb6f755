"""The page of `staff`: the plan and how sure it is, the map of lines and people, one less, what was looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from callbacksim.report.directory import Run, versions
from callbacksim.report.page.answer import STATES, answer, judged
from callbacksim.report.page.assumptions import again, assumptions, facts_of
from callbacksim.report.page.blocks import Block, Cell, Figure, Grid, Prose, Section, Tile, Tiles, number_cell
from callbacksim.report.page.build import course
from callbacksim.report.page.charts import Chart, IntervalRow, intervals
from callbacksim.report.page.maps import MOST, Dot, Place, cloud, frontier, map_of, share_keys, share_shade
from callbacksim.report.page.record import Record
from callbacksim.report.page.sheet import Sheet, about, title_of
from callbacksim.report.page.svg import legend
from callbacksim.report.promises import target_result
from callbacksim.report.texts import Language, Texts
from callbacksim.report.words import UNDEFINED
from callbacksim.study.staffing.plans import Grid as Plans
from callbacksim.study.staffing.plans import Plan
from callbacksim.study.staffing.search import Tried
from callbacksim.study.staffing.staff import Less, StaffingAnswer
from callbacksim.study.targets import Verdict


def staffing_sheet(
    found: StaffingAnswer, record: Record | None, run: Run, language: Language, command: Sequence[str]
) -> Sheet:
    """The page before it is written; `record` is a run of the plan, or of the nearest if none keeps every promise."""
    say = Texts(language)
    sections = [
        _answer(found, say),
        _map(found, say),
        _less(found, say),
        _frontier(found, say),
        *([] if record is None else _run(found, record, say)),
        assumptions(found.scenario if found.plan is None else found.applied(), say),
        again(command, _facts(found, run, say), say),
    ]
    runs = say("staff.runs", runs=say.number(found.replications))
    question = say("staff.question", start=say.full_day(found.scenario.calendar.start))
    shown = [section for section in sections if section is not None]
    return Sheet(title_of(run), question, about(run, runs, say), shown)


def plan_words(plan: Plan, say: Texts) -> str:
    """``20 lines and 2 people``."""
    return say.listed([_counted(name, count, say) for name, count in plan.counts().items()])


def _counted(name: str, count: int, say: Texts) -> str:
    department = name.removeprefix("departments.")
    if department != name:
        return say("staff.at", n=say.number(count), name=department)
    return say(f"staff.one_{name}" if count == 1 else f"staff.{name}", n=say.number(count))


# --- the answer ------------------------------------------------------------------------------------------------------


def _answer(found: StaffingAnswer, say: Texts) -> Section:
    blocks: list[Block] = []
    if found.plan is not None:
        blocks.append(Tiles(_tiles(found, found.plan, say)))
    targets = _judged(found)
    if targets:
        caption = say("staff.targets" if found.plan is not None else "staff.targets_nearest")
        blocks.append(judged([target_result(one) for one in targets], caption, say))
    lead = _found(found, say) if found.plan is not None else _nothing(found, say)
    return Section("answer", say("section.answer"), say.sentences(lead), [*blocks, *_unsure(found, say)])


def _judged(found: StaffingAnswer) -> Sequence[Verdict]:
    """The targets of the plan on fresh runs; without a plan those of the nearest in the search."""
    nearest = found.nearest
    return found.targets if found.plan is not None else () if nearest is None else nearest.targets


def _found(found: StaffingAnswer, say: Texts) -> list[str]:
    assert found.plan is not None and found.cost is not None
    cost = f"{say.money(found.cost.mean)} {say.interval(found.cost, say.money)}".strip()
    sentences = [say("staff.found", plan=plan_words(found.plan, say), cost=cost)]
    sentences.append(say("staff.kept", targets=say.listed([_surely(one, say) for one in found.targets])))
    if found.confirmed_on is not None:
        first, after = found.confirmed_on
        level = say.whole_share(found.confidence)
        sentences.append(say("staff.fresh", runs=say.number(after - first), level=level))
    if found.confirmations > 1:
        sentences.append(say("staff.tries", n=say.number(found.confirmations)))
    return [*sentences, _binds(found, say)]


def _surely(one: Verdict, say: Texts) -> str:
    kept = say.share(one.probability.mean)
    return say("staff.surely", target=_name(one.name, say), kept=kept, low=say.share(one.probability.low))


def _name(target: str, say: Texts) -> str:
    return say(f"staff.target_{target}")


def _binds(found: StaffingAnswer, say: Texts) -> str:
    """What one less of each resource would break, in a sentence."""
    binds = [
        say("staff.binding", less=_one_less(one, say), targets=say.listed([_name(name, say) for name in one.breaks]))
        for one in found.less
        if one.breaks
    ]
    if not found.less:
        return ""
    return say("staff.binds", binds=say.listed(binds)) if binds else say("staff.nothing_binds")


def _nothing(found: StaffingAnswer, say: Texts) -> list[str]:
    """What is said where no plan keeps every promise."""
    nearest = found.nearest
    if nearest is None:
        return [say("staff.no_plan")]
    if nearest.met is not False and found.confirmations:
        return [say("staff.not_confirmed", n=say.number(found.confirmations))]
    first = say("staff.no_plan" if nearest.met is False else "staff.no_sure_plan")
    bad = [_fails(one, say) for one in nearest.targets if one.met is not True]
    if nearest.cost is None:
        bad.append(say("staff.cut_off"))
    return [first, say("staff.nearest", plan=plan_words(nearest.plan, say), targets=say.listed(bad))]


def _fails(one: Verdict, say: Texts) -> str:
    kept = say("staff.unknown_share") if one.probability.mean is None else say.share(one.probability.mean)
    return say("staff.fails", target=_name(one.name, say), kept=kept)


def _tiles(found: StaffingAnswer, plan: Plan, say: Texts) -> list[Tile]:
    tiles = [
        Tile(say("staff.at_department", name=name.removeprefix("departments.")), say.number(count))
        if name.startswith("departments.")
        else Tile(say(f"staff.tile_{name}"), say.number(count))
        for name, count in plan.counts().items()
    ]
    if found.cost is not None:
        tiles.append(Tile(say("tile.cost"), say.money(found.cost.mean), say.interval(found.cost, say.money)))
    worst = _worst(found.targets)
    if worst is not None:
        note = say("staff.tile_surely", low=say.share(worst.probability.low))
        words = say("staff.tile_kept" if len(found.targets) == 1 else "staff.tile_worst")
        tiles.append(Tile(words, say.share(worst.probability.mean), note))
    return tiles


def _worst(targets: Sequence[Verdict]) -> Verdict | None:
    """The target that is kept least often; None where one of them is not known."""
    if not targets or any(one.probability.mean is None for one in targets):
        return None
    return min(targets, key=lambda one: one.probability.mean or 0.0)


def _unsure(found: StaffingAnswer, say: Texts) -> list[Block]:
    """Plans that may be as good, in a paragraph each."""
    said = [
        say("staff.rival", plan=plan_words(one.plan, say), apart=f"{say.money(apart.mean)}")
        for one, apart in found.rivals[:3]
        if apart.mean is not None
    ]
    said += [
        say(
            "staff.rejected" if one.rejected else "staff.unclear",
            plan=plan_words(one.plan, say),
            cost=say.money(one.cost),
        )
        for one in found.unclear[:3]
    ]
    return [Prose(text) for text in said]


# --- the map ---------------------------------------------------------------------------------------------------------


def _map(found: StaffingAnswer, say: Texts) -> Section:
    """Lines and people: a map at the plan's own numbers of all others, and for other numbers one to be opened."""
    centre = found.plan or (found.nearest.plan if found.nearest else found.tried[-1].plan)
    seen = Counter(_others(one.plan) for one in found.tried if one.runs)
    del seen[_others(centre)]
    shown = [
        centre,
        *(replace(others, lines=centre.lines, agents=centre.agents) for others, _ in seen.most_common(MAPS)),
    ]
    wanted = say.whole_share(found.scenario.targets.probability)
    maps = [_slice(found, of, at > 0, say) for at, of in enumerate(shown)]
    left = [Prose(say("staff.map_others", n=say.number(len(seen) - MAPS)))] if len(seen) > MAPS else []
    return Section("map", say("section.map"), say("staff.map_lead", wanted=wanted), [*maps, *left])


MAPS = 12
"""Maps for other numbers than the plan's, at most; the table of plans has all."""


def _others(plan: Plan) -> Plan:
    """All but lines and people who call back."""
    return replace(plan, lines=0, agents=0)


def _slice(found: StaffingAnswer, centre: Plan, folded: bool, say: Texts) -> Figure:
    """The map of lines and people at the numbers of all others of one plan."""
    slice_ = {(one.plan.lines, one.plan.agents): one for one in found.tried if _others(one.plan) == _others(centre)}
    lines, people = _axis(found.grid.lines, centre.lines), _axis(found.grid.agents, centre.agents)[::-1]
    wanted = found.scenario.targets.probability
    places = [[_place(found, slice_[(x, y)], wanted, say) for x in lines] for y in people]
    title = say("staff.map")
    seen = [one for one in slice_.values() if one.runs]
    best = found.plan or (found.nearest.plan if found.nearest else centre)
    says = say(
        "staff.map_says" if found.plan is not None else "staff.map_says_nearest",
        seen=say.number(len(seen)), all=say.number(len(slice_)), plan=plan_words(best, say),
    )  # fmt: skip
    kind = "map" if not folded else "map-other"
    across = (say("staff.tile_lines"), [say.number(value) for value in lines])
    down = (say("staff.tile_agents"), [say.number(value) for value in people])
    keys = share_keys(wanted, say.whole_share, say("map.under"), say("map.between"), say("map.most"))
    if not folded:
        keys.append(("chosen", say("staff.key_chosen" if found.plan else "staff.key_nearest")))
    keys.append(("unknown", say("staff.key_unknown")))
    others = say.listed([_counted(k, n, say) for k, n in centre.counts().items() if k not in ("lines", "agents")])
    title = say("staff.map_with", others=others) if others else title
    notes = [say("staff.map_note")]
    if (len(lines), len(people)) != (len(found.grid.lines), len(found.grid.agents)):
        notes.append(say("map.part"))
    chart = Chart(title, says, kind, say.share)
    table = _table(found, [slice_[(x, y)] for y in people for x in lines], title, say)
    drawn = map_of(chart, across, down, places)
    return Figure(title, drawn, legend(keys), say.sentences(notes), table, folded=title if folded else "")


def _axis(values: Sequence[int], centre: int) -> list[int]:
    """The values of an axis; of more than can be read, those around the plan."""
    if len(values) <= MOST:
        return list(values)
    first = max(0, min(len(values) - MOST, values.index(centre) - MOST // 2))
    return list(values[first : first + MOST])


def _place(found: StaffingAnswer, one: Tried, wanted: float, say: Texts) -> Place:
    chosen = one.plan == (found.plan or (found.nearest.plan if found.nearest else None))
    if not one.runs:
        why = _why(one, say)
        return Place(say(f"staff.short_{_key(one.left_out)}"), "", None, f"{plan_words(one.plan, say)}\n{why}", chosen)
    worst = _worst(one.targets)
    share = None if worst is None else worst.probability.mean
    mark = "✗ " if one.rejected else {True: "✓ ", False: "", None: "? "}[one.met]
    words = f"{mark}{UNDEFINED if share is None else say.share(share)}"
    cost = "" if one.cost is None else say.money(one.cost)
    brief = "" if share is None else f"{100 * share:.0f}"
    return Place(words, cost, share_shade(share or 0.0, wanted), _tip(found, one, say), chosen, brief)


def _tip(found: StaffingAnswer, one: Tried, say: Texts) -> str:
    """All that the search saw of a plan."""
    lines = [plan_words(one.plan, say)]
    lines += [f"{_name(target.name, say)}: {_share(target, say)}" for target in one.targets]
    lines.append(f"{say.figure('cost')}: {say('staff.cut_off') if one.cost is None else say.money(one.cost)}")
    return "\n".join([*lines, say("page.runs", runs=say.number(one.runs)), _state(found, one, say)])


def _share(target: Verdict, say: Texts) -> str:
    return say.share(target.probability.mean)


def _state(found: StaffingAnswer, one: Tried, say: Texts) -> str:
    if one.plan == found.plan:
        return say("staff.chosen")
    if not one.runs:
        return _why(one, say)
    if one.rejected:
        return say("staff.not_confirmed_")
    return say(f"staff.found_{STATES[one.met]}")


def _why(one: Tried, say: Texts) -> str:
    return say("staff.not_simulated", why=say(f"staff.why_{_key(one.left_out)}"))


def _key(left_out: str) -> str:
    return left_out.replace(" ", "_")


def _table(found: StaffingAnswer, plans: Sequence[Tried], caption: str, say: Texts) -> Grid:
    """One row a plan: how many of each, cost, every target, what was found."""
    names = list(found.tried[0].plan.counts())
    asked = next((one.targets for one in found.tried if one.runs), ())
    rows = []
    for one in plans:
        shares = [target.probability.mean for target in one.targets] or [None] * len(asked)
        rows.append(
            [
                *(number_cell(say.number(one.plan.counts()[name]), one.plan.counts()[name]) for name in names),
                number_cell(say.money(one.cost), one.cost),
                *(number_cell(say.share(share), share) for share in shares),
                number_cell(say.number(one.runs), one.runs),
                Cell(_state(found, one, say)),
            ]
        )
    heads = [
        say("staff.at_department", name=name.removeprefix("departments."))
        if name.startswith("departments.")
        else say(f"staff.tile_{name}")
        for name in names
    ]
    targets = [_name(one.name, say) for one in asked]
    return Grid(
        caption, [*heads, say.figure("cost"), *targets, say("staff.head_runs"), say("staff.head_found")], rows, "plans"
    )


# --- one less --------------------------------------------------------------------------------------------------------


def _one_less(one: Less, say: Texts) -> str:
    department = one.resource.removeprefix("departments.")
    if department != one.resource:
        return say("staff.less_at", name=department)
    return say(f"staff.less_{one.resource}")


def _less(found: StaffingAnswer, say: Texts) -> Section | None:
    """What one of something less would do, on the same fresh runs."""
    if not found.less or found.plan is None:
        return None
    rows = [_interval_row(say("staff.the_plan"), found.targets, say)]
    rows += [_interval_row(_one_less(one, say), one.targets, say) for one in found.less]
    wanted = found.scenario.targets.probability
    title = say("staff.less_title")
    says = say.listed([f"{row.words} {row.said}" for row in rows])
    chart = Chart(title, says, "one-less", say.whole_share)
    shown = [replace(row, other=wanted) for row in rows]
    drawn = intervals(chart, shown, zero=False, other=say("staff.wanted"), said=230, least=(0.0, 1.0))
    keys = legend([("1", say("staff.key_kept")), ("other", say("staff.wanted"))])
    figure = Figure(title, drawn, keys, say("staff.less_note"), _less_table(found, title, say))
    lead = say("staff.less_lead")
    return Section("one-less", say("section.one_less"), say.sentences([_binds(found, say), lead]), [figure])


def _interval_row(words: str, targets: Sequence[Verdict], say: Texts) -> IntervalRow:
    worst = _worst(targets)
    if worst is None:
        return IntervalRow(words, None, None, None, say("staff.unknown_share"))
    one = worst.probability
    class_ = {True: "1", None: "6", False: "2"}[_met(targets)]
    said = f"{say.share(one.mean)} · {say(f'staff.found_{STATES[_met(targets)]}')}"
    return IntervalRow(words, one.mean, one.low, one.high, said, class_=class_)


def _met(targets: Sequence[Verdict]) -> bool | None:
    mets = [one.met for one in targets]
    return False if False in mets else None if None in mets else True


def _less_table(found: StaffingAnswer, caption: str, say: Texts) -> Grid:
    rows = []
    for one in found.less:
        for target, lost in zip(one.targets, one.lost, strict=True):
            state = STATES[target.met]
            rows.append(
                [
                    Cell(_one_less(one, say)),
                    Cell(_name(target.name, say)),
                    number_cell(say.share(target.probability.mean), target.probability.mean),
                    number_cell(say.share(target.probability.low), target.probability.low),
                    number_cell(say.share(target.probability.high), target.probability.high),
                    Cell(say(f"target.{state}" if state != "missed" else "target.missed_"), class_=f"state {state}"),
                    number_cell(say.number(lost), lost),
                    number_cell(f"{say.money(one.saves.mean)} {say.interval(one.saves, say.money)}", one.saves.mean),
                ]
            )
    names = ("change", "promise", "kept", "low", "high", "state", "lost", "saves")
    return Grid(caption, [say(f"staff.head_{name}") for name in names], rows)


# --- cost against what is kept ---------------------------------------------------------------------------------------


def _frontier(found: StaffingAnswer, say: Texts) -> Section | None:
    """Every plan that was simulated: what it costs, and how often it keeps the promise that it keeps least often."""
    seen = [one for one in found.tried if one.runs]
    if not seen:
        return None
    wanted, title = found.scenario.targets.probability, say("staff.frontier")
    dots = [_dot(found, one, say) for one in seen if one.cost is not None and _worst(one.targets) is not None]
    table = _table(
        found, sorted(seen, key=lambda one: (one.cost is None, one.cost or 0.0)), say("staff.simulated"), say
    )
    blocks: list[Block] = [table]
    if len(dots) > 1:
        says = say("staff.frontier_says", plans=say.number(len(dots)))
        chart = Chart(title, says, "frontier", say.whole_share, say("staff.frontier_unit"))
        goal = say("staff.goal", wanted=say.whole_share(wanted))
        drawn = cloud(chart, dots, (say.figure("cost"), say.money), (wanted, goal))
        left = len(seen) - len(dots)
        notes = [say("staff.frontier_note"), say("staff.left_out", n=say.number(left)) if left else ""]
        states = (("dot-1", "met"), ("hollow", "unclear"), ("dot-5", "missed"))
        keys = [(class_, say(f"staff.key_{state}")) for class_, state in states] + [("line-promise", goal)]
        keys += [("line-5", say("staff.best"))] * (len(frontier(dots)) > 1)
        blocks = [Figure(title, drawn, legend(keys), say.sentences(notes), table)]
    return Section("frontier", say("section.frontier"), _looked_at(found, say), blocks)


def _dot(found: StaffingAnswer, one: Tried, say: Texts) -> Dot:
    worst = _worst(one.targets)
    share = (worst.probability.mean if worst else None) or 0.0
    class_ = "dot f-5" if one.rejected else {True: "dot f-1", False: "dot f-5", None: "dot hollow"}[one.met]
    words = plan_words(one.plan, say) if one.plan == found.plan else ""
    return Dot(one.cost or 0.0, share, class_, _tip(found, one, say), words, stands=not one.rejected)


def _looked_at(found: StaffingAnswer, say: Texts) -> str:
    """How much was simulated of what there was to choose from."""
    spans = _spans(found.grid, say)
    counts = {"seen": say.number(found.evaluated), "all": say.number(len(found.grid))}
    return say("staff.looked_at", spans=say.listed(spans), runs=say.number(found.replications), **counts)


def _spans(grid: Plans, say: Texts) -> list[str]:
    named = {"lines": grid.lines, "agents": grid.agents, "listeners": grid.listeners, "clerks": grid.clerks}
    found = [say(f"staff.span_{name}", span=_span(values, say)) for name, values in named.items() if values]
    return found + [say("staff.at", n=_span(values, say), name=name) for name, values in grid.departments]


def _span(values: Sequence[int], say: Texts) -> str:
    steps = {b - a for a, b in pairwise(values)}
    if len(values) == 1 or len(steps) > 1:
        return "/".join(say.number(value) for value in values)
    step = steps.pop()
    by = say("staff.by", step=step) if step > 1 else ""
    return f"{say.number(values[0])}–{say.number(values[-1])}{by}"


# --- the plan, run ---------------------------------------------------------------------------------------------------


def _run(found: StaffingAnswer, record: Record, say: Texts) -> list[Section]:
    """The sections of a run of the plan; its targets were judged before, on more and on fresh runs."""
    of = replace(record, result={**record.result, "targets": []})
    head = answer(of, say)
    plan = plan_words(found.plan or (found.nearest.plan if found.nearest else found.tried[-1].plan), say)
    key = "staff.run_lead" if found.plan is not None else "staff.run_lead_nearest"
    lead = say.sentences([say(key, plan=plan, runs=say.number(record.runs)), head.lead])
    title = say("section.plan" if found.plan is not None else "section.nearest")
    return [Section("plan", title, lead, head.blocks), *course(record, say)]


def _facts(found: StaffingAnswer, run: Run, say: Texts) -> list[list[Cell]]:
    facts = facts_of(found.seed, found.replications, found.confidence, str(run["identity"]), versions(), say)
    return [*facts]
