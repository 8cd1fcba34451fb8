"""The pages as they come over the wire."""

import gzip
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.running import Answer, Client, Server

SCRIPT = re.compile(r'src="(/pb/docs/scalar-[0-9a-f]{12}\.js)"')
STRICT = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src {styles}; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGES = ("/", "/pb/docs", "/pb/docs/")

LAZY = """
import asyncio, sys
from pathlib import Path
from bai_wx.database.connection import connect
from bai_wx.process import schema
from bai_wx.process.app import create_app, load_contract
from bai_wx.process.settings import Settings

home = Path(sys.argv[1])
address = f"sqlite:///{home}/a.db"
schema.migrate(connect(address))
app = create_app(Settings(home=home, database=address, limits="off"), load_contract(home))

def ask(path):
    sent = []
    async def receive(): return {"type": "http.request", "body": b"", "more_body": False}
    async def send(message): sent.append(message)
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
             "headers": [], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "http"}
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], sorted(n for n in sys.modules if n.startswith(("bai_wx.pages", "flask_openapi")))

for path in ("/pb/api/health", "/pb/api/nothing", "/"):
    print(*ask(path))
"""


def get(server: Server, path: str, **headers: str | bytes) -> Answer:
    """Ask for a path as a browser would."""
    return Client(server.url).raw("GET", path, headers=headers)


def text(answer: Answer) -> str:
    """What a page says."""
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return answer.body.decode()


def nonce_of(page: str) -> str:
    """The number used once that a page's own style and scripts carry."""
    (nonce,) = set(re.findall(r'nonce="([^"]+)"', page))
    return nonce


@pytest.mark.parametrize(
    ("path", "styles"),
    [
        pytest.param("/", "'nonce-{nonce}'", id="home"),
        pytest.param("/pb/docs", "'unsafe-inline'", id="the contract, whose script styles itself"),
    ],
)
@pytest.mark.usefixtures("scalar")
def test_the_policy_lets_a_page_run_its_own_scripts_alone(
    server: Server, path: str, styles: str
) -> None:
    answer = get(server, path)
    nonce = nonce_of(text(answer))
    said = STRICT.format(nonce=nonce, styles=styles.format(nonce=nonce))
    assert answer.headers["Content-Security-Policy"] == said
    assert nonce_of(text(get(server, path))) != nonce
    assert answer.headers["Cache-Control"] == "no-store"


def test_home_says_what_it_is_in_two_languages(server: Server) -> None:
    page = text(get(server, "/"))
    for said in ("微信小程序的服务端", "The server behind a WeChat mini program", "demo-alice"):
        assert said in page
    for link in ("/pb/docs", "/pb/api/openapi.json", "/pb/api/health"):
        assert f'href="{link}"' in page


def test_a_shop_that_is_no_demo_names_no_demo_login(real_shop: Server) -> None:
    page = text(get(real_shop, "/"))
    assert "demo" not in page.partition("</style>")[2].lower()
    assert "<script" not in page
    assert f"<code>{real_shop.url}</code>" in page


def test_without_the_extra_the_contracts_page_names_the_command(real_shop: Server) -> None:
    answer = get(real_shop, "/pb/docs")
    assert "pip install &#39;.[docs]&#39;" in text(answer) or "pip install '.[docs]'" in text(
        answer
    )
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("shop.example.com", id="a name"),
        pytest.param("shop.example.com:8443", id="a name and a port"),
        pytest.param("[::1]:8090", id="an address in brackets"),
    ],
)
def test_commands_ask_the_address_of_the_browser(server: Server, host: str) -> None:
    answer = requests.get(server.url, headers={"Host": host}, timeout=30)
    assert f"http://{host}/pb/api" in answer.text


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("a;reboot", id="a command"),
        pytest.param("$(reboot)", id="a substitution"),
    ],
)
def test_a_host_that_is_none_is_not_repeated(server: Server, host: str) -> None:
    answer = requests.get(server.url, headers={"Host": host}, timeout=30)
    assert (answer.status_code, host in answer.text) == (200, False)
    assert f"{server.url}/pb/api" in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_head_has_the_headers_and_no_page(server: Server, path: str) -> None:
    answer = Client(server.url).raw("HEAD", path)
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 1000


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("POST", "/", id="a POST to home"),
        pytest.param("DELETE", "/pb/docs", id="a DELETE of the contract"),
        pytest.param("GET", "/pb/docs/nothing", id="what is not below the contract"),
        pytest.param("GET", "/pb/docs/scalar-000000000000.js", id="a script of another release"),
        pytest.param("GET", "/pb/docs/../docs", id="a path with dots"),
        pytest.param("GET", "/pb/docsx", id="what begins alike"),
        pytest.param("GET", "//", id="the root twice"),
    ],
)
def test_what_is_no_page_is_404_as_before(server: Server, method: str, path: str) -> None:
    answer = Client(server.url).raw(method, path)
    assert answer.status == 404
    assert answer.json()["status"] == 404


