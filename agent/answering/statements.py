"""The statements of facts: sentences, list items and table rows, each readable alone, with what it belongs to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from agent.answering.words import terms
from agent.facts import Fact, FoundFact, Topic

SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!\b[A-Za-z]\.)(?<!\bca\.)(?<!\bNo\.)(?<!\bNr\.)(?<!\betc\.)(?<!\bmin\.)(?<!\bmax\.)(?<!\bexcl\.)(?<!\bincl\.)(?<!\binkl\.)(?<!\bzzgl\.)(?<!e\.g\.)(?<!i\.e\.)(?<!z\.B\.)\s+(?=[A-ZÀ-ÖØ-Þ0-9“\"¿¡€$£(*])"
)
CLAUSE_NUMBER = re.compile(r"^(?:\d{1,2}\.)+\d{0,2}\s+(?=\S)|^\(?[a-z]\)\s+")
CELL = re.compile(
    r"^(?P<header>(?:[^:;.?!]|\.(?!\s+[A-ZÀ-Þ][a-zà-ÿ])){1,60}(?:\(.{1,30}\))?): (?P<value>.+)$"
)
MARKS = " -*•·\t"
FEWEST_CELLS = 2
SHORT_WORDS = 2
LEANS = re.compile(
    r"^(?:it|its|they|them|their|this|that|these|those|he|she|his|her|both|the (?:rest|same|former|latter|other)|otherwise|then|above that|below that|beyond that|in that case|for that|from there|each has|"
    r"er|sie|es|dies\w*|das|dafür|damit|dabei|darin|darüber|beide|ils?|elles?|cela|ceci|celui|celle|ceux|ello|esto|eso|estos|estas|ese|esa|isto|isso|eles|elas|deze|dit|dat|ze|hij|het geldt)\b",
    re.IGNORECASE,
)
CONDITION = re.compile(
    r"^(?:except|but|however|only|unless|otherwise|not |if |the exception|exception|above that|below that|beyond that|excluding|minimum|this does not|it does not|aber|jedoch|nur|außer|ausgenommen|sauf|mais|toutefois|excepto|pero|salvo|mas|exceto|porém|behalve|maar|uitgezonderd)",
    re.IGNORECASE,
)
STORY = re.compile(
    r"(?:^|[/_-])(?:cases?|case-stud\w*|customers?|stories|story|blog|news|changelog|change-log|releases?|release-notes)(?:[/_.#-]|$)",
    re.IGNORECASE,
)
COMPARISON = re.compile(
    r"[/_-](?:compare|comparison|comparisons|versus|vs|alternatives?)(?:[/_.#-]|$)", re.IGNORECASE
)
STORY_TITLE = re.compile(
    r"^(?:what's new|changelog|release notes|blog|news|case study|customer story)\b", re.IGNORECASE
)
# The facts of a library are met again and again.
MOST_KEPT = 4_096


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a table row under its header, which may be empty."""

    header: str
    value: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What one fact says in one go; `place` is its position in the fact, `asked` the question written above it.

    `cells` are there when it is a table row, whose subject comes first.
    """

    text: str
    found: FoundFact
    place: int
    asked: str = ""
    cells: tuple[Cell, ...] = ()

    @property
    def fact(self) -> Fact:
        """Give the fact that states it."""
        return self.found.fact

    @property
    def chance(self) -> float:
        """Give the probability that it answers, as it was read with the question; 0 where it was not."""
        answers = self.found.answers
        return answers[self.place] if self.place < len(answers) else 0.0

    @property
    def alone(self) -> str:
        """Give it as it can be understood alone: under the title, after the question written above it."""
        return (
            f"{self.fact.title}\n{self.asked} {self.text}"
            if self.asked
            else f"{self.fact.title}\n{self.text}"
        )

    @property
    def terms(self) -> frozenset[str]:
        """Give the terms of its own words."""
        return terms(self.text)

    @property
    def is_fragment(self) -> bool:
        """Tell whether it is an item of a list and no sentence: it says what only with its heading."""
        return not self.cells and is_fragment(self.text)

    @property
    def heading(self) -> str:
        """Give the last part of the fact's heading, unless that is a question."""
        last = self.fact.heading.rpartition(" > ")[2].strip()
        return "" if last.endswith("?") else last

    @property
    def leans(self) -> bool:
        """Tell whether it begins with a word that needs the statement before it."""
        return not self.cells and leans(self.text)

    @property
    def limits(self) -> bool:
        """Tell whether it limits the statement before it ("except ...")."""
        return not self.cells and limits(self.text)


