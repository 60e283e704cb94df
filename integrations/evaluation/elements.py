"""HTML as elements and not as text, so that whatever stands in the data is escaped and cannot run."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, tostring

Child = Element | str


def element(name: str, /, *children: Child, **attributes: str | float) -> Element:
    """Make an element; `class_` is written class, and every other `_` a hyphen."""
    made = Element(name, {_attribute(key): str(value) for key, value in attributes.items()})
    for child in children:
        _add(made, child)
    return made


def elements(name: str, contents: Iterable[str], **attributes: str) -> list[Element]:
    """Make one element of the same sort for each text."""
    return [element(name, each, **attributes) for each in contents]


def written(root: Element) -> str:
    """Write an element as HTML."""
    return tostring(root, encoding="unicode", method="html")


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _add(parent: Element, child: Child) -> None:
    if isinstance(child, Element):
        parent.append(child)
    elif len(parent):
        parent[-1].tail = (parent[-1].tail or "") + child
    else:
        parent.text = (parent.text or "") + child
