"""The client against the stand-in: what each answer becomes, and how often WeChat is asked.

Covers: bai_wx/wechat/errcodes.py, bai_wx/wechat/calls.py
"""

import logging
import threading
from contextlib import suppress

import pytest

from bai_wx.errors import (
    ApiError,
    WechatBusy,
    WechatCodeInvalid,
    WechatCodeUsed,
    WechatMisconfigured,
    WechatUnavailable,
    WechatUserBlocked,
)
from bai_wx.wechat.client import (
    PHONE_PATH,
    SESSION_PATH,
    Session,
    WeChatClient,
)
from bai_wx.wechat.errcodes import ErrCode
from bai_wx.wechat.standin import StandIn
from bai_wx.wechat.standin_api import openid_of, phone_of
from tests.wechat.asking import (
    AtOnce,
    CodesAsked,
    MakeClient,
    accepted,
    ask,
    both_paths,
    free_port,
    one_answer_server,
    phone_from,
)

CODE_ERRORS = [
    pytest.param(40029, WechatCodeInvalid, id="40029 invalid code"),
    pytest.param(40163, WechatCodeUsed, id="40163 code used"),
    pytest.param(45011, WechatBusy, id="45011 too often"),
    pytest.param(40226, WechatUserBlocked, id="40226 user blocked"),
    pytest.param(40013, WechatMisconfigured, id="40013 invalid appid"),
    pytest.param(40125, WechatMisconfigured, id="40125 invalid secret"),
    pytest.param(-1, WechatUnavailable, id="-1 busy twice"),
    pytest.param(40001, WechatUnavailable, id="40001 twice"),
    pytest.param(40164, WechatUnavailable, id="40164 is no row of the code table"),
    pytest.param(45009, WechatUnavailable, id="45009 is no row of the code table"),
    pytest.param(99999, WechatUnavailable, id="a number without a name"),
]
NO_ANSWER = [
    pytest.param("html-x", id="HTML"),
    pytest.param("array-x", id="an array"),
    pytest.param("empty-x", id="an empty body"),
    pytest.param("blank-x", id="an empty object"),
    pytest.param("huge-x", id="more than 64 KiB"),
    pytest.param("redirect-x", id="a redirect"),
    pytest.param("status-500", id="500"),
    pytest.param("status-503", id="503"),
    pytest.param("status-404", id="404"),
    pytest.param("drop-x", id="a dropped connection"),
    pytest.param("cut-x", id="half an answer"),
]


class TestLogin:
    def test_code_becomes_openid(self, client: WeChatClient) -> None:
        assert client.code_to_session("demo-alice") == Session(openid_of("alice"), "")

    def test_unionid_is_passed_on(self, client: WeChatClient, standin: StandIn) -> None:
        code = standin.issue_code("oAlice", unionid="uAlice")
        assert client.code_to_session(code) == Session("oAlice", "uAlice")

    def test_second_use_is_code_used(self, client: WeChatClient) -> None:
        client.code_to_session("code-alice-1")
        with pytest.raises(WechatCodeUsed):
            client.code_to_session("code-alice-1")

    @pytest.mark.parametrize(
        "code",
        [
            pytest.param("", id="empty"),
            pytest.param("x" * 513, id="too long"),
            pytest.param("\ud800", id="not encodable"),
        ],
    )
    @both_paths
    def test_impossible_code_is_refused_without_asking(
        self, client: WeChatClient, standin: StandIn, path: str, code: str
    ) -> None:
        with pytest.raises(WechatCodeInvalid):
            ask(client, path, code)
        assert not standin.requests

    @pytest.mark.parametrize("code", ["demo-小明", "demo-a b&c=d#e%00", "demo-\x00", "demo-'\"\\"])
    def test_strange_code_arrives_as_it_was(
        self, client: WeChatClient, codes_asked: CodesAsked, code: str
    ) -> None:
        assert client.code_to_session(code).openid == openid_of(code.removeprefix("demo-"))
        assert codes_asked(SESSION_PATH) == [code]


