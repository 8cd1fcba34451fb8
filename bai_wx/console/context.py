"""What the console is given by the process that serves it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bai_wx.files.store import FileStore
from bai_wx.record.signing_secrets import SigningSecrets


class Finding(NamedTuple):
    """One line of `bai-wx doctor`: whether it is well, what it is about, and what was found."""

    is_well: bool
    about: str
    found: str


@dataclass(frozen=True)
class Context:
    """What the pages need of the server."""

    bundle: Mapping[str, Any]
    """The contract, from which the titles of fields come."""
    files: FileStore
    secrets: SigningSecrets
    """The server's secrets. The console derives its own keys from them."""
    is_demo: bool
    findings: Callable[[], Sequence[Finding]]
    """Asks the doctor. It reads the database and files: call it in a thread."""
