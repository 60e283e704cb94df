"""Handoffs in memory; they pass the same contract as those in SQL."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from agent.conversation import (
    Author,
    Conversation,
    ConversationId,
    Held,
    Holder,
    Message,
    RepId,
)
from agent.errors import ConversationClosedError, HandoffEndedError, UnknownHandoffError
from agent.feedback import Feedback
from agent.handoff import (
    ANYBODYS,
    ATTEMPT,
    SILENTLY,
    Change,
    DeskPost,
    DeskPostId,
    DeskPostKind,
    Handoff,
    HandoffId,
    HandoffState,
    Joining,
    LogEntry,
    Whose,
)
from agent.outcome import Closing
from tests.fakes.memory_store import MemoryStore, Post, Talk


class MemoryHandoffs:
    """Handoffs in a dictionary."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store

    async def open(self, held: Held, handoff: Handoff, joining: Joining = SILENTLY) -> Handoff:
        """Record a new handoff and its card, or join the lead's."""
        if active := await self.join(held, joining):
            return active
        talk = self.store.talk(held.conversation.id)
        talk.conversation = replace(talk.conversation, handoff_id=handoff.id)
        self.store.handoffs[handoff.id] = replace(handoff, lead_id=talk.conversation.lead_id)
        talk.look_again(self.store.clock.now())
        self.store.post(handoff.id, DeskPostKind.CARD, handoff.reason)
        for message in talk.messages:
            if message.attachments:
                self.store.post(handoff.id, DeskPostKind.RELAY, message.text, message)
        self._log(handoff.id, "opened")
        return self.store.handoffs[handoff.id]

    async def get(self, handoff_id: HandoffId) -> Handoff:
        """Get one."""
        if handoff_id not in self.store.handoffs:
            raise UnknownHandoffError(handoff_id)
        return self.store.handoffs[handoff_id]

    async def join(self, held: Held, joining: Joining = SILENTLY) -> Handoff | None:
        """Bring a conversation under the lead's active handoff."""
        talk = self.store.talk(held.conversation.id)
        talk.must_be_current(held)
        handoff = self.store.latest(held.conversation.id)
        if handoff is None or not handoff.state.is_active:
            return None
        if talk.conversation.handoff_id != handoff.id:
            self._join(talk, handoff, joining)
        return handoff

    async def served(self, handoff_id: HandoffId) -> list[Conversation]:
        """Give the conversations that a handoff serves."""
        return [talk.conversation for talk in self.store.served(await self.get(handoff_id))]

    async def active(self, conversation_id: ConversationId) -> Handoff | None:
        """Find the open or claimed handoff."""
        return self.store.active(conversation_id)

    async def latest(self, conversation_id: ConversationId) -> Handoff | None:
        """Find the handoff that counts for whoever writes there."""
        return self.store.latest(conversation_id)

    async def find(
        self,
        state: HandoffState | None,
        limit: int,
        before: HandoffId | None,
        whose: Whose = ANYBODYS,
    ) -> list[Handoff]:
        """Find handoffs, newest first."""
        newest = list(reversed(self.store.handoffs.values()))
        if before is not None:
            newest = newest[newest.index(await self.get(before)) + 1 :]
        return [h for h in newest if state in (None, h.state) and _is_of(h, whose)][:limit]

    async def change(
        self, handoff_id: HandoffId, transition: Callable[[Handoff], Handoff], change: Change
    ) -> Handoff:
        """Apply a transition and what goes with it."""
        before = await self.get(handoff_id)
        talks = self.store.served(before)
        if any((Author.REP, change.rep_words_id) in talk.said for talk in talks):
            return before
        after = transition(before)
        _must_be_heard(talks, change)
        self._must_be_the_latest(before, after)
        self.store.handoffs[handoff_id] = after
        if after != before or change.rep_words is not None:
            self._log(handoff_id, change.because, change.rep_id)
        if after != before and change.closing is not None:
            self._keep_closing(before, change.closing, change)
        if after == before and change.rep_words is None:
            posts = tuple(kind for kind in change.posts if kind is not DeskPostKind.UPDATE)
            change = replace(change, announcement=None, posts=posts)
        if before.state.is_active or after.state.is_active:
            for talk in talks:
                self._pass_on(talk, after)
        said = self._say(talks, change)
        talks[0].look_again(self.store.clock.now())
        for kind in change.posts:
            self.store.post(handoff_id, kind, change.told or change.because, said)
        return after

    async def note(self, handoff_id: HandoffId, rep_id: RepId, because: str) -> None:
        """Add a line to the log, once."""
        await self.get(handoff_id)
        noted = {(of, entry.rep_id, entry.because) for of, entry in self.store.log}
        if (handoff_id, rep_id, because) not in noted:
            self._log(handoff_id, because, rep_id)

    async def log(self, handoff_id: HandoffId) -> list[LogEntry]:
        """Give the log, oldest first."""
        await self.get(handoff_id)
        return [entry for of, entry in self.store.log if of == handoff_id]

    async def since(self, at: datetime) -> list[Feedback]:
        """Give what reps said from then on."""
        return [each for each in self.store.feedback if each.at >= at]

    async def of_handoff(self, handoff_id: HandoffId) -> list[Feedback]:
        """Give what was said of one handoff."""
        return [each for each in self.store.feedback if each.handoff_id == handoff_id]

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

    async def mark_attempted(self, post_id: DeskPostId, now: datetime) -> int | None:
        """Note an attempt."""
        post = self._post(post_id)
        if post.is_finished or post.due_at > now:
            return None
        before, post.attempts = post.attempts, post.attempts + 1
        post.is_attempted, post.due_at = True, now + ATTEMPT
        return before

    async def mark_posted(self, post_id: DeskPostId, reference: str, now: datetime) -> None:
        """Note that it is there."""
        post = self._post(post_id)
        post.reference, post.is_finished = reference, True

    async def mark_all_posted(
        self, conversation_id: ConversationId, references: Mapping[DeskPostId, str], now: datetime
    ) -> None:
        """Note that they are there."""
        for post_id, reference in references.items():
            await self.mark_posted(post_id, reference, now)

    async def postpone(self, post_id: DeskPostId, until: datetime, because: str) -> None:
        """Try again later."""
        self._post(post_id).due_at = until

    async def give_up(self, post_id: DeskPostId, because: str) -> None:
        """Never try again."""
        self._post(post_id).is_finished = True

    def _log(self, handoff_id: HandoffId, because: str, rep_id: RepId | None = None) -> None:
        state = self.store.handoffs[handoff_id].state
        entry = LogEntry(self.store.clock.now(), state, rep_id, because)
        self.store.log.append((handoff_id, entry))

    def _must_be_the_latest(self, before: Handoff, after: Handoff) -> None:
        newest = [h for h in self.store.handoffs.values() if h.lead_id == before.lead_id][-1]
        if after.state.is_active and not before.state.is_active and newest.id != before.id:
            raise HandoffEndedError("A newer handoff of this lead stands in its place.")

    def _keep_closing(self, handoff: Handoff, closing: Closing, change: Change) -> None:
        turns = self.store.talk(handoff.conversation_id).turns
        opened = [t for t in turns if t.handoff is not None and t.handoff.id == handoff.id]
        turn = opened[0] if opened and opened[0].started_at <= handoff.opened_at else None
        score = turn.score if turn else handoff.briefing.score
        self.store.feedback.append(
            Feedback(
                handoff_id=handoff.id,
                lead_id=handoff.lead_id,
                turn_id=turn.id if turn else None,
                rep_id=change.rep_id or RepId(""),
                outcome=closing.outcome,
                value=closing.value,
                reason=closing.reason,
                note=closing.note,
                at=self.store.clock.now(),
                decision=turn.decision if turn else handoff.reason,
                score=score.total,
                temperature=turn.score.temperature if turn else handoff.temperature,
                playbook_version=turn.playbook_version if turn else change.playbook_version,
            )
        )

    def _join(self, talk: Talk, handoff: Handoff, joining: Joining) -> None:
        talk.conversation = replace(talk.conversation, handoff_id=handoff.id)
        said = list(talk.messages[-10:])
        if any(message.author is Author.VISITOR for message in said):
            if joining.note:
                self.store.post(handoff.id, DeskPostKind.NOTE, joining.note)
            for message in said:
                self.store.post(handoff.id, DeskPostKind.RELAY, message.text, message)
        greeting = joining.greeting(handoff.claimed_by) if handoff.claimed_by else None
        if self._pass_on(talk, handoff) and greeting is not None:
            self.store.say(talk, Author.SYSTEM, "", greeting)

    def _pass_on(self, talk: Talk, handoff: Handoff) -> bool:
        is_claimed = handoff.state is HandoffState.CLAIMED
        holder = (Holder.REP, handoff.claimed_by) if is_claimed else (Holder.AGENT, None)
        if holder == (talk.conversation.holder, talk.conversation.rep_id):
            return False
        talk.conversation = replace(talk.conversation, holder=holder[0], rep_id=holder[1])
        talk.raise_epoch()
        if not is_claimed and talk.unanswered:
            talk.words_due_at = self.store.clock.now()
        return True

    def _say(self, talks: list[Talk], change: Change) -> Message | None:
        said = None
        if change.announcement is not None:
            for talk in _open(talks):
                said = self.store.say(talk, Author.SYSTEM, "", change.announcement)
        if change.rep_words is not None:
            last = _written_last(_open(talks))
            said = self.store.say(
                last,
                Author.REP,
                change.rep_name,
                change.rep_words,
                change.rep_words_id,
                change.rep_attachments,
            )
            for talk in talks:
                talk.answered_seq, talk.words_due_at = talk.conversation.last_seq, None
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
            if p.handoff_id == post.handoff_id and p.kind is DeskPostKind.CARD and p.reference
        )
        thread = next((card.reference for card in reversed(list(cards))), None)
        is_in_doubt = post.attempts > 0
        return DeskPost(
            post.id, post.kind, handoff, post.message, post.text, thread, is_in_doubt, post.attempts
        )


def _open(talks: list[Talk]) -> list[Talk]:
    return [talk for talk in talks if talk.conversation.ended_at is None]


def _must_be_heard(talks: list[Talk], change: Change) -> None:
    if change.rep_words is not None:
        _written_last(_open(talks))


def _written_last(talks: list[Talk]) -> Talk:
    if not talks:
        raise ConversationClosedError("Every conversation has ended.")

    def last_words(talk: Talk) -> tuple[datetime, str]:
        theirs = [(m.created_at, m.id) for m in talk.messages if m.author is Author.VISITOR]
        return max(theirs, default=(datetime.min.replace(tzinfo=UTC), ""))

    return max(talks, key=last_words)


def _is_of(handoff: Handoff, whose: Whose) -> bool:
    is_theirs = handoff.claimed_by == whose.rep or (
        handoff.claimed_by is None and whose.rep in handoff.routed_to
    )
    return whose.team in (None, handoff.team) and (whose.rep is None or is_theirs)
