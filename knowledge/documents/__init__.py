"""The company's pages as it has them, in any usual format, all turned into Markdown: one module a format.

A file that cannot be read never stops the others: it is skipped, with a reason for a person.
"""

from knowledge.documents.document import (
    Anchor,
    Document,
    Documents,
    RawDocument,
    Remark,
    UnreadableDocumentError,
)
from knowledge.documents.folder import Unopened, open_files, read_documents
from knowledge.documents.registry import READABLE, read

__all__ = [
    "READABLE",
    "Anchor",
    "Document",
    "Documents",
    "RawDocument",
    "Remark",
    "Unopened",
    "UnreadableDocumentError",
    "open_files",
    "read",
    "read_documents",
]  # fmt: skip
