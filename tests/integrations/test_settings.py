import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from integrations.keys import ensure_keys
from integrations.settings import (
    Settings,
    SettingsError,
    load_settings,
    setting_names,
    settings_warnings,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def complaint() -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return str(caught.value)


def test_nothing_needs_to_be_set() -> None:
    settings = load_settings()
    assert settings.is_demo
    assert not settings.has_slack
    assert settings.url == "http://localhost:8000"
    assert settings.database == Path("data/hotline.db")
    assert settings_warnings(settings) == []


def test_empty_strings_count_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in setting_names():
        monkeypatch.setenv(name, "")
    assert load_settings() == Settings()


def test_reads_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_PORT", "9000")
    monkeypatch.setenv("HOTLINE_ALLOWED_ORIGINS", "https://shop.example, https://www.shop.example/")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "s")
    monkeypatch.setenv("HOTLINE_LOG_LEVEL", "DEBUG")
    monkeypatch.setenv("HOTLINE_DATABASE_URL", "sqlite:////srv/h.db")
    settings = load_settings()
    assert settings.port == 9000
    assert settings.allowed_origins == ("https://shop.example", "https://www.shop.example")
    assert settings.has_slack
    assert settings.log_level == "debug"
    assert settings.database == Path("/srv/h.db")


def test_reads_an_env_file_that_the_environment_overrules(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(
        "HOTLINE_PORT=9000\nHOTLINE_HOST=0.0.0.0\nHOTLINE_PROT=1\n", encoding="utf-8"
    )
    monkeypatch.setenv("HOTLINE_PORT", "9001")
    settings = load_settings()
    assert (settings.host, settings.port) == ("0.0.0.0", 9001)  # noqa: S104
    assert settings_warnings(settings) == [
        "HOTLINE_PROT is not a setting of Hotline. Did you mean HOTLINE_PORT?"
    ]


def test_an_env_file_that_is_no_text_is_explained() -> None:
    Path(".env").write_bytes(b"HOTLINE_HOST=\xff\xfe\n")
    assert complaint().startswith(".env cannot be read")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("HOTLINE_PORT", "abc", "HOTLINE_PORT: found 'abc'; expected a whole number from 1 to 65535."),
        ("HOTLINE_PORT", "0", "HOTLINE_PORT: found '0'; expected a whole number from 1 to 65535."),
        ("HOTLINE_PUBLIC_URL", "shop.example", "HOTLINE_PUBLIC_URL: found 'shop.example'; expected an address"),
        ("HOTLINE_ALLOWED_ORIGINS", "https://a.example/shop", "HOTLINE_ALLOWED_ORIGINS: found 'https://a.example/shop'; expected https://a.example, without a path"),
        ("HOTLINE_ALLOWED_ORIGINS", "shop.example", "expected origins such as https://shop.example"),
        ("HOTLINE_ALLOWED_ORIGINS", "https://shop.*", "expected origins such as https://shop.example"),
        ("HOTLINE_RATE_LIMITS", "many", "found 'many'; expected on, off, or how many times larger"),
        ("HOTLINE_TRUSTED_PROXIES", "proxy", "found 'proxy'; expected addresses or networks such as 10.0.0.2"),
        ("HOTLINE_LOG_LEVEL", "loud", "found 'loud'; expected debug, info, warning or error."),
        ("HOTLINE_LOG_FORMAT", "xml", "expected json or console."),
        ("HOTLINE_ENFORCE_IDENTITY", "perhaps", "found 'perhaps'; expected true or false."),
        ("HOTLINE_ENFORCE_IDENTITY", "true", "HOTLINE_IDENTITY_SECRET is unset"),
        ("HOTLINE_DATABASE_URL", "mysql://u:hunter2@h/d", "expected postgresql://user:password@host:5432/name, sqlite:"),
        ("HOTLINE_CHROMA_URL", "localhost:8001", "expected the address of a Chroma server"),
        ("HOTLINE_LIBRARY", "nowhere", "found 'nowhere'; expected an existing folder of knowledge pages."),
        ("OPENAI_BASE_URL", "localhost:11434", "OPENAI_BASE_URL: found 'localhost:11434'; expected an address"),
        ("SLACK_BOT_TOKEN", "xapp-1-hunter2", "expected the bot token, which starts with xoxb-"),
        ("SLACK_APP_TOKEN", "xoxb-hunter2", "expected the app-level token, which starts with xapp-"),
        ("HOTLINE_API_KEY", "hunter2 two words", "without spaces."),
    ],
)  # fmt: skip
def test_says_what_was_found_and_what_is_expected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    told = complaint()
    assert says in told
    assert name in told
    assert "hunter2" not in told
    assert "\n" not in told


def test_tells_every_wrong_setting_in_a_sentence_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOTLINE_PORT", "abc")
    monkeypatch.setenv("HOTLINE_LOG_LEVEL", "loud")
    assert len(complaint().splitlines()) == 2


