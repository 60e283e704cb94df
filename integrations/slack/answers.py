"""What Hotline tells one rep in a sentence: why something was not done, and what to do now."""

from typing import Final

from agent.conversation import RepId
from agent.errors import (
    AlreadyClaimedError,
    HandoffEndedError,
    HotlineError,
    NotClaimedByError,
    UnknownHandoffError,
)
from agent.playbook import Playbook

NOT_NOW: Final = (
    "That did not work just now, and nothing was changed. Please try again in a moment."
)
NOT_DELIVERED: Final = "This did NOT reach the visitor, because of trouble on our side. Please send it again in a moment."
NO_HOME: Final = (
    "Your home tab could not be brought up to date just now. Open it again in a moment."
)
NO_FILES: Final = "Files do not reach the visitor yet: send a link instead."
NO_BROADCAST: Final = (
    "Not sent to the visitor, because it went to the whole channel too. "
    "Send it again as a plain reply in this thread."
)
ENDED: Final = "This one was given back or closed already; nothing more can be done with it."
ERASED: Final = "Hotline no longer knows this one: it was probably erased."


def refusal(error: HotlineError, playbook: Playbook) -> str:
    """Say why a rep's click changed nothing."""
    if isinstance(error, AlreadyClaimedError):
        return f"{rep_name(playbook, RepId(error.rep_id))} was faster and has claimed this one."
    if isinstance(error, NotClaimedByError):
        return _not_the_holder(error, playbook)
    if isinstance(error, HandoffEndedError):
        return ENDED
    return ERASED if isinstance(error, UnknownHandoffError) else NOT_NOW


def not_passed_on(error: NotClaimedByError | HandoffEndedError, playbook: Playbook) -> str:
    """Say why a reply in the thread stays among colleagues."""
    stays = "Replies here stay among colleagues and are not sent to the visitor"
    if isinstance(error, HandoffEndedError):
        return f"{stays}: this one was given back or closed."
    if error.claimed_by is None:
        return f"{stays}, as nobody has claimed this one. Press Claim on the card to answer."
    return f"{stays}; only what {rep_name(playbook, RepId(error.claimed_by))} writes is, who claimed it."


def not_sent(error: ValueError) -> str:
    """Say why words could not be sent as they are."""
    return f"Not sent to the visitor. {error}"


def unknown_rep(slack_user_id: str) -> str:
    """Say who must add what to the playbook, so that this person may act."""
    return (
        "Hotline does not know you as a rep, so nothing was changed. Ask whoever keeps the playbook to add "
        f'slack_user_id: "{slack_user_id}" to your entry under reps (or there, as email, the address of your '
        "Slack profile), and to restart Hotline."
    )


def rep_name(playbook: Playbook, rep_id: RepId) -> str:
    """Give a rep's name, or the id when the playbook names them no longer."""
    rep = playbook.rep(rep_id)
    return rep.name if rep else rep_id


def _not_the_holder(error: NotClaimedByError, playbook: Playbook) -> str:
    if error.claimed_by is None:
        return "Nobody has claimed this one yet: claim it first."
    name = rep_name(playbook, RepId(error.claimed_by))
    return f"Only {name} can do this, who holds the conversation."
