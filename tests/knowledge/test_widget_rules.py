"""The section `widget` of the playbook: what may stand there, and how a mistake is told."""

from pathlib import Path

import pytest

from agent.errors import PlaybookError
from knowledge.playbook import demo_playbook_path, load_playbook, packs
from prompts.phrases import languages

DEMO = demo_playbook_path().read_text(encoding="utf-8")
DEMO_WIDGET = load_playbook(demo_playbook_path()).widget
SHORT = """
pack: general
version: "1"
company: {name: Acme, product: Acme, offers: Acme sells., disclosure: {en: An AI.}}
hours: {time_zone: Europe/Berlin, monday: ["09:00-17:00"]}
reps: [{id: mia, name: Mia}]
routing: [{name: all, reps: [mia]}]
"""


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


@pytest.mark.parametrize(
    ("was", "now", "where", "says"),
    [
        ('# accent: "#1a6b52"', "accent: green", "accent: green", "'green' is no colour; write it in quotes"),
        ("asks_email: true", "asks_mail: true", "asks_mail", "widget.asks_mail: unknown key. Did you mean asks_email?"),
        ("asks_email: true", "asks_email: maybe", "asks_email: maybe", "found 'maybe'; expected true or false"),
        ("- id: comparing", "- id: pricing", "- id: pricing\n      pages: [Pricing", "two greetings have the id 'pricing'"),
        ("pages: [Comparison Viewed]", "pages: [Comparison Veiwed]", "[Comparison Veiwed]", "'comparing' names 'Comparison Veiwed'; name an act of pages"),
        ("pages: [Comparison Viewed]", "pages: ['/pri(cing']", "['/pri(cing']", "'/pri(cing' is no regular expression"),
        ("after_seconds: 30", "after_seconds: -1", "after_seconds: -1", "widget.greetings[1].after_seconds: found -1"),
        ("[warm, hot, red_hot]", "[lukewarm]", "[lukewarm]", "found 'lukewarm'; expected 'cold', 'warm', 'hot' or 'red_hot'"),
        ("hours: open\n", "hours: opened\n", "hours: opened\n", "found 'opened'; expected 'open' or 'closed'"),
        ("returning: true\n      text", "returning: often\n      text", "returning: often\n      text", "found 'often'; expected true or false"),
        ("        en: Looking for a customer", "        english: Looking for a customer", "        english: Looking", "'english' is no language code such as en"),
        ('"Does it work offline?"]', '"Does it work offline?", "And?"]', "    en: [\"What would Tourvane", "expected at most 3 entries"),
        ("en: Looking for a customer", f"en: {'so ' * 120}many", "en: so so", "expected at most 300 characters"),
    ],
)  # fmt: skip
def test_names_the_line_and_what_is_expected(
    tmp_path: Path, was: str, now: str, where: str, says: str
) -> None:
    assert was in DEMO
    broken = DEMO.replace(was, now, 1)
    path = tmp_path / "playbook.yaml"
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(PlaybookError) as caught:
        load_playbook(path)
    told = [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()]
    found = [line for line in told if says in line]
    assert found, told
    assert int(found[0].split(":")[0]) == line_of(broken, where)


def test_a_playbook_without_the_section_has_good_defaults(tmp_path: Path) -> None:
    path = tmp_path / "playbook.yaml"
    path.write_text(SHORT, encoding="utf-8")
    widget = load_playbook(path).widget
    assert (widget.greetings, widget.accent, widget.asks_email) == ((), None, True)


@pytest.mark.parametrize("name", [pack.name for pack in packs()])
def test_each_pack_offers_beginnings_in_every_language_and_greets_nobody(
    name: str, tmp_path: Path
) -> None:
    path = tmp_path / "playbook.yaml"
    path.write_text(SHORT.replace("general", name), encoding="utf-8")
    widget = load_playbook(path).widget
    assert {code for code, each in widget.suggestions.items() if len(each) == 3} == languages()
    assert widget.greetings == ()


def test_the_demo_company_greets_in_every_language_it_speaks() -> None:
    assert len(DEMO_WIDGET.greetings) == 3
    assert all(set(rule.text) == languages() for rule in DEMO_WIDGET.greetings)


def test_the_demo_company_greets_without_figures() -> None:
    texts = [text for rule in DEMO_WIDGET.greetings for text in rule.text.values()]
    assert not any(letter.isdigit() for text in texts for letter in text)
