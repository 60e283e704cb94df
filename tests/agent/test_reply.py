from dataclasses import replace
from datetime import timedelta

import pytest

from agent.conversation import Author
from agent.criteria import Question
from agent.engagement import EngagementEvent
from agent.handoff import HandoffState
from agent.lead import Lead, LeadId
from agent.reply import Known, Move, plan_reply
from agent.signals import MessageKind
from tests.agent.tourvane import (
    PLAYBOOK,
    PRICES,
    SATURDAY_NIGHT,
    TUESDAY_TEN,
    a_stranger,
    plan_for,
)
from tests.builders import a_handoff, a_held, a_message, an_event

OPEN = a_handoff(opened_at=TUESDAY_TEN)
LATE = a_handoff(opened_at=SATURDAY_NIGHT)
PERSON = "Can I talk to a person?"


def mentioned(*events: EngagementEvent, text: str = "What return (ROI) may we expect?", is_proven: bool = True) -> str | None:  # fmt: skip
    plan = plan_for(text, history=a_stranger(events=events), is_proven=is_proven)
    return plan.mention.title if plan.mention else None


@pytest.mark.parametrize(
    ("text", "move"),
    [
        ("What does it cost?", Move.ANSWER),
        ("Hi", Move.GREET),
        ("thanks", Move.THANK),
        ("Not interested, thanks.", Move.COOLING),
        ("Not interested right now, but what does it cost?", Move.ANSWER),
        ("I forgot my password", Move.SUPPORT),
        ("Is the sales rep job still open?", Move.JOB_SEEKER),
        ("I'm a journalist", Move.STUDENT_PRESS),
        ("We can increase your sales", Move.VENDOR_PITCH),
        ("win at the casino", Move.SPAM),
    ],
)
def test_each_message_gets_its_move(text: str, move: Move) -> None:
    assert plan_for(text).move is move


def test_an_act_that_may_be_said_is_mentioned_to_a_proven_visitor() -> None:
    assert mentioned(an_event()) == "ROI guide"


def test_nothing_is_mentioned_to_an_unproven_visitor() -> None:
    assert mentioned(an_event(), is_proven=False) is None


@pytest.mark.parametrize("name", [*PLAYBOOK.personalisation.steer, *PLAYBOOK.personalisation.brief, "Unheard Of"])  # fmt: skip
def test_an_act_that_only_steers_or_briefs_is_never_mentioned(name: str) -> None:
    assert mentioned(an_event(name)) is None


def test_an_old_act_is_not_mentioned() -> None:
    assert mentioned(an_event(at=TUESDAY_TEN - timedelta(days=130))) is None


def test_an_act_without_a_title_is_not_mentioned() -> None:
    assert mentioned(an_event(title="")) is None


def test_the_act_that_speaks_of_the_question_is_mentioned() -> None:
    older = an_event(title="Offline guide", at=TUESDAY_TEN - timedelta(days=9))
    assert mentioned(an_event(), older, text="Is there an offline mode?") == "Offline guide"


def test_an_act_that_speaks_of_something_else_is_not_mentioned() -> None:
    assert mentioned(an_event(), text="Does it work offline?") is None


def test_the_acts_of_colleagues_are_not_mentioned() -> None:
    history = a_stranger(company_events=(an_event(),))
    assert plan_for("Does it work offline?", history=history, is_proven=True).mention is None


def test_sums_are_made_only_for_those_who_ask_what_it_costs() -> None:
    assert plan_for("What do 40 seats cost?", PRICES).estimates
    assert not plan_for("We are 40 people. Does it work offline?", PRICES).estimates


def test_a_rep_who_was_called_may_be_promised() -> None:
    promise = plan_for(PERSON, handoff=OPEN, now=TUESDAY_TEN).promise
    assert promise
    assert (promise.rep.id, promise.is_open, promise.within_minutes) == ("mia", True, 5)
    assert f"{promise.closes_at:%H:%M}" == "16:00", "17:00 in Berlin"


def test_outside_hours_only_the_opening_is_promised() -> None:
    promise = plan_for(PERSON, handoff=LATE, now=SATURDAY_NIGHT).promise
    assert promise
    assert not promise.is_open
    assert f"{promise.opens_at:%A %H:%M}" == "Monday 08:00", "9:00 in Berlin"
    assert promise.closes_at is None


def test_nothing_is_promised_without_a_handoff_or_a_known_rep() -> None:
    assert plan_for(PERSON).promise is None
    assert plan_for(PERSON, handoff=replace(OPEN, routed_to=()), now=TUESDAY_TEN).promise is None


