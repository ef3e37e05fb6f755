"""What a cell says, and which number that is: expected values follow from the numbering plan, not from output."""

from __future__ import annotations

import time

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacksim.frame import phones
from callbacksim.frame.phones import Reading, dialled, mask, mask_text, read_numbers

MOBILE = "+8613800138000"
OTHER = "+8613900139000"
BEIJING = "+861088886666"


@pytest.mark.parametrize(
    "raw",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "138—0013–8000",
        "138.0013.8000",
        "(138)0013-8000",
        "+8613800138000",
        "+86 138 0013 8000",
        "(+86)13800138000",
        "0086-13800138000",
        "008613800138000",
        "8613800138000",
        "86-138-0013-8000",
        "１３８００１３８０００",
        "＋８６ １３８－００１３－８０００",
        "013800138000",
        "13800138000.0",
        "13800138000.00",
        "１３８００１３８０００．０",
        "1.3800138E10",
        "1.3800138e+10",
        "13,800,138,000",
        '="13800138000"',
        "'13800138000",
        '"13800138000"',
        "\u202d13800138000\u202c",
        "\ufeff13800138000",
        "138\u200b00138000",
        "\u00a013800138000\u3000",
        "手机:13800138000",
        "手机号码：13800138000",
        "mobile 13800138000",
        "Tel.13800138000",
        "13800138000（张经理）",
        "张三13800138000",
        "١٣٨٠٠١٣٨٠٠٠",
        "13800138000;",
        "13800138000转1",
    ],
)
def test_every_guise_of_a_mobile_is_the_same_number(raw: str) -> None:
    assert read_numbers(raw) == Reading((MOBILE,))


@pytest.mark.parametrize(
    "raw",
    [
        "010-88886666",
        "01088886666",
        "(010)88886666",
        "（010）8888 6666",
        "010 8888-6666",
        "+86 10 8888 6666",
        "+86 (0)10 8888 6666",
        "0086 010 88886666",
        "1088886666.0",
        "010-88886666转801",
        "010-88886666 转 分机 801",
        "010-88886666分机801",
        "010-88886666 分机：801",
        "010-88886666ext801",
        "010-88886666 Ext. 801",
        "010-88886666x801",
        "010-88886666#801",
        "010-88886666-801",
        "010-88886666(801)",
        "010-88886666（转801）",
        "010-88886666/88887777",
    ],
)
def test_every_guise_of_a_landline_is_the_same_number_and_extensions_do_not_count(raw: str) -> None:
    assert read_numbers(raw).numbers == (BEIJING,)


@pytest.mark.parametrize(
    "raw",
    [
        "13800138000/13900139000",
        "13800138000 / 13900139000",
        "13800138000;13900139000",
        "13800138000；13900139000",
        "13800138000,13900139000",
        "13800138000，13900139000",
        "13800138000、13900139000",
        "13800138000 13900139000",
        "138 0013 8000 139 0013 9000",
        "13800138000-13900139000",
        "13800138000\n13900139000",
        "13800138000或13900139000",
        "13800138000.0; 1.3900139E10",
        "13800138000转801/13900139000",
        "13800138000转13900139000",
        "13800138000/13900139000/138-0013-8000",
    ],
)
def test_two_numbers_in_a_cell_are_two_in_the_order_they_stand(raw: str) -> None:
    assert read_numbers(raw).numbers == (MOBILE, OTHER)


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("+1 650 253 0000", "+16502530000"),
        ("+852 2345 6789", "+85223456789"),
        ("00852 2345 6789", "+85223456789"),
        ("400-800-1234", "+864008001234"),
        ("0379-65551234转8", "+8637965551234"),
    ],
)
def test_foreign_and_service_centre_numbers(raw: str, number: str) -> None:
    assert read_numbers(raw).numbers == (number,)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", phones.EMPTY),
        ("  ", phones.EMPTY),
        ("-", phones.EMPTY),
        ("——", phones.EMPTY),
        ("/", phones.EMPTY),
        ("无", phones.EMPTY),
        ("N/A", phones.EMPTY),
        ("Ｎ／Ａ", phones.EMPTY),
        ("None", phones.EMPTY),
        ("0", phones.EMPTY),
        ("00000000000", phones.EMPTY),
        ("abc", phones.LETTERS),
        ("电话保密", phones.LETTERS),
        ("138OO138000", phones.LETTERS),
        ("1800FLOWERS", phones.LETTERS),
        ("=1+1", phones.LETTERS),
        ("138****8000", phones.MASKED),
        ("138xxxx8000", phones.MASKED),
        ("1.38001E+10", phones.SHORTENED),
        ("1.38E10", phones.SHORTENED),
        ("95588", phones.SERVICE),
        ("12345", phones.SERVICE),
        ("110", phones.SERVICE),
        ("88886666", phones.LOCAL),
        ("8888-6666", phones.LOCAL),
        ("57195123", phones.LOCAL),
        ("+86 88886666", phones.LOCAL),
        ("1380013800", phones.TOO_SHORT),
        ("138001380001", phones.TOO_LONG),
        ("13800138000 13900", phones.TOO_LONG),
        ("9" * 400, phones.TOO_LONG),
        ("9" * 100_000, phones.TOO_LONG),
        ("12012345678", phones.INVALID),
        ("+1 650", phones.INVALID),
        ("+13800138000", phones.INVALID),
    ],
)
def test_what_is_no_number_says_why(raw: str, reason: str) -> None:
    assert read_numbers(raw) == Reading((), reason)


