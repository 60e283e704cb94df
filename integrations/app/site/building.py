"""Every page of the site: knowledge pages in one layout, pages of their own, and the blog."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

from integrations.app.site.pieces import Piece, take_apart
from integrations.app.site.plans import plan_cards, read_plans
from integrations.web.services import SitePage
from knowledge.documents import Document, read_documents

COMPANY = "Tourvane"
MENU = (
    ("Product", "/product"),
    ("Integrations", "/integrations"),
    ("Customers", "/customers"),
    ("Pricing", "/pricing"),
    ("Blog", "/blog"),
    ("Help", "/help"),
)


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A page that is no knowledge page; its content may take pieces of those by name."""

    path: str
    title: str
    description: str
    content: str


def build_site(library: Path, folder: Path) -> Mapping[str, SitePage]:
    """Give each page as a whole document, by path."""
    documents = [each for each in read_documents(library).documents if each.url]
    articles = [take_apart(each) for each in read_documents(folder / "blog").documents]
    articles.sort(key=lambda each: str(each.changed_at), reverse=True)
    pieces = [take_apart(document) for document in documents]
    frame = Frame(folder)
    laid_out = [
        *(frame.knowledge_page(piece) for piece in pieces),
        *(frame.article(article) for article in articles),
        *(frame.own_page(page, _names(documents, pieces, articles)) for page in _own_pages(folder)),
    ]
    return dict(laid_out)


class Frame:
    """Lays pages out by the templates of a folder."""

    def __init__(self, folder: Path) -> None:
        self._frame = _template(folder / "frame.html")
        self._document = _template(folder / "document.html")
        self._article = _template(folder / "article.html")

    def knowledge_page(self, piece: Piece) -> tuple[str, SitePage]:
        """Lay out a page of the library, with its chapters beside it."""
        content = self._document.substitute(_of(piece), chapters=_chapters(piece))
        return self._page(piece.path, piece.title, piece.lead_text, content)

    def article(self, piece: Piece) -> tuple[str, SitePage]:
        """Lay out an article of the blog."""
        content = self._article.substitute(_of(piece), day=_day(piece))
        return self._page(piece.path, piece.title, piece.lead_text, content)

    def own_page(self, page: OwnPage, names: Mapping[str, str]) -> tuple[str, SitePage]:
        """Lay out a page of its own."""
        content = Template(page.content).substitute(names)
        return self._page(page.path, page.title, page.description, content)

    def _page(self, path: str, title: str, description: str, content: str) -> tuple[str, SitePage]:
        named = title if COMPANY in title else f"{title} · {COMPANY}"
        document = self._frame.substitute(
            title=escape(named), description=escape(description), menu=_menu(path), content=content
        )
        return path, SitePage(title=title, html=document)


def _own_pages(folder: Path) -> Iterator[OwnPage]:
    """Read the pages whose head says where they stand and what they are called."""
    for file in sorted((folder / "pages").glob("*.html")):
        head, _, content = file.read_text("utf-8").partition("\n\n")
        said = dict(line.split(": ", 1) for line in head.splitlines())
        yield OwnPage(said["path"], said["title"], said["description"], content)


def _names(
    documents: list[Document], pieces: list[Piece], articles: list[Piece]
) -> Mapping[str, str]:
    """Give what pages may take: `pricing_body`, `customers_frostmark_lead`, and so on."""
    plans = next(document for document in documents if document.url == "/plans")
    return {
        **{f"{_name(piece)}_lead": piece.lead for piece in pieces},
        **{f"{_name(piece)}_body": piece.body for piece in pieces},
        **{f"{_name(piece)}_chapters": _chapters(piece) for piece in pieces},
        "plan_cards": plan_cards(read_plans(plans.body)),
        "plan_table": _table(next(piece.body for piece in pieces if piece.path == "/plans")),
        "articles": "\n".join(_teaser(article) for article in articles),
    }


def _name(piece: Piece) -> str:
    return piece.path.strip("/").replace("/", "_").replace("-", "_")


def _of(piece: Piece) -> Mapping[str, str]:
    return {"title": escape(piece.title), "lead": piece.lead, "body": piece.body}


def _chapters(piece: Piece) -> str:
    return "".join(
        f'<li><a href="#{place}">{escape(name)}</a></li>' for place, name in piece.headings
    )


def _table(body: str) -> str:
    return body[
        body.index('<div class="scroll"') : body.index("</table></div>") + len("</table></div>")
    ]


def _teaser(piece: Piece) -> str:
    return (
        f'<li><p class="day">{_day(piece)}</p>'
        f'<h2><a href="{piece.path}">{escape(piece.title)}</a></h2><p>{piece.lead}</p></li>'
    )


def _day(piece: Piece) -> str:
    at = piece.changed_at
    return f'<time datetime="{at:%Y-%m-%d}">{at.day} {at:%B %Y}</time>' if at else ""


def _menu(path: str) -> str:
    return "".join(
        f'<li><a href="{href}"{_current(path, href)}>{name}</a></li>' for name, href in MENU
    )


def _current(path: str, href: str) -> str:
    if path == href:
        return ' aria-current="page"'
    return ' aria-current="true"' if path.startswith(f"{href}/") else ""


def _template(file: Path) -> Template:
    return Template(file.read_text("utf-8"))
