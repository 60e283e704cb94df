"""Social proof: one sentence of a case study, with its figure, of a company like the visitor's."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from agent.conversation import Author, Held
from agent.facts import Fact, Findings
from agent.history import History
from agent.lead import Company
from agent.playbook import Playbook
from agent.scoring import Assessment
from agent.signals import EVALUATING, MessageKind, Reading, SignalKind
from agent.topics import topics
from prompts.phrases import phrases

CASE_STUDIES = "Case Study Viewed"
TITLED = re.compile(
    r"\b(?:case stud|customer stor|success stor|reference customer|kundenbeispiel|fallstudie|erfolgsgeschichte|referenzkunde"
    r"|caso de (?:éxito|cliente)|étude de cas|témoignage client|caso de sucesso|klantverhaal|praktijkverhaal)",
    re.IGNORECASE,
)
PEOPLE = re.compile(r"(?:people|employees|staff|team of|mitarbeiter\w*|empleados|salariés|funcionários|medewerkers)\W{0,6}(\d[\d.,]*)|(\d[\d.,]*) (?:people|employees|staff|mitarbeiter\w*|empleados|salariés|funcionários|medewerkers)", re.I)  # fmt: skip
DANGLING = re.compile(
    r"(?:\d+\.|of which|then|it|this|that|these|those|they|he|she|there|since then|before|after that|in the|with (?:that|this)|we|our|i|and|but|so|es|das|dies\w*|sie|wir|il|elle|cela|nous|ello|esto|isso|het|dat|dit|wij)\b",
    re.IGNORECASE,
)
RESULT = re.compile(
    r"\b(?:less|fewer|lower|faster|quicker|higher|more than|saved?|saves|cut|fell|falls?|dropped|rose|grew|down (?:to|by|from)|up (?:to|by|from)|from .{1,30} to|instead of|reduced|doubled|halved|after"
    r"|weniger|schneller|spart\w*|sank|stieg|von .{1,30} auf|statt|nach|menos|ahorr\w+|más rápid\w*|de .{1,30} a|moins|plus vite|économis\w+|réduit\w*|poup\w+|reduz\w+|minder|sneller|bespaar\w*|daalde|van .{1,30} naar)\b",
    re.IGNORECASE,
)
BEFORE = re.compile(r"\b(?:before|vorher|antes|avant|voorheen|vóór|then|früher)\b", re.IGNORECASE)
AFTER = re.compile(r"\b(?:after|now|nachher|heute|nach|después|ahora|après|aujourd'hui|depois|agora|daarna|nu)\b", re.IGNORECASE)  # fmt: skip
FEWEST_WORDS, MOST_WORDS = 6, 28
SIZE_FACTOR = 3
MOST_KEPT = 512
LIKE = 2  # of 7: the same trade counts 4, words of theirs 2, the size 1
BUYS = EVALUATING | {SignalKind.NEED, SignalKind.IMPLEMENTATION, SignalKind.DEMO}


@dataclass(frozen=True, slots=True)
class Proof:
    """One sentence of a case study and the customer it is about; `fact` states it."""

    customer: str
    sentence: str
    fact: Fact


def story_query(reading: Reading, history: History, playbook: Playbook) -> str:
    """Give what to look for among case studies; nothing for those who are told of none."""
    evaluates = reading.kind is MessageKind.SALES and any(reading.has(kind) for kind in BUYS)
    if not playbook.replies.tells_of_customers or not evaluates:
        return ""
    return phrases("en").fill("story_query", industry=history.lead.company.industry or "company")


def choose_proof(
    held: Held, assessment: Assessment, stories: Findings, playbook: Playbook
) -> Proof | None:
    """Choose a sentence of a case study of the visitor's trade, else of their size; None once one was told."""
    if not story_query(assessment.reading, assessment.history, playbook):
        return None
    company = assessment.history.lead.company if held.conversation.visitor.is_proven else Company()
    said = "\n".join(m.text for m in (*held.before, *held.unanswered) if m.author is Author.VISITOR)
    ours = "\n".join(m.text for m in held.before if m.author is Author.AGENT)
    pages = _by_page(found.fact for found in stories.facts if is_case_study(found.fact, playbook))
    ranked = sorted(((_likeness(facts, company, said, playbook), page) for page, facts in pages.items()), reverse=True)  # fmt: skip
    for likeness, page in ranked:
        customer = customer_of(page)
        is_told = (
            customer.split()[0].casefold() in f"{ours}\n{said}".casefold() if customer else False
        )
        if (
            likeness >= LIKE
            and customer
            and not is_told
            and (found := _best(pages[page], customer))
        ):
            return Proof(customer, *found)
    return None


