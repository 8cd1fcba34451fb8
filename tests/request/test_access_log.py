"""The access log has a line for each request that was chosen, and no secret in it."""

import json
import logging
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from bai_wx.request.access_log import AccessLog
from bai_wx.request.observation import Observation
from tests.api.bundle import OPERATIONS
from tests.running import Client, Server

FIELDS = {
    *("time", "level", "logger", "message", "request_id", "operation", "method", "status"),
    *("duration_ms", "wait_ms", "user", "client"),
}
MARK = "must-not-be-logged"
PHONE = "13912345678"
WAIT_S = 10


class Asked(NamedTuple):
    """An operation."""

    id: str
    index: int


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        pytest.param("off", None, id="off"),
        pytest.param("all", AccessLog(share=1), id="all"),
        pytest.param("1%", AccessLog(share=0.01), id="percent"),
        pytest.param("0.5%", AccessLog(share=0.005), id="less than a percent"),
        pytest.param("1/100", AccessLog(share=0.01), id="one of a hundred"),
        pytest.param("slow:200ms", AccessLog(slow_s=0.2), id="slow"),
        pytest.param("slow:2s", AccessLog(slow_s=2), id="slow in seconds"),
        pytest.param("1%, slow:1s", AccessLog(share=0.01, slow_s=1), id="both"),
    ],
)
def test_what_can_be_set(text: str, chosen: AccessLog | None) -> None:
    assert AccessLog.of(text) == chosen


@pytest.mark.parametrize("text", ["101%", "1/0", "slow:fast", "some", "off,all", "-1%", "slow:1"])
def test_what_cannot(text: str) -> None:
    with pytest.raises(ValueError, match="write off, all, a share such as"):
        AccessLog.of(text)


def lines(server: Server) -> list[dict[str, object]]:
    """The lines of the access log so far. Every line of the whole log is one JSON object."""
    read = [json.loads(line) for line in server.log.splitlines()]
    return [line for line in read if line["logger"] == "bai_wx.access"]


def found(server: Server, request_id: str) -> dict[str, object]:
    """The line of this request, once it is there."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        for line in lines(server):
            if line["request_id"] == request_id:
                return line
        time.sleep(0.02)
    raise AssertionError(f"no line of {request_id}:\n{server.log}")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that logs every request, as JSON."""
    home = tmp_path_factory.mktemp("told") / "home"
    with Server(home, BAI_WX_ACCESS_LOG="all", BAI_WX_LOG="debug:json") as server:
        yield server


def test_a_line_says_what_was_asked_and_by_whom(told: Server) -> None:
    """The user by its business id; the method that was meant."""
    buyer = Client(told.url).login("told")
    (row,) = told.rows("SELECT users_id FROM tbl_auth_users WHERE openid = ?", buyer.openid)
    (product,) = buyer.get("/collections/tbl_product_list/records?perPage=1").json()["items"]
    sent = {"cart_product_id": product["id"], "cart_product_quantity": 1}
    buyer.hook("/cart/create", sent, headers={"X-Request-Id": "a-write"})
    (record,) = buyer.get("/collections/tbl_cart/records").json()["items"]
    buyer.request(
        "POST",
        f"/collections/tbl_cart/records/{record['id']}",
        json={"cart_product_quantity": 2},
        headers={"X-Request-Id": "a-change", "X-HTTP-Method-Override": "PATCH"},
    )
    line = found(told, "a-write")
    assert set(line) == FIELDS
    assert (line["operation"], line["status"], line["user"]) == (
        "cart_create",
        200,
        row["users_id"],
    )
    assert (line["method"], line["client"], line["level"]) == ("POST", "127.0.0.1", "info")
    duration, wait = line["duration_ms"], line["wait_ms"]
    assert isinstance(duration, float)
    assert isinstance(wait, float)
    assert 0 < wait < duration < 10_000
    change = found(told, "a-change")
    assert (change["method"], change["operation"]) == ("PATCH", "cart_record_update")


@pytest.mark.parametrize(
    ("method", "path", "status", "operation"),
    [
        pytest.param("POST", "/pb/api/cart/list", 401, "cart_list", id="refused"),
        pytest.param("GET", "/pb/api/nothing", 404, "", id="no operation"),
        pytest.param("OPTIONS", "/pb/api/cart/list", 204, "", id="preflight"),
        pytest.param("GET", "/pb/api/openapi.json", 200, "openapi_document", id="Connexion"),
        pytest.param("GET", "/pb/docs", 200, "", id="a page"),
    ],
)
def test_every_way_is_told(
    told: Server, method: str, path: str, status: int, operation: str
) -> None:
    mark = f"way-{method}-{status}-{operation}"
    requests.request(method, told.url + path, headers={"X-Request-Id": mark}, timeout=10)
    line = found(told, mark)
    assert (line["status"], line["operation"], line["user"]) == (status, operation, "")


