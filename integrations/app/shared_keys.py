"""The keys of an installation: from the settings, the data folder, or the database that several processes share."""

from pydantic import SecretStr

from integrations.keys import Keys, ensure_keys, found_key, new_key
from integrations.settings import Settings
from knowledge.database import Database
from knowledge.shared_keys import SqlSharedKeys

NAMES = ("api-key", "write-key", "secret")


async def keys_of(settings: Settings, database: Database) -> Keys:
    """Give the keys, making what is missing; raises SettingsError or StoreUnavailableError.

    All processes on one database have the same. The first of them proposes those of its data folder, so that an
    installation keeps its keys when it moves to a server.
    """
    if not settings.is_shared:
        return ensure_keys(settings)
    proposed = {name: found_key(settings.data_dir / name) or new_key() for name in NAMES}
    agreed = await SqlSharedKeys(database).agree(proposed)
    return Keys(
        api_key=settings.api_key or SecretStr(agreed["api-key"]),
        write_key=settings.write_key or SecretStr(agreed["write-key"]),
        signing_secret=SecretStr(agreed["secret"]),
        keeper=f"the database {database.place.name}",
    )


async def read_keys(settings: Settings) -> Keys:
    """Give the keys to a command, beside running servers or without one."""
    if not settings.is_shared:
        return ensure_keys(settings)
    database = await Database.open(settings.database)
    try:
        return await keys_of(settings, database)
    finally:
        await database.close()
