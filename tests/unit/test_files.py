"""Reading scenario files: layers, plans, overrides, and what is no file at all."""

from __future__ import annotations

import datetime as dt
import os
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbacksim.scenario.canonical import to_toml
from callbacksim.scenario.files import load, with_plan
from callbacksim.scenario.laws import Constant, Gamma, Lognormal
from callbacksim.scenario.messages import explain
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.wording import WIDTH, show

REGISTER = "[register]\nrows = 100\ncontacts = 80\n"


def write(directory: Path, text: str, name: str = "x.toml") -> Path:
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path, **options: Any) -> list[str]:
    """The problems, without the directory."""
    with pytest.raises(Refused) as caught:
        load(path, **options)
    return [str(problem).replace(f"{path.parent}/", "") for problem in caught.value.problems]


# --- one file -----------------------------------------------------------------------------------------------


def test_the_smallest_scenario_has_every_default(tmp_path: Path) -> None:
    scenario = load(write(tmp_path, REGISTER))
    assert scenario == Scenario.model_validate({"register": {"rows": 100, "contacts": 80}})
    assert scenario.robot.lines == 20


def test_a_byte_order_mark_and_windows_line_ends_are_tolerated(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xef\xbb\xbf" + REGISTER.replace("\n", "\r\n").encode())
    assert load(str(path)).register_.rows == 100


def test_extremes_are_allowed(tmp_path: Path) -> None:
    text = (
        REGISTER + "[agents]\ncount = 0\n[robot]\nlines = 0\n[answering]\nbase = 0\n[ledger.departments.A]\nstaff = 0\n"
    )
    text += '[ledger.categories.B]\ndepartment = "A"\n[calendar]\nwindows = [["00:00", "12:00"], ["12:00", "24:00"]]\n'
    assert load(write(tmp_path, text)).agents.count == 0


def test_a_missing_file_says_which_was_meant(tmp_path: Path) -> None:
    write(tmp_path, REGISTER, "gaoxin.toml")
    assert refusal(tmp_path / "gaoxn.toml") == [
        'gaoxn.toml:1: file: there is no such file; did you mean "gaoxin.toml"?'
    ]
    assert refusal(tmp_path / "zzz" / "y") == ["y:1: file: there is no such file; name a scenario file that exists"]


def test_what_is_no_readable_text_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    big = write(tmp_path, "#" * 2_000_001, "big.toml")
    (tmp_path / "gbk.toml").write_bytes(REGISTER.encode() + 'title = "名单"\n'.encode("gb18030"))
    (tmp_path / "utf16.toml").write_bytes(REGISTER.encode("utf-16"))
    (tmp_path / "bytes.toml").write_bytes(b"\n\nx = \xff\xff\n")
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    folder = tmp_path / "folder"
    folder.mkdir()
    assert refusal(folder) == ["folder:1: file: this is a directory; name a scenario file in it, ending in .toml"]
    assert refusal(tmp_path / "pipe") == [
        "pipe:1: file: this is not a regular file; name a scenario file, ending in .toml"
    ]
    assert refusal(big) == ["big.toml:1: file: the file has 2,000,001 bytes; a scenario has at most 2,000,000 bytes"]
    assert refusal(tmp_path / "gbk.toml") == [
        "gbk.toml:4: file: the file is not UTF-8 text (it looks like GB18030 or GBK); save it as UTF-8"
    ]
    assert refusal(tmp_path / "utf16.toml") == [
        "utf16.toml:1: file: the file is not UTF-8 text (it looks like UTF-16); save it as UTF-8"
    ]
    assert refusal(tmp_path / "bytes.toml") == ["bytes.toml:3: file: the file is not UTF-8 text; save it as UTF-8"]
    assert "loop.toml:1: file: the file cannot be read (" in refusal(tmp_path / "loop.toml")[0]
    assert "embedded null" in refusal(tmp_path / "a\0b")[0]  # in Python's own words, which differ by version


def test_a_file_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    path = write(tmp_path, REGISTER)
    monkeypatch.setattr(Path, "read_bytes", denied)
    assert refusal(path) == [
        "x.toml:1: file: no permission to read the file; ask its owner, or copy it to where you may read it"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (".".join("a" * 70) + " = 1\n", "1: file: a key has more than 60 parts; name a field such as robot.lines"),
        (
            "x = " + "[" * 5000 + "]" * 5000,
            "1: file: lists or tables stand too deep in each other; a scenario has at most five levels",
        ),
        (
            "x = " + "[" * 50 + "]" * 50,
            "1: file: lists or tables stand too deep in each other; a scenario has at most five levels",
        ),
        ("\nx = " + "1" * 5000, "2: file: a number has thousands of digits; write a number a scenario can hold"),
    ],
)
def test_text_made_to_break_a_parser_is_refused(tmp_path: Path, text: str, message: str) -> None:
    assert refusal(write(tmp_path, text)) == [f"x.toml:{message}"]


