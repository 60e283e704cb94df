"""Visitors' questions with what was found for them and the lines that answer, as integrations.app.answer_features writes them.

One JSON object a line, one file a company:
`{"question", "before", "language", "passages": [{"title", "lines": [...], "answers": [line numbers]}]}`;
passages in the order in which the search found them, and after them those with an answer that it missed.
"""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Passage:
    """A fact's title, and its text taken apart into statements."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What a visitor asked, what was said before, and the passages found with the lines that answer."""

    text: str
    before: str
    language: str
    passages: tuple[Passage, ...]
    answers: tuple[frozenset[int], ...]
    """For each passage the numbers of the lines that answer."""


def read_questions(path: Path) -> list[Question]:
    """Read one company's questions."""
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip())
    return [
        Question(
            text=row["question"],
            before=row.get("before", ""),
            language=row["language"],
            passages=tuple(
                Passage(each["title"], tuple(each["lines"])) for each in row["passages"]
            ),
            answers=tuple(frozenset(each["answers"]) for each in row["passages"]),
        )
        for row in rows
        if "claim" not in row
    ]
