"""The scenario: what a planner writes, section by section, strict and frozen.

Every field says what it means, its unit, its plausible range and where its default comes from
(:mod:`callbacksim.scenario.evidence`). Contradictions between fields are found in
:mod:`callbacksim.scenario.checks`; reading files is :mod:`callbacksim.scenario.files`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from callbacksim.scenario.countries import known_country
from callbacksim.scenario.evidence import known
from callbacksim.scenario.laws import Constant, Exponential, Law, Lognormal, Mixture, Part, Uniform, as_tuple
from callbacksim.scenario.wording import show


def as_sheet(value: object) -> object:
    """The place of a sheet as text, as a name is; raises ValueError for a place that none can have."""
    if type(value) is not int:
        return value
    if not 1 <= value < 100_000:
        raise ValueError(f"{show(value)} is no place of a sheet; give its name, or its place from 1")
    return str(value)


def as_range(value: object) -> object:
    """The ends of a range as numbers, or the word; raises ValueError for anything else."""
    if value == "known":
        return value
    ends = value if isinstance(value, list | tuple) else ()
    if len(ends) == 2 and all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends):
        if not all(math.isfinite(end) for end in ends):
            raise ValueError(f"{show(value)} has no end; write two numbers, the lower first")
        return tuple(map(float, ends))
    right = "write the field in quotes" if isinstance(value, Mapping) else "write [lowest, highest]"
    raise ValueError(f'{show(value)} is neither a range nor "known"; {right}, for example "answering.base" = [0.41, 0.48]')


Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0, le=1e6)]
Index = Annotated[float, Field(ge=0, le=1000)]
Minutes = Annotated[float, Field(ge=0, le=60 * 24 * 31)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
FileName = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
FileNames = Annotated[tuple[FileName, ...], BeforeValidator(as_tuple)]
Sheet = Annotated[Text, BeforeValidator(as_sheet)]
Clock = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Hour = Annotated[str, StringConstraints(pattern=r"^([0-9]|1[0-9]|2[0-3])$")]
Window = Annotated[tuple[Clock, Clock], BeforeValidator(as_tuple)]
Windows = Annotated[tuple[Window, ...], BeforeValidator(as_tuple)]
Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
Weekdays = Annotated[tuple[Weekday, ...], BeforeValidator(as_tuple)]
Dates = Annotated[tuple[dt.date, ...], BeforeValidator(as_tuple)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(as_tuple)]
Scores = Annotated[tuple[Weight, Weight, Weight, Weight, Weight], BeforeValidator(as_tuple)]
Range = Annotated[tuple[float, float] | Literal["known"], BeforeValidator(as_range)]
Span = Annotated[tuple[Annotated[int, Field(ge=0, le=100_000)], ...], Field(min_length=2, max_length=3), BeforeValidator(as_tuple)]
Kind = Literal["company", "household"]
Country = Annotated[str, AfterValidator(known_country)]

WEEKDAYS: tuple[Weekday, ...] = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WORKDAYS: tuple[Weekday, ...] = WEEKDAYS[:5]


class Section(BaseModel):
    """A table of the scenario file: unknown keys, wrong types, NaN and infinity are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


# --- 名单: who is on the register ---------------------------------------------------------------------------


class Columns(Section):
    """Headings of the register file; what is not named is recognised by itself."""

    phone: Annotated[tuple[Text, ...], BeforeValidator(lambda v: (v,) if isinstance(v, str) else as_tuple(v))] = (
        known((), "heading(s) of the telephone number")
    )
    id: Text | None = known(None, "heading of the row's identifier (default: the row's number)")
    name: Text | None = known(None, "heading of the business's name")
    kind: Text | None = known(None, "heading of the kind (company or self-employed household)")
    industry: Text | None = known(None, "heading of the industry")
    area: Text | None = known(None, "heading of the area")
    person: Text | None = known(None, "heading of the person to ask for")


class Register(Section):
    """名单: the register, either made up (``rows``, ``contacts``) or a file, and how it becomes contacts."""

    rows: int | None = known(None, "rows of the made-up register", unit="rows", ge=1, le=5_000_000)
    contacts: int | None = known(
        None, "different usable numbers in the made-up register", unit="contacts", ge=1, le=5_000_000
    )
    unusable: int = known(
        0, "rows of the made-up register whose number is none", unit="rows", ge=0, le=5_000_000, tag="A"
    )
    households: Share = known(
        0.55, "share of self-employed households among made-up rows", unit="share", plausible=(0.3, 0.8), tag="A"
    )
    seed: int = known(20250707, "seed of the made-up register, the same in every replication", ge=0, lt=2**63)
    file: FileName | None = known(None, "CSV or Excel file of the register, relative to the scenario file")
    sheet: Sheet | None = known(None, "sheet of the workbook, by name or by place from 1 (default: the first that holds something)")
    columns: Columns = known(Columns, "headings of the file")
    dedupe: bool = known(True, "rows that share a number become one contact")
    representative: Literal["first", "company"] = known(
        "first", "which row stands for a contact: the first, or the first company if there is one"
    )
    exclude: FileNames = known((), "do-not-call list(s): text, CSV or Excel files of numbers")


