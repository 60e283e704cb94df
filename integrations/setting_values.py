"""The kinds of values that settings have; what is wrong with one is said as what is expected instead."""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

LOCAL_EMBEDDINGS = ("multilingual", "english")
OPENAI_EMBEDDINGS = "openai:"
ORIGINS = (
    "origins such as https://shop.example or https://*.shop.example, separated by commas, or *"
)
HOST = r"(\*\.)?[^\s*/@]+"
DEFAULT_PORTS = {"http": ":80", "https": ":443"}
WEB_ADDRESS = "an address such as https://hotline.example.com"


def _web_address(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", address):
        raise ValueError(WEB_ADDRESS)
    return address.rstrip("/")


def _origins(written: object) -> object:
    return tuple(re.split(r"[\s,]+", written.strip(" ,"))) if isinstance(written, str) else written


def _origin(written: str) -> str:
    """Give an origin as browsers write it."""
    if written == "*":
        return written
    parts = urlsplit(written)
    if parts.scheme not in ("http", "https") or not re.fullmatch(HOST, parts.netloc):
        raise ValueError(f"{ORIGINS}; each begins with https:// or http://")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(
            f"{parts.scheme}://{parts.netloc}, without a path: a site is allowed whole"
        )
    host = _ascii(parts.netloc.rpartition("@")[2])
    return f"{parts.scheme}://{host}".removesuffix(DEFAULT_PORTS[parts.scheme])


def _ascii(host: str) -> str:
    try:
        return host.lower() if host.isascii() else host.lower().encode("idna").decode()
    except UnicodeError:
        raise ValueError(ORIGINS) from None


def _proxies(written: str) -> str:
    """Check addresses and networks; uvicorn reads them."""
    for each in re.split(r"[\s,]+", written) if written != "*" else ():
        ip_network(each, strict=False)
    return ",".join(re.split(r"[\s,]+", written))


def _times(written: object) -> object:
    known = {"on": 1.0, "off": 0.0, "true": 1.0, "false": 0.0}
    return known.get(written.lower(), written) if isinstance(written, str) else written


def _header_safe(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]+", secret.get_secret_value()):
        raise ValueError("plain letters, digits and signs, without spaces")
    return secret


def _bot_token(token: SecretStr) -> SecretStr:
    if token.get_secret_value().startswith(("xapp-", "xoxp-")):
        raise ValueError("the bot token, which starts with xoxb- (xapp- goes into SLACK_APP_TOKEN)")
    return _header_safe(token)


def _app_token(token: SecretStr) -> SecretStr:
    if token.get_secret_value().startswith("xox"):
        raise ValueError(
            "the app-level token, which starts with xapp- (xoxb- goes into SLACK_BOT_TOKEN)"
        )
    return _header_safe(token)


def _database(url: SecretStr) -> SecretStr:
    address = url.get_secret_value()
    if not re.match(r"sqlite(\+aiosqlite)?:///.|postgres(ql)?(\+psycopg)?://.", address):
        raise ValueError(
            "postgresql://user:password@host:5432/name, sqlite:///path/to/file.db, or nothing for a file in the "
            "data folder"
        )
    return SecretStr(re.sub(r"^postgres(ql)?(\+psycopg)?:", "postgresql:", address))


def _chroma(address: str) -> str:
    if not re.match(r"https?://[^/\s]", address):
        raise ValueError
    return address.rstrip("/")


def _embeddings(name: str) -> str:
    if name not in LOCAL_EMBEDDINGS and not re.fullmatch(rf"{OPENAI_EMBEDDINGS}\S+", name):
        raise ValueError
    return name


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise ValueError("an existing folder of knowledge pages")
    return path


WebAddress = Annotated[str, AfterValidator(_web_address)]
Secret = Annotated[SecretStr, AfterValidator(_header_safe)]
Origins = Annotated[
    tuple[Annotated[str, AfterValidator(_origin)], ...], BeforeValidator(_origins), NoDecode
]
Proxies = Annotated[str, AfterValidator(_proxies)]
Times = Annotated[float, BeforeValidator(_times)]
DatabaseAddress = Annotated[SecretStr, AfterValidator(_database)]
ChromaAddress = Annotated[str, AfterValidator(_chroma)]
EmbeddingModel = Annotated[str, AfterValidator(_embeddings)]
Folder = Annotated[Path, AfterValidator(_folder)]
BotToken = Annotated[SecretStr, AfterValidator(_bot_token)]
AppToken = Annotated[SecretStr, AfterValidator(_app_token)]
