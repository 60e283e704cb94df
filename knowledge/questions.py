"""Takes a visitor's message apart: which questions it asks, and which of its words matter."""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from agent.language import detect_language

MOST_QUESTIONS = 4
MOST_CHARACTERS = 400
MOST_MESSAGE_CHARACTERS = 4_000
# A question with fewer words of its own ("How long does it take?") needs its neighbour to be understood.
FEW_WORDS = 2
MOST_CONTEXT = 200
# In a message no longer than this, what stands around its only question tells what it is about.
MOST_OF_ONE_QUESTION = 200
PLAIN = str.maketrans(
    dict(zip("äöüáàâéèêëíîïóôúùûñç", "aouaaaeeeeiiioouuunc", strict=True)) | {"ß": "ss"}
)
# Written large within a sentence: a place or a company; all large or with digits: a standard or a model.
NAME = re.compile(r"(?<=[\w,] )(?:[^\W\d_][^\W_]*\d\w*|\w*[^\W\d_a-z]\w+)\b")
MARKED = re.compile(r"\d|[A-Z]{2}")
DATES = frozenset(
    {*calendar.month_name, *calendar.day_name, *calendar.month_abbr, *calendar.day_abbr}
)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\s*\n\s*")


@dataclass(frozen=True, slots=True)
class Questions:
    """What a message asks; where nothing is asked outright, its statements stand in."""

    texts: tuple[str, ...]
    are_asked: bool


def split_questions(message: str) -> Questions:
    """Find the questions of a message, at most MOST_QUESTIONS, each understandable alone."""
    sentences = [
        part for part in SENTENCE_END.split(message[:MOST_MESSAGE_CHARACTERS].strip()) if part
    ]
    asked = [place for place, text in enumerate(sentences) if "?" in text and content_words(text)]
    if len(asked) == 1 and len(message) <= MOST_OF_ONE_QUESTION:
        return Questions((message.strip(),), are_asked=True)
    places = asked or [place for place, text in enumerate(sentences) if content_words(text)]
    texts = list(dict.fromkeys(_in_context(sentences, place) for place in places)) or [message]
    kept = (*texts[: MOST_QUESTIONS - 1], " ".join(texts[MOST_QUESTIONS - 1 :]))
    return Questions(tuple(text[:MOST_CHARACTERS] for text in kept if text), are_asked=bool(asked))


def in_context(question: str, before: str) -> str:
    """Give a question that can be understood alone: with what was said before it, where it points back."""
    points_back = len(content_words(question)) <= FEW_WORDS or _pointing_words() & set(
        re.findall(r"\w+", plain(question.lower()))
    )
    return f"{before[-MOST_CONTEXT:]} {question}" if before.strip() and points_back else question


def content_words(text: str) -> tuple[str, ...]:
    """Give the words that say what a text is about, each once, lower case."""
    words = re.findall(r"\w+", text.lower().replace("'", "").replace("’", ""))
    return tuple(dict.fromkeys(word for word in words if _is_content(word)))


def names_in(text: str) -> list[str]:
    """Give the names of places, companies, standards and models in what is asked, as they are written.

    The sentence's first word is none for its capital alone, nor is any German noun, nor a month or a day.
    """
    asked = [part for part in SENTENCE_END.split(text) if "?" in part] or [text]
    found = [
        word
        for part in asked
        for word in NAME.findall(part)
        if word[0].isalpha() and (word[0].isupper() or MARKED.search(word)) and word not in DATES
    ]
    if all(map(MARKED.search, found)) or detect_language(text) != "de":
        return found
    return [word for word in found if MARKED.search(word)]


def _is_content(word: str) -> bool:
    return plain(word) not in _stop_words() and (len(word) > 1 or word.isdigit())


def pages_words(word: str) -> tuple[str, ...]:
    """Give what pages are likely to say for a visitor's word; nothing where the glossary has nothing."""
    bare = plain(word)
    exact, beginnings = _glossary()
    if bare in exact:
        return exact[bare]
    starts = (bare[:end] for end in range(1, len(bare) + 1))
    known = [beginnings[start] for start in starts if start in beginnings]
    return min(known, default=(0, ()))[1]


def in_pages_words(text: str) -> str:
    """Give a text with the pages' words added, so that it lies nearer to them."""
    added = [words[0] for word in content_words(text) if (words := pages_words(word))]
    return " ".join([text, *dict.fromkeys(added)])


@cache
def _pointing_words() -> frozenset[str]:
    """Load the words that stand for something said before."""
    return frozenset(files("knowledge").joinpath("pointing_words.txt").read_text("utf-8").split())


@cache
def _stop_words() -> frozenset[str]:
    """Load the words without a topic (English, German, French, Spanish), without accents."""
    return frozenset(files("knowledge").joinpath("stop_words.txt").read_text("utf-8").split())


@cache
def _glossary() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[int, tuple[str, ...]]]]:
    """Load the glossary: by whole words, and by beginnings of words with their place, as the first that fits counts."""
    exact: dict[str, tuple[str, ...]] = {}
    beginnings: dict[str, tuple[str, ...]] = {}
    for line in files("knowledge").joinpath("glossary.txt").read_text("utf-8").splitlines():
        pages, _, visitors = line.partition(":")
        said = tuple(each.strip() for each in pages.split(","))
        for word in () if line.startswith("#") else visitors.split():
            (beginnings if word.endswith("*") else exact)[word.rstrip("*")] = said
    places = enumerate(beginnings.items())
    return exact, {start: (place, said) for place, (start, said) in places}


def plain(word: str) -> str:
    """Give a word without its accents."""
    return word.translate(PLAIN)


def _in_context(sentences: list[str], place: int) -> str:
    if len(content_words(sentences[place])) > FEW_WORDS or len(sentences) == 1:
        return sentences[place]
    first = max(place - 1, 0)
    return " ".join(sentences[first : first + 2])
