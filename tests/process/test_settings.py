"""Settings: what is read from where, and what is refused with its name.

Covers: bai_wx/process/address_settings.py, bai_wx/process/storage_settings.py
Covers: bai_wx/process/database_settings.py
"""

import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bai_wx.database.replicas import standbys_of
from bai_wx.process.settings import (
    DEFAULT_CODE_LIMITS,
    DEFAULT_LIMITS,
    WECHAT_API,
    Settings,
    SettingsError,
)
from tests.running import STRONG

SHOP = "postgresql://a@primary/shop"
WITH_COMMA = "Recorded-Replayed+Compared=5,000 answers"


def read(folder: Path, **environment: str) -> Settings:
    """The settings of an environment that holds nothing else."""
    return Settings.from_environment(environment, folder)


def test_defaults_are_those_of_the_table(tmp_path: Path) -> None:
    """Nothing has to be set to start the demo."""
    settings = read(tmp_path)
    assert settings.home == tmp_path / "bai-wx-data"
    assert settings.database == f"sqlite:///{tmp_path}/bai-wx-data/bai-wx.db"
    assert settings.database_file == settings.home / "bai-wx.db"
    assert (settings.files, settings.s3_endpoint) == (f"{settings.home}/files", "")
    assert (settings.wechat_appid, settings.wechat_secret) == ("", "")
    assert settings.wechat_api_base == WECHAT_API
    assert (settings.trusted_proxies, settings.cors_origins) == ((), ("*",))
    assert (settings.limits, settings.redis, settings.log) == (DEFAULT_LIMITS, "", "info")
    assert settings.check_responses is False


def test_every_setting_is_read(tmp_path: Path) -> None:
    """Each name of the table reaches its field."""
    settings = read(
        tmp_path,
        BAI_WX_HOME="/srv/home",
        BAI_WX_DATABASE="sqlite:////srv/shop.db",
        BAI_WX_SECRET=WITH_COMMA,
        BAI_WX_ACCEPTED_SECRET=STRONG,
        BAI_WX_FILES="s3://shop-files/pictures/2026",
        BAI_WX_S3_ENDPOINT="https://s3.example.com",
        WECHAT_APPID="wx1",
        WECHAT_SECRET="s",
        WECHAT_API_BASE="http://127.0.0.1:9/",
        BAI_WX_TRUSTED_PROXIES="10.0.0.0/8, 127.0.0.1",
        BAI_WX_CORS_ORIGINS="https://a.example.com,http://localhost:5173",
        BAI_WX_LIMITS="off",
        BAI_WX_USER_LIMITS="50/minute",
        BAI_WX_CODE_LIMITS="5/minute",
        BAI_WX_QUOTAS="companies:20,uploads:off",
        BAI_WX_REDIS="redis://localhost/0",
        BAI_WX_LOG="DEBUG",
        BAI_WX_CHECK_RESPONSES="1",
        BAI_WX_SYNCHRONOUS="FULL",
        BAI_WX_BACKUP_TO="/srv/backups",
        BAI_WX_BACKUP_EVERY="6h",
        BAI_WX_BACKUP_KEEP="7",
        BAI_WX_PG_BIN="/usr",
    )
    assert settings.backup_every_s == 6 * 3600
    assert settings == Settings(
        home=Path("/srv/home"),
        database="sqlite:////srv/shop.db",
        given_secret=WITH_COMMA,
        accepted_secret=STRONG,
        given_files="s3://shop-files/pictures/2026",
        s3_endpoint="https://s3.example.com",
        wechat_appid="wx1",
        wechat_secret="s",
        wechat_api_base="http://127.0.0.1:9",
        trusted_proxies=("10.0.0.0/8", "127.0.0.1"),
        cors_origins=("https://a.example.com", "http://localhost:5173"),
        limits="off",
        given_user_limits="50/minute",
        given_code_limits="5/minute",
        quotas="companies:20,uploads:off",
        redis="redis://localhost/0",
        log="debug",
        check_responses=True,
        synchronous="full",
        backup_to="/srv/backups",
        backup_every="6h",
        backup_keep=7,
        pg_bin="/usr",
    )
    assert settings.database_file == Path("/srv/shop.db")


