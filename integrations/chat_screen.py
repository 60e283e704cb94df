"""The conversation on a terminal: words as they are written, and below each reply what the agent saw."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from integrations.chat import (
    Chat,
    Heard,
    NothingToSay,
    Opened,
    Piece,
    RepHolds,
    Said,
    Score,
    Seen,
    Silence,
)
from integrations.personas import Persona

MOST_SHOWN = 5
QUIT = ("/quit", "/exit")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what the agent saw."""

    label: str
    text: str


class ChatScreen:
    """Shows one conversation; plain means without colours and frames, for logs and screen readers."""

    def __init__(self, console: Console, *, is_plain: bool) -> None:
        self._console = console
        self._is_plain = is_plain
        self._writing: str | None = None

    def show_opening(self, opened: Opened, persona: Persona) -> None:
        """Show who one is and what every visitor is told first."""
        self.note(f"You write as the visitor: {persona.value.replace('_', ' ')}. /quit ends.")
        self.note(opened.disclosure)
        if opened.greeting:
            self._show_message(opened.greeting)

    def show_own(self, text: str) -> None:
        """Show a message that was given on the command line."""
        self._console.print(f"\n[bold]You:[/] {escape(text)}", highlight=False)

    def ask(self) -> str | None:
        """Wait for the next message; None ends the conversation."""
        try:
            text = self._console.input("\n[bold]You:[/] ").strip()
        except EOFError:
            self._console.print()
            return None
        return None if text in QUIT else text

    def show(self, heard: Iterable[Heard]) -> None:
        """Show what is heard as it comes."""
        for one in heard:
            match one:
                case Piece():
                    self._show_piece(one)
                case Said():
                    self._show_message(one)
                case RepHolds():
                    self.note("A rep has taken over; the agent is silent until it is given back.")
                case NothingToSay():
                    self.note("Nothing needs to be said.")
                case Silence():
                    self.note("No answer for a minute. The server's log may say why.")

    def show_seen(self, seen: Seen) -> None:
        """Show what the agent saw, one line for each kind of thing."""
        if self._is_plain:
            for line in seen_lines(seen):
                self._console.print(
                    f"  | {line.label}: {line.text}", markup=False, highlight=False, soft_wrap=True
                )
            return
        table = Table.grid(padding=(0, 2))
        table.add_column(style="dim", justify="right")
        table.add_column(style="dim")
        for line in seen_lines(seen):
            table.add_row(line.label, escape(line.text))
        self._console.print(Padding(table, (0, 0, 0, 2)), highlight=False)

    def note(self, text: str) -> None:
        """Show a remark of the program itself."""
        self._console.print(text, style="dim italic", markup=False, highlight=False)

    def _show_piece(self, piece: Piece) -> None:
        if piece.discarded:
            self._end_writing()
            self.note("(taken back, as there was more to answer)")
            return
        if self._writing != piece.message_id:
            self._end_writing()
            self._console.print("\n[bold cyan]Agent:[/] ", end="", highlight=False)
            self._writing = piece.message_id
        self._console.print(piece.text, end="", markup=False, highlight=False, soft_wrap=True)

    def _show_message(self, said: Said) -> None:
        if self._writing == said.message_id:
            self._end_writing()
            return
        self._end_writing()
        who = said.author_name or said.author.capitalize()
        self._console.print(f"\n[bold cyan]{escape(who)}:[/] {escape(said.text)}", highlight=False)

    def _end_writing(self) -> None:
        if self._writing is not None:
            self._console.print()
            self._writing = None


def hold_conversation(
    chat: Chat, screen: ChatScreen, persona: Persona, messages: Iterable[str]
) -> None:
    """Open a conversation and lead it: with the given messages, or with what is typed."""
    screen.show_opening(chat.open(persona), persona)
    given = list(messages)
    for text in given or _typed(screen):
        if given:
            screen.show_own(text)
        screen.show(chat.say(text))
        seen = chat.last_turn()
        if seen:
            screen.show_seen(seen)


def seen_lines(seen: Seen) -> list[Line]:
    """Give what the agent saw: heard, score, facts, decision, writer; what is empty is left out."""
    heard = ", ".join(f"{signal.kind} “{signal.quote}”" for signal in seen.signals)
    lines = [
        Line("heard", heard or f"no signal ({seen.kind.replace('_', ' ')})"),
        Line("score", _score(seen.score)),
        Line("facts", ", ".join(_first(list(dict.fromkeys(fact.title for fact in seen.facts))))),
        Line("decided", seen.decision),
        Line("written by", f"{seen.writer or 'nobody'}{_took(seen)}"),
        Line("degraded", seen.degraded or ""),
        Line(
            "held back",
            "; ".join(f"“{refused.text}” ({refused.because})" for refused in seen.refused),
        ),
    ]
    return [line for line in lines if line.text]


def _score(score: Score) -> str:
    weighty = sorted(score.reasons, key=lambda reason: -abs(reason.points))
    why = ", ".join(_first([f"{reason.points:+d} {reason.because}" for reason in weighty]))
    return f"{score.total}, {score.temperature.replace('_', ' ')}{f': {why}' if why else ''}"


def _first(texts: list[str]) -> list[str]:
    more = len(texts) - MOST_SHOWN
    return texts if more <= 0 else [*texts[:MOST_SHOWN], f"{more} more"]


def _took(seen: Seen) -> str:
    return f" in {seen.milliseconds['total']:.0f} ms" if "total" in seen.milliseconds else ""


def _typed(screen: ChatScreen) -> Iterator[str]:
    while (text := screen.ask()) is not None:
        if text:
            yield text
