"""Everything one reply may rest on: facts, playbook, sums, and what the visitor said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Self

from agent.answering.sums import sums_of
from agent.conversation import Author
from agent.estimate import Estimate, figures
from agent.facts import Fact, Findings
from agent.grounding.figures import Figure, read_figures
from agent.grounding.secrets import runs, secrets_of
from agent.grounding.statements import Stated, Stock, is_instruction, stock_of
from agent.grounding.titles import is_quotable
from agent.grounding.words import content, names_in
from agent.reply import Plan
from prompts.phrases import phrases


@dataclass(frozen=True)
class Sources:
    """Everything a reply may rest on; each part is worked out when it is first asked for.

    `stories` are told of, and nothing else rests on them.
    """

    plan: Plan
    facts: tuple[Fact, ...]

    def prepared(self) -> Self:
        """Work out now what sentences are checked against."""
        _ = self.stock, self.names, self.sums, self.said_figures
        return self

    @property
    def stories(self) -> tuple[Fact, ...]:
        """Give the case study that is told."""
        return (self.plan.proof.fact,) if self.plan.proof else ()

    @property
    def told(self) -> tuple[Fact, ...]:
        """Give all facts whose words a sentence may be."""
        return (*self.facts, *self.stories)

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        """Give the sums of the plan."""
        return self.plan.estimates

    @property
    def language(self) -> str:
        """Give the visitor's language."""
        return self.plan.language

    @property
    def may_promise(self) -> bool:
        """Tell whether somebody was called."""
        return self.plan.promise is not None

    @property
    def reps(self) -> tuple[str, ...]:
        """Give the first name of whoever was called."""
        return (self.plan.promise.rep.name.split()[0],) if self.plan.promise else ()

    @property
    def minutes(self) -> frozenset[str]:
        """Give the minutes that are promised."""
        promise = self.plan.promise
        return frozenset({str(promise.within_minutes)} if promise and promise.is_open else ())

    @property
    def phrases(self) -> re.Pattern[str]:
        """Match our own sentences."""
        return own_phrases(self.plan.language)

    @cached_property
    def own(self) -> tuple[str, ...]:
        """Give what the playbook states, and what this turn may say of people and acts."""
        return tuple(_own(self.plan))

    @cached_property
    def written(self) -> str:
        """Give the text of facts and playbook."""
        return "\n".join(self._parts)

    @cached_property
    def _parts(self) -> tuple[str, ...]:
        facts = (part for fact in self.facts for part in (fact.title, fact.text, fact.url))
        return (*facts, *self.own)

    @cached_property
    def stated(self) -> str:
        """Give it in lower case."""
        return self.written.lower()

    @cached_property
    def stock(self) -> Stock:
        """Give it taken apart."""
        return stock_of(self.facts, self.own)

    @cached_property
    def carriers(self) -> dict[tuple[frozenset[str], tuple[Figure, ...]], list[Stated]]:
        """Keep which statements carry words and figures: several rules ask so of one clause."""
        return {}

    @cached_property
    def affirmed(self) -> str:
        """Give the text of statements that deny nothing, in lower case."""
        kept = (each.text for each in self.stock.statements if not each.is_denied)
        return "\n".join(kept).lower()

    @cached_property
    def names(self) -> frozenset[str]:
        """Give the names that are stated."""
        return frozenset().union(*map(names_in, self._parts))

    def keeps_secret(self, said: str) -> bool:
        """Tell whether a sentence has a run of words that is not for visitors, and that nothing here states."""
        secret = runs(said) & secrets_of(self.plan.playbook)
        return bool(secret) and not secret <= runs(self.written)

    @cached_property
    def rivals(self) -> frozenset[str]:
        """Give the competitors' names, in lower case."""
        known = self.plan.playbook.competitors
        return frozenset(name.lower() for each in known for name in (each.name, *each.aliases))

    @cached_property
    def words_said(self) -> str:
        """Give what was said: names may be taken up from it, numbers reckoned with, and nothing rests on it."""
        return "\n".join(_said(self.plan))

    @cached_property
    def said(self) -> str:
        """Give it in lower case."""
        return self.words_said.lower()

    @cached_property
    def said_names(self) -> frozenset[str]:
        """Give its names."""
        return names_in(self.words_said)

    @cached_property
    def said_words(self) -> frozenset[str]:
        """Give its words, as they are compared."""
        return content(self.words_said)

    @cached_property
    def said_figures(self) -> tuple[Figure, ...]:
        """Give its figures."""
        return tuple(read_figures(self.words_said))

    @cached_property
    def sums(self) -> tuple[Figure, ...]:
        """Give the figures that were worked out, and the minutes that are promised."""
        plan = self.plan
        sums = [*(figure for each in plan.estimates for figure in figures(each)), *self.minutes]
        sums += [figure for each in sums_of(plan) for figure in each.figures(plan.language)]
        return tuple(figure for each in sums for figure in read_figures(_as_sum(each)))


def sources_of(plan: Plan) -> Sources:
    """Gather what this plan's reply may rest on."""
    facts = (found.fact for found in plan.findings.facts)
    return Sources(
        plan, tuple(fact for fact in facts if not is_instruction(f"{fact.title}. {fact.text}"))
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
