"""The words for what comes of a call, and for what becomes of a contact, an escalation and a case."""

from __future__ import annotations

from enum import IntEnum


class Outcome(IntEnum):
    """What comes of one call; the first five are live answers with the interview's result."""

    COMPLETE = 0
    PARTIAL = 1
    BREAK_OFF = 2
    REFUSAL = 3
    OPT_OUT = 4
    NO_ANSWER = 5
    BUSY = 6
    VOICEMAIL = 7
    REJECTED = 8
    NOT_IN_SERVICE = 9


LIVE = range(Outcome.COMPLETE, Outcome.OPT_OUT + 1)
INTERVIEWED = (Outcome.COMPLETE, Outcome.PARTIAL)
FAILURES = (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.VOICEMAIL, Outcome.REJECTED)


class Disposition(IntEnum):
    """What became of a contact: exactly one each, so that they add up to the frame."""

    COMPLETE = 0
    PARTIAL = 1
    BROKEN_OFF = 2  # refusal or break-off, at the end of its calls
    EXHAUSTED = 3  # all attempts used without a live answer
    NOT_IN_SERVICE = 4
    OPTED_OUT = 5
    UNFINISHED = 6  # the horizon, a quota or missing lines came first


INTERVIEWED_CONTACTS = (Disposition.COMPLETE, Disposition.PARTIAL)


class Flag(IntEnum):
    """Why an interview is sent to people."""

    NONE = 0
    ITEM = 1
    UNCLEAR = 2
    FIXED = 3  # the scenario fixes how many, so no reason is known
    LISTENED = 4  # an item was found on the recording afterwards


class Handover(IntEnum):
    """What became of handing an interview over to a person during the call."""

    NOT_OFFERED = 0
    ANSWERED = 1
    ABANDONED = 2  # the caller's patience ended first: called back later


class Settled(IntEnum):
    """What became of an escalation."""

    HANDLED = 0
    UNREACHABLE = 1
    UNFINISHED = 2


class Item(IntEnum):
    """The two kinds of items on the ledger."""

    PROBLEM = 0
    SUGGESTION = 1


class Source(IntEnum):
    """How an item came to the ledger."""

    SURVEY = 0
    INTAKE = 1


class CaseStatus(IntEnum):
    """What became of an item: screened out by the clerk, forwarded (suggestions), or where a problem case stands.

    An item that still waits for the clerk is open.
    """

    SCREENED_OUT = 0
    FORWARDED = 1
    OPEN = 2
    RESOLVED = 3
    CLOSED_UNRESOLVED = 4
