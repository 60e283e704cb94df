"""The next step that may be offered beside an answer: never twice in a row, and only what a mechanism here keeps."""

import re
from enum import StrEnum

from agent.conversation import Author, Held
from agent.occasion import Move
from agent.playbook import Playbook
from agent.request_words import CALL
from agent.requests import offers_colleague
from agent.signals import Reading, SignalKind

OF_BUYERS = frozenset({Move.ANSWER, Move.DECLINE, Move.NOTED})


class NextStep(StrEnum):
    """What may be offered: a rep who was called, a call once the desk opens, a slot to book, asking a colleague."""

    REP_HERE = "rep_here"
    CALL_BACK = "call_back"
    BOOK = "book"
    COLLEAGUE = "colleague"


def choose_step(
    held: Held,
    reading: Reading,
    move: Move,
    playbook: Playbook,
    *,
    is_promised: bool,
    is_open: bool,
) -> NextStep | None:
    """Choose the step; nothing for those who buy nothing, and nothing that our last words offered already."""
    if move not in OF_BUYERS or playbook.scoring.intent.turns_away(reading.kind):
        return None
    last = next((m.text for m in reversed(held.before) if m.author is not Author.VISITOR), "")
    url = playbook.company.booking_url
    wants_slot = bool(url) and url not in last and (is_promised or reading.has(SignalKind.DEMO))
    steps = (
        (NextStep.REP_HERE, is_promised and is_open),
        (NextStep.CALL_BACK, is_promised and asks_for_call(held.text)),
        (NextStep.BOOK, wants_slot),
        (NextStep.COLLEAGUE, not is_promised and not offers_colleague(last)),
    )
    return next((step for step, is_due in steps if is_due), None)


def asks_for_call(text: str) -> bool:
    """Tell whether somebody wants to be rung up."""
    return bool(re.search(CALL, text, re.IGNORECASE))
