"""What reps do in Slack becomes what reps do at any desk: acknowledge first, then act.

Bolt forgets the tasks it starts; ours are kept, so that what was acknowledged is finished before a stop.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol
from weakref import WeakValueDictionary

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent.conversation import RepId
from agent.errors import HandoffEndedError, HotlineError, NotClaimedByError
from agent.handoff import Handoff, HandoffId, Outcome
from agent.playbook import RepRules
from agent.takeover import Takeover
from integrations.slack import answers, blocks
from integrations.slack.incoming import Press, ThreadReply
from integrations.slack.markup import to_plain
from integrations.slack.people import SlackPeople
from integrations.slack.refusals import CONNECTION_ERRORS, code_of

log = structlog.get_logger()

DELIVERED = "white_check_mark"
ANYTHING = re.compile(".*")

Act = Callable[[HandoffId, RepId], Awaitable[Handoff]]


class SeenEvents(Protocol):
    """Remembers durably, for all replicas, what Slack told us already."""

    async def first_time(self, key: str) -> bool:
        """Note the key; true for the first caller ever, false for all others."""
        ...


class Threads(Protocol):
    """Knows which threads are ours."""

    async def handoff_of(self, channel: str, thread_ts: str) -> HandoffId | None:
        """Find the handoff whose card begins this thread."""
        ...


@dataclass(frozen=True, slots=True)
class DeskActions:
    """What listeners need of the rest of Hotline."""

    takeover: Takeover
    seen: SeenEvents
    threads: Threads


def register(app: AsyncApp, desk_actions: DeskActions) -> "Listeners":
    """Listen to the buttons of cards and to replies in their threads; all else is only acknowledged."""
    listeners = Listeners(
        app.client, desk_actions, SlackPeople(app.client, desk_actions.takeover.playbook)
    )
    for action_id, act in listeners.buttons().items():
        app.action(action_id)(listeners.on_press(act))
    app.event("message")(listeners.on_message)
    for listen in (app.event, app.action, app.shortcut, app.command, app.view, app.options):
        listen(ANYTHING)(_acknowledge)
    app.error(_log_error)
    return listeners


@dataclass(frozen=True, slots=True)
class Listeners:
    """Acts on what Slack sends."""

    client: AsyncWebClient
    actions: DeskActions
    people: SlackPeople
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def buttons(self) -> dict[str, Act]:
        """Give what each button of a card does."""
        takeover = self.actions.takeover
        return {
            blocks.CLAIM: takeover.claim,
            blocks.GIVE_BACK: takeover.give_back,
            blocks.CLOSE: lambda handoff_id, rep_id: takeover.close(handoff_id, rep_id, None),
            blocks.NOT_HOT: lambda handoff_id, rep_id: takeover.close(
                handoff_id, rep_id, Outcome.NOT_HOT
            ),
        }

    def on_press(self, act: Act) -> Callable[..., Awaitable[None]]:
        """Give a Bolt listener for one button."""

        async def pressed(ack: AsyncAck, body: dict[str, Any]) -> None:
            await ack()
            press = Press.read(body)
            self._start(self._press(press, act), press, answers.NOT_NOW)

        return pressed

    async def on_message(self, event: dict[str, Any]) -> None:
        """Listen to messages; Bolt has acknowledged them before."""
        if reply := ThreadReply.read(event):
            self._start(self._in_order(reply), reply, answers.NOT_DELIVERED)

    async def finish(self) -> None:
        """Wait for all that was begun."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _press(self, press: Press, act: Act) -> None:
        if not await self.actions.seen.first_time(press.key):
            return
        if (rep := await self.people.rep(press.user)) is None:
            await self._answer(press, answers.unknown_rep(press.user))
            return
        try:
            handoff = await act(press.handoff_id, rep.id)
            log.info(
                "slack.pressed", handoff_id=handoff.id, rep_id=rep.id, state=handoff.state.value
            )
        except HotlineError as error:
            log.info("slack.press_refused", handoff_id=press.handoff_id, error=type(error).__name__)
            await self._answer(press, answers.refusal(error, self.actions.takeover.playbook))

    async def _in_order(self, reply: ThreadReply) -> None:
        # Two quick replies come as two requests: what was written first is said first.
        async with self._locks.setdefault(f"{reply.channel}:{reply.thread_ts}", asyncio.Lock()):
            await self._reply(reply)

    async def _reply(self, reply: ThreadReply) -> None:
        handoff_id = await self.actions.threads.handoff_of(reply.channel, reply.thread_ts)
        if handoff_id is None or not await self.actions.seen.first_time(_key(reply)):
            return
        rep = await self.people.rep(reply.user)
        if rep is None:
            log.info("slack.note_ignored", handoff_id=handoff_id, because="not a rep")
        elif reply.is_broadcast or not reply.text.strip():
            await self._cannot_pass_on(reply, handoff_id, rep)
        else:
            await self._speak(reply, handoff_id, rep)

    async def _speak(self, reply: ThreadReply, handoff_id: HandoffId, rep: RepRules) -> None:
        words = to_plain(reply.text, self.people.name)
        try:
            await self.actions.takeover.speak(handoff_id, rep.id, words, reply.words_id)
        except (NotClaimedByError, HandoffEndedError) as error:
            await self._hint(reply, error)
        except ValueError as error:
            await self._answer(reply, answers.not_sent(error))
        else:
            log.info("slack.reply_passed_on", handoff_id=handoff_id, rep_id=rep.id)
            await self._confirm(reply)

    async def _cannot_pass_on(
        self, reply: ThreadReply, handoff_id: HandoffId, rep: RepRules
    ) -> None:
        handoff = await self.actions.takeover.handoffs.get(handoff_id)
        if handoff.state.is_active and handoff.claimed_by == rep.id:
            await self._answer(
                reply, answers.NO_BROADCAST if reply.is_broadcast else answers.NO_FILES
            )

    async def _hint(self, reply: ThreadReply, error: NotClaimedByError | HandoffEndedError) -> None:
        """Tell somebody once that their replies stay here, and again when that has another reason."""
        holder = error.claimed_by if isinstance(error, NotClaimedByError) else "ended"
        key = f"hint:{reply.channel}:{reply.thread_ts}:{reply.user}:{holder}"
        if await self.actions.seen.first_time(key):
            await self._answer(reply, answers.not_passed_on(error, self.actions.takeover.playbook))

    async def _answer(self, to: Press | ThreadReply, text: str) -> None:
        thread_ts = to.thread_ts if isinstance(to, ThreadReply) else None
        await _quietly(
            self.client.chat_postEphemeral(
                channel=to.channel, user=to.user, text=text, thread_ts=thread_ts
            )
        )

    async def _confirm(self, reply: ThreadReply) -> None:
        await _quietly(
            self.client.reactions_add(channel=reply.channel, timestamp=reply.ts, name=DELIVERED)
        )
        if reply.has_files:
            await self._answer(reply, answers.NO_FILES)

    def _start(
        self, work: Coroutine[None, None, None], by: Press | ThreadReply, apology: str
    ) -> None:
        task = asyncio.create_task(self._finished(work, by, apology))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _finished(
        self, work: Coroutine[None, None, None], by: Press | ThreadReply, apology: str
    ) -> None:
        """Do the work; whatever goes wrong, the rep is told: Slack has our acknowledgement already."""
        try:
            await work
        except HotlineError as error:
            log.warning("slack.listener_failed", error=type(error).__name__, because=str(error))
            await self._answer(by, apology)
        except Exception as error:
            log.exception("slack.listener_failed", error=type(error).__name__)
            await self._answer(by, apology)


def _key(reply: ThreadReply) -> str:
    return f"{'broadcast' if reply.is_broadcast else 'message'}:{reply.channel}:{reply.ts}"


async def _quietly(call: Awaitable[object]) -> None:
    """Make a call whose failure changes nothing for the visitor."""
    try:
        await call
    except SlackApiError as error:
        log.warning("slack.answer_failed", error=code_of(error))
    except CONNECTION_ERRORS as error:
        log.warning("slack.answer_failed", error=type(error).__name__)


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()


async def _log_error(error: Exception, request: AsyncBoltRequest) -> None:
    log.error(
        "slack.request_failed",
        kind=request.body.get("type"),
        error=type(error).__name__,
        exc_info=error,
    )
