"""Codes that WeChat refused are not asked about again, by none of the workers."""

import asyncio
import os
from collections.abc import Callable
from multiprocessing import get_context

import pytest

from bai_wx.errors import ApiError, WechatCodeInvalid, WechatCodeUsed
from bai_wx.wechat import refused_codes
from bai_wx.wechat.client import PHONE_PATH, SESSION_PATH, WeChatClient
from bai_wx.wechat.refused_codes import SIZE, RefusedCodes


@pytest.fixture
def descriptor() -> int:
    """Memory as the parent of the workers makes it."""
    made = os.memfd_create("refused")
    os.ftruncate(made, SIZE)
    return made


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(WechatCodeInvalid(), id="invalid"),
        pytest.param(WechatCodeUsed(), id="used"),
    ],
)
def test_every_worker_knows_a_refused_code(descriptor: int, refusal: ApiError) -> None:
    """Another code, and the same one for another purpose, is unknown."""
    told = get_context("fork").Process(
        target=lambda: RefusedCodes(descriptor).note("login", "code", refusal)
    )
    told.start()
    told.join()
    known = RefusedCodes(descriptor)
    assert known.refusal_of("login", "code") is type(refusal)
    assert known.refusal_of("login", "another") is None
    assert known.refusal_of("phone", "code") is None


def test_it_is_forgotten_after_a_while(descriptor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """WeChat may be asked then, and says that the code is too old."""
    monkeypatch.setattr(refused_codes, "KEPT_S", 0.0)
    known = RefusedCodes(descriptor)
    known.note("login", "code", WechatCodeUsed())
    assert known.refusal_of("login", "code") is None


def test_more_codes_than_slots_are_no_harm(
    descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later code takes the place of an earlier one, which WeChat is asked about again."""
    monkeypatch.setattr(refused_codes, "SLOTS", 4)
    known = RefusedCodes(descriptor)
    for number in range(100):
        known.note("login", f"code-{number}", WechatCodeUsed())
        assert known.refusal_of("login", f"code-{number}") is WechatCodeUsed
    found = [n for n in range(100) if known.refusal_of("login", f"code-{n}")]
    assert 1 <= len(found) <= 4


def test_a_code_does_not_stand_in_the_table(descriptor: int) -> None:
    """Its digest does."""
    RefusedCodes(descriptor).note("login", "a-secret-code", WechatCodeUsed())
    assert b"a-secret-code" not in os.pread(descriptor, SIZE, 0)


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        pytest.param("no-code-of-ours", 1, id="invalid"),
        pytest.param("err-40163", 1, id="used"),
        pytest.param("err-45011", 4, id="too many calls"),
        pytest.param("empty-of-all", 4, id="junk"),
    ],
)
@pytest.mark.parametrize("purpose", ["in a thread", "on the loop", "for a phone"])
def test_wechat_is_asked_once_about_a_code_that_it_refused(
    descriptor: int,
    make_client: Callable[..., WeChatClient],
    codes_asked: Callable[[str], list[str]],
    runner: asyncio.Runner,
    purpose: str,
    code: str,
    asked: int,
) -> None:
    """By two workers twice each. What may be otherwise the next time is asked again."""
    workers = [make_client(refused=RefusedCodes(descriptor)) for _ in range(2)]
    told = [_told(client, runner, purpose, code) for client in workers * 2]
    assert len(set(told)) == 1
    path = PHONE_PATH if purpose == "for a phone" else SESSION_PATH
    assert codes_asked(path) == [code] * asked


def _told(client: WeChatClient, runner: asyncio.Runner, purpose: str, code: str) -> type[ApiError]:
    ask = {
        "in a thread": client.code_to_session,
        "on the loop": lambda code: runner.run(client.session_of(code)),
        "for a phone": client.phone_number,
    }[purpose]
    with pytest.raises(ApiError) as refused:
        ask(code)
    return type(refused.value)
