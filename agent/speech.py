"""A stream of words cut into sentences, so that each can be checked before it is shown."""

import re

ABBREVIATIONS = (
    "e.g.",
    "i.e.",
    "etc.",
    "approx.",
    "incl.",
    "z.b.",
    "ca.",
    "bzw.",
    "p. ex.",
    "vs.",
    "inc.",
    "ltd.",
    "mr.",
    "ms.",
    "dr.",
)
END = re.compile(r"(?<=[.!?…])(?:[\"”»)*]*)(?=\s+\S)|\n+")
UNFINISHED = re.compile(
    rf"(?:^|[\s(])(?:{'|'.join(map(re.escape, ABBREVIATIONS))})$|(?:^|\n)\s*\d{{1,3}}\.$",
    re.IGNORECASE,
)
LOOKS_ENDED = re.compile(r"\w[.!?…][\"”»)*]*$")
LONGEST_SENTENCE = 1_000


class SentenceBuffer:
    """Collects pieces and gives whole sentences, each with the white space that follows it."""

    def __init__(self) -> None:
        """Begin empty."""
        self._rest = ""

    def add(self, piece: str) -> list[str]:
        """Take a piece; give the sentences that are complete now."""
        self._rest += piece
        done: list[str] = []
        while (cut := self._cut()) is not None:
            done.append(self._rest[:cut])
            self._rest = self._rest[cut:]
        return [sentence for sentence in done if sentence.strip()]

    @property
    def is_at_an_end(self) -> bool:
        """Tell whether what is left looks like a whole sentence, if nothing more belongs to it."""
        return bool(LOOKS_ENDED.search(self._rest))

    @property
    def rest(self) -> str:
        """Give what is left so far."""
        return self._rest

    def flush(self) -> list[str]:
        """Give what is left at the end."""
        rest, self._rest = self._rest, ""
        return [rest] if rest.strip() else []

    def _cut(self) -> int | None:
        for match in END.finditer(self._rest):
            space = re.compile(r"\s*").match(self._rest, match.end())
            end = space.end() if space else match.end()
            before = self._rest[: match.end()].rstrip()
            if end < len(self._rest) and not UNFINISHED.search(before) and before.strip(" -*\n"):
                return end
        return LONGEST_SENTENCE if len(self._rest) > LONGEST_SENTENCE else None
