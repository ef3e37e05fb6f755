"""What a planner reads when a scenario is wrong: every message in full, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from callbacksim.scenario.files import load
from callbacksim.scenario.problems import Refused

REGISTER = "[register]\nrows = 100\ncontacts = 80\n"  # lines 1 to 3
LAWS = '"constant", "uniform", "exponential", "lognormal", "gamma", "quantiles", "table" or "mixture"'
DAYS = '"Mon", "Tue", "Wed", "Thu", "Fri", "Sat" or "Sun"'
COUNTS = "{ escalations = 84, problems = 15, suggestions = 35 }"
WINDOWS = '[["09:00", "12:00"], ["14:00", "18:00"]]'
EXACT = "[recognition.exact]\nescalations = {0}\nproblems = {1}\nsuggestions = {2}\n"
GOOD_QUESTION = (
    '[[questionnaire.questions]]\nid = "S"\ntext = "满意吗"\nkind = "score"\nsatisfaction = true\n'  # 4 to 8
)


def question(**fields: str) -> str:
    """A further question; its heading is line 9."""
    return "[[questionnaire.questions]]\n" + "".join(f"{key} = {value}\n" for key, value in fields.items())


def refused(tmp_path: Path, text: str, **options: object) -> list[str]:
    """The problems of a scenario file of this text, with the directory left out."""
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as caught:
        load(path, **options)  # type: ignore[arg-type]
    return [str(problem).replace(f"{tmp_path}/", "") for problem in caught.value.problems]


# Each: what is below the register (from line 4), and the one message without the file's name.
ONE_WRONG: dict[str, tuple[str, str]] = {
    # unknown fields
    "a misspelt field": ("[robot]\nlinse = 3\n", "5: robot.linse: unknown field; did you mean robot.lines?"),
    "a misspelt table": ("[robots]\nlines = 3\n", "4: robots: unknown field; did you mean robot?"),
    "upper case": ("[robot]\nLines = 3\n", "5: robot.Lines: unknown field; did you mean robot.lines?"),
    "a field under the wrong heading": ("lines = 20\n", "4: register.lines: unknown field; did you mean robot.lines?"),
    "a field nothing resembles": (
        "[costs]\nxyzzy = 1\n",
        "5: costs.xyzzy: unknown field; [costs] has agent_hour, overtime, clerk_hour, listener_hour, robot_minute, "
        "line_month",
    ),
    "an unknown field of a law": (
        '[agents]\nring = { law = "constant", value = 3, jump = 1 }\n',
        "5: agents.ring.jump: unknown field; [agents.ring] has law, value",
    ),
    "an unknown field of a department": (
        '[ledger.departments."金融办"]\nstaf = 1\n[ledger.categories.A]\ndepartment = "金融办"\n',
        "5: ledger.departments.金融办.staf: unknown field; did you mean ledger.departments.金融办.staff?",
    ),
    # ranges of what is not known
    "a range for no input": (
        '[uncertain]\n"answering.bse" = [0.4, 0.5]\n',
        '5: uncertain."answering.bse": "answering.bse" is no input that can be drawn; did you mean "answering.base"?',
    ),
    "a range for what nothing resembles": (
        "[uncertain]\nxyzzy = [0.4, 0.5]\n",
        '5: uncertain.xyzzy: "xyzzy" is no input that can be drawn; name a number or a law such as "answering.base"',
    ),
    "a range of a promise": (
        '[uncertain]\n"targets.cost" = [1, 2]\n',
        '5: uncertain."targets.cost": "targets.cost" is no input that can be drawn; name a number or a law such as '
        '"answering.base"',
    ),
    "a range upside down": (
        '[uncertain]\n"answering.base" = [0.5, 0.4]\n',
        '5: uncertain."answering.base": [0.5, 0.4] is no range; write the lower end first, or "known" if there is no '
        "doubt",
    ),
    "a range beyond the field": (
        '[uncertain]\n"answering.base" = [0.5, 1.2]\n',
        '5: uncertain."answering.base": [0.5, 1.2] goes beyond what answering.base may be; keep it from 0 to 1',
    ),
    "a range of a mean from 0": (
        '[uncertain]\n"agents.talk" = [0, 600]\n',
        '5: uncertain."agents.talk": [0, 600] goes beyond what the mean of a law may be; keep it above 0 to 10000000',
    ),
    "a range of a law that is always 0": (
        '[uncertain]\n"agents.ring" = [1, 5]\n[agents]\nring = { law = "constant", value = 0 }\n',
        '5: uncertain."agents.ring": a law that is always 0 cannot be stretched; give the law a mean above 0',
    ),
    "a range of a whole number with halves": (
        '[uncertain]\n"robot.lines" = [1.5, 8]\n',
        '5: uncertain."robot.lines": [1.5, 8] has an end that robot.lines cannot be; write whole numbers',
    ),
    "a word that is no range": (
        '[uncertain]\n"answering.base" = "unsure"\n',
        '5: uncertain."answering.base": "unsure" is neither a range nor "known"; write [lowest, highest], for example '
        '"answering.base" = [0.41, 0.48]',
    ),
    "a range without quotes": (
        "[uncertain]\nanswering.base = [0.4, 0.5]\n",
        '5: uncertain.answering: { base = [0.4, 0.5] } is neither a range nor "known"; write the field in quotes, for '
        'example "answering.base" = [0.41, 0.48]',
    ),
    "a range without an end": (
        '[uncertain]\n"agents.talk" = [60, inf]\n',
        '5: uncertain."agents.talk": [60, inf] has no end; write two numbers, the lower first',
    ),
    # wrong kinds of value
    "text for a whole number": (
        '[robot]\nlines = "20"\n',
        '5: robot.lines: "20" is text, not a whole number; write a whole number such as 20',
    ),
    "text that is no number": (
        '[robot]\nlines = "many"\n',
        '5: robot.lines: "many" is text, not a whole number; write a whole number such as 20',
    ),
    "a decimal for a whole number": (
        "[robot]\nlines = 12.0\n",
        "5: robot.lines: 12.0 is a number with a decimal point, not a whole number; write a whole number such as 12",
    ),
    "true for a whole number": (
        "[robot]\nlines = true\n",
        "5: robot.lines: true is a truth value, not a whole number; write a whole number such as 20",
    ),
    "true for a number": (
        "[answering]\nbase = false\n",
        "5: answering.base: false is a truth value, not a number; write a number such as 0.469",
    ),
    "a percentage": (
        '[answering]\nbase = "45%"\n',
        '5: answering.base: "45%" is text, not a number; write a number such as 0.45',
    ),
    "a whole number for true": (
        "[robot]\nother_slot = 1\n",
        "5: robot.other_slot: 1 is a whole number, not true or false; write true or false (default true)",
    ),
    "a number for text": (
        '[segments."A"]\narea = [5]\n',
        '5: segments.A.area#1: 5 is a whole number, not text; write it in quotes: "5"',
    ),
    "a quoted date": (
        '[calendar]\nstart = "2025-07-07"\n',
        '5: calendar.start: "2025-07-07" is text, not a date; write the date without quotes and time: 2025-07-07',
    ),
    "a date with a time for a date": (
        "[calendar]\nstart = 2025-07-07T09:00:00\n",
        "5: calendar.start: 2025-07-07T09:00:00 is a date with a time, not a date; "
        "write the date without quotes and time: 2025-07-07",
    ),
    "a date for a date with a time": (
        "[targets]\nfinish_by = 2025-07-31\n",
        "5: targets.finish_by: 2025-07-31 is a date, not a date with a time; "
        "write a date with a time, without quotes, such as 2025-07-31T18:00:00",
    ),
    "text for a list": (
        '[calendar]\nwindows = "09:00-12:00"\n',
        f'5: calendar.windows: "09:00-12:00" is text, not a list; write a list such as {WINDOWS}',
    ),
    "a value for a table": (
        "[answering]\nring = 30\n",
        "5: answering.ring: 30 is a whole number, not a table; write a table with the fields "
        "answered, no_answer, busy, rejected, voicemail, not_in_service",
    ),
    "a table for a value": (
        "[robot.lines]\nmost = 3\n",
        "4: robot.lines: { most = 3 } is a table, not a whole number; write a whole number such as 20",
    ),
    "a long value is cut": (
        f'[robot]\nlines = "{"x" * 90}"\n',
        f'5: robot.lines: "{"x" * 58}… is text, not a whole number; write a whole number such as 20',
    ),
    "control characters do not reach the terminal": (
        '[study]\nmode = "\\u001b[31mred"\n',
        '5: study.mode: "�[31mred" is not possible here; write "callback", "manual" or "ledger"',
    ),
    # values out of range
    "below the least": (
        "[robot]\nlines = -3\n",
        "5: robot.lines: -3 is below 0; write a whole number from 0 to 100000 (lines; default 20)",
    ),
    "above the most": (
        "[answering]\nbase = 1.2\n",
        "5: answering.base: 1.2 is above 1; write a number from 0 to 1 (share; default 0.469)",
    ),
    "the open end of a range": (
        "[agents]\nshrinkage = 1.0\n",
        "5: agents.shrinkage: 1.0 is not below 1; write a number from 0 to below 1 (share; default 0.3)",
    ),
    "the open beginning of a range": (
        "[study]\nconfidence = 0.5\n",
        "5: study.confidence: 0.5 is not above 0.5; write a number above 0.5 and below 1 (share; default 0.95)",
    ),
    "nan": (
        "[costs]\nagent_hour = nan\n",
        "5: costs.agent_hour: nan is not a finite number; write a number from 0 to 1000000 (¥/h; default 50)",
    ),
    "infinity": (
        "[costs]\nagent_hour = inf\n",
        "5: costs.agent_hour: inf is not a finite number; write a number from 0 to 1000000 (¥/h; default 50)",
    ),
    "an index out of range": (
        "[answering.hour_index]\n9 = 100\n10 = 1001\n",
        "6: answering.hour_index.10: 1001 is above 1000; write a number from 0 to 1000",
    ),
    "an hour with a leading zero": (
        "[answering.hour_index]\n09 = 100\n",
        '5: answering.hour_index.09: "09" is not an hour of the day as written here; write 9 (no leading zero)',
    ),
    "an hour that does not exist": (
        "[agents.reach_index]\n24 = 100\n",
        '5: agents.reach_index.24: "24" is not an hour of the day as written here; '
        "write a whole hour from 0 to 23 (no leading zero)",
    ),
    "a sheet before the first": (
        "sheet = 0\n",
        "4: register.sheet: 0 is no place of a sheet; give its name, or its place from 1",
    ),
    "an empty text": (
        '[register.columns]\nphone = ""\n',
        "5: register.columns.phone#1: the text is empty; write at least one character, or leave the field out",
    ),
    "a name without end": (
        f'[segments."{"a" * 201}"]\n',
        f'4: segments."{"a" * 58}…: the name has 201 characters; write at most 200',
    ),
    # words and clocks
    "an unknown word": (
        '[study]\nmode = "robot"\n',
        '5: study.mode: "robot" is not possible here; write "callback", "manual" or "ledger"',
    ),
    "a word almost right": (
        '[study]\nmode = "Manual"\n',
        '5: study.mode: "Manual" is not possible here; did you mean "manual"? '
        'It is one of "callback", "manual" or "ledger"',
    ),
    "a weekday in full": (
        '[calendar]\nweekdays = [\n  "Mon",\n  "tuesday",\n]\n',
        f'7: calendar.weekdays#2: "tuesday" is not possible here; did you mean "Tue"? It is one of {DAYS}',
    ),
    "a time without its zero": (
        '[calendar]\nwindows = [["9:00", "12:00"]]\n',
        '5: calendar.windows#1#1: "9:00" is not a time of day; write "09:00"',
    ),
    "an hour as a number": (
        '[calendar]\nwindows = [[9, "12:00"]]\n',
        '5: calendar.windows#1#1: 9 is a whole number, not a time of day; write "09:00"',
    ),
    "a time that does not exist": (
        '[calendar]\nwindows = [["09:00", "12:75"]]\n',
        '5: calendar.windows#1#2: "12:75" is not a time of day; '
        'write hours and minutes with two digits each, "00:00" to "24:00", such as "09:00"',
    ),
    "a window of three times": (
        '[calendar]\nwindows = [\n  ["09:00", "12:00"],\n  ["14:00", "16:00", "18:00"],\n]\n',
        '7: calendar.windows#2: the list has 3 elements, not 2; write a list such as ["09:00", "12:00"]',
    ),
    "four scores": (
        "[questionnaire.satisfaction]\nscores = [1, 2, 3, 4]\n",
        "5: questionnaire.satisfaction.scores: the list has 4 elements, not 5; write a list such as [2, 4, 14, 45, 35]",
    ),
    # laws and unions
    "a number for a law": (
        "[agents]\nring = 25\n",
        "5: agents.ring: 25 is a whole number, not a law; "
        'write a law such as { law = "lognormal", mean = 60, sd = 36 }',
    ),
    "a law without a name": (
        "[agents]\nring = { mean = 3, sd = 1 }\n",
        f"5: agents.ring: the law has no name; add law = {LAWS}",
    ),
    "an unknown law": (
        '[agents.ring]\nlaw = "lognormall"\nmean = 3\n',
        f'5: agents.ring.law: "lognormall" is no law; did you mean "lognormal"? It is one of {LAWS}',
    ),
    "a law without its parameter": (
        '[agents]\nring = { law = "gamma", mean = 3 }\n',
        "5: agents.ring.sd: missing; write a number above 0 up to 10000000",
    ),
    "a law upside down": (
        '[agents]\nring = { law = "uniform", low = 9, high = 3 }\n',
        "5: agents.ring: low 9 is above high 3; low must not exceed high",
    ),
    "quantiles that fall": (
        '[agents]\nring = { law = "quantiles", p = [0, 1], x = [9, 3] }\n',
        "5: agents.ring: x falls; quantiles never decrease",
    ),
    "exact counts as a word": (
        '[recognition]\nexact = "nonne"\n',
        '5: recognition.exact: "nonne" is neither "none" nor a table of counts; '
        f'write "none" or counts such as {COUNTS}',
    ),
    "exact counts incomplete": (
        "[recognition.exact]\nescalations = 8\nproblems = 1\n",
        "4: recognition.exact.suggestions: missing; write a whole number from 0 to 5000000 (items)",
    ),
    "a category without department": (
        "[ledger.categories.A]\nshare = 1\n",
        "4: ledger.categories.A.department: missing; write text in quotes",
    ),
}

CONTRADICTIONS: dict[str, tuple[str, str]] = {
    # the register
    "more contacts than rows": (
        "unusable = 30\n",
        "3: register.contacts: 80 contacts do not fit in 100 rows without 30 unusable ones; "
        "every contact needs a row of its own: write at most 70",
    ),
    "a file and a made-up register": (
        'file = "names.csv"\n',
        "4: register.file: a register is a file or made up, not both; "
        "keep file for a real register, or rows and contacts for a made-up one",
    ),
    "headings without a file": (
        '[register.columns]\nphone = "电话"\n',
        "4: register.columns: columns are headings of a file, and there is none; "
        "give the file they belong to, or leave columns out",
    ),
    "a sheet without a file": (
        'sheet = "名单"\n',
        "4: register.sheet: a sheet is part of a file, and there is none; "
        "give the workbook that it belongs to, or leave sheet out",
    ),
    # windows, weekdays, dates
    "a window upside down": (
        '[calendar]\nwindows = [["14:00", "12:00"]]\n',
        "5: calendar.windows#1: 14:00 to 12:00 closes before it opens; "
        "write the earlier time first (a window ends on its day, at 24:00 at most)",
    ),
    "a window without length": (
        '[ledger]\noffice = [["09:00", "09:00"]]\n',
        "5: ledger.office#1: 09:00 to 09:00 is empty; "
        "write the earlier time first (a window ends on its day, at 24:00 at most)",
    ),
    "windows overlap": (
        '[calendar]\nwindows = [\n  ["14:00", "18:00"],\n  ["09:00", "14:30"],\n]\n',
        "7: calendar.windows#2: 14:00 to 18:00 overlaps 09:00 to 14:30; "
        "join the two windows or move one; they may touch",
    ),
    "no window": (
        "[calendar]\nwindows = []\n",
        "5: calendar.windows: the list is empty, so nobody is ever called; "
        'write at least one window such as ["09:00", "12:00"]',
    ),
    "no weekday": (
        "[agents]\nweekdays = []\n",
        '5: agents.weekdays: the list is empty; write at least one day such as ["Mon", "Tue"]',
    ),
    "a weekday twice": (
        '[calendar]\nweekdays = [\n"Mon", "Tue",\n"Mon"]\n',
        '7: calendar.weekdays#3: "Mon" stands here twice; write each day once',
    ),
    "a campaign in the past century": (
        "[calendar]\nstart = 1925-07-07\n",
        "5: calendar.start: 1925-07-07 is no date of a campaign; write a date from 1990-01-01 to 2100-12-31",
    ),
    "the first year": (
        "[calendar]\nstart = 0001-01-01\n",
        "5: calendar.start: 0001-01-01 is no date of a campaign; write a date from 1990-01-01 to 2100-12-31",
    ),
    "the last year": (
        "[calendar]\nstart = 9999-12-31\n",
        "5: calendar.start: 9999-12-31 is no date of a campaign; write a date from 1990-01-01 to 2100-12-31",
    ),
    "only holidays": (
        "[calendar]\nstart = 2025-10-01\n[study]\nhorizon_days = 7\n",
        "5: calendar.weekdays: none of the 7 days from 2025-10-01 on is a calling day; name another start "
        "or more weekdays, a longer study.horizon_days, or days in calendar.open",
    ),
    "a day both closed and open": (
        "[calendar]\nopen = [2025-07-12]\nclosed = [\n  2025-07-09,\n  2025-07-12,\n]\n",
        "8: calendar.closed#2: 2025-07-12 is both closed and open; keep it in one of the two lists",
    ),
    "a roster that never meets a calling day": (
        '[agents]\nweekdays = ["Sat", "Sun"]\n',
        "5: agents.weekdays: the roster (Sat, Sun) never meets a calling day (Mon, Tue, Wed, Thu, Fri); "
        "put people on at least one calling day",
    ),
    "manual calls outside the windows": (
        '[study]\nmode = "manual"\n[agents]\nroster = [["19:00", "21:00"]]\n',
        "7: agents.roster: in manual mode people call in the windows, and the roster never meets one; "
        "let a shift overlap one of calendar.windows",
    ),
    "by hand on other days than the windows": (
        '[study]\nmode = "manual"\n[agents]\nweekdays = ["Fri"]\n'
        '[calendar]\nwindows_on = { Fri = [["19:00", "20:00"]] }\n',
        "9: agents.roster: in manual mode people call in the windows, and the roster never meets one; "
        "let a shift overlap one of calendar.windows",
    ),
    "windows on a day that is no calling day": (
        '[calendar.windows_on]\nFri = []\nSat = [["10:00", "12:00"]]\n',
        "6: calendar.windows_on.Sat: Sat is no calling day (Mon, Tue, Wed, Thu, Fri); "
        "add the day to calendar.weekdays, or leave its windows out",
    ),
    "windows on a day that overlap": (
        '[calendar.windows_on]\nFri = [["10:00", "12:00"], ["11:00", "13:00"]]\n',
        "5: calendar.windows_on.Fri#2: 11:00 to 13:00 overlaps 10:00 to 12:00; "
        "join the two windows or move one; they may touch",
    ),
    "windows on a day that is none": (
        "[calendar.windows_on]\nFriday = []\n",
        f'5: calendar.windows_on.Friday: "Friday" is not possible here; did you mean "Fri"? It is one of {DAYS}',
    ),
    "no window on any day": (
        '[calendar]\nweekdays = ["Mon"]\nwindows_on = { Mon = [] }\n',
        "6: calendar.windows_on: none of the calling days has a window, so nobody is ever called; "
        "give one of them a window",
    ),
    "a country that is none": (
        '[calendar]\nholidays = "Germany"\n',
        '5: calendar.holidays: "Germany" is no country; did you mean "DE" or "GG" or "RO"? '
        'Else write "CN", "none", or a country such as "DE" or "DE-BY"',
    ),
    "a part that a country has not": (
        '[calendar]\nholidays = "CN-BJ"\n',
        '5: calendar.holidays: "CN-BJ" is no part of CN that has holidays of its own; write "CN"',
    ),
    # rosters
    "a break outside the shifts": (
        '[agents]\nbreaks = [["10:00", "10:15"], ["11:30", "12:30"]]\n',
        "5: agents.breaks#2: 11:30 to 12:30 does not lie within a shift; "
        "a break is part of a shift; between two shifts nobody is at work anyway",
    ),
    "breaks and no work": (
        '[agents]\nbreaks = [["09:00", "12:00"], ["14:00", "18:00"]]\n',
        "5: agents.breaks: the breaks leave nothing of the shifts; write shorter ones",
    ),
    "a break upside down": (
        '[agents]\nbreaks = [["10:15", "10:00"]]\n',
        "5: agents.breaks#1: 10:15 to 10:00 closes before it opens; "
        "write the earlier time first (a window ends on its day, at 24:00 at most)",
    ),
    "a group's shift upside down": (
        '[agents.groups."晚班"]\ncount = 1\nroster = [["18:00", "17:00"]]\n',
        "6: agents.groups.晚班.roster#1: 18:00 to 17:00 closes before it opens; "
        "write the earlier time first (a window ends on its day, at 24:00 at most)",
    ),
    "a group's break outside its shifts": (
        '[agents.groups.late]\ncount = 1\nroster = [["18:00", "20:00"]]\nbreaks = [["10:00", "10:15"]]\n',
        "7: agents.groups.late.breaks#1: 10:00 to 10:15 does not lie within a shift; "
        "a break is part of a shift; between two shifts nobody is at work anyway",
    ),
    "dates beside days of the week": (
        '[agents.groups.late]\ncount = 1\nroster = [["18:00", "20:00"]]\nweekdays = ["Mon"]\ndates = [2025-07-08]\n',
        "7: agents.groups.late.weekdays: dates say already on which days the group is at work; "
        "keep either weekdays or dates",
    ),
    "a group's date twice": (
        '[agents.groups.late]\ncount = 1\nroster = [["18:00", "20:00"]]\ndates = [2025-07-08, 2025-07-08]\n',
        "7: agents.groups.late.dates#2: 2025-07-08 stands here twice; write each date once",
    ),
    "a group's date of another year": (
        '[agents.groups.late]\ncount = 1\nroster = [["18:00", "20:00"]]\ndates = [2026-07-08]\n',
        "7: agents.groups.late.dates#1: 2026-07-08 is not among the days that are simulated, 2025-07-07 to "
        "2025-08-05; name one of them, or another calendar.start or study.horizon_days",
    ),
    "a group's date that is closed": (
        "[calendar]\nclosed = [2025-07-09]\n"
        '[agents.groups.late]\ncount = 1\nroster = [["18:00", "20:00"]]\ndates = [2025-07-09]\n',
        "9: agents.groups.late.dates#1: 2025-07-09 is a day without any work; leave it out, here or in calendar.closed",
    ),
    "a shift that is longer than a week may be": (
        '[roster]\nhours_a_week = 8\n[roster.patterns.long]\nroster = [["08:00", "17:00"]]\n',
        "7: roster.patterns.long.roster: the shift has 9 paid hours, and nobody may work more than 8 a week; "
        "write a shorter shift, or raise roster.hours_a_week",
    ),
    "a shift upside down": (
        '[roster.patterns.a]\nroster = [["18:00", "17:00"]]\n',
        "5: roster.patterns.a.roster#1: 18:00 to 17:00 closes before it opens; "
        "write the earlier time first (a window ends on its day, at 24:00 at most)",
    ),
    "a shift's break outside it": (
        '[roster.patterns.b]\nroster = [["08:00", "12:00"]]\nbreaks = [["12:00", "12:30"]]\n',
        "6: roster.patterns.b.breaks#1: 12:00 to 12:30 does not lie within a shift; "
        "a break is part of a shift; between two shifts nobody is at work anyway",
    ),
    "a shift without hours": (
        "[roster.patterns.none]\nroster = []\n",
        "5: roster.patterns.none.roster: the list is empty, so nobody can be put on it; "
        'write at least one window such as ["09:00", "12:00"]',
    ),
    "a shift on no day": (
        '[study]\nhorizon_days = 5\n[roster.patterns.weekend]\nroster = [["09:00", "12:00"]]\nweekdays = ["Sat"]\n',
        "8: roster.patterns.weekend.weekdays: the shift falls on none of the 5 days from 2025-07-07 on; "
        "name other days, or leave the shift out",
    ),
    "more on a shift than there are": (
        "[roster]\npeople = 2\nleast = 3\n",
        "6: roster.least: at least 3 on a shift, and there are at most 2 people; write at most 2",
    ),
    "a group without a roster": (
        "[agents.groups.late]\ncount = 1\n",
        f"4: agents.groups.late.roster: missing; write a list such as {WINDOWS}",
    ),
    "a group that is never at work": (
        '[study]\nhorizon_days = 5\n[agents.groups.weekend]\ncount = 1\nroster = [["09:00", "12:00"]]\n'
        'weekdays = ["Sat"]\n',
        "9: agents.groups.weekend.weekdays: the group is at work on none of the 5 days from 2025-07-07 on; "
        "name other days, or leave the group out",
    ),
    # outages
    "an outage that ends before it begins": (
        "[[robot.outages]]\nfrom = 2025-07-08T14:00:00\nuntil = 2025-07-08T14:00:00\n",
        "6: robot.outages#1.until: 2025-07-08T14:00:00 is not after 2025-07-08T14:00:00; "
        "write the earlier time as from",
    ),
    "an outage on other days": (
        "[study]\nhorizon_days = 5\n[[robot.outages]]\nfrom = 2025-07-12T00:00:00\nuntil = 2025-07-12T14:00:00\n",
        "6: robot.outages#1: 2025-07-12T00:00:00 to 2025-07-12T14:00:00 lies outside the campaign's days; "
        "write times from 2025-07-07 to the end of 2025-07-11, or leave it out",
    ),
    "an outage with a time zone": (
        "[[robot.outages]]\nfrom = 2025-07-08T14:00:00+08:00\nuntil = 2025-07-08T16:00:00\n",
        "5: robot.outages#1.from: 2025-07-08T14:00:00+08:00 has a time zone; "
        "all times are local: write 2025-07-08T14:00:00",
    ),
    "an outage of no line": (
        "[[robot.outages]]\nfrom = 2025-07-08T14:00:00\nuntil = 2025-07-08T16:00:00\nlines = 0\n",
        "7: robot.outages#1.lines: 0 is below 1; write a whole number from 1 to 100000 (lines)",
    ),
    "an outage without an end": (
        "[[robot.outages]]\nfrom = 2025-07-08T14:00:00\n",
        "4: robot.outages#1.until: missing; write a date with a time, without quotes, such as 2025-07-31T18:00:00",
    ),
    "finished before it begins": (
        "[targets]\nfinish_by = 2025-07-06T18:00:00\n",
        "5: targets.finish_by: 2025-07-06T18:00:00 is before the first day 2025-07-07; write a later time",
    ),
    "a time zone": (
        "[targets]\nfinish_by = 2025-07-31T18:00:00+08:00\n",
        "5: targets.finish_by: 2025-07-31T18:00:00+08:00 has a time zone; "
        "all times are local: write 2025-07-31T18:00:00",
    ),
    # shares and weights
    "shares above 1": (
        "[questionnaire]\ncomplete = 0.7\npartial = 0.3\n",
        "5: questionnaire.complete: complete, partial, break_off and opt_out add up to 1.105; "
        "let them add up to 1 at most, the rest refuse",
    ),
    "calls without an outcome": (
        "[answering]\nno_answer = 0\nbusy = 0\nvoicemail = 0\nrejected = 0\n",
        "5: answering.no_answer: no_answer, busy, voicemail and rejected are all 0, so a call without an answer "
        "has no outcome; give at least one of them a weight above 0",
    ),
    "no score": (
        "[questionnaire.satisfaction]\nscores = [0, 0, 0, 0, 0]\n",
        "5: questionnaire.satisfaction.scores: all weights are 0; give at least one score a weight above 0",
    ),
    "a gap without effect": (
        "[questionnaire.satisfaction]\nnonresponse_gap = -10\n",
        "5: questionnaire.satisfaction.nonresponse_gap: a gap of -10 points has no effect, because "
        "answering.seldom = 0 and so nobody answers seldom; write 0, or a share of answering.seldom between 0 and 1",
    ),
    "a gap that cannot be": (
        "[answering]\nseldom = 0.5\n[questionnaire.satisfaction]\nnonresponse_gap = 50\n",
        "7: questionnaire.satisfaction.nonresponse_gap: a gap of 50 points makes the satisfied share of "
        "those who seldom answer 105.0% (overall 80.0%, seldom 50.0%); write a gap from -40 to 40",
    ),
    "a gap that cannot be in a segment": (
        "[answering]\nseldom = 0.2\n[questionnaire.satisfaction]\nnonresponse_gap = -20\n"
        '[segments.A]\nkind = "company"\nscores = [9, 0, 0, 1, 0]\n',
        "7: questionnaire.satisfaction.nonresponse_gap: a gap of -20 points makes the satisfied share of "
        'those who seldom answer -6.0% (overall of segment "A" 10.0%, seldom 20.0%); write a gap from -12.5 to 50',
    ),
    # exact counts
    "more escalations than contacts": (
        EXACT.format(81, 1, 1),
        "5: recognition.exact.escalations: 81 escalations, and there are only 80 contacts to interview; "
        "write at most 80",
    ),
    "more problems than escalations": (
        EXACT.format(8, 9, 1),
        "6: recognition.exact.problems: 9 problems from 8 escalations, "
        "and a contact called back gives at most one; write at most 8",
    ),
    "more suggestions than escalations": (
        EXACT.format(8, 1, 9),
        "7: recognition.exact.suggestions: 9 suggestions from 8 escalations, "
        "and a contact called back gives at most one; write at most 8",
    ),
    "escalations without lines": (
        EXACT.format(8, 1, 1) + "[robot]\nlines = 0\n",
        "5: recognition.exact.escalations: 8 escalations, and nobody is ever interviewed because robot.lines is 0; "
        "write 0, or make interviews possible",
    ),
    "escalations beyond the quota": (
        "[robot]\nquota = 5\n" + EXACT.format(8, 1, 1),
        "7: recognition.exact.escalations: 8 escalations, and robot.quota stops the calls at 5 interviews; "
        "write at most 5, or raise the quota",
    ),
    "problems without people": (
        EXACT.format(8, 1, 1) + "[agents]\ncount = 0\n",
        "4: recognition.exact: 2 problems and suggestions, and nobody is ever called back because agents.count is 0; "
        "write 0 for both, or make call-backs possible",
    ),
    # the ledger
    "an unknown department": (
        '[ledger.categories.A]\ndepartment = "金融辦"\n[ledger.departments."金融办"]\n',
        '5: ledger.categories.A.department: there is no department "金融辦"; did you mean "金融办"?',
    ),
    "categories of no weight": (
        '[ledger.categories.A]\nshare = 0\ndepartment = "B"\n[ledger.departments.B]\n',
        "4: ledger.categories: all shares are 0; give at least one category a share above 0",
    ),
    "no departments": (
        "[ledger.departments]\n",
        "4: ledger.departments: there is no department to rectify anything; "
        'add at least one such as [ledger.departments."政务服务局"]',
    ),
    "no categories": (
        "[ledger]\ncategories = {}\n",
        "5: ledger.categories: there is no category, so no item can be forwarded; "
        'add at least one such as [ledger.categories."政务服务"] with its department',
    ),
    "a wage without clerks": (
        "[costs]\nclerk_hour = 60.0\n",
        "5: costs.clerk_hour: there are no clerks to be paid; add a table [ledger.clerks], or leave clerk_hour out",
    ),
    "a look-back beyond the horizon": (  # 31 days from Monday 7 July: 22 working days after the first
        "[study]\nhorizon_days = 31\n[ledger.look_back]\nafter_days = 23\n",
        "7: ledger.look_back.after_days: 23 working days after the first day the horizon is past, "
        "so nobody is ever asked; write fewer days, or a longer study.horizon_days",
    ),
    "an intake before the first day": (
        "[ledger.intake]\nreports = 9\nfirst = 2025-07-06\n",
        "6: ledger.intake.first: 2025-07-06 is not among the days that are simulated, 2025-07-07 to 2025-08-05; "
        "name one of them, or another calendar.start or study.horizon_days",
    ),
    "an intake after the horizon": (
        "[ledger.intake]\nreports = 9\nlast = 2025-08-06\n",
        "6: ledger.intake.last: 2025-08-06 is not among the days that are simulated, 2025-07-07 to 2025-08-05; "
        "name one of them, or another calendar.start or study.horizon_days",
    ),
    "an intake backwards": (
        "[ledger.intake]\nreports = 9\nfirst = 2025-07-09\nlast = 2025-07-08\n",
        "7: ledger.intake.last: the last day 2025-07-08 is before the first, 2025-07-09; write the earlier day first",
    ),
    "an intake on a week-end": (
        "[ledger.intake]\nreports = 9\nfirst = 2025-07-12\nlast = 2025-07-13\n",
        "4: ledger.intake: from 2025-07-12 to 2025-07-13 the office is never open, so nothing can come in; "
        "let first to last hold a working day",
    ),
    "an intake of nothing": (
        "[ledger.intake]\nreports = 0\n",
        "5: ledger.intake.reports: 0 is below 1; write a whole number from 1 to 1000000 (items)",
    ),
    "an intake without reports": (
        "[ledger.intake]\nlast = 2025-07-08\n",
        "4: ledger.intake.reports: missing; write a whole number from 1 to 1000000 (items)",
    ),
    # segments
    "a segment nobody reaches": (
        '[segments."全部"]\nanswer_factor = 0.9\n[segments."企业"]\nkind = "company"\n',
        '6: segments.企业: no contact ever falls here, because the earlier segment "全部" takes them all; '
        'put it before "全部", or make "全部" narrower',
    ),
}

QUESTIONS: dict[str, tuple[str, str]] = {
    "an id twice": (
        question(id='"S"', text='"?"', kind='"yes_no"'),
        '10: questionnaire.questions#2.id: "S" names two questions; give each question an id of its own',
    ),
    "two of satisfaction": (
        question(id='"T"', text='"?"', kind='"score"', satisfaction="true"),
        '13: questionnaire.questions#2.satisfaction: "S" measures satisfaction already; '
        "keep satisfaction = true in one question",
    ),
    "a choice without options": (
        question(id='"T"', text='"?"', kind='"choice"'),
        "12: questionnaire.questions#2.options: a choice without options; "
        'list at least two answers such as options = ["税务", "融资"]',
    ),
    "options for a score": (
        question(id='"T"', text='"?"', kind='"score"', options='["a", "b"]'),
        '13: questionnaire.questions#2.options: a question of kind "score" has its answers already; '
        'leave options out, or write kind = "choice"',
    ),
    "shares that do not fit": (
        question(id='"T"', text='"?"', kind='"yes_no"', shares="[1, 2, 3]"),
        "13: questionnaire.questions#2.shares: 3 shares for 2 answers (yes, no); "
        "write one share for each answer, in their order",
    ),
    "shares of an open question": (
        question(id='"T"', text='"?"', kind='"open"', shares="[1]"),
        "13: questionnaire.questions#2.shares: an open question has no answers to share out; leave shares out",
    ),
    "asked after an unknown question": (
        question(id='"T"', text='"?"', kind='"open"', ask_if='{ question = "Z", heard = ["1"] }'),
        '13: questionnaire.questions#2.ask_if.question: there is no question "Z"; name an earlier question: "S"',
    ),
    "asked after an answer that cannot be": (
        question(id='"T"', text='"?"', kind='"open"', ask_if='{ question = "S", heard = ["1", "6"] }'),
        '13: questionnaire.questions#2.ask_if.heard#2: "6" is no answer to "S"; write some of "1", "2", "3", "4", "5"',
    ),
    "a question without a text": (
        question(id='"T"', kind='"open"'),
        "9: questionnaire.questions#2.text: missing; write text in quotes",
    ),
    "an unknown field of a question": (
        question(id='"T"', text='"?"', kind='"open"', secs="3"),
        "13: questionnaire.questions#2.secs: unknown field; did you mean questionnaire.questions#2.seconds?",
    ),
}

PLANS: dict[str, tuple[str, str]] = {
    "an unknown field": (
        "[plans.lean.robot]\nlinse = 10\n",
        "5: plans.lean.robot.linse: unknown field; did you mean robot.lines?",
    ),
    "a value that is none": (
        '[plans.lean]\nrobot.attempts = 2\nrobot.lines = "ten"\n',
        '6: plans.lean.robot.lines: "ten" is text, not a whole number; write a whole number such as 20',
    ),
    "a contradiction that the plan writes": (
        "[plans.more]\nregister.contacts = 101\n",
        "5: plans.more.register.contacts: 101 contacts do not fit in 100 rows; "
        "every contact needs a row of its own: write at most 100",
    ),
    "a contradiction with the file": (
        EXACT.format(70, 1, 1) + "[plans.small]\nregister.contacts = 60\n",
        "9: plans.small.register.contacts: with this plan, recognition.exact.escalations: "
        "70 escalations, and there are only 60 contacts to interview; write at most 60",
    ),
    "a plan in a plan": (
        "[plans.a.plans.b]\n",
        "4: plans.a.plans: a plan cannot hold plans; write fields such as robot.lines = 10",
    ),
    "a plan that is a number": (
        "[plans]\nlean = 10\n",
        "5: plans.lean: 10 is a whole number, not a table; "
        "write [plans.lean] and below it fields such as robot.lines = 10",
    ),
    "plans that are a list": ("", "1: plans: [1] is a list, not a table; write tables such as [plans.lean]"),
}


@pytest.mark.parametrize(("text", "message"), ONE_WRONG.values(), ids=ONE_WRONG)
def test_a_value_that_cannot_be(tmp_path: Path, text: str, message: str) -> None:
    assert refused(tmp_path, REGISTER + text) == [f"x.toml:{message}"]


@pytest.mark.parametrize(("text", "message"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_values_that_cannot_hold_together(tmp_path: Path, text: str, message: str) -> None:
    assert refused(tmp_path, REGISTER + text) == [f"x.toml:{message}"]


@pytest.mark.parametrize(("text", "message"), QUESTIONS.values(), ids=QUESTIONS)
def test_questions_that_cannot_be_asked(tmp_path: Path, text: str, message: str) -> None:
    assert refused(tmp_path, REGISTER + GOOD_QUESTION + text) == [f"x.toml:{message}"]


@pytest.mark.parametrize(("text", "message"), PLANS.values(), ids=PLANS)
def test_plans_are_refused_even_when_nobody_chose_them(tmp_path: Path, text: str, message: str) -> None:
    head = REGISTER if text else "plans = [1]\n" + REGISTER
    assert refused(tmp_path, head + text) == [f"x.toml:{message}"]


WHOLE_FILES: dict[str, tuple[str, str]] = {
    "nothing at all": (
        "",
        "1: file: the file is empty; "
        "a scenario needs at least a table [register] with rows and contacts, or with file, or extends",
    ),
    "only a comment": (
        "# to be written\n\n",
        "1: file: the file is empty; "
        "a scenario needs at least a table [register] with rows and contacts, or with file, or extends",
    ),
    "no register": (
        "[robot]\nlines = 3\n",
        "1: register: there is no register; give rows and contacts for a made-up register, or file for a real one",
    ),
    "an empty register": (
        "[robot]\n[register]\n",
        "2: register: there is no register; give rows and contacts for a made-up register, or file for a real one",
    ),
    "rows alone": ("\n[register]\nrows = 5\n", "3: register.rows: rows without contacts; add contacts, at most 5"),
    "contacts alone": (
        "[register]\ncontacts = 5\n",
        "2: register.contacts: contacts without rows; add rows, at least 5",
    ),
    "a misspelt field that is needed": (
        "[register]\nrow = 100\ncontacts = 80\n",
        "2: register.row: unknown field; did you mean register.rows?",
    ),
    "text without quotes": (
        "[study]\nmode = manual\n",
        '2: file: not TOML: invalid value, in "mode = manual"; '
        'put text and times in plain double quotes: "text", "09:00"; a number, true or false without',
    ),
    "a time without quotes": (
        "[calendar]\nwindows = [[09:00, 12:00]]\n",
        '2: file: not TOML: unclosed array, in "windows = [[09:00, 12:00]]"; '
        "separate the elements by commas, put times in quotes, and close the list with ]",
    ),
    "a Chinese key without quotes": (
        "[ledger.departments]\n金融办 = {}\n",
        '2: file: not TOML: invalid statement, in "金融办 = {}"; '
        'put a name with other characters than a–z, 0–9, _ and - in quotes: "金融办"',
    ),
    "a table's name with a letter of its own without quotes": (
        "[plans.spät]\nrobot.lines = 3\n",
        "1: file: not TOML: expected ']' at the end of a table declaration, in \"[plans.spät]\"; "
        'write the name of a table as [robot], other names in quotes: [plans."精简"]',
    ),
    "a table twice": (
        "[robot]\n[register]\n[robot]\n",
        '3: file: not TOML: cannot declare [robot] twice, in "[robot]"; '
        "open each table once, with all its keys below it",
    ),
    "a key twice": (
        "[robot]\nlines = 1\nlines = 2\n[register]\n",
        '3: file: not TOML: cannot overwrite a value, in "lines = 2"; '
        "give each key once, and a table either as one value or key by key",
    ),
    "a number with a unit": (
        "[robot]\nlines = 20 lines\n",
        '2: file: not TOML: expected newline or end of document after a statement, in "lines = 20 lines"; '
        "write one key = value a line, numbers without leading zero and without unit, comments after #",
    ),
}


@pytest.mark.parametrize(("text", "message"), WHOLE_FILES.values(), ids=WHOLE_FILES)
def test_files_that_are_no_scenario(tmp_path: Path, text: str, message: str) -> None:
    assert refused(tmp_path, text) == [f"x.toml:{message}"]


def test_ten_errors_in_one_file_are_said_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    text = (
        "[register]\nrows = 100\ncontacts = 120\n"
        '[calendar]\nwindows = [["09:00", "12:00"], ["11:00", "13:00"]]\nweekdays = ["Mon", "Mon"]\n'
        '[robot]\nlines = "20"\nlinse = 10\nattempts = 0\n'
        "[answering]\nbase = 1.5\n"
        "[recognition.exact]\nescalations = 8\nproblems = 9\nsuggestions = 1\n"
        '[ledger.categories.A]\ndepartment = "B"\n'
        "[plans.more]\nrobot.line = 3\n"
    )
    assert refused(tmp_path, text) == [
        "x.toml:3: register.contacts: 120 contacts do not fit in 100 rows; "
        "every contact needs a row of its own: write at most 100",
        "x.toml:5: calendar.windows#2: 11:00 to 13:00 overlaps 09:00 to 12:00; "
        "join the two windows or move one; they may touch",
        'x.toml:6: calendar.weekdays#2: "Mon" stands here twice; write each day once',
        'x.toml:8: robot.lines: "20" is text, not a whole number; write a whole number such as 20',
        "x.toml:9: robot.linse: unknown field; did you mean robot.lines?",
        "x.toml:10: robot.attempts: 0 is below 1; write a whole number from 1 to 50 (calls; default 3)",
        "x.toml:12: answering.base: 1.5 is above 1; write a number from 0 to 1 (share; default 0.469)",
        "x.toml:15: recognition.exact.problems: 9 problems from 8 escalations, "
        "and a contact called back gives at most one; write at most 8",
        'x.toml:18: ledger.categories.A.department: there is no department "B"; '
        'name one of "政务服务局", "综合执法局", "金融办"',
        "x.toml:20: plans.more.robot.line: unknown field; did you mean robot.lines?",
    ]


def test_a_ledger_by_itself_refuses_whatever_is_about_calls(tmp_path: Path) -> None:
    text = (
        '[study]\nmode = "ledger"\nsilent_as = "NC"\n'
        "[register]\nrows = 9\ncontacts = 9\n"
        "[robot]\nlines = 5\n"
        '[calendar]\nweekdays = ["Mon"]\nclosed = [2025-07-08]\n'
        "[targets]\nfinish_by = 2025-07-08T12:00:00\n"
        "[costs]\nline_month = 10.0\n"
        '[segments.A]\nkind = "company"\n'
    )
    no_effect = (
        "nobody is called where the ledger is studied by itself, so this has no effect; "
        'leave it out, or write study.mode = "callback"'
    )
    assert refused(tmp_path, text) == [
        "x.toml:2: ledger.intake: the ledger is studied by itself, and nothing comes in; "
        "add a table [ledger.intake] with reports",
        f"x.toml:3: study.silent_as: {no_effect}",
        f"x.toml:4: register: {no_effect}",
        f"x.toml:7: robot: {no_effect}",
        f"x.toml:10: calendar.weekdays: {no_effect}",
        f"x.toml:12: targets: {no_effect}",
        f"x.toml:15: costs.line_month: {no_effect}",
        f"x.toml:16: segments: {no_effect}",
    ]


def test_problems_of_several_files_are_sorted_by_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(REGISTER + "[robot]\nlines = -1\nattempts = -1\n")
    assert refused(tmp_path, 'extends = "base.toml"\n[robot]\nlines = -2\nfoo = 1\n[costs]\nxyzzy = 0\n') == [
        "base.toml:6: robot.attempts: -1 is below 1; write a whole number from 1 to 50 (calls; default 3)",
        "x.toml:3: robot.lines: -2 is below 0; write a whole number from 0 to 100000 (lines; default 20)",
        "x.toml:4: robot.foo: unknown field; [robot] has lines, calls_per_second, attempts, attempts_per_day, "
        "retry_minutes, jitter_minutes, other_slot, retries, order, retry_refusals, retry_break_offs, quota, outages",
        "x.toml:6: costs.xyzzy: unknown field; [costs] has agent_hour, overtime, clerk_hour, listener_hour, "
        "robot_minute, line_month",
    ]


def test_a_finding_that_rests_on_a_refused_value_is_left_out(tmp_path: Path) -> None:
    # Without rows there is no telling whether the contacts fit.
    assert refused(tmp_path, '[register]\nrows = "many"\ncontacts = 80\n') == [
        'x.toml:2: register.rows: "many" is text, not a whole number; write a whole number from 1 to 5000000 (rows)'
    ]


def test_hundreds_of_problems_are_counted_not_listed(tmp_path: Path) -> None:
    messages = refused(tmp_path, REGISTER + "[robot]\n" + "".join(f"zz{i} = 1\n" for i in range(600)))
    assert len(messages) == 501
    assert messages[-1].endswith("file: there are 100 more problems; mend these first")
