"""A promised call as a file in the card's thread, for the rep's calendar."""

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent.handoff import Handoff
from agent.playbook import Playbook
from integrations.calendar_file import NAME, calendar_file
from integrations.slack.refusals import CONNECTION_ERRORS, code_of

log = structlog.get_logger()


async def share_call(
    client: AsyncWebClient, handoff: Handoff, playbook: Playbook, channel: str, thread_ts: str
) -> None:
    """Put the file below what tells of the call; without it the words alone have to do."""
    if handoff.call_back is None:
        return
    content = calendar_file(handoff, handoff.call_back, playbook, "")
    try:
        await client.files_upload_v2(
            channel=channel, thread_ts=thread_ts, filename=NAME, title="Call back", content=content
        )
    except SlackApiError as error:
        log.warning("slack.calendar_not_shared", error=code_of(error))
    except CONNECTION_ERRORS as error:
        log.warning("slack.calendar_not_shared", error=type(error).__name__)