@pytest.mark.usefixtures("scalar")
def test_scalars_script_comes_compressed_where_that_is_understood(server: Server) -> None:
    found = SCRIPT.search(text(get(server, "/pb/docs")))
    assert found is not None
    plain = get(server, found[1])
    packed = get(server, found[1], **{"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 3
    print(f"/pb/docs: Scalar's script is {len(plain.body):,} bytes, {len(packed.body):,} in gzip")
    for answer in (plain, packed):
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"


@pytest.mark.usefixtures("scalar")
@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [
        pytest.param("gzip;q=0", False, id="never"),
        pytest.param("identity, gzip; q=0.000", False, id="never, with decimals"),
        pytest.param("gzip;q=0.5, br", True, id="less gladly"),
        pytest.param("GZIP", True, id="in capitals"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_the_script_comes_as_the_client_takes_it(
    server: Server, accepted: str, is_packed: bool
) -> None:
    found = SCRIPT.search(text(get(server, "/pb/docs")))
    assert found is not None
    answer = get(server, found[1], **{"Accept-Encoding": accepted})
    assert (answer.headers.get("Content-Encoding") == "gzip") == is_packed


@pytest.mark.usefixtures("scalar")
def test_slow_readers_of_the_script_share_its_bytes(server: Server) -> None:
    """Forty of them without gzip: each would hold 5 MB."""
    found = SCRIPT.search(text(get(server, "/pb/docs")))
    assert found is not None
    get(server, found[1])
    before = max(server.resident_mib())
    with ExitStack() as open_ones:
        readers = [open_ones.enter_context(slow_reader(server, found[1])) for _ in range(40)]
        for reader in readers:
            assert reader.recv(15) == b"HTTP/1.1 200 OK"
        grown = max(server.resident_mib()) - before
    print(f"/pb/docs: 40 slow readers of Scalar's script cost a worker {grown:.0f} MiB")
    assert grown < 40


@contextmanager
def slow_reader(server: Server, path: str) -> Iterator[socket.socket]:
    """A connection that asks for a path and takes little of the answer."""
    with socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.settimeout(30)
        address = urlsplit(server.url)
        reader.connect((address.hostname, address.port))
        reader.sendall(f"GET {path} HTTP/1.1\r\nHost: pages\r\n\r\n".encode())
        yield reader


@pytest.mark.usefixtures("scalar")
def test_nothing_of_the_script_is_in_the_repository() -> None:
    package = find_spec("flask_openapi_scalar")
    assert package is not None
    templates = Path(__file__).parents[2] / "bai_wx/pages/templates"
    assert max(file.stat().st_size for file in templates.iterdir()) < 10_000


def test_nothing_of_pages_is_imported_before_one_is_asked_for(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LAZY, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    health, nothing, home = done.stdout.splitlines()
    assert (health, nothing) == ("200 []", "404 []")
    assert home.startswith("200 ['bai_wx.pages'")
    assert "flask_openapi" not in home


def test_a_page_of_another_origin_may_not_read_ours(server: Server) -> None:
    answer = get(server, "/", Origin="https://evil.example")
    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] is None
    assert answer.headers.get_all("X-Frame-Options") == ["SAMEORIGIN"]
