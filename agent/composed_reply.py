"""The writer that needs no model: the library's own sentences, sums, and the playbook's phrases.

True by construction: it says only what a fact states, what follows from it by arithmetic, and what the desk keeps.
It also answers whenever the model cannot.
"""

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass

from agent.answers import Answer, quote_facts, sentences
from agent.composed_history import ago, language_name, mentioned, quoted
from agent.composed_promise import promised, when
from agent.conversation import Author
from agent.estimate import Estimate, money
from agent.occasion import contact_for
from agent.proof import Proof
from agent.recollection import touches
from agent.reply import Move, NextStep, Plan, Request
from agent.signals import SignalKind
from agent.wanted_answers import answers_wanted
from prompts.phrases import Phrases, phrases

__all__ = ["ComposedWriter", "compose", "when"]
MOST_ESTIMATES = 3
ON_DISCOUNTS = 0.3
PERCENTAGE = re.compile(r"\d ?(?:%|percent\b)")
ROOM_FOR_HISTORY = 70
ROOM_FOR_PROOF = 55
COURTEOUS = frozenset({Move.THANK, Move.FAREWELL, Move.SILENT})


@dataclass(frozen=True, slots=True)
class ComposedWriter:
    """Writes replies without a model."""

    name: str = "composed"
    version: str = "2"

    async def write(self, plan: Plan) -> AsyncIterator[str]:
        """Give the reply sentence by sentence."""
        for sentence in compose(plan):
            yield f"{sentence} "


def compose(plan: Plan) -> Iterator[str]:
    """Give the sentences of the reply, in order; none where nothing needs to be said."""
    words = phrases(plan.language)
    if plan.move is Move.SILENT:
        return
    yield from _opening(plan, words)
    if plan.move is not Move.ANSWER:
        yield from _fixed(plan, words)
        return
    coming = list(promised(plan.promise, plan, words)) if _promises(plan) and plan.promise else []
    if plan.asks_person:
        yield from coming
    answer, lacks = _answer(plan, words)
    yield from answer
    if answer and not lacks:
        yield from _beside(plan, answer, words)
    if not plan.asks_person:
        yield from coming
    yield from _invitation(plan, lacks, words)


def disclosure(plan: Plan, words: Phrases) -> str:
    """Say that a machine writes, in the company's own words where it has some in this language."""
    said = plan.playbook.company.disclosure
    own = said.get(plan.language) or said.get(words.language)
    return own or words.fill("disclose", company=plan.playbook.company.name)


def _opening(plan: Plan, words: Phrases) -> Iterator[str]:
    """Say what comes before the answer: who writes, that they are back, what is declined."""
    if plan.discloses:
        yield disclosure(plan, words)
    if plan.was_returned and plan.move not in COURTEOUS:
        yield words.fill("returned")
    if plan.away and plan.move in (Move.ANSWER, Move.GREET, Move.GREET_AGAIN):
        yield _welcome(plan, words)
    if plan.move is Move.ANSWER:
        yield from _manners(plan, words)


def _welcome(plan: Plan, words: Phrases) -> str:
    """Welcome somebody back, and take up their earlier words where they greet or go on with the same."""
    if plan.talk is None or (plan.move is Move.ANSWER and not touches(plan.question, plan.talk.first_words)):  # fmt: skip
        return words.fill("welcome_back")
    when_said = ago(plan.talk.at, plan.playbook, plan.now, words)
    return words.fill("recalls", when=when_said, words=quoted(plan.talk.first_words))


def _manners(plan: Plan, words: Phrases) -> Iterator[str]:
    """Say what is told truthfully or declined, in a sentence each."""
    if Request.IS_HUMAN in plan.requests:
        yield words.fill("disclose", company=plan.playbook.company.name)
    for request in (Request.DISCOUNT, Request.OTHERS, Request.INNER):
        if request in plan.requests:
            yield words.fill(f"decline_{request.value}")
            return


def _promises(plan: Plan) -> bool:
    return plan.is_new_promise or plan.asks_person


