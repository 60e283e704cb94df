"""The questions in a message: several are several, each wants its own answer."""

import re

AND_ALSO = re.compile(
    r",? (?:and|also|plus) (?=(?:do|does|is|are|can|could|will|would|what|how|when|who|which)\b)",
    re.IGNORECASE,
)
MOST_QUESTIONS = 3


def split_questions(text: str) -> list[str]:
    """Cut a message into its questions; a message without any is one."""
    parts = [part for part in re.split(r"(?<=[.!?])\s+|\n+", text) if "?" in part]
    cut = [piece.rstrip("?").strip() + "?" for part in parts for piece in AND_ALSO.split(part)]
    return cut[:MOST_QUESTIONS] or [text]
