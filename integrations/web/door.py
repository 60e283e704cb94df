"""The door of the built-in desk: who may come in, as whom, for how long, and how often somebody may try."""

import secrets
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from agent.clock import Clock
from agent.conversation import RepId
from integrations.web.tokens import InvalidTokenError, Seal

SESSION_LASTS = timedelta(hours=12)
INVITE_LASTS = timedelta(hours=24)
MOST_FAILURES = 10
FAILURES_LAST = timedelta(minutes=5)
MOST_STRANGERS = 1_000


class UsedLinks(Protocol):
    """Remembers durably, for all replicas, which sign-in links were used."""

    async def first_time(self, key: str) -> bool:
        """Note the key; true for the first caller ever, false for all others."""
        ...


@dataclass(frozen=True, slots=True)
class DeskPerson:
    """Who is at the desk: a rep who signed in as themselves, or, with None, whoever has the key that all share."""

    rep_id: RepId | None = None


class DeskSessions:
    """Makes and checks the cookie of the built-in desk."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._seal = Seal(secret, "desk", clock)

    def issue(self, person: DeskPerson) -> str:
        """Give the cookie of a new session."""
        return self._seal.close({"sub": "desk", "rep": person.rep_id}, SESSION_LASTS)

    def read(self, cookie: str) -> DeskPerson:
        """Tell who this is; raises InvalidTokenError."""
        return DeskPerson(_rep_in(self._seal.open(cookie)))


class RepInvites:
    """Makes and reads links by which one rep signs in, once, within a day."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._seal = Seal(secret, "desk invite", clock)

    def issue(self, rep_id: RepId) -> str:
        """Give what such a link carries."""
        return self._seal.close({"rep": rep_id, "jti": secrets.token_hex(16)}, INVITE_LASTS)

    async def redeem(self, invite: str, used: UsedLinks) -> DeskPerson:
        """Tell whom it lets in and use it up; raises InvalidTokenError, also when it was used before."""
        claims = self._seal.open(invite)
        rep_id = _rep_in(claims)
        if rep_id is None or not await used.first_time(f"desk invite {claims.get('jti')}"):
            raise InvalidTokenError("This sign-in link has been used.")
        return DeskPerson(rep_id)


class Failures:
    """Counts who tried in vain lately; the longest ago is forgotten first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failed: dict[str, deque[datetime]] = {}

    def note(self, who: str) -> None:
        """Count one more."""
        failed = self._failed.pop(who, deque(maxlen=MOST_FAILURES))
        failed.append(self._clock.now())
        self._failed[who] = failed
        if len(self._failed) > MOST_STRANGERS:
            del self._failed[next(iter(self._failed))]

    def wait(self, who: str) -> timedelta | None:
        """Tell how long they must wait before they try again; None when they need not."""
        failed = self._failed.get(who)
        if failed is None or len(failed) < MOST_FAILURES:
            return None
        left = failed[0] + FAILURES_LAST - self._clock.now()
        return left if left > timedelta() else None


@dataclass(frozen=True, slots=True)
class DeskDoor:
    """All that decides who comes in."""

    sessions: DeskSessions
    invites: RepInvites
    failures: Failures
    used: UsedLinks

    @classmethod
    def make(cls, secret: str, clock: Clock, used: UsedLinks) -> "DeskDoor":
        """Make the door of an installation from the secret that signs for it."""
        sessions, invites = DeskSessions(secret, clock), RepInvites(secret, clock)
        return cls(sessions, invites, Failures(clock), used)


def _rep_in(claims: dict[str, object]) -> RepId | None:
    rep_id = claims.get("rep")
    return RepId(rep_id) if isinstance(rep_id, str) else None
