"""Which statements of the found facts answer a question, and how surely.

A question's words weigh by how few of the found statements have them; a word that none has weighs most. Statements
are taken one after another, each for what it adds, as long as there is room.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from agent.answering.asking import NEGATION, Wanted, holds
from agent.answering.places import plain
from agent.answering.searching import Search
from agent.answering.statements import Statement, statements
from agent.answering.telling import said, told
from agent.answering.words import ORDINARY, WORD, content_words, stem, terms
from agent.facts import AskedQuestion, FoundFact

BY_RELEVANCE = 0.55
BY_PASSAGE = 0.4
BY_STORY = 0.25
LEAST_GAIN = 0.17
FILLED_TO = 50
FILLS_FROM = 0.1
WORDS_A_SENTENCE = 60
NOT_HELD = 0.45
HOLDER = 0.55
NEAR_PASSAGE = 0.85
HEAVY = 0.4
MOST_OF = 0.6
CLAUSE = re.compile(
    r"(?:[,;?+]| and| und| et| y| e| en)+ (?=(?:and |und |et |y |e |en )?(?:do|does|is|are|can|could|will|would|what|whats|how|when|who|which|where|from when|from what|ab wann|wann|wie|was|quand|combien|comment|cu[aá]nto|cu[aá]ndo|qu[eé]|quanto|quando|wat|wanneer|hoe)\b)",
    re.IGNORECASE,
)
WHOLE_TO = 56
ALSO = 0.04
ALSO_OF_BEST = 0.25
SHORTEST_FORM = 4
FEWEST_WORDS = 2
MOST_STATEMENTS = 200
DOES = re.compile(
    r"(?<!\bare )(?<!\bis )\b(?:i|you|we|they|it|to|can|not|be|will|would|should|must|dont|don't|is|are|was)\s+"
)
CODE = re.compile(r"\b[A-Z]{2,}[ -]?")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What answers a question, as it is to be read; `sureness` in [0, 1], and the asked words no fact has.

    `elsewhere` are the asked words that the fact answering first does not have, found or not in others, `heavy` those
    of them that make up much of the question;
    `is_denied` when they answer a yes-or-no question with a plain no; `is_read` when the answer reader chose them, whose
    probability `sureness` is then.
    """

    statements: tuple[Statement, ...] = ()
    texts: tuple[str, ...] = ()
    sureness: float = 0.0
    coverage: float = 0.0
    missing: tuple[str, ...] = ()
    is_denied: bool = False
    elsewhere: tuple[str, ...] = ()
    heavy: tuple[str, ...] = ()
    is_read: bool = False


