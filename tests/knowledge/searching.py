"""How well the library finds what visitors ask for, and knows what it lacks.

python -m tests.knowledge.searching FOLDER [FOLDER ...]   folders with `library/` and `replies.jsonl`; the demo
                                                           company comes along with visitors.jsonl
`hit@3`: one of the first three facts stands on a right page. `page@3`: one of the first three pages is right.
`answered` and `refused`: the library's own judgement of answerable and unanswerable questions.
"""

import asyncio
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table

from agent.facts import Fact, FactId, Findings, Wanted
from integrations.models.embeddings import LocalEmbeddings
from integrations.models.english_embeddings import EnglishEmbeddings
from knowledge.indexing import read_facts
from knowledge.library import ChromaLibrary
from knowledge.vectors import Embeddings

DEMO = Path(__file__).parents[2] / "knowledge" / "demo" / "library"
VISITORS = Path(__file__).with_name("visitors.jsonl")
MODELS: dict[str, Callable[[], Embeddings]] = {
    "multilingual": LocalEmbeddings.load,
    "english": EnglishEmbeddings.load,
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a visitor asks, and the files of which at least one has the answer; none: it is unanswerable."""

    id: str
    language: str
    text: str
    pages: frozenset[str]
    before: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What the library gave: the files of its facts in order, and its own judgement."""

    question: Question
    files: tuple[str, ...]
    is_answered: bool
    seconds: float

    @property
    def place(self) -> int:
        """Give the place of the first right fact, from 1; a far one where there is none."""
        places = [n for n, file in enumerate(self.files, 1) if file in self.question.pages]
        return min(places, default=10_000)

    @property
    def page_place(self) -> int:
        """Give the place of the first right page, each page counted once."""
        pages = list(dict.fromkeys(self.files))
        places = [n for n, file in enumerate(pages, 1) if file in self.question.pages]
        return min(places, default=10_000)


def read_questions(path: Path) -> Iterator[Question]:
    """Read the questions that are about the documents; of a talk each turn, with the turn before."""
    for line in path.read_text("utf-8").splitlines():
        talk = json.loads(line)
        before = ""
        for turn in talk["turns"]:
            expected = turn["expect"]
            pages = frozenset(expected.get("pages", ()))
            if pages or talk["kind"] == "unanswerable":
                yield Question(talk["id"], talk["language"], turn["visitor"], pages, before)
            before = turn["visitor"]


async def search(
    folder: Path, questions: Iterable[Question], embeddings: Embeddings
) -> list[Result]:
    """Index a folder and ask everything."""
    async with indexed(folder, embeddings) as library:
        files = files_of(folder)
        return [await _ask(library, question, files) for question in questions]


@asynccontextmanager
async def indexed(folder: Path, embeddings: Embeddings) -> AsyncIterator[ChromaLibrary]:
    """Give a library of a folder's documents, gone afterwards."""
    with tempfile.TemporaryDirectory() as place:
        library = await ChromaLibrary.open(Path(place) / "library", embeddings, folder)
        try:
            yield library
        finally:
            await library.close()


def files_of(folder: Path) -> dict[FactId, str]:
    """Give the file that each fact comes from, by reading each alone."""
    found: dict[FactId, str] = {}
    for path in sorted(each for each in folder.iterdir() if each.is_file()):
        with tempfile.TemporaryDirectory() as alone:
            (Path(alone) / path.name).write_bytes(path.read_bytes())
            found |= dict.fromkeys(read_facts(Path(alone)).facts, path.name)
    return found


async def _ask(library: ChromaLibrary, question: Question, files: dict[FactId, str]) -> Result:
    started = perf_counter()
    findings: Findings = await library.find(question.text, 12, Wanted(context=question.before))
    seconds = perf_counter() - started
    facts: list[Fact] = [found.fact for found in findings.facts]
    names = tuple(files.get(fact.id, fact.source) for fact in facts)
    return Result(question, names, findings.is_answered, seconds)


def table_of(title: str, results: Iterable[Result]) -> Table:
    """Show the figures by language, and all together."""
    table = Table(
        "language", "n", "hit@1", "hit@3", "page@3", "MRR", "answered", "n", "refused", title=title
    )
    groups = defaultdict(list)
    for result in results:
        groups[result.question.language].append(result)
        groups["all"].append(result)
    for language, group in sorted(groups.items()):
        table.add_row(language, *_figures(group))
    return table


def _figures(results: list[Result]) -> list[str]:
    asked = [each for each in results if each.question.pages]
    lacking = [each for each in results if not each.question.pages]
    return [
        str(len(asked)),
        _share(each.place == 1 for each in asked),
        _share(each.place <= 3 for each in asked),
        _share(each.page_place <= 3 for each in asked),
        f"{sum(1 / each.place for each in asked) / max(len(asked), 1):.2f}",
        _share(each.is_answered for each in asked),
        str(len(lacking)),
        _share(not each.is_answered for each in lacking),
    ]


def _share(those: Iterable[bool]) -> str:
    counted = list(those)
    return f"{sum(counted) / len(counted):.0%}" if counted else "-"


def main(arguments: list[str]) -> None:
    """Measure and print."""
    console = Console(width=140)
    names = [each for each in arguments if each in MODELS] or ["multilingual"]
    folders = [Path(each) for each in arguments if each not in MODELS]
    companies = [
        (DEMO, VISITORS),
        *((each / "library", each / "replies.jsonl") for each in folders),
    ]
    for name in names:
        for folder, file in companies:
            results = asyncio.run(search(folder, read_questions(file), MODELS[name]()))
            seconds = sorted(result.seconds for result in results)
            console.print(table_of(f"{name}: {folder}", results))
            console.print(f"median {seconds[len(seconds) // 2] * 1000:.1f} ms a search")
            for result in results:
                if result.question.pages and result.page_place > 3:
                    console.print(
                        f"  lost {result.question.id}: {result.question.text}", style="dim"
                    )


if __name__ == "__main__":
    main(sys.argv[1:])
