"""What is passed on into the thread of a card: who says it, and in which parts."""

from typing import Final

from agent.conversation import Author, Message
from agent.handoff import Handoff
from integrations.slack.markup import one_line, parts

LONGEST_NAME: Final = 60
ELSEWHERE: Final = " (further conversation)"
AUTHORS: Final = {
    Author.VISITOR: "Visitor",
    Author.AGENT: "Hotline (AI)",
    Author.REP: "Rep",
    Author.SYSTEM: "Hotline",
}


def relay_name(message: Message, handoff: Handoff) -> str:
    """Give the name to post under; it begins with who it is, so that nobody can pass for somebody else.

    What is said in another conversation than the one in which the handoff was opened is marked so.
    """
    is_elsewhere = message.conversation_id != handoff.conversation_id
    return _author(message) + (ELSEWHERE if is_elsewhere else "")


def _author(message: Message) -> str:
    name = one_line(message.author_name, LONGEST_NAME)
    role = AUTHORS[message.author]
    names_itself = message.author in (Author.VISITOR, Author.REP) and name and name != role
    return f"{role}: {name}" if names_itself else role


def relay_text(message: Message) -> list[str]:
    """Give a message in as many parts as Slack needs, in order, escaped."""
    return list(parts(message.text)) or ["(nothing was written)"]