def test_a_number_that_python_cannot_write_out_is_shown_short(tmp_path: Path) -> None:
    path = write(tmp_path, REGISTER + "[robot]\nlines = 0x" + "F" * 5000 + "\n")
    assert "robot.lines: a number of about 6000 digits is" in refusal(path)[0]


# --- extends ------------------------------------------------------------------------------------------------


def test_a_file_changes_what_it_extends_key_by_key(tmp_path: Path) -> None:
    write(
        tmp_path, REGISTER + "[robot]\nlines = 7\nattempts = 2\n[answering.hour_index]\n9 = 90\n10 = 80\n", "sub/a.toml"
    )
    write(tmp_path, 'extends = "sub/a.toml"\n[robot]\nlines = 8\n[register]\nseed = 1\n', "b.toml")
    write(tmp_path, 'extends = "b.toml"\ntitle = "c"\n[answering.hour_index]\n10 = 70\n', "c.toml")
    scenario = load(tmp_path / "c.toml")
    assert (scenario.title, scenario.robot.lines, scenario.robot.attempts) == ("c", 8, 2)
    assert (scenario.register_.rows, scenario.register_.seed) == (100, 1)
    assert scenario.answering.hour_index == {"9": 90, "10": 70}


def test_lists_replace_lists_and_a_table_and_a_word_replace_each_other(tmp_path: Path) -> None:
    exact = "[recognition.exact]\nescalations = 8\nproblems = 1\nsuggestions = 2\n"
    write(tmp_path, REGISTER + exact + '[calendar]\nwindows = [["08:00", "10:00"], ["11:00", "12:00"]]\n', "a.toml")
    child = 'extends = "a.toml"\nrecognition.exact = "none"\ncalendar.windows = [["09:00", "12:00"]]\n'
    scenario = load(
        write(
            tmp_path,
            child + "[plans.exact]\nrecognition.exact.escalations = 9\n"
            "recognition.exact.problems = 0\nrecognition.exact.suggestions = 0\n",
        )
    )
    assert scenario.recognition.exact == "none"
    assert scenario.calendar.windows == (("09:00", "12:00"),)
    exact_counts = with_plan(scenario, "exact").recognition.exact
    assert exact_counts != "none" and exact_counts.escalations == 9


def test_a_law_of_another_name_replaces_a_law_and_one_of_the_same_name_changes_it(tmp_path: Path) -> None:
    laws = '[agents]\ntalk = { law = "gamma", mean = 300, sd = 90 }\nwrap_up = { law = "gamma", mean = 60, sd = 9 }\n'
    write(tmp_path, REGISTER + laws, "a.toml")
    child = (
        'extends = "a.toml"\n[agents]\ntalk = { law = "constant", value = 5 }\nwrap_up = { law = "gamma", sd = 8 }\n'
    )
    scenario = load(write(tmp_path, child))
    assert scenario.agents.talk == Constant(law="constant", value=5)
    assert scenario.agents.wrap_up == Gamma(law="gamma", mean=60, sd=8)


