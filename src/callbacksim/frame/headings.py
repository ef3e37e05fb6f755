"""Which column of a register is which, from its headings (Chinese or English) and, failing that, from its cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from callbacksim.frame.phones import read_numbers, usable_share

Role = Literal["phone", "id", "name", "kind", "industry", "area", "person"]
Kind = Literal["company", "household"]
Roles = Mapping[Role, tuple[int, ...]]
ROLES: tuple[Role, ...] = get_args(Role)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Whole headings, in order of preference where several columns could play a role that only one can.
_EXACT: Mapping[Role, tuple[str, ...]] = {
    "phone": _words(
        "联系电话 电话 手机 手机号 手机号码 电话号码 联系方式 联系手机 移动电话 固定电话 固话 座机 办公电话 "
        "企业电话 公司电话 单位电话 法人电话 法人手机 法人联系电话 法定代表人电话 法定代表人联系电话 "
        "负责人电话 负责人手机 联系人电话 联系人手机 经营者电话 注册电话 备用电话 其他电话 更多电话 phone "
        "phoneno phonenumber phonenumbers phones tel telno telephone telephoneno telephonenumber mobile "
        "mobileno mobilenumber mobilephone cell cellphone contactphone contactno contactnumber contactmobile "
        "businessphone officephone landline callee msisdn"
    ),
    "id": _words(
        "统一社会信用代码 社会信用代码 信用代码 统一信用代码 注册号 工商注册号 组织机构代码 企业编号 主体编号 "
        "编号 编码 代码 序号 uscc creditcode registrationnumber registrationno regno businessid entityid rowid "
        "id identifier code no"
    ),
    "name": _words(
        "企业名称 市场主体名称 主体名称 经营主体名称 单位名称 公司名称 商户名称 商家名称 店铺名称 字号名称 "
        "个体户名称 机构名称 客户名称 企业 公司 单位 商户 字号 名称 companyname businessname entityname "
        "firmname organisation organization company business firm enterprise merchant name"
    ),
    "kind": _words(
        "主体类型 市场主体类型 经营主体类型 企业类型 单位类型 主体性质 企业性质 商户类型 类型 主体类别 类别 "
        "性质 kind type entitytype businesstype companytype legalform category"
    ),
    "industry": _words("行业 所属行业 行业门类 行业名称 行业类别 行业类型 行业大类 行业分类 industry sector trade"),
    "area": _words(
        "区域 所属区域 片区 所属片区 街道 所属街道 镇街 街镇 乡镇 所属乡镇 所属乡镇街道 乡镇街道 辖区 地区 "
        "所在地 园区 所属园区 社区 所属社区 行政区划 area district region subdistrict street town township "
        "zone"
    ),
    "person": _words(
        "联系人 联系人姓名 企业联系人 法定代表人 法定代表人姓名 法人代表 法人 法人姓名 负责人 负责人姓名 "
        "经营者 经营者姓名 业主 姓名 法定代表人负责人 contactperson contactname contact legalrepresentative "
        "legalperson representative owner ownername proprietor manager person responsibleperson"
    ),
}
# Words within longer headings, tried when no whole heading fits; the order of the roles matters.
_WITHIN: Mapping[Role, tuple[str, ...]] = {
    "phone": ("电话", "手机", "联系方式", "座机", "号码", "phone", "mobile", "number"),
    "id": ("信用代码", "注册号", "编号"),
    "industry": ("行业", "industry"),
    "kind": ("类型", "主体类别", "主体性质"),
    "person": ("法定代表人", "法人", "负责人", "联系人", "经营者", "legalrep", "contactperson"),
    "area": ("街道", "区域", "片区", "辖区", "乡镇", "园区", "district", "subdistrict"),
    "name": ("名称", "字号", "companyname", "businessname", "enterprisename"),
}
# A heading that speaks of these is about the calls or about something else than its word suggests.
_NOT = {
    "phone": ("传真", "fax", "结果", "状态", "次数", "时间", "日期", "是否", "备注", "回访"),
    "person": ("证件", "身份证", "住址", "地址"),
}
_HOUSEHOLD_KINDS = ("个体", "household", "selfemployed", "individual", "soletrader", "soleproprietor", "家庭经营")
_COMPANY_KINDS = _words("公司 企业 法人 合伙 合作社 company corporation enterprise limited llc firm partnership")
_COMPANY_NAMES = _words("公司 集团 厂 合作社 事务所 研究院 银行 合伙 企业 co.,ltd co.ltd limited inc. llc")
_HOUSEHOLD_NAMES = _words(
    "店 经营部 工作室 个体 商行 超市 餐馆 饭馆 小吃 面馆 理发 美发 五金 便利 门市 摊 铺 坊 馆 服务部 "
    "维修部 修理部 批发部 经销部"
)
_SAMPLE = 200
_MOSTLY = 0.5


def normalised(heading: str) -> str:
    """A heading without case, width, spaces, punctuation, invisible marks and byte-order mark."""
    folded = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(c for c in folded if c.isalnum())


def recognise(headings: Sequence[str], columns: Sequence[Sequence[str]]) -> Roles:
    """The columns (0-based) that play each role; roles that no column plays are left out.

    ``columns`` holds the cells of each heading's column (the first 200 are looked at). Telephone numbers may
    be in several columns, which are kept in the file's order; every other role has one column. Where no heading
    speaks of a telephone, the first column that mostly holds numbers is taken.
    """
    keys = [normalised(heading) for heading in headings]
    taken: dict[int, Role] = {}
    for role in ROLES:
        _claim(role, _whole(role, keys, taken), taken)
    for role, words in _WITHIN.items():
        if role == "phone" or role not in taken.values():
            fitting = [i for i, key in enumerate(keys) if i not in taken and _speaks(role, key, words)]
            if role == "phone":
                fitting = [i for i in fitting if _plausible(columns[i])]
            _claim(role, fitting, taken)
    if "phone" not in taken.values():
        # Even one whose heading suggested another role: "contact" may be a person or a number.
        holding = [i for i, key in enumerate(keys) if _speaks("phone", key, ("",)) and _mostly_numbers(columns[i])]
        _claim("phone", holding[:1], taken)
    return {role: found for role in ROLES if (found := tuple(sorted(i for i in taken if taken[i] == role)))}


def speaks_of_phone(headings: Sequence[str]) -> bool:
    """Whether a line of a table is a line of headings, by the surest sign: one of them names a telephone."""
    return any(
        _whole("phone", [key], {}) or (_speaks("phone", key, _WITHIN["phone"]) and len(key) <= 20)
        for key in map(normalised, headings)
    ) and not any(read_numbers(heading).numbers for heading in headings)


def kind_of(kind: str, name: str) -> Kind:
    """Company or self-employed household, from what the register says, else from the business's name, else company."""
    stated = normalised(kind)
    if any(word in stated for word in _HOUSEHOLD_KINDS):
        return "household"
    if any(word in stated for word in _COMPANY_KINDS):
        return "company"
    called = unicodedata.normalize("NFKC", name).casefold().replace(" ", "")
    if any(word in called for word in _COMPANY_NAMES):
        return "company"
    return "household" if any(word in called for word in _HOUSEHOLD_NAMES) else "company"


def _whole(role: Role, keys: Sequence[str], taken: Mapping[int, Role]) -> list[int]:
    """Columns whose whole heading is a known word for the role (a number at its end, 电话2, aside), best first."""
    words = _EXACT[role]
    fitting = [
        (words.index(word), i)
        for i, key in enumerate(keys)
        if i not in taken and (word := next((k for k in (key, _unnumbered(key)) if k in words), None)) is not None
    ]
    return [i for _, i in sorted(fitting)]


def _unnumbered(key: str) -> str:
    return re.sub(r"(?<=.)[\d一二三]+$", "", key)


def _speaks(role: Role, key: str, words: Sequence[str]) -> bool:
    return any(word in key for word in words) and not any(word in key for word in _NOT.get(role, ()))


def _claim(role: Role, fitting: Sequence[int], taken: dict[int, Role]) -> None:
    for i in fitting if role == "phone" else fitting[:1]:
        taken[i] = role


def _plausible(cells: Sequence[str]) -> bool:
    sample = [cell for cell in cells[:_SAMPLE] if cell.strip()]
    return not sample or usable_share(sample) >= _MOSTLY


def _mostly_numbers(cells: Sequence[str]) -> bool:
    return usable_share(cells[:_SAMPLE]) > _MOSTLY
