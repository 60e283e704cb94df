"""The windows that buttons open: a draft to send, whom to pass it on to, what became of it, why it was not hot.

Each carries in `private_metadata` where its button was pressed, so that an answer finds the way back.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from agent.handoff import Handoff
from agent.outcome import NotHotReason, Outcome
from agent.playbook import Playbook
from integrations.slack import rich_text as shape
from integrations.slack.blocks import name_of
from integrations.slack.incoming import Place
from integrations.slack.markup import clean, cut, one_line
from integrations.slack.rich_text import Block
from integrations.slack.standing import OUTCOMES

LONGEST_WORDS: Final = 3_000
LONGEST_NOTE: Final = 500
MOST_OPTIONS: Final = 100
LONGEST_OPTION: Final = 75

SPEAK: Final = "handoff.speak"
HAND_ON: Final = "handoff.pass_on"
CLOSE: Final = "handoff.close_with"
NOT_HOT: Final = "handoff.not_hot_because"

WORDS, NOTE, TO, OUTCOME, VALUE, REASON = "words", "note", "to", "outcome", "value", "reason"

REASONS: Final = {
    NotHotReason.NO_BUYER: "No buyer: student, applicant, vendor, press",
    NotHotReason.TOO_SMALL: "Too small for us",
    NotHotReason.NO_BUDGET: "No budget",
    NotHotReason.NOT_NOW: "Just looking, or much later",
    NotHotReason.CUSTOMER: "A customer with a support question",
    NotHotReason.SPAM: "Spam or nonsense",
    NotHotReason.OTHER: "Another reason",
}
TOLD_AS: Final = tuple(outcome for outcome in Outcome if outcome is not Outcome.NOT_HOT)


def loading(title: str, place: Place) -> Block:
    """Give the window that is there at once, while what it shows is being made."""
    return _window(title, place, [shape.section("One moment…")])


def problem(title: str, place: Place, text: str) -> Block:
    """Say why there is nothing to do here."""
    return _window(title, place, [shape.section(cut(text, 2_900))])


def speak(handoff: Handoff, place: Place, words: str, said: str, hint: str) -> Block:
    """Give words to change and send; `said` is what the visitor wrote last."""
    name = name_of(handoff)
    quoted = one_line(said, 600)
    quote = [shape.rich_text([shape.quote(quoted)])] if quoted else []
    field = _text_field(WORDS, LONGEST_WORDS, cut(clean(words), LONGEST_WORDS))
    asked = _input(cut(f"To {name}, in your name", 200), WORDS, field, hint)
    return _form("Reply", SPEAK, "Send", place, [*quote, asked])


def pass_on(handoff: Handoff, playbook: Playbook, place: Place) -> Block:
    """Ask whom to call instead, and what they should know."""
    colleagues = [(rep.name, str(rep.id)) for rep in playbook.reps if rep.id != handoff.claimed_by]
    teams = [(team.name, str(team.id)) for team in playbook.teams]
    groups: dict[str, list[tuple[str, str]]] = {"Colleagues": colleagues, "Teams": teams}
    shown = [
        {"label": _plain(label), "options": _options(choices)}
        for label, choices in groups.items()
        if choices
    ]
    if not shown:
        return problem("Pass on", place, "The playbook names nobody else to pass this on to.")
    select: Block = {
        "type": "static_select",
        "action_id": TO,
        "placeholder": _plain("A colleague or a team"),
        "option_groups": shown,
    }
    told = "They are called now. Until one of them claims, the agent answers."
    note = _input("What should they know?", NOTE, _text_field(NOTE, LONGEST_NOTE), optional=True)
    return _form("Pass on", HAND_ON, "Pass on", place, [_input("To whom?", TO, select, told), note])


def close(place: Place) -> Block:
    """Ask what became of it."""
    select: Block = {
        "type": "static_select",
        "action_id": OUTCOME,
        "placeholder": _plain("Choose one"),
        "options": _options([(OUTCOMES[each].capitalize(), each.value) for each in TOLD_AS]),
    }
    number: Block = {
        "type": "number_input",
        "action_id": VALUE,
        "is_decimal_allowed": True,
        "min_value": "0",
    }
    fields = [
        _input(
            "What became of it?", OUTCOME, select, "The agent covers what the visitor still says."
        ),
        _input("Worth", VALUE, number, optional=True),
        _input("Note", NOTE, _text_field(NOTE, LONGEST_NOTE), optional=True),
    ]
    return _form("Close", CLOSE, "Close it", place, fields)


def not_hot(place: Place) -> Block:
    """Ask why it was not hot."""
    select: Block = {
        "type": "static_select",
        "action_id": REASON,
        "placeholder": _plain("Choose one"),
        "options": _options([(text, reason.value) for reason, text in REASONS.items()]),
    }
    told = "This closes it. Your reason is kept, so that the rules can be mended."
    fields = [
        _input("Why is it not hot?", REASON, select, told),
        _input("Note", NOTE, _text_field(NOTE, LONGEST_NOTE), optional=True),
    ]
    return _form("Not hot", NOT_HOT, "Close it", place, fields)


def chosen_in(state: Mapping[str, Any], name: str) -> str:
    """Read what was filled in or chosen under a name; empty when nothing was."""
    given = (state.get(name) or {}).get(name) or {}
    option = given.get("selected_option") or {}
    return str(option.get("value") or given.get("value") or "")


def window(title: str, place: Place, blocks: Sequence[Block]) -> Block:
    """Give a window that only shows something."""
    return _window(title, place, blocks)


def _window(title: str, place: Place, blocks: Sequence[Block]) -> Block:
    return {
        "type": "modal",
        "title": _plain(title),
        "close": _plain("Close"),
        "private_metadata": place.write(),
        "blocks": list(blocks),
    }


def _form(
    title: str, callback_id: str, submit: str, place: Place, blocks: Sequence[Block]
) -> Block:
    sent = {"callback_id": callback_id, "submit": _plain(submit), "close": _plain("Cancel")}
    return _window(title, place, blocks) | sent


def _input(
    label: str, name: str, element: Block, hint: str = "", *, optional: bool = False
) -> Block:
    hinted = {"hint": _plain(hint)} if hint else {}
    asked = {"type": "input", "block_id": name, "label": _plain(label), "element": element}
    return {**asked, **hinted, "optional": optional}


def _text_field(name: str, longest: int, text: str = "") -> Block:
    field = {
        "type": "plain_text_input",
        "action_id": name,
        "multiline": True,
        "max_length": longest,
    }
    return field | ({"initial_value": text} if text else {})


def _options(choices: Sequence[tuple[str, str]]) -> list[Block]:
    return [
        shape.option(one_line(label, LONGEST_OPTION) or value[:LONGEST_OPTION], value)
        for label, value in choices[:MOST_OPTIONS]
    ]


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}
