"""Whether a confidence means what it says."""

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.evaluation.comparison import Comparison

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The reported signals whose confidence lies in [low, high): how many, how sure, how often right.

    The last bin includes 1. `confidence` (the mean) and `right` (a share) are not numbers when it is empty.
    """

    low: float
    high: float
    count: int
    confidence: float
    right: float


def reliability(compared: Sequence[Comparison]) -> tuple[Bin, ...]:
    """Sort the signals that were reported into ten bins of equal width by their confidence."""
    told = [(sure, kind in one.labelled) for one in compared for kind, sure in one.reported.items()]
    filled: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for sure, is_right in told:
        filled[min(max(int(sure * BINS), 0), BINS - 1)].append((sure, is_right))
    return tuple(_bin(number, each) for number, each in enumerate(filled))


def calibration_error(bins: Sequence[Bin]) -> float:
    """Give the expected calibration error of the signals that were reported, in [0, 1].

    The mean over them of how far the confidence lies from the share that is right, bin by bin. It says
    nothing of the signals that were not reported: a detector reports above a threshold only.
    """
    count = sum(each.count for each in bins)
    if not count:
        return float("nan")
    return (
        sum(each.count * abs(each.right - each.confidence) for each in bins if each.count) / count
    )


def _bin(number: int, told: Sequence[tuple[float, bool]]) -> Bin:
    count = len(told)
    return Bin(
        low=number / BINS,
        high=(number + 1) / BINS,
        count=count,
        confidence=sum(sure for sure, _ in told) / count if count else float("nan"),
        right=sum(is_right for _, is_right in told) / count if count else float("nan"),
    )