def test_chains_that_cannot_be_followed_are_refused(tmp_path: Path) -> None:
    write(tmp_path, 'extends = "b.toml"\n', "a.toml")
    write(tmp_path, '\nextends = "a.toml"\n', "b.toml")
    assert refusal(tmp_path / "a.toml") == [
        'b.toml:2: extends: "a.toml" extends this file in turn; let the chain end in a file without extends'
    ]
    for place in range(25):
        write(tmp_path, f'extends = "{place + 1}.toml"\n', f"{place}.toml")
    assert refusal(tmp_path / "0.toml") == [
        "20.toml:1: extends: more than 20 files extend each other; join some of them"
    ]
    out = "leads out of the directory of this file; name a file in the same directory or below it"
    cases = {
        '"../x.toml"': f'"../x.toml" {out}',
        '"/x.toml"': f'"/x.toml" {out}',
        '"q.json"': 'there is no file "q.json"; name a file that exists, relative to this one',
        f'"{"z" * 300}"': f'there is no file "{"z" * 58}…; name a file that exists, relative to this one',
        '"bb.toml"': 'there is no file "bb.toml"; did you mean "b.toml"?',
        "3": '3 is a whole number, not text; write a file name such as "gaoxin.toml"',
        '""': '"" is no file name; write a file name such as "gaoxin.toml"',
    }
    for named, message in cases.items():
        assert refusal(write(tmp_path, f"title = ''\nextends = {named}\n")) == [f"x.toml:2: extends: {message}"]


def test_an_error_in_a_base_file_is_located_there_unless_the_child_mends_it(tmp_path: Path) -> None:
    write(tmp_path, REGISTER + "[robot]\nlines = -1\n", "a.toml")
    assert refusal(write(tmp_path, 'extends = "a.toml"\n')) == [
        "a.toml:5: robot.lines: -1 is below 0; write a whole number from 0 to 100000 (lines; default 20)"
    ]
    assert load(write(tmp_path, 'extends = "a.toml"\nrobot.lines = 1\n')).robot.lines == 1


def test_register_files_are_found_beside_the_file_that_names_them(tmp_path: Path) -> None:
    write(tmp_path, '[register]\nfile = "names.csv"\nexclude = ["no.txt"]\n', "sub/a.toml")
    plan = '[plans.other]\nregister.file = "other.csv"\n'
    scenario = load(write(tmp_path, 'extends = "sub/a.toml"\nregister.exclude = ["../dnc.txt"]\n' + plan))
    assert scenario.register_.file == str(tmp_path / "sub" / "names.csv")
    assert scenario.register_.exclude == (str(tmp_path.parent / "dnc.txt"),)
    assert with_plan(scenario, "other").register_.file == str(tmp_path / "other.csv")


# --- plans --------------------------------------------------------------------------------------------------

PLANNED = (
    REGISTER
    + "[robot]\nlines = 7\n"
    + "[plans.lean]\nrobot.lines = 3\nagents.talk.mean = 300\nanswering.hour_index.9 = 50\n"
    + '[plans."人工".study]\nmode = "manual"\n'
)


def test_a_plan_changes_single_values_of_what_the_file_and_the_defaults_give(tmp_path: Path) -> None:
    path = write(tmp_path, PLANNED)
    plain, lean = load(path), load(path, plan="lean")
    assert (plain.robot.lines, lean.robot.lines) == (7, 3)
    assert lean.agents.talk == Lognormal(law="lognormal", mean=300, sd=180)
    assert lean.answering.hour_index == {**plain.answering.hour_index, "9": 50}
    assert load(path, plan="人工").study.mode == "manual"
    assert set(plain.plans) == {"lean", "人工"}
    assert lean.plans == {}


