"""What of a rep's words in a thread is for the visitor, and under which ids its parts are said."""

import re
from typing import Final

# What `words_id_of` gives, and the number of a further part.
SPOKEN_IN_SLACK: Final = re.compile(r"slack:(\w+):(\d+\.\d+)(?:/\d+)?")
_NOTE: Final = re.compile(r"\s*note:", re.IGNORECASE)


def without_notes(words: str) -> str:
    """Give what is for the visitor: nothing of words that begin as a note, else all lines that do not."""
    lines = words.strip().split("\n")
    if _NOTE.match(lines[0]):
        return ""
    return "\n".join(line for line in lines if not _NOTE.match(line)).strip()


def is_note(words: str) -> bool:
    """Tell whether there are words, and all of them are a note among colleagues."""
    return bool(words.strip()) and not without_notes(words)


def part_id(words_id: str, number: int) -> str:
    """Give the id of one part of words that are too long for one message."""
    return f"{words_id}/{number}" if number else words_id
