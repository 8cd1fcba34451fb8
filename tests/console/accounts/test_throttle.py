"""Logins are slowed down for an account and for an address, and its owner is not locked out."""

import threading
from collections.abc import Callable

import pytest
from peewee import Database

from bai_wx.console.accounts import throttle
from bai_wx.console.accounts.errors import TooManyAttempts
from bai_wx.console.accounts.throttle import (
    FORGET_S,
    OF_ACCOUNT,
    OF_ADDRESS,
    OF_CLIENT,
    OF_KNOWN_CLIENT,
    Client,
    KnownClient,
    LoginFailure,
    Pace,
)
from bai_wx.database.connection import connection_without_deadline, disconnect, is_embedded
from tests.console.accounts.people import ADDRESS, ELSEWHERE

NAME, ID = "anna", "operator0000001"
HERE = Client(ADDRESS)


def failures(times: int, client: Callable[[int], Client], name: str = NAME) -> None:
    """Failed logins, each long enough after the one before it. A `{}` in the name is its number."""
    for number in range(times):
        back(900)
        throttle.claim(name.format(number), ID, client(number))


def back(seconds: int) -> None:
    """Let this time pass for every count."""
    LoginFailure.update(last=LoginFailure.last - seconds * 1000).execute()


def wait_s(client: Client, name: str = NAME, operator_id: str = ID) -> int:
    """How long a try would have to wait; one that need not is taken back."""
    try:
        attempt = throttle.claim(name, operator_id, client)
    except TooManyAttempts as exc:
        return exc.wait_s
    throttle.release(attempt)
    return 0


@pytest.mark.parametrize(
    ("failed", "wait"),
    [(0, 0), (4, 0), (5, 1), (6, 2), (10, 32), (14, 512), (15, 900), (4000, 900)],
)
def test_waits_double_up_to_a_limit(failed: int, wait: int) -> None:
    assert Pace(free=5, longest_s=900).wait_s(failed) == wait


@pytest.mark.parametrize(
    ("address", "network"),
    [
        pytest.param("203.0.113.7", "203.0.113.7", id="IPv4"),
        pytest.param("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", id="IPv6 by its /64"),
        pytest.param("fe80::1%eth0", "fe80::/64", id="with a zone"),
        pytest.param("::ffff:203.0.113.7", "203.0.113.7", id="IPv4 in IPv6"),
        pytest.param("testclient", "testclient", id="no address"),
        pytest.param("", "", id="none"),
    ],
)
def test_an_address_counts_as_a_network(address: str, network: str) -> None:
    assert Client(address).network == network


def test_guessing_at_one_name_waits(database: Database) -> None:
    """From this address; another name there, and this name from elsewhere, need not wait."""
    failures(OF_CLIENT.free + 5, lambda _: HERE)
    assert 25 < wait_s(HERE) <= 32
    assert wait_s(HERE, "bert") == 0
    assert wait_s(Client(ELSEWHERE)) == 0
    back(33)
    assert wait_s(HERE) == 0


def test_guessing_at_many_names_from_one_address_waits(database: Database) -> None:
    failures(OF_ADDRESS.free + 5, lambda _: HERE, "name-{}")
    assert 25 < wait_s(HERE, "another") <= 32
    assert wait_s(Client(ELSEWHERE), "another") == 0


def test_guessing_at_one_name_from_many_addresses_waits(database: Database) -> None:
    failures(OF_ACCOUNT.free + 9, lambda number: Client(f"198.51.100.{number}"))
    assert 50 < wait_s(HERE) <= OF_ACCOUNT.longest_s
    assert wait_s(HERE, "bert") == 0


@pytest.mark.parametrize(
    "owner",
    [
        pytest.param(Client(ADDRESS), id="by the address"),
        pytest.param(Client("192.0.2.1", "device"), id="by the device, wherever it is"),
    ],
)
def test_the_owner_is_not_locked_out(database: Database, owner: Client) -> None:
    """Its client is known, and counts for itself."""
    throttle.succeed(
        throttle.claim(NAME, ID, Client(ADDRESS, "device")), ID, Client(ADDRESS, "device")
    )
    failures(OF_ACCOUNT.free + 9, lambda number: Client(f"198.51.100.{number}"))
    assert wait_s(Client("192.0.2.1")) > 0
    assert wait_s(owner) == 0
    failures(OF_KNOWN_CLIENT.free + 9, lambda _: owner)
    assert 50 < wait_s(owner) <= OF_KNOWN_CLIENT.longest_s


def test_a_client_is_known_to_one_operator_and_for_a_time(database: Database) -> None:
    throttle.succeed(throttle.claim(NAME, ID, HERE), ID, HERE)
    assert throttle.known_mark(ID, HERE)
    assert not throttle.known_mark("operator0000002", HERE)
    assert not throttle.known_mark("", HERE)
    KnownClient.update(seen="2020-01-01 00:00:00.000Z").execute()
    assert not throttle.known_mark(ID, HERE)
    throttle.succeed(throttle.claim(NAME, ID, HERE), ID, Client(ELSEWHERE))
    assert KnownClient.select().count() == 1
    throttle.forget_clients(ID)
    assert not KnownClient.select().exists()


def test_a_login_begins_the_count_anew(database: Database) -> None:
    """That of its client; the address's and the account's only take back this one try."""
    failures(OF_CLIENT.free - 1, lambda _: HERE)
    throttle.succeed(throttle.claim(NAME, ID, HERE), ID, HERE)
    assert sorted(row.failures for row in LoginFailure.select()) == [4, 4]


def test_a_try_that_was_none_is_taken_back(database: Database) -> None:
    """What failed before stays counted: a password without its code does not pay for wrong codes."""
    failures(3, lambda _: HERE)
    throttle.release(throttle.claim(NAME, ID, HERE))
    assert {row.failures for row in LoginFailure.select()} == {3}


def test_counts_are_forgotten_and_removed(database: Database) -> None:
    failures(OF_CLIENT.free + 9, lambda _: HERE)
    for number in range(10):
        throttle.claim(f"name-{number}", "", Client(f"192.0.2.{number}"))
    assert LoginFailure.select().count() == 33
    back(FORGET_S)
    assert wait_s(HERE) == 0
    throttle.claim(NAME, ID, Client(ELSEWHERE))
    assert LoginFailure.select().count() <= 6


def test_names_that_were_tried_are_not_kept(database: Database) -> None:
    throttle.claim("secret-typed-as-name", "", HERE)
    kept = str([row.__data__ for row in LoginFailure.select()])
    assert "secret" not in kept
    assert ADDRESS not in kept


def test_a_clock_that_was_set_back_does_not_lock_out(database: Database) -> None:
    failures(OF_CLIENT.free + 2, lambda _: HERE)
    back(-100_000)
    assert wait_s(HERE) <= 4


def test_tries_at_once_are_counted_before_they_are_looked_at(database: Database) -> None:
    """Of eight at the same moment the free ones pass. On a slow machine some more have waited enough."""
    passed: list[bool] = []
    gate = threading.Barrier(8)

    def attempt() -> None:
        gate.wait(10)
        with connection_without_deadline:
            try:
                throttle.claim(NAME, "", HERE)
                passed.append(True)
            except TooManyAttempts:
                passed.append(False)
        if is_embedded():  # a thread's own connection
            disconnect()

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(passed) == 8
    assert OF_CLIENT.free <= sum(passed) < 8
