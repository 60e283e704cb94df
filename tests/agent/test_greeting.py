"""Which greeting is said to whom: by page, hours, whether they were here before, and their temperature."""

from dataclasses import replace
from typing import Any

import pytest

from agent.greeting import Reader, decide_greeting, greeting_words, may_greet
from agent.playbook import Playbook
from agent.temperature import Temperature
from agent.widget_rules import GreetingRule, WidgetRules
from knowledge.playbook import demo_playbook_path, load_playbook

DEMO = load_playbook(demo_playbook_path())
PRICING = Reader(url="https://shop.example/pricing", act="Pricing Viewed", is_open=True)


def a_rule(rule_id: str = "hello", **changes: Any) -> GreetingRule:
    return GreetingRule.model_validate({"id": rule_id, "text": {"en": f"{rule_id}!"}, **changes})


def greeting(*rules: GreetingRule) -> Playbook:
    widget = WidgetRules(greetings=rules)
    return DEMO.model_copy(update={"widget": widget})


FITTING: list[tuple[dict[str, Any], Reader]] = [
    ({}, PRICING),
    ({"pages": ["Pricing Viewed"]}, PRICING),
    ({"pages": ["/pricing$"]}, PRICING),
    ({"returning": True}, replace(PRICING, is_returning=True)),
    ({"returning": False}, PRICING),
    ({"hours": "open"}, PRICING),
    ({"hours": "closed"}, replace(PRICING, is_open=False)),
    ({"temperatures": ["warm", "hot"]}, replace(PRICING, temperature=Temperature.HOT)),
    ({"temperatures": ["cold"]}, PRICING),
]
OTHERS: list[tuple[dict[str, Any], Reader]] = [
    ({"pages": ["Pricing Viewed"]}, replace(PRICING, act="Blog Viewed")),
    ({"pages": ["/pricing$"]}, replace(PRICING, url="https://shop.example/blog")),
    ({"returning": True}, PRICING),
    ({"returning": False}, replace(PRICING, is_returning=True)),
    ({"hours": "open"}, replace(PRICING, is_open=False)),
    ({"hours": "closed"}, PRICING),
    ({"temperatures": ["warm", "hot"]}, PRICING),
    ({}, replace(PRICING, is_talking=True)),
]


@pytest.mark.parametrize(("conditions", "reader"), FITTING)
def test_greets_who_fulfils_every_condition(conditions: dict[str, Any], reader: Reader) -> None:
    assert decide_greeting(reader, greeting(a_rule(**conditions))) is not None


@pytest.mark.parametrize(("conditions", "reader"), OTHERS)
def test_leaves_in_peace_who_does_not(conditions: dict[str, Any], reader: Reader) -> None:
    assert decide_greeting(reader, greeting(a_rule(**conditions))) is None


def test_the_first_rule_that_fits_is_said() -> None:
    playbook = greeting(a_rule("closed", hours="closed"), a_rule("first"), a_rule("second"))
    chosen = decide_greeting(PRICING, playbook)
    assert chosen is not None
    assert chosen.id == "first"


def test_who_it_is_need_not_be_known_where_no_rule_fits_the_page() -> None:
    playbook = greeting(a_rule(pages=["/blog"]), a_rule("again", returning=True, pages=["/jobs"]))
    assert may_greet(PRICING, playbook) == ()


def test_a_rule_may_ask_for_any_temperature_there_is() -> None:
    every = [temperature.value for temperature in Temperature]
    assert list(a_rule(temperatures=every).temperatures) == every


@pytest.mark.parametrize(
    ("language", "words"), [("de", "Guten Tag!"), ("fr", "Hello!"), ("en", "Hello!")]
)
def test_speaks_the_visitors_language_else_english(language: str, words: str) -> None:
    playbook = greeting(a_rule(text={"de": "Guten Tag!", "en": "Hello!"}))
    assert greeting_words("hello", language, playbook) == words


def test_speaks_what_there_is_where_there_is_no_english() -> None:
    assert (
        greeting_words("hello", "fr", greeting(a_rule(text={"de": "Guten Tag!"}))) == "Guten Tag!"
    )


def test_a_greeting_that_left_the_playbook_says_nothing() -> None:
    assert greeting_words("gone", "en", greeting(a_rule())) == ""
