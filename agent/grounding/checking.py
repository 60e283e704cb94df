"""The check of one sentence: manners, links, names, then each clause against the statements that carry it."""

import re
from collections.abc import Iterator

from agent.estimate import DISCOUNT, Estimate, money
from agent.grounding.carrying import carriers
from agent.grounding.clauses import Clause, clauses_of
from agent.grounding.commitments import PROMISING, overstepped
from agent.grounding.manners import PROMISES, broken_manners
from agent.grounding.naming import (
    denied_certificate,
    is_honest_or_denied,
    misnamed,
    told_of_rivals,
    unknown_names,
)
from agent.grounding.placing import half_right, misplaced, out_of_range, split_figures
from agent.grounding.reckoning import unstated
from agent.grounding.sources import Sources
from agent.grounding.statements import facts_of, sentences
from agent.grounding.support import (
    denied,
    given_away,
    is_honest_unknown,
    liable,
    uncarried,
    unheard_of,
    widened,
)
from agent.grounding.tone import COURTESY
from agent.grounding.words import content, shared

LINK = re.compile(r"https?://[^\s)>\]]+|\b[\w.+-]+@[\w-]+\.[\w.-]+\b|\b(?:www\.)[^\s)>\]]+")
SHORTEST_QUOTE = 12
LIST_MARK = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•])\s+")
COMING = re.compile(
    r"\b(?:arriv\w+|com(?:es?|ing)|launch\w*|releas\w*|ships?|available|ready|there (?:in|by|from)|kommt|erscheint|verfügbar|bereit|sort(?:ira)?|arrive\w*|disponib\w+|disponív\w+|lleg\w+|cheg\w+|komt|beschikbaar|verschijnt)\b",
    re.IGNORECASE,
)
SEASON = re.compile(
    r"\b(?:spring|summer|autumn|winter|next (?:month|quarter|year)|Q[1-4]|Frühjahr|Frühling|Sommer|Herbst|nächste[ns]? (?:Monat|Quartal|Jahr)|printemps|été|automne|hiver|primavera|verano|otoño|invierno|verão|outono|inverno|voorjaar|lente|zomer|herfst|najaar)\b",
    re.IGNORECASE,
)
LATIN = re.compile(r"[^\W\d_]", re.UNICODE)
CHECKED_SCRIPT = re.compile(r"[A-Za-zÀ-ÿĀ-ž]")


def objection(sentence: str, sources: Sources) -> str | None:
    """Name the rule that a sentence breaks, with what is unsupported; None when it may be shown."""
    said = LIST_MARK.sub("", sentence).strip().replace("**", "")
    if not said or _is_verbatim(said, sources):
        return None
    return next(_objections(said, sources), None)


def _objections(said: str, sources: Sources) -> Iterator[str]:
    is_own = all(sources.phrases.fullmatch(each) for each in re.split(r"(?<=[.?!])\s+", said))
    if not is_own:
        yield from _foreign_script(said)
        yield from broken_manners(said, sources.affirmed)
        yield from overstepped(said, sources.affirmed)
        if not is_honest_unknown(said) and sources.keeps_secret(said):
            yield "inner_workings: words that are not for visitors"
        yield from _announced(said, sources)
        yield from _broken_promise(said, sources)
    yield from (f"link: {each}" for each in _links(said) if each.lower() not in sources.stated)
    bare = LINK.sub(" ", said)
    clauses = clauses_of(bare)
    figures = tuple(figure for clause in clauses for figure in clause.figures)
    whole = Clause(bare, content(bare), figures, is_denied=False)
    yield from unstated(clauses, whole, sources)
    yield from unknown_names(bare, sources)
    if not is_own:
        yield from told_of_rivals(bare, sources)
    if is_own or said.endswith("?") or is_honest_unknown(said) or _is_promised(said, sources):
        return
    yield from half_right(whole, sources)
    yield from denied_certificate(said, sources)
    for clause in clauses:
        yield from _of_clause(clause, whole, sources)
    if not _is_same_language(sources):
        yield from _without_anchor(bare, clauses, sources)


def _of_clause(clause: Clause, whole: Clause, sources: Sources) -> Iterator[str]:
    """Give what no statement carries of one clause; words are compared only within a language."""
    yield from misplaced(clause, whole, sources)
    yield from split_figures(clause, sources)
    yield from out_of_range(clause, sources)
    yield from misnamed(clause, sources)
    if not _is_same_language(sources):
        if not clause.is_denied:
            yield from given_away(clause, sources)
        return
    yield from denied(clause, sources)
    yield from widened(clause, sources)
    yield from liable(clause, sources)
    if not _is_courtesy(clause) and not clause.is_denied:
        yield from uncarried(clause, sources)
        yield from unheard_of(clause, sources)


