"""What people write in the thread of a card: the claim holder's words go to the visitor, all else stays.

Slack tells again what we did not acknowledge, and nothing else. So words are acknowledged when they are saved, or when
whoever wrote them was told why not: a process that dies in between loses none of them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

import structlog
from slack_bolt.async_app import AsyncApp

from agent.attachments import words_for
from agent.conversation import LONGEST_TEXT, Attachment
from agent.errors import (
    DeskUnavailableError,
    HandoffEndedError,
    HotlineError,
    NotClaimedByError,
    VisitorGoneError,
)
from agent.handoff import HandoffId, must_hold
from agent.team_rules import RepRules
from integrations.slack import answers, delivery_words, marks
from integrations.slack.corrections import Corrections
from integrations.slack.desk_actions import DeskActions
from integrations.slack.errands import Asker, Errands
from integrations.slack.files import Fetched, FilesFromSlack
from integrations.slack.incoming import Correction, Disappearance, ThreadReply
from integrations.slack.known_threads import KnownThreads
from integrations.slack.marks import SlackMarks
from integrations.slack.markup import pieces, to_plain
from integrations.slack.people import SlackPeople
from integrations.slack.spoken import is_note, part_id, without_notes

log = structlog.get_logger()

NO_FILES = Fetched((), [])


@dataclass(frozen=True, slots=True)
class ThreadWords:
    """Acts on messages in threads."""

    errands: Errands
    actions: DeskActions
    people: SlackPeople
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    @property
    def marks(self) -> SlackMarks:
        """Give what puts marks on messages."""
        return SlackMarks(self.errands.client)

    @property
    def threads(self) -> KnownThreads:
        """Give what knows whose thread it is."""
        return KnownThreads(self.errands.client, self.actions.threads)

    @property
    def corrections(self) -> Corrections:
        """Give what acts on edits and deletions."""
        return Corrections(self.errands, self.actions, self.people, self.marks)

    @property
    def files(self) -> FilesFromSlack:
        """Give what fetches files."""
        actions = self.actions
        return FilesFromSlack(self.errands.client, actions.attachments, actions.file_rules)

    def listen(self, app: AsyncApp) -> None:
        """Listen to messages."""
        # Bolt acknowledges an event before its listener runs, and after its middleware.
        app.event("message", middleware=[self.on_message])(_nothing_more)

    async def on_message(self, event: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> None:
        """Act on a message, and let it be acknowledged when nothing of it can be lost any more."""
        if reply := ThreadReply.read(event):
            is_kept = asyncio.Event()
            await self._until(is_kept, self._reply(reply, is_kept), reply, answers.NOT_DELIVERED)
        elif correction := Correction.read(event):
            work = self.corrections.correct(correction)
            await self._begin(work, correction, delivery_words.EDIT_NOT_DELIVERED)
        elif gone := Disappearance.read(event):
            await self._begin(self.corrections.restore(gone), gone, "")
        await next_()

    async def _until(
        self, is_kept: asyncio.Event, work: Coroutine[None, None, None], by: Asker, apology: str
    ) -> None:
        """Begin work and wait until it says that the words are kept, or ends without that.

        Raises DeskUnavailableError, for Slack to tell again, when they are not and nobody could be told so.
        """
        begun = self._begin(work, by, apology)
        begun.add_done_callback(lambda _: is_kept.set())
        await is_kept.wait()
        if begun.done() and not begun.cancelled() and not begun.result():
            raise DeskUnavailableError("Words were not kept, and Slack did not take word of it.")

    def _begin(
        self, work: Coroutine[None, None, None], by: Asker, apology: str
    ) -> "asyncio.Task[bool]":
        return self.errands.begin(self._in_order(work, by), by, apology)

    async def _in_order(self, work: Coroutine[None, None, None], by: Asker) -> None:
        # Two quick replies come as two requests: what was written first is said first.
        async with self._locks.setdefault(f"{by.channel}:{by.thread_ts}", asyncio.Lock()):
            await work

    async def _reply(self, reply: ThreadReply, is_kept: asyncio.Event) -> None:
        """Act on a reply in a thread, and note at its end that this was done: half of it is done again."""
        handoff_id = await self.threads.handoff_of(reply.channel, reply.thread_ts)
        if handoff_id is None or await self.actions.seen.is_known(reply.key):
            return
        await self._heed(reply, handoff_id, is_kept)
        await self.actions.seen.first_time(reply.key)

    async def _heed(
        self, reply: ThreadReply, handoff_id: HandoffId, is_kept: asyncio.Event
    ) -> None:
        rep = await self.people.rep(reply.user)
        if rep is None:
            log.info("slack.note_ignored", handoff_id=handoff_id, because="not a rep")
        elif reply.is_broadcast:
            await self._keep_broadcast(reply, handoff_id, rep)
        else:
            await self._pass_on(reply, handoff_id, rep, is_kept)

    async def _pass_on(
        self, reply: ThreadReply, handoff_id: HandoffId, rep: RepRules, is_kept: asyncio.Event
    ) -> None:
        """Say it to the visitor, if the rep holds the conversation and it is no note."""
        words = to_plain(reply.text, self.people.name)
        try:
            handoff = await self.actions.takeover.handoffs.get(handoff_id)
            must_hold(handoff, rep.id)
            if is_note(words):
                await self._mark(reply, marks.NOTE)
                return
            fetched = NO_FILES
            if reply.files:
                fetched = await self.files.fetch(reply.files, handoff.conversation_id)
            text = without_notes(words) or words_for(fetched.attachments)
            is_whole = await self._speak(reply, handoff_id, rep, text, fetched.attachments)
            is_kept.set()
        except (NotClaimedByError, HandoffEndedError) as error:
            await self._hint(reply, error)
        except VisitorGoneError as error:
            await self.errands.answer(reply, answers.not_sent(error))
        else:
            if is_whole:
                await self._confirm(reply, fetched.kept_back, is_said=bool(text))

    async def _speak(
        self,
        reply: ThreadReply,
        handoff_id: HandoffId,
        rep: RepRules,
        text: str,
        attachments: tuple[Attachment, ...],
    ) -> bool:
        """Say it in as many messages as it needs, files with the last; tells whether all of it was said."""
        parts = list(pieces(text, LONGEST_TEXT))
        for number, part in enumerate(parts):
            files = attachments if number == len(parts) - 1 else ()
            words_id = part_id(reply.words_id, number)
            try:
                await self.actions.takeover.speak(handoff_id, rep.id, part, words_id, files)
            except HotlineError:
                await self._mark(reply, marks.NOT_DELIVERED)
                if not number:
                    raise
                await self.errands.answer(reply, delivery_words.PARTLY_SENT)
                return False
        log.info("slack.reply_passed_on", handoff_id=handoff_id, rep_id=rep.id, parts=len(parts))
        return True

    async def _confirm(self, reply: ThreadReply, kept_back: list[str], *, is_said: bool) -> None:
        await self._mark(reply, marks.DELIVERED if is_said else marks.NOT_DELIVERED)
        if kept_back:
            if is_said:
                await self._mark(reply, marks.NOT_DELIVERED)
            await self.errands.answer(reply, delivery_words.files_kept_back(kept_back))
        elif not is_said:
            await self.errands.answer(reply, delivery_words.NOTHING_TO_SEND)

    async def _keep_broadcast(
        self, reply: ThreadReply, handoff_id: HandoffId, rep: RepRules
    ) -> None:
        handoff = await self.actions.takeover.handoffs.get(handoff_id)
        if handoff.state.is_active and handoff.claimed_by == rep.id:
            await self._mark(reply, marks.NOT_DELIVERED)
            await self.errands.answer(reply, answers.NO_BROADCAST)

    async def _hint(self, reply: ThreadReply, error: NotClaimedByError | HandoffEndedError) -> None:
        """Tell somebody once that their replies stay here, and again when that has another reason."""
        holder = error.claimed_by if isinstance(error, NotClaimedByError) else "ended"
        key = f"hint:{reply.channel}:{reply.thread_ts}:{reply.user}:{holder}"
        if await self.actions.seen.first_time(key):
            await self.errands.answer(
                reply, answers.not_passed_on(error, self.actions.takeover.playbook)
            )

    async def _mark(self, reply: ThreadReply, mark: str) -> None:
        await self.marks.put(reply.channel, reply.ts, mark)


async def _nothing_more() -> None:
    """Do nothing: all was done before the acknowledgement."""
