"""What stands around every report: one HTML page that needs nothing else, with its style and its script inside."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from xml.etree.ElementTree import Element

from integrations.evaluation.elements import element, written

HERE = Path(__file__).parent


def framed(title: str, *content: Element) -> str:
    """Write a whole page around its content."""
    style = (HERE / "page.css").read_text(encoding="utf-8")
    script = (HERE / "page.js").read_text(encoding="utf-8")
    page = element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="color-scheme", content="light dark"),
            element("title", title),
            element("style", style),
        ),
        element("body", *content, element("script", script)),
        lang="en",
    )
    return f"<!doctype html>\n{written(page)}\n"


def _policy(style: str, script: str) -> str:
    """Allow this style and this script, and nothing else: not even a request."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
