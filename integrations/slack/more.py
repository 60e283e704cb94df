"""Behind More: all there is on a handoff, section by section and page by page, within Slack's limits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from agent.conversation import Author
from agent.criteria import BANT, MEDDIC, Criterion
from agent.dossier import Dossier
from agent.playbook import Playbook
from integrations.slack import modals
from integrations.slack import rich_text as shape
from integrations.slack.answers import rep_name
from integrations.slack.blocks import name_of
from integrations.slack.incoming import Place
from integrations.slack.markup import clean, one_line
from integrations.slack.relays import relay_name
from integrations.slack.rich_text import Block
from integrations.slack.standing import at, call_promised, stamp, standing

TURN: Final = "more.turn"
LARGEST_PAGE: Final = 6_000
LONGEST_PIECE: Final = 1_500
MOST_LINES: Final = 60
LAST: Final = -1


class Section(StrEnum):
    """What there is to read."""

    SCORE = "score"
    CRITERIA = "criteria"
    HISTORY = "history"
    TALK = "talk"
    ROUTE = "route"
    LOG = "log"


TITLES: Final = {
    Section.SCORE: "Score",
    Section.CRITERIA: "Qualification",
    Section.HISTORY: "History",
    Section.TALK: "Transcript",
    Section.ROUTE: "Why these reps",
    Section.LOG: "Who did what",
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """Which section is open, and at which page; the last one is -1."""

    section: Section = Section.SCORE
    page: int = 0

    @classmethod
    def read(cls, value: str) -> "Leaf":
        """Read what a button carries; the first page for what says nothing."""
        word, _, number = value.partition(":")
        is_number = number.removeprefix("-").isdecimal()
        known = word in list(Section)
        return cls(Section(word), int(number[:9])) if known and is_number else cls()


@dataclass(frozen=True, slots=True)
class Entry:
    """One paragraph: what it begins with, in bold, and the rest."""

    head: str
    text: str


def more(dossier: Dossier, playbook: Playbook, place: Place, leaf: Leaf) -> Block:
    """Give the window with one page of one section."""
    pages = _pages(list(ENTRIES[leaf.section](dossier, playbook)))
    page = len(pages) - 1 if leaf.page == LAST else max(0, min(leaf.page, len(pages) - 1))
    lines = [shape.line(*_elements(entry)) for entry in pages[page]]
    blocks = [
        *_tabs(leaf.section),
        shape.context(f"{name_of(dossier.handoff)} · {standing(dossier.handoff, playbook)}"),
        shape.rich_text(lines or [shape.line(shape.words("Nothing yet."))]),
        *_turning(leaf.section, page, len(pages)),
    ]
    return modals.window(TITLES[leaf.section], place, blocks)


def _score(dossier: Dossier, playbook: Playbook) -> Iterator[Entry]:
    handoff, score = dossier.handoff, dossier.handoff.briefing.score
    yield Entry("Called because", handoff.reason)
    for reason in sorted(score.reasons, key=lambda reason: -reason.points):
        quote = f" “{one_line(reason.quote, 200)}”" if reason.quote else ""
        when = f" ({at(handoff, reason.at, playbook)})" if reason.at else ""
        yield Entry(f"{reason.points:+d}", f"{reason.because}{quote}{when}")
    parts = f"intent {score.intent} + engagement {score.engagement} + fit {score.fit}"
    yield Entry(f"= {score.total}", parts + (f", {score.grade}" if score.grade else ""))


def _criteria(dossier: Dossier, _playbook: Playbook) -> Iterator[Entry]:
    for name, criteria in (("BANT", BANT), ("MEDDIC", MEDDIC)):
        for criterion in criteria:
            head = f"{name} · {criterion.value.replace('_', ' ')}"
            yield Entry(head, _known(dossier, criterion))


def _known(dossier: Dossier, criterion: Criterion) -> str:
    found = dossier.qualification.known.get(criterion)
    if found is None:
        return "missing"
    said = ("no: " if found.is_negative else "") + f"“{one_line(found.quote, 400)}”"
    before = [f"“{one_line(each.quote, 200)}” on {each.at:%d %b}" for each in found.earlier[:3]]
    return f"{said} on {found.at:%d %b}" + (f"; before: {', '.join(before)}" if before else "")


def _history(dossier: Dossier, playbook: Playbook) -> Iterator[Entry]:
    history = dossier.history
    acts = [(e.at, f"{e.name}: {e.title}" if e.title else e.name, "") for e in history.events]
    others = [
        (e.at, f"{e.name}: {e.title}" if e.title else e.name, "a colleague, ")
        for e in history.company_events
    ]
    talks = [(talk.at, f"chat: “{talk.first_words}”", "") for talk in history.talks]
    for when, what, whose in sorted((*acts, *others, *talks), reverse=True):
        yield Entry(stamp(when, playbook), whose + what)


def _talk(dossier: Dossier, playbook: Playbook) -> Iterator[Entry]:
    for message in dossier.messages:
        when = at(dossier.handoff, message.created_at, playbook)
        name = relay_name(message, dossier.handoff)
        sign = "" if message.author is not Author.SYSTEM else "— "
        files = "".join(f" [file: {one_line(each.name, 80)}]" for each in message.attachments)
        words = "(taken back)" if message.deleted_at else message.text.replace("**", "") + files
        yield Entry(f"{sign}{name} {when}", words)


def _route(dossier: Dossier, playbook: Playbook) -> Iterator[Entry]:
    for step in dossier.handoff.route:
        called = "called" if step.is_chosen else "not called"
        yield Entry(rep_name(playbook, step.rep_id), f"{called}: {step.because}")


def _log(dossier: Dossier, playbook: Playbook) -> Iterator[Entry]:
    if promised := call_promised(dossier.handoff, playbook):
        yield Entry("Call-back", promised)
    for entry in dossier.log:
        who = rep_name(playbook, entry.rep_id) if entry.rep_id else "Hotline"
        when = at(dossier.handoff, entry.at, playbook)
        yield Entry(when, f"{who}: {entry.because.replace('_', ' ')}")


def _pages(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Cut paragraphs into pages that fit; a long one goes on overleaf, and nothing is left out."""
    pages: list[list[Entry]] = [[]]
    room = LARGEST_PAGE
    for piece in (piece for entry in entries for piece in _pieces(entry)):
        size = len(piece.head.encode()) + len(piece.text.encode()) + 100
        if pages[-1] and (size > room or len(pages[-1]) >= MOST_LINES):
            pages.append([])
            room = LARGEST_PAGE
        pages[-1].append(piece)
        room -= size
    return pages


