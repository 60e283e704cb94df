from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.conversation import Author, Conversation, Message, MessageId, RepId
from agent.due_steps import Due, Step, backup_rep, due_steps, is_still_due
from agent.handoff import CallBack, Handoff, HandoffState
from agent.hours_rules import WEEKDAYS, HoursRules
from agent.routing import RouteStep
from agent.scoring import Temperature
from tests.agent.tourvane import PLAYBOOK, SATURDAY_NIGHT
from tests.builders import a_conversation, a_handoff, a_message
from tests.fakes.clock import MONDAY_TEN

TALK = a_conversation()
MIA, JONAS = RepId("mia"), RepId("jonas")
A_CALL = CallBack(at=MONDAY_TEN, rep_id=MIA, contact="")
FRIDAY_HALF_PAST_FOUR = datetime(2026, 3, 6, 15, 30, tzinfo=UTC)
REMINDED: dict[str, Any] = dict.fromkeys(("nudged_at", "backup_at", "escalated_at"), MONDAY_TEN)


def after(minutes: float, since: datetime = MONDAY_TEN) -> datetime:
    return since + timedelta(minutes=minutes)


def talk(*said: tuple[Author, float]) -> list[Message]:
    return [
        a_message(author=author, seq=seq, created_at=after(minutes))
        for seq, (author, minutes) in enumerate(said, 1)
    ]


def due(handoff: Handoff, messages: list[Message] | None = None, conversation: Conversation = TALK) -> list[Due]:  # fmt: skip
    return due_steps(handoff, conversation, messages or [], PLAYBOOK, MONDAY_TEN)


def claimed() -> Handoff:
    return a_handoff(state=HandoffState.CLAIMED, claimed_by=RepId("mia"), claimed_at=MONDAY_TEN)


def test_an_unclaimed_handoff_is_nudged_given_a_backup_and_then_escalated() -> None:
    assert due(a_handoff()) == [
        Due(Step.NUDGE, after(2.5)),
        Due(Step.BACKUP, after(5)),
        Due(Step.ESCALATE, after(10)),
    ]


def test_what_was_done_is_not_due_again() -> None:
    reminded = a_handoff(nudged_at=after(3), backup_at=after(5))
    assert due(reminded) == [Due(Step.ESCALATE, after(10))]
    assert due(replace(reminded, escalated_at=after(10))) == []


def test_a_snooze_holds_reminders_back() -> None:
    steps = due(a_handoff(snoozed_until=after(5)))
    assert [step.at for step in steps] == [after(5), after(5), after(10)]


def test_nobody_is_reminded_while_the_desk_is_closed() -> None:
    steps = due(a_handoff(opened_at=SATURDAY_NIGHT))
    assert [f"{step.at:%A %H:%M:%S}" for step in steps] == [
        "Monday 08:02:30",
        "Monday 08:05:00",
        "Monday 08:10:00",
    ]


def test_a_rehearsal_runs_by_the_clock_it_plays_at() -> None:
    rehearsal = a_conversation(rehearsal=MONDAY_TEN - SATURDAY_NIGHT)
    steps = due(a_handoff(opened_at=SATURDAY_NIGHT), conversation=rehearsal)
    assert steps[0].at == after(2.5, SATURDAY_NIGHT)


def test_a_desk_that_never_opens_is_never_reminded() -> None:
    hours = PLAYBOOK.hours.model_copy(update=dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), ()))  # fmt: skip
    playbook = PLAYBOOK.model_copy(update={"hours": hours})
    assert due_steps(a_handoff(), TALK, [], playbook, MONDAY_TEN) == []


def test_a_rep_who_lets_the_visitor_wait_is_released() -> None:
    messages = talk((Author.VISITOR, 0), (Author.REP, 1), (Author.VISITOR, 2))
    assert due(claimed(), messages) == [
        Due(Step.SILENT_NUDGE, after(7)),
        Due(Step.RELEASE, after(17)),
    ]