# --- 日历与时段: when anything may happen ------------------------------------------------------------------


class Calendar(Section):
    """日历与时段: the days and hours in which calls may start."""

    start: dt.date = known(dt.date(2025, 7, 7), "first day; time 0 is its midnight", tag="A")
    windows: Windows = known(
        (("09:00", "12:00"), ("14:00", "18:00")),
        "daily calling windows [open, close)",
        unit="local time",
        tag="A",
        source="S29, S30",
    )
    windows_on: Mapping[Weekday, Windows] = known(
        dict, "other windows on a day of the week, in place of `windows`; make-up working days keep `windows`",
        unit="local time",
    )  # fmt: skip
    weekdays: Weekdays = known(WORKDAYS, "calling days of the week", tag="A")
    holidays: Country = known(
        "CN", "whose public holidays and make-up working days are kept: CN, a country such as DE or a part of it such as DE-BY, or none",
        tag="S", source="S51",
    )  # fmt: skip
    closed: Dates = known((), "further days without any work")
    open: Dates = known((), "days worked although the week or a holiday says otherwise")


# --- 智能外呼: the robot -------------------------------------------------------------------------------------


class RetryMinutes(Section):
    """Least time from the end of a call to the next one, by outcome."""

    no_answer: Minutes = known(120.0, "after no answer", unit="minutes", plausible=(1, 720), tag="A", source="S11, S15")
    busy: Minutes = known(120.0, "after a busy tone", unit="minutes", plausible=(1, 720), tag="A", source="S31")
    voicemail: Minutes = known(120.0, "after voicemail or an assistant", unit="minutes", plausible=(1, 720), tag="A")
    rejected: Minutes = known(120.0, "after rejected or switched off", unit="minutes", plausible=(1, 720), tag="A")
    refusal: Minutes = known(1440.0, "after a refusal or break-off, if those are called again", unit="minutes", tag="A")


class Outage(Section):
    """Lines that are lost for a time: no new call starts on them, calls in progress finish."""

    from_: dt.datetime = known(..., "from when on", unit="local time", alias="from")
    until: dt.datetime = known(..., "until when", unit="local time")
    lines: int | None = known(None, "lines lost (default: all); outages at the same time add up", unit="lines", ge=1, le=100_000)


class Robot(Section):
    """智能外呼: lines, pace, and who is called again when."""

    lines: int = known(20, "calls at the same time", unit="lines", plausible=(5, 500), tag="A", source="S14, S15", ge=0, le=100_000)
    calls_per_second: float = known(
        1.0, "most call starts per second over all lines (0: no limit)",
        unit="calls/s", plausible=(1, 10), tag="S", source="S17", ge=0, le=10_000,
    )  # fmt: skip
    attempts: int = known(3, "most calls to a contact", unit="calls", plausible=(1, 7), tag="A", source="S11, S32", ge=1, le=50)
    attempts_per_day: int = known(
        3, "most calls to a number on one calendar day (0: no limit)", unit="calls", tag="S", source="S14", ge=0, le=50
    )
    retry_minutes: RetryMinutes = known(RetryMinutes, "gaps between calls")
    jitter_minutes: Minutes = known(0.0, "further random gap, uniform from 0 to this", unit="minutes", tag="A")
    other_slot: bool = known(True, "a retry waits at least until the window of the last call has closed", tag="A", source="S31")
    retries: Literal["after", "with", "before"] = known(
        "after", "retries after first calls, with them by ready time, or before them", tag="A"
    )
    order: Literal["register", "random"] = known("register", "order among contacts that are equally ready", tag="A")
    retry_refusals: bool = known(False, "call again after a refusal", tag="A")
    retry_break_offs: bool = known(False, "call again after a break-off", tag="A")
    quota: int = known(0, "stop starting calls at so many interviews (0: never)", unit="interviews", ge=0, le=5_000_000)
    outages: Annotated[tuple[Outage, ...], BeforeValidator(as_tuple)] = known((), "times at which lines are lost")


# --- 接听情况: how people answer ------------------------------------------------------------------------------


