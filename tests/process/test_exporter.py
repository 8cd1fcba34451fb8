"""Prometheus reads `/metrics`, on an address of its own or with a token, also while a worker is replaced.

Covers: bai_wx/process/sampled.py, bai_wx/wechat/observed.py
"""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from bai_wx import metrics
from bai_wx.process.quiet import quiet_import
from bench.peers import free_port
from tests import databases
from tests.faults.steps import In, eventually
from tests.running import START_S, Client, Server
from tests.tree import ROOT

with quiet_import():
    from bai_wx.process.sampled import SAMPLED

TOKEN = "scrape-token-0123456789"
LINE = re.compile(r"^([a-z_]+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
WAIT_S = 20


class Scraped(Server):
    """A server that says where its metrics are."""

    metrics = ""

    def await_health(self) -> None:
        """Read the second line, too."""
        super().await_health()
        assert self.process is not None
        assert self.process.stdout is not None
        while "metrics:" not in (line := self.process.stdout.readline()):
            assert line
        self.metrics = line.split()[1]

    def scrape(self) -> dict[str, float]:
        """Every line, by name and labels."""
        answer = requests.get(self.metrics, timeout=10)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return {
            f"{name}{{{labels}}}" if labels else name: float(value)
            for name, labels, value in LINE.findall(answer.text)
        }


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scraped]:
    """Two workers, with metrics on a port of their own."""
    home = tmp_path_factory.mktemp("scraped") / "home"
    with Scraped(home, workers=2, BAI_WX_METRICS="127.0.0.1:0") as server:
        yield server


def answered(lines: dict[str, float], operation: str, status: int) -> float:
    """How many requests an operation answered with a status."""
    labels = f'operation="{operation}",status="{status}"'
    return lines.get(f"bai_wx_request_duration_seconds_count{{{labels}}}", 0)


def test_requests_are_counted_exactly(shop: Scraped) -> None:
    """Of both workers, on both lanes, refused ones too; each histogram's last bucket is its count."""
    before = shop.scrape()
    buyer = Client(shop.url).login("counted")
    guest = Client(shop.url)
    for _ in range(30):
        guest.get("/health")
    for _ in range(7):
        guest.hook("/cart/list")
        buyer.hook("/cart/list")
        guest.get("/nothing")
        guest.get("/openapi.json")
        requests.get(f"{shop.url}/console", timeout=30, allow_redirects=False)
    after = shop.scrape()
    grown = {name: value - before.get(name, 0) for name, value in after.items()}
    assert answered(grown, "health", 200) == 30
    assert answered(grown, "cart_list", 401) == answered(grown, "cart_list", 200) == 7
    assert answered(grown, "", 404) == 7
    assert sum(answered(grown, "console", status) for status in (303, 307)) == 7
    assert answered(grown, "openapi_document", 200) == 7
    assert answered(grown, "wechat_login", 200) == 1
    for name, value in after.items():
        if name.startswith("bai_wx_request_duration_seconds_count"):
            last = name.replace("_count{", "_bucket{").replace("}", ',le="+Inf"}')
            assert after[last] == value


def test_what_is_under_the_requests_is_counted(shop: Scraped) -> None:
    """WeChat's answers, commits with their rows, caches, waits."""
    before = shop.scrape()
    buyer = Client(shop.url).login("below")
    (product,) = buyer.get("/collections/tbl_product_list/records?perPage=1").json()["items"]
    for _ in range(3):
        buyer.data("/cart/create", {"cart_product_id": product["id"], "cart_product_quantity": 1})
        buyer.get("/collections/tbl_product_list/records?perPage=1")
    Client(shop.url).hook("/wechat/login", {"users_wx_code": "err-40029"})
    after = shop.scrape()
    grown = {name: value - before.get(name, 0) for name, value in after.items()}
    assert grown['bai_wx_wechat_answers_total{call="login",errcode="0"}'] == 1
    assert grown['bai_wx_wechat_answers_total{call="login",errcode="40029"}'] == 1
    assert grown['bai_wx_wechat_duration_seconds_count{call="login"}'] == 2
    assert 2 <= grown["bai_wx_commits_total"] <= 4
    assert grown['bai_wx_cache_lookups_total{cache="tokens",result="hit"}'] >= 1
    assert grown['bai_wx_cache_lookups_total{cache="records",result="hit"}'] >= 1
    if databases.IS_POSTGRES:
        assert grown['bai_wx_queue_wait_seconds_count{queue="database"}'] >= 3
    else:
        assert grown['bai_wx_queue_wait_seconds_count{queue="writes"}'] >= 3
        assert grown["bai_wx_committed_rows_total"] >= 4
        assert after["bai_wx_wal_bytes"] > 0
        assert after["bai_wx_database_bytes"] > 4096


