"""What stops a start, and what it says: operations and functions without their other half, port, settings."""

import socket
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest

from tests.databases import without_sql
from tests.running import Server
from tests.tree import ROOT

PACKAGES = ("bai_wx", "handlers", "models", "spec")


def serve(server: Server, *arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Start `serve` where it must stop by itself, from the code in `folder`."""
    return subprocess.run(
        [sys.executable, "-m", "bai_wx.cli.main", "serve", *arguments],
        cwd=folder,
        env={**server.environment, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.fixture
def home(tmp_path: Path) -> Server:
    """A home that was never served."""
    return Server(tmp_path / "home")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project's code in a folder of its own, to be broken."""
    folder = tmp_path / "copy"
    for name in PACKAGES:
        copytree(ROOT / name, folder / name)
    return folder


@without_sql
def test_operation_and_function_without_their_other_half_stop_the_start(
    home: Server, copy: Path
) -> None:
    """Both are named, each with its module."""
    system = copy / "spec" / "openapi-wx" / "system.yaml"
    text = system.read_text(encoding="utf-8")
    assert "operationId: users_count\n" in text
    system.write_text(
        text.replace("operationId: users_count\n", "operationId: users_tally\n"), encoding="utf-8"
    )
    stopped = serve(home, "--port", "0", "--demo", folder=copy)
    assert stopped.returncode != 0
    assert "users_tally" in stopped.stderr
    assert "users_count" in stopped.stderr
    assert "http://" not in stopped.stdout


@without_sql
def test_function_without_an_operation_stops_the_start(home: Server, copy: Path) -> None:
    """Even when every operation has its function."""
    module = copy / "handlers" / "cart.py"
    module.write_text(
        module.read_text(encoding="utf-8") + "\n\ndef cart_forgotten() -> None:\n    return None\n",
        encoding="utf-8",
    )
    stopped = serve(home, "--port", "0", "--demo", folder=copy)
    assert stopped.returncode != 0
    assert "cart_forgotten" in stopped.stderr


@without_sql
def test_broken_contract_stops_the_start_with_file_and_pointer(home: Server, copy: Path) -> None:
    """A `$ref` that leads nowhere is blamed where it stands."""
    cart = copy / "spec" / "openapi-wx" / "cart.yaml"
    text = cart.read_text(encoding="utf-8")
    assert "'#/components/schemas/CartListRequest'" in text
    cart.write_text(
        text.replace("'#/components/schemas/CartListRequest'", "'#/components/schemas/Nowhere'"),
        encoding="utf-8",
    )
    stopped = serve(home, "--port", "0", "--demo", folder=copy)
    assert stopped.returncode != 0
    assert "cart.yaml#/paths/cartList" in stopped.stderr
    assert "Nowhere" in stopped.stderr


@without_sql
def test_taken_port_stops_the_start_at_once(home: Server) -> None:
    """It names the address; nothing is left behind."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        stopped = serve(home, "--port", str(port), "--demo")
    assert stopped.returncode != 0
    assert str(port) in stopped.stderr
    assert "Traceback" not in stopped.stderr


@without_sql
def test_missing_app_id_stops_the_start(home: Server) -> None:
    """Without one only `--demo` serves, and the message says so."""
    stopped = serve(home, "--port", "0")
    assert stopped.returncode != 0
    assert "WECHAT_APPID" in stopped.stderr
    assert "--demo" in stopped.stderr
    assert "Traceback" not in stopped.stderr


@without_sql
@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("BAI_WX_SECRET", "tiny-s3cret", id="a short secret"),
        pytest.param("BAI_WX_SECRET", "changeme" * 5, id="a well-known secret"),
        pytest.param("BAI_WX_SECRET", "a" * 64, id="a secret of one letter"),
        pytest.param("BAI_WX_LIMITS", "many", id="limits that cannot be read"),
        pytest.param("BAI_WX_DATABASE", "mysql://a/b", id="a database there is not"),
        pytest.param("BAI_WX_LOG", "loud", id="a log level there is not"),
        pytest.param("BAI_WX_TRUSTED_PROXIES", "everyone", id="proxies that are no addresses"),
        pytest.param("BAI_WX_CORS_ORIGINS", "shop", id="an origin that is none"),
    ],
)
def test_setting_that_cannot_be_used_stops_the_start(tmp_path: Path, name: str, value: str) -> None:
    """It is named; a secret is never shown."""
    stopped = serve(Server(tmp_path / "home", **{name: value}), "--port", "0", "--demo")
    assert stopped.returncode != 0
    assert name in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert name != "BAI_WX_SECRET" or value not in stopped.stderr


@without_sql
def test_stand_in_never_runs_beside_a_real_app_id(tmp_path: Path) -> None:
    """Else anyone could log in as anyone."""
    server = Server(tmp_path / "home", WECHAT_APPID="wx1234567890abcdef", WECHAT_SECRET="s" * 32)
    stopped = serve(server, "--port", "0", "--demo")
    assert stopped.returncode != 0
    assert "WECHAT_APPID" in stopped.stderr


def test_empty_home_is_filled_and_the_secret_is_private(tmp_path: Path) -> None:
    """Database and secret are made at the first start; the secret is the owner's alone."""
    with Server(tmp_path / "deep" / "home") as server:
        assert (server.home / "secret").stat().st_mode & 0o777 == 0o600
        assert server.rows("SELECT COUNT(*) AS n FROM tbl_product_list")[0]["n"] > 0