def choose(
    asked: AskedQuestion,
    most_words: int,
    language: str = "",
    context: str = "",
    unnamed: frozenset[str] = frozenset(),
) -> Chosen:
    """Choose what answers a question in this language from its findings, in at most so many words.

    `context` is what else the visitor wrote: its words count less than the question's own. `unnamed` are names, in
    lower case, that no statement may have.
    """
    found = [each for each in asked.findings.facts if not getattr(each.fact, "superseded_by", None)]
    every = (s for each in found for s in statements(each) if _is_sayable(s, unnamed))
    candidates = tuple(islice(every, MOST_STATEMENTS))
    if not candidates:
        lacking = tuple(w for w in content_words(asked.text) if _is_particular(w, asked.text))
        return Chosen(missing=lacking, elsewhere=lacking)
    whole = Search(asked.text, candidates, language, context)
    if any(each.answers for each in found):
        return _as_read(whole, most_words)
    parts = [Search(part, candidates, language) for part in _clauses(asked.text)] or [whole]
    picked: list[Statement] = []
    for search in parts:
        picked += [s for s in _pick(search, most_words // len(parts)) if s not in picked]
    return _judged(whole, picked, tuple(told(picked, whole)), found)


def _as_read(search: Search, most_words: int) -> Chosen:
    """Take the statements that were read to answer, the likeliest first, as far as there is room."""
    ranked = sorted(search.candidates, key=lambda each: -each.chance)
    best = ranked[0].chance
    picked: list[Statement] = []
    room = most_words
    for each in ranked:
        if picked and (each.chance < max(ALSO, ALSO_OF_BEST * best) or room <= 0):
            break
        for one in _with_neighbours(each, search, picked, room):
            picked.append(one)
            room -= len(said(one, search).split())
    order = {id(each): place for place, each in enumerate(search.candidates)}
    first = {each.fact.id: place for place, each in reversed(list(enumerate(picked)))}
    picked.sort(key=lambda each: (first[each.fact.id], order[id(each)]))
    known = _everywhere([each.found for each in search.candidates])
    missing = (w for w in content_words(search.text) if _is_particular(w, search.text))
    return Chosen(
        statements=tuple(picked),
        texts=tuple(told(picked, search)),
        sureness=best,
        missing=tuple(w for w in missing if not _has(known, w, search)),
        is_denied=_denied(search, picked),
        is_read=True,
    )


def _clauses(text: str) -> list[str]:
    """Cut a question that asks two things in one; nothing when it asks one."""
    parts: list[str] = []
    held = ""
    for part in filter(None, CLAUSE.split(text)):
        whole = f"{held} {part}" if held else part
        if len(content_words(part)) >= FEWEST_WORDS:
            parts.append(whole)
            held = ""
        elif parts:
            parts[-1] += f" {part}"
        else:
            held = whole
    return parts if len(parts) > 1 else []


def _is_sayable(statement: Statement, unnamed: frozenset[str]) -> bool:
    text = statement.text.lower()
    is_short = bool(statement.cells) or len(statement.text.split()) <= WORDS_A_SENTENCE
    return is_short and not any(name in text for name in unnamed)


def _pick(search: Search, most_words: int) -> list[Statement]:
    """Take the statement that adds most, again and again; then put them into reading order."""
    picked: list[Statement] = []
    covered: dict[str, float] = {}
    held: frozenset[Wanted] = frozenset()
    room = most_words
    while room > 0:
        best, gain = _best(search, picked, covered, held)
        if best is None or (picked and gain < LEAST_GAIN):
            break
        added = _with_neighbours(best, search, picked, room)
        for each in added:
            picked.append(each)
            room -= len(said(each, search).split())
            covered |= {w: max(covered.get(w, 0.0), search.match(w, each)) for w in search.words}
            held |= {want for want in search.wanted if holds(each.text, want)}
    picked += _filling(search, picked, min(room, FILLED_TO - (most_words - room)))
    order = {id(each): place for place, each in enumerate(search.candidates)}
    first = {each.fact.id: place for place, each in reversed(list(enumerate(picked)))}
    return sorted(picked, key=lambda each: (first[each.fact.id], order[id(each)]))


def _best(
    search: Search,
    picked: Sequence[Statement],
    covered: Mapping[str, float],
    held: frozenset[Wanted],
) -> tuple[Statement | None, float]:
    ranked = [
        (search.gain(each, covered, held) + _nearness(each, picked, search), place, each)
        for place, each in enumerate(search.candidates)
        if each not in picked
    ]
    if not ranked:
        return None, 0.0
    best = max(ranked, key=lambda item: (item[0], -item[1]))
    wants_amount = Wanted.AMOUNT in search.wanted and Wanted.WHETHER not in search.wanted
    if not picked and wants_amount and not holds(best[2].text, Wanted.AMOUNT):
        least = NEAR_PASSAGE * search.passage(best[2].fact)
        priced = [
            item
            for item in ranked
            if holds(item[2].text, Wanted.AMOUNT)
            and _says_word(item[2], search)
            and search.passage(item[2].fact) >= least
        ]
        holder = max(priced, key=lambda item: item[0], default=best)
        best = holder if holder[0] >= HOLDER * best[0] else best
    return best[2], search.gain(best[2], covered, held)


def _says_word(statement: Statement, search: Search) -> bool:
    return any(search.match(word, statement) == 1 for word in search.words)


def _nearness(statement: Statement, picked: Sequence[Statement], search: Search) -> float:
    """Prefer facts the library holds relevant, that have most of what is asked, and those already spoken of."""
    is_same = any(each.fact.id == statement.fact.id for each in picked)
    is_quoted = bool(re.search(r"[“”\"]", statement.text))
    tells = BY_STORY * search.is_aside(statement.fact)
    near = BY_RELEVANCE * statement.found.relevance + BY_PASSAGE * search.passage(statement.fact)
    return near + 0.1 * is_same - 0.15 * is_quoted - tells


def _with_neighbours(
    best: Statement, search: Search, picked: Sequence[Statement], room: int
) -> list[Statement]:
    """Give a statement with the one it leans on before it and the one that limits it after it."""
    same = [each for each in search.candidates if each.fact.id == best.fact.id]
    place = same.index(best)
    before = same[place - 1 : place] if best.leans and place else []
    after = [each for each in same[place + 1 : place + 2] if each.limits and not best.cells]
    group = [*before, best, *after]
    fits = sum(len(said(each, search).split()) for each in group) <= max(room, 25)
    return [each for each in (group if fits else [*before, best]) if each not in picked]


def _filling(search: Search, picked: Sequence[Statement], room: int) -> list[Statement]:
    """Give what stands beside the first statement, as far as a short answer has room for it."""
    if not picked or picked[0].cells or picked[0].found.relevance < FILLS_FROM:
        return []
    same = [each for each in search.candidates if each.fact.id == picked[0].fact.id]
    others = [each for each in same if each not in picked and not each.cells]
    if _length(others, search) + _length(picked, search) <= min(
        WHOLE_TO, room + _length(picked, search) + 12
    ):
        return others
    place, added = same.index(picked[0]), list[Statement]()
    for each in (*reversed(same[:place]), *same[place + 1 :]):
        room -= len(said(each, search).split())
        if room < 0:
            break
        if each not in picked and not each.cells:
            added.append(each)
    return added


def _length(some: Sequence[Statement], search: Search) -> int:
    return sum(len(said(each, search).split()) for each in some)


def _judged(
    search: Search, picked: Sequence[Statement], told: tuple[str, ...], found: Sequence[FoundFact]
) -> Chosen:
    has = {
        word: max((search.match(word, each) for each in picked), default=0.0)
        for word in search.words
    }
    coverage = sum(search.weights[word] * has[word] for word in search.words) / search.total
    relevance = max((each.found.relevance for each in picked), default=0.0)
    asked = search.wanted - {Wanted.WHETHER}
    kinds = (
        sum(any(holds(each.text, want) for each in picked) for want in asked) / len(asked)
        if asked
        else 1.0
    )
    sureness = 0.45 * relevance + 0.45 * coverage + 0.1 * kinds
    is_open = Wanted.WHETHER not in search.wanted
    if is_open and not kinds and asked & {Wanted.AMOUNT, Wanted.TIME}:
        sureness = min(sureness, NOT_HELD)
    everywhere = _everywhere(found)
    own = content_words(search.text)
    missing = tuple(
        w for w in own if _is_particular(w, search.text) and not _has(everywhere, w, search)
    )
    first = _everywhere([picked[0].found] if picked else ())
    elsewhere = tuple(
        w for w in own if _is_particular(w, search.text) and not _has(first, w, search)
    )
    is_denied = _denied(search, picked)
    heavy = tuple(w for w in elsewhere if search.weights[w] >= HEAVY * search.total)
    return Chosen(tuple(picked), told, sureness, coverage, missing, is_denied, elsewhere, heavy)


def _has(known: frozenset[str], word: str, search: Search) -> bool:
    """Tell whether a word is known, or a short form of one is, such as "techs"."""
    start = stem(word)
    is_start = len(start) >= SHORTEST_FORM and start.isalpha()
    return bool(search.words[word] & known) or (
        is_start and any(term.startswith(start) for term in known)
    )


def _denied(search: Search, picked: Sequence[Statement]) -> bool:
    """Tell whether a yes-or-no question is answered by a plain no: what is asked for is what is denied."""
    if not picked or search.wanted != {Wanted.WHETHER} or NEGATION.search(search.text):
        return False
    parts = re.split(r"[.;:!?]", picked[0].text)
    return any(NEGATION.search(part) and _has_most(part, search) for part in parts)


def _has_most(text: str, search: Search) -> bool:
    said = terms(text)
    weight = sum(search.weights[word] for word, asked in search.words.items() if asked & said)
    return weight >= MOST_OF * search.total


def _is_particular(word: str, text: str) -> bool:
    """Tell whether a word names something in particular: no ordinary word, no count, nothing done by somebody."""
    if word in ORDINARY:
        return False
    if word[0].isdigit():
        return not word.isdigit() or _follows(CODE, word, text)
    is_done = _follows(DOES, word, plain(text))
    return not is_done or bool(re.search(r"\b[A-ZÀ-Þ]\w+", " ".join(_written(word, text))))


def _follows(before: re.Pattern[str], word: str, text: str) -> bool:
    """Tell whether a whole word stands right after such words."""
    ends = (match.end() for match in before.finditer(text))
    return any(
        text.startswith(word, end) and not _is_letter(text[end + len(word) :][:1]) for end in ends
    )


def _is_letter(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def _written(word: str, text: str) -> list[str]:
    return [match[0] for match in WORD.finditer(text) if plain(match[0]) == word]


def _everywhere(found: Iterable[FoundFact]) -> frozenset[str]:
    facts = {each.fact.id: each.fact for each in found}.values()
    return frozenset().union(*(terms(f"{fact.title} {fact.text}") for fact in facts))
