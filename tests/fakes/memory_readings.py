"""Second readings in memory; they pass the same contract as those in SQL."""

from agent.conversation import Held, Message
from agent.scoring import Score
from agent.second_reading import Disagreement, SecondReading, Verdict
from agent.signals import HeardSignal
from tests.fakes.memory_store import MemoryStore


class MemoryReadings:
    """Second readings in a dictionary."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store

    async def keep(self, reading: SecondReading) -> bool:
        """Keep one."""
        is_new = reading.turn_id not in self.store.readings
        self.store.readings.setdefault(reading.turn_id, reading)
        return is_new

    async def heed(
        self, held: Held, turn_id: str, heard: tuple[HeardSignal, ...], score: Score
    ) -> None:
        """Add signals once, and the score."""
        talk = self.store.talk(held.conversation.id)
        talk.must_be_current(held)
        if turn_id in self.store.readings and turn_id not in self.store.heeded:
            self.store.heeded.add(turn_id)
            talk.heard_later.extend(heard)
        talk.score = score

    async def disagreements(self, limit: int = 1_000) -> list[Disagreement]:
        """Find what nobody has judged."""
        newest = reversed(self.store.readings.values())
        open_ones = [r for r in newest if r.differs and r.turn_id not in self.store.verdicts]
        return [self._disagreement(reading) for reading in open_ones[:limit]]

    async def judge(self, turn_id: str, verdict: Verdict) -> None:
        """Note a verdict."""
        if turn_id in self.store.readings:
            self.store.verdicts[turn_id] = verdict

    def _disagreement(self, reading: SecondReading) -> Disagreement:
        talk = self.store.talk(reading.conversation_id)
        answered = next(turn.answered for turn in talk.turns if turn.id == reading.turn_id)
        ours: tuple[Message, ...] = tuple(m for m in talk.messages if m.id in answered)
        before = [m for m in talk.messages if ours and m.seq < ours[0].seq]
        return Disagreement(reading, ours, tuple(before[-10:]))
