"""What the model reads of a plan: numbered facts, sums, the talk and the question, each between tags it cannot close."""

import re
from collections.abc import Iterator

from agent.composed_promise import called_back
from agent.composed_reply import when
from agent.conversation import Author, Message, MessageSource
from agent.estimate import Estimate, money
from agent.facts import FoundFact
from agent.human_stretch import HumanStretch
from agent.reply import Plan
from prompts.phrases import phrases
from prompts.render import Prompt, as_data

MOST_INPUT_TOKENS = 1_500
MOST_FACTS = 6
FEWEST_FACTS = 3
MOST_BEFORE = 10
LONGEST_QUESTION = 4_000
SHORT_QUESTION = 600
SHORTEST_CUT = 100
SPEAKERS = {
    Author.VISITOR: "visitor",
    Author.AGENT: "assistant",
    Author.REP: "colleague",
    Author.SYSTEM: "note",
}


def messages(plan: Plan, template: Prompt) -> list[tuple[str, str]]:
    """Make the model's input from a plan: rules first, then this turn's material between tags.

    At most MOST_INPUT_TOKENS: the least relevant facts and the oldest turns are left out first, then the end of a
    long message.
    """
    facts, turns, letters = MOST_FACTS, MOST_BEFORE, LONGEST_QUESTION
    while True:
        asked = _messages(plan, template, facts, turns, letters)
        if (
            sum(most_tokens(text) for _, text in asked) <= MOST_INPUT_TOKENS
            or letters < SHORTEST_CUT
        ):
            return asked
        if facts > FEWEST_FACTS and facts >= turns:
            facts -= 1
        elif turns > 0:
            turns -= 1
        elif letters > SHORT_QUESTION:
            letters //= 2
        elif facts > 1:
            facts -= 1
        else:
            letters //= 2


def most_tokens(text: str) -> int:
    """Estimate a text's tokens on the high side, without a tokenizer's files.

    Five Latin letters of a word are one token, so are three digits, each sign and each other letter.
    """
    words = sum(-(-len(word) // 5) for word in re.findall(r"[A-Za-z]+", text))
    numbers = sum(-(-len(digits) // 3) for digits in re.findall(r"\d+", text))
    return words + numbers + len(re.findall(r"[^A-Za-z0-9\s]", text)) + text.count("\n")


def _messages(
    plan: Plan, template: Prompt, facts: int, turns: int, letters: int
) -> list[tuple[str, str]]:
    company = plan.playbook.company
    system = template.fill_system(
        company=company.name,
        offers=company.offers,
        voice=plan.playbook.voice,
        most_words=str(plan.playbook.replies.most_words),
    )
    user = template.fill_user(
        language=plan.language,
        facts="\n".join(_facts(plan.findings.facts[:facts])) or "none",
        sums="\n".join(_sum(estimate) for estimate in plan.estimates) or "none",
        history=as_data(f"{plan.mention.name}: {plan.mention.title}")
        if plan.mention
        else "nothing",
        people=" ".join(filter(None, (_stretch(plan.stretch), _people(plan)))),
        ask=phrases("en").fill(f"ask_{plan.ask.value}") if plan.ask else "nothing",
        conversation="\n".join(_said(m) for m in _last(plan.before, turns)) or "nothing yet",
        question=as_data(plan.question[:letters]),
    )
    return [("system", system), ("user", user)]


def _facts(found: tuple[FoundFact, ...]) -> Iterator[str]:
    for number, item in enumerate(found, 1):
        yield f"[{number}] {as_data(item.fact.title)}: {as_data(item.fact.text)}"


def _sum(estimate: Estimate) -> str:
    price, currency = estimate.price, estimate.price.currency
    line = f"{estimate.seats} × {money(price.amount, currency)} {price.plan} = {money(estimate.monthly, currency)} a month"
    line += f"; × 12 = {money(estimate.yearly, currency)} a year"
    if estimate.yearly_less is None:
        return line
    return f"{line}; less {estimate.discount} % with annual billing = {money(estimate.yearly_less, currency)} a year"


def _people(plan: Plan) -> str:
    promise = plan.promise
    if promise is None:
        return "No colleague was called. Do not promise that one will be in touch; you may ask whether to call one."
    name = promise.rep.name
    if promise.is_open:
        where = (
            "answer in this chat" if plan.source is MessageSource.CHAT else "write to them by mail"
        )
        return f"{name} was told just now and will {where}, usually within {promise.within_minutes} minutes. Say so first."
    if promise.call_back:
        told = called_back(
            "promise_call_back", promise.call_back, plan.playbook, plan.now, phrases("en")
        )
        return f"{told} Say so with this day, time and way, and promise nothing beyond it."
    opens = (
        when(promise.opens_at, plan.playbook, phrases("en"), promise.zone)
        if promise.opens_at
        else "an unknown time"
    )
    return f"The desk is closed. {name} is back {opens} and finds this message at the top of the list. Say so."


def _stretch(stretch: HumanStretch | None) -> str:
    """Say that a colleague held the conversation, and holds it no more."""
    if stretch is None:
        return ""
    until = f"{stretch.ended_at:%Y-%m-%d %H:%M} UTC"
    words = f", last saying: “{as_data(stretch.last_words)}”." if stretch.last_words else "."
    return (
        f"HUMAN STRETCH ENDED: {as_data(stretch.rep_name) or 'a colleague'} held this conversation until {until}{words} "
        "You answer again: do not greet, do not repeat or contradict what they said, and promise nothing for them."
    )


def _said(message: Message) -> str:
    speaker = SPEAKERS[message.author]
    return f"{speaker}: {as_data(message.text[:600])}"


def _last(before: tuple[Message, ...], turns: int) -> tuple[Message, ...]:
    return before[-turns:] if turns else ()
