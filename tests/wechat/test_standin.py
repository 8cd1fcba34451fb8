"""The stand-in speaks WeChat's JSON: asked with plain `requests`, as any client would.

Covers: bai_wx/wechat/standin_api.py
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import requests

from bai_wx.wechat.standin import StandIn, StandInRefused, refuse_beside_real_app
from bai_wx.wechat.standin_api import (
    APPID,
    CODE_LIFE_S,
    PHONE_PATH,
    SECRET,
    SESSION_PATH,
    TOKEN_PATH,
    Request,
    openid_of,
    session_key_of,
)

LOGIN = {"appid": APPID, "secret": SECRET, "grant_type": "authorization_code"}
TOKEN = {"appid": APPID, "secret": SECRET, "grant_type": "client_credential"}
REAL_APPID = "wx4f28b4b2dcaafca1"


def log_in(standin: StandIn, code: str, **differing: str) -> dict[str, Any]:
    params = {**LOGIN, "js_code": code, **differing}
    answer = requests.get(standin.base_url + SESSION_PATH, params=params, timeout=5)
    return dict(answer.json())


def fetch_token(standin: StandIn, **differing: str) -> dict[str, Any]:
    body = {**TOKEN, **differing}
    return dict(requests.post(standin.base_url + TOKEN_PATH, json=body, timeout=5).json())


def ask_phone(standin: StandIn, token: str, body: object) -> dict[str, Any]:
    url = standin.base_url + PHONE_PATH
    return dict(requests.post(url, params={"access_token": token}, json=body, timeout=5).json())


def errcode(answer: dict[str, Any]) -> int:
    return int(answer.get("errcode", 0))


class Clock:
    """A clock the test moves."""

    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s

    def move(self, seconds: float) -> None:
        self.now_s += seconds


class TestSession:
    def test_answer_is_wechats(self, standin: StandIn) -> None:
        openid = openid_of("alice")
        assert log_in(standin, "demo-alice") == {
            "openid": openid,
            "session_key": session_key_of(openid),
        }
        assert len(openid) == 28
        assert openid.startswith("o")

    def test_json_is_labelled_text_as_wechat_does(self, standin: StandIn) -> None:
        url = standin.base_url + SESSION_PATH
        answer = requests.get(url, params={**LOGIN, "js_code": "demo-alice"}, timeout=5)
        assert answer.headers["Content-Type"] == "text/plain"

    @pytest.mark.parametrize(
        ("codes", "errcodes"),
        [
            pytest.param(["demo-alice"] * 3, [0, 0, 0], id="demo: as often as asked"),
            pytest.param(["code-alice-1"] * 2, [0, 40163], id="code: once"),
            pytest.param(["code-alice-1", "code-alice-2"], [0, 0], id="code: another is fresh"),
            pytest.param(["err-45011"] * 2, [45011, 45011], id="err: always"),
            pytest.param(["err--1"], [-1], id="err: minus one"),
            pytest.param(["err-once--1-alice"] * 3, [-1, 0, 0], id="err-once: then fine"),
            pytest.param(["err-once-40001-a", "err-once-40001-b"], [40001] * 2, id="each its own"),
            pytest.param(["slow-0.05-alice"], [0], id="slow"),
            pytest.param(["hello", "demo-", "err-x", "slow-x", "-"], [40029] * 5, id="unknown"),
            pytest.param(["phone-13800138000"], [40029], id="a phone code is no login code"),
            pytest.param([""], [41008], id="missing"),
        ],
    )
    def test_code_does_what_its_name_says(
        self, standin: StandIn, codes: list[str], errcodes: list[int]
    ) -> None:
        assert [errcode(log_in(standin, code)) for code in codes] == errcodes

    def test_one_name_is_one_user(self, standin: StandIn) -> None:
        codes = ["demo-alice", "code-alice-1", "err-once--1-alice", "slow-0-alice"]
        log_in(standin, "err-once--1-alice")
        assert {log_in(standin, code)["openid"] for code in codes} == {openid_of("alice")}

    def test_names_do_not_collide(self) -> None:
        assert len({openid_of(f"loadtest-user-{n}") for n in range(100_000)}) == 100_000

    def test_issued_code_is_good_once(self, standin: StandIn) -> None:
        code = standin.issue_code("oBob", unionid="uBob")
        answer = log_in(standin, code)
        assert (answer["openid"], answer["unionid"]) == ("oBob", "uBob")
        assert errcode(log_in(standin, code)) == 40163

    @pytest.mark.parametrize(
        ("age_s", "expected"),
        [
            pytest.param(CODE_LIFE_S - 1, 0, id="just in time"),
            pytest.param(CODE_LIFE_S, 40029, id="too late"),
        ],
    )
    def test_issued_code_lives_five_minutes(self, age_s: int, expected: int) -> None:
        clock = Clock()
        with StandIn(now=clock) as standin:
            code = standin.issue_code("oBob")
            clock.move(age_s)
            assert errcode(log_in(standin, code)) == expected

    @pytest.mark.parametrize(
        ("differing", "expected"),
        [
            pytest.param({"appid": "wx1"}, 40013, id="wrong app id"),
            pytest.param({"appid": ""}, 41002, id="no app id"),
            pytest.param({"secret": "x"}, 40125, id="wrong secret"),
            pytest.param({"secret": ""}, 41004, id="no secret"),
            pytest.param({"grant_type": "x"}, 40002, id="wrong grant type"),
        ],
    )
    def test_app_is_checked_before_the_code(
        self, standin: StandIn, differing: dict[str, str], expected: int
    ) -> None:
        assert errcode(log_in(standin, "code-alice-1", **differing)) == expected
        assert errcode(log_in(standin, "code-alice-1")) == 0

    def test_calls_are_kept_for_the_test(self, standin: StandIn) -> None:
        log_in(standin, "demo-alice")
        fetch_token(standin)
        assert list(standin.requests) == [
            Request(SESSION_PATH, "demo-alice"),
            Request(TOKEN_PATH, ""),
        ]


class TestPhone:
    def test_answer_is_wechats(self, standin: StandIn) -> None:
        answer = ask_phone(
            standin, fetch_token(standin)["access_token"], {"code": "phone-13800138000"}
        )
        assert answer["errcode"] == 0
        info = answer["phone_info"]
        assert info["phoneNumber"] == info["purePhoneNumber"] == "13800138000"
        assert info["countryCode"] == "86"
        assert info["watermark"]["appid"] == APPID

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            pytest.param({"code": "err-40226"}, 40226, id="err"),
            pytest.param({"code": "hello"}, 40029, id="unknown"),
            pytest.param({"code": 7}, 41008, id="no text"),
            pytest.param({}, 41008, id="missing"),
            pytest.param([], 47001, id="an array"),
        ],
    )
    def test_body_is_checked(self, standin: StandIn, body: object, expected: int) -> None:
        token = fetch_token(standin)["access_token"]
        assert errcode(ask_phone(standin, token, body)) == expected

    @pytest.mark.parametrize(
        ("token", "expected"),
        [pytest.param("", 41001, id="missing"), pytest.param("x", 40001, id="unknown")],
    )
    def test_token_is_checked(self, standin: StandIn, token: str, expected: int) -> None:
        assert errcode(ask_phone(standin, token, {"code": "phone-13800138000"})) == expected


class TestToken:
    def test_token_is_stable_until_it_is_nearly_over(self) -> None:
        clock = Clock()
        with StandIn(now=clock) as standin:
            first = fetch_token(standin)
            clock.move(3600)
            second = fetch_token(standin)
            clock.move(3500)
            third = fetch_token(standin)
        assert first["access_token"] == second["access_token"] != third["access_token"]
        assert [t["expires_in"] for t in (first, second, third)] == [7200, 3600, 7200]

    @pytest.mark.parametrize(
        ("end", "expected"),
        [
            pytest.param(lambda _standin, clock: clock.move(7200), 42001, id="expired"),
            pytest.param(lambda standin, _clock: standin.revoke_tokens(), 40001, id="revoked"),
        ],
    )
    def test_token_ends(self, end: Callable[[StandIn, Clock], None], expected: int) -> None:
        clock = Clock()
        with StandIn(now=clock) as standin:
            token = fetch_token(standin)["access_token"]
            end(standin, clock)
            assert errcode(ask_phone(standin, token, {"code": "demo-alice"})) == expected

    @pytest.mark.parametrize(
        ("differing", "expected"),
        [
            pytest.param({"appid": "wx1"}, 40013, id="wrong app id"),
            pytest.param({"secret": "x"}, 40125, id="wrong secret"),
            pytest.param({"grant_type": "x"}, 40002, id="wrong grant type"),
        ],
    )
    def test_app_is_checked(
        self, standin: StandIn, differing: dict[str, str], expected: int
    ) -> None:
        assert errcode(fetch_token(standin, **differing)) == expected

    def test_planned_failures_come_first(self, standin: StandIn) -> None:
        standin.fail_next(TOKEN_PATH, 45009, times=2)
        assert [errcode(fetch_token(standin)) for _ in range(3)] == [45009, 45009, 0]


class TestServer:
    @pytest.mark.parametrize(
        ("method", "path", "expected"),
        [
            pytest.param("POST", SESSION_PATH, 43001, id="login is GET"),
            pytest.param("GET", TOKEN_PATH, 43002, id="token is POST"),
            pytest.param("GET", PHONE_PATH, 43002, id="phone is POST"),
        ],
    )
    def test_wrong_method(self, standin: StandIn, method: str, path: str, expected: int) -> None:
        answer = requests.request(method, standin.base_url + path, timeout=5)
        assert answer.json()["errcode"] == expected

    def test_unknown_path_is_404(self, standin: StandIn) -> None:
        assert requests.get(standin.base_url + "/x", timeout=5).status_code == 404

    def test_stopped_means_refused_and_started_again_means_the_same_port(
        self, standin: StandIn
    ) -> None:
        url = standin.base_url
        with requests.Session() as kept_alive:
            kept_alive.get(url, timeout=5)
            standin.stop()
            with pytest.raises(requests.ConnectionError):
                kept_alive.get(url, timeout=5)
        standin.start()
        assert standin.base_url == url
        assert errcode(log_in(standin, "demo-alice")) == 0

    def test_what_it_remembers_survives_a_restart(self, standin: StandIn) -> None:
        log_in(standin, "code-alice-1")
        standin.stop()
        standin.start()
        assert errcode(log_in(standin, "code-alice-1")) == 40163


class TestRefusal:
    @pytest.mark.parametrize("appid", [None, "", APPID], ids=["none", "empty", "its own"])
    def test_no_real_app(self, appid: str | None) -> None:
        refuse_beside_real_app(appid)

    def test_real_app(self) -> None:
        with pytest.raises(StandInRefused, match=REAL_APPID):
            refuse_beside_real_app(REAL_APPID)


class TestCommand:
    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "bai_wx.wechat.standin", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
        )

    def test_runs_until_sigterm(self) -> None:
        with self.start() as process:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            params = {**LOGIN, "js_code": "demo-alice"}
            answer = requests.get(url + SESSION_PATH, params=params, timeout=5).json()
            process.send_signal(signal.SIGTERM)
            assert process.wait(5) == 0
        assert answer["openid"] == openid_of("alice")

    def test_stops_with_its_parents_pipe(self) -> None:
        with self.start("--watch-stdin") as process:
            assert process.stdout is not None
            assert process.stdin is not None
            assert process.stdout.readline().startswith("http://127.0.0.1:")
            process.stdin.close()
            assert process.wait(5) == 0

    def test_refuses_beside_a_real_app(self) -> None:
        with self.start(WECHAT_APPID=REAL_APPID) as process:
            _, stderr = process.communicate(timeout=5)
        assert process.returncode == 1
        assert REAL_APPID in stderr
