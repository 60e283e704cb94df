"""The agent's own words, and the widget's, in each language: one Markdown file a language, one heading a phrase.

Placeholders are `{name}`; a missing or unknown one raises, so that no half-filled sentence is ever said.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of one language."""

    language: str
    texts: Mapping[str, str]

    def fill(self, key: str, **values: str) -> str:
        """Give a phrase with its placeholders filled; raises KeyError for a missing key or value."""
        text = self.texts[key]
        wanted = set(re.findall(r"\{(\w+)\}", text))
        if unknown := set(values) - wanted:
            raise KeyError(f"{self.language}.md, {key}: no placeholder {sorted(unknown)}")
        return re.sub(r"\{(\w+)\}", lambda match: values[match[1]], text)

    def has(self, key: str) -> bool:
        """Tell whether this language has the phrase."""
        return key in self.texts


def phrases(language: str) -> Phrases:
    """Load the phrases of a language (a two-letter code); English when there are none."""
    return _load(language if language in languages() else FALLBACK)


@cache
def _load(language: str) -> Phrases:
    return _read("phrases", language)


@cache
def widget_words(language: str) -> Phrases:
    """Load the words of the widget in a language; English when there are none."""
    return _read("widget", language if language in languages() else FALLBACK)


@cache
def reasons() -> Phrases:
    """Load the words in which a score explains itself to reps."""
    return _read("", "reasons")


@cache
def languages() -> frozenset[str]:
    """Give the codes of all languages with phrases."""
    folder = files("prompts").joinpath("phrases")
    return frozenset(
        entry.name.removesuffix(".md") for entry in folder.iterdir() if entry.name.endswith(".md")
    )


def _read(folder: str, name: str) -> Phrases:
    text = files("prompts").joinpath(folder, f"{name}.md").read_text("utf-8")
    return Phrases(name, dict(_sections(text)))


def _sections(text: str) -> list[tuple[str, str]]:
    parts = re.split(r"^## +(\w+)\s*$", text, flags=re.MULTILINE)[1:]
    return [(key, body.strip()) for key, body in zip(parts[::2], parts[1::2], strict=True)]
