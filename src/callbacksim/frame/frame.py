"""The frame: from a register to the contacts that a campaign calls, with an account of every row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from callbacksim.frame.dedupe import Grouping, group
from callbacksim.frame.phones import Reading, read_numbers
from callbacksim.frame.register import (
    FIELDS,
    Exclusion,
    Listing,
    read_exclusion,
    read_register,
    reason_counts,
    text_lines,
)
from callbacksim.frame.synthetic import make_up
from callbacksim.frame.tables import refuse
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Columns, Register, Scenario, Segment
from callbacksim.scenario.showing import card, counted

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Contacts:
    """Who is called; all that a campaign needs to know, int64, small enough to send to a worker.

    One entry per contact, in register order of the representative rows: ``row`` the representative's place in
    the register (from 0); ``number`` the index of the dialled number, counted by first appearance among all
    usable numbers of the register, those of excluded rows too (so it is the same with and without dedupe);
    ``businesses`` the rows it stands for; ``segment`` 0 where none fits, else the i-th segment (from 1).

    One entry per business (kept or duplicate row, in register order): ``business_row``, its contact's index
    ``business_contact``, and ``business_segment``, of the business itself.

    ``rows`` and ``numbers`` count the whole register: the lengths of row- and number-addressed draws.
    """

    row: Ints
    number: Ints
    businesses: Ints
    segment: Ints
    business_row: Ints
    business_contact: Ints
    business_segment: Ints
    rows: int
    numbers: int


@dataclass(frozen=True)
class Counts:
    """What became of the register's rows; they add up or there is no such object (ValueError)."""

    rows: int
    contacts: int
    duplicates: int
    rejected: int
    excluded: int

    def __post_init__(self) -> None:
        if self.rows != self.contacts + self.duplicates + self.rejected + self.excluded:
            raise ValueError(f"the rows do not add up: {self}")


@dataclass(frozen=True, eq=False, repr=False)
class Frame:
    """A register and what became of it.

    ``rows``: the register's text columns (id, name, kind, industry, area, person, phone). ``audit``: one line
    per register row: row (from 1), id, status (kept, duplicate, rejected, excluded), of (id of the row that
    stands for a duplicate), reason, number (E.164 that is dialled for it, or ''), line (in the file).
    ``numbers``: E.164 by number index. ``sha256``: identity of the rows and the excluded numbers.
    """

    contacts: Contacts
    counts: Counts
    rows: pd.DataFrame = field(repr=False)
    audit: pd.DataFrame = field(repr=False)
    numbers: tuple[str, ...] = field(repr=False)
    sha256: str
    warnings: tuple[str, ...]

    @property
    def rejected_by_reason(self) -> dict[str, int]:
        """Rejected rows by reason, the commonest first."""
        return reason_counts(self.audit.loc[self.audit["status"] == "rejected", "reason"].tolist())

    def __repr__(self) -> str:
        return f"<Frame: {counted(self.counts.rows, 'row')}, {counted(self.counts.contacts, 'contact')}>"

    def _repr_html_(self) -> str:
        counts = self.counts
        rows = [
            ("rows of the register 名单", counts.rows),
            ("− no usable number 无效号码", counts.rejected),
            ("− duplicates 重复号码", counts.duplicates),
            ("− on a do-not-call list 免打扰", counts.excluded),
            ("= contacts 联系人", counts.contacts),
        ]
        more = "row by row: frame.audit (full telephone numbers); who is called: frame.contacts"
        return card("Frame", (), [(word, f"{count:,}") for word, count in rows], more)


def build(register: Register, segments: Mapping[str, Segment], directory: Path | None = None) -> Frame:
    """The frame of a scenario's register, read from its file or made up.

    File names count from ``directory`` (the scenario's; default: the current one). Raises Refused for input
    that cannot be used, and where no contact is left.
    """
    base = directory or Path()
    lists = [(base / name, name) for name in register.exclude]
    try:
        if register.file is not None:
            listing = read_register(base / register.file, register.columns, register.file, register.sheet)
        else:
            listing = make_up_listing(register)
    except Refused as refused:
        raise Refused([*refused.problems, *_unreadable(lists)]) from None
    exclusion = read_exclusion(lists)
    return assemble(listing, exclusion, segments, dedupe=register.dedupe, representative=register.representative)


