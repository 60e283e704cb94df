"""What people change in threads afterwards: the visitor's message follows edits and deletions of words it was given."""

from dataclasses import dataclass

import structlog

from agent.conversation import LONGEST_TEXT, Amendment, Message, RepId
from agent.errors import HandoffEndedError, NotClaimedByError
from agent.handoff import HandoffId
from integrations.slack import delivery_words
from integrations.slack.desk_actions import DeskActions
from integrations.slack.errands import Errands
from integrations.slack.incoming import Correction, Disappearance
from integrations.slack.known_threads import KnownThreads
from integrations.slack.marks import EDITED, SlackMarks
from integrations.slack.markup import pieces, to_plain
from integrations.slack.people import SlackPeople
from integrations.slack.spoken import part_id, without_notes

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Corrections:
    """Acts on edits and deletions."""

    errands: Errands
    actions: DeskActions
    people: SlackPeople
    marks: SlackMarks

    async def correct(self, correction: Correction) -> None:
        """Let the visitor's message follow, if these words are the visitor's to read."""
        threads = KnownThreads(self.errands.client, self.actions.threads)
        handoff_id = await threads.handoff_of(correction.channel, correction.thread_ts)
        if handoff_id is None:
            return
        words = without_notes(to_plain(correction.text or "", self.people.name))
        if words:
            await self._reword(correction, handoff_id, words)
        else:
            await self._take_back(correction, handoff_id)

    async def restore(self, gone: Disappearance) -> None:
        """Let a card that was deleted be posted again."""
        conversation_id = await self.actions.threads.card_deleted(gone.channel, gone.ts)
        if conversation_id is not None:
            log.info("slack.card_deleted", conversation_id=conversation_id)
            self.actions.takeover.wake(conversation_id)

    async def _take_back(self, correction: Correction, handoff_id: HandoffId) -> None:
        if correction.text is None:
            # Should Slack tell of the words only now, they are gone already.
            await self.actions.seen.first_time(correction.key)
        rewording, amendment = self.actions.rewording, Amendment(None, correction.at)
        for number, _ in enumerate(await self._said(handoff_id, correction.words_id)):
            await rewording.take_back(handoff_id, part_id(correction.words_id, number), amendment)
            log.info("slack.reply_taken_back", handoff_id=handoff_id)

    async def _reword(self, correction: Correction, handoff_id: HandoffId, words: str) -> None:
        said = await self._said(handoff_id, correction.words_id)
        if not said and await self.actions.seen.is_known(correction.key):
            return  # a note among colleagues, which stays one
        rep = await self.people.rep(correction.user)
        if rep is None:
            return
        try:
            await self._amend(correction, handoff_id, rep.id, pieces_of(words))
        except (NotClaimedByError, HandoffEndedError):
            if said:
                await self.errands.answer(correction, delivery_words.EDIT_STAYS)
            return
        if said:
            await self._confirm(correction, is_whole=len(pieces_of(words)) <= len(said))

    async def _amend(
        self, correction: Correction, handoff_id: HandoffId, rep_id: RepId, parts: list[str]
    ) -> None:
        """Give each part its new words, and take back those of which nothing is left."""
        rewording = self.actions.rewording
        said = await self._said(handoff_id, correction.words_id)
        for number, part in enumerate(parts):
            words_id = part_id(correction.words_id, number)
            if number < len(said) or not said:
                amendment = Amendment(part, correction.at)
                await rewording.reword(handoff_id, rep_id, words_id, amendment)
        for number in range(len(parts), len(said)):
            amendment = Amendment(None, correction.at)
            await rewording.take_back(handoff_id, part_id(correction.words_id, number), amendment)

    async def _confirm(self, correction: Correction, *, is_whole: bool) -> None:
        await self.marks.put(correction.channel, correction.ts, EDITED)
        if not is_whole:
            await self.errands.answer(correction, delivery_words.EDIT_TOO_LONG)

    async def _said(self, handoff_id: HandoffId, words_id: str) -> list[Message]:
        """Give the parts in which these words were said to the visitor."""
        said: list[Message] = []
        while message := await self.actions.rewording.find(
            handoff_id, part_id(words_id, len(said))
        ):
            said.append(message)
        return said


def pieces_of(words: str) -> list[str]:
    """Give words in as many parts as they are said in."""
    return list(pieces(words, LONGEST_TEXT))
