"""Handoffs, posts and a playbook for tests of the rep desk."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from agent.briefing import Briefing, BriefingLine
from agent.conversation import Author, ConversationId, Message, MessageId, RepId
from agent.handoff import DeskPost, DeskPostId, DeskPostKind, Handoff, HandoffId, HandoffState
from agent.lead import LeadId
from agent.playbook import Playbook
from agent.scoring import Score, Temperature
from agent.team_rules import RepRules
from knowledge.playbook import demo_playbook_path, load_playbook

NOW = datetime(2026, 2, 11, 13, 32, tzinfo=UTC)
MIA, JONAS, CHIEF = RepId("mia"), RepId("jonas"), RepId("chief")


@cache
def demo_playbook() -> Playbook:
    return load_playbook(demo_playbook_path())


def a_playbook(
    *, mia_in_slack: str = "U0MIA", jonas_in_slack: str = "U0JONAS", chief_in_slack: str = "U0CHIEF"
) -> Playbook:
    reps = (
        RepRules(id=MIA, name="Mia", slack_user_id=mia_in_slack),
        RepRules(
            id=JONAS, name="Jonas", email="Jonas.Berg@example.com", slack_user_id=jonas_in_slack
        ),
        RepRules(id=CHIEF, name="Ann", slack_user_id=chief_in_slack, is_manager=True),
    )
    return demo_playbook().model_copy(update={"reps": reps, "routing": ()})


def a_score(temperature: Temperature = Temperature.RED_HOT, total: int = 92) -> Score:
    return Score(
        total=total,
        intent=55,
        engagement=19,
        fit=18,
        temperature=temperature,
        since=NOW,
        grade="A1",
        reasons=(),
    )


def a_briefing() -> Briefing:
    return Briefing(
        who="Dana Ruiz, VP Support",
        company="Lumen Logistics (420 people, Hamburg)",
        contact="dana@lumen.example",
        local_time="14:32 there",
        quote="We need 200 seats live before our Freshdesk contract ends in March, budget is signed off.",
        wants="200 seats, Enterprise, live before March",
        score=a_score(),
        why_now=(
            "purchase window March (+20)",
            "budget signed off (+20)",
            "asked for a person (+15)",
        ),
        known=("Budget: yes, “signed off”", "Timeline: March", "Need: contract ends"),
        missing=("Authority", "SSO", "decision process"),
        competitors=("Freshdesk: contract ending; lead with migration and flat price",),
        timeline=(
            BriefingLine(NOW - timedelta(days=3), "trial started"),
            BriefingLine(NOW - timedelta(days=3, hours=2), "ROI calculator used"),
            BriefingLine(NOW - timedelta(days=331), "webinar “Support at scale”"),
        ),
        already_said="Enterprise has an onboarding manager; rollout takes two to three weeks",
        next_step="confirm seats and SSO, offer a 20-minute plan call today",
        reach="here in the chat",
    )


def a_handoff(briefing: Briefing | None = None, **changes: object) -> Handoff:
    handoff = Handoff(
        id=HandoffId("h-1"),
        conversation_id=ConversationId("c-1"),
        lead_id=LeadId("l-1"),
        state=HandoffState.OPEN,
        temperature=Temperature.RED_HOT,
        reason="asked for a person",
        opened_at=NOW,
        claim_due_at=NOW + timedelta(minutes=5),
        briefing=briefing or a_briefing(),
        routed_to=(MIA, JONAS),
    )
    return replace(handoff, **changes)  # type: ignore[arg-type]


def claimed_by(rep_id: RepId, handoff: Handoff | None = None) -> Handoff:
    return replace(
        handoff or a_handoff(), state=HandoffState.CLAIMED, claimed_by=rep_id, claimed_at=NOW
    )


def a_message(
    text: str, author: Author = Author.VISITOR, name: str = "Dana Ruiz", seq: int = 1
) -> Message:
    return Message(MessageId(f"m-{seq}"), ConversationId("c-1"), seq, author, name, text, NOW)


def a_post(
    kind: DeskPostKind = DeskPostKind.CARD,
    handoff: Handoff | None = None,
    *,
    number: int = 1,
    message: Message | None = None,
    text: str = "",
    thread: str | None = None,
    attempts: int = 0,
) -> DeskPost:
    return DeskPost(
        id=DeskPostId(f"post-{number}"),
        kind=kind,
        handoff=handoff or a_handoff(),
        message=message,
        text=text,
        thread=thread,
        is_in_doubt=attempts > 0,
        attempts=attempts,
    )