def frame_of(scenario: Scenario, directory: Path | None = None) -> Frame:
    """The frame of a scenario; nobody is on it where the ledger is studied by itself. Raises Refused as `build`."""
    if scenario.study.mode == "ledger":
        return nobody()
    return build(scenario.register_, scenario.segments, directory)


def nobody() -> Frame:
    """The frame of no register."""
    none = np.zeros(0, dtype=np.int64)
    listing = Listing("", pd.DataFrame({name: pd.Series([], dtype="str") for name in FIELDS}), none, {})
    exclusion = Exclusion({})
    return Frame(
        contacts=Contacts(none, none, none, none, none, none, none, rows=0, numbers=0),
        counts=Counts(0, 0, 0, 0, 0),
        rows=listing.rows,
        audit=_audit(listing, [], Grouping(none, none, ()), exclusion),
        numbers=(),
        sha256=_identity(listing.rows, exclusion),
        warnings=(),
    )


def _unreadable(lists: Sequence[tuple[Path, str]]) -> Sequence[Problem]:
    """What is wrong with the do-not-call lists, too: all is said at once."""
    try:
        read_exclusion(lists)
    except Refused as refused:
        return refused.problems
    return ()


def clean(
    path: Path | str,
    columns: Columns | None = None,
    exclude: Sequence[Path | str] = (),
    representative: Literal["first", "company"] = "first",
    sheet: str | None = None,
) -> Frame:
    """The frame of a register file by itself, as `dedupe` and `init` need it: no scenario, no segments."""
    exclusion = read_exclusion([(Path(name), str(name)) for name in exclude])
    listing = read_register(path, columns, sheet=sheet)
    return assemble(listing, exclusion, {}, dedupe=True, representative=representative)


def make_up_listing(register: Register) -> Listing:
    """The made-up register of a scenario; a row's line is that in the file `make-register` writes."""
    rows = register.rows if register.rows is not None else register.contacts
    if rows is None:
        right = "give rows and contacts for a made-up register, or file for a real one"
        raise refuse("[register]", 1, "register.file", "there is neither a file nor a number of rows", right)
    usable = rows - register.unusable
    contacts = register.contacts if register.contacts is not None else usable
    if not 1 <= contacts <= usable:
        wrong = f"{contacts} contacts cannot come of {rows} rows of which {register.unusable} are unusable"
        raise refuse("[register]", 1, "register.contacts", wrong, f"give 1 to {max(usable, 1)} contacts, or more rows")
    made = make_up(rows, contacts, register.unusable, register.households, register.seed)
    return Listing("made-up register", made, np.arange(2, rows + 2, dtype=np.int64), {})


def assemble(
    listing: Listing,
    exclusion: Exclusion,
    segments: Mapping[str, Segment],
    *,
    dedupe: bool = True,
    representative: Literal["first", "company"] = "first",
) -> Frame:
    """The frame of rows that were read or made up. Raises Refused where no contact is left."""
    rows = listing.rows
    readings = [read_numbers(text) for text in rows["phone"].tolist()]
    index = {number: i for i, number in enumerate(dict.fromkeys(n for reading in readings for n in reading.numbers))}
    own = [tuple(index[number] for number in reading.numbers) for reading in readings]
    excluded = {index[number] for number in exclusion.listed if number in index}
    company = (rows["kind"] == "company").tolist()
    grouping = group(own, excluded, company, dedupe=dedupe, representative=representative)
    numbers = tuple(index)
    audit = _audit(listing, readings, grouping, exclusion)
    counts = _counts(grouping)
    if not counts.contacts:
        raise _nobody(listing, audit, counts)
    return Frame(
        contacts=_contacts(grouping, own, segment_of(rows, segments), len(numbers)),
        counts=counts,
        rows=rows,
        audit=audit,
        numbers=numbers,
        sha256=_identity(rows, exclusion),
        warnings=(*listing.warnings, *exclusion.warnings),
    )


