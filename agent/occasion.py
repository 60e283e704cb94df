"""The occasion of a reply: what sort of words this turn wants, and whether it wants any."""

from enum import StrEnum

from agent.asking import is_asking
from agent.attachments import words_for
from agent.briefing import EMAIL, PHONE
from agent.conversation import Author, Held, Message
from agent.courtesies import is_farewell, is_greeting, is_thanks, names_thanks
from agent.playbook import Playbook
from agent.questions import split_questions
from agent.requests import DECLINED, OF_DATA, Request, is_abusive, requests_in, was_abusive
from agent.signals import MessageKind, Reading, SignalKind
from prompts.phrases import languages, phrases

WORDS_OF_A_CONTACT = 14


class Move(StrEnum):
    """What sort of reply this turn wants; each but ANSWER and SILENT has a phrase of its own."""

    ANSWER = "answer"
    SILENT = "silent"
    GREET = "greet"
    GREET_AGAIN = "greet_again"
    THANK = "thank"
    FAREWELL = "farewell"
    NOTED = "noted"
    FILE = "file"
    DISCLOSE = "disclose"
    DECLINE = "decline"
    ERASURE = "erasure"
    EXPORT = "export"
    ABUSE = "abuse"
    COOLING = "cooling"
    SUPPORT = "support"
    VENDOR_PITCH = "vendor_pitch"
    JOB_SEEKER = "job_seeker"
    STUDENT_PRESS = "student_press"
    SPAM = "spam"


def decide_move(held: Held, reading: Reading, playbook: Playbook) -> Move:
    """Decide what sort of reply the words to be answered want."""
    return (
        _by_files(held)
        or _by_manners(held, reading)
        or _by_courtesy(held)
        or _by_kind(held, reading, playbook)
        or (Move.NOTED if _leaves_contact(held) else Move.ANSWER)
    )


def is_sent_on(held: Held, move: Move, playbook: Playbook) -> bool:
    """Tell whether somebody who is no buyer was told already where to turn."""
    contact = contact_for(move, playbook)
    return bool(contact) and any(
        contact in message.text for message in held.before if message.author is Author.AGENT
    )


def contact_for(move: Move, playbook: Playbook) -> str:
    """Give where those are sent who are no buyers; nothing for other moves."""
    company = playbook.company
    contacts = {
        Move.SUPPORT: company.support,
        Move.JOB_SEEKER: company.jobs,
        Move.STUDENT_PRESS: company.press,
    }
    return (contacts[move] or company.website) if move in contacts else ""


def _by_files(held: Held) -> Move | None:
    """Say what is true of files that come without words: nobody here reads them but people."""
    only_files = [m.attachments and m.text == words_for(m.attachments) for m in held.unanswered]
    return Move.FILE if only_files and all(only_files) else None


def _by_manners(held: Held, reading: Reading) -> Move | None:
    if is_abusive(held.text):
        return Move.SILENT if was_abusive(held.before) else Move.ABUSE
    asked = requests_in(held.text)
    if asked & OF_DATA:
        return Move.ERASURE if Request.ERASURE in asked else Move.EXPORT
    is_declined = bool(asked & set(DECLINED))
    if _asks_more(held.text, reading) or not (is_declined or Request.IS_HUMAN in asked):
        return None
    return Move.DECLINE if is_declined else Move.DISCLOSE


def _asks_more(text: str, reading: Reading) -> bool:
    """Tell whether a message asks something about the offer, beside what it asks of us."""
    if reading.has(SignalKind.HUMAN):
        return True
    pieces = [piece for piece in split_questions(text) if piece != text]
    return any("?" in piece and not requests_in(piece) for piece in pieces)


def _by_courtesy(held: Held) -> Move | None:
    text = held.text
    is_bye = not held.is_first and is_farewell(text) and is_thanks(text)
    if is_greeting(text) and not is_bye:
        return Move.GREET if _meets_nobody_yet(held) else Move.GREET_AGAIN
    return _by_thanks(held) if is_thanks(text) else None


def _by_thanks(held: Held) -> Move:
    """Answer thanks or a goodbye in two words, once; mere agreement needs nothing."""
    before = [m.text for m in held.before if m.author is Author.VISITOR]
    if before and is_thanks(before[-1]):
        return Move.SILENT
    if names_thanks(held.text):
        return Move.THANK
    if is_farewell(held.text):
        return Move.FAREWELL
    return Move.GREET if _meets_nobody_yet(held) else Move.SILENT


def _meets_nobody_yet(held: Held) -> bool:
    """Tell whether neither the agent nor a rep has said anything: nobody is greeted twice."""
    return held.is_first and all(message.author is not Author.REP for message in held.before)


def _by_kind(held: Held, reading: Reading, playbook: Playbook) -> Move | None:
    if playbook.scoring.intent.turns_away(reading.kind):
        again = reading.kind is MessageKind.VENDOR_PITCH and _has_declined_pitch(held.before)
        return Move.SILENT if again and not is_asking(held.text) else Move(reading.kind.value)
    if reading.has(SignalKind.COOLING) and "?" not in held.text:
        return Move.COOLING
    return None


def _has_declined_pitch(before: tuple[Message, ...]) -> bool:
    declines = {phrases(language).fill("vendor_pitch") for language in languages()}
    return any(m.text in declines for m in before if m.author is Author.AGENT)


def _leaves_contact(held: Held) -> bool:
    """Tell whether a message does little more than leave a number or an address."""
    text = held.text
    is_short = len(text.split()) <= WORDS_OF_A_CONTACT and not held.is_first
    return is_short and not is_asking(text) and bool(PHONE.search(text) or EMAIL.search(text))
