"""Checks of the settings that say where and how rows, files and backups are kept.

Each takes a setting's text and returns it. Raises: `ValueError` with the rest of a sentence that the setting's
name begins.
"""

import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from bai_wx.record import clock

S3_SCHEME: Final = "s3://"
S3_ADDRESS: Final = re.compile(
    r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*/?"
)
NORMAL, FULL = "normal", "full"
BACKUP_EVERY: Final = "1d"
BACKUP_KEEP: Final = 14
SHORTEST_INTERVAL_S: Final = 60
MOST_KEPT: Final = 10_000


def bucket(address: str) -> str:
    """The address of a bucket."""
    if not S3_ADDRESS.fullmatch(address):
        raise ValueError(
            f"is {address!r}; write s3://bucket or s3://bucket/prefix, or leave it out"
        )
    if find_spec("boto3") is None:
        raise ValueError("needs boto3: pip install 'bai-wx[s3]'")
    return address


def backup_place(address: str) -> str:
    """A bucket, or a folder by its whole path."""
    if address.startswith(S3_SCHEME):
        return bucket(address).rstrip("/")
    if not Path(address).is_absolute() or Path(address).is_file() or address.endswith(".tar"):
        raise ValueError(f"is {address!r}; write the whole path of a folder, or s3://bucket/prefix")
    return str(Path(address))  # one spelling: outcomes are noted by it


def refuse_among_files(address: str, files: str) -> None:
    """Refuse a place for backups that lies among the uploaded files, which are in each backup."""
    if f"{address.rstrip('/')}/".startswith(f"{files.rstrip('/')}/"):
        raise ValueError(f"is {address!r}, where the uploaded files are; name another place")


def make_backup_place(address: str) -> None:
    """Make the folder for backups, unless they go to a bucket."""
    if address.startswith(S3_SCHEME):
        return
    try:
        Path(address).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise ValueError(f"{address} cannot be made: {exc.strerror}") from exc
    if not os.access(address, os.W_OK | os.X_OK):
        raise ValueError(f"{address} cannot be written")


def interval(text: str) -> str:
    """A length of time between two backups."""
    seconds = clock.seconds_of(text)
    if seconds < SHORTEST_INTERVAL_S:
        raise ValueError(f"is {text!r}; a minute is the least: 1m")
    return text


def count(text: str) -> str:
    """How many backups are kept."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_KEPT):
        raise ValueError(f"is {text!r}; write a number from 1 to {MOST_KEPT}")
    return text


def folder(text: str) -> str:
    """A folder that is there."""
    if not Path(text).is_dir():
        raise ValueError(f"is {text!r}, and there is no such folder")
    return text


def synchronous(text: str) -> str:
    """How much SQLite gives to the disk with each commit."""
    if text.lower() not in (NORMAL, FULL):
        raise ValueError(f"is {text!r}; write {NORMAL} or {FULL}")
    return text.lower()
