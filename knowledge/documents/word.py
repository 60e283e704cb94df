"""Word files (.docx): converted to HTML by their styles, then read as a page."""

import io
import zipfile
from dataclasses import replace
from datetime import datetime
from xml.etree.ElementTree import ParseError

import mammoth
from lxml import etree

from knowledge.documents.dates import instant
from knowledge.documents.document import Document, RawDocument, UnreadableDocumentError
from knowledge.documents.html import page_of
from knowledge.documents.naming import title_of

MOST_UNPACKED = 200_000_000
OLE_MARK = b"\xd0\xcf\x11\xe0"
STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh\nstrike => s"
CORE = "{http://purl.org/dc/elements/1.1/}title", "{http://purl.org/dc/terms/}modified"


def read_word(raw: RawDocument) -> Document:
    """Read a Word file; raises UnreadableDocumentError for an encrypted, old or damaged one."""
    if raw.content.startswith(OLE_MARK):
        raise UnreadableDocumentError(
            "is encrypted or in Word's old .doc format; save it as .docx without a password"
        )
    try:
        title, changed_at = _about(raw.content)
        html = mammoth.convert_to_html(
            io.BytesIO(raw.content),
            style_map=STYLES,
            convert_image=mammoth.images.img_element(_no_picture),
        ).value
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        ParseError,
        etree.XMLSyntaxError,
        OSError,
    ) as error:
        raise UnreadableDocumentError(f"is damaged as a Word file: {error}") from error
    document = page_of(f"<html><body>{html}</body></html>", raw)
    is_unnamed = document.title in (raw.title, title_of(raw.name))
    return replace(
        document, changed_at=changed_at, title=title if title and is_unnamed else document.title
    )


def _no_picture(_image: object) -> dict[str, str]:
    return {"src": ""}


def _about(content: bytes) -> tuple[str, datetime | None]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(each.file_size for each in packed.infolist()) > MOST_UNPACKED:
            raise UnreadableDocumentError("unpacks to more than 200 MB")
        if "docProps/core.xml" not in packed.namelist():
            return "", None
        core = packed.read("docProps/core.xml")
    root = etree.fromstring(core, etree.XMLParser(resolve_entities=False, no_network=True))
    title, modified = (root.findtext(name) or "" for name in CORE)
    return title.strip(), instant(modified)
