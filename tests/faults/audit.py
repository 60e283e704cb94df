"""The audit: what is broken in the evidence. Pure; an empty list means that nothing was lost and nothing came twice."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tests.faults.evidence import Case, Evidence, Logged, Piece, Post, Said, Talk, Timer, Watched


class Fault(StrEnum):
    """What may be broken, as the table names it."""

    LOST = "accepted messages lost"
    DOUBLED = "messages doubled"
    OUT_OF_ORDER = "out of order"
    GAP = "gaps in seq"
    UNANSWERED = "unanswered, not handed over"
    ANSWERED_TWICE = "answered twice"
    CARD = "cards missing or doubled"
    POST_DOUBLED = "posts in Slack doubled"
    RELAY_LOST = "words missing in a thread"
    RELAY_DOUBLED = "words doubled in a thread"
    REP_LOST = "reps' words lost"
    REP_DOUBLED = "reps' words doubled"
    REP_ORDER = "reps' words out of order"
    TIMER = "timers missed, doubled or early"
    STREAM = "streams wrong"
    DRAFT = "drafts left as if final"
    INVARIANT = "broken invariants (doctor)"


@dataclass(frozen=True, slots=True)
class Break:
    """Something that must not be."""

    fault: Fault
    where: str
    what: str


def audit(evidence: Evidence) -> list[Break]:
    """Give all that is broken."""
    breaks = [each for talk in evidence.talks for each in audit_talk(talk)]
    breaks += audit_posts(evidence.posts)
    breaks += audit_cases(evidence)
    breaks += [Break(Fault.INVARIANT, "doctor", line) for line in evidence.doctor]
    return breaks


def audit_talk(talk: Talk) -> Iterator[Break]:
    """Give what is broken in one conversation."""

    def broken(fault: Fault, what: str) -> Break:
        return Break(fault, talk.conversation_id, what)

    seqs = [message.seq for message in talk.log]
    if seqs != list(range(1, len(seqs) + 1)):
        yield broken(Fault.GAP, f"seqs are {seqs}")
    for fault, what in (
        *_visitors_words(talk),
        *_answers(talk),
        *_reps_words(talk),
        *(each for watched in talk.watched for each in _stream(watched, talk)),
    ):
        yield broken(fault, what)


def _visitors_words(talk: Talk) -> Iterator[tuple[Fault, str]]:
    logged = [message for message in talk.log if message.author == "visitor"]
    times = Counter(message.text for message in logged)
    for said in talk.said:
        if times[said.text] > 1:
            yield Fault.DOUBLED, f"{times[said.text]} times: {said.text!r}"
        if said.message_id and not _stands_in(said, logged):
            yield Fault.LOST, f"accepted as {said.message_id} at {said.seq}: {said.text!r}"
    sent = [said.text for said in talk.said]
    stands = [message.text for message in logged]
    if unknown := set(stands) - set(sent):
        yield Fault.DOUBLED, f"never sent: {sorted(unknown)}"
    in_order = [text for text in dict.fromkeys(sent) if text in times]
    if list(dict.fromkeys(stands)) != in_order:
        yield Fault.OUT_OF_ORDER, f"sent {in_order}, stands as {stands}"


def _stands_in(said: Said, log: Sequence[Logged]) -> bool:
    found = (said.message_id, said.seq, said.text)
    return any((each.message_id, each.seq, each.text) == found for each in log)


def _answers(talk: Talk) -> Iterator[tuple[Fault, str]]:
    """Each of the visitor's messages has one reply, or a rep's words after it, or a rep who holds the conversation."""
    answers = Counter(
        answered
        for message in talk.log
        if message.author == "agent"
        for answered in message.in_reply_to
    )
    last_rep = max((m.seq for m in talk.log if m.author == "rep"), default=0)
    for message in talk.log:
        if message.author != "visitor":
            continue
        if answers[message.message_id] > 1:
            yield Fault.ANSWERED_TWICE, f"{answers[message.message_id]} times: {message.text!r}"
        is_seen_to = answers[message.message_id] or message.seq < last_rep
        if not is_seen_to and talk.held_by != "rep":
            yield Fault.UNANSWERED, f"{message.message_id} at {message.seq}: {message.text!r}"
    texts = Counter(m.message_id for m in talk.log)
    yield from ((Fault.DOUBLED, f"the id {each}") for each, n in texts.items() if n > 1)


def _reps_words(talk: Talk) -> Iterator[tuple[Fault, str]]:
    stands = [message.text for message in talk.log if message.author == "rep"]
    times, written = Counter(stands), [spoken.text for spoken in talk.spoken]
    for spoken in talk.spoken:
        if times[spoken.text] > 1:
            yield Fault.REP_DOUBLED, f"{times[spoken.text]} times: {spoken.text!r}"
        if spoken.is_acknowledged and not times[spoken.text]:
            yield Fault.REP_LOST, f"acknowledged and nowhere: {spoken.text!r}"
    if [text for text in written if text in times] != list(dict.fromkeys(stands)):
        yield Fault.REP_ORDER, f"written {written}, stands as {stands}"


def _stream(watched: Watched, talk: Talk) -> Iterator[tuple[Fault, str]]:
    """A connection shows the log from where it began, without gaps; a draft ends as its message or is taken back."""
    log = {message.seq: message for message in talk.log}
    drafts: dict[str, list[str]] = {}
    last = watched.after
    for event in watched.events:
        shown = drafts.pop(event.message_id, [])
        if isinstance(event, Piece):
            if event.text is not None:
                drafts[event.message_id] = [*shown, event.text]
            continue
        if event.seq != last + 1 or log.get(event.seq) != event:
            yield Fault.STREAM, f"after {last} came {event}"
        if not _are_parts(shown, event.text):
            yield Fault.DRAFT, f"shown {shown!r}, meant {event.text!r}"
        last = event.seq
    if watched.is_last and drafts:
        yield Fault.DRAFT, f"left at the end: {drafts}"
    if watched.is_last and last != len(talk.log):
        yield Fault.STREAM, f"ended at {last} of {len(talk.log)}"


def _are_parts(pieces: Sequence[str], text: str) -> bool:
    """Tell whether all pieces stand in the text, in order: of what another server shows, some may be missed."""
    place = 0
    for piece in pieces:
        found = text.find(piece.strip(), place)
        if found < 0:
            return False
        place = found + len(piece.strip())
    return True


def audit_posts(posts: Sequence[Post]) -> Iterator[Break]:
    """Nothing that carries a mark of ours stands in Slack twice."""
    marks = Counter((post.post_id, post.part) for post in posts if post.post_id)
    for (post_id, part), times in marks.items():
        if times > 1:
            text = next(post.text for post in posts if post.post_id == post_id)
            yield Break(Fault.POST_DOUBLED, post_id, f"part {part} {times} times: {text[:80]!r}")


def audit_cases(evidence: Evidence) -> Iterator[Break]:
    """Each handoff has one card, in its thread each of the visitor's words since then once, and its timers."""
    cards = Counter(post.handoff_id for post in evidence.posts if post.is_card and post.handoff_id)
    threads: dict[str, list[str]] = {}
    for post in evidence.posts:
        if post.thread_ts and not post.is_card and post.by_bot:
            threads.setdefault(post.thread_ts, []).append(post.text)
    talks = {talk.conversation_id: talk for talk in evidence.talks}
    for case in evidence.cases:
        if cards[case.handoff_id] != 1:
            yield Break(Fault.CARD, case.handoff_id, f"{cards[case.handoff_id]} cards")
        roots = [post.ts for post in evidence.posts if post.handoff_id == case.handoff_id]
        thread = [text for ts in roots for text in threads.get(ts, ())]
        if talk := talks.get(case.conversation_id):
            yield from _relayed(case, talk, thread)
        yield from _timers(case, evidence.timers)


