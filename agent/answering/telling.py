"""Chosen statements as they are read: rows as sentences, list items under their heading."""

import re
from collections.abc import Iterator, Sequence

from agent.answering.asking import Wanted
from agent.answering.rows import row_sentence
from agent.answering.searching import Search
from agent.answering.statements import Statement

CASE = re.compile(
    r"^(?:when|if|for|wenn|falls|für|quand|si|pour|cuando|para|quando|se|als|voor)\b|\d",
    re.IGNORECASE,
)


def told(picked: Sequence[Statement], search: Search) -> Iterator[str]:
    """Write the statements, each once; a heading before several of its items only once."""
    heading, seen = "", set[str]()
    for statement in picked:
        text = re.sub(r"\s+", " ", said(statement, search))
        lead = f"{front(statement)}: "
        shown = text.removeprefix(lead) if lead == heading else text
        heading = lead if text.startswith(lead) else ""
        if shown not in seen:
            yield shown
        seen.add(shown)


def said(statement: Statement, search: Search) -> str:
    """Write a statement as it is to be read."""
    if not statement.cells:
        return _under_heading(statement)
    asked = frozenset(term for each in search.words.values() for term in each)
    return row_sentence(statement.cells, asked, wants_amount=Wanted.AMOUNT in search.wanted)


def _under_heading(statement: Statement) -> str:
    """Put the heading before what says little or the contrary without it ("Not available: hot foil")."""
    is_case = bool(CASE.search(statement.heading)) and statement.place == 0
    if not statement.is_fragment and not is_case:
        return statement.text
    end = "." if statement.is_fragment else ""
    lead = f"{front(statement)}: " if statement.heading else ""
    return f"{lead}{statement.text}{end}"


def front(statement: Statement) -> str:
    """Give the heading as it stands before an item of its list."""
    return statement.heading.rstrip(".:").replace(": ", ", ")
