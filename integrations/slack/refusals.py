"""What Slack's errors mean: which pass by themselves, and how to mend those that do not."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from slack_sdk.errors import SlackApiError

from agent.errors import DeskRefusedError, DeskUnavailableError

BLOCK_ERRORS = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"}
)
PLACE_ERRORS = frozenset(
    {"channel_not_found", "not_in_channel", "is_archived", "restricted_action"}
)
CONNECTION_ERRORS = (aiohttp.ClientError, asyncio.TimeoutError, OSError)
RETRY_AFTER = 5.0
RETRY_UNKNOWN_AFTER = 60.0
RETRY_MENDED_AFTER = 120.0

_NEW_TOKEN = (
    "Reinstall the Slack app, copy its new bot token to SLACK_BOT_TOKEN, and restart Hotline."  # noqa: S105
)
_NEW_CHANNEL = (
    "Give Hotline the id of a channel in use (channel details, at the bottom: C0…), and restart it."
)

MENDING = {
    "channel_not_found": f"Slack knows no such channel, or the app cannot see it. {_NEW_CHANNEL} "
    "In a private channel, type /invite @Hotline first.",
    "not_in_channel": "Hotline is not a member of the channel. Type /invite @Hotline there.",
    "is_archived": f"The channel is archived. Unarchive it. Or: {_NEW_CHANNEL}",
    "restricted_action": "Slack's settings keep the app from posting in this channel. Ask a workspace admin to allow it.",
    "invalid_auth": f"Slack does not accept the bot token. {_NEW_TOKEN}",
    "not_authed": "There is no bot token. Set SLACK_BOT_TOKEN (xoxb-…) and restart Hotline.",
    "not_allowed_token_type": "This is not a bot token. Set SLACK_BOT_TOKEN to the one that begins with xoxb-.",
    "token_revoked": f"The bot token was revoked. {_NEW_TOKEN}",
    "token_expired": f"The bot token has expired. Turn token rotation off. {_NEW_TOKEN}",
    "account_inactive": f"The Slack app was removed from the workspace. {_NEW_TOKEN}",
    "missing_scope": "The Slack app lacks a permission. Update it with Hotline's manifest and reinstall it.",
    "invalid_blocks": "Slack does not accept the layout of this post. Please report it to Hotline's developers.",
    "invalid_blocks_format": "Slack does not accept the layout of this post. Please report it to Hotline's developers.",
    "msg_blocks_too_long": "This post is too long for Slack. Please report it to Hotline's developers.",
    "msg_too_long": "This post is too long for Slack. Please report it to Hotline's developers.",
    "no_text": "There is nothing to show in this post. Please report it to Hotline's developers.",
    "message_not_found": "The card was deleted in Slack, so it cannot be brought up to date.",
    "cant_update_message": "The card was posted by another app or token, so it cannot be brought up to date.",
    "edit_window_closed": "The card is too old for the workspace's editing rules, so it stays as it is.",
    "thread_not_found": "The card was deleted in Slack, so nothing can be added to its thread.",
    "restricted_action_thread_locked": "The card's thread is locked in Slack, so nothing can be added to it.",
}


# What a person can put right, whereupon the same post gets through: it waits for that.
MENDABLE = PLACE_ERRORS | {
    "invalid_auth",
    "not_authed",
    "not_allowed_token_type",
    "token_revoked",
    "token_expired",
    "account_inactive",
    "missing_scope",
}


@contextmanager
def translated() -> Iterator[None]:
    """Turn what Slack and the line to it raise into the errors of a rep desk."""
    try:
        yield
    except SlackApiError as error:
        raise _of_slack(error) from error
    except CONNECTION_ERRORS as error:
        raise DeskUnavailableError(
            f"Slack cannot be reached ({type(error).__name__}).", RETRY_AFTER
        ) from error


def code_of(error: SlackApiError) -> str:
    """Give Slack's own word for the error; empty when the answer was no answer of its API."""
    data = getattr(error.response, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def mending(code: str) -> str:
    """Say how to mend an error; any error has a sentence."""
    return MENDING.get(
        code,
        f"Slack answered {code or 'nothing readable'}. See https://docs.slack.dev/reference/methods",
    )


def _of_slack(error: SlackApiError) -> DeskUnavailableError | DeskRefusedError:
    code = code_of(error)
    if code in MENDING and code not in MENDABLE:
        return DeskRefusedError(f"{MENDING[code]} ({code})")
    if code in ("ratelimited", "rate_limited") or _status(error) == 429:
        return DeskUnavailableError("Slack asks to slow down.", _retry_after(error))
    if _status(error) >= 500 or not code or code.endswith(("_error", "unavailable", "timeout")):
        return DeskUnavailableError(
            f"Slack has trouble ({code or _status(error)}).", _retry_after(error)
        )
    if code in MENDABLE:
        because, wait = f"{MENDING[code]} ({code})", RETRY_MENDED_AFTER
    else:
        because, wait = f"Slack answered {code}.", RETRY_UNKNOWN_AFTER
    return DeskUnavailableError(because, wait)


def _status(error: SlackApiError) -> int:
    response = error.response
    return int(getattr(response, "status_code", 0) or getattr(response, "status", 0))


def _retry_after(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    given = {str(name).lower(): str(value) for name, value in headers.items()}.get(
        "retry-after", ""
    )
    return float(given) if given.isdigit() else RETRY_AFTER
