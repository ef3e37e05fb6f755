"""A million rows in bounded memory: read, cleaned, deduplicated and written, as `dedupe` does it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROWS = 1_000_000
SHARED = 5  # every fifth row repeats the number of the row before
MOST_MIB = 1536
MEASURED = """
import sys
from callbacksim.cli import app
try:
    app(["dedupe", sys.argv[1], "--out", sys.argv[2]])
finally:
    # The process's own peak: what the system reports of a child begins with its parent's memory.
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print("peak", int(peak.split()[1]) // 1024)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell the peak")
def test_a_million_rows_are_cleaned_in_bounded_memory(tmp_path: Path) -> None:
    register = tmp_path / "register.csv"
    with register.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["编号", "企业名称", "主体类型", "行业", "区域", "法定代表人", "联系电话"])
        for i in range(ROWS):
            number = 13_800_000_000 + i - (i % SHARED == SHARED - 1)
            writer.writerow([f"R{i:07}", f"云州第{i}号商贸有限公司", "企业", "批发和零售业", "东区", "张三", number])
    command = [sys.executable, "-c", MEASURED, str(register), str(tmp_path / "out")]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    counts = json.loads((tmp_path / "out" / "counts.json").read_text(encoding="utf-8"))
    assert (counts["rows"], counts["contacts"], counts["duplicates"]) == (ROWS, ROWS * 4 // 5, ROWS // 5)
    peak = int(ended.stdout.splitlines()[-1].removeprefix("peak "))
    assert 100 < peak < MOST_MIB
