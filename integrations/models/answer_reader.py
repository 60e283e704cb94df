"""The answer reader: how near each statement lies to the question, and a small network over that and its words.

The network is fitted by `python -m integrations.models.training.answers.fitting` on the questions in
knowledge/examples/companies. Vectors of statements are kept, as the same facts are asked for again and again.
"""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from agent.answering.features import features_of
from agent.answering.statements import statements
from agent.facts import Fact, FactId, FoundFact
from integrations.models.embeddings import LocalEmbeddings
from integrations.models.onnx import checked
from integrations.models.recent import Recent

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    import numpy as np
    from numpy.typing import NDArray

    from agent.answering.searching import Search

FARTHEST = 5.0  # standard deviations; what lies beyond was never seen
MOST_KEPT = 20_000  # vectors, 30 MB
MOST_AHEAD = 4_000  # statements, some 15 seconds of one core
AT_ONCE = 16
# A question with what it may point back to, its language, and the statements found with their facts' relevance.
_Asked = tuple[str, str, str, tuple[tuple[FactId, int, float], ...]]


class TextEmbeddings(Protocol):
    """An embedding model."""

    @property
    def name(self) -> str:
        """The model, by which its vectors are told from another's."""
        ...

    @property
    def unrelated(self) -> tuple[float, float]:
        """How near texts are that have nothing to do with each other: mean and deviation."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give unit vectors of passages, shape (texts, dimensions)."""
        ...

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give unit vectors of questions, shape (texts, dimensions)."""
        ...


class StatementVectors:
    """Embeds statements and keeps the last ones; safe to call from several threads."""

    def __init__(self, embeddings: TextEmbeddings) -> None:
        self.embeddings = embeddings
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = Lock()

    def nearness(self, question: str, texts: Sequence[str]) -> list[float]:
        """Tell by how many deviations each text is nearer to the question than usual."""
        import numpy as np

        mean, deviation = self.embeddings.unrelated
        [asked] = self.embeddings.embed_questions([question])
        similarities = np.stack(self.of(texts)) @ asked
        return [float(each) for each in (similarities - mean) / deviation]

    def of(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """Give the vectors of texts, embedding those that are not kept."""
        with self._lock:
            known = {text: self._kept[text] for text in texts if text in self._kept}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known |= dict(zip(new, self.embeddings.embed(new), strict=True))
        self.keep({text: known[text] for text in texts})
        return [known[text] for text in texts]

    def keep(self, known: Mapping[str, NDArray[np.float32]]) -> None:
        """Keep these, and let go of those that were not asked for the longest."""
        with self._lock:
            for text, vector in known.items():
                self._kept[text] = vector
                self._kept.move_to_end(text)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


@dataclass(frozen=True, slots=True)
class StatementFile:
    """Vectors of statements on disk, of one embedding model; a file that cannot be used is written anew."""

    path: Path

    def read(self, vectors: StatementVectors) -> int:
        """Take in what the file has of this model; gives how many texts that are."""
        import numpy as np

        try:
            with np.load(io.BytesIO(self.path.read_bytes()), allow_pickle=False) as file:
                texts, rows = [str(text) for text in file["texts"]], file["vectors"]
                if str(file["model"]) != vectors.embeddings.name or len(texts) != len(rows):
                    return 0
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
            return 0
        vectors.keep(dict(zip(texts, rows, strict=True)))
        return len(texts)

    def write(self, vectors: StatementVectors, texts: Sequence[str]) -> None:
        """Write the vectors of these texts; a disk that is full costs the next start some seconds, and no more."""
        import numpy as np

        new = self.path.with_suffix(".new.npz")
        try:
            np.savez(
                new,
                model=np.asarray(vectors.embeddings.name),
                texts=np.asarray(texts),
                vectors=np.stack(vectors.of(texts)),
            )
            new.replace(self.path)
        except OSError:
            new.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Weights:
    """The network: scaled features through layers of neurons, then a calibrated probability."""

    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]
    layers: tuple[tuple[NDArray[np.float32], NDArray[np.float32]], ...]
    slope: float = 1.0
    offset: float = 0.0

    def chances(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give probabilities in [0, 1], shape (statements, features) in and (statements,) out."""
        import numpy as np

        logits = self.slope * self.logits(features) + self.offset
        chances: NDArray[np.float32] = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
        return chances

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give the network's raw outputs."""
        import numpy as np

        x = np.clip((features - self.mean) / self.deviation, -FARTHEST, FARTHEST)
        for number, (weight, bias) in enumerate(self.layers):
            x = x @ weight.T + bias
            if number < len(self.layers) - 1:
                x = np.maximum(x, 0)
        logits: NDArray[np.float32] = x[:, 0]
        return logits


