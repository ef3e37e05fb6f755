"""Contradictions in ``[search]``: ranges without values, and what is searched for without having any effect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.wording import Finding, Path, listing, meant, show

_MOST = {"lines": 100_000, "agents": 10_000, "listeners": 10_000, "clerks": 10_000}


def _spans(scenario: Scenario) -> Iterator[Finding]:
    search = scenario.search
    for name, most in _MOST.items():
        yield from _span(("search", name), getattr(search, name), most)
    for name, span in search.departments.items():
        yield from _span(("search", "departments", name), span, 10_000)


def _span(path: Path, span: Sequence[int] | None, most: int) -> Iterator[Finding]:
    if span is None:
        return
    first, last, *step = span
    if last < first:
        yield Finding(path, f"it ends at {last}, before it begins at {first}", f"write [{last}, {first}]")
    elif step == [0]:
        yield Finding(path, "a step of 0 leads nowhere", f"write [{first}, {last}], or a step of at least 1")
    elif last > most:
        yield Finding(path, f"{last} is too large", f"write at most {most}")


def _idle(scenario: Scenario) -> Iterator[Finding]:
    """What would be searched for, and no target or cost depends on it."""
    search, ledger, on_time = scenario.search, scenario.ledger, scenario.targets.on_time
    if search.listeners is not None and not scenario.listeners.share:
        wrong, right = "nobody listens to recordings", "give listeners.share, or leave it out"
        yield Finding(("search", "listeners"), wrong, right, (("listeners", "share"),))
    promise: Path = ("targets", "on_time")
    if search.clerks is not None and ledger.clerks == "none":
        right = "add a table [ledger.clerks], or leave it out"
        yield Finding(("search", "clerks"), "there are no clerks", right, (("ledger", "clerks"),))
    elif search.clerks is not None and on_time is None:
        wrong, right = "no target depends on clerks", "name targets.on_time, or leave it out"
        yield Finding(("search", "clerks"), wrong, right, (promise,))
    for name in search.departments:
        path: Path = ("search", "departments", name)
        if name not in ledger.departments:
            near = meant(name, ledger.departments)
            right = (
                f"did you mean {show(near)}?" if near else f"name one of {listing(map(show, ledger.departments), 8)}"
            )
            yield Finding(path, f"there is no department {show(name)}", right, (("ledger", "departments"),))
        elif on_time is None:
            wrong, right = "no target depends on departments", "name targets.on_time, or leave it out"
            yield Finding(path, wrong, right, (promise,))


SEARCH_CHECKS = (_spans, _idle)