def test_never_shows_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = [name for name in setting_names() if name.endswith(("KEY", "SECRET", "TOKEN"))]
    for name in secrets:
        monkeypatch.setenv(name, "hunter2hunter2hunter2")
    settings = load_settings()
    assert len(secrets) == 7
    assert "hunter2" not in repr(settings) + str(settings) + settings.model_dump_json()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (Settings(slack_bot_token=SecretStr("xoxb-1")), "SLACK_BOT_TOKEN is set alone"),
        (Settings(slack_signing_secret=SecretStr("s")), "SLACK_BOT_TOKEN is unset"),
        (Settings(api_key=SecretStr("short")), "HOTLINE_API_KEY is short"),
        (Settings(api_key=SecretStr("k" * 40), write_key=SecretStr("k" * 40)), "the same as"),
    ],
)
def test_warns_of_what_is_probably_not_meant(settings: Settings, says: str) -> None:
    assert says in settings_warnings(settings)[0]


def test_makes_keys_once_that_only_the_owner_can_read(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new" / "data")
    first, again = ensure_keys(settings), ensure_keys(settings)
    assert first == again
    assert first.api_key_path == tmp_path / "new" / "data" / "api-key"
    assert len(first.api_key.get_secret_value()) > 40
    assert first.api_key != first.signing_secret
    assert first.write_key not in (first.api_key, first.signing_secret)
    assert first.write_key_path == tmp_path / "new" / "data" / "write-key"
    for path in (first.api_key_path, first.write_key_path, first.signing_secret_path):
        assert path is not None
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    names = sorted(path.name for path in settings.data_dir.iterdir())
    assert names == ["api-key", "secret", "write-key"]


def test_takes_the_keys_that_were_set(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, api_key=SecretStr("mine"), write_key=SecretStr("ours"))
    keys = ensure_keys(settings)
    assert (keys.api_key.get_secret_value(), keys.write_key.get_secret_value()) == ("mine", "ours")
    assert keys.api_key_path is keys.write_key_path is None
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_processes_that_start_together_agree_on_the_key(tmp_path: Path) -> None:
    code = (
        "from integrations.keys import ensure_keys; from integrations.settings import Settings;"
        "print(ensure_keys(Settings()).api_key.get_secret_value())"
    )
    environment = {"HOTLINE_DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": str(ROOT)}
    started = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE)  # noqa: S603
        for _ in range(4)
    ]
    assert len({process.communicate()[0] for process in started}) == 1


def test_a_data_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        SettingsError, match=r"HOTLINE_DATA_DIR: found '.*file/data', which cannot be written"
    ):
        ensure_keys(Settings(data_dir=tmp_path / "file" / "data"))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe"])
def test_a_damaged_key_file_is_explained(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "api-key").write_bytes(content)
    with pytest.raises(SettingsError, match="delete it and a new one is made"):
        ensure_keys(Settings(data_dir=tmp_path))


def test_the_example_file_lists_every_setting_with_its_default() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assignments = [
        line.lstrip("# ")
        for line in lines
        if "=" in line and line.lstrip("# ").split("=")[0].isupper()
    ]
    assert [line.split("=")[0] for line in assignments] == setting_names()
    Path(".env").write_text("\n".join(assignments), encoding="utf-8")
    assert load_settings() == Settings(_env_file=None)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://SHOP.example:443/", "https://shop.example"),
        ("http://shop.example:80", "http://shop.example"),
        ("https://shop.example:8443", "https://shop.example:8443"),
        ("https://*.Shop.example", "https://*.shop.example"),
        ("https://büro.example", "https://xn--bro-hoa.example"),
        ("*", "*"),
    ],
)
def test_origins_are_read_as_browsers_write_them(
    monkeypatch: pytest.MonkeyPatch, written: str, read: str
) -> None:
    monkeypatch.setenv("HOTLINE_ALLOWED_ORIGINS", written)
    assert load_settings().allowed_origins == (read,)


@pytest.mark.parametrize(("written", "times"), [("on", 1), ("OFF", 0), ("2.5", 2.5), ("", 1)])
def test_rate_limits_are_on_off_or_larger(
    monkeypatch: pytest.MonkeyPatch, written: str, times: float
) -> None:
    monkeypatch.setenv("HOTLINE_RATE_LIMITS", written)
    assert load_settings().rate_limits == times


def test_warns_where_every_site_may_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_ALLOWED_ORIGINS", "*")
    assert any("any web site" in each for each in settings_warnings(load_settings()))


def test_proxies_are_read_as_one_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_TRUSTED_PROXIES", "10.0.0.2, 172.16.0.0/12")
    assert load_settings().trusted_proxies == "10.0.0.2,172.16.0.0/12"
