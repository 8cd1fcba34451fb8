"""The secrets in the home: `secret` signs tokens, `secret.old` holds those before it while they are accepted.

`data-key` encrypts personal numbers, `data-key.old` holds the keys before it, a line each. All have mode 0600.
A line of `secret.old` is the moment at which the last token of a secret ends, and the secret. A server of
before reads `secret` and `data-key` alone.
"""

import fcntl
import logging
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bai_wx.files.atomic_file import written_atomically
from bai_wx.record import data_keys as known_keys
from bai_wx.record.data_keys import DataKey
from bai_wx.record.signing_secrets import TOKEN_LIFETIME_S, Accepted

log = logging.getLogger("bai_wx.server")

MADE: Final = (
    "made the data key %s: keep a copy apart from the backups, which never have it; personal numbers are lost"
    " with it. A home that does not outlive its container needs BAI_WX_DATA_KEY instead"
)
MIN_SECRET = 32  # characters; HS256 wants as many bytes as its hash has
MIN_DISTINCT = 10  # of its characters: `aaaa…` and `12341234…` are no secrets
WELL_KNOWN = (  # out of tutorials and templates, wherever in the secret they stand
    "changeme",
    "change-me",
    "change_me",
    "your-secret",
    "your_secret",
    "256-bit-secret",
    "a-string-secret-at-least",
    "django-insecure",
    "0123456789abcdef",
    "abcdefghijklmnop",
)
SECRET_NAME = "secret"  # the file's name, not what is in it
OLD_NAME = "secret.old"
OLD_DATA_KEYS: Final = "data-key.old"
PRIVATE_MODE: Final = 0o600
LEARNED_S: Final = 60
"""So long after a rotation a server may still sign by the secret before."""
MOST_OLD: Final = 8
"""So many secrets before are kept at most: a token that none has signed is tried with each."""


def strong_secret(secret: str) -> str:
    """Let a secret through that nobody guesses. Raises: `ValueError`, which never shows it."""
    if len(secret) < MIN_SECRET:
        raise ValueError(f"is too short; it needs {MIN_SECRET} random characters or more")
    if _is_simple(secret) or any(phrase in secret.lower() for phrase in WELL_KNOWN):
        raise ValueError("is well known or too simple; use random characters")
    return secret


def _is_simple(secret: str) -> bool:
    repeats_itself = secret in (secret + secret)[1:-1]
    return repeats_itself or len(set(secret)) < MIN_DISTINCT


def make_where_missing(home: Path) -> None:
    """Make the signing secret of a home that has none. However many processes start at once, one secret wins.

    Raises: `OSError`.
    """
    path = home / SECRET_NAME
    if not path.exists():
        make_once(path, secrets.token_urlsafe(48))


def kept(home: Path) -> list[Accepted]:
    """Read the secrets of a home, the signing one first.

    Raises: `OSError`, or `ValueError`, which names the file and never shows a secret.
    """
    return [Accepted(_read_signing(home / SECRET_NAME)), *old(home)]


def stamp(home: Path) -> object:
    """Something that differs when the files of the secrets have changed."""
    folder = os.fspath(home)
    return tuple(_stamp_of(f"{folder}/{name}") for name in (SECRET_NAME, OLD_NAME))


def old(home: Path) -> list[Accepted]:
    """The secrets before the signing one, the newest first, whether their time is over or not."""
    path = home / OLD_NAME
    with suppress(FileNotFoundError):
        return [_read_old(path, line) for line in path.read_text("ascii").splitlines()]
    return []


def rotate(home: Path, now: float) -> float:
    """Sign by a new secret from now on, and accept the one of now until its last token ends.

    Returns: that moment, in Unix seconds.
    Raises: `ValueError` where too many are accepted already; `OSError` where the home cannot be written. Then
    nothing has changed.
    """
    with _alone(home):
        make_where_missing(home)
        signing, *before = kept(home)
        needed = [each for each in before if now < each.ends and each.secret != signing.secret]
        if len(needed) >= MOST_OLD:
            raise ValueError(
                f"{len(needed)} secrets before are accepted; `bai-wx secret drop-old` first"
            )
        ends = int(now) + LEARNED_S + TOKEN_LIFETIME_S
        # First: a process that reads between the two accepts what it signs.
        _write(home, OLD_NAME, map(_line, [Accepted(signing.secret, ends), *needed]))
        _write(home, SECRET_NAME, [secrets.token_urlsafe(48)])
    return ends


