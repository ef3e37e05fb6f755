"""`init`, `dedupe` and `make-register`: from a user's file to contacts, nothing of the user's overwritten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from callbacksim.frame.frame import clean


@pytest.fixture
def register(cli: Any, small: Path) -> Path:
    path = small.with_name("register.csv")
    assert cli("make-register", small, "--out", path).status == 0
    return path


def test_a_made_register_gives_the_contacts_of_the_scenario(cli: Any, register: Path, tmp_path: Path) -> None:
    out = tmp_path / "cleaned"
    ended = cli("dedupe", register, "--out", out)
    assert ended.status == 0
    assert "= contacts 联系人" in ended.out
    counts = json.loads((out / "counts.json").read_text(encoding="utf-8"))
    assert (counts["rows"], counts["contacts"], counts["rejected"]) == (300, 250, 3)
    assert cli("dedupe", register, "--out", out).status == 0, "the same again"


def test_dedupe_masks_numbers_unless_asked(cli: Any, register: Path, tmp_path: Path) -> None:
    cli("dedupe", register, "--out", tmp_path / "masked")
    cli("dedupe", register, "--out", tmp_path / "full", "--show-numbers")
    masked, full = ((tmp_path / name / "contacts.csv").read_text(encoding="utf-8-sig") for name in ("masked", "full"))
    assert "*" in masked
    assert "*" not in full
    assert "+86" not in full
    assert "'" not in full


def test_contacts_read_again_are_the_same_contacts(cli: Any, register: Path, tmp_path: Path) -> None:
    cli("dedupe", register, "--out", tmp_path / "full", "--show-numbers")
    first, again = clean(register), clean(tmp_path / "full" / "contacts.csv")
    assert again.counts.contacts == again.counts.rows == first.counts.contacts
    columns = ["id", "name", "kind", "industry", "area", "person"]
    kept = first.rows.iloc[first.contacts.row][columns].reset_index(drop=True)
    assert again.rows[columns].equals(kept)
    assert [again.numbers[at] for at in again.contacts.number] == [first.numbers[at] for at in first.contacts.number]


def test_dedupe_spares_what_is_not_its_own(cli: Any, register: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    assert cli("dedupe", register, "--out", tmp_path / "mine").status == 2
    assert cli("dedupe", register, "--out", tmp_path / "mine", "--force").status == 0
    assert (tmp_path / "mine" / "letter.txt").read_text() == "mine"
    inside = tmp_path / "mine" / "contacts.csv"
    inside.write_bytes(register.read_bytes())
    ended = cli("dedupe", inside, "--out", tmp_path / "mine", "--force")
    assert ended.status == 2
    assert inside.read_bytes() == register.read_bytes()


def test_init_writes_a_scenario_that_runs(cli: Any, register: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.toml"
    ended = cli("init", new, "--register", register, "--start", "2025-09-01")
    assert ended.status == 0
    assert "联系电话" in ended.out
    assert "****" in ended.out
    assert cli("check", new).status == 0
    assert cli("run", new, "-n", 1).status == 0
    before = new.read_bytes()
    assert cli("init", new, "--register", register).status == 2
    assert new.read_bytes() == before
    assert cli("init", new, "--register", register, "--force").status == 0
    assert cli("init", register, "--register", register, "--force").status == 2, "never over the register"


def test_a_date_that_is_none(cli: Any, register: Path, tmp_path: Path) -> None:
    ended = cli("init", tmp_path / "x.toml", "--register", register, "--start", "monday")
    assert ended.status == 2
    assert "write it as 2025-07-07" in ended.err
    assert not (tmp_path / "x.toml").exists()


def test_make_register_spares_files_and_needs_a_made_up_one(cli: Any, register: Path, small: Path) -> None:
    assert cli("make-register", small, "--out", register).status == 2
    assert cli("make-register", small, "--out", small, "--force").status == 2
    new = small.with_name("own.toml")
    cli("init", new, "--register", register)
    ended = cli("make-register", new, "--out", small.with_name("other.csv"))
    assert ended.status == 2
    assert "register.file" in ended.err


@pytest.mark.parametrize("name", ["[bold]red[/bold]", "\x1b[31mred\x1b[0m", '=HYPERLINK("http://x.invalid")'])
def test_hostile_names_reach_no_terminal(cli: Any, tmp_path: Path, name: str) -> None:
    register = tmp_path / "r.csv"
    register.write_text(f'企业名称,联系电话\n"{name.replace(chr(34), chr(34) * 2)}",13800138000\n', encoding="utf-8")
    ended = cli("init", tmp_path / "n.toml", "--register", register)
    assert ended.status == 0
    assert "\x1b" not in ended.out
    assert "13800138000" not in ended.out
    if name.startswith("[bold]"):
        assert "[bold]red" in ended.out