class TestErrors:
    @both_paths
    @pytest.mark.parametrize(("errcode", "error"), CODE_ERRORS)
    def test_errcode_becomes_error(
        self, client: WeChatClient, path: str, errcode: int, error: type[ApiError]
    ) -> None:
        with pytest.raises(ApiError) as caught:
            ask(client, path, f"err-{errcode}")
        assert type(caught.value) is error

    @both_paths
    @pytest.mark.parametrize("code", NO_ANSWER)
    def test_no_usable_answer_is_unavailable_and_asked_once(
        self, client: WeChatClient, codes_asked: CodesAsked, path: str, code: str
    ) -> None:
        with pytest.raises(WechatUnavailable):
            ask(client, path, code)
        assert codes_asked(path) == [code]

    def test_busy_says_when_to_come_back(self, client: WeChatClient) -> None:
        with pytest.raises(WechatBusy) as caught:
            client.code_to_session("err-45011")
        assert caught.value.headers == [("Retry-After", "60")]

    @pytest.mark.parametrize(
        ("differing", "errcode"),
        [
            pytest.param({"appid": "wx1111111111111111"}, 40013, id="unknown app id"),
            pytest.param({"secret": "n0t-the-s3cret"}, 40125, id="wrong secret"),
        ],
    )
    @both_paths
    def test_wrong_settings_are_logged_loudly(
        self,
        make_client: MakeClient,
        caplog: pytest.LogCaptureFixture,
        path: str,
        differing: dict[str, str],
        errcode: int,
    ) -> None:
        with pytest.raises(WechatMisconfigured):
            ask(make_client(**differing), path, "demo-alice")
        [record] = [r for r in caplog.records if r.levelno == logging.CRITICAL]
        assert record.name == "bai_wx.wechat"
        assert str(errcode) in record.getMessage()
        assert "n0t-the-s3cret" not in caplog.text

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(b'{"openid": 7}', id="openid is a number"),
            pytest.param(b'{"openid": ""}', id="openid is empty"),
            pytest.param(b'{"openid": "o\\ud800"}', id="openid is no text"),
            pytest.param(b'{"openid": "oA", "unionid": {}, "errcode": null}', id="errcode is null"),
            pytest.param(b'{"openid": "oA", "unionid": ["u"]}', id="unionid is a list"),
            pytest.param(b'{"openid": "oA", "errcode": "40029"}', id="errcode is text"),
            pytest.param(b"[" * 60_000, id="nested beyond reason"),
            pytest.param(b"\xff\xfe\xfd", id="not UTF-8"),
        ],
    )
    def test_malformed_session_is_unavailable(self, answer: bytes) -> None:
        with one_answer_server(answer) as url, pytest.raises(WechatUnavailable):
            WeChatClient("wx", "s", url, timeout_s=2).code_to_session("any")


class TestRetry:
    @both_paths
    @pytest.mark.parametrize(
        ("code", "times"),
        [
            pytest.param("demo-alice", 1, id="answered"),
            pytest.param("err-once--1-alice", 2, id="busy once"),
            pytest.param("err--1", 2, id="busy twice"),
            pytest.param("err-40029", 1, id="invalid code"),
            pytest.param("err-45011", 1, id="too often"),
            pytest.param("status-502", 1, id="bad gateway"),
            pytest.param("drop-x", 1, id="dropped"),
        ],
    )
    def test_only_a_busy_wechat_is_asked_again(
        self, client: WeChatClient, codes_asked: CodesAsked, path: str, code: str, times: int
    ) -> None:
        with suppress(ApiError):
            ask(client, path, code)
        assert codes_asked(path) == [code] * times

    def test_busy_once_succeeds(self, client: WeChatClient) -> None:
        assert client.code_to_session("err-once--1-alice").openid == openid_of("alice")

    @both_paths
    @pytest.mark.parametrize("code", ["slow-2-alice", "drip-x"])
    def test_slow_answer_ends_at_the_deadline_and_is_not_asked_again(
        self, make_client: MakeClient, codes_asked: CodesAsked, path: str, code: str
    ) -> None:
        client = make_client(timeout_s=0.4)
        with pytest.raises(WechatUnavailable):
            ask(client, path, code)
        assert codes_asked(path) == [code]

    def test_one_deadline_covers_both_tries(
        self, make_client: MakeClient, standin: StandIn, codes_asked: CodesAsked
    ) -> None:
        client = make_client(timeout_s=0.6)
        standin.fail_next(SESSION_PATH, ErrCode.SYSTEM_BUSY)
        with pytest.raises(WechatUnavailable):
            client.code_to_session("slow-3-alice")
        assert codes_asked(SESSION_PATH) == ["slow-3-alice"] * 2

    def test_refused_connection_is_tried_again(
        self, make_client: MakeClient, standin: StandIn, codes_asked: CodesAsked
    ) -> None:
        """The server comes back while the client pauses: the one retry finds it."""
        client = make_client()
        standin.stop()
        back = threading.Timer(0.03, standin.start)
        back.start()
        assert client.code_to_session("demo-alice").openid == openid_of("alice")
        back.join()
        assert codes_asked(SESSION_PATH) == ["demo-alice"]

    def test_refused_twice_is_unavailable(self, make_client: MakeClient) -> None:
        client = make_client(base_url=f"http://127.0.0.1:{free_port()}")
        with pytest.raises(WechatUnavailable):
            client.code_to_session("demo-alice")

    def test_broken_connection_is_not_tried_again(self) -> None:
        with one_answer_server(None, None) as url, pytest.raises(WechatUnavailable):
            WeChatClient("wx", "s", url, timeout_s=2).code_to_session("any")
        assert accepted[url] == 1

    def test_connection_the_server_closed_while_idle_is_replaced(
        self, client: WeChatClient, standin: StandIn
    ) -> None:
        client.code_to_session("demo-alice")
        standin.stop()
        standin.start()
        assert client.code_to_session("demo-alice").openid == openid_of("alice")


