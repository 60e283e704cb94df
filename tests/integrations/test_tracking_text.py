"""Text of other systems, as plain lines within bounds."""

from integrations.tracking_text import LONGEST_VALUE, MOST_FIELDS, flatten, one_line


def test_flattens_to_texts() -> None:
    nested = {
        "company": {"name": "Nordwind", "size": 120, "is_public": False},
        "tags": ["a", 2, None, True],
        "products": [{"sku": "s-1", "price": 9.50}, {"sku": "s-2"}],
        "total": 12.0,
        "nothing": None,
        "empty": "",
        "not_finite": float("nan"),
        "": "unnamed",
    }
    assert flatten(nested) == {
        "company.name": "Nordwind",
        "company.size": "120",
        "company.is_public": "false",
        "tags": "a, 2, true",
        "products.0.sku": "s-1",
        "products.0.price": "9.5",
        "products.1.sku": "s-2",
        "total": "12",
    }


def test_flattening_has_bounds() -> None:
    deep: dict[str, object] = {"end": "x"}
    for _ in range(10_000):
        deep = {"d": deep}
    wide = {str(number): "x" for number in range(10_000)}
    assert flatten(deep) == {}
    assert len(flatten(wide)) == MOST_FIELDS
    assert len(flatten({"text": "x" * 30_000})["text"]) == LONGEST_VALUE
    assert flatten({"n" * 101: "x", "ok": 1}) == {"ok": "1"}


def test_text_is_mended() -> None:
    assert one_line(" a\x00b\r\n\tc\ud83d d\u2028e\x9f ") == "a b c\ufffd d e"
    assert one_line("日本語 🙂 ü") == "日本語 🙂 ü"
