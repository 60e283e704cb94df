"""The statements a visitor made, cut out of a message: sentences and their clauses, each with its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.own_words import own_words

SENTENCE = re.compile(r"(?:[^.!?。！？；;\n]|(?<=\d)[.](?=\d)|(?<=\w)[.](?=\w))+[.!?。！？；;]*")
CLAUSE = re.compile(
    r"(?:[^,،、，–—]|(?<=\d),(?=\d))+[,،、，–—]*",
)
JOINTS = re.compile(
    r"\s(?:but|and|so|because|aber|und|weil|sondern|pero|porque|mais|et|car|maar|en|want|mas|ma|ale|bo|men|och|og|mutta"
    r"|но|а|και|αλλά|fakat|ama|ve)\s",
    re.IGNORECASE,
)
ASKS = re.compile(r"[?？؟]\s*$")
LONGEST_QUOTE = 240


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that is no question (of a question, the clauses before its last), at [start, end) of the message."""

    text: str
    start: int
    end: int

    def overlaps(self, start: int, end: int) -> bool:
        """Tell whether it shares words with this span of the message."""
        return self.start < end and start < self.end

    def clauses(self) -> Iterator[str]:
        """Give its clauses, so that a negation is not taken for that of its neighbour."""
        for part in CLAUSE.findall(self.text):
            yield from JOINTS.split(part)


def statements(text: str) -> list[Statement]:
    """Cut a message into its statements, in order; quoted mail and signatures are none of them."""
    return list(_statements(own_words(text)))


def _statements(text: str) -> Iterator[Statement]:
    for match in SENTENCE.finditer(text):
        end = _before_question(match[0]) if ASKS.search(match[0]) else len(match[0])
        words = match[0][:end]
        left = len(words) - len(words.lstrip())
        if kept := words.strip(" \t\r,.;!。！；،、，–—"):
            yield Statement(kept, match.start() + left, match.start() + left + len(words.strip()))


def _before_question(sentence: str) -> int:
    clauses = list(CLAUSE.finditer(sentence))
    return clauses[-1].start() if len(clauses) > 1 else 0


def shortened(text: str) -> str:
    """Cut a quote between two words when it is longer than a quote may be."""
    return text if len(text) <= LONGEST_QUOTE else re.sub(r"\s+\S*$", "", text[:LONGEST_QUOTE])
