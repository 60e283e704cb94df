"""What a server of another version, or one in trouble, answers to the widget."""

import json
from collections.abc import Callable

from playwright.async_api import BrowserContext, Request, Route

Json = dict[str, object]
EVENTS = "**/v1/widget/events"
CONFIG = "**/v1/widget?*"


async def alters(context: BrowserContext, url: str, change: Callable[[Json], Json]) -> None:
    """Let the server's answer reach the widget in another shape."""

    async def changed(route: Route) -> None:
        answer = await route.fetch()
        body = change(await answer.json())
        await route.fulfill(response=answer, body=json.dumps(body))

    await context.route(url, changed)


async def lacks(context: BrowserContext, url: str) -> None:
    """Let the server not know this endpoint, as an older one would not."""

    async def unknown(route: Route) -> None:
        await route.fulfill(status=404, headers={"Access-Control-Allow-Origin": "*"})

    await context.route(url, unknown)


async def greets(context: BrowserContext, after_seconds: float = 0) -> None:
    """Let the answer to each page view carry the same greeting."""
    greeting = {
        "id": "pricing",
        "text": "Any question about prices?",
        "after_seconds": after_seconds,
        "suggestions": ["What does it cost?"],
    }

    async def greeted(route: Route) -> None:
        body = json.dumps({"success": True, "greeting": greeting})
        headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "application/json"}
        await route.fulfill(status=200, headers=headers, body=body)

    await context.route(EVENTS, greeted)


def closed(answer: Json) -> Json:
    """Nobody is at the desk."""
    return {**answer, "hours": {"open": False, "next_open_at": "2030-01-07T08:00:00Z"}}


def of_a_newer_server(answer: Json) -> Json:
    """With things nobody knows yet."""
    return {**answer, "mood": "sunny", "rooms": [{"id": 7}], "hats": None}


def of_an_older_server(answer: Json) -> Json:
    """Without anything that may be missing."""
    kept = ("locale", "company", "disclosure", "texts")
    return {key: value for key, value in answer.items() if key in kept}


def requested(context: BrowserContext) -> list[Request]:
    """Give the list into which everything goes that this browser asks for from now on."""
    seen = list[Request]()

    def note(request: Request) -> None:
        seen.append(request)

    context.on("request", note)
    return seen
