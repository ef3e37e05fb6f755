"""Writing files whole or not at all, and table cells that a spreadsheet cannot mistake for a formula."""

from __future__ import annotations

import csv
import io
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from callbacksim.scenario.problems import Problem, Refused

_EVALUATED = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_KEPT_CONTROLS = "\t\r\n"
BESIDE = re.compile(r"\.[0-9a-f]{16}\.tmp")
"""Names under which files are begun; one that is left was not finished."""


def write_whole(path: Path | str, content: bytes | str, field: str = "--out") -> None:
    """Put ``content`` (text as UTF-8) at ``path``: the whole of it, or nothing and the old file stays.

    It is written beside the target and moved over it in one step. What is there and is no plain file (a
    directory, a device, a pipe) is never replaced. Raises Refused, naming ``field``, when the system says no.
    """
    target = Path(path)
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    # The name is short and random: writers of the same target must not meet, and a long target name must fit.
    beside = target.parent / f".{secrets.token_hex(8)}.tmp"
    try:
        if target.exists() and not target.is_file():
            raise _refused(target, field, "it is there and is not a plain file", "name a file")
        with beside.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(beside, target)  # noqa: PTH105 (the guarantee is os.replace's)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise _refused(target, field, f"cannot be written ({reason})", "name a file in a writable directory") from error
    finally:
        with suppress(OSError, ValueError):
            beside.unlink(missing_ok=True)


def make_directory(path: Path | str, field: str = "--out") -> Path:
    """The directory ``path``, made with its parents if need be; raises Refused when that is impossible."""
    directory = Path(path)
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise _refused(directory, field, f"cannot be made ({reason})", "name a directory you may write to") from error
    return directory


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet evaluates: what begins with ``= + - @``, tab or CR gets an apostrophe before it.

    Spaces and invisible marks before such a sign do not hide it. Control characters (other than tab and line
    ends) become U+FFFD: they are of no use in a table and a terminal obeys them.
    """
    if text.isprintable():
        if text[:1].isalnum():
            return text
    else:
        text = "".join("\ufffd" if _obeyed(c) else c for c in text)
    visible = "".join(c for c in text[:8] if unicodedata.category(c) != "Cf").lstrip(" \u00a0\u3000")
    return f"'{text}" if visible.startswith(_EVALUATED) or text.startswith(("\t", "\r")) else text


def csv_bytes(columns: Sequence[str], lines: Iterable[Sequence[object]]) -> bytes:
    """CSV as Chinese spreadsheets read it (UTF-8 with a mark), every text cell safe from being evaluated."""
    # Encoded on the way: a register's text as a whole takes four times the memory of its bytes.
    content = io.BytesIO()
    with io.TextIOWrapper(content, "utf-8-sig", "replace", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([safe_cell(cell) if isinstance(cell, str) else cell for cell in line] for line in lines)
        text.flush()
        return content.getvalue()


def plain_cell(text: str) -> str:
    """The inverse of :func:`safe_cell`: the apostrophe that only protects a cell is taken off."""
    return text[1:] if text.startswith("'") and safe_cell(text[1:]) == text else text


def _obeyed(character: str) -> bool:
    return unicodedata.category(character) == "Cc" and character not in _KEPT_CONTROLS


def _refused(path: Path, field: str, wrong: str, right: str) -> Refused:
    return Refused(Problem(str(path), 1, field, wrong, right))