def drop_old(home: Path) -> int:
    """Accept no secret before the signing one any more. Returns: how many were kept."""
    if not home.exists():
        return 0  # a machine where both secret and database are given needs none
    with _alone(home):
        dropped = len(old(home))
        (home / OLD_NAME).unlink(missing_ok=True)
    return dropped


def open_to_others(home: Path) -> list[tuple[Path, int]]:
    """The files of secrets that others than their owner may read or write, with their modes."""
    there = (path for name in (SECRET_NAME, OLD_NAME) if (path := home / name).exists())
    return [(path, mode) for path in there if (mode := mode_open_to_others(path))]


def mode_open_to_others(path: Path) -> int:
    """The mode of a file that others than its owner may read or write, 0 of one that is its owner's alone."""
    mode = stat.S_IMODE(path.stat().st_mode)
    return 0 if mode == PRIVATE_MODE else mode


def data_keys(path: Path, *, make: bool) -> list[DataKey]:
    """Read the data keys of a home, the newest first; `make` makes one where there is none.

    Raises: `OSError`, or `ValueError`, which names the file and never shows a key.
    """
    if not path.exists():
        if not make:
            return []
        make_once(path, known_keys.made().text)
        log.info(MADE, path)
    return _read_data_keys(path)


def old_data_keys(path: Path) -> list[DataKey]:
    """The keys that a rotation has replaced, the newest first, by the path of those in use.

    Backups from before need them. Raises: `OSError`; `ValueError`, as `data_keys`.
    """
    old = path.with_name(OLD_DATA_KEYS)
    return _read_data_keys(old) if old.exists() else []


def retire_data_keys(path: Path, keys: Iterable[DataKey]) -> Path:
    """Keep keys beside those in use, for backups from before. Returns: where."""
    old = path.with_name(OLD_DATA_KEYS)
    texts = dict.fromkeys(each.text for each in [*keys, *old_data_keys(path)])
    write(old, texts, like=path)
    return old


def _read_data_keys(path: Path) -> list[DataKey]:
    try:
        return known_keys.parse(path.read_text("ascii"))
    except ValueError as exc:
        raise ValueError(f"the data key in {path} {_without_text(exc)}") from exc


def keep_data_keys(path: Path, keys: Iterable[DataKey]) -> None:
    """Write the file of a home's data keys anew, all of it or nothing."""
    write(path, [each.text for each in keys], like=path)


def _stamp_of(path: str) -> tuple[int, ...]:
    try:
        found = os.stat(path)  # noqa: PTH116  # a Path takes four times as long, and a forged token asks
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_ctime_ns  # which a new owner or mode changes too


def _read_signing(path: Path) -> str:
    try:
        return strong_secret(path.read_text("ascii").strip())
    except ValueError as exc:
        raise ValueError(f"the secret in {path} {_without_text(exc)}") from exc


def _read_old(path: Path, line: str) -> Accepted:
    moment, _, secret = line.strip().partition(" ")
    try:
        return Accepted(strong_secret(secret), datetime.fromisoformat(moment).timestamp())
    except ValueError as exc:
        raise ValueError(f"{path} is not understood; a line is a moment and a secret") from exc


def _without_text(problem: ValueError) -> str:
    """What is wrong. A `UnicodeDecodeError` would show the secret."""
    return "is no ASCII text" if isinstance(problem, UnicodeError) else str(problem)


def _line(each: Accepted) -> str:
    return f"{datetime.fromtimestamp(each.ends, UTC).isoformat(timespec='seconds')} {each.secret}"


def _write(home: Path, name: str, lines: Iterable[str]) -> None:
    """Write a file for the owner of the signing secret."""
    write(home / name, lines, like=home / SECRET_NAME)


def write(path: Path, lines: Iterable[str], *, like: Path) -> None:
    """Write a file whole or not at all, for the owner of another file: root may rotate a server's secret."""
    with written_atomically(path, mode=PRIVATE_MODE) as file:
        owner = like.stat()
        if (owner.st_uid, owner.st_gid) != (os.geteuid(), os.getegid()):
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        file.writelines(f"{line}\n".encode("ascii") for line in lines)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Let one process at a time change the secrets of a home."""
    descriptor = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def make_once(path: Path, secret: str) -> None:
    """Write a whole secret under another name and link it into place, which only one process
    can.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f".{secrets.token_hex(8)}.{path.name}")
    descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secret + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(own, path)
    finally:  # on a full disk, too
        own.unlink()