def _relayed(case: Case, talk: Talk, thread: Sequence[str]) -> Iterator[Break]:
    times = Counter(thread)
    for said in talk.said:
        if times[said.text] > 1:
            yield Break(Fault.RELAY_DOUBLED, case.handoff_id, f"{said.text!r}")
        if said.after_card and said.message_id and not times[said.text]:
            yield Break(Fault.RELAY_LOST, case.handoff_id, f"{said.text!r}")
    order = [said.text for said in talk.said if times[said.text]]
    if [text for text in dict.fromkeys(thread) if text in order] != order:
        yield Break(Fault.OUT_OF_ORDER, case.handoff_id, f"in the thread: {list(thread)}")


def _timers(case: Case, timers: Sequence[Timer]) -> Iterator[Break]:
    for timer in timers:
        taken = [step for step in case.log if step.because in timer.names]
        name = " or ".join(sorted(timer.names))
        if len(taken) > 1:
            yield Break(Fault.TIMER, case.handoff_id, f"{name}: {len(taken)} times")
        if case.is_left_alone and not taken:
            yield Break(Fault.TIMER, case.handoff_id, f"{name}: never")
        for step in taken:
            if (waited := (step.at - case.opened_at).total_seconds()) < timer.seconds:
                yield Break(Fault.TIMER, case.handoff_id, f"{name}: after {waited:.1f} s already")
