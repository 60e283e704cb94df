"""Everything one reply may rest on: facts, playbook, sums, and what the visitor said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from agent.answering.sums import sums_of
from agent.conversation import Author
from agent.estimate import Estimate, figures
from agent.facts import Fact, Findings
from agent.grounding.figures import Figure, read_figures
from agent.grounding.secrets import runs, secrets_of
from agent.grounding.statements import Stock, is_instruction, stock_of
from agent.grounding.titles import is_quotable
from agent.grounding.words import content, names_in
from agent.reply import Plan
from prompts.phrases import phrases


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything a reply may rest on, prepared once a reply.

    `stated` is the text of facts and playbook in lower case, `affirmed` that of statements that deny nothing.
    `stories` are told of, and nothing else rests on them.
    `said` are the visitor's words: names may be taken up from them, numbers reckoned with, and nothing rests on them.
    """

    stated: str
    affirmed: str
    said: str
    stock: Stock
    names: frozenset[str]
    said_names: frozenset[str]
    said_words: frozenset[str]
    said_figures: tuple[Figure, ...]
    sums: tuple[Figure, ...]
    facts: tuple[Fact, ...]
    stories: tuple[Fact, ...]
    estimates: tuple[Estimate, ...]
    rivals: frozenset[str]
    language: str
    may_promise: bool
    minutes: frozenset[str]
    phrases: re.Pattern[str]
    reps: tuple[str, ...] = ()
    secrets: frozenset[tuple[str, ...]] = frozenset()

    @property
    def told(self) -> tuple[Fact, ...]:
        """Give all facts whose words a sentence may be."""
        return (*self.facts, *self.stories)


def sources_of(plan: Plan) -> Sources:
    """Gather what this plan's reply may rest on."""
    facts = tuple(found.fact for found in plan.findings.facts)
    facts = tuple(fact for fact in facts if not is_instruction(f"{fact.title}. {fact.text}"))
    own = [*_own(plan)]
    written = [part for fact in facts for part in (fact.title, fact.text, fact.url)]
    stated, said = "\n".join([*written, *own]), "\n".join(_said(plan))
    stock = stock_of(facts, own)
    is_open = plan.promise is not None and plan.promise.is_open
    minutes = {str(plan.promise.within_minutes)} if plan.promise and is_open else set()
    sums = [*(figure for each in plan.estimates for figure in figures(each)), *minutes]
    sums += [figure for each in sums_of(plan) for figure in each.figures(plan.language)]
    return Sources(
        stated=stated.lower(),
        affirmed="\n".join(each.text for each in stock.statements if not each.is_denied).lower(),
        said=said.lower(),
        stock=stock,
        names=names_in(stated),
        said_names=names_in(said),
        said_words=content(said),
        said_figures=tuple(read_figures(said)),
        sums=tuple(figure for each in sums for figure in read_figures(_as_sum(each))),
        facts=facts,
        stories=(plan.proof.fact,) if plan.proof else (),
        estimates=plan.estimates,
        rivals=frozenset(
            n.lower() for c in plan.playbook.competitors for n in (c.name, *c.aliases)
        ),
        language=plan.language,
        may_promise=plan.promise is not None,
        minutes=frozenset(minutes),
        phrases=own_phrases(plan.language),
        secrets=secrets_of(plan.playbook) - runs(stated),
        reps=(plan.promise.rep.name.split()[0],) if plan.promise else (),
    )


@cache
def own_phrases(language: str) -> re.Pattern[str]:
    """Match the sentences that the composed writer fills in, in one language."""
    texts = phrases(language).texts.values()
    written = [
        part
        for text in texts
        for part in re.split(r"(?<=[.?!])\s+|\n", text.replace("**", ""))
        if len(part.split()) > 2
    ]
    fills = ("".join(".{1,90}?" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", each)) for each in written)  # fmt: skip
    return re.compile("|".join(fills), re.IGNORECASE)


def _as_sum(figure: str) -> str:
    return figure if not figure.replace(".", "").isdigit() else f"{figure} {figure}%"


def trusted(findings: Findings) -> Findings:
    """Give what was found without passages that speak to the agent instead of about the company."""
    kept = (f for f in findings.facts if not is_instruction(f"{f.fact.title}. {f.fact.text}"))
    return replace(findings, facts=tuple(kept))


def _said(plan: Plan) -> Iterator[str]:
    said = (m for m in plan.before if m.author is not Author.SYSTEM and not m.is_greeting)
    yield from (message.text for message in said)
    yield plan.question


def _own(plan: Plan) -> Iterator[str]:
    """What the playbook states, and what this turn may say of people and acts."""
    company = plan.playbook.company
    yield from (company.name, company.product, company.offers, company.website, company.booking_url)
    yield from (company.support, company.jobs, company.press, *company.disclosure.values())
    yield from (company.privacy, company.price_list, plan.privacy_contact)
    yield from _remembered(plan)
    yield from (name for c in plan.playbook.competitors for name in (c.name, *c.aliases))
    lead = plan.assessment.history.lead
    if plan.promise:
        yield plan.promise.rep.name
    if plan.mention and is_quotable(plan.mention.title):
        yield plan.mention.title
    if lead.name and lead.identities:
        yield _plain_name(lead.name)
    yield _times(plan)


def _remembered(plan: Plan) -> Iterator[str]:
    """Give what of the history, and of a customer like them, may be said."""
    if plan.talk:
        yield plan.talk.first_words
    if plan.proof:
        yield from (plan.proof.customer, plan.proof.fact.text)


def _plain_name(name: str) -> str:
    """Take of a name only its first words: the field is the visitor's to fill."""
    return " ".join(name.split("(")[0].split(",")[0].split()[:4])


def _times(plan: Plan) -> str:
    """Give opening and closing times as they may be said."""
    promise, zone = plan.promise, plan.playbook.hours.hours().zone
    moments = (promise.opens_at, promise.closes_at) if promise else ()
    zone = promise.zone if promise else zone
    times = " ".join(f"{at.astimezone(zone):%A %H:%M %-H:%M %d %B}" for at in moments if at)
    return f"{times} {zone.key.replace('_', ' ')}"
