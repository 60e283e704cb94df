"""Others at the same work, each in a process of its own: `python -m tests.benchmarks.load.peer NAME` reads what to do.

`bare` is the openai client with the question alone; `agent` is LangChain's create_agent with a tool that searches the
same library as Hotline. Neither scores, calls reps, checks what it says or keeps anything.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

import openai
from langchain.agents import create_agent
from langchain_core.messages import AIMessageChunk
from langchain_openai import ChatOpenAI

from integrations.models.embeddings import LocalEmbeddings
from knowledge.demo_company import demo_library_path
from knowledge.indexing import read_facts
from knowledge.library import ChromaLibrary
from tests.benchmarks.load.model import KEY
from tests.benchmarks.load.schedule import poisson
from tests.benchmarks.load.words import question

MODEL = "gpt-4o-mini"
SYSTEM = "Answer visitors of Tourvane from its pages, briefly."
FOUND = 6
WARM_UP = "Hello, what is Tourvane?"
Ask = Callable[[str], AsyncIterator[str]]


@dataclass(frozen=True, slots=True)
class Task:
    """What a peer is to do."""

    base_url: str
    rate: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Answered:
    """One question: when it was due (on the wall clock), and the seconds to the first token and the last."""

    text: str
    due: float
    first: float
    whole: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a peer took: its answers, and its processor seconds meanwhile."""

    answered: list[Answered]
    cpu: float


async def play(task: Task, ask: Ask) -> Outcome:
    """Ask when questions are due, whether or not the ones before were answered."""
    await _answer(ask, WARM_UP, time.time())
    began, cpu = time.time() + 0.2, time.process_time()
    instants = poisson(task.rate, task.seconds, Random(7))  # noqa: S311 - a load
    answered = await asyncio.gather(
        *(_answer(ask, question(number), began + at) for number, at in enumerate(instants))
    )
    return Outcome(list(answered), time.process_time() - cpu)


async def _answer(ask: Ask, text: str, due: float) -> Answered:
    await asyncio.sleep(max(0.0, due - time.time()))
    first = 0.0
    async for token in ask(text):
        if token and not first:
            first = time.time() - due
    return Answered(text, due, first, time.time() - due)


async def bare(task: Task, running: AsyncExitStack) -> Ask:
    """Make what asks the model and nothing else."""
    client = openai.AsyncOpenAI(api_key=KEY, base_url=task.base_url)
    await running.enter_async_context(client)

    async def ask(text: str) -> AsyncIterator[str]:
        stream = await client.chat.completions.create(
            model=MODEL,
            messages=[{"role": "system", "content": SYSTEM}, {"role": "user", "content": text}],
            stream=True,
        )
        async for chunk in stream:
            if chunk.choices:
                yield chunk.choices[0].delta.content or ""

    return ask


async def agent(task: Task, running: AsyncExitStack) -> Ask:
    """Make an agent that searches before it answers."""
    folder = running.enter_context(tempfile.TemporaryDirectory())
    library = await ChromaLibrary.open(Path(folder), LocalEmbeddings.load())
    await library.follow(read_facts(demo_library_path()).facts)
    running.push_async_callback(library.close)

    async def search(question: str) -> str:
        """Search the pages of the company."""
        findings = await library.find(question, FOUND)
        facts = "\n".join(f"[{n}]: {one.fact.text}" for n, one in enumerate(findings.facts))
        return f"<facts>\n{facts}\n</facts>"

    model = ChatOpenAI(model=MODEL, api_key=lambda: KEY, base_url=task.base_url, streaming=True)
    graph = create_agent(model, tools=[search], system_prompt=SYSTEM)

    async def ask(text: str) -> AsyncIterator[str]:
        messages = {"messages": [{"role": "user", "content": text}]}
        async for piece, _ in graph.astream(messages, stream_mode="messages"):  # type: ignore[call-overload]
            if isinstance(piece, AIMessageChunk):
                yield str(piece.content)

    return ask


PEERS: dict[str, Callable[[Task, AsyncExitStack], Awaitable[Ask]]] = {"bare": bare, "agent": agent}


async def _run(name: str, task: Task) -> Outcome:
    async with AsyncExitStack() as running:
        return await play(task, await PEERS[name](task, running))


def main() -> None:
    """Do what standard input says, and print what came out as JSON."""
    task = Task(**json.loads(sys.stdin.read()))
    outcome = asyncio.run(_run(sys.argv[1], task))
    sys.stdout.write(json.dumps(asdict(outcome)))


if __name__ == "__main__":
    main()
