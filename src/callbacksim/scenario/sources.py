"""The sources that the schema's defaults and ranges rest on, by the keys its fields name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple


class Source(NamedTuple):
    """Where something stands, and what is taken from it."""

    where: str
    says: str


REPORTED = "the reported campaign"
"""Totals of the newspaper's report; a rate taken from them is computed, not observed."""

LIMITS = "time limits of case handling: calling back, forwarding, acknowledging, resolving, returning"

SOURCES: Mapping[str, Source] = {
    "S1": Source("huabao1.guangdong12320.com 2025-09/29", "AI calls to residents: 68 % and 67 % are answered"),
    "V2": Source("yunthe.com/news/585787", "a vendor's answer rate (V2 and V3 claim 20 % and 52 %)"),
    "V3": Source("dinfo.cn NEWS01699", "a vendor's answer rate (V2 and V3 claim 20 % and 52 %)"),
    "S4": Source("ICES-IV abstract 302122", "businesses screened with up to three calls: 61 % complete"),
    "S5": Source("doi 10.1093/oodh/oqaf017", "unannounced robot survey in Uganda: 2.9 %"),
    "S6": Source(
        "support.unicomsi.com, interviewer server architecture",
        "shares of no answer, busy and out of service; times until an answer and until giving up",
    ),
    "S7": Source(
        "callhub.io, best phonebanking times", "voicemail 28 % in the United States; talks of 32.6 s; answers by hour"
    ),
    "S8": Source("help.aliyun.com aiccs smart-status-code", "what a call can end with: rejected, switched off, barred"),
    "S9": Source("people-press.org 2012/05/15", "telephone survey of the public: 14 % respond"),
    "S10": Source("qingdao.dzwww.com t20140409_9998278", "survey line 12340, Qingdao: 50–60 % usable"),
    "S11": Source(
        "developer.cisco.com contact-center-express campaigns",
        "a dialler's ring limit (15 s, at most 60) and its attempts and gaps",
    ),
    "S12": Source("doi 10.12114/j.issn.1007-9572.2021.00.200", "AI service calls: 18.4 s on average"),
    "S13": Source("yidushi.cjyun.org 26505", "surveys by people: 3–5 minutes"),
    "S14": Source("Huawei VoiceCall FAQ", "10 lines by default; at most 3 calls a day and 10 a month to a number"),
    "S15": Source("Aliyun CreateAiCallTask", "at most 500 lines; attempts and gaps"),
    "S16": Source("ctaxnews.net.cn 202511/04", "a tax office's robot: about 2,000 calls an hour"),
    "S17": Source("twilio.com/docs/glossary/cps", "call starts per second as a limit"),
    "V18": Source("yunthe.com/news/586121", "400–1,200 calls a line and day"),
    "S19": Source("pygbw.com (copy of Xinhua)", "hotline: 70–80 calls a shift, 6.6–7.5 minutes each"),
    "S20": Source("thedanielweber.com news01202", "tax hotline: 135 s of talk"),
    "S21": Source("national wage tables 2024 (copy)", "wages, with 35 % on-costs over 2,000 hours"),
    "S22": Source("cloud.baidu.com/product-price/ccc", "price of a started robot minute"),
    "S23": Source("diannaozhishiwang.com", "rent of a line"),
    "S25": Source("blog.boxpilot.com", "20,000 calls to businesses in the United States, by hour and weekday"),
    "S26": Source("rti.org, optimal call scheduling", "households answer more on evenings and weekends"),
    "S29": Source("developer.aliyun.com/ask/650961", "a vendor blocks 12–14 h and 21–9 h"),
    "S30": Source("tencentcloud.com 1229/71847", "carriers: generally 9–21 h"),
    "S31": Source("cloud.tencent.com 679/69194", "attempts and gaps"),
    "S32": Source("pewresearch.org 2020 methodology", "attempts of a telephone survey"),
    "S33": Source("telemarketingrules.com/curfew", "regulators: at most 3 % abandoned calls"),
    "S34": Source("AAPOR Standard Definitions, as in ropensci/outcomerate", "dispositions and rates"),
    "S42": Source(
        "m.yybnet.net 10093219",
        LIMITS,
    ),
    "S43": Source(
        'Shandong, "2115"',
        LIMITS,
    ),
    "S44": Source('Zhuhai, "124"', LIMITS),
    "S45": Source(
        "Beijing 12345, draft rules",
        LIMITS,
    ),
    "S47": Source("Beijing's enterprise line", "response 99.7 %, resolution 92.3 %, satisfaction 94.5 %"),
    "S49": Source("erlang.com, calculator manual", "a check of Erlang B"),
    "S50": Source("rodrigo-arenas/pyworkforce", "a check of Erlang C"),
    REPORTED: Source(
        "newspaper report on a high-tech district, July 2025",
        "12,244 market entities, 9,844 after repeated numbers were removed, 84 called back by people, 15 problems, "
        '"more than 30" suggestions',
    ),
    "S51": Source(
        "the State Council's yearly notice, as chinesecalendar has it",
        "public holidays and make-up working days of China",
    ),
    "S52": Source(
        "Labour Law of the People's Republic of China, article 44",
        "extended hours are paid at 150 % of the wage at least (rest days 200 %, holidays 300 %)",
    ),
    "S60": Source(
        "Labour Law of the People's Republic of China, articles 36 and 38",
        "at most 8 hours a day and 44 a week, at least one day of rest a week",
    ),
    "S61": Source("State Council, Provisions on Working Hours of Employees (1995), article 3", "40 hours a week"),
}


def keys_in(text: str) -> list[str]:
    """The source keys that a field's `source` names, in order; ``S42–S47`` stands for all of them that there are."""
    if text == REPORTED:
        return [REPORTED]
    found: list[str] = []
    for first, last in re.findall(r"([SV]\d+)(?:–[SV]?(\d+))?", text):
        numbers = range(int(first[1:]), int(last or first[1:]) + 1)
        run = [f"{first[0]}{number}" for number in numbers]
        found += [key for key in run if key in SOURCES] if last else run
    return found