def test_a_plan_of_a_loaded_scenario_is_the_plan_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, PLANNED)
    canonical = write(tmp_path, to_toml(load(path)), "canonical.toml")
    for name in ("lean", "人工"):
        assert with_plan(load(path), name) == load(path, plan=name) == load(canonical, plan=name)


def test_an_override_has_the_last_word_over_a_plan_however_it_is_chosen(tmp_path: Path) -> None:
    path = write(tmp_path, PLANNED)
    overrides = ["robot.lines=9", "agents.talk.sd=1", "costs.line_month=1"]
    scenario = load(path, overrides=overrides)
    assert scenario.robot.lines == 9
    lean = load(path, plan="lean", overrides=overrides)
    assert lean.robot.lines == 9
    assert lean.agents.talk == Lognormal(law="lognormal", mean=300, sd=1)
    assert with_plan(scenario, "lean") == lean


def test_a_file_changes_the_plans_of_the_file_it_extends(tmp_path: Path) -> None:
    write(tmp_path, PLANNED, "a.toml")
    path = write(tmp_path, 'extends = "a.toml"\n[plans.lean]\nagents.count = 1\n[plans.new]\n')
    assert list(load(path).plans) == ["lean", "人工", "new"]
    lean = load(path, plan="lean")
    assert (lean.robot.lines, lean.agents.count) == (3, 1)


def test_an_error_of_an_inherited_plan_is_located_in_its_file(tmp_path: Path) -> None:
    write(tmp_path, REGISTER + "[plans.a]\nrobot.lines = -1\n", "a.toml")
    assert refusal(write(tmp_path, 'extends = "a.toml"\n')) == [
        "a.toml:5: plans.a.robot.lines: -1 is below 0; write a whole number from 0 to 100000 (lines; default 20)"
    ]


def test_an_unknown_plan_is_refused_with_those_there_are(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, PLANNED), plan="laen") == [
        'x.toml:1: plans: there is no plan "laen"; did you mean "lean"? The plans are lean, 人工'
    ]
    path = write(tmp_path, REGISTER)
    assert refusal(path, plan="zzz") == ['x.toml:1: plans: there is no plan "zzz"; this scenario has no plans']
    with pytest.raises(Refused, match='scenario:1: plans: there is no plan "zzz"; this scenario has no plans'):
        with_plan(load(path), "zzz")


def test_a_plan_put_in_by_hand_is_checked_when_it_is_chosen(tmp_path: Path) -> None:
    scenario = load(write(tmp_path, REGISTER)).model_copy(update={"plans": {"a": {"robot": {"linse": 3}}}})
    with pytest.raises(Refused, match=r"scenario:1: plans.a.robot.linse: unknown field; did you mean robot.lines\?"):
        with_plan(scenario, "a")


def test_ten_thousand_plans_are_one_short_problem(tmp_path: Path) -> None:
    path = write(
        tmp_path, REGISTER + "".join(f"[plans.p{number}]\nrobot.lines = {number}\n" for number in range(10_000))
    )
    begun = time.monotonic()
    assert refusal(path) == ["x.toml:4: plans: there are 10000 plans; keep at most 200 in one file"]
    assert time.monotonic() - begun < 20  # about half a second


def test_a_file_of_a_hundred_megabytes_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.toml"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    monkeypatch.setattr(Path, "read_bytes", None)
    assert refusal(path) == ["x.toml:1: file: the file has 100,000,000 bytes; a scenario has at most 2,000,000 bytes"]


def test_too_many_plans_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, REGISTER + "".join(f"[plans.p{number}]\n" for number in range(201)))
    assert refusal(path) == ["x.toml:4: plans: there are 201 plans; keep at most 200 in one file"]


# --- --set --------------------------------------------------------------------------------------------------


