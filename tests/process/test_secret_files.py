"""The secrets in the home, rotated and dropped, and who learns of it.

Covers: bai_wx/record/signing_secrets.py
"""

import errno
import logging
import os
import stat
import threading
import time
from pathlib import Path

import pytest

from bai_wx.process import secret_files
from bai_wx.process.settings import Settings, SettingsError
from bai_wx.record.signing_secrets import TOKEN_LIFETIME_S, Accepted, SigningSecrets
from tests.running import STRONG

NOW = 1_800_000_000.0
DAY_S = 24 * 3600


def settings_of(home: Path) -> Settings:
    return Settings.from_environment({"BAI_WX_HOME": str(home)}, home)


def secrets_of(home: Path) -> list[str]:
    """The secrets in the home, the signing one first."""
    return [each.secret for each in secret_files.kept(home)]


def test_a_rotated_secret_is_accepted_until_its_last_token_ends(tmp_path: Path) -> None:
    """Both files are their owner's alone, and nothing else is left."""
    secret_files.make_where_missing(tmp_path)
    (first,) = secrets_of(tmp_path)
    ends = secret_files.rotate(tmp_path, NOW)
    second, before = secret_files.kept(tmp_path)
    assert ends == NOW + secret_files.LEARNED_S + TOKEN_LIFETIME_S
    assert (before.secret, before.ends) == (first, ends)
    assert second.secret != first
    assert sorted(each.name for each in tmp_path.iterdir()) == ["secret", "secret.old"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}
    secret_files.rotate(tmp_path, NOW + 1)
    assert secrets_of(tmp_path)[1:] == [second.secret, first]


def test_a_secret_whose_time_is_over_is_forgotten_by_the_next_rotation(tmp_path: Path) -> None:
    """Until then it stands in the file and signs for nobody."""
    secret_files.rotate(tmp_path, NOW - 8 * DAY_S)
    before = secret_files.old(tmp_path)
    secret_files.rotate(tmp_path, NOW)
    after = [each.secret for each in secret_files.old(tmp_path)]
    assert len(after) == 1
    assert before[0].secret not in after
    long_ago = time.time() - 8 * DAY_S
    home = tmp_path / "other"
    home.mkdir()
    secret_files.rotate(home, long_ago)
    assert [each.secret for each in settings_of(home).secrets.accepted()] == secrets_of(home)[:1]


def test_so_many_are_kept(tmp_path: Path) -> None:
    """Beyond them nothing is changed; what is dropped makes room."""
    for _ in range(secret_files.MOST_OLD):
        secret_files.rotate(tmp_path, NOW)
    there = secrets_of(tmp_path)
    with pytest.raises(ValueError, match="drop-old"):
        secret_files.rotate(tmp_path, NOW)
    assert secrets_of(tmp_path) == there
    assert secret_files.drop_old(tmp_path) == secret_files.MOST_OLD
    assert secrets_of(tmp_path) == there[:1]
    assert secret_files.drop_old(tmp_path) == 0
    secret_files.rotate(tmp_path, NOW)


def test_rotations_at_once_come_one_after_the_other(tmp_path: Path) -> None:
    """None is lost: each secret that ever signed is accepted."""
    secret_files.make_where_missing(tmp_path)
    at_once = 6
    gate = threading.Barrier(at_once)

    def rotate() -> None:
        gate.wait()
        secret_files.rotate(tmp_path, NOW)

    threads = [threading.Thread(target=rotate) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(secrets_of(tmp_path))) == at_once + 1


@pytest.mark.parametrize(
    ("name", "written", "told"),
    [
        pytest.param("secret", b"hello\n", "too short", id="short secret"),
        pytest.param("secret", b"\xff" * 40, "no ASCII text", id="secret that is no text"),
        pytest.param("secret.old", b"hello\n", "is not understood", id="old line of one word"),
        pytest.param(
            "secret.old", f"yesterday {STRONG}\n".encode(), "is not understood", id="no moment"
        ),
        pytest.param("secret.old", b"\xff\n", "ascii", id="old ones that are no text"),
    ],
)
def test_what_cannot_be_used_is_told_and_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, written: bytes, told: str
) -> None:
    """At a start it is an error, while it serves a line in the log. Neither shows a secret."""
    secret_files.rotate(tmp_path, NOW)
    running = settings_of(tmp_path).secrets
    known = running.known
    (tmp_path / name).write_bytes(written)
    with pytest.raises(SettingsError, match=told) as refused:
        _ = settings_of(tmp_path).secret
    with caplog.at_level(logging.WARNING):
        running.look_again()
        running.look_again()
    assert running.known is known
    (line,) = caplog.messages
    assert told in line
    assert STRONG not in line + str(refused.value)


