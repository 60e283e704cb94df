import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from agent.signals import MessageKind, Readiness, Signal, SignalKind, TextReading
from integrations.evaluation.examples import Example, read_examples
from integrations.evaluation.metrics import evaluate
from integrations.evaluation.page import write_page
from tests.integrations.evaluation.readings import a_text_reading, an_example, as_labelled

K = SignalKind
MESSAGES = Path(__file__).with_name("messages.jsonl")
NASTY = "<script>alert(1)</script> \"'><img src=x onerror=alert(2)> </style> &lt; ]]> <!-- \ud800"


class Seen(HTMLParser):
    """A page as a reader meets it: its elements with their attributes, and the text in each."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.texts.setdefault(tag, []).append("")
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.texts[tag][-1] += data

    def having(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.tags if t == tag and attributes.items() <= a.items()]


def page_of(*pairs: tuple[Example, TextReading], name: str = "mine.jsonl") -> Seen:
    return Seen(write_page(evaluate([e for e, _ in pairs], [r for _, r in pairs]), name))


@pytest.fixture
def page() -> Seen:
    examples = read_examples(MESSAGES)
    readings = [*as_labelled(examples[:6]), *[a_text_reading(K.NEED, readiness=Readiness.HOT)] * 6]
    return Seen(write_page(evaluate(examples, readings), "mine.jsonl"))


def test_every_element_is_closed_and_the_figures_are_there(page: Seen) -> None:
    assert page.open == []
    assert page.texts["h1"] == ["How the signals were read"]
    assert page.texts["h2"] == [
        "In short", "By signal", "What was read as what", "How sure, and how often right",
        "By group of messages", "Mistakes",
    ]  # fmt: skip
    assert "12 labelled messages, 6 of them read wrongly" in page.texts["p"]
    assert [text for text in page.texts["th"] if text in set(SignalKind)] == list(SignalKind)
    assert page.texts["caption"] == ["Kind", "Temperature"]


def test_asks_for_nothing_from_outside(page: Seen) -> None:
    addresses = {"src", "href", "srcset", "action", "data", "poster", "xlink:href"}
    assert [attrs for _, attrs in page.tags if addresses & attrs.keys()] == []
    assert "url(" not in page.texts["style"][0]
    assert "@import" not in page.texts["style"][0]


def test_its_policy_allows_its_own_style_and_script_alone(page: Seen) -> None:
    (policy,) = page.having("meta", **{"http-equiv": "Content-Security-Policy"})
    content = str(policy["content"])
    assert content.startswith("default-src 'none'; ")
    assert "unsafe" not in content
    for tag in ("style", "script"):
        (text,) = page.texts[tag]
        digest = b64encode(sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in content


def test_no_element_has_a_handler_or_a_style_of_its_own(page: Seen) -> None:
    named = {name for _, attrs in page.tags for name in attrs}
    assert not [name for name in named if name.startswith("on") or name == "style"]


def test_hostile_words_stay_words() -> None:
    def page(words: str) -> Seen:
        example = an_example(
            quotes={K.NEED: (words[:25],)}, id=words, text=words,
            competitors=(words,), before=((words, words),),
        )  # fmt: skip
        reading = a_text_reading(Signal(K.DEMO, words[28:38], 0.9), competitors=(words,))
        return page_of((example, reading), name=words)

    hostile, plain = page(NASTY), page("x" * 25 + "yyy" + "z" * 99)
    assert len(hostile.having("script")) == 1
    assert hostile.having("img") == []
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in plain.tags]
    assert hostile.texts["blockquote"] == [NASTY]
    assert NASTY in hostile.texts["title"][0]
    assert NASTY in hostile.texts["li"][0]


def test_quotes_are_marked_as_labelled_read_or_both() -> None:
    text = "what would it cost us, all in?"
    example = an_example(quotes={K.PRICING: ("would it cost",)}, text=text)
    page = page_of(
        (example, a_text_reading(Signal(K.PRICING, "it cost us", 0.9), Signal(K.NEED, "", 1)))
    )
    marked = [
        (attrs["class"], words)
        for (_, attrs), words in zip(
            [each for each in page.tags if each[0] == "mark"], page.texts["mark"], strict=True
        )
    ][3:]
    assert marked == [("labelled", "would "), ("labelled read", "it cost"), ("read", " us")]
    assert page.texts["blockquote"] == [text]


def test_each_fault_has_a_button_with_its_count_and_each_mistake_its_faults(page: Seen) -> None:
    buttons = [re.sub(r"\s+", " ", text) for text in page.texts["button"]]
    assert buttons == [
        "all 6", "non-sales handed off 4", "wrong kind 4", "wrong signals 6", "needless handoff 1",
    ]  # fmt: skip
    faults = [str(attrs["data-faults"]).split() for attrs in page.having("li")]
    for attrs, text in zip(page.having("button"), buttons, strict=True):
        fault = attrs["data-fault"]
        assert int(text.rsplit(" ", 1)[1]) == sum(not fault or fault in each for each in faults)


def test_only_the_worst_hundred_of_a_fault_are_shown_and_the_rest_counted() -> None:
    missed = [
        (an_example(*[K.NEED] * (n % 2), id=f"m-{n}", readiness=Readiness.HOT), a_text_reading())
        for n in range(130)
    ]
    wrong = [(an_example(id=f"k-{n}"), a_text_reading(kind=MessageKind.SPAM)) for n in range(3)]
    page = page_of(*missed, *wrong)
    assert len(page.having("li")) == 103
    assert any("30 more are left out here." in text for text in page.texts["p"])


def test_what_cannot_be_measured_is_a_dash_with_an_empty_bar() -> None:
    page = page_of((an_example(), a_text_reading()))
    assert len(page.having("rect", **{"class": "fill"})) == 0
    assert page.texts["dd"].count("-") >= 4
    assert "No signal was reported." in page.texts["p"]
    assert "No message was read wrongly." in page.texts["p"]
    assert "nan" not in " ".join(str(v) for _, attrs in page.tags for v in attrs.values())
