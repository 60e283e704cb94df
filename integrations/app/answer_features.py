"""`python -m integrations.app.answer_features FOLDER... OUT`: what the answer reader learns from, as numbers.

Each folder is a company: `library/` and `asked.jsonl` as knowledge/examples/answers/README.md describes them. The real
library is built and asked; each statement found is labelled by whether one of the quotes that answer stands in it.
"""

import asyncio
import csv
import io
import json
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.answering.features import features_of
from agent.answering.searching import Search
from agent.answering.statements import Statement, statements
from agent.facts import Fact, FactId, Findings, FoundFact, Wanted
from agent.finding import READ_FACTS
from agent.language import detect_language
from integrations.models.answer_reader import StatementVectors, nearness_of
from integrations.models.embeddings import LocalEmbeddings
from knowledge.indexing import read_facts
from knowledge.library import ChromaLibrary

ENOUGH = 0.9
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Numbers:
    """One question's statements as numbers, and which of them answer; `is_answerable` even if none was found."""

    features: NDArray[np.float32]
    answers: NDArray[np.bool_]
    is_answerable: bool
    text: Mapping[str, Any]
    """The question with the passages found, as integrations.models.training.answers.examples reads them."""


async def numbers_of(company: Path, embeddings: LocalEmbeddings) -> list[Numbers]:
    """Ask a company's questions of its library."""
    vectors = StatementVectors(embeddings)
    with tempfile.TemporaryDirectory() as place:
        library = await ChromaLibrary.open(Path(place), embeddings, company / "library")
        try:
            return [each async for each in _asked(company, library, vectors)]
        finally:
            await library.close()


async def _asked(
    company: Path, library: ChromaLibrary, vectors: StatementVectors
) -> AsyncIterator[Numbers]:
    known = library.known()
    documents = {
        path.name: [known[key] for key in _facts_of(path) if key in known]
        for path in sorted((company / "library").iterdir())
    }
    for line in (company / "asked.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        right = answering(row["answers"], documents)
        before = row.get("before", "")
        if row["answers"] and not right:
            continue
        found = await library.find(row["q"], READ_FACTS, Wanted(context=before))
        candidates = tuple(s for each in found.facts for s in statements(each))
        if candidates:
            search = Search(row["q"], candidates, detect_language(row["q"]), before)
            nearness = nearness_of(search, vectors)
            answers = np.array([(s.fact.id, s.place) in right for s in candidates])
            yield Numbers(
                features_of(search, nearness),
                answers,
                bool(row["answers"]),
                _text(row, found, right, known),
            )


def _text(
    row: Mapping[str, Any],
    found: Findings,
    right: set[tuple[FactId, int]],
    known: Mapping[FactId, Fact],
) -> Mapping[str, Any]:
    """Give a question with what was found for it, and what answers though it was not found."""
    ids = dict.fromkeys([*(each.fact.id for each in found.facts), *sorted(key for key, _ in right)])
    passages = [
        {
            "title": known[key].title,
            "lines": [each.text for each in statements(FoundFact(known[key], 0.0))],
            "answers": sorted(place for owner, place in right if owner == key),
        }
        for key in ids
    ]
    return {
        "question": row["q"],
        "before": row.get("before", ""),
        "language": row["language"],
        "passages": [each for each in passages if each["lines"]],
    }


def _facts_of(path: Path) -> list[FactId]:
    """Give the ids of one document's facts."""
    with tempfile.TemporaryDirectory() as place:
        Path(place, path.name).write_bytes(path.read_bytes())
        return list(read_facts(Path(place)).facts)


def answering(
    quotes: Sequence[Mapping[str, str]], documents: Mapping[str, Sequence[Fact]]
) -> set[tuple[FactId, int]]:
    """Find the statements that quotes stand in, as (fact, place)."""
    return {
        (fact.id, statement.place)
        for quote in quotes
        for fact in documents.get(quote["doc"], ())
        for statement in statements(FoundFact(fact, 1.0))
        if _holds(statement, quote["quote"].strip(), is_row=quote["doc"].endswith(".csv"))
    }


def _holds(statement: Statement, quote: str, *, is_row: bool) -> bool:
    if quote.startswith("|"):
        return _has_all(statement, quote.strip("|").split("|"))
    if is_row:
        is_semicolon = quote.replace("; ", " ").count(";") >= max(1, quote.count(","))
        return _has_all(statement, next(csv.reader(io.StringIO(quote), delimiter=";" if is_semicolon else ","), []))  # fmt: skip
    own, theirs = _words(statement.text), _words(re.sub(r"^[\s#>*-]+", "", quote))
    small, large = sorted((own, theirs), key=len)
    left = list(large)
    shared = [left.pop(left.index(word)) for word in small if word in left]
    return len(small) >= FEWEST and len(shared) >= ENOUGH * len(small)


def _has_all(statement: Statement, cells: Sequence[str]) -> bool:
    text = " ".join(_words(statement.text))
    return all(" ".join(_words(cell)) in text for cell in cells)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower().replace("**", ""))


def write(path: Path, numbers: Sequence[Numbers]) -> None:
    """Keep the questions of one company."""
    np.savez_compressed(
        path,
        features=np.concatenate([each.features for each in numbers]),
        answers=np.concatenate([each.answers for each in numbers]),
        counts=np.array([len(each.answers) for each in numbers]),
        answerable=np.array([each.is_answerable for each in numbers]),
    )
    lines = (json.dumps(each.text, ensure_ascii=False) for each in numbers)
    path.with_suffix(".jsonl").write_text("\n".join(lines) + "\n", "utf-8")


async def main(folders: Sequence[Path], out: Path) -> None:
    """Write one file a company."""
    embeddings = LocalEmbeddings.load()
    for folder in folders:
        write(out / f"{folder.name}.npz", await numbers_of(folder, embeddings))
        sys.stderr.write(f"{folder}\n")


if __name__ == "__main__":
    Path(sys.argv[-1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(main([Path(each) for each in sys.argv[1:-1]], Path(sys.argv[-1])))
