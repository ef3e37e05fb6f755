"""Made-up registers hold what was asked for, after the same cleaning as everyone's."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbacksim.frame.frame import Counts, assemble, build, clean, make_up_listing
from callbacksim.frame.phones import read_numbers
from callbacksim.frame.register import Exclusion
from callbacksim.frame.synthetic import AREAS, TRADES, make_up, register_csv
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.schema import Register


def counts_of(rows: int, contacts: int, unusable: int, seed: int = 1) -> Counts:
    return build(Register(rows=rows, contacts=contacts, unusable=unusable, seed=seed), {}).counts


@pytest.mark.parametrize(
    ("rows", "contacts", "unusable"),
    [(1, 1, 0), (2, 1, 0), (2, 1, 1), (60, 1, 0), (100, 100, 0), (1000, 800, 50), (3000, 500, 10), (12000, 9000, 321)],
)
def test_as_many_contacts_as_asked_for(rows: int, contacts: int, unusable: int) -> None:
    assert counts_of(rows, contacts, unusable) == Counts(rows, contacts, rows - contacts - unusable, unusable, 0)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300), st.integers(0, 2**63 - 1), st.data())
def test_any_totals_and_any_seed(rows: int, seed: int, data: st.DataObject) -> None:
    unusable = data.draw(st.integers(0, rows - 1))
    contacts = data.draw(st.integers(1, rows - unusable))
    assert counts_of(rows, contacts, unusable, seed) == Counts(rows, contacts, rows - contacts - unusable, unusable, 0)


def test_one_seed_one_register() -> None:
    first = make_up(500, 400, 10, 0.5, 7)
    assert register_csv(first) == register_csv(make_up(500, 400, 10, 0.5, 7))
    assert register_csv(first) != register_csv(make_up(500, 400, 10, 0.5, 8))


def test_the_file_reads_back_to_the_same_register(tmp_path: Path) -> None:
    register = Register(rows=2000, contacts=1500, unusable=60)
    frame = build(register, {})
    (tmp_path / "register.csv").write_bytes(register_csv(frame.rows))
    again = clean(tmp_path / "register.csv")
    assert again.counts == frame.counts
    assert again.numbers == frame.numbers
    assert again.rows.equals(frame.rows)
    assert again.audit.equals(frame.audit)
    assert again.sha256 == frame.sha256


def test_other_businesses_with_their_numbers_move_the_totals_by_one() -> None:
    listing = make_up_listing(Register(rows=400, contacts=300, unusable=5))
    frame = assemble(listing, Exclusion({}), {})
    alone = next(
        i
        for i, businesses in zip(frame.contacts.row, frame.contacts.businesses, strict=True)
        if businesses == 1 and len(read_numbers(frame.rows["phone"][i]).numbers) == 1
    )
    other = next(i for i in frame.contacts.row if i != alone)
    changed = frame.rows.copy()
    changed.loc[alone, "phone"] = changed.loc[other, "phone"]
    after = assemble(type(listing)(listing.file, changed, listing.lines, {}), Exclusion({}), {}).counts
    assert after == Counts(400, 299, 96, 5, 0)
    changed.loc[alone, "phone"] = "无"
    after = assemble(type(listing)(listing.file, changed, listing.lines, {}), Exclusion({}), {}).counts
    assert after == Counts(400, 299, 95, 6, 0)


def test_it_looks_like_a_register() -> None:
    frame = build(Register(rows=6000, contacts=4800, unusable=50), {})
    rows = frame.rows
    assert (rows["kind"] == "household").sum() == round(6000 * 0.55)
    assert set(rows["industry"]) == {trade.industry for trade in TRADES}
    assert set(rows["area"]) == set(AREAS)
    assert rows["name"].nunique() > 5500
    assert rows["person"].nunique() > 500
    assert rows["name"][rows["kind"] == "company"].str.contains("公司|合伙").all()
    # A bookkeeping agent's number stands on dozens of firms, yet most contacts are one business.
    businesses = Counter(frame.contacts.businesses.tolist())
    assert max(businesses) >= 24 and businesses[1] > 3000
    # The same number is written in different guises, and some rows hold two.
    texts = rows["phone"].tolist()
    assert sum(not text.isdigit() for text in texts) > 1500
    assert sum(len(read_numbers(text).numbers) == 2 for text in texts) >= 10
    assert len(frame.numbers) > frame.counts.contacts
    landline = sum(number.startswith(("+8637", "+8610", "+8621")) for number in frame.numbers)
    assert 0.1 < landline / len(frame.numbers) < 0.2


def test_totals_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot come"):
        make_up(10, 9, 2, 0.5, 1)
    for register in (Register(rows=10, contacts=11), Register(rows=10, unusable=10), Register()):
        with pytest.raises(Refused) as refused:
            make_up_listing(register)
        assert refused.value.problems[0].field.startswith("register.")


def test_a_large_register_takes_seconds() -> None:
    begin = time.perf_counter()
    make_up(12_000, 9_500, 100, 0.5, 1)
    assert time.perf_counter() - begin < 10  # about a tenth of a second; the margin is for a busy machine
