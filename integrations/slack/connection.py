"""The connection to Slack: one client, one Bolt app, served over HTTP or through Socket Mode.

Nothing here needs Slack to be up at the start: no call is made before the first post or event.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog
from fastapi import APIRouter, Request, Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from agent.attachments import Attachments
from agent.clock import Clock
from agent.duty import Duty
from agent.handoff import DeskPost, DeskPostKind, RepDesk
from agent.playbook import Playbook
from integrations.slack.admin_notes import AdminNotes
from integrations.slack.calling import Calling
from integrations.slack.desk import SlackRepDesk
from integrations.slack.desk_actions import DeskActions, SeenEvents
from integrations.slack.doctor import Checkup, examine
from integrations.slack.erasing import SlackEraser
from integrations.slack.files import FilesToSlack
from integrations.slack.listeners import Listeners, register
from integrations.slack.manifest import EVENTS_PATH
from integrations.slack.members import SlackMembers
from integrations.slack.notices import Cards, SlackNoticeDesk
from integrations.slack.presence import SlackPresence
from integrations.slack.refusals import CONNECTION_ERRORS, code_of, mending

log = structlog.get_logger()

TIMEOUT = 10
FIRST_RETRY, LONGEST_RETRY = 1.0, 60.0


@dataclass(frozen=True, slots=True)
class SlackCredentials:
    """What Slack gave us; without an app token events come over HTTP."""

    bot_token: str = field(repr=False)
    signing_secret: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class FollowedDesk:
    """A desk that says when a card was shown or changed."""

    desk: RepDesk
    on_change: Callable[[], None]

    async def deliver(self, post: DeskPost) -> str:
        """Show one post and give its reference; see RepDesk."""
        reference = await self.desk.deliver(post)
        if post.kind in (DeskPostKind.CARD, DeskPostKind.UPDATE):
            self.on_change()
        return reference


class SlackConnection:
    """Holds the client and the Bolt app of one workspace; `channel` is where cards go."""

    def __init__(
        self,
        credentials: SlackCredentials,
        channel: str,
        api_url: str = "",
        *,
        timeout: int = TIMEOUT,
    ) -> None:
        self._credentials = credentials
        self._channel = channel
        self.client = _client(credentials.bot_token, api_url, timeout)
        self.app = _app(self.client, credentials)
        self._listeners: Listeners | None = None
        self._socket: AsyncSocketModeHandler | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._members: SlackMembers | None = None

    def desk(
        self,
        playbook: Playbook,
        calling: Calling | None = None,
        attachments: Attachments | None = None,
    ) -> RepDesk:
        """Give the rep desk in this workspace; `calling` knows whom a card is to mention.

        Without `attachments` the files of messages are not shown.
        What it shows of handoffs brings home tabs up to date, too.
        """
        files = FilesToSlack(self.client, attachments) if attachments else None
        desk = SlackRepDesk(self.client, self._channel, playbook, calling, files)
        return FollowedDesk(desk, self._note_change)

    def eraser(self) -> SlackEraser:
        """Give what takes our own posts out of this workspace."""
        return SlackEraser(self.client)

    def notices(self, playbook: Playbook, cards: Cards) -> SlackNoticeDesk:
        """Give where notices are told in this workspace."""
        return SlackNoticeDesk(self.client, self._channel, playbook, cards)

    def calling(self, duty: Duty, seen: SeenEvents, clock: Clock) -> Calling:
        """Give what calls the reps who are on duty, and tells the admins who cannot be called."""
        members, playbook = self._members_by(clock), duty.playbook
        notes = AdminNotes(self.client, playbook, members, seen, clock)
        return Calling(self.client, playbook, duty, members, notes, seen, clock)

    def presence(self, playbook: Playbook, clock: Clock) -> SlackPresence:
        """Give what sees who is active."""
        return SlackPresence(self.client, playbook, self._members_by(clock), clock)

    def listen(self, desk_actions: DeskActions) -> None:
        """Act on what reps do, from now on; called once."""
        self._listeners = register(self.app, desk_actions)

    def router(self) -> APIRouter:
        """Give the route where Slack posts events and presses, each with a signature that is checked."""
        router = APIRouter()
        receive = self._receiver() if self._credentials.signing_secret else _closed
        router.add_api_route(EVENTS_PATH, receive, methods=["POST"], include_in_schema=False)
        return router

    async def start(self) -> None:
        """Connect through Socket Mode, in the background, if there is an app token."""
        if self._credentials.app_token and self._connecting is None:
            self._socket = AsyncSocketModeHandler(
                self.app,
                self._credentials.app_token,
                logger=_logger("socket"),
                web_client=self.client,
            )
            self._connecting = asyncio.create_task(self._connect(self._socket))

    async def stop(self) -> None:
        """Take no more events and finish what was begun."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        if self._socket is not None:
            await self._socket.client.close()  # type: ignore[no-untyped-call]
        if self._listeners is not None:
            await self._listeners.stop()
        self._connecting = self._socket = None

    async def check(self, playbook: Playbook | None = None) -> Checkup:
        """Find what is wrong with the app, its token and scopes, the channels and the reps, and how to mend it."""
        return await examine(self.client, self._channel, self._credentials.app_token, playbook)

    def _note_change(self) -> None:
        if self._listeners is not None:
            self._listeners.homes.changed()

    def _members_by(self, clock: Clock) -> SlackMembers:
        self._members = self._members or SlackMembers(self.client, clock)
        return self._members

    def _receiver(self) -> Callable[[Request], Awaitable[Response]]:
        handler = AsyncSlackRequestHandler(self.app)
        verifier = SignatureVerifier(self._credentials.signing_secret)

        async def receive(request: Request) -> Response:
            try:
                # Bolt parses before it checks who sent it: nothing unsigned gets that far.
                if not verifier.is_valid_request(await request.body(), dict(request.headers)):
                    return _refused("The signature is not Slack's, or too old.", 401)
                return await handler.handle(request)
            except ValueError:
                return _refused("This is nothing that Slack sends.", 400)

        return receive

    async def _connect(self, socket: AsyncSocketModeHandler) -> None:
        """Try until connected; from then on the SDK reconnects by itself."""
        wait = FIRST_RETRY
        while not await self._is_let_in(socket):
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_RETRY)
        await socket.client.connect()  # type: ignore[no-untyped-call]
        log.info("slack.connected", mode="socket")

    async def _is_let_in(self, socket: AsyncSocketModeHandler) -> bool:
        try:
            socket.client.wss_uri = await socket.client.issue_new_wss_url()
        except SlackApiError as error:
            log.warning("slack.unreachable", error=code_of(error), mend=mending(code_of(error)))
        except CONNECTION_ERRORS as error:
            log.warning("slack.unreachable", error=type(error).__name__)
        return socket.client.wss_uri is not None


