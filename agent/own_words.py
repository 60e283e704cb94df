"""What the sender says now: quoted mail, signatures and disclaimers are blanked, and no offset moves."""

import re
from collections.abc import Iterator

from mailparser_reply import EmailMessage

LANGUAGES = ("en", "de", "fr", "it", "nl", "pl", "sv", "es", "pt", "cs", "da", "ja", "ko", "zh")
LONGEST_READ = 20_000
LONGEST_MAIL = 8_000  # the mail parser's expressions grow faster than the text
LONGEST_LINE = 300
LINE = re.compile(r"[^\n]*\n|[^\n]+")
QUOTED = re.compile(r"\s*>|\s*(?:On|Am|Le|El|Em|Op|Il|Den|Dnia)\b.{5,120}:\s*$")
FORWARDED = re.compile(
    r"\s*-{2,}.{0,12}(?:original|forward|weiterge|ursprüng|reenvi|message|mensa)", re.I
)
SIGNATURE = re.compile(r"\s*(?:--|—|_{2,})\s*$")


def own_words(text: str) -> str:
    """Give the text with all that is not the sender's own present words blanked, its length unchanged.

    A message that is nothing but a forwarded or quoted mail is kept whole: somebody sent it for its words.
    """
    text = text[:LONGEST_READ]
    if "\n" not in text:
        return text
    kept = _unquoted(text)
    if len(text) <= LONGEST_MAIL:
        kept = _without_signature(kept)
    return kept if kept.strip() else text


def _unquoted(text: str) -> str:
    """Blank quoted lines, and all that follows a signature mark or the head of a forwarded mail."""
    kept, is_over = [], False
    for line in LINE.findall(text):
        is_over = is_over or bool(SIGNATURE.match(line) or FORWARDED.match(line))
        kept.append(_blank(line) if is_over or QUOTED.match(line) else line)
    return "".join(kept)


def _without_signature(text: str) -> str:
    # Long lines and long runs of empty ones cost the parser seconds; their beginnings say enough.
    lines = "\n".join(line[:LONGEST_LINE] for line in text.split("\n"))
    mail = EmailMessage(
        re.sub(r"\s*\n\s*\n\s*", "\n\n", lines), list(LANGUAGES), keep_hyphen_lists=True
    )
    replies = mail.read().replies
    body = next((reply.body for reply in replies if reply.body and reply.body.strip()), "")
    return "".join(_matched(text, [line.strip() for line in body.split("\n") if line.strip()]))


def _matched(text: str, body: list[str]) -> Iterator[str]:
    """Give the lines of the text, blanked where the body's next line is another."""
    position = 0
    for line in LINE.findall(text):
        is_next = position < len(body) and body[position] in line
        position += is_next
        yield line if is_next else _blank(line)


def _blank(line: str) -> str:
    return re.sub(r"[^\n]", " ", line)
