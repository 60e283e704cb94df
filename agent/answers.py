"""Which sentences of the found facts answer a message, question by question; what the library lacks is said.

A sure answer is given as the facts state it; what is near but not certain is given as the nearest, after the plain
admission of what is lacking; the rest is not answered.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.answering.asking import Wanted, wanted
from agent.answering.choosing import Chosen, choose
from agent.answering.glosses import glossed
from agent.answering.places import country_of, plain
from agent.answering.statements import sentences
from agent.answering.sums import Sum, say, sums_for
from agent.answering.words import ORDINARY, WORD, content_words, terms, terms_of
from agent.estimate import priced_in
from agent.facts import AskedQuestion
from agent.reply import Plan
from agent.requests import wishes_person
from agent.signals import SignalKind
from prompts.phrases import Phrases, phrases

__all__ = ["Answer", "only_asks_person", "quote_facts", "sentences"]

CAPITAL_NOUNS = ("de",)
SURE_FROM = 0.62
NEAR_FROM = 0.3
SURE_WITHOUT_NAME = 0.92
UNANSWERED = 0.12
SURE_WITHOUT_WORD = 0.75
OF_PRICES = terms(
    "price user month year seat plan plans subscription abo tarif euro dollars technicians money"
)
WORDS_BESIDE = 30
WORDS_FOR_ONE = 44
WORDS_FOR_EACH = 34
FEW_WORDS = 2
# On the examples kept apart, 58 % of the answerable and 28 % of the unanswerable questions have a statement so likely.
READ_SURE = 0.3
READ_SURE_WITHOUT_NAME = 0.6
READ_NEAR = 0.04
LESS_RELEVANT = 0.7
INNER_NAMES = re.compile(
    r"\b(?:battle ?cards?|playbook|system prompt|lead scores?)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the library has on one question; without sentences it has nothing, and `lacks` may name what.

    `is_near` marks a half answer: its sentences begin with the admission. `sums` are those the sentences show;
    `language` is that of the facts quoted, and empty for sums, which are in the visitor's.
    """

    sentences: tuple[str, ...] = ()
    lacks: str = ""
    sums: tuple[Sum, ...] = ()
    language: str = ""
    is_near: bool = False


def quote_facts(plan: Plan) -> list[Answer]:
    """Answer each question of a message with sentences of the found facts."""
    words = phrases(plan.language)
    if plan.estimates:
        return _beside_sums(plan, words)
    if only_asks_person(plan):
        return []
    if _asks_prices(plan) and (priced := _plan_prices(plan)):
        return [Answer(priced, language=plan.findings.facts[0].fact.language)]
    room = WORDS_FOR_ONE if len(plan.questions) == 1 else WORDS_FOR_EACH
    answers = [_answer(asked, plan, words, room) for asked in plan.questions]
    return _without_repeats(answers)


def _answer(asked: AskedQuestion, plan: Plan, words: Phrases, room: int) -> Answer:
    whole, context = in_context(asked, plan)
    if found := sums_for(whole, plan):
        return Answer(tuple(say(each, words) for each in found), sums=found)
    chosen = choose(whole, room, plan.language, context, _rivals_unnamed(plan))
    if chosen.is_read:
        return _as_read(chosen, asked, plan, words)
    return _by_words(chosen, asked, plan, words)


def _by_words(chosen: Chosen, asked: AskedQuestion, plan: Plan, words: Phrases) -> Answer:
    """Answer as surely as the words of what was chosen are those of the question."""
    named = [
        word
        for word in chosen.elsewhere
        if word in chosen.heavy or _is_name(word, asked.text, plan.language)
    ]
    lacks = _lacking(named or chosen.missing, asked.text, plan)
    lacks = "" if INNER_NAMES.search(lacks) else lacks
    if not chosen.texts or chosen.sureness < NEAR_FROM:
        return Answer(lacks=lacks)
    texts = _in_language(chosen, plan.language)
    language = chosen.statements[0].fact.language
    least = SURE_WITHOUT_NAME if named else SURE_WITHOUT_WORD if chosen.missing else SURE_FROM
    if not chosen.heavy and chosen.sureness >= least + UNANSWERED * (
        not asked.findings.is_answered
    ):
        no = (
            (words.fill("answer_no"),) if chosen.is_denied and not _says_no(texts[0], words) else ()
        )
        return Answer((*no, *texts), language=language)
    admitted = (_admission(lacks, words), *texts)
    return Answer(admitted, lacks=lacks, language=language, is_near=True)


