"""What always holds, whatever visitors, reps, time, crashes and the desk do: looked at after each step and at the end."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from agent.conversation import Author, Holder, Message
from agent.handoff import DeskPost, DeskPostKind, Handoff, HandoffId
from tests.scenarios.world import World

REMINDERS = (
    DeskPostKind.NUDGE,
    DeskPostKind.BACKUP,
    DeskPostKind.ESCALATE,
    DeskPostKind.PAGE,
)


@dataclass(slots=True)
class Observed:
    """What was accepted and must not be lost, what was seen at the last look, and what was found broken."""

    accepted: dict[str, str] = field(default_factory=dict)
    spoken: dict[str, str] = field(default_factory=dict)
    owed_to_reps: list[tuple[HandoffId, str]] = field(default_factory=list)
    passed_on: Counter[HandoffId] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)
    holder: tuple[Holder, HandoffId | None] = (Holder.AGENT, None)
    last_seq: int = 0

    def expects(self, client_id: str, words: str, active: HandoffId | None) -> None:
        """Remember what is about to be accepted, and that reps must read it while they are called."""
        self.accepted[client_id] = words
        if active:
            self.owed_to_reps.append((active, words))

    async def looks(self, world: World) -> None:
        """Look at the conversation between two steps."""
        conversation, messages = await world.conversation(), await world.messages()
        handoffs = await world.handoffs()
        active = [handoff for handoff in handoffs if handoff.state.is_active]
        if len(active) > 1:
            self.found.append("two handoffs are active at once")
        holder = (conversation.holder, active[0].id if active else None)
        new = [m for m in messages if m.seq > self.last_seq and m.author is Author.AGENT]
        if new and holder == self.holder and holder[0] is Holder.REP:
            self.found.append(f"the agent spoke while a rep held: {new[0].text!r}")
        self.holder, self.last_seq = holder, conversation.last_seq

    async def broken(self, world: World) -> list[str]:
        """Give all that does not hold at the end, when nothing is due any more."""
        messages, handoffs = await world.messages(), await world.handoffs()
        checks = (
            self._order(messages),
            self._said_once(messages),
            _answered_once(messages),
            _relayed(world.desk.posts),
            self._reached_reps(world.desk.posts),
            self._reminded_once(world.desk.posts, handoffs),
        )
        broken = [*self.found, *(each for check in checks for each in check)]
        return [*broken, *[each async for each in _waiting(world)]]

    def _order(self, messages: list[Message]) -> Iterator[str]:
        if [m.seq for m in messages] != list(range(1, len(messages) + 1)):
            yield "seq has gaps"
        if [m.text for m in messages if m.author is Author.VISITOR] != list(self.accepted.values()):
            yield "the visitor's words are lost, doubled or out of order"

    def _said_once(self, messages: list[Message]) -> Iterator[str]:
        said = Counter(m.text for m in messages if m.author is Author.REP)
        if said != Counter(self.spoken.values()):
            yield "a rep's words are lost or doubled"

    def _reached_reps(self, posts: list[DeskPost]) -> Iterator[str]:
        shown = Counter(
            (p.handoff.id, p.message.text)
            for p in posts
            if p.message and p.message.author is Author.VISITOR
        )
        if missing := Counter(self.owed_to_reps) - shown:
            yield f"reps never read {missing}"

    def _reminded_once(self, posts: list[DeskPost], handoffs: list[Handoff]) -> Iterator[str]:
        """Each reminder comes once, and once more for whoever it is passed on to."""
        times = Counter((post.handoff.id, post.kind) for post in posts)
        for (handoff_id, kind), count in times.items():
            most = 1 + (self.passed_on[handoff_id] if kind in REMINDERS else 0)
            if kind in (DeskPostKind.CARD, *REMINDERS) and count > most:
                yield f"{handoff_id} was posted as {kind.value} {count} times"
        for handoff in handoffs:
            if not times[handoff.id, DeskPostKind.CARD]:
                yield f"{handoff.id} has no card"


def _answered_once(messages: list[Message]) -> Iterator[str]:
    answers = Counter(each for m in messages if m.author is Author.AGENT for each in m.in_reply_to)
    if any(times > 1 for times in answers.values()):
        yield "a message was answered twice"


def _relayed(posts: list[DeskPost]) -> Iterator[str]:
    """In the thread of a card all stands once and in order, after the card."""
    threads: dict[HandoffId, list[DeskPost]] = {}
    for post in posts:
        threads.setdefault(post.handoff.id, []).append(post)
    for thread in threads.values():
        seqs = [post.message.seq for post in thread if post.message]
        if seqs != sorted(set(seqs)):
            yield f"words reached the desk doubled or out of order: {seqs}"
        if thread[0].kind is not DeskPostKind.CARD:
            yield "something came to the desk before its card"


async def _waiting(world: World) -> AsyncIterator[str]:
    conversation = await world.conversation()
    if conversation.holder is not Holder.AGENT:
        return
    async with world.stores.conversations.hold(world.id) as held:
        if held is None:
            yield "somebody still holds the conversation"
        elif held.unanswered:
            yield f"nobody answered {held.unanswered[0].text!r}"
