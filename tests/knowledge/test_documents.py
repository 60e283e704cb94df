"""Reading pages from a folder: what is understood, and what is skipped with which reason."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge.documents import Document, Documents, read_documents


def read(folder: Path, name: str, content: str | bytes) -> Documents:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_documents(folder)


def test_reads_a_page_with_its_header(tmp_path: Path) -> None:
    text = "---\ntitle: Pricing\nurl: https://a.example/p\nlanguage: de\nchanged: 2026-05-01\n---\nPro: $49.\n"
    assert read(tmp_path, "p.md", text).documents == (
        Document(
            "Pricing",
            "Pro: $49.\n",
            "https://a.example/p",
            "de",
            datetime(2026, 5, 1, tzinfo=UTC),
            is_dated=True,
        ),
    )


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("our-prices.md", "Pro: $49.", "Our prices"),
        ("p.md", "Hello\n\n# Pricing #\n\nPro: $49.", "Pricing"),
        ("p.md", "---\nHello.\n---\nPro: $49.", "P"),
        ("notes.txt", "Pro: $49.", "Notes"),
    ],
)
def test_finds_a_title_without_a_header(tmp_path: Path, name: str, text: str, title: str) -> None:
    [document] = read(tmp_path, name, text).documents
    assert document.title == title
    assert "Pro: $49." in document.body


@pytest.mark.parametrize("changed", ["yesterday", "", "[1]", "12"])
def test_takes_the_files_own_date_for_an_odd_one(tmp_path: Path, changed: str) -> None:
    [document] = read(tmp_path, "p.md", f"---\ntitle: P\nchanged: {changed}\n---\ntext").documents
    written_at = datetime.fromtimestamp((tmp_path / "p.md").stat().st_mtime, UTC)
    assert (document.changed_at, document.is_dated) == (written_at, False)


def test_reads_html_as_a_visitor_would(tmp_path: Path) -> None:
    page = """<html lang="de-DE"><head><title>Preise &amp; Pläne</title><style>p {}</style>
      <link rel="canonical" href="https://a.example/preise"></head><body><nav>Menu</nav>
      <h2>Pro</h2><p>Kostet <b>49 $</b>.</p><ul><li>eins</li><li>zwei</li></ul>
      <table><tr><th>Plan</th><th>Preis</th></tr> <tr><td>Pro</td><td>49</td></tr></table>
      <script>alert("<p>no</p>")</script></body></html>"""
    [document] = read(tmp_path, "p.html", page).documents
    assert (document.title, document.url, document.language) == (
        "Preise & Pläne",
        "https://a.example/preise",
        "de",
    )
    assert (
        "## Pro\n\nKostet **49 $**.\n\n- eins\n- zwei\n\n| Plan | Preis |\n| --- | --- |\n| Pro | 49 |"
        in document.body
    )
    assert not any(word in document.body for word in ("Menu", "alert", "p {}"))


def test_reads_other_encodings_and_says_so(tmp_path: Path) -> None:
    found = read(tmp_path, "p.txt", "Köln kostet 5 €".encode("cp1252"))
    assert found.documents[0].body == "Köln kostet 5 €"
    assert "cp1252" in found.notes[0].reason
    assert "utf-16" in read(tmp_path, "p.txt", "Köln".encode("utf-16")).notes[0].reason


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.md", "", "empty"),
        ("a.md", " \n\n", "empty"),
        ("a.md", "---\ntitle: A\n---\n", "no text"),
        ("a.md", "---\ntitle: [A\n---\ntext", "not YAML"),
        ("a.md", b"\x00\x01\x02", "not text"),
        ("a.md", b"x" * 5_000_001, "more than the 5 MB"),
        ("a.html", "<script>x</script>", "put the text into the page itself"),
        ("a.pdf", "%PDF", "damaged as a PDF"),
        ("a.docx", b"PK", "damaged as a Word file"),
        ("a.docx", b"\xd0\xcf\x11\xe0 old", "encrypted or in Word's old"),
        ("a.csv", "one\ntwo", "no columns"),
        ("a.csv", "one;two", "no row below"),
        ("a.pptx", "text", ".pptx are not read"),
        ("a", "text", "without an ending"),
    ],
)
def test_skips_what_it_cannot_read(
    tmp_path: Path, name: str, content: str | bytes, reason: str
) -> None:
    (tmp_path / "good.md").write_text("Pro: $49.")
    found = read(tmp_path, name, content)
    assert [document.title for document in found.documents] == ["Good"]
    assert found.skipped[0].file == name
    assert reason in found.skipped[0].reason


def test_skips_a_link_to_nowhere(tmp_path: Path) -> None:
    (tmp_path / "lost.md").symlink_to(tmp_path / "gone.md")
    assert "cannot be opened" in read_documents(tmp_path).skipped[0].reason


def test_reads_folders_below_but_no_hidden_files(tmp_path: Path) -> None:
    read(tmp_path, ".git/readme.md", "hidden")
    assert len(read(tmp_path, "below/p.md", "text").documents) == 1


def test_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        read_documents(tmp_path / "gone")