def _pieces(entry: Entry) -> Iterator[Entry]:
    text, head = clean(entry.text).strip(), one_line(entry.head, 120)
    yield Entry(head, text[:LONGEST_PIECE])
    for start in range(LONGEST_PIECE, len(text), LONGEST_PIECE):
        yield Entry("…", text[start : start + LONGEST_PIECE])


def _elements(entry: Entry) -> Iterator[Block]:
    yield shape.bold(f"{entry.head}  " if entry.head else "· ")
    yield shape.words(entry.text or "—")


def _tabs(current: Section) -> list[Block]:
    return [shape.actions(*(_tab(section, is_current=section is current) for section in Section))]


def _tab(section: Section, *, is_current: bool) -> Block:
    # A talk is read from its end.
    page = LAST if section is Section.TALK else 0
    button = shape.button(TITLES[section], f"{TURN}.{section}", f"{section}:{page}")
    return button | ({"style": "primary"} if is_current else {})


def _turning(section: Section, page: int, count: int) -> Iterator[Block]:
    if count == 1:
        return
    yield shape.context(f"Page {page + 1} of {count}")
    turns = (("Earlier page", page - 1), ("Later page", page + 1))
    yield shape.actions(
        *(
            shape.button(label, f"{TURN}.{label.split()[0].lower()}", f"{section}:{to}")
            for label, to in turns
            if 0 <= to < count
        )
    )


ENTRIES: Final[Mapping[Section, Callable[[Dossier, Playbook], Iterator[Entry]]]] = {
    Section.SCORE: _score,
    Section.CRITERIA: _criteria,
    Section.HISTORY: _history,
    Section.TALK: _talk,
    Section.ROUTE: _route,
    Section.LOG: _log,
}
