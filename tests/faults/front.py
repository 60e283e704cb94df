"""The load balancer that the driver is: one address after the other, with no stickiness and no idea who is alive."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import aiohttp

from tests.fakes.slack.lines import Answer, HttpCarrier
from tests.fakes.slack.state import Json

PATIENCE = 120.0
PAUSE = 0.08
WITHIN = 10.0
REFUSED = (429, 500, 502, 503, 504)


class GaveUpError(Exception):
    """No server took a call within our patience."""


@dataclass(slots=True)
class Front:
    """Sends calls to replicas in turn, again and again until one answers."""

    session: aiohttp.ClientSession
    addresses: Sequence[str]
    api_key: str
    _turn: "cycle[str]" = field(init=False)

    def __post_init__(self) -> None:
        self._turn = cycle(self.addresses)

    def next(self) -> str:
        """Give the address whose turn it is."""
        return next(self._turn)

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        token: str = "",
        params: Mapping[str, str] | None = None,
    ) -> Any:
        """Call until somebody gives a real answer, as the widget does; gives its JSON."""
        headers = {"Authorization": f"Bearer {token or self.api_key}"}
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    async with self.session.request(
                        method,
                        f"{self.next()}{path}",
                        json=body,
                        headers=headers,
                        params=params,
                        timeout=aiohttp.ClientTimeout(total=WITHIN),
                    ) as answer:
                        if answer.status not in REFUSED:
                            answer.raise_for_status()
                            return await answer.json() if answer.status != 204 else None
                except aiohttp.ClientResponseError as error:
                    raise GaveUpError(f"{method} {path}: {error.status}") from error
                except (aiohttp.ClientError, TimeoutError):
                    pass
                await asyncio.sleep(PAUSE)


@dataclass(slots=True)
class FrontCarrier:
    """Brings what Slack tells to whichever server's turn it is."""

    front: Front
    secret: str
    told: list[Json]
    within: float = 3.0

    async def bring(self, kind: str, payload: Json, attempt: int, reason: str) -> Answer:
        """Give how it was acknowledged; see Carrier. Events are remembered, to be told again."""
        if kind == "events_api" and not attempt:
            self.told.append(payload)
        url = f"{self.front.next()}/slack/events"
        carrier = HttpCarrier(url, lambda: self.secret, self.within)
        return await carrier.bring(kind, payload, attempt, reason)
