"""The reps' side: cards as they come up in Slack, presses and words in threads, as people do it."""

import asyncio
import json
import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random

from integrations.slack.buttons import CLAIM, MENU, Choice
from tests.fakes.slack.lines import Line
from tests.fakes.slack.person import Person
from tests.fakes.slack.state import Json, Message
from tests.fakes.slack_twin import SlackTwin
from tests.faults.evidence import Post, Spoken
from tests.faults.front import Front, FrontCarrier, GaveUpError

LOOK_EVERY = 0.1
PRESS_AGAIN_AFTER = 3.0
RETRY_PAUSES = (0.3, 1.5, 4.0)  # Slack's are a moment, one minute, five
MOST_TOLD_AGAIN = 200
HANDOFF = re.compile(r"\b(h-[0-9a-z]{20,})")
EMAILS = {"Mia Hartung": "mia", "Jonas Eklund": "jonas", "Amara Nwosu": "amara"}


@dataclass(slots=True)
class Desk:
    """Three reps in one channel."""

    twin: SlackTwin
    front: Front
    channel: str = ""
    reps: list[str] = field(default_factory=list)
    copies: int = 1
    cards: dict[str, Message] = field(default_factory=dict)
    handoffs: dict[str, str] = field(default_factory=dict)
    spoken: dict[str, list[Spoken]] = field(default_factory=lambda: defaultdict(list))
    told: list[Json] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)

    def set_up(self) -> None:
        """Make the channel and the reps, and let the app hear of its own posts, too."""
        self.channel = self.twin.add_channel("hot-leads")
        for name, short in EMAILS.items():
            user = self.twin.add_user(name)
            known = self.twin.workspace.users[user]
            email = f"{short}@tourvane.example"
            self.twin.workspace.users[user] = replace(known, email=email)
            self.reps.append(user)
        self.twin.echoes_to(self._line())

    async def look(self) -> None:
        """Note each card as it comes up, until cancelled."""
        while True:
            for message in self.twin.messages(self.channel):
                if message.bot_id and not message.is_reply and message.ts not in self._known:
                    with suppress(GaveUpError, TimeoutError):
                        await self._meet(message)
                        self._known.add(message.ts)
            await asyncio.sleep(LOOK_EVERY)

    async def card_of(self, conversation_id: str, within: float) -> Message | None:
        """Wait for a conversation's card."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while conversation_id not in self.cards:  # noqa: ASYNC110 - the twin tells nobody
                    await asyncio.sleep(LOOK_EVERY)
        return self.cards.get(conversation_id)

    async def claim(self, card: Message, rep: int) -> bool:
        """Press until it is ours: whoever sees nothing happen presses again."""
        for _ in range(10):
            person = self._person(rep)
            with suppress(LookupError, AssertionError):
                await person.presses(card, CLAIM)
            if await self._becomes(card, "claimed"):
                return True
        return False

    async def give_back(self, card: Message, rep: int) -> bool:
        """Choose so behind the three dots, until it is done."""
        choice = f"{Choice.GIVE_BACK}|{self.handoffs[card.ts]}"
        for _ in range(10):
            with suppress(LookupError, AssertionError):
                await self._person(rep).chooses(card, MENU, choice)
            if await self._becomes(card, "given_back"):
                return True
        return False

    async def write(self, card: Message, rep: int, conversation_id: str, text: str) -> bool:
        """Write in the thread; tell whether that was taken, and nobody said that the words stay here."""
        place = len(self.spoken[conversation_id])
        self.spoken[conversation_id].append(Spoken(text, is_acknowledged=False))
        person, told = self._person(rep), self._told(rep)
        await person.replies(card, text)
        is_taken = all(answer.is_acknowledged for answer in person.line.answers)
        is_taken = is_taken and self._told(rep) == told
        self.spoken[conversation_id][place] = Spoken(text, is_taken)
        return is_taken

    async def tell_again(self, dice: Random) -> None:
        """Tell the app of the latest events once more, in any order."""
        latest = self.told[-MOST_TOLD_AGAIN:]
        carrier = FrontCarrier(self.front, self.twin.signing_secret, [])
        for payload in dice.sample(latest, len(latest)):
            await carrier.bring("events_api", payload, 1, "http_timeout")

    def posts(self) -> tuple[Post, ...]:
        """Give what stands in the channel."""
        return tuple(map(self._post, self.twin.messages(self.channel)))

    def _post(self, message: Message) -> Post:
        payload = ((message.metadata or {}).get("event_payload")) or {}
        return Post(
            ts=message.ts,
            text=message.text,
            by_bot=bool(message.bot_id),
            thread_ts=message.thread_ts,
            post_id=str(payload.get("post_id", "")),
            part=int(payload.get("part", 0)),
            handoff_id=self.handoffs.get(message.ts, ""),
        )

    async def _meet(self, message: Message) -> None:
        found = HANDOFF.search(json.dumps(message.blocks))
        if found is None:
            return
        self.handoffs[message.ts] = found[1]
        handoff = await self.front.call("GET", f"/v1/handoffs/{found[1]}")
        self.cards[handoff["conversation_id"]] = message

    async def _becomes(self, card: Message, state: str) -> bool:
        path = f"/v1/handoffs/{self.handoffs[card.ts]}"
        with suppress(TimeoutError):
            async with asyncio.timeout(PRESS_AGAIN_AFTER):
                while (await self.front.call("GET", path))["state"] != state:  # noqa: ASYNC110
                    await asyncio.sleep(LOOK_EVERY)
                return True
        return False

    def _told(self, rep: int) -> int:
        """Count what only this rep was shown."""
        shown = self.twin.ephemeral_messages(self.channel)
        return sum(message.ephemeral_to == self.reps[rep] for message in shown)

    def _person(self, rep: int) -> Person:
        return self.twin.person(self.reps[rep], self._line())

    def _line(self) -> Line:
        carrier = FrontCarrier(self.front, self.twin.signing_secret, self.told)
        line = Line(self.twin.workspace, carrier, copies=self.copies)
        line.pause = _pause
        return line


async def _pause(attempt: int) -> None:
    await asyncio.sleep(RETRY_PAUSES[min(attempt, len(RETRY_PAUSES)) - 1])
