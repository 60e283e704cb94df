"""The counting: what was right in each message, as arrays, so that any choice or draw of messages can be summed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.signals import SignalKind
from integrations.evaluation.comparison import Comparison

Array = NDArray[np.float64]

DRAWS = 500
SEED = 20_250
CENTRAL = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure would lie 95 times in 100 if other messages of the same sort had been drawn."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Tally:
    """Ones and zeros for n messages and the signals in the order of SignalKind.

    `labelled` and `reported` are (n, signals), the others (n,). Each function takes weights of shape
    (draws, n), how often each message counts, and gives one figure a draw, or one a signal and draw.
    A figure with nothing to measure is not a number.
    """

    labelled: Array
    reported: Array
    kind_right: Array
    wants_rep: Array
    handed_off: Array
    is_sales: Array

    def everything(self) -> Array:
        """Weights that count each message once: (1, n)."""
        return np.ones((1, len(self.kind_right)))

    def support(self, weights: Array) -> Array:
        """How many messages carry each signal."""
        return weights @ self.labelled

    def count_reported(self, weights: Array) -> Array:
        """In how many messages each signal was read."""
        return weights @ self.reported

    def precision(self, weights: Array) -> Array:
        """The share of the signals read that are labelled; nothing where none is labelled."""
        found = ratio(self._hits(weights), self.count_reported(weights))
        return np.where(self.support(weights) > 0, found, np.nan)

    def recall(self, weights: Array) -> Array:
        """The share of the labelled signals that were read."""
        return ratio(self._hits(weights), self.support(weights))

    def f1(self, weights: Array) -> Array:
        """The harmonic mean of both: 2 hits / (labelled + read)."""
        support = self.support(weights)
        found = ratio(2 * self._hits(weights), support + self.count_reported(weights))
        return np.where(support > 0, found, np.nan)

    def macro_f1(self, weights: Array) -> Array:
        """The mean F1 of the signals that are labelled at all."""
        each = self.f1(weights)
        return ratio(np.nansum(each, axis=1), (~np.isnan(each)).sum(axis=1))

    def micro_f1(self, weights: Array) -> Array:
        """The F1 of all signals counted together."""
        every = self.support(weights) + self.count_reported(weights)
        return ratio(2 * self._hits(weights).sum(axis=1), every.sum(axis=1))

    def kind_accuracy(self, weights: Array) -> Array:
        """The share of messages whose kind was read right."""
        return ratio(weights @ self.kind_right, weights.sum(axis=1))

    def handoff_precision(self, weights: Array) -> Array:
        """The share of the handoffs that a rep was due for."""
        return ratio(weights @ (self.wants_rep * self.handed_off), weights @ self.handed_off)

    def handoff_recall(self, weights: Array) -> Array:
        """The share of the messages due for a rep that were handed off."""
        return ratio(weights @ (self.wants_rep * self.handed_off), weights @ self.wants_rep)

    def non_sales_handed_off(self, weights: Array) -> Array:
        """The share of the messages that are no buyer's and were handed off."""
        others = 1 - self.is_sales
        return ratio(weights @ (others * self.handed_off), weights @ others)

    def _hits(self, weights: Array) -> Array:
        return weights @ (self.labelled * self.reported)


def tally(compared: Sequence[Comparison]) -> Tally:
    """Count what was right in each message."""
    kinds = list(SignalKind)
    return Tally(
        labelled=_table([[kind in one.labelled for kind in kinds] for one in compared]),
        reported=_table([[kind in one.reported for kind in kinds] for one in compared]),
        kind_right=_column([one.example.kind is one.reading.kind for one in compared]),
        wants_rep=_column([one.example.wants_rep for one in compared]),
        handed_off=_column([one.is_handed_off for one in compared]),
        is_sales=_column([one.is_sales for one in compared]),
    )


def draws(count: int) -> Array:
    """Weights of 500 bootstrap draws of `count` messages with replacement: (500, count), always the same."""
    if not count:
        return np.zeros((DRAWS, 0))
    chance = np.random.default_rng(SEED)
    return chance.multinomial(count, np.full(count, 1 / count), size=DRAWS).astype(np.float64)


def interval(figures: Array) -> Interval:
    """Give the central 95 % of one figure's draws, leaving out those with nothing to measure."""
    measured = figures[~np.isnan(figures)]
    if not len(measured):
        return Interval(float("nan"), float("nan"))
    low, high = np.percentile(measured, CENTRAL)
    return Interval(float(low), float(high))


def ratio(part: Array, whole: Array) -> Array:
    """Divide; not a number where the whole is nothing."""
    shares: Array = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares


def _table(rows: list[list[bool]]) -> Array:
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(SignalKind))


def _column(values: list[bool]) -> Array:
    return np.array(values, dtype=np.float64)
