"""What visitors asked that the library lacks: which questions those are, and which of them ask the same."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import NewType, Protocol

from agent.conversation import ConversationId, Held
from agent.facts import AskedQuestion, Library
from agent.lead import LeadId
from agent.reply import Move, Plan, Reply
from agent.turn import Turn
from prompts.phrases import languages, phrases

GapId = NewType("GapId", str)
Likeness = Callable[[str, str], float]

ALIKE_FROM = 0.72
"""Likeness from which two questions are one: 0 is that of any two texts, 1 of the same."""
LONGEST_QUESTION = 500
MOST_LOOKED_AT = 500
KEYS = ("unknown", "unknown_name", "unknown_near", "unknown_near_name")
MOST_FOUND = 12
ADMISSIONS = re.compile(
    r"""(?ix)
    nothing\ (?:in\ writing\ )?(?:on|about|that\ says)\b | no\ (?:written\ )?information\b
    | \b(?:do\ not|don't|cannot|can't)\ (?:have|find|see|know|confirm|say|tell)\b.{0,60}
    | \bnot\ (?:in|stated\ in|covered\ by|documented\ in)\ (?:our|the)\ (?:documents|pages|writing)
    | \b(?:do\ not|don't|not)\ want\ to\ guess | \bI(?:'m|\ am)\ not\ (?:sure|certain)
    | \b(?:keine?|nichts|nicht)\b.{0,40}\b(?:angaben?|informationen|schriftlich\w*|sicher|sagen|raten|unterlagen)\b
    | \bno\ (?:tengo|consta|encuentro|dispongo|quiero\ adivinar|puedo\ (?:confirmar|decir))\b
    | \bje\ n'ai\ (?:rien|pas|aucune)\b | \bje\ ne\ (?:sais|trouve|peux)\b | \bje\ préfère\ ne\ pas\ deviner
    | \bnão\ (?:tenho|encontro|consta|sei|quero\ adivinhar|posso\ (?:confirmar|dizer))\b
    | \b(?:niets|geen)\b.{0,40}\b(?:schrift|zwart\ op\ wit|informatie|gegevens|over)\b
    | \bik\ (?:weet|vind)\b.{0,30}\bniet\b | \bwil\ niet\ gokken
    """
)
"""How a model says that it does not know, in the languages of the phrases."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A question the library could not answer, without personal data; `language` is a two-letter code.

    `found` are the ids of the facts that did not answer then, parted by spaces.
    """

    id: GapId
    conversation_id: ConversationId
    lead_id: LeadId
    turn_id: str
    question: str
    language: str
    at: datetime
    found: str = ""


@dataclass(frozen=True, slots=True)
class GapGroup:
    """Gaps that ask the same, the newest first; `is_answerable` once the library has an answer to the newest."""

    gaps: tuple[Gap, ...]
    is_answerable: bool = False

    @property
    def newest(self) -> Gap:
        """Give the one asked last."""
        return self.gaps[0]

    @property
    def languages(self) -> tuple[str, ...]:
        """Give the languages it was asked in, in the order of the alphabet."""
        return tuple(sorted({gap.language for gap in self.gaps}))


class Gaps(Protocol):
    """Where gaps are kept, free of personal data; they hang on their conversation and go with it."""

    async def record(self, gaps: Sequence[Gap]) -> None:
        """Keep these; the same question of the same turn again changes nothing. Raises StoreUnavailableError."""
        ...

    async def since(self, at: datetime | None, limit: int = MOST_LOOKED_AT) -> list[Gap]:
        """Give those asked at or after an instant, newest first; None: since ever."""
        ...


class Meanings(Protocol):
    """Tells how alike texts are in meaning."""

    async def compare(self, texts: Sequence[str]) -> Likeness:
        """Give how alike any two of these are, 1 at most; the same texts always give the same."""
        ...


def admits(text: str) -> bool:
    """Tell whether a reply says that it does not have the answer, in the phrases' words or a model's own."""
    plain = text.replace("’", "'")
    return any(each.search(plain) for each in _own_words()) or bool(ADMISSIONS.search(plain))


def unanswered(plan: Plan, reply: Reply | None) -> tuple[AskedQuestion, ...]:
    """Give the questions of a message that the reply admitted not to answer.

    Where the library believes to have something on each of them, the reply has found otherwise: all of them count.
    """
    if reply is None or plan.move is not Move.ANSWER or not admits(reply.text):
        return ()
    lacking = tuple(asked for asked in plan.questions if not asked.findings.is_answered)
    return lacking or plan.questions


def gaps_of(held: Held, turn: Turn, plan: Plan, new_id: Callable[[str], str]) -> tuple[Gap, ...]:
    """Give what this turn could not answer; the visitor's own name is left out of the questions."""
    names = {part for part in (held.conversation.visitor.name or "").split() if len(part) > 1}
    return tuple(
        Gap(
            id=GapId(new_id("gap")),
            conversation_id=held.conversation.id,
            lead_id=held.conversation.lead_id,
            turn_id=turn.id,
            question=_without(names, asked.text)[:LONGEST_QUESTION].strip(),
            language=plan.language,
            at=turn.started_at,
            found=_found(asked, plan),
        )
        for asked in unanswered(plan, turn.reply)
        if asked.text.strip()
    )


async def look_over(gaps: Sequence[Gap], meanings: Meanings, library: Library) -> list[GapGroup]:
    """Group gaps, and ask the library again what each group asks. Raises LibraryUnavailableError."""
    questions = tuple(dict.fromkeys(gap.question for gap in gaps))
    groups = group_gaps(gaps, await meanings.compare(questions))
    return [replace(g, is_answerable=await _has_answer(g.newest, library)) for g in groups]


def group_gaps(gaps: Sequence[Gap], likeness: Likeness) -> list[GapGroup]:
    """Put together what asks the same: the most asked first, then the newest.

    Each gap joins the group whose oldest question it is nearest to, if that is near enough; oldest first, so that
    a further gap never moves the others.
    """
    groups: list[list[Gap]] = []
    for gap in sorted(gaps, key=lambda gap: (gap.at, gap.id)):
        near = [(likeness(gap.question, group[0].question), group) for group in groups]
        alike, nearest = max(near, key=lambda pair: pair[0], default=(-1.0, []))
        if alike >= ALIKE_FROM:
            nearest.append(gap)
        else:
            groups.append([gap])
    made = [GapGroup(tuple(reversed(group))) for group in groups]
    return sorted(made, key=lambda g: (-len(g.gaps), -g.newest.at.timestamp(), g.newest.id))


async def _has_answer(gap: Gap, library: Library) -> bool:
    """Tell whether the library answers now, and not with a fact that did not answer then."""
    findings = await library.find(gap.question)
    known = gap.found.split()
    return findings.is_answered and bool(findings.facts) and findings.facts[0].fact.id not in known


def _found(asked: AskedQuestion, plan: Plan) -> str:
    facts = (*asked.findings.facts, *plan.findings.facts)
    return " ".join(list(dict.fromkeys(str(found.fact.id) for found in facts))[:MOST_FOUND])


def _without(names: Collection[str], text: str) -> str:
    if not names:
        return text
    return re.sub(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})\b", "[name]", text)


@cache
def _own_words() -> tuple[re.Pattern[str], ...]:
    """Give the phrases by which a reply admits a gap; a name may stand in them."""
    said = (phrases(language).texts[key] for language in sorted(languages()) for key in KEYS)
    return tuple(re.compile(re.sub(r"\\{\w+\\}", ".{1,80}?", re.escape(text))) for text in said)