def test_every_form_of_override(tmp_path: Path) -> None:
    path = write(tmp_path, REGISTER)
    scenario = load(
        path,
        overrides=[
            "robot.lines=40",
            " answering . base = 0.5 ",
            "study.mode=manual",
            'title="a = b"',
            "calendar.start=2025-07-08",
            "targets.finish_by=2025-07-31T18:00:00",
            'calendar.windows=[["09:00","12:00"]]',
            'ledger.departments."金融办".staff=0',
            "ledger.departments.综合执法局.staff=1",
            "ledger.departments.'A.B'={ staff = 3 }",
            "recognition.exact={ escalations = 4, problems = 1, suggestions = 1 }",
            "robot.other_slot=false",
            "answering.hour_index.9=50",
        ],
    )
    assert scenario.robot.lines == 40 and scenario.answering.base == 0.5
    assert scenario.study.mode == "manual" and scenario.title == "a = b"
    assert scenario.calendar.start == dt.date(2025, 7, 8)
    assert scenario.targets.finish_by == dt.datetime(2025, 7, 31, 18)
    assert scenario.calendar.windows == (("09:00", "12:00"),)
    assert {name: one.staff for name, one in scenario.ledger.departments.items()} == {
        "政务服务局": 2,
        "综合执法局": 1,
        "金融办": 0,
        "A.B": 3,
    }
    assert scenario.recognition.exact != "none" and scenario.recognition.exact.escalations == 4
    assert not scenario.robot.other_slot
    assert scenario.answering.hour_index["9"] == 50 and scenario.answering.hour_index["10"] == 95


def test_text_with_a_line_break_does_not_smuggle_in_another_field(tmp_path: Path) -> None:
    assert load(write(tmp_path, REGISTER), overrides=["title=1\nother = 2"]).title == "1\nother = 2"


def test_a_register_named_on_the_command_line_is_found_from_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path, '[register]\nfile = "a.csv"\n', "sub/x.toml")
    assert load(path, overrides=["register.file=b.csv"]).register_.file == str(tmp_path / "b.csv")


FORM = "write for example --set robot.lines=40"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("robot.linse=3", "robot.linse: unknown field; did you mean robot.lines?"),
        ("robot.lines=abc", 'robot.lines: "abc" is text, not a whole number; write a whole number such as 20'),
        ("robot.lines=", 'robot.lines: "" is text, not a whole number; write a whole number such as 20'),
        ("robot=3", "robot: 3 is a whole number, not a table; write a table with the fields lines, calls_per_second, "
            "attempts, attempts_per_day, retry_minutes, jitter_minutes, other_slot, retries, order, retry_refusals, "
            "retry_break_offs, quota, outages"),
        ("robot.lines", f'--set: "robot.lines" is not FIELD=VALUE; {FORM}'),
        ("=3", f'--set: "=3" is not FIELD=VALUE; {FORM}'),
        ("robot..lines=3", f'--set: "robot..lines=3" is not FIELD=VALUE; {FORM}'),
        ('"robot.lines=3', f'--set: "\\"robot.lines=3" is not FIELD=VALUE; {FORM}'),
        ('"\\q".lines=3', f'--set: "\\"\\\\q\\".lines=3" is not FIELD=VALUE; {FORM}'),
        ("", f'--set: "" is not FIELD=VALUE; {FORM}'),
        ("plans.a.robot.lines=3", "plans.a.robot.lines: plans cannot be set on the command line; change a field, "
            "for example --set robot.lines=40, and choose a plan with --plan NAME"),
        ("extends=a.toml", "extends: extends cannot be set on the command line; change a field, "
            "for example --set robot.lines=40, and choose a plan with --plan NAME"),
        ("register.contacts=101", "register.contacts: 101 contacts do not fit in 100 rows; "
            "every contact needs a row of its own: write at most 100"),
    ],
)  # fmt: skip
def test_an_override_that_cannot_be_is_named_by_its_place(tmp_path: Path, override: str, message: str) -> None:
    assert refusal(write(tmp_path, REGISTER), overrides=["robot.quota=1", override]) == [f"--set:2: {message}"]


