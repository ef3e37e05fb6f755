"""From what people type into a cell to E.164 numbers, or to the reason why there is none.

libphonenumber (region CN) decides what is a number. Before it is asked, what spreadsheets and typists do to a
number is undone: full-width digits, invisible marks, floats, thousands commas, extensions, two numbers in a cell.

Rules that libphonenumber leaves open:

* The same number with different extensions is one number: it is one line that rings.
* Seven or eight digits without an area code are refused, never completed by guessing.
* Short numbers (95588, 12345) are dialable but belong to nobody on a register: refused.
* Chinese text beside a number names a person or the kind of line and separates numbers; Latin letters that are
  not an extension or a label make the number unusable (a keypad would turn them into digits).
* Scientific notation counts only with seven or more significant digits; a spreadsheet that shows six has lost the rest.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import phonenumbers

EMPTY = "no number given 未填号码"
LETTERS = "letters or signs in it 含有字母或符号"
MASKED = "digits hidden by asterisks 号码已遮蔽"
SHORTENED = "digits lost in scientific notation 科学计数法丢失位数"
SERVICE = "short or service number 短号或服务号码"
LOCAL = "landline without area code 固定电话缺少区号"
TOO_SHORT = "too few digits 位数不足"
TOO_LONG = "too many digits 位数过多"
INVALID = "no such number 不存在的号码"
REASONS = (EMPTY, LETTERS, MASKED, SHORTENED, SERVICE, LOCAL, TOO_SHORT, TOO_LONG, INVALID)

_PLACEHOLDERS = frozenset(
    {"无", "没有", "暂无", "未填", "未提供", "不详", "未知", "空", "缺", "保密", "无号码", "无电话"}
    | {"na", "n/a", "n.a", "n.a.", "#n/a", "null", "none", "nil", "nan", "unknown"}
)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－ー─━~〜～"), "-")
_HAN = r"\u3007\u3400-\u9fff\uf900-\ufaff"
_EXTENSION = re.compile(
    r"(?<=\d)[\s()\[\],-]*(?:转接?|分机号?|内线|extension|extn|ext|x|#)+[\s.:号-]*\d{1,6}(?!\d)[\s)\]]*", re.IGNORECASE
)
_BRACKET_EXTENSION = re.compile(r"\(\s*\d{1,5}\s*\)\s*$")
_LABEL = re.compile(r"(?<![a-z])(?:telephone|tel|mobile|mob|cell|phone)(?![a-z])[\s.:]*", re.IGNORECASE)
# What never stands within one number and its extension; several columns are joined by the first.
_SECTIONS = re.compile(r"[;/|\\、]+")
_SEPARATORS = re.compile(rf"[;/|\\、。&\n\r{_HAN}]+")
_FORMULA_TEXT = re.compile(r'=\s*"([^"]*)"')
_FLOAT = re.compile(r"(\d+)\.0+")
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?e\+?(\d{1,2})", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3}){2,}(?:\.0+)?")
_HIDDEN = re.compile(r"\d\s*x{2,}|x{2,}\s*\d|\*", re.IGNORECASE)
_FOREIGN_SIGN = re.compile(r"[^\d\s+().:\[\]_'\"·-]")
_DASH_EXTENSION = re.compile(r"(.*\d)\s*-\s*\d{1,6}")
_MOBILE = re.compile(r"\+861[3-9]\d{9}")
# Beyond this no cell is a telephone number; it also bounds the work that a hostile cell can cause.
_LONGEST_CELL = 500


def _plain_mobile() -> re.Pattern[str]:
    """libphonenumber's own rule for a mobile number in China: most numbers are, and its long way round takes time."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region("CN")
    rule = metadata and metadata.mobile and metadata.mobile.national_number_pattern
    return re.compile(rf"(?:\+86)?((?=\d{{11}}$)(?:{rule or '(?!)'}))", re.ASCII)


_PLAIN_MOBILE = _plain_mobile()


@dataclass(frozen=True)
class Reading:
    """The numbers (E.164, in the cell's order, each once) of a cell; ``reason`` says why there is none, else ''."""

    numbers: tuple[str, ...]
    reason: str = ""


