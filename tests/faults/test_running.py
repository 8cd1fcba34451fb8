"""Starting it, stopping it, and what damages it while it runs."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from tests import databases
from tests.api.pictures import picture
from tests.faults.conftest import Said
from tests.processes import children, is_running
from tests.running import Client, Server

STRONG = "k3Yw8vQz1nTb6RcXe0LmPfGh5sJd2uAi"
NOT_UTF_8 = "\udcff\udcfe"  # two bytes, as Python reads them from an environment
START_WAIT_S = 20  # then a start that should have failed is killed
WAIT_S = 40
WANTED = {"cart_product_id": "p9x2c5v8b1n4m7q", "cart_product_quantity": 1}

embedded = pytest.mark.skipif(databases.IS_POSTGRES, reason="about the embedded database")

replicable = pytest.mark.skipif(not databases.IS_POSTGRES, reason="about PostgreSQL")


def case(name: str) -> pytest.MarkDecorator:
    """The id of a fault that has one case."""
    return pytest.mark.parametrize("fault", [pytest.param(None, id=name)])


def eventually(is_so: Callable[[], bool], seconds: float = WAIT_S) -> bool:
    """Whether it becomes so in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return False


def serving(server: Server) -> list[int]:
    """The workers, without the stand-in."""
    assert server.process is not None
    found = []
    for pid in children(server.process.pid):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:  # it has just ended
            continue
        if b"bai_wx.wechat.standin" not in command:
            found.append(pid)
    return found


def answers(server: Server) -> bool:
    """Whether a new connection is answered."""
    try:
        return requests.get(f"{server.url}/pb/api/health", timeout=1).ok
    except requests.RequestException:
        return False


def add_to_cart(buyer: Client, quantity: int = 1) -> requests.Response:
    """Put the demo shop's first product into the cart."""
    (product,) = buyer.get("/collections/tbl_product_list/records?perPage=1").json()["items"]
    body = {"cart_product_id": product["id"], "cart_product_quantity": quantity}
    return buyer.hook("/cart/create", body)


# --- A11, E7: what is refused before the port is bound ---


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


def outcome(
    command: list[str], environment: dict[str, str], folder: Path
) -> tuple[int | None, str, str]:
    """What a start that should fail says. Returns: no status where it had to be killed."""
    with subprocess.Popen(
        command,
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=START_WAIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            return None, out, err
        return process.returncode, out, err


# --- A11, A16: workers that never live, and workers that hang ---


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


@case("A16-stopped-worker-is-replaced")
def test_a_worker_that_hangs_is_replaced(fault: None, tmp_path: Path, said: Said) -> None:
    """One that was halted, and would never run again."""
    with Server(tmp_path / "home") as server:
        (hanging,) = serving(server)
        os.kill(hanging, signal.SIGSTOP)
        try:
            replaced = eventually(
                lambda: serving(server) not in ([], [hanging]) and answers(server)
            )
            said("replaced" if replaced else "kept")
            assert replaced
            assert not is_running(hanging)
        finally:
            if is_running(hanging):
                os.kill(hanging, signal.SIGCONT)


# --- E3: the clock is set ---


@case("E3-clock-eight-days-on-and-back")
def test_a_clock_that_was_set_shuts_nobody_out(fault: None, tmp_path: Path, said: Said) -> None:
    """Eight days on, then back: who asked too often meanwhile may ask again after seconds.

    The machine's clock cannot be set here, so the server's own `time.time` is moved.
    """
    offset = tmp_path / "offset"
    offset.write_text("0")
    (tmp_path / "sitecustomize.py").write_text(
        "import time\n"
        "real = time.time\n"
        f"def moved(): return real() + float(open({str(offset)!r}).read() or 0)\n"
        "time.time = moved\n"
    )
    with Server(tmp_path / "home", BAI_WX_LIMITS="5/4 second", PYTHONPATH=str(tmp_path)) as server:
        client = Client(server.url)
        offset.write_text(str(8 * 24 * 3600))
        while_ahead = [client.get("/health").status_code for _ in range(8)]
        offset.write_text("0")
        refused = client.get("/health")
        told = refused.headers.get("Retry-After", "0")
        time.sleep(4.5)
        after = client.get("/health").status_code
        said(f"{while_ahead.count(429)} of 8 refused, then Retry-After {told}, then {after}")
        assert 429 in while_ahead
        assert int(told) <= 4
        assert after == 200


# --- E1, E2: signals, and the end ---


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(signal.SIGTERM, id="E1-term-drains"),
        pytest.param(signal.SIGQUIT, id="E1-quit-drains"),
        pytest.param(signal.SIGUSR1, id="E1-usr1-drains"),
        pytest.param(signal.SIGUSR2, id="E1-usr2-drains"),
    ],
)
def test_a_signal_to_stop_lets_requests_in_flight_end(
    tmp_path: Path, said: Said, sent: signal.Signals
) -> None:
    """A login that waits for WeChat is answered; the server ends with status 0 within five seconds."""
    with Server(tmp_path / "home", workers=2) as server:
        assert server.process is not None
        everybody = children(server.process.pid)
        with ThreadPoolExecutor(1) as pool:
            login = pool.submit(login_slowly, server.url)
            time.sleep(0.8)  # it has come, and waits for another 0.7 s at least
            server.process.send_signal(sent)
            answered = login.result()
        try:
            status: int | None = server.process.wait(6)
        except subprocess.TimeoutExpired:
            status = None
        said(f"login {answered}, exit {status}")
        assert (answered, status) == (200, 0)
        assert eventually(lambda: not any(map(is_running, everybody)), 5)


