"""From the rows of a call log to its calls: each call once, none that came in, and what became of dead numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from callbacksim.frame.calllog.formats import SPOKEN, Ended
from callbacksim.frame.calllog.rows import IN, NO_CALL, UNKNOWN, Row, RowReader
from callbacksim.frame.phones import read_numbers
from callbacksim.scenario.wording import listing, show

DUPLICATE = "the same call once more 重复记录"
LEG = "a further leg of the same call 同一通话的另一段"
_CALLS_OUT = 10
_CALLED_BY = 20
_RARE = 0.01
_FAILURES = (Ended.NO_ANSWER, Ended.BUSY, Ended.VOICEMAIL, Ended.REJECTED, Ended.UNANSWERED)


class Sifted:
    """The calls of a log by start, and what is to be said of how they were found."""

    def __init__(self, reader: RowReader, rows: Sequence[Row], file: str, *, own: bool) -> None:
        self.left_out, self.file = reader.left_out, file
        self.notes: list[str] = []
        self.only_failed = 0
        """Numbers of which the log has only calls that failed, dead or not."""
        if own:  # a run's own calls are each there once
            self.rows = sorted(rows, key=lambda row: (row.start, row.line))
            return
        if reader.per_contact:
            self.rows = self._last_of_each(rows)
            return
        rows = self._outgoing(rows)
        self.rows = self._once(rows)
        if reader.failed and Ended.NOT_IN_SERVICE not in reader.words:
            self._dead(self._outgoing(reader.failed, counted=False))

    def _last_of_each(self, rows: Sequence[Row]) -> list[Row]:
        """Of several rows about one contact the one with most calls."""
        kept: dict[str, Row] = {}
        for row in sorted(rows, key=lambda row: (-row.calls, row.line)):
            if row.who in kept:
                self.left_out[DUPLICATE] += 1
            else:
                kept[row.who] = row
        return sorted(kept.values(), key=lambda row: (row.start, row.line))

    def _outgoing(self, rows: Sequence[Row], *, counted: bool = True) -> list[Row]:
        """Without calls to the switch's own numbers: those that call many, and those that many call."""
        called: defaultdict[str, set[str]] = defaultdict(set)
        by: defaultdict[str, set[str]] = defaultdict(set)
        for row in rows:
            if row.caller:
                called[row.caller].add(row.who)
                by[row.who].add(row.caller)
        own = {number for caller, many in called.items() if len(many) >= _CALLS_OUT
               for number in read_numbers(caller).numbers}  # fmt: skip
        own |= {number for number, many in by.items() if len(many) >= _CALLED_BY}
        kept = [row for row in rows if row.who not in own]
        if counted and len(kept) < len(rows):
            self.left_out[IN] += len(rows) - len(kept)
        return kept

    def _once(self, rows: Sequence[Row]) -> list[Row]:
        """Each call once. Two calls to one number are never under way at once: the second is a part of the first."""
        kept: list[Row] = []
        place: dict[str, int] = {}
        for row in sorted(rows, key=lambda row: (row.start, row.line)):
            before = kept[place[row.who]] if row.who in place else None
            if before is None or (row.start > before.start and row.start >= before.end):
                place[row.who] = len(kept)
                kept.append(row)
                continue
            same = (row.start, row.outcome, row.talk) == (before.start, before.outcome, before.talk)
            self.left_out[DUPLICATE if same else LEG] += 1
            if row.outcome in SPOKEN and before.outcome not in SPOKEN:
                ring = UNKNOWN if row.ring == UNKNOWN else row.start + row.ring - before.start
                kept[place[row.who]] = row._replace(start=before.start, ring=ring)
        return kept

    def _dead(self, failed: Sequence[Row]) -> None:
        """Numbers out of service where a switch says of their calls no more than that they failed.

        If the network had failed, they would have been tried again like others whom a call did not reach. Where they
        were not, or only to fail again, so much less often that this happens by chance in one log of a hundred, the
        numbers are taken for dead.
        """
        numbers = {row.who for row in failed}
        calls = Counter(row.who for row in self.rows)
        first = {row.who: row for row in reversed(self.rows)}
        missed = [who for who, row in first.items() if row.outcome in _FAILURES]
        again = sum(calls[who] > 1 for who in missed) / len(missed) if missed else 0.0
        tried, others = sum(who in calls for who in numbers), numbers - set(calls)
        self.only_failed = len(others)
        if not others:
            return
        rows = [row for row in failed if row.who in others]
        words = listing((show(one) for one in dict.fromkeys(row.status for row in rows)), 4)
        ended = (
            f"{self.file}: {len(rows):,} call(s) to {len(others):,} number(s) that no other call reached ended {words}"
        )
        example = f"--status {rows[0].status}"
        if _at_most(tried, len(numbers), again) >= _RARE:
            self.notes.append(
                f"{ended}: out of service, or a failure of the network? The log does not tell; they are left out (if "
                f"they are out of service 空号: {example}=not_in_service)"
            )
            return
        self.notes.append(
            f"{ended}, and few of such were called again: taken for out of service 空号 (if it was the network: "
            f"{example}=skip)"
        )
        self.left_out[NO_CALL] -= len(rows)
        self.left_out += Counter()  # without what is counted no more
        dead = [row._replace(outcome=int(Ended.NOT_IN_SERVICE), talk=0) for row in rows]
        self.rows = sorted([*self.rows, *self._once(dead)], key=lambda row: (row.start, row.line))


def _at_most(k: int, n: int, p: float) -> float:
    """The probability of at most `k` of `n` where each is with probability `p`."""
    from scipy.special import bdtr

    return float(bdtr(k, n, p))
