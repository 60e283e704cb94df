"""What other systems report of people: who they are, what they did, whom they work for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from agent.joining import why_unusable
from agent.lead import ANONYMOUS_ID, EMAIL, USER_ID, Identity
from agent.profile import is_email, normal_email

_LONGEST_EXAMPLE = 80


class CallKind(StrEnum):
    """The calls of the Segment tracking specification (https://segment.com/docs/connections/spec/)."""

    IDENTIFY = "identify"
    TRACK = "track"
    PAGE = "page"
    SCREEN = "screen"
    GROUP = "group"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True)
class TrackingCall:
    """One report, checked: it has an id, somebody it is about, and an instant that can be.

    `id` is the sender's own, by which the same report is known again. `at` is when it happened, corrected
    for the sender's clock. `previous_id` belongs to `alias`, `group_id` to `group`; `traits` describe the
    person (`identify`) or the company (`group`), nested ones with dots (`company.name`).
    """

    id: str
    kind: CallKind
    at: datetime
    received_at: datetime
    user_id: str = ""
    anonymous_id: str = ""
    previous_id: str = ""
    group_id: str = ""
    name: str = ""
    title: str = ""
    url: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    traits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something in a report that was not done: why, in words that fit all of its kind, and what it was about."""

    because: str
    example: str

    def __str__(self) -> str:
        """Say it in a sentence."""
        return f"{self.because}: {self.example!r}."


@dataclass(frozen=True, slots=True)
class RefusalTally:
    """What was not done with reports, how often of late, when last, and the last example."""

    because: str
    count: int
    last_at: datetime
    example: str


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a report is about: identities that may be theirs, strongest first, and what cannot be one."""

    identities: tuple[Identity, ...]
    refused: tuple[Refusal, ...]


def named(call: TrackingCall) -> Named:
    """Find whom a report is about, leaving out values that name nobody in particular.

    What `alias` calls the previous id may be a user id or a browser's, and the report does not say which.
    """
    said = [(USER_ID, call.user_id)]
    if call.kind is CallKind.IDENTIFY:
        said.append((EMAIL, normal_email(call.traits.get("email", ""))))
    if call.kind is CallKind.ALIAS:
        said += [(USER_ID, call.previous_id), (ANONYMOUS_ID, call.previous_id)]
    said.append((ANONYMOUS_ID, call.anonymous_id))
    identities = [Identity(kind, value.strip()) for kind, value in said if value.strip()]
    refused = {i: because for i in identities if (because := _why_refused(i))}
    kept = tuple(dict.fromkeys(i for i in identities if i not in refused))
    if call.kind is CallKind.ALIAS and not (call.user_id.strip() and call.previous_id.strip()):
        return Named((), (Refusal("An alias needs a previous id and a user id", call.id),))
    examples = tuple(Refusal(why, i.value[:_LONGEST_EXAMPLE]) for i, why in refused.items())
    if not identities:
        return Named((), (Refusal("A report must say whom it is about", call.id),))
    return Named(kept, examples)


def _why_refused(identity: Identity) -> str:
    name = identity.kind.replace("_", " ")
    if identity.kind == EMAIL and not is_email(identity.value):
        return "This email is no address and was not taken as an identity"
    because = why_unusable(identity)
    return f"This {name} was not taken as an identity, because {because}" if because else ""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of a batch: how many were new, how many known already, and what was not done and why."""

    new: int = 0
    known: int = 0
    refused: tuple[str, ...] = ()


class Tracking(Protocol):
    """Where reports are kept."""

    async def take_in(self, calls: Sequence[TrackingCall]) -> TakenIn:
        """Keep these, in any order and any number of times; they are on disk when this returns.

        Raises StoreUnavailableError, and keeps nothing of the batch then.
        """
        ...
