"""A ledger by itself (`study.mode = "ledger"`): no register, nobody is called, and nothing is said of either."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from callbacksim import api
from callbacksim.report.findings import findings
from callbacksim.report.funnel import stages
from callbacksim.study.measuring.ledger import ALONE, STAGES_ALONE
from callbacksim.study.summary import replications_frame

ALONE_TEXT = """\
title = "A ledger 台账"

[study]
mode = "ledger"
replications = 4
horizon_days = 60

[ledger.clerks]

[ledger.look_back]

[ledger.intake]
reports = 60
last = 2025-07-11

[plans.once-and-for-all]
ledger.look_back.reopen_most = 0

[plans.no-clerks]
ledger.clerks = "none"
ledger.look_back = "none"
"""
# Words of a campaign that a ledger by itself has nothing to say of.
OF_CALLS = re.compile(
    r"robot|interview|register|\blines?\b|call-backs|survey minus|名单|线路|外呼|\bnan\b", re.IGNORECASE
)


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    path = tmp_path / "alone.toml"
    path.write_text(ALONE_TEXT, encoding="utf-8")
    return path


def test_the_screens_tell_of_the_ledger_and_of_nothing_else(cli: Any, alone: Path) -> None:
    ended = cli("run", alone, "--details")
    assert ended.status == 0 and ended.err == ""
    assert OF_CALLS.findall(ended.out) == []
    for words in ("WHAT BECAME OF THE REPORTS", "all done 全部办结", "busy share of the clerks", "clerk_cost"):
        assert words in ended.out
    checked = " ".join(cli("check", alone).out.split())
    assert "register 名单 none: the ledger by itself, nobody is called" in checked
    assert "60 problems, Mon 7 July – Fri 11 July, in office hours" in checked
    assert "clerks 审核 1 clerk, 15 office minutes an item" in checked
    assert "look-back 回头看 10 working days after a case was settled; reopened 1 time at most" in checked
    assert "calling days" not in checked and "lines 线路" not in checked


def test_what_is_not_there_is_not_shown(cli: Any, alone: Path) -> None:
    """Without clerks and look-back their figures are left out, not printed as nothing."""
    ended = cli("run", alone, "--plan", "no-clerks", "--details")
    assert not re.search("clerk_|look_back|reopened|—", ended.out)
    assert "nobody's pay is counted: there are no clerks" in ended.out


def test_the_funnel_adds_up_as_printed(alone: Path) -> None:
    found = findings(api.replicate(api.load(alone), jobs=1), str(alone), None)
    reports, on_ledger, resolved, closed, still_open, screened_out, _ = (
        float(stage.value.replace(",", "")) for stage in stages(found)
    )
    assert reports == 60
    assert on_ledger + screened_out == pytest.approx(reports)
    assert resolved + closed + still_open == pytest.approx(on_ledger)


def test_the_json_has_the_ledgers_figures_alone(cli: Any, alone: Path) -> None:
    told = json.loads(cli("run", alone, "--json").out)
    assert list(told["funnel"]) == list(STAGES_ALONE)
    assert set(told["measures"]) == set(ALONE)
    assert told["survey"] == {} and told["cells"] == told["answers"] == told["probes"] == []
    assert all(entry["mean"] is not None for entry in told["measures"].values())


def test_the_directory_is_whole(cli: Any, alone: Path, tmp_path: Path) -> None:
    import pandas as pd

    out = tmp_path / "out"
    assert cli("run", alone, "--out", out).status == 0
    assert OF_CALLS.findall((out / "summary.md").read_text(encoding="utf-8")) == []
    cases = pd.read_csv(out / "trace" / "cases.csv")
    assert len(cases) == 60 and set(cases["source"]) == {"intake"} and set(cases["contact"]) == {-1}
    assert len(pd.read_parquet(out / "trace" / "attempts.parquet")) == 0
    book = openpyxl.load_workbook(out / "ledger.xlsx")
    assert book.sheetnames == ["台账 Ledger", "漏斗 Funnel"]
    heads = [cell.value for cell in book["台账 Ledger"][3]]
    rows = [dict(zip(heads, row, strict=True)) for row in book["台账 Ledger"].iter_rows(min_row=4, values_only=True)]
    assert {row["来源 Source"] for row in rows} == {"其他渠道 Elsewhere"}
    assert {row["市场主体 Business"] for row in rows} == {None}
    assert sum(row["办理轮次 Rounds"] for row in rows) == len(pd.read_csv(out / "trace" / "rounds.csv"))
    # The resolved scenario gives the same again.
    again = json.loads(cli("run", out / "scenario.toml", "--json").out)
    assert again["measures"] == json.loads((out / "summary.json").read_text(encoding="utf-8"))["measures"]


def test_plans_of_a_ledger_are_compared_by_what_they_do_to_it(cli: Any, alone: Path) -> None:
    ended = cli("compare", alone)
    assert ended.status == 0
    assert OF_CALLS.findall(ended.out) == []
    assert "ledger half done 台账" in ended.out and "reopened 重办件" in ended.out
    differences = json.loads(cli("compare", alone, "--json").out)["differences"]["once-and-for-all"]
    assert differences["reopened"]["difference"] < 0
    assert differences["response_share"]["difference"] == 0


def test_a_notebook_has_the_same(alone: Path) -> None:
    study = api.replicate(api.load(alone), jobs=1)
    assert list(replications_frame(study).columns) == list(ALONE)
    assert set(study.dataframe().index) == set(ALONE)
    assert not any(math.isnan(value) for value in study.dataframe()["mean"])
    assert len(study.trace().dataframe("cases")) == 60


def test_there_is_no_register_to_be_made(cli: Any, alone: Path, tmp_path: Path) -> None:
    ended = cli("make-register", alone, "--out", tmp_path / "made.csv")
    assert ended.status == 2
    text = " ".join(ended.err.split())
    assert "alone.toml:4: study.mode: the ledger is studied by itself, without a register" in text
