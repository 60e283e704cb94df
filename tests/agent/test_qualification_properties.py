"""What holds of a qualification whatever was said, and in whatever order it was learned."""

from datetime import timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.conversation import MessageId
from agent.criteria import BANT, Criterion, HeardAnswer, Question, VisitorMessage
from agent.qualification import MOST_IGNORED, next_question, qualify
from agent.signals import HeardSignal, SignalKind
from tests.agent.tourvane import reading_of
from tests.builders import a_signal
from tests.fakes.clock import MONDAY_TEN

TEXTS = st.sampled_from(
    [
        "We have no budget set aside yet.",
        "The budget of 20,000 EUR is approved.",
        "I don't decide, our CFO does.",
        "Our board decides in May.",
        "No deadline on our side.",
        "We lose 12 hours a week, and my team wants this.",
        "Das eilt nicht.\nWir haben kein Budget.",
        "no",
        "yes, 20k",
        "What does it cost?",
        "",
    ]
)
KINDS = st.sampled_from(SignalKind)
ASKED = st.sampled_from([None, *Question])
many = settings(max_examples=150, deadline=None)


@st.composite
def talks(draw: st.DrawFn) -> tuple[list[HeardSignal], list[VisitorMessage]]:
    numbers = count(1)
    signals: list[HeardSignal] = []
    messages: list[VisitorMessage] = []
    for text in draw(st.lists(TEXTS, max_size=5)):
        at = MONDAY_TEN + timedelta(minutes=draw(st.integers(0, 3)))
        message = VisitorMessage(MessageId(f"m-{next(numbers)}"), text, at, draw(ASKED))
        messages.append(message)
        if quote := " ".join(text.split(" ")[: draw(st.integers(1, 6))]):
            kinds = draw(st.sets(KINDS, max_size=4))
            signals += [a_signal(k, quote=quote, message_id=message.id, at=at) for k in kinds]
    return signals, messages


@many
@given(talks(), st.randoms())
def test_the_order_of_arrival_does_not_matter(talk: tuple[list[HeardSignal], list[VisitorMessage]], random: object) -> None:  # fmt: skip
    signals, messages = talk
    known = qualify(signals, messages)
    random.shuffle(signals)  # type: ignore[attr-defined]
    random.shuffle(messages)  # type: ignore[attr-defined]
    assert qualify(signals, messages) == known


@many
@given(talks())
def test_the_same_twice_changes_nothing(talk: tuple[list[HeardSignal], list[VisitorMessage]]) -> None:  # fmt: skip
    signals, messages = talk
    assert qualify(signals * 2, messages * 2) == qualify(signals, messages)


@many
@given(talks())
def test_every_quote_stands_in_the_message_it_names(talk: tuple[list[HeardSignal], list[VisitorMessage]]) -> None:  # fmt: skip
    signals, messages = talk
    texts = {message.id: message for message in messages}
    for known in qualify(signals, messages).known.values():
        for each in (known, *known.earlier):
            assert each.quote
            assert each.quote in texts[each.message_id].text
            assert each.at == texts[each.message_id].at


@many
@given(talks())
def test_what_holds_was_said_last(talk: tuple[list[HeardSignal], list[VisitorMessage]]) -> None:
    for known in qualify(*talk).known.values():
        times = [known.at, *(each.at for each in known.earlier)]
        assert times == sorted(times, reverse=True)


@many
@given(talks(), st.lists(st.sampled_from(Question), unique=True))
def test_no_question_is_put_twice_or_after_its_answer(
    talk: tuple[list[HeardSignal], list[VisitorMessage]], asked: list[Question]
) -> None:
    known = qualify(*talk)
    question = next_question(known, reading_of(), "", tuple(asked))
    assert question not in asked
    assert question is None or question.value not in {each.value for each in known.known}


@given(st.lists(st.sampled_from([Question(each.value) for each in BANT]), unique=True))
def test_never_a_third_question_into_silence(asked: list[Question]) -> None:
    is_silent = len(asked) >= MOST_IGNORED
    assert (next_question(qualify(()), reading_of(), "", tuple(asked)) is None) is is_silent


@given(st.sampled_from(Criterion), st.lists(st.booleans(), min_size=1, max_size=3))
def test_of_two_answers_in_one_message_a_denial_counts(
    criterion: Criterion, signs: list[bool]
) -> None:
    heard = [
        HeardAnswer(criterion, "some words", is_no, MessageId("m-1"), MONDAY_TEN) for is_no in signs
    ]
    assert qualify((), (), heard).known[criterion].is_negative is any(signs)
