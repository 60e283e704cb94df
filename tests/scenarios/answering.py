"""How well the composed writer answers a company's questions: `python -m tests.scenarios.answering FOLDER [--all] [--replies]`.

The folder holds playbook.yaml, library/ and replies.jsonl. The real library is indexed, each first turn is planned with
the folder's playbook and composed; every failure is printed with its reply.
"""

import asyncio
import json
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from agent.answering.features import AnswerReader
from agent.answering.sums import sums_of
from agent.composed_reply import compose
from agent.conversation import Author
from agent.estimate import figures
from agent.facts import NOTHING_MORE, AskedQuestion, Findings
from agent.finding import find_and_read
from agent.history import History
from agent.lead import Lead, LeadId
from agent.playbook import Playbook
from agent.questions import split_questions
from agent.reply import Known, Plan, plan_reply
from agent.scoring import Assessment, score_lead
from agent.signals import Reading, SignalDetector, SignalKind
from integrations.models.answer_reader import LearnedReader
from integrations.models.embeddings import LocalEmbeddings
from integrations.models.learned_detector import LearnedDetector
from integrations.models.signal_model import SignalModel
from knowledge.library import ChromaLibrary
from knowledge.playbook import load_playbook
from prompts.phrases import phrases
from tests.builders import a_conversation, a_held, a_message, a_visitor
from tests.fakes.clock import MONDAY_TEN

NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
PRICE_FACTS = 12


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what its answer must hold."""

    id: str
    kind: str
    language: str
    visitor: str
    says: tuple[str, ...]
    never: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """A case with the reply it got, in words, milliseconds and judgements."""

    case: Case
    reply: str
    milliseconds: float
    is_found: bool
    missing: tuple[str, ...]
    wrong: tuple[str, ...]
    invented: tuple[str, ...]
    is_admitted: bool

    @property
    def is_right(self) -> bool:
        """Answerable: all is said and nothing wrong; unanswerable: admitted and nothing wrong."""
        if self.case.kind == "unanswerable":
            return self.is_admitted and not self.wrong
        return not self.missing and not self.wrong


def read_cases(path: Path) -> list[Case]:
    """Read the questions of a replies.jsonl; of conversations nothing."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [_case(row) for row in rows if row["kind"] != "conversation"]


def _case(row: dict[str, Any]) -> Case:
    turn = row["turns"][0]
    says, never = (tuple(turn["expect"].get(key, ())) for key in ("says", "never"))
    return Case(row["id"], row["kind"], row["language"], turn["visitor"], says, never)


async def answer_all(folder: Path, cases: Sequence[Case]) -> list[Answered]:
    """Index the folder's library and answer every case."""
    playbook, detector = (
        load_playbook(folder / "playbook.yaml"),
        LearnedDetector(SignalModel.load()),
    )
    with tempfile.TemporaryDirectory() as place:
        library = await ChromaLibrary.open(
            Path(place) / "library", LocalEmbeddings.load(), folder / "library"
        )
        try:
            reader = LearnedReader.load()
            return [await _answer(case, library, detector, playbook, reader) for case in cases]
        finally:
            await library.close()


async def _answer(
    case: Case,
    library: ChromaLibrary,
    detector: SignalDetector,
    playbook: Playbook,
    reader: AnswerReader,
) -> Answered:
    started = perf_counter()
    plan = await _plan(case, library, detector, playbook, reader)
    said = list(compose(plan))
    spent = (perf_counter() - started) * 1000
    return judged(case, plan, said, spent)


def judged(case: Case, plan: Plan, said: Sequence[str], spent: float) -> Answered:
    """Hold a reply's sentences against what is expected of them."""
    reply = " ".join(said)
    shown = " ".join(
        s
        for s in said
        if plan.ask is None or s != phrases(plan.language).fill(f"ask_{plan.ask.value}")
    )
    missing = tuple(each for each in case.says if not any(_has(reply, s) for s in each.split("|")))
    wrong = tuple(each for each in case.never if _has(shown, each))
    found = any(question.findings.is_answered for question in plan.questions)
    admitted = _admits(reply, plan.language)
    return Answered(
        case, reply, spent, found, missing, wrong, tuple(_invented(reply, plan)), admitted
    )