def login_slowly(url: str) -> int | str:
    """Log in with a WeChat that takes a second and a half. Returns: the status, or what went wrong."""
    try:
        body = {"users_wx_code": "slow-1.5-drained"}
        return Client(url).hook("/wechat/login", body).status_code
    except requests.RequestException as problem:
        return type(problem).__name__


@case("E1-hup-replaces-one-by-one")
def test_hup_replaces_the_workers(fault: None, tmp_path: Path, said: Said) -> None:
    """All are new, every request meanwhile is answered, and what `.env` says now holds."""
    with In(tmp_path, workers=2) as server:
        first = serving(server)
        (tmp_path / ".env").write_text("BAI_WX_CORS_ORIGINS=https://shop.example.com\n")
        assert server.process is not None
        server.process.send_signal(signal.SIGHUP)
        failed = 0

        def is_done() -> bool:
            nonlocal failed
            failed += not answers(server)
            now = serving(server)
            return len(now) == 2 and not set(now) & set(first)

        is_new = eventually(is_done)
        said(f"replaced {is_new}, {failed} requests failed, exit {server.process.poll()}")
        assert is_new
        assert failed == 0
        origin = {"Origin": "https://shop.example.com"}
        allowed = Client(server.url).get("/health", headers=origin).headers
        assert allowed["Access-Control-Allow-Origin"] == "https://shop.example.com"
        assert Client(server.url).login("after").data("/cart/list")["items"] == []


@case("E1-hup-with-bad-settings-keeps-the-old")
def test_hup_with_settings_that_cannot_be_used_changes_nothing(
    fault: None, tmp_path: Path, said: Said
) -> None:
    """The workers stay, and one line says why."""
    with In(tmp_path, workers=2) as server:
        first = serving(server)
        (tmp_path / ".env").write_text("BAI_WX_LIMITS=a lot\n")
        assert server.process is not None
        server.process.send_signal(signal.SIGHUP)
        named = eventually(lambda: "BAI_WX_LIMITS" in server.log, 20)
        said(f"named {named}, exit {server.process.poll()}")
        assert named
        assert sum("BAI_WX_LIMITS" in line for line in server.log.splitlines()) == 1
        assert eventually(lambda: serving(server) == first, 20)
        assert answers(server)


@pytest.mark.parametrize(
    ("printed", "is_replaced"),
    [
        pytest.param("print('hello')", True, id="E1-hup-with-a-python-that-says-hello"),
        pytest.param(
            "import atexit; atexit.register(print, 'bye')", False, id="E1-hup-with-words-at-the-end"
        ),
        pytest.param(
            "import atexit; atexit.register(print, '\\n[]', end='')", False, id="E1-hup-with-a-list"
        ),
    ],
)
def test_hup_outlives_what_others_print(
    tmp_path: Path, said: Said, printed: str, is_replaced: bool
) -> None:
    """The program that reads the settings is Python's, and a `sitecustomize` may print. Nobody dies of it."""
    switch = tmp_path / "switch"
    (tmp_path / "sitecustomize.py").write_text(
        f"import os\nif os.path.exists({str(switch)!r}):\n    {printed}\n"
    )
    with In(tmp_path, workers=2, PYTHONPATH=str(tmp_path)) as server:
        first = serving(server)
        switch.touch()
        assert server.process is not None
        server.process.send_signal(signal.SIGHUP)
        told = "read anew" if is_replaced else "stay as they were"
        is_told = eventually(lambda: told in server.log or server.process.poll() is not None, 20)  # type: ignore[union-attr]
        said(f"told {is_told}, exit {server.process.poll()}")
        assert told in server.log
        assert server.process.poll() is None
        assert answers(server)
        if not is_replaced:
            assert serving(server) == first