def test_the_machine_is_told(shop: Scraped) -> None:
    """Memory of each process, disk, versions."""
    lines = shop.scrape()
    assert lines["bai_wx_workers"] == 2
    assert lines["bai_wx_workers_hung_total"] == 0
    resident = {n: v for n, v in lines.items() if n.startswith("bai_wx_resident_memory_bytes")}
    assert len(resident) in {3, 4}, "the console's process where somebody has opened it"
    assert all(4 * 2**20 < value < 2**30 for value in resident.values())
    assert lines['bai_wx_disk_free_bytes{place="home"}'] > 0
    (build,) = (name for name in lines if name.startswith("bai_wx_build_info"))
    assert f'database="{"postgresql" if databases.IS_POSTGRES else "sqlite"}"' in build
    assert abs(lines["bai_wx_start_time_seconds"] - time.time()) < 600


@pytest.mark.skipif(shutil.which("promtool") is None, reason="Debian's package prometheus has it")
def test_promtool_accepts_the_page(shop: Scraped) -> None:
    text = requests.get(shop.metrics, timeout=10).text
    command = ["promtool", "check", "metrics"]
    checked = subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=30, check=False
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/", 404, id="another path"),
        pytest.param("GET", "/metrics/", 404, id="below"),
        pytest.param("GET", "/pb/api/health", 404, id="the API is not there"),
        pytest.param("POST", "/metrics", 405, id="another method"),
        pytest.param("HEAD", "/metrics", 200, id="a head alone"),
    ],
)
def test_the_address_has_the_metrics_alone(
    shop: Scraped, method: str, path: str, status: int
) -> None:
    """And what is asked there is no request of the server's."""
    before = sum(
        v for n, v in shop.scrape().items() if n.startswith("bai_wx_request_duration_seconds_count")
    )
    answer = requests.request(method, shop.metrics.replace("/metrics", path), timeout=10)
    assert answer.status_code == status
    after = sum(
        v for n, v in shop.scrape().items() if n.startswith("bai_wx_request_duration_seconds_count")
    )
    assert after == before


def test_counters_go_on_when_a_worker_is_replaced(shop: Scraped) -> None:
    """The page is answered meanwhile, no number goes back, and the restart is counted."""
    for _ in range(20):
        Client(shop.url).get("/health")
    before = shop.scrape()
    started = {n: v for n, v in before.items() if n.startswith("bai_wx_resident")}
    assert started
    children = shop.workers()
    victim = next(pid for pid in children if "standin" not in _command(pid))
    os.kill(victim, signal.SIGKILL)
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        now = shop.scrape()
        assert answered(now, "health", 200) >= answered(before, "health", 200)
        if now["bai_wx_worker_restarts_total"] == 1:
            break
        time.sleep(0.05)
    assert shop.scrape()["bai_wx_worker_restarts_total"] == 1


