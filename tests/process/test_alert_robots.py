"""Messages to robots of group chats, over real HTTP: each company's JSON, its signature, what it answers."""

import base64
import hashlib
import hmac
import logging
import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bai_wx.process import alert_robots
from bai_wx.process.alert_robots import (
    DINGTALK,
    FEISHU,
    HOSTS,
    MAX_TEXT,
    WEBHOOK,
    WECOM,
    Kind,
    Robot,
    RobotError,
    checked,
    cut,
)
from tests.databases import without_sql
from tests.process.robot import Answer, RobotServer, robot_server, says

pytestmark = without_sql
TEXT = "磁盘空间不足"
SECRET = "SEC0123456789"
OK = '{"errcode":0,"errmsg":"ok"}'


@pytest.fixture
def server() -> Iterator[RobotServer]:
    """A robot on this machine."""
    with robot_server() as running:
        yield running


def robot(server: RobotServer, kind: Kind, secret: str = "") -> Robot:
    """The robot of a company, on this machine."""
    behind = f"#secret={secret}" if secret else ""
    return Robot(server.url + behind, hosts={"127.0.0.1": kind})


@pytest.mark.parametrize(
    ("kind", "answer", "body"),
    [
        pytest.param(WECOM, OK, {"msgtype": "text", "text": {"content": TEXT}}, id="企业微信"),
        pytest.param(DINGTALK, OK, {"msgtype": "text", "text": {"content": TEXT}}, id="钉钉"),
        pytest.param(
            FEISHU,
            '{"code":0,"msg":"success"}',
            {"msg_type": "text", "content": {"text": TEXT}},
            id="飞书",
        ),
        pytest.param(
            FEISHU,
            '{"StatusCode":0,"StatusMessage":"success"}',
            {"msg_type": "text", "content": {"text": TEXT}},
            id="飞书, as it answered before",
        ),
        pytest.param(WEBHOOK, "ok", {"text": TEXT}, id="any other"),
    ],
)
def test_each_robot_gets_its_json(
    server: RobotServer, kind: Kind, answer: str, body: dict[str, Any]
) -> None:
    """Chinese is sent as it is, not as `\\u` escapes; the key goes along."""
    server.answer = says(answer)
    robot(server, kind).send(TEXT)
    assert server.messages() == [body]
    assert TEXT.encode() in server.bodies[0]
    assert server.paths == ["/send?key=TOPSECRET"]


def test_dingtalk_is_signed_in_the_query(server: RobotServer) -> None:
    """As its page says: HMAC of time and secret under the secret, in milliseconds."""
    robot(server, DINGTALK, SECRET).send(TEXT)
    sent = parse_qs(urlsplit(server.paths[0]).query)
    (moment,) = sent["timestamp"]
    assert abs(int(moment) / 1000 - time.time()) < 60
    digest = hmac.digest(SECRET.encode(), f"{moment}\n{SECRET}".encode(), hashlib.sha256)
    assert sent["sign"] == [base64.b64encode(digest).decode()]
    assert sent["key"] == ["TOPSECRET"]
    assert SECRET not in server.paths[0]


def test_feishu_is_signed_in_the_body(server: RobotServer) -> None:
    """As its page says: HMAC of nothing under time and secret, in seconds."""
    server.answer = says('{"code":0}')
    robot(server, FEISHU, SECRET).send(TEXT)
    (sent,) = server.messages()
    assert abs(int(sent["timestamp"]) - time.time()) < 60
    digest = hmac.digest(f"{sent['timestamp']}\n{SECRET}".encode(), b"", hashlib.sha256)
    assert sent["sign"] == base64.b64encode(digest).decode()
    assert SECRET not in server.paths[0]


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A header that never ends, a letter at a time: each arrives before the time-out of a piece."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(40):
        try:
            handler.wfile.write(b"a")
        except OSError:
            return
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(says('{"errcode":93000,"errmsg":"invalid webhook url"}'), "93000", id="no"),
        pytest.param(says("{}"), "not that of a robot", id="another JSON"),
        pytest.param(says("<html>"), "not that of a robot", id="HTML"),
        pytest.param(says("[]"), "not that of a robot", id="a list"),
        pytest.param(says('{"errcode":"\\ud83d"}'), "not that of a robot", id="broken JSON"),
        pytest.param(says("", 502), "HTTP 502", id="a proxy's 502"),
        pytest.param(says("", 302), "HTTP 302", id="a redirect"),
        pytest.param(hang_up, "cannot be asked", id="nothing"),
        pytest.param(drip, "no answer within", id="dripping"),
    ],
)
def test_what_is_no_yes_is_told_without_the_key(
    server: RobotServer,
    answer: Answer,
    said: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A robot answers 200 to everything; neither the error nor the log names the address."""
    monkeypatch.setattr(alert_robots, "LIMIT_S", 1)
    caplog.set_level(logging.INFO)
    server.answer = answer
    with pytest.raises(RobotError, match=said) as caught:
        robot(server, WECOM).send(TEXT)
    assert "TOPSECRET" not in str(caught.value) + repr(caught.value.__context__) + caplog.text


def test_a_robot_that_is_away_is_told() -> None:
    """Nobody listens there."""
    with pytest.raises(RobotError, match="cannot be asked"):
        Robot("http://127.0.0.1:1/send").send(TEXT)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        pytest.param(
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k", "企业微信", id="企业微信"
        ),
        pytest.param("https://open.feishu.cn/open-apis/bot/v2/hook/k#secret=s", "飞书", id="飞书"),
        pytest.param("https://open.larksuite.com/open-apis/bot/v2/hook/k", "飞书", id="Lark"),
        pytest.param("https://oapi.dingtalk.com/robot/send?access_token=k", "钉钉", id="钉钉"),
        pytest.param("https://alerts.example.com/k", "webhook", id="any other"),
    ],
)
def test_the_host_tells_whose_robot_it_is(url: str, name: str) -> None:
    found = Robot(checked(url))
    assert found.kind.name == name
    assert found.shown.startswith(f"{name} at ")
    assert found.shown.endswith("signed") == ("#" in url)


def test_every_kind_has_a_host() -> None:
    assert set(HOSTS.values()) == {WECOM, FEISHU, DINGTALK}


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("TOPSECRET", id="a key alone"),
        pytest.param("http://qyapi.weixin.qq.com/send?key=TOPSECRET", id="no TLS"),
        pytest.param("ftp://127.0.0.1/TOPSECRET", id="another scheme"),
        pytest.param("https://", id="no host"),
        pytest.param("https://[::1/TOPSECRET", id="a broken address"),
        pytest.param("https://host:99999/TOPSECRET", id="no port"),
        pytest.param("https://user:TOPSECRET@host/", id="a password"),
        pytest.param("https://host/a TOPSECRET", id="a blank"),
    ],
)
def test_another_address_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(ValueError, match="write https://") as caught:
        checked(url)
    assert "TOPSECRET" not in str(caught.value)


def test_a_long_text_is_cut_between_letters() -> None:
    """Robots count bytes, and a letter of Chinese has three."""
    assert cut("短") == "短"
    assert len(cut("长" * 1000).encode()) == MAX_TEXT - MAX_TEXT % 3