class Rings(Section):
    """How long it rings, by what comes of it (seconds)."""

    answered: Law = known(
        Mixture(law="mixture", parts=(Part(weight=0.7, low=6, high=10), Part(weight=0.3, low=18, high=22))),
        "until a live answer", unit="seconds", tag="S", source="S6",
    )  # fmt: skip
    no_answer: Law = known(Constant(law="constant", value=30), "until the robot gives up", unit="seconds", plausible=(15, 60), tag="A", source="S11")
    busy: Law = known(Uniform(law="uniform", low=2, high=5), "until a busy tone is understood", unit="seconds", tag="A")
    rejected: Law = known(Uniform(law="uniform", low=3, high=15), "until rejected or switched off", unit="seconds", tag="A")
    voicemail: Law = known(Uniform(law="uniform", low=18, high=25), "until voicemail is recognised", unit="seconds", tag="A")
    not_in_service: Law = known(Uniform(law="uniform", low=5, high=10), "until the out-of-service message is understood", unit="seconds", tag="A")


BUSINESS_HOURS = {"8": 108.0, "9": 106.0, "10": 95.0, "11": 105.0, "12": 125.0, "13": 84.0, "14": 71.0, "15": 92.0, "16": 94.0, "17": 121.0}  # fmt: skip
BUSINESS_DAYS: dict[Weekday, float] = {"Mon": 102.0, "Tue": 101.0, "Wed": 106.0, "Thu": 87.0, "Fri": 103.0}


class Answering(Section):
    """接听情况: what comes of a call."""

    base: Share = known(
        0.469, "live answers to a first call, of numbers in service, before the hour's and weekday's index",
        unit="share", plausible=(0.2, 0.7), tag="A", source="S1, S4, S5, V2, V3",
    )  # fmt: skip
    not_in_service: Share = known(0.04, "numbers out of service", unit="share of numbers", plausible=(0.01, 0.1), tag="A", source="S6")
    no_answer: Weight = known(30.0, "no answer, relative to the other failures", unit="weight", plausible=(25, 35), tag="S", source="S6")
    busy: Weight = known(4.0, "busy, relative to the other failures", unit="weight", plausible=(3, 6), tag="S", source="S6")
    voicemail: Weight = known(6.0, "voicemail or assistant, relative to the other failures", unit="weight", plausible=(2, 28), tag="A", source="S7")
    rejected: Weight = known(11.0, "rejected, switched off or barred, relative to the other failures", unit="weight", plausible=(5, 25), tag="A", source="S8")
    hour_index: Mapping[Hour, Index] = known(
        lambda: dict(BUSINESS_HOURS), "answering by hour of day, 100 is the base; a missing hour counts 100",
        unit="index", tag="S", source="S25 (United States)",
    )  # fmt: skip
    weekday_index: Mapping[Weekday, Index] = known(
        lambda: dict(BUSINESS_DAYS), "answering by weekday, 100 is the base; a missing day counts 100",
        unit="index", tag="S", source="S25 (United States)",
    )  # fmt: skip
    retry_multiplier: float = known(0.6, "factor on the answer probability with each further call", unit="factor", plausible=(0.4, 0.9), tag="A", ge=0, le=1)
    reachable: Share = known(
        1.0, "numbers in service that are ever answered; the others never are (an alternative to retry_multiplier)",
        unit="share of numbers", plausible=(0.5, 1), tag="A", gt=0,
    )  # fmt: skip
    propensity_sd: float = known(
        0.0, "how far numbers differ: standard deviation of their own answer probability (beta law around its mean; an alternative to retry_multiplier)",
        unit="share", plausible=(0, 0.3), tag="A", ge=0, lt=0.5,
    )  # fmt: skip
    most: Share = known(0.95, "the answer probability is capped here", unit="share", tag="A")
    seldom: Share = known(0.0, "contacts of a latent group that seldom answers", unit="share of contacts", plausible=(0, 0.5), tag="A")
    seldom_factor: float = known(0.4, "factor on their answer probability", unit="factor", plausible=(0.1, 0.9), tag="A", ge=0, le=1)
    ring: Rings = known(Rings, "ringing times")


# --- 问卷: the interview -----------------------------------------------------------------------------------


class InterviewTalk(Section):
    """How long the parties talk, by the interview's result (seconds)."""

    complete: Law = known(Lognormal(law="lognormal", mean=60, sd=36), "complete interview", unit="seconds", plausible=(25, 180), tag="A", source="S7, S12, S13")
    partial: Law = known(Lognormal(law="lognormal", mean=35, sd=21), "partial interview", unit="seconds", plausible=(15, 90), tag="A")
    early: Law = known(Lognormal(law="lognormal", mean=8, sd=4.8), "refusal, break-off or opt-out", unit="seconds", plausible=(2, 20), tag="A")


