"""What is posted into the thread of a card to get somebody: reminders, escalations, notes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from agent.call_back import call_back_line
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
    plain: Mapping[DeskPostKind, Callable[[Handoff, Playbook], tuple[list[Block], str]]] = {
        DeskPostKind.NUDGE: nudge,
        DeskPostKind.BACKUP: backup,
        DeskPostKind.ESCALATE: escalation,
        DeskPostKind.SILENT_REP: silent_rep,
        DeskPostKind.PAGE: page,
        DeskPostKind.CALL_BACK: promised,
        DeskPostKind.CALL_BACK_DUE: missed,
    }
    if tell := plain.get(post.kind):
        return tell(post.handoff, playbook)
    return note(post.handoff, playbook, post.text)


def nudge(handoff: Handoff, playbook: Playbook) -> tuple[list[Block], str]:
    """Remind the reps who are expected."""
    waiting = f"{name_of(handoff)} is still waiting. Please claim this one."
    return _addressed(expected(handoff, playbook), waiting)


def backup(handoff: Handoff, playbook: Playbook) -> tuple[list[Block], str]:
    """Ask one more rep, the one who was called last."""
    asked = f"Nobody has claimed {name_of(handoff)} so far. Please claim this one if you can."
    return _addressed(expected(handoff, playbook)[-1:], asked)


def escalation(handoff: Handoff, playbook: Playbook) -> tuple[list[Block], str]:
    """Tell the managers, and the reps who were expected, that nobody came."""
    managers = [rep for rep in playbook.reps if rep.is_manager]
    routed = [rep for rep in expected(handoff, playbook) if rep not in managers]
    late = f"Nobody has claimed {name_of(handoff)} in time. Please see that somebody does."
    return _addressed([*managers, *routed], late)


def silent_rep(handoff: Handoff, playbook: Playbook) -> tuple[list[Block], str]:
    """Remind the rep who holds the conversation, or tell them that the agent has stepped in."""
    waiting = f"{name_of(handoff)} has written and waits for your answer. Without one the agent steps in soon."  # fmt: skip
    if handoff.state is not HandoffState.CLAIMED:
        waiting = f"{name_of(handoff)} waited for your answer, so the agent answers again."
    return _addressed(expected(handoff, playbook), waiting)


def page(handoff: Handoff, playbook: Playbook) -> tuple[list[Block], str]:
    """Page whoever is on call."""
    on_call = [rep for rep in playbook.reps if rep.is_on_call]
    red_hot = f"Red-hot while the desk is closed: {name_of(handoff)}. Claim this one if you can; nothing but the call back was promised."  # fmt: skip
    return _addressed(on_call, red_hot)


def promised(handoff: Handoff, playbook: Playbook) -> tuple[list[Block], str]:
    """Say what call was promised to the visitor; nobody is called for it at night."""
    line = call_back_line(handoff.call_back, playbook) if handoff.call_back else ""
    return _addressed((), f"{name_of(handoff)}: {line}")


def missed(handoff: Handoff, playbook: Playbook) -> tuple[list[Block], str]:
    """Tell the rep and the managers that a promised call has not happened."""
    rep = playbook.rep(handoff.call_back.rep_id) if handoff.call_back else None
    others = [*expected(handoff, playbook), *(each for each in playbook.reps if each.is_manager)]
    reps = list({each.id: each for each in (*([rep] if rep else []), *others)}.values())
    line = call_back_line(handoff.call_back, playbook) if handoff.call_back else ""
    late = f"{name_of(handoff)} was promised a call back, and nobody has been in touch. {line}. Please see to it now."  # fmt: skip
    return _addressed(reps, late)


def note(handoff: Handoff, playbook: Playbook, text: str) -> tuple[list[Block], str]:
    """Tell the reps concerned something about the conversation."""
    return _addressed(expected(handoff, playbook), text)


def _addressed(reps: Sequence[RepRules], text: str) -> tuple[list[Block], str]:
    users = [rep.slack_user_id for rep in reps if rep.slack_user_id]
    said = cut(clean(text).strip(), LONGEST_NOTE) or ELLIPSIS
    elements = [element for user in users for element in (shape.mention(user), shape.words(" "))]
    mentions = "".join(f"<@{user}> " for user in users)
    return [shape.rich_text([shape.line(*elements, shape.words(said))])], mentions + escape(said)
