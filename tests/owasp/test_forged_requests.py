"""API7 Server Side Request Forgery: the server asks WeChat and nobody else, whatever a client sends."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bai_wx.process.settings import Settings, SettingsError
from tests.databases import without_sql
from tests.owasp.conftest import Say
from tests.paths import ATTACHMENTS, COMPANIES, PRODUCTS, PROFILE
from tests.running import Client

pytestmark = without_sql


@contextmanager
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server of somebody else's, which notes whoever connects."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    heard.append("connected")

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}", heard
        finally:
            ended.set()
            thread.join()


def test_no_address_that_a_client_sends_is_asked(guest: Client, say: Say) -> None:
    """Pictures by address, files by address, addresses in texts, filters, heads and codes."""
    alice = guest.login("forged-requests")
    with listener() as (host, heard):
        texts = [f"http://{host}/a.png", f"//{host}/a", f"http://user@{host}/", f"ftp://{host}/"]
        sent = 0
        for text in texts:
            names = ("users_picture", "users_title_picture", "users_id_pic_a", "users_name")
            for name in names:
                assert alice.hook(PROFILE, {name: text[:50]}).status_code < 500
            for body in ({"attachments_link": text}, {"attachments_link": [text]}):
                assert alice.request("POST", ATTACHMENTS, json=body).status_code == 400
            form = {"attachments_link": (None, text)}
            assert alice.request("POST", ATTACHMENTS, files=form).status_code == 400
            for code in ("users_wx_code", "users_phone_code"):
                path = "/wechat/login" if code == "users_wx_code" else PROFILE
                assert alice.hook(path, {code: text}).status_code in (400, 503)
            company = {"company_name": text, "company_remark": text}
            assert alice.request("POST", COMPANIES, json=company).status_code == 200
            batch = {"requests": [{"method": "POST", "url": text, "body": {}}]}
            assert alice.hook("/batch", batch).status_code == 400
            for name in ("filter", "expand", "fields", "sort", "url", "callback"):
                assert alice.get(PRODUCTS, params={name: text}).status_code in (200, 400)
            heads = {"Referer": text, "Origin": text, "Host": host, "X-Forwarded-Host": host}
            assert alice.get("/health", headers=heads).status_code == 200
            answer = alice.raw("GET", text)  # as a proxy is asked
            assert answer.status in (400, 404)
            sent += len(names) + 14
    say(f"{sent} requests, {len(heard)} connections to the address in them")
    assert heard == []


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        pytest.param("WECHAT_API_BASE", "file:///etc/passwd", id="WeChat as a file"),
        pytest.param("WECHAT_API_BASE", "gopher://127.0.0.1:6379/_", id="WeChat as gopher"),
        pytest.param("WECHAT_API_BASE", "http://api.weixin.qq.com?x=", id="WeChat with a query"),
        pytest.param("BAI_WX_S3_ENDPOINT", "file:///tmp", id="storage as a file"),
        pytest.param("BAI_WX_REDIS", "http://127.0.0.1:1/", id="Redis by HTTP"),
        pytest.param("BAI_WX_ALERT_URL", "file:///etc/passwd", id="alerts to a file"),
    ],
)
def test_an_address_of_the_settings_is_one_of_its_kind(
    tmp_path: Path, setting: str, value: str
) -> None:
    """Else no command starts, and the setting is named in one line."""
    app = {"WECHAT_APPID": "wx1", "WECHAT_SECRET": "s"}
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({**app, setting: value}, tmp_path)
    assert str(refused.value).startswith(setting)
    assert "\n" not in str(refused.value)