class In(Server):
    """A server whose working directory is the test's, so that its `.env` is read."""

    def __init__(self, folder: Path, **options: Any) -> None:
        super().__init__(folder / "home", **options)
        self._settings.pop("BAI_WX_LIMITS")
        self._folder = folder

    def spawn(self, port: int = 0) -> None:
        """Start there."""
        with contextlib.chdir(self._folder):
            super().spawn(port)


@embedded
@pytest.mark.parametrize(
    "workers", [pytest.param(1, id="E2-one-worker"), pytest.param(3, id="E2-three-workers")]
)
def test_after_a_stop_the_file_alone_is_whole(tmp_path: Path, said: Said, workers: int) -> None:
    """A copy of the `.db` without its `-wal` has the last order."""
    with Server(tmp_path / "home", workers=workers) as server:
        buyer = Client(server.url).login("last")
        assert add_to_cart(buyer).status_code == 200
        order = buyer.data("/order/create", {"order_source": "cart", "cart_ids": cart_ids(buyer)})
    copied = tmp_path / "copy.db"
    shutil.copy(server.database, copied)
    with closing(sqlite3.connect(copied)) as database:
        found = database.execute(
            "SELECT count(*) FROM tbl_order WHERE order_id = ?", (order["order_id"],)
        ).fetchone()[0]
    said(f"{found} of 1 order in the copy")
    assert found == 1


def cart_ids(buyer: Client) -> list[str]:
    """The lines of the cart."""
    return [line["cart_id"] for line in buyer.data("/cart/list")["items"]]


# --- E6: a proxy nobody named ---


@case("E6-proxy-that-is-not-trusted")
def test_a_proxy_that_is_not_trusted_is_told(fault: None, tmp_path: Path, said: Said) -> None:
    """One warning that names the setting, however many requests it forwards."""
    with Server(tmp_path / "home", BAI_WX_LIMITS="300/10 second") as server:
        for number in range(5):
            Client(server.url).get("/health", headers={"X-Forwarded-For": f"203.0.113.{number}"})
        told = [line for line in server.log.splitlines() if "BAI_WX_TRUSTED_PROXIES" in line]
        said(f"{len(told)} warnings: {told[:1]}")
        assert len(told) == 1


@case("E6-trusted-proxy")
def test_a_trusted_proxy_is_not_told(fault: None, tmp_path: Path, said: Said) -> None:
    """It was named, and its clients are counted one by one."""
    trusted = {"BAI_WX_LIMITS": "5/hour", "BAI_WX_TRUSTED_PROXIES": "127.0.0.1"}
    with Server(tmp_path / "home", **trusted) as server:
        ask = [f"203.0.113.{number}" for number in range(9)]
        statuses = {
            Client(server.url).get("/health", headers={"X-Forwarded-For": each}).status_code
            for each in ask
        }
        told = "BAI_WX_TRUSTED_PROXIES" in server.log
        said(f"answers {sorted(statuses)}, warned {told}")
        assert (statuses, told) == ({200}, False)


@case("E6-doctor")
def test_doctor_says_whether_a_proxy_is_named(fault: None, tmp_path: Path, said: Said) -> None:
    """It cannot know whether there is one."""
    server = Server(tmp_path / "home")
    server.command("migrate")
    lines = server.command("doctor", check=False).stdout
    said(next((line for line in lines.splitlines() if "limits" in line), "nothing of limits"))
    assert "BAI_WX_TRUSTED_PROXIES" in lines


# --- E4: damage ---


def fill(server: Server) -> None:
    """Make the database some megabytes large, so that there are pages to damage."""
    text = "wall plug " * 800
    rows = [
        {
            "document_title": f"Document {n}",
            "document_content": text,
            "document_status": "published",
        }
        for n in range(500)
    ]
    server.take({"tbl_document": rows})


def overwrite(path: Path, pages: int = 400, first: int = 60) -> None:
    """Write noise over pages in the middle of the file."""
    with path.open("r+b") as file:
        size = path.stat().st_size // 4096
        assert size > first + pages
        file.seek(first * 4096)
        file.write(os.urandom(pages * 4096))


