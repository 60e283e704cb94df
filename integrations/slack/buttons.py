"""The buttons of a card, few in each state; what is needed seldom lies behind the three dots.

Whatever is pressed names its handoff; of the three dots, what was chosen as well: `snooze_15|h-1`.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, assert_never

from agent.handoff import Handoff, HandoffState
from agent.playbook import Playbook
from integrations.slack import rich_text as shape
from integrations.slack.rich_text import Block

CLAIM: Final = "handoff.claim"
MORE: Final = "handoff.more"
DRAFT: Final = "handoff.draft"
BOOK: Final = "handoff.book"
CALLED: Final = "handoff.called"
TAKE_AGAIN: Final = "handoff.take_again"
MENU: Final = "handoff.menu"


class Choice(StrEnum):
    """What the three dots offer."""

    SNOOZE_15 = "snooze_15"
    SNOOZE_60 = "snooze_60"
    SNOOZE_OPENING = "snooze_opening"
    TRANSFER = "transfer"
    GIVE_BACK = "give_back"
    CLOSE = "close"
    NOT_HOT = "not_hot"


LABELS: Final = {
    Choice.SNOOZE_15: "Remind again in 15 minutes",
    Choice.SNOOZE_60: "Remind again in an hour",
    Choice.SNOOZE_OPENING: "Remind again at the next opening",
    Choice.TRANSFER: "Pass on to a colleague or team",
    Choice.GIVE_BACK: "Give back to the agent",
    Choice.CLOSE: "Close with an outcome",
    Choice.NOT_HOT: "Not hot",
}
WHEN_OPEN: Final = (
    Choice.SNOOZE_15,
    Choice.SNOOZE_60,
    Choice.SNOOZE_OPENING,
    Choice.TRANSFER,
    Choice.NOT_HOT,
)
WHEN_CLAIMED: Final = (
    Choice.GIVE_BACK,
    Choice.TRANSFER,
    Choice.CLOSE,
    Choice.NOT_HOT,
    Choice.SNOOZE_60,
)


def buttons(handoff: Handoff, playbook: Playbook, name: str) -> Block:
    """Give the row of buttons for where a handoff stands; `name` is the visitor's, for screen readers."""
    return shape.actions(*_buttons(handoff, playbook, name))


def _buttons(handoff: Handoff, playbook: Playbook, name: str) -> Iterator[Block]:
    match handoff.state:
        case HandoffState.OPEN:
            yield _button(handoff, "Claim", CLAIM, f"Claim the conversation with {name}") | PRIMARY
            yield from _called(handoff)
            yield _button(handoff, "More", MORE, f"Read more on {name}")
            yield _menu(handoff, WHEN_OPEN)
        case HandoffState.CLAIMED:
            yield _button(handoff, "Draft a reply", DRAFT, f"Draft a reply to {name}") | PRIMARY
            yield from _called(handoff)
            if booking_url(handoff, playbook):
                yield _button(handoff, "Book", BOOK, f"Offer {name} a time to book")
            yield _button(handoff, "More", MORE, f"Read more on {name}")
            yield _menu(handoff, WHEN_CLAIMED)
        case HandoffState.GIVEN_BACK | HandoffState.CLOSED:
            yield _button(handoff, "More", MORE, f"Read more on {name}")
            yield _button(handoff, "Take it again", TAKE_AGAIN, f"Take {name} again")
        case _:
            assert_never(handoff.state)


def booking_url(handoff: Handoff, playbook: Playbook) -> str:
    """Give where the visitor can book a time: with the rep who holds the conversation, else with the company."""
    rep = playbook.rep(handoff.claimed_by)
    return (rep.booking_url if rep else "") or playbook.company.booking_url


def chosen(value: str) -> tuple[Choice | None, str]:
    """Read what was chosen behind the three dots, and of which handoff."""
    word, _, handoff_id = value.partition("|")
    return (Choice(word) if word in list(Choice) else None), handoff_id


PRIMARY: Final[Block] = {"style": "primary"}


def _button(handoff: Handoff, label: str, action_id: str, spoken: str) -> Block:
    return shape.button(label, action_id, handoff.id) | {"accessibility_label": spoken[:75]}


def _called(handoff: Handoff) -> Iterator[Block]:
    promised = handoff.call_back
    if promised is not None and promised.done_at is None:
        yield _button(handoff, "Called", CALLED, "Note that the promised call was made")


def _menu(handoff: Handoff, choices: tuple[Choice, ...]) -> Block:
    options = [shape.option(LABELS[choice], f"{choice}|{handoff.id}") for choice in choices]
    return {"type": "overflow", "action_id": MENU, "options": options}
