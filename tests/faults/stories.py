"""What visitors do while servers die: they ask, write in bursts, become hot, talk with a rep, wait for one in vain."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from random import Random

from tests.faults.desk import Desk
from tests.faults.visitor import Guest

A_LOOK = 2.0
UNTIL_CARD = 20.0
ASKED = (
    "How much is Growth per seat?",
    "Does it work offline?",
    "What does Growth cost per month?",
    "Does the technician app work offline for 72 hours?",
)
HOT = "We need a quote for 40 technicians by April, our budget is approved."


@dataclass(frozen=True, slots=True)
class Scene:
    """One visitor and the reps, with dice of their own."""

    guest: Guest
    desk: Desk
    dice: Random

    def marked(self, text: str) -> str:
        """Mark words, so that they are found again wherever they stand."""
        return f"{text} ({self.guest.name}/{len(self.guest.said)})"

    async def pause(self, most: float) -> None:
        """Think a little."""
        await asyncio.sleep(self.dice.uniform(0.0, most))

    async def ask(self) -> None:
        """Ask something and wait a little for the reply."""
        said = await self.guest.say(self.marked(self.dice.choice(ASKED)))
        await self.guest.is_answered(said, self.dice.uniform(0.0, A_LOOK))


async def asks(scene: Scene) -> None:
    """Ask one to three things, not always waiting for the reply."""
    for _ in range(scene.dice.randint(1, 3)):
        await scene.ask()
        await scene.pause(0.5)


async def writes_in_bursts(scene: Scene) -> None:
    """Write several messages in a breath, and again."""
    for _ in range(scene.dice.randint(1, 2)):
        for _ in range(scene.dice.randint(2, 4)):
            await scene.guest.say(scene.marked(scene.dice.choice(ASKED)))
            await scene.pause(0.15)
        await scene.pause(1.0)


async def talks_with_a_rep(scene: Scene) -> None:
    """Become hot; a rep claims, both write, and perhaps the agent gets the conversation back."""
    guest, desk = scene.guest, scene.desk
    await guest.say(scene.marked(HOT))
    card = await desk.card_of(guest.conversation_id, UNTIL_CARD)
    if card is None:
        return
    guest.has_card = True
    await guest.say(scene.marked("Is anybody there?"))
    rep = scene.dice.randrange(2)
    if not await desk.claim(card, rep):
        return
    for number in range(scene.dice.randint(1, 3)):
        await desk.write(card, rep, guest.conversation_id, f"Rep's words {guest.name}#{number}")
        await scene.pause(0.3)
        await guest.say(scene.marked("That sounds good, tell me more."))
    if scene.dice.random() < 0.5:
        guest.has_card = False
        if await desk.give_back(card, rep):
            await scene.ask()


async def waits_in_vain(scene: Scene) -> None:
    """Become hot, and nobody ever comes."""
    await scene.guest.say(scene.marked(HOT))
    if await scene.desk.card_of(scene.guest.conversation_id, UNTIL_CARD):
        scene.guest.has_card = True
    await scene.pause(2.0)
    await scene.guest.say(scene.marked("Hello? Does it work offline?"))


Story = Callable[[Scene], Awaitable[None]]
STORIES: Mapping[Story, float] = {
    asks: 4,
    writes_in_bursts: 3,
    talks_with_a_rep: 4,
    waits_in_vain: 1,
}
