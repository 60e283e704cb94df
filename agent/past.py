"""What had happened until an instant: each thing once, oldest first, whatever order it arrived in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from agent.engagement import EngagementEvent, EngagementEventId
from agent.history import History
from agent.lead import Lead, LeadId
from agent.scoring_rules import IntentRules
from agent.signals import HeardKind, HeardSignal, MessageKind, Readiness, Reading, SignalKind


@dataclass(frozen=True, slots=True)
class Past:
    """A lead's acts and words, and the acts of their company's other people, up to `now`."""

    lead: Lead
    now: datetime
    events: tuple[EngagementEvent, ...] = ()
    company_events: tuple[EngagementEvent, ...] = ()
    signals: tuple[HeardSignal, ...] = ()
    kinds: tuple[HeardKind, ...] = ()
    colleagues: Mapping[LeadId, Lead] = field(default_factory=dict)

    def instants(self) -> tuple[datetime, ...]:
        """Give when this lead did or said anything at all, oldest first."""
        return tuple(sorted({*(e.at for e in self.events), *(s.at for s in self.signals)}))

    def first_seen(self) -> datetime:
        """Give the instant of the oldest thing known of this lead; now, if there is none."""
        return min([*self.instants()[:1], *(kind.at for kind in self.kinds[:1]), self.now])


def past_of(history: History, now: datetime, reading: Reading | None = None) -> Past:
    """Cut a history at an instant; `reading` is what is being said then, whatever its sender's clock shows."""
    heard, kinds = list(history.signals), list(history.heard)
    if reading:
        heard += (replace(s, at=now) if s.at > now else s for s in reading.signals)
        present = _kind_of(reading, now)
        # Read again, a message is what it is read as now.
        kinds = [each for each in kinds if not set(each.messages) & set(present.messages)]
        kinds.append(present)
    own = _events(history.events, now)
    known = {event.id for event in own}
    return Past(
        lead=history.lead,
        now=now,
        events=own,
        company_events=tuple(
            e for e in _events(history.company_events, now) if e.id not in known and e.lead_id != history.lead.id
        ),
        signals=_signals(heard, now),
        kinds=tuple(sorted((k for k in kinds if k.at <= now), key=lambda k: (k.at, k.kind))),
        colleagues=history.colleagues,
    )  # fmt: skip


def about_buying(past: Past, rules: IntentRules) -> tuple[HeardSignal, ...]:
    """Give what was said in messages of sales that are not cold as a whole, and what cools in any."""
    others = {m for kind in past.kinds if _says_nothing(kind, rules) for m in kind.messages}
    return tuple(
        signal
        for signal in past.signals
        if signal.kind is SignalKind.COOLING or signal.message_id not in others
    )


def is_trying(past: Past, at: datetime, rules: IntentRules) -> bool:
    """Tell whether they had begun a trial not long before an instant."""
    lasts = timedelta(days=rules.trial_days)
    begun = (event.at for event in past.events if event.name in rules.trial_acts)
    return any(timedelta() <= at - each <= lasts for each in begun)


def _says_nothing(heard: HeardKind, rules: IntentRules) -> bool:
    """Tell whether words in such a message are no wish to buy: who asks for support is no buyer by that."""
    may_be_sales = heard.kind in (MessageKind.SALES, MessageKind.OTHER)
    is_cold = may_be_sales and heard.readiness is Readiness.COLD
    return heard.kind in rules.kinds or is_cold


def _kind_of(reading: Reading, now: datetime) -> HeardKind:
    said_at = max((signal.at for signal in reading.signals), default=now)
    messages = tuple(dict.fromkeys(signal.message_id for signal in reading.signals))
    return HeardKind(reading.kind, min(said_at, now), messages, reading.readiness)


def _events(events: Iterable[EngagementEvent], now: datetime) -> tuple[EngagementEvent, ...]:
    """Keep one of each id: the earliest, so that a repeated report never makes an act fresher."""
    ordered = sorted((e for e in events if e.at <= now), key=lambda e: (e.at, e.id, e.name))
    earliest: dict[EngagementEventId, EngagementEvent] = {}
    for event in ordered:
        earliest.setdefault(event.id, event)
    return tuple(earliest.values())


def _signals(signals: Iterable[HeardSignal], now: datetime) -> tuple[HeardSignal, ...]:
    """Keep one of each message and kind: the surest."""
    ordered = sorted(
        (s for s in signals if s.at <= now), key=lambda s: (s.confidence, s.quote, s.at)
    )
    surest = {(s.message_id, s.kind): s for s in ordered}
    return tuple(sorted(surest.values(), key=lambda s: (s.at, s.message_id, s.kind)))
