"""Who is who: which identities are one person's, worked out from what reports showed together.

Identities are nodes, and a report that shows two of them together is a link; a lead is what hangs together. The
result depends on the links alone and not on the order in which they came, so that merging two leads equals
having known it from the start, and taking a link away splits them again.

A browser is no proof that two people are one. Each user id that appears in a browser begins a stretch of it:
what the browser does belongs to the user of that stretch, what it did before the first one to the first.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from agent.lead import ANONYMOUS_ID, EMAIL, USER_ID, Identity

Ends: TypeAlias = tuple[Identity, Identity]

MOST_OF_A_KIND = 5
"""How many user ids, and how many emails, one lead may have: people have a private, a work and an old address
and an account or two; more are a shared mailbox, a test account, or a program that sends a fixed id."""

_SHORTEST_ANONYMOUS_ID = 3
_PLACEHOLDERS = frozenset(
    [
        "null",
        "undefined",
        "none",
        "nil",
        "nan",
        "anonymous",
        "anon",
        "unknown",
        "guest",
        "user",
        "visitor",
        "default",
        "test",
        "example",
        "id",
        "userid",
        "user_id",
        "anonymousid",
        "anonymous_id",
        "n/a",
        "na",
        "true",
        "false",
    ]
)


@dataclass(frozen=True, slots=True)
class Link:
    """Two identities that reports show together, first and last; a browser stands first."""

    one: Identity
    other: Identity
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when on a browser is whose; `since` is None for the first owner, who has its past too."""

    since: datetime | None
    owner: Identity


@dataclass(frozen=True, slots=True)
class Joined:
    """What hangs together, the links that were not followed, and the stretches of each browser that has users."""

    people: tuple[frozenset[Identity], ...]
    refused: frozenset[Ends]
    stretches: Mapping[Identity, tuple[Stretch, ...]]


def pair(one: Identity, other: Identity) -> Ends:
    """Put two identities into the order of a link."""
    is_turned = (other.kind == ANONYMOUS_ID, one) > (one.kind == ANONYMOUS_ID, other)
    return (other, one) if is_turned else (one, other)


def why_unusable(identity: Identity) -> str:
    """Say why a value names nobody in particular; empty when it may."""
    plain = identity.value.strip().lower()
    if not plain:
        return "it is empty"
    if identity.kind == EMAIL:
        return ""
    if plain in _PLACEHOLDERS or not plain.strip("0-{}[]. "):
        return "many share it"
    is_short = identity.kind == ANONYMOUS_ID and len(plain) < _SHORTEST_ANONYMOUS_ID
    return "it is too short to be only one browser's" if is_short else ""


def join(nodes: Iterable[Identity], links: Collection[Link]) -> Joined:
    """Work out who is who among these identities and all links between them."""
    stretches = _stretches(links)
    people = _People(
        {*nodes, *(i for link in links for i in (link.one, link.other))} - {*stretches}
    )
    refused = set()
    for link in sorted(links, key=lambda link: (link.first_at, link.one, link.other)):
        if link.other.kind == USER_ID and link.one in stretches:
            continue
        if not people.join(owner_at(stretches, link.one, link.first_at), link.other):
            refused.add((link.one, link.other))
    for browser, of_browser in stretches.items():
        people.add(browser, of_browser[-1].owner)
    return Joined(people.all(), frozenset(refused), stretches)


def owner_at(
    stretches: Mapping[Identity, tuple[Stretch, ...]], identity: Identity, at: datetime
) -> Identity:
    """Tell whose an identity is at an instant: the user's of a browser, else its own."""
    owner = identity
    for stretch in stretches.get(identity, ()):
        if stretch.since is None or stretch.since <= at:
            owner = stretch.owner
    return owner


def _stretches(links: Iterable[Link]) -> dict[Identity, tuple[Stretch, ...]]:
    claims: dict[Identity, set[tuple[datetime, Identity]]] = defaultdict(set)
    for link in links:
        if link.one.kind == ANONYMOUS_ID and link.other.kind == USER_ID:
            claims[link.one] |= {(link.first_at, link.other), (link.last_at, link.other)}
    return {browser: _in_turn(sorted(theirs)) for browser, theirs in claims.items()}


def _in_turn(claims: list[tuple[datetime, Identity]]) -> tuple[Stretch, ...]:
    turns = [Stretch(None, claims[0][1])]
    for at, owner in claims[1:]:
        if owner != turns[-1].owner:
            turns.append(Stretch(at, owner))
    return tuple(turns)


class _People:
    """Groups of identities that grow together while they are small enough to be one person's."""

    def __init__(self, nodes: Iterable[Identity]) -> None:
        self._group = {node: {node} for node in nodes}

    def join(self, one: Identity, other: Identity) -> bool:
        """Make two groups one; false, and nothing happens, when that would be too many people."""
        mine, theirs = self._group.setdefault(one, {one}), self._group.setdefault(other, {other})
        if mine is theirs:
            return True
        if any(
            _count(mine, kind) + _count(theirs, kind) > MOST_OF_A_KIND for kind in (USER_ID, EMAIL)
        ):
            return False
        mine |= theirs
        for node in theirs:
            self._group[node] = mine
        return True

    def add(self, node: Identity, owner: Identity) -> None:
        """Count a node to its owner's group."""
        group = self._group.setdefault(owner, {owner})
        group.add(node)
        self._group[node] = group

    def all(self) -> tuple[frozenset[Identity], ...]:
        """Give each group once."""
        return tuple(map(frozenset, {id(group): group for group in self._group.values()}.values()))


def _count(group: set[Identity], kind: str) -> int:
    return sum(node.kind == kind for node in group)
