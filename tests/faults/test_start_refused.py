"""What it does not start with: each is named in one line, before the port is bound.

Covers: bai_wx/process/expected_errors.py, bai_wx/process/serve.py
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.databases import without_sql
from tests.faults.conftest import Said
from tests.faults.steps import case, execute, outcome, replicable
from tests.running import STRONG, Server

NOT_UTF_8 = "\udcff\udcfe"  # two bytes, as Python reads them from an environment


def _secret(text: str) -> Callable[[Path], None]:
    return lambda home: (home / "secret").write_text(text) and None


def _folder_as_database(home: Path) -> None:
    (home / "bai-wx.db").mkdir()


def _files_as_file(home: Path) -> None:
    (home / "files").write_text("")


def _files_lead_nowhere(home: Path) -> None:
    (home / "files").symlink_to(home / "unmounted")


def _nothing(home: Path) -> None:
    """Only a setting is wrong."""


@without_sql
@pytest.mark.parametrize(
    ("spoil", "settings", "arguments", "named"),
    [
        pytest.param(_secret("short"), {}, [], "secret", id="A11-secret-file-short"),
        pytest.param(_secret(""), {}, [], "secret", id="A11-secret-file-empty"),
        pytest.param(_secret("é" * 40), {}, [], "secret", id="A11-secret-file-not-ascii"),
        pytest.param(
            _nothing,
            {"WECHAT_API_BASE": "http://127.0.0.1:99999"},
            [],
            "WECHAT_API_BASE",
            id="A11-wechat-port-too-large",
        ),
        pytest.param(
            _nothing,
            {"WECHAT_API_BASE": "http://127.0.0.1:port"},
            [],
            "WECHAT_API_BASE",
            id="A11-wechat-port-no-number",
        ),
        pytest.param(
            _nothing,
            {"BAI_WX_S3_ENDPOINT": "http://127.0.0.1:99999"},
            [],
            "BAI_WX_S3_ENDPOINT",
            id="A11-s3-port-too-large",
        ),
        pytest.param(
            _nothing,
            {"BAI_WX_CORS_ORIGINS": "http://a.example:99999"},
            [],
            "BAI_WX_CORS_ORIGINS",
            id="A11-origin-port-too-large",
        ),
        pytest.param(
            _nothing,
            {"BAI_WX_DATABASE": "sqlite:////nowhere/at/all/shop.db"},
            [],
            "BAI_WX_DATABASE",
            id="A11-database-without-folder",
        ),
        pytest.param(
            _folder_as_database,
            {"BAI_WX_DATABASE": ""},
            [],
            "BAI_WX_DATABASE",
            id="A11-database-is-folder",
        ),
        pytest.param(_files_as_file, {}, [], "files", id="A11-files-is-no-folder"),
        pytest.param(_files_lead_nowhere, {}, [], "files", id="A11-files-is-a-link-to-nowhere"),
        pytest.param(
            _nothing,
            {"BAI_WX_SECRET": STRONG + NOT_UTF_8},
            [],
            "BAI_WX_SECRET",
            id="A11-secret-not-utf-8",
        ),
        pytest.param(
            _nothing,
            {"BAI_WX_CORS_ORIGINS": "https://shop" + NOT_UTF_8},
            [],
            "BAI_WX_CORS_ORIGINS",
            id="A11-origin-not-utf-8",
        ),
        pytest.param(
            _nothing,
            {"WECHAT_APPID": "wx1\r\nwx2", "WECHAT_SECRET": STRONG},
            [],
            "WECHAT_APPID",
            id="A11-appid-of-two-lines",
        ),
        pytest.param(
            _nothing,
            {"WECHAT_API_BASE": "http://api..example"},
            [],
            "WECHAT_API_BASE",
            id="A11-wechat-host-with-an-empty-label",
        ),
        pytest.param(
            _nothing,
            {"BAI_WX_REDIS": "redis://cache..example:6379/0"},
            [],
            "BAI_WX_REDIS",
            id="A11-redis-host-with-an-empty-label",
        ),
        pytest.param(
            _nothing,
            {"BAI_WX_DATABASE": "sqlite:///file:shop?mode=memory"},
            [],
            "BAI_WX_DATABASE",
            id="A11-database-with-options-of-sqlites-own",
        ),
        pytest.param(
            _nothing,
            {"BAI_WX_DATABASE": "postgresql://"},
            [],
            "BAI_WX_DATABASE",
            id="A11-database-without-a-name",
        ),
        pytest.param(
            _nothing,
            {"BAI_WX_LIMITS": f"1/{'9' * 400} second"},
            [],
            "BAI_WX_LIMITS",
            id="A11-limit-that-counts-for-ever",
        ),
        pytest.param(
            _nothing, {"BAI_WX_LIMITS": "0/second"}, [], "BAI_WX_LIMITS", id="E7-limit-of-nothing"
        ),
        pytest.param(
            _nothing,
            {"BAI_WX_LIMITS": "10/0 second"},
            [],
            "BAI_WX_LIMITS",
            id="E7-limit-in-no-time",
        ),
        pytest.param(
            _nothing,
            {"BAI_WX_DATABASE": "sqlite:///:memory:"},
            [],
            "BAI_WX_DATABASE",
            id="E7-database-in-memory",
        ),
        pytest.param(_nothing, {}, ["--host", ""], "--host", id="E7-host-empty"),
    ],
)
def test_it_does_not_start_with_a_setting_it_cannot_use(
    tmp_path: Path,
    said: Said,
    spoil: Callable[[Path], None],
    settings: dict[str, str],
    arguments: list[str],
    named: str,
) -> None:
    """One line on stderr that names it, exit status 1, and no address was ever told."""
    server = Server(tmp_path / "home", **settings)
    server.home.mkdir()
    spoil(server.home)
    status, out, err = outcome([*server.serving(0), *arguments], server.environment, tmp_path)
    said(f"exit {status}; {out.strip()} {err.strip()}")
    assert status == 1
    assert "http://" not in out
    (line,) = err.splitlines()
    assert named in line


@without_sql
@case("E7-dotenv-in-gbk")
def test_a_dotenv_in_another_encoding_is_named(fault: None, tmp_path: Path, said: Said) -> None:
    """GBK, as an editor on Windows may write it."""
    server = Server(tmp_path / "home")
    (tmp_path / ".env").write_bytes("BAI_WX_LOG=info # 日志\n".encode("gbk"))
    status, out, err = outcome(server.serving(0), server.environment, tmp_path)
    said(f"exit {status}; {err.strip()}")
    assert status == 1
    assert "http://" not in out
    (line,) = err.splitlines()
    assert ".env" in line


@without_sql
@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b'SHOP="a\0b"', id="A11-dotenv-value-with-a-nul"),
        pytest.param(b"'a=b'=c", id="A11-dotenv-name-with-an-equals-sign"),
    ],
)
def test_a_dotenv_that_no_environment_can_hold_is_named(
    tmp_path: Path, said: Said, line: bytes
) -> None:
    """Workers that replace others get it in their environment."""
    server = Server(tmp_path / "home")
    (tmp_path / ".env").write_bytes(line + b"\n")
    status, out, err = outcome(server.serving(0), server.environment, tmp_path)
    said(f"exit {status}; {out.strip()} {err.strip()}")
    assert status == 1
    assert "http://" not in out
    (told,) = err.splitlines()
    assert ".env" in told


@without_sql
@case("A11-no-worker-ever-came-up")
def test_it_gives_up_when_no_worker_ever_came_up(fault: None, tmp_path: Path, said: Said) -> None:
    """Every worker fails at its start: the supervisor ends, with status 1 and a line."""
    server = Server(tmp_path / "home", workers=2)
    folder = tmp_path / "broken"
    folder.mkdir()
    # What breaks a worker alone: it is the only process of the server that runs an event loop.
    (folder / "sitecustomize.py").write_text(
        "import asyncio\n"
        "def fail(*_, **__): raise RuntimeError('no loop')\n"
        "asyncio.Runner.__enter__ = asyncio.run = fail\n"
    )
    environment = {**server.environment, "PYTHONPATH": str(folder)}
    status, _, err = outcome(server.serving(0), environment, tmp_path)
    said(f"exit {status}; {err.strip().splitlines()[-1:]}")
    assert status == 1
    assert "giving up" in err


@replicable
@case("A11-database-not-utf-8")
def test_a_database_of_another_encoding_is_not_served(
    fault: None, tmp_path: Path, said: Said
) -> None:
    """Each Chinese word would be refused, one by one."""
    server = Server(tmp_path / "home")
    name = f"latin_{os.urandom(4).hex()}"
    make = f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
    execute(server.address, make)
    address = renamed(server.address, name)
    environment = {**server.environment, "BAI_WX_DATABASE": address}
    status, out, err = outcome(server.serving(0), environment, tmp_path)
    said(f"exit {status}; {out.strip()} {err.strip()}")
    assert status == 1
    assert "http://" not in out
    (line,) = err.splitlines()
    assert "LATIN1" in line


def renamed(address: str, name: str) -> str:
    """The address of another database of the same server."""
    before, _, query = address.partition("?")
    return f"{before.rpartition('/')[0]}/{name}?{query}"