def test_the_wait_is_counted_from_the_first_unanswered_message() -> None:
    messages = talk((Author.REP, 0), (Author.VISITOR, 2), (Author.VISITOR, 9))
    assert due(claimed(), messages) == [
        Due(Step.SILENT_NUDGE, after(7)),
        Due(Step.RELEASE, after(17)),
    ]


def test_what_the_agent_answered_before_the_claim_waits_for_nobody() -> None:
    question = a_message(created_at=after(-30))
    answer = a_message(id=MessageId("m-2"), seq=2, author=Author.AGENT, in_reply_to=(question.id,))
    assert due(claimed(), [question, answer]) == []


def test_a_rep_who_claims_and_stays_silent_is_released() -> None:
    messages = talk((Author.VISITOR, -30), (Author.AGENT, -29), (Author.SYSTEM, 0))
    assert [step.at for step in due(claimed(), messages)] == [after(5), after(15)]


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


def test_a_rep_is_reminded_once_of_the_same_words_and_again_of_new_ones() -> None:
    reminded = replace(claimed(), silent_nudged_at=after(7))
    first = talk((Author.REP, 1), (Author.VISITOR, 2))
    again = talk((Author.REP, 1), (Author.VISITOR, 2), (Author.REP, 8), (Author.VISITOR, 9))
    assert [step.step for step in due(reminded, first)] == [Step.RELEASE]
    assert [step.step for step in due(reminded, again)] == [Step.SILENT_NUDGE, Step.RELEASE]


def test_a_rep_who_is_released_anyway_is_not_reminded_first() -> None:
    steps = due_steps(claimed(), TALK, talk((Author.VISITOR, 0)), PLAYBOOK, after(15))
    assert [step.step for step in steps] == [Step.RELEASE]


def test_a_visitor_who_writes_at_night_to_a_rep_waits_minutes_by_the_wall_clock() -> None:
    night = [a_message(created_at=SATURDAY_NIGHT)]
    assert due(claimed(), night) == [Due(Step.RELEASE, after(15, SATURDAY_NIGHT))]


def test_a_rep_who_went_silent_is_released_when_the_desk_closes() -> None:
    messages = talk((Author.REP, 0), (Author.VISITOR, 355))  # 16:55 in Berlin
    assert due(claimed(), messages)[-1] == Due(Step.RELEASE, after(360))


def test_a_rep_who_is_still_typing_away_is_given_their_minutes_after_closing() -> None:
    messages = talk((Author.REP, 354), (Author.VISITOR, 355))
    assert due(claimed(), messages)[-1] == Due(Step.RELEASE, after(369))


def wrote(minutes: float = -1, since: datetime = MONDAY_TEN) -> list[Message]:
    return [a_message(created_at=after(minutes, since))]


def told(handoff: Handoff, messages: list[Message]) -> list[datetime]:
    return [step.at for step in due(handoff, messages) if step.step is Step.NOBODY_CAME]


def test_a_visitor_for_whom_nobody_came_is_told_after_the_manager() -> None:
    assert told(a_handoff(), wrote()) == [after(15)]


def test_a_visitor_is_told_when_the_desk_closes_before_anybody_came() -> None:
    late = after(358)  # 16:58 in Berlin
    assert told(a_handoff(opened_at=late), wrote(since=late)) == [after(360)]


def test_who_wrote_nothing_is_told_nothing() -> None:
    assert told(a_handoff(), []) == []
    assert told(a_handoff(), wrote(-120)) == []


def test_who_was_promised_a_call_back_is_told_nothing_more() -> None:
    assert told(a_handoff(call_back=A_CALL), wrote()) == []


def test_a_desk_where_nobody_ever_works_promises_nothing() -> None:
    assert told(a_handoff(routed_to=()), wrote()) == []


@pytest.mark.parametrize(
    ("temperature", "opened_at", "paged_at"),
    [
        (Temperature.RED_HOT, SATURDAY_NIGHT, SATURDAY_NIGHT),
        (Temperature.RED_HOT, MONDAY_TEN, after(360)),
        (Temperature.HOT, SATURDAY_NIGHT, None),
    ],
)
def test_only_red_hot_pages_and_only_while_the_desk_is_closed(
    temperature: Temperature, opened_at: datetime, paged_at: datetime | None
) -> None:
    handoff = a_handoff(temperature=temperature, opened_at=opened_at)
    steps = due_steps(handoff, TALK, [], PLAYBOOK, opened_at)
    assert next((s.at for s in steps if s.step is Step.PAGE), None) == paged_at


