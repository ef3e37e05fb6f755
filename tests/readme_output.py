"""The README shows what its first command really prints: `python tests/readme_output.py` writes it there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BEGIN = "<!-- output of: callbacksim run scenarios/gaoxin.toml -->\n```\n"
END = "```\n<!-- end of output -->"


def printed() -> str:
    """What the command of `make run` prints on 80 columns (about half a minute)."""
    command = [sys.executable, "-m", "callbacksim", "run", "scenarios/gaoxin.toml"]
    environment = {**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, encoding="utf-8"
    ).stdout


def shown() -> str:
    """What the README shows."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return text[text.index(BEGIN) + len(BEGIN) : text.index(END)]


if __name__ == "__main__":
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, after = text[: text.index(BEGIN) + len(BEGIN)], text[text.index(END) :]
    (ROOT / "README.md").write_text(before + printed() + after, encoding="utf-8")