@embedded
@case("E4-400-pages-overwritten-before-the-start")
def test_a_damaged_database_is_not_served(fault: None, tmp_path: Path, said: Said) -> None:
    """One line that says so, and exit status 1."""
    with Server(tmp_path / "home") as server:
        fill(server)
    with closing(sqlite3.connect(server.database)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    overwrite(server.database)
    status, out, err = outcome(server.serving(0), server.environment, tmp_path)
    said(f"exit {status}; {out.strip()} {err.strip()}")
    assert status == 1
    assert "http://" not in out
    (line,) = err.splitlines()
    assert "damaged" in line


@embedded
@case("E4-first-page-overwritten-before-the-start")
def test_what_is_no_database_is_not_served(fault: None, tmp_path: Path, said: Said) -> None:
    """The header is gone: not even opening it works."""
    with Server(tmp_path / "home") as server:
        pass
    overwrite(server.database, pages=1, first=0)
    status, out, err = outcome(server.serving(0), server.environment, tmp_path)
    said(f"exit {status}; {out.strip()} {err.strip()}")
    assert status == 1
    assert "http://" not in out
    (line,) = err.splitlines()
    assert "BAI_WX_DATABASE" in line


@embedded
@case("E4-400-pages-overwritten-while-it-serves")
def test_damage_met_while_serving_ends_the_writes(fault: None, tmp_path: Path, said: Said) -> None:
    """Reads that meet it are 503, and so is every write from then on; a line in the log, no trace."""
    with Server(tmp_path / "home") as server:
        fill(server)
        buyer = Client(server.url).login("buyer")
        assert add_to_cart(buyer).status_code == 200
        lines = cart_ids(buyer)
        with closing(sqlite3.connect(server.database)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        overwrite(server.database)
        path = "/collections/tbl_document/records?perPage=100&page="
        reads = {buyer.get(f"{path}{page}").status_code for page in range(1, 6)}
        order = buyer.hook("/order/create", {"order_source": "cart", "cart_ids": lines})
        log = server.log
        told = sum("is damaged" in line for line in log.splitlines())
        said(f"reads {sorted(reads)}, order {order.status_code}, Traceback {'Traceback' in log}")
        assert 503 in reads
        assert reads <= {200, 503}
        assert order.status_code == 503
        assert int(order.headers["Retry-After"]) >= 1
        assert told == 1
        assert "Traceback" not in log


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


@replicable
@case("A11-client-encoding-of-the-surroundings")
def test_the_connections_encoding_is_ours(fault: None, tmp_path: Path, said: Said) -> None:
    """`PGCLIENTENCODING` is set for other programs: Chinese is written and read all the same."""
    with Server(tmp_path / "home", PGCLIENTENCODING="LATIN1") as server:
        buyer = Client(server.url).login("buyer")
        answer = buyer.hook("/cart/create", {**WANTED, "cart_remark": "备注"})
        said(answer.status_code)
        assert answer.status_code == 200
        assert answer.json()["data"]["cart_remark"] == "备注"


def execute(address: str, *statements: str) -> None:
    """Run statements outside of a transaction."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def renamed(address: str, name: str) -> str:
    """The address of another database of the same server."""
    before, _, query = address.partition("?")
    return f"{before.rpartition('/')[0]}/{name}?{query}"


REFUSE_AT_COMMIT = (
    "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$",
    *(
        f"CREATE CONSTRAINT TRIGGER no_{table} AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION no()"
        for table in ("tbl_attachments", "tbl_cart", "tbl_auth_users")
    ),
)
"""A disk that is full when the transaction ends."""


@replicable
@case("E4-commit-that-fails-late")
def test_what_fails_at_the_commit_is_not_answered_as_done(
    fault: None, tmp_path: Path, said: Said
) -> None:
    """503 for every kind of write; of an upload no file is left, and a key is free for another try."""
    with Server(tmp_path / "home") as server:
        user = Client(server.url).login("late")
        add = {"json": WANTED, "headers": {"Idempotency-Key": "the-same-line"}}
        kept = stored(server)
        execute(server.address, *REFUSE_AT_COMMIT)
        refused = [
            upload(user),
            user.request("POST", "/cart/create", **add),
            Client(server.url).hook("/wechat/login", {"users_wx_code": "demo-later"}),
        ]
        left = stored(server) - kept
        execute(server.address, "DROP FUNCTION no CASCADE")
        again = [upload(user), user.request("POST", "/cart/create", **add)]
        told = [answer.status_code for answer in refused]
        said(f"{told}, files left {len(left)}, then {[a.status_code for a in again]}")
        assert told == [503, 503, 503]
        assert left == set()
        assert [answer.status_code for answer in again] == [200, 200]
        assert again[1].json()["data"]["cart_product_quantity"] == 1
        assert "Traceback" not in server.log


def stored(server: Server) -> set[Path]:
    """The uploaded files."""
    return {path for path in (server.home / "files").rglob("*") if path.is_file()}


@replicable
@case("E4-postgresql-damaged-while-it-serves")
def test_damage_that_postgresql_meets(fault: None, tmp_path: Path, said: Said) -> None:
    """What reads the damaged table is 503 with a line in the log; what does not is answered."""
    cluster = databases.Cluster()
    try:
        with Server(tmp_path / "home", BAI_WX_DATABASE=cluster.address) as server:
            buyer = Client(server.url).login("buyer")
            assert add_to_cart(buyer).status_code == 200
            cluster.overwrite("tbl_cart")
            damaged = [
                buyer.get("/collections/tbl_cart/records"),
                buyer.hook("/cart/list"),
                buyer.hook("/cart/create", WANTED),
            ]
            well = buyer.get("/collections/tbl_product_list/records").status_code
            told = [answer.status_code for answer in damaged]
            said(f"{told}, another table {well}")
            assert told == [503, 503, 503]
            assert well == 200
            assert all(int(answer.headers["Retry-After"]) >= 1 for answer in damaged)
            assert "Traceback" not in server.log
            assert buyer.openid not in server.log
    finally:
        cluster.remove()


# --- E7: the file is gone, a table is missing ---


@embedded
@pytest.mark.parametrize(
    "replaced",
    [
        pytest.param(False, id="E7-database-deleted-while-it-serves"),
        pytest.param(True, id="E7-database-replaced-while-it-serves"),
    ],
)
def test_a_database_that_is_gone_is_not_written_to(
    tmp_path: Path, said: Said, replaced: bool
) -> None:
    """No write is acknowledged, no new database appears, not even by a worker that replaces another."""
    with Server(tmp_path / "home", workers=2) as server:
        buyer = Client(server.url).login("buyer")
        backup = tmp_path / "backup.db"
        with closing(sqlite3.connect(server.database)) as database:
            database.execute("VACUUM INTO ?", (str(backup),))
        for suffix in ("", "-wal", "-shm"):
            Path(f"{server.database}{suffix}").unlink(missing_ok=True)
        if replaced:
            backup.rename(server.database)
        there = server.database.stat().st_size if replaced else 0
        statuses = [buyer.hook("/cart/create", WANTED).status_code for _ in range(8)]
        first = serving(server)
        os.kill(first[0], signal.SIGKILL)
        eventually(lambda: len(set(serving(server)) - set(first)) == 1)
        eventually(lambda: answers(server))
        statuses += [buyer.hook("/cart/create", WANTED).status_code for _ in range(8)]
        now = server.database.stat().st_size if server.database.exists() else 0
        said(f"writes {sorted(set(statuses))}, file of {now} bytes, was {there}")
        assert set(statuses) == {503}
        assert now == there
        assert sum("nothing is written" in line for line in server.log.splitlines()) >= 1
        assert "Traceback" not in server.log


def _a_file(files: Path) -> None:
    files.write_text("")


def _a_dead_link(files: Path) -> None:
    files.symlink_to(files.parent / "unmounted")


def _a_folder_of_files(files: Path) -> None:
    files.mkdir()
    (files / "tbl_attachments").write_text("")


@pytest.mark.parametrize(
    "stands_there",
    [
        pytest.param(_a_file, id="E7-files-are-a-file"),
        pytest.param(_a_dead_link, id="E7-files-are-a-dead-link"),
        pytest.param(_a_folder_of_files, id="E7-files-have-no-folder-of-the-collection"),
    ],
)
def test_an_upload_that_cannot_be_kept_may_come_again(
    tmp_path: Path, said: Said, stands_there: Callable[[Path], None]
) -> None:
    """503 with one line in the log, and no row; once the folder is back it is taken under the same key."""
    with Server(tmp_path / "home") as server:
        user = Client(server.url).login("uploader")
        files, away = server.home / "files", server.home / "away"
        files.rename(away)
        stands_there(files)
        refused = upload(user)
        rows = server.rows(
            "SELECT id FROM tbl_attachments WHERE attachments_owner = ?", user.openid
        )
        if files.is_dir():
            shutil.rmtree(files)
        else:
            files.unlink()
        away.rename(files)
        again = upload(user)
        said(f"{refused.status_code}, {len(rows)} rows, then {again.status_code}")
        assert (refused.status_code, rows, again.status_code) == (503, [], 200)
        assert int(refused.headers["Retry-After"]) >= 1
        assert "Traceback" not in server.log


def upload(user: Client) -> requests.Response:
    """Upload a picture, under one key."""
    return user.request(
        "POST",
        "/collections/tbl_attachments/records",
        files={"attachments_link": ("wall.png", picture("PNG"), "image/png")},
        headers={"Idempotency-Key": "the-same-upload"},
    )


@embedded
@case("E7-log-deleted-while-it-serves")
def test_a_log_that_is_gone_is_not_written_to(fault: None, tmp_path: Path, said: Said) -> None:
    """What is committed to a `-wal` without a name is lost: nothing is, and what was is saved."""
    with Server(tmp_path / "home", workers=2) as server:
        buyer = Client(server.url).login("buyer")
        assert [buyer.hook("/cart/create", WANTED).status_code for _ in range(5)] == [200] * 5
        Path(f"{server.database}-wal").unlink()
        time.sleep(0.2)  # it is looked at some twenty times a second
        statuses = {buyer.hook("/cart/create", WANTED).status_code for _ in range(6)}
        told = eventually(lambda: "has lost its log" in server.log, 20)
        first = serving(server)
        os.kill(first[0], signal.SIGKILL)
        eventually(lambda: len(set(serving(server)) - set(first)) == 1)
        eventually(lambda: answers(server))
        later = Client(server.url, buyer.token)
        statuses |= {later.hook("/cart/create", WANTED).status_code for _ in range(6)}
        assert server.log.count("has lost its log") == 1
    with server:
        found = Client(server.url, buyer.token).data("/cart/list")["items"]
        said(f"writes {statuses}, told {told}, then {found[0]['cart_product_quantity']} of 5")
        assert statuses == {503}
        assert told
        assert [line["cart_product_quantity"] for line in found] == [5]
        assert "Traceback" not in server.log


@embedded
@case("E7-missing-table-at-start")
def test_a_database_without_a_table_is_not_served(fault: None, tmp_path: Path, said: Said) -> None:
    """It is a defect, which no waiting mends."""
    with Server(tmp_path / "home") as server:
        pass
    server.write("DROP TABLE tbl_document")
    status, out, err = outcome(server.serving(0), server.environment, tmp_path)
    said(f"exit {status}; {out.strip()} {err.strip()}")
    assert status == 1
    (line,) = err.splitlines()
    assert "tbl_document" in line


@case("E7-missing-table-while-it-serves")
def test_a_table_that_goes_missing_is_a_defect(fault: None, tmp_path: Path, said: Said) -> None:
    """500, which says that waiting does not help, and the log names it."""
    with Server(tmp_path / "home") as server:
        server.write("DROP TABLE tbl_document")
        answer = Client(server.url).get("/collections/tbl_document/records")
        said(f"{answer.status_code}, Retry-After {answer.headers.get('Retry-After')}")
        assert answer.status_code == 500
        assert "Retry-After" not in answer.headers
        assert "tbl_document" in server.log


@case("E7-order-while-an-import-reads")
def test_an_order_does_not_wait_for_an_import(fault: None, tmp_path: Path, said: Said) -> None:
    """The import reads a pipe that gives its last row after the order; all its rows are there then."""
    folder = tmp_path / "rows"
    folder.mkdir()
    pipe = folder / "tbl_document.jsonl"
    os.mkfifo(pipe)
    row = (
        '{"document_title": "Imported", "document_status": "published", "document_content": "x"}\n'
    )
    with Server(tmp_path / "home") as server:
        buyer = Client(server.url).login("buyer")
        with ThreadPoolExecutor(1) as pool:
            importing = pool.submit(server.command, "import", str(folder), check=False)
            with pipe.open("w") as rows:
                rows.write(row * 5000)
                rows.flush()
                status = buyer.hook("/cart/create", WANTED).status_code
                rows.write(row)
            done = importing.result()
        found = server.rows(
            "SELECT count(*) AS n FROM tbl_document WHERE document_title = 'Imported'"
        )
        said(f"write {status}, import {done.returncode}, {found[0]['n']} rows")
        assert (status, done.returncode, found[0]["n"]) == (200, 0, 5001)
