"""Handoffs in memory; they pass the same contract as those in SQL."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from agent.conversation import Author, ConversationId, Held, Holder, Message
from agent.errors import UnknownHandoffError
from agent.handoff import (
    Change,
    DeskPost,
    DeskPostId,
    DeskPostKind,
    Handoff,
    HandoffId,
    HandoffState,
)
from tests.fakes.memory_store import MemoryStore, Post, Talk


class MemoryHandoffs:
    """Handoffs in a dictionary."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store

    async def open(self, held: Held, handoff: Handoff) -> Handoff:
        """Record a new handoff and its card."""
        talk = self.store.talk(held.conversation.id)
        talk.must_be_current(held)
        if active := self.store.active(held.conversation.id):
            return active
        self.store.handoffs[handoff.id] = replace(handoff, lead_id=talk.conversation.lead_id)
        self.store.post(handoff.id, DeskPostKind.CARD, handoff.reason)
        return self.store.handoffs[handoff.id]

    async def get(self, handoff_id: HandoffId) -> Handoff:
        """Get one."""
        if handoff_id not in self.store.handoffs:
            raise UnknownHandoffError(handoff_id)
        return self.store.handoffs[handoff_id]

    async def active(self, conversation_id: ConversationId) -> Handoff | None:
        """Find the open or claimed handoff."""
        return self.store.active(conversation_id)

    async def latest(self, conversation_id: ConversationId) -> Handoff | None:
        """Find the newest handoff, ended or not."""
        ours = [h for h in self.store.handoffs.values() if h.conversation_id == conversation_id]
        return ours[-1] if ours else None

    async def find(
        self, state: HandoffState | None, limit: int, before: HandoffId | None
    ) -> list[Handoff]:
        """Find handoffs, newest first."""
        newest = list(reversed(self.store.handoffs.values()))
        if before is not None:
            newest = newest[newest.index(await self.get(before)) + 1 :]
        return [h for h in newest if state in (None, h.state)][:limit]

    async def change(
        self, handoff_id: HandoffId, transition: Callable[[Handoff], Handoff], change: Change
    ) -> Handoff:
        """Apply a transition and what goes with it."""
        before = await self.get(handoff_id)
        talk = self.store.talk(before.conversation_id)
        if (Author.REP, change.rep_words_id) in talk.said:
            return before
        after = self.store.handoffs[handoff_id] = transition(before)
        if after == before and change.rep_words is None:
            posts = tuple(kind for kind in change.posts if kind is not DeskPostKind.UPDATE)
            change = replace(change, announcement=None, posts=posts)
        if before.state.is_active:
            self._pass_on(talk, after)
        said = self._say(talk, change)
        for kind in change.posts:
            text = said.text if said and kind is DeskPostKind.RELAY else change.because
            self.store.post(handoff_id, kind, text, said)
        return after

    async def due_posts(self, conversation_id: ConversationId, now: datetime) -> list[DeskPost]:
        """Find what is due at the desk, in order."""
        due: list[Post] = []
        waiting = set()
        for post in self.store.unfinished(conversation_id):
            if post.due_at > now:
                waiting.add(post.handoff_id)
            if post.handoff_id not in waiting:
                due.append(post)
        return [self._desk_post(post) for post in due]

    async def mark_attempted(self, post_id: DeskPostId, now: datetime) -> None:
        """Note an attempt."""
        post = self._post(post_id)
        post.attempts, post.is_attempted = post.attempts + 1, True

    async def mark_posted(self, post_id: DeskPostId, reference: str, now: datetime) -> None:
        """Note that it is there."""
        post = self._post(post_id)
        post.reference, post.is_finished = reference, True

    async def postpone(self, post_id: DeskPostId, until: datetime, because: str) -> None:
        """Try again later."""
        self._post(post_id).due_at = until

    async def give_up(self, post_id: DeskPostId, because: str) -> None:
        """Never try again."""
        self._post(post_id).is_finished = True

    def _pass_on(self, talk: Talk, handoff: Handoff) -> None:
        is_claimed = handoff.state is HandoffState.CLAIMED
        holder = (Holder.REP, handoff.claimed_by) if is_claimed else (Holder.AGENT, None)
        if holder == (talk.conversation.holder, talk.conversation.rep_id):
            return
        talk.conversation = replace(talk.conversation, holder=holder[0], rep_id=holder[1])
        talk.raise_epoch()
        if not is_claimed and talk.unanswered:
            talk.words_due_at = self.store.clock.now()

    def _say(self, talk: Talk, change: Change) -> Message | None:
        said = None
        if change.announcement is not None:
            said = self.store.say(talk, Author.SYSTEM, "", change.announcement)
        if change.rep_words is not None:
            said = self.store.say(
                talk, Author.REP, change.rep_name, change.rep_words, change.rep_words_id
            )
            talk.answered_seq, talk.words_due_at = said.seq, None
        return said

    def _post(self, post_id: DeskPostId) -> Post:
        for post in self.store.posts:
            if post.id == post_id:
                return post
        raise UnknownHandoffError(post_id)

    def _desk_post(self, post: Post) -> DeskPost:
        handoff = self.store.handoffs[post.handoff_id]
        cards = (
            p
            for p in self.store.posts
            if p.handoff_id == post.handoff_id and p.kind is DeskPostKind.CARD
        )
        thread = next((card.reference for card in cards), None)
        is_in_doubt = post.attempts > 0
        return DeskPost(
            post.id, post.kind, handoff, post.message, post.text, thread, is_in_doubt, post.attempts
        )
