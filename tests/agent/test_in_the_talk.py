"""A message is read as what its writer has shown to be."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from agent.conversation import Conversation
from agent.history import Histories, History
from agent.signals import (
    NOT_BUYERS,
    HeardKind,
    MessageKind,
    Readiness,
    Reading,
    SignalKind,
)
from agent.talk import TalkRules, in_the_talk
from tests.agent.tourvane import reading_of
from tests.contracts.stores import in_memory
from tests.fakes.clock import MONDAY_TEN, FixedClock
from tests.scenarios.world import a_world

K = SignalKind
EARLIER = MONDAY_TEN - timedelta(minutes=3)
STRANGERS = sorted(NOT_BUYERS)


def was(kind: MessageKind, readiness: Readiness = Readiness.COLD, **ago: float) -> HeardKind:
    return HeardKind(kind, MONDAY_TEN - timedelta(**ago) if ago else EARLIER, readiness=readiness)


def read(reading: Reading, *heard: HeardKind) -> Reading:
    return in_the_talk(reading, heard, TalkRules(), MONDAY_TEN)


def test_the_first_words_speak_for_themselves() -> None:
    reading = reading_of(K.HUMAN)
    assert read(reading) is reading


@pytest.mark.parametrize("kind", [*STRANGERS, MessageKind.SUPPORT])
def test_who_does_not_buy_is_no_buyer_by_what_anybody_may_ask(kind: MessageKind) -> None:
    asks = replace(reading_of(K.HUMAN, K.COMPETITOR), readiness=Readiness.HOT)
    found = read(asks, was(kind)) if kind in NOT_BUYERS else read(reading_of(), was(kind))
    assert (found.kind, found.readiness) == (kind, Readiness.COLD)


def test_of_who_does_not_buy_only_the_wish_for_a_person_and_a_no_are_kept() -> None:
    found = read(reading_of(K.HUMAN, K.DEMO, K.COMPETITOR), was(MessageKind.VENDOR_PITCH))
    assert [signal.kind for signal in found.signals] == [K.HUMAN]
    left = read(reading_of(K.COOLING, K.PRICING), was(MessageKind.VENDOR_PITCH))
    assert [signal.kind for signal in left.signals] == [K.COOLING]


@pytest.mark.parametrize("kind", STRANGERS)
def test_who_asks_as_only_a_buyer_does_is_one(kind: MessageKind) -> None:
    asks = reading_of(K.PRICING, K.TIMELINE)
    assert asks.wants_rep
    assert read(asks, was(kind)) is asks


@pytest.mark.parametrize("kind", STRANGERS)
def test_a_mere_question_makes_no_buyer_of_who_does_not_buy(kind: MessageKind) -> None:
    found = read(reading_of(K.PRICING), was(kind))
    assert (found.kind, found.readiness, found.signals) == (kind, Readiness.COLD, ())


def test_a_customer_who_asks_about_buying_may_buy() -> None:
    asks = reading_of(K.PRICING)
    assert read(asks, was(MessageKind.SUPPORT)) is asks


def test_a_customer_who_says_that_it_works_again_still_writes_for_support() -> None:
    works = replace(reading_of(), kind=MessageKind.OTHER)
    assert read(works, was(MessageKind.SUPPORT)).kind is MessageKind.SUPPORT


@pytest.mark.parametrize("kind", STRANGERS)
def test_a_buyer_who_asked_for_a_salesperson_is_no_stranger_a_minute_later(kind: MessageKind) -> None:  # fmt: skip
    pitch = replace(reading_of(K.DEMO), kind=kind, readiness=Readiness.COLD)
    found = read(pitch, was(MessageKind.SALES), was(MessageKind.SALES, Readiness.HOT, minutes=9))
    assert (found.kind, found.readiness, found.signals) == (
        MessageKind.OTHER,
        Readiness.COLD,
        (),
    )


def test_who_only_asked_a_question_may_turn_out_to_be_a_stranger() -> None:
    pitch = replace(reading_of(), kind=MessageKind.VENDOR_PITCH)
    assert read(pitch, was(MessageKind.SALES, Readiness.WARM)) is pitch


def test_a_buyer_may_write_for_support() -> None:
    broken = replace(reading_of(), kind=MessageKind.SUPPORT)
    assert read(broken, was(MessageKind.SALES, Readiness.HOT)) is broken


def test_what_a_stranger_writes_as_another_kind_of_stranger_is_read_as_that() -> None:
    pitch = replace(reading_of(), kind=MessageKind.SPAM)
    assert read(pitch, was(MessageKind.VENDOR_PITCH)) is pitch


def test_a_thank_you_between_does_not_make_the_kind_forgotten() -> None:
    heard = (was(MessageKind.OTHER), was(MessageKind.VENDOR_PITCH, minutes=9))
    assert read(reading_of(K.HUMAN), *heard).kind is MessageKind.VENDOR_PITCH


@pytest.mark.parametrize(
    ("seconds_ago", "kind"),
    [
        (12 * 3600, MessageKind.JOB_SEEKER),
        (12 * 3600 + 1, MessageKind.SALES),
        (-1, MessageKind.SALES),
    ],
)
def test_a_talk_of_half_a_day_ago_and_one_to_come_tell_nothing(
    seconds_ago: int, kind: MessageKind
) -> None:
    before = was(MessageKind.JOB_SEEKER, seconds=seconds_ago)
    assert read(reading_of(K.HUMAN), before).kind is kind


def test_a_vendor_who_writes_again_after_days_is_still_one() -> None:
    assert read(reading_of(K.DEMO), was(MessageKind.VENDOR_PITCH, days=30)).kind is MessageKind.VENDOR_PITCH  # fmt: skip
    assert read(reading_of(K.DEMO), was(MessageKind.VENDOR_PITCH, days=31)).kind is MessageKind.SALES  # fmt: skip


@pytest.mark.parametrize("kind", STRANGERS)
def test_who_seemed_to_study_or_apply_may_evaluate(kind: MessageKind) -> None:
    asks = reading_of(K.DEMO, K.TIMELINE)
    is_vendor = kind in (MessageKind.VENDOR_PITCH, MessageKind.SPAM)
    assert read(asks, was(kind)).kind is (kind if is_vendor else MessageKind.SALES)


def test_the_playbook_says_how_long_a_talk_is_and_what_only_buyers_ask() -> None:
    pitched = was(MessageKind.VENDOR_PITCH, hours=2)
    wants_person, books = reading_of(K.HUMAN), reading_of(K.DEMO, K.TIMELINE)

    shorter = TalkRules(same_talk_hours=1, stays_vendor_days=1 / 24)
    wider = TalkRules(of_buyers_alone=frozenset({K.DEMO}))

    assert in_the_talk(wants_person, (pitched,), shorter, MONDAY_TEN) is wants_person
    assert read(books, pitched).kind is MessageKind.VENDOR_PITCH
    assert in_the_talk(books, (pitched,), wider, MONDAY_TEN) is books


def test_the_newest_kind_counts() -> None:
    heard = (was(MessageKind.SALES), was(MessageKind.VENDOR_PITCH, minutes=9))
    reading = reading_of(K.HUMAN)
    assert read(reading, *heard) is reading


@dataclass(frozen=True, slots=True)
class Remembering:
    """Histories that also know what sort of message was written before."""

    known: Histories
    heard: tuple[HeardKind, ...]

    async def recall(self, conversation: Conversation) -> History:
        return replace(await self.known.recall(conversation), heard=self.heard)


@pytest.mark.parametrize(("kind", "cards"), [(MessageKind.VENDOR_PITCH, 0), (MessageKind.OTHER, 1)])
async def test_a_vendor_who_asks_for_a_person_is_answered_as_a_vendor(
    kind: MessageKind, cards: int
) -> None:
    stores = in_memory(FixedClock())
    stores = replace(stores, histories=Remembering(stores.histories, (was(kind),)))
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says("I would like to talk to your head of sales.")
        assert len(world.desk.cards) == cards
