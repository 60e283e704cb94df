"""The briefing card: all on one glance, never over a limit, and strangers' words inert."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.briefing import BriefingLine
from agent.conversation import Author, ConversationId
from agent.handoff import CallBack, Handoff, HandoffState, Outcome
from agent.scoring import Temperature
from integrations.slack import blocks, relays, reminders
from tests.fakes.slack.limits import check_message_blocks
from tests.integrations.slack.desk_builders import (
    MIA,
    NOW,
    a_briefing,
    a_handoff,
    a_message,
    a_playbook,
    a_score,
    claimed_by,
)
from tests.integrations.slack.plain_card import as_plain_text

PLAYBOOK = a_playbook()
ATTACK = "<!channel> <@U0MIA> *bold* `code` <https://evil.example|Slack login> & ~x~"

GOLDEN = """\
🔴 RED-HOT 92 · Dana Ruiz, VP Support
Lumen Logistics (420 people, Hamburg) · dana@lumen.example · 14:32 there
> We need 200 seats live before our Freshdesk contract ends in March, budget is signed off.
Why now  purchase window March (+20) · budget signed off (+20) · asked for a person (+15)
Wants  200 seats, Enterprise, live before March
Reach  here in the chat
Against  Freshdesk: contract ending; lead with migration and flat price
Known  Budget: yes, “signed off” · Timeline: March · Need: contract ends
Missing  Authority · SSO · decision process
History  trial started (3 d) · ROI calculator used (3 d) · webinar “Support at scale” (Mar 2025)
We said  Enterprise has an onboarding manager; rollout takes two to three weeks
Next  confirm seats and SSO, offer a 20-minute plan call today
  Score 92 = intent 55 + engagement 19 + fit 18, A1
  Open, for Mia or Jonas; the visitor expects somebody by 14:37 (Berlin)
  The agent keeps answering until you claim. Replies in the thread stay among colleagues.
[Claim]  [More]  [… Remind again in 15 minutes | Remind again in an hour | Remind again at the next opening | \
Pass on to a colleague or team | Not hot]"""
LINE_OF_A_PHONE = 45  # characters of a line on a phone
LINES_OF_A_PHONE = 32


def shown(handoff: Handoff) -> str:
    return as_plain_text(blocks.card(handoff, PLAYBOOK)[0])


def texts(value: object) -> Iterator[tuple[str, str]]:
    """Every text of a card with the type of what holds it."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["type"], value["text"]
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def filled_with(text: str, times: int) -> Handoff:
    lines = (text,) * times
    briefing = replace(
        a_briefing(), who=text, company=text, contact=text, local_time=text, quote=text, wants=text, why_now=lines,
        known=lines, missing=lines, competitors=lines, already_said=text, next_step=text, notes=lines,
        timeline=tuple(BriefingLine(NOW, text) for _ in lines),
    )  # fmt: skip
    return a_handoff(briefing, reason=text, note=text)


def test_shows_the_whole_briefing_on_one_glance() -> None:
    assert shown(a_handoff()) == GOLDEN


def test_says_it_all_in_a_sentence_for_notifications() -> None:
    _, text = blocks.card(a_handoff(), PLAYBOOK)
    assert text.startswith(
        "🔴 RED-HOT 92 · Dana Ruiz, VP Support, Lumen Logistics (420 people, Hamburg) — “We need 200"
    )


def test_says_who_claimed_and_whose_words_reach_the_visitor() -> None:
    card = shown(claimed_by(MIA))
    assert "Claimed by Mia 14:32 (Berlin)" in card
    assert (
        "What Mia writes in this thread goes to the visitor; what others write stays here." in card
    )
    assert "[Draft a reply]" in card
    assert "Give back to the agent | Pass on to a colleague or team | Close with an outcome" in card


def test_says_who_gave_it_back_and_offers_nothing_more() -> None:
    ended = replace(
        claimed_by(MIA), state=HandoffState.GIVEN_BACK, ended_at=NOW + timedelta(days=1)
    )
    assert shown(ended).endswith(
        "Given back by Mia Thu 12 Feb 14:32 (Berlin): the agent answers again\n[More]  [Take it again]"
    )


