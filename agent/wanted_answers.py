"""Which answers a message wants: none to a wish for a person, and nothing that is only near to what asks nothing."""

import re

from agent.answers import Answer, quote_facts
from agent.facts import AskedQuestion
from agent.reply import Plan
from agent.requests import wishes_person
from agent.signals import SignalKind

ASKS = re.compile(r"[?？]")


def answers_wanted(plan: Plan) -> list[Answer]:
    """Give the answers of the library, less those to a wish for a person, which a promise meets.

    Who tells us that they need 200 seats by March asks nothing: what is only near to such words would sound as if
    it had been asked for.
    """
    answers = quote_facts(plan)
    if len(answers) != len(plan.questions):
        return answers
    pairs = zip(plan.questions, answers, strict=True)
    return [answer for asked, answer in pairs if _wants(asked, answer, plan)]


def _wants(asked: AskedQuestion, answer: Answer, plan: Plan) -> bool:
    if plan.promise is not None and _is_wish(asked, plan):
        return False
    is_told = plan.is_telling or (plan.promise is not None and not ASKS.search(asked.text))
    return not (is_told and answer.is_near)


def _is_wish(asked: AskedQuestion, plan: Plan) -> bool:
    """Tell whether what a question asks at its end is a person, as it says in words or was heard to say."""
    wishes = [s.quote for s in plan.assessment.reading.signals if s.kind is SignalKind.HUMAN]
    if plan.asks_person and any(wish in asked.text for wish in wishes):
        return True
    return wishes_person(asked.text)