def _as_read(chosen: Chosen, asked: AskedQuestion, plan: Plan, words: Phrases) -> Answer:
    """Answer as surely as what was found was read to answer; a name that no fact has is what lacks."""
    names = [w for w in chosen.missing if _is_name(w, asked.text, plan.language)]
    lacks = _lacking(names, asked.text, plan) if names else ""
    lacks = "" if INNER_NAMES.search(lacks) else lacks
    if chosen.sureness < READ_NEAR:
        return Answer(lacks=lacks)
    texts = _in_language(chosen, plan.language)
    language = chosen.statements[0].fact.language
    if chosen.sureness >= (READ_SURE_WITHOUT_NAME if lacks else READ_SURE):
        is_no = chosen.is_denied and not _says_no(texts[0], words)
        return Answer((*((words.fill("answer_no"),) if is_no else ()), *texts), language=language)
    return Answer((_admission(lacks, words), *texts), lacks=lacks, language=language, is_near=True)


def _rivals_unnamed(plan: Plan) -> frozenset[str]:
    """Give the names of other vendors that the visitor has not named: nothing is said of those."""
    said = " ".join((plan.question, *(message.text for message in plan.before))).lower()
    names = (name.lower() for c in plan.playbook.competitors for name in (c.name, *c.aliases))
    return frozenset(name for name in names if name not in said)


def _in_language(chosen: Chosen, language: str) -> tuple[str, ...]:
    """Repeat spans of time and the like in the visitor's language beside facts in another."""
    source = chosen.statements[0].fact.language
    return tuple(glossed(text, source, language) for text in chosen.texts)


def _says_no(text: str, words: Phrases) -> bool:
    no = words.fill("answer_no").rstrip(".")
    return text.startswith((f"{no} ", f"{no},", f"{no}."))


def in_context(asked: AskedQuestion, plan: Plan) -> tuple[AskedQuestion, str]:
    """Give a question with what else the visitor wrote; one too short to be understood alone with all that was found.

    What is asked for without a question mark belongs to the last question.
    """
    if not set(content_words(asked.text)) - ORDINARY:
        return AskedQuestion(plan.question, asked.findings), ""
    rest = _rest(plan)
    is_last = asked is plan.questions[-1]
    text = f"{asked.text} {rest}" if is_last and wanted(rest) - {Wanted.WHETHER} else asked.text
    if len(content_words(asked.text)) > FEW_WORDS:
        return AskedQuestion(text, asked.findings), "" if text != asked.text else rest
    own = {found.fact.id for found in asked.findings.facts}
    others = tuple(
        replace(found, relevance=found.relevance * LESS_RELEVANT)
        for found in plan.findings.facts
        if found.fact.id not in own
    )
    findings = replace(asked.findings, facts=asked.findings.facts + others)
    return AskedQuestion(text, findings), plan.question


def _rest(plan: Plan) -> str:
    """Give what a message says beside its questions."""
    rest = plan.question
    for asked in plan.questions:
        rest = rest.replace(asked.text.rstrip("?"), " ").replace(asked.text, " ")
    return re.sub(r"[\s?]+", " ", rest).strip()


def _admission(missing: str, words: Phrases) -> str:
    if missing:
        return words.fill("unknown_near_name", name=missing)
    return words.fill("unknown_near")


def _lacking(missing: Sequence[str], question: str, plan: Plan) -> str:
    """Give the first missing word as the visitor wrote it, a figure with the word before it ("ISO 22000").

    Of facts in another language only a name is known to be missing: other words may be said otherwise there.
    """
    is_foreign = any(found.fact.language != plan.language for found in plan.findings.facts)
    for word in sorted(missing, key=lambda each: len(terms_of(each)) > 1):
        is_name = _is_name(word, question, plan.language)
        if (found := _written(word, question)) and (is_name or not is_foreign):
            before = re.search(r"\b[A-Z]\w* $", question[: found.start()])
            whole = f"{before[0]}{found[0]}" if before and word[0].isdigit() else found[0]
            return whole if is_name or whole[0].isupper() else f"“{whole}”"
    return ""


