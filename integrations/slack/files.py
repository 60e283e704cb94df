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
PAGE: Final = 200
MOST_PAGES: Final = 5


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
        if file.is_veiled:
            file = await self._unveiled(file)
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

    async def _unveiled(self, file: SharedFile) -> SharedFile:
        """Ask for what Slack leaves out of events in channels that are shared with other companies."""
        try:
            return SharedFile.read((await self.client.files_info(file=file.id))["file"])
        except (SlackApiError, *CONNECTION_ERRORS) as error:
            log.warning("slack.file_unread", file_id=file.id, error=type(error).__name__)
            raise RefusedFileError(delivery_words.file_unread(safe_name(file.name))) from error

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
        self, message: Message, channel: str, thread_ts: str, *, is_in_doubt: bool
    ) -> None:
        """Show a message's files below its words; those that Slack does not take are named.

        In doubt, what an earlier attempt has shown is looked for first.
        """
        if not message.attachments:
            return
        there = await self._names_in(channel, thread_ts) if is_in_doubt else []
        for attachment in message.attachments:
            if attachment.name in there:
                there.remove(attachment.name)
            elif not await self._upload(message, attachment, channel, thread_ts):
                await self.client.chat_postMessage(
                    channel=channel, thread_ts=thread_ts, text=_named(attachment), mrkdwn=False
                )

    async def _names_in(self, channel: str, thread_ts: str) -> list[str]:
        """Give the names of the files that stand in a thread."""
        names: list[str] = []
        cursor = ""
        for _ in range(MOST_PAGES):
            page = await self.client.conversations_replies(
                channel=channel, ts=thread_ts, limit=PAGE, cursor=cursor or None
            )
            files = [file for posted in page["messages"] for file in posted.get("files") or ()]
            names += [str(file.get("name")) for file in files]
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return names

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


def _named(attachment: Attachment) -> str:
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
