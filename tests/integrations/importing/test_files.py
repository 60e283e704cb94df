"""Files as they come: any encoding, any separator, damaged, huge, or no text at all."""

import tracemalloc
from pathlib import Path

import pytest

from integrations.importing.files import (
    LONGEST_LINE,
    Record,
    Source,
    UnusableFileError,
    open_source,
)

NAMES = "name;city\nJürgen Müller;Köln\nZoë Großmann;Zürich\n"


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def cells(source: Source) -> list[tuple[str, ...]]:
    return [record.cells for record in source.records()]


def records(path: Path) -> list[Record]:
    return list(open_source(path).records())


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"],
)
def test_finds_the_encoding(tmp_path: Path, encoding: str) -> None:
    source = open_source(written(tmp_path / "a.csv", NAMES, encoding))
    assert source.columns == ("name", "city")
    assert cells(source) == [("Jürgen Müller", "Köln"), ("Zoë Großmann", "Zürich")]
    assert source.is_guessed == (encoding == "cp1252")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("имя;город\nИван Петров;Москва\nОльга Иванова;Казань\n", "cp1251"),
        ("名前,市\n田中太郎,東京都\n鈴木花子,大阪府\n", "shift_jis"),
    ],
)
def test_guesses_other_writings(tmp_path: Path, text: str, encoding: str) -> None:
    source = open_source(written(tmp_path / "a.csv", text, encoding))
    read = [source.columns, *cells(source)]
    assert [source.delimiter.join(row) for row in read] == text.splitlines()


def test_an_encoding_that_is_named_rules(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "imię;miasto\nŁukasz;Łódź\n", "cp1250")
    assert cells(open_source(path, "cp1250")) == [("Łukasz", "Łódź")]


def test_an_encoding_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnusableFileError, match="'klingon' is none that is known here"):
        open_source(written(tmp_path / "a.csv", NAMES), "klingon")


def test_text_that_is_foreign_only_far_below_is_read_whole(tmp_path: Path) -> None:
    far = "a,b\n" + "plain,text\n" * 300_000
    path = written(tmp_path / "a.csv", far + "Zoë,東京\n")
    assert list(open_source(path).records())[-1].cells == ("Zoë", "東京")


def test_a_few_damaged_bytes_cost_their_lines_and_no_others(tmp_path: Path) -> None:
    lines = "".join(f"Jürgen {n},Köln\n" for n in range(40)).encode()
    path = tmp_path / "a.csv"
    path.write_bytes(b"name,city\n" + lines + b"Zo\xeb,Bonn\n" + "Zoë,Ulm\n".encode())
    found = records(path)
    assert [record.number for record in found if record.trouble] == [42]
    assert "not UTF-8" in found[40].trouble
    assert found[41].cells == ("Zoë", "Ulm")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_finds_what_separates_cells(tmp_path: Path, delimiter: str) -> None:
    header = delimiter.join(('"Last, First; and | more"', "Email", "City"))
    row = delimiter.join(('"Weiß, Dana"', "dana@x.example", '"a ""b"""'))
    source = open_source(written(tmp_path / "a.csv", f"{header}\n{row}\n"))
    assert source.delimiter == delimiter
    assert source.columns == ("Last, First; and | more", "Email", "City")
    assert cells(source) == [("Weiß, Dana", "dana@x.example", 'a "b"')]


def test_one_column_is_enough(tmp_path: Path) -> None:
    assert cells(open_source(written(tmp_path / "a.csv", "Email\na@x.example\n"))) == [
        ("a@x.example",)
    ]


def test_knows_the_line_in_which_excel_names_the_separator(tmp_path: Path) -> None:
    source = open_source(written(tmp_path / "a.csv", "sep=|\r\na,b|c\r\n1,2|3\r\n"))
    assert source.columns == ("a,b", "c")
    assert [(r.number, r.cells) for r in source.records()] == [(3, ("1,2", "3"))]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_numbers_lines_as_editors_do(tmp_path: Path, end: str) -> None:
    text = end.join(("", "a,b", "1,2", "", '3,"x', 'y"', "5,6", ",", "7,8"))
    found = records(written(tmp_path / "a.csv", text))
    assert [record.number for record in found] == [3, 5, 7, 9]
    assert found[1].cells[1].split() == ["x", "y"]


def test_what_unicode_calls_a_line_ends_none_here(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", '{"a": "x\u2028y\x85z\x0bw"}\n{"b": 1}\n')
    assert [record.number for record in records(path)] == [1, 2]


def test_a_quotation_mark_that_is_never_closed_costs_what_follows_up_to_the_limit(
    tmp_path: Path,
) -> None:
    rest = "x,y\n" * 30_000
    path = written(tmp_path / "a.csv", f'a,b\n1,2\n"3,4\n{rest}')
    found = records(path)
    troubled = [record for record in found if record.trouble]
    assert found[0].cells == ("1", "2")
    assert [record.number for record in troubled] == [3]
    assert "opens in line 3 is never closed" in troubled[0].trouble
    assert len(found) > 15_000


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_a_line_of_a_hundred_megabytes_takes_no_memory(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    first = "a,b\n" if suffix == "csv" else "{}\n"
    with path.open("w") as file:
        file.write(f"{first}1,2\n")
        for _ in range(100):
            file.write("x" * 1_000_000)
        file.write("\n3,4\n")
    tracemalloc.start()
    found = records(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [bool(record.trouble) for record in found][-2:] == [True, False]
    assert peak < 20_000_000


def test_a_million_lines_are_never_in_memory_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w") as file:
        file.write("email,event\n")
        file.writelines(f"p{n}@x.example,Pricing Viewed\n" for n in range(200_000))
    tracemalloc.start()
    count = sum(1 for _ in open_source(path).records())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 200_000
    assert peak < 10_000_000


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \n\n \r\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel workbook"),
        (b"\x1f\x8brest", "gzipped"),
        (b'[{"type": "track"}]', "one JSON list; write an object a line"),
    ],
)
def test_what_is_no_table_says_what_to_do(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(UnusableFileError, match=says):
        open_source(path)


def test_binary_rubbish_never_breaks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(range(256)) * 2_000)
    assert all(len(cell) <= LONGEST_LINE for record in records(path) for cell in record.cells)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnusableFileError, match="cannot be read"):
        open_source(tmp_path)
