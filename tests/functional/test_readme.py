"""The README's output is the program's, to the letter: a changed screen or a changed figure shows here."""

from __future__ import annotations

import re

from readme_output import ROOT, printed, shown


def test_the_readme_shows_what_the_first_command_prints() -> None:
    assert shown() == printed()


def test_the_readme_names_only_files_that_are_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\]\(([\w./-]+)\)|(scenarios/[\w-]+\.toml)", text))
    missing = [name for pair in named for name in pair if name and not (ROOT / name).exists()]
    assert missing == []