class Satisfaction(Section):
    """The question the survey is made for: a score of 1 to 5; satisfied means 4 or 5."""

    scores: Scores = known((2.0, 4.0, 14.0, 45.0, 35.0), "true scores 1, 2, 3, 4, 5 of all contacts", unit="weights", tag="A")
    nonresponse_gap: float = known(
        0.0, "true satisfied share of those who seldom answer, minus that of the others; the overall share is unchanged",
        unit="percentage points", plausible=(-20, 20), tag="A", ge=-100, le=100,
    )  # fmt: skip


class Items(Section):
    """True problems and suggestions of a contact: what the robot may hear and people bring to the ledger."""

    problems: Share = known(0.0042, "contacts that hold a problem", unit="share of contacts", plausible=(0.001, 0.03), tag="C", source="the reported campaign")
    suggestions: Share = known(0.0089, "contacts that hold a suggestion", unit="share of contacts", plausible=(0.002, 0.05), tag="C", source="the reported campaign")
    each: float = known(1.0, "mean number of items of a kind where there is one (geometric)", unit="items", plausible=(1, 1.5), tag="A", ge=1, le=20)


class AskIf(Section):
    """Ask a question only where an earlier one was answered with one of these options."""

    question: Text = known(..., "id of the earlier question")
    heard: Texts = known(..., "the answers after which this one is asked")


class Question(Section):
    """One question of the dialogue."""

    id: Text = known(..., "a name for the question")
    text: Text = known(..., "what the robot asks")
    kind: Literal["score", "yes_no", "choice", "open"] = known(..., "how it is answered")
    seconds: float = known(8.0, "time for one asking and the answer", unit="seconds", tag="A", gt=0, le=600)
    options: Texts = known((), "answers of a choice (a score has 1–5, a yes/no question yes and no)")
    shares: Annotated[tuple[Weight, ...], BeforeValidator(as_tuple)] = known((), "true answers, in the order of the options", unit="weights")
    required: bool = known(True, "counts towards complete and partial")
    break_off: Share = known(0.02, "probability of hanging up before the answer", unit="share", tag="A")
    ask_if: AskIf | None = known(None, "only after these answers")
    satisfaction: bool = known(False, "this score is the survey's satisfaction (its true answers: questionnaire.satisfaction)")


class Questionnaire(Section):
    """问卷: the interview, as result shares and talk times (short form) or as a list of questions."""

    complete: Share = known(0.55, "complete interviews, of live answers (short form)", unit="share", plausible=(0.15, 0.75), tag="A", source="S9, S10")
    partial: Share = known(0.15, "partial interviews, of live answers (short form)", unit="share", plausible=(0.05, 0.3), tag="A")
    break_off: Share = known(0.10, "break-offs, of live answers (short form); the rest refuse", unit="share", plausible=(0.02, 0.4), tag="A")
    opt_out: Share = known(0.005, "live answers that ask never to be called again", unit="share", plausible=(0, 0.03), tag="A")
    talk: InterviewTalk = known(InterviewTalk, "talk times (short form)")
    satisfaction: Satisfaction = known(Satisfaction, "the true satisfaction")
    items: Items = known(Items, "true problems and suggestions")
    questions: Annotated[tuple[Question, ...], BeforeValidator(as_tuple)] = known((), "the dialogue, question by question, in place of the short form")
    opening_seconds: float = known(6.0, "greeting before the first question", unit="seconds", ge=0, le=600, tag="A")
    tempo_sd: float = known(0.3, "spread of how slowly people talk (log-normal around 1)", unit="factor", ge=0, le=3, tag="A")
    partial_from: Share = known(0.5, "share of the required questions answered from which a broken-off interview is partial", unit="share", tag="A")


# --- 语音识别: what the robot understands -------------------------------------------------------------------


class ExactCounts(Section):
    """The reported campaign replayed: exactly so many, instead of the rates."""

    escalations: int = known(..., "interviewed contacts sent to people", unit="contacts", ge=0, le=5_000_000)
    problems: int = known(..., "problems found among those handled", unit="items", ge=0, le=5_000_000)
    suggestions: int = known(..., "suggestions found among those handled", unit="items", ge=0, le=5_000_000)


