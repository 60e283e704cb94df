"""What Hotline tells one rep in a sentence: why something was not done, and what to do now."""

from collections.abc import Mapping
from typing import Final

from agent.conversation import RepId
from agent.errors import (
    AlreadyClaimedError,
    HandoffEndedError,
    HotlineError,
    NoBookingError,
    NoCallBackError,
    NotClaimedByError,
    UnknownHandoffError,
    VisitorGoneError,
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
TOO_LATE: Final = "Slack was too slow to open a window for this. Please press again."
TRY_AGAIN: Final = (
    "That did not work just now. Please close this window and press again in a moment."
)
NOTHING_TO_ANSWER: Final = "The visitor has written nothing yet: begin in your own words."
CHECK_DRAFT: Final = (
    "Drafted by the agent from the library. Read it, change it, send it: it goes out as yours."
)
NO_DRAFT: Final = "No draft just now: write it in your own words."
CHECK_BOOKING: Final = "Goes to the visitor as your words."
PICK_ONE: Final = "Please choose one."
NO_NUMBER: Final = "Write a number, such as 12000."
NO_CALENDAR: Final = (
    "There is no calendar to offer: the playbook has no booking_url for you or the company."
)
ENDED: Final = "This one was given back or closed already; nothing more can be done with it."
NO_CALL: Final = "No call was promised here, so there is none to tick off."
ERASED: Final = "Hotline no longer knows this one: it was probably erased."
PLAIN: Final[Mapping[type[HotlineError], str]] = {
    HandoffEndedError: ENDED,
    NoBookingError: NO_CALENDAR,
    NoCallBackError: NO_CALL,
    UnknownHandoffError: ERASED,
}


def refusal(error: HotlineError, playbook: Playbook) -> str:
    """Say why a rep's click changed nothing."""
    if isinstance(error, AlreadyClaimedError):
        return f"{rep_name(playbook, RepId(error.rep_id))} was faster and has claimed this one."
    if isinstance(error, NotClaimedByError):
        return _not_the_holder(error, playbook)
    if isinstance(error, VisitorGoneError):
        return str(error)
    return next((text for kind, text in PLAIN.items() if isinstance(error, kind)), NOT_NOW)


def not_passed_on(error: NotClaimedByError | HandoffEndedError, playbook: Playbook) -> str:
    """Say why a reply in the thread stays among colleagues."""
    stays = "Replies here stay among colleagues and are not sent to the visitor"
    if isinstance(error, HandoffEndedError):
        return f"{stays}: this one was given back or closed."
    if error.claimed_by is None:
        return f"{stays}, as nobody has claimed this one. Press Claim on the card to answer."
    return f"{stays}; only what {rep_name(playbook, RepId(error.claimed_by))} writes is, who claimed it."


def not_sent(error: ValueError | VisitorGoneError) -> str:
    """Say why words could not be sent as they are."""
    return f"Not sent to the visitor. {error}"


def words_not_sent(because: str, words: str) -> str:
    """Say why words from a window did not go out, and give them back."""
    return f"Not sent to the visitor. {because}\nYour words were:\n{words}"


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
