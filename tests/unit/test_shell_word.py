"""Words of the commands that a page shows: a shell reads them as they were, a terminal finds nothing to obey."""

from __future__ import annotations

import subprocess

import pytest

from callbacksim.report.words import shell_word


@pytest.mark.parametrize(
    "word",
    ["plain", "a b", "it's", "名单 $(x)", "x\x1b[31my", "na\nme", "\x85é", "\udcff.toml", "\u200b'", "\\\x07'", ""],
)
def test_a_shell_reads_it_as_it_was(word: str) -> None:
    written = shell_word(word)
    assert written.isprintable()
    read = subprocess.run(
        ["bash", "-c", f"printf %s {written}"], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"}
    )
    assert read.stdout == word.encode("utf-8", "surrogateescape")