class Recognition(Section):
    """语音识别: what is heard right, wrong or not at all, and whom people call back."""

    sensitivity: Share = known(0.9, "interviews with an item that are flagged", unit="share", plausible=(0.6, 0.99), tag="A")
    unclear: Share = known(0.0075, "interviews without an item flagged as unclear", unit="share of interviews", plausible=(0.002, 0.1), tag="C", source="the reported campaign")
    misheard: Share = known(0.02, "answers heard as another one", unit="share of answers", plausible=(0.005, 0.1), tag="A")
    not_understood: Share = known(0.05, "answers not understood at one asking", unit="share of askings", plausible=(0.01, 0.2), tag="A")
    reprompts: int = known(1, "times an answer not understood is asked again", unit="times", ge=0, le=10, tag="A")
    exact: ExactCounts | Literal["none"] = known("none", "exact counts in place of the rates, or none")


# --- 人工回访: people -----------------------------------------------------------------------------------------


class Group(Section):
    """Further people who call back, with a roster of their own."""

    count: int = known(..., "people of this group", unit="people", ge=0, le=10_000)
    roster: Windows = known(..., "their daily shifts [begin, end)", unit="local time")
    weekdays: Weekdays = known(WORKDAYS, "their days of the week", tag="A")
    dates: Dates = known((), "their days, in place of `weekdays`; a holiday or Sunday named here is worked")
    breaks: Windows = known((), "pauses within their shifts, paid", unit="local time")
    wage: Annotated[float, Field(ge=0, le=1e6)] | None = known(None, "a paid hour of theirs (default: `costs.agent_hour`)", unit="¥/h")


class Transfer(Section):
    """实时转接: a flagged caller is handed over at once, the line waits with them."""

    live: bool = known(False, "hand over at once while the roster is open, instead of calling back later", tag="A")
    patience: Law = known(Exponential(law="exponential", mean=30), "how long a caller waits for a person", unit="seconds", plausible=(15, 120), tag="A")
    within_seconds: float = known(20.0, "transferred in time: a person takes over within so much", unit="seconds", tag="K", ge=0, le=3600)
    share: Share = known(0.8, "transfers that are to be in time, for the staffing need", unit="share of transfers", tag="K", gt=0, lt=1)


class Agents(Section):
    """人工回访: people who call back what was unclear or problematic."""

    count: int = known(2, "people on the roster (`groups` apart)", unit="people", ge=0, le=10_000, tag="A")
    roster: Windows = known((("09:00", "12:00"), ("14:00", "18:00")), "daily shifts [begin, end)", unit="local time", tag="A")
    weekdays: Weekdays = known(WORKDAYS, "days of the week on the roster", tag="A")
    breaks: Windows = known((), "pauses within the shifts, paid; who is serving finishes", unit="local time")
    groups: Mapping[Text, Group] = known(dict, "further people with rosters of their own")
    reach: Share = known(0.8, "reached at one try", unit="share of tries", plausible=(0.5, 0.95), tag="A")
    reach_index: Mapping[Hour, Index] = known(dict, "reach by hour of day, 100 is `reach`; a missing hour counts 100", unit="index", tag="A")
    tries: int = known(5, "tries before a contact counts as unreachable", unit="tries", ge=1, le=50, tag="A")
    retry_minutes: Minutes = known(120.0, "least time from a failed try to the next", unit="minutes", tag="A")
    ring: Law = known(Constant(law="constant", value=25), "ringing of a failed try", unit="seconds", tag="A")
    talk: Law = known(Lognormal(law="lognormal", mean=360, sd=180), "dialling and talk", unit="seconds", plausible=(180, 900), tag="A", source="S19, S20")
    wrap_up: Law = known(Lognormal(law="lognormal", mean=240, sd=120), "writing it up", unit="seconds", plausible=(60, 600), tag="A")
    queue: Literal["items_first", "first_come"] = known("items_first", "who is called back first: where an item was heard, or by time", tag="A")
    within_minutes: Minutes = known(120.0, "called back in time: first try within so much open time of the roster", unit="minutes", tag="S", source="S42–S47")
    shrinkage: Share = known(0.30, "paid time that is not on the telephone", unit="share", plausible=(0.2, 0.4), tag="K", lt=1)
    most_busy: Share = known(0.85, "highest busy share that people can keep up", unit="share", plausible=(0.75, 0.9), tag="K", gt=0)
    transfer: Transfer = known(Transfer, "handing over during the call")

    @property
    def everybody(self) -> int:
        """People of the roster and of all groups."""
        return self.count + sum(group.count for group in self.groups.values())


