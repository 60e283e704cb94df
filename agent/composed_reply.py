"""The writer that needs no model: the library's own sentences, sums, and the playbook's phrases.

True by construction: it says only what a fact states, what follows from it by arithmetic, and what the desk keeps.
It also answers whenever the model cannot.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime

from agent.answers import Answer, quote_facts
from agent.engagement import EngagementEvent
from agent.estimate import Estimate, money
from agent.playbook import Playbook
from agent.reply import Move, Plan, Promise
from prompts.phrases import Phrases, phrases

SAID: dict[str, str] = {
    "Content Downloaded": "said_downloaded",
    "Buying Guide Downloaded": "said_downloaded",
    "Integration Docs Downloaded": "said_downloaded",
    "Webinar Attended": "said_attended",
    "Demo Attended": "said_attended",
    "Trial Started": "said_trial",
    "ROI Calculator Used": "said_calculated",
}
MOST_ESTIMATES = 3


@dataclass(frozen=True, slots=True)
class ComposedWriter:
    """Writes replies without a model."""

    name: str = "composed"
    version: str = "1"

    async def write(self, plan: Plan) -> AsyncIterator[str]:
        """Give the reply sentence by sentence."""
        for sentence in compose(plan):
            yield f"{sentence} "


def compose(plan: Plan) -> Iterator[str]:
    """Give the sentences of the reply, in order."""
    words = phrases(plan.language)
    if plan.was_returned:
        yield words.fill("returned")
    if plan.move is not Move.ANSWER:
        yield _fixed(plan, words)
        if plan.promise and plan.is_new_promise:
            yield from _promise(plan.promise, plan, words)
        return
    promised = list(_promise(plan.promise, plan, words)) if _promises(plan) and plan.promise else []
    if plan.asks_person:
        yield from promised
    answer = list(_answer(plan, words))
    yield from answer
    if answer and plan.mention and (key := SAID.get(plan.mention.name)):
        yield _said(plan.mention, key, words)
    if not plan.asks_person:
        yield from promised
    if plan.ask:
        yield words.fill(f"ask_{plan.ask.value}")


def _promises(plan: Plan) -> bool:
    return plan.is_new_promise or plan.asks_person


def _fixed(plan: Plan, words: Phrases) -> str:
    company = plan.playbook.company
    values = {
        Move.GREET: {"company": company.name},
        Move.SUPPORT: {"support": company.support or company.website},
        Move.JOB_SEEKER: {"jobs": company.jobs or company.website},
        Move.STUDENT_PRESS: {"press": company.press or company.website},
        Move.SPAM: {"product": company.product},
    }
    return words.fill(plan.move.value, **values.get(plan.move, {}))


def _answer(plan: Plan, words: Phrases) -> Iterator[str]:
    yield from (_estimate(estimate, words) for estimate in plan.estimates[:MOST_ESTIMATES])
    answers = quote_facts(plan)
    quoted = [sentence for answer in answers for sentence in answer.sentences]
    if quoted and _is_foreign(plan, words):
        yield words.fill("facts_elsewhere")
    yield from dict.fromkeys(quoted)
    lacking = [answer for answer in answers if not answer.sentences]
    if plan.asks_person:
        lacking = [answer for answer in lacking if answer.lacks]
    if lacking and not plan.estimates:
        yield _unknown(lacking[0], words)
        if not plan.promise:
            yield words.fill("unknown_offer")


def _unknown(answer: Answer, words: Phrases) -> str:
    return words.fill("unknown_name", name=answer.lacks) if answer.lacks else words.fill("unknown")


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


def _promise(promise: Promise, plan: Plan, words: Phrases) -> Iterator[str]:
    rep = promise.rep.name.split()[0]
    if promise.is_open and plan.is_new_promise:
        yield words.fill("promise_open", rep=rep, minutes=str(promise.within_minutes))
    elif promise.is_open:
        yield words.fill("promise_pending", rep=rep)
    elif promise.opens_at is None:
        yield words.fill("promise_nobody")
    else:
        yield words.fill(
            "promise_closed", rep=rep, when=when(promise.opens_at, plan.playbook, words)
        )
    if not promise.is_open and plan.playbook.company.booking_url:
        yield words.fill("booking", url=plan.playbook.company.booking_url)


def when(at: datetime, playbook: Playbook, words: Phrases) -> str:
    """Write an opening time as weekday, wall time and place."""
    zone = playbook.hours.hours().zone
    local = at.astimezone(zone)
    weekday = words.fill("weekdays").split(", ")[local.weekday()]
    place = zone.key.rpartition("/")[2].replace("_", " ")
    return words.fill("when", weekday=weekday, time=f"{local:%H:%M}", zone=place)


def _said(event: EngagementEvent, key: str, words: Phrases) -> str:
    needs_title = "{title}" in words.texts[key]
    return words.fill(key, title=event.title) if needs_title else words.fill(key)


def _is_foreign(plan: Plan, words: Phrases) -> bool:
    """Tell whether the facts are in another language than our own words."""
    return any(found.fact.language != words.language for found in plan.findings.facts)