def _fixed(plan: Plan, words: Phrases) -> Iterator[str]:
    """Say the words of a turn that asks nothing of the library, or sends its writer elsewhere."""
    match plan.move:
        case Move.GREET | Move.GREET_AGAIN if plan.away:
            if plan.talk:
                yield words.fill("go_on")
            return
        case Move.DISCLOSE | Move.DECLINE:
            yield from _declined(plan, words)
        case Move.COOLING:
            yield words.fill("cooling")
            if url := plan.playbook.company.price_list:
                yield words.fill("price_list", url=url)
        case Move.SUPPORT | Move.JOB_SEEKER | Move.STUDENT_PRESS:
            yield from _sent_on(plan, words)
        case _:
            yield words.fill(plan.move.value, **_values(plan))
    if plan.promise and plan.is_new_promise:
        yield from promised(plan.promise, plan, words)


def _values(plan: Plan) -> dict[str, str]:
    company = plan.playbook.company
    contact = {"contact": plan.privacy_contact}
    values = {
        Move.GREET: {"company": company.name},
        Move.SPAM: {"product": company.product},
        Move.ABUSE: {"product": company.product},
        Move.ERASURE: contact,
        Move.EXPORT: contact,
    }
    return values.get(plan.move, {})


def _declined(plan: Plan, words: Phrases) -> Iterator[str]:
    """Decline in a sentence, say what is published of discounts, and go back to business."""
    yield from _manners(plan, words)
    yield from _published(plan)[:2] if Request.DISCOUNT in plan.requests else ()
    if plan.ask and Request.DISCOUNT in plan.requests:
        yield question_words(plan, words)
    else:
        yield words.fill("business", product=plan.playbook.company.product)


def _published(plan: Plan) -> list[str]:
    """Give the percentages that the page on discounts states, whatever else the message says."""
    found = (each.fact for each in plan.findings.facts if each.relevance >= ON_DISCOUNTS)
    stated = ([s for s in sentences(fact.text) if PERCENTAGE.search(s)] for fact in found)
    return next((said for said in stated if said), [])


def _sent_on(plan: Plan, words: Phrases) -> Iterator[str]:
    """Send on who does not buy; once they know where to, answer what the library can."""
    contact = contact_for(plan.move, plan.playbook)
    key = {Move.SUPPORT: "support", Move.JOB_SEEKER: "jobs", Move.STUDENT_PRESS: "press"}
    answered = _framed(_sure_answers(plan), words)
    yield from answered
    if not plan.was_sent_on:
        yield words.fill(plan.move.value, **{key[plan.move]: contact})
    elif not answered:
        yield words.fill("sent_on" if plan.is_telling else "unknown_at", contact=contact)


def _only_asks_to_meet(plan: Plan) -> bool:
    """Tell whether the one question is a wish for a demo or a call, which no page need answer."""
    wishes = [s.quote for s in plan.assessment.reading.signals if s.kind is SignalKind.DEMO]
    return len(plan.questions) == 1 and any(wish in plan.questions[0].text for wish in wishes)


def _sure_answers(plan: Plan) -> list[Answer]:
    """Give what the library has for somebody who does not buy: only customers' questions are tried.

    What is only near is given where the library holds the question to be answered.
    """
    if plan.is_telling or not (plan.was_sent_on or plan.move is Move.SUPPORT):
        return []
    is_answered = any(asked.findings.is_answered for asked in plan.questions)
    return [answer for answer in quote_facts(plan) if is_answered or not answer.is_near]


def _answer(plan: Plan, words: Phrases) -> tuple[list[str], bool]:
    """Give the answer, and whether something lacks for which a colleague may be asked."""
    said = [_estimate(estimate, words) for estimate in plan.estimates[:MOST_ESTIMATES]]
    answers = answers_wanted(plan)
    said += _framed(answers, words)
    if plan.is_telling and plan.questions:
        if not said and not plan.promise:
            said.append(words.fill("told"))
        return said, False
    lacking = [answer for answer in answers if not answer.sentences]
    if _only_asks_to_meet(plan):
        return said, plan.next_step is NextStep.COLLEAGUE
    if plan.asks_person:
        lacking = [answer for answer in lacking if answer.lacks]
    if not lacking or plan.estimates:
        return said, False
    said.append(_unknown(lacking[0], plan, words))
    if plan.promise and not _promises(plan):
        said.append(words.fill("rep_knows", rep=plan.promise.rep.name.split()[0]))
    return said, True


