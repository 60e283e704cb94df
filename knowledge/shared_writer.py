"""One connection that writes for many: transactions that come together reach the disk together.

To reach the disk takes a millisecond or more, and SQLite has one writer at a time: with a trip of its own for each
transaction, the disk would set the pace. So a transaction is a savepoint in one that others may join: the first that
is done sees to the commit as soon as those that are ready have written, and all are told when it is on disk. What one
undoes is its own savepoint. If the disk refuses, all of them hear of it, and none is there.

What is written in passing waits for nobody: it goes to disk with the next that must be there, or a moment later.
Whatever is on disk, all that was written before it is there, too.
"""

import asyncio
import sqlite3
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from knowledge.inline_sqlite import InlineConnection, connect_to_write

_BEGIN: Final = "SAVEPOINT one_of_many"
_KEEP: Final = "RELEASE one_of_many"
_UNDO: Final = "ROLLBACK TO one_of_many"
IN_PASSING: Final = 0.005
"""Seconds for which what is written in passing may wait for company."""
_UNDONE: Final = "the transaction was undone with that of another writer"


@dataclass(slots=True)
class _Group:
    """Transactions that reach the disk together; `on_disk` tells how that went."""

    on_disk: asyncio.Future[None]
    size: int = 0
    is_finishing: bool = False


@dataclass(slots=True)
class SharedWriter:
    """The connection that all writers share; one at a time has its turn."""

    connection: InlineConnection
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _group: _Group | None = None
    _finishing: set[asyncio.Task[None]] = field(default_factory=set)
    _functions: set[str] = field(default_factory=set)

    def join(self) -> "SharingConnection":
        """Give a connection of its own to another writer."""
        return SharingConnection(self)

    async def create_function(self, name: str, count: int, function: Any, **options: Any) -> None:
        """Give SQL a function of Python's, once: while others read nothing can be changed about it."""
        if name not in self._functions:
            self._functions.add(name)
            await self.connection.create_function(name, count, function, **options)

    async def begin(self) -> None:
        """Wait for a turn; the first of a group takes the file's lock."""
        await self._turn.acquire()
        try:
            if self._group is not None and not self.connection.in_transaction:
                self._lose(self._group)
            if self._group is None:
                await self._take_the_lock()
                self._group = _Group(asyncio.get_running_loop().create_future())
            self.connection.run(_BEGIN)
        except BaseException:
            self._turn.release()
            raise

    async def _take_the_lock(self) -> None:
        """Begin; a wait in a thread is seen to its end, though whoever waits may have been cancelled."""
        beginning = asyncio.ensure_future(self.connection.begin())
        cancelled: asyncio.CancelledError | None = None
        while not beginning.done():
            try:
                await asyncio.wait([beginning])
            except asyncio.CancelledError as error:
                cancelled = error
        beginning.result()
        if cancelled:
            self.connection.undo()
            raise cancelled

    async def commit(self) -> None:
        """End the turn and return once what was written is on disk."""
        group = self._end_turn()
        self._finish_soon(group)
        await asyncio.shield(group.on_disk)

    def leave(self) -> None:
        """End the turn at once; what was written reaches the disk in passing."""
        group = self._end_turn()
        if group.size == 1:
            asyncio.get_running_loop().call_later(IN_PASSING, self._finish_soon, group)

    def undo(self) -> None:
        """End the turn as if it had not been."""
        group = self._in_group()
        try:
            if self.connection.in_transaction:
                self.connection.run(_UNDO)
                self.connection.run(_KEEP)
            if not group.size:
                self.connection.undo()
                self._group = None
        finally:
            self._turn.release()

    async def settle(self) -> None:
        """Return when all is on disk."""
        if self._group is not None and self._group.size:
            self._finish_soon(self._group)
        await asyncio.gather(*self._finishing, return_exceptions=True)

    def stop(self) -> None:
        """Close at once; what was written in passing is kept."""
        if self._group is not None and self._group.size and not self._turn.locked():
            with suppress(sqlite3.Error):
                self.connection.opened.commit()
        self.connection.stop()

    def _end_turn(self) -> _Group:
        group = self._in_group()
        try:
            self.connection.run(_KEEP)
        except sqlite3.Error:
            self.undo()
            raise
        group.size += 1
        self._turn.release()
        return group

    def _finish_soon(self, group: _Group) -> None:
        if not group.is_finishing:
            group.is_finishing = True
            task = asyncio.create_task(self._finish(group))
            self._finishing.add(task)
            task.add_done_callback(self._finishing.discard)

    def _in_group(self) -> _Group:
        if self._group is None:
            raise sqlite3.ProgrammingError("no transaction has begun")
        return self._group

    async def _finish(self, group: _Group) -> None:
        """Commit, once those that are ready have had their turns."""
        await asyncio.sleep(0)
        async with self._turn:
            if group is not self._group:
                return
            self._group = None
            try:
                await self._reach_disk()
            except (sqlite3.Error, OSError) as error:
                _tell(group, error)
            else:
                group.on_disk.set_result(None)

    def _lose(self, group: _Group) -> None:
        """Give up what a statement undid: a full disk, for one, undoes the whole transaction at the one that met it."""
        self._group = None
        _tell(group, sqlite3.OperationalError(_UNDONE))

    async def _reach_disk(self) -> None:
        if not self.connection.in_transaction:
            raise sqlite3.OperationalError(_UNDONE)
        try:
            await self.connection.commit()
        except sqlite3.Error:
            self.connection.undo()
            raise


def _tell(group: _Group, error: Exception) -> None:
    group.on_disk.set_exception(error)
    group.on_disk.exception()  # whoever waited for it may have been cancelled


class SharingConnection(InlineConnection):
    """What one writer sees of the shared connection."""

    def __init__(self, shared: SharedWriter) -> None:
        super().__init__(shared.connection.opened)
        self._shared = shared
        self._has_turn = False

    async def create_function(self, name: str, count: int, function: Any, **options: Any) -> None:
        """Give SQL a function of Python's."""
        await self._shared.create_function(name, count, function, **options)

    async def begin(self) -> None:
        """Wait for a turn."""
        await self._shared.begin()
        self._has_turn = True

    async def commit(self) -> None:
        """Write to disk, together with others."""
        if self._has_turn:
            self._has_turn = False
            await self._shared.commit()

    async def rollback(self) -> None:
        """Undo what was not committed."""
        if self._has_turn:
            self._has_turn = False
            self._shared.undo()

    async def close(self) -> None:
        """Leave what is shared open to the others."""
        await self.rollback()
        await self._shared.settle()

    def stop(self) -> None:
        """Leave at once, when nobody can wait any more."""


class SharedFile:
    """A file and, once somebody writes, the connection that its writers share."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opening = asyncio.Lock()
        self._shared: SharedWriter | None = None

    async def connect(self) -> SharingConnection:
        """Give a connection of its own to a writer."""
        return (await self.opened()).join()

    async def opened(self) -> SharedWriter:
        """Give what is shared; the first who asks opens the file."""
        if self._shared is not None:
            return self._shared
        async with self._opening:
            if self._shared is None:
                self._shared = SharedWriter(await connect_to_write(self._path))
            return self._shared

    def close(self) -> None:
        """Close the file."""
        if self._shared is not None:
            self._shared.stop()
            self._shared = None
