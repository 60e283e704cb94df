"""Why a lead has points; the points of all reasons add up to the score."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from math import floor

from agent.signals import SignalKind


class ReasonGroup(StrEnum):
    """Which part of the score a reason belongs to."""

    INTENT = "intent"
    ENGAGEMENT = "engagement"
    FIT = "fit"


@dataclass(frozen=True, slots=True)
class Reason:
    """Some points and what they rest on: a quote, an engagement event, a pattern of events, or a record."""

    points: int
    because: str
    group: ReasonGroup
    signal: SignalKind | None = None
    quote: str | None = None
    event: str | None = None
    at: datetime | None = None
    pattern: str | None = None


def capped(reasons: Iterable[Reason], cap: int) -> tuple[Reason, ...]:
    """Shrink in proportion what gives points, so that it adds up to the cap at most."""
    gains, losses = _split(reasons)
    return (*_shared_out(gains, min(_sum(gains), cap)), *losses)


def netted(reasons: Iterable[Reason], highest: int) -> tuple[Reason, ...]:
    """Shrink in proportion, so that gains add up to the highest at most, and losses to no more than the gains."""
    gains, losses = _split(capped(reasons, highest))
    return (*gains, *_shared_out(losses, max(_sum(losses), -_sum(gains))))


def _split(reasons: Iterable[Reason]) -> tuple[list[Reason], list[Reason]]:
    ordered = sorted(reasons, key=lambda reason: (-reason.points, reason.because))
    return [r for r in ordered if r.points > 0], [r for r in ordered if r.points < 0]


def _sum(reasons: list[Reason]) -> int:
    return sum(reason.points for reason in reasons)


def _shared_out(reasons: list[Reason], total: int) -> list[Reason]:
    """Share a total out in proportion to the points, in whole points (largest remainders first)."""
    whole = _sum(reasons)
    if whole in (0, total):
        return reasons
    exact = [reason.points * total / whole for reason in reasons]
    floors = [floor(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda n: floors[n] - exact[n])
    for n in by_remainder[: total - sum(floors)]:
        floors[n] += 1
    shared = zip(reasons, floors, strict=True)
    return [replace(reason, points=points) for reason, points in shared if points]