def read_numbers(raw: str) -> Reading:
    """All usable telephone numbers in a cell of a register, or the reason why it holds none.

    A cell that holds a usable number beside an unusable one is usable; ``reason`` is then empty.
    """
    if mobile := _PLAIN_MOBILE.fullmatch(raw):  # as most are written
        return Reading((f"+86{mobile[1]}",))
    text = _tidied(raw[: _LONGEST_CELL + 1])
    digits = re.sub(r"\D", "", text)
    if text.lower() in _PLACEHOLDERS or not any(c.isalnum() for c in text) or (digits and not digits.strip("0")):
        return Reading((), EMPTY)
    if not digits:
        return Reading((), MASKED if "*" in text else LETTERS)
    if len(text) > _LONGEST_CELL:
        return Reading((), TOO_LONG)
    found: dict[str, None] = {}
    reasons: list[str] = []
    for section in _SECTIONS.split(text):
        if _HIDDEN.search(section):
            reasons.append(MASKED)
            continue
        for piece in _SEPARATORS.split(_LABEL.sub(" ", _EXTENSION.sub(";", section))):
            for part in _parts(piece):
                numbers, reason = _read_part(part)
                found.update(dict.fromkeys(numbers))
                reasons.extend([reason] if reason else [])
    return Reading(tuple(found)) if found else Reading((), reasons[0] if reasons else EMPTY)


def mask(number: str) -> str:
    """A number (E.164) as screens, logs and reports show it: ``138****8000``, ``010-****6666``, ``+852****6789``.

    At least four digits are hidden, however short the number is; the area code is not.
    """
    if _MOBILE.fullmatch(number):
        return f"{number[3:6]}****{number[10:]}"
    if number.startswith("+86"):
        national, area = number[3:], _area_digits(number)
        if area:
            local = national[area:]
            hidden = max(4, len(local) - 4)
            return f"0{national[:area]}-{'*' * hidden}{local[hidden:]}"
        domestic = national if re.match(r"1[3-9]\d{9}$|[48]00", national) else f"0{national}"
        return _hide(domestic)
    return "+" + _hide(number[1:]) if number.startswith("+") else _hide(number)


def dialled(number: str) -> str:
    """A number (E.164) as people in China dial it: ``13800138000``, ``0373-5551234``, ``0085223456789``.

    No sign that a spreadsheet takes for a formula, and read again it is the same number.
    """
    foreign = f"00{number.removeprefix('+')}"
    if not number.startswith("+86"):
        return foreign
    national, area = number[3:], _area_digits(number)
    domestic = f"0{national[:area]}-{national[area:]}" if area else national
    return domestic if read_numbers(domestic).numbers == (number,) else foreign


def mask_text(raw: str) -> str:
    """What a cell of a register shows on a screen: its numbers masked, or its text with the digits hidden."""
    reading = read_numbers(raw)
    if reading.numbers:
        return " / ".join(map(mask, reading.numbers))
    shown = "".join(c if c.isprintable() else "�" for c in raw[:40])
    # Service numbers are nobody's: from seven digits on it may be a person's number with a slip in it.
    return re.sub(r"\d", "*", shown) if sum(c.isdigit() for c in raw) >= 7 else shown


def usable_share(texts: Iterable[str]) -> float:
    """Share of the non-empty texts that hold a usable number; 0 where all are empty."""
    filled = [text for text in texts if text.strip()]
    return sum(1 for text in filled if read_numbers(text).numbers) / len(filled) if filled else 0.0


@lru_cache(maxsize=1 << 15)
def _area_digits(number: str) -> int:
    """How many digits the area code of a landline in China (E.164) has, 0 for every other number."""
    if _MOBILE.fullmatch(number):
        return 0
    try:
        return int(phonenumbers.length_of_geographical_area_code(phonenumbers.parse(number)))
    except phonenumbers.NumberParseException:
        return 0


def _hide(digits: str) -> str:
    tail = min(4, max(0, len(digits) - 7))
    head = min(3, max(0, len(digits) - 4))
    return digits[:head] + "*" * (len(digits) - head - tail) + (digits[-tail:] if tail else "")


