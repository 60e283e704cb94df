"""A real Chroma server for tests and benchmarks: the program that comes with the package, on a port of its own."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import httpx

PROGRAM = Path(sys.executable).with_name("chroma")
SECONDS_TO_START = 30


@dataclass
class Chroma:
    """A server that can be stopped and started again; each library gets a database of its own."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def address(self) -> str:
        """Give the address of the server."""
        return f"http://127.0.0.1:{self.port}"

    def make(self) -> str:
        """Give the address of a database that is new."""
        return f"{self.address}/library_{next(self._numbers)}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        arguments = [
            "run",
            "--path",
            str(self.folder),
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([PROGRAM, *arguments], stdout=log, stderr=log)  # noqa: S603
        for _ in range(SECONDS_TO_START * 20):
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.address}/api/v2/heartbeat", trust_env=False).is_success:
                    return
            time.sleep(0.05)
        raise TimeoutError((self.folder / "log").read_text()[-1_000:])

    def stop(self) -> None:
        """Stop it at once, as a crash would."""
        if self.process:
            self.process.kill()
            self.process.wait()


@contextmanager
def running_chroma() -> Iterator[Chroma]:
    """Run a server with its data in a temporary folder."""
    server = Chroma(Path(tempfile.mkdtemp(prefix="hotline-chroma-")), free_port())
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port
