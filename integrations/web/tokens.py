"""What visitors and reps carry instead of a password: signed, expiring, and good for one thing."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial

import jwt

from agent.clock import Clock
from agent.conversation import Conversation, ConversationId
from agent.errors import HotlineError
from agent.lead import LeadId

VISITOR_TOKEN_LASTS = timedelta(days=30)
FOLDER_PASS_LASTS = timedelta(minutes=1)
MOST_CONVERSATIONS = 20
MOST_REMEMBERED = 2_000


class InvalidTokenError(HotlineError):
    """The token is not ours, was changed, or has expired."""


@dataclass(frozen=True, slots=True)
class VisitorClaims:
    """Who the token names, and the conversations it has opened, oldest first."""

    anonymous_id: str
    lead_id: LeadId
    is_proven: bool
    conversation_ids: tuple[ConversationId, ...]

    def opens(self, conversation: Conversation) -> bool:
        """Tell whether this conversation is the visitor's own.

        Knowing an anonymous id opens nothing: either this token saw the conversation begin, or both
        were begun by the same proven person.
        """
        if conversation.id in self.conversation_ids:
            return True
        both_proven = self.is_proven and conversation.visitor.is_proven
        return both_proven and conversation.lead_id == self.lead_id


class VisitorTokens:
    """Makes and reads visitor tokens."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._seal = Seal(secret, "visitor", clock)

    def issue(self, conversation: Conversation, earlier: VisitorClaims | None = None) -> str:
        """Give a token that opens this conversation and those the earlier token opened."""
        before = earlier.conversation_ids if earlier else ()
        ids = (*(known for known in before if known != conversation.id), conversation.id)
        claims = {
            "sub": conversation.visitor.anonymous_id,
            "lead": conversation.lead_id,
            "proven": conversation.visitor.is_proven,
            "talks": list(ids[-MOST_CONVERSATIONS:]),
        }
        return self._seal.close(claims, VISITOR_TOKEN_LASTS)

    def read(self, token: str) -> VisitorClaims:
        """Give what a token says; raises InvalidTokenError."""
        claims = self._seal.open(token)
        talks = claims.get("talks")
        return VisitorClaims(
            anonymous_id=str(claims.get("sub", "")),
            lead_id=LeadId(str(claims.get("lead", ""))),
            is_proven=claims.get("proven") is True,
            conversation_ids=tuple(map(ConversationId, talks)) if isinstance(talks, list) else (),
        )


class FolderPasses:
    """Proves for a minute that somebody can read the data folder's secret, so that they own what is in there."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._seal = Seal(secret, "folder", clock)

    def issue(self) -> str:
        """Give a pass."""
        return self._seal.close({"sub": "folder"}, FOLDER_PASS_LASTS)

    def is_valid(self, folder_pass: str) -> bool:
        """Tell whether a pass is of this folder and still holds."""
        try:
            self._seal.open(folder_pass)
        except InvalidTokenError:
            return False
        return True


class Seal:
    """Signs claims for one purpose; the clock is ours, so that tests can move it."""

    def __init__(self, secret: str, purpose: str, clock: Clock) -> None:
        self._key = hashlib.sha256(f"hotline {purpose} {secret}".encode()).digest()
        self._purpose = purpose
        self._clock = clock
        # A signature that held will always hold; the expiry is looked at again each time.
        check = partial(signed_claims, key=self._key, audience=purpose)
        self._signed = lru_cache(MOST_REMEMBERED)(check)

    def close(self, claims: dict[str, object], lasts: timedelta) -> str:
        """Give the claims signed, good for so long."""
        expires = int((self._clock.now() + lasts).timestamp())
        sealed = {**claims, "aud": self._purpose, "exp": expires}
        return jwt.encode(sealed, self._key, algorithm="HS256")

    def open(self, token: str) -> dict[str, object]:
        """Give the claims of a token of this purpose; raises InvalidTokenError."""
        claims = self._signed(token)
        if _expires_at(claims) <= self._clock.now():
            raise InvalidTokenError("This token has expired; start the conversation again.")
        return claims


def signed_claims(token: str, key: bytes, audience: str | None = None) -> dict[str, object]:
    """Give the claims of a JWT (HS256) whose signature holds; its expiry is left to the caller."""
    options = jwt.types.Options(
        verify_exp=False,
        verify_nbf=False,
        verify_iat=False,
        verify_aud=audience is not None,
        require=["exp"],
    )
    try:
        claims: dict[str, object] = jwt.decode(
            token, key, algorithms=["HS256"], audience=audience, options=options
        )
    except (jwt.PyJWTError, ValueError) as error:
        raise InvalidTokenError("This token is not valid here.") from error
    return claims


def is_over(claims: dict[str, object], now: datetime) -> bool:
    """Tell whether the claims have expired."""
    return _expires_at(claims) <= now


def _expires_at(claims: dict[str, object]) -> datetime:
    expires = claims["exp"]
    if not isinstance(expires, int | float):
        raise InvalidTokenError("This token does not say when it expires.")
    try:
        return datetime.fromtimestamp(expires, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidTokenError("This token expires at no possible date.") from error
