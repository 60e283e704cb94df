"""Where the library's collections stand: in a folder of this process, or on a server that several processes share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from agent.facts import Fact, FactId
from knowledge.lexical import LexicalIndex
from knowledge.nearness import Vectors
from knowledge.snapshot import Kept

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api.models.Collection import Collection
    from numpy.typing import NDArray

# Up to here a question is compared with each vector, beyond it the index is asked; those many are kept at half precision.
IN_MEMORY = 10_000


@dataclass(frozen=True, slots=True)
class Held:
    """What a collection holds, in memory; its words where they need not be read anew."""

    facts: Mapping[FactId, Fact]
    vectors: Vectors
    words: LexicalIndex | None = None


class Shelf(Protocol):
    """A place with one collection for each embedding model; blocking, for one thread at a time."""

    @property
    def is_shared(self) -> bool:
        """Tell whether other processes change it, too."""
        ...

    @property
    def collection(self) -> Collection:
        """Give the collection of the model that is used."""
        ...

    def read(self) -> Held:
        """Read all that the collection holds now; raises BrokenIndexError or LibraryUnavailableError."""
        ...

    def vectors(self) -> Vectors:
        """Read its vectors alone."""
        ...

    def nearest(
        self, questions: NDArray[np.float32], count: int
    ) -> list[Mapping[FactId, float]] | None:
        """Ask the index for the nearest facts of each question; None while that cannot be done."""
        ...

    def of_other_models(self) -> Mapping[str, Mapping[FactId, Fact]]:
        """Give the facts of each other model's collection."""
        ...

    def drop(self, name: str) -> None:
        """Drop a collection."""
        ...

    def note_change(self) -> None:
        """Take note that what was copied elsewhere is out of date."""
        ...

    def close(self, size: int, whole: Callable[[], Kept] | None) -> None:
        """Let go of it; `whole` gives all of the `size` facts, where a copy may be left for the next start."""
        ...
