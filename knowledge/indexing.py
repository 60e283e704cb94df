"""Splits pages into facts along their own structure, so that each can be read and cited alone."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import wrap

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from agent.facts import Fact, FactId
from agent.language import detect_language
from knowledge.documents import Document, Remark, read_documents
from knowledge.planted import is_order, shortened, visible, without_orders

MOST_CHARACTERS = 600
MOST_TABLE_CHARACTERS = 2_000
MOST_LANGUAGE_CHARACTERS = 1_200
PLANTED = "gives orders to the agent; left out:"
UNNAMED = "Page"
LINE_BREAKS = {"softbreak": " ", "hardbreak": "\n"}
HEADING_SEPARATOR = " > "
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class IndexReport:
    """How the library changed, in facts, and which files a person should look at."""

    added: int = 0
    kept: int = 0
    removed: int = 0
    skipped: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts of a folder, each once."""

    facts: Mapping[FactId, Fact]
    skipped: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list or a row, and where it can be linked to; one that stands alone is joined to no other."""

    text: str
    most_characters: int = MOST_CHARACTERS
    anchor: str = ""
    stands_alone: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """The blocks of text below one heading; the page's own title is no part of the path."""

    path: tuple[str, ...]
    slug: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """Text for one fact, and the anchor of its beginning."""

    text: str
    anchor: str = ""


def read_facts(folder: Path) -> Reading:
    """Read all documents of a folder as facts; raises NotADirectoryError."""
    found = read_documents(folder)
    documents = [vetted(document) for document in found.documents]
    facts = {fact.id: fact for document in documents for fact in split(document)}
    return Reading(facts, found.skipped, found.notes)


def vetted(document: Document) -> Document:
    """Give a document without orders to the agent, in its text or hidden in it; a note tells of each."""
    body, smuggled = visible(document.body)
    title, smuggled_in_title = visible(document.title)
    body, orders = without_orders(body)
    hidden = [*document.hidden, smuggled, smuggled_in_title, *([title] if is_order(title) else [])]
    planted = [*orders, *(shortened(text) for text in hidden if text and is_order(text))]
    vetted_title = _first_heading_of(body) or UNNAMED if is_order(title) else title
    return replace(document, title=vetted_title, body=body, hidden=()).noting(
        *(f"{PLANTED} {order}" for order in dict.fromkeys(planted))
    )


def split(document: Document, source: str = "") -> Iterator[Fact]:
    """Split a document into facts, in reading order; `source` is where it came from."""
    language = document.language or detect_language(f"{document.title}. {_prose(document.body)}")
    for section in _sections(document):
        heading = HEADING_SEPARATOR.join(section.path)
        for passage in _passages(section.blocks):
            anchor = section.slug or passage.anchor
            url = f"{document.url}#{anchor}" if document.url and anchor else document.url
            yield Fact(
                id=fact_id(url, document.title, heading, passage.text, language),
                page=document.title,
                heading=heading,
                text=passage.text,
                url=url,
                language=language,
                changed_at=document.changed_at,
                source=source,
                anchor=anchor,
                is_dated=document.is_dated,
            )


def _first_heading_of(body: str) -> str:
    match = re.search(r"^#+ (.+)$", body, re.MULTILINE)
    return match[1] if match else ""


def fact_id(*content: str) -> FactId:
    """Give the id that this content always has; when a page was changed is no part of it."""
    return FactId(hashlib.sha256("\0".join(content).encode("utf-8", "replace")).hexdigest()[:16])


def slug(heading: str) -> str:
    """Give the fragment that Markdown sites make of a heading."""
    return re.sub(r"[^\w\s-]", "", heading.strip().lower()).replace(" ", "-")


def _sections(document: Document) -> Iterator[Section]:
    path: list[tuple[int, str]] = []
    slugs: dict[str, int] = {}
    blocks: list[Block] = []
    fragment = ""
    for node in _parse(document.body):
        anchor = _anchor(document, node)
        if node.type != "heading":
            blocks += (replace(block, anchor=anchor) for block in _blocks(node) if block.text)
            continue
        yield Section(_path(path, document.title), fragment, tuple(blocks))
        level, heading = int(node.tag[1]), _inline(node)
        path = [*(step for step in path if step[0] < level), (level, heading)]
        made = "" if heading == document.title else _unique(slug(heading), slugs)
        fragment, blocks = anchor or made, []
    yield Section(_path(path, document.title), fragment, tuple(blocks))


def _anchor(document: Document, node: SyntaxTreeNode) -> str:
    """Give where a document that has anchors of its own can be linked to: a heading's id, or a page."""
    first, last = node.map or (0, 0)
    before = [each for each in document.anchors if each.line <= first]
    if not before or ("=" not in before[-1].fragment and not first <= before[-1].line < last):
        return ""
    return before[-1].fragment


