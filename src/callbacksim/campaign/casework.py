"""What becomes of an item that people brought to the ledger: screening, category, department, work. Physics only."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.outcomes import Item
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.calendar import HOUR
from callbacksim.scenario.laws import milliseconds
from callbacksim.scenario.schema import Scenario


class Course(NamedTuple):
    """The course of one item; times in ms of office hours. `wrong` is the department it is first sent to, or None."""

    valid: bool
    category: str
    department: str
    wrong: str | None
    forwarding: int
    sent_back_after: int
    handling: int
    resolved: bool


class Casework:
    """The chance of every item, addressed by the business's row, the kind of item and its number."""

    def __init__(self, scenario: Scenario, contacts: Contacts, draws: Draws) -> None:
        self.scenario = scenario
        self.contacts = contacts
        self.draws = draws

    @cached_property
    def _edges(self) -> list[float]:
        shares = np.array([category.share for category in self.scenario.ledger.categories.values()])
        edges: list[float] = (np.cumsum(shares) / shares.sum()).tolist()
        return edges

    def course(self, contact: int, kind: Item, number: int) -> Course:
        """The course of the contact's item `number` (from 0) of this kind."""
        ledger = self.scenario.ledger
        row = int(self.contacts.row[contact])

        def uniform(stream: str) -> float:
            # Cases are few: the draws of one row are looked up, not those of all kept.
            return float(self.draws.uniforms(f"{kind.name}/{stream}", row + 1, number)[row])

        at = min(int(np.searchsorted(self._edges, uniform("category"), side="right")), len(self._edges) - 1)
        category = list(ledger.categories)[at]
        right = ledger.categories[category].department
        department = ledger.departments[right]
        others = [name for name in ledger.departments if name != right]
        goes_wrong = bool(others) and uniform("misrouted") < ledger.misrouted
        return Course(
            valid=kind is Item.SUGGESTION
            or self.scenario.recognition.exact != "none"
            or uniform("valid") < ledger.valid,
            category=category,
            department=right,
            wrong=others[int(uniform("wrong department") * len(others))] if goes_wrong else None,
            forwarding=int(milliseconds(ledger.forwarding, np.array([uniform("forwarding")]), HOUR)[0]),
            sent_back_after=int(milliseconds(ledger.return_within, np.array([uniform("sent back")]), HOUR)[0]),
            handling=int(milliseconds(department.handling, np.array([uniform("handling")]), HOUR)[0]),
            resolved=uniform("resolved") < department.resolved,
        )
