"""Tokens of ours, and those of a PocketBase that was taken over, on a database of the test's own.

Covers: bai_wx/record/old_secrets.py
"""

import base64
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from peewee import Database

from bai_wx.record import clock, old_secrets
from bai_wx.record.signing_secrets import Accepted, SigningSecrets
from bai_wx.request import tokens
from bai_wx.request.tokens import Tokens
from models.users import User
from tests.databases import without_sql
from tests.dialect.work import lines
from tests.factories import make_user

OURS, OLD = "o" * 48, "p" * 50
OLD_COLLECTION = "gf7hgjpgjdbkkir"
HOUR_S = 3600

pytestmark = pytest.mark.usefixtures("database")

Claims = dict[str, Any]


@pytest.fixture
def alice(database: Database) -> User:
    """A user whose row was taken over with its `token_key`."""
    return make_user(openid="openid-alice", token_key="k" * 50)


def claims_of(user: User, **others: Any) -> Claims:
    """What the token of a PocketBase from 0.23 on says of this user, or what else is given."""
    claims = {
        "id": user.id,
        "type": "auth",
        "collectionId": OLD_COLLECTION,
        "exp": int(time.time()) + HOUR_S,
        "refreshable": True,
    }
    return {**claims, **others}


def signed(claims: Claims, key: str, algorithm: str = "HS256") -> str:
    """A token as PocketBase signs it."""
    return jwt.encode(claims, key, algorithm=algorithm)


def old_token(user: User, **others: Any) -> str:
    """A token of this user that the old secret signed."""
    return signed(claims_of(user, **others), user.token_key + OLD)


def deep(token: str) -> str:
    """The token with a header that no recursion reads."""
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","x":' + b"[" * 1_100).decode().rstrip("=")
    return f"{header}.{token.partition('.')[2]}"


def reader() -> Tokens:
    """Tokens of a server that has seen none yet."""
    return Tokens(OURS)


def holds(token: str) -> bool:
    """Whether the server knows a user by the token."""
    return reader().caller(token) is not None


OF_0_22 = {"type": "authRecord", "refreshable": None}


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({}, id="of PocketBase from 0.23 on"),
        pytest.param(OF_0_22, id="of PocketBase 0.22"),
        pytest.param({"refreshable": False}, id="by impersonation"),
    ],
)
def test_an_old_token_holds_while_its_secret_is_kept(alice: User, others: Claims) -> None:
    """Not before, and not after."""
    token = old_token(alice, **others)
    assert not holds(token)
    old_secrets.keep(OLD_COLLECTION, OLD)
    caller = reader().caller(token)
    assert caller is not None
    assert (caller.id, caller.openid) == (alice.id, "openid-alice")
    assert old_secrets.drop_all() == 1
    assert not holds(token)


def test_an_old_collection_may_have_our_id(alice: User) -> None:
    """PocketBase makes it of type and name, as we do."""
    ours = User.collection_id()
    old_secrets.keep(ours, OLD)
    assert holds(old_token(alice, collectionId=ours))
    assert holds(reader().issue(alice))


def test_several_secrets_are_kept_beside_each_other(alice: User) -> None:
    """Of one collection, and of others. Keeping one twice keeps one."""
    other = "q" * 50
    for secret in (other, OLD, OLD):
        old_secrets.keep(OLD_COLLECTION, secret)
    old_secrets.keep("pbc_1", "r" * 50)
    assert [each.secret for each in old_secrets.kept()].count(OLD) == 1
    assert holds(old_token(alice))
    assert holds(signed(claims_of(alice), alice.token_key + other))
    assert not holds(signed(claims_of(alice), alice.token_key + "r" * 50))
    assert old_secrets.drop_all() == 3


Made = Callable[[Claims, str], str]


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda c, k: signed({**c, "exp": int(time.time()) - 1}, k), id="expired"),
        pytest.param(lambda c, k: signed({**c, "exp": None}, k), id="without a time of expiry"),
        pytest.param(lambda c, k: signed({**c, "exp": "tomorrow"}, k), id="a text for an expiry"),
        pytest.param(lambda c, k: signed({**c, "type": "file"}, k), id="a file token"),
        pytest.param(lambda c, k: signed({**c, "type": ["auth"]}, k), id="a list for a type"),
        pytest.param(lambda c, k: signed({**c, "collectionId": "pbc_1"}, k), id="other collection"),
        pytest.param(lambda c, k: signed({**c, "collectionId": 7}, k), id="number for collection"),
        pytest.param(lambda c, k: signed({**c, "id": "nobody000000000"}, k), id="unknown user"),
        pytest.param(lambda c, k: signed({**c, "id": "\ud800"}, k), id="an id that is no text"),
        pytest.param(lambda c, k: signed(c, k[50:]), id="without the user's key"),
        pytest.param(lambda c, k: signed(c, k[:50]), id="without the secret"),
        pytest.param(lambda c, k: signed(c, k[:50] + "x" * 50), id="another secret"),
        pytest.param(lambda c, k: signed(c, k, "HS512"), id="another algorithm"),
        pytest.param(lambda c, k: jwt.encode(c, None, algorithm="none"), id="unsigned"),
        pytest.param(lambda c, k: deep(signed(c, k)), id="a header of a thousand levels"),
        pytest.param(lambda c, k: signed(c, k) + "=", id="with padding"),
        pytest.param(lambda c, k: signed(c, k) + "\n", id="with a line feed"),
    ],
)
def test_what_is_no_old_token(alice: User, made: Made) -> None:
    """Each is wrong in one way only."""
    old_secrets.keep(OLD_COLLECTION, OLD)
    assert holds(old_token(alice))
    assert not holds(made(claims_of(alice), alice.token_key + OLD))


