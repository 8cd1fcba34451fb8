"""The benchmark's WeChat: each code is one user, once."""

from pathlib import Path

import pytest
import requests

from bench import dataset
from bench.wechat import INVALID, USED, Desk, WeChat


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        pytest.param(["nobody"], INVALID, id="not of the bench"),
        pytest.param(["bench-abc"], INVALID, id="no number"),
        pytest.param(["bench-abc-1", "bench-abc-1"], USED, id="a second time"),
    ],
)
def test_a_code_is_refused(codes: list[str], expected: int) -> None:
    desk = Desk()
    answers = [desk.session(code) for code in codes]
    assert answers[-1]["errcode"] == expected


@pytest.mark.parametrize("times", [1, 10])
def test_codes_are_the_users_who_are_asked(times: int) -> None:
    """One after another, all of them."""
    desk = Desk(times)
    found = {desk.session(f"bench-x-{n:010d}")["openid"] for n in range(dataset.USERS)}
    assert found == {dataset.openid(user) for user in dataset.Sample(times).users}


def test_it_answers_over_a_socket(tmp_path: Path) -> None:
    """On one connection, as clients that keep theirs ask it."""
    with WeChat(tmp_path) as wechat, requests.Session() as session:
        asked = [
            session.get(f"{wechat.url}/sns/jscode2session", params={"js_code": code}, timeout=5)
            for code in ("bench-x-0", "bench-x-0", "x")
        ]
        assert [answer.json().get("errcode") for answer in asked] == [None, USED, INVALID]
        assert session.get(f"{wechat.url}/sns/other", timeout=5).status_code == 404
