"""A whole first response around one company's folder: its playbook, its pages, the real library and detector.

Shared by the evaluations that ask one question after another; every question is a conversation of its own.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from agent.answering.features import AnswerReader
from agent.composed_reply import ComposedWriter
from agent.conversation import Page
from agent.facts import Library
from agent.first_response import FirstResponse
from agent.lead import Visitor
from agent.playbook import Playbook
from agent.reply import Plan, Writer
from agent.signals import SignalDetector
from agent.turn import Opening, Turn
from integrations.models.answer_reader import LearnedReader
from integrations.models.embeddings import LocalEmbeddings
from integrations.models.learned_detector import LearnedDetector
from integrations.models.signal_model import SignalModel
from integrations.web.audience import LiveAudience
from knowledge.library import ChromaLibrary
from knowledge.playbook import load_playbook
from tests.builders import an_event
from tests.contracts.stores import in_memory
from tests.fakes.clock import FixedClock


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, and where else the visitor may have put words: a name, the title of a page, of an event."""

    text: str
    name: str = ""
    page_title: str = ""
    history_title: str = ""


@dataclass(slots=True)
class PlanCatcher:
    """A composed writer that keeps the plan it was given."""

    name: str = "composed"
    version: str = "test"
    plans: list[Plan] = field(default_factory=list)

    async def write(self, plan: Plan) -> AsyncIterator[str]:
        """Keep the plan and say as little as can be."""
        self.plans.append(plan)
        yield "Ok."


@dataclass(frozen=True, slots=True)
class Company:
    """A company that can be asked."""

    playbook: Playbook
    library: Library
    detector: SignalDetector
    reader: AnswerReader | None = None
    numbers: "count[int]" = field(default_factory=count)

    async def plan(self, asked: Asked) -> Plan:
        """Plan the reply to a question as the pipeline does."""
        catcher = PlanCatcher()
        await self._turn(asked, None, catcher)
        return catcher.plans[-1]

    async def answer(self, asked: Asked, writer: Writer | None) -> Turn:
        """Answer a question; the turn tells what was shown and what was held back."""
        return await self._turn(asked, writer, ComposedWriter())

    async def _turn(self, asked: Asked, writer: Writer | None, composed: Writer) -> Turn:
        stores, number = in_memory(FixedClock()), next(self.numbers)
        rules = self.playbook.replies.model_copy(update={"typing_hold_seconds": 0.0})
        first_response = FirstResponse(
            reader=self.reader,
            conversations=stores.conversations,
            handoffs=stores.handoffs,
            histories=stores.histories,
            library=self.library,
            detector=self.detector,
            audience=LiveAudience(),
            playbook=self.playbook.model_copy(update={"replies": rules}),
            clock=stores.clock,
            new_id=lambda prefix: f"{prefix}-{number}-{next(self.numbers)}",
            writer=writer,
            composed=composed,
        )
        visitor = Visitor(f"a-{number}", f"u-{number}", name=asked.name or None, is_proven=True)
        page = Page("https://shop.example/", asked.page_title)
        started = await stores.conversations.start(Opening(visitor, page, "en-GB"))
        if asked.history_title:
            event = an_event(lead_id=started.lead_id, title=asked.history_title, came_by=f"user_id:u-{number}")  # fmt: skip
            await stores.add_events([event])
        await stores.conversations.append(started.id, "c-1", asked.text)
        await first_response.respond(started.id)
        return (await stores.conversations.turns(started.id))[-1]


@asynccontextmanager
async def a_company(folder: Path, planted: Mapping[str, str] | None = None) -> AsyncIterator[Company]:  # fmt: skip
    """Open a company's folder: `playbook.yaml` and `library/`; `planted` pages (name: text) join its own."""
    playbook = load_playbook(folder / "playbook.yaml")
    embeddings = await asyncio.to_thread(LocalEmbeddings.load)
    with tempfile.TemporaryDirectory() as place:
        pages = Path(place) / "pages"
        await asyncio.to_thread(shutil.copytree, folder / "library", pages)
        for name, text in (planted or {}).items():
            (pages / f"{name}.md").write_text(f"# {text.partition('.')[0]}\n\n{text}\n", "utf-8")
        library = await ChromaLibrary.open(Path(place) / "index", embeddings, pages)
        try:
            detector = LearnedDetector(SignalModel.load(), playbook.competitors)
            yield Company(playbook, library, detector, LearnedReader.load(embeddings))
        finally:
            await library.close()