def _written(word: str, question: str) -> re.Match[str] | None:
    """Find a plain word in a question as it was written there."""
    return next((match for match in WORD.finditer(question) if plain(match[0]) == word), None)


def _is_name(word: str, question: str, language: str) -> bool:
    """Tell whether a word names a product, a standard or a place; in German a capital alone says nothing."""
    found = _written(word, question)
    if found is None:
        return False
    written = found[0]
    is_capital = written[0].isupper() and found.start() > 0 and language not in CAPITAL_NOUNS
    is_code = any(letter.isdigit() for letter in written) or sum(map(str.isupper, written)) > 1
    return is_capital or is_code or bool(country_of(word))


def only_asks_person(plan: Plan) -> bool:
    """Tell whether a message wants a person and nothing else."""
    return {signal.kind for signal in plan.assessment.reading.signals} == {SignalKind.HUMAN}


def _beside_sums(plan: Plan, words: Phrases) -> list[Answer]:
    """Beside sums for plans, answer what else is asked; else say what the one named plan includes."""
    if _asks_prices(plan):
        return [Answer(_about_plans(plan))]
    answers = [
        _answer(asked, plan, words, WORDS_BESIDE)
        for asked in plan.questions
        if _others(asked.text, plan)
    ]
    # What is only near says nothing beside a sum that answers.
    sure = [answer for answer in answers if answer.sentences and not answer.is_near]
    return _without_repeats(sure) or [Answer()]


def _asks_prices(plan: Plan) -> bool:
    """Tell whether prices in general are asked for, or those of named plans, and nothing else."""
    asked = " ".join(each.text for each in plan.questions if not wishes_person(each.text))
    has_price = plan.assessment.reading.has(SignalKind.PRICING)
    return has_price and not _others(asked or plan.question, plan)


def _others(question: str, plan: Plan) -> list[str]:
    """Give the words of a question that ask for something else than the price of a plan for so many users."""
    company = plan.playbook.company
    names = {match["plan"] for found in plan.findings.facts for match in priced_in(found.fact.text)}
    own = terms(" ".join((company.name, company.product, *names)))
    words = (
        word for word in content_words(question) if word not in ORDINARY and not word.isdigit()
    )
    return [word for word in words if not terms_of(word) & (OF_PRICES | own)]


def _about_plans(plan: Plan) -> tuple[str, ...]:
    """Beside a sum for one named plan, say what that plan includes."""
    if len(plan.estimates) > 1:
        return ()
    name = plan.estimates[0].price.plan
    said = [
        s
        for f in plan.findings.facts
        for s in sentences(f.fact.text)
        if s.startswith(f"{name} includes")
    ]
    return tuple(said[:1])


def _plan_prices(plan: Plan) -> tuple[str, ...]:
    """State the price of the plans that the message names, else of every plan in as few sentences as can be."""
    stated = [
        (frozenset(match["plan"] for match in priced_in(sentence)), sentence)
        for found in plan.findings.facts
        for sentence in sentences(found.fact.text)
        if priced_in(sentence)
    ]
    every = frozenset(name for names, _ in stated for name in names)
    named = {name for name in every if re.search(rf"\b{re.escape(name)}\b", plan.question, re.I)}
    wanted_plans = named or (set(every) if len(plan.questions) == 1 else set())
    chosen: list[str] = []
    for names, sentence in sorted(
        stated, key=lambda pair: (len(pair[0] - wanted_plans), -len(pair[0]))
    ):
        if names & wanted_plans:
            chosen.append(sentence)
            wanted_plans -= names
    return tuple(chosen)


def _without_repeats(answers: list[Answer]) -> list[Answer]:
    """Say each sentence once, where it is wanted first."""
    said: set[str] = set()
    given: list[Answer] = []
    for answer in answers:
        new = tuple(each for each in answer.sentences if each not in said)
        said |= set(new)
        is_said = bool(answer.sentences) and not new
        given.append(replace(answer, sentences=new or answer.sentences if is_said else new))
    return given
