"""Turns what is left of a page into Markdown: spans of table cells filled in, questions made headings."""

import re
from collections.abc import Iterator
from itertools import takewhile

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement
from markdownify import MarkdownConverter

from knowledge.documents.document import Anchor

QUESTION_LEVEL = "h6"
MARK = re.compile("\ue000(.*?)\ue001")
MOST_SPAN = 60
LONGEST_QUESTION = 250
HEADING = re.compile(r"^h[1-6]$")
BLOCKS = re.compile(r"^(?:p|div|ul|ol|table|section|h[1-6])$")


def to_markdown(part: Tag) -> tuple[str, tuple[Anchor, ...]]:
    """Give a part of a page as Markdown, and where its headings can be linked to."""
    _say_pictures(part)
    for details in part.find_all("summary"):
        _make_heading(details)
    _make_headings_of_questions(part)
    for definitions in part.find_all("dl"):
        _shape_definitions(definitions)
    for table in part.find_all("table"):
        _shape_table(table)
    for heading in part.find_all(HEADING):
        _mark(heading)
    text = _converter().convert_soup(part)
    text = re.sub(r"[ \t\u00a0]*\n", "\n", text.replace("\u00a0", " "))
    return _anchored(re.sub(r"\n{3,}", "\n\n", text).strip())


def _converter() -> MarkdownConverter:
    return MarkdownConverter(
        heading_style="ATX", bullets="-", strip=["img"], table_infer_header=True, autolinks=False
    )


def _say_pictures(part: Tag) -> None:
    """Put a picture's words in its place within tables, where a tick is the answer."""
    for picture in part.find_all(["img", "svg", "i"]):
        label = picture.get("alt") or picture.get("aria-label") or picture.get("title")
        if picture.name == "svg" and not label and picture.title:
            label = picture.title.get_text(" ", strip=True)
        if label and picture.find_parent(("td", "th")):
            picture.replace_with(NavigableString(str(label)))
        elif picture.name != "i":
            picture.decompose()


def _make_heading(question: Tag) -> None:
    inner = question.find(HEADING)
    if inner is not None and isinstance(inner, Tag):
        question.unwrap()
    else:
        question.name = QUESTION_LEVEL


def _make_headings_of_questions(part: Tag) -> None:
    """Make a heading of a block that is nothing but one question, as accordions without markup have them."""
    for block in part.find_all(["div", "p", "span", "strong", "b", "dt", "a"]):
        text = block.get_text(" ", strip=True)
        is_question = text.endswith("?") and len(text) <= LONGEST_QUESTION and text.count("?") == 1
        if is_question and not block.find(BLOCKS) and _is_control(block):
            block.name = QUESTION_LEVEL


def _is_control(block: Tag) -> bool:
    names = " ".join(map(str, block.get_attribute_list("class")))
    stated = (
        block.get("role") == "button"
        or block.has_attr("aria-expanded")
        or block.has_attr("aria-controls")
    )
    is_named = re.search(r"question|faq|accordion|toggle", names, re.IGNORECASE) is not None
    return (stated or is_named) and block.find_parent((HEADING, "td", "th")) is None


def _shape_definitions(definitions: Tag) -> None:
    """Write `term: definition` as a paragraph, and a question with its answer as a heading with text."""
    soup = BeautifulSoup("", "lxml")
    for term in definitions.find_all("dt"):
        if term.get_text(strip=True).endswith("?"):
            term.name = QUESTION_LEVEL
            continue
        strong = soup.new_tag("strong")
        strong.extend(list(term.contents))
        given = [strong, NavigableString(": ")]
        for definition in _definitions_of(term):
            given += [*definition.contents, NavigableString(" ")]
            definition.decompose() if not definition.contents else definition.extract()
        term.clear()
        term.name = "p"
        term.extend(given)
    for rest in definitions.find_all("dd"):
        rest.name = "div"
    definitions.name = "div"


def _definitions_of(term: Tag) -> list[Tag]:
    found = []
    for following in term.find_next_siblings():
        if following.name != "dd":
            break
        found.append(following)
    return found


