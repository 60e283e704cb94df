"""How long a visitor waits for the first sentence of a model's reply, beside the bare client in the same run.

Hotline answers a question of the demo company over HTTP; then the bare `openai` client sends the very same prompt, and
the twin says the very same words at the same pace. The twin notes when a request reaches it, too: what Hotline needs
more than the bare client until then is the overhead of its pipeline. Calls and prompts are those that the twin got.
"""

import asyncio
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import openai
from rich.table import Table

from agent.speech import SentenceBuffer
from integrations.models.reply_prompt import most_tokens
from tests.benchmarks.questions import demo_questions
from tests.benchmarks.server import served, settled
from tests.benchmarks.visiting import Until, visiting
from tests.fakes.openai_twin import OpenAITwin
from tests.fakes.openai_wire import Call, requested_schema

TIME_TO_FIRST_TOKEN = 0.3
TOKENS_PER_SECOND = 50
QUICK = 1_000
WARM_UP = 5
KEY = "sk-bench"
WORDS = range(6, 31)  # of a sentence that the twin takes from the facts it is given
NOTHING_FOUND = "I do not have that in writing. Shall I ask a colleague?"


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds from the question until the request was at the model, and until the first sentence could be read."""

    called: float
    read: float


@dataclass(frozen=True, slots=True)
class Round:
    """One question, asked of Hotline and then of the model alone."""

    ours: Taken
    bare: Taken
    prompt_tokens: int
    is_as_written: bool


@dataclass(frozen=True, slots=True)
class Bench:
    """The twin, a server that uses it, and a client of its own."""

    twin: OpenAITwin
    address: str
    client: openai.AsyncOpenAI


async def measure_first_response() -> Table:
    """Measure everything and give the table."""
    twin = OpenAITwin(ttft=TIME_TO_FIRST_TOKEN, tokens_per_second=TOKENS_PER_SECOND)
    twin.says_for(said_of_facts)
    twin.fills_schemas_with(
        {"kind": "sales", "signals": [], "competitors": [], "temperature": "warm", "criteria": []}
    )
    questions = demo_questions()
    async with twin, openai.AsyncOpenAI(api_key=KEY, base_url=twin.base_url) as client:
        with tempfile.TemporaryDirectory() as folder:
            settings = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": twin.base_url}
            async with served(Path(folder), **settings) as address:
                bench = Bench(twin, address, client)
                await settled(address, QUICK)
                for question in questions[:WARM_UP]:
                    await _round(bench, question)
                twin.calls.clear()
                rounds = [await _round(bench, question) for question in questions]
    return _table([each for each in rounds if each], twin.calls)


async def _round(bench: Bench, question: str) -> Round | None:
    """Ask Hotline, then the model alone; None where Hotline had no need of the model."""
    arrived = asyncio.create_task(_arrival(bench.twin))
    async with visiting(bench.address) as visit:
        heard = await visit.ask(question, Until.FIRST_SENTENCE)
        if not arrived.done():
            arrived.cancel()
            return None
        call, called_at = arrived.result()
        first = _first_sentence(said_of_facts(call.prompt))
        bare = await _bare(bench, call, first)
    ours = Taken(1000 * (called_at - heard.written_at), heard.milliseconds)
    tokens = sum(most_tokens(message["content"]) for message in call.body["messages"])
    return Round(ours, bare, tokens, heard.text.strip() == first)


async def _bare(bench: Bench, call: Call, first: str) -> Taken:
    """Ask as any client would, and read until the first sentence is complete."""
    arrived = asyncio.create_task(_arrival(bench.twin))
    started, said = time.perf_counter(), ""
    stream = await bench.client.chat.completions.create(
        model=call.model, messages=call.body["messages"], stream=True
    )
    async for chunk in stream:
        said += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        if said.startswith(first):
            break
    read = time.perf_counter()
    await stream.close()
    _, called_at = await arrived
    return Taken(1000 * (called_at - started), 1000 * (read - started))


async def _arrival(twin: OpenAITwin) -> tuple[Call, float]:
    """Give the next call for a reply, and the instant it came."""
    known = len(twin.calls)
    while True:
        await twin.called(known + 1)
        at = time.perf_counter()
        if requested_schema(twin.calls[known].body) is None:
            return twin.calls[known], at
        known += 1


def said_of_facts(prompt: str) -> str:
    """Say the first sentences of the facts in a prompt: what may be shown as it is."""
    facts = prompt.partition("<facts>")[2].partition("</facts>")[0]
    lines = (line.partition(": ")[2] for line in facts.splitlines() if line.startswith("["))
    fitting = [each for line in lines for each in _sentences(line) if len(each.split()) in WORDS]
    return " ".join(fitting[:2]) or NOTHING_FOUND


def _sentences(text: str) -> list[str]:
    buffer = SentenceBuffer()
    found = (each.strip() for each in [*buffer.add(text), *buffer.flush()])
    return [each for each in found if each.endswith((".", "!", "?"))]


def _first_sentence(text: str) -> str:
    return _sentences(text)[0]


def _table(rounds: list[Round], calls: list[Call]) -> Table:
    title = f"First sentence, {len(rounds)} questions; the model begins after {1000 * TIME_TO_FIRST_TOKEN:.0f} ms and says {TOKENS_PER_SECOND} tokens a second"
    table = Table("milliseconds", "p50", "p95", title=title)
    _row(
        table,
        "bare openai client, until its request is at the model",
        [each.bare.called for each in rounds],
    )
    _row(
        table,
        "Hotline, from the visitor's POST until its request is at the model",
        [each.ours.called for each in rounds],
    )
    _row(table, "bare openai client, until its first sentence", [each.bare.read for each in rounds])
    _row(
        table,
        "Hotline, from the visitor's POST until the first sentence is visible",
        [each.ours.read for each in rounds],
    )
    ratios = [each.ours.read / each.bare.read for each in rounds]
    table.add_row(
        "Hotline / bare, first sentence",
        f"{median(ratios):.2f}",
        f"{quantiles(ratios, n=20)[-1]:.2f}",
    )
    replies = sum(requested_schema(call.body) is None for call in calls) - len(rounds)
    tokens = [each.prompt_tokens for each in rounds]
    table.caption = (
        f"calls a turn: {replies / len(rounds):.2f} for the reply, "
        f"{(len(calls) - len(rounds) - replies) / len(rounds):.2f} to read it again afterwards; "
        f"input tokens, estimated on the high side: median {median(tokens):.0f}, most {max(tokens)}; "
        f"first sentences shown as the model said them: {sum(each.is_as_written for each in rounds)} of {len(rounds)}"
    )
    return table


def _row(table: Table, name: str, times: list[float]) -> None:
    table.add_row(name, f"{median(times):.1f}", f"{quantiles(times, n=20)[-1]:.1f}")