class TestSingleFlight:
    def test_same_code_at_once_is_asked_once_and_shared(
        self, client: WeChatClient, at_once: AtOnce, codes_asked: CodesAsked
    ) -> None:
        outcomes = at_once(16, lambda _: client.code_to_session("slow-0.5-alice"))
        assert outcomes == [Session(openid_of("alice"), "")] * 16
        assert codes_asked(SESSION_PATH) == ["slow-0.5-alice"]

    def test_error_is_shared_too(
        self, make_client: MakeClient, at_once: AtOnce, codes_asked: CodesAsked
    ) -> None:
        client = make_client(timeout_s=0.5)
        outcomes = at_once(16, lambda _: client.code_to_session("slow-3-alice"))
        assert {type(outcome) for outcome in outcomes} == {WechatUnavailable}
        assert codes_asked(SESSION_PATH) == ["slow-3-alice"]

    def test_after_the_flight_the_code_is_asked_about_again(
        self, client: WeChatClient, codes_asked: CodesAsked
    ) -> None:
        client.code_to_session("code-alice-1")
        with pytest.raises(WechatCodeUsed):
            client.code_to_session("code-alice-1")
        assert codes_asked(SESSION_PATH) == ["code-alice-1"] * 2

    def test_different_codes_fly_side_by_side(
        self, client: WeChatClient, at_once: AtOnce, codes_asked: CodesAsked
    ) -> None:
        def ask_one(number: int) -> tuple[Session, int]:
            session = client.code_to_session(f"slow-2-user{number}")
            return session, len(codes_asked(SESSION_PATH))

        outcomes = at_once(16, ask_one)
        assert [session for session, _ in outcomes] == [
            Session(openid_of(f"user{n}"), "") for n in range(16)
        ]
        assert min(asked for _, asked in outcomes) == 16, "one waited for another's answer"

    def test_a_login_code_and_a_phone_code_do_not_meet(
        self, client: WeChatClient, at_once: AtOnce
    ) -> None:
        code = "slow-0.2-13800138000"
        outcomes = at_once(2, lambda n: ask(client, (SESSION_PATH, PHONE_PATH)[n], code))
        assert outcomes == [Session(openid_of("13800138000"), ""), "13800138000"]


class TestPhone:
    @pytest.mark.parametrize(
        ("code", "number"),
        [
            pytest.param("phone-13800138000", "13800138000", id="mainland"),
            pytest.param("phone-+8613800138000", "13800138000", id="mainland with its country"),
            pytest.param("phone-+85291234567", "+85291234567", id="Hong Kong"),
            pytest.param("phone-+12025550123", "+12025550123", id="United States"),
        ],
    )
    def test_number_is_mainland_digits_or_e164(
        self, client: WeChatClient, code: str, number: str
    ) -> None:
        assert client.phone_number(code) == number

    def test_issued_code_is_good_once(self, client: WeChatClient, standin: StandIn) -> None:
        code = standin.issue_phone_code("13900139000")
        assert client.phone_number(code) == "13900139000"
        with pytest.raises(WechatCodeUsed):
            client.phone_number(code)

    def test_login_code_is_no_phone_code(self, client: WeChatClient, standin: StandIn) -> None:
        with pytest.raises(WechatCodeInvalid):
            client.phone_number(standin.issue_code("oAlice"))

    @pytest.mark.parametrize(
        "info",
        [
            pytest.param('{"countryCode": 86, "purePhoneNumber": "13800138000"}', id="a number"),
            pytest.param('{"countryCode": "86", "purePhoneNumber": "13800138000"}', id="text"),
        ],
    )
    def test_country_code_may_be_number_or_text(self, info: str) -> None:
        assert phone_from(info) == "13800138000"

    @pytest.mark.parametrize(
        "info",
        [
            pytest.param("null", id="no phone_info"),
            pytest.param("{}", id="empty"),
            pytest.param('{"countryCode": "86", "purePhoneNumber": ""}', id="no number"),
            pytest.param('{"countryCode": "86", "purePhoneNumber": "1380013x000"}', id="letters"),
            pytest.param('{"countryCode": "86", "purePhoneNumber": "' + "1" * 14 + '"}', id="long"),
        ],
    )
    def test_unusable_number_is_unavailable(self, info: str) -> None:
        with pytest.raises(WechatUnavailable):
            phone_from(info)


def test_made_up_number_is_stable(client: WeChatClient) -> None:
    info = phone_of("alice")["phone_info"]
    assert isinstance(info, dict)
    assert client.phone_number("demo-alice") == info["purePhoneNumber"]
