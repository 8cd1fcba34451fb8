"""The access token: fetched once, fetched anew when dropped; and no secret is ever told.

Covers: bai_wx/wechat/client.py
"""

import logging
import time

import pytest

from bai_wx.errors import (
    ApiError,
    WechatBusy,
    WechatMisconfigured,
    WechatUnavailable,
)
from bai_wx.wechat.client import (
    PHONE_PATH,
    TOKEN_PATH,
    WeChatClient,
)
from bai_wx.wechat.errcodes import ErrCode
from bai_wx.wechat.standin import StandIn
from tests.wechat.asking import (
    AtOnce,
    CodesAsked,
    MakeClient,
    ask,
    assert_silent,
    both_paths,
    free_port,
    one_answer_server,
    tell_all,
)


class TestAccessToken:
    def test_token_is_kept(self, client: WeChatClient, codes_asked: CodesAsked) -> None:
        for _ in range(3):
            client.phone_number("phone-13800138000")
        assert len(codes_asked(TOKEN_PATH)) == 1

    def test_token_is_fetched_once_however_many_ask(
        self, client: WeChatClient, at_once: AtOnce, codes_asked: CodesAsked
    ) -> None:
        outcomes = at_once(32, lambda n: client.phone_number(f"phone-138001380{n:02d}"))
        assert outcomes == [f"138001380{n:02d}" for n in range(32)]
        assert len(codes_asked(TOKEN_PATH)) == 1

    def test_failed_fetch_fails_everyone_who_waited(
        self, make_client: MakeClient, at_once: AtOnce
    ) -> None:
        client = make_client(secret="wrong")
        outcomes = at_once(32, lambda n: client.phone_number(f"phone-138001380{n:02d}"))
        assert {type(outcome) for outcome in outcomes} == {WechatMisconfigured}

    def test_refused_token_is_replaced_and_the_code_asked_once_more(
        self, client: WeChatClient, standin: StandIn, codes_asked: CodesAsked
    ) -> None:
        client.phone_number("phone-13800138000")
        standin.revoke_tokens()
        assert client.phone_number("phone-13900139000") == "13900139000"
        assert codes_asked(PHONE_PATH) == ["phone-13800138000"] + ["phone-13900139000"] * 2
        assert len(codes_asked(TOKEN_PATH)) == 2

    @pytest.mark.parametrize(
        "errcode",
        [
            pytest.param(40001, id="40001 invalid credential"),
            pytest.param(40014, id="40014 invalid token"),
            pytest.param(42001, id="42001 expired"),
        ],
    )
    def test_token_refused_twice_is_unavailable(
        self, client: WeChatClient, standin: StandIn, codes_asked: CodesAsked, errcode: int
    ) -> None:
        standin.fail_next(PHONE_PATH, errcode, times=2)
        with pytest.raises(WechatUnavailable):
            client.phone_number("phone-13800138000")
        assert len(codes_asked(PHONE_PATH)) == 2
        assert client.phone_number("phone-13800138000") == "13800138000"

    def test_threads_refused_together_fetch_one_new_token(
        self, client: WeChatClient, standin: StandIn, at_once: AtOnce, codes_asked: CodesAsked
    ) -> None:
        client.phone_number("phone-13800138000")
        standin.revoke_tokens()
        outcomes = at_once(16, lambda n: client.phone_number(f"slow-0.3-138001380{n:02d}"))
        assert outcomes == [f"138001380{n:02d}" for n in range(16)]
        assert len(codes_asked(TOKEN_PATH)) == 2

    def test_token_is_given_up_shortly_before_it_expires(
        self, client: WeChatClient, standin: StandIn, codes_asked: CodesAsked
    ) -> None:
        standin.tokens_live(1)
        client.phone_number("phone-13800138000")
        time.sleep(0.95)
        client.phone_number("phone-13800138000")
        assert len(codes_asked(TOKEN_PATH)) == 2
        assert len(codes_asked(PHONE_PATH)) == 2

    @pytest.mark.parametrize(
        ("errcode", "error"),
        [
            pytest.param(40013, WechatMisconfigured, id="40013 invalid appid"),
            pytest.param(40125, WechatMisconfigured, id="40125 invalid secret"),
            pytest.param(40164, WechatMisconfigured, id="40164 ip not allowed"),
            pytest.param(45009, WechatBusy, id="45009 daily limit"),
            pytest.param(45011, WechatBusy, id="45011 minute limit"),
            pytest.param(40029, WechatUnavailable, id="40029 makes no sense here"),
            pytest.param(40001, WechatUnavailable, id="40001"),
        ],
    )
    def test_token_errcode_becomes_error(
        self, client: WeChatClient, standin: StandIn, errcode: int, error: type[ApiError]
    ) -> None:
        standin.fail_next(TOKEN_PATH, errcode)
        with pytest.raises(ApiError) as caught:
            client.phone_number("phone-13800138000")
        assert type(caught.value) is error

    def test_busy_token_server_is_asked_again(
        self, client: WeChatClient, standin: StandIn, codes_asked: CodesAsked
    ) -> None:
        standin.fail_next(TOKEN_PATH, ErrCode.SYSTEM_BUSY)
        assert client.phone_number("phone-13800138000") == "13800138000"
        assert len(codes_asked(TOKEN_PATH)) == 2


class TestSecrecy:
    @pytest.mark.parametrize("code", ["demo-alice", "err-40029", "err-40125", "drop-x", "html-x"])
    @both_paths
    def test_no_secret_in_logs_or_errors(
        self, client: WeChatClient, caplog: pytest.LogCaptureFixture, path: str, code: str
    ) -> None:
        caplog.set_level(logging.DEBUG)
        caplog.set_level(logging.DEBUG, logger="urllib3")
        said = tell_all(lambda: ask(client, path, code))
        assert "urllib3.connectionpool" in caplog.text  # it does log the request line
        assert_silent(said + caplog.text, client)

    def test_no_secret_in_errors_of_the_network(
        self, make_client: MakeClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        refused = make_client(base_url=f"http://127.0.0.1:{free_port()}")
        slow = make_client(timeout_s=0.2)
        said = tell_all(lambda: refused.code_to_session("demo-alice"))
        said += tell_all(lambda: slow.code_to_session("slow-1-alice"))
        assert "Connection refused" in said
        assert "Read timed out" in said
        assert_silent(said + caplog.text, refused)

    def test_errmsg_that_repeats_the_secret_is_blotted(self) -> None:
        secret = "s3cret-of-ours"
        answer = b'{"errcode": 41004, "errmsg": "you sent ' + secret.encode() + b'"}'
        with one_answer_server(answer) as url:
            client = WeChatClient("wx", secret, url, timeout_s=2)
            said = tell_all(lambda: client.code_to_session("any"))
        assert "you sent ***" in said
        assert secret not in said

    def test_repr_shows_no_secret(self, client: WeChatClient, standin: StandIn) -> None:
        assert repr(client) == f"WeChatClient(appid='{standin.appid}')"
