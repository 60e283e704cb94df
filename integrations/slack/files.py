"""Files between Slack and the visitor: fetched from threads with the bot's token, uploaded into them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from agent.attachments import AttachmentRules, Attachments, accept, must_fit, safe_name, told_size
from agent.conversation import Attachment, Author, ConversationId, Message
from agent.errors import DeskUnavailableError, RefusedFileError, UnknownAttachmentError
from integrations.slack import delivery_words
from integrations.slack.incoming import SharedFile
from integrations.slack.markup import clean, escape
from integrations.slack.refusals import CONNECTION_ERRORS, code_of

log = structlog.get_logger()

SLACK: Final = "slack.com"
TIMEOUT: Final = 30
PIECE: Final = 65_536


class UnreadFileError(Exception):
    """Slack did not give the file."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The files that may be passed on, and for each other one why it may not."""

    attachments: tuple[Attachment, ...]
    kept_back: list[str]


@dataclass(frozen=True, slots=True)
class FilesFromSlack:
    """Fetches what reps share, and keeps it."""

    client: AsyncWebClient
    attachments: Attachments
    rules: AttachmentRules

    async def fetch(self, files: Iterable[SharedFile], conversation_id: ConversationId) -> Fetched:
        """Fetch and keep the files that may be passed on."""
        kept: list[Attachment] = []
        reasons: list[str] = []
        for file in files:
            try:
                kept.append(await self._keep(file, conversation_id))
            except RefusedFileError as error:
                reasons.append(str(error))
        return Fetched(tuple(kept), reasons)

    async def _keep(self, file: SharedFile, conversation_id: ConversationId) -> Attachment:
        name = safe_name(file.name)
        if not file.url:
            raise RefusedFileError(delivery_words.file_elsewhere(name))
        must_fit(name, file.size, self.rules)
        try:
            content = await self._download(file.url)
        except (UnreadFileError, *CONNECTION_ERRORS) as error:
            log.warning(
                "slack.file_unread", file_id=file.id, error=str(error) or type(error).__name__
            )
            raise RefusedFileError(delivery_words.file_unread(name)) from error
        accepted = accept(file.name, content, self.rules)
        return await self.attachments.keep(
            conversation_id, Author.REP, accepted, f"slack:{file.id}"
        )

    async def _download(self, url: str) -> bytes:
        """Read a file from Slack's own host; the token goes nowhere else, so no redirect is followed."""
        if not may_have_token(url, self.client.base_url):
            raise UnreadFileError("not an address of Slack")
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        headers = {"Authorization": f"Bearer {self.client.token}"}
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, headers=headers, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise UnreadFileError(f"status {answer.status}")
            return await self._read(answer.content)

    async def _read(self, stream: aiohttp.StreamReader) -> bytes:
        content = bytearray()
        async for piece in stream.iter_chunked(PIECE):
            content += piece
            if len(content) > self.rules.largest:
                raise UnreadFileError("larger than announced")
        return bytes(content)


@dataclass(frozen=True, slots=True)
class FilesToSlack:
    """Shows the files of messages in threads."""

    client: AsyncWebClient
    attachments: Attachments

    async def show(
        self, message: Message, channel: str, thread_ts: str, shown_before: Iterable[str] = ()
    ) -> list[Attachment]:
        """Upload a message's files, but for those whose names are shown already; gives those Slack did not take."""
        missing = list(shown_before)
        refused: list[Attachment] = []
        for attachment in message.attachments:
            if attachment.name in missing:
                missing.remove(attachment.name)
            elif not await self._upload(message, attachment, channel, thread_ts):
                refused.append(attachment)
        return refused

    async def _upload(
        self, message: Message, attachment: Attachment, channel: str, thread_ts: str
    ) -> bool:
        try:
            stored = await self.attachments.shown(message.conversation_id, attachment.id)
            await self.client.files_upload_v2(
                channel=channel,
                thread_ts=thread_ts,
                filename=attachment.name,
                title=attachment.name,
                content=stored.content,
            )
        except UnknownAttachmentError:
            # Taken back meanwhile: there is nothing to show any more.
            return True
        except SlackRequestError as error:
            raise DeskUnavailableError("Slack did not take a file.") from error
        except SlackApiError as error:
            if code_of(error) not in NO_PERMISSION:
                raise
            return False
        return True


NO_PERMISSION: Final = frozenset(
    {"missing_scope", "file_uploads_disabled", "file_upload_size_restricted", "restricted_action"}
)


def fallback_line(attachment: Attachment) -> str:
    """Name a file that Slack did not take, escaped."""
    line = delivery_words.file_line(attachment.name, told_size(attachment.size))
    return escape(clean(line))


def may_have_token(url: str, api_url: str) -> bool:
    """Tell whether an address is Slack's: a host of slack.com by https, or the very host of a twin's API."""
    asked, api = urlsplit(url), urlsplit(api_url)
    if _is_slack(api.hostname):
        return asked.scheme == "https" and _is_slack(asked.hostname)
    return (asked.scheme, asked.netloc) == (api.scheme, api.netloc)


def _is_slack(host: str | None) -> bool:
    return host == SLACK or bool(host and host.endswith(f".{SLACK}"))
