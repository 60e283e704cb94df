"""What a visitor's own words say of each criterion: the detector's signals, read in the sentence they stand in.

Nothing is filled that was not said: a criterion needs the detector's signal of that sort, or words for it in a
statement of a message in which the detector heard something. That something is missing ("no budget yet") counts
as said too, and wherever it is said.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from agent.clauses import Statement, shortened, statements
from agent.courtesies import is_greeting, is_thanks
from agent.criteria import Criterion, HeardAnswer, Question, VisitorMessage
from agent.language import detect_language
from agent.signals import HeardSignal, SignalKind
from agent.wording import mentions

DIGIT = re.compile(r"\d")
SUM = re.compile(r"(?<![\w.])(?!20[2-4]\d\b)\d")
STANDARD = re.compile(r"\b(?:iso|soc|en|din|q[1-4]|20[2-4]\d)\b[\s/-]*\d*", re.IGNORECASE)
NO_OBSTACLE = re.compile(
    r"problem|issue|object\b|concern|obstacle|hindernis|problème|obstacle|probleem|ongelma|kein thema|sorun",
    re.I,
)
TELLING = frozenset(
    {
        SignalKind.AUTHORITY,
        SignalKind.NEED,
        SignalKind.PURCHASE,
        SignalKind.BUDGET,
        SignalKind.TIMELINE,
        SignalKind.COMPETITOR,
    }
)
MOST_WORDS = 12
RECENT = 1_024
ELSEWHERE = re.compile(r"[?？؟@]|https?:|(?:\d[ ()/-]*){7}")
"""A question, an address or a telephone number: no answer to ours."""

C, K = Criterion, SignalKind


@dataclass(frozen=True, slots=True)
class Words:
    """One message with what was heard in it, cut into statements."""

    message: VisitorMessage
    language: str
    signals: tuple[HeardSignal, ...]
    statements: tuple[Statement, ...]

    def says(self, name: str, text: str) -> bool:
        """Tell whether a text has words of this sort; see CriterionWords."""
        return mentions(name, text, self.language)

    def around(self, signal: HeardSignal) -> str:
        """Give the statements that a signal's quote stands in; the quote itself when it is in a question."""
        start = self.message.text.find(signal.quote)
        found = (s.text for s in self.statements if s.overlaps(start, start + len(signal.quote)))
        return " ".join(found) or signal.quote

    def heard(self, statement: Statement) -> frozenset[SignalKind]:
        """Give the kinds of the signals that stand in a statement."""
        spans = ((s.kind, self.message.text.find(s.quote), len(s.quote)) for s in self.signals)
        return frozenset(k for k, at, length in spans if statement.overlaps(at, at + length))

    def denies(self, name: str, text: str) -> bool:
        """Tell whether a clause of a text negates what it says of this."""
        clauses = Statement(text, 0, len(text)).clauses()
        return any(
            self.says(name, each) and self.says("no", each) and not NO_OBSTACLE.search(each)
            for each in clauses
        )


Finding = tuple[Criterion, str, bool]
Rule = Callable[[Words], Iterator[Finding]]


def evidence(
    signals: Iterable[HeardSignal], said: Iterable[VisitorMessage] = ()
) -> Iterator[HeardAnswer]:
    """Give what the words say of each criterion, with verbatim quotes; the order of the arguments does not matter."""
    texts = {message.id: message for message in said}
    heard: defaultdict[VisitorMessage, set[HeardSignal]] = defaultdict(set)
    for signal in signals:
        home = texts.get(signal.message_id)
        if home is None or signal.quote not in home.text:
            home = VisitorMessage(signal.message_id, signal.quote, signal.at)
        heard[home].add(signal)
    for message in {*heard, *texts.values()}:
        yield from _of_message(message, frozenset(heard.get(message, ())))


# A message is read again at each later turn, and for each briefing.
@lru_cache(maxsize=RECENT)
def _of_message(message: VisitorMessage, heard: frozenset[HeardSignal]) -> tuple[HeardAnswer, ...]:
    found = set(_findings(_words(message, heard)))
    return tuple(
        HeardAnswer(criterion, quote, is_negative, message.id, message.at)
        for criterion, quote, is_negative in sorted(found)
    )


def _words(message: VisitorMessage, heard: frozenset[HeardSignal]) -> Words:
    signals = tuple(sorted(heard, key=lambda signal: (signal.kind, signal.quote)))
    language = detect_language(message.text)
    return Words(message, language, signals, tuple(statements(message.text)))


def _findings(words: Words) -> Iterator[Finding]:
    for rule in RULES if words.signals else (*DENIALS, _reply):
        yield from rule(words)


def _signal(words: Words, kind: SignalKind) -> Iterator[tuple[str, str]]:
    """Give the quote of each signal of a kind with what stands around it."""
    for signal in words.signals:
        if signal.kind is kind:
            yield signal.quote, words.around(signal)


def _budget_denied(words: Words) -> Iterator[Finding]:
    for statement in words.statements:
        if _is_denied_budget(words, statement.text):
            yield C.BUDGET, shortened(statement.text), True


