"""Final dispositions of the contacts by AAPOR code, and the rates made of them (AAPOR Standard Definitions).

Of all that was heard of a contact, I goes before P, P before R, R before the rest; among the rest the last call counts.
"""

from __future__ import annotations

import math

import numpy as np

from callbacksim.campaign.outcomes import Disposition, Outcome
from callbacksim.campaign.trace import Trace
from callbacksim.scenario.schema import Study as StudySection
from callbacksim.study.measuring import aapor

NOT_ATTEMPTED = "3.11"
REFUSAL = "2.11"
SILENT: dict[Outcome, str] = {
    Outcome.NO_ANSWER: "3.13",
    Outcome.BUSY: "3.12",
    Outcome.VOICEMAIL: "3.14",
    Outcome.REJECTED: "3.15",
}
FINAL_CODES = ("1.1", "1.2", REFUSAL, "2.12", NOT_ATTEMPTED, "3.12", "3.13", "3.14", "3.15", "4.3")


def final_codes(trace: Trace) -> dict[str, int]:
    """Contacts by final AAPOR code, in the order of the codes; they add up to all contacts."""
    contacts = trace.contacts
    last, became, refused = contacts["last_outcome"], contacts["disposition"], contacts["refused"]
    codes = np.select(
        [
            became == Disposition.COMPLETE,
            became == Disposition.PARTIAL,
            became == Disposition.NOT_IN_SERVICE,
            # Who refused or hung up once and was called again in vain has still done so.
            refused == 2,
            (refused == 1) | (became == Disposition.BROKEN_OFF) | (became == Disposition.OPTED_OUT),
            *(last == outcome for outcome in SILENT),
        ],
        ["1.1", "1.2", "4.3", "2.12", REFUSAL, *SILENT.values()],
        NOT_ATTEMPTED,
    )
    names, counts = np.unique(codes, return_counts=True)
    found = dict(zip(names.tolist(), counts.tolist(), strict=True))
    return {code: int(found.get(code, 0)) for code in FINAL_CODES}


def group_of(code: str, study: StudySection) -> aapor.Group:
    """The group in which the study counts a code: the standard's, but for what the scenario decides."""
    group = aapor.CODES[code].group
    if group == "UH":
        return study.silent_as
    return study.not_in_service_as if group == "NE" else group


def rates(codes: dict[str, int], study: StudySection) -> dict[str, float]:
    """The AAPOR rates of these final codes, by name in lower case; NaN where the denominator is zero."""
    groups: dict[str, int] = {}
    for code, count in codes.items():
        group = group_of(code, study)
        groups[group] = groups.get(group, 0) + count
    found = aapor.rates(aapor.Dispositions(**groups))
    return {name.lower(): math.nan if rate is None else rate for name, rate in found.items()}
