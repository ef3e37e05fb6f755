"""Laws of durations: how a planner writes them, and how a uniform draw becomes a duration.

A law is written by name, for instance ``{ law = "lognormal", mean = 60, sd = 36 }``; the unit (seconds or
working hours) belongs to the field that holds it. Every law is sampled by inverse transform, so that one
addressed uniform gives one duration and a larger uniform never gives a shorter one.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Floats = NDArray[np.float64]
Positive = Annotated[float, Field(gt=0, le=1e7)]
NonNegative = Annotated[float, Field(ge=0, le=1e7)]


def as_tuple(value: object) -> object:
    """TOML has lists only; frozen models hold tuples."""
    return tuple(value) if isinstance(value, list) else value


Numbers = Annotated[tuple[NonNegative, ...], BeforeValidator(as_tuple)]


class _Law(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Constant(_Law):
    """Always the same value."""

    law: Literal["constant"]
    value: NonNegative

    def quantile(self, u: Floats) -> Floats:
        return np.full(np.shape(u), float(self.value))

    def mean_value(self) -> float:
        return float(self.value)


class Uniform(_Law):
    """Every value between ``low`` and ``high`` equally likely."""

    law: Literal["uniform"]
    low: NonNegative
    high: NonNegative

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low {self.low:g} is above high {self.high:g}; low must not exceed high")
        return self

    def quantile(self, u: Floats) -> Floats:
        return self.low + (self.high - self.low) * np.asarray(u, dtype=float)

    def mean_value(self) -> float:
        return (self.low + self.high) / 2


class Exponential(_Law):
    """Memoryless, with this mean."""

    law: Literal["exponential"]
    mean: Positive

    def quantile(self, u: Floats) -> Floats:
        return np.asarray(-self.mean * np.log1p(-np.asarray(u, dtype=float)), dtype=np.float64)

    def mean_value(self) -> float:
        return float(self.mean)


class Lognormal(_Law):
    """Log-normal with the mean and standard deviation of the durations themselves (not of their logs)."""

    law: Literal["lognormal"]
    mean: Positive
    sd: NonNegative

    def quantile(self, u: Floats) -> Floats:
        from scipy.special import ndtri

        variance = math.log1p((self.sd / self.mean) ** 2)
        centre = math.log(self.mean) - variance / 2
        return np.asarray(np.exp(centre + math.sqrt(variance) * ndtri(_inside(u))), dtype=np.float64)

    def mean_value(self) -> float:
        return float(self.mean)


class Gamma(_Law):
    """Gamma with this mean and standard deviation."""

    law: Literal["gamma"]
    mean: Positive
    sd: Positive

    def quantile(self, u: Floats) -> Floats:
        from scipy.special import gammaincinv

        shape = (self.mean / self.sd) ** 2
        return np.asarray(gammaincinv(shape, np.asarray(u, dtype=float)) * self.mean / shape, dtype=np.float64)

    def mean_value(self) -> float:
        return float(self.mean)


class Quantiles(_Law):
    """Known quantiles, straight lines between them: ``p = [0, 0.5, 1]``, ``x = [5, 40, 300]``."""

    law: Literal["quantiles"]
    p: Annotated[tuple[Annotated[float, Field(ge=0, le=1)], ...], BeforeValidator(as_tuple)]
    x: Numbers

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.p) < 2 or len(self.p) != len(self.x):
            raise ValueError("p and x differ in length or are too short; give at least two of each, equally many")
        if self.p[0] != 0 or self.p[-1] != 1 or any(b <= a for a, b in zip(self.p, self.p[1:], strict=False)):
            raise ValueError("p does not rise from 0 to 1; begin with 0, end with 1, strictly increasing")
        if any(b < a for a, b in zip(self.x, self.x[1:], strict=False)):
            raise ValueError("x falls; quantiles never decrease")
        return self

    def quantile(self, u: Floats) -> Floats:
        return np.asarray(np.interp(np.asarray(u, dtype=float), self.p, self.x), dtype=np.float64)

    def mean_value(self) -> float:
        return float(np.sum(np.diff(self.p) * (np.asarray(self.x)[1:] + np.asarray(self.x)[:-1]) / 2))


class Table(_Law):
    """An empirical table: these values, with these weights (equal ones when none are given)."""

    law: Literal["table"]
    values: Numbers
    weights: Numbers = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.values:
            raise ValueError("values is empty; give at least one value")
        if self.weights and (len(self.weights) != len(self.values) or sum(self.weights) <= 0):
            raise ValueError("weights do not fit values; give one weight a value, not all zero")
        return self

    def _ordered(self) -> tuple[Floats, Floats]:
        values = np.asarray(self.values, dtype=float)
        weights = np.asarray(self.weights or np.ones(len(values)), dtype=float)
        order = np.argsort(values, kind="stable")
        return values[order], weights[order] / weights.sum()

    def quantile(self, u: Floats) -> Floats:
        values, shares = self._ordered()
        at = np.searchsorted(np.cumsum(shares), np.asarray(u, dtype=float), side="right")
        return values[np.minimum(at, len(values) - 1)]

    def mean_value(self) -> float:
        values, shares = self._ordered()
        return float(values @ shares)


class Part(_Law):
    """One part of a mixture: uniform between ``low`` and ``high``, with this weight."""

    weight: Positive
    low: NonNegative
    high: NonNegative

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low {self.low:g} is above high {self.high:g}; low must not exceed high")
        return self


class Mixture(_Law):
    """Uniform parts with weights, for instance quick answers of 6–10 s and slow ones of 18–22 s."""

    law: Literal["mixture"]
    parts: Annotated[tuple[Part, ...], BeforeValidator(as_tuple)]

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not self.parts:
            raise ValueError("parts is empty; give at least one part")
        return self

    def quantile(self, u: Floats) -> Floats:
        # The parts are laid out in order of their place, so that the quantile rises with u
        # when they do not overlap (with overlap it is still an exact sample of the mixture).
        parts = sorted(self.parts, key=lambda part: (part.low, part.high))
        shares = np.array([part.weight for part in parts]) / sum(part.weight for part in parts)
        upper = np.cumsum(shares)
        v = np.asarray(u, dtype=float)
        at = np.minimum(np.searchsorted(upper, v, side="right"), len(parts) - 1)
        within = (v - (upper - shares)[at]) / shares[at]
        low = np.array([part.low for part in parts])[at]
        high = np.array([part.high for part in parts])[at]
        return np.asarray(low + (high - low) * np.clip(within, 0, 1), dtype=np.float64)

    def mean_value(self) -> float:
        total = sum(part.weight for part in self.parts)
        return sum(part.weight * (part.low + part.high) / 2 for part in self.parts) / total


Law = Annotated[
    Constant | Uniform | Exponential | Lognormal | Gamma | Quantiles | Table | Mixture,
    Field(discriminator="law"),
]


def milliseconds(law: Law, u: Floats, unit_ms: int = 1000) -> NDArray[np.int64]:
    """Durations in whole milliseconds (at least 1), one for each uniform; ``unit_ms`` is the law's unit."""
    return np.asarray(np.maximum(np.rint(law.quantile(u) * unit_ms), 1), dtype=np.int64)


def _inside(u: Floats) -> Floats:
    """Keep a uniform off 0 and 1, where the normal quantile is infinite."""
    return np.asarray(np.clip(np.asarray(u, dtype=float), 2.0**-53, 1 - 2.0**-53), dtype=np.float64)