@pytest.mark.parametrize(
    ("path", "authorization", "status"),
    [
        pytest.param("/metrics", f"Bearer {TOKEN}", 200, id="the token"),
        pytest.param("/metrics", None, 401, id="no token"),
        pytest.param("/metrics", f"Bearer {TOKEN}x", 401, id="another token"),
        pytest.param("/metrics", TOKEN, 401, id="no scheme"),
        pytest.param("/metrics/more", f"Bearer {TOKEN}", 404, id="below"),
    ],
)
def test_the_main_port_tells_whoever_has_the_token(
    guarded: Server, path: str, authorization: str | None, status: int
) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = requests.get(guarded.url + path, headers=headers, timeout=10)
    assert answer.status_code == status
    assert ("bai_wx_build_info" in answer.text) is (status == 200)
    assert TOKEN not in guarded.log


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that shows its metrics on its own port."""
    home = tmp_path_factory.mktemp("guarded") / "home"
    with Server(home, BAI_WX_METRICS=TOKEN) as server:
        yield server


def test_without_the_setting_there_is_no_such_path(server: Server) -> None:
    """As any other path that nobody knows."""
    assert requests.get(f"{server.url}/metrics", timeout=10).status_code == 404


def test_a_taken_address_stops_the_start(shop: Scraped, tmp_path: Path) -> None:
    """In one line, before the database is touched."""
    taken = shop.metrics.split("/")[2]
    other = Server(tmp_path / "home", BAI_WX_METRICS=taken)
    other.spawn()
    assert other.process is not None
    try:
        assert other.process.wait(START_S) == 1
    finally:
        other.kill()
    assert f"cannot listen on {taken}" in other.log
    assert other.rows("SELECT id FROM tbl_product_list") == [], "the demo's goods were made"
    assert "Traceback" not in other.log


class InFolder(In, Scraped):
    """Both: its `.env` is read, and it says where its metrics are."""


@pytest.mark.long
def test_sighup_takes_another_address_and_closes_the_one_before(tmp_path: Path) -> None:
    """A taken one changes nothing; then another, then none: what is closed refuses, it does not hang."""
    dotenv, port = tmp_path / ".env", free_port()
    dotenv.write_text("BAI_WX_METRICS=127.0.0.1:0\n")
    with InFolder(tmp_path) as server:
        first, before = server.metrics, _workers_of(server)
        second, taken = f"http://127.0.0.1:{port}/metrics", server.url.removeprefix("http://")

        def take(where: str) -> None:
            assert server.process is not None
            dotenv.write_text(f"BAI_WX_METRICS={where}\n")
            server.process.send_signal(signal.SIGHUP)

        take(taken)
        assert eventually(lambda: f"as they were: cannot listen on {taken}" in server.log)
        assert (status_at(first), _workers_of(server)) == (200, before)
        take(f"127.0.0.1:{port}")
        assert eventually(lambda: status_at(first) == 0)
        assert status_at(second) == 200
        take("off")
        assert eventually(lambda: status_at(second) == 0)
        assert not set(before) & set(_workers_of(server))
        assert "Traceback" not in server.log


def status_at(address: str) -> int:
    """What is answered there; 0 where nobody listens. What hangs fails the test."""
    try:
        return requests.get(address, timeout=5).status_code
    except requests.ConnectionError:
        return 0


def _workers_of(server: Server) -> list[int]:
    return [pid for pid in server.workers() if "standin" not in _command(pid)]


def test_the_page_of_operations_lists_every_metric() -> None:
    """By name, kind and meaning, in the words that Prometheus is told."""
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    listed = re.findall(r"^\| `(bai_wx_[a-z_]+)` \| (\w+) \| (.+) \| .+ \|$", page, re.MULTILINE)
    known = [(one.name, one.kind, one.help) for one in (*metrics.families(), *SAMPLED)]
    assert listed == sorted(known)


def test_the_page_of_operations_lists_the_labels_that_are_told(shop: Scraped) -> None:
    """Of each metric that a server tells; `le` is every histogram's."""
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    rows = re.findall(r"^\| `(bai_wx_[a-z_]+)` \| \w+ \| .+ \| (.+) \|$", page, re.MULTILINE)
    listed = {name: set(re.findall(r"`(\w+)`", cell.partition(":")[0])) for name, cell in rows}
    told: dict[str, set[str]] = {}
    for line in shop.scrape():
        name = re.sub(r"(?<=_seconds)_(?:bucket|sum|count)$", "", line.partition("{")[0])
        told.setdefault(name, set()).update(re.findall(r'(\w+)="', line))
    assert {name: labels - {"le"} for name, labels in told.items()} == {
        name: listed[name] for name in told
    }


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()
