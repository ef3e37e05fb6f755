"""查重: rows that share a telephone number are one contact.

Rules:

* Two rows are the same contact when a chain of shared usable numbers links them (connected components): with the
  rows (a), (a, b), (b) all three are one contact.
* The first usable number of the representative row is dialled. The representative is the first row of the
  contact, or with ``company`` its first company if it has one.
* If any number of a contact is on a do-not-call list, nobody calls the contact: all its rows are excluded.
* Without dedupe every usable row is a contact of its own, and excluded only for numbers of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Status = Literal["kept", "duplicate", "rejected", "excluded"]


@dataclass(frozen=True)
class Grouping:
    """Who is a contact.

    ``row``: representative row of each contact, rising. ``contact``: each register row's contact, -1 where it
    has none. ``status``: what became of each row.
    """

    row: Ints
    contact: Ints
    status: tuple[Status, ...]


def group(
    numbers: Sequence[Sequence[int]],
    excluded: Collection[int] = frozenset(),
    company: Sequence[bool] = (),
    *,
    dedupe: bool = True,
    representative: Literal["first", "company"] = "first",
) -> Grouping:
    """Contacts of a register.

    ``numbers[i]`` are the indices (0, 1, …) of row i's usable numbers, in order, empty for a row without any;
    ``excluded`` the indices on do-not-call lists; ``company[i]`` whether row i is a company (only looked at
    when companies represent).
    """
    if dedupe:
        root = components(numbers)
        owner = [root[own[0]] if own else -1 for own in numbers]
        tainted = {root[number] for number in excluded if number < len(root)}
    else:
        owner = [i if own else -1 for i, own in enumerate(numbers)]
        tainted = {i for i, own in enumerate(numbers) if any(number in excluded for number in own)}
    leader: dict[int, int] = {}
    for i, who in enumerate(owner):
        if who < 0 or who in tainted:
            continue
        first = leader.setdefault(who, i)
        if representative == "company" and company[i] and not company[first]:
            leader[who] = i
    row = sorted(leader.values())
    place = {owner[i]: contact for contact, i in enumerate(row)}
    contact = [place.get(who, -1) for who in owner]
    status: list[Status] = [
        "rejected" if who < 0 else "excluded" if at < 0 else "kept" if row[at] == i else "duplicate"
        for i, (who, at) in enumerate(zip(owner, contact, strict=True))
    ]
    return Grouping(np.array(row, dtype=np.int64), np.array(contact, dtype=np.int64), tuple(status))


def components(numbers: Sequence[Sequence[int]]) -> list[int]:
    """For each number index the smallest index it is linked to by rows that hold several numbers (union-find)."""
    parent = list(range(max((max(own) for own in numbers if own), default=-1) + 1))

    def find(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for own in numbers:
        for other in own[1:]:
            a, b = sorted((find(own[0]), find(other)))
            parent[b] = a
    return [find(number) for number in range(len(parent))]