def test_a_home_that_lost_its_secret_gets_none_from_a_server_that_runs(tmp_path: Path) -> None:
    """It goes on with the one it knows: another one would log everybody out."""
    running = settings_of(tmp_path).secrets
    signing = running.signing
    (tmp_path / "secret").unlink()
    running.look_again()
    assert running.signing == signing
    assert list(tmp_path.iterdir()) == []


def test_secrets_that_cannot_be_read_for_a_moment_are_read_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Else a worker without a free descriptor would refuse the other workers' tokens until its restart."""
    secret_files.make_where_missing(tmp_path)
    failing: list[OSError] = []

    def read() -> list[Accepted]:
        for problem in failing:
            raise problem
        return secret_files.kept(tmp_path)

    running = SigningSecrets(read, lambda: secret_files.stamp(tmp_path))
    secret_files.rotate(tmp_path, time.time())
    failing.append(OSError(errno.EMFILE, os.strerror(errno.EMFILE)))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            running.look_again()
    assert len(caplog.messages) == 1
    failing.clear()
    running.look_again()
    assert [each.secret for each in running.accepted()] == secrets_of(tmp_path)


def test_a_server_that_runs_learns_of_a_rotation(tmp_path: Path) -> None:
    """When it looks, and whoever wants to know is told."""
    running = settings_of(tmp_path).secrets
    told: list[str] = []
    running.on_change(lambda: told.append(running.signing))
    running.look_again()
    first = running.signing
    secret_files.rotate(tmp_path, time.time())
    assert running.signing == first
    running.look_again()
    assert [each.secret for each in running.accepted()] == secrets_of(tmp_path)
    assert running.accepted()[1].secret == first
    secret_files.drop_old(tmp_path)
    running.look_again()
    assert [each.secret for each in running.accepted()] == secrets_of(tmp_path)
    assert len(told) == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_secret_that_root_rotates_stays_its_servers(tmp_path: Path) -> None:
    """Else the server's user could not read it at the next start."""
    secret_files.make_where_missing(tmp_path)
    os.chown(tmp_path / "secret", 4_321, 4_322)
    secret_files.rotate(tmp_path, NOW)
    owners = {(each.stat().st_uid, each.stat().st_gid) for each in tmp_path.iterdir()}
    assert owners == {(4_321, 4_322)}


def test_a_machine_without_a_home_has_no_secret_to_drop(tmp_path: Path) -> None:
    """Nor is one made there: secret and database may be given."""
    assert secret_files.drop_old(tmp_path / "none") == 0
    assert list(tmp_path.iterdir()) == []


def test_given_secrets_are_those_of_the_setting(tmp_path: Path) -> None:
    """The first signs; each must be strong; the home is asked for none."""
    other = STRONG[::-1]
    given = {"BAI_WX_SECRET": STRONG, "BAI_WX_ACCEPTED_SECRET": other}
    read = Settings.from_environment(given, tmp_path)
    assert [each.secret for each in read.secrets.accepted()] == [STRONG, other]
    assert read.secret == STRONG
    with pytest.raises(SettingsError, match="BAI_WX_ACCEPTED_SECRET is too short"):
        Settings.from_environment({**given, "BAI_WX_ACCEPTED_SECRET": "hello"}, tmp_path)
    with pytest.raises(SettingsError, match="BAI_WX_SECRET is not"):
        Settings.from_environment({"BAI_WX_ACCEPTED_SECRET": other}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_who_comes_while_secrets_are_read_waits_for_them() -> None:
    """Else a token signed by the new one would be refused for a moment."""
    begun, go_on = threading.Event(), threading.Event()
    generation = [0]

    def read() -> list[secret_files.Accepted]:
        if generation[0]:
            begun.set()
            go_on.wait(5)
        return [secret_files.Accepted(f"secret {generation[0]}")]

    secrets = SigningSecrets(read, lambda: generation[0])
    generation[0] = 1
    first = threading.Thread(target=secrets.look_again)
    first.start()
    assert begun.wait(5)
    second = threading.Thread(target=secrets.look_again)
    second.start()
    second.join(0.05)
    assert second.is_alive()
    go_on.set()
    first.join()
    second.join()
    assert secrets.signing == "secret 1"
