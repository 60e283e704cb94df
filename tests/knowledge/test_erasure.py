"""Whoever is erased leaves nothing behind: no word in any table, no file, no link to who comes later."""

import sqlite3
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ColumnElement, String, Table, select, type_coerce

from agent.conversation import ConversationId, Holder
from agent.errors import UnknownConversationError, UnknownLeadError
from knowledge.erasure import SqlErasure, erase_again, erasures, keep_erasures
from knowledge.erasure_tables import Trace
from knowledge.removal import Belongings, remove
from knowledge.rows import Row
from knowledge.tables import ConversationRow
from tests.audited import must_be_sound
from tests.builders import a_call, a_turn
from tests.contracts.stores import hold
from tests.lived import MARKS, Lived, lived, opened
from tests.postgres import Postgres

HIM = "user_id:u-zebedee"


@dataclass(frozen=True, slots=True)
class Room:
    """A store that is lived in, and what erases from it."""

    lived: Lived
    erasure: SqlErasure

    async def told(self, words: Collection[str]) -> set[str]:
        """Name every column of every table in which one of these words stands."""
        async with self.lived.database.read() as session:
            return {
                f"{table.name}.{column}"
                for table in Row.metadata.sorted_tables
                for row in await session.execute(select(*_plain(table)))
                for column, value in row._mapping.items()
                if any(word in str(value).lower() for word in words)
            }

    async def count(self) -> dict[str, int]:
        async with self.lived.database.read() as session:
            return {
                table.name: len(list(await session.execute(select(*_plain(table)))))
                for table in Row.metadata.sorted_tables
            }


def _plain(table: Table) -> list[ColumnElement[str]]:
    return [type_coerce(column, String).label(column.name) for column in table.columns]


@pytest.fixture
async def room(living: Lived) -> AsyncIterator[Room]:
    yield Room(living, SqlErasure(living.database, living.clock))
    await must_be_sound(living.database, living.clock.now())


async def test_he_is_everywhere_before(room: Room) -> None:
    places = {place.partition(".")[0] for place in await room.told(MARKS)}
    assert len(places) > 12


async def test_no_word_of_his_is_left_in_any_table(room: Room) -> None:
    await room.erasure.erase(HIM)
    assert await room.told(MARKS) == set()


async def test_what_is_others_stays(room: Room) -> None:
    talks = room.lived.stores.conversations
    others = [talk for talk in await _talks(room) if talk != room.lived.talk]
    await room.erasure.erase(HIM)
    assert (await room.lived.stores.find("user_id:u-yara")).name == "Yara Lund"
    assert (await room.lived.stores.find("user_id:u-xenia")).name == "Xenia Ost"
    kept = await _talks(room)
    assert len(kept) == len(others) - 1, "all but his mail"
    for talk in kept:
        assert len(await talks.messages(talk, 0)) > 1


async def test_it_is_told_before_what_will_go_and_nothing_goes(room: Room) -> None:
    before = await room.count()
    extent = await room.erasure.look(HIM)
    assert await room.count() == before
    gone = await room.erasure.erase(HIM)
    assert gone.rows == extent.rows
    assert (gone.leads, gone.conversations, gone.files) == (
        extent.leads,
        extent.conversations,
        extent.files,
    )


async def test_his_mail_counts_as_his_though_nothing_proves_it(room: Room) -> None:
    extent = await room.erasure.look("email:zebedee@marrow.example")
    assert len(extent.leads) == 3, "himself, who was merged into him, and the mail's sender"
    assert len(extent.conversations) == 2


async def test_his_files_and_cards_are_left_to_be_taken_away(room: Room) -> None:
    extent = await room.erasure.erase(HIM)
    assert len(extent.files) == 1
    assert await room.erasure.left_to_do(Trace.FILE) == list(extent.files)
    assert sorted(await room.erasure.left_to_do(Trace.CARD)) == sorted(extent.cards)
    assert extent.cards
    await room.erasure.mark_tried(extent.files[0], is_done=True)
    assert await room.erasure.left_to_do(Trace.FILE) == []


async def test_a_card_that_could_not_be_taken_away_is_tried_again(room: Room) -> None:
    extent = await room.erasure.erase(HIM)
    await room.erasure.mark_tried(extent.cards[0], is_done=False)
    assert extent.cards[0] in await room.erasure.left_to_do(Trace.CARD)


