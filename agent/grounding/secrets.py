"""What a reply never gives away: the prompt it was written from, and the lines that are for reps alone."""

import re
from functools import cache, lru_cache

from agent.playbook import Playbook
from prompts.render import prompt

PLAYBOOKS_KEPT = 4
OF_CARD, OF_PROMPT = 4, 7
"""So many words in a row, the same as in a text that is not to be shown, are no chance."""
SAYABLE = re.compile(r"[\"“][^\"”]+[\"”]")
"""What the prompt quotes is what it tells a model to say."""


def runs(text: str) -> frozenset[tuple[str, ...]]:
    """Give every run of words of a text, in lower case, as short and as long as battlecards and prompt are compared."""
    return _runs(text, OF_CARD) | _runs(text, OF_PROMPT)


def secrets_of(playbook: Playbook) -> frozenset[tuple[str, ...]]:
    """Give the runs of words of the prompt and of the battlecards."""
    return _with_cards(tuple(each.battlecard for each in playbook.competitors))


@lru_cache(maxsize=PLAYBOOKS_KEPT)
def _with_cards(cards: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return _of_prompt().union(*(_runs(each, OF_CARD) for each in cards))


@cache
def _of_prompt() -> frozenset[tuple[str, ...]]:
    return _runs(SAYABLE.sub(". ", prompt("first_response").system), OF_PROMPT)


def _runs(text: str, size: int) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", text.lower())
    return frozenset(zip(*(words[at:] for at in range(size)), strict=False))