def _budget(words: Words) -> Iterator[Finding]:
    for quote, around in _signal(words, K.BUDGET):
        # Without a word for money, what procurement handles is a limit of somebody's power as often as a budget.
        is_told = SUM.search(quote) or words.says("decides", quote)
        is_limit = words.says("process", around)
        if (words.says("budget", around) or (is_told and not is_limit)) and not _is_denied_budget(
            words, around
        ):
            yield C.BUDGET, quote, False


def _is_denied_budget(words: Words, text: str) -> bool:
    clauses = Statement(text, 0, len(text)).clauses()
    return any(words.denies("budget", each) and not SUM.search(each) for each in clauses)


def _hurry_denied(words: Words) -> Iterator[Finding]:
    for statement in words.statements:
        if words.denies("hurry", statement.text):
            yield C.TIMELINE, shortened(statement.text), True


def _timeline(words: Words) -> Iterator[Finding]:
    for quote, around in _signal(words, K.TIMELINE):
        is_step = words.says("process", around) and not DIGIT.search(quote)
        if not is_step and not words.denies("hurry", around):
            yield C.TIMELINE, quote, False


def _power_denied(words: Words) -> Iterator[Finding]:
    for statement in words.statements:
        if words.says("decides_not", statement.text):
            yield C.AUTHORITY, shortened(statement.text), True


def _authority(words: Words) -> Iterator[Finding]:
    """Believe a title, or who is involved, only with words for deciding, or as the answer to who decides."""
    if any(_power_denied(words)):
        return
    is_answer = words.message.asked == Question.AUTHORITY
    for quote, around in _signal(words, K.AUTHORITY):
        if is_answer or any(words.says(n, around) for n in ("decides", "process", "alone")):
            yield C.AUTHORITY, quote, False


def _economic_buyer(words: Words) -> Iterator[Finding]:
    for statement in words.statements:
        is_told = words.heard(statement) & {K.AUTHORITY} or words.says(
            "decides_not", statement.text
        )
        if (
            is_told
            and words.says("buyer", statement.text)
            and words.says("decides", statement.text)
        ):
            yield C.ECONOMIC_BUYER, shortened(statement.text), False


def _decision_process(words: Words) -> Iterator[Finding]:
    for statement in words.statements:
        if not words.heard(statement) & TELLING or not words.says("process", statement.text):
            continue
        yield C.DECISION_PROCESS, shortened(statement.text), False
        if words.says("decides", statement.text) and not any(_power_denied(words)):
            yield C.AUTHORITY, shortened(statement.text), False


def _need(words: Words) -> Iterator[Finding]:
    for quote, _ in _signal(words, K.NEED):
        if words.says("process", quote) or words.denies("hurry", quote):
            continue
        yield C.NEED, quote, False
        yield C.IDENTIFY_PAIN, quote, False
        if DIGIT.search(STANDARD.sub("", quote)) or words.says("number", quote):
            yield C.METRICS, quote, False


def _decision_criteria(words: Words) -> Iterator[Finding]:
    for statement in words.statements:
        if K.IMPLEMENTATION in words.heard(statement) and words.says("must", statement.text):
            yield C.DECISION_CRITERIA, shortened(statement.text), False


def _champion(words: Words) -> Iterator[Finding]:
    for statement in words.statements:
        if words.says("champion", statement.text) and not words.denies("champion", statement.text):
            yield C.CHAMPION, shortened(statement.text), False


def _reply(words: Words) -> Iterator[Finding]:
    """Read a short answer to our own question, in which the detector heard nothing by itself."""
    message, text = words.message, words.message.text.strip()
    if (
        ELSEWHERE.search(text)
        or not 0 < len(text.split()) <= MOST_WORDS
        or words.says("unsure", text)
    ):
        return
    is_no = words.says("no", " ".join(text.split()[:2]))
    match message.asked:
        case Question.BUDGET if is_no or _is_yes(text) or SUM.search(text):
            yield C.BUDGET, text, is_no and not SUM.search(text)
        case Question.TIMELINE if is_no:
            yield C.TIMELINE, text, True
        case Question.AUTHORITY if not _is_courtesy(text):
            yield C.AUTHORITY, text, False
        case Question.NEED if not is_no and not _is_yes(text) and not _is_courtesy(text):
            yield C.NEED, text, False
        case _:
            return


YES = re.compile(r"(?:yes|yep|yeah|sure|ja|jo|jawohl|s[ií]|oui|sim|tak|joo|kyllä|ano|da|igen|evet|да|так|ναι|نعم|是|有|はい|네|हाँ|ya|có)\b", re.I)  # fmt: skip


def _is_yes(text: str) -> bool:
    return bool(YES.match(text))


def _is_courtesy(text: str) -> bool:
    return is_thanks(text) or is_greeting(text)


DENIALS: tuple[Rule, ...] = (_budget_denied, _hurry_denied, _power_denied)
RULES: tuple[Rule, ...] = (
    *DENIALS,
    _budget,
    _timeline,
    _authority,
    _economic_buyer,
    _decision_process,
    _need,
    _decision_criteria,
    _champion,
)