def _quoted(answers: Iterable[Answer]) -> list[str]:
    return list(dict.fromkeys(sentence for answer in answers for sentence in answer.sentences))


def _framed(answers: Iterable[Answer], words: Phrases) -> list[str]:
    """Give the answers' sentences; where they are not in the language of our own words, that is said once, before them."""
    said: list[str] = []
    is_framed = False
    for answer in answers:
        own = list(answer.sentences)
        if own and not is_framed and answer.language not in ("", words.language):
            frame = words.fill("facts_elsewhere", language=language_name(answer.language, words))
            own.insert(int(answer.is_near), frame)
            is_framed = True
        said += own
    return list(dict.fromkeys(said))


def _unknown(answer: Answer, plan: Plan, words: Phrases) -> str:
    if Request.COMMITMENT in plan.requests:
        return words.fill("no_commitment")
    if answer.lacks:
        return words.fill("unknown_name", name=answer.lacks)
    ours = [message.text for message in plan.before if message.author is Author.AGENT]
    key = "again_nothing" if ours and words.fill("unknown") in ours[-1] else "unknown"
    return words.fill(key)


def _beside(plan: Plan, answer: list[str], words: Phrases) -> Iterator[str]:
    """Add what of the history helps, or a customer like them, where the answer leaves room; one of the two."""
    length = sum(len(sentence.split()) for sentence in answer)
    if plan.is_telling:
        return
    said = mentioned(plan.mention, plan.playbook, plan.now, words) if plan.mention else ""
    if said and length <= ROOM_FOR_HISTORY:
        yield said
    elif plan.proof and plan.proof.fact.language == words.language and length <= ROOM_FOR_PROOF and plan.promise is None:  # fmt: skip
        yield _proof(plan.proof, words)


def _proof(proof: Proof, words: Phrases) -> str:
    if proof.customer.split()[0].casefold() in proof.sentence.casefold():
        return words.fill("proof_named", sentence=proof.sentence)
    return words.fill("proof", customer=proof.customer, sentence=proof.sentence)


def _invitation(plan: Plan, lacks: bool, words: Phrases) -> Iterator[str]:  # noqa: FBT001 - a value, not a switch
    """Give the next step, or the one question; never both as questions, and no question of ours where theirs is open."""
    if lacks and plan.promise is None:
        if plan.next_step is NextStep.COLLEAGUE:
            yield _offer(plan, words)
        return
    if plan.next_step is NextStep.BOOK and plan.promise is None:
        yield words.fill("book_demo", url=plan.playbook.company.booking_url)
    if plan.ask:
        yield question_words(plan, words)


def _offer(plan: Plan, words: Phrases) -> str:
    if plan.opens_at is None:
        return words.fill("unknown_offer")
    return words.fill("unknown_offer_closed", when=when(plan.opens_at, plan.playbook, words))


def question_words(plan: Plan, words: Phrases) -> str:
    """Give the one next question in the playbook's words, else in our own; nothing when none is asked."""
    if plan.ask is None:
        return ""
    own = plan.playbook.replies.questions.get(plan.ask.value, {})
    return own.get(words.language) or words.fill(f"ask_{plan.ask.value}")


def _estimate(estimate: Estimate, words: Phrases) -> str:
    currency = estimate.price.currency
    values = {
        "seats": f"{estimate.seats:,}",
        "plan": estimate.price.plan,
        "price": money(estimate.price.amount, currency),
    }
    if not estimate.is_yearly:
        return words.fill("estimate_month", monthly=money(estimate.monthly, currency), **values)
    yearly = money(estimate.yearly, currency)
    if estimate.yearly_less is None or estimate.discount is None:
        return words.fill("estimate_year", yearly=yearly, **values)
    less = money(estimate.yearly_less, currency)
    return words.fill(
        "estimate_less", yearly=yearly, less=less, discount=f"{estimate.discount:f}", **values
    )
