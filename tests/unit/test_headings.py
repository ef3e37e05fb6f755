from __future__ import annotations

import pytest

from callbacksim.frame.headings import kind_of, normalised, recognise, speaks_of_phone

NUMBERS = ["13800138000", "13900139000", ""]
TEXTS = ["甲", "乙", "丙"]


def roles_of(*headings: str, numbers: tuple[str, ...] = ()) -> dict[str, tuple[int, ...]]:
    return dict(recognise(headings, [NUMBERS if heading in numbers else TEXTS for heading in headings]))


def test_the_headings_of_a_chinese_register() -> None:
    assert roles_of("统一社会信用代码", "企业名称", "企业类型", "所属行业", "所属街道", "法定代表人", "联系电话") == {
        "id": (0,), "name": (1,), "kind": (2,), "industry": (3,), "area": (4,), "person": (5,), "phone": (6,),
    }  # fmt: skip


def test_the_headings_of_an_english_register() -> None:
    assert roles_of("ID", "Company Name", "Type", "Industry", "District", "Contact Person", "Phone No.") == {
        "id": (0,), "name": (1,), "kind": (2,), "industry": (3,), "area": (4,), "person": (5,), "phone": (6,),
    }  # fmt: skip


@pytest.mark.parametrize(
    "heading",
    [
        "联系电话",
        " 联系 电话 ",
        "\ufeff联系电话",
        "联系电话：",
        "（联系电话）",
        "PHONE",
        "Ｐｈｏｎｅ",
        "phone_number",
        "Tel.",
        "手机号码",
        "电话1",
    ],
)
def test_case_width_spaces_and_punctuation_do_not_matter(heading: str) -> None:
    assert roles_of("名称", heading)["phone"] == (1,)


def test_several_telephone_columns_keep_their_order() -> None:
    assert roles_of("手机", "名称", "固定电话", "电话2")["phone"] == (0, 2, 3)


def test_the_better_heading_plays_a_role_that_only_one_can() -> None:
    found = roles_of("序号", "统一社会信用代码", "法定代表人", "联系人", "电话")
    assert found["id"] == (1,)
    assert found["person"] == (3,)


def test_a_longer_heading_that_speaks_of_a_telephone_counts_if_its_cells_hold_numbers() -> None:
    assert roles_of("企业联系电话(手机)", numbers=("企业联系电话(手机)",))["phone"] == (0,)
    assert "phone" not in roles_of("证件号码")
    assert "phone" not in roles_of("名称", "电话回访结果", "传真", numbers=("传真",))
    assert roles_of("电话", "电话是否接通")["phone"] == (0,)


def test_without_a_heading_the_cells_tell() -> None:
    assert roles_of("名称", "怎么找他", numbers=("怎么找他",))["phone"] == (1,)
    assert roles_of("Name", "Contact", numbers=("Contact",)) == {"name": (0,), "phone": (1,)}
    assert "phone" not in roles_of("名称", "备注")


def test_a_name_of_a_person_is_not_a_name_of_a_business() -> None:
    assert roles_of("法定代表人姓名", "市场主体名称", "电话") == {"person": (0,), "name": (1,), "phone": (2,)}


def test_a_line_of_headings_is_told_from_a_title_and_from_data() -> None:
    assert speaks_of_phone(["名称", "联系电话"])
    assert not speaks_of_phone(["高新区市场主体名单"])
    assert not speaks_of_phone(["某某电话店", "13800138000"])


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("企业", "", "company"),
        ("个体工商户", "云州贸易公司", "household"),
        ("个体", "", "household"),
        ("有限责任公司(自然人投资或控股)", "", "company"),
        ("个人独资企业", "", "company"),
        ("Company", "", "company"),
        ("household", "", "household"),
        ("Self-employed", "", "household"),
        ("", "云州软件有限公司", "company"),
        ("？", "红星机械厂", "company"),
        ("", "张记面馆", "household"),
        ("", "城东五金经营部", "household"),
        ("", "李氏工作室", "household"),
        ("", "", "company"),
        ("其他", "某某", "company"),
    ],
)
def test_kinds(kind: str, name: str, expected: str) -> None:
    assert kind_of(kind, name) == expected


def test_normalised_keeps_letters_digits_and_characters_only() -> None:
    assert normalised(" Phone-No.（２） ") == "phoneno2"
