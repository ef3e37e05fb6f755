"""A made-up register: businesses, people and numbers that look like the real ones and belong to nobody on purpose.

The numbers are valid for libphonenumber and are never dialled by anything here. All chance comes from one seed
and from ``Generator.random`` alone, the one method whose stream numpy keeps from release to release.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from callbacksim.frame.register import as_rows
from callbacksim.scenario.wholefile import csv_bytes

Ints = NDArray[np.int64]
HEADINGS = {
    "id": "编号", "name": "企业名称", "kind": "主体类型", "industry": "行业",
    "area": "区域", "person": "法定代表人", "phone": "联系电话",
}  # fmt: skip
KINDS = {"company": "企业", "household": "个体工商户"}


@dataclass(frozen=True)
class Trade:
    """An industry: how common it is among companies and households, and the words its businesses bear."""

    industry: str
    companies: float
    households: float
    words: tuple[str, ...]
    shops: tuple[str, ...]


TRADES = (
    Trade("批发和零售业", 24, 38, ("商贸", "贸易", "供应链"), ("便利店", "超市", "五金经营部", "烟酒店", "服装店")),
    Trade("住宿和餐饮业", 4, 27, ("餐饮管理", "酒店管理"), ("餐饮店", "小吃店", "面馆", "火锅店", "茶饮店")),
    Trade("居民服务和修理业", 5, 17, ("家政服务", "汽车服务"), ("理发店", "汽车维修部", "洗衣店", "美容工作室")),
    Trade("制造业", 17, 4, ("机械制造", "精密电子", "新材料"), ("加工坊", "家具加工部")),
    Trade("信息传输和软件业", 20, 3, ("软件", "信息技术", "网络科技"), ("电脑经营部", "网络工作室")),
    Trade("科学研究和技术服务业", 16, 2, ("检测技术", "生物科技", "工程设计"), ("设计工作室", "图文工作室")),
    Trade("租赁和商务服务业", 9, 4, ("企业管理", "广告传媒", "人力资源"), ("广告工作室", "代办服务部")),
    Trade("交通运输和仓储业", 5, 5, ("物流", "货运代理"), ("货运部", "快递服务部")),
)
AREAS = ("科创街道", "丰华街道", "东湖街道", "创业园区", "临港镇")
_AREA_WEIGHTS = (34, 25, 19, 13, 9)
_PLACES = ("云州", "云州高新区", "云州市", "北岸", "临江新城")
_FIRST = "鼎盛宏博恒泰瑞华金锦天鸿嘉永安兴隆福源德信诚康佳美新创智卓远腾飞凯旭明润"
_SECOND = "达通利丰泽昌顺和祥茂旺元邦腾科域程景峰海洋川林森雅悦航翔辰宇轩铭诺维启"
_FORMS = ("有限公司", "有限责任公司", "股份有限公司", "合伙企业（有限合伙）")
_FORM_WEIGHTS = (86, 9, 3, 2)

_MOBILE_PREFIXES = (
    *range(130, 140), 150, 151, 152, 153, 155, 156, 157, 158, 159, 173, 175, 176, 177, 178,
    *range(180, 190), 191, 193, 195, 198, 199,
)  # fmt: skip
_LANDLINE_AREAS = ("0371", "0379", "010", "021")
_LANDLINE_WEIGHTS = (80, 10, 6, 4)
_LANDLINE_SHARE = 0.15
_SPACE = 100_000_000

_WIDE = str.maketrans("0123456789-() ", "０１２３４５６７８９－（）　")
Guise = Callable[[str, str], str]
# How a mobile number (its digits, nothing) and a landline (area code with 0, local number) get written, by weight.
_MOBILE_GUISES: tuple[tuple[float, Guise], ...] = (
    (62, lambda n, _: n),
    (6, lambda n, _: f"{n[:3]} {n[3:7]} {n[7:]}"),
    (6, lambda n, _: f"{n[:3]}-{n[3:7]}-{n[7:]}"),
    (5, lambda n, _: f"+86{n}"),
    (3, lambda n, _: f"+86 {n[:3]} {n[3:7]} {n[7:]}"),
    (3, lambda n, _: f"0086{n}"),
    (3, lambda n, _: f"86-{n}"),
    (3, lambda n, _: n.translate(_WIDE)),
    (3, lambda n, _: f"{n}.0"),
    (2, lambda n, _: f"(+86){n}"),
    (1, lambda n, _: f"{n[:3]}.{n[3:7]}.{n[7:]}"),
    (1, lambda n, _: f"手机：{n}"),
    (1, lambda n, _: f"\u202d{n}\u202c"),
    (1, lambda n, _: f"{n[0]}.{n[1:].rstrip('0')}E10" if len(n.rstrip("0")) >= 7 else n),
)
_LANDLINE_GUISES: tuple[tuple[float, Guise], ...] = (
    (50, lambda a, n: f"{a}-{n}"),
    (12, lambda a, n: f"{a}{n}"),
    (8, lambda a, n: f"({a}){n}"),
    (6, lambda a, n: f"（{a}）{n}"),
    (5, lambda a, n: f"{a} {n[:4]} {n[4:]}"),
    (5, lambda a, n: f"+86 {a[1:]} {n}"),
    (4, lambda a, n: f"{a}-{n}转{n[-3:]}"),
    (4, lambda a, n: f"{a}-{n}-{n[-2:]}"),
    (3, lambda a, n: f"{a}-{n} ext.{n[-3:]}"),
    (3, lambda a, n: f"{a}－{n}".translate(_WIDE)),
)
_PAIRS = ("{}/{}", "{}、{}", "{};{}", "{} / {}")
_UNUSABLE = ("", "-", "无", "N/A", "95588", "12345", "138****8000", "1.38E+10", "不详", "电话保密")


def make_up(rows: int, contacts: int, unusable: int, households: float, seed: int) -> pd.DataFrame:
    """``rows`` rows (text columns ``FIELDS``) that dedupe to exactly ``contacts`` contacts.

    ``unusable`` rows hold no number, the other ones repeat a contact's number: most as a second or third business,
    some as one of the dozens that a bookkeeping agent registers. ``households`` is the share of self-employed
    households. 1 ≤ contacts ≤ rows - unusable, else ValueError. The same arguments give the same rows.
    """
    if not (1 <= contacts <= rows - unusable and unusable >= 0):
        raise ValueError(f"{contacts} contacts cannot come of {rows} rows of which {unusable} are unusable")
    rng = np.random.Generator(np.random.PCG64(seed))
    agents, owner = _owners(rng, contacts, rows - unusable - contacts)
    texts = [*_phone_texts(rng, contacts, owner), *_unusable_texts(rng, unusable)]
    owner = np.concatenate([owner, np.full(unusable, -1, dtype=np.int64)])
    order = np.argsort(rng.random(rows), kind="stable")
    household = np.argsort(np.argsort(rng.random(rows), kind="stable"), kind="stable") < round(rows * households)
    trade = np.where(
        household,
        _weighted(rng, [t.households for t in TRADES], rows),
        _weighted(rng, [t.companies for t in TRADES], rows),
    )
    digits = max(5, len(str(rows)))
    return as_rows(
        {
            "id": [f"R{i:0{digits}d}" for i in range(1, rows + 1)],
            "name": _names(rng, household, trade),
            "kind": ["household" if h else "company" for h in household.tolist()],
            "industry": [TRADES[i].industry for i in trade.tolist()],
            "area": [AREAS[i] for i in _weighted(rng, _AREA_WEIGHTS, rows).tolist()],
            "person": _persons(rng, owner[order], agents, seed),
            "phone": [texts[i] for i in order.tolist()],
        }
    )


def register_csv(rows: pd.DataFrame) -> bytes:
    """The rows as the CSV file that `make-register` writes: UTF-8 with a mark, Chinese headings, whole numbers."""
    shown = {column: rows[column].tolist() for column in HEADINGS}
    shown["kind"] = [KINDS[kind] for kind in shown["kind"]]
    return csv_bytes(list(HEADINGS.values()), zip(*shown.values(), strict=True))


def _pick(rng: np.random.Generator, below: int, count: int) -> Ints:
    """``count`` whole numbers, each equally likely from 0 to ``below`` - 1."""
    return np.minimum((rng.random(count) * below).astype(np.int64), below - 1)


def _weighted(rng: np.random.Generator, weights: Sequence[float], count: int) -> Ints:
    upper = np.cumsum(np.asarray(weights, dtype=float))
    return np.minimum(np.searchsorted(upper / upper[-1], rng.random(count), side="right"), len(weights) - 1).astype(
        np.int64
    )


def _owners(rng: np.random.Generator, contacts: int, duplicates: int) -> tuple[set[int], Ints]:
    """The contact of each usable row (every contact once, then the duplicates), and the bookkeeping agents."""
    agents: set[int] = set()
    repeated: list[Ints] = []
    # Below some forty duplicates a single agent would hold them all.
    left = duplicates * 3 // 10 if duplicates >= 40 else 0
    while left > 0:
        size = min(left, 12 + int(8 * (1 - rng.random()) ** -0.7), 120)
        agent = int(_pick(rng, contacts, 1)[0])
        agents.add(agent)
        repeated.append(np.full(size, agent, dtype=np.int64))
        left -= size
    spread = duplicates - sum(map(len, repeated))
    return agents, np.concatenate([np.arange(contacts, dtype=np.int64), *repeated, _pick(rng, contacts, spread)])


def _phone_texts(rng: np.random.Generator, contacts: int, owner: Ints) -> list[str]:
    """What stands in the telephone cell of each usable row."""
    second = _with_two_numbers(rng, contacts, owner)
    landline = rng.random(contacts + len(second)) < _LANDLINE_SHARE
    own = _distinct(rng, contacts + len(second))
    area: list[int] = _weighted(rng, _LANDLINE_WEIGHTS, contacts + len(second)).tolist()
    of_second = {contact: contacts + i for i, contact in enumerate(second)}
    mobile_guise: list[int] = _weighted(rng, [weight for weight, _ in _MOBILE_GUISES], len(owner)).tolist()
    landline_guise: list[int] = _weighted(rng, [weight for weight, _ in _LANDLINE_GUISES], len(owner)).tolist()
    pair = _pick(rng, len(_PAIRS), len(owner)).tolist()

    def written(number: int, row: int) -> str:
        if landline[number]:
            guise = _LANDLINE_GUISES[landline_guise[row]][1]
            return guise(_LANDLINE_AREAS[area[number]], _local(own[number]))
        guise = _MOBILE_GUISES[mobile_guise[row]][1]
        return guise(_mobile(own[number]), "")

    texts: list[str] = []
    seen: dict[int, int] = {}
    for row, contact in enumerate(owner.tolist()):
        if contact not in of_second:
            texts.append(written(contact, row))
            continue
        # A contact with two numbers: the first row holds both, the next the second only, the others the first.
        nth = seen[contact] = seen.get(contact, -1) + 1
        if nth == 0:
            texts.append(_PAIRS[pair[row]].format(written(contact, row), written(of_second[contact], row)))
        else:
            texts.append(written(of_second[contact] if nth == 1 else contact, row))
    return texts


def _with_two_numbers(rng: np.random.Generator, contacts: int, owner: Ints) -> list[int]:
    """A few contacts, one in three hundred, half of them with several rows that their two numbers connect."""
    if contacts < 10:
        return []
    wanted = -(-contacts // 600)
    shuffled = np.argsort(rng.random(contacts), kind="stable")
    several = np.bincount(owner, minlength=contacts)[shuffled] > 1
    return [*shuffled[several][:wanted].tolist(), *shuffled[~several][:wanted].tolist()]


def _distinct(rng: np.random.Generator, count: int) -> list[int]:
    """``count`` codes of different numbers: mobile prefix x 10^8 + eight digits.

    They differ modulo a quarter of 10^8 already, because a landline is made of that alone.
    """
    found: dict[int, int] = {}
    while len(found) < count:
        more = count - len(found)
        local = _pick(rng, _SPACE, more).tolist()
        prefix = _pick(rng, len(_MOBILE_PREFIXES), more).tolist()
        for low, high in zip(local, prefix, strict=True):
            found.setdefault(low % (_SPACE // 4), high * _SPACE + low)
    return list(found.values())[:count]


def _mobile(code: int) -> str:
    return f"{_MOBILE_PREFIXES[code // _SPACE]}{code % _SPACE:08d}"


def _local(code: int) -> str:
    """Eight digits that begin with 5, 6 or 7 (as local numbers do; 1 and 9 begin services)."""
    local = code % (_SPACE // 4)
    return f"{5 + local // 10_000_000}{local % 10_000_000:07d}"


def _unusable_texts(rng: np.random.Generator, count: int) -> list[str]:
    """Cells without a usable number: the fixed ones, mobiles with a digit missing or too many, bare local numbers."""
    which = _pick(rng, len(_UNUSABLE) + 6, count).tolist()
    local = _pick(rng, 10_000_000, count).tolist()
    slips = (lambda n: f"138{n:07d}", lambda n: f"139{n:07d}05", lambda n: f"6{n:07d}")
    return [
        _UNUSABLE[i] if i < len(_UNUSABLE) else slips[(i - len(_UNUSABLE)) % len(slips)](n)
        for i, n in zip(which, local, strict=True)
    ]


def _names(rng: np.random.Generator, household: NDArray[np.bool_], trade: Ints) -> list[str]:
    """Place + trade name + industry + legal form; households: place or trade name + kind of shop."""
    count = len(trade)
    place, first, second, third = (
        _pick(rng, below, count).tolist() for below in (len(_PLACES), len(_FIRST), len(_SECOND), len(_SECOND))
    )
    longer = (rng.random(count) < 0.35).tolist()
    word = rng.random(count).tolist()
    form = _weighted(rng, _FORM_WEIGHTS, count).tolist()
    names: list[str] = []
    for i, (is_household, at) in enumerate(zip(household.tolist(), trade.tolist(), strict=True)):
        called = _FIRST[first[i]] + _SECOND[second[i]] + (_SECOND[third[i]] if longer[i] else "")
        words = TRADES[at].shops if is_household else TRADES[at].words
        business = words[min(int(word[i] * len(words)), len(words) - 1)]
        names.append(f"{_PLACES[place[i]]}{called}{business}{'' if is_household else _FORMS[form[i]]}")
    return names


def _persons(rng: np.random.Generator, owner: Ints, agents: set[int], seed: int) -> list[str]:
    """A person for each row; the businesses of one owner have one person, those of a bookkeeping agent have many."""
    from faker import Faker

    faker = Faker("zh_CN")
    faker.seed_instance(seed)
    pool = [faker.name() for _ in range(min(2000, len(owner)))]
    drawn = _pick(rng, len(pool), len(owner)).tolist()
    of_owner: dict[int, int] = {}
    return [
        pool[at if who < 0 or who in agents else of_owner.setdefault(who, at)]
        for who, at in zip(owner.tolist(), drawn, strict=True)
    ]