def test_an_ended_handoff_promises_nothing() -> None:
    plan = plan_for(PERSON, handoff=replace(OPEN, state=HandoffState.GIVEN_BACK), now=TUESDAY_TEN)
    assert plan.promise is None


@pytest.mark.parametrize(("author", "returned"), [(Author.REP, True), (Author.SYSTEM, True), (Author.AGENT, False)])  # fmt: skip
def test_a_human_stretch_ended_when_a_rep_was_the_last_to_speak(
    author: Author,
    returned: bool,  # noqa: FBT001
) -> None:
    before = (a_message("Hello"), a_message("I am here", author=author), a_message("And now?"))
    assert plan_for("What does it cost?", before=before).was_returned is returned


def test_a_promise_is_new_only_in_the_turn_that_called_the_rep() -> None:
    assert plan_for(PERSON, handoff=OPEN, now=TUESDAY_TEN).is_new_promise
    later = TUESDAY_TEN + timedelta(minutes=3)
    assert not plan_for(PERSON, handoff=OPEN, now=later).is_new_promise


def test_asks_an_unreachable_visitor_for_a_contact_outside_hours() -> None:
    assert plan_for(PERSON, handoff=LATE, now=SATURDAY_NIGHT).ask is Question.CONTACT


@pytest.mark.parametrize("text", ["Call me at +49 30 1234567 please", "Write to ada@nordwind.example please"])  # fmt: skip
def test_does_not_ask_for_a_contact_that_was_given(text: str) -> None:
    assert plan_for(text, handoff=LATE, now=SATURDAY_NIGHT).ask is not Question.CONTACT


def test_does_not_ask_for_a_contact_that_was_left_in_the_widget() -> None:
    plan = plan_for(PERSON, handoff=LATE, now=SATURDAY_NIGHT, left_email="ada@nordwind.example")
    assert plan.ask is not Question.CONTACT


def test_a_date_is_no_phone_number() -> None:
    text = "Please call me back before 2026-03-15 or 15.03.2026"
    assert plan_for(text, handoff=LATE, now=SATURDAY_NIGHT).ask is Question.CONTACT


def test_does_not_ask_for_a_contact_we_know_or_asked_for() -> None:
    known = a_stranger(lead=Lead(LeadId("l"), phone="+49 30 1"))
    asked = a_stranger(asked=("contact",))
    for history in (known, asked):
        plan = plan_for(PERSON, history=history, handoff=LATE, now=SATURDAY_NIGHT)
        assert plan.ask is None


def test_whoever_wants_only_a_person_is_asked_nothing_else() -> None:
    assert plan_for(PERSON, handoff=OPEN, now=TUESDAY_TEN).ask is None


def test_a_fixed_reply_asks_nothing() -> None:
    assert plan_for("thanks").ask is None


def test_a_recruiter_answers_who_looks_for_a_job() -> None:
    plan = plan_for("Is the sales rep job still open?")
    kinds = {MessageKind.SUPPORT: 0}
    intent = PLAYBOOK.scoring.intent.model_copy(update={"kinds": kinds})
    scoring = PLAYBOOK.scoring.model_copy(update={"intent": intent})
    recruiter = PLAYBOOK.model_copy(update={"scoring": scoring})
    held, known = a_held(unanswered=(a_message(plan.question),)), Known()
    moves = [plan_reply(held, plan.assessment, known, None, rules, TUESDAY_TEN).move for rules in (PLAYBOOK, recruiter)]  # fmt: skip
    assert moves == [Move.JOB_SEEKER, Move.ANSWER]


@pytest.mark.parametrize(
    ("came_by", "is_said"),
    [
        ("", True),
        ("user_id:u-1", True),
        ("anonymous_id:a-1", True),
        ("email:ada@nordwind.example", False),
        ("user_id:u-2", False),
        ("anonymous_id:a-2", False),
        ("lead:l-2", False),
    ],
)
def test_what_only_a_report_joined_to_the_visitor_is_not_said_aloud(
    came_by: str, *, is_said: bool
) -> None:
    assert bool(mentioned(an_event(came_by=came_by))) is is_said


def test_a_record_is_said_aloud_to_whom_it_belonged_from_the_start_alone() -> None:
    stranger = a_stranger(events=(an_event(),), home="email:ada@nordwind.example")
    assert plan_for("Does it work offline?", history=stranger, is_proven=True).mention is None
