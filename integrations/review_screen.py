"""Shows a message with its two readings side by side, and asks which one is right."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from rich.console import Console
from rich.table import Table
from rich.text import Text

from agent.second_reading import Verdict
from agent.signals import MessageKind, Readiness, SignalKind, readiness
from integrations.reviewing import Case, Labels

Label = TypeVar("Label", MessageKind, Readiness)
Ask = Callable[[str], str]
NONE = "-"
CHOICES = "(l)ocal, (m)odel, (e)dit, (s)kip, (q)uit? "


class Quit(Exception):  # noqa: N818 - a wish, no error
    """The person has had enough."""


class Choice(StrEnum):
    """What one can do with a case."""

    LOCAL = "l"
    MODEL = "m"
    EDIT = "e"
    SKIP = "s"
    QUIT = "q"


@dataclass(frozen=True, slots=True)
class ReviewScreen:
    """Talks with whoever reviews; `ask` gives an answer to a question and raises EOFError at the end."""

    console: Console
    ask: Ask

    def judge(self, case: Case, place: str) -> tuple[Verdict, Labels] | None:
        """Show a case and ask for the right labels; None to leave it for later. Raises Quit."""
        self._show(case, place)
        match self._choice():
            case Choice.LOCAL:
                return Verdict.LOCAL, case.local
            case Choice.MODEL:
                return Verdict.MODEL, case.model
            case Choice.EDIT:
                return Verdict.EDITED, self._edit(case)
            case Choice.SKIP:
                return None
            case Choice.QUIT:
                raise Quit

    def _choice(self) -> Choice:
        while True:
            answer = self._answer(CHOICES).lower()[:1]
            if answer in tuple(Choice):
                return Choice(answer)

    def _show(self, case: Case, place: str) -> None:
        self.console.print(Text(f"\n{place}", style="bold"))
        for author, said in case.before:
            self.console.print(Text(f"{author}: {plain(said)}", style="dim"))
        self.console.print(Text(f"\n{plain(case.text)}\n"))
        table = Table(box=None, padding=(0, 2, 0, 0))
        for heading in ("", "local", "model"):
            table.add_column(heading, overflow="fold")
        for name, local, model in _rows(case):
            style = "" if local == model else "yellow"
            table.add_row(Text(name), Text(plain(local), style), Text(plain(model), style))
        self.console.print(table)

    def _edit(self, case: Case) -> Labels:
        kind = self._one_of(MessageKind, "kind", case.local.kind)
        known = {**case.model.signals, **case.local.signals}
        heard = self._kinds(tuple(case.local.signals))
        signals = {each: self._quote(case, each, known.get(each, "")) for each in heard}
        warmth = self._one_of(Readiness, "temperature", readiness(kind, frozenset(heard)))
        names = dict.fromkeys((*case.local.competitors, *case.model.competitors))
        return Labels(kind, warmth, signals, self._names(", ".join(names)))

    def _one_of(self, labels: type[Label], name: str, default: Label) -> Label:
        while True:
            answer = self._answer(f"{name} ({', '.join(labels)}) [{default.value}]: ") or default
            if answer in tuple(labels):
                return labels(answer)

    def _kinds(self, default: tuple[SignalKind, ...]) -> list[SignalKind]:
        shown = " ".join(default) or NONE
        while True:
            answer = self._answer(f"signals ({', '.join(SignalKind)}; {NONE} for none) [{shown}]: ")
            names = [name for name in re.split(r"[\s,]+", answer or shown) if name != NONE]
            if set(names) <= set(SignalKind):
                return [SignalKind(name) for name in dict.fromkeys(names)]

    def _quote(self, case: Case, kind: SignalKind, default: str) -> str:
        while True:
            quote = self._answer(f"quote for {kind.value} [{plain(default)}]: ") or default
            if quote in case.text:
                return quote

    def _names(self, default: str) -> tuple[str, ...]:
        answer = self._answer(f"competitors ({NONE} for none) [{plain(default) or NONE}]: ")
        names = [name.strip() for name in (answer or default).split(",")]
        return tuple(name for name in names if name and name != NONE)

    def _answer(self, question: str) -> str:
        try:
            return self.ask(question).strip()
        except EOFError:
            raise Quit from None


def plain(text: str) -> str:
    """Give a visitor's words without what a terminal would obey."""
    return "".join(letter for letter in text if letter in "\n\t" or letter.isprintable())


def _rows(case: Case) -> Iterator[tuple[str, str, str]]:
    local, model = case.local, case.model
    yield "kind", local.kind.value, model.kind.value
    yield "temperature", local.readiness.value, model.readiness.value
    for kind in SignalKind:
        if kind in local.signals or kind in model.signals:
            yield kind.value, _heard(local, kind), _heard(model, kind)
    yield "competitors", ", ".join(local.competitors), ", ".join(model.competitors)


def _heard(labels: Labels, kind: SignalKind) -> str:
    return f"“{labels.signals[kind]}”" if kind in labels.signals else NONE