def _prose(body: str) -> str:
    """Give the beginning of what is written in sentences, where a language shows best."""
    lines = [
        line for line in body.split("\n") if line.strip() and not line.startswith(("|", "#", "---"))
    ]
    return " ".join(lines)[:MOST_LANGUAGE_CHARACTERS] or body[:MOST_LANGUAGE_CHARACTERS]


def _parse(body: str) -> list[SyntaxTreeNode]:
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    return list(SyntaxTreeNode(tokens).children)


def _path(path: Iterable[tuple[int, str]], title: str) -> tuple[str, ...]:
    return tuple(heading for _, heading in path if heading and heading != title)


def _unique(fragment: str, taken: dict[str, int]) -> str:
    count = taken.get(fragment, 0)
    taken[fragment] = count + 1
    return f"{fragment}-{count}" if count else fragment


def _passages(blocks: Iterable[Block]) -> Iterator[Passage]:
    """Join blocks to passages of about MOST_CHARACTERS; a question stays with its answer."""
    text, anchor = "", ""
    for block in blocks:
        for piece in _pieces(block):
            is_full = len(text) + len(piece) > MOST_CHARACTERS or block.stands_alone
            if text and is_full and not _leads_on(text):
                yield Passage(text, anchor)
                text = ""
            anchor = anchor if text else block.anchor
            text = f"{text}\n\n{piece}" if text else piece
    if text:
        yield Passage(text, anchor)


def _leads_on(passage: str) -> bool:
    return passage.endswith(("?", ":"))


def _pieces(block: Block) -> Iterator[str]:
    """Split a block that is too long at lines, then at sentences, then at words."""
    if len(block.text) <= block.most_characters:
        yield block.text
        return
    piece = ""
    for joint, part in _parts(block.text):
        if piece and len(piece) + len(part) > MOST_CHARACTERS:
            yield piece
            piece = ""
        piece = f"{piece}{joint}{part}" if piece else part
    yield piece


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Give the smallest parts of a text, each after what joins it to the one before."""
    for line in text.split("\n"):
        joint = "\n"
        for sentence in SENTENCE_END.split(line):
            for part in wrap(sentence, MOST_CHARACTERS) or [""]:
                yield joint, part
                joint = " "


def _blocks(node: SyntaxTreeNode) -> list[Block]:
    """Give the readable text of a node of the page."""
    match node.type:
        case "blockquote":
            return [block for child in node.children for block in _blocks(child)]
        case "table":
            return _table_blocks(list(_rows(node)))
        case "bullet_list" | "ordered_list":
            return [Block("\n".join(_items(node)))]
        case _:
            return [Block(_paragraph(node))]


def _table_blocks(rows: list[str]) -> list[Block]:
    """Keep a table whole; of one too long for that, each row stands alone."""
    whole = Block("\n".join(rows), MOST_TABLE_CHARACTERS)
    return (
        [whole]
        if len(whole.text) <= MOST_TABLE_CHARACTERS
        else [Block(row, stands_alone=True) for row in rows]
    )


def _paragraph(node: SyntaxTreeNode) -> str:
    if node.type in ("fence", "code_block"):
        return node.content.strip()
    return _without_tags(node.content) if node.type == "html_block" else _inline(node)


def _rows(table: SyntaxTreeNode) -> Iterator[str]:
    """Write each row so that it can be read alone: `Plan: Pro; Price: $49`."""
    cells = [
        [_inline(cell) for cell in row.children] for part in table.children for row in part.children
    ]
    headers, *rows = cells
    for row in rows:
        pairs = zip(headers, row, strict=False)
        yield "; ".join(
            f"{header}: {value}" if header else value for header, value in pairs if value
        )


def _items(items: SyntaxTreeNode, depth: int = 0) -> Iterator[str]:
    for number, item in enumerate(items.children, start=1):
        mark = "-" if items.type == "bullet_list" else f"{number}."
        for child in item.children:
            if child.type in ("bullet_list", "ordered_list"):
                yield from _items(child, depth + 1)
                continue
            for block in _blocks(child):
                yield f"{'  ' * depth}{mark} {block.text}"
                mark = " " * len(mark)


def _inline(node: SyntaxTreeNode) -> str:
    """Give text without marks; links keep their address, so that a reply may cite it."""
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type in LINE_BREAKS:
        return LINE_BREAKS[node.type]
    text = "".join(map(_inline, node.children))
    return _link(text, str(node.attrs.get("href", ""))) if node.type == "link" else text


def _link(text: str, address: str) -> str:
    shown = address.removeprefix("mailto:")
    is_worth_saying = address.startswith(("https://", "http://", "mailto:")) and shown not in text
    return f"{text} ({shown})" if is_worth_saying else text


def _without_tags(html: str) -> str:
    text = re.sub(r"<!--.*?-->|<[^>]*>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text).strip()
