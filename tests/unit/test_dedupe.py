"""Contacts from numbers, by hand and by invariants."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from callbacksim.frame.dedupe import components, group

ROWS = st.lists(st.lists(st.integers(0, 15), max_size=3, unique=True), max_size=40)


def test_rows_with_the_same_number_are_one_contact() -> None:
    found = group([(0,), (1,), (0,)])
    assert found.row.tolist() == [0, 1]
    assert found.contact.tolist() == [0, 1, 0]
    assert found.status == ("kept", "kept", "duplicate")


def test_a_row_with_two_numbers_connects_two_others() -> None:
    found = group([(0,), (1,), (2,), (0, 1)])
    assert found.row.tolist() == [0, 2]
    assert found.contact.tolist() == [0, 0, 1, 0]


def test_connections_are_chains() -> None:
    assert components([(0, 1), (2, 3), (1, 2), (4,)]) == [0, 0, 0, 0, 4]
    assert components([]) == []


def test_the_company_stands_for_the_contact_when_asked() -> None:
    rows, company = [(0,), (0,), (0,), (1,)], [False, True, True, False]
    assert group(rows, company=company).row.tolist() == [0, 3]
    found = group(rows, company=company, representative="company")
    assert found.row.tolist() == [1, 3]
    assert found.status == ("duplicate", "kept", "duplicate", "kept")


def test_contacts_stand_in_the_order_of_their_representatives() -> None:
    found = group([(0,), (1,), (0,)], company=[False, True, True], representative="company")
    assert found.row.tolist() == [1, 2]
    assert found.contact.tolist() == [1, 0, 1]


def test_one_excluded_number_excludes_the_whole_contact() -> None:
    found = group([(0,), (0, 1), (1,), (2,), ()], excluded={1})
    assert found.status == ("excluded", "excluded", "excluded", "kept", "rejected")
    assert found.contact.tolist() == [-1, -1, -1, 0, -1]


def test_without_dedupe_rows_stand_for_themselves() -> None:
    found = group([(0,), (0, 1), (1,), ()], excluded={1}, dedupe=False)
    assert found.status == ("kept", "excluded", "excluded", "rejected")
    assert group([(0,), (0,), (0,)], dedupe=False).row.tolist() == [0, 1, 2]


def test_nobody() -> None:
    assert group([]).row.tolist() == []
    assert group([(), ()]).status == ("rejected", "rejected")
    # Also an empty selection of contacts can select rows.
    assert (group([]).row.dtype, group([]).contact.dtype) == (np.int64, np.int64)


@given(ROWS, st.sets(st.integers(0, 15)), st.booleans(), st.sampled_from(["first", "company"]))
def test_every_row_has_one_fate(rows: list[list[int]], excluded: set[int], dedupe: bool, rule: str) -> None:
    company = [sum(row) % 2 == 0 for row in rows]
    found = group(rows, excluded, company, dedupe=dedupe, representative=rule)  # type: ignore[arg-type]
    fates = [found.status.count(s) for s in ("kept", "duplicate", "rejected", "excluded")]  # type: ignore[arg-type]
    assert sum(fates) == len(rows)
    assert fates[0] == len(found.row)
    assert fates[2] == sum(not row for row in rows)
    assert found.row.tolist() == sorted(found.row.tolist())
    assert [found.contact[i] for i in found.row] == list(range(len(found.row)))
    if not dedupe:
        assert fates[1] == 0


@given(ROWS)
def test_who_shares_a_number_shares_a_contact_and_cleaning_again_changes_nothing(rows: list[list[int]]) -> None:
    found = group(rows)
    contact = found.contact.tolist()
    for i, a in enumerate(rows):
        for j, b in enumerate(rows):
            if set(a) & set(b):
                assert contact[i] == contact[j]
    again = group([rows[i] for i in found.row])
    assert again.status == ("kept",) * len(found.row)


@given(ROWS, st.data())
def test_one_more_row_moves_the_totals_by_one(rows: list[list[int]], data: st.DataObject) -> None:
    before = group(rows).status
    known = sorted({number for row in rows for number in row})
    after = group([*rows, [max(known, default=-1) + 1]]).status
    assert after.count("kept") == before.count("kept") + 1
    assert after.count("duplicate") == before.count("duplicate")
    if known:
        after = group([*rows, [data.draw(st.sampled_from(known))]]).status
        assert after.count("kept") == before.count("kept")
        assert after.count("duplicate") == before.count("duplicate") + 1