def backing(sentence: str, sources: Sources) -> tuple[str, ...]:
    """Give the ids of the facts a sentence rests on: those it quotes, those of its sums, else those that carry it."""
    said = sentence.strip()
    if quoted := _quoted(said, sources):
        return (quoted,)
    if said.endswith("?") or is_honest_unknown(said) or is_courtesy(said):
        return ()
    if summed := [each for each in sources.estimates if _is_sum_of(each, said)]:
        prices = tuple(str(each.price.fact.id) for each in summed)
        return prices + tuple(str(f.id) for f in sources.facts if DISCOUNT.search(f.text))[:1]
    behind = [each for clause in clauses_of(LINK.sub(" ", said)) for each in carriers(clause, sources, 1)
              if _is_resting(clause, each.words | each.context, any(each.has(f) for f in clause.figures))]  # fmt: skip
    return facts_of(behind)[:3]


def _quoted(said: str, sources: Sources) -> str | None:
    """Find the fact in which a sentence stands, whole or after the words that introduce it."""
    for part in (said, said.partition(": ")[2]):
        for fact in sources.told:
            if len(part) > SHORTEST_QUOTE and part in fact.text:
                return str(fact.id)
    return None


def _announced(said: str, sources: Sources) -> Iterator[str]:
    """Give the time for which a sentence announces something, where no statement that denies nothing has it."""
    if is_honest_or_denied(said) or said.endswith("?") or not COMING.search(said):
        return
    for match in SEASON.finditer(said):
        if match[0].lower() not in sources.affirmed:
            yield f"promise_of_time: {match[0]}"


def _is_sum_of(estimate: Estimate, said: str) -> bool:
    currency = estimate.price.currency
    return any(money(amount, currency) in said for amount in (estimate.monthly, estimate.yearly))


def _is_resting(clause: Clause, words: frozenset[str], has_figure: bool) -> bool:  # noqa: FBT001 - a value, not a switch
    return has_figure or len(shared(clause.words, words)) >= max(2, 0.4 * len(clause.words))


def _is_promised(said: str, sources: Sources) -> bool:
    """Tell whether a sentence is about the rep who was called: the promises in it were checked."""
    return any(re.search(rf"\b{re.escape(name)}\b", said, re.I) for name in sources.reps)


def _is_verbatim(said: str, sources: Sources) -> bool:
    """Tell whether a whole sentence stands in the facts as it is."""
    return len(said) > SHORTEST_QUOTE and any(
        said in sentences(fact.text) or said == fact.text
        for fact in sources.facts
        if not fact.superseded_by
    )


def _is_same_language(sources: Sources) -> bool:
    languages = {fact.language for fact in sources.facts}
    return not languages or sources.language in languages


def _foreign_script(said: str) -> Iterator[str]:
    letters = LATIN.findall(said)
    if letters and len(CHECKED_SCRIPT.findall(said)) < 0.5 * len(letters):
        yield "script: a writing that cannot be checked"


def _links(said: str) -> list[str]:
    return [link.rstrip(".,;:!?") for link in LINK.findall(said)]


def _without_anchor(said: str, clauses: list[Clause], sources: Sources) -> Iterator[str]:
    """Give a sentence in another language than the facts that shares neither figure, name nor word with any."""
    if is_courtesy(said):
        return
    figures = [figure for clause in clauses for figure in clause.figures]
    words = frozenset(word for clause in clauses for word in clause.words)
    anchored = any(
        each.has(figure) for each in sources.stock.statements for figure in figures
    ) or any(
        len(sources.stock.weights) and word in sources.stock.weights and len(word) > 4
        for word in words
    )
    if not anchored and not any(clause.is_denied for clause in clauses):
        yield "unanchored: nothing in it can be compared"


def _is_courtesy(clause: Clause) -> bool:
    return (
        bool(COURTESY.search(clause.text.strip())) and not clause.figures and len(clause.words) < 4
    )


def is_courtesy(said: str) -> bool:
    """Tell whether a sentence is courtesy alone."""
    return bool(COURTESY.search(said)) and len(content(said)) < 4


def _broken_promise(said: str, sources: Sources) -> Iterator[str]:
    first_person = PROMISING.search(said)
    if first_person and not sources.may_promise and first_person[0].lower() not in sources.affirmed:
        yield f"promise_of_contact: {first_person[0]}"
    for rule, pattern in PROMISES:
        match = re.search(pattern, said, re.IGNORECASE)
        if not match or (rule != "done_deed" and match[0].lower() in sources.affirmed):
            continue
        if (
            rule == "done_deed"
            or not sources.may_promise
            or (rule == "promise_of_time" and not set(re.findall(r"\d+", said)) & sources.minutes)
        ):
            yield f"{rule}: {match[0]}"
