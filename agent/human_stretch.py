"""A stretch of a conversation that a rep held and that is over: whoever answers next must know of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.conversation import Author, Message

LONGEST_LAST_WORDS = 400


@dataclass(frozen=True, slots=True)
class HumanStretch:
    """Who spoke with the visitor, until when, and what they said last; both empty for one who said nothing."""

    rep_name: str
    last_words: str
    ended_at: datetime


def human_stretch(before: Sequence[Message]) -> HumanStretch | None:
    """Find the last stretch in what was said before; none where no rep ever came."""
    theirs = [m for m in before if m.author in (Author.REP, Author.SYSTEM)]
    if not theirs:
        return None
    spoken = next((m for m in reversed(theirs) if m.author is Author.REP), None)
    name, words = (spoken.author_name, spoken.text) if spoken else ("", "")
    return HumanStretch(name, words[:LONGEST_LAST_WORDS], theirs[-1].created_at)


def was_just_returned(before: Sequence[Message]) -> bool:
    """Tell whether a stretch has just ended: a rep spoke or was announced since the agent's last words."""
    others = [message.author for message in before if message.author is not Author.VISITOR]
    return bool(others) and others[-1] in (Author.REP, Author.SYSTEM)
