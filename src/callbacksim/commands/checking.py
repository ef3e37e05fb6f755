"""``callbacksim check``."""

from __future__ import annotations

import json

from callbacksim.api import planned
from callbacksim.campaign.script import read_script
from callbacksim.commands.output import print_json
from callbacksim.commands.source import Source, framed, located
from callbacksim.report import terminal
from callbacksim.report.checking import check_screen
from callbacksim.report.forethought import idle_changes
from callbacksim.report.texts import Language, Texts
from callbacksim.scenario.canonical import json_schema, to_toml
from callbacksim.scenario.files import load


def check(source: Source, language: Language, *, resolved: bool) -> None:
    """`callbacksim check`."""
    scenario = source.load()
    if resolved:
        terminal.show_text(to_toml(scenario))
        return
    frame = framed(source, scenario)
    with located([(source, scenario)]):
        read_script(scenario.script, frame.counts.contacts)
    if source.plan is None:
        plans = {name: (changes, planned(scenario, name)) for name, changes in scenario.plans.items()}
    else:
        whole = load(source.file, overrides=source.sets)
        plans = {source.plan: (whole.plans[source.plan], scenario)}
    idle = idle_changes(scenario, plans, source.sets)
    terminal.show(check_screen(scenario, frame, source.file, source.plan, source.sets, idle, Texts(language)))


def schema() -> None:
    """`callbacksim check --schema`."""
    print_json(json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n")
