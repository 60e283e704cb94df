import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.briefing import LONGEST_QUOTE, MOST_REASONS, Briefing, brief
from agent.conversation import Author, Held, MessageId, Source
from agent.history import EarlierTalk, History
from agent.lead import Lead, LeadId
from agent.signals import MessageKind, SignalKind
from agent.timeline import MOST_LINES
from tests.agent.tourvane import (
    DETECTOR,
    PLAYBOOK,
    SATURDAY_NIGHT,
    a_perfect_lead,
    a_stranger,
    assess,
)
from tests.builders import a_conversation, a_held, a_message, an_event
from tests.fakes.clock import MONDAY_TEN


def briefed(*texts: str, history: History | None = None, now: object = MONDAY_TEN, before: tuple[str, ...] = ()) -> Briefing:  # fmt: skip
    burst = tuple(a_message(text, id=MessageId(f"m-{n}")) for n, text in enumerate(texts))
    ours = tuple(a_message(text, author=Author.AGENT) for text in before)
    held: Held = a_held(unanswered=burst, before=ours)
    assessment = assess(DETECTOR.read(burst, ()), history or a_stranger())
    return brief(held, assessment, PLAYBOOK, now)  # type: ignore[arg-type]


HOT = "We need 200 seats live by March, our CFO signed off."


def test_says_who_it_is_and_where_they_work() -> None:
    lead = replace(a_perfect_lead(), phone="+44 1", time_zone="Asia/Kolkata")
    found = briefed(HOT, history=a_stranger(lead=lead))
    assert found.who == "Priya Nair, CEO"
    assert found.company == "Oakmere (Fire protection, 340 people, Manchester, GB)"
    assert found.contact == "p@oakmere.example · +44 1"
    assert found.local_time == "15:30 there"


def test_says_that_a_stranger_is_unknown() -> None:
    found = briefed(HOT)
    assert found.who == "A visitor we do not know yet"
    assert (found.company, found.contact, found.local_time) == ("", "", "")


def test_an_unreadable_time_zone_gives_no_local_time() -> None:
    lead = Lead(LeadId("l"), time_zone="Mars/Olympus")
    assert briefed(HOT, history=a_stranger(lead=lead)).local_time == ""


def test_quotes_the_message_that_says_most() -> None:
    assert briefed("Hello there", HOT, "ok").quote == HOT


def test_quotes_the_last_message_when_none_says_anything() -> None:
    assert briefed("Hello there", "how are you").quote == "how are you"


def test_says_what_they_want_as_they_wrote_it() -> None:
    assert briefed(HOT).wants == "We need 200 seats live by March"
    assert briefed("We are 40 people. What does it cost?").wants == "40 people"


def test_says_why_now_with_points() -> None:
    why = briefed(HOT).why_now
    assert all(re.search(r"\(\+\d+\)$", line) for line in why)
    assert any("budget" in line for line in why)


def test_what_is_known_is_quoted_and_what_is_missing_is_named() -> None:
    found = briefed(HOT)
    assert "budget, authority: “our CFO signed off.”" in found.known
    assert found.missing == ()
    assert briefed("What does it cost?").missing == ("budget", "authority", "need", "timeline")


def test_a_competitor_comes_with_its_battlecard() -> None:
    (card,) = briefed("We compare you with crew pine, what does it cost?").competitors
    assert card.startswith("Crewpine: Cheap and quick")


def test_the_history_lists_acts_and_talks_newest_first() -> None:
    talk = EarlierTalk(MONDAY_TEN - timedelta(hours=1), "Do you work offline?")
    untitled = an_event("Trial Started", title="", at=MONDAY_TEN - timedelta(days=9))
    found = briefed(HOT, history=a_stranger(events=(untitled, an_event()), talks=(talk,)))
    assert [line.text for line in found.timeline] == [
        "Earlier chat: “Do you work offline?”",
        "Content Downloaded: ROI guide",
        "Trial Started",
    ]