def is_case_study(fact: Fact, playbook: Playbook) -> bool:
    """Tell whether a fact is of a case study: by the playbook's patterns for their addresses, or by its title."""
    patterns = playbook.pages.get(CASE_STUDIES, ())
    return any(re.search(pattern, fact.url) for pattern in patterns) or bool(TITLED.search(fact.page))  # fmt: skip


def customer_of(page: str) -> str:
    """Read the customer's name from a case study's title; nothing where the title has none."""
    parts = [part.strip() for part in re.split(r"\s*[:|–—]\s*|\s-\s", page) if part.strip()]
    names = [part for part in parts if not TITLED.search(part)]
    name = names[0] if names else ""
    is_name = bool(name) and name[0].isupper() and len(name.split()) <= 4
    return name if is_name else ""


def _by_page(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    pages: dict[str, list[Fact]] = {}
    for fact in facts:
        pages.setdefault(fact.page, []).append(fact)
    return pages


def _likeness(facts: list[Fact], company: Company, said: str, playbook: Playbook) -> int:
    """Weigh how like a customer is: the same trade counts most, then the size."""
    text = "\n".join(f"{fact.title}\n{fact.text}" for fact in facts)
    ours = topics(f"{playbook.company.name} {playbook.company.product} {playbook.company.offers}")
    trade = topics(company.industry) & topics(text)
    spoken = (topics(said) & topics(text)) - ours
    size = _is_like_size(company.employees, text)
    return 4 * bool(trade) + 2 * (len(spoken) >= 2) + bool(size)


def _is_like_size(employees: int | None, text: str) -> bool:
    stated = _sizes(text) if employees else ()
    return any(n <= SIZE_FACTOR * (employees or 0) and (employees or 0) <= SIZE_FACTOR * n for n in stated)  # fmt: skip


@lru_cache(maxsize=MOST_KEPT)
def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(re.sub(r"\D", "", a or b) or 0) for a, b in PEOPLE.findall(text))


def _best(facts: list[Fact], customer: str) -> tuple[str, Fact] | None:
    """Choose the sentence that tells most of a result with its figure; a table's row of before and after is one."""
    fit = [(sentence, fact) for fact in facts for sentence in _told(fact.text)]
    return max(fit, key=lambda pair: _telling(pair[0], customer), default=None)


@lru_cache(maxsize=MOST_KEPT)
def _told(text: str) -> tuple[str, ...]:
    said = (*_results(text), *_prose(text))
    return tuple(each for each in said if _is_fit(each) and RESULT.search(each))


def _telling(sentence: str, customer: str) -> int:
    figures = len(re.findall(r"\d[\d.,]*", sentence))
    is_named = customer.split()[0].casefold() in sentence.casefold()
    return 2 * is_named + min(figures, 2)


def _results(text: str) -> Iterator[str]:
    """Read the rows of a table that compare before and after, as sentences."""
    for line in text.splitlines():
        cells = [cell.strip(" :") for cell in line.split("; ")]
        if len(cells) > 2 and BEFORE.search(line) and AFTER.search(line) and re.search(r"\d", line):
            subject = cells[0].rpartition(": ")[2]
            yield f"{subject[:1].lower()}{subject[1:]}, {', '.join(c[:1].lower() + c[1:] for c in cells[1:])}."


def _is_fit(sentence: str) -> bool:
    words = len(sentence.split())
    quotes = any(mark in sentence for mark in '“”"„|*#')
    return FEWEST_WORDS <= words <= MOST_WORDS and bool(re.search(r"\d", sentence)) and not quotes and not DANGLING.match(sentence)  # fmt: skip


def _prose(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if not line.lstrip().startswith(("|", "-", "*", "#")):
            yield from (s.strip() for s in re.split(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ0-9“])", line) if s.strip().endswith((".", "!")))  # fmt: skip