def _shape_table(table: Tag) -> None:
    """Give every row all its cells, and make text of tables that only lay a page out."""
    if table.find("table"):
        _flatten(table)
        return
    rows = table.find_all("tr")
    if max((len(row.find_all(["td", "th"])) for row in rows), default=0) <= 1:
        _flatten(table)
        return
    for row, cells in zip(rows, _filled(rows), strict=True):
        row.clear()
        row.extend(cells)
    _join_header_rows(rows)
    if caption := table.find("caption"):
        caption.name = "p"
        table.insert_before(caption.extract())


def _join_header_rows(rows: list[Tag]) -> None:
    """Make one row of several that hold column titles alone: `Price` over `monthly` is `Price monthly`."""
    heads = list(takewhile(lambda row: not row.find("td"), rows))
    if len(heads) < 2 or len(heads) == len(rows):
        return
    first, *others = heads
    for number, cell in enumerate(first.find_all("th")):
        below = [
            row.find_all("th")[number].get_text()
            for row in others
            if number < len(row.find_all("th"))
        ]
        cell.string = " ".join(dict.fromkeys([cell.get_text(), *below]))
    for row in others:
        row.decompose()


def _flatten(table: Tag) -> None:
    for part in [table, *table.find_all(["tbody", "thead", "tfoot", "tr", "td", "th", "caption"])]:
        if part is table or part.find_parent("table") is table or part.name == "tr":
            part.name = "div"


def _filled(rows: list[Tag]) -> Iterator[list[Tag]]:
    """Repeat each cell over the columns and rows that it spans."""
    soup = BeautifulSoup("", "lxml")
    pending: dict[int, tuple[int, Tag]] = {}
    for row in rows:
        cells: list[Tag] = []
        given = list(row.find_all(["td", "th"], recursive=False))
        while given or len(cells) in pending:
            if len(cells) in pending:
                left, cell = pending.pop(len(cells))
                if left > 1:
                    pending[len(cells)] = (left - 1, cell)
                cells.append(_copy(soup, cell))
                continue
            cell = given.pop(0)
            for _ in range(_span(cell, "colspan")):
                if (down := _span(cell, "rowspan")) > 1:
                    pending[len(cells)] = (down - 1, cell)
                cells.append(_copy(soup, cell))
        yield cells


def _copy(soup: BeautifulSoup, cell: Tag) -> Tag:
    """Give a cell with its text alone; what would break a Markdown table is written otherwise."""
    copy = soup.new_tag(cell.name)
    struck = re.sub(r"\s+", " ", cell.get_text(" ", strip=True)).replace("|", "/")
    copy.append(NavigableString(re.sub(r" ([,.;:)])", r"\1", struck)))
    return copy


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name, "1"))
    return min(int(value), MOST_SPAN) if value.isdecimal() and int(value) > 0 else 1


def _mark(heading: Tag) -> None:
    """Note a heading's id in its text, so that it is found again in the Markdown."""
    fragment = heading.get("id") or _id_around(heading)
    if fragment and re.fullmatch(r"[^\s\ue000\ue001]{1,120}", str(fragment)):
        heading.append(NavigableString(f"\ue000{fragment}\ue001"))


def _id_around(heading: Tag) -> object:
    """Give the id of a named anchor within, or of the section that begins with the heading."""
    inner = heading.find(
        lambda tag: tag.has_attr("id") or (tag.name == "a" and tag.has_attr("name"))
    )
    if isinstance(inner, Tag):
        return inner.get("id") or inner.get("name")
    parent = heading.parent
    return parent.get("id") if parent is not None and _first_element(parent) is heading else None


def _first_element(parent: Tag) -> PageElement | None:
    return next((child for child in parent.children if isinstance(child, Tag)), None)


def _anchored(text: str) -> tuple[str, tuple[Anchor, ...]]:
    lines, anchors = [], []
    for number, line in enumerate(text.split("\n")):
        if mark := MARK.search(line):
            anchors.append(Anchor(number, mark[1].replace("\\", "")))
        lines.append(MARK.sub("", line).rstrip())
    return "\n".join(lines), tuple(anchors)
