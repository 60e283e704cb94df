"""What the words of one talk say in the light of what was said before: a writer stays what they have shown to be."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from agent.rules import Rules
from agent.signals import (
    NOT_BUYERS,
    OF_ANYBODY,
    HeardKind,
    HeardSignal,
    MessageKind,
    Readiness,
    Reading,
    SignalKind,
    readiness,
)


class TalkRules(Rules):
    """How long a writer stays what they have shown to be, and the signals by which they show that they buy after all.

    Who does not buy, such as a vendor, is a buyer again by hot words with one of `of_buyers_alone`; a customer with
    a question is one by any of these, or of `of_customers_too`. Vendors write again after a day, a week, a month.
    """

    same_talk_hours: Annotated[float, Field(gt=0, le=168)] = 12
    stays_vendor_days: Annotated[float, Field(gt=0, le=365)] = 30
    of_buyers_alone: frozenset[SignalKind] = frozenset(
        {
            SignalKind.PRICING,
            SignalKind.BUDGET,
            SignalKind.PURCHASE,
            SignalKind.IMPLEMENTATION,
        }
    )
    of_customers_too: frozenset[SignalKind] = frozenset({SignalKind.DEMO, SignalKind.TIMELINE})

    @model_validator(mode="after")
    def _show_buyers(self) -> Self:
        if anybodys := OF_ANYBODY & (self.of_buyers_alone | self.of_customers_too):
            raise ValueError(
                f"{min(anybodys).value!r} shows no buyer: anybody may ask for a person, or leave"
            )
        if not self.of_buyers_alone:
            raise ValueError("of_buyers_alone: name at least one signal, such as pricing")
        return self

    @property
    def same_talk(self) -> timedelta:
        """Give how long words belong to one talk."""
        return timedelta(hours=self.same_talk_hours)

    def lasts(self, kind: MessageKind) -> timedelta:
        """Give how long a writer stays what they have shown to be."""
        is_vendor = kind is MessageKind.VENDOR_PITCH
        return timedelta(days=self.stays_vendor_days) if is_vendor else self.same_talk


def in_the_talk(
    reading: Reading, heard: tuple[HeardKind, ...], rules: TalkRules, now: datetime
) -> Reading:
    """Read a message as what its writer has shown to be, a while ago at most; `heard` is newest first.

    A vendor who asks for "your head of sales" is no buyer, nor is a customer who says that it works again; and a
    buyer who asked for a salesperson is no spammer a minute later. Who asks as only a buyer does is one.
    """
    lately = [h for h in heard if timedelta() <= now - h.at <= rules.lasts(h.kind)]
    before = next((h for h in lately if h.kind is not MessageKind.OTHER), None)
    if before is None:
        return reading
    if before.kind is MessageKind.SALES:
        was_hot = any(h.readiness is Readiness.HOT for h in lately)
        return _of_a_buyer(reading) if was_hot and reading.kind in NOT_BUYERS else reading
    return _of_a_stranger(reading, before, rules)


def _of_a_buyer(reading: Reading) -> Reading:
    return replace(
        reading, kind=MessageKind.OTHER, readiness=Readiness.COLD, signals=(), answers=()
    )


def _of_a_stranger(reading: Reading, before: HeardKind, rules: TalkRules) -> Reading:
    if reading.kind not in (MessageKind.SALES, MessageKind.OTHER):
        return reading
    shown = {signal.kind for signal in reading.signals}
    wants_more = shown & (rules.of_buyers_alone | rules.of_customers_too)
    if before.kind is MessageKind.SUPPORT and wants_more:
        return reading
    if (
        before.kind in NOT_BUYERS
        and reading.wants_rep
        and _as_only_buyers(shown, before.kind, rules)
    ):
        return reading
    kept = _kept(reading)
    return replace(reading, kind=before.kind, readiness=Readiness.COLD, signals=kept, answers=())


def _as_only_buyers(shown: set[SignalKind], before: MessageKind, rules: TalkRules) -> bool:
    """Tell whether only a buyer asks so; who seemed to study or to apply may evaluate, which a vendor only offers."""
    evaluates = readiness(MessageKind.SALES, frozenset(shown - {SignalKind.HUMAN}))
    is_vendor = before in (MessageKind.VENDOR_PITCH, MessageKind.SPAM)
    return bool(shown & rules.of_buyers_alone) or (evaluates is Readiness.HOT and not is_vendor)


def _kept(reading: Reading) -> tuple[HeardSignal, ...]:
    """Anybody may ask for a person, or leave; of those who do not buy nothing else counts."""
    return tuple(signal for signal in reading.signals if signal.kind in OF_ANYBODY)
