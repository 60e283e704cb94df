from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.answers import quote_facts
from agent.facts import Fact, FactId
from tests.agent.answering.material import (
    BONUS,
    CRATES,
    DELIVERY,
    EVERYTHING,
    NOWHERE,
    REPAIR,
    RETURNS,
    asked,
)
from tests.agent.tourvane import fact


def answered(text: str, *facts: Fact, relevance: float = 0.9) -> str:
    plan = asked(text, *facts, relevance=relevance)
    said = (sentence for answer in quote_facts(plan) for sentence in answer.sentences)
    return " ".join(dict.fromkeys(said))


def test_a_row_is_written_as_a_sentence() -> None:
    assert answered("how long to Austria and how much per pallet?", DELIVERY) == "Austria, Denmark: delivery time 3–4 working days, per pallet €149."  # fmt: skip


def test_a_chief_city_stands_for_its_country() -> None:
    assert "€149" in answered("pallet to Vienna, how much is that?", DELIVERY)
    assert "€149" in answered("Was kostet eine Palette nach Kopenhagen?", DELIVERY)


def test_a_country_no_fact_names_is_admitted() -> None:
    said = answered("do you deliver pallets to Portugal?", DELIVERY)
    assert not said or said.startswith("I have nothing in writing on Portugal")
    (answer,) = quote_facts(asked("do you deliver pallets to Portugal?", DELIVERY))
    assert answer.lacks == "Portugal"


def test_a_plain_no_comes_first() -> None:
    assert answered("do you deliver to Norway?", NOWHERE).startswith("No. We do not deliver")


def test_a_no_is_not_said_where_nothing_is_denied() -> None:
    assert not answered("is there a warranty on lamps?", REPAIR).startswith("No")


def test_what_leans_on_the_sentence_before_comes_with_it() -> None:
    said = answered("are the bulbs covered?", REPAIR)
    assert said.index("3-year warranty") < said.index("It does not cover bulbs")


def test_an_item_of_a_list_is_said_with_its_heading() -> None:
    said = answered("can opened rolls of ribbon come back?", RETURNS)
    assert said.startswith("What cannot come back: ")
    assert said.endswith("Opened rolls of ribbon.")


def test_two_questions_are_answered_in_their_order() -> None:
    said = answered("Does it break, is there a warranty on lamps? And do you deliver to Norway?", REPAIR, NOWHERE)  # fmt: skip
    assert said.index("warranty") < said.index("Norway")


def test_no_sentence_of_one_answer_is_said_twice() -> None:
    twin = replace(REPAIR, id="twin", page="FAQ")  # type: ignore[arg-type]
    (answer,) = quote_facts(asked("how long is the warranty on lamps?", REPAIR, twin))
    assert len(answer.sentences) == len(set(answer.sentences))


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Are the crates certified to ISO 22000?", "ISO 22000"),
        ("Do your crates connect to NetSuite?", "NetSuite"),
        ("are the small crates kosher?", "“kosher”"),
    ],
)
def test_what_is_lacking_is_named(question: str, name: str) -> None:
    (answer,) = quote_facts(asked(question, CRATES, relevance=0.5))
    assert answer.lacks == name


def test_a_price_question_without_a_price_is_no_sure_answer() -> None:
    said = answered("how much is the warranty on lamps?", REPAIR)
    assert "nothing in writing" in said


def test_a_fact_far_from_the_question_is_no_answer() -> None:
    (answer,) = quote_facts(asked("who won the football match yesterday?", BONUS, relevance=0.1))
    assert not answer.sentences


def test_spans_of_time_are_repeated_in_the_visitors_language() -> None:
    assert "3–4 working days (3–4 Werktage)" in answered("Wie lange dauert die Lieferung nach Österreich?", DELIVERY)  # fmt: skip


def test_a_superseded_fact_is_not_quoted() -> None:
    old = Fact(
        REPAIR.id,
        "Old",
        REPAIR.heading,
        "Lamps carry a 1-year warranty.",
        "/old",
        superseded_by=FactId("new"),
    )
    new = fact("new", "New", REPAIR.heading, "Lamps carry a 3-year warranty.")
    assert "1-year" not in answered("how long is the warranty on lamps?", old, new)


def test_markup_of_rows_is_never_shown() -> None:
    for question in ("what do crates cost?", "what bonus is there?", "how long is delivery?"):
        assert "; " not in answered(question, *EVERYTHING)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_neither_message_nor_fact_breaks_it(message: str, text: str) -> None:
    strange = fact("strange", "Page", "Heading", text)
    for answer in quote_facts(asked(f"{message}?", strange, DELIVERY)):
        assert all(sentence.strip() for sentence in answer.sentences)


STORE_HOURS = fact("hours", "Contact", "When you can come", "The shop has a lift. We are there on weekdays from 08:00 to 16:30. The way takes ten minutes from the station.")  # fmt: skip
PAYING = fact("paying", "Paying", "How to pay", "By bank transfer. We do not take credit cards. Invoices are due in 30 days.")  # fmt: skip
PILOT = fact("pilot", "Prices", "Pilot", "The pilot costs £900, which is credited if you sign.")
STORY = replace(fact("oakfold", "Oakfold", "Oakfold Bakery", "A damaged crate cost Oakfold £11 in repairs and apologies."), url="/customers/oakfold")  # fmt: skip
REPAIRS = fact("repairs", "Repairs", "Repairs", "The repair of a damaged crate costs £8 flat.")


def test_opening_hours_are_hours_of_the_day() -> None:
    assert "08:00" in answered("until what time can we come?", STORE_HOURS)


def test_whether_one_can_pay_somehow_is_no_question_of_an_amount() -> None:
    said = answered("can i pay by credit card?", PAYING, PILOT)
    assert "We do not take credit cards" in said
    assert "nothing in writing" not in said
    assert "£900" not in said


def test_a_story_is_told_only_to_those_who_ask_for_one() -> None:
    assert answered("what does a damaged crate cost?", STORY, REPAIRS).startswith("The repair")
    said = answered("what did a damaged crate cost other customers?", STORY, REPAIRS)
    assert said.startswith("A damaged crate cost Oakfold")


def test_a_greeting_does_not_keep_two_questions_together() -> None:
    said = answered("hello, when can you be reached on weekdays and when are invoices due?", STORE_HOURS, PAYING)  # fmt: skip
    assert "08:00" in said
    assert "30 days" in said
