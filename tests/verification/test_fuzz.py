"""Valid files, damaged: bytes flipped, lines dropped, tokens swapped, values replaced. Each is read or refused.

Loading gives a scenario (or a frame), or `Refused` with problems that are printable text in every part; never another
exception, and never beyond the time and the memory that a file of its size can need. The short form tries the same
few hundred every time; `make verify` tries some thousand, from seeds of the day that a failure names.
"""

from __future__ import annotations

import io
import random
import re
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from callbacksim.frame.frame import Frame, clean
from callbacksim.scenario.files import load
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.schema import Scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"
LARGE = 500_000
MOST_SECONDS = 20.0  # each takes some milliseconds; machines are shared
MOST_BYTES, MOST_BYTES_A_BYTE = 50_000_000, 40
REGISTER = (
    "编号,企业名称,主体类型,行业,街道,法定代表人,手机,固定电话\n"
    "A1,甲公司,企业,制造业,东区,张三,13800138000,010-88886666\n"
    'A2,"乙, ""乙"" 店",个体工商户,餐饮,西区,李四,+86 139 0013 9000,\n'
    "A3,丙商行,个体,零售,东区,王五,139-0013-9000/13600136000,0373-5551234转8\n"
    "A4,丁厂,企业,制造业,北区,赵六,无,95588\n"
)
# What takes the place of a token, or comes between two.
SCENARIO_TOKENS = (
    "nan", "-inf", "1e999", "-1", "0", "9" * 400, "true", '""', '"\\u0000"', "[]", "{}", "[[[]]]", "0001-01-01",
    "9999-12-31", "9999-12-31T23:59:59+14:00", "24:00:00", '"24:00"', "= =", ".", '"', "'''", "[", "]", "{", "\x00",
    "\u202e", "\ufeff", 'law = "table"', "plans.x", "extends", "[plans.a.plans.b]", 'extends = "x.toml"',
    "[register]", "1_0", "0x7f", "1979-05-27",
)  # fmt: skip
REGISTER_TOKENS = (
    '"', '""', ",", ";", "\t", "\r", "\n\n", "\x00", "\x1b[31m", "\u202e", "\ufeff", "=1+1", "'=1+1", "电话", "手机",
    "1" * 600, "138" * 200, "１３８００１３８０００", "13800138000.0", "1.38E+10", "#N/A", "1.5e99999",
    "+", "转" * 50, "（" * 300, "\U0010ffff", "x" * 140_000,
)  # fmt: skip
TOKEN = re.compile(r"\w+|[^\w\s]")


def damaged(valid: bytes, tokens: tuple[str, ...], chance: random.Random) -> bytes:
    """The file after one to four mishaps."""
    data = valid
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(MISHAPS)(data, tokens, chance)
    return data