def _tidied(raw: str) -> str:
    """Half-width, ASCII digits, one kind of dash, nothing invisible, no spreadsheet quoting."""
    text = raw
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFKC", text).translate(_DASHES).replace("\t", " ")
        text = "".join(_plain(c) for c in text)
    text = text.strip()
    quoted = _FORMULA_TEXT.fullmatch(text)
    return (quoted[1] if quoted else text).strip(" '`\"‘’“”")


def _plain(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return "" if unicodedata.category(character) in ("Cf", "Cc") and character not in "\n\r" else character


def _parts(piece: str) -> list[str]:
    """A piece at its commas, unless the commas only group a spreadsheet's thousands."""
    piece = piece.strip(" :,")
    if _THOUSANDS.fullmatch(piece):
        return [piece.replace(",", "")]
    return [part for part in (p.strip(" :") for p in piece.split(",")) if any(c.isalnum() for c in part)]


def _read_part(part: str) -> tuple[list[str], str]:
    """The numbers in a piece of text that was meant as one number (or several apart by blanks), or the reason."""
    if match := _FLOAT.fullmatch(part):
        part = match[1]
    elif match := _SCIENTIFIC.fullmatch(part):
        if len(match[1] + (match[2] or "").rstrip("0")) < 7 or len(match[2] or "") > int(match[3]):
            return [], SHORTENED
        part = str(int(Decimal(part)))
    if _FOREIGN_SIGN.search(part):
        return [], LETTERS
    if number := _number(part):
        return [number], ""
    if (match := _BRACKET_EXTENSION.search(part)) and (number := _number(part[: match.start()])):
        return [number], ""
    if (match := _DASH_EXTENSION.fullmatch(part)) and (number := _number(match[1])) and not _MOBILE.match(number):
        return [number], ""
    tokens = re.findall(r"\+?\d+", part)
    if 1 < len(tokens) <= 16 and (several := _several(tuple(tokens))):
        return list(several), ""
    return [], _why_not(part)


def _number(text: str) -> str | None:
    """E.164 of a text that holds one number, else None."""
    first = re.search(r"\d", text)
    digits = re.sub(r"\D", "", text)
    return e164("+" + digits if first and "+" in text[: first.start()] else digits)


def e164(dialled: str) -> str | None:
    """E.164 of digits with or without a plus, if libphonenumber holds them for a valid number."""
    mobile = _PLAIN_MOBILE.fullmatch(dialled)
    return f"+86{mobile[1]}" if mobile else parsed(dialled)


@lru_cache(maxsize=1 << 15)
def parsed(dialled: str) -> str | None:
    """The same by libphonenumber alone."""
    if not 7 <= len(dialled) <= 20:
        return None
    # Without +, 0 or enough digits, libphonenumber would take the first digits of a local number for an area code.
    if dialled[0] not in "+0" and len(dialled) < 10:
        return None
    try:
        number = phonenumbers.parse(dialled, "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _several(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Groups of digits read as consecutive whole numbers (the longest first), or () if any group is left over."""
    for end in range(len(tokens), 0, -1):
        number = _number("".join(tokens[:end]))
        if number is not None:
            rest = _several(tokens[end:]) if end < len(tokens) else ()
            return (number, *rest) if rest or end == len(tokens) else ()
    return ()


def _why_not(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    foreign = "+" in text or digits.startswith("00")
    national = re.sub(r"^(?:0086|86(?=\d{9}))", "", digits) if not text.lstrip(" (").startswith("+86") else digits[2:]
    if foreign and not digits.startswith(("86", "0086")):
        return INVALID
    if not digits.strip("0"):
        return EMPTY
    if len(national) <= 6:
        return SERVICE if len(national) >= 3 else TOO_SHORT
    if len(national) <= 8 and national[0] not in "01":
        return LOCAL
    shortest, longest = (11, 11) if national[0] == "1" else (10, 12)
    if shortest <= len(national) <= longest:
        return INVALID
    return TOO_SHORT if len(national) < shortest else TOO_LONG
