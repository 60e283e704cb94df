"""What is posted into the thread of a card to get somebody: reminders, escalations, notes."""

from collections.abc import Sequence
from typing import Final

from agent.handoff import DeskPost, DeskPostKind, Handoff, HandoffState
from agent.playbook import Playbook
from agent.team_rules import RepRules
from integrations.slack import rich_text as shape
from integrations.slack.blocks import expected, name_of
from integrations.slack.markup import ELLIPSIS, clean, cut, escape
from integrations.slack.rich_text import Block

LONGEST_NOTE: Final = 3_000


def told(post: DeskPost, playbook: Playbook) -> tuple[list[Block], str]:
    """Give what a post tells in the thread, and the text that notifications use."""
    if post.kind is DeskPostKind.NUDGE:
        return nudge(post.handoff, playbook)
    if post.kind is DeskPostKind.ESCALATE:
        return escalation(post.handoff, playbook)
    return note(post.handoff, playbook, post.text)


def nudge(handoff: Handoff, playbook: Playbook) -> tuple[list[Block], str]:
    """Remind the reps who are expected, or the one who holds the conversation."""
    waiting = f"{name_of(handoff)} is still waiting. Please claim this one."
    if handoff.state is HandoffState.CLAIMED:
        waiting = f"{name_of(handoff)} has written and waits for your answer."
    return _addressed(expected(handoff, playbook), waiting)


def escalation(handoff: Handoff, playbook: Playbook) -> tuple[list[Block], str]:
    """Tell the managers, and the reps who were expected, that nobody came."""
    managers = [rep for rep in playbook.reps if rep.is_manager]
    routed = [rep for rep in expected(handoff, playbook) if rep not in managers]
    late = f"Nobody has claimed {name_of(handoff)} in time. Please see that somebody does."
    return _addressed([*managers, *routed], late)


def note(handoff: Handoff, playbook: Playbook, text: str) -> tuple[list[Block], str]:
    """Tell the reps concerned something about the conversation."""
    return _addressed(expected(handoff, playbook), text)


def _addressed(reps: Sequence[RepRules], text: str) -> tuple[list[Block], str]:
    users = [rep.slack_user_id for rep in reps if rep.slack_user_id]
    said = cut(clean(text).strip(), LONGEST_NOTE) or ELLIPSIS
    elements = [element for user in users for element in (shape.mention(user), shape.words(" "))]
    mentions = "".join(f"<@{user}> " for user in users)
    return [shape.rich_text([shape.line(*elements, shape.words(said))])], mentions + escape(said)