def is_fragment(text: str) -> bool:
    """Tell whether a text is no sentence."""
    return not text.endswith((".", "!", ")", ":", "”", '"'))


def leans(text: str) -> bool:
    """Tell whether a text begins with a word that needs what stands before it."""
    return bool(LEANS.search(text))


def limits(text: str) -> bool:
    """Tell whether a text begins as one that limits what stands before it."""
    return bool(CONDITION.search(text))


@lru_cache(maxsize=MOST_KEPT)
def is_story(fact: Fact) -> bool:
    """Tell whether a fact stands in a customer's story, a blog or a list of news, as its topic or its file says."""
    return Topic.CASE_STUDY in fact.topics or bool(
        STORY.search(fact.url.partition("://")[2].partition("/")[2] or fact.url)
        or STORY.search(fact.source)
        or STORY_TITLE.search(fact.page)
    )


@lru_cache(maxsize=MOST_KEPT)
def is_comparison(fact: Fact) -> bool:
    """Tell whether a fact holds the company against others, as its topic or its page's address says."""
    return Topic.COMPARISON in fact.topics or bool(COMPARISON.search(fact.url))


def statements(found: FoundFact) -> list[Statement]:
    """Take a fact apart, in reading order; what is a question itself stands above the next statements."""
    taken = enumerate(_taken_apart(found.fact.text))
    return [Statement(text, found, place, asked, cells) for place, (text, asked, cells) in taken]


@lru_cache(maxsize=MOST_KEPT)
def _taken_apart(text: str) -> tuple[tuple[str, str, tuple[Cell, ...]], ...]:
    """Give each statement of a text with the question above it and its cells."""
    given: list[tuple[str, str, tuple[Cell, ...]]] = []
    asked = ""
    for each in sentences(text):
        if each.endswith("?"):
            asked = each
            continue
        given.append((each, asked, cells_of(each)))
    return tuple(given)


def sentences(text: str) -> list[str]:
    """Split a fact's text into sentences; table rows and list items are sentences of their own."""
    return list(_sentences(text))


@lru_cache(maxsize=MOST_KEPT)
def _sentences(text: str) -> tuple[str, ...]:
    return tuple(_joined(part for line in text.splitlines() for part in _split(line)))


def cells_of(line: str) -> tuple[Cell, ...]:
    """Read a row written as `Plan: Pro; Price: EUR 49`; a first value without header is its subject."""
    parts = line.split("; ")
    if len(parts) < FEWEST_CELLS:
        return ()
    first, *others = (_cell(part) for part in parts)
    if not others or not others[0].header:
        return ()
    read = [first]
    for cell in others:
        if cell.header:
            read.append(cell)
        elif len(read) > FEWEST_CELLS:
            # A value has the mark that parts the cells.
            read[-1] = Cell(read[-1].header, f"{read[-1].value}; {cell.value}")
        else:
            return ()
    return tuple(read)


def _cell(part: str) -> Cell:
    match = CELL.match(part.strip())
    return (
        Cell(match["header"].strip(), match["value"].strip()) if match else Cell("", part.strip())
    )


def _split(line: str) -> Iterator[str]:
    text = CLAUSE_NUMBER.sub("", line.strip(MARKS))
    if cells_of(text):
        yield text
        return
    for part in SENTENCE_END.split(text):
        if stripped := CLAUSE_NUMBER.sub("", part.strip()):
            yield stripped


def _joined(parts: Iterator[str]) -> Iterator[str]:
    """Join a word or two that make no statement alone ("No.", "Yes, of course.") to what follows."""
    held = ""
    for part in parts:
        whole = f"{held} {part}" if held else part
        if len(whole.split()) <= SHORT_WORDS and whole.endswith((".", "!")):
            held = whole
            continue
        held = ""
        yield whole
    if held:
        yield held
