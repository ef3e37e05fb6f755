"""A study in figures: each measure as an estimate with its interval, or as given where the scenario fixes it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callbacksim.campaign.trace import Trace
from callbacksim.scenario.calendar import DAY, NEVER, timetable
from callbacksim.scenario.schema import ExactCounts
from callbacksim.study.estimates import Estimate, given, mean, proportion, quantile, root_mean_square, within
from callbacksim.study.figures import sample
from callbacksim.study.measuring import survey as satisfaction
from callbacksim.study.measuring.ledger import ALONE
from callbacksim.study.measuring.measures import CATALOGUE, Measure, moment_of

if TYPE_CHECKING:
    import pandas as pd

    from callbacksim.study.experiment import Study

FINISHES = {
    "finish_median": (0.5, Measure("hours since the first day's midnight", "finish, median", "完成时间（中位数）")),
    "finish_p95": (0.95, Measure("hours since the first day's midnight", "finish, 95 % date", "完成时间（95%）")),
}
EXTRAS = {
    "finish_by_target": Measure("probability", "finished by the target date", "按期完成概率"),
    "manual_hours": Measure("hours", "work by hand instead", "全人工工时"),
    "hours_saved": Measure("hours", "hours saved against calling by hand", "节省工时", signed=True),
    "manual_cost": Measure("¥", "people for whole shifts and overtime, by hand instead", "全人工费用"),
}
WORDS: Mapping[str, Measure] = {
    **CATALOGUE,
    **{name: measure for name, (_, measure) in FINISHES.items()},
    **EXTRAS,
    **satisfaction.CATALOGUE,
}

# The columns of a trace's tables that are moments; `heard` of the contacts is a score.
MOMENTS: Mapping[str, tuple[str, ...]] = {
    "attempts": ("due", "start", "end", "free"),
    "tries": ("due", "start", "end"),
    "transfers": ("ready", "start", "free", "end"),
    "recordings": ("ready", "start", "end"),
    "escalations": ("ready", "first_start", "settled_at"),
    "cases": ("heard", "screening", "screened", "forwarded", "received", "due", "start", "end"),
    "rounds": ("received", "due", "start", "end"),
    "lookbacks": ("due", "asked"),
    "contacts": ("final_at",),
}


@dataclass(frozen=True)
class Entry:
    """An estimate with its unit; `estimate.kind` is "given" where the scenario fixes the figure."""

    name: str
    estimate: Estimate
    unit: str

    def as_json(self) -> dict[str, object]:
        """mean, low, high, unit, n, kind; or value and unit where the figure is given."""
        e = self.estimate
        if e.kind == "given":
            return {"value": e.mean, "unit": self.unit, "kind": "given", "chance_low": e.low, "chance_high": e.high}
        return {"mean": e.mean, "low": e.low, "high": e.high, "unit": self.unit, "n": e.n, "kind": e.kind}


def values(study: Study, name: str) -> list[float]:
    """One figure in every replication, in order; NaN where it is not defined, infinite where it is censored."""
    return sample(study.figures, "survey" if name in satisfaction.CATALOGUE else "measures", name)


def summarise(study: Study) -> dict[str, Entry]:
    """Every measure of the campaign by name."""
    confidence = study.scenario.study.confidence
    entries = {name: _estimated(values(study, name), measure, confidence) for name, measure in CATALOGUE.items()}
    entries |= _given(study)
    finishes = values(study, "finish")
    entries |= {name: quantile(finishes, p, confidence) for name, (p, _) in FINISHES.items()}
    entries["finish_by_target"] = promised_finish(study)
    # In manual mode nothing is held against calling by hand: the figures are there, and not defined.
    by_hand = [hours for hours, _ in study.manual]
    saved = [hours - own for hours, own in zip(by_hand, values(study, "agent_hours"), strict=False)]
    entries["manual_hours"] = mean(by_hand, confidence)
    entries["hours_saved"] = mean(saved, confidence)
    entries["manual_cost"] = mean([cost for _, cost in study.manual], confidence)
    return _bounded(entries)


def _estimated(sample: Sequence[float], measure: Measure, confidence: float) -> Estimate:
    """A figure over the replications: their mean; of what is so or not in each, a share with its exact interval."""
    if measure.unit != "share of runs":
        return mean(sample, confidence)
    events = [one for one in sample if not math.isnan(one)]
    return proportion(round(sum(events)), len(events), confidence)


def told(study: Study, entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """Of these figures those that there can be: where the ledger is studied by itself, its own."""
    alone = study.scenario.study.mode == "ledger"
    return {name: entry for name, entry in entries.items() if not alone or name in ALONE}


def summarise_survey(study: Study) -> dict[str, Entry]:
    """Every figure of the survey by name."""
    confidence = study.scenario.study.confidence
    entries = {
        name: mean(values(study, name), confidence)
        for name in satisfaction.CATALOGUE
        if name not in ("claim_holds", "sampling_error_size")
    }
    holds = [v for v in values(study, "claim_holds") if not math.isnan(v)]
    entries["claim_holds"] = proportion(round(sum(holds)), len(holds), confidence)
    entries["sampling_error_size"] = root_mean_square(values(study, "sampling_error"), confidence)
    return _bounded({name: entries[name] for name in satisfaction.CATALOGUE})


def summarise_funnel(study: Study) -> dict[str, Estimate]:
    """Every stage from the register to the ledger, by name, in its order; no mean: not identified."""
    confidence = study.scenario.study.confidence
    counts = {stage: sample(study.figures, "funnel", stage) for stage in study.figures[0].funnel}
    return {stage: within(mean(sample, confidence), 0.0, math.inf) for stage, sample in counts.items()}


def _bounded(entries: Mapping[str, Estimate]) -> dict[str, Entry]:
    return {
        name: Entry(name, within(estimate, *WORDS[name].bounds), WORDS[name].unit) for name, estimate in entries.items()
    }


def finished_by(study: Study, moment: dt.datetime) -> Estimate:
    """Probability to be finished by a local date and time; not identified where runs were cut off before it."""
    finishes, times = values(study, "finish"), timetable(study.scenario)
    limit, confidence = times.ms(moment), study.scenario.study.confidence
    if limit > times.horizon and any(map(math.isinf, finishes)):
        return Estimate(None, None, None, len(finishes), "probability", confidence)
    return proportion(sum(moment_of(f) <= limit for f in finishes), len(finishes), confidence)


def promised_finish(study: Study) -> Estimate:
    """Probability to be finished by the date in ``[targets]``; not identified without one."""
    promised = study.scenario.targets.finish_by
    if promised is None:
        return Estimate(None, None, None, len(study.figures), "probability", study.scenario.study.confidence)
    return finished_by(study, promised)


def evenings(study: Study) -> dict[dt.datetime, Estimate]:
    """The finish as a distribution: the first ends of work by which a tenth, half, nine tenths of the runs are done.

    A day's work ends with its last calling window or roster, whichever is later.
    """
    times = timetable(study.scenario)
    finishes = list(map(moment_of, values(study, "finish")))
    ends: dict[int, int] = {}
    for end in sorted([*times.calling.end.tolist(), *times.roster.end.tolist()]):
        ends[(end - 1) // DAY] = end
    found: dict[dt.datetime, Estimate] = {}
    for share in (0.1, 0.5, 0.9):
        enough = (end for end in ends.values() if sum(one <= end for one in finishes) >= share * len(finishes))
        if (end := next(enough, None)) is not None:
            moment = times.datetime(end)
            found.setdefault(moment, finished_by(study, moment))
    return found


def _given(study: Study) -> dict[str, Estimate]:
    """What the scenario fixes, with the spread it would have by chance at this rate."""
    exact = study.scenario.recognition.exact
    if not isinstance(exact, ExactCounts):
        return {}
    confidence = study.scenario.study.confidence

    def fixed(value: int, trials: Iterable[float]) -> Estimate:
        counts = list(trials)
        return given(value, round(sum(counts) / len(counts)), confidence=confidence)

    # All three are fixed together; left to chance, each would vary among the interviews.
    interviews = values(study, "interviews")
    estimates = {name: fixed(getattr(exact, name), interviews) for name in ("escalations", "problems", "suggestions")}
    if study.scenario.study.mode == "manual":
        del estimates["escalations"]
    return estimates


def summary_frame(study: Study) -> pd.DataFrame:
    """All figures as a tidy table: one row a figure, with mean, low, high, unit and words."""
    import pandas as pd

    rows = [
        {
            "figure": entry.name,
            "mean": entry.estimate.mean,
            "low": entry.estimate.low,
            "high": entry.estimate.high,
            "unit": entry.unit,
            "kind": entry.estimate.kind,
            "meaning": WORDS[entry.name].english,
            "含义": WORDS[entry.name].chinese,
        }
        for entry in told(study, {**summarise(study), **summarise_survey(study)}).values()
    ]
    return pd.DataFrame(rows).set_index("figure")


def funnel_frame(study: Study) -> pd.DataFrame:
    """The funnel as a tidy table: one row a stage, with mean, low and high."""
    import pandas as pd

    rows = {
        stage: {"mean": estimate.mean, "low": estimate.low, "high": estimate.high}
        for stage, estimate in summarise_funnel(study).items()
    }
    return pd.DataFrame.from_dict(rows, orient="index", dtype=float).rename_axis("stage")


def replications_frame(study: Study) -> pd.DataFrame:
    """Every figure of every replication: one row a replication."""
    import pandas as pd

    first = study.figures[0]
    names = ALONE if study.scenario.study.mode == "ledger" else (*first.measures, *first.survey)
    begin = first.replication
    index = pd.RangeIndex(begin, begin + len(study.figures), name="replication")
    return pd.DataFrame({name: values(study, name) for name in names}, index=index)


def dated_frame(trace: Trace, table: str, first_day: dt.date) -> pd.DataFrame:
    """A table of a trace with dates in place of milliseconds since the first day's midnight; NaT: never."""
    import pandas as pd

    frame = trace.dataframe(table)
    for column in MOMENTS[table]:
        ms = frame[column].where((frame[column] >= 0) & (frame[column] < NEVER))
        frame[column] = pd.Timestamp(first_day) + pd.to_timedelta(ms, unit="ms")
    return frame


def means_frame(samples: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Mean, low and high of every column: a figure of one's own, a row for each replication."""
    import pandas as pd

    estimates = [mean(samples[column], confidence) for column in samples]
    ends = [{"mean": e.mean, "low": e.low, "high": e.high} for e in estimates]
    return pd.DataFrame(ends, index=samples.columns, columns=["mean", "low", "high"], dtype=float)


def unit_of_difference(measure: str) -> str:
    """The unit of a difference: a moment minus a moment is a duration."""
    unit = WORDS[measure].unit
    return "hours" if unit.startswith("hours since") else unit
