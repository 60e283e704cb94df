"""What a fact is about, as far as that decides whom it serves: by the words of its title, and by its amounts."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files

from agent.facts import Fact, Topic
from knowledge.wording import words

AMOUNT = re.compile(
    r"(?:[$€£¥]|\b(?:eur|usd|gbp|chf)\b)\s?\d|\d\s?(?:[$€£¥]|\b(?:eur|usd|gbp|chf|euro)\b)", re.I
)
# A passage with so many amounts is a price list, whatever it is called.
MANY_AMOUNTS = 3


def topics_of(fact: Fact) -> tuple[Topic, ...]:
    """Give the topics of a fact, in the order of Topic."""
    said = words(f"{fact.title} {fact.url} {fact.source}")
    found = {topic for word in said for topic in _by_word(word)}
    if len(AMOUNT.findall(fact.text)) >= MANY_AMOUNTS:
        found.add(Topic.PRICE)
    return tuple(topic for topic in Topic if topic in found)


def with_topics(fact: Fact) -> Fact:
    """Give the fact with its topics."""
    return replace(fact, topics=topics_of(fact))


def _by_word(word: str) -> tuple[Topic, ...]:
    exact, beginnings = _topic_words()
    starting = (topic for start, topic in beginnings.items() if word.startswith(start))
    return (*((exact[word],) if word in exact else ()), *starting)


@cache
def _topic_words() -> tuple[Mapping[str, Topic], Mapping[str, Topic]]:
    """Load the words of titles: whole ones, and beginnings."""
    exact: dict[str, Topic] = {}
    beginnings: dict[str, Topic] = {}
    for line in files("knowledge").joinpath("topics.txt").read_text("utf-8").splitlines():
        topic, _, said = line.partition(":")
        for word in () if line.startswith("#") else said.split():
            (beginnings if word.endswith("*") else exact)[word.rstrip("*")] = Topic(topic)
    return exact, beginnings
