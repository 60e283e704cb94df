"""Takes away what stands on every page of a site: menus, banners, footers, forms, scripts."""

import re

from bs4 import BeautifulSoup, Tag

NEVER_TEXT = (
    "script", "style", "noscript", "template", "iframe", "object", "canvas", "video", "audio", "map",
    "input", "select", "textarea", "option", "datalist", "dialog", "head", "link", "meta", "del", "s", "strike",
)  # fmt: skip
ROLES = frozenset(
    {"navigation", "contentinfo", "banner", "search", "dialog", "alertdialog", "menu", "menubar"}
)
FURNITURE = re.compile(
    r"(?:^|[-_\s])(?:breadcrumbs?|nav(?:bar|igation)?|menu|megamenu|skip-?(?:link|to|nav)\w*|pagination|pager"
    r"|social(?:-?(?:links|icons|media|share))?|share(?:-?buttons?)?|sharing|newsletter|site-?(?:footer|header))(?:$|[-_\s])",
    re.IGNORECASE,
)
CONSENT = re.compile(
    r"cookie|consent|gdpr|onetrust|cybot|usercentrics|cc-?(?:window|banner)", re.IGNORECASE
)
MOST_BANNER_CHARACTERS = 2_500
KEPT = ("html", "body", "main", "article", "table", "tr", "td", "th")
CONTENT = ("main", "article", "[role=main]")
MUCH = 0.4


def prune(soup: BeautifulSoup) -> None:
    """Remove what no question is answered by; addresses in the footer stay."""
    for element in soup.find_all(NEVER_TEXT):
        if not element.decomposed:
            element.decompose()
    for element in soup.find_all():
        if not element.decomposed and _is_furniture(element):
            _take_away(element)
    for button in soup.find_all("button"):
        if _opens_something(button):
            button.unwrap()
        else:
            button.decompose()


def main_part(soup: BeautifulSoup) -> Tag:
    """Give the part that holds the page's own text: <main> where much of the text is in there, else all."""
    whole = soup.body or soup
    length = len(whole.get_text(" ", strip=True))
    for selector in CONTENT:
        parts = whole.select(selector)
        if len(parts) == 1 and len(parts[0].get_text(" ", strip=True)) >= MUCH * length:
            addresses = [each for each in whole.find_all("address") if parts[0] not in each.parents]
            parts[0].extend(each.extract() for each in addresses)
            return parts[0]
    return whole


def _is_furniture(element: Tag) -> bool:
    if element.name in KEPT:
        return False
    return _is_frame(element) or _is_site_header(element) or _is_named_furniture(element)


def _is_frame(element: Tag) -> bool:
    """Tell a menu or a footer of the site; a quotation's own footer names who said it."""
    is_quoted = (
        element.name == "footer" and element.find_parent(("article", "blockquote")) is not None
    )
    return not is_quoted and (
        element.name in ("nav", "footer") or str(element.get("role", "")) in ROLES
    )


def _is_site_header(element: Tag) -> bool:
    is_within = element.find_parent(("main", "article", "section")) is not None
    return element.name == "header" and not is_within and element.find(("h1", "h2")) is None


def _is_named_furniture(element: Tag) -> bool:
    """Tell a banner or a menu by its class or id, and by what is in it."""
    names = " ".join((str(element.get("id") or ""), *map(str, element.get_attribute_list("class"))))
    if CONSENT.search(names):
        is_short = len(element.get_text(" ", strip=True)) < MOST_BANNER_CHARACTERS
        return is_short and not element.find(("main", "h1"))
    return bool(FURNITURE.search(names)) and _is_mostly_links(element)


def _is_mostly_links(element: Tag) -> bool:
    length = len(element.get_text("", strip=True))
    linked = sum(len(link.get_text("", strip=True)) for link in element.find_all("a"))
    return length == 0 or linked / length > MUCH


def _take_away(element: Tag) -> None:
    for address in element.find_all("address"):
        element.insert_after(address.extract())
    element.decompose()


def _opens_something(button: Tag) -> bool:
    """Tell a question that opens its answer from a button that orders or sends."""
    is_control = any(
        button.has_attr(name)
        for name in ("aria-expanded", "aria-controls", "data-target", "data-bs-target")
    )
    is_in_heading = button.find_parent(re.compile(r"^(?:h[1-6]|dt|summary)$")) is not None
    return is_control or is_in_heading or button.get_text(strip=True).endswith("?")