async def test_the_running_turn_has_no_effect(room: Room) -> None:
    stores = room.lived.stores
    talk = await stores.conversations.get(room.lived.talk)
    with pytest.raises(UnknownConversationError):  # noqa: PT012  it is about what happens in between
        async with hold(stores, talk) as held:
            await room.erasure.erase(HIM)
            await stores.conversations.record_turn(held, a_turn(id="turn-of-his", answered=()))
    assert await room.told(("turn-of-his",)) == set()


async def test_his_conversation_is_unknown_afterwards(room: Room) -> None:
    await room.erasure.erase(HIM)
    with pytest.raises(UnknownConversationError):
        await room.lived.stores.conversations.append(room.lived.talk, "client-late", "Hello?")


async def test_a_late_event_of_his_browser_makes_somebody_new(room: Room) -> None:
    gone = await room.erasure.erase(HIM)
    late = a_call(id="t-late", anonymous_id="zebedee-browser", title="Prices")
    await room.lived.stores.tracking.take_in([late])
    lead = await room.lived.stores.find("anonymous_id:zebedee-browser")
    assert lead.id not in gone.leads
    assert (lead.name, lead.email) == ("", "")


async def test_nobody_is_erased_by_an_unknown_name(room: Room) -> None:
    before = await room.count()
    with pytest.raises(UnknownLeadError):
        await room.erasure.erase("email:nobody@nowhere.example")
    assert await room.count() == before


async def test_the_marks_tell_nobody_who_was_erased(room: Room) -> None:
    await room.erasure.erase(HIM)
    assert {place for place in await room.told(("u-zebedee", "l-")) if "erasures" in place} == set()


async def test_an_older_copy_that_is_put_back_loses_him_again(
    room: Room, tmp_path: Path, postgres: Postgres
) -> None:
    """The copy is another store in which the same happened; here it was made before the erasure."""
    address = postgres.make()
    async with lived(address, tmp_path / "others") as copy:
        again = Room(copy, SqlErasure(copy.database, copy.clock))
        first = await room.erasure.erase(HIM)
        assert first.leads
        await keep_erasures(copy.database, await erasures(room.lived.database))
        assert await erase_again(copy.database, copy.clock) > 0
        assert await again.told(("zebedee quill", "u-zebedee")) == set()
        assert (await copy.stores.find("user_id:u-yara")).name == "Yara Lund"
    postgres.drop(address)


async def test_who_came_back_after_the_erasure_is_not_erased_again(room: Room) -> None:
    await room.erasure.erase(HIM)
    room.lived.clock.advance(timedelta(hours=1))
    back = a_call(id="t-back", user_id="u-zebedee", title="Prices")
    await room.lived.stores.tracking.take_in([back])
    assert await erase_again(room.lived.database, room.lived.clock) == 0
    assert (await room.lived.stores.find(HIM)).id


async def test_a_conversation_that_a_removed_handoff_served_goes_on_with_the_agent(
    room: Room,
) -> None:
    database, talks = room.lived.database, await _talks(room)
    other = next(talk for talk in talks if talk != room.lived.talk)
    handoff = await room.lived.stores.handoffs.latest(room.lived.talk)
    assert handoff is not None
    async with database.write() as session:
        row = await session.get_one(ConversationRow, other)
        before, row.handoff_id = row.handoff_id, handoff.id
    async with database.write() as session:
        alone = Belongings(conversations=frozenset({room.lived.talk}))
        await remove(session, alone, room.lived.clock.now())
    talk = await room.lived.stores.conversations.get(other)
    assert talk.holder is Holder.AGENT
    async with database.write() as session:
        (await session.get_one(ConversationRow, other)).handoff_id = before


async def _talks(room: Room) -> list[ConversationId]:
    async with room.lived.database.read() as session:
        ids = await session.scalars(select(ConversationRow.id).order_by(ConversationRow.id))
        return [ConversationId(each) for each in ids]


async def test_no_word_of_his_is_left_in_the_files_while_the_server_runs(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not every build of SQLite overwrites what it deletes."""
    connect = sqlite3.connect

    def careless(*args: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **options)
        connection.execute("PRAGMA secure_delete = OFF")
        return connection

    monkeypatch.setattr(sqlite3, "connect", careless)
    async with opened(place / "hotline.db", place / "files") as living:
        await living.stores.conversations.append(living.talk, "client-new", "A zebedee quokka")
        erasure = SqlErasure(living.database, living.clock)
        await erasure.erase(HIM)
        await erasure.forget_journal()
        left = on_disk(place)
        assert [mark for mark in MARKS if mark.encode() in left] == []


def on_disk(place: Path) -> bytes:
    return b"".join(path.read_bytes() for path in place.glob("hotline.db*")).lower()
