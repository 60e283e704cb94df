"""`hotline serve` that looks at itself every few milliseconds of CPU time, and says where it was.

SIGUSR1 begins, SIGUSR2 ends and writes what was seen to the file that is named: for each stack, innermost function
first, how often it was met. While the event loop waits, the time is that of a worker thread.
"""

import json
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import greenlet

EVERY = 0.002
DEEPEST = 80
# What a thread does that waits for work.
WAITING = ("threading.py", "selectors.py", "queue.py", "concurrent/futures/thread.py")
LOOP = ("run_forever", "run_until_complete", "Runner.run")
FOLDER = f"{Path(__file__).parents[2]}/"
IN_THREAD = "(in a thread)"

seen: Counter[tuple[str, ...]] = Counter()


def main() -> None:
    """Serve, ready to be looked at."""
    samples = Path(sys.argv[1])
    signal.signal(signal.SIGPROF, _look)
    signal.signal(signal.SIGUSR1, _begin)
    signal.signal(signal.SIGUSR2, lambda _number, _frame: _end(samples))
    from integrations.cli import main as serve

    sys.argv = ["hotline", "serve"]
    serve()


def _begin(_number: int, _frame: FrameType | None) -> None:
    seen.clear()
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)


def _end(samples: Path) -> None:
    signal.setitimer(signal.ITIMER_PROF, 0)
    found = [[list(stack), count] for stack, count in seen.items()]
    samples.write_text(json.dumps(found), "utf-8")


def _look(_number: int, frame: FrameType | None) -> None:
    stack = tuple(_named(_through_greenlets(frame)))
    if stack and stack[0].endswith(LOOP):
        stack = _busy_thread()
    seen[stack[:DEEPEST]] += 1


def _busy_thread() -> tuple[str, ...]:
    main_thread = threading.main_thread().ident
    for number, frame in sys._current_frames().items():
        if number != main_thread and not frame.f_code.co_filename.endswith(WAITING):
            return (*_named(_outwards(frame)), IN_THREAD)
    return (IN_THREAD,)


def _named(frames: Iterator[FrameType]) -> Iterator[str]:
    for frame in frames:
        code = frame.f_code
        if code.co_filename != __file__:
            file = code.co_filename.removeprefix(FOLDER).rpartition("site-packages/")[2]
            yield f"{file}:{code.co_qualname}"


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _through_greenlets(frame: FrameType | None) -> Iterator[FrameType]:
    """Go on from SQLAlchemy's greenlets to whoever called it."""
    yield from _outwards(frame)
    current = greenlet.getcurrent().parent
    while current is not None:
        yield from _outwards(current.gr_frame)
        current = current.parent


if __name__ == "__main__":
    main()