def _flipped(data: bytes, _: tuple[str, ...], chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(min(len(data), chance.choice((1, 3, 30)))):
        changed[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(changed)


def _cut(data: bytes, _: tuple[str, ...], chance: random.Random) -> bytes:
    begin = chance.randrange(len(data) + 1)
    end = min(len(data), begin + chance.choice((1, 10, 1000, 1 << 30)))
    return data[:begin] + data[end:]


def _dropped(data: bytes, _: tuple[str, ...], chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join(line for line in lines if chance.random() > 0.2)


def _repeated(data: bytes, _: tuple[str, ...], chance: random.Random) -> bytes:
    if not 0 < len(data) < LARGE:
        return data
    lines = data.splitlines(keepends=True)
    at = chance.randrange(len(lines))
    return b"".join([*lines[:at], lines[at] * chance.choice((2, 3, 500)), *lines[at + 1 :]])


def _swapped(data: bytes, _: tuple[str, ...], chance: random.Random) -> bytes:
    text = data.decode("utf-8", "surrogateescape")
    found = list(TOKEN.finditer(text))
    if len(found) < 2:
        return data
    first, second = sorted(chance.sample(found, 2), key=lambda match: match.start())
    parts = text[: first.start()], second[0], text[first.end() : second.start()], first[0], text[second.end() :]
    return "".join(parts).encode("utf-8", "surrogateescape")


def _replaced(data: bytes, tokens: tuple[str, ...], chance: random.Random) -> bytes:
    text = data.decode("utf-8", "surrogateescape")
    found = list(TOKEN.finditer(text))
    if not found:
        return chance.choice(tokens).encode()
    match = chance.choice(found)
    end = chance.choice((match.start(), match.end()))
    return (text[: match.start()] + chance.choice(tokens) + text[end:]).encode("utf-8", "surrogateescape")


MISHAPS = (_flipped, _cut, _dropped, _repeated, _swapped, _replaced, _replaced)


def repacked(valid: bytes, tokens: tuple[str, ...], chance: random.Random) -> bytes:
    """A workbook of which the archive is whole and one part is damaged; or the archive itself."""
    if chance.random() < 0.3:
        return damaged(valid, tokens, chance)
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(valid)) as whole, zipfile.ZipFile(content, "w") as changed:
        broken = chance.choice(whole.namelist())
        for name in whole.namelist():
            part = whole.read(name)
            changed.writestr(name, damaged(part, tokens, chance) if name == broken else part)
    return content.getvalue()


def read_or_refused(path: Path, read: Callable[[Path], Scenario | Frame]) -> bool:
    """Whether the file was read; a refusal must say everything in words."""
    begun = time.monotonic()
    try:
        found = read(path)
    except Refused as refused:
        assert 0 < len(refused.problems) <= 501
        for problem in refused.problems:
            assert problem.line >= 1
            assert all(text.strip() for text in (problem.file, problem.field, problem.wrong, problem.right)), problem
            assert str(problem).isprintable()
            assert len(str(problem)) < 3_000
        return False
    finally:
        assert time.monotonic() - begun < MOST_SECONDS
    assert isinstance(found, Scenario | Frame)
    return True


def tried(
    path: Path,
    valid: list[bytes],
    tokens: tuple[str, ...],
    seeds: range,
    read: Callable[[Path], Scenario | Frame],
    damage: Callable[[bytes, tuple[str, ...], random.Random], bytes] = damaged,
) -> int:
    """How many of the damaged files were read; a failure keeps the file and names the seed."""
    were_read = 0
    tracemalloc.start()
    try:
        for seed in seeds:
            chance = random.Random(seed)
            path.write_bytes(damage(chance.choice(valid), tokens, chance))
            tracemalloc.reset_peak()
            try:
                were_read += read_or_refused(path, read)
                assert tracemalloc.get_traced_memory()[1] < MOST_BYTES + MOST_BYTES_A_BYTE * path.stat().st_size
            except BaseException as error:
                error.add_note(f"seed {seed}: {path}")
                raise
    finally:
        tracemalloc.stop()
    return were_read


def valid_scenarios() -> list[bytes]:
    """Those that are shipped and stand by themselves, and a plan-rich one that is not."""
    whole = [path.read_bytes() for path in sorted(SCENARIOS.glob("*.toml"))]
    return [text for text in whole if b"\nextends" not in text]


def valid_workbook() -> bytes:
    book = openpyxl.Workbook()
    for line in REGISTER.splitlines()[:1] + REGISTER.splitlines()[2:]:
        book.active.append(line.split(","))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def of_the_day(count: int) -> range:
    """Seeds that are others every time."""
    begin = random.SystemRandom().randrange(1 << 40)
    return range(begin, begin + count)


@pytest.mark.parametrize("slow", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_damaged_scenario_is_a_scenario_or_refused(tmp_path: Path, slow: bool) -> None:
    seeds = of_the_day(2_000) if slow else range(150)
    valid = valid_scenarios()
    assert len(valid) >= 2
    were_read = tried(tmp_path / "x.toml", valid, SCENARIO_TOKENS, seeds, load)
    assert 0 < were_read < len(seeds)  # or the damage is none, or nothing but damage


@pytest.mark.parametrize("slow", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_damaged_register_is_a_frame_or_refused(tmp_path: Path, encoding: str, slow: bool) -> None:
    seeds = of_the_day(2_000) if slow else range(150)
    were_read = tried(tmp_path / "r.csv", [REGISTER.encode(encoding)], REGISTER_TOKENS, seeds, clean)
    assert 0 < were_read < len(seeds)


@pytest.mark.parametrize("slow", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_damaged_workbook_is_a_frame_or_refused(tmp_path: Path, slow: bool) -> None:
    seeds = of_the_day(1_000) if slow else range(60)
    were_read = tried(tmp_path / "r.xlsx", [valid_workbook()], REGISTER_TOKENS, seeds, clean, repacked)
    assert 0 < were_read < len(seeds)


def test_a_problem_without_words_would_be_found(tmp_path: Path) -> None:
    """The property can fail: a refusal that says nothing, and an exception that is none of ours."""
    from callbacksim.scenario.problems import Problem

    def silent(path: Path) -> Scenario:
        raise Refused(Problem(str(path), 1, "file", " ", "write something"))

    with pytest.raises(AssertionError):
        read_or_refused(tmp_path, silent)
    with pytest.raises(KeyError):
        read_or_refused(tmp_path, lambda _: {}["x"])  # type: ignore[misc]
