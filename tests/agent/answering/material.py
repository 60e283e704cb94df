"""Facts of an invented paper mill, a trainer and a software house: prices as unlike each other as in real life."""

from agent.answering.statements import Statement, statements
from agent.answering.sums import Sum, say, sums_of
from agent.facts import AskedQuestion, Fact, FactId, Findings, FoundFact
from agent.questions import split_questions
from agent.reply import Plan
from prompts.phrases import phrases
from tests.agent.tourvane import fact, plan_for

CRATES = fact("crates", "Prices", "Crates", "Article: Crate small, 30 × 20 × 10 cm; Bundle of: 20; 1–9 bundles: €1.40; 10–24 bundles: €1.20; 25+ bundles: €1.00; Full pallet: €0.90; Pieces on a pallet: 1,000\nArticle: Crate large, 60 × 40 × 30 cm; Bundle of: 10; 1–9 bundles: €3.10; 10–24 bundles: €2.80; 25+ bundles: €2.50; Full pallet: €2.20; Pieces on a pallet: 400")  # fmt: skip
FIRST_PRICE = fact("list", "Price list", "", "code: LM-1; article: Lamp round; bundle: 10; price_from_1_bundle_eur: 4.00; price_pallet_eur: 3.00; pieces_per_pallet: 500")  # fmt: skip
STAMPS = fact("stamps", "Print", "Stamps", "- Stamp: €30 per colour per motif, once\n- Ink: €0.05 per piece on top of the crate")  # fmt: skip
RIBBON = fact("ribbon", "Print", "Printed ribbon", "Ribbon with your name, from 50 rolls. Set-up €90 once. €4.50 per roll from 50 rolls, €3.75 per roll from 200 rolls.")  # fmt: skip
FREIGHT = fact("fracht", "Versand", "Fracht", "Eine Palette kostet 75 €. Eine Lieferung mit Hebebühne kostet 20 € zusätzlich.", "de")  # fmt: skip
BONUS = fact("bonus", "Prices", "Year-end bonus", "Invoiced in the year: from €5,000; Bonus: 1 %\nInvoiced in the year: from €20,000; Bonus: 2.5 %")  # fmt: skip
DESK = fact("desk", "Plans", "Plans", "Plan: Desk; Price: EUR 12.50 per user per month\nPlan: Floor; Price: EUR 20 per user per month")  # fmt: skip
YEARLY = fact("yearly", "Plans", "Paying by the year", "Annual billing saves 10 %.")
RETURNS = fact("returns", "Returns", "What cannot come back", "- Anything made to your size\n- Opened rolls of ribbon")  # fmt: skip
DELIVERY = fact("delivery", "Delivery", "When it arrives", "Country: Netherlands; Delivery time: next working day; Per pallet: €49\nCountry: Austria, Denmark; Delivery time: 3–4 working days; Per pallet: €149")  # fmt: skip
NOWHERE = fact("nowhere", "Delivery", "Where we do not deliver", "We do not deliver to Switzerland or Norway. There is no Saturday delivery.")  # fmt: skip
REPAIR = fact("repair", "Help", "What if a lamp breaks?", "Lamps carry a 3-year warranty. It does not cover bulbs.")  # fmt: skip
EVERYTHING = (CRATES, FIRST_PRICE, STAMPS, RIBBON, BONUS, DELIVERY, NOWHERE, REPAIR)


def asked(text: str, *facts: Fact, relevance: float = 0.9) -> Plan:
    """Plan the reply to a message for which the library found these facts, all of them relevant."""
    from dataclasses import replace

    found = Findings(tuple(FoundFact(each, relevance) for each in facts), is_answered=True)
    questions = tuple(AskedQuestion(each, found) for each in split_questions(text))
    return replace(plan_for(text, facts), questions=questions, findings=found, estimates=())


def only_sum(text: str, *facts: Fact) -> Sum:
    """Give the one sum of a message."""
    (found,) = sums_of(asked(text, *facts))
    return found


def written(text: str, *facts: Fact, language: str = "en") -> str:
    """Give the one sum of a message as it is said."""
    return say(only_sum(text, *facts), phrases(language))


def first_statement(text: str, heading: str = "", language: str = "en") -> Statement:
    """Give the first statement of a fact with this text."""
    given = Fact(FactId("one"), "Page", heading, text, "/page", language)
    return statements(FoundFact(given, 0.9))[0]