async def _plan(
    case: Case,
    library: ChromaLibrary,
    detector: SignalDetector,
    playbook: Playbook,
    reader: AnswerReader | None,
) -> Plan:
    conversation = a_conversation(visitor=a_visitor(user_id="u-1", is_proven=False))
    message = a_message(case.visitor, created_at=MONDAY_TEN)
    held = a_held(conversation=conversation, unanswered=(message,), before=())
    reading = detector.read(held.unanswered, ())
    history = History(lead=Lead(LeadId("l-1")), home="user_id:u-1")
    score = score_lead(history, reading, playbook, MONDAY_TEN)
    known = await _known(case.visitor, reading, library, reader)
    return plan_reply(held, Assessment(reading, history, score), known, None, playbook, MONDAY_TEN)


async def _known(
    text: str, reading: Reading, library: ChromaLibrary, reader: AnswerReader | None
) -> Known:
    """Find what FirstResponse finds."""
    asked = [
        AskedQuestion(each, await find_and_read(each, NOTHING_MORE, library, reader))
        for each in split_questions(text)
    ]
    more: list[Findings] = []
    if reading.has(SignalKind.PRICING):
        more.append(await library.find(phrases("en").fill("price_query"), PRICE_FACTS))
    found = [question.findings for question in asked]
    return Known(tuple(asked), found[0].joined((*found[1:], *more)))


def _has(text: str, wanted: str) -> bool:
    return _even(wanted) in _even(text)


def _even(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", text.lower().replace("\u2019", "'").replace("**", ""))


def _admits(reply: str, language: str) -> bool:
    words = phrases(language)
    texts = (
        words.texts[key]
        for key in words.texts
        if key.startswith("unknown") and key != "unknown_offer"
    )
    pieces = (piece.strip() for text in texts for piece in re.split(r"\{\w+\}|[,.:;]", text))
    return any(_has(reply, piece) for piece in pieces if len(piece) > 11)


def _invented(reply: str, plan: Plan) -> Iterator[str]:
    facts = " ".join(
        f"{f.fact.title} {f.fact.text} {f.fact.url}"
        for q in plan.questions
        for f in q.findings.facts
    )
    facts += " ".join(f"{f.fact.title} {f.fact.text} {f.fact.url}" for f in plan.findings.facts)
    said = " ".join(m.text for m in plan.before if m.author is Author.VISITOR) + plan.question
    sums = " ".join(figure for each in sums_of(plan) for figure in each.figures(plan.language))
    sums += " " + " ".join(figure for each in plan.estimates for figure in figures(each))
    known = {
        _plain(n)
        for n in NUMBER.findall(f"{facts} {said} {sums} {plan.playbook.company.booking_url}")
    }
    sub = NUMBER.sub
    shown = sub(lambda m: m[0], reply)
    yield from (n for n in NUMBER.findall(shown) if _plain(n) not in known)


def _plain(number: str) -> str:
    plain = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", number).rstrip(".,:").replace(",", ".")
    return re.sub(r"\.(\d*?)0+$", r".\1", plain).rstrip(".")


def report(answers: Sequence[Answered], shows_all: bool) -> str:  # noqa: FBT001 - a switch of the command line
    """Write the shares and every failure."""
    lines = [_block(each) for each in answers if shows_all or not each.is_right or each.invented]
    for kind in ("answerable", "unanswerable"):
        some = [each for each in answers if each.case.kind == kind]
        right = sum(each.is_right for each in some)
        strict = sum(each.is_right and not each.is_admitted for each in some)
        lines.append(f"{kind}: {right}/{len(some)} right; of them without any admission {strict}")
        for language in sorted({each.case.language for each in some}):
            of = [each for each in some if each.case.language == language]
            lines.append(f"  {language}: {sum(each.is_right for each in of)}/{len(of)}")
    times = sorted(each.milliseconds for each in answers)
    words = statistics.median(len(each.reply.split()) for each in answers)
    invented = sum(bool(each.invented) for each in answers)
    lines.append(
        f"replies with invented figures {invented}; median words {words}; ms p50 {statistics.median(times):.0f} p95 {times[int(len(times) * 0.95)]:.0f}"
    )
    return "\n".join(lines)


def _block(each: Answered) -> str:
    mark = "ok " if each.is_right else "BAD"
    notes = (
        f"missing {each.missing} wrong {each.wrong} invented {each.invented} found {each.is_found}"
    )
    return f"{mark} {each.case.id} [{each.case.language}] {each.case.visitor}\n    > {each.reply}\n    {notes}\n"


def main() -> None:
    """Answer the folder's questions and print how it went."""
    folder, flags = Path(sys.argv[1]), sys.argv[2:]
    answers = asyncio.run(answer_all(folder, read_cases(folder / "replies.jsonl")))
    sys.stdout.write(report(answers, "--all" in flags) + "\n")


if __name__ == "__main__":
    main()