def segment_of(rows: pd.DataFrame, segments: Mapping[str, Segment]) -> Ints:
    """The segment of each row: the first that fits, counted from 1; 0 where none does."""
    found = np.zeros(len(rows), dtype=np.int64)
    for i, segment in reversed(list(enumerate(segments.values(), start=1))):
        fits = np.ones(len(rows), dtype=bool)
        if segment.kind is not None:
            fits &= (rows["kind"] == segment.kind).to_numpy(dtype=bool)
        if segment.industry:
            fits &= rows["industry"].isin(segment.industry).to_numpy(dtype=bool)
        if segment.area:
            fits &= rows["area"].isin(segment.area).to_numpy(dtype=bool)
        found[fits] = i
    return found


def _contacts(grouping: Grouping, own: Sequence[Sequence[int]], segment: Ints, numbers: int) -> Contacts:
    business_row = np.flatnonzero(grouping.contact >= 0).astype(np.int64)
    business_contact = grouping.contact[business_row]
    return Contacts(
        row=grouping.row,
        number=np.array([own[i][0] for i in grouping.row.tolist()], dtype=np.int64),
        businesses=np.bincount(business_contact, minlength=len(grouping.row)).astype(np.int64),
        segment=segment[grouping.row],
        business_row=business_row,
        business_contact=business_contact,
        business_segment=segment[business_row],
        rows=len(own),
        numbers=numbers,
    )


def _counts(grouping: Grouping) -> Counts:
    status = grouping.status
    return Counts(
        rows=len(status),
        contacts=len(grouping.row),
        duplicates=status.count("duplicate"),
        rejected=status.count("rejected"),
        excluded=status.count("excluded"),
    )


def _audit(listing: Listing, readings: Sequence[Reading], grouping: Grouping, exclusion: Exclusion) -> pd.DataFrame:
    ids = listing.rows["id"].tolist()
    leader = [int(grouping.row[at]) if at >= 0 else -1 for at in grouping.contact.tolist()]
    return pd.DataFrame(
        {
            "row": np.arange(1, len(ids) + 1, dtype=np.int64),
            "id": pd.Series(ids, dtype="str"),
            "status": pd.Series(grouping.status, dtype="str"),
            "of": pd.Series(
                [ids[at] if status == "duplicate" else "" for status, at in zip(grouping.status, leader, strict=True)],
                dtype="str",
            ),
            "reason": pd.Series(
                [
                    _excluded_by(reading, exclusion) if status == "excluded" else reading.reason
                    for status, reading in zip(grouping.status, readings, strict=True)
                ],
                dtype="str",
            ),
            "number": pd.Series([readings[at].numbers[0] if at >= 0 else "" for at in leader], dtype="str"),
            "line": listing.lines,
        }
    )


def _excluded_by(reading: Reading, exclusion: Exclusion) -> str:
    for number in reading.numbers:
        if number in exclusion.listed:
            return f"do-not-call list 免打扰名单: {exclusion.listed[number]}"
    return "another number of the same contact is on a do-not-call list 同一联系人的另一号码在免打扰名单中"


def _nobody(listing: Listing, audit: pd.DataFrame, counts: Counts) -> Refused:
    reasons = reason_counts(audit["reason"].tolist())
    why = ", ".join(f"{reason} ({count})" for reason, count in list(reasons.items())[:3])
    wrong = f"none of the {counts.rows} rows is a contact: {why}"
    right = "check which column holds the telephone numbers ([register.columns] phone) and the do-not-call lists"
    return refuse(listing.file, int(listing.lines[0]), "register.file", wrong, right)


def _identity(rows: pd.DataFrame, exclusion: Exclusion) -> str:
    """Digest of all text of the rows, in order, and of the excluded numbers; names of files do not enter."""
    digest = hashlib.sha256()
    for row in text_lines(rows, FIELDS):
        digest.update(json.dumps(row, ensure_ascii=True).encode())
        digest.update(b"\n")
    digest.update(json.dumps(sorted(exclusion.listed)).encode())
    return digest.hexdigest()