def test_our_secret_signs_for_our_collection_alone(alice: User) -> None:
    """The id of an old collection and the type of 0.22 belong to old secrets."""
    old_secrets.keep(OLD_COLLECTION, OLD)
    ours = {"collectionId": User.collection_id()}
    assert holds(signed(claims_of(alice, **ours), alice.token_key + OURS))
    for others in ({}, {**ours, "type": "authRecord"}):
        assert not holds(signed(claims_of(alice, **others), alice.token_key + OURS))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"token_key": "n" * 50}, id="another token_key"),
        pytest.param({"users_status": "disabled"}, id="disabled"),
        pytest.param({"is_delete": 1}, id="deleted"),
    ],
)
def test_what_ends_a_users_tokens_ends_the_old_ones(alice: User, change: dict[str, Any]) -> None:
    """At once, remembered or not."""
    old_secrets.keep(OLD_COLLECTION, OLD)
    token, known = old_token(alice), reader()
    assert known.caller(token) is not None
    User.update(**change).where(User.id == alice.id).execute()
    assert known.caller(token) is None
    assert not holds(token)


def test_a_dropped_secret_ends_what_is_remembered(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not later than when the token is checked again, which is a matter of seconds."""
    assert tokens.OLD_RECHECK_S <= 5
    old_secrets.keep(OLD_COLLECTION, OLD)
    token, known = old_token(alice), reader()
    monkeypatch.setattr(tokens, "OLD_RECHECK_S", 0)
    assert known.caller(token) is not None
    assert known.caller(token) is not None, "checked again while the secret is kept"
    old_secrets.drop_all()
    assert known.caller(token) is None


@pytest.mark.parametrize(
    ("others", "is_renewed"),
    [
        pytest.param({}, True, id="of PocketBase from 0.23 on"),
        pytest.param({"type": "authRecord", "refreshable": None}, True, id="of PocketBase 0.22"),
        pytest.param({"refreshable": False}, False, id="by impersonation: ends when it was to"),
    ],
)
def test_refreshing_an_old_token_gives_one_of_ours(
    alice: User, others: Claims, is_renewed: bool
) -> None:
    """It holds when the old secret is gone."""
    old_secrets.keep(OLD_COLLECTION, OLD)
    token = old_token(alice, **others)
    refreshed = reader().refresh(token, alice)
    assert (refreshed != token) is is_renewed
    old_secrets.drop_all()
    assert holds(refreshed) is is_renewed


def test_a_joined_users_old_tokens_are_the_others(alice: User) -> None:
    """Until the user's own key changes, or the secret is dropped; the old id has a key of its own."""
    bob = User(id="bob0fpocketbase", openid="openid-alice", token_key="b" * 50)
    old_secrets.keep(OLD_COLLECTION, OLD)
    token = old_token(bob)
    assert not holds(token)
    for _ in range(2):
        old_secrets.join(bob.id, bob.token_key, alice.id, alice.token_key)
    known = reader()
    caller = known.caller(token)
    assert caller is not None
    assert caller.id == alice.id
    assert not holds(signed(claims_of(bob), alice.token_key + OLD))
    User.update(token_key="n" * 50).where(User.id == alice.id).execute()
    assert known.caller(token) is None
    assert not holds(token)


@without_sql  # PostgreSQL's driver has lines of its own, now more, now fewer
def test_tokens_of_ours_cost_the_same_beside_an_old_secret(alice: User) -> None:
    """In lines of Python, on the first request of a token and on each later one."""
    token = reader().issue(alice)
    known = reader()
    known.caller(token)
    reader().caller(token)  # statements are written once
    without = [lines(lambda: reader().caller(token)), lines(lambda: known.caller(token))]
    old_secrets.keep(OLD_COLLECTION, OLD)
    beside = [lines(lambda: reader().caller(token)), lines(lambda: known.caller(token))]
    assert beside == without


def test_how_long_the_last_usual_token_lives() -> None:
    """Counted from when the secret was kept last."""
    old_secrets.keep(OLD_COLLECTION, OLD, lifetime_s=HOUR_S)
    [kept] = old_secrets.kept()
    assert kept.kept < clock.now() < kept.ends
    assert kept.ends < clock.text_of(time.time() + HOUR_S + 1)
    old_secrets.keep(OLD_COLLECTION, OLD)
    [again] = old_secrets.kept()
    assert again.ends > kept.ends


def rotating(*secrets: Accepted) -> tuple[SigningSecrets, list[Accepted]]:
    """Secrets that change when the list beside them does."""
    now = list(secrets)
    return SigningSecrets(lambda: list(now), lambda: tuple(now)), now


@pytest.mark.parametrize("remembers", [True, False])
def test_a_rotated_secret_logs_nobody_out(alice: User, remembers: bool) -> None:
    """Tokens and file tokens of before hold at who has learned of it, those of now at who has not."""
    secrets, now = rotating(Accepted(OURS))
    other = SigningSecrets(lambda: list(now), lambda: tuple(now))
    ahead, behind = Tokens(secrets, remembers=remembers), Tokens(other, remembers=remembers)
    before, file_before = behind.issue(alice), behind.issue_for_files(alice)
    assert ahead.caller(before)
    now[:] = [Accepted("n" * 48), Accepted(OURS, time.time() + HOUR_S)]
    secrets.look_again()
    after, file_after = ahead.issue(alice), ahead.issue_for_files(alice)
    assert jwt.decode(after, alice.token_key + "n" * 48, ["HS256"])
    for reader in (ahead, behind):
        assert [reader.caller(each) is not None for each in (before, after)] == [True, True]
        files = [reader.file_caller(each) is not None for each in (file_before, file_after)]
        assert files == [True, True]


def test_a_rotated_secret_ends_with_its_time_or_when_it_is_dropped(alice: User) -> None:
    """What was remembered of it too; tokens of the new one stay."""
    secrets, now = rotating(Accepted("n" * 48), Accepted(OURS, time.time() + 0.2))
    reader = Tokens(secrets)
    before, after = Tokens(OURS).issue(alice), reader.issue(alice)
    assert reader.caller(before)
    time.sleep(0.25)
    assert reader.caller(before) is None
    now[1] = Accepted(OURS, time.time() + HOUR_S)
    assert reader.caller(before)
    now.pop()
    secrets.look_again()
    assert reader.caller(before) is None
    assert reader.caller(after)


def test_a_secret_that_is_dropped_while_it_is_checked_with_ends_too(alice: User) -> None:
    """What was remembered is forgotten at that moment; the one being checked is not remembered later."""
    now = [Accepted("n" * 48), Accepted(OURS, time.time() + HOUR_S)]

    class DroppedMeanwhile(SigningSecrets):
        def accepted(self) -> list[Accepted]:
            found = super().accepted()
            del now[1:]
            self.look_again()
            return found

    read = Tokens(DroppedMeanwhile(lambda: list(now), lambda: tuple(now)))
    token = Tokens(OURS).issue(alice)
    assert read.caller(token)  # it was checked before the end
    assert read.caller(token) is None


def test_whom_a_request_is_counted_for_is_known_of_checked_tokens_alone(alice: User) -> None:
    """So nobody uses up another user's limit with a token that only claims to be that user's."""
    read = reader()
    token = read.issue(alice)
    header = f"Bearer {token}".encode()
    forged = f"Bearer {signed(claims_of(alice), 'x' * 40)}".encode()
    assert read.caller(forged.decode().removeprefix("Bearer ")) is None
    assert [read.remembered(each) for each in (header, forged, b"", b"Bearer ")] == [""] * 4
    read.caller(token)
    assert [read.remembered(each) for each in (header, header, forged)] == [alice.id, alice.id, ""]
    assert Tokens(OURS, remembers=False).remembered(header) == ""


def test_an_ended_token_is_counted_for_nobody(alice: User) -> None:
    """Once it was refused: whoever has one that leaked cannot keep its user out by the user's limit."""
    read = reader()
    token, other = read.issue(alice), read.issue(make_user(openid="openid-bob"))
    header, others = f"Bearer {token}".encode(), f"Bearer {other}".encode()
    assert [read.caller(each) is None for each in (token, other)] == [False, False]
    assert read.remembered(header) == alice.id
    User.update(token_key="n" * 50).where(User.id == alice.id).execute()
    assert read.caller(token) is None
    assert read.remembered(header) == ""
    assert read.remembered(others) != ""
    secrets, now = rotating(Accepted("n" * 48), Accepted(OURS))
    read = Tokens(secrets)
    assert read.caller(other)
    assert read.remembered(others)
    now.pop()
    secrets.look_again()
    assert read.remembered(others) == ""
