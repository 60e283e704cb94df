"""What is passed on as a file, and under which name."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.attachments import LONGEST_NAME, AttachmentRules, accept, safe_name, told_size
from agent.errors import RefusedFileError

RULES = AttachmentRules(largest=1_000_000)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def package(*names: str, first: tuple[str, str] | None = None) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        if first:
            made.writestr(*first)
        for name in names:
            made.writestr(name, "x")
    return written.getvalue()


DOCX = package("[Content_Types].xml", "word/document.xml")
ODT = package("content.xml", first=("mimetype", "application/vnd.oasis.opendocument.text"))


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("offer.pdf", b"%PDF-1.7 ...", "application/pdf"),
        ("OFFER.PDF", b"%PDF-1.7 ...", "application/pdf"),
        ("plan.png", PNG, "image/png"),
        ("photo.jpeg", b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("seats.csv", "Größe;10\r\n".encode("cp1252"), "text/csv"),
        ("brief.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("brief.odt", ODT, "application/vnd.oasis.opendocument.text"),
        ("call.ics", b"BEGIN:VCALENDAR\r\n", "text/calendar"),
    ],
)  # fmt: skip
def test_takes_files_that_are_what_their_name_says(
    name: str, content: bytes, media_type: str
) -> None:
    assert accept(name, content, RULES).media_type == media_type


@pytest.mark.parametrize(
    ("name", "content", "because"),
    [
        ("setup.exe", b"MZ", "not passed on"),
        ("page.html", b"<script>", "not passed on"),
        ("logo.svg", b"<svg/>", "not passed on"),
        ("noending", b"words", "not passed on"),
        ("offer.pdf", b"MZ\x90", "not what its name says"),
        ("plan.png", b"%PDF-1.7", "not what its name says"),
        ("notes.txt", b"MZ\x90\x00\x03", "not what its name says"),
        ("brief.docx", b"PK\x03\x04broken", "not what its name says"),
        ("macros.docx", package("[Content_Types].xml", "word/a", "word/vbaProject.bin"), "macros"),
        ("sheet.xlsx", DOCX, "not what its name says"),
        ("empty.txt", b"", "is empty"),
        ("large.txt", b"x" * 1_000_001, "at most 1 MB"),
    ],
)  # fmt: skip
def test_refuses_all_else_with_the_reason(name: str, content: bytes, because: str) -> None:
    with pytest.raises(RefusedFileError, match=because):
        accept(name, content, RULES)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\offer.pdf", "offer.pdf"),
        ("of\x00fer\r\n.pdf", "offer.pdf"),
        ("ex\u202efdp.exe", "exfdp.exe"),
        ("invoice.exe.pdf", "invoice_exe.pdf"),
        ("invoice.pdf   .EXE", "invoice.pdf.EXE"),
        ("v1.2 offer.pdf", "v1.2 offer.pdf"),
        ('a<b>:"|?*.txt', "a_b______.txt"),
        (".htaccess", "htaccess"),
        ("  ..  ", "file"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("x." + "y" * 300, "x." + "y" * 98),
    ],
)
def test_names_are_safe_to_show_and_to_save(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(max_size=300))
def test_any_name_becomes_a_plain_one(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= LONGEST_NAME
    assert not set(safe) & set('/\\\x00\r\n<>:"|?*')


@pytest.mark.parametrize(
    ("size", "told"),
    [(12, "12 bytes"), (1_400, "1 KB"), (10_000_000, "10 MB"), (1_500_000, "1.5 MB")],
)
def test_sizes_are_told_as_people_say_them(size: int, told: str) -> None:
    assert told_size(size) == told
