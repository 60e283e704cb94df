"""A visitor as the widget plays one: opens, watches the stream, writes in order, tries again when told to wait.

Each request goes to the next of the servers in turn, as behind a load balancer that knows no sessions.
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from time import perf_counter

import aiohttp

from tests.benchmarks.load.figures import Faults, Spoken

Json = Mapping[str, object]
ACCEPTED, BUSY = 202, 503
TRIES = 60
LONGEST_REST = 5.0
REOPEN_AFTER = 0.2


class Visitor:
    """One conversation; keeps what its stream told, so that every reply can be accounted for."""

    def __init__(self, session: aiohttp.ClientSession, bases: Iterator[str], name: str) -> None:
        self.spoken: list[Spoken] = []
        self._session = session
        self._bases = bases
        self._name = name
        self._path = ""
        self._headers: dict[str, str] = {}
        self._watching: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self._heard = asyncio.Event()
        self._seq = 0
        self._own: list[str] = []
        self._gaps = 0
        self._first: dict[str, float] = {}
        self._whole: dict[str, float] = {}
        self._reply_of: dict[str, list[str]] = {}

    async def arrive(self) -> None:
        """Open a conversation and watch it."""
        opened = await self._open()
        self._path = f"/v1/conversations/{opened['conversation_id']}"
        self._headers = {"Authorization": f"Bearer {opened['visitor_token']}"}
        begun = asyncio.Event()
        self._watching = asyncio.create_task(self._watch(begun.set))
        await begun.wait()

    async def say(self, spoken: Spoken, client_id: str) -> None:
        """Write; what was said before goes first, and what is refused is tried again."""
        self.spoken.append(spoken)
        async with self._writing:
            spoken.sent = perf_counter()
            body = {"client_message_id": client_id, "text": spoken.text}
            for _ in range(TRIES):
                rest = await self._post(spoken, body)
                if rest is None:
                    return
                await asyncio.sleep(min(rest, LONGEST_REST))
            spoken.problem = "never accepted"

    async def hear_all(self, patience: float) -> None:
        """Wait until everything that was accepted is answered, or patience ends."""
        try:
            async with asyncio.timeout(patience):
                while not all(spoken.id in self._reply_of for spoken in self._accepted()):
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            pass

    async def leave(self) -> None:
        """End watching, and note when each reply came."""
        if self._watching:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        for spoken in self._accepted():
            for reply in self._reply_of.get(spoken.id, ())[:1]:
                spoken.whole = self._whole[reply]
                spoken.first = self._first.get(reply, spoken.whole)

    def faults(self) -> Faults:
        """Compare what was accepted with what the stream showed."""
        said = [spoken.id for spoken in self._accepted()]
        answers = [self._reply_of.get(each, []) for each in said]
        shown = [each for each in dict.fromkeys(self._own) if each in set(said)]
        expected = [each for each in said if each in set(shown)]
        return Faults(
            unanswered=sum(not each for each in answers),
            lost=len(said) - len(shown) + self._gaps,
            doubled=len(self._own) - len(set(self._own)) + sum(len(each) > 1 for each in answers),
            disordered=sum(a != b for a, b in zip(shown, expected, strict=True)),
        )

    def _accepted(self) -> list[Spoken]:
        return [spoken for spoken in self.spoken if spoken.id]

    async def _open(self) -> Json:
        body = {"visitor": {"anonymous_id": self._name}, "locale": "en-GB"}
        for _ in range(TRIES):
            try:
                url = f"{next(self._bases)}/v1/conversations"
                async with self._session.post(url, json=body) as answer:
                    if answer.ok:
                        opened: Json = await answer.json()
                        return opened
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(REOPEN_AFTER)
        raise RuntimeError("no server opens a conversation")

    async def _post(self, spoken: Spoken, body: Json) -> float | None:
        """Write once; gives the seconds to wait before the next try, None when there is none."""
        url = f"{next(self._bases)}{self._path}/messages"
        try:
            async with self._session.post(url, json=body, headers=self._headers) as answer:
                said = await answer.json(content_type=None)
                now = perf_counter()
                if answer.status == ACCEPTED:
                    spoken.id, spoken.acknowledged = str(said["message_id"]), now
                    return None
                if answer.status == BUSY:
                    spoken.refusals += 1
                    return float(answer.headers["Retry-After"])
                spoken.problem = f"{answer.status}: {said.get('detail', '')}"
                return None
        except (aiohttp.ClientError, TimeoutError):
            return REOPEN_AFTER

    async def _watch(self, begins: Callable[[], None]) -> None:
        """Read the stream, and open it again wherever it ends."""
        while True:
            headers = self._headers | {"Last-Event-ID": str(self._seq)}
            try:
                url = f"{next(self._bases)}{self._path}/stream"
                timeout = aiohttp.ClientTimeout(total=None, sock_read=60)
                async with self._session.get(url, headers=headers, timeout=timeout) as stream:
                    begins()
                    await self._read(stream.content)
            except (aiohttp.ClientError, TimeoutError):
                pass
            begins()
            await asyncio.sleep(REOPEN_AFTER)

    async def _read(self, lines: aiohttp.StreamReader) -> None:
        name = b""
        async for line in lines:
            if line.startswith(b"event: "):
                name = line[7:].strip()
            elif line.startswith(b"data: ") and name in (b"message", b"delta"):
                self._take(name, json.loads(line[6:]))

    def _take(self, name: bytes, told: Json) -> None:
        now, message = perf_counter(), str(told["message_id"])
        if name == b"message":
            self._take_message(told, message, now)
        elif told.get("discarded"):
            self._first.pop(message, None)
        else:
            self._first.setdefault(message, now)

    def _take_message(self, told: Json, message: str, now: float) -> None:
        seq, answered = told["seq"], told["in_reply_to"]
        if not isinstance(seq, int) or not isinstance(answered, list):
            raise TypeError(f"a message without seq and in_reply_to: {told}")
        self._gaps += max(0, seq - self._seq - 1)
        self._seq = seq
        if told["author"] == "visitor":
            self._own.append(message)
        self._whole[message] = now
        for each in answered:
            self._reply_of.setdefault(str(each), []).append(message)
        self._heard.set()