def test_says_what_became_of_it() -> None:
    ended = replace(
        claimed_by(MIA),
        state=HandoffState.CLOSED,
        ended_at=NOW,
        outcome=Outcome.MEETING_BOOKED,
        note="Tuesday",
    )
    assert "Closed 14:32 (Berlin): meeting booked, Tuesday\n" in shown(ended)


def test_says_when_a_hot_lead_cooled() -> None:
    cooled = a_handoff(replace(a_briefing(), score=a_score(Temperature.COLD, 12)))
    assert shown(cooled).startswith("🔵 COLD 12 · Dana Ruiz, VP Support (was RED-HOT)")


def test_says_when_nobody_was_promised() -> None:
    assert "nobody was promised to the visitor" in shown(a_handoff(claim_due_at=None))


def test_leaves_out_what_is_unknown() -> None:
    briefing = replace(
        a_briefing(), company="", contact="", local_time="", wants="", known=(), competitors=()
    )
    card = shown(a_handoff(briefing))
    assert not any(label in card for label in ("Wants", "Known", "Against", "·  "))


@pytest.mark.parametrize("state", HandoffState)
@pytest.mark.parametrize(
    "text", ["x" * 200_000, "wörter und 日本語 🚀 " * 8_000, "\U0001f680" * 50_000, '"\\' * 90_000]
)
def test_stays_within_every_limit_of_slack(text: str, state: HandoffState) -> None:
    handoff = replace(filled_with(text, 40), state=state, ended_at=NOW, outcome=Outcome.LOST)
    card, fallback = blocks.card(handoff, PLAYBOOK)
    check_message_blocks(json.loads(json.dumps(card)))
    assert len(json.dumps(card)) + len(json.dumps(fallback)) < 12_000
    assert len(fallback) < 4_000
    assert "…" in as_plain_text(card)


def test_is_no_longer_than_a_screen_and_a_half_of_a_phone() -> None:
    full = as_plain_text(blocks.card(filled_with("quite a few words " * 90, 20), PLAYBOOK)[0])
    lines = sum(1 + len(line) // LINE_OF_A_PHONE for line in full.splitlines()[:-1])
    assert lines <= 1.5 * LINES_OF_A_PHONE


def test_promises_of_a_call_stand_first_and_can_be_ticked_off() -> None:
    promised = CallBack(NOW + timedelta(days=1), MIA, "+49 40 1234", asked="tomorrow afternoon")
    card = shown(a_handoff(call_back=promised))
    assert (
        "Call-back  Mia, Thu 12 Feb 14:32 (Berlin), +49 40 1234 (they asked: “tomorrow afternoon”)"
        in card
    )
    assert "[Called]" in card


def test_a_call_that_was_made_needs_no_button() -> None:
    promised = CallBack(NOW, MIA, "+49 40 1234", done_at=NOW + timedelta(minutes=9))
    card = shown(a_handoff(call_back=promised))
    assert "+49 40 1234, done" in card
    assert "[Called]" not in card


def test_offers_a_time_to_book_only_where_there_is_a_calendar() -> None:
    without = PLAYBOOK.model_copy(
        update={"company": PLAYBOOK.company.model_copy(update={"booking_url": ""})}
    )
    assert "[Book]" in as_plain_text(blocks.card(claimed_by(MIA), PLAYBOOK)[0])
    assert "[Book]" not in as_plain_text(blocks.card(claimed_by(MIA), without)[0])


def test_reads_well_aloud() -> None:
    _, text = blocks.card(a_handoff(), PLAYBOOK)
    assert text == (
        "🔴 RED-HOT 92 · Dana Ruiz, VP Support, Lumen Logistics (420 people, Hamburg) — "
        "“We need 200 seats live before our Freshdesk contract ends in March, budget is signed off.” — "
        "Open, for Mia or Jonas; the visitor expects somebody by 14:37 (Berlin) — "
        "Why now: purchase window March (+20) · budget signed off (+20) · asked for a person (+15) — "
        "Next: confirm seats and SSO, offer a 20-minute plan call today"
    )


def test_what_was_passed_on_says_where_it_goes_on() -> None:
    card, text = blocks.moved_card(a_handoff(), PLAYBOOK, "C2")
    assert text == "🔴 RED-HOT 92 · Dana Ruiz, VP Support: passed on to the common desk."
    assert {"type": "channel", "channel_id": "C2"} in card[0]["elements"][0]["elements"]  # type: ignore[index]
    assert not any(block["type"] == "actions" for block in card)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=3_000), times=st.integers(0, 60))
