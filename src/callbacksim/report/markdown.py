"""summary.md: one page for a desk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callbacksim.report.findings import Findings, ProbeEffect
from callbacksim.report.funnel import stages
from callbacksim.report.screen import cut_off
from callbacksim.report.sentences import binds, main_error, probability, trust, verdict, what_if
from callbacksim.report.words import UNDEFINED, Writer, bare_share, counts, fitting, plain, points

_SPECIAL = str.maketrans({c: f"\\{c}" for c in "\\`*_[]#|"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"})


def escaped(text: str) -> str:
    """Other people's text that stays text in Markdown and in the HTML made of it."""
    return plain(text).translate(_SPECIAL)


def summary_page(found: Findings) -> str:
    """The page."""
    scenario, say = found.scenario, found.say
    runs = say("screen.runs", runs=say.counted("run", found.runs), level=say.whole_share(scenario.study.confidence))
    about = say(
        "desk.about",
        file=escaped(found.file),
        plan=escaped(say.plan(found.plan, found.sets)),
        day=say.full_day(scenario.calendar.start),
        runs=runs if found.runs > 1 else say("screen.one_run"),
        seed=found.study.seed,
    )
    rows = [("&nbsp;" * 4 * one.indent + escaped(one.words), one.value, escaped(one.note)) for one in stages(found)]
    level = say("desk.head_mean", level=say.whole_share(scenario.study.confidence))
    calls = not found.ledger_alone
    parts = [
        f"# {escaped(scenario.title or found.file)}",
        say("desk.simulated"),
        about,
        f"**{escaped(verdict(found))}**",
        f"## {say('desk.funnel' if calls else 'desk.reports')}",
        _table((say("desk.head_stage"), say("desk.head_count"), ""), rows),
        f"## {say('desk.figures')}",
        _table((say("desk.head_figure"), level), _figures(found)),
        f"## {say('desk.binds')}" if calls else "",
        escaped(binds(found)) if calls else "",
        "\n".join(_effect(found, one) for one in found.effects),
        f"## {say('desk.trust')}" if calls else "",
        escaped(say.sentences([trust(found), main_error(found)])) if calls else "",
        f"## {say('desk.warnings')}",
        "\n".join(f"- {escaped(say.warning(one) or one)}" for one in found.warnings) or say("desk.no_warnings"),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _effect(found: Findings, effect: ProbeEffect) -> str:
    what, say = escaped(found.say.what_if(effect.probe.what)), found.say
    return say("desk.effect", what=what, changes=escaped(what_if(effect, say)))


def _figures(found: Findings) -> Iterable[tuple[str, str]]:
    say, cut = found.say, cut_off(found)
    promise, kept = found.scenario.targets.finish_by, found.known("finish_by_target")
    if promise is not None and kept is not None:
        yield (
            say("desk.promise", date=say.moment(promise)),
            say("desk.probability", probability=probability(kept, say)),
        )
    for name, write, bare in (
        ("satisfied", say.share, bare_share),
        ("true_satisfied_businesses", say.share, bare_share),
        ("error", points, points),
        ("line_occupancy", say.share, bare_share),
        ("agent_occupancy", say.share, bare_share),
        ("called_back_in_time", say.share, bare_share),
        ("people_at_work", None, None),
        ("people_employed", None, None),
        ("response_share", say.share, bare_share),
        ("resolved_share", say.share, bare_share),
        ("look_back_satisfied_share", say.share, bare_share),
        ("on_time_share", say.share, bare_share),
        ("reopened", None, None),
        ("clerk_occupancy", say.share, bare_share),
        ("cost", say.money, say.money),
        ("cost_per_interview", say.money, say.money),
        ("hours_saved", None, None),
    ):
        if found.ledger_has(name) and (not found.ledger_alone or found.known(name)):
            words = say(f"desk.{name}")
            spent = cut and name.startswith("cost")
            yield say("desk.cut", what=words, cut=cut) if spent else words, _cell(found, name, write, bare)


def _cell(found: Findings, name: str, write: Writer | None, bare: Writer | None) -> str:
    estimate = found.estimate(name)
    if estimate.mean is None:
        return UNDEFINED
    write = write or counts(fitting(estimate))
    return found.say.measured(estimate, write, bare or write)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
