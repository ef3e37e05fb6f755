"""Ctrl-C at any moment: status 130, one word, no traceback, nothing half done."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")

# The signal comes when the named module is about to be imported, and so within the imports of those that need it.
INTERRUPTED_AT = """
import os, signal, sys
from callbacksim.start import main

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == where:
            os.kill(os.getpid(), getattr(signal, number))

number, where = sys.argv.pop(1), sys.argv.pop(1)
sys.meta_path.insert(0, Interrupting())
main()
"""


@pytest.mark.parametrize(
    ("where", "number"),
    [
        *(
            (where, "SIGINT")
            for where in (
                "callbacksim.cli", "typer", "callbacksim.commands", "numpy", "pandas", "phonenumbers", "simpy"
            )
        ),
        ("callbacksim.cli", "SIGTERM"), ("pandas", "SIGTERM"), ("pandas", "SIGHUP"),
    ],
)  # fmt: skip
def test_an_interrupt_during_the_imports_is_quiet(tmp_path: Path, where: str, number: str) -> None:
    (tmp_path / "x.toml").write_text("[register]\nrows = 60\ncontacts = 50\n")
    command = [sys.executable, "-c", INTERRUPTED_AT, number, where, "run", "x.toml", "-n", "1", "--out", "out"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, b"", b"interrupted\n")
    assert [path.name for path in tmp_path.iterdir()] == ["x.toml"]


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_once_all_is_said_an_interrupt_comes_too_late(tmp_path: Path, number: str) -> None:
    """While Python ends: whoever presses Ctrl-C when he sees the answer, or twice."""
    (tmp_path / "x.toml").write_text("[register]\nrows = 60\ncontacts = 50\n")
    code = f"""
import atexit, os, signal
from callbacksim.start import main
atexit.register(lambda: os.kill(os.getpid(), signal.{number}))
main()
"""
    for arguments, status in ((("check", "x.toml"), 0), (("check", "nothing.toml"), 2)):
        command = [sys.executable, "-c", code, *arguments]
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=60, check=False)
        assert (ended.returncode, ended.stderr.count("\n")) == (status, status // 2), ended.stderr


def test_an_interrupt_out_of_a_text_that_is_evaluated_ends_by_the_status_too(tmp_path: Path) -> None:
    """Python would remember it, and after `python -m` end by the signal: -2 in place of 130."""
    (tmp_path / "x.toml").write_text("[register]\nrows = 60\ncontacts = 50\n")
    (tmp_path / "sitecustomize.py").write_text("""
import sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "scipy":  # imported when the command is at work
            exec("import os, signal; os.kill(os.getpid(), signal.SIGINT); [None for _ in range(10**6)]")

sys.meta_path.insert(0, Interrupting())
""")
    command = [sys.executable, "-m", "callbacksim", "run", "x.toml", "-n", "2", "--jobs", "1"]
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ended = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", timeout=60)
    assert (ended.returncode, ended.stdout) == (130, "")
    assert ended.stderr.startswith("interrupted")


def test_a_command_that_was_told_to_ignore_interrupts_ignores_them(tmp_path: Path) -> None:
    """As a shell starts a command in the background."""
    (tmp_path / "x.toml").write_text("[register]\nrows = 60\ncontacts = 50\n")
    ignoring = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + INTERRUPTED_AT
    command = [sys.executable, "-c", ignoring, "SIGINT", "pandas", "check", "x.toml"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
