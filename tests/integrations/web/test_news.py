"""What processes tell each other of conversations."""

import pytest

from agent.conversation import Author, ConversationId, MessageId
from integrations.web import news as module
from integrations.web.news import Outbox, read
from integrations.web.watchers import (
    Changed,
    Discarded,
    Happening,
    Shown,
    Typing,
    VisitorTypes,
)

TALK, OTHER, REPLY, NEXT = (
    ConversationId("c-1"),
    ConversationId("c-2"),
    MessageId("m-1"),
    MessageId("m-2"),
)


def told(*happenings: Happening) -> list[Happening]:
    outbox = Outbox()
    for each in happenings:
        outbox.tell(TALK, each)
    return [
        each for note in outbox.take() for talk in read(note).talks for each in talk.happenings()
    ]


@pytest.mark.parametrize(
    "happening",
    [
        Changed(),
        Shown(REPLY, 'It is "29 EUR".\n\x00 ✓'),
        Discarded(REPLY),
        Typing(Author.AGENT),
        Typing(None),
        VisitorTypes(),
        VisitorTypes(has_ended=True),
    ],
)
def test_what_is_told_is_read_as_it_was(happening: Happening) -> None:
    assert told(happening) == [happening]


def test_of_a_draft_only_the_text_so_far_is_told() -> None:
    assert told(Shown(REPLY, "It"), Shown(REPLY, "It is")) == [Shown(REPLY, "It is")]


def test_a_draft_that_was_taken_back_meanwhile_is_not_told() -> None:
    assert told(Shown(REPLY, "It"), Discarded(REPLY)) == [Discarded(REPLY)]


def test_a_draft_after_one_that_was_taken_back_comes_after_it() -> None:
    happened = (Shown(REPLY, "It"), Discarded(REPLY), Shown(NEXT, "No"))
    assert told(*happened) == [Discarded(REPLY), Shown(NEXT, "No")]


def test_whoever_stopped_writing_leaves_no_draft() -> None:
    assert told(Shown(REPLY, "It is."), Changed(), Typing(None)) == [Changed(), Typing(None)]


def test_nothing_is_told_twice() -> None:
    outbox = Outbox()
    outbox.tell(TALK, Changed())
    assert len(outbox.take()) == 1
    assert outbox.take() == []
    assert not outbox.filled.is_set()


def test_notes_fit_into_notifications_of_the_database() -> None:
    outbox = Outbox()
    for number in range(300):
        outbox.tell(ConversationId(f"c-{number}"), Shown(REPLY, "✓" * (17 * number)))
    notes = outbox.take()
    assert max(len(note.encode()) for note in notes) < 8_000
    assert sum(len(read(note).talks) for note in notes) == 300


def test_a_long_draft_is_told_up_to_a_length_and_never_changes_before_it() -> None:
    shorter, longer = (told(Shown(REPLY, "ä✓" * length)) for length in (3_000, 6_000))
    assert shorter == longer
    assert isinstance(shorter[0], Shown)
    assert ("ä✓" * 3_000).startswith(shorter[0].text)


def test_what_does_not_fit_at_all_is_told_as_a_change() -> None:
    assert told(Shown(REPLY, "\x01" * 5_000)) == [Changed()]


def test_beyond_a_bound_only_that_something_happened_is_told() -> None:
    outbox = Outbox()
    for number in range(module.MOST_TALKS + 1):
        outbox.tell(ConversationId(f"c-{number}"), Changed())
    notes = [read(note) for note in outbox.take()]
    assert [(note.missed, len(note.talks)) for note in notes] == [(True, 1)]


def test_a_note_of_a_newer_version_is_read_as_far_as_it_is_known() -> None:
    note = read(
        '{"sender": "b", "mood": "good", "talks": [{"talk": "c-1", "changed": true, "x": 1}]}'
    )
    assert list(note.talks[0].happenings()) == [Changed()]


def test_what_is_no_note_is_refused() -> None:
    with pytest.raises(ValueError, match="sender"):
        read("{}")
