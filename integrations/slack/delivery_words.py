"""What a rep is told of what became of their words, edits and files."""

from typing import Final

NOTHING_TO_SEND: Final = "Nothing was sent to the visitor: there were no words in it."
PARTLY_SENT: Final = (
    "Only the first part of this reached the visitor, because of trouble on our side. "
    "Please send the rest again in a moment."
)
EDIT_STAYS: Final = (
    "The visitor still reads what you wrote first, as you do not hold this conversation any more."
)
EDIT_TOO_LONG: Final = (
    "The end of your edit did not reach the visitor, as it is longer than what was there. "
    "Please send it as a new reply."
)
EDIT_NOT_DELIVERED: Final = (
    "Your change did NOT reach the visitor, because of trouble on our side. "
    "Please edit the message again in a moment."
)
ERASED_CARD: Final = "Everything held on this lead was erased."
CARD_AGAIN: Final = "The card of this conversation was deleted, so it was posted again. To be rid of it, close it there."


def files_kept_back(reasons: list[str]) -> str:
    """Say which files did not reach the visitor, and why."""
    return "\n".join(["Not sent to the visitor:", *(f"• {reason}" for reason in reasons)])


def file_unread(name: str) -> str:
    """Say that a file could not be fetched from Slack."""
    return f"{name}: Hotline could not read it from Slack. Send it again, or send a link."


def file_elsewhere(name: str) -> str:
    """Say that a file lies elsewhere than in Slack."""
    return f"{name}: it does not lie in Slack. Send a link to it."


def file_line(name: str, size: str) -> str:
    """Name a file that cannot be shown in the thread."""
    return (
        f"📎 {name} ({size}) came with this message. It cannot be shown here: the Slack app lacks the permission "
        "files:write. Update it with Hotline's manifest and reinstall it; Hotline's own desk shows the file."
    )
