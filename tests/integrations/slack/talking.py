"""Mia at work in a room: she holds the conversation and writes in the card's thread, over HTTP or Socket Mode."""

from agent.conversation import Author, Message
from tests.fakes.slack import state as slack
from tests.fakes.slack.person import Person
from tests.integrations.slack.desk_builders import MIA
from tests.integrations.slack.desk_room import Room


def at_work(room: Room, user: str) -> Person:
    """A person who writes in Slack, over the line that the room has."""
    line = room.twin.over_http(room.url) if room.url else room.twin.over_sockets()
    return room.twin.person(user, line)


async def mia_holds(room: Room) -> Person:
    """Hand a conversation off and let Mia claim it."""
    await room.hand_off()
    await room.takeover.claim((await room.handoff()).id, MIA)
    await room.deliver()
    return at_work(room, room.mia)


async def mia_gives_back(room: Room) -> None:
    """Let the agent answer again."""
    await room.takeover.give_back((await room.handoff()).id, MIA)


async def says(room: Room, person: Person, text: str) -> slack.Message:
    """Write in the card's thread, and wait for what comes of it."""
    message = await person.replies(room.card, text)
    await room.settled()
    return message


async def shares(
    room: Room, person: Person, name: str, content: bytes, text: str = ""
) -> slack.Message:
    """Drop a file into the card's thread, and wait for what comes of it."""
    message = await person.uploads(room.channel, name, content, text, room.card.ts)
    await room.settled()
    return message


async def from_reps(room: Room) -> list[Message]:
    """What the visitor has of reps."""
    messages = await room.conversations.messages(room.conversation_id, 0)
    return [message for message in messages if message.author is Author.REP]