@pytest.mark.parametrize(
    ("given", "users", "codes", "quotas"),
    [
        pytest.param({}, DEFAULT_LIMITS, DEFAULT_CODE_LIMITS, "", id="nothing"),
        pytest.param(
            {"BAI_WX_LIMITS": "9/day"}, "9/day", DEFAULT_CODE_LIMITS, "", id="an address's"
        ),
        pytest.param({"BAI_WX_LIMITS": "off"}, "off", "off", "off", id="off"),
        pytest.param(
            {
                "BAI_WX_LIMITS": "off",
                "BAI_WX_USER_LIMITS": "9/day",
                "BAI_WX_CODE_LIMITS": "1/day",
                "BAI_WX_QUOTAS": "companies:9",
            },
            "9/day",
            "1/day",
            "companies:9",
            id="off but for the others",
        ),
    ],
)
def test_users_and_codes_are_limited_unless_nothing_is(
    tmp_path: Path, given: dict[str, str], users: str, codes: str, quotas: str
) -> None:
    settings = read(tmp_path, **given)
    said = (settings.user_limits, settings.code_limits, settings.quotas)
    assert said == (users, codes, quotas)


def test_dotenv_fills_gaps_and_never_overrides(tmp_path: Path) -> None:
    """What the environment says counts more than `.env`."""
    (tmp_path / ".env").write_text("BAI_WX_LOG=error\nBAI_WX_LIMITS=off\nWECHAT_APPID=\n")
    settings = read(tmp_path, BAI_WX_LOG="debug")
    assert (settings.log, settings.limits, settings.wechat_appid) == ("debug", "off", "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("BAI_WX_SECRET", "hunter2", id="a short secret"),
        pytest.param("BAI_WX_SECRET", "changeme" + STRONG, id="a secret out of a template"),
        pytest.param("BAI_WX_SECRET", "secret-key-" * 4, id="a secret that repeats itself"),
        pytest.param("BAI_WX_SECRET", "a" * 64, id="a secret of one letter"),
        pytest.param(
            "BAI_WX_SECRET", "a-string-secret-at-least-256-bits-long", id="a tutorial's secret"
        ),
        pytest.param("BAI_WX_DATABASE", "mysql://localhost/shop", id="another kind of database"),
        pytest.param("BAI_WX_DATABASE", "sqlite:///", id="sqlite without a file"),
        pytest.param("BAI_WX_DATABASE", "postgresql://a:hush@b:99999/c", id="A11-port-99999"),
        pytest.param("BAI_WX_DATABASE", "postgresql://a:hush@b:0/c", id="A11-port-0"),
        pytest.param("BAI_WX_DATABASE", "postgresql://a:hush@b:http/c", id="A11-port-in-words"),
        pytest.param("BAI_WX_DATABASE_READS", "postgresql://:hush@a/shop", id="standbys of SQLite"),
        pytest.param("BAI_WX_DATABASE_READS", "10.0.0.7", id="a standby without a scheme"),
        pytest.param("BAI_WX_FILES", "/srv/files", id="a folder for files"),
        pytest.param("BAI_WX_FILES", "s3://", id="s3 without a bucket"),
        pytest.param("BAI_WX_FILES", "s3://shop/../other", id="a prefix that climbs"),
        pytest.param("BAI_WX_FILES", "s3://Shop_1/a", id="a bucket no bucket is called"),
        pytest.param("BAI_WX_S3_ENDPOINT", "s3.example.com", id="an endpoint without a scheme"),
        pytest.param("WECHAT_API_BASE", "api.weixin.qq.com", id="an address without a scheme"),
        pytest.param("WECHAT_API_BASE", "https://a.cn/ x", id="an address with a space"),
        pytest.param("WECHAT_API_BASE", "https://me@a.cn", id="an address with a user"),
        pytest.param("BAI_WX_CORS_ORIGINS", "https://me@a.cn", id="an origin with a user"),
        pytest.param("BAI_WX_TRUSTED_PROXIES", "10.0.0.0/8,proxy", id="a proxy by name"),
        pytest.param("BAI_WX_CORS_ORIGINS", "example.com", id="an origin without a scheme"),
        pytest.param("BAI_WX_CORS_ORIGINS", "https://a.com/x", id="an origin with a path"),
        pytest.param("BAI_WX_LIMITS", "a lot", id="limits nobody can read"),
        pytest.param("BAI_WX_USER_LIMITS", "0/second", id="a limit that lets no user in"),
        pytest.param("BAI_WX_QUOTAS", "companies:few", id="a quota that is no number"),
        pytest.param("BAI_WX_QUOTAS", "firms:7", id="a quota nobody knows"),
        pytest.param("BAI_WX_CODE_LIMITS", "few", id="limits of codes nobody can read"),
        pytest.param("BAI_WX_REDIS", "localhost:6379", id="redis without a scheme"),
        pytest.param("BAI_WX_REDIS", "redis://:hush/hush@host/0", id="redis with a bare slash"),
        pytest.param(
            "BAI_WX_REDIS", "redis://:hush@host/0?fast=1", id="redis with an unknown option"
        ),
        pytest.param("BAI_WX_LOG", "chatty", id="an unknown log level"),
        pytest.param("BAI_WX_CHECK_RESPONSES", "maybe", id="neither yes nor no"),
        pytest.param("BAI_WX_SYNCHRONOUS", "off", id="a power cut that takes the file"),
        pytest.param("BAI_WX_BACKUP_TO", "backups", id="a folder below who knows what"),
        pytest.param("BAI_WX_BACKUP_TO", "s3://Shop_1", id="backups in no bucket"),
        pytest.param("BAI_WX_BACKUP_EVERY", "daily", id="an interval in words"),
        pytest.param("BAI_WX_BACKUP_EVERY", "30s", id="an interval of seconds"),
        pytest.param("BAI_WX_BACKUP_KEEP", "0", id="no backup to keep"),
        pytest.param("BAI_WX_PG_BIN", "/nowhere", id="programs in no folder"),
    ],
)
def test_an_unusable_value_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    """The message names the setting, and never shows a secret."""
    with pytest.raises(SettingsError, match=name) as refused:
        read(tmp_path, **{name: value})
    assert name != "BAI_WX_SECRET" or value not in str(refused.value)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("postgresql://a:hush@one,two", id="no database"),
        pytest.param("postgresql://a:hush@/shop?host=one,two,three&port=1,2", id="a port too few"),
        pytest.param("postgresql://a:hush@one:5432,two:99999/shop", id="A11-port-99999"),
        pytest.param(f"postgresql://a:hush@{','.join('abcdefghi')}/shop", id="nine hosts"),
        pytest.param("postgresql://a:hush%@one/shop", id="a password with a bare sign"),
        pytest.param("sqlite:////srv/shop.db", id="a file"),
    ],
)
def test_standbys_that_nobody_could_read_at_are_refused(tmp_path: Path, address: str) -> None:
    """At the start, by name, and without the password."""
    with pytest.raises(SettingsError, match="BAI_WX_DATABASE_READS") as refused:
        read(tmp_path, BAI_WX_DATABASE=SHOP, BAI_WX_DATABASE_READS=address)
    assert "hush" not in str(refused.value)