async def _closed() -> Response:
    return _refused("Slack over HTTP is off. Set SLACK_SIGNING_SECRET and restart Hotline.", 404)


def _refused(because: str, status: int) -> Response:
    return Response(because, status_code=status, media_type="text/plain")


def _client(token: str, api_url: str, timeout: int) -> AsyncWebClient:
    # No retries inside the SDK: a lost answer must be looked for before anything is posted again.
    base_url = api_url or AsyncWebClient.BASE_URL
    return AsyncWebClient(
        token=token, base_url=base_url, timeout=timeout, retry_handlers=[], logger=_logger("client")
    )


def _app(client: AsyncWebClient, credentials: SlackCredentials) -> AsyncApp:
    # Our own `authorize`: Bolt's would ask Slack who we are before the first event, and drop it on failure.
    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=credentials.bot_token
        )

    return AsyncApp(
        client=client,
        signing_secret=credentials.signing_secret,
        authorize=authorize,
        request_verification_enabled=True,
        logger=_logger("bolt", logging.ERROR),
    )


def _logger(name: str, level: int = logging.WARNING) -> logging.Logger:
    """Give a log that never reaches debug level: there the SDK writes down whole payloads."""
    logger = logging.getLogger(f"hotline.slack.{name}")
    logger.setLevel(level)
    return logger