class Pattern(Section):
    """A shift that people can be put on, day by day."""

    roster: Windows = known(..., "its hours [begin, end); a pause between two of them is not paid", unit="local time")
    weekdays: Weekdays = known(WORKDAYS, "days of the week on which it can be worked", tag="A")
    breaks: Windows = known((), "pauses within its hours, paid", unit="local time")
    wage: Annotated[float, Field(ge=0, le=1e6)] | None = known(None, "a paid hour of it (default: `costs.agent_hour`)", unit="¥/h")


class Roster(Section):
    """排班: the shifts that ``callbacksim roster`` chooses from for those who call back, and what it keeps to."""

    patterns: Mapping[Text, Pattern] = known(dict, "shifts to choose from (default: the calling windows, all day and each for itself)")
    people: Annotated[int, Field(ge=1, le=10_000)] | None = known(None, "places for people at work, at most (default: no limit)", unit="people")
    least: int = known(1, "people on a shift at least, where there is anybody on it", unit="people", ge=1, le=1000)
    days_in_a_row: int = known(6, "days that a person works one after the other, at most", unit="days", tag="S", source="S60", ge=1, le=6)
    hours_a_week: float = known(40.0, "paid hours of a person from Monday to Sunday, at most", unit="h", plausible=(20, 44), tag="S", source="S60, S61", gt=0, le=168)


class Listeners(Section):
    """录音抽听: people who listen to recordings of interviews that were not flagged."""

    share: Share = known(0.0, "unflagged interviews whose recording is listened to", unit="share of interviews", plausible=(0, 1), tag="A")
    count: int = known(1, "people who listen", unit="people", ge=0, le=10_000, tag="A")
    roster: Windows = known((("09:00", "12:00"), ("14:00", "18:00")), "daily shifts [begin, end)", unit="local time", tag="A")
    weekdays: Weekdays = known(WORKDAYS, "days of the week on the roster", tag="A")
    breaks: Windows = known((), "pauses within their shifts, paid", unit="local time")
    listening: Law = known(Lognormal(law="lognormal", mean=2, sd=1), "one recording, with the note on it", unit="minutes", plausible=(1, 6), tag="A")
    finds: Share = known(0.8, "recordings with an item in which it is found; the contact is then called back", unit="share", plausible=(0.6, 0.95), tag="A")
    shrinkage: Share = known(0.30, "paid time that is not spent listening", unit="share", plausible=(0.2, 0.4), tag="K", lt=1)


class Manual(Section):
    """人工模式: people instead of the robot; the roster is that of ``agents``, within the calling windows."""

    agents: int = known(10, "people who telephone", unit="people", ge=0, le=100_000, tag="A")
    talk: InterviewTalk = known(
        lambda: InterviewTalk(
            complete=Lognormal(law="lognormal", mean=240, sd=120),
            partial=Lognormal(law="lognormal", mean=150, sd=90),
            early=Lognormal(law="lognormal", mean=20, sd=12),
        ),
        "talk times with people",
        tag="A",
        source="S13",
    )
    wrap_up: Law = known(Constant(law="constant", value=60), "writing up an answered call", unit="seconds", tag="A")


# --- 台账转办: the ledger --------------------------------------------------------------------------------------


class Category(Section):
    """A kind of item and the department that answers for it."""

    share: Weight = known(1.0, "relative to the other categories", unit="weight", tag="A")
    department: Text = known(..., "who answers for it")


class Department(Section):
    """Who rectifies."""

    staff: int = known(2, "cases in hand at the same time", unit="people", ge=0, le=10_000, tag="A")
    handling: Law = known(Lognormal(law="lognormal", mean=8, sd=6), "work on a case", unit="working hours", tag="A")
    due_days: int = known(5, "working days from receipt to the due date", unit="working days", plausible=(2, 15), tag="S", source="S42–S47", ge=1, le=250)
    resolved: Share = known(0.92, "problem cases resolved; the others are closed unresolved", unit="share", plausible=(0.85, 0.99), tag="S", source="S47")


def default_categories() -> dict[str, Category]:
    return {
        "政务服务": Category(share=40, department="政务服务局"),
        "行政执法": Category(share=30, department="综合执法局"),
        "融资需求": Category(share=30, department="金融办"),
    }


def default_departments() -> dict[str, Department]:
    return {"政务服务局": Department(), "综合执法局": Department(), "金融办": Department(due_days=15)}


class Clerks(Section):
    """Who screens what reaches the ledger, item by item, in office hours."""

    count: int = known(1, "clerks at work", unit="people", ge=0, le=10_000, tag="A")
    screening: Law = known(Lognormal(law="lognormal", mean=15, sd=10), "work on an item", unit="office minutes", plausible=(3, 60), tag="A")
    shrinkage: Share = known(0.30, "paid time that is not spent on the ledger", unit="share", plausible=(0.2, 0.4), tag="K", lt=1)