@dataclass(frozen=True, slots=True)
class LearnedReader:
    """Tells answers from what only looks like one; safe to call from several threads."""

    weights: Weights
    vectors: StatementVectors = field(repr=False)
    _foreseen: Recent[_Asked, Sequence[float]] = field(default_factory=Recent, repr=False)

    @classmethod
    def load(
        cls, embeddings: LocalEmbeddings | None = None, folder: Traversable | None = None
    ) -> LearnedReader:
        """Load the weights, and the embedding model where it is not given; raises LibraryUnavailableError for a wrong file."""
        return cls(load_weights(folder), StatementVectors(embeddings or LocalEmbeddings.load()))

    async def chances(self, search: Search) -> Sequence[float]:
        """Give for each candidate the probability, in [0, 1], that it answers the question.

        What is asked while words are being saved is asked again for their turn, and known then.
        """
        asked = _asked(search)
        chances = self._foreseen.take(asked)
        if chances is None:
            chances = await asyncio.to_thread(self.read, search)
            self._foreseen.keep(asked, chances)
        return chances

    def read(self, search: Search) -> list[float]:
        """Do so on this thread."""
        features = features_of(search, nearness_of(search, self.vectors))
        return [float(each) for each in self.weights.chances(features)]

    async def remember(self, facts: Iterable[Fact], kept: StatementFile | None = None) -> None:
        """Embed the statements of facts ahead, a few at a time, so that the first visitors need not wait.

        What an earlier process embedded is read from the file, and written there for the next one.
        """
        texts = [each.alone for fact in facts for each in statements(FoundFact(fact, 0.0))]
        texts = list(dict.fromkeys(texts))[:MOST_AHEAD]
        known = await asyncio.to_thread(kept.read, self.vectors) if kept else 0
        for start in range(0, len(texts), AT_ONCE):
            await asyncio.to_thread(self.vectors.of, texts[start : start + AT_ONCE])
        if kept and known < len(texts):
            await asyncio.to_thread(kept.write, self.vectors, texts)


def _asked(search: Search) -> _Asked:
    candidates = ((each.fact.id, each.place, each.found.relevance) for each in search.candidates)
    return search.text, search.context, search.language, tuple(candidates)


def nearness_of(search: Search, vectors: StatementVectors) -> list[float]:
    """Tell how near each candidate lies to the question, with what it may point back to."""
    question = f"{search.context} {search.text}".strip()
    return vectors.nearness(question, [each.alone for each in search.candidates])


def load_weights(folder: Traversable | None = None) -> Weights:
    """Read the network; raises LibraryUnavailableError for a wrong file."""
    import numpy as np

    folder = folder or files("integrations").joinpath("models", "answer_reader")
    card = json.loads(folder.joinpath("answer_reader.json").read_text(encoding="utf-8"))
    kept = np.load(io.BytesIO(checked(folder.joinpath("weights.npz"), card["sha256"])))
    layers = tuple(
        (kept[f"weight{number}"], kept[f"bias{number}"]) for number in range(card["layers"])
    )
    return Weights(kept["mean"], kept["deviation"], layers, card["slope"], card["offset"])