def test_the_history_counts_what_was_done_often_and_leaves_trifles_out_first() -> None:
    days = [timedelta(days=days) for days in range(1, 9)]
    often = tuple(
        an_event("Pricing Viewed", title="Pricing", at=MONDAY_TEN - each) for each in days
    )
    trifles = tuple(an_event(f"Page {n}", title="", at=MONDAY_TEN) for n in range(9))
    trial = an_event("Trial Started", title="", at=MONDAY_TEN - timedelta(days=30))
    found = briefed(HOT, history=a_stranger(events=(*trifles, *often, trial)))
    texts = [line.text for line in found.timeline]
    assert "Pricing Viewed 8 times, last Pricing" in texts
    assert texts[-1] == "Trial Started"
    assert len(texts) == MOST_LINES


def test_a_signal_says_more_than_the_sort_of_message() -> None:
    why = briefed("Can somebody call me about a quote for 40 seats by April?").why_now
    assert not any("salesperson's answer" in line for line in why[:2])


def test_names_what_was_said_and_done_before_who_it_is() -> None:
    lead = a_stranger(lead=a_perfect_lead(), events=(an_event("Trial Started"),))
    said, asked, done = briefed("We need a quote for 40 seats by April.", history=lead).why_now
    assert "Trial Started" in done
    assert "Trial Started" not in said + asked


def test_a_telephone_number_is_no_quantity() -> None:
    assert briefed("We have 85 technicians. Call me at +49 40 1234567").wants == "85 technicians"


def test_a_competitor_named_earlier_is_still_known() -> None:
    before = (a_message("We use crewpine app today."),)
    now = (a_message("What does it cost?", id=MessageId("m-2")),)
    held = a_held(before=before, unanswered=now)
    found = brief(held, assess(DETECTOR.read(now, before), a_stranger()), PLAYBOOK, MONDAY_TEN)
    assert [card.split(":")[0] for card in found.competitors] == ["Crewpine"]


def test_says_what_the_agent_said_last() -> None:
    assert briefed(HOT, before=("one", "two")).already_said == "two"
    assert briefed(HOT).already_said == ""


def test_says_what_the_agent_said_of_substance_before_a_promise_alone() -> None:
    price = a_message("Pro is $49.", author=Author.AGENT, sources=(Source("Pricing", "/p"),))
    promise = a_message("Mia will answer here.", author=Author.AGENT)
    held = a_held(before=(price, promise), unanswered=(a_message(HOT),))
    assessment = assess(DETECTOR.read(held.unanswered, ()), a_stranger())
    assert brief(held, assessment, PLAYBOOK, MONDAY_TEN).already_said == "Pro is $49."


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("Send me the contract", "Send the order papers they asked for; confirm budget, authority, need, timeline."),
        ("Can I talk to a person?", "Answer here: they asked for a person."),
        ("Can I get a demo?", "Offer a short call today: confirm budget, authority, need, timeline."),
        ("Please ring me up, call me today", "Call them, as they asked; confirm budget, authority, need, timeline."),
        (HOT, "Answer the open question, and confirm the next step."),
    ],
)  # fmt: skip
def test_proposes_the_next_step(text: str, step: str) -> None:
    assert briefed(text).next_step == step


def test_an_unproven_identity_is_noted_and_not_used() -> None:
    found = briefed(HOT, history=a_stranger(claimed=a_perfect_lead()))
    assert found.notes == ("Says to be Priya Nair, CEO; not proven. Our record of that person is not used in replies.",)  # fmt: skip
    assert found.who == "A visitor we do not know yet"


@pytest.mark.parametrize(
    ("text", "reach"),
    [
        ("Ring +49 (30) 123 45 67 or write to ada@n.example.", "left a number: +49 (30) 123 45 67"),
        ("Write to ada@n.example.", "left an address: ada@n.example"),
        ("Please call me at +49 30 1234567", "by phone, they asked for a call: +49 30 1234567"),
        ("Can somebody call me?", "by phone, they asked for a call; ask for the number"),
        ("What does it cost?", "here in the chat"),
    ],
)
def test_says_how_they_would_like_to_be_reached(text: str, reach: str) -> None:
    assert briefed(text).reach == reach