class LookBack(Section):
    """回头看: a call some days after a case was settled; whoever is not satisfied gets it reopened."""

    after_days: int = known(10, "working days from settled to the call", unit="working days", plausible=(10, 30), tag="A", ge=1, le=250)
    reached: Share = known(0.8, "reached by the call", unit="share of calls", plausible=(0.5, 0.95), tag="A")
    satisfied: Share = known(0.97, "satisfied, of those whose case was resolved", unit="share", plausible=(0.85, 1), tag="A")
    satisfied_unresolved: Share = known(0.3, "satisfied, of those whose case was closed unresolved", unit="share", plausible=(0, 0.6), tag="A")
    reopen_most: int = known(1, "times a case is reopened at most", unit="times", plausible=(0, 3), tag="A", ge=0, le=50)


class Intake(Section):
    """Problems that come to the ledger through another channel, such as the 12345 hotline."""

    reports: int = known(..., "reports that come in", unit="items", ge=1, le=1_000_000)
    first: dt.date | None = known(None, "first day they come in on (default: the first day of all)")
    last: dt.date | None = known(None, "last day they come in on (default: the last before the horizon)")


class Ledger(Section):
    """台账转办: from what people heard to cases that are resolved."""

    office: Windows = known((("09:00", "12:00"), ("13:30", "17:30")), "office hours of clerk and departments, Monday to Friday", unit="local time", tag="A")
    valid: Share = known(0.9, "problems that the clerk accepts; the others are screened out", unit="share", plausible=(0.5, 1), tag="A")
    clerks: Clerks | Literal["none"] = known("none", "who screens, or none: screening takes no one's time")
    forwarding: Law = known(Uniform(law="uniform", low=0.5, high=4), "from heard, or screened by a clerk, to forwarded", unit="working hours", tag="S", source="S42–S47")
    misrouted: Share = known(0.03, "cases sent to a wrong department first", unit="share", plausible=(0, 0.1), tag="A")
    return_within: Law = known(Uniform(law="uniform", low=1, high=16), "until the wrong department has sent it back", unit="working hours", tag="S", source="S43")
    categories: Mapping[Text, Category] = known(default_categories, "kinds of items", tag="A")
    departments: Mapping[Text, Department] = known(default_departments, "who rectifies")
    look_back: LookBack | Literal["none"] = known("none", "look-back calls, or none")
    intake: Intake | Literal["none"] = known("none", "reports from elsewhere, or none")


# --- 费用, 目标, 仿真设置 ---------------------------------------------------------------------------------------


class Costs(Section):
    """费用: what is paid."""

    agent_hour: float = known(50.0, "a paid hour of an agent", unit="¥/h", plausible=(30, 80), tag="A", source="S21", ge=0, le=1e6)
    overtime: float = known(1.5, "pay for work beyond the shift, times the hourly wage", unit="factor", plausible=(1, 3), tag="S", source="S52", ge=0, le=10)
    clerk_hour: float = known(50.0, "a paid hour of a clerk", unit="¥/h", plausible=(30, 80), tag="A", ge=0, le=1e6)
    listener_hour: float = known(50.0, "a paid hour of somebody who listens to recordings", unit="¥/h", plausible=(30, 80), tag="A", source="S21", ge=0, le=1e6)
    robot_minute: float = known(0.20, "a started minute of connected time", unit="¥/min", plausible=(0.1, 0.4), tag="S", source="S22", ge=0, le=1e6)
    line_month: float = known(90.0, "rent of a line per started month", unit="¥/month", plausible=(30, 150), tag="S", source="S23", ge=0, le=1e6)


class Script(Section):
    """脚本: outcomes that are given in tables (CSV) instead of drawn; the tables of a trace are such scripts."""

    calls: FileName | None = known(None, "what came of every call: contact, attempt, outcome, ring, talk …, relative to the scenario file")
    people: FileName | None = known(None, "what came of every call-back: contact, try, reached, hold …, relative to the scenario file")
    transfers: FileName | None = known(None, "what came of every live transfer: contact, patience, talk, wrap_up, relative to the scenario file")
    recordings: FileName | None = known(None, "what came of listening: contact, listened, hold, found, relative to the scenario file")


