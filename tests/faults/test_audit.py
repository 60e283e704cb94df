"""The audit sees what is broken, and is silent on what is whole."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.audit import Fault, audit
from tests.faults.evidence import (
    Case,
    Evidence,
    Logged,
    Piece,
    Post,
    Said,
    Spoken,
    Step,
    Talk,
    Timer,
    Watched,
)

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
ASKED = Logged(1, "m-1", "visitor", "How much?")
ANSWERED = Logged(2, "m-2", "agent", "It is $42. A seat.", ("m-1",))
HOT = Logged(3, "m-3", "visitor", "We buy.")
JOINED = Logged(4, "m-4", "system", "Mia joined.")
SPOKEN = Logged(5, "m-5", "rep", "Hello!")
LOG = (ASKED, ANSWERED, HOT, JOINED, SPOKEN)
SAID = (
    Said("How much?", "c-1", "m-1", 1),
    Said("We buy.", "c-2", "m-3", 3, after_card=True),
)
WATCHED = (
    Watched(0, (ASKED, Piece("m-2", "It is $42. "))),
    Watched(1, (Piece("m-2", "It is $42. "), ANSWERED, HOT, JOINED, SPOKEN), is_last=True),
)
TALK = Talk("c", SAID, LOG, "rep", (Spoken("Hello!", is_acknowledged=True),), WATCHED)
CARD = Post("1", "Hot!", by_bot=True, post_id="p-1", handoff_id="h")
RELAYED = Post("2", "We buy.", by_bot=True, thread_ts="1", post_id="p-2")
NUDGE = Timer(frozenset({"nudged"}), 6.0)
NUDGED = Step("nudged", AT + timedelta(seconds=7))
CASE = Case("h", "c", AT, (NUDGED,), is_left_alone=True)
WHOLE = Evidence((TALK,), (CASE,), (CARD, RELAYED), (NUDGE,))


def faults(evidence: Evidence) -> set[Fault]:
    return {each.fault for each in audit(evidence)}


def with_talk(**changes: object) -> Evidence:
    return replace(WHOLE, talks=(replace(TALK, **changes),))  # type: ignore[arg-type]


def with_log(*log: Logged) -> Evidence:
    return with_talk(log=log, watched=())


def with_case(*steps: Step) -> Evidence:
    return replace(WHOLE, cases=(replace(CASE, log=steps),))


def with_stream(*events: Logged | Piece) -> Evidence:
    return with_talk(watched=(Watched(0, events, is_last=True),))


def test_is_silent_when_all_is_whole() -> None:
    assert audit(WHOLE) == []


@pytest.mark.parametrize(
    ("evidence", "fault"),
    [
        (with_log(replace(ANSWERED, seq=1), replace(HOT, seq=2)), Fault.LOST),
        (with_log(*LOG, replace(HOT, seq=6, message_id="m-6")), Fault.DOUBLED),
        (with_log(*LOG, Logged(6, "m-6", "visitor", "Never said.")), Fault.DOUBLED),
        (with_talk(said=SAID[::-1]), Fault.OUT_OF_ORDER),
        (with_log(*LOG[:2], *LOG[3:]), Fault.GAP),
        (with_talk(held_by="agent", log=LOG[:3], spoken=()), Fault.UNANSWERED),
        (with_log(*LOG, replace(ANSWERED, seq=6, message_id="m-6")), Fault.ANSWERED_TWICE),
        (with_log(*LOG[:4]), Fault.REP_LOST),
        (with_log(*LOG, replace(SPOKEN, seq=6, message_id="m-6")), Fault.REP_DOUBLED),
        (with_log(*LOG, Logged(6, "m-6", "rep", "Not written.")), Fault.REP_ORDER),
        (replace(WHOLE, posts=(RELAYED,)), Fault.CARD),
        (replace(WHOLE, posts=(CARD, replace(CARD, ts="3"), RELAYED)), Fault.CARD),
        (replace(WHOLE, posts=(CARD, RELAYED, replace(RELAYED, ts="3"))), Fault.POST_DOUBLED),
        (replace(WHOLE, posts=(CARD,)), Fault.RELAY_LOST),
        (
            replace(WHOLE, posts=(CARD, RELAYED, replace(RELAYED, ts="3", post_id="p-3"))),
            Fault.RELAY_DOUBLED,
        ),
        (with_case(), Fault.TIMER),
        (with_case(NUDGED, NUDGED), Fault.TIMER),
        (with_case(Step("nudged", AT + timedelta(seconds=2))), Fault.TIMER),
        (with_stream(*LOG[1:]), Fault.STREAM),
        (with_stream(*LOG[:4]), Fault.STREAM),
        (with_stream(*LOG, SPOKEN), Fault.STREAM),
        (with_stream(*LOG, Piece("m-9", "It is")), Fault.DRAFT),
        (with_stream(ASKED, Piece("m-2", "It is $43."), *LOG[1:]), Fault.DRAFT),
        (replace(WHOLE, doctor=("seq has a gap",)), Fault.INVARIANT),
    ],
)
def test_sees_what_is_broken(evidence: Evidence, fault: Fault) -> None:
    assert fault in faults(evidence)


def test_a_draft_that_was_taken_back_is_no_break() -> None:
    begun = (ASKED, Piece("m-9", "It is"), Piece("m-9", None), *LOG[1:])
    assert faults(with_stream(*begun)) == set()


def test_a_draft_whose_beginning_was_missed_is_no_break() -> None:
    assert faults(with_stream(ASKED, Piece("m-2", "A seat."), *LOG[1:])) == set()


def test_words_that_were_not_acknowledged_may_be_missing() -> None:
    spoken = (*TALK.spoken, Spoken("Bye!", is_acknowledged=False))
    assert faults(with_talk(spoken=spoken)) == set()


def test_a_wait_is_from_words_to_their_reply_and_a_reps_absence_is_none() -> None:
    late = replace(ANSWERED, at=AT + timedelta(seconds=9))
    alone = (replace(ASKED, at=AT), late)
    assert replace(TALK, log=alone).longest_wait == 9.0
    assert replace(TALK, log=(*alone, SPOKEN)).longest_wait == 0.0
