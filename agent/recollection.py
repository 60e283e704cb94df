"""What of a history may be said aloud, and helps: one act or one earlier talk, to a proven visitor alone.

What was joined to a lead by reports alone stays unsaid: anybody can report that two identities are one.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from agent.briefing import EMAIL, PHONE
from agent.conversation import Author, Held, Message
from agent.courtesies import is_greeting, is_thanks
from agent.engagement import Discretion, EngagementEvent
from agent.facts import Findings
from agent.history import EarlierTalk, History
from agent.playbook import PersonalisationRules, Playbook
from agent.requests import goes_on
from agent.signals import MessageKind
from agent.topics import topics

SAME_TOPIC = 2  # shared words between an act's title and the text of the fact that answers best
TRIALS = ("Trial Started", "Trial Activated")  # who tries us can see for themselves what they ask
NOT_TRIED = re.compile(
    r"secur|privacy|certific|complian|pric|plan|compar|contract|terms|legal|custom|onboard|support|sicherheit|datenschutz|preis|vertrag|vergleich|segurid|privacid|precio|contrat|sécurité|confidential|prix|tarif|seguran|preço|veilig|prijs|voorwaarden",
    re.IGNORECASE,
)
FEWEST_WORDS = 4  # of an earlier talk, to be worth taking up


def away_for(held: Held, history: History, playbook: Playbook, now: datetime) -> timedelta | None:
    """Give how long the visitor had been away, when it was for days and this is their first turn back."""
    since = timedelta(days=playbook.personalisation.return_after_days)
    last = _last_words(held, history, now)
    away = (
        held.unanswered[0].created_at - last
        if held.before and last
        else now - last
        if last
        else None
    )
    return away if away and away >= since else None


def choose_talk(held: Held, history: History, playbook: Playbook, now: datetime) -> EarlierTalk | None:  # fmt: skip
    """Choose the earlier words to take up with somebody who returns: those of this conversation, else of the last talk."""
    if held.before:
        own = (m for m in reversed(held.before) if m.author is Author.VISITOR)
        said = (EarlierTalk(m.created_at, m.text) for m in own)
        return next((talk for talk in said if _may_be_quoted(talk)), None)
    if not held.conversation.visitor.is_proven:
        return None
    since = now - timedelta(days=playbook.personalisation.say_within_days)
    talk = next(iter(_own_talks(held, history, now)), None)
    is_fit = talk and talk.at >= since and _may_be_quoted(talk) and not _was_turned_away(talk, history)  # fmt: skip
    return talk if is_fit else None


def choose_mention(
    held: Held,
    history: History,
    findings: Findings,
    playbook: Playbook,
    now: datetime,
    *,
    is_back: bool,
) -> EngagementEvent | None:
    """Choose one act that may be said aloud: the one that speaks of the question; for who returns, else the freshest.

    None once an act was mentioned in this conversation.
    """
    if not held.conversation.visitor.is_proven:
        return None
    sayable = _sayable(held, history, playbook.personalisation, now)
    if not sayable or _was_mentioned(sayable, held.before):
        return None
    ranked = [(_nearness(event, held.text, findings), event) for event in sayable]
    nearness, best = max(ranked, key=lambda pair: (pair[0], pair[1].at))
    return best if nearness or (is_back and held.is_first) else None


def as_taken_up(held: Held, history: History, now: datetime) -> Held:
    """Put the earlier words in the place of a yes to going on with them, for finding what answers them."""
    talk = next(iter(_own_talks(held, history, now)), None) if goes_on(held) else None
    if talk is None:
        return held
    return replace(held, unanswered=(replace(held.unanswered[-1], text=talk.first_words),))


def own_events(held: Held, history: History) -> tuple[EngagementEvent, ...]:
    """Give the acts that surely are this visitor's own; none of an unproven one's."""
    visitor = held.conversation.visitor
    own = history.names_of(visitor) if visitor.is_proven else frozenset()
    return tuple(event for event in history.events if event.came_by in own)


def touches(text: str, other: str) -> bool:
    """Tell whether two texts speak of the same thing."""
    return bool(topics(text) & topics(other))


def _sayable(held: Held, history: History, rules: PersonalisationRules, now: datetime) -> list[EngagementEvent]:  # fmt: skip
    since = now - timedelta(days=rules.say_within_days)
    return [
        event
        for event in own_events(held, history)
        if rules.discretion(event.name) is Discretion.SAY and since <= event.at <= now and event.title
    ]  # fmt: skip


def _was_mentioned(events: Iterable[EngagementEvent], before: Iterable[Message]) -> bool:
    ours = [message.text for message in before if message.author is Author.AGENT]
    return any(event.title in text for event in events for text in ours)


def _nearness(event: EngagementEvent, asked: str, findings: Findings) -> int:
    """Count what an act's title shares with the question, or with the fact that answers it best."""
    about = topics(event.title)
    if shared := len(about & topics(asked)):
        return 2 * shared
    best = findings.facts[0].fact if findings.facts and findings.is_answered else None
    if best is None:
        return 0
    if event.name in TRIALS:
        return 0 if NOT_TRIED.search(f"{best.title} {best.url}") else 1
    in_title, in_text = len(about & topics(best.title)), len(about & topics(best.text))
    return 1 if in_title or in_text >= SAME_TOPIC else 0


def _last_words(held: Held, history: History, now: datetime) -> datetime | None:
    if held.before:
        return held.before[-1].created_at
    if not held.conversation.visitor.is_proven:
        return None
    return max((talk.at for talk in _own_talks(held, history, now)), default=None)


def _own_talks(held: Held, history: History, now: datetime) -> list[EarlierTalk]:
    own = history.names_of(held.conversation.visitor)
    talks = (talk for talk in history.talks if talk.came_by in own and talk.at <= now)
    return sorted(talks, key=lambda talk: talk.at, reverse=True)


def _may_be_quoted(talk: EarlierTalk) -> bool:
    """Tell whether words have a content, and nothing that is better not repeated."""
    words = talk.first_words
    is_empty = is_greeting(words) or is_thanks(words) or len(words.split()) < FEWEST_WORDS
    return not is_empty and not EMAIL.search(words) and not PHONE.search(words)


def _was_turned_away(talk: EarlierTalk, history: History) -> bool:
    """Tell whether an earlier talk was no talk of a buyer."""
    ids = {m.id for m in history.said if m.at == talk.at and m.text == talk.first_words}
    kinds = {heard.kind for heard in history.heard if ids & set(heard.messages)}
    return bool(kinds - {MessageKind.SALES, MessageKind.OTHER})
