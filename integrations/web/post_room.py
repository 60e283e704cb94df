"""What the API needs for forms and mails."""

from collections.abc import Callable
from dataclasses import dataclass

from agent.inbound import Inbox


def ignore_arrival(_source: str) -> None:
    """Note nothing about a form or mail."""


@dataclass(frozen=True, slots=True)
class PostRoom:
    """Where forms and mails are kept, how a mail in HTML becomes text, and who counts what comes."""

    inbox: Inbox
    read_html: Callable[[str], str]
    note_arrival: Callable[[str], None] = ignore_arrival
