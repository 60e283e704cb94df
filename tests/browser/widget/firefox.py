"""Debian's Firefox, driven by its own WebDriver BiDi: as much of it as one conversation needs."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

FIREFOX = Path("/usr/bin/firefox-esr")
LISTENING = "WebDriver BiDi listening on "
PATIENCE = 60.0
PART = "document.querySelector('hotline-widget')?.shadowRoot.querySelector('[data-testid={}]')"


@dataclass
class Firefox:
    """A browser with one tab; errors of its pages are collected."""

    line: ClientConnection
    tab: str = ""
    complaints: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def goes_to(self, url: str) -> None:
        await self.ask("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    async def sees(self, part: str, words: str = "") -> None:
        """Wait until a part of the widget is there and holds these words."""
        node = PART.format(part)
        holds = f"!!{node} && ({node}.innerText ?? '').includes({json.dumps(words)})"
        look = f"const look = () => ({holds} ? done(true) : setTimeout(look, 50)); look()"
        await self.evaluate(f"new Promise((done) => {{ {look} }})")

    async def presses(self, part: str) -> None:
        await self.sees(part)
        await self.evaluate(f"{PART.format(part)}.click()")

    async def types(self, words: str) -> None:
        """Press these keys, wherever the focus is."""
        keys = [{"type": kind, "value": key} for key in words for kind in ("keyDown", "keyUp")]
        actions = [{"type": "key", "id": "keyboard", "actions": keys}]
        await self.ask("input.performActions", context=self.tab, actions=actions)

    async def evaluate(self, expression: str) -> object:
        """Give what an expression is on the page."""
        target = {"context": self.tab}
        answer = await self.ask(
            "script.evaluate", expression=expression, target=target, awaitPromise=True
        )
        return answer["result"].get("value")

    async def ask(self, method: str, **params: object) -> dict[str, Any]:
        """Send a command and give its result; what the page complains of meanwhile is noted."""
        number = next(self.numbers)
        await self.line.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(await asyncio.wait_for(self.line.recv(), PATIENCE))
            if answer.get("method") == "log.entryAdded" and answer["params"]["level"] == "error":
                self.complaints.append(answer["params"]["text"])
            if answer.get("id") == number:
                result: dict[str, Any] = answer["result"]
                return result


@asynccontextmanager
async def a_firefox(profile: Path) -> AsyncIterator[Firefox]:
    """Start Firefox with an empty profile."""
    process = await asyncio.create_subprocess_exec(
        *(str(FIREFOX), "--headless", "--no-remote", "--profile", str(profile)),
        *("--remote-debugging-port", "0"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with connect(f"{await _address(process)}/session", max_size=None) as line:
            firefox = Firefox(line)
            await firefox.ask("session.new", capabilities={})
            await firefox.ask("session.subscribe", events=["log.entryAdded"])
            tree = await firefox.ask("browsingContext.getTree")
            firefox.tab = tree["contexts"][0]["context"]
            yield firefox
    finally:
        process.terminate()
        await process.communicate()


async def _address(process: asyncio.subprocess.Process) -> str:
    if process.stderr is None:
        raise RuntimeError("Firefox says nothing")
    async with asyncio.timeout(PATIENCE):
        while text := (await process.stderr.readline()).decode():
            if LISTENING in text:
                return text.partition(LISTENING)[2].strip()
    raise RuntimeError("Firefox ended before it listened")