def test_an_override_can_mend_what_the_file_lacks(tmp_path: Path) -> None:
    assert load(write(tmp_path, "[register]\nrows = 5\n"), overrides=["register.contacts=4"]).register_.contacts == 4


# --- nothing but Refused ------------------------------------------------------------------------------------

SECTIONS = [*Scenario.model_fields, "register", "extends"]
FIELDS = ["lines", "windows", "exact", "law", "ring", "talk", "9", "kind", "start", "finish_by", "scores", "questions"]
FIELDS += [
    "categories",
    "departments",
    "hour_index",
    "retry_minutes",
    "file",
    "rows",
    "contacts",
    "weekdays",
    "options",
]
WORDS = st.sampled_from([*SECTIONS, *FIELDS, "constant", "uniform", "none", "09:00", "Mon", "[key]", "ExactCounts", ""])
NAMES = WORDS | st.text(st.characters(codec="utf-8"), max_size=5)
ANYTHING = (
    WORDS | st.booleans() | st.integers() | st.integers(10**300, 10**310) | st.floats() | st.text(max_size=8)
    | st.dates() | st.datetimes() | st.times()
)  # fmt: skip
GARBAGE = st.recursive(
    ANYTHING, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
TABLES = st.dictionaries(NAMES, GARBAGE, max_size=5)
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def only_refused(path: Path, **options: Any) -> None:
    try:
        assert isinstance(load(path, **options), Scenario)
    except Refused as refused:
        assert refused.problems
        for problem in refused.problems:
            assert problem.line >= 1 and problem.field and problem.wrong and problem.right
            assert str(problem).isprintable()


@quick
@given(TABLES)
def test_any_table_is_a_scenario_or_refused(tmp_path: Path, tree: dict[str, Any]) -> None:
    only_refused(write(tmp_path, REGISTER if not tree else tomlkit.dumps(tree)))


@quick
@given(st.dictionaries(st.sampled_from(sorted(Scenario.model_fields)), TABLES, max_size=4), TABLES)
def test_any_sections_and_plans_are_a_scenario_or_refused(
    tmp_path: Path, tree: dict[str, Any], plan: dict[str, Any]
) -> None:
    whole = {"register": {"rows": 100, "contacts": 80}, **tree, "plans": {"p": plan}}
    only_refused(write(tmp_path, tomlkit.dumps(whole)), plan="p")


@quick
@given(st.text(max_size=60) | st.lists(st.sampled_from(list("[]{}=.,'\"\\# \n\tax19-:T")), max_size=30).map("".join))
def test_any_text_is_a_scenario_or_refused(tmp_path: Path, text: str) -> None:
    only_refused(write(tmp_path, text.encode("utf-8", "replace").decode("utf-8")))
    only_refused(write(tmp_path, REGISTER), overrides=[text])


@quick
@given(st.binary(max_size=40))
def test_any_bytes_are_a_scenario_or_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(raw)
    only_refused(path)


def test_what_is_shown_of_a_value_is_short_and_printable() -> None:
    for value in (
        "\x1b[31m",
        "x" * 500,
        {"a": {"b": [1, None, b"x"]}},
        [[[[[[[1]]]]]]],
        dt.time(9),
        object(),
        10**5000,
    ):
        text = show(value)
        assert text.isprintable() and len(text) <= WIDTH


def test_explaining_needs_no_file() -> None:
    tree = tomllib.loads("[register]\nrows = 0\n")
    with pytest.raises(ValueError, match="greater than or equal") as caught:
        Scenario.model_validate(tree)
    (finding,) = explain(caught.value, tree)  # type: ignore[arg-type]
    assert finding.path == ("register", "rows")
    assert finding.wrong == "0 is below 1"
    assert finding.right == "write a whole number from 1 to 5000000 (rows)"
