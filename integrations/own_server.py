"""A server for one chat: the one that runs already, or one of our own in the background of this process."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

import httpx

from agent.errors import HotlineError
from integrations.serving import free_port
from integrations.settings import Settings

START_SECONDS = 90.0
Serve = Callable[[Settings], Awaitable[None]]


class NoServerError(HotlineError):
    """The server of our own did not start."""


@contextmanager
def server_for(settings: Settings, serve: Serve, tell: Callable[[str], None]) -> Iterator[str]:
    """Give the address of a running Hotline; when none answers, say so and run one until the block ends."""
    running = find_running(settings)
    if running:
        yield running
        return
    tell(
        "No Hotline runs yet, so one is started for this chat; the first start reads the whole library."
    )
    with own_server(settings, serve) as address:
        yield address


def find_running(settings: Settings) -> str | None:
    """Find a Hotline that answers, by its public address or on this machine."""
    addresses = dict.fromkeys([settings.url, f"http://127.0.0.1:{settings.port}"])
    return next((address for address in addresses if _answers(f"{address}/healthz")), None)


@contextmanager
def own_server(settings: Settings, serve: Serve) -> Iterator[str]:
    """Run a server on a free port of this machine until the block ends."""
    ours = {"host": "127.0.0.1", "port": free_port(), "public_url": None}
    thread = _ServerThread(settings.model_copy(update=ours), serve)
    thread.start()
    try:
        thread.wait_until_ready()
        yield thread.address
    finally:
        thread.stop()


class _ServerThread(threading.Thread):
    """Runs `serve` on an event loop of its own, so that the terminal may block this one."""

    def __init__(self, settings: Settings, serve: Serve) -> None:
        super().__init__(name="hotline-server", daemon=True)
        self.address = f"http://127.0.0.1:{settings.port}"
        self._settings = settings
        self._serve = serve
        self._failure: Exception | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def run(self) -> None:
        """Serve until stopped; a failure is kept for whoever waits."""
        with suppress(asyncio.CancelledError):
            try:
                asyncio.run(self._serve_here())
            except Exception as error:  # noqa: BLE001  raised again by wait_until_ready
                self._failure = error

    def wait_until_ready(self) -> None:
        """Return when the library is in too, or soon after the port answers; raises what stopped it."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.is_alive():
            if _answers(f"{self.address}/readyz"):
                return
            time.sleep(0.1)
        if self._failure:
            raise self._failure
        if not _answers(f"{self.address}/healthz"):
            raise NoServerError("The server did not start; `hotline doctor` says what is wrong.")

    def stop(self) -> None:
        """Ask the server to stop, and give it some seconds."""
        if self._loop and self._task and self.is_alive():
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._task.cancel)
        self.join(10)

    async def _serve_here(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        await self._serve(self._settings)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2).is_success
    except httpx.HTTPError:
        return False