def test_standbys_are_named_together(tmp_path: Path) -> None:
    """Each has its port, or all the same."""
    address = "postgresql://a@one:5433,two:5434/shop"
    settings = read(tmp_path, BAI_WX_DATABASE=SHOP, BAI_WX_DATABASE_READS=address)
    assert settings.reads == address
    assert [each.shown for each in standbys_of(address, None)] == ["one:5433", "two:5434"]


def test_s3_without_its_extra_is_refused(tmp_path: Path) -> None:
    """With the command that brings it."""
    program = (
        "import sys; sys.modules['boto3'] = None; from bai_wx.process.settings import Settings;"
    )
    ask = f"{program} Settings.from_environment({{'BAI_WX_FILES': 's3://shop'}})"
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False)
    assert told.stderr.endswith("BAI_WX_FILES needs boto3: pip install 'bai-wx[s3]'\n")


def test_app_id_without_its_secret_is_refused(tmp_path: Path) -> None:
    """Half of WeChat's settings is a mistake."""
    with pytest.raises(SettingsError, match="WECHAT_SECRET"):
        read(tmp_path, WECHAT_APPID="wx1")


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    """Settings may be printed or logged."""
    settings = read(tmp_path, BAI_WX_SECRET=STRONG, WECHAT_APPID="wx1", WECHAT_SECRET="hush")
    assert STRONG not in repr(settings)
    assert "hush" not in repr(settings)


@pytest.mark.parametrize("name", ["WECHAT_API_BASE", "BAI_WX_S3_ENDPOINT", "BAI_WX_CORS_ORIGINS"])
def test_a_password_in_an_address_is_not_shown(tmp_path: Path, name: str) -> None:
    """The refusal goes to the log."""
    with pytest.raises(SettingsError, match=name) as refused:
        read(tmp_path, **{name: "https://me:hush@a.cn/ x"})
    assert "hush" not in str(refused.value)


def test_secret_is_made_once_for_everybody(tmp_path: Path) -> None:
    """Many processes that start at once agree on one secret, which only the owner may read."""
    found: list[str] = []
    gate = threading.Barrier(16)

    def start() -> None:
        gate.wait()
        found.append(read(tmp_path).secret)

    threads = [threading.Thread(target=start) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = tmp_path / "bai-wx-data" / "secret"
    assert set(found) == {kept.read_text().strip()}
    assert len(found[0]) >= 32
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [p.name for p in kept.parent.iterdir()] == ["secret"]


def test_a_weak_kept_secret_is_refused(tmp_path: Path) -> None:
    """Somebody's own short file is no better than a short setting."""
    settings = read(tmp_path)
    settings.make_home()
    (settings.home / "secret").write_text("hello")
    with pytest.raises(SettingsError, match="too short"):
        _ = settings.secret
