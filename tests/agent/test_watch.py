from datetime import datetime, timedelta

import pytest

from agent.conversation import Author, Conversation, Message, MessageId, RepId
from agent.handoff import Handoff, HandoffState
from agent.watch import Due, Step, due_steps
from tests.agent.tourvane import PLAYBOOK, SATURDAY_NIGHT
from tests.builders import a_conversation, a_handoff, a_message
from tests.fakes.clock import MONDAY_TEN

TALK = a_conversation()


def after(minutes: float, since: datetime = MONDAY_TEN) -> datetime:
    return since + timedelta(minutes=minutes)


def talk(*said: tuple[Author, float]) -> list[Message]:
    return [
        a_message(author=author, seq=seq, created_at=after(minutes))
        for seq, (author, minutes) in enumerate(said, 1)
    ]


def due(handoff: Handoff, messages: list[Message] | None = None, conversation: Conversation = TALK) -> list[Due]:  # fmt: skip
    return due_steps(handoff, conversation, messages or [], PLAYBOOK)


def claimed() -> Handoff:
    return a_handoff(state=HandoffState.CLAIMED, claimed_by=RepId("mia"), claimed_at=MONDAY_TEN)


def test_an_unclaimed_handoff_is_nudged_and_then_escalated() -> None:
    assert due(a_handoff()) == [Due(Step.NUDGE, after(2.5)), Due(Step.ESCALATE, after(10))]


def test_what_was_done_is_not_due_again() -> None:
    assert due(a_handoff(nudged_at=after(3))) == [Due(Step.ESCALATE, after(10))]
    assert due(a_handoff(nudged_at=after(3), escalated_at=after(10))) == []


def test_a_snooze_holds_reminders_back() -> None:
    steps = due(a_handoff(snoozed_until=after(5)))
    assert [step.at for step in steps] == [after(5), after(10)]


def test_nobody_is_reminded_while_the_desk_is_closed() -> None:
    steps = due(a_handoff(opened_at=SATURDAY_NIGHT))
    assert [f"{step.at:%A %H:%M:%S}" for step in steps] == ["Monday 08:02:30", "Monday 08:10:00"]


def test_a_rehearsal_runs_by_the_clock_it_plays_at() -> None:
    rehearsal = a_conversation(rehearsal=MONDAY_TEN - SATURDAY_NIGHT)
    steps = due(a_handoff(opened_at=SATURDAY_NIGHT), conversation=rehearsal)
    assert steps[0].at == after(2.5, SATURDAY_NIGHT)


def test_a_desk_that_never_opens_is_never_reminded() -> None:
    hours = PLAYBOOK.hours.model_copy(update=dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), ()))  # fmt: skip
    playbook = PLAYBOOK.model_copy(update={"hours": hours})
    assert due_steps(a_handoff(), TALK, [], playbook) == []
    waiting = talk((Author.REP, 0), (Author.VISITOR, 1))
    assert due_steps(claimed(), TALK, waiting, playbook) == []


def test_a_rep_who_lets_the_visitor_wait_is_released() -> None:
    messages = talk((Author.VISITOR, 0), (Author.REP, 1), (Author.VISITOR, 2))
    assert due(claimed(), messages) == [Due(Step.RELEASE, after(17))]


def test_the_wait_is_counted_from_the_first_unanswered_message() -> None:
    messages = talk((Author.REP, 0), (Author.VISITOR, 2), (Author.VISITOR, 9))
    assert due(claimed(), messages) == [Due(Step.RELEASE, after(17))]


def test_what_the_agent_answered_before_the_claim_waits_for_nobody() -> None:
    question = a_message(created_at=after(-30))
    answer = a_message(id=MessageId("m-2"), seq=2, author=Author.AGENT, in_reply_to=(question.id,))
    assert due(claimed(), [question, answer]) == []


def test_a_rep_who_claims_and_stays_silent_is_released() -> None:
    messages = talk((Author.VISITOR, -30), (Author.AGENT, -29), (Author.SYSTEM, 0))
    assert due(claimed(), messages) == [Due(Step.RELEASE, after(15))]


@pytest.mark.parametrize(
    "said",
    [
        (),
        ((Author.VISITOR, 0), (Author.REP, 1)),
        ((Author.AGENT, 0), (Author.SYSTEM, 1)),
    ],
)
def test_a_rep_is_not_released_while_nobody_waits(said: tuple[tuple[Author, float], ...]) -> None:
    assert due(claimed(), talk(*said)) == []


@pytest.mark.parametrize("state", [HandoffState.GIVEN_BACK, HandoffState.CLOSED])
def test_nothing_is_due_on_an_ended_handoff(state: HandoffState) -> None:
    assert due(a_handoff(state=state), talk((Author.VISITOR, 0))) == []
