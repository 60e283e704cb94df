"""Whether a visitor is who they say: a keyed hash or a signed token made by the customer's own server."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from agent.errors import HotlineError
from agent.lead import Visitor
from integrations.web.tokens import InvalidTokenError, is_over, signed_claims


class UnprovenIdentityError(HotlineError):
    """Somebody claims an identity without a proof, or with a wrong one."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says they are, with whatever they bring to prove it."""

    anonymous_id: str
    user_id: str | None
    email: str | None
    name: str | None
    traits: Mapping[str, str]
    user_hash: str | None = None
    user_jwt: str | None = None


@dataclass(frozen=True, slots=True)
class IdentityRules:
    """The secret shared with the customer's server, and whether proofs are compulsory."""

    secret: str | None
    enforces: bool


def identify(claim: Claim, rules: IdentityRules, now: datetime) -> Visitor:
    """Give the visitor; raises UnprovenIdentityError for a wrong proof, or a missing one that is compulsory."""
    visitor = Visitor(
        anonymous_id=claim.anonymous_id,
        user_id=claim.user_id,
        email=claim.email,
        name=claim.name,
        traits=claim.traits,
    )
    if rules.secret is not None and claim.user_jwt:
        return _by_token(visitor, claim.user_jwt, rules.secret, now)
    if rules.secret is not None and claim.user_hash:
        return _by_hash(visitor, claim.user_hash, rules.secret)
    if rules.enforces and (claim.user_id or claim.email):
        raise UnprovenIdentityError(
            "This site accepts user_id and email only with proof: send user_hash, the hex HMAC-SHA256 of "
            "user_id (or of email when there is no user_id) under the identity secret, or a signed user_jwt."
        )
    return visitor


def hash_identity(secret: str, identity: str) -> str:
    """Give the hash that the customer's server must send."""
    return hmac.new(secret.encode(), identity.encode(), hashlib.sha256).hexdigest()


def _by_hash(visitor: Visitor, user_hash: str, secret: str) -> Visitor:
    identity = visitor.user_id or visitor.email
    expected = hash_identity(secret, identity or "")
    if identity is None or not hmac.compare_digest(expected.encode(), user_hash.lower().encode()):
        raise UnprovenIdentityError(
            "user_hash does not match: it must be the hex HMAC-SHA256 of user_id (or of email when there "
            "is no user_id) under the identity secret, made on your server."
        )
    if visitor.user_id is None:
        return replace(visitor, is_proven=True)
    return replace(_with_email_as_trait(visitor), is_proven=True)


def _by_token(visitor: Visitor, user_jwt: str, secret: str, now: datetime) -> Visitor:
    try:
        claims = signed_claims(user_jwt, secret.encode())
        has_expired = is_over(claims, now)
    except InvalidTokenError as error:
        raise UnprovenIdentityError(_WRONG_PROOF) from error
    user_id, email = _text(claims.get("user_id") or claims.get("sub")), _text(claims.get("email"))
    if has_expired or not (user_id or email):
        raise UnprovenIdentityError(_WRONG_PROOF)
    name = _text(claims.get("name")) or visitor.name
    rest = visitor if email else _with_email_as_trait(visitor)
    return replace(rest, user_id=user_id, email=email, name=name, is_proven=True)


_WRONG_PROOF = (
    "user_jwt is not valid: sign it with HS256 and the identity secret on your server, name user_id or email "
    "in it, and let it expire (exp) in the future."
)


def _with_email_as_trait(visitor: Visitor) -> Visitor:
    """Keep an address that the proof does not cover, where it unlocks nobody's record."""
    if visitor.email is None:
        return visitor
    return replace(visitor, email=None, traits={**visitor.traits, "email": visitor.email})


def _text(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value[:200] if isinstance(value, str) and value.isprintable() and value else None
