"""Starts each peer beside the same model, and makes a row of what it took."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version

from tests.benchmarks.load.figures import NOTHING, Spread, spread
from tests.benchmarks.load.model import arrivals, is_reply
from tests.benchmarks.load.peer import WARM_UP, Answered, Outcome, Task
from tests.benchmarks.load.report import Row
from tests.fakes.openai_twin import OpenAITwin
from tests.fakes.openai_wire import Call, split_tokens

NAMES = {
    "bare": f"openai {version('openai')} alone",
    "agent": f"LangChain {version('langchain')} create_agent",
}


async def measure_peer(name: str, twin: OpenAITwin, rate: float, seconds: float) -> tuple[Row, str]:
    """Measure one peer at a rate; gives its row, and a sentence on its calls and tokens."""
    twin.calls.clear()
    outcome = await _played(name, Task(twin.base_url, rate, seconds))
    answered = outcome.answered
    case = f"{NAMES[name]}, {rate:.2g}/s"
    row = Row(
        case=case,
        offered=len(answered) / seconds,
        done=len(answered) / max(seconds, _span(answered)),
        acknowledged=NOTHING,
        first=spread(each.first for each in answered),
        whole=spread(each.whole for each in answered),
        refused=0,
        errors=0,
        unanswered=0,
        broken=0,
        late=0,
        messages=len(answered),
        cpu=1000 * outcome.cpu / max(1, len(answered)),
        megabytes=0,
        model=_until_asked(answered, twin.calls),
    )
    return (
        row,
        f"{case}: {calls_and_tokens(twin.calls, len(answered))}; its first token, not a checked sentence",
    )


def calls_and_tokens(calls: Sequence[Call], turns: int) -> str:
    """Say how often the model was called for each turn, and with how much."""
    asked = [call for call in calls if WARM_UP not in call.prompt]
    tokens = sum(len(split_tokens(call.prompt)) for call in asked) / max(1, turns)
    replying = sum(map(is_reply, asked)) / max(1, turns)
    reading = len(asked) / max(1, turns) - replying
    afterwards = f" and {reading:.2f} to read it again afterwards" if reading else ""
    return f"{replying:.2f} calls a turn for the reply{afterwards}, {tokens:,.0f} input tokens"


async def _played(name: str, task: Task) -> Outcome:
    command = [sys.executable, "-m", "tests.benchmarks.load.peer", name]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    try:
        said, _ = await process.communicate(json.dumps(asdict(task)).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise RuntimeError(f"the peer {name} ended with status {process.returncode}")
    kept = json.loads(said)
    return Outcome([Answered(**each) for each in kept["answered"]], kept["cpu"])


def _span(answered: Sequence[Answered]) -> float:
    return max(each.due + each.whole for each in answered) - min(each.due for each in answered)


def _until_asked(answered: Sequence[Answered], calls: Sequence[Call]) -> Spread:
    at = arrivals(calls, [each.text for each in answered])
    return spread(at[each.text] - each.due for each in answered if each.text in at)