def test_a_word_in_a_methods_place_is_not_told(told: Server) -> None:
    """It may be a token, and as long as a head may be."""
    headers = {"X-Request-Id": "a-word"}
    requests.request(MARK.upper(), f"{told.url}/pb/api/health", headers=headers, timeout=10)
    assert found(told, "a-word")["method"] == "other"


def test_no_secret_is_in_the_log_of_all_operations(told: Server) -> None:
    """Each operation is asked with a token, a query, a body and codes; the log is at debug."""
    alice = Client(told.url).login("grepped-alice")
    phone = alice.hook(
        "/wechat/profile", {"users_name": "格蕾", "users_phone_code": f"phone-{PHONE}"}
    )
    secrets = {
        "the token": alice.token,
        "the openid": alice.openid,
        "the login code": "demo-grepped-alice",
        "a phone number": PHONE,
        "a body, a query or a code": MARK,
        "the server's secret": told.secret,
        "WeChat's secret": "demo-secret-not-real",
    }
    for op in OPERATIONS.values():
        path = op.path.removeprefix("/pb/api").replace("{recordId}", "aaaaaaaaaaaaaaa")
        path = path.split("{")[0]
        body = {
            "users_wx_code": MARK,
            "users_phone_code": MARK,
            "users_phone": PHONE,
            "remark": MARK,
        }
        options = {} if op.method == "GET" else {"json": body}
        query = {"filter": f"id = '{MARK}'", "token": alice.token}
        for client in (alice, Client(told.url)):
            headers = {"X-Request-Id": f"grep-{op.id}"}
            client.request(op.method, path, params=query, headers=headers, **options)
    assert phone.json()["data"]["user"]["users_phone"] == PHONE
    found(told, f"grep-{list(OPERATIONS)[-1]}")
    assert {op.id for op in OPERATIONS.values()} - {line["operation"] for line in lines(told)} <= {
        "file_download"
    }
    assert [name for name, secret in secrets.items() if secret in told.log] == []


def test_a_slow_one_and_a_failure_are_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Others are not, where slow ones alone are wanted; a 5xx always is, and its trace has the same id."""
    home = tmp_path_factory.mktemp("slow") / "home"
    settings = {"BAI_WX_ACCESS_LOG": "slow:30s", "BAI_WX_LOG": "info:json"}
    with Server(home, **settings) as server:
        client = Client(server.url)
        assert client.get("/collections/tbl_product_list/records").status_code == 200
        server.write("ALTER TABLE tbl_system_dict RENAME TO elsewhere")
        failed = client.get("/collections/tbl_system_dict/records")
        assert failed.status_code >= 500
        request_id = failed.headers["X-Request-Id"]
        assert found(server, request_id)["status"] == failed.status_code
        assert [line["request_id"] for line in lines(server)] == [request_id]
        why = [json.loads(line) for line in server.log.splitlines() if request_id in line]
        assert "bai_wx.server" in {line["logger"] for line in why}


def test_a_share_is_about_as_large_as_it_says(caplog: pytest.LogCaptureFixture) -> None:
    """Of ten thousand requests some hundred, for one percent."""
    chosen = AccessLog.of("1%")
    assert chosen is not None
    with caplog.at_level(logging.INFO, "bai_wx.access"):
        for _ in range(10_000):
            chosen.tell(Observation(), 200, 0.001)
    assert 50 <= len(caplog.records) <= 160


@pytest.mark.parametrize(
    ("text", "seconds", "lines"),
    [
        pytest.param("99.9999%", 0.001, 0, id="in a share"),
        pytest.param("all", 0.001, 1, id="of all"),
        pytest.param("99.9999%,slow:1s", 2.0, 1, id="a slow one"),
    ],
)
def test_a_share_leaves_out_what_a_proxy_asks(
    text: str, seconds: float, lines: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Its question of each second would be most of the lines."""
    chosen, seen = AccessLog.of(text), Observation()
    seen.operation = Asked("health", 1)
    assert chosen is not None
    with caplog.at_level(logging.INFO, "bai_wx.access"):
        chosen.tell(seen, 200, seconds)
    assert len(caplog.records) == lines


def test_the_supervisor_and_a_replaced_worker_write_json_too(told: Server) -> None:
    """Every line of the log is one object, and the access log goes on."""
    worker = next(
        pid for pid in told.workers() if "standin" not in Path(f"/proc/{pid}/cmdline").read_text()
    )
    os.kill(worker, signal.SIGKILL)
    answer = requests.get(
        f"{told.url}/pb/api/health", headers={"X-Request-Id": "after-the-kill"}, timeout=60
    )
    assert answer.status_code == 200
    assert found(told, "after-the-kill")["operation"] == "health"
    said = [json.loads(line) for line in told.log.splitlines()]
    (ended,) = (line for line in said if line["logger"] == "bai_wx.supervisor")
    assert "starting another" in ended["message"]
    assert {*ended} <= FIELDS