def test_takes_any_text(text: str, times: int) -> None:
    card, fallback = blocks.card(filled_with(text, times), PLAYBOOK)
    check_message_blocks(json.loads(json.dumps(card)))
    assert len(json.dumps(card)) + len(json.dumps(fallback)) < 12_000
    assert all(held for _, held in texts(card))
    json.dumps(card, ensure_ascii=False).encode()


def test_never_sends_strangers_words_as_markup() -> None:
    card, fallback = blocks.card(filled_with(ATTACK, 3), PLAYBOOK)
    kinds = {kind for kind, _ in texts(card)}
    assert kinds <= {"plain_text", "text", "button", "rich_text"}
    assert "<" not in fallback
    assert ATTACK in as_plain_text(card)


def test_relays_words_as_typed() -> None:
    assert relays.relay_text(a_message("<!channel> & *x*")) == ["&lt;!channel&gt; &amp; *x*"]


def test_relays_long_words_in_parts_and_loses_nothing() -> None:
    words = "\n".join(f"line {number} <&>" for number in range(1_000))
    relayed = relays.relay_text(a_message(words))
    assert max(map(len, relayed)) <= 4_000
    assert "\n".join(relayed) == words.replace("&", "&amp;").replace("<", "&lt;").replace(
        ">", "&gt;"
    )


@pytest.mark.parametrize(
    ("author", "name", "expected"),
    [
        (Author.VISITOR, "Dana", "Visitor: Dana"),
        (Author.VISITOR, "Visitor", "Visitor"),
        (Author.VISITOR, "", "Visitor"),
        (Author.VISITOR, "Mia\n(CEO)\u202e", "Visitor: Mia (CEO)"),
        (Author.AGENT, "Hotline", "Hotline (AI)"),
        (Author.REP, "Mia", "Rep: Mia"),
    ],
)
def test_relays_under_a_name_that_says_who_speaks(author: Author, name: str, expected: str) -> None:
    message = a_message("hi", author, name)
    here = a_handoff(conversation_id=message.conversation_id)
    elsewhere = a_handoff(conversation_id=ConversationId("c-first"))
    assert relays.relay_name(message, here) == expected
    assert relays.relay_name(message, elsewhere) == f"{expected} (further conversation)"


def mentioned(post: tuple[list[dict[str, Any]], str]) -> list[str]:
    return [
        part["user_id"] for part in post[0][0]["elements"][0]["elements"] if part["type"] == "user"
    ]


def test_reminds_only_the_reps_who_are_expected() -> None:
    assert mentioned(reminders.nudge(a_handoff(), PLAYBOOK)) == ["U0MIA", "U0JONAS"]
    assert mentioned(reminders.nudge(claimed_by(MIA), PLAYBOOK)) == ["U0MIA"]


def test_tells_the_manager_too_when_nobody_came() -> None:
    assert mentioned(reminders.escalation(a_handoff(), PLAYBOOK)) == ["U0CHIEF", "U0MIA", "U0JONAS"]


def test_mentions_nobody_whose_slack_user_is_unknown() -> None:
    assert mentioned(reminders.nudge(a_handoff(), a_playbook(jonas_in_slack=""))) == ["U0MIA"]


def test_notes_are_inert_but_for_the_mention() -> None:
    shown_blocks, text = reminders.note(a_handoff(), PLAYBOOK, f"Budget frozen: {ATTACK}")
    assert ATTACK in as_plain_text(shown_blocks)
    assert text.startswith("<@U0MIA> <@U0JONAS> Budget frozen: &lt;!channel&gt;")
