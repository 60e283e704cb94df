from dataclasses import replace
from datetime import timedelta

import pytest

from agent.composed_history import SAID, ago, language_name, mentioned, quoted
from agent.composed_reply import compose
from agent.conversation import Author
from agent.criteria import VisitorMessage
from agent.history import EarlierTalk, History
from agent.reply import NextStep, Plan
from agent.signals import HeardKind, MessageKind
from agent.topics import topics
from prompts.phrases import languages, phrases
from tests.agent.tourvane import (
    OFFLINE,
    PLAYBOOK,
    SATURDAY_NIGHT,
    TUESDAY_TEN,
    a_stranger,
    plan_for,
)
from tests.builders import a_message, an_event

WORDS = "does it work offline in cellars?"


def days(number: float) -> timedelta:
    return timedelta(days=number)


def talked(words: str = WORDS, ago_: float = 6, came_by: str = "user_id:u-1") -> History:
    return a_stranger(talks=(EarlierTalk(TUESDAY_TEN - days(ago_), words, came_by),))


def returning(history: History, text: str = "me again", *, is_proven: bool = True) -> Plan:
    return plan_for(text, (OFFLINE,), history=history, now=TUESDAY_TEN, is_proven=is_proven)


def test_somebody_away_for_days_is_taken_up_by_their_own_words() -> None:
    plan = returning(talked())
    assert (plan.away, plan.talk and plan.talk.first_words) == (days(6), WORDS)


def test_an_hour_is_no_absence() -> None:
    assert returning(talked(ago_=0.05)).away is None


@pytest.mark.parametrize("words", ["hi", "call me on +49 40 5550123 please", "write to a@b.example about it", "thanks a lot for the help"])  # fmt: skip
def test_words_without_a_topic_or_with_an_address_are_not_repeated(words: str) -> None:
    assert returning(talked(words)).talk is None


def test_a_talk_that_was_joined_by_a_report_stays_unsaid() -> None:
    plan = returning(talked(came_by="anonymous_id:other"))
    assert (plan.away, plan.talk) == (None, None)


def test_nobody_unproven_is_reminded_of_a_talk() -> None:
    plan = returning(talked(), is_proven=False)
    assert (plan.away, plan.talk) == (None, None)


def test_a_complaint_is_not_brought_up_again() -> None:
    history = talked("my invoice is wrong again, please mend")
    said = a_message(history.talks[0].first_words, created_at=history.talks[0].at)
    heard = HeardKind(MessageKind.SUPPORT, history.talks[0].at, (said.id,))
    known = replace(
        history, heard=(heard,), said=(VisitorMessage(said.id, said.text, said.created_at),)
    )
    assert returning(known).talk is None


def test_within_a_conversation_the_last_words_are_taken_up_after_days() -> None:
    old = a_message(WORDS, created_at=TUESDAY_TEN - days(3))
    answer = a_message("72 hours.", author=Author.AGENT, created_at=TUESDAY_TEN - days(3))
    plan = plan_for("hello", before=(old, answer), now=TUESDAY_TEN)
    assert plan.away == days(3)
    assert " ".join(compose(plan)).startswith("Welcome back. Last time, on Saturday")


def test_the_answer_to_something_else_only_welcomes() -> None:
    said = list(compose(returning(talked("what about billing by the year then"), "Does the app work offline?")))  # fmt: skip
    assert said[0] == "Welcome back."


def test_who_asked_for_deletion_is_reminded_of_nothing() -> None:
    before = (a_message("Please delete my data", created_at=TUESDAY_TEN),)
    history = a_stranger(events=(an_event(title="Offline guide"),))
    plan = plan_for("Does the app work offline?", (OFFLINE,), history=history, now=TUESDAY_TEN, is_proven=True, before=before)  # fmt: skip
    assert (plan.mention, plan.talk, plan.proof, plan.ask, plan.next_step) == (None,) * 5


def test_an_act_is_mentioned_once_a_conversation() -> None:
    history = a_stranger(events=(an_event(title="Offline guide"),))
    before = (a_message("hi", created_at=TUESDAY_TEN), a_message("“Offline guide” goes well with this.", author=Author.AGENT, created_at=TUESDAY_TEN))  # fmt: skip
    plan = plan_for("Does the app work offline?", (OFFLINE,), history=history, now=TUESDAY_TEN, is_proven=True, before=before)  # fmt: skip
    assert plan.mention is None


def test_what_is_never_said_is_listed() -> None:
    events = (an_event("Pricing Viewed", title="Price page"), an_event(title="ROI guide"))
    plan = plan_for("price?", history=a_stranger(events=events, company_events=(an_event(title="Theirs"),)))  # fmt: skip
    assert plan.unsaid == ("Price page", "Theirs")


@pytest.mark.parametrize("language", sorted(languages()))
@pytest.mark.parametrize("act", [*SAID, "Unheard"])
def test_every_act_has_its_sentence_in_every_language(language: str, act: str) -> None:
    event = an_event(f"Trial {act}", at=TUESDAY_TEN - days(20))
    said = mentioned(event, PLAYBOOK, TUESDAY_TEN, phrases(language))
    assert bool(said) is (act in SAID)
    assert "{" not in said


@pytest.mark.parametrize(("passed", "said"), [(0.1, "today"), (1, "yesterday"), (3, "on Saturday"), (9, "9 days ago"), (20, "3 weeks ago"), (100, "3 months ago")])  # fmt: skip
def test_how_long_ago_is_said_as_people_say_it(passed: float, said: str) -> None:
    assert ago(TUESDAY_TEN - days(passed), PLAYBOOK, TUESDAY_TEN, phrases("en")) == said


def test_a_quote_is_short_and_on_one_line() -> None:
    assert quoted("one two?\n\nthree!") == "one two? three"
    assert quoted("word " * 50).endswith("word…")


def test_languages_are_named_in_each_others_words() -> None:
    assert [language_name(code, phrases("de")) for code in ("en", "xx")] == ["Englisch", "xx"]


@pytest.mark.parametrize(("text", "found"), [("Does SSO work?", {"sso", "work"}), ("", set()), ("the and of", set())])  # fmt: skip
def test_topics_are_long_words_and_abbreviations(text: str, found: set[str]) -> None:
    assert topics(text) == found


def test_a_colleague_is_offered_but_not_twice_in_a_row() -> None:
    assert plan_for("Do you have a unicorn mode?").next_step is NextStep.COLLEAGUE
    before = (a_message("hm?"), a_message(phrases("en").fill("unknown_offer"), author=Author.AGENT))
    assert plan_for("Do you have a unicorn mode?", before=before).next_step is None


def test_the_desks_opening_is_known_while_it_is_closed() -> None:
    plan = plan_for("Do you have a unicorn mode?", now=SATURDAY_NIGHT)
    assert "Shall I leave this for a colleague, who is back on Monday at 09:00" in " ".join(compose(plan))  # fmt: skip
