"""`init`: look at a user's register and draft the scenario that goes with it."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import tomlkit
from tomlkit.items import Item

from callbacksim.frame.discreet import discreet
from callbacksim.frame.frame import Counts, Frame, assemble
from callbacksim.frame.headings import ROLES, Role
from callbacksim.frame.phones import mask_text
from callbacksim.frame.register import FIELDS, Exclusion, Listing, read_register
from callbacksim.frame.tables import refuse
from callbacksim.scenario.schema import Scenario

_LONGEST_TEXT = 200
ROLE_NAMES: Mapping[Role, str] = {
    "phone": "telephone 电话", "id": "identifier 编号", "name": "name 名称", "kind": "kind 主体类型",
    "industry": "industry 行业", "area": "area 区域", "person": "person 联系人",
}  # fmt: skip


@dataclass(frozen=True)
class Inspection:
    """What `init` shows of a register: headings by role, five rows with masked numbers, the counts."""

    file: str
    sheet: str | None
    headings: Mapping[Role, tuple[str, ...]]
    sample: tuple[Mapping[str, str], ...]
    counts: Counts
    rejected_by_reason: Mapping[str, int]
    warnings: tuple[str, ...]

    @property
    def duplicate_share(self) -> float:
        """Duplicates as a share of all rows."""
        return self.counts.duplicates / self.counts.rows

    @property
    def unusable_share(self) -> float:
        """Rows without a usable number as a share of all rows."""
        return self.counts.rejected / self.counts.rows


def inspect(path: Path | str, sheet: str | None = None) -> Inspection:
    """Read a register (of a workbook the sheet of this name or place) and clean it.

    Raises Refused for what cannot be read or gives no contact.
    """
    listing = read_register(path, sheet=sheet)
    frame = assemble(listing, Exclusion({}), {})
    return Inspection(
        file=str(path),
        sheet=sheet,
        headings=listing.headings,
        sample=_sample(listing, frame),
        counts=frame.counts,
        rejected_by_reason=frame.rejected_by_reason,
        warnings=frame.warnings,
    )


def draft(inspection: Inspection, register_path: Path | str, scenario_path: Path | str, start: dt.date) -> str:
    """The text of a commented scenario (TOML) that runs as it is.

    The register is named relative to the scenario's directory. ``start`` is the campaign's first day. Raises
    Refused if the register's name cannot be written into a scenario (longer than 200 characters, not text).
    """
    file = _relative(Path(register_path), Path(scenario_path))
    counts = inspection.counts
    contacts = _counted(counts.contacts, "contact")
    title = f"Call-back of {contacts} 电话回访"
    plain = Scenario.model_validate({"register": {"file": "r"}})
    lines = [
        f"# {_counted(counts.rows, 'row')} 行 = {contacts} 联系人 + {_counted(counts.duplicates, 'duplicate')} 重复"
        f" + {counts.rejected} unusable 无效号码.",
        "# A line that begins with # changes nothing; take the # away to use it. What is left out has its default.",
        "# 以 # 开头的行不起作用, 去掉 # 即可启用; 未写的项目取默认值.",
        f"title = {_toml(title)}",
        "",
        "[register]  # 名单",
        f"file = {_toml(file)}",
        *([f"sheet = {_toml(inspection.sheet)}  # of the workbook 工作表"] if inspection.sheet is not None else []),
        '# exclude = ["do-not-call.txt"]  # 免打扰名单: numbers that are never called',
        '# representative = "company"  # the first company stands for a shared number 同号时以企业为代表',
        *_columns(inspection.headings),
        "",
        "[calendar]  # 日历与时段",
        f"start = {start.isoformat()}  # first day 开始日期",
        f"windows = {_pairs(plain.calendar.windows)}  # calls start only within these 外呼时段",
        '# weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri"]  # calling days 外呼日',
        "",
        "[robot]  # 智能外呼",
        f"lines = {plain.robot.lines}  # calls at the same time 并发线路数",
        f"attempts = {plain.robot.attempts}  # most calls to a contact 每个联系人最多拨打次数",
        f"# calls_per_second = {plain.robot.calls_per_second}  # most call starts per second 每秒起呼数",
        "",
        "[answering]  # 接听情况",
        f"base = {plain.answering.base}  # live answers to a first call, a guess: put yours here 首呼接通率 (假设值)",
        "",
        "[agents]  # 人工回访",
        f"count = {plain.agents.count}  # people who call back 人工坐席数",
        f"roster = {_pairs(plain.agents.roster)}  # their shifts 班次",
        "",
        "# [targets]  # 目标",
        f"# finish_by = {_finish(start)}  # calls and call-backs done by then 完成期限",
        "",
        "[study]  # 仿真设置",
        f"replications = {plain.study.replications}  # independent repetitions 重复次数",
        f"seed = {plain.study.seed}  # seed of all chance 随机种子",
        "",
        "[plans.more_people]  # 方案: compare it with `callbacksim compare` 方案比较",
        f"agents.count = {2 * plain.agents.count}",
        "",
        "# [plans.more_lines]",
        f"# robot.lines = {2 * plain.robot.lines}",
        "",
    ]
    return "\n".join(lines)


def _sample(listing: Listing, frame: Frame) -> tuple[Mapping[str, str], ...]:
    rows = listing.rows.head(5)
    cells = zip(*(rows[field].tolist() for field in FIELDS), strict=True)
    own_words = discreet(frame, show_numbers=False)
    return tuple({**dict(zip(FIELDS, map(own_words, row), strict=True)), "phone": mask_text(row[-1])} for row in cells)


def _columns(headings: Mapping[Role, tuple[str, ...]]) -> list[str]:
    """The recognised headings, so that the scenario says what it reads; what cannot be written is recognised anew."""
    writable = {
        role: headings[role]
        for role in ROLES
        if role in headings and all(0 < len(heading) <= _LONGEST_TEXT for heading in headings[role])
    }
    lines = [
        f"{role} = {_toml(list(found) if len(found) > 1 else found[0])}  # {ROLE_NAMES[role]}"
        for role, found in writable.items()
    ]
    return ["", "[register.columns]  # headings of the file 表头", *lines] if lines else []


def _relative(register: Path, scenario: Path) -> str:
    try:
        file = Path(os.path.relpath(register.resolve(), scenario.resolve().parent)).as_posix()
        file.encode("utf-8")
    except (OSError, ValueError) as error:
        wrong = "its name cannot be written into a scenario"
        raise refuse(str(register), 1, "register.file", wrong, "rename the file") from error
    if len(file) > _LONGEST_TEXT:
        wrong = f"its path from the scenario has {len(file)} characters, more than {_LONGEST_TEXT}"
        raise refuse(str(register), 1, "register.file", wrong, "put the scenario nearer to the register")
    return file


def _counted(count: int, one: str) -> str:
    return f"{count} {one}{'s' * (count != 1)}"


def _finish(start: dt.date) -> str:
    try:
        day = start + dt.timedelta(days=4)
    except OverflowError:
        day = start
    return f"{day.isoformat()}T18:00:00"


def _pairs(windows: tuple[tuple[str, str], ...]) -> str:
    return _toml([list(window) for window in windows])


def _toml(value: object) -> str:
    """A value as TOML writes it, quotation marks and control characters escaped."""
    item: Item = tomlkit.item(value)
    return item.as_string()
