"""A scenario as it was played: what was shown, what was found for it, and what a reply may rest on."""

from dataclasses import dataclass

from integrations.evaluation.replies.scenarios import AskedTurn, Scenario


@dataclass(frozen=True, slots=True)
class Looked:
    """One question of a message and the files that were found for it, best first; a fact may stand in several."""

    question: str
    files: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class PlayedTurn:
    """One message and what the visitor was shown; `milliseconds` until its first sentence, None without a reply.

    `facts` are the found facts' titles, texts and links, also those of earlier turns; `known` is what the playbook
    says, the hour, and the visitor's own words; `quoted` are sentences that stand in a fact word for word.
    `unproven` are titles of acts that must not be said aloud.
    """

    asked: AskedTurn
    shown: str
    language: str
    writer: str = ""
    looked: tuple[Looked, ...] = ()
    facts: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    visitor: tuple[str, ...] = ()
    quoted: tuple[str, ...] = ()
    unsayable: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()
    held_back: tuple[str, ...] = ()
    milliseconds: float | None = None


@dataclass(frozen=True, slots=True)
class Played:
    """A scenario with all its turns."""

    scenario: Scenario
    turns: tuple[PlayedTurn, ...]