def test_a_desk_that_never_closes_pages_nobody_and_takes_its_time() -> None:
    always = {"time_zone": "UTC"} | dict.fromkeys(WEEKDAYS, ("00:00-24:00",))
    playbook = PLAYBOOK.model_copy(update={"hours": HoursRules.model_validate(always)})
    handoff = a_handoff(temperature=Temperature.RED_HOT)
    steps = {due.step: due.at for due in due_steps(handoff, TALK, wrote(), playbook, MONDAY_TEN)}
    assert steps[Step.NOBODY_CAME] == after(15)
    assert steps[Step.PAGE] > after(60)


def test_a_desk_without_anybody_on_call_pages_nobody() -> None:
    reps = tuple(rep.model_copy(update={"is_on_call": False}) for rep in PLAYBOOK.reps)
    playbook = PLAYBOOK.model_copy(update={"reps": reps})
    handoff = a_handoff(temperature=Temperature.RED_HOT, opened_at=SATURDAY_NIGHT)
    assert Step.PAGE not in [s.step for s in due_steps(handoff, TALK, [], playbook, SATURDAY_NIGHT)]


def test_a_call_back_is_missed_an_hour_of_business_time_after_its_instant() -> None:
    friday = a_handoff(call_back=replace(A_CALL, at=FRIDAY_HALF_PAST_FOUR), **REMINDED)
    assert [f"{s.step} {s.at:%A %H:%M}" for s in due(friday)] == ["call_back_missed Monday 08:30"]


def test_a_call_back_is_kept_by_the_words_of_the_rep_who_claimed() -> None:
    spoken = talk((Author.REP, 3))
    assert due(replace(claimed(), call_back=A_CALL), spoken) == [Due(Step.CALL_BACK_KEPT, after(3))]


@pytest.mark.parametrize("call", [replace(A_CALL, done_at=MONDAY_TEN), replace(A_CALL, missed_at=MONDAY_TEN)])  # fmt: skip
def test_a_call_back_that_is_over_is_not_due(call: CallBack) -> None:
    assert due(a_handoff(call_back=call, **REMINDED)) == []


@pytest.mark.parametrize("step", list(Step))
def test_no_step_is_due_on_what_has_ended_meanwhile(step: Step) -> None:
    ended = a_handoff(state=HandoffState.CLOSED, call_back=A_CALL)
    assert not is_still_due(step, ended, MONDAY_TEN)


def test_the_next_on_the_route_is_the_backup() -> None:
    route = (RouteStep(MIA, is_chosen=True, because="speaks English"), RouteStep(JONAS, is_chosen=False, because="full"))  # fmt: skip
    handoff = a_handoff(routed_to=(MIA,), route=route)
    assert backup_rep(handoff, PLAYBOOK, MONDAY_TEN) == PLAYBOOK.rep(JONAS)


def test_a_rep_who_is_off_duty_or_expected_already_or_a_manager_is_no_backup() -> None:
    assert backup_rep(a_handoff(routed_to=(MIA,)), PLAYBOOK, SATURDAY_NIGHT) is None
    assert backup_rep(a_handoff(routed_to=(MIA, JONAS)), PLAYBOOK, MONDAY_TEN) is None


def test_who_asked_to_be_called_tomorrow_is_nobodys_hurry_today() -> None:
    tomorrow = after(24 * 60)
    asked = a_handoff(call_back=replace(A_CALL, at=tomorrow, asked="tomorrow at eleven"))
    assert [step.at for step in due(asked)][:2] == [after(2.5, tomorrow), after(5, tomorrow)]


def test_after_a_transfer_the_visitor_is_told_no_sooner_than_of_the_new_reps() -> None:
    passed_on = a_handoff(transferred_at=after(60))
    assert told(passed_on, wrote()) == [after(75)]
