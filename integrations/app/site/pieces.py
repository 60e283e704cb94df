"""A knowledge page taken apart: what the layouts of the site put together again."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.documents import Document
from knowledge.indexing import slug

SCROLLING = '<div class="scroll" role="region" aria-label="Table" tabindex="0"><table>'

OWN_ADDRESS = re.compile(r"(?<![@/\w])tourvane\.example(/[a-z-]+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """One page: its first paragraph stands apart, and each heading can be linked to as sources do."""

    path: str
    title: str
    lead: str
    lead_text: str
    body: str
    headings: tuple[tuple[str, str], ...]
    changed_at: datetime | None


def take_apart(document: Document) -> Piece:
    """Render a page in pieces."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    title, lead, rest = _parts(markdown.parse(document.body))
    headings = tuple(_headings(rest))
    return Piece(
        path=document.url,
        title=title or document.title,
        lead=_rendered(markdown, lead),
        lead_text=_text(lead),
        body=_rendered(markdown, rest),
        headings=headings,
        changed_at=document.changed_at,
    )


def _parts(tokens: list[Token]) -> tuple[str, list[Token], list[Token]]:
    """Part the title and the paragraph below it from everything else."""
    title = ""
    if tokens and tokens[0].tag == "h1":
        title, tokens = tokens[1].content, tokens[3:]
    if tokens and tokens[0].type == "paragraph_open":
        return title, tokens[1:2], tokens[3:]
    return title, [], tokens


def _headings(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Name the chapters, and give each heading the id that the library's sources point to."""
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        made = slug(inline.content)
        opening.attrSet("id", made)
        if opening.tag == "h2":
            yield made, inline.content


def _rendered(markdown: MarkdownIt, tokens: list[Token]) -> str:
    html = markdown.renderer.render(tokens, markdown.options, {}).strip()
    return _with_tables(OWN_ADDRESS.sub(r'<a href="\1">\g<0></a>', html))


def _with_tables(html: str) -> str:
    """Let tables scroll by themselves, and name what each of their rows is about."""
    html = html.replace("<table>", SCROLLING).replace("</table>", "</table></div>")
    html = html.replace("<th></th>", "<td></td>")
    html = re.sub(r"<tr>\n<td>(.+?)</td>", r'<tr>\n<th scope="row">\1</th>', html)
    return re.sub(r"<td>(yes|no)</td>", r'<td class="\1">\1</td>', html)


def _text(tokens: Sequence[Token]) -> str:
    children = [child for token in tokens for child in token.children or ()]
    return "".join(child.content for child in children)
