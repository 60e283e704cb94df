"""The server under fire: `hotline serve` with its seams watched, in a process of its own for each life.

Importing takes seconds, and so does what a process works out once; both are done before, and each life is a fork. Read from standard input, one JSON line a life
(`{"settings": {...}, "log": PATH}`); written to standard output, one line when it has begun (`{"began": PID}`) and one
when it has ended (`{"ended": PID, "status": N}`, negative for a signal).
"""

import asyncio
import gc
import json
import os
import select
import signal
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from uvloop import new_event_loop

from integrations.app import serve
from integrations.app.hotline import running
from integrations.logs import configure_logs
from integrations.settings import load_settings
from tests.faults.seams import bend_clock, watch_all
from tests.faults.stand_ins import use_stand_ins
from tests.faults.steps import CLOCK, Steps

LATE = (
    "integrations.app.hotline",
    "integrations.app.server",
    "integrations.app.slack_desk",
    "integrations.slack.connection",
    "integrations.slack.desk_actions",
    "integrations.slack.marks",
    "langchain_openai",
    "openai.resources.chat",
)


def main() -> None:
    """Begin lives as they are asked for, until standard input ends."""
    use_stand_ins()
    _preload()
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    _tell({"ready": os.getpid()})
    orders, living, is_first = b"", set[int](), True
    while True:
        ready, _, _ = select.select([0, read_end], [], [])
        if read_end in ready:
            os.read(read_end, 4096)
            _report_the_dead(living)
        if 0 not in ready:
            continue
        if not (more := os.read(0, 65536)):
            return _end(living)
        *lines, orders = (orders + more).split(b"\n")
        for order in map(json.loads, lines):
            if is_first:
                _rehearse(order["settings"])
                is_first = False
            living.add(_begin(order))


def _preload() -> None:
    """Import what a life would import when it needs it first."""
    for name in LATE:
        import_module(name)


def _rehearse(settings: Mapping[str, str]) -> None:
    """Start and stop once, so that each life starts in a fraction of the time."""
    before = dict(os.environ)
    os.environ.update(settings)
    asyncio.run(_start_and_stop())
    os.environ.clear()
    os.environ.update(before)
    gc.collect()
    gc.freeze()


async def _start_and_stop() -> None:
    async with running(load_settings()) as hotline:
        hotline.api.build_middleware_stack()


def _end(living: set[int]) -> None:
    """Leave nobody behind."""
    for pid in living:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _begin(order: Mapping[str, object]) -> int:
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        _live(order)
    _tell({"began": pid})
    return pid


def _live(order: Mapping[str, object]) -> NoReturn:
    """Be a server until the end."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _redirect(Path(str(order["log"])))
        settings = order["settings"]
        assert isinstance(settings, dict)
        os.environ.update(settings)
        watch_all(Steps.of(os.environ))
        if offset := os.environ.get(CLOCK):
            bend_clock(Path(offset))
        with suppress(KeyboardInterrupt):
            _serve()
        status = 0
    except BaseException:  # noqa: BLE001 - it is the end of the process
        traceback.print_exc()
    finally:
        os._exit(status)
    raise AssertionError("unreachable")


def _serve() -> None:
    settings = load_settings()
    configure_logs(settings.log_level, "json")
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(serve(settings))


def _redirect(log: Path) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(nothing, 0)
    os.dup2(written, 1)
    os.dup2(written, 2)


def _report_the_dead(living: set[int]) -> None:
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            living.discard(pid)
            _tell({"ended": pid, "status": os.waitstatus_to_exitcode(status)})


def _tell(what: Mapping[str, int]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
