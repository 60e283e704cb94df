"""A mail in HTML as its reader sees it; quoted mails stay quoted, by `>`."""

import re
from html import unescape

from knowledge.documents.html_hidden import take_out_hidden
from knowledge.documents.html_shaping import to_markdown

UNSEEN = ("script", "style", "head", "title", "meta", "template", "noscript")
MARKED = ("b", "strong", "em", "i", "u", "s", "font", "span", "code", "a")
NESTED = re.compile(
    r"<(/?)(div|table|span|blockquote|font|section|center|ul|ol|dl|b|i|u|em|strong|a)\b", re.I
)
DEEPEST = 200  # no mail program nests so deep, and whoever does wants to keep us busy
TAG = re.compile(r"<[^<>]*>")
ESCAPED = re.compile(r"\\([_*])")
QUOTES = ".gmail_quote, .yahoo_quoted, #divRplyFwdMsg ~ *, #appendonsend ~ *, .moz-cite-prefix ~ blockquote"


def mail_text(html: str) -> str:
    """Give the text of a mail; what no reader sees is left out."""
    if _depth(html) > DEEPEST:
        return unescape(TAG.sub("\n", html))
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "lxml")
    take_out_hidden(soup)
    for element in soup(UNSEEN):
        element.decompose()
    for element in soup(MARKED):
        element.unwrap()
    for quote in soup.select(QUOTES):
        if quote.name != "blockquote" and not quote.find_parent("blockquote"):
            quote.name = "blockquote"
    return ESCAPED.sub(r"\1", to_markdown(soup)[0])


def _depth(html: str) -> int:
    """Give how deep elements stand in each other at most."""
    depth = deepest = 0
    for end, _ in NESTED.findall(html):
        depth = max(depth + (-1 if end else 1), 0)
        deepest = max(deepest, depth)
    return deepest
