"""How Slack posts to an app: signed, and with little patience."""

import hashlib
import hmac
import time
from dataclasses import dataclass

import aiohttp

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the app answered to something Slack sent it."""

    status: int
    body: str
    is_last: bool = False


async def deliver(url: str, body: str, headers: dict[str, str], within: float) -> Delivery:
    """Post a body to the app and wait for its answer, but no longer than this."""
    patience = aiohttp.ClientTimeout(total=within)
    async with (
        aiohttp.ClientSession(timeout=patience) as session,
        session.post(url, data=body.encode(), headers=headers) as answer,
    ):
        is_last = answer.headers.get("X-Slack-No-Retry") == "1"
        return Delivery(answer.status, await answer.text(), is_last)


def signed_headers(secret: str, body: str, content_type: str) -> dict[str, str]:
    """The headers that prove a body comes from Slack."""
    timestamp = str(int(time.time()))
    signed = f"v0:{timestamp}:{body}".encode()
    signature = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={signature}",
    }


def retry_headers(retry_num: int | None) -> dict[str, str]:
    """The headers that mark a repeated delivery."""
    if not retry_num:
        return {}
    return {"X-Slack-Retry-Num": str(retry_num), "X-Slack-Retry-Reason": "http_timeout"}