def test_a_usable_number_beside_an_unusable_one_is_enough() -> None:
    assert read_numbers("95588/13800138000") == Reading((MOBILE,))


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (MOBILE, "138****8000"),
        (BEIJING, "010-****6666"),
        ("+8637965551234", "0379-****1234"),
        ("+863735551234", "0373-****234"),
        ("+864008001234", "400****234"),
        ("+85223456789", "+852****6789"),
        ("+8657195123", "0571-****3"),
        ("12345", "1****"),
        ("", ""),
    ],
)
def test_masks_hide_at_least_four_digits(number: str, shown: str) -> None:
    assert mask(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (MOBILE, "13800138000"),
        (BEIJING, "010-88886666"),
        ("+863735551234", "0373-5551234"),
        ("+864008001234", "4008001234"),
        ("+868008101234", "8008101234"),
        ("+8657195123", "0571-95123"),
        ("+85223456789", "0085223456789"),
        ("+14155552671", "0014155552671"),
        ("+8695013123456", "95013123456"),
    ],
)
def test_a_number_as_it_is_dialled_is_the_same_number_again(number: str, shown: str) -> None:
    assert dialled(number) == shown
    assert read_numbers(shown).numbers == (number,)


def test_a_cell_is_masked_whatever_it_holds() -> None:
    assert mask_text("138 0013 8000/010-88886666转1") == "138****8000 / 010-****6666"
    assert mask_text("8888-6666") == "****-****"
    assert mask_text("95588") == "95588"
    assert "\x1b" not in mask_text("\x1b[31m无")


@st.composite
def guises(draw: st.DrawFn) -> tuple[str, str]:
    """A valid mainland mobile and one way to write it."""
    number = draw(st.sampled_from(["138", "159", "177", "186", "199"])) + draw(
        st.from_regex(r"[0-9]{8}", fullmatch=True)
    )
    prefix = draw(st.sampled_from(["", "+86", "+86 ", "0086", "86", "(+86)", "86-", "手机：", "\u202d", "'"]))
    gap = draw(st.sampled_from(["", " ", "-", ".", "—", "\u00a0", "\u200b"]))
    written = gap.join([number[:3], number[3:7], number[7:]])
    if draw(st.booleans()):
        written = written.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    return "+86" + number, prefix + written + draw(st.sampled_from(["", " ", "(张三)", "转801", ";", "\t"]))


@given(guises())
def test_guises_of_a_number_normalise_to_the_number(pair: tuple[str, str]) -> None:
    number, written = pair
    assert read_numbers(written).numbers == (number,)


@given(st.text(max_size=60))
def test_any_text_gives_valid_numbers_or_a_reason(text: str) -> None:
    reading = read_numbers(text)
    assert bool(reading.numbers) != bool(reading.reason)
    assert reading.reason in ("", *phones.REASONS)
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(number, None)) for number in reading.numbers)


@given(st.text(alphabet="0123456789 +-()./,;x#转E", max_size=40))
def test_what_is_read_reads_the_same_again(text: str) -> None:
    for number in read_numbers(text).numbers:
        assert read_numbers(number).numbers == (number,)


@given(st.from_regex(r"(0?[1-9][0-9]{9,11}|1[3-9][0-9]{9})", fullmatch=True))
def test_plain_digits_agree_with_libphonenumber(digits: str) -> None:
    parsed = phonenumbers.parse(digits, "CN")
    valid = phonenumbers.is_valid_number(parsed)
    expected = (phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164),) if valid else ()
    assert read_numbers(digits).numbers == expected


def test_a_register_of_numbers_is_read_within_seconds() -> None:
    begin = time.perf_counter()
    for i in range(12_000):
        read_numbers(f"+86 138 {i:04d} 0000 转{i % 100}")
    assert time.perf_counter() - begin < 10  # about half a second; the margin is for a busy machine


@pytest.mark.parametrize("before", ["", "+86"])
def test_the_short_way_to_a_mobile_number_ends_where_the_library_does(before: str) -> None:
    """No rule for Chinese mobiles looks further than five digits: each beginning is tried, with and without +86."""
    for beginning in range(30_000, 100_000):
        digits = f"{before}1{beginning}20013"
        assert phones.e164(digits) == phones.parsed(digits), digits
    assert [phones.e164(digits) for digits in ("1380013800", "138001380000", "12345678901")] == [None, None, None]
