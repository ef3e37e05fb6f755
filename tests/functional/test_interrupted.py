"""Ctrl-C at any moment: status 130, one word, no traceback, nothing half done."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# The interrupt comes when the named module is about to be imported, and so within the imports of those that need it.
INTERRUPTED_AT = """
import os, signal, sys
from callbacksim.start import main

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == where:
            os.kill(os.getpid(), signal.SIGINT)

where = sys.argv.pop(1)
sys.meta_path.insert(0, Interrupting())
main()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(
    "where",
    ["callbacksim.cli", "typer", "callbacksim.commands", "numpy", "pandas", "phonenumbers", "simpy"],
)
def test_an_interrupt_during_the_imports_is_quiet(tmp_path: Path, where: str) -> None:
    (tmp_path / "x.toml").write_text("[register]\nrows = 60\ncontacts = 50\n")
    command = [sys.executable, "-c", INTERRUPTED_AT, where, "run", "x.toml", "-n", "1", "--out", "out"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, b"", b"interrupted\n")
    assert [path.name for path in tmp_path.iterdir()] == ["x.toml"]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_command_that_was_told_to_ignore_interrupts_ignores_them(tmp_path: Path) -> None:
    """As a shell starts a command in the background."""
    (tmp_path / "x.toml").write_text("[register]\nrows = 60\ncontacts = 50\n")
    ignoring = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + INTERRUPTED_AT
    command = [sys.executable, "-c", ignoring, "pandas", "check", "x.toml"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