class Targets(Section):
    """目标: what was promised; each is to be kept with `probability`."""

    finish_by: dt.datetime | None = known(None, "calls and call-backs done by then", unit="local time")
    called_back_in_time: Share | None = known(None, "at least so many of those sent to people called back in time", unit="share of escalations")
    cost: Annotated[float, Field(ge=0, le=1e12)] | None = known(None, "cost at most", unit="¥")
    satisfaction_error: Annotated[float, Field(ge=0, le=100)] | None = known(None, "published satisfaction at most so far from the truth", unit="percentage points")
    missed: Annotated[int, Field(ge=0, le=5_000_000)] | None = known(None, "at most so many true problems missed by the robot", unit="items")
    on_time: Share | None = known(None, "at least so many of the cases settled by their due dates", unit="share of cases")
    probability: Share = known(0.9, "how likely each target is to be kept", unit="share of runs", plausible=(0.8, 0.99), tag="A", gt=0, lt=1)


class Search(Section):
    """搜索范围: the plans that `staff` looks at, each [fewest, most] or [fewest, most, step]."""

    lines: Span | None = known(None, "lines (default: from the load of the calls)", unit="lines")
    agents: Span | None = known(None, "people who call back (default: from the tightest deadline)", unit="people")
    listeners: Span | None = known(None, "people who listen to recordings (default: as they are)", unit="people")
    clerks: Span | None = known(None, "clerks of the ledger (default: as they are)", unit="people")
    departments: Mapping[Text, Span] = known(dict, "staff by department (default: as it is)", unit="people")


class Study(Section):
    """仿真设置: how the question is put to chance."""

    mode: Literal["callback", "manual", "ledger"] = known("callback", "robot with call-backs, people only, or the ledger alone: nobody is called")
    seed: int = known(1, "seed of all chance", ge=0, lt=2**63)
    replications: int = known(30, "independent repetitions", ge=1, le=1_000_000)
    horizon_days: int = known(30, "days after which nothing starts any more", unit="days", ge=1, le=730)
    not_in_service_as: Literal["UO", "NE"] = known("UO", "AAPOR: a number out of service leaves eligibility unknown (UO) or proves the business gone (NE)", tag="K", source="S34")
    silent_as: Literal["UH", "NC"] = known("UH", "AAPOR: contacts never spoken to are of unknown eligibility (UH) or, on a trusted register, non-contacts (NC)", tag="K", source="S34")
    confidence: float = known(0.95, "level of every interval", unit="share", gt=0.5, lt=1)


class Segment(Section):
    """分类: contacts that behave differently; the first segment that fits counts."""

    kind: Kind | None = known(None, "only this kind")
    industry: Texts = known((), "only these industries")
    area: Texts = known((), "only these areas")
    answer_factor: float = known(1.0, "factor on the answer probability", unit="factor", plausible=(0.5, 1.5), tag="A", ge=0, le=10)
    hour_index: Mapping[Hour, Index] | None = known(None, "own answering by hour", unit="index", tag="A")
    scores: Scores | None = known(None, "own true satisfaction scores", unit="weights", tag="A")
    problems: Share | None = known(None, "own share with a problem", unit="share of contacts", tag="A")
    suggestions: Share | None = known(None, "own share with a suggestion", unit="share of contacts", tag="A")


class Scenario(Section):
    """A whole scenario; what a file leaves out has its default."""

    title: Annotated[str, StringConstraints(max_length=200)] = known("", "one line for the reader")
    register_: Register = Field(default_factory=Register, alias="register", description="名单")
    calendar: Calendar = known(Calendar, "日历与时段")
    robot: Robot = known(Robot, "智能外呼")
    answering: Answering = known(Answering, "接听情况")
    questionnaire: Questionnaire = known(Questionnaire, "问卷")
    recognition: Recognition = known(Recognition, "语音识别")
    agents: Agents = known(Agents, "人工回访")
    roster: Roster = known(Roster, "排班")
    listeners: Listeners = known(Listeners, "录音抽听")
    manual: Manual = known(Manual, "人工模式")
    ledger: Ledger = known(Ledger, "台账转办")
    costs: Costs = known(Costs, "费用")
    script: Script = known(Script, "脚本")
    targets: Targets = known(Targets, "目标")
    search: Search = known(Search, "搜索范围")
    study: Study = known(Study, "仿真设置")
    segments: Mapping[Text, Segment] = known(dict, "分类")
    uncertain: Mapping[Text, Range] = known(
        dict, '未知: by field, in quotes, its lowest and highest value for `--uncertain` and `drivers`, or "known"; guesses without have their plausible range'
    )
    plans: Mapping[Text, Mapping[str, Any]] = known(dict, "方案: named sets of changes to any field")

    def __repr__(self) -> str:
        from callbacksim.scenario.card import scenario_line

        return scenario_line(self)

    def _repr_html_(self) -> str:
        from callbacksim.scenario.card import scenario_card

        return scenario_card(self)
