"""Reads a page of the site as a browser would: what is said, what can be linked to, what it links to."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY = {"meta", "link", "input", "br", "hr", "img", "circle", "path", "rect"}
PICTURES = {"img"}  # roles
UNSAID = {"script", "style", "pre", "svg"}
FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass
class ReadPage(HTMLParser):
    """One page; `said` are its texts with the page that their figures come from."""

    title: str = ""
    description: str = ""
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    attributes: set[str] = field(default_factory=set)
    inline_scripts: list[str] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)
    open: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.attributes |= given.keys()
        if "id" in given:
            assert given["id"] not in self.ids
            self.ids.add(given["id"])
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag == "meta" and given.get("name") == "description":
            self.description = given["content"]
        if tag not in EMPTY:
            self.open.append((tag, given))

    def handle_endtag(self, tag: str) -> None:
        if tag in EMPTY:
            return
        opened, _ = self.open.pop()
        assert opened == tag, f"</{tag}> closes <{opened}>"

    def handle_data(self, data: str) -> None:
        tag = self.open[-1][0] if self.open else ""
        if tag == "title":
            self.title += data
        if tag == "h1":
            self.headings.append(data)
        if tag == "script" and data.strip():
            self.inline_scripts.append(data)
        if data.strip() and self._is_said():
            self.said.append((data.strip(), self._source()))

    def figures(self) -> list[tuple[str, str]]:
        """Give each figure that is said, with the path of the page it is said to come from."""
        return [(figure, source) for text, source in self.said for figure in FIGURE.findall(text)]

    def _is_said(self) -> bool:
        return self._is_in_main() and not any(
            tag in UNSAID or given.get("role") in PICTURES for tag, given in self.open
        )

    def _is_in_main(self) -> bool:
        return any(tag == "main" for tag, _ in self.open)

    def _source(self) -> str:
        return next(
            (given["data-facts"] for _, given in reversed(self.open) if "data-facts" in given), ""
        )


def read_page(html: str) -> ReadPage:
    page = ReadPage()
    page.feed(html)
    page.close()
    return page