def test_rings_the_number_of_the_record_when_none_was_left() -> None:
    known = a_stranger(lead=replace(a_perfect_lead(), phone="+44 161 1"))
    found = briefed("Can somebody call me?", history=known)
    assert found.reach == "by phone, they asked for a call: +44 161 1"


def test_keeps_the_words_that_say_most_when_less_is_said_later() -> None:
    first, thanks = a_message(HOT, id=MessageId("m-1")), a_message("Thanks", id=MessageId("m-2"))
    heard = DETECTOR.read((first,), ()).signals
    assessment = assess(DETECTOR.read((thanks,), (first,)), a_stranger(signals=heard))
    found = brief(a_held(before=(first,), unanswered=(thanks,)), assessment, PLAYBOOK, MONDAY_TEN)
    assert found.quote == HOT
    assert "200 seats" in found.wants


@pytest.mark.parametrize("text", ["by 2026-03-15", "on 15.03.2026", "on 12/03/2026 14:00", "for 1200 seats"])  # fmt: skip
def test_a_date_or_a_quantity_is_no_number_to_ring(text: str) -> None:
    assert briefed(text).reach == "here in the chat"


def test_colleagues_are_counted_once_each() -> None:
    acts = tuple(
        an_event(lead_id=LeadId(who), at=MONDAY_TEN - timedelta(days=days))
        for who, days in (("l-1", 1), ("l-1", 2), ("l-2", 3), ("l-3", 45))
    )
    notes = briefed(HOT, history=a_stranger(company_events=acts)).notes
    assert notes == ("2 colleagues of the same company were active in the last 30 days.",)


def test_notes_that_it_was_written_after_hours() -> None:
    assert briefed(HOT, now=SATURDAY_NIGHT).notes == ("Written outside business hours.",)


WORDS = st.text(max_size=20) | st.sampled_from([HOT, "call 030 1234567", "a@b.example", "Crewpine"])


@settings(max_examples=15, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=5), st.integers(1, 60), st.integers(0, 40))
def test_a_card_stays_within_its_bounds(texts: list[str], times: int, events: int) -> None:
    long = [f"{text} " * times for text in texts]
    history = a_stranger(
        events=tuple(an_event(title="t" * 5_000) for _ in range(events)),
        claimed=Lead(LeadId("l"), name="n" * 5_000),
        talks=(EarlierTalk(MONDAY_TEN, "w" * 5_000),),
    )
    found = briefed(*long, history=history, before=("said " * 2_000,))
    texts_shown = [found.quote, found.wants, found.already_said, *found.why_now, *found.known, *found.notes]  # fmt: skip
    texts_shown += [line.text for line in found.timeline]
    assert max(map(len, texts_shown)) <= LONGEST_QUOTE + 100
    assert len(found.timeline) <= MOST_LINES
    assert len(found.why_now) <= MOST_REASONS


def test_a_reading_without_signals_makes_a_card_too() -> None:
    held = a_held(unanswered=(a_message("hm"),))
    reading = replace(DETECTOR.read(held.unanswered, ()), kind=MessageKind.OTHER, signals=())
    found = brief(held, assess(reading, a_stranger()), PLAYBOOK, MONDAY_TEN)
    assert found.quote == "hm"
    assert not reading.has(SignalKind.HUMAN)


@pytest.mark.parametrize(
    ("text", "reach"),
    [
        ("What does it cost?", "left an address: ada@n.example"),
        ("Write to ADA@n.example.", "left an address: ADA@n.example"),
        ("Ring 030 1234567", "left a number: 030 1234567 · left an address: ada@n.example"),
    ],
)
def test_says_the_address_that_was_left_beside_what_was_written(text: str, reach: str) -> None:
    left = a_conversation(left_email="ada@n.example")
    held = replace(a_held(unanswered=(a_message(text),)), conversation=left)
    assessment = assess(DETECTOR.read(held.unanswered, ()), a_stranger())
    assert brief(held, assessment, PLAYBOOK, MONDAY_TEN).reach == reach
