"""Text in a page that no visitor sees: taken out, unless a button there opens it.

Accordions and tabs keep their answers hidden until somebody clicks, so what a visible control opens is kept.
"""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Comment, Tag

STYLES = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)|font-size\s*:\s*0(?!\.?[1-9])"
    r"|text-indent\s*:\s*-\d{3,}|(?:left|top)\s*:\s*-\d{4,}|clip-path\s*:\s*inset\(\s*(?:50|100)%",
    re.IGNORECASE,
)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
SIMPLE_SELECTOR = re.compile(r"^[.#][\w-]+$")
COLOUR = re.compile(r"(?<![\w-])color\s*:\s*([^;!]+)", re.IGNORECASE)
BACKGROUND = re.compile(r"background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
WHITE = {"white", "#fff", "#ffffff", "#fefefe", "rgb(255,255,255)", "transparent"}
CONTROLS = ("aria-controls", "data-target", "data-bs-target", "data-toggle-target", "href", "for")
OPENED = re.compile(
    r"accordion|collaps|toggle|faq|tab-?(?:pane|panel|content)|answer|panel", re.IGNORECASE
)
LONG_ASIDE = 40
"""Words from which text that is hidden from screen readers alone is taken for more than an ornament."""


def take_out_hidden(soup: BeautifulSoup) -> tuple[str, ...]:
    """Remove what is not shown and give its texts; comments count."""
    comments = [
        comment.extract()
        for comment in soup.find_all(string=lambda text: isinstance(text, Comment))
    ]
    hidden_names = frozenset(_hidden_names(soup))
    opened = frozenset(_opened_ids(soup))
    texts = [str(comment) for comment in comments]
    for element in [each for each in soup.find_all() if _is_hidden(each, hidden_names)]:
        if (
            element.decomposed
            or element.name in ("html", "body", "head")
            or _is_opened(element, opened)
        ):
            continue
        if element.name not in ("script", "style", "template", "noscript", "svg"):
            texts.append(element.get_text(" ", strip=True))
        element.decompose()
    return tuple(text for text in texts if text.strip())


def _is_hidden(element: Tag, hidden_names: frozenset[str]) -> bool:
    attributes = element.attrs or {}
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        return True
    style = str(attributes.get("style", ""))
    if style and (STYLES.search(style) or _is_white_on_white(style)):
        return True
    if any(name in hidden_names for name in _names(element)):
        return True
    return (
        attributes.get("aria-hidden") == "true" and len(element.get_text(" ").split()) > LONG_ASIDE
    )


def _is_white_on_white(style: str) -> bool:
    colour, background = COLOUR.search(style), BACKGROUND.search(style)
    if not colour:
        return False
    shown = _plain(colour[1])
    if background:
        return shown == _plain(background[1]) or (shown in WHITE and _plain(background[1]) in WHITE)
    return shown == "transparent"


def _plain(colour: str) -> str:
    return re.sub(r"\s+", "", colour).lower()


def _names(element: Tag) -> Iterator[str]:
    for name in element.get_attribute_list("class"):
        yield f".{name}"
    yield f"#{element.get('id')}"


def _hidden_names(soup: BeautifulSoup) -> Iterator[str]:
    """Give the classes and ids that the page's own style sheet hides."""
    for sheet in soup.find_all("style"):
        for selectors, rules in RULE.findall(sheet.get_text()):
            if STYLES.search(rules) or _is_white_on_white(rules):
                yield from (
                    each.strip()
                    for each in selectors.split(",")
                    if SIMPLE_SELECTOR.match(each.strip())
                )


def _opened_ids(soup: BeautifulSoup) -> Iterator[str]:
    for element in soup.find_all(
        ["a", "button", "label", "summary", "div", "li", "h2", "h3", "h4", "dt", "span"]
    ):
        for attribute in CONTROLS:
            value = str(element.get(attribute, ""))
            if value and (attribute != "href" or value.startswith("#")):
                yield from (each.removeprefix("#") for each in value.split())


def _is_opened(element: Tag, opened: frozenset[str]) -> bool:
    """Tell whether a visible control opens it: named by id, a tab's panel, or right below a button."""
    if element.get("id") in opened or element.get("role") == "tabpanel":
        return True
    if any(OPENED.search(name) for name in _names(element)):
        return True
    before = element.find_previous_sibling()
    if not isinstance(before, Tag):
        return False
    button = (
        before if before.name in ("button", "summary", "dt") else before.find(["button", "summary"])
    )
    return button is not None or before.get("role") == "button"
