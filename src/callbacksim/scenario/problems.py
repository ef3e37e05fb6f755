"""What is wrong with a user's input, said where it is and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong: ``file:line: field: what is wrong; what would be right``."""

    file: str
    line: int
    field: str
    wrong: str
    right: str

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}: {self.field}: {self.wrong}; {self.right}"
        # Users' text is hostile: no control character of theirs reaches a terminal, and one problem is one line.
        return "".join(c if c.isprintable() else "�" for c in text)


class Refused(Exception):  # noqa: N818 (it is what happened, not an error of ours)
    """Input that cannot be used, with everything that is wrong about it; the commands end with status 2."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        # What an exception is made from, so that it can be made again: by pickle, and by SimPy, which raises a copy.
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))
